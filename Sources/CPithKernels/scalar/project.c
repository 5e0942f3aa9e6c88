#include "scalar.h"

void pith_scalar_project(const pith_project_args *a) {
  for (int32_t row = 0; row < a->rows; row++) {
    const uint8_t *x = a->input + (ptrdiff_t)row * a->in_stride;
    float *out = a->output + (ptrdiff_t)row * a->out_stride;
    const int8_t *w = a->weights;
    for (int32_t block = 0; block < a->channels; block += 16) {
      uint32_t sums[16];
      for (int32_t c = 0; c < 16; c++) sums[c] = a->bias ? (uint32_t)a->bias[block + c] : 0;
      for (int32_t k = 0; k < a->depth; k += 4, w += 64)
        for (int32_t c = 0; c < 16; c++)
          for (int32_t j = 0; j < 4; j++) sums[c] += pith_product(x[k + j], w[4 * c + j]);
      for (int32_t c = 0; c < 16; c++) out[block + c] = (float)(int32_t)sums[c] * a->multiplier[block + c];
    }
  }
}
