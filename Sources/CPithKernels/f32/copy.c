#include "../axes.h"

void pith_f32_copy(
    const float *input, float *output, const uint32_t dims[6], const uint32_t in_strides[6],
    const uint32_t out_strides[6]) {
  pith_walk walk;
  if (!pith_walk_begin(&walk, dims)) return;
  const size_t run = dims[walk.run_axis];
  const size_t in_step = in_strides[walk.run_axis], out_step = out_strides[walk.run_axis];
  do {
    const float *from = input + pith_walk_offset(&walk, in_strides);
    float *to = output + pith_walk_offset(&walk, out_strides);
    if (in_step == 1 && out_step == 1)
      __builtin_memcpy(to, from, run * sizeof(float));
    else
      for (size_t i = 0; i < run; i++) to[i * out_step] = from[i * in_step];
  } while (pith_walk_next(&walk));
}
