// Softmax by loads from the table, one for each byte, into lanes: on Zen 1 twice as quick as a gather, and no microcode
// against leaks slows them. All else is vectors.

/// Bytes whose weights are kept until their sum is known. Longer rows look up results instead: 256 of them are computed.
enum { SOFTMAX_KEPT = 1024 };

/// A sum of so many weights fits 32 bits in each of eight lanes.
enum { SOFTMAX_PIECE = 512 };

HELPER uint8_t softmax_largest(const uint8_t *input, int32_t count) {
  __m128i largest = _mm_setzero_si128();
  if (count >= VECTOR_BYTES) {
    vector most = vector_load(input + count - VECTOR_BYTES);
    for (int32_t i = 0; i + VECTOR_BYTES <= count; i += VECTOR_BYTES) most = vector_max(most, vector_load(input + i));
    largest = vector_max_of_16(most);
  } else if (count >= 16) {
    largest = bytes_load(input + count - 16);
    for (int32_t i = 0; i + 16 <= count; i += 16) largest = _mm_max_epu8(largest, bytes_load(input + i));
  } else {
    largest = bytes_load_some(input, (size_t)count);
  }
  return (uint8_t)_mm_cvtsi128_si32(largest_of_16(largest));
}

HELPER __m128i softmax_weights(const uint32_t *table, uint32_t word) {
  __m128i four = _mm_cvtsi32_si128((int32_t)table[word & 255]);
  four = _mm_insert_epi32(four, (int32_t)table[word >> 8 & 255], 1);
  four = _mm_insert_epi32(four, (int32_t)table[word >> 16 & 255], 2);
  return _mm_insert_epi32(four, (int32_t)table[word >> 24], 3);
}

/// The weights of `count` bytes, at most SOFTMAX_PIECE, to `weights`; gives their sum.
HELPER uint64_t softmax_sum(const uint32_t *table, uint8_t max, const uint8_t *input, int32_t count, uint32_t *weights) {
  __m128i sums[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
  const uint64_t maxes = max * 0x0101010101010101u;
  int32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t word;
    __builtin_memcpy(&word, input + i, 8);
    // No byte is more than the largest, so that none borrows of the next.
    word = maxes - word;
    const __m128i low = softmax_weights(table, (uint32_t)word), high = softmax_weights(table, (uint32_t)(word >> 32));
    _mm_storeu_si128((__m128i *)(void *)(weights + i), low);
    _mm_storeu_si128((__m128i *)(void *)(weights + i + 4), high);
    sums[0] = _mm_add_epi32(sums[0], low);
    sums[1] = _mm_add_epi32(sums[1], high);
  }
  uint64_t total = 0;
  for (; i < count; i++) total += weights[i] = table[max - input[i]];
  uint32_t lanes[8];
  _mm_storeu_si128((__m128i *)(void *)lanes, sums[0]);
  _mm_storeu_si128((__m128i *)(void *)(lanes + 4), sums[1]);
  for (int32_t j = 0; j < 8; j++) total += lanes[j];
  return total;
}

HELPER __m128i softmax_16(const uint32_t *weights, reals r, const range *out) {
  const lanes e = lanes_load((const int32_t *)(const void *)weights);
  return requantize(reals_mul(reals_of_lanes(e), r), out);
}

HELPER void softmax_long_row(
    const pith_softmax_args *a, const uint8_t *input, uint8_t *output, uint8_t max, reals r, const range *out) {
  // Byte q finds its result at 255 - max + q.
  uint8_t results[512] = {0};
  const __m128i reverse = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  for (int32_t d = 0; d < 256; d += 16)
    bytes_store(results + 240 - d, _mm_shuffle_epi8(softmax_16(a->table + d, r, out), reverse));
  SET(lookup)(input, output, (size_t)a->count, results + 255 - max);
}

KERNEL void SET(softmax)(const pith_softmax_args *a) {
  // Sums rely on what the toolchain's tables are: no weight is more than 2^24.
  uint32_t any = 0;
  for (int32_t i = 0; i < 256; i++) any |= a->table[i];
  if (any >> 25 != 0) {
    pith_scalar_softmax(a);
    return;
  }
  const range out = range_of(a->out_zero, a->out_min, a->out_max);
  const int32_t count = a->count;
  const int is_long = count > SOFTMAX_KEPT;
  uint32_t weights[SOFTMAX_KEPT + 16];
  for (int32_t row = 0; row < a->rows; row++) {
    const uint8_t *input = a->input + (ptrdiff_t)row * a->in_stride;
    uint8_t *output = a->output + (ptrdiff_t)row * a->out_stride;
    const uint8_t max = softmax_largest(input, count);
    uint64_t total = 0;
    for (int32_t i = 0; i < count; i += SOFTMAX_PIECE)
      total += softmax_sum(
          a->table, max, input + i, count - i < SOFTMAX_PIECE ? count - i : SOFTMAX_PIECE, weights + (is_long ? 0 : i));
    const reals r = reals_of(a->multiplier / (float)(int64_t)total);
    if (is_long) {
      softmax_long_row(a, input, output, max, r, &out);
      continue;
    }
    int32_t i = 0;
    for (; i + 16 <= count; i += 16) bytes_store(output + i, softmax_16(weights + i, r, &out));
    if (i < count) bytes_store_some(output + i, softmax_16(weights + i, r, &out), (size_t)(count - i));
  }
}
