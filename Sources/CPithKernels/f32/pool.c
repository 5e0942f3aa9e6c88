#include "../window.h"

typedef struct cell {
  pith_span rows, columns;
} cell;

PITH_INLINE cell window(const pith_f32_pool_args *a, int32_t y, int32_t x) {
  return (cell){pith_window_span(y, a->stride_h, a->pad_top, a->kernel_h, a->dilation_h, a->in_height),
                pith_window_span(x, a->stride_w, a->pad_left, a->kernel_w, a->dilation_w, a->in_width)};
}

PITH_INLINE const float *window_row(const pith_f32_pool_args *a, const float *plane, cell w, int32_t ky) {
  return plane + (size_t)(w.rows.first + ky * a->dilation_h) * (size_t)a->in_width;
}

void pith_f32_max_pool(const pith_f32_pool_args *a) {
  const float *plane = a->input;
  float *out = a->output;
  for (int32_t c = 0; c < a->channels; c++, plane += (size_t)a->in_height * (size_t)a->in_width)
    for (int32_t y = 0; y < a->out_height; y++)
      for (int32_t x = 0; x < a->out_width; x++) {
        const cell w = window(a, y, x);
        float largest = -__builtin_inff();
        for (int32_t ky = w.rows.begin; ky < w.rows.end; ky++) {
          const float *row = window_row(a, plane, w, ky);
          for (int32_t kx = w.columns.begin; kx < w.columns.end; kx++) {
            const float value = row[w.columns.first + kx * a->dilation_w];
            // A NaN stays.
            largest = largest >= value || largest != largest ? largest : value;
          }
        }
        *out++ = largest;
      }
}

void pith_f32_average_pool(const pith_f32_pool_args *a) {
  const float *plane = a->input;
  float *out = a->output;
  for (int32_t c = 0; c < a->channels; c++, plane += (size_t)a->in_height * (size_t)a->in_width)
    for (int32_t y = 0; y < a->out_height; y++)
      for (int32_t x = 0; x < a->out_width; x++) {
        const cell w = window(a, y, x);
        float sum = 0;
        for (int32_t ky = w.rows.begin; ky < w.rows.end; ky++) {
          const float *row = window_row(a, plane, w, ky);
          for (int32_t kx = w.columns.begin; kx < w.columns.end; kx++)
            sum += row[w.columns.first + kx * a->dilation_w];
        }
        int32_t count = (w.rows.end - w.rows.begin) * (w.columns.end - w.columns.begin);
        if (a->count_padding)
          count = pith_padded_count(w.rows, a->kernel_h, a->dilation_h, a->in_height, a->pad_bottom) *
                  pith_padded_count(w.columns, a->kernel_w, a->dilation_w, a->in_width, a->pad_right);
        *out++ = sum / (float)count;
      }
}
