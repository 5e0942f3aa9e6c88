// Depthwise convolution, 16 channels at a time. A column is the bytes of up to four rows of the map at one x,
// interleaved by channel, so that one dot product takes four taps of the kernel; each column serves every output whose
// window it lies in. The set defines `column`, column_of_rows, column_of_weights and column_dot.
#include "../scalar/scalar.h"

enum { COLUMNS = 256, COLUMN_WEIGHTS = 128, COLUMN_ROWS = 128 };

/// Rows of the map under one output row; those outside are the padding, again and again.
typedef struct row_set {
  const uint8_t *start[COLUMN_ROWS];
  ptrdiff_t step[COLUMN_ROWS];
} row_set;

/// One block of 16 channels.
typedef struct depthwise_block {
  lanes bias;
  reals multiplier;
  range out;
  size_t channels;
} depthwise_block;

HELPER depthwise_block block_of(const pith_conv_args *a, int32_t channel) {
  const int32_t rest = a->channels - channel;
  float room[16];
  return (depthwise_block){
      lanes_to_columns(lanes_load(a->bias + channel)),
      reals_to_columns(reals_load(pith_multipliers(a, channel, 16, room))),
      range_of(a->out_zero, a->out_min, a->out_max), rest < 16 ? (size_t)rest : 16};
}

HELPER void finish(uint8_t *out, lanes sum, const depthwise_block *b) {
  const __m128i bytes = requantize_columns(reals_mul(reals_of_lanes(sum), b->multiplier), &b->out);
  bytes_store_up_to_16(out, bytes, b->channels);
}

/// Rows behind the kernel's last have weights of zero; they repeat the first.
HELPER void find_rows(
    const pith_conv_args *a, int32_t y, int32_t channel, int32_t count, const uint8_t **start, ptrdiff_t *step) {
  for (int32_t ky = 0; ky < count; ky++) {
    const int32_t row = y * a->stride_h - a->pad_top + (ky < a->kernel_h ? ky : 0) * a->dilation_h;
    const int inside = row >= 0 && row < a->in_height;
    start[ky] = inside ? a->input + (ptrdiff_t)row * a->in_row_stride + channel : a->padding;
    step[ky] = inside ? a->in_pixel_stride : 0;
  }
}

HELPER column load_column(const pith_conv_args *a, const row_set *rows, int32_t first, int32_t x, int height) {
  if (x < 0 || x >= a->in_width) return column_of_rows(a->padding, a->padding, a->padding, a->padding, height);
  const uint8_t *const *start = rows->start + first;
  const ptrdiff_t *step = rows->step + first;
  return column_of_rows(
      start[0] + x * step[0], start[1] + x * step[1], height > 2 ? start[2] + x * step[2] : 0,
      height > 3 ? start[3] + x * step[3] : 0, height);
}

#include "depthwise_3x3.h"

/// Rows of the kernel in a group of four.
HELPER int32_t rows_in_group(const pith_conv_args *a, int32_t group) { return a->kernel_h - 4 * group; }

/// `count` neighbouring outputs from the columns under them.
HELPER void outputs_of_columns(
    const pith_conv_args *a, const column *columns, const column *weights, int32_t groups, const depthwise_block *b,
    uint8_t *out, const int count) {
  lanes sum[4];
  UNROLL
  for (int i = 0; i < count; i++) sum[i] = b->bias;
  for (int32_t kx = 0; kx < a->kernel_w; kx++, columns += a->dilation_w * groups)
    for (int32_t g = 0; g < groups; g++, weights++) {
      // The last group's rows may be few.
      if (rows_in_group(a, g) > 2) {
        UNROLL
        for (int i = 0; i < count; i++)
          sum[i] = column_dot(sum[i], columns[i * a->stride_w * groups + g], weights, 4);
      } else {
        UNROLL
        for (int i = 0; i < count; i++)
          sum[i] = column_dot(sum[i], columns[i * a->stride_w * groups + g], weights, 2);
      }
    }
  UNROLL
  for (int i = 0; i < count; i++) finish(out + (ptrdiff_t)i * a->out_pixel_stride, sum[i], b);
}

/// A row of outputs of any kernel: the columns under a stretch of outputs are interleaved once.
HELPER void row_any(
    const pith_conv_args *a, const row_set *rows, const column *weights, int32_t groups, const depthwise_block *b,
    uint8_t *out) {
  column columns[COLUMNS];
  const int32_t reach = (a->kernel_w - 1) * a->dilation_w + 1;
  const int32_t stretch = (COLUMNS / groups - reach) / a->stride_w + 1;
  for (int32_t x = 0; x < a->out_width; x += stretch) {
    const int32_t count = a->out_width - x < stretch ? a->out_width - x : stretch;
    const int32_t width = (count - 1) * a->stride_w + reach;
    for (int32_t j = 0, at = x * a->stride_w - a->pad_left; j < width; j++, at++)
      for (int32_t g = 0; g < groups; g++)
        columns[j * groups + g] = rows_in_group(a, g) > 2 ? load_column(a, rows, 4 * g, at, 4)
                                                          : load_column(a, rows, 4 * g, at, 2);
    int32_t i = 0;
    for (; i + 4 <= count; i += 4, out += 4 * (ptrdiff_t)a->out_pixel_stride)
      outputs_of_columns(a, columns + i * a->stride_w * groups, weights, groups, b, out, 4);
    for (; i < count; i++, out += a->out_pixel_stride)
      outputs_of_columns(a, columns + i * a->stride_w * groups, weights, groups, b, out, 1);
  }
}

/// Rows at a time, so that the input of one block of channels is still near for the next.
HELPER int32_t rows_in_band(const pith_conv_args *a) {
  const int32_t band = 1 << 17;
  const int64_t row = (int64_t)a->in_row_stride * a->stride_h;
  return row <= 0 || row * 2 > band ? 2 : (int32_t)(band / row);
}

/// Sixteen channels of rows [top, bottom).
static KERNEL __attribute__((noinline)) void band_any(
    const pith_conv_args *a, int32_t top, int32_t bottom, int32_t channel) {
  const int32_t groups = (a->kernel_h + 3) / 4, count = a->kernel_w * groups;
  column weights[COLUMN_WEIGHTS];
  const int8_t *packed = a->weights + (size_t)channel / 16 * (size_t)count * 64;
  for (int32_t i = 0; i < count; i++) weights[i] = column_of_weights(packed + 64 * i);
  const depthwise_block block = block_of(a, channel);
  for (int32_t y = top; y < bottom; y++) {
    row_set rows;
    find_rows(a, y, channel, groups * 4, rows.start, rows.step);
    row_any(a, &rows, weights, groups, &block, a->output + (ptrdiff_t)y * a->out_row_stride + channel);
  }
}

KERNEL void SET(depthwise)(const pith_conv_args *a) {
  const int32_t groups = (a->kernel_h + 3) / 4;
  const int64_t reach = (int64_t)(a->kernel_w - 1) * a->dilation_w + 1;
  if (groups * 4 > COLUMN_ROWS || a->kernel_w * groups > COLUMN_WEIGHTS || reach * groups > COLUMNS) {
    pith_scalar_depthwise(a);
    return;
  }
  const int small = a->kernel_h == 3 && a->kernel_w == 3 && a->dilation_w == 1;
  const int32_t band = rows_in_band(a);
  for (int32_t top = a->row_begin; top < a->row_end; top += band) {
    const int32_t bottom = a->row_end - top < band ? a->row_end : top + band;
    for (int32_t channel = 0; channel < a->channels; channel += 16) {
      if (small && a->stride_w == 1)
        band_3x3_by_1(a, top, bottom, channel);
      else if (small && a->stride_w == 2)
        band_3x3_by_2(a, top, bottom, channel);
      else
        band_any(a, top, bottom, channel);
    }
  }
}
