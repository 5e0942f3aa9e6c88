// A column for the byte dot product: [channel][row 0, row 1, row 2, row 3].

typedef struct column {
  __m512i v[1];
} column;

HELPER column column_of_rows(
    const uint8_t *r0, const uint8_t *r1, const uint8_t *r2, const uint8_t *r3, int height) {
#if defined(PITH_VBMI)
  const __m512i by_channel = _mm512_setr_epi32(
      0x30201000, 0x31211101, 0x32221202, 0x33231303, 0x34241404, 0x35251505, 0x36261606, 0x37271707, 0x38281808,
      0x39291909, 0x3A2A1A0A, 0x3B2B1B0B, 0x3C2C1C0C, 0x3D2D1D0D, 0x3E2E1E0E, 0x3F2F1F0F);
  __m512i rows = _mm512_castsi128_si512(bytes_load(r0));
  rows = _mm512_inserti32x4(rows, bytes_load(r1), 1);
  if (height > 2) rows = _mm512_inserti32x4(rows, bytes_load(r2), 2);
  if (height > 3) rows = _mm512_inserti32x4(rows, bytes_load(r3), 3);
  return (column){{_mm512_permutexvar_epi8(by_channel, rows)}};
#else
  const __m512i a = _mm512_cvtepu8_epi32(bytes_load(r0));
  const __m512i b = _mm512_slli_epi32(_mm512_cvtepu8_epi32(bytes_load(r1)), 8);
  __m512i rows = _mm512_or_si512(a, b);
  if (height > 2) rows = _mm512_or_si512(rows, _mm512_slli_epi32(_mm512_cvtepu8_epi32(bytes_load(r2)), 16));
  if (height > 3) rows = _mm512_or_si512(rows, _mm512_slli_epi32(_mm512_cvtepu8_epi32(bytes_load(r3)), 24));
  return (column){{rows}};
#endif
}

HELPER column column_of_weights(const int8_t *packed) { return (column){{_mm512_loadu_si512(packed)}}; }

HELPER lanes column_dot(lanes sum, column c, const column *w, int height) {
  (void)height;
  return (lanes){{_mm512_dpbusd_epi32(sum.v[0], c.v[0], w->v[0])}};
}
