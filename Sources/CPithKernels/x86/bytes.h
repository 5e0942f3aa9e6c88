// Up to 16 bytes at a time, in exactly as many bytes of memory.

HELPER __m128i bytes_load(const uint8_t *from) { return _mm_loadu_si128((const __m128i *)from); }
HELPER void bytes_store(uint8_t *to, __m128i bytes) { _mm_storeu_si128((__m128i *)to, bytes); }

/// `count` is less than 16.
HELPER __m128i bytes_load_some(const uint8_t *from, size_t count) {
  uint8_t local[16] = {0};
  for (size_t i = 0; i < count; i++) local[i] = from[i];
  return bytes_load(local);
}

/// `count` is less than 16.
HELPER void bytes_store_some(uint8_t *to, __m128i bytes, size_t count) {
  if (count & 8) {
    _mm_storel_epi64((__m128i *)to, bytes);
    bytes = _mm_srli_si128(bytes, 8);
    to += 8;
  }
  uint64_t rest = (uint64_t)_mm_cvtsi128_si64(bytes);
  if (count & 4) {
    const uint32_t four = (uint32_t)rest;
    __builtin_memcpy(to, &four, 4);
    rest >>= 32;
    to += 4;
  }
  for (size_t i = 0; i < (count & 3); i++, rest >>= 8) to[i] = (uint8_t)rest;
}

HELPER void bytes_store_up_to_16(uint8_t *to, __m128i bytes, size_t count) {
  if (count >= 16)
    bytes_store(to, bytes);
  else
    bytes_store_some(to, bytes, count);
}

/// The sum of 32-bit lanes, modulo 2^32.
HELPER uint32_t sum_of_4(__m128i v) {
  v = _mm_add_epi32(v, _mm_srli_si128(v, 8));
  return (uint32_t)_mm_cvtsi128_si32(_mm_add_epi32(v, _mm_srli_si128(v, 4)));
}

/// The largest byte.
HELPER __m128i largest_of_16(__m128i bytes) {
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 8));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 4));
  bytes = _mm_max_epu8(bytes, _mm_srli_si128(bytes, 2));
  return _mm_max_epu8(bytes, _mm_srli_si128(bytes, 1));
}
