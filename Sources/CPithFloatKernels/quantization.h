// Fake quantization: rounding to the levels of integers, and its gradient.

// Adding and subtracting it rounds a number below 2^22 to the nearest integer, halves to even.
#define ROUNDER 12582912.0f

/// y = round(clamp(x / scale, low, high)) · scale. Clamping to integers first is the same and keeps numbers small.
KERNEL void fake_quantize(const float *x, int64_t count, float scale, float low, float high, float *y) {
  const vec scales = splat(scale), lows = splat(low), highs = splat(high), rounders = splat(ROUNDER);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec level = clamp_vec(load(x + i) / scales, lows, highs);
    store(y + i, ((level + rounders) - rounders) * scales);
  }
  for (; i < count; i++) y[i] = ((clamp_float(x[i] / scale, low, high) + ROUNDER) - ROUNDER) * scale;
}

KERNEL double fake_quantize_gradient(
    const float *x, const float *gradient, int64_t count, float scale, float low, float high, float *result) {
  const vec scales = splat(scale), lows = splat(low), highs = splat(high), rounders = splat(ROUNDER);
  const vec least = splat(low - 0.5f), most = splat(high + 0.5f);
  double total = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec sum = splat(0);
    int64_t i = first;
    for (; i + LANES <= end; i += LANES) {
      const vec v = load(x + i) / scales, g = load(gradient + i);
      const ivec inside = (v >= least) & (v <= most);
      const vec level = (clamp_vec(v, lows, highs) + rounders) - rounders;
      sum += g * (level - (vec)((ivec)v & inside));
      if (result) store(result + i, (vec)((ivec)g & inside));
    }
    total += sum_of(sum);
    for (; i < end; i++) {
      const float v = x[i] / scale;
      const int inside = v >= low - 0.5f && v <= high + 0.5f;
      const float level = (clamp_float(v, low, high) + ROUNDER) - ROUNDER;
      total += gradient[i] * (level - (inside ? v : 0));
      if (result) result[i] = inside ? gradient[i] : 0;
    }
  }
  return total;
}
