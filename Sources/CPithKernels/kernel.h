// What every kernel shares: the requantization, and the rule that no product and sum may be fused.
#ifndef PITH_KERNEL_H
#define PITH_KERNEL_H

#include "include/pith_kernels.h"

#pragma STDC FP_CONTRACT OFF

#define PITH_INLINE static inline __attribute__((always_inline))

/// Adding this and taking it away rounds |x| < 2^22 half to even, as no more significant bits remain.
#define PITH_ROUNDING 12582912.0f

/// clamp(roundHalfEven(f) + zero), clamped first: the bounds are integers, and a NaN becomes the lower one.
PITH_INLINE uint8_t pith_requantize(float f, int32_t zero, int32_t min, int32_t max) {
  const float low = (float)(min - zero), high = (float)(max - zero);
  f = f > low ? f : low;
  f = f < high ? f : high;
  const float shifted = f + PITH_ROUNDING;
  return (uint8_t)((int32_t)(shifted - PITH_ROUNDING) + zero);
}

/// Sums wrap around as the vector units do, rather than being undefined, whatever a file's weights are.
PITH_INLINE uint32_t pith_product(int32_t a, int32_t b) { return (uint32_t)(a * b); }

/// The multiplier of an output channel: a code is the upper mantissa and the lower exponent of a float from 1 to 252.
PITH_INLINE float pith_multiplier(const pith_conv_args *a, int32_t channel) {
  if (a->multiplier) return a->multiplier[channel];
  const uint32_t bits = 0x3F800000u + ((uint32_t)a->codes[channel] << 18);
  float factor;
  __builtin_memcpy(&factor, &bits, sizeof factor);
  return factor * a->unit;
}

void pith_decode_multipliers(const pith_conv_args *a, int32_t channel, int32_t count, float *multipliers);

/// The multipliers of `count` channels and those after them up to a multiple of 16: for codes in `room`.
PITH_INLINE const float *pith_multipliers(const pith_conv_args *a, int32_t channel, int32_t count, float *room) {
  if (a->multiplier) return a->multiplier + channel;
  pith_decode_multipliers(a, channel, (count + 15) / 16 * 16, room);
  return room;
}

PITH_INLINE size_t pith_min(size_t a, size_t b) { return a < b ? a : b; }

#endif
