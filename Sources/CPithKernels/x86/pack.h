// Packing the second factor of a product of computed maps: 16 columns at a time, four bytes of each, in 128-bit registers,
// which every set has. Sums of columns are of the bytes as they are; 128 for each is taken off at the end.

enum { PACK_LANES = 16 };

/// The sums of four columns, and a vector of their bytes more.
HELPER __m128i pack_sum(__m128i sums, __m128i bytes) {
  const __m128i pairs = _mm_maddubs_epi16(bytes, _mm_set1_epi8(1));
  return _mm_add_epi32(sums, _mm_madd_epi16(pairs, _mm_set1_epi16(1)));
}

/// Four bytes each of 16 columns, four columns a vector.
HELPER void pack_store(int8_t *to, const __m128i *columns, __m128i *sums) {
  const __m128i flip = _mm_set1_epi8((char)128);
  UNROLL
  for (int i = 0; i < 4; i++) {
    sums[i] = pack_sum(sums[i], columns[i]);
    bytes_store((uint8_t *)to + 16 * i, _mm_xor_si128(columns[i], flip));
  }
}

/// From columns that are runs of bytes: up to 16 bytes of each at a time.
HELPER void pack_columns(const pith_pack_args *a, const uint8_t *from, int8_t *to, __m128i *sums) {
  for (int32_t k = 0; k < a->depth; k += 16, from += 16, to += 256) {
    __m128i words[4][4];
    UNROLL
    for (int i = 0; i < 4; i++) {
      const uint8_t *column = from + 4 * i * (ptrdiff_t)a->column_stride;
      const __m128i c0 = bytes_load(column), c1 = bytes_load(column + a->column_stride);
      const __m128i c2 = bytes_load(column + 2 * (ptrdiff_t)a->column_stride);
      const __m128i c3 = bytes_load(column + 3 * (ptrdiff_t)a->column_stride);
      const __m128i low01 = _mm_unpacklo_epi32(c0, c1), low23 = _mm_unpacklo_epi32(c2, c3);
      const __m128i high01 = _mm_unpackhi_epi32(c0, c1), high23 = _mm_unpackhi_epi32(c2, c3);
      words[0][i] = _mm_unpacklo_epi64(low01, low23);
      words[1][i] = _mm_unpackhi_epi64(low01, low23);
      words[2][i] = _mm_unpacklo_epi64(high01, high23);
      words[3][i] = _mm_unpackhi_epi64(high01, high23);
    }
    const int32_t steps = a->depth - k < 16 ? (a->depth - k) / 4 : 4;
    for (int32_t i = 0; i < steps; i++) pack_store(to + 64 * i, words[i], sums);
  }
}

/// From rows of columns: four rows at a time; those behind the last are of zeros, 128.
HELPER void pack_rows(const pith_pack_args *a, const uint8_t *from, int8_t *to, __m128i *sums) {
  for (int32_t k = 0; k < a->depth; k += 4, to += 64) {
    __m128i row[4];
    UNROLL
    for (int i = 0; i < 4; i++)
      row[i] = k + i < a->depth ? bytes_load(from + (ptrdiff_t)(k + i) * a->k_stride) : _mm_set1_epi8((char)128);
    const __m128i low01 = _mm_unpacklo_epi8(row[0], row[1]), low23 = _mm_unpacklo_epi8(row[2], row[3]);
    const __m128i high01 = _mm_unpackhi_epi8(row[0], row[1]), high23 = _mm_unpackhi_epi8(row[2], row[3]);
    const __m128i columns[4] = {
        _mm_unpacklo_epi16(low01, low23), _mm_unpackhi_epi16(low01, low23), _mm_unpacklo_epi16(high01, high23),
        _mm_unpackhi_epi16(high01, high23)};
    pack_store(to, columns, sums);
  }
}

KERNEL void SET(pack)(const pith_pack_args *a) {
  const int32_t depth = (a->depth + 3) & ~3;
  const int is_columns = a->k_stride == 1 && depth == a->depth, is_rows = a->k_stride != 1 && a->column_stride == 1;
  int32_t c = 0;
  if (is_columns || is_rows) {
    for (; c + PACK_LANES <= a->columns; c += PACK_LANES) {
      __m128i sums[4] = {_mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128(), _mm_setzero_si128()};
      const uint8_t *from = a->input + (ptrdiff_t)c * a->column_stride;
      int8_t *to = a->weights + (ptrdiff_t)c * depth;
      if (is_columns)
        pack_columns(a, from, to, sums);
      else
        pack_rows(a, from, to, sums);
      // -a_zero * (Σ b - 128 * depth), wrapping around as sums do.
      const __m128i all = _mm_set1_epi32((int32_t)(128u * (uint32_t)depth)), zero = _mm_set1_epi32(-a->a_zero);
      UNROLL
      for (int i = 0; i < 4; i++)
        bytes_store((uint8_t *)(a->bias + c + 4 * i), _mm_mullo_epi32(_mm_sub_epi32(sums[i], all), zero));
    }
  }
  if (c >= a->columns) return;
  pith_pack_args rest = *a;
  rest.input += (ptrdiff_t)c * a->column_stride;
  rest.weights += (ptrdiff_t)c * depth;
  rest.bias += c;
  rest.columns -= c;
  pith_scalar_pack(&rest);
}
