#include "../axes.h"

enum { ADD = 0, SUB = 1, MUL = 2, DIV = 3 };  // enum pith_binary_kind

static void binary_run(
    uint32_t kind, const float *a, size_t a_step, const float *b, size_t b_step, float *out, size_t count) {
  switch (kind) {
    case ADD:
      for (size_t i = 0; i < count; i++) out[i] = a[i * a_step] + b[i * b_step];
      break;
    case SUB:
      for (size_t i = 0; i < count; i++) out[i] = a[i * a_step] - b[i * b_step];
      break;
    case MUL:
      for (size_t i = 0; i < count; i++) out[i] = a[i * a_step] * b[i * b_step];
      break;
    default:
      for (size_t i = 0; i < count; i++) out[i] = a[i * a_step] / b[i * b_step];
      break;
  }
}

void pith_f32_binary(
    uint32_t kind, const float *a, const float *b, float *output, const uint32_t dims[6], const uint32_t a_strides[6],
    const uint32_t b_strides[6]) {
  pith_walk walk;
  if (!pith_walk_begin(&walk, dims)) return;
  const size_t run = dims[walk.run_axis];
  do {
    binary_run(
        kind, a + pith_walk_offset(&walk, a_strides), a_strides[walk.run_axis],
        b + pith_walk_offset(&walk, b_strides), b_strides[walk.run_axis], output, run);
    output += run;
  } while (pith_walk_next(&walk));
}
