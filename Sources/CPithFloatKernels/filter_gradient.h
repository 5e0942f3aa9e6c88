// The gradient of a convolution's weights: taps in tiles of a few, filters in blocks of VECTORS vectors, summed over
// pixels in registers. The gradient of the output is `[pixel][filter]`, so that its filters are vectors.

HELPER void gradient_tile(
    const int taps, const int vectors, const pith_float_filter_gradient *a, int64_t first, int64_t filter) {
  const float *base[8];
  vec sums[8][VECTORS];
  float *const target = a->sums + first * a->pitch + filter;
  UNROLL for (int t = 0; t < taps; t++) {
    base[t] = a->x + a->taps[first + t];
    UNROLL for (int v = 0; v < vectors; v++) sums[t][v] = load(target + t * a->pitch + v * LANES);
  }
  const float *gradient = a->gradient + filter;
  const int64_t pitch = a->pitch;
  const int32_t *pixels = a->pixels;
  const int32_t *const end = pixels + a->pixel_count;
  for (; pixels < end; pixels++) {
    const int64_t at = *pixels;
    vec factors[VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) factors[v] = load(gradient + v * LANES);
    gradient += pitch;
    UNROLL for (int t = 0; t < taps; t++) {
      const vec x = splat(base[t][at]);
      UNROLL for (int v = 0; v < vectors; v++) sums[t][v] += x * factors[v];
    }
  }
  UNROLL for (int t = 0; t < taps; t++) {
    UNROLL for (int v = 0; v < vectors; v++) store(target + t * a->pitch + v * LANES, sums[t][v]);
  }
}

#define GRADIENT_TILE(t, v) \
  static __attribute__((noinline)) TARGET void gradient_tile_##t##_##v( \
      const pith_float_filter_gradient *a, int64_t first, int64_t filter) { \
    gradient_tile(t, v, a, first, filter); \
  }
#undef TILE
#undef ROW
#undef WIDE_ROW
#define TILE(t, v) GRADIENT_TILE(t, v)
#define ROW(v) \
  {gradient_tile_1_##v, gradient_tile_2_##v, gradient_tile_3_##v, gradient_tile_4_##v, gradient_tile_5_##v, \
   gradient_tile_6_##v}
#define WIDE_ROW(v) \
  {gradient_tile_1_##v, gradient_tile_2_##v, gradient_tile_3_##v, gradient_tile_4_##v, gradient_tile_5_##v, \
   gradient_tile_6_##v, gradient_tile_7_##v, gradient_tile_8_##v}

typedef void (*gradient_tile_function)(const pith_float_filter_gradient *, int64_t, int64_t);

WIDE_TILES(1)
#if VECTORS == 4
WIDE_TILES(2)
WIDE_TILES(3)
TILES(4)
static const gradient_tile_function gradient_tiles[VECTORS][8] = {WIDE_ROW(1), WIDE_ROW(2), WIDE_ROW(3), ROW(4)};
#else
TILES(2)
static const gradient_tile_function gradient_tiles[VECTORS][8] = {WIDE_ROW(1), ROW(2)};
#endif

KERNEL void filter_gradient(const pith_float_filter_gradient *a) {
  for (int64_t filter = 0; filter < a->filter_count; filter += VECTORS * LANES) {
    const int vectors = block_vectors(a->filter_count, filter);
    for (int64_t first = 0; first < a->tap_count;) {
      const int count = next_part(a->tap_count - first, TILE_PIXELS(vectors));
      gradient_tiles[vectors - 1][count - 1](a, first, filter);
      first += count;
    }
  }
}
