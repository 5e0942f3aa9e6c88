// What the benchmarks of the kernels share: a clock, memory, and layers of random contents.
#ifndef LAYERS_H
#define LAYERS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pith_kernels.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *memory(size_t bytes) {
  void *p = aligned_alloc(64, (bytes + 127) / 64 * 64);
  if (!p) exit(2);
  for (size_t i = 0; i < bytes; i++) ((uint8_t *)p)[i] = (uint8_t)(rand() >> 8);
  return p;
}

typedef struct shape {
  const char *name;
  int height, width, in, out, kernel, stride, depthwise;
} shape;

/// A negative kernel: the rows of a merged first layer, one tap of `in` bytes each.
static pith_conv_args layer_of(shape s) {
  pith_conv_args a = {0};
  const int merged = s.kernel < 0, k = merged ? -s.kernel : s.kernel;
  a.kernel_h = k;
  a.kernel_w = merged ? 1 : k;
  a.in_height = s.height;
  a.in_width = s.width;
  a.in_pixel_stride = merged ? 1 : s.in;
  a.in_row_stride = (s.width + (merged ? 3 : 0)) * a.in_pixel_stride;
  a.stride_h = a.stride_w = s.stride;
  a.dilation_h = a.dilation_w = 1;
  a.pad_top = k / 2;
  a.pad_left = merged ? 0 : k / 2;
  a.tap_bytes = s.in;
  a.channels = s.out;
  a.out_width = (s.width - 1) / s.stride + 1;
  a.out_pixel_stride = s.out;
  a.out_row_stride = a.out_width * s.out;
  a.row_end = (s.height - 1) / s.stride + 1;
  a.out_zero = 10;
  a.out_max = 255;
  const size_t blocks = ((size_t)s.out + 15) / 16;
  const size_t reduction = s.depthwise ? (size_t)k * (size_t)((k + 3) / 4 * 4) : (size_t)(a.kernel_h * a.kernel_w * s.in);
  a.input = memory((size_t)(s.height * a.in_row_stride) + 64);
  a.output = memory((size_t)(a.row_end * a.out_row_stride));
  a.weights = memory(blocks * 16 * reduction);
  int32_t *bias = memory(blocks * 64);
  float *multiplier = memory(blocks * 64);
  for (size_t i = 0; i < blocks * 16; i++) bias[i] = (int32_t)i, multiplier[i] = 1e-4f;
  a.bias = bias;
  a.multiplier = multiplier;
  uint8_t *padding = memory((size_t)(s.in > 64 ? s.in : 64));
  memset(padding, 128, (size_t)(s.in > 64 ? s.in : 64));
  a.padding = padding;
  return a;
}

#endif
