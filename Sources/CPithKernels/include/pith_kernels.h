// The integer micro-kernels behind one table of function pointers. scalar.c is the oracle: every other set gives the
// same bytes. Nothing here allocates, keeps state or calls libm.
//
// Requantization, for every kernel: y = clamp(roundHalfEven(Float(acc) * m) + zero). As the clamp's bounds are
// integers it may be done before rounding: f = max(f, min - zero) (NaN gives the bound), f = min(f, max - zero),
// round, add zero. One int-to-float conversion, one multiply, one rounding: no FMA, no reassociation.
#ifndef PITH_KERNELS_H
#define PITH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Convolution and depthwise convolution of output rows [row_begin, row_end) of one image.
///
/// The map is [height][width] pixels, pixel_stride bytes apart, rows row_stride bytes apart. A tap (ky, kx) of
/// output (y, x) reads `tap_bytes` bytes at pixel (y * stride_h - pad_top + ky * dilation_h,
/// x * stride_w - pad_left + kx * dilation_w), or at `padding` where that pixel is outside the map.
///
/// Weights of a convolution: [channels / 16, rounded up][K / 4][16][4] with K = (ky * kernel_w + kx) * tap_bytes + c.
/// Weights of a depthwise convolution: [channels / 16, rounded up][K / 4][16][4] with
/// K = kx * round4(kernel_h) + ky, zero where ky >= kernel_h.
/// Weights, bias and multiplier are there, zero, for channels up to the multiple of 16; the bias holds
/// -input_zero * Σw already (so taps outside the map must read the zero point: `padding`).
/// Exactly `channels` bytes a pixel are written, at output. Vector loads may read up to 64 bytes past the input's end.
///
/// A block-sparse convolution has of those weights only some blocks [16][4], one after another, and `kept` tells which:
/// for every 16 channels their count, then their positions in K / 4, increasing. The others are zero.
typedef struct pith_conv_args {
  const uint8_t *input;
  uint8_t *output;
  const int8_t *weights;
  const int32_t *bias;
  const float *multiplier;
  /// At least max(tap_bytes, 16) bytes (depthwise: 16 are enough), all the input's zero point; may be null where no tap
  /// falls outside.
  const uint8_t *padding;
  int32_t in_height, in_width;
  int32_t in_row_stride, in_pixel_stride;
  int32_t out_width;
  int32_t out_row_stride, out_pixel_stride;
  int32_t kernel_h, kernel_w;
  int32_t stride_h, stride_w;
  int32_t dilation_h, dilation_w;
  int32_t pad_top, pad_left;
  int32_t tap_bytes;  // multiple of 4; unused by depthwise
  int32_t channels;   // output bytes a pixel, a multiple of 4
  int32_t out_zero, out_min, out_max;
  int32_t row_begin, row_end;
  const uint16_t *kept;  // block-sparse only
} pith_conv_args;

/// Max and average pool of output rows [row_begin, row_end). Max: the largest byte of the window's pixels inside the
/// map, clamped to out_min..out_max (scales agree). Average: acc = Σ (q - in_zero) over the pixels inside;
/// f = (Float(acc) / Float(count)) * multiplier, count = pixels inside, or where count_padding is set all those
/// inside the map extended by its pads; then the requantization above from f.
typedef struct pith_pool_args {
  const uint8_t *input;
  uint8_t *output;
  int32_t in_height, in_width;
  int32_t in_row_stride, in_pixel_stride;
  int32_t out_width;
  int32_t out_row_stride, out_pixel_stride;
  int32_t kernel_h, kernel_w;
  int32_t stride_h, stride_w;
  int32_t dilation_h, dilation_w;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  int32_t channels;  // bytes a pixel, a multiple of 4
  int32_t count_padding;
  int32_t in_zero;
  float multiplier;
  int32_t out_zero, out_min, out_max;
  int32_t row_begin, row_end;
} pith_pool_args;

/// `rows` runs of `count` bytes, each operand's runs its own stride apart (0 repeats one run). The output may be the
/// same memory as a or b where their strides agree.
/// Add: f = Float(a - a_zero) * a_multiplier + Float(b - b_zero) * b_multiplier: each product rounded, then the sum.
/// Multiply: f = Float((a - a_zero) * (b - b_zero)) * a_multiplier. Then the requantization above from f.
typedef struct pith_binary_args {
  const uint8_t *a, *b;
  uint8_t *output;
  size_t rows, count;
  size_t a_stride, b_stride, out_stride;
  int32_t a_zero, b_zero, out_zero, out_min, out_max;
  float a_multiplier, b_multiplier;
} pith_binary_args;

/// Between floats, read at (y * f_row + x * f_column + c * f_channel) elements, and bytes, at (y * row_stride +
/// x * pixel_stride + c). Quantize: q = clamp(roundHalfEven(x / scale) + zero, 0, 255) by IEEE division, NaN gives
/// the smallest; bytes from `channels` up to `padded_channels` become the zero point. Dequantize:
/// x = Float(q - zero) * scale.
typedef struct pith_convert_args {
  float *real;
  uint8_t *bytes;
  int32_t height, width, channels, padded_channels;
  ptrdiff_t f_row, f_column, f_channel;
  int32_t row_stride, pixel_stride;
  float scale;
  int32_t zero;
} pith_convert_args;

/// Softmax of `rows` runs of `count` bytes (pixels `stride` bytes apart): e[i] = table[max - q[i]], total = Σ e in
/// uint64_t, f = (Float(e) / Float(total)) * multiplier, then the requantization above. table[d] =
/// round(exp(-d * scale) * 2^24), computed by the toolchain in Double.
typedef struct pith_softmax_args {
  const uint8_t *input;
  uint8_t *output;
  const uint32_t *table;
  int32_t rows, count, in_stride, out_stride;
  float multiplier;
  int32_t out_zero, out_min, out_max;
} pith_softmax_args;

typedef struct pith_kernels {
  const char *name;
  void (*conv)(const pith_conv_args *);
  void (*conv_sparse)(const pith_conv_args *);
  void (*depthwise)(const pith_conv_args *);
  void (*max_pool)(const pith_pool_args *);
  void (*average_pool)(const pith_pool_args *);
  void (*add)(const pith_binary_args *);
  void (*multiply)(const pith_binary_args *);
  void (*lookup)(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table);
  void (*quantize)(const pith_convert_args *);
  void (*dequantize)(const pith_convert_args *);
  void (*softmax)(const pith_softmax_args *);
} pith_kernels;

/// The kernels of an `enum pith_isa` (1 scalar, 2 AVX2, 3 AVX-VNNI, 4 AVX-512-VNNI), or null where this build or CPU
/// lacks them. 0 asks for the best.
const pith_kernels *pith_kernels_for(uint32_t isa);

/// int8 multiply-adds per second this core reaches register to register with `isa`'s own dot-product instruction,
/// for the share of the limit; runs for about `milliseconds`. 0 where unavailable. Host builds only.
double pith_int8_limit(uint32_t isa, double milliseconds);

// The fp32 fallbacks: plain C, the same on every target, in a fixed order of IEEE operations.

typedef struct pith_f32_conv_args {
  const float *input, *weights, *bias;  // [C][H][W], [M][C/groups][kh][kw], [M] or null
  float *output;                        // [M][OH][OW]
  int32_t channels, in_height, in_width, out_channels, out_height, out_width, groups;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_top, pad_left;
} pith_f32_conv_args;
void pith_f32_conv(const pith_f32_conv_args *);

typedef struct pith_f32_pool_args {
  const float *input;
  float *output;
  int32_t channels, in_height, in_width, out_height, out_width;
  int32_t kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_left, pad_bottom, pad_right, count_padding;
} pith_f32_pool_args;
void pith_f32_max_pool(const pith_f32_pool_args *);
void pith_f32_average_pool(const pith_f32_pool_args *);

typedef struct pith_f32_matmul_args {
  const float *a, *b, *bias;  // bias may be null
  float *output;              // dense [batch][rows][columns]
  uint32_t batch, rows, inner, columns;
  uint32_t a_batch, a_row, a_inner, b_batch, b_inner, b_column, c_row, c_column;
  float alpha, beta;
} pith_f32_matmul_args;
void pith_f32_matmul(const pith_f32_matmul_args *);

/// kind: enum pith_binary_kind. Strides in elements, 0 repeats; the output is dense.
void pith_f32_binary(
    uint32_t kind, const float *a, const float *b, float *output, const uint32_t dims[6], const uint32_t a_strides[6],
    const uint32_t b_strides[6]);
/// kind: enum pith_unary_kind.
void pith_f32_unary(uint32_t kind, const float *input, float *output, size_t count, float p, float q);
void pith_f32_softmax(const float *input, float *output, size_t rows, size_t count);
void pith_f32_mean(const float *input, float *output, size_t rows, size_t count);
/// Strided copies of up to six axes, elements of 4 bytes and of 1.
void pith_f32_copy(
    const float *input, float *output, const uint32_t dims[6], const uint32_t in_strides[6],
    const uint32_t out_strides[6]);
/// table may be null.
void pith_u8_copy(
    const uint8_t *input, uint8_t *output, const uint32_t dims[6], const uint32_t in_strides[6],
    const uint32_t out_strides[6], const uint8_t *table);

#endif
