// How fast the kernels are: `speed [isa] [filter]`. For each shape the best time of many runs, int8 operations per
// second (a multiply-add counts as two) and the share of what the core can do between registers; of rows that are
// normalized, the time of an element. Built by `speed`.
#include <math.h>

#include "layers.h"
#include "pith_format.h"

static const shape shapes[] = {
    {"conv 3x3 14x14 32 to 64", 14, 14, 32, 64, 3, 1, 0},
    {"conv 3x3 7x7 64 to 128", 7, 7, 64, 128, 3, 1, 0},
    {"first layer 28x28, 3 rows of 4 bytes, to 32", 28, 28, 4, 32, -3, 1, 0},
    {"first layer 112x112, 3 rows of 12 bytes, to 32", 112, 112, 12, 32, -3, 1, 0},
    {"first layer 112x112, 7 rows of 24 bytes, to 64", 112, 112, 24, 64, -7, 1, 0},
    {"conv 1x1 56x56 96 to 24", 56, 56, 96, 24, 1, 1, 0},
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

/// Softmax and layer normalization.
static const struct {
  const char *name;
  int rows, count, layer_norm;
} normalized[] = {
    {"softmax 1x10", 1, 10, 0},          {"softmax 1x1000", 1, 1000, 0},
    {"softmax 3136x49", 3136, 49, 0},    {"softmax 512x128", 512, 128, 0},
    {"softmax 591x197", 591, 197, 0},    {"softmax 1024x1024", 1024, 1024, 0},
    {"layer_norm 128x256", 128, 256, 1}, {"layer_norm 197x192", 197, 192, 1},
    {"layer_norm 1x768", 1, 768, 1},
};

/// Convolutions and the pool of 2×2 behind them: in one kernel, and in two.
static const shape pooled[] = {
    {"first layer 28x28 to 32, and pool", 28, 28, 4, 32, -3, 1, 0},
    {"conv 3x3 14x14 32 to 64, and pool", 14, 14, 32, 64, 3, 1, 0},
    {"conv 3x3 56x56 64 to 128, and pool", 56, 56, 64, 128, 3, 1, 0},
};

/// What is timed: `count` layers of `run`.
typedef struct work {
  void (*kernel)(const pith_conv_args *);
  const pith_conv_args *layers;
  int count;
  void (*pool)(const pith_pool_args *);
  const pith_pool_args *pooled;
  void (*softmax)(const pith_softmax_args *);
  const pith_softmax_args *rows;
  void (*layer_norm)(const pith_layer_norm_args *);
  const pith_layer_norm_args *normalized;
  void (*quantize)(const pith_convert_args *);
  const pith_convert_args *floats;
  void (*winograd)(const pith_winograd_args *);
  const pith_winograd_args *tiles;
} work;

static void run(const work *w) {
  for (int i = 0; i < w->count; i++) w->kernel(&w->layers[i]);
  if (w->pool) w->pool(w->pooled);
  if (w->softmax) w->softmax(w->rows);
  if (w->layer_norm) w->layer_norm(w->normalized);
  if (w->quantize) w->quantize(w->floats);
  if (w->winograd) w->winograd(w->tiles);
}

/// The best time of one run.
static double time_of(const work *w) {
  run(w);
  double start = seconds();
  run(w);
  const double once = seconds() - start;
  const int repeats = once > 1e-4 ? 1 : (int)(1e-4 / (once + 1e-9)) + 1;
  double best = 1e9;
  for (double begin = seconds(); seconds() - begin < 0.15;) {
    start = seconds();
    for (int r = 0; r < repeats; r++) run(w);
    const double time = (seconds() - start) / repeats;
    if (time < best) best = time;
  }
  return best;
}

static void print_pooled(const pith_kernels *set, shape s) {
  pith_conv_args a = layer_of(s);
  const pith_pool_args pool = {
      .input = a.output, .output = memory((size_t)a.row_end * (size_t)a.out_row_stride / 4), .in_height = a.row_end,
      .in_width = a.out_width, .in_row_stride = a.out_row_stride, .in_pixel_stride = s.out, .out_width = a.out_width / 2,
      .out_row_stride = a.out_width / 2 * s.out, .out_pixel_stride = s.out, .kernel_h = 2, .kernel_w = 2, .stride_h = 2,
      .stride_w = 2, .dilation_h = 1, .dilation_w = 1, .channels = s.out, .out_max = 255, .row_end = a.row_end / 2};
  const double two =
      time_of(&(work){.kernel = set->conv, .layers = &a, .count = 1, .pool = set->max_pool, .pooled = &pool});
  a.pools = 1;
  a.output = pool.output;
  a.row_end = pool.row_end;
  a.out_width = pool.out_width;
  a.out_row_stride = pool.out_row_stride;
  const double one = time_of(&(work){.kernel = set->conv, .layers = &a, .count = 1});
  printf("%-44s %8.2f us, apart %8.2f us\n", s.name, one * 1e6, two * 1e6);
}

/// The time of Winograd's algorithm with `chunk` tiles at a time, or 0 where it is not for this layer.
static double time_of_winograd(const pith_kernels *set, const pith_conv_args *a, int chunk) {
  if (!set->winograd || a->kernel_h != 3 || a->kernel_w != 3 || a->stride_w != 1) return 0;
  const pith_winograd_args w = {
      .conv = *a, .chunk = chunk,
      .tile_end = (int32_t)pith_winograd_tiles(1, (uint64_t)a->row_end, (uint64_t)a->out_width, a->pools),
      .scratch = memory(pith_winograd_scratch((uint64_t)a->tap_bytes, (uint64_t)chunk))};
  return time_of(&(work){.winograd = set->winograd, .tiles = &w});
}

static double time_of_softmax(const pith_kernels *set, int rows, int count) {
  uint32_t table[256];
  for (int i = 0; i < 256; i++) table[i] = (uint32_t)(exp(-i * 0.05) * 16777216 + 0.5);
  const size_t bytes = (size_t)rows * (size_t)count;
  const pith_softmax_args a = {
      .input = memory(bytes), .output = memory(bytes), .table = table, .rows = rows, .count = count,
      .in_stride = count, .out_stride = count, .multiplier = 256, .out_max = 255};
  return time_of(&(work){.softmax = set->softmax, .rows = &a});
}

static double time_of_layer_norm(const pith_kernels *set, int rows, int count) {
  float *gain = memory((size_t)count * sizeof(float)), *shift = memory((size_t)count * sizeof(float));
  for (int i = 0; i < count; i++) gain[i] = 30, shift[i] = (float)(i % 7);
  const size_t bytes = (size_t)rows * (size_t)count;
  const pith_layer_norm_args a = {
      .input = memory(bytes), .output = memory(bytes), .gain = gain, .shift = shift, .rows = rows, .count = count,
      .in_stride = count, .out_stride = count, .scale = 0.05f, .epsilon = 1e-5f, .out_zero = 128};
  return time_of(&(work){.layer_norm = set->layer_norm, .normalized = &a});
}

/// An image of planes to one of pixels.
static double time_of_quantize(const pith_kernels *set, int side, int channels) {
  const size_t plane = (size_t)side * (size_t)side, count = plane * (size_t)channels;
  float *real = memory(count * sizeof(float));
  for (size_t i = 0; i < count; i++) real[i] = (float)(i % 251) / 100;
  const pith_convert_args a = {
      .real = real, .bytes = memory(count), .height = side, .width = side, .channels = channels,
      .padded_channels = channels, .f_row = side, .f_column = 1, .f_channel = (ptrdiff_t)plane,
      .row_stride = side * channels, .pixel_stride = channels, .scale = 0.02f, .zero = 3};
  return time_of(&(work){.quantize = set->quantize, .floats = &a});
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
    const double time = time_of(&(work){.kernel = s.depthwise ? set->depthwise : set->conv, .layers = &a, .count = 1});
    const double pixels = (double)a.row_end * a.out_width, taps = (double)a.kernel_h * a.kernel_w;
    const double speed = 2e-9 * pixels * taps * s.out * (s.depthwise ? 1 : s.in) / time;
    printf("%-44s %8.2f us %6.0f GOP/s", s.name, time * 1e6, speed);
    if (limit > 0) printf(" %4.0f %%", 100 * speed / limit);
    static const int chunks[] = {8, 16, 32, 64};
    for (size_t c = 0; !s.depthwise && c < sizeof chunks / sizeof chunks[0]; c++) {
      const double other = time_of_winograd(set, &a, chunks[c]);
      if (other > 0) printf("%s %d: %.2f", c ? "," : "; Winograd", chunks[c], other * 1e6);
    }
    puts("");
  }
  for (size_t i = 0; i < sizeof pooled / sizeof pooled[0]; i++)
    if (strstr(pooled[i].name, filter)) print_pooled(set, pooled[i]);
  for (size_t i = 0; i < sizeof normalized / sizeof normalized[0]; i++) {
    const int rows = normalized[i].rows, count = normalized[i].count;
    if (!strstr(normalized[i].name, filter)) continue;
    const double time = (normalized[i].layer_norm ? time_of_layer_norm : time_of_softmax)(set, rows, count);
    printf("%-44s %8.2f us %6.2f ns an element\n", normalized[i].name, time * 1e6, time * 1e9 / rows / count);
  }
  if (strstr("quantize 224x224x3", filter))
    printf("%-44s %8.2f us\n", "quantize 224x224x3", time_of_quantize(set, 224, 3) * 1e6);
  const pith_conv_args dense[] = {
      layer_of((shape){"", 1, 1, 784, 256, 1, 1, 0}), layer_of((shape){"", 1, 1, 256, 128, 1, 1, 0}),
      layer_of((shape){"", 1, 1, 128, 12, 1, 1, 0})};
  const double time = time_of(&(work){.kernel = set->conv, .layers = dense, .count = 3});
  printf("%-44s %8.2f us\n", "784-256-128-10, one input", time * 1e6);
  return 0;
}
