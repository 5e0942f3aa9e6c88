// Products of rows with packed weights without a byte dot product: bytes become 16-bit words, whose products are added in
// pairs, exactly; two pairs of a lane are added at the end.

HELPER void project_block(const pith_project_args *a, int32_t row, int32_t channel) {
  const uint8_t *x = a->input + (ptrdiff_t)row * a->in_stride;
  const int8_t *w = a->weights + (ptrdiff_t)channel * a->depth;
  __m256i pairs[4];
  UNROLL
  for (int n = 0; n < 4; n++) pairs[n] = _mm256_setzero_si256();
  for (int32_t k = 0; k < a->depth; k += 4, w += 64) {
    int32_t word;
    __builtin_memcpy(&word, x + k, 4);
    const __m256i words = _mm256_cvtepu8_epi16(_mm_set1_epi32(word));
    UNROLL
    for (int n = 0; n < 4; n++) {
      const __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(w + 16 * n)));
      pairs[n] = _mm256_add_epi32(pairs[n], _mm256_madd_epi16(words, weights));
    }
  }
  // hadd leaves four lanes of each operand in turn.
  const __m256i low = _mm256_permute4x64_epi64(_mm256_hadd_epi32(pairs[0], pairs[1]), 0xD8);
  const __m256i high = _mm256_permute4x64_epi64(_mm256_hadd_epi32(pairs[2], pairs[3]), 0xD8);
  const lanes sums = lanes_add((lanes){{low, high}}, a->bias ? lanes_load(a->bias + channel) : lanes_of(0));
  float *out = a->output + (ptrdiff_t)row * a->out_stride + channel;
  reals_store(out, reals_mul(reals_of_lanes(sums), reals_load(a->multiplier + channel)));
}

KERNEL void SET(project)(const pith_project_args *a) {
  for (int32_t row = 0; row < a->rows; row++)
    for (int32_t c = 0; c < a->channels; c += 16) project_block(a, row, c);
}
