// The AVX-VNNI and AVX-512 kernels compiled to portable C through SIMDe, so that every machine can compare them with
// the scalar ones. Null where SIMDe's headers were not there at build time.
#ifndef PITH_EMULATED_H
#define PITH_EMULATED_H

#include "pith_kernels.h"

const pith_kernels *pith_emulated_avx_vnni(void);
const pith_kernels *pith_emulated_avx512(void);
const pith_kernels *pith_emulated_avx512_vbmi(void);

#endif
