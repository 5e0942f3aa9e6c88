// Convolution without a byte dot product. The input bytes under a tile of up to six pixels are gathered once and spread
// for all the channels: every second byte into its 16-bit word, the others into words of their own. Against weights
// split the same way, vpmaddwd sums two products exactly into each channel's lane; vpmaddubsw would saturate.
//
// A single pixel needs each weight once only, so there the weights must not cost: its bytes are split into halves of
// four bits instead, whose products with the weights fit vpmaddubsw and eight of which fit 16 bits.
#include "tiles.h"

enum { SPREAD_BYTES = 57344, GATHERED_BYTES = 4096 };

/// The gathered bytes of a tile: [reduction / 32, rounded up][pixels][two parts][32].
typedef struct spread {
  uint8_t bytes[SPREAD_BYTES] __attribute__((aligned(64)));
} spread;

/// Takes a pixel's reduction in pieces and spreads it 32 bytes at a time.
typedef struct gather {
  uint8_t *to;
  ptrdiff_t step;
  size_t fill;
  int halves;
  uint8_t bytes[GATHERED_BYTES + 32];
} gather;

HELPER void spread_32(uint8_t *to, const uint8_t *from, int halves) {
  const __m256i bytes = vector_load(from);
  const __m256i low = _mm256_set1_epi8(15), even = _mm256_set1_epi16(255);
  vector_store(to, _mm256_and_si256(bytes, halves ? low : even));
  vector_store(
      to + 32, halves ? _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low) : _mm256_srli_epi16(bytes, 8));
}

/// Spreads all whole pieces of 32 bytes, or with `last` what there is.
HELPER void gather_flush(gather *g, int last) {
  size_t done = 0;
  for (; done + 32 <= g->fill || (last && done < g->fill); done += 32, g->to += g->step)
    spread_32(g->to, g->bytes + done, g->halves);
  if (last) return;
  g->fill -= done;
  vector_store(g->bytes, vector_load(g->bytes + done));
}

/// `count` bytes, a multiple of 4; none beyond are read.
HELPER void gather_copy(gather *g, const uint8_t *from, size_t count) {
  if (g->fill == 0 && count % 32 == 0) {
    for (size_t i = 0; i < count; i += 32, g->to += g->step) spread_32(g->to, from + i, g->halves);
    return;
  }
  while (count > 0) {
    const size_t piece = pith_min(count, GATHERED_BYTES - g->fill);
    uint8_t *to = g->bytes + g->fill;
    size_t i = 0;
    for (; i + 16 <= piece; i += 16) bytes_store(to + i, bytes_load(from + i));
    for (; i < piece; i += 4) __builtin_memcpy(to + i, from + i, 4);
    g->fill += piece;
    from += piece;
    count -= piece;
    if (g->fill == GATHERED_BYTES) gather_flush(g, 0);
  }
}

/// One row of a pixel's window.
HELPER void gather_row(const pith_conv_args *a, gather *g, int32_t y, int32_t x) {
  const size_t tap = (size_t)a->tap_bytes;
  const int inside = y >= 0 && y < a->in_height;
  const uint8_t *row = a->input + (ptrdiff_t)y * a->in_row_stride;
  const int32_t last = x + (a->kernel_w - 1) * a->dilation_w;
  if (inside && x >= 0 && last < a->in_width && a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes) {
    gather_copy(g, row + (ptrdiff_t)x * a->in_pixel_stride, tap * (size_t)a->kernel_w);
    return;
  }
  for (int32_t kx = 0; kx < a->kernel_w; kx++, x += a->dilation_w)
    gather_copy(g, inside && x >= 0 && x < a->in_width ? row + (ptrdiff_t)x * a->in_pixel_stride : a->padding, tap);
}

/// Gathers the tile's pixels and says where they go.
static KERNEL __attribute__((noinline)) void gather_tile(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather g;
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel pixel = tile_take(a, walk);
    outputs[m] = pixel.output;
    g.to = to->bytes + 64 * m;
    g.step = 64 * count;
    g.fill = 0;
    g.halves = count == 1;
    for (int32_t ky = 0; ky < a->kernel_h; ky++) gather_row(a, &g, pixel.y + ky * a->dilation_h, pixel.x);
    gather_flush(&g, 1);
  }
}

/// What one block of 16 channels of a tile is computed from.
typedef struct conv_block {
  const int8_t *weights;
  const int32_t *bias;
  const float *multiplier;
  int64_t steps;  // of 4 bytes
  range out;
} conv_block;

HELPER __m256i broadcast_4(const uint8_t *from) {
  int32_t four;
  __builtin_memcpy(&four, from, 4);
  return _mm256_set1_epi32(four);
}

HELPER __m256i weights_load(const int8_t *from) { return _mm256_loadu_si256((const __m256i *)(const void *)from); }

/// Adds one part's products: two words of each pixel by two weights of 16 channels.
HELPER void add_words(lanes *sums, const uint8_t *words, __m256i w0, __m256i w1, const int pixels) {
  UNROLL
  for (int m = 0; m < pixels; m++) {
    const __m256i x = broadcast_4(words + 64 * m);
    sums[m].v[0] = _mm256_add_epi32(sums[m].v[0], _mm256_madd_epi16(x, w0));
    sums[m].v[1] = _mm256_add_epi32(sums[m].v[1], _mm256_madd_epi16(x, w1));
    __asm__("" : "+x"(sums[m].v[0]), "+x"(sums[m].v[1]));
  }
}

HELPER void tile_block(const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, const int pixels) {
  lanes sums[TILE];
  UNROLL
  for (int m = 0; m < pixels; m++) sums[m] = lanes_load(b->bias);
  const int8_t *w = b->weights;
  for (int64_t left = b->steps; left > 0; left -= 8, words += 64 * pixels) {
    const uint8_t *end = words + 4 * (left < 8 ? left : 8);
    for (const uint8_t *x = words; x < end; x += 4, w += 64) {
      add_words(
          sums, x, _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w), 8), 8),
          _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w + 32), 8), 8), pixels);
      // Loading the weights again is cheaper than keeping them: twelve registers hold sums.
      __asm__("" : "+r"(w));
      add_words(
          sums, x + 32, _mm256_srai_epi16(weights_load(w), 8), _mm256_srai_epi16(weights_load(w + 32), 8), pixels);
    }
  }
  const reals multiplier = reals_load(b->multiplier);
  UNROLL
  for (int m = 0; m < pixels; m++)
    bytes_store_up_to_16(
        outputs[m], requantize(reals_mul(reals_of_lanes(sums[m]), multiplier), &b->out), channels);
}

/// The products of a step with the halves of 4 input bytes, in 16-bit lanes.
typedef struct half_sums {
  __m256i low, high;
} half_sums;

HELPER __m256i add_half_sums(__m256i sum, half_sums h) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(h.low, _mm256_set1_epi16(1)));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(h.high, _mm256_set1_epi16(16)));
}

/// One pixel by `blocks` blocks of 16 channels, `apart` bytes from each other.
HELPER void vector_blocks(
    const conv_block *b, const uint8_t *halves, ptrdiff_t apart, uint8_t *output, size_t channels, const int blocks) {
  lanes sums[2];
  UNROLL
  for (int n = 0; n < blocks; n++) sums[n] = lanes_load(b->bias + 16 * n);
  const int8_t *w = b->weights;
  for (int64_t left = b->steps; left > 0; left -= 8, halves += 64) {
    const uint8_t *end = halves + 4 * (left < 8 ? left : 8);
    half_sums part[4];
    UNROLL
    for (int n = 0; n < 2 * blocks; n++) part[n] = (half_sums){_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (const uint8_t *x = halves; x < end; x += 4, w += 64) {
      const __m256i low = broadcast_4(x), high = broadcast_4(x + 32);
      UNROLL
      for (int n = 0; n < 2 * blocks; n++) {
        const __m256i weights = weights_load(w + n / 2 * apart + n % 2 * 32);
        part[n].low = _mm256_add_epi16(part[n].low, _mm256_maddubs_epi16(low, weights));
        part[n].high = _mm256_add_epi16(part[n].high, _mm256_maddubs_epi16(high, weights));
      }
    }
    UNROLL
    for (int n = 0; n < 2 * blocks; n++) sums[n / 2].v[n % 2] = add_half_sums(sums[n / 2].v[n % 2], part[n]);
  }
  UNROLL
  for (int n = 0; n < blocks; n++) {
    const reals f = reals_mul(reals_of_lanes(sums[n]), reals_load(b->multiplier + 16 * n));
    bytes_store_up_to_16(output + 16 * n, requantize(f, &b->out), channels - 16 * (size_t)n);
  }
}

/// One function a count of pixels: the sums stay in registers.
#define TILE_OF(PIXELS)                                                                                             \
  static KERNEL __attribute__((noinline)) void tile_##PIXELS(                                                       \
      const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels) {                        \
    tile_block(b, words, outputs, channels, PIXELS);                                                                \
  }
TILE_OF(2)
TILE_OF(3)
TILE_OF(4)
TILE_OF(5)
TILE_OF(6)

static KERNEL __attribute__((noinline)) void vector_1(
    const conv_block *b, const uint8_t *halves, uint8_t *output, size_t channels) {
  vector_blocks(b, halves, 0, output, channels, 1);
}
static KERNEL __attribute__((noinline)) void vector_2(
    const conv_block *b, const uint8_t *halves, uint8_t *output, size_t channels) {
  vector_blocks(b, halves, b->steps * 64, output, channels, 2);
}

HELPER void run_block(const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, int32_t pixels) {
  switch (pixels) {
    case 2: tile_2(b, words, outputs, channels); break;
    case 3: tile_3(b, words, outputs, channels); break;
    case 4: tile_4(b, words, outputs, channels); break;
    case 5: tile_5(b, words, outputs, channels); break;
    default: tile_6(b, words, outputs, channels); break;
  }
}

/// Channels [begin, end) of a gathered tile.
HELPER void run_tile(
    const pith_conv_args *a, const spread *tile, uint8_t **outputs, int32_t pixels, int32_t begin, int32_t end) {
  const int64_t reduction = reduction_bytes(a);
  const range out = range_of(a->out_zero, a->out_min, a->out_max);
  for (int32_t m = 0; m < pixels; m++) outputs[m] += begin;
  for (int32_t c = begin; c < end;) {
    const conv_block block = {
        a->weights + c * reduction, a->bias + c, a->multiplier + c, reduction / 4, out};
    const size_t channels = (size_t)(end - c);
    const int32_t done = pixels == 1 && channels > 16 ? 32 : 16;
    if (pixels > 1)
      run_block(&block, tile->bytes, outputs, channels, pixels);
    else if (done == 16)
      vector_1(&block, tile->bytes, outputs[0], channels);
    else
      vector_2(&block, tile->bytes, outputs[0], channels);
    for (int32_t m = 0; m < pixels; m++) outputs[m] += done;
    c += done;
  }
}

KERNEL void SET(conv)(const pith_conv_args *a) {
  const int64_t rounded = (reduction_bytes(a) + 31) / 32 * 64;
  const int64_t fit = rounded > 0 ? SPREAD_BYTES / rounded : TILE;
  if (fit == 0) {
    pith_scalar_conv(a);
    return;
  }
  const int32_t most = fit < TILE ? (int32_t)fit : TILE, chunk = channels_in_chunk(a, 32);
  spread tile;
  for (int32_t begin = 0; begin < a->channels; begin += chunk) {
    const int32_t end = a->channels - begin < chunk ? a->channels : begin + chunk;
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      uint8_t *outputs[TILE];
      const int32_t pixels = tile_next(&walk, most);
      gather_tile(a, &walk, pixels, &tile, outputs);
      run_tile(a, &tile, outputs, pixels, begin, end);
    }
  }
}
