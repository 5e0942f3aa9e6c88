#if defined(__x86_64__)
#define LANES 16
#define VECTORS 4
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#define SET(name) pith_float_avx512_##name
#define SET_NAME "AVX-512"
#include "table.h"
#endif
