// The intrinsics: the compiler's, for functions of one target each, or SIMDe's portable emulation of them in tests.
#ifndef PITH_INTRINSICS_H
#define PITH_INTRINSICS_H

#include "../kernel.h"

#if defined(PITH_EMULATE)
#define PITH_TARGET(features)
#else
#include <immintrin.h>
#define PITH_TARGET(features) __attribute__((target(features)))
#endif

/// The includer defines TARGET, the attribute of its set, and SET(name), the name of a kernel in it.
#define KERNEL TARGET
#define HELPER static inline __attribute__((always_inline)) TARGET
#define UNROLL _Pragma("clang loop unroll(full)")

#endif
