// Products of rows with packed weights, for the sets with a byte dot product. The set has defined lanes_dot, and
// PROJECT_BLOCKS: how many times 16 channels one row is worth at a time.

HELPER vector bytes_of_4(const uint8_t *from) {
  int32_t word;
  __builtin_memcpy(&word, from, 4);
  return vector_of_lane(word);
}

HELPER void project_tile(
    const pith_project_args *a, int32_t row, int32_t channel, const int rows, const int blocks) {
  lanes sums[4][8];
  UNROLL
  for (int m = 0; m < rows; m++) {
    UNROLL
    for (int n = 0; n < blocks; n++) sums[m][n] = a->bias ? lanes_load(a->bias + channel + 16 * n) : lanes_of(0);
  }
  const uint8_t *x = a->input + (ptrdiff_t)row * a->in_stride;
  const int8_t *w = a->weights + (ptrdiff_t)channel * a->depth;
  const ptrdiff_t apart = (ptrdiff_t)16 * a->depth;
  for (int32_t k = 0; k < a->depth; k += 4, w += 64) {
    vector bytes[4];
    UNROLL
    for (int m = 0; m < rows; m++) bytes[m] = bytes_of_4(x + k + (ptrdiff_t)m * a->in_stride);
    UNROLL
    for (int n = 0; n < blocks; n++) {
      const lanes weights = lanes_load((const int32_t *)(const void *)(w + n * apart));
      UNROLL
      for (int m = 0; m < rows; m++) sums[m][n] = lanes_dot(sums[m][n], bytes[m], weights);
    }
  }
  UNROLL
  for (int m = 0; m < rows; m++) {
    float *out = a->output + (ptrdiff_t)(row + m) * a->out_stride + channel;
    UNROLL
    for (int n = 0; n < blocks; n++)
      reals_store(out + 16 * n, reals_mul(reals_of_lanes(sums[m][n]), reals_load(a->multiplier + channel + 16 * n)));
  }
}

KERNEL void SET(project)(const pith_project_args *a) {
  int32_t row = 0;
  for (; row + PROJECT_ROWS <= a->rows; row += PROJECT_ROWS) {
    int32_t c = 0;
    for (; c + 32 <= a->channels; c += 32) project_tile(a, row, c, PROJECT_ROWS, 2);
    for (; c < a->channels; c += 16) project_tile(a, row, c, PROJECT_ROWS, 1);
  }
  for (; row < a->rows; row++) {
    int32_t c = 0;
    for (; c + 16 * PROJECT_BLOCKS <= a->channels; c += 16 * PROJECT_BLOCKS)
      project_tile(a, row, c, 1, PROJECT_BLOCKS);
    for (; c < a->channels; c += 16) project_tile(a, row, c, 1, 1);
  }
}
