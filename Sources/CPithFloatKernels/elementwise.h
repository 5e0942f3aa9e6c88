// Loops over neighbouring elements.

KERNEL void clamp(const float *x, int64_t count, float low, float high, float *y) {
  const vec lows = splat(low), highs = splat(high);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, clamp_vec(load(x + i), lows, highs));
  for (; i < count; i++) y[i] = clamp_float(x[i], low, high);
}

KERNEL void clamp_gradient(
    const float *y, const float *gradient, int64_t count, float low, float high, float *result) {
  const vec lows = splat(low), highs = splat(high);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec v = load(y + i);
    store(result + i, (vec)((ivec)load(gradient + i) & (v > lows) & (v < highs)));
  }
  for (; i < count; i++) result[i] = y[i] > low && y[i] < high ? gradient[i] : 0;
}

KERNEL void add(const float *x, int64_t count, float low, float high, float *y) {
  const vec lows = splat(low), highs = splat(high);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, clamp_vec(load(y + i) + load(x + i), lows, highs));
  for (; i < count; i++) y[i] = clamp_float(y[i] + x[i], low, high);
}
