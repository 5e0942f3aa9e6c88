// When leaving zero blocks out pays: `sparse [isa] [filter]`. For each layer the dense convolution's time, and how many
// times faster the block-sparse one is at several densities (the share of the blocks of 16 outputs by 4 inputs that
// are kept), measured in turn. The last column is the density below which it was faster, interpolated. Without
// an isa, or with 0, every set that this CPU has. Built by the script `sparse` beside it.
#include "layers.h"

static const shape shapes[] = {
    {"vector 784 to 256", 1, 1, 784, 256, 1, 1, 0},
    {"vector 1024 to 512", 1, 1, 1024, 512, 1, 1, 0},
    {"vector 1024 to 1024", 1, 1, 1024, 1024, 1, 1, 0},
    {"vector 4096 to 1024", 1, 1, 4096, 1024, 1, 1, 0},
    {"vector 256 to 128", 1, 1, 256, 128, 1, 1, 0},
    {"vector 128 to 64", 1, 1, 128, 64, 1, 1, 0},
    {"vector 64 to 64", 1, 1, 64, 64, 1, 1, 0},
    {"vector 128 to 16", 1, 1, 128, 16, 1, 1, 0},
    {"rows 2 of 784 to 256", 1, 2, 784, 256, 1, 1, 0},
    {"rows 16 of 784 to 256", 1, 16, 784, 256, 1, 1, 0},
    {"conv 1x1 28x28 64 to 64", 28, 28, 64, 64, 1, 1, 0},
    {"conv 1x1 14x14 64 to 384", 14, 14, 64, 384, 1, 1, 0},
    {"conv 1x1 14x14 384 to 64", 14, 14, 384, 64, 1, 1, 0},
    {"conv 1x1 28x28 512 to 128", 28, 28, 512, 128, 1, 1, 0},
    {"conv 1x1 7x7 512 to 2048", 7, 7, 512, 2048, 1, 1, 0},
    {"conv 3x3 28x28 16 to 32", 28, 28, 16, 32, 3, 1, 0},
    {"conv 3x3 14x14 32 to 64", 14, 14, 32, 64, 3, 1, 0},
    {"conv 3x3 7x7 64 to 128", 7, 7, 64, 128, 3, 1, 0},
    {"conv 3x3 56x56 64 to 64", 56, 56, 64, 64, 3, 1, 0},
    {"conv 3x3 14x14 256 to 256", 14, 14, 256, 256, 3, 1, 0},
    {"conv 3x3 7x7 512 to 512", 7, 7, 512, 512, 3, 1, 0},
};

static const double densities[] = {1, 0.9, 0.75, 0.5, 0.25, 0.1};
enum { DENSITIES = sizeof densities / sizeof densities[0], ROUNDS = 40 };

/// The dense layer with a share of its blocks zero, and the same without them.
typedef struct pair {
  pith_conv_args dense, sparse;
} pair;

static pair pair_of(shape s, double density) {
  pair p;
  p.dense = layer_of(s);
  p.sparse = p.dense;
  const size_t groups = (size_t)(p.dense.kernel_h * p.dense.kernel_w * p.dense.tap_bytes / 4);
  const size_t blocks = ((size_t)p.dense.channels + 15) / 16;
  int8_t *weights = memory(blocks * groups * 64), *next = weights;
  uint16_t *kept = memory(blocks * (groups + 1) * 2), *list = kept;
  for (size_t block = 0; block < blocks; block++) {
    uint16_t *count = list++;
    *count = 0;
    for (size_t group = 0; group < groups; group++) {
      int8_t *from = (int8_t *)(uintptr_t)p.dense.weights + (block * groups + group) * 64;
      if (rand() < density * RAND_MAX) {
        memcpy(next, from, 64);
        next += 64;
        *list++ = (uint16_t)group;
        ++*count;
      } else {
        memset(from, 0, 64);
      }
    }
  }
  p.sparse.weights = weights;
  p.sparse.kept = kept;
  p.sparse.output = memory((size_t)(p.dense.row_end * p.dense.out_row_stride));
  return p;
}

static void forget(pair *p) {
  const void *all[] = {p->dense.input, p->dense.output, p->dense.weights, p->dense.bias, p->dense.multiplier,
                       p->dense.padding, p->sparse.output, p->sparse.weights, p->sparse.kept};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) free((void *)(uintptr_t)all[i]);
}

static double time_of(void (*kernel)(const pith_conv_args *), const pith_conv_args *a, int repeats) {
  const double start = seconds();
  for (int i = 0; i < repeats; i++) kernel(a);
  return (seconds() - start) / repeats;
}

/// The best times of both, in turn; the outputs must agree.
static void measure(const pith_kernels *set, const pair *p, double *dense, double *sparse) {
  set->conv(&p->dense);
  set->conv_sparse(&p->sparse);
  if (memcmp(p->dense.output, p->sparse.output, (size_t)(p->dense.row_end * p->dense.out_row_stride))) {
    puts("the outputs differ");
    exit(1);
  }
  const double once = time_of(set->conv, &p->dense, 1);
  const int repeats = once > 1e-4 ? 1 : (int)(1e-4 / (once + 1e-9)) + 1;
  *dense = *sparse = 1e9;
  const double begin = seconds();
  for (int round = 0; round < ROUNDS && (round < 3 || seconds() - begin < 0.3); round++) {
    const double d = time_of(set->conv, &p->dense, repeats), s = time_of(set->conv_sparse, &p->sparse, repeats);
    if (d < *dense) *dense = d;
    if (s < *sparse) *sparse = s;
  }
}

/// Where the ratio passes 1 between two densities.
static double break_even(const double *ratios) {
  if (ratios[0] >= 1) return 1;
  for (int i = 1; i < DENSITIES; i++)
    if (ratios[i] >= 1)
      return densities[i] + (densities[i - 1] - densities[i]) * (ratios[i] - 1) / (ratios[i] - ratios[i - 1]);
  return 0;
}

static void run(const pith_kernels *set, const char *filter) {
  printf("%s: dense time / block-sparse time by density\n%-28s %10s", set->name, "", "dense");
  for (int i = 0; i < DENSITIES; i++) printf(" %6.0f%%", 100 * densities[i]);
  puts("   faster below");
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    if (!strstr(shapes[i].name, filter)) continue;
    double ratios[DENSITIES], dense = 0;
    for (int d = 0; d < DENSITIES; d++) {
      pair p = pair_of(shapes[i], densities[d]);
      double sparse;
      measure(set, &p, &dense, &sparse);
      ratios[d] = dense / sparse;
      forget(&p);
    }
    printf("%-28s %7.2f us", shapes[i].name, dense * 1e6);
    for (int d = 0; d < DENSITIES; d++) printf(" %7.2f", ratios[d]);
    printf(" %11.0f %%\n", 100 * break_even(ratios));
  }
}

int main(int argc, char **argv) {
  const uint32_t isa = argc > 1 ? (uint32_t)atoi(argv[1]) : 0;
  const char *filter = argc > 2 ? argv[2] : "";
  for (uint32_t i = isa ? isa : 1; i <= (isa ? isa : 4); i++) {
    const pith_kernels *set = pith_kernels_for(i);
    if (set)
      run(set, filter);
    else
      printf("this CPU lacks set %u\n", i);
  }
  return 0;
}
