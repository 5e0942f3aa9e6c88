// The AVX-512 set: 512-bit byte dot products. avx512vbmi.c replaces what VBMI does better.
#if defined(__x86_64__) || defined(PITH_EMULATE)
#include "intrinsics.h"

#define TARGET PITH_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")
#if defined(PITH_EMULATE)
#define SET(kernel) pith_emulated_avx512_##kernel
#else
#define SET(kernel) pith_avx512_##kernel
#endif

#include "sets.h"

#include "bytes.h"

#include "zmm.h"

#include "zmm_depthwise.h"
#include "depthwise.h"

#include "binary.h"
#include "cells.h"
#include "convert.h"
#include "lookup.h"
#include "normalize.h"
#include "pack.h"
#include "pool.h"
#include "softmax.h"
#include "zmm_conv.h"

enum { PROJECT_BLOCKS = 8, PROJECT_ROWS = 4 };
#include "project.h"
#include "zmm_conv_sparse.h"

const pith_kernels SET(kernels) = {
    .name = "AVX-512-VNNI",
    .conv = SET(conv),
    .conv_sparse = SET(conv_sparse),
    .depthwise = SET(depthwise),
    .max_pool = SET(max_pool),
    .average_pool = SET(average_pool),
    .add = SET(add),
    .multiply = SET(multiply),
    .lookup = SET(lookup),
    .quantize = SET(quantize),
    .dequantize = SET(dequantize),
    .softmax = SET(softmax),
    .project = SET(project),
    .cell = {SET(cell_rnn), SET(cell_gru), SET(cell_gru_reset), SET(cell_lstm)},
    .cell_rest = SET(cell_gru_rest),
    .layer_norm = SET(layer_norm),
    .pack = SET(pack),
};
#endif
