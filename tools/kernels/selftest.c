// Compares every set of kernels that this CPU runs with the scalar one on random cases: `selftest [cases] [seed]`.
// Prints a line a set and kernel; exits 1 where any byte differs. Needs no files, so that it also runs as the only
// program of an emulator. Built and run by the script `selftest` beside it.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pith_kernels.h"

enum { MARGIN = 128 };

static uint64_t state;
static uint64_t next(void) {  // SplitMix64
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}
static int between(int low, int high) { return low + (int)(next() % (uint64_t)(high - low + 1)); }
static int one_of(int count, const int *values) { return values[between(0, count - 1)]; }
#define PICK(...) one_of((int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

/// Zeroed memory of exactly this size, so that a sanitizer sees each byte read or written beyond.
static void *memory(size_t bytes) {
  void *p = malloc(bytes ? bytes : 1);
  if (!p) exit(2);
  memset(p, 0, bytes);
  return p;
}
static uint8_t *random_bytes(size_t count) {
  uint8_t *p = memory(count);
  for (size_t i = 0; i < count; i++) p[i] = (uint8_t)next();
  return p;
}

/// An output between margins that must stay as they are.
typedef struct output {
  uint8_t *bytes;
  size_t count;
} output;
static output output_of(size_t count) {
  output o = {memory(count + 2 * MARGIN), count + 2 * MARGIN};
  for (size_t i = 0; i < o.count; i++) o.bytes[i] = (uint8_t)(i * 167 + 13);
  return o;
}

typedef int (*compare)(const pith_kernels *expected, const pith_kernels *actual);

static int differs(output *a, output *b) {
  const int different = memcmp(a->bytes, b->bytes, a->count) != 0;
  free(a->bytes);
  free(b->bytes);
  return different;
}

static void random_range(int32_t *zero, int32_t *min, int32_t *max) {
  *zero = PICK(0, 255, 128, between(0, 255));
  *min = 0;
  *max = 255;
  if (between(0, 2) == 0) {
    *min = between(0, 255);
    *max = between(*min, 255);
  }
}

static float random_multiplier(float typical) {
  const float wild[] = {0, 1e30f, -1e30f, (float)INFINITY, (float)NAN, 1e-30f, 1};
  return between(0, 30) == 0 ? wild[between(0, 6)] : typical * (float)between(1, 1000) / 500;
}

/// Size, stride, dilation and pads of one axis; gives the output's size.
static int random_axis(int kernel, int32_t *size, int32_t *stride, int32_t *dilation, int32_t *before, int32_t *after) {
  *size = between(1, 14);
  *stride = PICK(1, 1, 1, 2, 2, 3);
  *dilation = PICK(1, 1, 1, 2, 3);
  const int reach = *dilation * (kernel - 1);
  *before = between(0, reach < 4 ? reach : 4);
  *after = between(0, reach < 4 ? reach : 4);
  if (*size + *before + *after <= reach) *after = reach + 1 - *size - *before;
  return (*size + *before + *after - reach - 1) / *stride + 1;
}

static int random_shape(pith_conv_args *a, int depthwise) {
  int32_t after;
  a->kernel_h = depthwise ? PICK(1, 2, 3, 3, 3, 4, 5, 7, 9) : PICK(1, 1, 1, 2, 3, 3, 5);
  a->kernel_w = between(0, 3) ? a->kernel_h : PICK(1, 2, 3, 4, 5);
  const int single = !depthwise && between(0, 4) == 0;
  if (single) a->kernel_h = a->kernel_w = 1;
  int height = random_axis(a->kernel_h, &a->in_height, &a->stride_h, &a->dilation_h, &a->pad_top, &after);
  a->out_width = random_axis(a->kernel_w, &a->in_width, &a->stride_w, &a->dilation_w, &a->pad_left, &after);
  a->channels = 4 * between(1, single ? 70 : 40);
  a->tap_bytes = 4 * PICK(1, between(1, 20), 8, 16, single ? 200 : 24);
  if (single) height = a->in_height = a->in_width = a->out_width = 1;
  a->in_pixel_stride = (depthwise ? a->channels : a->tap_bytes) + PICK(0, 0, 4);
  a->in_row_stride = a->in_width * a->in_pixel_stride + PICK(0, 4);
  a->out_pixel_stride = a->channels + PICK(0, 0, 4, 12);
  a->out_row_stride = a->out_width * a->out_pixel_stride + PICK(0, 4);
  return height;
}

enum convolution { DENSE, DEPTHWISE, SPARSE };

/// Makes some blocks of the packed weights zero, and gives the others and the lists of where they were.
static int8_t *drop_blocks(int8_t *weights, size_t blocks, size_t groups, uint16_t **lists) {
  const int percent = PICK(0, 10, 25, 50, 75, 90, 100);
  int8_t *kept = memory(blocks * groups * 64), *next = kept;
  uint16_t *list = *lists = memory(blocks * (groups + 1) * sizeof(uint16_t));
  for (size_t block = 0; block < blocks; block++) {
    uint16_t *count = list++;
    for (size_t group = 0; group < groups; group++, weights += 64) {
      if (between(0, 99) >= percent) {
        memset(weights, 0, 64);
        continue;
      }
      memcpy(next, weights, 64);
      next += 64;
      *list++ = (uint16_t)group;
      ++*count;
    }
  }
  // Exactly as large as it is, so that a sanitizer sees reads beyond.
  int8_t *exact = memory((size_t)(next - kept));
  memcpy(exact, kept, (size_t)(next - kept));
  free(kept);
  return exact;
}

/// The block-sparse kernel is compared with the expected set's dense one.
static int compare_convolution(const pith_kernels *expected, const pith_kernels *actual, enum convolution kind) {
  const int depthwise = kind == DEPTHWISE;
  pith_conv_args a = {0};
  a.row_end = random_shape(&a, depthwise);
  if (kind == DENSE && a.row_end > 1 && a.out_width > 1 && between(0, 2) == 0) {
    a.pools = 1;
    a.row_end /= 2;
    a.out_width /= 2;
  }
  a.row_begin = between(0, a.row_end - 1);
  random_range(&a.out_zero, &a.out_min, &a.out_max);

  const int extreme = between(0, 4) == 0;
  const size_t blocks = ((size_t)a.channels + 15) / 16, padding_bytes = (size_t)(a.tap_bytes > 16 ? a.tap_bytes : 16);
  const size_t column = ((size_t)a.kernel_h + 3) / 4 * 4;
  const size_t reduction = (size_t)a.kernel_w * (depthwise ? column : (size_t)(a.kernel_h * a.tap_bytes));
  uint8_t *input = random_bytes((size_t)(a.in_height * a.in_row_stride) + 64), *padding = memory(padding_bytes);
  if (extreme) memset(input, 255, (size_t)(a.in_height * a.in_row_stride));
  memset(padding, extreme ? 255 : between(0, 255), padding_bytes);
  int8_t *weights = (int8_t *)random_bytes(blocks * 16 * reduction);
  for (size_t i = 0; i < blocks * 16 * reduction; i++) {
    if (weights[i] == -128) weights[i] = 127;
    if (extreme) weights[i] = i / 4 % 2 ? -127 : 127;
    if (depthwise && i / 64 * 4 % column + i % 4 >= (size_t)a.kernel_h) weights[i] = 0;
  }
  uint16_t *lists = 0;
  int8_t *kept = kind == SPARSE ? drop_blocks(weights, blocks, reduction / 4, &lists) : weights;
  int32_t *bias = memory(blocks * 64);
  float *multiplier = memory(blocks * 64);
  const float root = sqrtf((float)reduction);
  for (int c = 0; c < a.channels; c++) {
    bias[c] = between(-100000, 100000);
    multiplier[c] = random_multiplier(extreme ? 1 / (root * root * 200) : 1 / (root * 60));
  }
  uint8_t *codes = random_bytes(blocks * 16);
  a.codes = codes;
  a.unit = random_multiplier(1 / (root * 600));
  a.input = input;
  a.weights = weights;
  a.bias = bias;
  a.multiplier = between(0, 1) ? multiplier : 0;
  a.padding = padding;
  output x = output_of((size_t)(a.row_end * a.out_row_stride)), y = output_of((size_t)(a.row_end * a.out_row_stride));
  a.output = x.bytes + MARGIN;
  (depthwise ? expected->depthwise : expected->conv)(&a);
  a.output = y.bytes + MARGIN;
  a.weights = kept;
  a.kept = lists;
  (kind == SPARSE ? actual->conv_sparse : depthwise ? actual->depthwise : actual->conv)(&a);
  if (kept != weights) free(kept);
  free(input), free(padding), free(weights), free(bias), free(multiplier), free(lists), free(codes);
  return differs(&x, &y);
}

static int compare_conv(const pith_kernels *e, const pith_kernels *a) { return compare_convolution(e, a, DENSE); }
static int compare_sparse(const pith_kernels *e, const pith_kernels *a) { return compare_convolution(e, a, SPARSE); }
static int compare_depthwise(const pith_kernels *e, const pith_kernels *a) {
  return compare_convolution(e, a, DEPTHWISE);
}

static int compare_pools(const pith_kernels *expected, const pith_kernels *actual, int average) {
  pith_pool_args a = {0};
  a.kernel_h = PICK(1, 2, 3, 7);
  a.kernel_w = PICK(1, 2, 3, 7);
  a.row_end = random_axis(a.kernel_h, &a.in_height, &a.stride_h, &a.dilation_h, &a.pad_top, &a.pad_bottom);
  a.out_width = random_axis(a.kernel_w, &a.in_width, &a.stride_w, &a.dilation_w, &a.pad_left, &a.pad_right);
  a.channels = 4 * between(1, 40);
  a.in_pixel_stride = a.out_pixel_stride = a.channels + PICK(0, 4);
  a.in_row_stride = a.in_width * a.in_pixel_stride;
  a.out_row_stride = a.out_width * a.out_pixel_stride;
  a.count_padding = between(0, 1);
  a.in_zero = between(0, 255);
  a.multiplier = random_multiplier(1);
  random_range(&a.out_zero, &a.out_min, &a.out_max);
  uint8_t *input = random_bytes((size_t)(a.in_height * a.in_row_stride) + 64);
  a.input = input;
  output x = output_of((size_t)(a.row_end * a.out_row_stride)), y = output_of((size_t)(a.row_end * a.out_row_stride));
  a.output = x.bytes + MARGIN;
  (average ? expected->average_pool : expected->max_pool)(&a);
  a.output = y.bytes + MARGIN;
  (average ? actual->average_pool : actual->max_pool)(&a);
  free(input);
  return differs(&x, &y);
}

static int compare_max_pool(const pith_kernels *e, const pith_kernels *a) { return compare_pools(e, a, 0); }
static int compare_average_pool(const pith_kernels *e, const pith_kernels *a) { return compare_pools(e, a, 1); }

static int compare_binary(const pith_kernels *expected, const pith_kernels *actual, int adds) {
  pith_binary_args args = {0};
  args.rows = (size_t)between(1, 5);
  args.count = (size_t)between(1, 200);
  args.a_stride = args.count + (size_t)PICK(0, 0, 3);
  args.out_stride = args.b_stride = args.a_stride;
  if (between(0, 2) == 0) args.b_stride = 0;
  args.a_zero = between(0, 255);
  args.b_zero = between(0, 255);
  args.a_multiplier = random_multiplier(adds ? 1 : 0.01f);
  args.b_multiplier = random_multiplier(1);
  random_range(&args.out_zero, &args.out_min, &args.out_max);
  const size_t bytes = args.rows * args.a_stride;
  uint8_t *a = random_bytes(bytes), *b = random_bytes(bytes);
  output x = output_of(bytes), y = output_of(bytes);
  const int in_place = between(0, 1);
  for (int i = 0; i < 2; i++) {
    args.output = (i ? y : x).bytes + MARGIN;
    if (in_place) memcpy(args.output, a, bytes);
    args.a = in_place ? args.output : a;
    args.b = b;
    const pith_kernels *set = i ? actual : expected;
    (adds ? set->add : set->multiply)(&args);
  }
  free(a), free(b);
  return differs(&x, &y);
}

static int compare_add(const pith_kernels *e, const pith_kernels *a) { return compare_binary(e, a, 1); }
static int compare_multiply(const pith_kernels *e, const pith_kernels *a) { return compare_binary(e, a, 0); }

static int compare_lookup(const pith_kernels *expected, const pith_kernels *actual) {
  const size_t count = (size_t)between(0, 500);
  uint8_t *input = random_bytes(count), *table = random_bytes(256);
  output x = output_of(count), y = output_of(count);
  expected->lookup(input, x.bytes + MARGIN, count, table);
  actual->lookup(input, y.bytes + MARGIN, count, table);
  free(input), free(table);
  return differs(&x, &y);
}

static pith_convert_args random_conversion(void) {
  pith_convert_args a = {0};
  a.height = between(1, 4);
  a.width = PICK(1, between(1, 50), 16, 33);
  a.channels = PICK(1, 1, 3, 4, between(1, 70));
  a.padded_channels = PICK(a.channels, (a.channels + 3) / 4 * 4);
  a.pixel_stride = a.padded_channels + PICK(0, 0, 4);
  a.row_stride = a.width * a.pixel_stride + PICK(0, 5);
  const int planes = between(0, 1);
  a.f_row = planes ? a.width : a.width * a.channels;
  a.f_column = planes ? 1 : a.channels;
  a.f_channel = planes ? a.height * a.width : 1;
  a.scale = (float)between(1, 1000) / 5000;
  a.zero = between(0, 255);
  return a;
}

static int compare_quantize(const pith_kernels *expected, const pith_kernels *actual) {
  pith_convert_args a = random_conversion();
  const size_t floats = (size_t)(a.height * a.width * a.channels), bytes = (size_t)(a.height * a.row_stride);
  float *real = memory(floats * sizeof(float));
  for (size_t i = 0; i < floats; i++) real[i] = random_multiplier(a.scale * 128) - a.scale * 128;
  a.real = real;
  output x = output_of(bytes), y = output_of(bytes);
  a.bytes = x.bytes + MARGIN;
  expected->quantize(&a);
  a.bytes = y.bytes + MARGIN;
  actual->quantize(&a);
  free(real);
  return differs(&x, &y);
}

static int compare_dequantize(const pith_kernels *expected, const pith_kernels *actual) {
  pith_convert_args a = random_conversion();
  const size_t floats = (size_t)(a.height * a.width * a.channels);
  uint8_t *input = random_bytes((size_t)(a.height * a.row_stride));
  a.bytes = input;
  output x = output_of(floats * sizeof(float)), y = output_of(floats * sizeof(float));
  a.real = (float *)(void *)(x.bytes + MARGIN);
  expected->dequantize(&a);
  a.real = (float *)(void *)(y.bytes + MARGIN);
  actual->dequantize(&a);
  free(input);
  return differs(&x, &y);
}

static int compare_softmax(const pith_kernels *expected, const pith_kernels *actual) {
  pith_softmax_args a = {0};
  uint32_t table[256];
  const double scale = PICK(1, 50, 50, 500) / 1000.0;
  for (int i = 0; i < 256; i++) table[i] = (uint32_t)(exp(-i * scale) * 16777216 + 0.5);
  a.rows = PICK(1, 3, between(1, 20));
  a.count = PICK(between(1, 20), between(1, 70), between(1, 300), between(1, 2000));
  a.in_stride = a.out_stride = a.count + PICK(0, 4);
  a.multiplier = random_multiplier(256);
  random_range(&a.out_zero, &a.out_min, &a.out_max);
  // Without what the stride leaves behind the last row, so that a sanitizer sees reads beyond.
  uint8_t *input = random_bytes((size_t)((a.rows - 1) * a.in_stride + a.count));
  a.input = input;
  a.table = table;
  output x = output_of((size_t)(a.rows * a.out_stride)), y = output_of((size_t)(a.rows * a.out_stride));
  a.output = x.bytes + MARGIN;
  expected->softmax(&a);
  a.output = y.bytes + MARGIN;
  actual->softmax(&a);
  free(input);
  return differs(&x, &y);
}

static int compare_layer_norm(const pith_kernels *expected, const pith_kernels *actual) {
  pith_layer_norm_args a = {0};
  a.rows = PICK(1, 3, between(1, 20));
  a.count = PICK(between(1, 20), between(1, 70), between(1, 300), between(1, 2000));
  a.in_stride = a.out_stride = a.count + PICK(0, 4);
  a.scale = random_multiplier(0.05f);
  a.epsilon = 1e-5f;
  a.out_zero = between(0, 255);
  float *gain = memory((size_t)a.count * sizeof(float)), *shift = memory((size_t)a.count * sizeof(float));
  for (int i = 0; i < a.count; i++) gain[i] = random_multiplier(50), shift[i] = random_multiplier(20) - 20;
  a.gain = gain;
  a.shift = shift;
  uint8_t *input = random_bytes((size_t)((a.rows - 1) * a.in_stride + a.count));
  a.input = input;
  output x = output_of((size_t)(a.rows * a.out_stride)), y = output_of((size_t)(a.rows * a.out_stride));
  a.output = x.bytes + MARGIN;
  expected->layer_norm(&a);
  a.output = y.bytes + MARGIN;
  actual->layer_norm(&a);
  free(input), free(gain), free(shift);
  return differs(&x, &y);
}

static const struct {
  const char *name;
  compare run;
} kernels[] = {
    {"conv", compare_conv},
    {"conv_sparse", compare_sparse},
    {"depthwise", compare_depthwise},
    {"max_pool", compare_max_pool},
    {"average_pool", compare_average_pool},
    {"add", compare_add},
    {"multiply", compare_multiply},
    {"lookup", compare_lookup},
    {"quantize", compare_quantize},
    {"dequantize", compare_dequantize},
    {"softmax", compare_softmax},
    {"layer_norm", compare_layer_norm},
};

static int check(const pith_kernels *set, size_t kernel, int cases, uint64_t seed) {
  int wrong = 0, first = 0;
  for (int i = 0; i < cases; i++) {
    state = (seed << 32) + (uint64_t)i;
    if (kernels[kernel].run(pith_kernels_for(1), set) && wrong++ == 0) first = i;
  }
  if (wrong)
    printf("FAIL %s %s: %d of %d, the first is %d\n", set->name, kernels[kernel].name, wrong, cases, first);
  else
    printf("OK %s %s: %d\n", set->name, kernels[kernel].name, cases);
  return wrong;
}

int main(int argc, char **argv) {
  const int cases = argc > 1 ? atoi(argv[1]) : 1000;
  const uint64_t seed = argc > 2 ? strtoull(argv[2], 0, 10) : 1;
  int failures = 0;
  for (uint32_t isa = 2; isa <= 4; isa++) {
    const pith_kernels *set = pith_kernels_for(isa);
    if (!set) printf("-- this CPU lacks set %u\n", isa);
    for (size_t k = 0; set && k < sizeof kernels / sizeof kernels[0]; k++) failures += check(set, k, cases, seed);
  }
  puts(failures ? "FAIL" : "OK");
  return failures != 0;
}
