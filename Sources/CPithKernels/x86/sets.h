// The kernels of a set, SET(name), and those of another that it takes over.
#ifndef PITH_SETS_H
#define PITH_SETS_H

#include "../dispatch.h"
#include "../scalar/scalar.h"

#define DECLARE_IN(OTHER)                                                           \
  void OTHER(conv)(const pith_conv_args *);                                         \
  void OTHER(conv_sparse)(const pith_conv_args *);                                  \
  void OTHER(depthwise)(const pith_conv_args *);                                    \
  void OTHER(max_pool)(const pith_pool_args *);                                     \
  void OTHER(average_pool)(const pith_pool_args *);                                 \
  void OTHER(add)(const pith_binary_args *);                                        \
  void OTHER(multiply)(const pith_binary_args *);                                   \
  void OTHER(lookup)(const uint8_t *, uint8_t *, size_t, const uint8_t *);          \
  void OTHER(quantize)(const pith_convert_args *);                                  \
  void OTHER(dequantize)(const pith_convert_args *);                                \
  void OTHER(softmax)(const pith_softmax_args *);                                   \
  void OTHER(project)(const pith_project_args *);                                   \
  void OTHER(cell_rnn)(const pith_cell_args *);                                     \
  void OTHER(cell_gru)(const pith_cell_args *);                                     \
  void OTHER(cell_gru_reset)(const pith_cell_args *);                               \
  void OTHER(cell_gru_rest)(const pith_cell_args *);                                \
  void OTHER(cell_lstm)(const pith_cell_args *);                                    \
  void OTHER(layer_norm)(const pith_layer_norm_args *);                             \
  void OTHER(pack)(const pith_pack_args *);                                         \
  void OTHER(winograd)(const pith_winograd_args *);                                 \
  extern const pith_kernels OTHER(kernels);

DECLARE_IN(SET)

#endif
