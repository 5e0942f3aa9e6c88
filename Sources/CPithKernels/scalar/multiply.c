#include "scalar.h"

void pith_scalar_multiply(const pith_binary_args *args) {
  for (size_t row = 0; row < args->rows; row++) {
    const uint8_t *a = args->a + row * args->a_stride, *b = args->b + row * args->b_stride;
    uint8_t *out = args->output + row * args->out_stride;
    for (size_t i = 0; i < args->count; i++) {
      const float product = (float)((a[i] - args->a_zero) * (b[i] - args->b_zero));
      out[i] = pith_requantize(product * args->a_multiplier, args->out_zero, args->out_min, args->out_max);
    }
  }
}
