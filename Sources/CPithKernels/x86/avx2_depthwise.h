// A column without a byte dot product: rows 0 and 1, and rows 2 and 3, as pairs of 16-bit words, whose products
// vpmaddwd adds exactly. vpmaddubsw would saturate.

/// Words of rows 0 and 1 of channels 0-3, 8-11 and of 4-7, 12-15; the same of rows 2 and 3.
typedef struct column {
  __m256i v[4];
} column;

HELPER column column_of_rows(
    const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3, int height) {
  const __m256i a = _mm256_cvtepu8_epi16(bytes_load(r0)), b = _mm256_cvtepu8_epi16(bytes_load(r1));
  if (height <= 2) return (column){{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b), a, a}};
  const __m256i c = _mm256_cvtepu8_epi16(bytes_load(r2));
  const __m256i d = height > 3 ? _mm256_cvtepu8_epi16(bytes_load(r3)) : _mm256_setzero_si256();
  return (column){{_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b), _mm256_unpacklo_epi16(c, d),
                   _mm256_unpackhi_epi16(c, d)}};
}

/// From [16][4] bytes.
HELPER column column_of_weights(const int8_t *packed) {
  const lanes w = lanes_to_columns(lanes_load((const int32_t *)(const void *)packed));
  // Each byte into the upper half of a word, to be shifted down with its sign.
  const __m256i first = _mm256_setr_epi8(
      -1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13,  //
      -1, 0, -1, 1, -1, 4, -1, 5, -1, 8, -1, 9, -1, 12, -1, 13);
  const __m256i second = _mm256_setr_epi8(
      -1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15,  //
      -1, 2, -1, 3, -1, 6, -1, 7, -1, 10, -1, 11, -1, 14, -1, 15);
  return (column){{_mm256_srai_epi16(_mm256_shuffle_epi8(w.v[0], first), 8),
                   _mm256_srai_epi16(_mm256_shuffle_epi8(w.v[1], first), 8),
                   _mm256_srai_epi16(_mm256_shuffle_epi8(w.v[0], second), 8),
                   _mm256_srai_epi16(_mm256_shuffle_epi8(w.v[1], second), 8)}};
}

HELPER lanes column_dot(lanes sum, column c, const column *w, int height) {
  UNROLL
  for (int i = 0; i < (height > 2 ? 4 : 2); i++) sum.v[i & 1] = _mm256_add_epi32(sum.v[i & 1], _mm256_madd_epi16(c.v[i], w->v[i]));
  return sum;
}
