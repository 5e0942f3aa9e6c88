// Walking six axes with strides.
#ifndef PITH_AXES_H
#define PITH_AXES_H

#include "kernel.h"

/// Position on the five outer axes, dims[0] the outermost; the innermost axis longer than one element is the run.
typedef struct pith_walk {
  uint32_t dims[6], index[6], run_axis;
} pith_walk;

/// False where there is nothing to walk.
PITH_INLINE int pith_walk_begin(pith_walk *walk, const uint32_t dims[6]) {
  walk->run_axis = 0;
  for (uint32_t i = 0; i < 6; i++) {
    if (dims[i] == 0) return 0;
    if (dims[i] > 1) walk->run_axis = i;
    walk->dims[i] = dims[i];
    walk->index[i] = 0;
  }
  return 1;
}

/// The next run, or false behind the last.
PITH_INLINE int pith_walk_next(pith_walk *walk) {
  for (uint32_t i = walk->run_axis; i-- > 0;) {
    if (++walk->index[i] < walk->dims[i]) return 1;
    walk->index[i] = 0;
  }
  return 0;
}

PITH_INLINE size_t pith_walk_offset(const pith_walk *walk, const uint32_t strides[6]) {
  size_t offset = 0;
  for (uint32_t i = 0; i < walk->run_axis; i++) offset += (size_t)walk->index[i] * strides[i];
  return offset;
}

#endif
