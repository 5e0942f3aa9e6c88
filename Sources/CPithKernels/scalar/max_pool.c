#include "../window.h"
#include "scalar.h"

void pith_scalar_max_pool(const pith_pool_args *a) {
  for (int32_t y = a->row_begin; y < a->row_end; y++) {
    const pith_span rows = pith_window_span(y, a->stride_h, a->pad_top, a->kernel_h, a->dilation_h, a->in_height);
    for (int32_t x = 0; x < a->out_width; x++) {
      const pith_span columns = pith_window_span(x, a->stride_w, a->pad_left, a->kernel_w, a->dilation_w, a->in_width);
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      for (int32_t c = 0; c < a->channels; c++) {
        int32_t largest = a->out_min;
        for (int32_t ky = rows.begin; ky < rows.end; ky++)
          for (int32_t kx = columns.begin; kx < columns.end; kx++) {
            const int32_t byte = a->input
                [(ptrdiff_t)(rows.first + ky * a->dilation_h) * a->in_row_stride +
                 (ptrdiff_t)(columns.first + kx * a->dilation_w) * a->in_pixel_stride + c];
            if (byte > largest) largest = byte;
          }
        out[c] = (uint8_t)(largest < a->out_max ? largest : a->out_max);
      }
    }
  }
}
