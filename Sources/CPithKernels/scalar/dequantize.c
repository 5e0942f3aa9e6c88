#include "scalar.h"

void pith_scalar_dequantize(const pith_convert_args *a) {
  for (int32_t y = 0; y < a->height; y++)
    for (int32_t x = 0; x < a->width; x++) {
      float *real = a->real + y * a->f_row + x * a->f_column;
      const uint8_t *bytes = a->bytes + (ptrdiff_t)y * a->row_stride + (ptrdiff_t)x * a->pixel_stride;
      for (int32_t c = 0; c < a->channels; c++) real[c * a->f_channel] = (float)(bytes[c] - a->zero) * a->scale;
    }
}
