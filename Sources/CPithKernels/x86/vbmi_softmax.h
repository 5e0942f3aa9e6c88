// Softmax with VBMI: the table's bytes in four planes, each of which is looked up for 64 elements at a time. The fourth
// is 0 but where a weight is 2^24, which is near the table's beginning.

/// The table's bytes 0, 1 and 2, a quarter of the 256 numbers each, and byte 3 of the first quarter.
typedef struct softmax_planes {
  vector v[3][4], top;
} softmax_planes;

/// Byte `plane` of 64 numbers.
HELPER vector softmax_plane(const uint32_t *from, int plane) {
  const vector step = _mm512_set1_epi32(0x0C080400);
  const vector start = _mm512_setr_epi32(
      0, 0x10101010, 0x20202020, 0x30303030, 0x40404040, 0x50505050, 0x60606060, 0x70707070, 0, 0x10101010,
      0x20202020, 0x30303030, 0x40404040, 0x50505050, 0x60606060, 0x70707070);
  // Bytes 4 i + plane of two registers, in each half.
  const vector order = _mm512_add_epi8(start, _mm512_add_epi8(step, vector_of_byte(plane)));
  const vector low = _mm512_permutex2var_epi8(_mm512_loadu_si512(from), order, _mm512_loadu_si512(from + 16));
  const vector high = _mm512_permutex2var_epi8(_mm512_loadu_si512(from + 32), order, _mm512_loadu_si512(from + 48));
  return _mm512_mask_blend_epi64(0xF0, low, high);
}

/// False for weights that no table of the toolchain has: 2^25 and more, or 2^24 beyond the first 64.
HELPER int softmax_split(const uint32_t *table, softmax_planes *planes) {
  for (int plane = 0; plane < 3; plane++)
    for (int i = 0; i < 4; i++) planes->v[plane][i] = softmax_plane(table + 64 * i, plane);
  planes->top = softmax_plane(table, 3);
  const vector later = _mm512_or_si512(
      softmax_plane(table + 64, 3), _mm512_or_si512(softmax_plane(table + 128, 3), softmax_plane(table + 192, 3)));
  const vector more = _mm512_andnot_si512(vector_of_byte(1), planes->top);
  return _mm512_test_epi8_mask(_mm512_or_si512(later, more), vector_of_byte(-1)) == 0;
}

/// Four bytes each of 64 numbers.
typedef struct softmax_bytes {
  vector plane[4];
} softmax_bytes;

HELPER vector softmax_choose(vector index, const vector *quarters) {
  const vector low = _mm512_permutex2var_epi8(quarters[0], index, quarters[1]);
  const vector high = _mm512_permutex2var_epi8(quarters[2], index, quarters[3]);
  return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

HELPER softmax_bytes softmax_find(vector index, const softmax_planes *planes) {
  softmax_bytes found;
  UNROLL
  for (int i = 0; i < 3; i++) found.plane[i] = softmax_choose(index, planes->v[i]);
  const uint64_t first = _mm512_testn_epi8_mask(index, vector_of_byte(0xC0));
  found.plane[3] = _mm512_maskz_permutexvar_epi8(first, index, planes->top);
  return found;
}

/// The 64 numbers: four of each sixteen to a register.
typedef struct softmax_weights {
  lanes v[4];
} softmax_weights;

HELPER softmax_weights softmax_unpack(const softmax_bytes *b) {
  const vector low01 = _mm512_unpacklo_epi8(b->plane[0], b->plane[1]);
  const vector low23 = _mm512_unpacklo_epi8(b->plane[2], b->plane[3]);
  const vector high01 = _mm512_unpackhi_epi8(b->plane[0], b->plane[1]);
  const vector high23 = _mm512_unpackhi_epi8(b->plane[2], b->plane[3]);
  return (softmax_weights){
      {{{_mm512_unpacklo_epi16(low01, low23)}}, {{_mm512_unpackhi_epi16(low01, low23)}},
       {{_mm512_unpacklo_epi16(high01, high23)}}, {{_mm512_unpackhi_epi16(high01, high23)}}}};
}

HELPER vector softmax_results(const softmax_weights *e, reals r, const range *out) {
  reals f[4];
  UNROLL
  for (int i = 0; i < 4; i++) f[i] = reals_mul(reals_of_lanes(e->v[i]), r);
  return requantize_unpacked(f[0], f[1], f[2], f[3], out);
}

HELPER vector softmax_largest(vector v) { return _mm512_broadcastb_epi8(largest_of_16(vector_max_of_16(v))); }

/// The sum of lanes of less than 2^29.
HELPER uint64_t softmax_sum(vector v) {
  const __m256i eight = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  const __m128i two = _mm_add_epi64(_mm_srli_epi64(four, 32), _mm_and_si128(four, _mm_set1_epi64x(0xFFFFFFFF)));
  return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

HELPER reals softmax_quotient(const pith_softmax_args *a, uint64_t total) {
  return reals_of(a->multiplier / (float)(int64_t)total);
}

/// Rows of up to 64 `vectors` bytes, whose weights stay in registers.
HELPER void softmax_rows(const pith_softmax_args *a, const softmax_planes *planes, const range *out, const int vectors) {
  const int32_t last = 64 * (vectors - 1);
  const uint64_t there = ~(uint64_t)0 >> (last + 64 - a->count);
  // Elements behind the end are taken for the largest, and their weights out of the sum.
  const uint64_t excess = (uint64_t)(last + 64 - a->count) * a->table[0];
  const uint8_t *input = a->input;
  uint8_t *output = a->output;
  for (int32_t row = 0; row < a->rows; row++, input += a->in_stride, output += a->out_stride) {
    vector q[2];
    UNROLL
    for (int i = 0; i < vectors - 1; i++) q[i] = vector_load(input + 64 * i);
    q[vectors - 1] = _mm512_maskz_loadu_epi8(there, input + last);
    vector max = q[0];
    UNROLL
    for (int i = 1; i < vectors; i++) max = vector_max(max, q[i]);
    max = softmax_largest(max);
    q[vectors - 1] = _mm512_mask_blend_epi8(there, max, q[vectors - 1]);
    softmax_weights e[2];
    lanes sum = lanes_of(0);
    UNROLL
    for (int i = 0; i < vectors; i++) {
      const softmax_bytes found = softmax_find(_mm512_sub_epi8(max, q[i]), planes);
      e[i] = softmax_unpack(&found);
      sum = lanes_add(sum, lanes_add(lanes_add(e[i].v[0], e[i].v[1]), lanes_add(e[i].v[2], e[i].v[3])));
    }
    const reals r = softmax_quotient(a, softmax_sum(sum.v[0]) - excess);
    UNROLL
    for (int i = 0; i < vectors - 1; i++) vector_store(output + 64 * i, softmax_results(&e[i], r, out));
    _mm512_mask_storeu_epi8(output + last, there, softmax_results(&e[vectors - 1], r, out));
  }
}

/// Of a longer row each of the 256 possible results is computed, and then looked up, which needs no planes again.
HELPER void softmax_long_row(
    const pith_softmax_args *a, const uint8_t *input, uint8_t *output, const softmax_planes *planes, const range *out) {
  const int32_t last = (a->count - 1) / 64 * 64;
  const uint64_t there = ~(uint64_t)0 >> (last + 64 - a->count);
  vector max = _mm512_maskz_loadu_epi8(there, input + last);
  for (int32_t i = 0; i < last; i += 64) max = vector_max(max, vector_load(input + i));
  max = softmax_largest(max);

  const vector zero = vector_of_lane(0);
  vector sums[4] = {zero, zero, zero, zero};
  for (int32_t i = 0; i <= last; i += 64) {
    const vector q = i < last ? vector_load(input + i) : _mm512_mask_loadu_epi8(max, there, input + i);
    const softmax_bytes found = softmax_find(_mm512_sub_epi8(max, q), planes);
    UNROLL
    for (int j = 0; j < 4; j++) sums[j] = _mm512_add_epi64(sums[j], _mm512_sad_epu8(found.plane[j], zero));
  }
  uint64_t total = 0, parts[8];
  UNROLL
  for (int j = 3; j > 0; j--) sums[j - 1] = _mm512_add_epi64(sums[j - 1], _mm512_slli_epi64(sums[j], 8));
  _mm512_storeu_si512(parts, sums[0]);
  for (int j = 0; j < 8; j++) total += parts[j];
  total -= (uint64_t)(last + 64 - a->count) * a->table[0];

  const reals r = softmax_quotient(a, total);
  vector results[4];
  UNROLL
  for (int i = 0; i < 4; i++) {
    const softmax_bytes all = {{planes->v[0][i], planes->v[1][i], planes->v[2][i], i ? zero : planes->top}};
    const softmax_weights e = softmax_unpack(&all);
    results[i] = softmax_results(&e, r, out);
  }
  for (int32_t i = 0; i < last; i += 64)
    vector_store(output + i, softmax_choose(_mm512_sub_epi8(max, vector_load(input + i)), results));
  const vector d = _mm512_sub_epi8(max, _mm512_maskz_loadu_epi8(there, input + last));
  _mm512_mask_storeu_epi8(output + last, there, softmax_choose(d, results));
}

KERNEL void SET(softmax)(const pith_softmax_args *a) {
  softmax_planes planes;
  // To split the table takes as long as to load some hundred numbers of it.
  if ((int64_t)a->rows * a->count < 128 || !softmax_split(a->table, &planes)) {
    BASE(softmax)(a);
    return;
  }
  const range out = range_of(a->out_zero, a->out_min, a->out_max);
  if (a->count <= 64)
    softmax_rows(a, &planes, &out, 1);
  else if (a->count <= 128)
    softmax_rows(a, &planes, &out, 2);
  else
    for (int32_t row = 0; row < a->rows; row++)
      softmax_long_row(
          a, a->input + (ptrdiff_t)row * a->in_stride, a->output + (ptrdiff_t)row * a->out_stride, &planes, &out);
}
