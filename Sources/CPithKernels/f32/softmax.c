#include "exp.h"

void pith_f32_softmax(const float *input, float *output, size_t rows, size_t count) {
  for (size_t row = 0; row < rows; row++, input += count, output += count) {
    float max = -__builtin_inff();
    for (size_t i = 0; i < count; i++) max = input[i] > max ? input[i] : max;
    float total = 0;
    for (size_t i = 0; i < count; i++) {
      output[i] = pith_exp(input[i] - max);
      total += output[i];
    }
    for (size_t i = 0; i < count; i++) output[i] /= total;
  }
}
