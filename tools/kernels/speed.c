// How fast the kernels are: `speed [isa] [filter]`. For each shape the best time of many runs, int8 operations per
// second (a multiply-add counts as two) and the share of what the core can do between registers. Built by `speed`.
#include "layers.h"

static const shape shapes[] = {
    {"conv 3x3 14x14 32 to 64", 14, 14, 32, 64, 3, 1, 0},
    {"conv 3x3 7x7 64 to 128", 7, 7, 64, 128, 3, 1, 0},
    {"first layer 28x28, 3 rows of 4 bytes, to 32", 28, 28, 4, 32, -3, 1, 0},
    {"conv 3x3 56x56 64 to 64", 56, 56, 64, 64, 3, 1, 0},
    {"conv 3x3 28x28 128 to 128", 28, 28, 128, 128, 3, 1, 0},
    {"conv 3x3 14x14 256 to 256", 14, 14, 256, 256, 3, 1, 0},
    {"conv 3x3 7x7 512 to 512", 7, 7, 512, 512, 3, 1, 0},
    {"conv 1x1 56x56 64 to 256", 56, 56, 64, 256, 1, 1, 0},
    {"conv 1x1 28x28 512 to 128", 28, 28, 512, 128, 1, 1, 0},
    {"conv 1x1 14x14 1024 to 256", 14, 14, 1024, 256, 1, 1, 0},
    {"conv 1x1 7x7 512 to 2048", 7, 7, 512, 2048, 1, 1, 0},
    {"conv 1x1 14x14 64 to 384", 14, 14, 64, 384, 1, 1, 0},
    {"conv 1x1 28x28 192 to 64", 28, 28, 192, 64, 1, 1, 0},
    {"conv 1x1 112x112 32 to 16", 112, 112, 32, 16, 1, 1, 0},
    {"depthwise 3x3 28x28 64", 28, 28, 64, 64, 3, 1, 1},
    {"depthwise 3x3 28x28 64 by 2", 28, 28, 64, 64, 3, 2, 1},
    {"depthwise 3x3 112x112 32", 112, 112, 32, 32, 3, 1, 1},
    {"depthwise 3x3 56x56 144", 56, 56, 144, 144, 3, 1, 1},
    {"depthwise 3x3 56x56 144 by 2", 56, 56, 144, 144, 3, 2, 1},
    {"depthwise 3x3 28x28 192", 28, 28, 192, 192, 3, 1, 1},
    {"depthwise 3x3 14x14 384", 14, 14, 384, 384, 3, 1, 1},
    {"depthwise 3x3 7x7 960", 7, 7, 960, 960, 3, 1, 1},
    {"depthwise 5x5 14x14 240", 14, 14, 240, 240, 5, 1, 1},
    {"vector 784 to 256", 1, 1, 784, 256, 1, 1, 0},
    {"vector 256 to 128", 1, 1, 256, 128, 1, 1, 0},
    {"vector 128 to 10 (12)", 1, 1, 128, 12, 1, 1, 0},
    {"vector 4096 to 1024", 1, 1, 4096, 1024, 1, 1, 0},
};

static void (*kernel)(const pith_conv_args *);

static void run(const pith_conv_args *layers, int count) {
  for (int i = 0; i < count; i++) kernel(&layers[i]);
}

/// The best time of one run of all layers.
static double time_of(const pith_conv_args *layers, int count) {
  run(layers, count);
  double start = seconds();
  run(layers, count);
  const double once = seconds() - start;
  const int repeats = once > 1e-4 ? 1 : (int)(1e-4 / (once + 1e-9)) + 1;
  double best = 1e9;
  for (double begin = seconds(); seconds() - begin < 0.15;) {
    start = seconds();
    for (int r = 0; r < repeats; r++) run(layers, count);
    const double time = (seconds() - start) / repeats;
    if (time < best) best = time;
  }
  return best;
}

int main(int argc, char **argv) {
  const uint32_t isa = argc > 1 ? (uint32_t)atoi(argv[1]) : 2;
  const char *filter = argc > 2 ? argv[2] : "";
  const pith_kernels *set = pith_kernels_for(isa);
  if (!set) return puts("this CPU lacks this set"), 1;
  const double limit = 2e-9 * pith_int8_limit(isa, 200);
  printf("%s: limit %.0f GOP/s\n", set->name, limit);
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    const shape s = shapes[i];
    if (!strstr(s.name, filter)) continue;
    const pith_conv_args a = layer_of(s);
    kernel = s.depthwise ? set->depthwise : set->conv;
    const double time = time_of(&a, 1);
    const double pixels = (double)a.row_end * a.out_width, taps = (double)a.kernel_h * a.kernel_w;
    const double speed = 2e-9 * pixels * taps * s.out * (s.depthwise ? 1 : s.in) / time;
    printf("%-44s %8.2f us %6.0f GOP/s", s.name, time * 1e6, speed);
    if (limit > 0) printf(" %4.0f %%", 100 * speed / limit);
    puts("");
  }
  const pith_conv_args dense[] = {
      layer_of((shape){"", 1, 1, 784, 256, 1, 1, 0}), layer_of((shape){"", 1, 1, 256, 128, 1, 1, 0}),
      layer_of((shape){"", 1, 1, 128, 12, 1, 1, 0})};
  kernel = set->conv;
  printf("%-44s %8.2f us\n", "784-256-128-10, one input", time_of(dense, 3) * 1e6);
  return 0;
}
