#if __has_include(<simde/x86/avx512.h>)
#define PITH_EMULATE 1
#include "simde.h"

#include "../../Sources/CPithKernels/x86/avx512vbmi.c"
#endif
