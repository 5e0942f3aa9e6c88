#include "scalar.h"
#include "layer_norm.h"

void pith_scalar_softmax(const pith_softmax_args *a) {
  for (int32_t row = 0; row < a->rows; row++) {
    const uint8_t *input = a->input + (ptrdiff_t)row * a->in_stride;
    uint8_t *output = a->output + (ptrdiff_t)row * a->out_stride;
    uint8_t max = 0;
    for (int32_t i = 0; i < a->count; i++) max = input[i] > max ? input[i] : max;
    uint64_t total = 0;
    for (int32_t i = 0; i < a->count; i++) total += a->table[max - input[i]];
    const float r = a->multiplier / pith_nearest_float(total);
    for (int32_t i = 0; i < a->count; i++)
      output[i] = pith_requantize((float)a->table[max - input[i]] * r, a->out_zero, a->out_min, a->out_max);
  }
}
