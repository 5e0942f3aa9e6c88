// Walks the tiles of a convolution: the set has defined BLOCKS and find_tile.

/// Pointers to the taps of `count` pixels.
static KERNEL __attribute__((noinline)) void find_taps(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs) {
  const ptrdiff_t row = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const ptrdiff_t step = (ptrdiff_t)a->dilation_w * a->in_pixel_stride;
  const int32_t height = (a->kernel_h - 1) * a->dilation_h, width = (a->kernel_w - 1) * a->dilation_w;
  tile_pixel pixels[WIDE_TILE];
  const uint8_t *first[WIDE_TILE];
  int inside = 1;
  for (int32_t m = 0; m < count; m++) {
    const tile_pixel p = pixels[m] = tile_take(a, walk);
    outputs[m] = p.output;
    first[m] = a->input + (ptrdiff_t)p.y * a->in_row_stride + (ptrdiff_t)p.x * a->in_pixel_stride;
    inside &= p.y >= 0 && p.y + height < a->in_height && p.x >= 0 && p.x + width < a->in_width;
  }
  for (int32_t ky = 0; ky < a->kernel_h; ky++)
    for (int32_t kx = 0; kx < a->kernel_w; kx++) {
      const ptrdiff_t offset = ky * row + kx * step;
      for (int32_t m = 0; m < count; m++, taps++) {
        *taps = first[m] + offset;
        if (inside) continue;
        const int32_t y = pixels[m].y + ky * a->dilation_h, x = pixels[m].x + kx * a->dilation_w;
        if (y < 0 || y >= a->in_height || x < 0 || x >= a->in_width) *taps = a->padding;
      }
    }
}

/// Twelve pixels for narrow outputs, which leave registers free; but not where one or two would remain.
HELPER int32_t pixels_of_tile(const tile_walk *walk, int32_t channels) {
  const int wide = WIDE_BLOCKS > 0 && channels <= 16 * WIDE_BLOCKS;
  if (wide && walk->left >= WIDE_TILE && walk->left != WIDE_TILE + 1 && walk->left != WIDE_TILE + 2) return WIDE_TILE;
  return tile_next(walk, TILE);
}

/// Channels [begin, end) of a tile.
HELPER void run_tile(
    const pith_conv_args *a, const uint8_t *const *taps, uint8_t **outputs, int32_t pixels, int32_t begin,
    int32_t end) {
  const int64_t reduction = reduction_bytes(a);
  conv_block b;
  b.taps = taps;
  b.tap_count = a->kernel_h * a->kernel_w;
  b.tap_bytes = a->tap_bytes;
  b.apart = (ptrdiff_t)reduction * 16;
  b.out = range_of(a->out_zero, a->out_min, a->out_max);
  for (int32_t m = 0; m < pixels; m++) outputs[m] += begin;
  for (int32_t c = begin; c < end;) {
    b.weights = a->weights + c * reduction;
    b.bias = a->bias + c;
    b.multiplier = a->multiplier + c;
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
    for (tile_walk walk = tile_walk_begin(a); walk.left > 0;) {
      const uint8_t *taps[TAPS * WIDE_TILE];
      uint8_t *outputs[WIDE_TILE];
      const int32_t pixels = pixels_of_tile(&walk, end - begin);
      find_taps(a, &walk, pixels, taps, outputs);
      run_tile(a, taps, outputs, pixels, begin, end);
    }
  }
}
