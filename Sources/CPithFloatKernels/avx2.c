#if defined(__x86_64__)
#define LANES 8
#define VECTORS 2
#define TARGET __attribute__((target("avx2,fma")))
#define SET(name) pith_float_avx2_##name
#define SET_NAME "AVX2"
#include "table.h"
#endif
