// Convolution without a byte dot product. The input bytes under a tile of up to six pixels are gathered once and spread
// for all the channels: every second byte into its 16-bit word, the others into words of their own. Against weights
// split the same way, vpmaddwd sums two products exactly into each channel's lane; vpmaddubsw would saturate.
//
// A single pixel needs each weight once only, so there the weights must not cost: its bytes are split into halves of
// four bits instead, whose products with the weights fit vpmaddubsw and eight of which fit 16 bits.
#include "addend.h"
#include "avx2_gather.h"

enum { POOLED_OUTPUTS = 3 };

/// What one block of 16 channels of a tile is computed from.
typedef struct conv_block {
  const int8_t *weights;
  const int32_t *bias;
  const float *multiplier;
  int64_t steps, group;  // of 4 bytes: all, and those of a group where pixels are several
  range out;
  addend added;
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

/// The same of eight channels.
HELPER void add_half_words(__m256i *sums, const uint8_t *words, __m256i w, const int pixels) {
  UNROLL
  for (int m = 0; m < pixels; m++) {
    sums[m] = _mm256_add_epi32(sums[m], _mm256_madd_epi16(broadcast_4(words + 64 * m), w));
    __asm__("" : "+x"(sums[m]));
  }
}

HELPER void tile_block(
    const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, const int pixels) {
  lanes sums[TILE];
  UNROLL
  for (int m = 0; m < pixels; m++) sums[m] = lanes_load(b->bias);
  const int8_t *w = b->weights;
  const int64_t group = b->group;
  for (int64_t left = b->steps; left > 0; left -= group, words += 64 * pixels) {
    const uint8_t *end = words + 4 * (left < group ? left : group);
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
  for (int m = 0; m < pixels; m++) {
    reals f = reals_mul(reals_of_lanes(sums[m]), multiplier);
    if (b->added.adds) f = add_addend(f, outputs[m], &b->added);
    bytes_store_up_to_16(outputs[m], requantize(f, &b->out), channels);
  }
}

/// The same of the last channels where they are no more than eight.
HELPER void half_tile_block(
    const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, const int pixels) {
  lanes sums[TILE];
  UNROLL
  for (int m = 0; m < pixels; m++) sums[m] = lanes_load(b->bias);
  __m256i some[TILE];
  UNROLL
  for (int m = 0; m < pixels; m++) some[m] = sums[m].v[0];
  const int8_t *w = b->weights;
  const int64_t group = b->group;
  for (int64_t left = b->steps; left > 0; left -= group, words += 64 * pixels) {
    const uint8_t *end = words + 4 * (left < group ? left : group);
    for (const uint8_t *x = words; x < end; x += 4, w += 64) {
      add_half_words(some, x, _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w), 8), 8), pixels);
      add_half_words(some, x + 32, _mm256_srai_epi16(weights_load(w), 8), pixels);
    }
  }
  const reals multiplier = reals_load(b->multiplier);
  UNROLL
  for (int m = 0; m < pixels; m++) {
    sums[m].v[0] = some[m];
    reals f = reals_mul(reals_of_lanes(sums[m]), multiplier);
    if (b->added.adds) f = add_addend(f, outputs[m], &b->added);
    bytes_store_up_to_16(outputs[m], requantize(f, &b->out), channels);
  }
}

/// The largest sums of each four of up to twelve pixels, which are one output's. Eight channels at a time: as many
/// registers hold sums as of six pixels by sixteen channels, and each weight is loaded for twice as many pixels.
HELPER void pooled_block(
    const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, const int count) {
  lanes most[POOLED_OUTPUTS];
  UNROLL
  for (int half = 0; half < 2; half++) {
    __m256i sums[4 * POOLED_OUTPUTS];
    UNROLL
    for (int m = 0; m < 4 * count; m++) sums[m] = lanes_load(b->bias).v[half];
    const int8_t *w = b->weights + 32 * half;
    const uint8_t *next = words;
    for (int64_t left = b->steps; left > 0; left -= b->group, next += 256 * count) {
      const uint8_t *end = next + 4 * (left < b->group ? left : b->group);
      for (const uint8_t *x = next; x < end; x += 4, w += 64) {
        const __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w), 8), 8);
        add_half_words(sums, x, even, 4 * count);
        // Loading the weights again is cheaper than keeping them.
        __asm__("" : "+r"(w));
        add_half_words(sums, x + 32, _mm256_srai_epi16(weights_load(w), 8), 4 * count);
      }
    }
    UNROLL
    for (int n = 0; n < count; n++) {
      const __m256i *four = sums + 4 * n;
      most[n].v[half] = _mm256_max_epi32(_mm256_max_epi32(four[0], four[1]), _mm256_max_epi32(four[2], four[3]));
    }
  }
  const reals multiplier = reals_load(b->multiplier);
  UNROLL
  for (int n = 0; n < count; n++)
    bytes_store_up_to_16(outputs[n], requantize(reals_mul(reals_of_lanes(most[n]), multiplier), &b->out), channels);
}

/// The products of a step with the halves of 4 input bytes, in 16-bit lanes.
typedef struct half_sums {
  __m256i low, high;
} half_sums;

HELPER __m256i add_half_sums(__m256i sum, half_sums h) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(h.low, _mm256_set1_epi16(1)));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(h.high, _mm256_set1_epi16(16)));
}

/// Adds the products of one pixel and `blocks` blocks of 16 channels, whose weights are `apart` bytes from each other.
HELPER void vector_sums(
    lanes *sums, const uint8_t *halves, const int8_t *w, ptrdiff_t apart, int64_t steps, const int blocks) {
  for (int64_t left = steps; left > 0; left -= 8, halves += 64) {
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
}

/// One pixel by `blocks` blocks of 16 channels.
HELPER void vector_blocks(
    const conv_block *b, const uint8_t *halves, ptrdiff_t apart, uint8_t *output, size_t channels, const int blocks) {
  lanes sums[2];
  UNROLL
  for (int n = 0; n < blocks; n++) sums[n] = lanes_load(b->bias + 16 * n);
  vector_sums(sums, halves, b->weights, apart, b->steps, blocks);
  UNROLL
  for (int n = 0; n < blocks; n++) {
    reals f = reals_mul(reals_of_lanes(sums[n]), reals_load(b->multiplier + 16 * n));
    if (b->added.adds) f = add_addend(f, output + 16 * n, &b->added);
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

static KERNEL __attribute__((noinline)) void half_tile_6(
    const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels) {
  half_tile_block(b, words, outputs, channels, 6);
}

#define POOLED_TILE_OF(PIXELS)                                                                                      \
  static KERNEL __attribute__((noinline)) void tile_##PIXELS##_pooled(                                              \
      const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels) {                        \
    pooled_block(b, words, outputs, channels, PIXELS / 4);                                                          \
  }
POOLED_TILE_OF(4)
POOLED_TILE_OF(8)
POOLED_TILE_OF(12)

static KERNEL __attribute__((noinline)) void vector_1(
    const conv_block *b, const uint8_t *halves, uint8_t *output, size_t channels) {
  vector_blocks(b, halves, 0, output, channels, 1);
}
static KERNEL __attribute__((noinline)) void vector_2(
    const conv_block *b, const uint8_t *halves, uint8_t *output, size_t channels) {
  vector_blocks(b, halves, b->steps * 64, output, channels, 2);
}

HELPER void run_block(
    const conv_block *b, const uint8_t *words, uint8_t *const *outputs, size_t channels, int32_t pixels,
    int pools) {
  switch (pools ? 2 * pixels : pixels) {
    case 8: tile_4_pooled(b, words, outputs, channels); break;
    case 16: tile_8_pooled(b, words, outputs, channels); break;
    case 24: tile_12_pooled(b, words, outputs, channels); break;
    case 2: tile_2(b, words, outputs, channels); break;
    case 3: tile_3(b, words, outputs, channels); break;
    case 4: tile_4(b, words, outputs, channels); break;
    case 5: tile_5(b, words, outputs, channels); break;
    default: (channels <= 8 ? half_tile_6 : tile_6)(b, words, outputs, channels); break;
  }
}

/// Channels [begin, end) of a gathered tile, the first one's multiplier first.
HELPER void run_tile(
    const pith_conv_args *a, conv_block *b, const spread *tile, uint8_t **outputs, int32_t pixels, int32_t begin,
    int32_t end, const float *multiplier, int pools) {
  const int64_t reduction = reduction_bytes(a);
  b->weights = a->weights + begin * reduction;
  b->bias = a->bias + begin;
  b->multiplier = multiplier;
  const int32_t count = pools ? pixels / 4 : pixels;
  for (int32_t m = 0; m < count; m++) outputs[m] += begin;
  for (int32_t left = end - begin; left > 0;) {
    const int32_t done = pixels == 1 && left > 16 ? 32 : 16;
    if (pixels > 1)
      run_block(b, tile->bytes, outputs, (size_t)left, pixels, pools);
    else if (done == 16)
      vector_1(b, tile->bytes, outputs[0], (size_t)left);
    else
      vector_2(b, tile->bytes, outputs[0], (size_t)left);
    for (int32_t m = 0; m < count; m++) outputs[m] += done;
    b->weights += done * reduction;
    b->bias += done;
    b->multiplier += done;
    left -= done;
  }
}

KERNEL void SET(conv)(const pith_conv_args *a) {
  gather_choice gather = choose_gather(a);
  if (!is_pointwise(a) && has_short_rows(a))
    gather = (gather_choice){gather_rows, gather_halves, (int64_t)a->kernel_w * a->tap_bytes / 4};
  const int64_t rounded = (reduction_bytes(a) / 4 + gather.group - 1) / gather.group * 64;
  const int64_t fit = rounded > 0 ? SPREAD_BYTES / rounded : TILE;
  if (fit == 0 || (a->pools && (fit < 4 || pools_only_bytes(a)))) {
    pith_scalar_conv(a);
    return;
  }
  const int32_t asked = a->tile_pixels > 1 && a->tile_pixels < TILE ? a->tile_pixels : TILE;
  const int64_t wanted = a->pools ? POOLED_OUTPUTS : asked, most_outputs = a->pools ? fit / 4 : fit;
  const int32_t most = (int32_t)(most_outputs < wanted ? most_outputs : wanted), chunk = channels_in_chunk(a, 32);
  conv_block block = {0};
  block.steps = reduction_bytes(a) / 4;
  block.group = gather.group;
  block.out = range_of(a->out_zero, a->out_min, a->out_max);
  block.added = addend_of(a);
  spread tile;
  for (int32_t begin = 0; begin < a->channels; begin += chunk) {
    const int32_t end = a->channels - begin < chunk ? a->channels : begin + chunk;
    float room[CHUNK_CHANNELS];
    const float *multiplier = pith_multipliers(a, begin, end - begin, room);
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      uint8_t *outputs[TILE];
      const int32_t next = tile_next(&walk, most), pixels = a->pools ? 4 * next : next;
      (pixels == 1 ? gather.halves : gather.words)(a, &walk, pixels, &tile, outputs);
      run_tile(a, &block, &tile, outputs, pixels, begin, end, multiplier, a->pools);
    }
  }
}
