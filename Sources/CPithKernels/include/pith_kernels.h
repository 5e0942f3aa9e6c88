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
  const float *multiplier;     ///< Or null, and the codes stand for them.
  const uint8_t *codes;        ///< 0…255: unit · 1.f × 2^e, whose e is the code's upper three bits and f its lower five.
  float unit;
  /// At least max(tap_bytes, 16) bytes (depthwise: 16 are enough), all the input's zero point, of which vector loads may read
  /// up to the next multiple of 16; may be null where no tap falls outside.
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
  /// Dense convolutions: what the set is asked to do, in pixels and blocks of 16 channels of a tile, and channels whose
  /// weights are used for all pixels before the next ones; 0 leaves it to the set, and what it cannot do it approaches.
  int32_t tile_pixels, tile_blocks, chunk;
  /// Not of depthwise convolutions: a map of the output's shape and strides, which may be the output, is added: f becomes
  /// (Float(acc) * m) + Float(b - addend_zero) * addend_multiplier, each product rounded, then the sum. `addend` is what
  /// takes an output's address to that of its b.
  int32_t adds;
  int32_t addend_zero;
  float addend_multiplier;
  ptrdiff_t addend;
  /// 1: each output is the largest byte of a 2×2 block of the convolution's outputs, (2y, 2x) first: out_width and rows are
  /// those of the blocks, all of which lie inside. Of dense convolutions without an addend; else 0.
  int32_t pools;
} pith_conv_args;

/// A convolution of 3×3 at stride 1 by Winograd's F(4×4, 3×3), the same bytes; where it pools, of multipliers that are not
/// negative. A tile is 4×4 outputs, or the 2×2 that they are pooled to; tiles [tile_begin, tile_end) of all images' tiles are
/// computed, row by row, `chunk` at a time. `scratch` holds pith_winograd_scratch(tap_bytes, chunk) bytes at a multiple of 64.
typedef struct pith_winograd_args {
  pith_conv_args conv;  // row_begin 0 and row_end the output's height; tiles and chunks are not asked for
  ptrdiff_t in_image_stride, out_image_stride;
  int32_t tile_begin, tile_end;
  int32_t chunk;
  void *scratch;
} pith_winograd_args;

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

/// Softmax of `rows` runs of `count` bytes, at least one (pixels `stride` bytes apart): e[i] = table[max - q[i]],
/// total = Σ e in uint64_t, r = multiplier / Float(total), f = Float(e) * r, then the requantization above. One division
/// a row: f depends on e alone. table[d] = round(exp(-d * scale) * 2^24), computed by the toolchain in Double; other
/// tables give the same bytes in every set too.
typedef struct pith_softmax_args {
  const uint8_t *input;
  uint8_t *output;
  const uint32_t *table;
  int32_t rows, count, in_stride, out_stride;
  float multiplier;
  int32_t out_zero, out_min, out_max;
} pith_softmax_args;

/// Products of rows of bytes with packed weights, as reals:
/// output[r * out_stride + c] = Float(bias[c] + Σ input[r * in_stride + k] * w[k][c]) * multiplier[c].
/// Weights as a convolution's, [channels / 16][depth / 4][16][4]; rows may be read up to 64 bytes past their end.
typedef struct pith_project_args {
  const uint8_t *input;
  const int8_t *weights;
  const int32_t *bias;  // null for zeros
  const float *multiplier;
  float *output;
  int32_t rows, in_stride;
  int32_t depth;     // bytes, a multiple of 4
  int32_t channels;  // a multiple of 16
  int32_t out_stride;  // floats
} pith_project_args;

/// The functions of recurrent cells: f(x) with parameters alpha and beta.
enum pith_cell_function {
  PITH_CELL_SIGMOID = 0,
  PITH_CELL_TANH = 1,
  PITH_CELL_RELU = 2,
  PITH_CELL_AFFINE = 3,        // alpha * x + beta
  PITH_CELL_HARD_SIGMOID = 4,  // clamp(alpha * x + beta, 0, 1)
  PITH_CELL_LEAKY_RELU = 5,    // x or alpha * x
  PITH_CELL_SOFTSIGN = 6,      // x / (1 + |x|)
};

enum pith_cell_kind {
  PITH_CELL_RNN = 0,        // 1 gate
  PITH_CELL_GRU = 1,        // 3 gates z, r, h; the reset gate multiplies the state's product
  PITH_CELL_GRU_RESET = 2,  // the same; the reset gate multiplies the state
  PITH_CELL_LSTM = 3,       // 4 gates i, o, f, c
};

/// One step of a recurrent cell. Gates are `pitch` floats apart; sums are x's part plus the state's. Every operation is one
/// IEEE operation of single precision, in the order written in cell.h.
typedef struct pith_cell_args {
  const float *input;    // of x: [gates][pitch]
  const float *product;  // of the state: [gates][pitch]
  float *state;          // h [hidden], replaced
  float *memory;         // c [hidden] of an LSTM, replaced
  uint8_t *output;       // h as bytes: clamp(roundHalfEven(h * inverse_scale) + zero, 0, 255)
  int32_t hidden, pitch;
  int32_t functions[3];
  float alpha[3], beta[3];
  float inverse_scale;
  int32_t zero;
} pith_cell_args;

/// Layer normalization of `rows` runs of `count` bytes, of whose zero point it does not depend: S = Σ q and Q = Σ q²,
/// exactly; then with n = count and u = scale / n: r = u / sqrt(Float(n * Q - S²) * (u * u) + epsilon) and
/// f = (Float(n * q - S) * r) * gain[c] + shift[c], gain and shift being in units of the output; then the requantization
/// above. count is at most 2^20.
typedef struct pith_layer_norm_args {
  const uint8_t *input;
  uint8_t *output;
  const float *gain, *shift;
  int32_t rows, count, in_stride, out_stride;
  float scale, epsilon;
  int32_t out_zero;
} pith_layer_norm_args;

/// Packs the second factor of a product of two computed maps as a convolution's weights: byte b becomes b - 128.
/// Element (k, column) of it lies at k * k_stride + column * column_stride, one of which is 1. `bias` becomes
/// -a_zero * Σ (b - 128) of each column. Both are zero up to multiples of 4 in depth and of 16 in columns.
typedef struct pith_pack_args {
  const uint8_t *input;
  int8_t *weights;
  int32_t *bias;
  int32_t depth, columns, k_stride, column_stride;
  int32_t a_zero;
} pith_pack_args;

/// The floats whose upper halves these are.
void pith_widen_halves(const uint16_t *halves, float *output, size_t count);

/// h as bytes, as the cells write it.
void pith_quantize_state(const float *state, uint8_t *output, int32_t hidden, float inverse_scale, int32_t zero);

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
  void (*project)(const pith_project_args *);
  /// A step of each enum pith_cell_kind. Of PITH_CELL_GRU_RESET, the first two gates only: `output` becomes r ⊙ h as bytes;
  /// the rest is done by `cell_rest`.
  void (*cell[4])(const pith_cell_args *);
  void (*cell_rest)(const pith_cell_args *);
  void (*layer_norm)(const pith_layer_norm_args *);
  void (*pack)(const pith_pack_args *);
  /// Null where the set gains nothing from it.
  void (*winograd)(const pith_winograd_args *);
} pith_kernels;

/// The kernels of an `enum pith_isa` (1 scalar, 2 AVX2, 3 AVX-VNNI, 4 AVX-512-VNNI), or null where this build or CPU
/// lacks them. 0 asks for the best.
const pith_kernels *pith_kernels_for(uint32_t isa);
/// The number that `set` was given for, without asking the CPU, which takes microseconds in a virtual machine.
uint32_t pith_kernels_isa(const pith_kernels *set);

/// `word` turned left by `bits`. The compiler keeps it one rotation, where it takes shifts of a product apart into two
/// products.
static inline __attribute__((always_inline)) uint64_t pith_rotate_left(uint64_t word, uint64_t bits) {
#if defined(__clang__)
  return __builtin_rotateleft64(word, bits);
#else
  return word << (bits & 63) | word >> (-bits & 63);
#endif
}

/// int8 multiply-adds per second this core reaches register to register with `isa`'s own dot-product instruction,
/// for the share of the limit; runs for about `milliseconds`. 0 where unavailable. Host builds only.
double pith_int8_limit(uint32_t isa, double milliseconds);

/// Bytes per second this core loads into registers from `bytes` of memory, again and again: of a cache where they fit one.
/// 0 where unavailable. Host builds only.
double pith_load_limit(uint32_t isa, const void *memory, size_t bytes, double milliseconds);

/// Of each output row or column: two of the input, and the weight of the second. Indices beyond the map mean its last.
typedef struct pith_resize_tap {
  uint32_t first, second;
  float weight;
} pith_resize_tap;

/// Linear interpolation (with weights of 0: the nearest) of one image:
/// top = Float(a - zero) * (1 - wx) + Float(b - zero) * wx, bottom likewise, f = (top * (1 - wy) + bottom * wy) * multiplier;
/// then the requantization above.
typedef struct pith_resize_args {
  const uint8_t *input;
  uint8_t *output;
  const pith_resize_tap *rows, *columns;
  int32_t in_height, in_width, out_height, out_width, channels;
  int32_t in_row_stride, in_pixel_stride, out_row_stride, out_pixel_stride;
  int32_t in_zero, out_zero;
  float multiplier;
} pith_resize_args;
void pith_resize(const pith_resize_args *);

/// Rows of a table of `table_rows` by their numbers, given as floats; negative ones count from the end, and what lies
/// outside means the nearest row.
void pith_embed(
    const float *indices, size_t count, const uint8_t *table, size_t table_rows, size_t table_stride, uint8_t *output,
    size_t out_stride, size_t bytes);

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
