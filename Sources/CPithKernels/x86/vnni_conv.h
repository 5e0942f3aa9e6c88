// Convolution with a byte dot product, directly from the map: a tile of pixels has a pointer for each tap, those
// outside the map to the padding, and all its sums stay in registers. The set defines BLOCKS, the most blocks of 16
// channels in a tile, and blocks_store.
#include "addend.h"
#include "tiles.h"

enum { TAPS = 128, WIDE_TILE = 12 };

/// What `blocks` blocks of 16 channels are computed from.
typedef struct conv_block {
  const uint8_t *const *taps;  // [taps][pixels]
  int32_t tap_count, tap_bytes;
  const int8_t *weights;
  ptrdiff_t apart;  // bytes from a block's weights to the next one's
  const int32_t *bias;
  const float *multiplier;
  range out;
  addend added;
} conv_block;

HELPER vector broadcast_4(const uint8_t *from) {
  int32_t four;
  __builtin_memcpy(&four, from, 4);
  return vector_of_lane(four);
}

HELPER lanes weights_load(const int8_t *from) { return lanes_load((const int32_t *)(const void *)from); }

/// Multiplies, requantizes and stores one pixel's sums.
HELPER void finish_blocks(
    uint8_t *output, const lanes *sums, const conv_block *b, size_t channels, const int blocks, const int adds) {
  reals f[BLOCKS];
  UNROLL
  for (int n = 0; n < blocks; n++) f[n] = reals_mul(reals_of_lanes(sums[n]), reals_load(b->multiplier + 16 * n));
  if (adds && b->added.adds) {
    UNROLL
    for (int n = 0; n < blocks; n++) f[n] = add_addend(f[n], output + 16 * n, &b->added);
  }
  blocks_store(output, f, &b->out, channels, blocks);
}

/// Where it pools, each four pixels in turn are those of one output.
HELPER void tile_block(
    const conv_block *b, uint8_t *const *outputs, size_t channels, const int pixels, const int blocks,
    const int pools) {
  lanes sums[WIDE_TILE][BLOCKS];
  UNROLL
  for (int m = 0; m < pixels; m++) {
    UNROLL
    for (int n = 0; n < blocks; n++) sums[m][n] = lanes_load(b->bias + 16 * n);
  }
  const int8_t *w = b->weights;
  const uint8_t *const *tap = b->taps;
  for (int32_t t = 0; t < b->tap_count; t++, tap += pixels) {
    const uint8_t *x[WIDE_TILE];
    UNROLL
    for (int m = 0; m < pixels; m++) x[m] = tap[m];
    for (ptrdiff_t k = 0; k < b->tap_bytes; k += 4, w += 64) {
      lanes weights[BLOCKS];
      UNROLL
      for (int n = 0; n < blocks; n++) weights[n] = weights_load(w + n * b->apart);
      UNROLL
      for (int m = 0; m < pixels; m++) {
        const vector bytes = broadcast_4(x[m] + k);
        UNROLL
        for (int n = 0; n < blocks; n++) sums[m][n] = lanes_dot(sums[m][n], bytes, weights[n]);
      }
    }
  }
  if (pools) {
    UNROLL
    for (int m = 0; m < pixels; m += 4) {
      UNROLL
      for (int n = 0; n < blocks; n++)
        sums[m][n] = lanes_max(lanes_max(sums[m][n], sums[m + 1][n]), lanes_max(sums[m + 2][n], sums[m + 3][n]));
      finish_blocks(outputs[m / 4], sums[m], b, channels, blocks, 0);
    }
    return;
  }
  UNROLL
  for (int m = 0; m < pixels; m++) finish_blocks(outputs[m], sums[m], b, channels, blocks, 1);
}

/// One pixel. `splits` sums a channel, of every splits-th step each, so that enough dot products are under way.
HELPER void vector_block(
    const conv_block *b, uint8_t *output, size_t channels, const int blocks, const int splits) {
  lanes sums[8][BLOCKS];
  UNROLL
  for (int s = 0; s < splits; s++) {
    UNROLL
    for (int n = 0; n < blocks; n++) sums[s][n] = s ? lanes_of(0) : lanes_load(b->bias + 16 * n);
  }
  const int8_t *w = b->weights;
  for (int32_t t = 0; t < b->tap_count; t++) {
    const uint8_t *x = b->taps[t], *end = x + b->tap_bytes;
    for (; end - x >= 4 * splits; x += 4 * splits, w += 64 * splits) {
      UNROLL
      for (int s = 0; s < splits; s++) {
        const vector bytes = broadcast_4(x + 4 * s);
        UNROLL
        for (int n = 0; n < blocks; n++)
          sums[s][n] = lanes_dot(sums[s][n], bytes, weights_load(w + n * b->apart + 64 * s));
      }
    }
    for (; x < end; x += 4, w += 64) {
      const vector bytes = broadcast_4(x);
      UNROLL
      for (int n = 0; n < blocks; n++) sums[0][n] = lanes_dot(sums[0][n], bytes, weights_load(w + n * b->apart));
    }
  }
  UNROLL
  for (int s = 1; s < splits; s++) {
    UNROLL
    for (int n = 0; n < blocks; n++) sums[0][n] = lanes_add(sums[0][n], sums[s][n]);
  }
  finish_blocks(output, sums[0], b, channels, blocks, 1);
}

/// One function a shape of tile: the sums stay in registers.
typedef void (*tile_function)(const conv_block *b, uint8_t *const *outputs, size_t channels);
#define TILE_OF(PIXELS, WIDTH)                                                                                      \
  static KERNEL __attribute__((noinline)) void tile_##PIXELS##x##WIDTH(                                             \
      const conv_block *b, uint8_t *const *outputs, size_t channels) {                                              \
    tile_block(b, outputs, channels, PIXELS, WIDTH, 0);                                                             \
  }
#define POOLED_TILE_OF(PIXELS, WIDTH)                                                                               \
  static KERNEL __attribute__((noinline)) void tile_##PIXELS##x##WIDTH##_pooled(                                    \
      const conv_block *b, uint8_t *const *outputs, size_t channels) {                                              \
    tile_block(b, outputs, channels, PIXELS, WIDTH, 1);                                                             \
  }
#define VECTOR_OF(WIDTH, SPLITS)                                                                                    \
  static KERNEL __attribute__((noinline)) void tile_1x##WIDTH(                                                      \
      const conv_block *b, uint8_t *const *outputs, size_t channels) {                                              \
    vector_block(b, outputs[0], channels, WIDTH, SPLITS);                                                           \
  }
#define TILES_OF(WIDTH) \
  TILE_OF(2, WIDTH)     \
  TILE_OF(3, WIDTH)     \
  TILE_OF(4, WIDTH)     \
  TILE_OF(5, WIDTH)     \
  TILE_OF(6, WIDTH)
#define TILE_NAMES(WIDTH) \
  tile_1x##WIDTH, tile_2x##WIDTH, tile_3x##WIDTH, tile_4x##WIDTH, tile_5x##WIDTH, tile_6x##WIDTH
