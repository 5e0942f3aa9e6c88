#include "include/pith_float_kernels.h"

// The header says which C library it is of.
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void pith_keep_freed_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 0x7fffffff);
#endif
}
