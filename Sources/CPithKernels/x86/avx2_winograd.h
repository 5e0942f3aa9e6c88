// Convolution of 3×3 at stride 1 with 36 multiplications where there are 144: Winograd's minimal filtering F(4×4, 3×3)
// (A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016). Filters are transformed with 24 times the
// usual matrix, its last row with 6 times, which the output's transform makes up for; so everything is an integer, and the
// result 576 times the sum. Modulo 2^32 that is exact: times the inverse of 9 it is 64 times the sum, of which a shift leaves
// the sum wherever 26 bits hold it, as they do for 112 channels of any bytes and weights. Deeper sums are made of several.
//
// Words have to be multiplied here, whose products vpmaddwd adds in pairs; so the wider transforms cost nothing more:
// transformed bytes are at most 68 · 255, filters 144 · 128. A tile is 4×4 outputs. For some tiles, inputs are transformed for
// all channels, [tiles / 6][36 points][tiles in 6][channels]; then block by block of 16 output channels the filters,
// [36 points][channels / 2][16][2]: transformed they are so many bytes that it is less work than reading them from memory.
#include "addend.h"
#include "tiles.h"

enum {
  SIDE = 4,
  PATCH = SIDE + 2,
  POINTS = PATCH * PATCH,
  OUTPUTS = SIDE * SIDE,
  EXACT_DEPTH = 112,
  // Lines of one set of the cache would follow one another without.
  FILTER_GAP = 32,
};

/// A walk over tiles, of all images.
typedef struct winograd_walk {
  int32_t image, y, x;  // in tiles
} winograd_walk;

/// What is the same for all tiles.
typedef struct winograd_map {
  int32_t rows, columns;  // of tiles
  size_t depth;  // channels of the input, rounded up to 16
} winograd_map;

HELPER winograd_map winograd_map_of(const pith_winograd_args *w) {
  const pith_conv_args *a = &w->conv;
  const int32_t side = a->pools ? SIDE / 2 : SIDE;
  return (winograd_map){
      (a->row_end + side - 1) / side, (a->out_width + side - 1) / side, ((size_t)a->tap_bytes + 15) / 16 * 16};
}

HELPER winograd_walk winograd_walk_at(const winograd_map *map, int32_t tile) {
  const int32_t image = map->rows * map->columns, rest = tile % image;
  return (winograd_walk){tile / image, rest / map->columns, rest % map->columns};
}

HELPER void winograd_step(const winograd_map *map, winograd_walk *at) {
  if (++at->x < map->columns) return;
  at->x = 0;
  if (++at->y < map->rows) return;
  at->y = 0;
  at->image++;
}

/// The 36 pixels under a tile.
HELPER void winograd_pixels(const pith_winograd_args *w, winograd_walk at, const uint8_t **pixels) {
  const pith_conv_args *a = &w->conv;
  const uint8_t *image = a->input + at.image * w->in_image_stride;
  // Without pads, what lies outside is in no output that is kept.
  const uint8_t *outside = a->padding ? a->padding : image;
  const int32_t top = SIDE * at.y - a->pad_top, left = SIDE * at.x - a->pad_left;
  for (int32_t y = 0; y < PATCH; y++)
    for (int32_t x = 0; x < PATCH; x++) {
      const int inside = top + y >= 0 && top + y < a->in_height && left + x >= 0 && left + x < a->in_width;
      pixels[PATCH * y + x] = inside ? image + (ptrdiff_t)(top + y) * a->in_row_stride + (ptrdiff_t)(left + x) * a->in_pixel_stride
                                 : outside;
    }
}

HELPER __m256i words_load(const int16_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }
HELPER void words_store(int16_t *to, __m256i v) { _mm256_storeu_si256((__m256i *)(void *)to, v); }

HELPER __m256i twice(__m256i v) { return _mm256_add_epi16(v, v); }
HELPER __m256i four_times(__m256i v) { return _mm256_slli_epi16(v, 2); }

/// Six values along an axis, transformed. Of the second and third point the sign is turned, as it is of the filters'.
HELPER void winograd_input_axis(__m256i *to, const __m256i *d) {
  const __m256i d1 = d[1], d2 = d[2], d3 = d[3], d4 = d[4];
  const __m256i even = _mm256_sub_epi16(four_times(d2), d4), odd = _mm256_sub_epi16(four_times(d1), d3);
  const __m256i outer = _mm256_sub_epi16(d4, d2), inner = _mm256_sub_epi16(d3, d1), double_inner = twice(inner);
  to[0] = _mm256_add_epi16(four_times(_mm256_sub_epi16(d[0], d2)), outer);
  to[1] = _mm256_add_epi16(even, odd);
  to[2] = _mm256_sub_epi16(even, odd);
  to[3] = _mm256_add_epi16(outer, double_inner);
  to[4] = _mm256_sub_epi16(outer, double_inner);
  to[5] = _mm256_sub_epi16(_mm256_sub_epi16(d[5], d3), four_times(inner));
}

/// One tile's inputs: words of all channels, `apart` words from point to point.
static KERNEL __attribute__((noinline)) void winograd_input(
    const uint8_t *const *pixels, size_t depth, int16_t *to, size_t apart) {
  for (size_t c = 0; c < depth; c += 16, to += 16) {
    __m256i down[POINTS];
    UNROLL
    for (int x = 0; x < PATCH; x++) {
      __m256i column[PATCH];
      UNROLL
      for (int y = 0; y < PATCH; y++) column[y] = _mm256_cvtepu8_epi16(bytes_load(pixels[PATCH * y + x] + c));
      __m256i points[PATCH];
      winograd_input_axis(points, column);
      UNROLL
      for (int y = 0; y < PATCH; y++) down[PATCH * y + x] = points[y];
    }
    UNROLL
    for (int y = 0; y < PATCH; y++) {
      __m256i row[PATCH];
      winograd_input_axis(row, down + PATCH * y);
      UNROLL
      for (int x = 0; x < PATCH; x++) words_store(to + (size_t)(PATCH * y + x) * apart, row[x]);
    }
  }
}

/// Three weights along an axis, transformed.
HELPER void winograd_filter_axis(__m256i *to, const __m256i *g) {
  const __m256i ends = _mm256_add_epi16(g[0], g[2]), far = _mm256_add_epi16(g[0], four_times(g[2]));
  const __m256i middle = twice(g[1]);
  to[0] = _mm256_add_epi16(four_times(g[0]), twice(g[0]));
  to[1] = four_times(_mm256_add_epi16(ends, g[1]));
  to[2] = four_times(_mm256_sub_epi16(ends, g[1]));
  to[3] = _mm256_add_epi16(far, middle);
  to[4] = _mm256_sub_epi16(far, middle);
  to[5] = _mm256_add_epi16(four_times(g[2]), twice(g[2]));
}

/// The nine weights of two input channels and eight output channels.
HELPER void winograd_filter(const __m128i *weights, int16_t *to, size_t apart) {
  __m256i down[PATCH][3];
  UNROLL
  for (int x = 0; x < 3; x++) {
    __m256i column[3], points[PATCH];
    UNROLL
    for (int y = 0; y < 3; y++) column[y] = _mm256_cvtepi8_epi16(weights[3 * y + x]);
    winograd_filter_axis(points, column);
    UNROLL
    for (int y = 0; y < PATCH; y++) down[y][x] = points[y];
  }
  UNROLL
  for (int y = 0; y < PATCH; y++) {
    __m256i row[PATCH];
    winograd_filter_axis(row, down[y]);
    UNROLL
    for (int x = 0; x < PATCH; x++) words_store(to + (size_t)(PATCH * y + x) * apart, row[x]);
  }
}

/// Words from one point's filters of `depth` channels to the next one's.
HELPER size_t filter_apart(size_t depth) { return depth * 16 + FILTER_GAP; }

/// A block's filters of `depth` channels, `tap` bytes from one tap's weights to the next one's.
static KERNEL __attribute__((noinline)) void winograd_filters(
    const int8_t *weights, size_t depth, size_t tap, int16_t *to) {
  // Four input channels of each output channel become two pairs of them.
  const __m256i pairs = _mm256_setr_epi8(
      0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
  const size_t apart = filter_apart(depth);
  for (size_t c = 0; c < depth; c += 4, weights += 64, to += 64) {
    for (int half = 0; half < 2; half++) {
      __m128i low[9], high[9];
      UNROLL
      for (int t = 0; t < 9; t++) {
        const __m256i four = _mm256_loadu_si256((const __m256i *)(const void *)(weights + (size_t)t * tap + 32 * half));
        const __m256i both = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(four, pairs), 0xD8);
        low[t] = _mm256_castsi256_si128(both);
        high[t] = _mm256_extracti128_si256(both, 1);
      }
      winograd_filter(low, to + 16 * half, apart);
      winograd_filter(high, to + 32 + 16 * half, apart);
    }
  }
}

/// Products of one point: sums over `depth` of the input's channels, of `tiles` tiles by 16 channels.
HELPER void winograd_products(
    const int16_t *inputs, size_t row, const int16_t *filters, size_t depth, int32_t *to, const int tiles) {
  lanes sums[TILE];
  UNROLL
  for (int m = 0; m < tiles; m++) sums[m] = lanes_of(0);
  for (const int16_t *end = inputs + depth; inputs < end; inputs += 2, filters += 32) {
    const __m256i w0 = words_load(filters), w1 = words_load(filters + 16);
    UNROLL
    for (int m = 0; m < tiles; m++) {
      const __m256i x = broadcast_4((const uint8_t *)(inputs + (size_t)m * row));
      sums[m].v[0] = _mm256_add_epi32(sums[m].v[0], _mm256_madd_epi16(x, w0));
      sums[m].v[1] = _mm256_add_epi32(sums[m].v[1], _mm256_madd_epi16(x, w1));
      __asm__("" : "+x"(sums[m].v[0]), "+x"(sums[m].v[1]));
    }
  }
  UNROLL
  for (int m = 0; m < tiles; m++)
    for (int half = 0; half < 2; half++) _mm256_storeu_si256((__m256i *)(to + 16 * m + 8 * half), sums[m].v[half]);
}

/// One function a count of tiles: all points, whose inputs have `row` words for each tile.
#define WINOGRAD_OF(TILES)                                                                                          \
  static KERNEL __attribute__((noinline)) void winograd_##TILES(                                                    \
      const int16_t *inputs, size_t row, const int16_t *filters, size_t depth, int32_t *to) {                       \
    const size_t apart = filter_apart(depth);                                                                       \
    for (int p = 0; p < POINTS; p++, inputs += row * TILES, filters += apart, to += 16 * TILES)                     \
      winograd_products(inputs, row, filters, depth, to, TILES);                                                    \
  }
WINOGRAD_OF(1)
WINOGRAD_OF(2)
WINOGRAD_OF(3)
WINOGRAD_OF(4)
WINOGRAD_OF(5)
WINOGRAD_OF(6)

HELPER void winograd_multiply(
    const int16_t *inputs, size_t row, const int16_t *filters, size_t depth, int32_t *to, int32_t tiles) {
  switch (tiles) {
    case 1: winograd_1(inputs, row, filters, depth, to); break;
    case 2: winograd_2(inputs, row, filters, depth, to); break;
    case 3: winograd_3(inputs, row, filters, depth, to); break;
    case 4: winograd_4(inputs, row, filters, depth, to); break;
    case 5: winograd_5(inputs, row, filters, depth, to); break;
    default: winograd_6(inputs, row, filters, depth, to); break;
  }
}

/// Six values along an axis to the four outputs that they make.
HELPER void winograd_output_axis(__m256i *to, const __m256i *m) {
  const __m256i p = _mm256_add_epi32(m[1], m[2]), q = _mm256_sub_epi32(m[1], m[2]);
  const __m256i r = _mm256_add_epi32(m[3], m[4]), t = _mm256_sub_epi32(m[3], m[4]);
  to[0] = _mm256_add_epi32(_mm256_add_epi32(m[0], p), r);
  to[1] = _mm256_add_epi32(q, _mm256_add_epi32(t, t));
  to[2] = _mm256_add_epi32(p, _mm256_slli_epi32(r, 2));
  to[3] = _mm256_add_epi32(
      _mm256_add_epi32(q, _mm256_slli_epi32(t, 3)), _mm256_slli_epi32(m[5], 2));
}

/// Adds to a tile's sums, [16 outputs][16], what its products make of some channels.
static KERNEL __attribute__((noinline)) void winograd_sums(const int32_t *products, size_t apart, int32_t *sums) {
  // The inverse of 9 modulo 2^32.
  const __m256i ninth = _mm256_set1_epi32(0x38E38E39);
  for (int half = 0; half < 2; half++) {
    __m256i down[SIDE][PATCH];
    UNROLL
    for (int x = 0; x < PATCH; x++) {
      __m256i column[PATCH], outputs[SIDE];
      UNROLL
      for (int y = 0; y < PATCH; y++)
        column[y] = _mm256_loadu_si256((const __m256i *)(products + (size_t)(PATCH * y + x) * apart + 8 * half));
      winograd_output_axis(outputs, column);
      UNROLL
      for (int y = 0; y < SIDE; y++) down[y][x] = outputs[y];
    }
    UNROLL
    for (int y = 0; y < SIDE; y++) {
      __m256i row[SIDE];
      winograd_output_axis(row, down[y]);
      UNROLL
      for (int x = 0; x < SIDE; x++) {
        __m256i *const sum = (__m256i *)(sums + 16 * (SIDE * y + x) + 8 * half);
        const __m256i exact = _mm256_srai_epi32(_mm256_mullo_epi32(row[x], ninth), 6);
        _mm256_storeu_si256(sum, _mm256_add_epi32(_mm256_loadu_si256(sum), exact));
      }
    }
  }
}

/// What a block of a tile's outputs is made with.
typedef struct winograd_finish {
  lanes bias;
  reals multiplier;
  range out;
  addend added;
  size_t channels;
} winograd_finish;

/// Rounds and stores `tiles` tiles' outputs from their sums.
static KERNEL __attribute__((noinline)) void winograd_outputs(
    const pith_winograd_args *w, const winograd_map *map, winograd_walk at, const int32_t *sums, int32_t tiles,
    const winograd_finish *finish, int32_t channel) {
  const pith_conv_args *a = &w->conv;
  const winograd_finish f = *finish;
  const int32_t side = a->pools ? SIDE / 2 : SIDE;
  for (int32_t m = 0; m < tiles; m++, sums += 16 * OUTPUTS, winograd_step(map, &at)) {
    const int32_t rest_y = a->row_end - side * at.y, rest_x = a->out_width - side * at.x;
    uint8_t *to = a->output + channel + at.image * w->out_image_stride + (ptrdiff_t)(side * at.y) * a->out_row_stride +
                  (ptrdiff_t)(side * at.x) * a->out_pixel_stride;
    for (int32_t y = 0; y < side && y < rest_y; y++)
      for (int32_t x = 0; x < side && x < rest_x; x++) {
        uint8_t *output = to + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
        const int32_t *sum = sums + 16 * (a->pools ? 2 * SIDE * y + 2 * x : SIDE * y + x);
        lanes total = lanes_load(sum);
        if (a->pools)
          total = lanes_max(
              lanes_max(total, lanes_load(sum + 16)), lanes_max(lanes_load(sum + 16 * SIDE), lanes_load(sum + 16 * SIDE + 16)));
        reals real = reals_mul(reals_of_lanes(lanes_add(total, f.bias)), f.multiplier);
        if (f.added.adds) real = add_addend(real, output, &f.added);
        bytes_store_up_to_16(output, requantize(real, &f.out), f.channels);
      }
  }
}

/// Zeros for `tiles` tiles' sums.
HELPER void winograd_clear(int32_t *sums, int32_t tiles) {
  for (int32_t i = 0; i < 16 * OUTPUTS * tiles; i += 8) _mm256_storeu_si256((__m256i *)(sums + i), _mm256_setzero_si256());
}

KERNEL void SET(winograd)(const pith_winograd_args *w) {
  const pith_conv_args *a = &w->conv;
  const winograd_map map = winograd_map_of(w);
  const size_t tap = (size_t)a->tap_bytes * 16, tile_words = POINTS * map.depth;
  const size_t most = map.depth < EXACT_DEPTH ? map.depth : EXACT_DEPTH;
  int16_t *const filters = w->scratch, *const inputs = filters + POINTS * filter_apart(most);
  int32_t *const sums = (int32_t *)(void *)(inputs + (size_t)w->chunk * tile_words);
  winograd_finish finish = {0};
  finish.out = range_of(a->out_zero, a->out_min, a->out_max);
  finish.added = addend_of(a);
  for (int32_t begin = w->tile_begin; begin < w->tile_end;) {
    const int32_t left = w->tile_end - begin, chunk = left < w->chunk ? left : w->chunk;
    const winograd_walk start = winograd_walk_at(&map, begin);
    begin += chunk;
    winograd_walk at = start;
    tile_walk groups = {chunk, 0, 0};
    for (int32_t done = 0; done < chunk;) {
      const int32_t tiles = tile_next(&groups, TILE);
      for (int32_t m = 0; m < tiles; m++, winograd_step(&map, &at)) {
        const uint8_t *pixels[POINTS];
        winograd_pixels(w, at, pixels);
        winograd_input(
            pixels, map.depth, inputs + (size_t)done * tile_words + (size_t)m * map.depth, (size_t)tiles * map.depth);
      }
      done += tiles;
      groups.left -= tiles;
    }
    for (int32_t channel = 0; channel < a->channels; channel += 16) {
      const int8_t *weights = a->weights + (size_t)channel * 9 * (size_t)a->tap_bytes;
      winograd_clear(sums, chunk);
      for (size_t first = 0; first < (size_t)a->tap_bytes; first += EXACT_DEPTH) {
        const size_t depth = pith_min(EXACT_DEPTH, (size_t)a->tap_bytes - first);
        winograd_filters(weights + first * 16, depth, tap, filters);
        groups.left = chunk;
        for (int32_t done = 0; done < chunk;) {
          const int32_t tiles = tile_next(&groups, TILE);
          int32_t products[POINTS * TILE * 16] __attribute__((aligned(32)));
          winograd_multiply(
              inputs + (size_t)done * tile_words + first, map.depth, filters, depth, products, tiles);
          for (int32_t m = 0; m < tiles; m++)
            winograd_sums(products + 16 * m, (size_t)tiles * 16, sums + (size_t)(done + m) * 16 * OUTPUTS);
          done += tiles;
          groups.left -= tiles;
        }
      }
      float room[16];
      finish.bias = lanes_load(a->bias + channel);
      finish.multiplier = reals_load(pith_multipliers(a, channel, 16, room));
      finish.channels = (size_t)(a->channels - channel);
      winograd_outputs(w, &map, start, sums, chunk, &finish, channel);
    }
  }
}
