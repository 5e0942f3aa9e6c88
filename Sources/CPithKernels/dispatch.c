#include "dispatch.h"

/// Numbers of enum pith_isa, which belongs to the runtime's interface.
enum { AUTO = 0, SCALAR = 1, AVX2 = 2, AVX_VNNI = 3, AVX512_VNNI = 4 };

#if defined(__x86_64__)
#include <cpuid.h>

typedef struct features {
  int avx2, avx_vnni, avx512, vbmi;
} features;

/// Which vector registers the operating system saves: XCR0.
static uint64_t enabled_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

/// Intel SDM volume 2, CPUID. Read at each call: there is no state to keep it in, and it takes under a microsecond.
static features cpu_features(void) {
  features found = {0, 0, 0, 0};
  unsigned a, b, c, d, leaf7_a, leaf7_b, leaf7_c;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return found;
  const unsigned osxsave = 1u << 27, avx = 1u << 28;
  if ((c & (osxsave | avx)) != (osxsave | avx)) return found;
  if (!__get_cpuid_count(7, 0, &leaf7_a, &leaf7_b, &leaf7_c, &d)) return found;
  const uint64_t state = enabled_state();
  const uint64_t ymm = 0x6, zmm = 0xE6;
  if ((state & ymm) != ymm || !(leaf7_b >> 5 & 1)) return found;
  found.avx2 = 1;
  if (leaf7_a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) found.avx_vnni = a >> 4 & 1;
  const unsigned f = 1u << 16, dq = 1u << 17, bw = 1u << 30, vl = 1u << 31;
  const unsigned vbmi = 1u << 1, vnni = 1u << 11;
  if ((state & zmm) == zmm && (leaf7_b & (f | dq | bw | vl)) == (f | dq | bw | vl) && (leaf7_c & vnni)) {
    found.avx512 = 1;
    found.vbmi = (leaf7_c & vbmi) != 0;
  }
  return found;
}

static const pith_kernels *x86_kernels(uint32_t isa) {
  const features cpu = cpu_features();
  const pith_kernels *avx512 = cpu.vbmi ? &pith_avx512_vbmi_kernels : &pith_avx512_kernels;
  switch (isa) {
    case AUTO:
      if (cpu.avx512) return avx512;
      if (cpu.avx_vnni) return &pith_avx_vnni_kernels;
      return cpu.avx2 ? &pith_avx2_kernels : 0;
    case AVX2:
      return cpu.avx2 ? &pith_avx2_kernels : 0;
    case AVX_VNNI:
      return cpu.avx_vnni ? &pith_avx_vnni_kernels : 0;
    case AVX512_VNNI:
      return cpu.avx512 ? avx512 : 0;
    default:
      return 0;
  }
}
#endif

const pith_kernels *pith_kernels_for(uint32_t isa) {
  if (isa == SCALAR) return &pith_scalar_kernels;
  const pith_kernels *found = 0;
#if defined(__x86_64__)
  found = x86_kernels(isa);
#endif
  if (!found && isa == AUTO) found = &pith_scalar_kernels;
  return found;
}

uint32_t pith_kernels_isa(const pith_kernels *set) {
#if defined(__x86_64__)
  if (set == &pith_avx2_kernels) return AVX2;
  if (set == &pith_avx_vnni_kernels) return AVX_VNNI;
  if (set == &pith_avx512_kernels || set == &pith_avx512_vbmi_kernels) return AVX512_VNNI;
#endif
  return SCALAR;
}
