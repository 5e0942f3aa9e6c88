// The sets of kernels that a build holds.
#ifndef PITH_DISPATCH_H
#define PITH_DISPATCH_H

#include "include/pith_kernels.h"

extern const pith_kernels pith_scalar_kernels;
#if defined(__x86_64__)
extern const pith_kernels pith_avx2_kernels;
extern const pith_kernels pith_avx_vnni_kernels;
extern const pith_kernels pith_avx512_kernels;
extern const pith_kernels pith_avx512_vbmi_kernels;
#endif

#endif
