#include "exp.h"

// enum pith_unary_kind
enum { RELU = 0, CLIP = 1, LEAKY_RELU = 2, SIGMOID = 3, TANH = 4, HARD_SIGMOID = 5, HARD_SWISH = 6 };

/// NaN passes through: no comparison with it holds.
PITH_INLINE float clip(float x, float low, float high) { return x < low ? low : x > high ? high : x; }

void pith_f32_unary(uint32_t kind, const float *input, float *output, size_t count, float p, float q) {
  switch (kind) {
    case RELU:
      for (size_t i = 0; i < count; i++) output[i] = input[i] < 0 ? 0 : input[i];
      break;
    case CLIP:
      for (size_t i = 0; i < count; i++) output[i] = clip(input[i], p, q);
      break;
    case LEAKY_RELU:
      for (size_t i = 0; i < count; i++) output[i] = input[i] < 0 ? input[i] * p : input[i];
      break;
    case SIGMOID:
      for (size_t i = 0; i < count; i++) output[i] = pith_sigmoid(input[i]);
      break;
    case TANH:
      for (size_t i = 0; i < count; i++) output[i] = pith_tanh(input[i]);
      break;
    case HARD_SIGMOID:
      for (size_t i = 0; i < count; i++) output[i] = clip(p * input[i] + q, 0, 1);
      break;
    case HARD_SWISH:
      for (size_t i = 0; i < count; i++) output[i] = input[i] * clip(input[i] * (1.0f / 6) + 0.5f, 0, 1);
      break;
    default:
      for (size_t i = 0; i < count; i++) output[i] = input[i];
      break;
  }
}
