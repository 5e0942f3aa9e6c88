// Block-sparse convolution with a byte dot product. Each pixel's reduction is one run of bytes, in the map itself or
// gathered, so that a block's position in K is its input's offset. The set defines SPARSE_TILE, the most pixels.
#include "sparse.h"

enum { GATHERED_BYTES = 57344 };

/// A tile's pixels: where their reductions begin, and where their outputs go.
typedef struct sparse_tile {
  const uint8_t *x[SPARSE_TILE];
  uint8_t *outputs[SPARSE_TILE];
} sparse_tile;

/// Multiplies `count` neighbouring blocks with each pixel's bytes, in a sum each.
HELPER void add_blocks(
    lanes (*sums)[4], const uint8_t *const *x, const uint16_t *kept, const int8_t *w, const int pixels,
    const int count) {
  UNROLL
  for (int s = 0; s < count; s++) {
    const ptrdiff_t at = 4 * (ptrdiff_t)kept[s];
    const lanes weights = weights_load(w + 64 * s);
    UNROLL
    for (int m = 0; m < pixels; m++) sums[m][s] = lanes_dot(sums[m][s], broadcast_4(x[m] + at), weights);
  }
}

/// `splits` sums a channel and pixel, of every splits-th block each, so that enough dot products are under way.
HELPER void run_sparse(
    const sparse_part *part, const sparse_tile *tile, const range *out, const int pixels, const int splits) {
  const sparse_part p = *part;
  const range r = *out;
  const uint8_t *x[SPARSE_TILE];
  UNROLL
  for (int m = 0; m < pixels; m++) x[m] = tile->x[m];
  const uint16_t *kept = p.begin.kept;
  const int8_t *w = p.begin.weights;
  for (int32_t c = p.begin.channel; c < p.end; c += 16) {
    lanes sums[SPARSE_TILE][4];
    UNROLL
    for (int m = 0; m < pixels; m++) {
      UNROLL
      for (int s = 0; s < splits; s++) sums[m][s] = s ? lanes_of(0) : lanes_load(p.bias + c);
    }
    const ptrdiff_t count = *kept++;
    const uint16_t *end = kept + count;
    for (; end - kept >= splits; kept += splits, w += 64 * splits) add_blocks(sums, x, kept, w, pixels, splits);
    for (; kept < end; kept++, w += 64) add_blocks(sums, x, kept, w, pixels, 1);
    const reals multiplier = reals_load(p.multiplier + (c - p.begin.channel));
    UNROLL
    for (int m = 0; m < pixels; m++) {
      UNROLL
      for (int s = 1; s < splits; s++) sums[m][0] = lanes_add(sums[m][0], sums[m][s]);
      reals f = reals_mul(reals_of_lanes(sums[m][0]), multiplier);
      if (p.added.adds) f = add_addend(f, tile->outputs[m] + c, &p.added);
      bytes_store_up_to_16(tile->outputs[m] + c, requantize(f, &r), (size_t)(p.channels - c));
    }
  }
}

/// One function a count of pixels: the sums stay in registers.
typedef void (*sparse_function)(const sparse_part *, const sparse_tile *, const range *);
#define SPARSE_OF(PIXELS, SPLITS)                                                          \
  static KERNEL __attribute__((noinline)) void sparse_##PIXELS(                            \
      const sparse_part *part, const sparse_tile *tile, const range *out) {                \
    run_sparse(part, tile, out, PIXELS, SPLITS);                                           \
  }

HELPER void gather_run(uint8_t *to, const uint8_t *from, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += VECTOR_BYTES) vector_store(to + i, vector_load(from + i));
}

HELPER void gather_zeros(uint8_t *to, vector zeros, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += VECTOR_BYTES) vector_store(to + i, zeros);
}

/// Copies one pixel's reduction. Each piece may be written too far; the next one mends that.
HELPER void gather_pixel(const pith_conv_args *a, tile_pixel p, uint8_t *to) {
  const int32_t height = (a->kernel_h - 1) * a->dilation_h, width = (a->kernel_w - 1) * a->dilation_w;
  const int inside = p.y >= 0 && p.x >= 0 && p.y + height < a->in_height && p.x + width < a->in_width;
  const int runs = inside && a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes;
  const ptrdiff_t count = (ptrdiff_t)a->tap_bytes * (runs ? a->kernel_w : 1);
  const int32_t columns = runs ? 1 : a->kernel_w;
  for (int32_t ky = 0, y = p.y; ky < a->kernel_h; ky++, y += a->dilation_h)
    for (int32_t kx = 0, x = p.x; kx < columns; kx++, x += a->dilation_w, to += count) {
      if (inside || (y >= 0 && y < a->in_height && x >= 0 && x < a->in_width))
        gather_run(to, a->input + (ptrdiff_t)y * a->in_row_stride + (ptrdiff_t)x * a->in_pixel_stride, count);
      else
        gather_zeros(to, vector_of_byte(*a->padding), count);
    }
}

/// The next tile's pixels, gathered at `gathered`, `apart` bytes from each other, or where that is null in the map.
static KERNEL __attribute__((noinline)) void find_pixels(
    const pith_conv_args *args, tile_walk *walk, int32_t pixels, uint8_t *gathered, ptrdiff_t apart,
    sparse_tile *tile) {
  const pith_conv_args a = *args;
  tile_walk w = *walk;
  for (int32_t m = 0; m < pixels; m++) {
    const tile_pixel p = tile_take(&a, &w);
    tile->outputs[m] = p.output;
    if (gathered) {
      uint8_t *to = gathered + m * apart;
      gather_pixel(&a, p, to);
      tile->x[m] = to;
    } else {
      tile->x[m] = a.input + (ptrdiff_t)p.y * a.in_row_stride + (ptrdiff_t)p.x * a.in_pixel_stride;
    }
  }
  *walk = w;
}

/// Walks the tiles of a block-sparse convolution: `functions` has one for each count of pixels.
HELPER void conv_sparse(const pith_conv_args *a, const sparse_function *functions) {
  const int point = is_pointwise(a);
  // An odd count of cache lines apart, so that the pixels' bytes do not compete for the same few.
  const int64_t apart = (reduction_bytes(a) + VECTOR_BYTES + 63) / 64 * 64 | 64;
  const int64_t fit = point ? SPARSE_TILE : GATHERED_BYTES / apart;
  if (fit == 0) {
    pith_scalar_conv_sparse(a);
    return;
  }
  const int32_t most = fit < SPARSE_TILE ? (int32_t)fit : SPARSE_TILE;
  const range out = range_of(a->out_zero, a->out_min, a->out_max);
  uint8_t gathered[GATHERED_BYTES] __attribute__((aligned(64)));
  sparse_part part = sparse_first(a);
  while (part.begin.channel < a->channels) {
    float room[CHUNK_CHANNELS];
    const sparse_place next = sparse_extend(&part, a, room);
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      sparse_tile tile;
      const int32_t pixels = tile_next(&walk, most);
      find_pixels(a, &walk, pixels, point ? 0 : gathered, apart, &tile);
      functions[pixels - 1](&part, &tile, &out);
    }
    part.begin = next;
  }
}
