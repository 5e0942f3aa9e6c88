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

/// Walks the output's pixels in order.
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

PITH_INLINE tile_pixel tile_take(const pith_conv_args *a, tile_walk *walk) {
  const tile_pixel pixel = {
      a->output + (ptrdiff_t)walk->y * a->out_row_stride + (ptrdiff_t)walk->x * a->out_pixel_stride,
      walk->y * a->stride_h - a->pad_top, walk->x * a->stride_w - a->pad_left};
  if (++walk->x == a->out_width) {
    walk->x = 0;
    walk->y++;
  }
  walk->left--;
  return pixel;
}

/// Whether each pixel's reduction is one run of bytes in the map: one tap that never falls outside.
PITH_INLINE int is_pointwise(const pith_conv_args *a) {
  const int64_t last_row = (int64_t)(a->row_end - 1) * a->stride_h, last = (int64_t)(a->out_width - 1) * a->stride_w;
  return a->kernel_h == 1 && a->kernel_w == 1 && a->pad_top == 0 && a->pad_left == 0 && last_row < a->in_height &&
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
