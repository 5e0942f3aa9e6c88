// Sixteen lanes in one 512-bit register, and what the shared loops need of them: for the AVX-512 set.

typedef __m512i vector;
enum { VECTOR_BYTES = 64, TWO_PASSES = 0 };

/// Sixteen int32. Column order is the lanes' own.
typedef struct lanes {
  __m512i v[1];
} lanes;

/// Sixteen floats.
typedef struct reals {
  __m512 v[1];
} reals;

/// What a requantization needs besides f.
typedef struct range {
  __m512 high;
  __m512i low, zero;          // int32
  __m512i zero_words, min;    // int16, bytes
} range;

HELPER lanes lanes_load(const int32_t *from) { return (lanes){{_mm512_loadu_si512(from)}}; }
HELPER lanes lanes_of(int32_t value) { return (lanes){{_mm512_set1_epi32(value)}}; }
HELPER lanes lanes_of_bytes(__m128i bytes) { return (lanes){{_mm512_cvtepu8_epi32(bytes)}}; }
HELPER lanes lanes_add(lanes a, lanes b) { return (lanes){{_mm512_add_epi32(a.v[0], b.v[0])}}; }
HELPER lanes lanes_sub(lanes a, lanes b) { return (lanes){{_mm512_sub_epi32(a.v[0], b.v[0])}}; }
HELPER lanes lanes_max(lanes a, lanes b) { return (lanes){{_mm512_max_epi32(a.v[0], b.v[0])}}; }
HELPER lanes lanes_mul(lanes a, lanes b) { return (lanes){{_mm512_mullo_epi32(a.v[0], b.v[0])}}; }

HELPER reals reals_load(const float *from) { return (reals){{_mm512_loadu_ps(from)}}; }
HELPER void reals_store(float *to, reals f) { _mm512_storeu_ps(to, f.v[0]); }
HELPER reals reals_of(float value) { return (reals){{_mm512_set1_ps(value)}}; }
HELPER reals reals_of_lanes(lanes i) { return (reals){{_mm512_cvtepi32_ps(i.v[0])}}; }
HELPER reals reals_add(reals a, reals b) { return (reals){{_mm512_add_ps(a.v[0], b.v[0])}}; }
HELPER reals reals_sub(reals a, reals b) { return (reals){{_mm512_sub_ps(a.v[0], b.v[0])}}; }
HELPER reals reals_mul(reals a, reals b) { return (reals){{_mm512_mul_ps(a.v[0], b.v[0])}}; }
HELPER reals reals_div(reals a, reals b) { return (reals){{_mm512_div_ps(a.v[0], b.v[0])}}; }

HELPER lanes lanes_to_columns(lanes i) { return i; }
HELPER reals reals_to_columns(reals f) { return f; }

HELPER range range_of(int32_t zero, int32_t min, int32_t max) {
  return (range){_mm512_set1_ps((float)(max - zero)), _mm512_set1_epi32(min - zero), _mm512_set1_epi32(zero),
                 _mm512_set1_epi16((int16_t)zero), _mm512_set1_epi8((char)min)};
}

/// Rounded, not above the range. A float that is too negative, or NaN (which min passes on, being its second operand),
/// converts to the most negative integer.
HELPER __m512i round_to_lanes(__m512 f, const range *r) { return _mm512_cvtps_epi32(_mm512_min_ps(r->high, f)); }

/// clamp(roundHalfEven(f) + zero).
HELPER __m128i requantize(reals f, const range *r) {
  const __m512i y = _mm512_max_epi32(round_to_lanes(f.v[0], r), r->low);
  return _mm512_cvtepi32_epi8(_mm512_add_epi32(y, r->zero));
}

HELPER __m128i requantize_columns(reals f, const range *r) { return requantize(f, r); }

/// The same of 64 lanes as unpacking leaves them: registers hold four of each sixteen in turn. Packing saturates.
HELPER vector requantize_unpacked(reals f0, reals f1, reals f2, reals f3, const range *r) {
  const __m512i low = _mm512_packs_epi32(round_to_lanes(f0.v[0], r), round_to_lanes(f1.v[0], r));
  const __m512i high = _mm512_packs_epi32(round_to_lanes(f2.v[0], r), round_to_lanes(f3.v[0], r));
  const __m512i bytes =
      _mm512_packus_epi16(_mm512_adds_epi16(low, r->zero_words), _mm512_adds_epi16(high, r->zero_words));
  return _mm512_max_epu8(bytes, r->min);
}

/// The same of 64 lanes in order.
HELPER vector requantize_64(reals f0, reals f1, reals f2, reals f3, const range *r) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, requantize_unpacked(f0, f1, f2, f3, r));
}

HELPER vector vector_load(const uint8_t *from) { return _mm512_loadu_si512(from); }
/// Zeros follow the `count` bytes, which are less than 64.
HELPER vector vector_load_some(const uint8_t *from, size_t count) {
  return _mm512_maskz_loadu_epi8(((uint64_t)1 << count) - 1, from);
}
HELPER vector vector_of_byte(int32_t byte) { return _mm512_set1_epi8((char)byte); }
HELPER vector vector_of_lane(int32_t lane) { return _mm512_set1_epi32(lane); }
HELPER vector vector_max(vector a, vector b) { return _mm512_max_epu8(a, b); }
HELPER __m128i vector_max_of_16(vector v) {
  const __m256i half = _mm256_max_epu8(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
  return _mm_max_epu8(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}
HELPER vector vector_min(vector a, vector b) { return _mm512_min_epu8(a, b); }
HELPER void vector_store(uint8_t *to, vector v) { _mm512_storeu_si512(to, v); }
HELPER void vector_store_some(uint8_t *to, vector v, size_t count) {
  _mm512_mask_storeu_epi8(to, ((uint64_t)1 << count) - 1, v);
}
HELPER vector vector_of_16(__m128i bytes) { return _mm512_broadcast_i32x4(bytes); }
HELPER vector vector_xor(vector a, vector b) { return _mm512_xor_si512(a, b); }
HELPER vector vector_shuffle(vector table, vector index) { return _mm512_shuffle_epi8(table, index); }
HELPER vector vector_sub_saturating(vector a, vector b) { return _mm512_subs_epi8(a, b); }

/// Adds to 32-bit lanes the bytes, and their squares.
HELPER vector vector_add_bytes(vector sums, vector q) {
  return _mm512_add_epi32(sums, _mm512_sad_epu8(q, _mm512_setzero_si512()));
}
HELPER vector vector_add_squares(vector sums, vector q) {
  const __m512i low = _mm512_unpacklo_epi8(q, _mm512_setzero_si512());
  const __m512i high = _mm512_unpackhi_epi8(q, _mm512_setzero_si512());
  return _mm512_add_epi32(_mm512_add_epi32(sums, _mm512_madd_epi16(low, low)), _mm512_madd_epi16(high, high));
}
/// The sum of 32-bit lanes, modulo 2^32.
HELPER uint32_t vector_sum(vector v) {
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
  return sum_of_4(_mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1)));
}

/// sum + Σ x[j] * w[j] over the four bytes of each lane.
HELPER lanes lanes_dot(lanes sum, vector x, lanes w) {
  return (lanes){{_mm512_dpbusd_epi32(sum.v[0], x, w.v[0])}};
}
