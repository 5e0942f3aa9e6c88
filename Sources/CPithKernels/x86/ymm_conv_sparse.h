// The block-sparse AVX-VNNI tiles: six pixels by 16 channels.

enum { SPARSE_TILE = 6 };

#include "vnni_conv_sparse.h"

SPARSE_OF(1, 4)
SPARSE_OF(2, 2)
SPARSE_OF(3, 2)
SPARSE_OF(4, 1)
SPARSE_OF(5, 1)
SPARSE_OF(6, 1)

KERNEL void SET(conv_sparse)(const pith_conv_args *a) {
  static const sparse_function functions[SPARSE_TILE] = {sparse_1, sparse_2, sparse_3, sparse_4, sparse_5, sparse_6};
  conv_sparse(a, functions);
}
