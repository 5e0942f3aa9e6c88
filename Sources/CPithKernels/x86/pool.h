// Max and average pools: all channels of a pixel, a vector at a time.
#include "../window.h"

HELPER const uint8_t *pool_start(const pith_pool_args *a, pith_span rows, pith_span columns) {
  return a->input + (ptrdiff_t)(rows.first + rows.begin * a->dilation_h) * a->in_row_stride +
         (ptrdiff_t)(columns.first + columns.begin * a->dilation_w) * a->in_pixel_stride;
}

HELPER vector window_max(const pith_pool_args *a, const uint8_t *start, int32_t height, int32_t width, vector min) {
  const ptrdiff_t row_step = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  vector largest = min;
  for (int32_t ky = 0; ky < height; ky++, start += row_step)
    for (int32_t kx = 0; kx < width; kx++) largest = vector_max(largest, vector_load(start + kx * step));
  return largest;
}

KERNEL void SET(max_pool)(const pith_pool_args *a) {
  const vector min = vector_of_byte(a->out_min), max = vector_of_byte(a->out_max);
  for (int32_t y = a->row_begin; y < a->row_end; y++) {
    const pith_span rows = pith_window_span(y, a->stride_h, a->pad_top, a->kernel_h, a->dilation_h, a->in_height);
    for (int32_t x = 0; x < a->out_width; x++) {
      const pith_span columns = pith_window_span(x, a->stride_w, a->pad_left, a->kernel_w, a->dilation_w, a->in_width);
      const int32_t height = rows.end - rows.begin, width = columns.end - columns.begin;
      const uint8_t *start = pool_start(a, rows, columns);
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      int32_t c = 0;
      for (; c + VECTOR_BYTES <= a->channels; c += VECTOR_BYTES)
        vector_store(out + c, vector_min(window_max(a, start + c, height, width, min), max));
      if (c < a->channels)
        vector_store_some(
            out + c, vector_min(window_max(a, start + c, height, width, min), max), (size_t)(a->channels - c));
    }
  }
}

HELPER lanes window_sum(const pith_pool_args *a, const uint8_t *start, int32_t height, int32_t width) {
  const ptrdiff_t row_step = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  lanes sum = lanes_of(-(height * width * a->in_zero));
  for (int32_t ky = 0; ky < height; ky++, start += row_step)
    for (int32_t kx = 0; kx < width; kx++) sum = lanes_add(sum, lanes_of_bytes(bytes_load(start + kx * step)));
  return sum;
}

KERNEL void SET(average_pool)(const pith_pool_args *a) {
  const reals multiplier = reals_of(a->multiplier);
  const range out_range = range_of(a->out_zero, a->out_min, a->out_max);
  for (int32_t y = a->row_begin; y < a->row_end; y++) {
    const pith_span rows = pith_window_span(y, a->stride_h, a->pad_top, a->kernel_h, a->dilation_h, a->in_height);
    for (int32_t x = 0; x < a->out_width; x++) {
      const pith_span columns = pith_window_span(x, a->stride_w, a->pad_left, a->kernel_w, a->dilation_w, a->in_width);
      const int32_t height = rows.end - rows.begin, width = columns.end - columns.begin;
      const reals count = reals_of((float)pith_pool_count(a, rows, columns));
      const uint8_t *start = pool_start(a, rows, columns);
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      for (int32_t c = 0; c < a->channels; c += 16) {
        const reals mean = reals_div(reals_of_lanes(window_sum(a, start + c, height, width)), count);
        const __m128i bytes = requantize(reals_mul(mean, multiplier), &out_range);
        bytes_store_up_to_16(out + c, bytes, (size_t)(a->channels - c));
      }
    }
  }
}
