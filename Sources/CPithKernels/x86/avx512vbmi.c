// The AVX-512 set where the CPU also permutes bytes: VBMI, since Ice Lake and Zen 4.
#if defined(__x86_64__) || defined(PITH_EMULATE)
#include "intrinsics.h"

#define PITH_VBMI 1
#define TARGET PITH_TARGET("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512vbmi")
#if defined(PITH_EMULATE)
#define SET(kernel) pith_emulated_avx512_vbmi_##kernel
#define BASE(kernel) pith_emulated_avx512_##kernel
#else
#define SET(kernel) pith_avx512_vbmi_##kernel
#define BASE(kernel) pith_avx512_##kernel
#endif

#include "sets.h"

DECLARE_IN(BASE)

#include "bytes.h"

#include "zmm.h"

#include "zmm_depthwise.h"
#include "depthwise.h"
#include "vbmi_softmax.h"

/// Two tables of 128 bytes, and the index's top bit chooses.
KERNEL void SET(lookup)(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
  const __m512i t0 = vector_load(table), t1 = vector_load(table + 64);
  const __m512i t2 = vector_load(table + 128), t3 = vector_load(table + 192);
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __m512i index = vector_load(input + i);
    const __m512i low = _mm512_permutex2var_epi8(t0, index, t1), high = _mm512_permutex2var_epi8(t2, index, t3);
    vector_store(output + i, _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high));
  }
  pith_scalar_lookup(input + i, output + i, count - i, table);
}

const pith_kernels SET(kernels) = {
    .name = "AVX-512-VNNI with VBMI",
    .conv = BASE(conv),
    .conv_sparse = BASE(conv_sparse),
    .depthwise = SET(depthwise),
    .max_pool = BASE(max_pool),
    .average_pool = BASE(average_pool),
    .add = BASE(add),
    .multiply = BASE(multiply),
    .lookup = SET(lookup),
    .quantize = BASE(quantize),
    .dequantize = BASE(dequantize),
    .softmax = SET(softmax),
    .project = BASE(project),
    .cell = {BASE(cell_rnn), BASE(cell_gru), BASE(cell_gru_reset), BASE(cell_lstm)},
    .cell_rest = BASE(cell_gru_rest),
    .layer_norm = BASE(layer_norm),
    .pack = BASE(pack),
};
#endif
