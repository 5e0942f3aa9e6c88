// The portable kernels: the oracle for every other set, and what a set without its own version of a kernel uses.
#ifndef PITH_SCALAR_H
#define PITH_SCALAR_H

#include "../kernel.h"

void pith_scalar_conv(const pith_conv_args *);
void pith_scalar_conv_sparse(const pith_conv_args *);
void pith_scalar_depthwise(const pith_conv_args *);
void pith_scalar_max_pool(const pith_pool_args *);
void pith_scalar_average_pool(const pith_pool_args *);
void pith_scalar_add(const pith_binary_args *);
void pith_scalar_multiply(const pith_binary_args *);
void pith_scalar_lookup(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
void pith_scalar_quantize(const pith_convert_args *);
void pith_scalar_dequantize(const pith_convert_args *);
void pith_scalar_softmax(const pith_softmax_args *);
void pith_scalar_project(const pith_project_args *);
void pith_scalar_cell_rnn(const pith_cell_args *);
void pith_scalar_cell_gru(const pith_cell_args *);
void pith_scalar_cell_gru_reset(const pith_cell_args *);
void pith_scalar_cell_gru_rest(const pith_cell_args *);
void pith_scalar_cell_lstm(const pith_cell_args *);
void pith_scalar_layer_norm(const pith_layer_norm_args *);
void pith_scalar_pack(const pith_pack_args *);

/// Rounds the sum of an output channel, whose pixel is at `out`.
PITH_INLINE void pith_finish(const pith_conv_args *a, uint32_t sum, int32_t channel, uint8_t *out) {
  float f = (float)(int32_t)sum * pith_multiplier(a, channel);
  if (a->adds) f += (float)(out[channel + a->addend] - a->addend_zero) * a->addend_multiplier;
  out[channel] = pith_requantize(f, a->out_zero, a->out_min, a->out_max);
}

/// The address of pixel (y, x) of the map, or null outside.
PITH_INLINE const uint8_t *pith_pixel(
    const uint8_t *map, int32_t y, int32_t x, int32_t height, int32_t width, int32_t row_stride,
    int32_t pixel_stride) {
  if (y < 0 || y >= height || x < 0 || x >= width) return 0;
  return map + (ptrdiff_t)y * row_stride + (ptrdiff_t)x * pixel_stride;
}

#endif
