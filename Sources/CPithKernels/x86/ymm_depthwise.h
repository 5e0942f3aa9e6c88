// A column for the byte dot product: [channel][row 0, row 1, row 2, row 3], in column order.

typedef struct column {
  __m256i v[2];
} column;

HELPER column column_of_rows(
    const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3, int height) {
  const __m256i a = _mm256_cvtepu8_epi16(bytes_load(r0)), b = _mm256_cvtepu8_epi16(bytes_load(r1));
  __m256i high = height > 2 ? _mm256_cvtepu8_epi16(bytes_load(r2)) : _mm256_setzero_si256();
  if (height > 3) high = _mm256_or_si256(high, _mm256_slli_epi16(_mm256_cvtepu8_epi16(bytes_load(r3)), 8));
  const __m256i low = _mm256_or_si256(a, _mm256_slli_epi16(b, 8));
  return (column){{_mm256_unpacklo_epi16(low, high), _mm256_unpackhi_epi16(low, high)}};
}

HELPER column column_of_weights(const int8_t *packed) {
  const lanes w = lanes_to_columns(lanes_load((const int32_t *)(const void *)packed));
  return (column){{w.v[0], w.v[1]}};
}

HELPER lanes column_dot(lanes sum, column c, const column *w, int height) {
  (void)height;
  return (lanes){{_mm256_dpbusd_avx_epi32(sum.v[0], c.v[0], w->v[0]),
                  _mm256_dpbusd_avx_epi32(sum.v[1], c.v[1], w->v[1])}};
}
