#include "scalar.h"

/// Finds the bytes of one output pixel that groups of 4 weights meet, in increasing order of their position in K.
typedef struct taps {
  int32_t y, x;         // the output pixel
  int32_t ky, kx;       // the tap that it is at
  int32_t first;        // its first group
  const uint8_t *bytes;
} taps;

PITH_INLINE void find_tap(const pith_conv_args *a, taps *t) {
  const uint8_t *pixel = pith_pixel(
      a->input, t->y * a->stride_h - a->pad_top + t->ky * a->dilation_h,
      t->x * a->stride_w - a->pad_left + t->kx * a->dilation_w, a->in_height, a->in_width, a->in_row_stride,
      a->in_pixel_stride);
  t->bytes = pixel ? pixel : a->padding;
}

PITH_INLINE const uint8_t *group_bytes(const pith_conv_args *a, taps *t, int32_t group) {
  const int32_t groups = a->tap_bytes / 4;
  if (group - t->first >= groups) {
    for (; group - t->first >= groups; t->first += groups)
      if (++t->kx == a->kernel_w) t->kx = 0, t->ky++;
    find_tap(a, t);
  }
  return t->bytes + 4 * (group - t->first);
}

/// One output pixel: every channel.
static void conv_pixel(const pith_conv_args *a, int32_t y, int32_t x, uint8_t *out) {
  const uint16_t *kept = a->kept;
  const int8_t *weights = a->weights;
  for (int32_t block = 0; block < a->channels; block += 16) {
    const int32_t lanes = a->channels - block < 16 ? a->channels - block : 16;
    uint32_t sums[16];
    for (int32_t c = 0; c < lanes; c++) sums[c] = (uint32_t)a->bias[block + c];
    taps t = {y, x, 0, 0, 0, 0};
    find_tap(a, &t);
    for (int32_t left = *kept++; left > 0; left--, weights += 64) {
      const uint8_t *four = group_bytes(a, &t, *kept++);
      const int32_t x0 = four[0], x1 = four[1], x2 = four[2], x3 = four[3];
      for (int32_t c = 0; c < lanes; c++) {
        const int8_t *w = weights + 4 * c;
        sums[c] += pith_product(x0, w[0]) + pith_product(x1, w[1]) + pith_product(x2, w[2]) + pith_product(x3, w[3]);
      }
    }
    for (int32_t c = 0; c < lanes; c++) pith_finish(a, sums[c], block + c, out);
  }
}

void pith_scalar_conv_sparse(const pith_conv_args *a) {
  for (int32_t y = a->row_begin; y < a->row_end; y++)
    for (int32_t x = 0; x < a->out_width; x++)
      conv_pixel(a, y, x, a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride);
}
