// Whether a model's outputs are the same bytes with every set of kernels and any count of threads: `identical MODEL.pith
// INPUT.npy`, see the script of this name. A set that this CPU lacks is emulated, slowly. Shares of the work run one after
// another and the last one first, as they may come in any order.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulated.h"
#include "pith.h"

static void fail(const char *what, const char *path) {
  fprintf(stderr, "identical: %s: %s\n", path, what);
  exit(2);
}

/// A whole file, at a multiple of 64 bytes.
static uint8_t *contents(const char *path, size_t *bytes) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END)) fail("cannot be read", path);
  const long size = ftell(file);
  rewind(file);
  uint8_t *all = size < 0 ? NULL : aligned_alloc(64, ((size_t)size + 127) / 64 * 64);
  if (!all || fread(all, 1, (size_t)size, file) != (size_t)size) fail("cannot be read", path);
  fclose(file);
  *bytes = (size_t)size;
  return all;
}

static void shares(void *pool, uint32_t count, void (*body)(void *context, uint32_t index), void *context) {
  (void)pool;
  while (count > 0) body(context, --count);
}

typedef struct network {
  pith_model model;
  void *arena;
  const float *input;
  size_t input_bytes, output_bytes;
  float *output;
} network;

static void run(network *n, uint32_t threads, const char *path) {
  const pith_options options = {.threads = threads, .parallel = shares};
  memset(n->arena, 0xA5, pith_arena_bytes(&n->model));
  if (pith_reset(&n->model, n->arena, pith_arena_bytes(&n->model)) != PITH_OK ||
      pith_run(&n->model, n->arena, pith_arena_bytes(&n->model), &n->input, &n->output, &options) != PITH_OK)
    fail("does not run", path);
}

/// Takes the kernels of a set: the CPU's, or `emulated` with the file's plans for them.
static int choose(pith_model *model, uint32_t isa, const pith_kernels *emulated) {
  if (!emulated) return pith_select(model, isa) == PITH_OK;
  model->kernels = emulated;
  model->isa = isa;
  model->plans = NULL;
  for (uint32_t first = 0; first < model->plan_count; first += model->instruction_count) {
    const pith_plan *plan = (const void *)((const uint8_t *)model->all_plans + (size_t)first * model->plan_stride);
    if (plan->isa == isa && !model->plans) model->plans = plan;
  }
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: identical MODEL.pith INPUT.npy\n"), 2;
  size_t bytes, sample_bytes;
  uint8_t *file = contents(argv[1], &bytes);
  uint8_t *samples = contents(argv[2], &sample_bytes);
  network n;
  if (pith_open(&n.model, file, bytes, PITH_OPEN_CHECKSUM) != PITH_OK) fail("cannot be opened", argv[1]);
  if (n.model.header->input_count != 1) fail("has more than one input", argv[1]);
  if (n.model.header->output_count != 1) fail("has more than one output", argv[1]);
  n.input_bytes = pith_input(&n.model, 0)->bytes;
  n.output_bytes = pith_output(&n.model, 0)->bytes;
  // The header of an .npy file of version 1 ends where its length says.
  const size_t start = sample_bytes > 10 && !memcmp(samples, "\x93NUMPY\x01", 7) ? 10u + samples[8] + 256u * samples[9] : 0;
  if (!start || sample_bytes < start || sample_bytes - start < n.input_bytes)
    fail("is no .npy file of a sample for the model", argv[2]);
  float *input = malloc(n.input_bytes), *expected = malloc(n.output_bytes);
  n.output = malloc(n.output_bytes);
  n.arena = aligned_alloc(64, (pith_arena_bytes(&n.model) + 63) / 64 * 64);
  if (!input || !expected || !n.output || !n.arena) fail("needs more memory than there is", argv[1]);
  memcpy(input, samples + start, n.input_bytes);
  n.input = input;

  const struct {
    const char *name;
    uint32_t isa;
    const pith_kernels *emulated;
  } sets[] = {
      {"scalar", PITH_ISA_SCALAR, NULL},
      {"AVX2", PITH_ISA_AVX2, NULL},
      {"AVX-VNNI", PITH_ISA_AVX_VNNI, NULL},
      {"AVX-512-VNNI", PITH_ISA_AVX512_VNNI, NULL},
      {"AVX-VNNI, emulated", PITH_ISA_AVX_VNNI, pith_emulated_avx_vnni()},
      {"AVX-512-VNNI, emulated", PITH_ISA_AVX512_VNNI, pith_emulated_avx512()},
      {"AVX-512-VNNI with VBMI, emulated", PITH_ISA_AVX512_VNNI, pith_emulated_avx512_vbmi()},
  };
  static const uint32_t threads[] = {1, 2, 3};
  int different = 0;
  for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
    const int wants_emulation = strstr(sets[s].name, "emulated") != NULL;
    if (wants_emulation && !sets[s].emulated) continue;
    // What the CPU has need not be emulated.
    if (wants_emulation && pith_select(&n.model, sets[s].isa) == PITH_OK) continue;
    if (!choose(&n.model, sets[s].isa, sets[s].emulated)) continue;
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
      run(&n, threads[t], argv[1]);
      if (s == 0 && t == 0) memcpy(expected, n.output, n.output_bytes);
      const int same = !memcmp(expected, n.output, n.output_bytes);
      different |= !same;
      if (!same) printf("%s: %s, %u threads: other bytes than scalar ones\n", argv[1], sets[s].name, threads[t]);
    }
    printf("%s: %s, 1 to 3 threads%s\n", argv[1], sets[s].name, n.model.plans ? ", planned" : "");
  }
  puts(different ? "DIFFERENT" : "the same bytes");
  return different;
}
