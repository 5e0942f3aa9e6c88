#include "scalar.h"

/// Four bytes of one column: what a block holds of it at one place of K.
PITH_INLINE uint32_t four(const uint8_t *from, ptrdiff_t stride, int32_t count) {
  // A byte of 128 stands for zero.
  uint8_t bytes[4] = {128, 128, 128, 128};
  for (int32_t j = 0; j < count; j++) bytes[j] = from[j * stride];
  uint32_t word;
  __builtin_memcpy(&word, bytes, 4);
  return word ^ 0x80808080u;
}

void pith_scalar_pack(const pith_pack_args *a) {
  const int32_t depth = (a->depth + 3) & ~3, columns = (a->columns + 15) & ~15;
  for (int32_t c = 0; c < columns; c += 16) {
    uint32_t sums[16] = {0};
    const int32_t lanes = a->columns - c < 16 ? a->columns - c : 16;
    int8_t *out = a->weights + (ptrdiff_t)c * depth;
    for (int32_t k = 0; k < depth; k += 4, out += 64) {
      const int32_t left = a->depth - k < 4 ? a->depth - k : 4;
      const uint8_t *from = a->input + (ptrdiff_t)k * a->k_stride + (ptrdiff_t)c * a->column_stride;
      uint32_t words[16] = {0};
      if (a->k_stride == 1 && left == 4) {
        for (int32_t lane = 0; lane < lanes; lane++) {
          __builtin_memcpy(&words[lane], from + (ptrdiff_t)lane * a->column_stride, 4);
          words[lane] ^= 0x80808080u;
        }
      } else {
        for (int32_t lane = 0; lane < lanes; lane++)
          words[lane] = four(from + (ptrdiff_t)lane * a->column_stride, a->k_stride, left);
      }
      __builtin_memcpy(out, words, 64);
      for (int32_t lane = 0; lane < 16; lane++)
        for (int32_t j = 0; j < 4; j++) sums[lane] += (uint32_t)(int32_t)out[4 * lane + j];
    }
    for (int32_t lane = 0; lane < 16; lane++) a->bias[c + lane] = (int32_t)(0u - (uint32_t)a->a_zero * sums[lane]);
  }
}
