#include "../axes.h"

void pith_u8_copy(
    const uint8_t *input, uint8_t *output, const uint32_t dims[6], const uint32_t in_strides[6],
    const uint32_t out_strides[6], const uint8_t *table) {
  pith_walk walk;
  if (!pith_walk_begin(&walk, dims)) return;
  const size_t run = dims[walk.run_axis];
  const size_t in_step = in_strides[walk.run_axis], out_step = out_strides[walk.run_axis];
  do {
    const uint8_t *from = input + pith_walk_offset(&walk, in_strides);
    uint8_t *to = output + pith_walk_offset(&walk, out_strides);
    if (table)
      for (size_t i = 0; i < run; i++) to[i * out_step] = table[from[i * in_step]];
    else if (in_step == 1 && out_step == 1)
      __builtin_memcpy(to, from, run);
    else
      for (size_t i = 0; i < run; i++) to[i * out_step] = from[i * in_step];
  } while (pith_walk_next(&walk));
}
