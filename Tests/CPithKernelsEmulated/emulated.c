#include "include/emulated.h"

#if __has_include(<simde/x86/avx512.h>)
extern const pith_kernels pith_emulated_avx_vnni_kernels;
extern const pith_kernels pith_emulated_avx512_kernels;
extern const pith_kernels pith_emulated_avx512_vbmi_kernels;

const pith_kernels *pith_emulated_avx_vnni(void) { return &pith_emulated_avx_vnni_kernels; }
const pith_kernels *pith_emulated_avx512(void) { return &pith_emulated_avx512_kernels; }
const pith_kernels *pith_emulated_avx512_vbmi(void) { return &pith_emulated_avx512_vbmi_kernels; }
#else
const pith_kernels *pith_emulated_avx_vnni(void) { return 0; }
const pith_kernels *pith_emulated_avx512(void) { return 0; }
const pith_kernels *pith_emulated_avx512_vbmi(void) { return 0; }
#endif
