// What a core can do at most: dot products from register to register, with enough of them under way, and loads. Assembly,
// so that no compiler spills, hoists or reorders them.
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

/// Loads `bytes`, a multiple of 512.
static void load_ymm(const uint8_t *from, size_t bytes) {
#define LOAD(N) "vmovdqu " #N "*32(%0), %%ymm" #N "\n"
  const uint8_t *end = from + bytes;
  __asm__ volatile("1:\n" LOAD(0) LOAD(1) LOAD(2) LOAD(3) LOAD(4) LOAD(5) LOAD(6) LOAD(7) LOAD(8) LOAD(9) LOAD(10)
                       LOAD(11) LOAD(12) LOAD(13) LOAD(14) LOAD(15)
                   "add $512, %0\ncmp %1, %0\njb 1b\nvzeroupper\n"
                   : "+r"(from)
                   : "r"(end)
                   : YMM_LOW, YMM_HIGH, "cc", "memory");
#undef LOAD
}

static void load_zmm(const uint8_t *from, size_t bytes) {
#define LOAD(N) "vmovdqu64 " #N "*64(%0), %%zmm" #N "\n"
  const uint8_t *end = from + bytes;
  __asm__ volatile("1:\n" LOAD(0) LOAD(1) LOAD(2) LOAD(3) LOAD(4) LOAD(5) LOAD(6) LOAD(7)
                   "add $512, %0\ncmp %1, %0\njb 1b\nvzeroupper\n"
                   : "+r"(from)
                   : "r"(end)
                   : YMM_LOW, "cc", "memory");
#undef LOAD
}

double pith_load_limit(uint32_t isa, const void *memory, size_t bytes, double milliseconds) {
  bytes = bytes / 512 * 512;
  if (isa < 2 || isa > 4 || bytes == 0 || !pith_kernels_for(isa)) return 0;
  void (*const load)(const uint8_t *, size_t) = isa == 4 ? load_zmm : load_ymm;
  // Enough rounds that the clock does not count.
  const size_t rounds = bytes < 1 << 18 ? (1 << 18) / bytes : 1;
  double best = 0;
  load(memory, bytes);
  for (const double start = seconds(); seconds() - start < milliseconds * 1e-3;) {
    const double before = seconds();
    for (size_t i = 0; i < rounds; i++) load(memory, bytes);
    const double rate = (double)(rounds * bytes) / (seconds() - before);
    best = rate > best ? rate : best;
  }
  return best;
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
double pith_load_limit(uint32_t isa, const void *memory, size_t bytes, double milliseconds) {
  (void)isa;
  (void)memory;
  (void)bytes;
  (void)milliseconds;
  return 0;
}

double pith_int8_limit(uint32_t isa, double milliseconds) {
  (void)isa;
  (void)milliseconds;
  return 0;
}
#endif
