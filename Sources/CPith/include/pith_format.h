// The layout of a `.pith` file: the one source of truth for its writer and its reader.
//
// Little-endian, position-independent and read in place, from mmap or flash. The file begins with a
// pith_header, followed by the section table (header.section_count records). Every section starts at a
// multiple of 64 bytes. Records only grow at the end, and new sections and opcodes are only added, within a
// major version.
#ifndef PITH_FORMAT_H
#define PITH_FORMAT_H

#include <stdint.h>

#define PITH_MAGIC 0x48544950u  // "PITH"
#define PITH_VERSION_MAJOR 1
#define PITH_VERSION_MINOR 0
#define PITH_ALIGNMENT 64
/// Bytes that vector loads may read, and never write, past the end of a tensor in the arena or of a section.
#define PITH_SLACK 64
#define PITH_MAX_RANK 6
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
  uint64_t reserved;
} pith_header;

enum pith_section_kind {
  PITH_SECTION_TENSORS = 1,       ///< pith_tensor records
  PITH_SECTION_INSTRUCTIONS = 2,  ///< pith_instruction records, in order of execution
  PITH_SECTION_CONSTANTS = 3,     ///< biases, multipliers, tables, constant tensors
  PITH_SECTION_WEIGHTS = 4,       ///< packed weights
  PITH_SECTION_NAMES = 5,         ///< zero-terminated UTF-8; may be stripped
  PITH_SECTION_INTERFACE = 6,     ///< uint32_t tensor numbers: the inputs, then the outputs
};

typedef struct pith_section {
  uint32_t kind;
  /// Records, for a section of records; else 0.
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
  PITH_SPACE_INPUT = 3,   ///< bound by the caller: offset is the input's number
  PITH_SPACE_OUTPUT = 4,  ///< bound by the caller: offset is the output's number
};

/// A tensor. A PITH_U8 tensor is always [batch][height][width][channels] (rank 4, NHWC) with `pixel_stride` bytes
/// from one pixel to the next; pixel_stride is a multiple of 4 and at least the channels, except for the halo'd input
/// of a merged first layer, where it equals the channels. A row is width * pixel_stride bytes, an image
/// height rows. A PITH_F32 tensor is dense and row-major in the source model's own axis order.
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
  PITH_OP_QUANTIZE = 1,    ///< F32 (logical [N,C,H,W], [N,C] …) to U8 NHWC; `move` gives the strides
  PITH_OP_DEQUANTIZE = 2,  ///< U8 NHWC to F32; `move` gives the strides
  // Integer kernels.
  PITH_OP_CONV = 3,          ///< k×k convolution, 1×1, matrix product; `window`
  PITH_OP_DEPTHWISE = 4,     ///< `window`
  PITH_OP_MAX_POOL = 5,      ///< `window`
  PITH_OP_AVERAGE_POOL = 6,  ///< `window`; global where the window is the map
  PITH_OP_ADD = 7,           ///< `binary`
  PITH_OP_MULTIPLY = 8,      ///< `binary`
  PITH_OP_LOOKUP = 9,        ///< 256-byte table at `table`
  PITH_OP_COPY = 10,         ///< `move`; through `table` where it is not PITH_NONE
  PITH_OP_FILL = 11,         ///< every byte of the output becomes immediate_i
  PITH_OP_SOFTMAX = 12,      ///< over the channels; table of 256 uint32_t at `table`
  // What has no integer kernel: fp32.
  PITH_OP_F32_COPY = 32,     ///< `move`
  PITH_OP_F32_FILL = 33,     ///< every element of the output becomes immediate_f[0]
  PITH_OP_F32_CONV = 34,     ///< `window` with groups; weights [M][C/groups][kh][kw] and bias in constants
  PITH_OP_F32_MATMUL = 35,   ///< `matmul`
  PITH_OP_F32_BINARY = 36,   ///< `broadcast`, kind in `flags`
  PITH_OP_F32_UNARY = 37,    ///< kind in `flags`, immediate_f
  PITH_OP_F32_SOFTMAX = 38,  ///< over the last axis
  PITH_OP_F32_MAX_POOL = 39,      ///< `window`
  PITH_OP_F32_AVERAGE_POOL = 40,  ///< `window`
  PITH_OP_F32_MEAN = 41,     ///< over the last axis
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

/// A window that slides over a map: convolutions and pools.
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
  /// PITH_OP_CONV: output channels computed, padded to 4; F32_CONV: groups; AVERAGE_POOL: 1 counts padding.
  int32_t extent;
  /// Clamp of the output in quantized units (F32: none).
  int32_t clamp_min, clamp_max;
} pith_window;

/// A strided copy of up to six axes. Strides and offsets are in elements (U8: bytes) and never negative.
typedef struct pith_move {
  uint32_t dims[PITH_MAX_RANK];
  uint32_t input_strides[PITH_MAX_RANK];
  uint32_t output_strides[PITH_MAX_RANK];
  uint32_t input_offset, output_offset;
} pith_move;

/// U8 add and multiply: operand b is broadcast over height and width where its map is 1×1. Multipliers are
/// immediate_f[0] (for a) and immediate_f[1] (for b).
typedef struct pith_binary {
  int32_t clamp_min, clamp_max;
} pith_binary;

/// F32 binary with broadcasting: a stride of 0 repeats.
typedef struct pith_broadcast {
  uint32_t dims[PITH_MAX_RANK];
  uint32_t a_strides[PITH_MAX_RANK];
  uint32_t b_strides[PITH_MAX_RANK];
} pith_broadcast;

/// F32 product: out[i][m][n] = alpha * Σk a[i][m][k] · b[i][k][n] + beta * bias; strides in elements, alpha and beta
/// in immediate_f. A batch stride of 0 repeats. The bias, inputs[2] where it is there, is read at m * c_row +
/// n * c_column.
typedef struct pith_matmul {
  uint32_t batch, rows, inner, columns;
  uint32_t a_batch, a_row, a_inner;
  uint32_t b_batch, b_inner, b_column;
  uint32_t c_row, c_column;
} pith_matmul;

typedef struct pith_instruction {
  uint16_t opcode;
  uint16_t flags;
  uint32_t inputs[3];
  uint32_t output;
  /// Bytes from the start of the weights section, a multiple of 64.
  uint32_t weights;
  /// Bytes from the start of the constants section: int32_t per output channel, padded to 16.
  uint32_t bias;
  /// Bytes from the start of the constants section: float per output channel, padded to 16.
  uint32_t multiplier;
  /// Bytes from the start of the constants section.
  uint32_t table;
  /// Bytes from the start of the arena: tap_bytes of the input's zero point, for taps that fall outside.
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
    int32_t raw[20];
  };
} pith_instruction;

_Static_assert(sizeof(pith_header) == 64, "header");
_Static_assert(sizeof(pith_section) == 24, "section");
_Static_assert(sizeof(pith_tensor) == 64, "tensor");
_Static_assert(sizeof(pith_instruction) == 136, "instruction");

#endif
