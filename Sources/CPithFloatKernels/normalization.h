// Batch norm over one channel's values, a plane at a time, with the activation behind it.

/// Values whose sum is kept in Float; longer sums are of such parts, in Double.
enum { SUM_PART = 128 * LANES };

/// One pass, over distances from the first value: it is near the mean where all are far from zero (Chan, Golub and
/// LeVeque, "Algorithms for Computing the Sample Variance", 1983).
KERNEL void moments(const float *x, int64_t count, double *sum, double *squares) {
  const vec origin = splat(x[0]);
  double distance = 0, distances = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec a = splat(0), b = splat(0), as = splat(0), bs = splat(0);
    int64_t i = first;
    for (; i + 2 * LANES <= end; i += 2 * LANES) {
      const vec d = load(x + i) - origin, e = load(x + i + LANES) - origin;
      a += d;
      b += e;
      as += d * d;
      bs += e * e;
    }
    if (i + LANES <= end) {
      const vec d = load(x + i) - origin;
      a += d;
      as += d * d;
      i += LANES;
    }
    if (i < end) {
      const vec d = (vec)((ivec)(load_part(x + i, end - i) - origin) & lanes_below(end - i));
      b += d;
      bs += d * d;
    }
    distance += sum_of(a + b);
    distances += sum_of(as + bs);
  }
  *sum = (double)x[0] * (double)count + distance;
  *squares = distances - distance * distance / (double)count;
}

/// What a channel is normalized by, and where the activation behind that clamps.
typedef struct line {
  vec mean, factor, shift, low, high;
} line;

HELPER line line_of(const pith_float_line *a) {
  return (line){splat(a->mean), splat(a->factor), splat(a->shift), splat(a->low), splat(a->high)};
}

KERNEL void scale(const float *x, int64_t count, const pith_float_line *a, float *y) {
  const line by = line_of(a);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(y + i, clamp_vec((load(x + i) - by.mean) * by.factor + by.shift, by.low, by.high));
  }
  if (i < count) {
    const vec v = (load_part(x + i, count - i) - by.mean) * by.factor + by.shift;
    store_part(y + i, clamp_vec(v, by.low, by.high), count - i);
  }
}

/// The gradient where the activation did not clamp, else 0. `distance` is that of x from the mean.
HELPER vec passed(vec distance, vec gradient, line by) {
  const vec y = distance * by.factor + by.shift;
  return (vec)((ivec)gradient & (y > by.low) & (y < by.high));
}

KERNEL void scale_sums(
    const float *x, const float *gradient, int64_t count, const pith_float_line *a, double *sum, double *product) {
  const line by = line_of(a);
  double total = 0, products = 0;
  for (int64_t first = 0; first < count; first += SUM_PART) {
    const int64_t end = first + SUM_PART < count ? first + SUM_PART : count;
    vec sums = splat(0), moments = splat(0);
    int64_t i = first;
    for (; i + LANES <= end; i += LANES) {
      const vec d = load(x + i) - by.mean;
      const vec g = passed(d, load(gradient + i), by);
      sums += g;
      moments += g * d;
    }
    if (i < end) {
      const vec d = load_part(x + i, end - i) - by.mean;
      const vec g = passed(d, load_part(gradient + i, end - i), by);
      sums += g;
      moments += g * d;
    }
    total += sum_of(sums);
    products += sum_of(moments);
  }
  *sum = total;
  *product = products;
}

KERNEL void scale_gradient(
    const float *x, const float *gradient, int64_t count, const pith_float_line *a, float slope, float per_x, float all,
    float *result) {
  const line by = line_of(a);
  const vec slopes = splat(slope), per_xs = splat(per_x), alls = splat(all);
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const vec d = load(x + i) - by.mean;
    store(result + i, slopes * passed(d, load(gradient + i), by) + (per_xs * d + alls));
  }
  if (i < count) {
    const vec d = load_part(x + i, count - i) - by.mean;
    const vec g = passed(d, load_part(gradient + i, count - i), by);
    store_part(result + i, slopes * g + (per_xs * d + alls), count - i);
  }
}
