// Sixteen lanes in two 256-bit registers, and what the shared loops need of them: for the AVX2 and AVX-VNNI sets.

typedef __m256i vector;
enum { VECTOR_BYTES = 32, TWO_PASSES = 1 };

/// Sixteen int32. Lanes 0-7 and 8-15, or in `column order` 0-3, 8-11 and 4-7, 12-15: what unpacking leaves.
typedef struct lanes {
  __m256i v[2];
} lanes;

/// Sixteen floats.
typedef struct reals {
  __m256 v[2];
} reals;

/// What a requantization needs besides f.
typedef struct range {
  __m256 high;
  __m256i zero;  // int16
  __m128i min;   // bytes
} range;

HELPER lanes lanes_load(const int32_t *from) {
  return (lanes){{_mm256_loadu_si256((const __m256i *)from), _mm256_loadu_si256((const __m256i *)(from + 8))}};
}
HELPER lanes lanes_of(int32_t value) { return (lanes){{_mm256_set1_epi32(value), _mm256_set1_epi32(value)}}; }
HELPER lanes lanes_of_bytes(__m128i bytes) {
  return (lanes){{_mm256_cvtepu8_epi32(bytes), _mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8))}};
}
HELPER lanes lanes_add(lanes a, lanes b) {
  return (lanes){{_mm256_add_epi32(a.v[0], b.v[0]), _mm256_add_epi32(a.v[1], b.v[1])}};
}
HELPER lanes lanes_sub(lanes a, lanes b) {
  return (lanes){{_mm256_sub_epi32(a.v[0], b.v[0]), _mm256_sub_epi32(a.v[1], b.v[1])}};
}
HELPER lanes lanes_max(lanes a, lanes b) {
  return (lanes){{_mm256_max_epi32(a.v[0], b.v[0]), _mm256_max_epi32(a.v[1], b.v[1])}};
}
HELPER lanes lanes_mul(lanes a, lanes b) {
  return (lanes){{_mm256_mullo_epi32(a.v[0], b.v[0]), _mm256_mullo_epi32(a.v[1], b.v[1])}};
}

HELPER reals reals_load(const float *from) { return (reals){{_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)}}; }
HELPER void reals_store(float *to, reals f) {
  _mm256_storeu_ps(to, f.v[0]);
  _mm256_storeu_ps(to + 8, f.v[1]);
}
HELPER reals reals_of(float value) { return (reals){{_mm256_set1_ps(value), _mm256_set1_ps(value)}}; }
HELPER reals reals_of_lanes(lanes i) { return (reals){{_mm256_cvtepi32_ps(i.v[0]), _mm256_cvtepi32_ps(i.v[1])}}; }
HELPER reals reals_add(reals a, reals b) {
  return (reals){{_mm256_add_ps(a.v[0], b.v[0]), _mm256_add_ps(a.v[1], b.v[1])}};
}
HELPER reals reals_sub(reals a, reals b) {
  return (reals){{_mm256_sub_ps(a.v[0], b.v[0]), _mm256_sub_ps(a.v[1], b.v[1])}};
}
HELPER reals reals_mul(reals a, reals b) {
  return (reals){{_mm256_mul_ps(a.v[0], b.v[0]), _mm256_mul_ps(a.v[1], b.v[1])}};
}
HELPER reals reals_div(reals a, reals b) {
  return (reals){{_mm256_div_ps(a.v[0], b.v[0]), _mm256_div_ps(a.v[1], b.v[1])}};
}

/// Lanes in order to column order.
HELPER lanes lanes_to_columns(lanes i) {
  return (lanes){{_mm256_permute2x128_si256(i.v[0], i.v[1], 0x20), _mm256_permute2x128_si256(i.v[0], i.v[1], 0x31)}};
}
HELPER reals reals_to_columns(reals f) {
  return (reals){{_mm256_permute2f128_ps(f.v[0], f.v[1], 0x20), _mm256_permute2f128_ps(f.v[0], f.v[1], 0x31)}};
}

HELPER range range_of(int32_t zero, int32_t min, int32_t max) {
  return (range){_mm256_set1_ps((float)(max - zero)), _mm256_set1_epi16((int16_t)zero), _mm_set1_epi8((char)min)};
}

/// Rounded and with the zero added, as int16 in [v0's low four, v1's low four, v0's high, v1's high]. A float that is
/// too negative, or NaN (which min passes on, being its second operand), converts to the most negative integer, which
/// saturates in packing and is then less than any byte; the upper bound must hold before the conversion.
HELPER __m256i round_to_words(reals f, const range *r) {
  const __m256i a = _mm256_cvtps_epi32(_mm256_min_ps(r->high, f.v[0]));
  const __m256i b = _mm256_cvtps_epi32(_mm256_min_ps(r->high, f.v[1]));
  return _mm256_adds_epi16(_mm256_packs_epi32(a, b), r->zero);
}

/// clamp(roundHalfEven(f) + zero) of lanes in order.
HELPER __m128i requantize(reals f, const range *r) {
  const __m256i words = round_to_words(f, r);
  const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  return _mm_max_epu8(_mm_shuffle_epi32(bytes, 0xD8), r->min);
}

/// The same of lanes in column order.
HELPER __m128i requantize_columns(reals f, const range *r) {
  const __m256i words = round_to_words(f, r);
  const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  return _mm_max_epu8(bytes, r->min);
}

HELPER vector vector_load(const uint8_t *from) { return _mm256_loadu_si256((const __m256i *)from); }
/// Zeros follow the `count` bytes, which are less than 32.
HELPER vector vector_load_some(const uint8_t *from, size_t count) {
  const int whole = count >= 16;
  const __m128i some = bytes_load_some(from + (whole ? 16 : 0), count & 15);
  return whole ? _mm256_set_m128i(some, bytes_load(from)) : _mm256_set_m128i(_mm_setzero_si128(), some);
}
HELPER vector vector_of_byte(int32_t byte) { return _mm256_set1_epi8((char)byte); }
HELPER vector vector_of_lane(int32_t lane) { return _mm256_set1_epi32(lane); }
HELPER vector vector_max(vector a, vector b) { return _mm256_max_epu8(a, b); }
HELPER __m128i vector_max_of_16(vector v) {
  return _mm_max_epu8(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}
HELPER vector vector_min(vector a, vector b) { return _mm256_min_epu8(a, b); }
HELPER void vector_store(uint8_t *to, vector v) { _mm256_storeu_si256((__m256i *)to, v); }
HELPER void vector_store_some(uint8_t *to, vector v, size_t count) {
  __m128i half = _mm256_castsi256_si128(v);
  if (count >= 16) {
    bytes_store(to, half);
    half = _mm256_extracti128_si256(v, 1);
    to += 16;
    count -= 16;
  }
  bytes_store_some(to, half, count);
}
HELPER vector vector_of_16(__m128i bytes) { return _mm256_broadcastsi128_si256(bytes); }
HELPER vector vector_xor(vector a, vector b) { return _mm256_xor_si256(a, b); }
HELPER vector vector_shuffle(vector table, vector index) { return _mm256_shuffle_epi8(table, index); }
HELPER vector vector_sub_saturating(vector a, vector b) { return _mm256_subs_epi8(a, b); }

/// Adds to 32-bit lanes the bytes, and their squares.
HELPER vector vector_add_bytes(vector sums, vector q) {
  return _mm256_add_epi32(sums, _mm256_sad_epu8(q, _mm256_setzero_si256()));
}
HELPER vector vector_add_squares(vector sums, vector q) {
  const __m256i low = _mm256_unpacklo_epi8(q, _mm256_setzero_si256());
  const __m256i high = _mm256_unpackhi_epi8(q, _mm256_setzero_si256());
  return _mm256_add_epi32(_mm256_add_epi32(sums, _mm256_madd_epi16(low, low)), _mm256_madd_epi16(high, high));
}
/// The sum of 32-bit lanes, modulo 2^32.
HELPER uint32_t vector_sum(vector v) {
  return sum_of_4(_mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)));
}
