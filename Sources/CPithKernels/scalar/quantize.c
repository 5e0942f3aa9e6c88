#include "scalar.h"

void pith_scalar_quantize(const pith_convert_args *a) {
  for (int32_t y = 0; y < a->height; y++)
    for (int32_t x = 0; x < a->width; x++) {
      const float *real = a->real + y * a->f_row + x * a->f_column;
      uint8_t *bytes = a->bytes + (ptrdiff_t)y * a->row_stride + (ptrdiff_t)x * a->pixel_stride;
      for (int32_t c = 0; c < a->channels; c++)
        bytes[c] = pith_requantize(real[c * a->f_channel] / a->scale, a->zero, 0, 255);
      for (int32_t c = a->channels; c < a->padded_channels; c++) bytes[c] = (uint8_t)a->zero;
    }
}
