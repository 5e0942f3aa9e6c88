// The layout of a `.pith` file: the one source of truth for its writer and its reader.
//
// Little-endian, position-independent and read in place, from mmap or flash. The file begins with a
// pith_header, followed by the section table (header.section_count records). Every section starts at a
// multiple of 64 bytes. Records only grow at the end, and new sections and opcodes are only added, within a
// major version: a record's size is its section's bytes / count, and a reader skips the sections that it does
// not know.
#ifndef PITH_FORMAT_H
#define PITH_FORMAT_H

#include <stdint.h>

#define PITH_MAGIC 0x48544950u  // "PITH"
#define PITH_VERSION_MAJOR 1
#define PITH_VERSION_MINOR 5
#define PITH_ALIGNMENT 64
/// Bytes that vector loads may read, and never write, past the end of a tensor in the arena or of a section.
#define PITH_SLACK 64
#define PITH_MAX_RANK 6
/// No tensor, and no row or image extended by its pads, is larger.
#define PITH_MAX_TENSOR_BYTES 0x40000000u
/// Most positions of a pool's window, so that its sum fits int32_t.
#define PITH_MAX_WINDOW 0x100000
/// A reference to nothing: an absent operand or name.
#define PITH_NONE 0xFFFFFFFFu

typedef struct pith_header {
  uint32_t magic;
  uint16_t version_major;
  uint16_t version_minor;
  uint64_t file_bytes;
  /// pith_checksum over the whole file with these eight bytes taken as zero.
  uint64_t checksum;
  /// Bytes of working memory that a run needs, PITH_SLACK included; the caller aligns it to PITH_ALIGNMENT.
  uint64_t arena_bytes;
  uint32_t section_count;
  uint32_t input_count;
  uint32_t output_count;
  /// The name of the model in the names section, or PITH_NONE.
  uint32_t name;
  /// Multiply-adds of one run, for reports.
  uint64_t multiply_adds;
  /// Bytes at the arena's end, in which no tensor and no scratch lies: what plans need. A multiple of 64. Since 1.5.
  uint64_t plan_bytes;
} pith_header;

enum pith_section_kind {
  PITH_SECTION_TENSORS = 1,       ///< pith_tensor records
  PITH_SECTION_INSTRUCTIONS = 2,  ///< pith_instruction records, in order of execution
  PITH_SECTION_CONSTANTS = 3,     ///< biases, multipliers, tables, constant tensors
  PITH_SECTION_WEIGHTS = 4,       ///< packed weights
  PITH_SECTION_NAMES = 5,         ///< zero-terminated UTF-8, the last byte zero; may be stripped
  PITH_SECTION_INTERFACE = 6,     ///< uint32_t tensor numbers: the inputs, then the outputs
  /// uint32_t tensor numbers: F32 in the arena, whose contents stay there from run to run. Absent where there are none.
  /// Since 1.2.
  PITH_SECTION_STATES = 7,
  /// pith_plan records, as many as instructions for each kind of kernels that the program is planned for, one kind after
  /// another. Absent where the runtime decides. Since 1.5.
  PITH_SECTION_PLANS = 8,
};

/// Sections lie in the table's order in the file, one after another, and each kind at most once. Tensors,
/// instructions and interface are there always.
typedef struct pith_section {
  uint32_t kind;
  /// Records, for a section of records (tensors, instructions, interface, states); else 0.
  uint32_t count;
  uint64_t offset;
  /// Bytes, without the padding before the next section. The constants and weights sections are followed by at
  /// least PITH_SLACK bytes of file.
  uint64_t bytes;
} pith_section;

enum pith_type {
  PITH_U8 = 1,   ///< unsigned 8-bit, real = (q - zero_point) * scale
  PITH_F32 = 2,  ///< IEEE binary32
};

enum pith_space {
  PITH_SPACE_ARENA = 1,
  PITH_SPACE_CONSTANTS = 2,
  PITH_SPACE_INPUT = 3,   ///< bound by the caller: offset is the input's number. PITH_F32, read only
  PITH_SPACE_OUTPUT = 4,  ///< bound by the caller: offset is the output's number. PITH_F32
};

/// A tensor. A PITH_U8 tensor is always [batch][height][width][channels] (rank 4, NHWC) with `pixel_stride`
/// bytes from one pixel to the next; pixel_stride is a multiple of 4 and at least the channels, except for
/// the halo'd input of a merged first layer, where it equals the channels. A row is width * pixel_stride
/// bytes, an image height rows. A PITH_F32 tensor is dense and row-major in the source model's own axis
/// order.
///
/// Several tensors may name the same bytes (a flattened view, the parts of a concatenation).
///
/// `bytes` of a PITH_U8 tensor is pixels * pixel_stride, or less by at most what the last pixel does not use:
/// (pixels - 1) * pixel_stride + min(round4(channels), pixel_stride) at least. A part of a concatenation has
/// the whole's pixel_stride, the offset of its first channel and as few bytes. An instruction writes
/// round4(channels) bytes of each pixel, so a part has a multiple of 4 channels or is the last (else it takes
/// a PITH_OP_COPY, which writes what `move` says). `bytes` of a PITH_F32 tensor is elements * 4.
typedef struct pith_tensor {
  uint8_t type;
  uint8_t space;
  uint8_t rank;
  uint8_t reserved0;
  uint32_t dims[PITH_MAX_RANK];  ///< unused ones are 1
  uint32_t pixel_stride;         ///< PITH_U8: bytes; PITH_F32: 0
  uint64_t offset;               ///< in its space; in the arena a multiple of PITH_ALIGNMENT, or of 4 in a slice of a concatenation
  uint64_t bytes;
  float scale;
  int32_t zero_point;
  uint32_t name;
  uint32_t reserved1;
} pith_tensor;

enum pith_opcode {
  // Between the caller's floats and 8 bits.
  PITH_OP_QUANTIZE = 1,    ///< F32 (logical [N,C,H,W], [N,C] …) to U8 NHWC; `move`, see there
  PITH_OP_DEQUANTIZE = 2,  ///< U8 NHWC to F32; `move`, see there
  // Integer kernels.
  /// k×k convolution, 1×1, matrix product; `window`. `flags`, since 1.5: PITH_CONV_ADDS or PITH_CONV_POOLS.
  PITH_OP_CONV = 3,
  PITH_OP_DEPTHWISE = 4,     ///< `window`; as many channels come out as go in
  PITH_OP_MAX_POOL = 5,      ///< `window`; input and output have one scale and zero point
  PITH_OP_AVERAGE_POOL = 6,  ///< `window`; global where the window is the map; immediate_f[0] is s_x / s_y
  PITH_OP_ADD = 7,           ///< `binary`; immediate_f is s_a / s_y, s_b / s_y
  PITH_OP_MULTIPLY = 8,      ///< `binary`; immediate_f[0] is s_a * s_b / s_y
  PITH_OP_LOOKUP = 9,        ///< 256-byte table at `table`; same shape
  PITH_OP_COPY = 10,         ///< `move`; through the 256-byte table at `table` where it is not PITH_NONE
  PITH_OP_FILL = 11,         ///< every byte of the output becomes immediate_i, 0...255
  /// Over the channels; same shape; 256 uint32_t at `table`: round(exp(-d * s_x) * 2^24); immediate_f[0] is 1
  /// / s_y.
  PITH_OP_SOFTMAX = 12,
  /// PITH_OP_CONV without the blocks of weights that are zero: `window`; `table`, see pith_instruction. Since 1.1.
  PITH_OP_CONV_SPARSE = 13,
  // Since 1.2:
  /// A recurrent cell over the pixels of a map [1][1][steps][inputs]: `recurrent`. inputs[1] is the state h, inputs[2] an
  /// LSTM's c: F32 of `hidden` elements in the arena, which the run replaces; PITH_NONE where it starts from zeros and is
  /// not wanted afterwards. The output is [1][1][steps][hidden], or channels of it; immediate_f[0] is 1 / s_y.
  PITH_OP_RECURRENT = 14,
  /// The product of two computed maps, [batch][1][rows][depth] and, of zero point 128, [batch or 1][1][depth][columns], or
  /// [columns][depth]: `window` has tap_bytes (depth, rounded up to 4), the output's extent and clamp. `multiplier`: float
  /// per column, padded to 16. The scratch holds pith_matmul_scratch bytes. `flags`: PITH_MATMUL_TRANSPOSED; and since 1.4
  /// those for factors and outputs whose immediate_i matrices lie beside each other in the channels of one image, a
  /// multiple of 4 in each.
  PITH_OP_MATMUL = 15,
  /// Over the channels: gains at `multiplier` and shifts at `bias`, float per channel, in units of the output;
  /// immediate_f[0] is epsilon. At most 2^20 channels. The output is another map.
  PITH_OP_LAYER_NORM = 16,
  /// Pixels of inputs[1], a map [1][1][rows][channels], by the numbers in inputs[0], F32: as many as the output has pixels.
  /// Negative ones count from the end; what lies outside means the nearest row.
  PITH_OP_EMBED = 17,
  /// Each output pixel from up to four of the input, linearly: pith_resize_record for each output row, then for each output
  /// column at `table`; immediate_f[0] is s_x / s_y.
  PITH_OP_RESIZE = 18,
  // What has no integer kernel: fp32. Maps are [N][C][H][W], rank 4.
  PITH_OP_F32_COPY = 32,     ///< `move`
  PITH_OP_F32_FILL = 33,     ///< every element of the output becomes immediate_f[0]
  /// `window`, groups in `extent`. inputs[1]: weights [M][C/groups][kh][kw], inputs[2]: bias [M] or PITH_NONE.
  PITH_OP_F32_CONV = 34,
  PITH_OP_F32_MATMUL = 35,   ///< `matmul`
  PITH_OP_F32_BINARY = 36,   ///< `broadcast`, an enum pith_binary_kind in `flags`
  PITH_OP_F32_UNARY = 37,    ///< an enum pith_unary_kind in `flags`, immediate_f; as many elements out as in
  PITH_OP_F32_SOFTMAX = 38,  ///< over the last axis; same shape
  PITH_OP_F32_MAX_POOL = 39,      ///< `window`
  PITH_OP_F32_AVERAGE_POOL = 40,  ///< `window`
  PITH_OP_F32_MEAN = 41,     ///< over the last axis: the output has the other axes' elements
};

enum pith_binary_kind { PITH_ADD = 0, PITH_SUB = 1, PITH_MUL = 2, PITH_DIV = 3 };
enum pith_unary_kind {
  PITH_RELU = 0,
  PITH_CLIP = 1,         ///< to [immediate_f[0], immediate_f[1]]
  PITH_LEAKY_RELU = 2,   ///< slope immediate_f[0]
  PITH_SIGMOID = 3,
  PITH_TANH = 4,
  PITH_HARD_SIGMOID = 5,  ///< clamp(immediate_f[0] * x + immediate_f[1], 0, 1)
  PITH_HARD_SWISH = 6,
};

/// A window that slides over a map: convolutions and pools. What is said of PITH_OP_CONV holds for
/// PITH_OP_CONV_SPARSE, too. The output's size is the one of ONNX, floor((size
/// + pads - (dilation * (kernel - 1) + 1)) / stride) + 1, for a pool also the one with the ceiling. A merged
/// first layer (tap_bytes > pixel_stride) has kernel_w 1, no pads in width, input_channel 0 and any
/// output width whose taps end at most 3 bytes past their row. (Those bytes meet zero weights.)
typedef struct pith_window {
  int32_t kernel_h, kernel_w;
  int32_t stride_h, stride_w;
  int32_t dilation_h, dilation_w;
  int32_t pad_top, pad_left, pad_bottom, pad_right;
  /// PITH_OP_CONV: bytes of one tap, a multiple of 4: the channels read at each kernel position. Where a first
  /// layer's few channels are merged with the kernel row, kernel_w is 1 and a tap is the padded row.
  int32_t tap_bytes;
  /// PITH_OP_CONV on a slice of the channels (a grouped convolution): first byte within a pixel.
  int32_t input_channel, output_channel;
  /// PITH_OP_CONV: output channels computed, padded to 4; F32_CONV: groups; average pools: 1 counts padding,
  /// else 0; 0 in the others.
  int32_t extent;
  /// Clamp of the output in quantized units (F32: none).
  int32_t clamp_min, clamp_max;
} pith_window;

/// A strided copy of up to six axes. Strides and offsets are in elements (U8: bytes) and never negative;
/// unused dims are 1. It moves no more elements than the output has.
///
/// PITH_OP_QUANTIZE and PITH_OP_DEQUANTIZE: dims are [batch, height, width, channels, 1, 1]. The floats lie
/// at offset + Σ index * stride elements (QUANTIZE: the input_ fields, DEQUANTIZE: the output_ fields). The
/// bytes lie at offset + batch * image + y * row + x * pixel_stride + channel of the U8 tensor; its strides
/// field is ignored and its offset is a whole pixel, (y0 * width + x0) * pixel_stride: for a halo'd tensor
/// whose rest a PITH_OP_FILL has filled. y0 + height and x0 + width stay within the map; the batch is the
/// map's. QUANTIZE has as many channels as the tensor and writes the zero point to the bytes after them, up
/// to min(round4(channels), pixel_stride). DEQUANTIZE has at most the tensor's channels. Scale and zero point
/// are the U8 tensor's.
typedef struct pith_move {
  uint32_t dims[PITH_MAX_RANK];
  uint32_t input_strides[PITH_MAX_RANK];
  uint32_t output_strides[PITH_MAX_RANK];
  uint32_t input_offset, output_offset;
} pith_move;

/// U8 add and multiply: a and the output have one shape; operand b is broadcast over height and width where
/// its map is 1×1. Multipliers are immediate_f[0] (for a) and immediate_f[1] (for b). The output may be
/// exactly the region of a or b, if that has its shape and pixel_stride; LOOKUP, F32_UNARY, and F32_BINARY
/// with a dense operand may work in place likewise. Everywhere else inputs and outputs are disjoint, where
/// the parts of a concatenation count as disjoint if their channels are.
typedef struct pith_binary {
  int32_t clamp_min, clamp_max;
} pith_binary;

/// F32 binary with broadcasting: a stride of 0 repeats. The output is dense: the product of dims is its
/// elements.
typedef struct pith_broadcast {
  uint32_t dims[PITH_MAX_RANK];
  uint32_t a_strides[PITH_MAX_RANK];
  uint32_t b_strides[PITH_MAX_RANK];
} pith_broadcast;

/// F32 product: out[i][m][n] = alpha * Σk a[i][m][k] · b[i][k][n] + beta * bias; strides in elements, alpha
/// and beta in immediate_f. A batch stride of 0 repeats. The bias, inputs[2] where it is there, is read at m
/// * c_row + n * c_column. The output is dense [batch][rows][columns]. Not both inner strides are 0.
typedef struct pith_matmul {
  uint32_t batch, rows, inner, columns;
  uint32_t a_batch, a_row, a_inner;
  uint32_t b_batch, b_inner, b_column;
  uint32_t c_row, c_column;
} pith_matmul;

/// A recurrent cell. Gates are z, r, h of a GRU and i, o, f, c of an LSTM; each has `hidden` rows, padded to 16, in weights
/// [gates][hidden / 16][K / 4][16][4], in biases (int32_t) and in multipliers, which turn a sum into reals and are the upper
/// halves of floats (bfloat16), uint16_t. `weights`, `bias` and `multiplier` of the instruction belong to x, of
/// K = tap_bytes; `weights` and `multiplier` here to h, of K = hidden rounded up to 4. Products of h have no bias, but that of
/// a GRU's candidate, which its reset gate multiplies: one gate's at `bias`. For each step: sums of x and of h to reals,
/// added; the cell's functions; h to bytes. The scratch holds pith_recurrent_scratch bytes.
typedef struct pith_recurrent {
  int32_t kind;           ///< enum pith_cell_kind of pith_kernels.h: RNN, GRU, GRU whose reset gate multiplies h, LSTM
  int32_t reversed;       ///< 1: from the last step to the first
  int32_t hidden;
  int32_t tap_bytes;      ///< bytes of x in each step, a multiple of 4
  uint32_t weights, bias, multiplier;
  int32_t functions[3];   ///< enum pith_cell_function: of the gates, the candidate, the output
  float alpha[3], beta[3];
} pith_recurrent;

/// A row or a column of PITH_OP_RESIZE: two of the input's, and the second one's weight, in [0, 1]. Indices beyond the map
/// mean its last.
typedef struct pith_resize_record {
  uint32_t first, second;
  float weight;
} pith_resize_record;

/// Steps whose products with x are computed together.
#define PITH_RECURRENT_STEPS 8

/// Bytes of scratch that a recurrent cell needs: sums of several steps of x and one of h, the multipliers of both as floats,
/// h and c, and two rows of bytes. Hidden sizes are at most PITH_MAX_HIDDEN, so that this does not overflow.
#define PITH_MAX_HIDDEN 0x100000
static inline uint64_t pith_recurrent_scratch(uint64_t gates, uint64_t hidden) {
  const uint64_t padded = (hidden + 15) / 16 * 16;
  return 4 * ((PITH_RECURRENT_STEPS + 3) * gates + 2) * padded + 2 * ((padded + 63) / 64 * 64);
}

/// `flags` of PITH_OP_CONV and PITH_OP_CONV_SPARSE: the map inputs[1], of the output's shape and pixel_stride, is added before rounding, times
/// immediate_f[1], which is s_b / s_y. The output may be exactly its region, as of PITH_OP_ADD.
#define PITH_CONV_ADDS 1u
/// `flags` of PITH_OP_CONV without PITH_CONV_ADDS, and not of PITH_OP_CONV_SPARSE: the output is the largest byte of each
/// 2×2 block of the convolution's outputs, as of a PITH_OP_MAX_POOL of stride 2 without pads behind it. It has half as many
/// rows and columns as the window makes of the input, a last odd one being left out.
#define PITH_CONV_POOLS 2u

/// `flags` of PITH_OP_MATMUL.
#define PITH_MATMUL_TRANSPOSED 1u     ///< the second factor is [columns][depth]
#define PITH_MATMUL_FIRST_BESIDE 2u   ///< the first factor is [1][1][rows][matrices * depth]
#define PITH_MATMUL_SECOND_BESIDE 4u  ///< the second factor is [1][1][depth or columns][matrices * the other]
#define PITH_MATMUL_OUTPUT_BESIDE 8u  ///< the output is [1][1][rows][matrices * columns]
#define PITH_MATMUL_FLAGS 15u         ///< all of them
/// Since 1.5 the bits from this one on say how many more scratches lie behind the first, so that as many threads more can
/// work on matrices of their own.
#define PITH_MATMUL_SCRATCH_SHIFT 8

/// Bytes of each scratch of PITH_OP_MATMUL: the second factor's packed form and biases. `depth` and `columns` are those of
/// legal maps, so that this does not overflow.
static inline uint64_t pith_matmul_scratch(uint64_t depth, uint64_t columns) {
  return ((depth + 3) / 4 * 4 + 4) * ((columns + 15) / 16 * 16);
}

/// One step. Operands and fields that the opcode does not name are ignored; operands that it does name are
/// there.
typedef struct pith_instruction {
  uint16_t opcode;
  uint16_t flags;
  uint32_t inputs[3];
  uint32_t output;
  /// Bytes from the start of the weights section, a multiple of 64. CONV: [channels / 16, rounded up][K / 4][16][4]
  /// with K = (ky * kernel_w + kx) * tap_bytes + c. CONV_SPARSE: of these, one after another, only the blocks [16][4]
  /// that are kept; the others are zero.
  uint32_t weights;
  /// Bytes from the start of the constants section, a multiple of 4: int32_t per output channel, padded to 16.
  uint32_t bias;
  /// Bytes from the start of the constants section, a multiple of 4: float per output channel, padded to 16. CONV,
  /// CONV_SPARSE and DEPTHWISE, since 1.3: where the lowest bit is set, the other bits are the place of a byte per output
  /// channel, padded to 16, which stands for immediate_f[0] · (1 + (code mod 32) / 32) · 2^(code / 32).
  uint32_t multiplier;
  /// Bytes from the start of the constants section; a multiple of 4 where the table's elements are uint32_t.
  ///
  /// CONV_SPARSE: uint16_t at a multiple of 2: for every 16 output channels the count of blocks kept, then their
  /// positions in K / 4, which is at most 65,535, each larger than the one before. These tables lie in the constants in
  /// the order of their instructions and do not overlap, so that checking all takes no longer than reading the section.
  uint32_t table;
  /// CONV and DEPTHWISE with pads: bytes from the start of the arena, a multiple of 64. The run fills
  /// max(tap_bytes, 16) bytes there (DEPTHWISE: 16) with the input's zero point, for taps that fall outside.
  /// RECURRENT and MATMUL: as many as pith_recurrent_scratch and pith_matmul_scratch say. Disjoint from the operands.
  uint32_t scratch;
  uint32_t name;
  int32_t immediate_i;
  float immediate_f[2];
  union {
    pith_window window;
    pith_move move;
    pith_binary binary;
    pith_broadcast broadcast;
    pith_matmul matmul;
    pith_recurrent recurrent;
    int32_t raw[20];
  };
} pith_instruction;

/// What threads share of an instruction.
enum pith_axis {
  PITH_AXIS_ANY = 0,  ///< as the runtime decides
  PITH_AXIS_ROWS = 1,
  PITH_AXIS_PIXELS = 2,
  PITH_AXIS_CHANNELS = 3,
};

/// The algorithm of a convolution.
enum pith_algorithm {
  PITH_ALGORITHM_DIRECT = 0,
  /// Winograd's F(4×4, 3×3), for 3×3 at stride 1: `chunk` is how many tiles are transformed together, not 0.
  PITH_ALGORITHM_WINOGRAD = 1,
};

/// Outputs of a tile of Winograd's algorithm, along each axis.
#define PITH_WINOGRAD_SIDE 4

/// Tiles of an output of these sizes; where the convolution pools, of what it pools.
static inline uint64_t pith_winograd_tiles(uint64_t batch, uint64_t height, uint64_t width, int pools) {
  const uint64_t side = PITH_WINOGRAD_SIDE / (pools ? 2 : 1);
  return batch * ((height + side - 1) / side) * ((width + side - 1) / side);
}

/// Bytes of the plans' part of the arena that each thread needs for `tiles` tiles of `depth` bytes a pixel: a block of filters of
/// up to 112 channels, inputs, and sums. Of legal maps, so that this does not overflow.
static inline uint64_t pith_winograd_scratch(uint64_t depth, uint64_t tiles) {
  const uint64_t padded = (depth + 15) / 16 * 16;
  return 36 * ((padded < 112 ? padded : 112) * 32 + 64) + tiles * (72 * padded + 1024);
}

/// How one kind of kernels is to run an instruction: a convolution's algorithm, tiles and loops. Whatever is asked for, the
/// output is the same bytes; 0 leaves a choice to the runtime, which takes the nearest that it can do.
typedef struct pith_plan {
  uint8_t isa;      ///< enum pith_isa, the same in all records of a kind
  uint8_t axis;     ///< enum pith_axis
  uint8_t pixels;   ///< output pixels in a tile
  uint8_t blocks;   ///< blocks of 16 channels in a tile
  uint16_t chunk;   ///< blocks of 16 channels whose weights are used for all pixels before the next ones; see `algorithm`
  uint8_t algorithm;  ///< enum pith_algorithm
  uint8_t reserved;
} pith_plan;

#ifndef __cplusplus
_Static_assert(sizeof(pith_header) == 64, "header");
_Static_assert(sizeof(pith_section) == 24, "section");
_Static_assert(sizeof(pith_tensor) == 64, "tensor");
_Static_assert(sizeof(pith_instruction) == 136, "instruction");
_Static_assert(sizeof(pith_plan) == 8, "plan");
#endif

#endif
