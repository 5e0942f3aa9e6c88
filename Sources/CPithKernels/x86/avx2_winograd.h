// Convolution of 3×3 at stride 1 with 16 multiplications where there are 36: Winograd's minimal filtering F(2×2, 3×3)
// (A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016). Filters are transformed with twice
// the usual matrix, which makes everything an integer and the result four times the sum: exact, as 32 bits hold it.
//
// Words have to be multiplied here, whose products vpmaddwd adds in pairs; so the wider transforms cost nothing more. A tile
// is 2×2 outputs. For some tiles, inputs are transformed for all channels, [tiles / 6][16 points][tiles in 6][channels];
// then block by block of 16 output channels the filters, [16 points][channels / 2][16][2]: as they are many bytes, that is
// less work than reading them from memory transformed.
#include "addend.h"
#include "tiles.h"

enum {
  POINTS = 16,
  POINT_TILES = TILE,
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
  int32_t out_height;
  size_t depth;  // channels of the input, rounded up to 16
} winograd_map;

HELPER winograd_map winograd_map_of(const pith_winograd_args *w) {
  const pith_conv_args *a = &w->conv;
  const int32_t step = a->pools ? 1 : 2;
  return (winograd_map){
      (a->row_end + step - 1) / step, (a->out_width + step - 1) / step, a->row_end,
      ((size_t)a->tap_bytes + 15) / 16 * 16};
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

/// The 16 pixels under a tile.
HELPER void winograd_pixels(const pith_winograd_args *w, winograd_walk at, const uint8_t **pixels) {
  const pith_conv_args *a = &w->conv;
  const uint8_t *image = a->input + at.image * w->in_image_stride;
  // Without pads, what lies outside is in no output that is kept.
  const uint8_t *outside = a->padding ? a->padding : image;
  const int32_t top = 2 * at.y - a->pad_top, left = 2 * at.x - a->pad_left;
  for (int32_t y = 0; y < 4; y++)
    for (int32_t x = 0; x < 4; x++) {
      const int inside = top + y >= 0 && top + y < a->in_height && left + x >= 0 && left + x < a->in_width;
      pixels[4 * y + x] = inside ? image + (ptrdiff_t)(top + y) * a->in_row_stride + (ptrdiff_t)(left + x) * a->in_pixel_stride
                                 : outside;
    }
}

HELPER __m256i words_load(const int16_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }
HELPER void words_store(int16_t *to, __m256i v) { _mm256_storeu_si256((__m256i *)(void *)to, v); }

/// Four values along an axis, transformed.
HELPER void winograd_input_axis(__m256i *to, const __m256i *from, const int step) {
  to[0] = _mm256_sub_epi16(from[0], from[2 * step]);
  to[step] = _mm256_add_epi16(from[step], from[2 * step]);
  to[2 * step] = _mm256_sub_epi16(from[2 * step], from[step]);
  to[3 * step] = _mm256_sub_epi16(from[step], from[3 * step]);
}

/// One tile's inputs: words of all channels, `apart` words from point to point.
static KERNEL __attribute__((noinline)) void winograd_input(
    const uint8_t *const *pixels, size_t depth, int16_t *to, size_t apart) {
  for (size_t c = 0; c < depth; c += 16, to += 16) {
    __m256i down[POINTS];
    UNROLL
    for (int x = 0; x < 4; x++) {
      __m256i column[POINTS];
      UNROLL
      for (int y = 0; y < 4; y++) column[4 * y] = _mm256_cvtepu8_epi16(bytes_load(pixels[4 * y + x] + c));
      winograd_input_axis(down + x, column, 4);
    }
    UNROLL
    for (int y = 0; y < 4; y++) {
      __m256i row[4];
      winograd_input_axis(row, down + 4 * y, 1);
      UNROLL
      for (int x = 0; x < 4; x++) words_store(to + (size_t)(4 * y + x) * apart, row[x]);
    }
  }
}

/// Three weights along an axis, transformed.
HELPER void winograd_filter_axis(__m256i *to, const __m256i *from, const int step) {
  const __m256i ends = _mm256_add_epi16(from[0], from[2 * step]);
  to[0] = _mm256_add_epi16(from[0], from[0]);
  to[step] = _mm256_add_epi16(ends, from[step]);
  to[2 * step] = _mm256_sub_epi16(ends, from[step]);
  to[3 * step] = _mm256_add_epi16(from[2 * step], from[2 * step]);
}

/// The nine weights of two input channels and eight output channels.
HELPER void winograd_filter(const __m128i *weights, int16_t *to, size_t apart) {
  __m256i down[12];
  UNROLL
  for (int x = 0; x < 3; x++) {
    __m256i column[9];
    UNROLL
    for (int y = 0; y < 3; y++) column[3 * y] = _mm256_cvtepi8_epi16(weights[3 * y + x]);
    winograd_filter_axis(down + x, column, 3);
  }
  UNROLL
  for (int y = 0; y < 4; y++) {
    __m256i row[4];
    winograd_filter_axis(row, down + 3 * y, 1);
    UNROLL
    for (int x = 0; x < 4; x++) words_store(to + (size_t)(4 * y + x) * apart, row[x]);
  }
}

HELPER size_t filter_apart(int32_t tap_bytes) { return (size_t)tap_bytes * 16 + FILTER_GAP; }

/// A block's filters.
static KERNEL __attribute__((noinline)) void winograd_filters(const int8_t *weights, int32_t tap_bytes, int16_t *to) {
  // Four input channels of each output channel become two pairs of them.
  const __m256i pairs = _mm256_setr_epi8(
      0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15, 0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
  const size_t apart = filter_apart(tap_bytes), tap = (size_t)tap_bytes * 16;
  for (int32_t c = 0; c < tap_bytes; c += 4, weights += 64, to += 64) {
    UNROLL
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

/// Products of one point: sums over the input's channels of `tiles` tiles by 16 channels.
HELPER void winograd_products(
    const int16_t *inputs, const int16_t *filters, size_t depth, int32_t tap_bytes, int32_t *to, const int tiles) {
  lanes sums[POINT_TILES];
  UNROLL
  for (int m = 0; m < tiles; m++) sums[m] = lanes_of(0);
  for (const int16_t *end = inputs + tap_bytes; inputs < end; inputs += 2, filters += 32) {
    const __m256i w0 = words_load(filters), w1 = words_load(filters + 16);
    UNROLL
    for (int m = 0; m < tiles; m++) {
      const __m256i x = broadcast_4((const uint8_t *)(inputs + (size_t)m * depth));
      sums[m].v[0] = _mm256_add_epi32(sums[m].v[0], _mm256_madd_epi16(x, w0));
      sums[m].v[1] = _mm256_add_epi32(sums[m].v[1], _mm256_madd_epi16(x, w1));
      __asm__("" : "+x"(sums[m].v[0]), "+x"(sums[m].v[1]));
    }
  }
  UNROLL
  for (int m = 0; m < tiles; m++)
    for (int half = 0; half < 2; half++) _mm256_storeu_si256((__m256i *)(to + 16 * m + 8 * half), sums[m].v[half]);
}

/// One function a count of tiles.
#define WINOGRAD_OF(TILES)                                                                                          \
  static KERNEL __attribute__((noinline)) void winograd_##TILES(                                                    \
      const int16_t *inputs, const int16_t *filters, size_t depth, int32_t tap_bytes, int32_t *to) {                \
    const size_t apart = filter_apart(tap_bytes);                                                                   \
    for (int p = 0; p < POINTS; p++, inputs += depth * TILES, filters += apart, to += 16 * TILES)                   \
      winograd_products(inputs, filters, depth, tap_bytes, to, TILES);                                              \
  }
WINOGRAD_OF(1)
WINOGRAD_OF(2)
WINOGRAD_OF(3)
WINOGRAD_OF(4)
WINOGRAD_OF(5)
WINOGRAD_OF(6)

HELPER void winograd_multiply(
    const int16_t *inputs, const int16_t *filters, size_t depth, int32_t tap_bytes, int32_t *to, int32_t tiles) {
  switch (tiles) {
    case 1: winograd_1(inputs, filters, depth, tap_bytes, to); break;
    case 2: winograd_2(inputs, filters, depth, tap_bytes, to); break;
    case 3: winograd_3(inputs, filters, depth, tap_bytes, to); break;
    case 4: winograd_4(inputs, filters, depth, tap_bytes, to); break;
    case 5: winograd_5(inputs, filters, depth, tap_bytes, to); break;
    default: winograd_6(inputs, filters, depth, tap_bytes, to); break;
  }
}

/// Four values along an axis to the two outputs that they make.
HELPER void winograd_output_axis(__m256i *to, const __m256i *from, const int step) {
  const __m256i sum = _mm256_add_epi32(from[step], from[2 * step]);
  const __m256i difference = _mm256_sub_epi32(from[step], from[2 * step]);
  to[0] = _mm256_add_epi32(from[0], sum);
  to[1] = _mm256_sub_epi32(difference, from[3 * step]);
}

/// The sums of a tile's four outputs.
HELPER void winograd_sums(const int32_t *products, size_t apart, lanes bias, lanes *sums) {
  UNROLL
  for (int half = 0; half < 2; half++) {
    __m256i down[8];  // [4 columns][2 rows]
    UNROLL
    for (int x = 0; x < 4; x++) {
      __m256i column[4];
      UNROLL
      for (int y = 0; y < 4; y++)
        column[y] = _mm256_loadu_si256((const __m256i *)(products + (size_t)(4 * y + x) * apart + 8 * half));
      winograd_output_axis(down + 2 * x, column, 1);
    }
    UNROLL
    for (int y = 0; y < 2; y++) {
      __m256i row[2];
      winograd_output_axis(row, down + y, 2);
      UNROLL
      for (int x = 0; x < 2; x++)
        sums[2 * y + x].v[half] = _mm256_add_epi32(_mm256_srai_epi32(row[x], 2), bias.v[half]);
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

/// `tiles` tiles' outputs from their products, [16][tiles][16].
static KERNEL __attribute__((noinline)) void winograd_outputs(
    const pith_winograd_args *w, const winograd_map *map, winograd_walk at, const int32_t *products, int32_t tiles,
    const winograd_finish *finish, int32_t channel) {
  const pith_conv_args *a = &w->conv;
  const winograd_finish f = *finish;
  const int32_t side = a->pools ? 1 : 2;
  for (int32_t m = 0; m < tiles; m++, winograd_step(map, &at)) {
    lanes sums[4];
    winograd_sums(products + 16 * m, (size_t)tiles * 16, f.bias, sums);
    uint8_t *to = a->output + channel + at.image * w->out_image_stride + (ptrdiff_t)(side * at.y) * a->out_row_stride +
                  (ptrdiff_t)(side * at.x) * a->out_pixel_stride;
    if (a->pools) {
      const lanes most = lanes_max(lanes_max(sums[0], sums[1]), lanes_max(sums[2], sums[3]));
      bytes_store_up_to_16(to, requantize(reals_mul(reals_of_lanes(most), f.multiplier), &f.out), f.channels);
      continue;
    }
    for (int32_t part = 0; part < 4; part++) {
      const int32_t y = part / 2, x = part % 2;
      if (2 * at.y + y >= map->out_height || 2 * at.x + x >= a->out_width) continue;
      uint8_t *output = to + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      reals real = reals_mul(reals_of_lanes(sums[part]), f.multiplier);
      if (f.added.adds) real = add_addend(real, output, &f.added);
      bytes_store_up_to_16(output, requantize(real, &f.out), f.channels);
    }
  }
}

KERNEL void SET(winograd)(const pith_winograd_args *w) {
  const pith_conv_args *a = &w->conv;
  const winograd_map map = winograd_map_of(w);
  int16_t *const filters = w->scratch;
  int16_t *const inputs = filters + POINTS * filter_apart(a->tap_bytes);
  const int64_t block_bytes = (int64_t)9 * a->tap_bytes * 16;
  const size_t tile_words = POINTS * map.depth;
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
      const int32_t tiles = tile_next(&groups, POINT_TILES);
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
      float room[16];
      finish.bias = lanes_load(a->bias + channel);
      finish.multiplier = reals_load(pith_multipliers(a, channel, 16, room));
      finish.channels = (size_t)(a->channels - channel);
      winograd_filters(a->weights + channel / 16 * block_bytes, a->tap_bytes, filters);
      at = start;
      groups.left = chunk;
      for (int32_t done = 0; done < chunk;) {
        const int32_t tiles = tile_next(&groups, POINT_TILES);
        int32_t products[POINTS * POINT_TILES * 16] __attribute__((aligned(32)));
        winograd_multiply(
            inputs + (size_t)done * tile_words, filters, map.depth, a->tap_bytes, products, tiles);
        winograd_outputs(w, &map, at, products, tiles, &finish, channel);
        for (int32_t m = 0; m < tiles; m++) winograd_step(&map, &at);
        done += tiles;
        groups.left -= tiles;
      }
    }
  }
}
