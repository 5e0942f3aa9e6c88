// Everything there is of one set, and its table.
#include "vector.h"

#include "convolution.h"
#include "filter_gradient.h"

#include "depthwise.h"
#include "elementwise.h"
#include "movement.h"
#include "normalization.h"
#include "packing.h"
#include "pooling.h"
#include "quantization.h"
#include "winograd.h"

const pith_float_kernels SET(kernels) = {
    .name = SET_NAME,
    .lanes = LANES,
    .pack = pack,
    .conv = conv,
    .filter_gradient = filter_gradient,
    .winograd_input = winograd_input,
    .winograd_gradient = winograd_gradient,
    .winograd_output = winograd_output,
    .winograd_weights = winograd_weights,
    .winograd_filter = winograd_filter,
    .transpose = transpose,
    .transpose_padded = transpose_padded,
    .finish = finish,
    .pad = pad,
    .add_rows = add_rows,
    .tap_sums = tap_sums,
    .tap_products = tap_products,
    .unpack = unpack,
    .moments = moments,
    .scale = scale,
    .scale_sums = scale_sums,
    .scale_gradient = scale_gradient,
    .max_pool_2x2 = max_pool_2x2,
    .max_pool_2x2_gradient = max_pool_2x2_gradient,
    .clamp = clamp,
    .clamp_gradient = clamp_gradient,
    .add = add,
    .fake_quantize = fake_quantize,
    .fake_quantize_gradient = fake_quantize_gradient,
};
