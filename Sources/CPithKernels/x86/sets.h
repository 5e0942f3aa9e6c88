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
  extern const pith_kernels OTHER(kernels);

DECLARE_IN(SET)

#endif
