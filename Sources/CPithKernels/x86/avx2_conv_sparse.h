// Block-sparse convolution without a byte dot product: the pixels are gathered and spread as for the dense one, and a
// block finds its bytes among them by its position in K.
#include "sparse.h"

/// Where a group of 4 bytes lies among those spread for `pixels` pixels.
HELPER const uint8_t *spread_group(const uint8_t *spread, uint32_t group, const int pixels) {
  return spread + (size_t)(group >> 3) * (size_t)(64 * pixels) + 4 * (group & 7);
}

/// The list of 16 channels is used up, in order.
HELPER void sparse_words(
    lanes *sums, const uint8_t *words, const uint16_t *kept, const uint16_t *end, const int8_t *w, const int pixels) {
  for (; kept < end; kept++, w += 64) {
    const uint8_t *x = spread_group(words, *kept, pixels);
    add_words(
        sums, x, _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w), 8), 8),
        _mm256_srai_epi16(_mm256_slli_epi16(weights_load(w + 32), 8), 8), pixels);
    // As in the dense tile.
    __asm__("" : "+r"(w));
    add_words(
        sums, x + 32, _mm256_srai_epi16(weights_load(w), 8), _mm256_srai_epi16(weights_load(w + 32), 8), pixels);
  }
}

/// One pixel: eight blocks at a time, whose products fit 16 bits.
HELPER void sparse_halves(
    lanes *sum, const uint8_t *halves, const uint16_t *kept, const uint16_t *end, const int8_t *w) {
  while (kept < end) {
    const uint16_t *stop = end - kept < 8 ? end : kept + 8;
    half_sums part[2] = {{_mm256_setzero_si256(), _mm256_setzero_si256()},
                         {_mm256_setzero_si256(), _mm256_setzero_si256()}};
    for (; kept < stop; kept++, w += 64) {
      const uint8_t *x = spread_group(halves, *kept, 1);
      const __m256i low = broadcast_4(x), high = broadcast_4(x + 32);
      UNROLL
      for (int n = 0; n < 2; n++) {
        const __m256i weights = weights_load(w + 32 * n);
        part[n].low = _mm256_add_epi16(part[n].low, _mm256_maddubs_epi16(low, weights));
        part[n].high = _mm256_add_epi16(part[n].high, _mm256_maddubs_epi16(high, weights));
      }
    }
    UNROLL
    for (int n = 0; n < 2; n++) sum->v[n] = add_half_sums(sum->v[n], part[n]);
  }
}

HELPER void run_sparse(
    const sparse_part *part, const uint8_t *spread, uint8_t *const *outputs, const range *out, const int pixels) {
  const sparse_part p = *part;
  const uint16_t *kept = p.begin.kept;
  const int8_t *w = p.begin.weights;
  for (int32_t c = p.begin.channel; c < p.end; c += 16) {
    lanes sums[TILE];
    UNROLL
    for (int m = 0; m < pixels; m++) sums[m] = lanes_load(p.bias + c);
    const ptrdiff_t count = *kept++;
    if (pixels == 1)
      sparse_halves(sums, spread, kept, kept + count, w);
    else
      sparse_words(sums, spread, kept, kept + count, w, pixels);
    kept += count;
    w += 64 * count;
    const reals multiplier = reals_load(p.multiplier + (c - p.begin.channel));
    UNROLL
    for (int m = 0; m < pixels; m++) {
      reals f = reals_mul(reals_of_lanes(sums[m]), multiplier);
      if (p.added.adds) f = add_addend(f, outputs[m] + c, &p.added);
      bytes_store_up_to_16(outputs[m] + c, requantize(f, out), (size_t)(p.channels - c));
    }
  }
}

/// One function a count of pixels: the sums stay in registers.
typedef void (*sparse_function)(const sparse_part *, const uint8_t *, uint8_t *const *, const range *);
#define SPARSE_OF(PIXELS)                                                                                      \
  static KERNEL __attribute__((noinline)) void sparse_##PIXELS(                                                \
      const sparse_part *part, const uint8_t *spread, uint8_t *const *outputs, const range *out) {             \
    run_sparse(part, spread, outputs, out, PIXELS);                                                            \
  }
SPARSE_OF(1)
SPARSE_OF(2)
SPARSE_OF(3)
SPARSE_OF(4)
SPARSE_OF(5)
SPARSE_OF(6)

KERNEL void SET(conv_sparse)(const pith_conv_args *a) {
  static const sparse_function functions[TILE] = {sparse_1, sparse_2, sparse_3, sparse_4, sparse_5, sparse_6};
  const int64_t rounded = (reduction_bytes(a) + 31) / 32 * 64;
  const int64_t fit = rounded > 0 ? SPREAD_BYTES / rounded : TILE;
  if (fit == 0) {
    pith_scalar_conv_sparse(a);
    return;
  }
  const int32_t most = fit < TILE ? (int32_t)fit : TILE;
  const range out = range_of(a->out_zero, a->out_min, a->out_max);
  const gather_choice gather = choose_gather(a);
  spread tile;
  sparse_part part = sparse_first(a);
  while (part.begin.channel < a->channels) {
    float room[CHUNK_CHANNELS];
    const sparse_place next = sparse_extend(&part, a, room);
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      uint8_t *outputs[TILE];
      const int32_t pixels = tile_next(&walk, most);
      (pixels == 1 ? gather.halves : gather.words)(a, &walk, pixels, &tile, outputs);
      functions[pixels - 1](&part, tile.bytes, outputs, &out);
    }
    part.begin = next;
  }
}
