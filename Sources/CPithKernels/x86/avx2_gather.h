// The input bytes under a tile, gathered and spread for avx2_conv.h: every second byte into its 16-bit word, the others into
// words of their own; or for a single pixel into halves of four bits.
#include "tiles.h"

enum { SPREAD_BYTES = 57344, GATHERED_BYTES = 4096 };

/// The gathered bytes of a tile: [groups][pixels][two parts][32]. A group is 32 bytes of the reduction, or a short row of the
/// kernel.
typedef struct spread {
  uint8_t bytes[SPREAD_BYTES] __attribute__((aligned(64)));
} spread;

/// Takes a pixel's reduction in pieces, all of the same length, and spreads it, 32 bytes every `step` bytes.
typedef struct gather {
  uint8_t *to, *staged;  // GATHERED_BYTES and room for a vector
  ptrdiff_t step;
  size_t fill;
  int halves;
} gather;

HELPER void spread_vector(uint8_t *to, const uint8_t *from, int halves) {
  const __m256i bytes = vector_load(from);
  if (halves) {
    const __m256i low = _mm256_set1_epi8(15);
    vector_store(to, _mm256_and_si256(bytes, low));
    vector_store(to + 32, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low));
  } else {
    vector_store(to, _mm256_and_si256(bytes, _mm256_set1_epi16(255)));
    vector_store(to + 32, _mm256_srli_epi16(bytes, 8));
  }
}

HELPER void spread_32(gather *g, const uint8_t *from) {
  spread_vector(g->to, from, g->halves);
  g->to += g->step;
}

/// A piece of less than 32 bytes, 4 at a time: a vector loaded soon over several small stores would wait for them.
HELPER void spread_small(gather *g, const uint8_t *from, size_t count) {
  const uint32_t mask = g->halves ? 0x0F0F0F0F : 0x00FF00FF;
  for (size_t i = 0; i < count; i += 4, g->to += 4) {
    uint32_t four;
    __builtin_memcpy(&four, from + i, 4);
    const uint32_t first = four & mask, second = four >> (g->halves ? 4 : 8) & mask;
    __builtin_memcpy(g->to, &first, 4);
    __builtin_memcpy(g->to + 32, &second, 4);
    g->fill += 4;
    if (g->fill % 32 == 0) g->to += g->step - 32;
  }
}

/// Any other piece is staged; `map` tells that a vector may be read behind it.
HELPER void spread_staged(gather *g, const uint8_t *from, size_t count, int map) {
  while (count > 0) {
    const size_t piece = pith_min(count, GATHERED_BYTES - g->fill);
    uint8_t *to = g->staged + g->fill;
    size_t i = 0;
    if (map)
      for (; i < piece; i += 16) bytes_store(to + i, bytes_load(from + i));
    for (; i < piece; i += 4) __builtin_memcpy(to + i, from + i, 4);
    g->fill += piece;
    from += piece;
    count -= piece;
    if (g->fill == GATHERED_BYTES) {
      for (size_t done = 0; done < GATHERED_BYTES; done += 32) spread_32(g, g->staged + done);
      g->fill = 0;
    }
  }
}

/// `count` bytes, a multiple of 4, of the map or of the padding.
HELPER void gather_add(gather *g, const uint8_t *from, size_t count, int map) {
  if (count % 32 == 0)
    for (size_t i = 0; i < count; i += 32) spread_32(g, from + i);
  else if (count < 32)
    spread_small(g, from, count);
  else
    spread_staged(g, from, count, map);
}

/// Spreads what is still staged of pieces of `count` bytes.
HELPER void gather_end(gather *g, size_t count) {
  if (count % 32 == 0 || count < 32) return;
  for (size_t done = 0; done < g->fill; done += 32) spread_32(g, g->staged + done);
}

/// A pixel's window of which some lies outside the map.
HELPER void gather_anywhere(const pith_conv_args *a, gather *g, tile_pixel p) {
  const size_t count = (size_t)a->tap_bytes;
  for (int32_t ky = 0, y = p.y; ky < a->kernel_h; ky++, y += a->dilation_h)
    for (int32_t kx = 0, x = p.x; kx < a->kernel_w; kx++, x += a->dilation_w) {
      if (y >= 0 && y < a->in_height && x >= 0 && x < a->in_width)
        gather_add(g, a->input + (ptrdiff_t)y * a->in_row_stride + (ptrdiff_t)x * a->in_pixel_stride, count, 1);
      else
        gather_add(g, a->padding, count, 0);
    }
  gather_end(g, count);
}

/// A pixel's window that lies inside the map; kernel rows of neighbouring pixels are runs of bytes.
HELPER void gather_inside(const pith_conv_args *a, gather *g, const uint8_t *start) {
  const int runs = a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes;
  const ptrdiff_t row = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  const size_t count = (size_t)a->tap_bytes * (size_t)(runs ? a->kernel_w : 1);
  const int32_t columns = runs ? 1 : a->kernel_w;
  for (int32_t ky = 0; ky < a->kernel_h; ky++, start += row)
    for (int32_t kx = 0; kx < columns; kx++) gather_add(g, start + kx * step, count, 1);
  gather_end(g, count);
}

/// Gathers the tile's pixels and says where they go.
HELPER void gather_tile(
    const pith_conv_args *args, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs, const int halves) {
  // Copies: stores of bytes could change what the pointers show.
  const pith_conv_args a = *args;
  tile_walk w = *walk;
  const int32_t height = (a.kernel_h - 1) * a.dilation_h, width = (a.kernel_w - 1) * a.dilation_w;
  uint8_t staged[GATHERED_BYTES + 32];
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel p = tile_take_part(&a, &w, a.pools, m % 4);
    outputs[a.pools ? m / 4 : m] = p.output;
    gather g = {to->bytes + 64 * m, staged, 64 * count, 0, halves};
    const uint8_t *start = a.input + (ptrdiff_t)p.y * a.in_row_stride + (ptrdiff_t)p.x * a.in_pixel_stride;
    if (p.y < 0 || p.x < 0 || p.y + height >= a.in_height || p.x + width >= a.in_width)
      gather_anywhere(&a, &g, p);
    else
      gather_inside(&a, &g, start);
  }
  *walk = w;
}

/// The same where each pixel is one run of bytes in the map.
HELPER void gather_points(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs, const int halves) {
  const ptrdiff_t step = (ptrdiff_t)a->stride_w * a->in_pixel_stride, out_step = a->out_pixel_stride;
  const ptrdiff_t bytes = a->tap_bytes, apart = 64 * count;
  uint8_t *next = to->bytes;
  int32_t left = count;
  while (left > 0) {
    const int32_t rest = a->out_width - walk->x, run = rest < left ? rest : left;
    const uint8_t *from = a->input + (ptrdiff_t)walk->y * a->stride_h * a->in_row_stride + walk->x * step;
    uint8_t *out = a->output + (ptrdiff_t)walk->y * a->out_row_stride + walk->x * out_step;
    for (int32_t m = 0; m < run; m++, from += step, out += out_step, next += 64) {
      *outputs++ = out;
      uint8_t *at = next;
      for (ptrdiff_t i = 0; i < bytes; i += 32, at += apart) spread_vector(at, from + i, halves);
    }
    walk->x = run == rest ? 0 : walk->x + run;
    walk->y += run == rest;
    left -= run;
  }
  walk->left -= count;
}

/// Whether the kernel's rows are short runs of bytes in the map: each is a group then, spread by one load. They are so few that
/// the largest tile fits.
HELPER int has_short_rows(const pith_conv_args *a) {
  const int32_t pixels = a->pools ? 2 * TILE : TILE;
  return a->kernel_h <= SPREAD_BYTES / 64 / pixels && (int64_t)a->kernel_w * a->tap_bytes <= 32 &&
         (a->kernel_w == 1 || (a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes));
}

/// A pixel's window of such rows, of which some lies outside the map.
HELPER void gather_rows_anywhere(const pith_conv_args *a, tile_pixel p, uint8_t *to, ptrdiff_t apart) {
  for (int32_t ky = 0, y = p.y; ky < a->kernel_h; ky++, y += a->dilation_h, to += apart) {
    uint8_t staged[32] = {0};
    for (int32_t kx = 0, x = p.x; kx < a->kernel_w; kx++, x++) {
      const int inside = y >= 0 && y < a->in_height && x >= 0 && x < a->in_width;
      const uint8_t *tap =
          inside ? a->input + (ptrdiff_t)y * a->in_row_stride + (ptrdiff_t)x * a->in_pixel_stride : a->padding;
      for (int32_t i = 0; i < a->tap_bytes; i += 4) __builtin_memcpy(staged + kx * a->tap_bytes + i, tap + i, 4);
    }
    spread_vector(to, staged, 0);
  }
}

/// The same of such kernels. What is read behind a row meets no weight.
static KERNEL __attribute__((noinline)) void gather_rows(
    const pith_conv_args *args, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  const pith_conv_args a = *args;
  tile_walk w = *walk;
  const int32_t height = (a.kernel_h - 1) * a.dilation_h, width = a.kernel_w - 1;
  const ptrdiff_t row = (ptrdiff_t)a.dilation_h * a.in_row_stride, apart = 64 * count;
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel p = tile_take_part(&a, &w, a.pools, m % 4);
    outputs[a.pools ? m / 4 : m] = p.output;
    uint8_t *group = to->bytes + 64 * m;
    if (p.y < 0 || p.x < 0 || p.y + height >= a.in_height || p.x + width >= a.in_width) {
      gather_rows_anywhere(&a, p, group, apart);
      continue;
    }
    const uint8_t *from = a.input + (ptrdiff_t)p.y * a.in_row_stride + (ptrdiff_t)p.x * a.in_pixel_stride;
    for (int32_t ky = 0; ky < a.kernel_h; ky++, from += row, group += apart) spread_vector(group, from, 0);
  }
  *walk = w;
}

static KERNEL __attribute__((noinline)) void gather_words(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_tile(a, walk, count, to, outputs, 0);
}

static KERNEL __attribute__((noinline)) void gather_halves(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_tile(a, walk, count, to, outputs, 1);
}

static KERNEL __attribute__((noinline)) void gather_points_words(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_points(a, walk, count, to, outputs, 0);
}

static KERNEL __attribute__((noinline)) void gather_points_halves(
    const pith_conv_args *a, tile_walk *walk, int32_t count, spread *to, uint8_t **outputs) {
  gather_points(a, walk, count, to, outputs, 1);
}

typedef void (*gather_function)(const pith_conv_args *, tile_walk *, int32_t, spread *, uint8_t **);

/// How to gather tiles of many pixels, in groups of so many steps of 4 bytes, and of one.
typedef struct gather_choice {
  gather_function words, halves;
  int64_t group;
} gather_choice;

HELPER gather_choice choose_gather(const pith_conv_args *a) {
  if (is_pointwise(a)) return (gather_choice){gather_points_words, gather_points_halves, 8};
  return (gather_choice){gather_words, gather_halves, 8};
}
