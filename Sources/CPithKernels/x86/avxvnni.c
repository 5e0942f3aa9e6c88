// The AVX-VNNI set: 256-bit byte dot products.
#if defined(__x86_64__) || defined(PITH_EMULATE)
#include "intrinsics.h"

#define TARGET PITH_TARGET("avx2,avxvnni")
#if defined(PITH_EMULATE)
#define SET(kernel) pith_emulated_avx_vnni_##kernel
#else
#define SET(kernel) pith_avx_vnni_##kernel
#endif

#include "sets.h"

#include "bytes.h"

#include "ymm.h"

#include "ymm_depthwise.h"
#include "depthwise.h"

#include "binary.h"
#include "cells.h"
#include "convert.h"
#include "lookup.h"
#include "normalize.h"
#include "pack.h"
#include "pool.h"
#include "softmax.h"
#include "ymm_conv.h"

enum { PROJECT_BLOCKS = 4, PROJECT_ROWS = 2 };
#include "project.h"
#include "ymm_conv_sparse.h"

const pith_kernels SET(kernels) = {
    .name = "AVX-VNNI",
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
