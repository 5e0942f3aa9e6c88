#include "scalar.h"

/// One output pixel's channels [block, block + lanes): weights are [kernel_w][kernel_h / 4, rounded up][16][4].
static void depthwise_block(
    const pith_conv_args *a, int32_t y, int32_t x, int32_t block, int32_t lanes, uint8_t *out) {
  uint32_t sums[16];
  for (int32_t c = 0; c < lanes; c++) sums[c] = (uint32_t)a->bias[block + c];
  const size_t column = ((size_t)a->kernel_h + 3) / 4 * 64;
  const int8_t *weights = a->weights + (size_t)(block / 16) * (size_t)a->kernel_w * column;
  for (int32_t kx = 0; kx < a->kernel_w; kx++, weights += column)
    for (int32_t ky = 0; ky < a->kernel_h; ky++) {
      const uint8_t *pixel = pith_pixel(
          a->input, y * a->stride_h - a->pad_top + ky * a->dilation_h,
          x * a->stride_w - a->pad_left + kx * a->dilation_w,
          a->in_height, a->in_width, a->in_row_stride, a->in_pixel_stride);
      const uint8_t *bytes = pixel ? pixel + block : a->padding;
      const int8_t *w = weights + ky / 4 * 64 + ky % 4;
      for (int32_t c = 0; c < lanes; c++) sums[c] += pith_product(bytes[c], w[4 * c]);
    }
  for (int32_t c = 0; c < lanes; c++)
    out[block + c] = pith_requantize(
        (float)(int32_t)sums[c] * pith_multiplier(a, block + c), a->out_zero, a->out_min, a->out_max);
}

void pith_scalar_depthwise(const pith_conv_args *a) {
  for (int32_t y = a->row_begin; y < a->row_end; y++)
    for (int32_t x = 0; x < a->out_width; x++) {
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      for (int32_t block = 0; block < a->channels; block += 16)
        depthwise_block(a, y, x, block, a->channels - block < 16 ? a->channels - block : 16, out);
    }
}
