#include "scalar.h"

void pith_decode_multipliers(const pith_conv_args *a, int32_t channel, int32_t count, float *multipliers) {
  for (int32_t c = 0; c < count; c++) multipliers[c] = pith_multiplier(a, channel + c);
}
