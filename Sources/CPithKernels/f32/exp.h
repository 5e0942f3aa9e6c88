// exp and what is made of it, without libm: a fixed order of IEEE operations, so that every target gives the same bits.
#ifndef PITH_EXP_H
#define PITH_EXP_H

#include "../kernel.h"

PITH_INLINE float pith_float_of_bits(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

/// e^x = p * 2^n, by Cody and Waite's reduction to |r| <= ln(2) / 2 and the minimax polynomial of Cephes' expf. Without a
/// branch, so that loops over it become vectors.
typedef struct pith_power {
  float p, n;
} pith_power;
PITH_INLINE pith_power pith_reduced_exp(float x) {
  const float n = (x * 1.44269504f + PITH_ROUNDING) - PITH_ROUNDING;
  // ln(2) in two parts, the first short enough for an exact product.
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return (pith_power){(p * (r * r) + r) + 1.0f, n};
}

/// tanh where |x| < 0.625, by Cephes' tanhf: 1 - 2 / (e^2x + 1) would cancel there.
PITH_INLINE float pith_small_tanh(float x) {
  const float s = x * x;
  float p = -5.70498872745e-3f;
  p = p * s + 2.06390887954e-2f;
  p = p * s - 5.37397155531e-2f;
  p = p * s + 1.33314422036e-1f;
  p = p * s - 3.33332819422e-1f;
  return p * s * x + x;
}

/// e^x to about one unit in the last place. 0 below -103.98, infinity above 88.73, NaN for NaN.
PITH_INLINE float pith_exp(float x) {
  if (x != x) return x;
  if (x > 88.7228394f) return pith_float_of_bits(0x7F800000u);
  if (x < -103.9720841f) return 0;
  const pith_power e = pith_reduced_exp(x);
  // 2^n in two steps, so that neither leaves the normal range and only the last one may round.
  const int32_t power = (int32_t)e.n, half = power / 2;
  return e.p * pith_float_of_bits((uint32_t)(127 + half) << 23) *
         pith_float_of_bits((uint32_t)(127 + (power - half)) << 23);
}

PITH_INLINE float pith_sigmoid(float x) {
  const float e = pith_exp(x < 0 ? x : -x);
  return (x < 0 ? e : 1.0f) / (1.0f + e);
}

/// Cephes' tanhf.
PITH_INLINE float pith_tanh(float x) {
  const float size = x < 0 ? -x : x;
  if (size < 0.625f) return pith_small_tanh(x);
  const float y = 1.0f - 2.0f / (pith_exp(size + size) + 1.0f);
  return x < 0 ? -y : y;
}

#endif
