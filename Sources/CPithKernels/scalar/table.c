#include "scalar.h"
#include "../dispatch.h"

const pith_kernels pith_scalar_kernels = {
    .name = "scalar",
    .conv = pith_scalar_conv,
    .conv_sparse = pith_scalar_conv_sparse,
    .depthwise = pith_scalar_depthwise,
    .max_pool = pith_scalar_max_pool,
    .average_pool = pith_scalar_average_pool,
    .add = pith_scalar_add,
    .multiply = pith_scalar_multiply,
    .lookup = pith_scalar_lookup,
    .quantize = pith_scalar_quantize,
    .dequantize = pith_scalar_dequantize,
    .softmax = pith_scalar_softmax,
    .project = pith_scalar_project,
    .cell = {pith_scalar_cell_rnn, pith_scalar_cell_gru, pith_scalar_cell_gru_reset, pith_scalar_cell_lstm},
    .cell_rest = pith_scalar_cell_gru_rest,
    .layer_norm = pith_scalar_layer_norm,
    .pack = pith_scalar_pack,
};
