#include "scalar.h"

/// The nearest float, ties to even, without the library call that some targets make of a 64-bit conversion.
static float rounded(uint64_t value) {
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

void pith_scalar_softmax(const pith_softmax_args *a) {
  for (int32_t row = 0; row < a->rows; row++) {
    const uint8_t *input = a->input + (ptrdiff_t)row * a->in_stride;
    uint8_t *output = a->output + (ptrdiff_t)row * a->out_stride;
    uint8_t max = 0;
    for (int32_t i = 0; i < a->count; i++) max = input[i] > max ? input[i] : max;
    uint64_t total = 0;
    for (int32_t i = 0; i < a->count; i++) total += a->table[max - input[i]];
    const float divisor = rounded(total);
    for (int32_t i = 0; i < a->count; i++) {
      const float share = (float)a->table[max - input[i]] / divisor;
      output[i] = pith_requantize(share * a->multiplier, a->out_zero, a->out_min, a->out_max);
    }
  }
}
