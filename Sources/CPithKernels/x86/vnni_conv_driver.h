// Walks the tiles of a convolution: the set has defined BLOCKS and find_tile.

// Addresses and places of eight pixels, one a lane.
typedef int64_t pixel_lanes __attribute__((vector_size(64), aligned(8), may_alias));
enum { PIXEL_LANES = 8, LANE_VECTORS = (WIDE_TILE + PIXEL_LANES - 1) / PIXEL_LANES };

/// Pointers to the taps of `count` pixels, tap by tap; up to PIXEL_LANES − 1 pointers behind the last are written, too.
static KERNEL __attribute__((noinline)) void find_taps(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs) {
  const ptrdiff_t row = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  const int32_t height = (a->kernel_h - 1) * a->dilation_h, width = (a->kernel_w - 1) * a->dilation_w;
  const int32_t vectors = (count + PIXEL_LANES - 1) / PIXEL_LANES;
  union {
    int64_t pixel[LANE_VECTORS * PIXEL_LANES];
    pixel_lanes all[LANE_VECTORS];
  } first = {{0}}, y = {{0}}, x = {{0}};
  int inside = 1;
  tile_walk w = *walk;
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel p = tile_take(a, &w);
    outputs[m] = p.output;
    first.pixel[m] = (int64_t)(a->input + (ptrdiff_t)p.y * a->in_row_stride + (ptrdiff_t)p.x * a->in_pixel_stride);
    y.pixel[m] = p.y;
    x.pixel[m] = p.x;
    inside &= p.y >= 0 && p.y + height < a->in_height && p.x >= 0 && p.x + width < a->in_width;
  }
  *walk = w;
  const int64_t padding = (int64_t)a->padding;
  for (int32_t ky = 0; ky < a->kernel_h; ky++)
    for (int32_t kx = 0; kx < a->kernel_w; kx++, taps += count)
      for (int32_t v = 0; v < vectors; v++) {
        pixel_lanes tap = first.all[v] + (ky * row + kx * step);
        if (!inside) {
          const pixel_lanes ty = y.all[v] + (int64_t)ky * a->dilation_h, tx = x.all[v] + (int64_t)kx * a->dilation_w;
          const pixel_lanes on = (ty >= 0) & (ty < (int64_t)a->in_height) & (tx >= 0) & (tx < (int64_t)a->in_width);
          tap = (tap & on) | (padding & ~on);
        }
        *(pixel_lanes *)(taps + v * PIXEL_LANES) = tap;
      }
}

/// Twelve pixels for narrow outputs, which leave registers free; but not where one or two would remain.
HELPER int32_t pixels_of_tile(const tile_walk *walk, int32_t channels) {
  const int wide = WIDE_BLOCKS > 0 && channels <= 16 * WIDE_BLOCKS;
  if (wide && walk->left >= WIDE_TILE && walk->left != WIDE_TILE + 1 && walk->left != WIDE_TILE + 2) return WIDE_TILE;
  return tile_next(walk, TILE);
}

/// Channels [begin, end) of a tile, the first one's multiplier first.
HELPER void run_tile(
    const pith_conv_args *a, const uint8_t *const *taps, uint8_t **outputs, int32_t pixels, int32_t begin,
    int32_t end, const float *multiplier) {
  const int64_t reduction = reduction_bytes(a);
  conv_block b;
  b.taps = taps;
  b.tap_count = a->kernel_h * a->kernel_w;
  b.tap_bytes = a->tap_bytes;
  b.apart = (ptrdiff_t)reduction * 16;
  b.out = range_of(a->out_zero, a->out_min, a->out_max);
  b.added = addend_of(a);
  for (int32_t m = 0; m < pixels; m++) outputs[m] += begin;
  for (int32_t c = begin; c < end;) {
    b.weights = a->weights + c * reduction;
    b.bias = a->bias + c;
    b.multiplier = multiplier + (c - begin);
    int32_t blocks = (end - c + 15) / 16;
    find_tile(pixels, &blocks)(&b, outputs, (size_t)(end - c));
    for (int32_t m = 0; m < pixels; m++) outputs[m] += 16 * blocks;
    c += 16 * blocks;
  }
}

/// Taps that follow each other in memory are one: a kernel row wherever its window never leaves the map.
HELPER pith_conv_args merge_taps(const pith_conv_args *a) {
  pith_conv_args merged = *a;
  const int64_t last_row = (int64_t)(a->row_end - 1) * a->stride_h - a->pad_top + (a->kernel_h - 1) * a->dilation_h;
  const int64_t last = (int64_t)(a->out_width - 1) * a->stride_w + a->kernel_w - 1;
  const int inside = a->pad_left == 0 && last < a->in_width && a->row_begin * a->stride_h >= a->pad_top &&
                     last_row < a->in_height;
  if (inside && a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes) {
    merged.tap_bytes *= merged.kernel_w;
    merged.kernel_w = 1;
  }
  return merged;
}

KERNEL void SET(conv)(const pith_conv_args *args) {
  const pith_conv_args merged = merge_taps(args), *a = &merged;
  if ((int64_t)a->kernel_h * a->kernel_w > TAPS) {
    pith_scalar_conv(a);
    return;
  }
  const int32_t chunk = channels_in_chunk(a, 16 * BLOCKS);
  for (int32_t begin = 0; begin < a->channels; begin += chunk) {
    const int32_t end = a->channels - begin < chunk ? a->channels : begin + chunk;
    float room[CHUNK_CHANNELS];
    const float *multiplier = pith_multipliers(a, begin, end - begin, room);
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      const uint8_t *taps[TAPS * WIDE_TILE + PIXEL_LANES];
      uint8_t *outputs[WIDE_TILE];
      const int32_t pixels = pixels_of_tile(&walk, end - begin);
      find_taps(a, &walk, pixels, taps, outputs);
      run_tile(a, taps, outputs, pixels, begin, end, multiplier);
    }
  }
}
