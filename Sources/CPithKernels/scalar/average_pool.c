#include "../window.h"
#include "scalar.h"

void pith_scalar_average_pool(const pith_pool_args *a) {
  for (int32_t y = a->row_begin; y < a->row_end; y++) {
    const pith_span rows = pith_window_span(y, a->stride_h, a->pad_top, a->kernel_h, a->dilation_h, a->in_height);
    for (int32_t x = 0; x < a->out_width; x++) {
      const pith_span columns = pith_window_span(x, a->stride_w, a->pad_left, a->kernel_w, a->dilation_w, a->in_width);
      const float count = (float)pith_pool_count(a, rows, columns);
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      for (int32_t c = 0; c < a->channels; c++) {
        uint32_t sum = 0;
        for (int32_t ky = rows.begin; ky < rows.end; ky++)
          for (int32_t kx = columns.begin; kx < columns.end; kx++)
            sum += (uint32_t)(a->input
                                  [(ptrdiff_t)(rows.first + ky * a->dilation_h) * a->in_row_stride +
                                   (ptrdiff_t)(columns.first + kx * a->dilation_w) * a->in_pixel_stride + c] -
                              a->in_zero);
        const float mean = (float)(int32_t)sum / count;
        out[c] = pith_requantize(mean * a->multiplier, a->out_zero, a->out_min, a->out_max);
      }
    }
  }
}
