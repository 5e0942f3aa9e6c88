#include "../kernel.h"

/// Adds weight * input to the outputs of one row whose tap lies inside the map.
static void add_row(
    const float *input, float *output, float weight, int32_t in_width, int32_t out_width, int32_t stride,
    int32_t first) {
  int32_t begin = 0, end = out_width;
  while (begin < end && first + begin * stride < 0) begin++;
  while (end > begin && first + (end - 1) * stride >= in_width) end--;
  if (stride == 1)
    for (int32_t x = begin; x < end; x++) output[x] += weight * input[first + x];
  else
    for (int32_t x = begin; x < end; x++) output[x] += weight * input[first + x * stride];
}

/// Each output is the bias and then its products in the order of channel, row, column.
void pith_f32_conv(const pith_f32_conv_args *a) {
  const int32_t in_group = a->channels / a->groups, out_group = a->out_channels / a->groups;
  const size_t in_plane = (size_t)a->in_height * (size_t)a->in_width;
  const float *weights = a->weights;
  float *out = a->output;
  for (int32_t m = 0; m < a->out_channels; m++, weights += (size_t)in_group * (size_t)a->kernel_h * (size_t)a->kernel_w)
    for (int32_t y = 0; y < a->out_height; y++, out += a->out_width) {
      for (int32_t x = 0; x < a->out_width; x++) out[x] = a->bias ? a->bias[m] : 0;
      const float *w = weights, *plane = a->input + (size_t)(m / out_group * in_group) * in_plane;
      for (int32_t c = 0; c < in_group; c++, plane += in_plane)
        for (int32_t ky = 0; ky < a->kernel_h; ky++, w += a->kernel_w) {
          const int32_t row = y * a->stride_h - a->pad_top + ky * a->dilation_h;
          if (row < 0 || row >= a->in_height) continue;
          for (int32_t kx = 0; kx < a->kernel_w; kx++)
            add_row(
                plane + (size_t)row * (size_t)a->in_width, out, w[kx], a->in_width, a->out_width, a->stride_w,
                kx * a->dilation_w - a->pad_left);
        }
    }
}
