#include "include/emulated.h"
const pith_kernels *pith_emulated_avx_vnni(void) { return 0; }
const pith_kernels *pith_emulated_avx512(void) { return 0; }
const pith_kernels *pith_emulated_avx512_vbmi(void) { return 0; }
