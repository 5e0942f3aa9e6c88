// How a convolution is cut up: the output's pixels, rows and columns flattened, in tiles of a few, and the channels in
// chunks whose weights stay in the second-level cache.
#ifndef PITH_TILES_H
#define PITH_TILES_H

#include "../kernel.h"

enum { TILE = 6, CHUNK_BYTES = 1 << 18, CHUNK_CHANNELS = 1024 };

/// An output pixel: where it goes, and the map's position under its first tap.
typedef struct tile_pixel {
  uint8_t *output;
  int32_t y, x;
} tile_pixel;

/// Walks the output's pixels in order, those of a convolution that pools by the four of each output.
typedef struct tile_walk {
  int64_t left;
  int32_t y, x;
} tile_walk;

PITH_INLINE tile_walk tile_walk_begin(const pith_conv_args *a) {
  return (tile_walk){(int64_t)(a->row_end - a->row_begin) * a->out_width, a->row_begin, 0};
}

/// How many pixels the next tile takes: the last two are about equal, as single pixels cost more.
PITH_INLINE int32_t tile_next(const tile_walk *walk, int32_t most) {
  if (walk->left >= 2 * most) return most;
  return (int32_t)(walk->left > most ? (walk->left + 1) / 2 : walk->left);
}

/// The next pixel; where the convolution pools, `part` 0…3 of the next output.
PITH_INLINE tile_pixel tile_take_part(const pith_conv_args *a, tile_walk *walk, const int pools, int32_t part) {
  const int32_t y = pools ? 2 * walk->y + part / 2 : walk->y, x = pools ? 2 * walk->x + part % 2 : walk->x;
  const tile_pixel pixel = {
      a->output + (ptrdiff_t)walk->y * a->out_row_stride + (ptrdiff_t)walk->x * a->out_pixel_stride,
      y * a->stride_h - a->pad_top, x * a->stride_w - a->pad_left};
  if (pools && part < 3) return pixel;
  if (++walk->x == a->out_width) {
    walk->x = 0;
    walk->y++;
  }
  walk->left--;
  return pixel;
}

PITH_INLINE tile_pixel tile_take(const pith_conv_args *a, tile_walk *walk) { return tile_take_part(a, walk, 0, 0); }

/// Whether pooling must not come before requantization: a negative multiplier makes less of a larger sum. (NaN makes the
/// same of all sums, infinity of all that are positive and of all others.)
PITH_INLINE int pools_only_bytes(const pith_conv_args *a) {
  if (!a->multiplier) return a->unit < 0;
  int any = 0;
  for (int32_t c = 0; c < a->channels; c++) any |= a->multiplier[c] < 0;
  return any;
}

/// Whether each pixel's reduction is one run of bytes in the map: one tap that never falls outside.
PITH_INLINE int is_pointwise(const pith_conv_args *a) {
  const int64_t last_row = (int64_t)(a->row_end - 1) * a->stride_h, last = (int64_t)(a->out_width - 1) * a->stride_w;
  return !a->pools && a->kernel_h == 1 && a->kernel_w == 1 && a->pad_top == 0 && a->pad_left == 0 && last_row < a->in_height &&
         last < a->in_width;
}

/// Bytes of one output channel's reduction.
PITH_INLINE int64_t reduction_bytes(const pith_conv_args *a) {
  return (int64_t)a->kernel_h * a->kernel_w * a->tap_bytes;
}

/// Channels a chunk, a multiple of `step` and at most CHUNK_CHANNELS.
PITH_INLINE int32_t channels_in_chunk(const pith_conv_args *a, int32_t step) {
  const int64_t fit = CHUNK_BYTES / (reduction_bytes(a) + 1) / step * step;
  const int32_t most = a->channels < CHUNK_CHANNELS ? a->channels : CHUNK_CHANNELS;
  if (a->chunk > 0) {
    const int32_t asked = (a->chunk + step - 1) / step * step;
    return asked < CHUNK_CHANNELS ? asked : CHUNK_CHANNELS;
  }
  return fit < step ? step : fit > most ? most : (int32_t)fit;
}

#endif
