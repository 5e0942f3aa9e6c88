// fp32 micro-kernels of the training engine, behind one table per instruction set.
//
// They compute on one thread and allocate nothing; the engine cuts the work up and lends the memory. Tensors are NCHW.
// A result depends on the set (how many lanes are summed at once), never on the number of threads.
#ifndef PITH_FLOAT_KERNELS_H
#define PITH_FLOAT_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Which table to take: the best that the CPU runs, or one by name.
enum pith_float_set {
  PITH_FLOAT_AUTO = 0,
  PITH_FLOAT_PORTABLE = 1,
  PITH_FLOAT_AVX2 = 2,
  PITH_FLOAT_AVX512 = 3,
};

/// A convolution as a list of pixels and a list of taps:
///
///     output[pixel][filter] = Σ over taps: x[pixels[pixel] + taps[tap]] · weights[tap][filter]
///
/// Strides, dilations and the phases of an input gradient are all in the lists, so that one loop serves every geometry
/// without im2col (Dukhan, "The Indirect Convolution Algorithm", 2019).
typedef struct pith_float_conv {
  const float *x;
  /// Where each pixel's window begins in `x`.
  const int32_t *pixels;
  /// Which row of `output` each pixel is.
  const int32_t *rows;
  int64_t pixel_count;
  /// Where each tap is, from the beginning of the window.
  const int32_t *taps;
  int64_t tap_count;
  /// From `pack`, for all filters.
  const float *weights;
  int64_t filter_count;
  /// `[row][pitch]`
  float *output;
  int64_t pitch;
} pith_float_conv;

/// The gradient of a convolution's weights:
///
///     sums[tap][filter] += Σ over pixels: x[pixels[pixel] + taps[tap]] · gradient[pixel][filter]
typedef struct pith_float_filter_gradient {
  const float *x;
  const int32_t *pixels;
  int64_t pixel_count;
  const int32_t *taps;
  int64_t tap_count;
  /// `[pixel][pitch]`
  const float *gradient;
  int64_t filter_count;
  /// `[tap][pitch]`
  float *sums;
  int64_t pitch;
} pith_float_filter_gradient;

/// A map and the tiles of 4 × 4 outputs that Winograd's transforms make of it.
typedef struct pith_float_winograd {
  /// `[rows][columns][pitch]`
  float *pixels;
  int32_t rows, columns;
  /// At most 4096.
  int64_t pitch;
  /// Rows and columns of zeros before the map.
  int32_t top, left;
  int32_t tile_rows, tile_columns;
  /// 36 of `[tile][pitch]`, `plane` floats apart.
  float *transformed;
  int64_t plane;
} pith_float_winograd;

/// What batch norm does to a channel: y = clamp((x − mean) · factor + shift).
typedef struct pith_float_line {
  float mean, factor, shift, low, high;
} pith_float_line;

typedef struct pith_float_kernels {
  const char *name;
  /// Floats of a vector. Pitches of `[pixel][filter]` matrices are multiples of it.
  int32_t lanes;

  /// Packs weights for `conv`: tap t of filter f is `source[f · filter_stride + order[t]]`. `packed` has room for
  /// tap_count · (filter_count rounded up to lanes) floats.
  void (*pack)(
      const float *source, int64_t filter_count, int64_t filter_stride, const int32_t *order, int64_t tap_count,
      float *packed);
  void (*conv)(const pith_float_conv *arguments);
  void (*filter_gradient)(const pith_float_filter_gradient *arguments);

  /// F(4 × 4, 3 × 3): patches of 6 × 6 inputs, and of 4 × 4 gradients of outputs, to tiles; tiles to outputs.
  void (*winograd_input)(const pith_float_winograd *arguments);
  void (*winograd_gradient)(const pith_float_winograd *arguments);
  void (*winograd_output)(const pith_float_winograd *arguments);
  /// Weights from `pack`, 9 taps for each source, to 36 packed matrices of source_count taps, one after another.
  void (*winograd_weights)(
      const float *packed, int64_t source_count, int64_t target_count, float *transformed);
  /// `[36][source][pitch]` sums of `filter_gradient` to `[source][9][pitch]`.
  void (*winograd_filter)(const float *sums, int64_t source_count, int64_t pitch, float *taps);

  /// target[column][row] = source[row][column].
  void (*transpose)(
      const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch);
  /// The same with zeros for the rows that are missing to a multiple of `lanes`.
  void (*transpose_padded)(
      const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch);
  /// target[column][row] = clamp(source[row][column] + bias[column]); bias may be null.
  void (*finish)(
      const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch,
      const float *bias, float low, float high);
  /// Copies a plane into the middle of a larger one and zeroes what is around it.
  void (*pad)(
      const float *source, int64_t rows, int64_t columns, float *target, int64_t target_rows, int64_t target_pitch,
      int64_t top, int64_t left);
  /// sums[column] += Σ over rows of source[row][column].
  void (*add_rows)(const float *source, int64_t rows, int64_t columns, int64_t pitch, float *sums);

  /// y[i] = Σ over taps: weights[tap] · x[i + offsets[tap]], for i below span rounded up to lanes: so much must be there.
  void (*tap_sums)(
      const float *x, const int32_t *offsets, const float *weights, int64_t tap_count, int64_t span, float *y);
  /// result[tap] += Σ over i below span: x[i + offsets[tap]] · gradient[i].
  void (*tap_products)(
      const float *x, const int32_t *offsets, int64_t tap_count, const float *gradient, int64_t span, float *result);
  /// target[row][column], rows end to end, = clamp(source[row · pitch + column] + bias). `lanes` floats after the last
  /// of the source may be read.
  void (*unpack)(
      const float *source, int64_t pitch, int64_t rows, int64_t columns, float bias, float low, float high,
      float *target);

  /// The sum of some values, and of their squared distances from their mean.
  void (*moments)(const float *x, int64_t count, double *sum, double *squares);
  /// y = clamp((x − mean) · factor + shift). x and y may be the same.
  void (*scale)(const float *x, int64_t count, const pith_float_line *line, float *y);
  /// With g the gradient of y before the clamp (zero where it clamped): Σ g, and Σ g · (x − mean).
  void (*scale_sums)(
      const float *x, const float *gradient, int64_t count, const pith_float_line *line, double *sum, double *product);
  /// result = slope · g + per_x · (x − mean) + all, with g as above. gradient and result may be the same.
  void (*scale_gradient)(
      const float *x, const float *gradient, int64_t count, const pith_float_line *line, float slope, float per_x,
      float all, float *result);

  /// Max pooling of 2 × 2 at stride 2 without padding; `winners` gets 0 to 3, the first of the largest. Odd last rows
  /// and columns of the input are left out.
  void (*max_pool_2x2)(
      const float *x, int64_t columns, int64_t output_rows, int64_t output_columns, float *y, uint8_t *winners);
  /// Writes every element of the input's gradient, `rows` × `columns`.
  void (*max_pool_2x2_gradient)(
      const float *gradient, const uint8_t *winners, int64_t output_rows, int64_t output_columns, float *result,
      int64_t rows, int64_t columns);

  /// result = gradient where low < y < high, else 0. gradient and result may be the same.
  void (*clamp_gradient)(
      const float *y, const float *gradient, int64_t count, float low, float high, float *result);
  /// y = clamp(x).
  void (*clamp)(const float *x, int64_t count, float low, float high, float *y);
  /// y = clamp(y + x).
  void (*add)(const float *x, int64_t count, float low, float high, float *y);

  /// y = round(clamp(x / scale, low, high)) · scale, halves to even; low and high are integers below 2^22. The same bits
  /// from every set.
  void (*fake_quantize)(const float *x, int64_t count, float scale, float low, float high, float *y);
  /// Σ gradient · ∂y/∂scale of the above, which is round(v) − v with v = x / scale, and the clamped level where v was
  /// clamped. result, which may be null, gets the gradient where it was not, else 0.
  double (*fake_quantize_gradient)(
      const float *x, const float *gradient, int64_t count, float scale, float low, float high, float *result);
} pith_float_kernels;

/// The kernels of an instruction set; null where this CPU has not got it.
const pith_float_kernels *pith_float_kernels_for(enum pith_float_set set);

/// From now on the process keeps large blocks that are freed instead of giving their pages back, where the C library can
/// be told so.
void pith_keep_freed_memory(void);

#ifdef __cplusplus
}
#endif

#endif
