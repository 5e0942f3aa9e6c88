// Vectors of LANES floats, by the compiler's vector extension: the same sources serve every instruction set.
//
// The includer defines LANES, VECTORS (the vectors of filters that a convolution's tile is wide), TARGET (a function
// attribute) and SET(name).
#include <stdint.h>
#include <string.h>

#include "include/pith_float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define HELPER static inline __attribute__((always_inline)) TARGET
#define KERNEL static TARGET
#define UNROLL _Pragma("clang loop unroll(full)")

// Sums are fused multiply-adds where the set has them.
#pragma clang fp contract(fast)

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef float unaligned_vec __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(LANES * 4)));
typedef float float_alias __attribute__((may_alias));

HELPER vec load(const float *p) { return *(const unaligned_vec *)p; }
HELPER void store(float *p, vec v) { *(unaligned_vec *)p = v; }
// Subtracting zero changes nothing, so that it compiles to a broadcast.
HELPER vec splat(float x) { return x - (vec){}; }
HELPER vec select_vec(ivec mask, vec a, vec b) { return (vec)(((ivec)a & mask) | ((ivec)b & ~mask)); }

/// All ones in the lanes below `count`, else zero.
HELPER ivec lanes_below(int64_t count) {
  static const int32_t sliding[2 * LANES] = {[0 ... LANES - 1] = -1};
  ivec mask;
  memcpy(&mask, sliding + LANES - count, sizeof mask);
  return mask;
}

/// The first `count` floats, fewer than LANES, zeros after them.
HELPER vec load_part(const float *p, int64_t count) {
#if LANES == 16 && defined(__x86_64__)
  return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#elif LANES == 8 && defined(__x86_64__)
  return (vec)_mm256_maskload_ps(p, (__m256i)lanes_below(count));
#else
  float parts[LANES] = {0};
  for (int64_t i = 0; i < count; i++) parts[i] = p[i];
  return load(parts);
#endif
}

HELPER void store_part(float *p, vec v, int64_t count) {
#if LANES == 16 && defined(__x86_64__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#elif LANES == 8 && defined(__x86_64__)
  _mm256_maskstore_ps(p, (__m256i)lanes_below(count), (__m256)v);
#else
  float parts[LANES];
  store(parts, v);
  for (int64_t i = 0; i < count; i++) p[i] = parts[i];
#endif
}

/// max(x, low), min(x, high), but NaN stays NaN.
HELPER vec clamp_vec(vec x, vec low, vec high) {
  x = select_vec(low > x, low, x);
  return select_vec(high < x, high, x);
}

HELPER float clamp_float(float x, float low, float high) {
  x = low > x ? low : x;
  return high < x ? high : x;
}

#if LANES == 16
#define ROTATED(n) \
  (0 + n) % 16, (1 + n) % 16, (2 + n) % 16, (3 + n) % 16, (4 + n) % 16, (5 + n) % 16, (6 + n) % 16, (7 + n) % 16, \
      (8 + n) % 16, (9 + n) % 16, (10 + n) % 16, (11 + n) % 16, (12 + n) % 16, (13 + n) % 16, (14 + n) % 16, \
      (15 + n) % 16
#define LOW_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#elif LANES == 8
#define ROTATED(n) \
  (0 + n) % 8, (1 + n) % 8, (2 + n) % 8, (3 + n) % 8, (4 + n) % 8, (5 + n) % 8, (6 + n) % 8, (7 + n) % 8
#define LOW_HALVES 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH_HALVES 4, 12, 5, 13, 6, 14, 7, 15
#define EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define ODDS 1, 3, 5, 7, 9, 11, 13, 15
#else
#define ROTATED(n) (0 + n) % 4, (1 + n) % 4, (2 + n) % 4, (3 + n) % 4
#define LOW_HALVES 0, 4, 1, 5
#define HIGH_HALVES 2, 6, 3, 7
#define EVENS 0, 2, 4, 6
#define ODDS 1, 3, 5, 7
#endif

/// The sum of all lanes, by halves.
HELPER float sum_of(vec v) {
#if LANES >= 16
  v += __builtin_shufflevector(v, v, ROTATED(8));
#endif
#if LANES >= 8
  v += __builtin_shufflevector(v, v, ROTATED(4));
#endif
  v += __builtin_shufflevector(v, v, ROTATED(2));
  v += __builtin_shufflevector(v, v, ROTATED(1));
  return v[0];
}

HELPER vec interleave_low(vec a, vec b) { return __builtin_shufflevector(a, b, LOW_HALVES); }
HELPER vec interleave_high(vec a, vec b) { return __builtin_shufflevector(a, b, HIGH_HALVES); }
HELPER vec evens(vec a, vec b) { return __builtin_shufflevector(a, b, EVENS); }
HELPER vec odds(vec a, vec b) { return __builtin_shufflevector(a, b, ODDS); }

/// Transposes LANES × LANES: log2(LANES) perfect shuffles of the rows.
HELPER void transpose_block(vec rows[LANES]) {
  UNROLL for (int round = 1; round < LANES; round *= 2) {
    vec next[LANES];
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = interleave_low(rows[i], rows[i + LANES / 2]);
      next[2 * i + 1] = interleave_high(rows[i], rows[i + LANES / 2]);
    }
    UNROLL for (int i = 0; i < LANES; i++) rows[i] = next[i];
  }
}
