// The AVX-512 tiles: six pixels by 64 channels in 24 registers, twelve pixels where the channels are few.

enum { BLOCKS = 4, WIDE_BLOCKS = 2, POOLED_OUTPUTS = 3 };

HELPER void blocks_store(uint8_t *output, const reals *f, const range *r, size_t channels, const int blocks) {
  if (blocks == 1) {
    bytes_store_up_to_16(output, requantize(f[0], r), channels);
    return;
  }
  const vector bytes = requantize_64(f[0], f[1], blocks > 2 ? f[2] : f[0], blocks > 3 ? f[3] : f[0], r);
  if (channels >= 64 && blocks == 4)
    vector_store(output, bytes);
  else
    vector_store_some(output, bytes, pith_min(channels, 16 * (size_t)blocks));
}

#include "vnni_conv.h"

VECTOR_OF(1, 8)
VECTOR_OF(2, 4)
VECTOR_OF(3, 2)
VECTOR_OF(4, 2)
TILES_OF(1)
TILES_OF(2)
TILES_OF(3)
TILES_OF(4)
TILE_OF(12, 1)
TILE_OF(12, 2)
POOLED_TILE_OF(4, 1)
POOLED_TILE_OF(4, 2)
POOLED_TILE_OF(8, 1)
POOLED_TILE_OF(8, 2)
POOLED_TILE_OF(12, 1)
POOLED_TILE_OF(12, 2)

HELPER tile_function find_tile(int32_t pixels, int32_t *blocks) {
  static const tile_function tiles[BLOCKS][TILE] = {{TILE_NAMES(1)}, {TILE_NAMES(2)}, {TILE_NAMES(3)}, {TILE_NAMES(4)}};
  if (*blocks > BLOCKS) *blocks = BLOCKS;
  if (pixels == WIDE_TILE) return *blocks == 1 ? tile_12x1 : tile_12x2;
  return tiles[*blocks - 1][pixels - 1];
}

/// Of `outputs` pooled ones. More than 32 channels come in pairs of blocks, as that reads weights once for twelve pixels.
HELPER tile_function find_pooled_tile(int32_t outputs, int32_t *blocks) {
  static const tile_function tiles[2][POOLED_OUTPUTS] = {
      {tile_4x1_pooled, tile_8x1_pooled, tile_12x1_pooled}, {tile_4x2_pooled, tile_8x2_pooled, tile_12x2_pooled}};
  if (*blocks > 2) *blocks = 2;
  return tiles[*blocks - 1][outputs - 1];
}

#include "vnni_conv_driver.h"
