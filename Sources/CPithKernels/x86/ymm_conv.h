// The AVX-VNNI tiles: six pixels by 16 channels in twelve registers, and one pixel by up to 64.

enum { BLOCKS = 4, WIDE_BLOCKS = 0, POOLED_OUTPUTS = 1 };

HELPER lanes lanes_dot(lanes sum, vector x, lanes w) {
  return (lanes){{_mm256_dpbusd_avx_epi32(sum.v[0], x, w.v[0]), _mm256_dpbusd_avx_epi32(sum.v[1], x, w.v[1])}};
}

HELPER void blocks_store(uint8_t *output, const reals *f, const range *r, size_t channels, const int blocks) {
  UNROLL
  for (int n = 0; n < blocks; n++)
    bytes_store_up_to_16(output + 16 * n, requantize(f[n], r), channels - 16 * (size_t)n);
}

#include "vnni_conv.h"

VECTOR_OF(1, 4)
VECTOR_OF(2, 2)
VECTOR_OF(4, 1)
TILES_OF(1)
POOLED_TILE_OF(4, 1)

HELPER tile_function find_tile(int32_t pixels, int32_t *blocks) {
  static const tile_function tiles[TILE] = {TILE_NAMES(1)};
  if (pixels > 1 || *blocks == 1) {
    *blocks = 1;
    return tiles[pixels - 1];
  }
  *blocks = *blocks < 4 ? 2 : 4;
  return *blocks == 2 ? tile_1x2 : tile_1x4;
}

HELPER tile_function find_pooled_tile(int32_t outputs, int32_t *blocks) {
  (void)outputs;
  *blocks = 1;
  return tile_4x1_pooled;
}

#include "vnni_conv_driver.h"
