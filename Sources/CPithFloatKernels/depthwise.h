// Sums over the taps of one padded plane, whose rows follow one another: outputs between rows are of no use and do no
// harm. Strides are gone already, as the plane's rows and columns are dealt out by their remainders.

HELPER void tap_sums_of(
    const int count, const float *x, const int32_t *offsets, const float *weights, int64_t span, const int adds,
    float *y) {
  const float *base[9];
  vec factors[9];
  UNROLL for (int t = 0; t < count; t++) {
    base[t] = x + offsets[t];
    factors[t] = splat(weights[t]);
  }
  for (int64_t i = 0; i < span; i += LANES) {
    vec a = adds ? load(y + i) : splat(0), b = splat(0), c = splat(0);
    UNROLL for (int t = 0; t < count; t += 3) {
      a += load(base[t] + i) * factors[t];
      if (t + 1 < count) b += load(base[t + 1] + i) * factors[t + 1];
      if (t + 2 < count) c += load(base[t + 2] + i) * factors[t + 2];
    }
    store(y + i, a + (b + c));
  }
}

KERNEL void tap_sums(
    const float *x, const int32_t *offsets, const float *weights, int64_t tap_count, int64_t span, float *y) {
  int adds = 0;
  for (; tap_count >= 9; tap_count -= 9, offsets += 9, weights += 9, adds = 1) {
    if (adds) {
      tap_sums_of(9, x, offsets, weights, span, 1, y);
    } else {
      tap_sums_of(9, x, offsets, weights, span, 0, y);
    }
  }
  for (; tap_count >= 3; tap_count -= 3, offsets += 3, weights += 3, adds = 1) {
    tap_sums_of(3, x, offsets, weights, span, adds, y);
  }
  for (; tap_count > 0; tap_count--, offsets++, weights++, adds = 1) {
    tap_sums_of(1, x, offsets, weights, span, adds, y);
  }
  if (!adds) {
    for (int64_t i = 0; i < span; i += LANES) store(y + i, splat(0));
  }
}

HELPER void tap_products_of(
    const int count, const float *x, const int32_t *offsets, const float *gradient, int64_t span, float *result) {
  const float *base[9];
  vec sums[9];
  UNROLL for (int t = 0; t < count; t++) {
    base[t] = x + offsets[t];
    sums[t] = splat(0);
  }
  int64_t i = 0;
  for (; i + LANES <= span; i += LANES) {
    const vec g = load(gradient + i);
    UNROLL for (int t = 0; t < count; t++) sums[t] += load(base[t] + i) * g;
  }
  if (i < span) {
    const vec g = load_part(gradient + i, span - i);
    UNROLL for (int t = 0; t < count; t++) sums[t] += load_part(base[t] + i, span - i) * g;
  }
  UNROLL for (int t = 0; t < count; t++) result[t] += sum_of(sums[t]);
}

KERNEL void tap_products(
    const float *x, const int32_t *offsets, int64_t tap_count, const float *gradient, int64_t span, float *result) {
  for (; tap_count >= 9; tap_count -= 9, offsets += 9, result += 9) {
    tap_products_of(9, x, offsets, gradient, span, result);
  }
  for (; tap_count >= 3; tap_count -= 3, offsets += 3, result += 3) {
    tap_products_of(3, x, offsets, gradient, span, result);
  }
  for (; tap_count > 0; tap_count--, offsets++, result++) tap_products_of(1, x, offsets, gradient, span, result);
}

/// Rows at a pitch to rows end to end, with a bias and a clamp.
KERNEL void unpack(
    const float *source, int64_t pitch, int64_t rows, int64_t columns, float bias, float low, float high,
    float *target) {
  const vec lows = splat(low), highs = splat(high), biases = splat(bias);
  for (int64_t row = 0; row < rows; row++) {
    const float *from = source + row * pitch;
    float *to = target + row * columns;
    // A whole vector may be written where the rows after it will overwrite what is too much.
    const int64_t room = (rows - row) * columns;
    int64_t i = 0;
    for (; i < columns && i + LANES <= room; i += LANES) {
      store(to + i, clamp_vec(load(from + i) + biases, lows, highs));
    }
    for (; i < columns; i++) to[i] = clamp_float(from[i] + bias, low, high);
  }
}
