// Add and multiply: 16 elements at a time.

/// The numbers of one call, spread over lanes.
typedef struct binary_terms {
  lanes a_zero, b_zero;
  reals a_multiplier, b_multiplier;
  range out;
} binary_terms;

HELPER __m128i binary_16(int adds, __m128i a, __m128i b, const binary_terms *t) {
  const lanes x = lanes_sub(lanes_of_bytes(a), t->a_zero), y = lanes_sub(lanes_of_bytes(b), t->b_zero);
  reals f;
  if (adds)
    f = reals_add(
        reals_mul(reals_of_lanes(x), t->a_multiplier), reals_mul(reals_of_lanes(y), t->b_multiplier));
  else
    f = reals_mul(reals_of_lanes(lanes_mul(x, y)), t->a_multiplier);
  return requantize(f, &t->out);
}

HELPER void binary(int adds, const pith_binary_args *args) {
  const binary_terms terms = {
      lanes_of(args->a_zero), lanes_of(args->b_zero), reals_of(args->a_multiplier), reals_of(args->b_multiplier),
      range_of(args->out_zero, args->out_min, args->out_max)};
  size_t rows = args->rows, count = args->count;
  if (args->a_stride == count && args->b_stride == count && args->out_stride == count) {
    count *= rows;
    rows = 1;
  }
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *a = args->a + row * args->a_stride, *b = args->b + row * args->b_stride;
    uint8_t *out = args->output + row * args->out_stride;
    size_t i = 0;
    for (; i + 16 <= count; i += 16)
      bytes_store(out + i, binary_16(adds, bytes_load(a + i), bytes_load(b + i), &terms));
    if (i < count) {
      const size_t rest = count - i;
      const __m128i x = bytes_load_some(a + i, rest), y = bytes_load_some(b + i, rest);
      bytes_store_some(out + i, binary_16(adds, x, y, &terms), rest);
    }
  }
}

KERNEL void SET(add)(const pith_binary_args *args) { binary(1, args); }
KERNEL void SET(multiply)(const pith_binary_args *args) { binary(0, args); }
