// Products of rows with packed weights without a byte dot product: as a convolution's single pixels.

HELPER void project_blocks(
    const pith_project_args *a, const uint8_t *halves, int32_t channel, float *out, const int blocks) {
  const ptrdiff_t apart = (ptrdiff_t)16 * a->depth;
  lanes sums[2];
  UNROLL
  for (int n = 0; n < blocks; n++) sums[n] = a->bias ? lanes_load(a->bias + channel + 16 * n) : lanes_of(0);
  vector_sums(sums, halves, a->weights + (ptrdiff_t)channel * a->depth, apart, a->depth / 4, blocks);
  UNROLL
  for (int n = 0; n < blocks; n++)
    reals_store(out + 16 * n, reals_mul(reals_of_lanes(sums[n]), reals_load(a->multiplier + channel + 16 * n)));
}

KERNEL void SET(project)(const pith_project_args *a) {
  if (((int64_t)a->depth + 31) / 32 * 64 > SPREAD_BYTES) {
    pith_scalar_project(a);
    return;
  }
  spread row;
  for (int32_t r = 0; r < a->rows; r++) {
    const uint8_t *x = a->input + (ptrdiff_t)r * a->in_stride;
    for (int32_t k = 0; k < a->depth; k += 32) spread_vector(row.bytes + 2 * k, x + k, 1);
    float *out = a->output + (ptrdiff_t)r * a->out_stride;
    int32_t c = 0;
    for (; c + 32 <= a->channels; c += 32) project_blocks(a, row.bytes, c, out + c, 2);
    if (c < a->channels) project_blocks(a, row.bytes, c, out + c, 1);
  }
}
