#include "../kernel.h"

/// Sums of 64 elements first, so that the rounding error of a large map stays small.
void pith_f32_mean(const float *input, float *output, size_t rows, size_t count) {
  for (size_t row = 0; row < rows; row++, input += count) {
    float total = 0;
    for (size_t begin = 0; begin < count; begin += 64) {
      const size_t end = pith_min(begin + 64, count);
      float sum = 0;
      for (size_t i = begin; i < end; i++) sum += input[i];
      total += sum;
    }
    output[row] = total / (float)count;
  }
}
