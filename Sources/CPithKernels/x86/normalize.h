// Layer normalization.

/// Up to here a row's sum of squares fits 32 bits, and n * q and Σ q are floats exactly, so that Float(n * q - Σ q) needs
/// no integers.
enum { NORMALIZE_MOST = 65536 };

/// What the bytes of a row become.
typedef struct normalize_terms {
  reals n, sum, r;
} normalize_terms;

HELPER normalize_terms normalize_terms_of(const pith_layer_norm_args *a, const uint8_t *input) {
  const int32_t count = a->count;
  vector sums = vector_of_lane(0), squares = vector_of_lane(0);
  int32_t i = 0;
  for (; i + VECTOR_BYTES <= count; i += VECTOR_BYTES) {
    const vector q = vector_load(input + i);
    sums = vector_add_bytes(sums, q);
    squares = vector_add_squares(squares, q);
  }
  if (i < count) {
    const vector q = vector_load_some(input + i, (size_t)(count - i));
    sums = vector_add_bytes(sums, q);
    squares = vector_add_squares(squares, q);
  }
  const uint64_t n = (uint64_t)count, sum = vector_sum(sums), variance = n * vector_sum(squares) - sum * sum;
  const float unit = a->scale / (float)count;
  const float x = (float)(int64_t)variance * (unit * unit) + a->epsilon;
  const float root = x > 0.0f ? _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))) : x;
  return (normalize_terms){reals_of((float)count), reals_of((float)(int32_t)sum), reals_of(unit / root)};
}

HELPER reals normalize_16(__m128i q, const float *gain, const float *shift, const normalize_terms *t) {
  const reals centred = reals_sub(reals_mul(reals_of_lanes(lanes_of_bytes(q)), t->n), t->sum);
  return reals_add(reals_mul(reals_mul(centred, t->r), reals_load(gain)), reals_load(shift));
}

HELPER void normalize_row(
    const pith_layer_norm_args *a, const uint8_t *input, uint8_t *output, const normalize_terms *t, const range *out) {
  // In locals, as for all that the compiler knows a byte of output may be one of a pointer.
  const float *gain = a->gain, *shift = a->shift;
  const int32_t count = a->count;
  int32_t i = 0;
  for (; i + 16 <= count; i += 16)
    bytes_store(output + i, requantize(normalize_16(bytes_load(input + i), gain + i, shift + i, t), out));
  if (i == count) return;
  const size_t rest = (size_t)(count - i);
  float some_gain[16] = {0}, some_shift[16] = {0};
  for (size_t j = 0; j < rest; j++) some_gain[j] = gain[(size_t)i + j], some_shift[j] = shift[(size_t)i + j];
  const reals f = normalize_16(bytes_load_some(input + i, rest), some_gain, some_shift, t);
  bytes_store_some(output + i, requantize(f, out), rest);
}

KERNEL void SET(layer_norm)(const pith_layer_norm_args *a) {
  if (a->count > NORMALIZE_MOST) {
    pith_scalar_layer_norm(a);
    return;
  }
  const range out = range_of(a->out_zero, 0, 255);
  for (int32_t row = 0; row < a->rows; row++) {
    const uint8_t *input = a->input + (ptrdiff_t)row * a->in_stride;
    const normalize_terms terms = normalize_terms_of(a, input);
    normalize_row(a, input, a->output + (ptrdiff_t)row * a->out_stride, &terms, &out);
  }
}
