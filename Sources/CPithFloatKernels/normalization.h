// Batch norm over one channel's values, a plane at a time, with the activation behind it.

/// Values whose sum is kept in Float; longer sums are of such parts, in Double.
enum { SUM_PART = 128 * LANES };

KERNEL void moments(const float *x, int64_t count, double *sum, double *squares) {
  double total = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec a = splat(0), b = splat(0);
    int64_t i = first;
    for (; i + 2 * LANES <= end; i += 2 * LANES) {
      a += load(x + i);
      b += load(x + i + LANES);
    }
    if (i + LANES <= end) {
      a += load(x + i);
      i += LANES;
    }
    total += sum_of(a + b);
    for (; i < end; i++) total += x[i];
  }
  const float mean = (float)(total / (double)count);
  const vec means = splat(mean);
  double distance = 0, distances = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec a = splat(0), b = splat(0);
    int64_t i = first;
    for (; i + LANES <= end; i += LANES) {
      const vec d = load(x + i) - means;
      a += d * d;
      b += d;
    }
    distances += sum_of(a);
    distance += sum_of(b);
    for (; i < end; i++) {
      const float d = x[i] - mean;
      distances += (double)d * d;
      distance += d;
    }
  }
  // The mean was rounded, and its sum was one of large numbers.
  *sum = (double)mean * (double)count + distance;
  *squares = distances - distance * distance / (double)count;
}

KERNEL void scale(const float *x, int64_t count, float factor, float shift, float low, float high, float *y) {
  const vec factors = splat(factor), shifts = splat(shift), lows = splat(low), highs = splat(high);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(y + i, clamp_vec(load(x + i) * factors + shifts, lows, highs));
  }
  if (i < count) {
    store_part(y + i, clamp_vec(load_part(x + i, count - i) * factors + shifts, lows, highs), count - i);
  }
}

/// The gradient where low < x · factor + shift < high, else 0.
HELPER vec passed(vec x, vec gradient, vec factor, vec shift, vec low, vec high) {
  const vec y = x * factor + shift;
  return (vec)((ivec)gradient & (y > low) & (y < high));
}

KERNEL void scale_sums(
    const float *x, const float *gradient, int64_t count, float factor, float shift, float low, float high, float mean,
    double *sum, double *product) {
  const vec factors = splat(factor), shifts = splat(shift), lows = splat(low), highs = splat(high);
  const vec means = splat(mean);
  double total = 0, products = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec a = splat(0), b = splat(0);
    int64_t i = first;
    for (; i + LANES <= end; i += LANES) {
      const vec v = load(x + i);
      const vec g = passed(v, load(gradient + i), factors, shifts, lows, highs);
      a += g;
      b += g * (v - means);
    }
    if (i < end) {
      const vec v = load_part(x + i, end - i);
      const vec g = passed(v, load_part(gradient + i, end - i), factors, shifts, lows, highs);
      a += g;
      b += g * (v - means);
    }
    total += sum_of(a);
    products += sum_of(b);
  }
  *sum = total;
  *product = products;
}

KERNEL void scale_gradient(
    const float *x, const float *gradient, int64_t count, float factor, float shift, float low, float high, float a,
    float b, float c, float *result) {
  const vec factors = splat(factor), shifts = splat(shift), lows = splat(low), highs = splat(high);
  const vec as = splat(a), bs = splat(b), cs = splat(c);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec v = load(x + i);
    store(result + i, as * passed(v, load(gradient + i), factors, shifts, lows, highs) + (bs * v + cs));
  }
  if (i < count) {
    const vec v = load_part(x + i, count - i);
    const vec g = load_part(gradient + i, count - i);
    store_part(result + i, as * passed(v, g, factors, shifts, lows, highs) + (bs * v + cs), count - i);
  }
}
