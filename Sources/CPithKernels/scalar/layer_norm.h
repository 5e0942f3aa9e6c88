// Layer normalization in plain C.
#ifndef PITH_LAYER_NORM_H
#define PITH_LAYER_NORM_H

#include "../kernel.h"

/// The nearest float, ties to even, without the library call that some targets make of a 64-bit conversion.
PITH_INLINE float pith_nearest_float(uint64_t value) {
  uint32_t sticky = 0;
  float scale = 1;
  // At least 29 bits remain, so that the last one can stand for all those shifted out.
  while (value >> 32 != 0) {
    sticky |= (value & 15) != 0;
    value >>= 4;
    scale *= 16;
  }
  return (float)((uint32_t)value | sticky) * scale;
}

/// The square root, rounded to nearest as IEEE 754 asks, in integers: libm is not there, and not every target has the
/// instruction. `x` is not negative.
PITH_INLINE float pith_sqrt(float x) {
  uint32_t bits;
  if (!(x > 0.0f && x <= 3.40282347e38f)) return x;
  // Numbers below the normal ones are scaled up, and the result down.
  const int small = x < 1.17549435e-38f;
  x = small ? x * 16777216.0f : x;
  __builtin_memcpy(&bits, &x, 4);
  int32_t exponent = (int32_t)(bits >> 23) - 127 - 23;
  uint64_t rest = (bits & 0x7FFFFFu) | 0x800000u;
  if (exponent & 1) {
    rest <<= 1;
    exponent--;
  }
  // 25 or 26 bits of the root, one at a time, and whether anything is left.
  rest <<= 26;
  uint64_t root = 0;
  for (uint64_t bit = (uint64_t)1 << 50; bit != 0; bit >>= 2) {
    const uint64_t trial = root + bit;
    root >>= 1;
    if (rest >= trial) {
      rest -= trial;
      root += bit;
    }
  }
  const uint32_t power = (uint32_t)(127 + (exponent - 26) / 2 - 1 - (small ? 12 : 0)) << 23;
  float scale;
  __builtin_memcpy(&scale, &power, 4);
  return (float)(uint32_t)(root << 1 | (rest != 0)) * scale;
}

PITH_INLINE void layer_norm_row(const pith_layer_norm_args *a, const uint8_t *input, uint8_t *restrict output) {
  // Sums of bytes and of their squares fit 32 bits for 2^16 bytes at a time.
  uint64_t sum = 0, squares = 0;
  for (int32_t at = 0; at < a->count;) {
    const int32_t end = a->count - at < 65536 ? a->count : at + 65536;
    uint32_t s = 0, q = 0;
    for (; at < end; at++) {
      s += input[at];
      q += (uint32_t)input[at] * input[at];
    }
    sum += s;
    squares += q;
  }
  // The variance does not depend on the zero point: n Σ d² - (Σ d)² = n Σ q² - (Σ q)².
  const uint64_t n = (uint64_t)a->count;
  const float variance = pith_nearest_float(n * squares - sum * sum);
  const float unit = a->scale / (float)a->count;
  const float r = unit / pith_sqrt(variance * (unit * unit) + a->epsilon);
  const int32_t count = a->count, total = (int32_t)sum;
  const float *gain = a->gain, *shift = a->shift;
  for (int32_t i = 0; i < count; i++) {
    const float centred = (float)(count * (int32_t)input[i] - total) * r;
    output[i] = pith_requantize(centred * gain[i] + shift[i], a->out_zero, 0, 255);
  }
}

PITH_INLINE void layer_norm(const pith_layer_norm_args *a) {
  for (int32_t row = 0; row < a->rows; row++)
    layer_norm_row(a, a->input + (ptrdiff_t)row * a->in_stride, a->output + (ptrdiff_t)row * a->out_stride);
}

#endif
