// A convolution's pixels in tiles of a few, its filters in blocks of VECTORS vectors.
//
// A tile keeps its sums in registers: for every tap, a vector of weights is loaded for each vector of filters, and an
// element of x broadcast for each pixel.

/// How many pixels a tile of so many vectors of filters has.
#define TILE_PIXELS(vectors) ((vectors) == VECTORS ? 6 : 8)

HELPER void tile(
    const int pixels, const int vectors, const pith_float_conv *a, int64_t first, const float *weights, float *output) {
  const float *base[8];
  vec sums[8][VECTORS];
  UNROLL for (int p = 0; p < pixels; p++) {
    base[p] = a->x + a->pixels[first + p];
    UNROLL for (int v = 0; v < vectors; v++) sums[p][v] = splat(0);
  }
  const int32_t *taps = a->taps;
  const int32_t *const end = taps + a->tap_count;
  for (; taps < end; taps++) {
    const int64_t at = *taps;
    vec factors[VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) factors[v] = load(weights + v * LANES);
    weights += vectors * LANES;
    UNROLL for (int p = 0; p < pixels; p++) {
      const vec x = splat(base[p][at]);
      UNROLL for (int v = 0; v < vectors; v++) sums[p][v] += x * factors[v];
    }
  }
  UNROLL for (int p = 0; p < pixels; p++) {
    float *row = output + a->rows[first + p] * a->pitch;
    UNROLL for (int v = 0; v < vectors; v++) store(row + v * LANES, sums[p][v]);
  }
}

#define TILE(p, v) \
  static __attribute__((noinline)) TARGET void tile_##p##_##v( \
      const pith_float_conv *a, int64_t first, const float *weights, float *output) { \
    tile(p, v, a, first, weights, output); \
  }
#define TILES(v) TILE(1, v) TILE(2, v) TILE(3, v) TILE(4, v) TILE(5, v) TILE(6, v)
#define WIDE_TILES(v) TILES(v) TILE(7, v) TILE(8, v)
#define ROW(v) {tile_1_##v, tile_2_##v, tile_3_##v, tile_4_##v, tile_5_##v, tile_6_##v}
#define WIDE_ROW(v) \
  {tile_1_##v, tile_2_##v, tile_3_##v, tile_4_##v, tile_5_##v, tile_6_##v, tile_7_##v, tile_8_##v}

typedef void (*tile_function)(const pith_float_conv *, int64_t, const float *, float *);

WIDE_TILES(1)
#if VECTORS == 4
WIDE_TILES(2)
WIDE_TILES(3)
TILES(4)
static const tile_function tile_functions[VECTORS][8] = {WIDE_ROW(1), WIDE_ROW(2), WIDE_ROW(3), ROW(4)};
#else
TILES(2)
static const tile_function tile_functions[VECTORS][8] = {WIDE_ROW(1), ROW(2)};
#endif

/// The vectors of a block of filters: all blocks are full but the last.
HELPER int block_vectors(int64_t filter_count, int64_t first) {
  const int64_t left = (filter_count - first + LANES - 1) / LANES;
  return left < VECTORS ? (int)left : VECTORS;
}

/// How much of `left` the next tile of at most `most` takes: the last two are about equal.
HELPER int next_part(int64_t left, int most) {
  if (left >= 2 * most) return most;
  return (int)(left > most ? (left + 1) / 2 : left);
}

KERNEL void conv(const pith_float_conv *a) {
  const float *weights = a->weights;
  for (int64_t filter = 0; filter < a->filter_count; filter += VECTORS * LANES) {
    const int vectors = block_vectors(a->filter_count, filter);
    for (int64_t first = 0; first < a->pixel_count;) {
      const int count = next_part(a->pixel_count - first, TILE_PIXELS(vectors));
      tile_functions[vectors - 1][count - 1](a, first, weights, a->output + filter);
      first += count;
    }
    weights += vectors * LANES * a->tap_count;
  }
}
