#include "include/pith_float_kernels.h"

extern const pith_float_kernels pith_float_portable_kernels;
#if defined(__x86_64__)
extern const pith_float_kernels pith_float_avx2_kernels, pith_float_avx512_kernels;

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static int has_avx512(void) {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#endif

const pith_float_kernels *pith_float_kernels_for(enum pith_float_set set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int automatic = set == PITH_FLOAT_AUTO;
  if ((automatic || set == PITH_FLOAT_AVX512) && has_avx512()) return &pith_float_avx512_kernels;
  if ((automatic || set == PITH_FLOAT_AVX2) && has_avx2()) return &pith_float_avx2_kernels;
#endif
  return set == PITH_FLOAT_AUTO || set == PITH_FLOAT_PORTABLE ? &pith_float_portable_kernels : 0;
}
