#include "scalar.h"

/// Adds one tap to the sums of up to 16 channels: weights are [tap_bytes / 4][16][4].
PITH_INLINE void add_tap(
    uint32_t *sums, int32_t lanes, const uint8_t *pixel, const int8_t *weights, int32_t tap_bytes) {
  for (int32_t k = 0; k < tap_bytes; k += 4, weights += 64) {
    const int32_t x0 = pixel[k], x1 = pixel[k + 1], x2 = pixel[k + 2], x3 = pixel[k + 3];
    for (int32_t c = 0; c < lanes; c++) {
      const int8_t *w = weights + 4 * c;
      sums[c] += pith_product(x0, w[0]) + pith_product(x1, w[1]) + pith_product(x2, w[2]) + pith_product(x3, w[3]);
    }
  }
}

/// Channels [block, block + lanes) of the convolution's pixel (y, x), where `keeps` is set only those larger than what is
/// at `out`.
static void conv_block(
    const pith_conv_args *a, int32_t y, int32_t x, int32_t block, int32_t lanes, uint8_t *out, int keeps) {
  uint32_t sums[16];
  for (int32_t c = 0; c < lanes; c++) sums[c] = (uint32_t)a->bias[block + c];
  const size_t taps = (size_t)a->kernel_h * (size_t)a->kernel_w;
  const int8_t *weights = a->weights + (size_t)block * taps * (size_t)a->tap_bytes;
  for (int32_t ky = 0; ky < a->kernel_h; ky++)
    for (int32_t kx = 0; kx < a->kernel_w; kx++) {
      const uint8_t *pixel = pith_pixel(
          a->input, y * a->stride_h - a->pad_top + ky * a->dilation_h,
          x * a->stride_w - a->pad_left + kx * a->dilation_w,
          a->in_height, a->in_width, a->in_row_stride, a->in_pixel_stride);
      add_tap(sums, lanes, pixel ? pixel : a->padding, weights, a->tap_bytes);
      weights += (size_t)a->tap_bytes * 16;
    }
  for (int32_t c = 0; c < lanes; c++) {
    const uint8_t before = out[block + c];
    pith_finish(a, sums[c], block + c, out);
    if (keeps && out[block + c] < before) out[block + c] = before;
  }
}

void pith_scalar_conv(const pith_conv_args *a) {
  for (int32_t y = a->row_begin; y < a->row_end; y++)
    for (int32_t x = 0; x < a->out_width; x++) {
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      for (int32_t block = 0; block < a->channels; block += 16)
        for (int32_t part = 0; part <= 3 * a->pools; part++)
          conv_block(
              a, (y << a->pools) + part / 2, (x << a->pools) + part % 2, block,
              a->channels - block < 16 ? a->channels - block : 16, out, part);
    }
}
