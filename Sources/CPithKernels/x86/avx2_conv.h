// Convolution without a byte dot product. The input bytes under a tile of up to six pixels are gathered once and spread
// for all the channels: every second byte into its 16-bit word, the others into words of their own. Against weights
// split the same way, vpmaddwd sums two products exactly into each channel's lane; vpmaddubsw would saturate.
//
// A single pixel needs each weight once only, so there the weights must not cost: its bytes are split into halves of
// four bits instead, whose products with the weights fit vpmaddubsw and eight of which fit 16 bits.
#include "addend.h"
#include "tiles.h"

enum { SPREAD_BYTES = 57344, GATHERED_BYTES = 4096, POOLED_OUTPUTS = 3 };

/// The gathered bytes of a tile: [reduction / 32, rounded up][pixels][two parts][32].
typedef struct spread {
  uint8_t bytes[SPREAD_BYTES] __attribute__((aligned(64)));
} spread;

/// Takes a pixel's reduction in pieces, all of the same length, and spreads it, 32 bytes every `step` bytes.
typedef struct gather {
  uint8_t *to, *staged;  // GATHERED_BYTES and room for a vector
  ptrdiff_t step;
  size_t fill;
  int halves;
} gather;

HELPER void spread_vector(uint8_t *to, const uint8_t *from, int halves) {
  const __m256i bytes = vector_load(from);
  if (halves) {
    const __m256i low = _mm256_set1_epi8(15);
    vector_store(to, _mm256_and_si256(bytes, low));
    vector_store(to + 32, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low));
  } else {
    vector_store(to, _mm256_and_si256(bytes, _mm256_set1_epi16(255)));
    vector_store(to + 32, _mm256_srli_epi16(bytes, 8));
  }
}

HELPER void spread_32(gather *g, const uint8_t *from) {
  spread_vector(g->to, from, g->halves);
  g->to += g->step;
}

/// A piece of less than 32 bytes, 4 at a time: a vector loaded soon over several small stores would wait for them.
HELPER void spread_small(gather *g, const uint8_t *from, size_t count) {
  const uint32_t mask = g->halves ? 0x0F0F0F0F : 0x00FF00FF;
  for (size_t i = 0; i < count; i += 4, g->to += 4) {
    uint32_t four;
    __builtin_memcpy(&four, from + i, 4);
    const uint32_t first = four & mask, second = four >> (g->halves ? 4 : 8) & mask;
    __builtin_memcpy(g->to, &first, 4);
    __builtin_memcpy(g->to + 32, &second, 4);
    g->fill += 4;
    if (g->fill % 32 == 0) g->to += g->step - 32;
  }
}

/// Any other piece is staged; `map` tells that a vector may be read behind it.
HELPER void spread_staged(gather *g, const uint8_t *from, size_t count, int map) {
  while (count > 0) {
    const size_t piece = pith_min(count, GATHERED_BYTES - g->fill);
    uint8_t *to = g->staged + g->fill;
    size_t i = 0;
    if (map)
      for (; i < piece; i += 16) bytes_store(to + i, bytes_load(from + i));
    for (; i < piece; i += 4) __builtin_memcpy(to + i, from + i, 4);
    g->fill += piece;
    from += piece;
    count -= piece;
    if (g->fill == GATHERED_BYTES) {
      for (size_t done = 0; done < GATHERED_BYTES; done += 32) spread_32(g, g->staged + done);
      g->fill = 0;
    }
  }
}

/// `count` bytes, a multiple of 4, of the map or of the padding.
HELPER void gather_add(gather *g, const uint8_t *from, size_t count, int map) {
  if (count % 32 == 0)
    for (size_t i = 0; i < count; i += 32) spread_32(g, from + i);
  else if (count < 32)
    spread_small(g, from, count);
  else
    spread_staged(g, from, count, map);
}

/// Spreads what is still staged of pieces of `count` bytes.
HELPER void gather_end(gather *g, size_t count) {
  if (count % 32 == 0 || count < 32) return;
  for (size_t done = 0; done < g->fill; done += 32) spread_32(g, g->staged + done);
}

/// A pixel's window of which some lies outside the map.
HELPER void gather_anywhere(const pith_conv_args *a, gather *g, tile_pixel p) {
  const size_t count = (size_t)a->tap_bytes;
  for (int32_t ky = 0, y = p.y; ky < a->kernel_h; ky++, y += a->dilation_h)
    for (int32_t kx = 0, x = p.x; kx < a->kernel_w; kx++, x += a->dilation_w) {
      if (y >= 0 && y < a->in_height && x >= 0 && x < a->in_width)
        gather_add(g, a->input + (ptrdiff_t)y * a->in_row_stride + (ptrdiff_t)x * a->in_pixel_stride, count, 1);
      else
        gather_add(g, a->padding, count, 0);
    }
  gather_end(g, count);
}

/// A pixel's window that lies inside the map; kernel rows of neighbouring pixels are runs of bytes.
HELPER void gather_inside(const pith_conv_args *a, gather *g, const uint8_t *start) {
  const int runs = a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes;
  const ptrdiff_t row = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  const size_t count = (size_t)a->tap_bytes * (size_t)(runs ? a->kernel_w : 1);
  const int32_t columns = runs ? 1 : a->kernel_w;
  for (int32_t ky = 0; ky < a->kernel_h; ky++, start += row)
    for (int32_t kx = 0; kx < columns; kx++) gather_add(g, start + kx * step, count, 1);
  gather_end(g, count);
}

/// Gathers the tile's pixels and says where they go.
HELPER void gather_tile(
    const pith_conv_args *args, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs, const int halves) {
  // Copies: stores of bytes could change what the pointers show.
  const pith_conv_args a = *args;
  tile_walk w = *walk;
  const int32_t height = (a.kernel_h - 1) * a.dilation_h, width = (a.kernel_w - 1) * a.dilation_w;
  uint8_t staged[GATHERED_BYTES + 32];
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel p = tile_take_part(&a, &w, a.pools, m % 4);
    outputs[a.pools ? m / 4 : m] = p.output;
    gather g = {to->bytes + 64 * m, staged, 64 * count, 0, halves};
    const uint8_t *start = a.input + (ptrdiff_t)p.y * a.in_row_stride + (ptrdiff_t)p.x * a.in_pixel_stride;
    if (p.y < 0 || p.x < 0 || p.y + height >= a.in_height || p.x + width >= a.in_width)
      gather_anywhere(&a, &g, p);
    else
      gather_inside(&a, &g, start);
  }
  *walk = w;
}

/// The same where each pixel is one run of bytes in the map.
HELPER void gather_points(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs, const int halves) {
  const ptrdiff_t step = (ptrdiff_t)a->stride_w * a->in_pixel_stride, out_step = a->out_pixel_stride;
  const ptrdiff_t bytes = a->tap_bytes, apart = 64 * count;
  uint8_t *next = to->bytes;
  int32_t left = count;
  while (left > 0) {
    const int32_t rest = a->out_width - walk->x, run = rest < left ? rest : left;
    const uint8_t *from = a->input + (ptrdiff_t)walk->y * a->stride_h * a->in_row_stride + walk->x * step;
    uint8_t *out = a->output + (ptrdiff_t)walk->y * a->out_row_stride + walk->x * out_step;
    for (int32_t m = 0; m < run; m++, from += step, out += out_step, next += 64) {
      *outputs++ = out;
      uint8_t *at = next;
      for (ptrdiff_t i = 0; i < bytes; i += 32, at += apart) spread_vector(at, from + i, halves);
    }
    walk->x = run == rest ? 0 : walk->x + run;
    walk->y += run == rest;
    left -= run;
  }
  walk->left -= count;
}

static KERNEL __attribute__((noinline)) void gather_words(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_tile(a, walk, count, to, outputs, 0);
}

static KERNEL __attribute__((noinline)) void gather_halves(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_tile(a, walk, count, to, outputs, 1);
}

static KERNEL __attribute__((noinline)) void gather_points_words(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_points(a, walk, count, to, outputs, 0);
}

static KERNEL __attribute__((noinline)) void gather_points_halves(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_points(a, walk, count, to, outputs, 1);
}

typedef void (*gather_function)(const pith_conv_args *, tile_walk *, int32_t, spread *, uint8_t **);

/// How to gather tiles of many pixels, and of one.
typedef struct gather_choice {
  gather_function words, halves;
} gather_choice;

HELPER gather_choice choose_gather(const pith_conv_args *a) {
  if (is_pointwise(a)) return (gather_choice){gather_points_words, gather_points_halves};
  return (gather_choice){gather_words, gather_halves};
}

/// What one block of 16 channels of a tile is computed from.
typedef struct conv_block {
  const int8_t *weights;
  const int32_t *bias;
  const float *multiplier;
  int64_t steps;  // of 4 bytes
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
  for (int m = 0; m < pixels; m++) {
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
    for (int64_t left = b->steps; left > 0; left -= 8, next += 256 * count) {
      const uint8_t *end = next + 4 * (left < 8 ? left : 8);
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
    default: tile_6(b, words, outputs, channels); break;
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
  const int64_t rounded = (reduction_bytes(a) + 31) / 32 * 64;
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
  block.out = range_of(a->out_zero, a->out_min, a->out_max);
  block.added = addend_of(a);
  const gather_choice gather = choose_gather(a);
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
