#include "scalar.h"

PITH_INLINE uint32_t bounded(uint32_t index, int32_t size) {
  return index < (uint32_t)size ? index : (uint32_t)size - 1;
}

void pith_resize(const pith_resize_args *a) {
  for (int32_t y = 0; y < a->out_height; y++) {
    const pith_resize_tap row = a->rows[y];
    const uint8_t *upper = a->input + (ptrdiff_t)bounded(row.first, a->in_height) * a->in_row_stride;
    const uint8_t *lower = a->input + (ptrdiff_t)bounded(row.second, a->in_height) * a->in_row_stride;
    for (int32_t x = 0; x < a->out_width; x++) {
      const pith_resize_tap column = a->columns[x];
      const ptrdiff_t left = (ptrdiff_t)bounded(column.first, a->in_width) * a->in_pixel_stride;
      const ptrdiff_t right = (ptrdiff_t)bounded(column.second, a->in_width) * a->in_pixel_stride;
      uint8_t *out = a->output + (ptrdiff_t)y * a->out_row_stride + (ptrdiff_t)x * a->out_pixel_stride;
      const float wx = column.weight, wy = row.weight, vx = 1.0f - wx, vy = 1.0f - wy;
      for (int32_t c = 0; c < a->channels; c++) {
        const float top = (float)(upper[left + c] - a->in_zero) * vx + (float)(upper[right + c] - a->in_zero) * wx;
        const float bottom = (float)(lower[left + c] - a->in_zero) * vx + (float)(lower[right + c] - a->in_zero) * wx;
        out[c] = pith_requantize((top * vy + bottom * wy) * a->multiplier, a->out_zero, 0, 255);
      }
    }
  }
}

void pith_embed(
    const float *indices, size_t count, const uint8_t *table, size_t table_rows, size_t table_stride, uint8_t *output,
    size_t out_stride, size_t bytes) {
  const float last = (float)(table_rows - 1);
  for (size_t i = 0; i < count; i++) {
    float index = indices[i];
    index = index < 0 ? index + (float)table_rows : index;
    // NaN becomes the first row.
    index = index > 0 ? index : 0;
    size_t row = index < last ? (size_t)index : table_rows - 1;
    if (row >= table_rows) row = table_rows - 1;
    __builtin_memcpy(output + i * out_stride, table + row * table_stride, bytes);
  }
}
