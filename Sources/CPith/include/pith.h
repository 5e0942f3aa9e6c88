// The Pith runtime: runs a `.pith` model from memory, without a heap, an operating system or a copy of the weights.
//
//     pith_model model;
//     if (pith_open(&model, file, bytes, PITH_OPEN_CHECKSUM) != PITH_OK) …
//     void *arena = …;                       // pith_arena_bytes(&model) bytes, aligned to 64
//     const float *inputs[] = {image};
//     float *outputs[] = {logits};
//     pith_run(&model, arena, bytes, inputs, outputs, 0);
//
// Every function may be called from any thread; runs at the same time need an arena each. Nothing here allocates,
// locks or keeps state between calls, but for what a streaming model keeps in its arena:
//
//     pith_reset(&model, arena, bytes);      // before the first run of each stream
//     for (;;) pith_run(&model, arena, bytes, inputs, outputs, 0);
#ifndef PITH_H
#define PITH_H

#include <stddef.h>
#include <stdint.h>

#include "pith_format.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pith_status {
  PITH_OK = 0,
  PITH_ERROR_TRUNCATED = 1,      ///< shorter than its header says, or than a header
  PITH_ERROR_MAGIC = 2,          ///< not a .pith file
  PITH_ERROR_VERSION = 3,        ///< made for a newer major version
  PITH_ERROR_CHECKSUM = 4,       ///< damaged
  PITH_ERROR_ALIGNMENT = 5,      ///< the file or the arena does not lie at a multiple of 64 bytes
  PITH_ERROR_SECTION = 6,        ///< a section is missing, overlaps or reaches outside the file
  PITH_ERROR_TENSOR = 7,         ///< a tensor's shape, type or place is impossible
  PITH_ERROR_INSTRUCTION = 8,    ///< an instruction's operands or parameters do not fit
  PITH_ERROR_OPCODE = 9,         ///< an instruction that this runtime does not know
  PITH_ERROR_INTERFACE = 10,     ///< the inputs or outputs are not what the header says
  PITH_ERROR_ARENA = 11,         ///< the arena is too small
  PITH_ERROR_ARGUMENT = 12,      ///< a null or impossible argument
  PITH_ERROR_UNSUPPORTED = 13,   ///< this CPU lacks the kernels asked for
} pith_status;

/// An opened model: a view of the file, which must stay where it is. Treat it as opaque.
typedef struct pith_model {
  const uint8_t *file;
  const pith_header *header;
  const pith_tensor *tensors;
  const pith_instruction *instructions;
  const uint8_t *constants;
  const uint8_t *weights;
  const char *names;
  const uint32_t *interface;
  const void *kernels;  ///< what PITH_ISA_AUTO means, chosen once, as asking the CPU is slow
  uint64_t constants_bytes, weights_bytes, names_bytes;
  const uint32_t *states;
  uint32_t tensor_count, instruction_count, state_count;
  uint32_t tensor_stride, instruction_stride;  ///< bytes from one record to the next
  /// Number of the section, tensor, instruction or input-then-output that pith_open refused; else 0.
  uint32_t last_error;
  uint32_t isa;  ///< the enum pith_isa of `kernels`
  const pith_plan *all_plans, *plans;  ///< all kinds', and those of `isa`; null where there are none
  uint32_t plan_count, plan_stride;
} pith_model;

enum pith_open_flags {
  /// Read the whole file once and compare its checksum.
  PITH_OPEN_CHECKSUM = 1,
};

/// Runs `body(context, i)` for i in 0..<count, in any order and on any threads, and returns when all are done.
typedef void (*pith_parallel)(void *pool, uint32_t count, void (*body)(void *context, uint32_t index), void *context);

enum pith_isa {
  PITH_ISA_AUTO = 0,
  PITH_ISA_SCALAR = 1,
  PITH_ISA_AVX2 = 2,
  PITH_ISA_AVX_VNNI = 3,
  PITH_ISA_AVX512_VNNI = 4,
};

typedef struct pith_options {
  /// An enum pith_isa. Every choice gives the same bytes.
  uint32_t isa;
  /// How many pieces to split large instructions into, at most; 0 and 1 mean none.
  uint32_t threads;
  pith_parallel parallel;  ///< needed where threads > 1
  void *pool;              ///< handed to `parallel`
  /// Run only instructions before this number; 0 means all. For profiling and debugging.
  uint32_t instruction_limit;
  uint32_t instruction_first;  ///< start with this one; 0 normally
} pith_options;

/// Reads the file in place and checks it so that pith_run cannot touch memory outside the file, the arena and the
/// bound buffers, whatever the bytes are. `file` lies at a multiple of 64 bytes. Time is proportional to the number
/// of instructions and tensors and the lists of kept weight blocks, besides the checksum. Bytes after the file's own are ignored. Where it is refused, only
/// `last_error` of the model means anything.
pith_status pith_open(pith_model *model, const void *file, size_t bytes, uint32_t flags);

/// Chooses the kernels that PITH_ISA_AUTO means for this model; pith_open chooses the best. Cheaper than naming an `isa`
/// in each run's options, which asks the CPU each time.
pith_status pith_select(pith_model *model, uint32_t isa);

/// Bytes of working memory for one run.
size_t pith_arena_bytes(const pith_model *model);

uint32_t pith_input_count(const pith_model *model);
uint32_t pith_output_count(const pith_model *model);

/// The input's or output's tensor: shape in dims[0..<rank] (float32, row-major, the source model's axis order), bytes.
/// Null where there is no such number.
const pith_tensor *pith_input(const pith_model *model, uint32_t index);
const pith_tensor *pith_output(const pith_model *model, uint32_t index);

/// What a streaming model remembers from run to run: float32 tensors in the arena, which nothing else uses. Null where there
/// is no such number. A model without any need not be reset.
uint32_t pith_state_count(const pith_model *model);
const pith_tensor *pith_state(const pith_model *model, uint32_t index);
/// Makes every state zero.
pith_status pith_reset(const pith_model *model, void *arena, size_t arena_bytes);
/// Bytes of all states, one after another in the order of their numbers, which is how they are saved and restored.
size_t pith_state_bytes(const pith_model *model);
pith_status pith_save(const pith_model *model, const void *arena, size_t arena_bytes, void *states, size_t state_bytes);
pith_status pith_restore(
    const pith_model *model, void *arena, size_t arena_bytes, const void *states, size_t state_bytes);

/// The text of a name field, or "" where it was stripped.
const char *pith_name(const pith_model *model, uint32_t name);

/// Runs the model once. `inputs[i]` and `outputs[i]` are float buffers of the sizes that pith_input(i)->bytes and
/// pith_output(i)->bytes tell, aligned to 4, that overlap neither each other nor the arena. `options` may be null: one
/// thread, the model's kernels.
pith_status pith_run(
    const pith_model *model, void *arena, size_t arena_bytes, const float *const *inputs, float *const *outputs,
    const pith_options *options);

/// One line of English.
const char *pith_status_text(pith_status status);

/// Whether this CPU and this build have the kernels of `isa`.
int pith_isa_available(uint32_t isa);
/// What PITH_ISA_AUTO means here.
uint32_t pith_isa_best(void);

/// "scalar", "avx2", "avx-vnni", "avx512-vnni", "auto"; "unknown" for other numbers.
const char *pith_isa_name(uint32_t isa);

/// The file's checksum: see pith_header. Used by the writer.
uint64_t pith_checksum(const void *file, size_t bytes);

#ifdef __cplusplus
}
#endif

#endif
