// The AVX2 set. Exact without a byte dot product: 16-bit words and vpmaddwd.
#if defined(__x86_64__)
#include "intrinsics.h"

#define TARGET PITH_TARGET("avx2")
#define SET(kernel) pith_avx2_##kernel

#include "sets.h"

#include "bytes.h"

#include "ymm.h"

#include "avx2_depthwise.h"
#include "depthwise.h"

#include "avx2_conv.h"
#include "avx2_conv_sparse.h"
#include "avx2_project.h"
#include "avx2_winograd.h"
#include "binary.h"
#include "cells.h"
#include "convert.h"
#include "lookup.h"
#include "normalize.h"
#include "pack.h"
#include "pool.h"
#include "softmax.h"

const pith_kernels SET(kernels) = {
    .name = "AVX2",
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
    .winograd = SET(winograd),
};
#endif
