// The part of a pooling window that lies inside the map.
#ifndef PITH_WINDOW_H
#define PITH_WINDOW_H

#include "kernel.h"

/// Taps [begin, end) of an axis' window; `first` is the position of tap 0 and may be negative.
typedef struct pith_span {
  int32_t first, begin, end;
} pith_span;

PITH_INLINE pith_span pith_window_span(
    int32_t output, int32_t stride, int32_t pad, int32_t kernel, int32_t dilation, int32_t extent) {
  pith_span span = {output * stride - pad, 0, kernel};
  while (span.begin < span.end && span.first + span.begin * dilation < 0) span.begin++;
  while (span.end > span.begin && span.first + (span.end - 1) * dilation >= extent) span.end--;
  return span;
}

/// Taps inside the map extended by the pad behind it; the pad before it holds every window's start.
PITH_INLINE int32_t pith_padded_count(pith_span span, int32_t kernel, int32_t dilation, int32_t extent, int32_t pad) {
  int32_t count = kernel;
  while (count > 0 && span.first + (count - 1) * dilation >= extent + pad) count--;
  return count;
}

/// What an output of an average pool is divided by.
PITH_INLINE int32_t pith_pool_count(const pith_pool_args *a, pith_span rows, pith_span columns) {
  if (!a->count_padding) return (rows.end - rows.begin) * (columns.end - columns.begin);
  return pith_padded_count(rows, a->kernel_h, a->dilation_h, a->in_height, a->pad_bottom) *
         pith_padded_count(columns, a->kernel_w, a->dilation_w, a->in_width, a->pad_right);
}

#endif
