// What a core can do at most: dot products from register to register, with enough of them under way. Assembly, so that
// no compiler spills, hoists or reorders them.
#include "include/pith_kernels.h"

#if defined(__x86_64__) && defined(__linux__)
#include <time.h>

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum { ROUNDS = 2000 };

#define LOOP(BODY)                                                                                                   \
  "1:\n" BODY "dec %0\n"                                                                                             \
  "jnz 1b\n"
#define YMM_LOW "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7"
#define YMM_HIGH "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

/// The exact step of a CPU without byte dot products: multiply words in pairs, then add. Twelve sums.
static double avx2_rounds(void) {
#define STEP(SUM, PRODUCT) \
  "vpmaddwd %%ymm12, %%ymm13, %%ymm" #PRODUCT "\nvpaddd %%ymm" #PRODUCT ", %%ymm" #SUM ", %%ymm" #SUM "\n"
  long n = ROUNDS;
  __asm__ volatile(LOOP(STEP(0, 14) STEP(1, 15) STEP(2, 14) STEP(3, 15) STEP(4, 14) STEP(5, 15) STEP(6, 14)
                            STEP(7, 15) STEP(8, 14) STEP(9, 15) STEP(10, 14) STEP(11, 15))
                   "vzeroupper\n"
                   : "+r"(n)
                   :
                   : YMM_LOW, YMM_HIGH, "cc");
#undef STEP
  return (double)(12 * 16 * ROUNDS);
}

static double avx_vnni_rounds(void) {
#define STEP(SUM) "%{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm" #SUM "\n"
  long n = ROUNDS;
  __asm__ volatile(LOOP(STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10)
                            STEP(11))
                   "vzeroupper\n"
                   : "+r"(n)
                   :
                   : YMM_LOW, YMM_HIGH, "cc");
#undef STEP
  return (double)(12 * 32 * ROUNDS);
}

static double avx512_rounds(void) {
#define STEP(SUM) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #SUM "\n"
  long n = ROUNDS;
  __asm__ volatile(LOOP(STEP(0) STEP(1) STEP(2) STEP(3) STEP(4) STEP(5) STEP(6) STEP(7) STEP(8) STEP(9) STEP(10)
                            STEP(11))
                   "vzeroupper\n"
                   : "+r"(n)
                   :
                   : YMM_LOW, YMM_HIGH, "cc");
#undef STEP
  return (double)(12 * 64 * ROUNDS);
}

double pith_int8_limit(uint32_t isa, double milliseconds) {
  static double (*const rounds[])(void) = {0, 0, avx2_rounds, avx_vnni_rounds, avx512_rounds};
  if (isa < 2 || isa > 4 || !pith_kernels_for(isa)) return 0;
  double best = 0;
  // The best of many short runs: the limit is what nothing disturbed.
  for (const double start = seconds(); seconds() - start < milliseconds * 1e-3;) {
    const double before = seconds();
    const double done = rounds[isa]();
    const double rate = done / (seconds() - before);
    best = rate > best ? rate : best;
  }
  return best;
}
#else
double pith_int8_limit(uint32_t isa, double milliseconds) {
  (void)isa;
  (void)milliseconds;
  return 0;
}
#endif
