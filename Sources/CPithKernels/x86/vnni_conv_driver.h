// Walks the tiles of a convolution: the set has defined BLOCKS and find_tile.

// Addresses and places of eight pixels, one a lane.
typedef int64_t pixel_lanes __attribute__((vector_size(64), aligned(8), may_alias));
enum { PIXEL_LANES = 8, LANE_VECTORS = (WIDE_TILE + PIXEL_LANES - 1) / PIXEL_LANES };

/// Pointers to the taps of `count` pixels, tap by tap; up to PIXEL_LANES − 1 pointers behind the last are written, too.
HELPER void find_taps_of(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs, const int pools) {
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
    const tile_pixel p = tile_take_part(a, &w, pools, m % 4);
    outputs[pools ? m / 4 : m] = p.output;
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

static KERNEL __attribute__((noinline)) void find_taps(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs) {
  find_taps_of(a, walk, count, taps, outputs, 0);
}

static KERNEL __attribute__((noinline)) void find_pooled_taps(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs) {
  find_taps_of(a, walk, count, taps, outputs, 1);
}

/// The same where the outputs are neighbours in a row and all their taps lie inside the map: evenly apart.
HELPER void find_even_taps(
    const pith_conv_args *a, tile_walk *walk, int32_t count, const uint8_t **taps, uint8_t **outputs, const int pools) {
  const ptrdiff_t step = (ptrdiff_t)a->stride_w * a->in_pixel_stride;
  const ptrdiff_t down = (ptrdiff_t)a->stride_h * a->in_row_stride;
  const ptrdiff_t row = (ptrdiff_t)a->dilation_h * a->in_row_stride;
  const uint8_t *from = a->input + (pools ? 2 : 1) * (walk->y * down + walk->x * step);
  uint8_t *to = a->output + (ptrdiff_t)walk->y * a->out_row_stride + (ptrdiff_t)walk->x * a->out_pixel_stride;
  const pixel_lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7};
  const pixel_lanes right = {0, 1, 0, 1, 2, 3, 2, 3}, below = {0, 0, 1, 1, 0, 0, 1, 1};
  const pixel_lanes apart = pools ? right * (int64_t)step + below * (int64_t)down : numbers * (int64_t)step;
  for (int32_t ky = 0; ky < a->kernel_h; ky++, from += row, taps += count)
    for (int32_t m = 0; m < count; m += PIXEL_LANES)
      *(pixel_lanes *)(taps + m) = apart + (int64_t)(from + (pools ? m / 2 : m) * step);
  const pixel_lanes out_apart = numbers * (int64_t)a->out_pixel_stride;
  const int32_t done = pools ? count / 4 : count;
  for (int32_t m = 0; m < done; m += PIXEL_LANES)
    *(pixel_lanes *)(outputs + m) = out_apart + (int64_t)(to + m * (ptrdiff_t)a->out_pixel_stride);
  walk->left -= done;
  walk->x += done;
  if (walk->x == a->out_width) {
    walk->x = 0;
    walk->y++;
  }
}

/// Twelve pixels for narrow outputs, which leave registers free; but not where one or two would remain.
HELPER int32_t pixels_of_tile(const pith_conv_args *a, const tile_walk *walk, int32_t channels, int pools) {
  if (pools) return 4 * tile_next(walk, POOLED_OUTPUTS);
  const int few = a->tile_pixels > 0 ? a->tile_pixels >= WIDE_TILE : channels <= 16 * WIDE_BLOCKS;
  const int wide = WIDE_BLOCKS > 0 && few;
  if (wide && walk->left >= WIDE_TILE && walk->left != WIDE_TILE + 1 && walk->left != WIDE_TILE + 2) return WIDE_TILE;
  return tile_next(walk, a->tile_pixels > 0 && a->tile_pixels < TILE ? a->tile_pixels : TILE);
}

/// The next tile's pixels and their taps.
HELPER int32_t next_tile(
    const pith_conv_args *a, tile_walk *walk, int32_t channels, int even, const uint8_t **taps, uint8_t **outputs,
    int pools) {
  if (!even) {
    const int32_t pixels = pixels_of_tile(a, walk, channels, pools);
    (pools ? find_pooled_taps : find_taps)(a, walk, pixels, taps, outputs);
    return pixels;
  }
  const tile_walk row = {a->out_width - walk->x, walk->y, walk->x};
  const int32_t pixels = pixels_of_tile(a, &row, channels, pools);
  if (pools)
    find_even_taps(a, walk, pixels, taps, outputs, 1);
  else
    find_even_taps(a, walk, pixels, taps, outputs, 0);
  return pixels;
}

/// Channels [begin, end) of a tile, the first one's multiplier first.
HELPER void run_tile(
    const pith_conv_args *a, const uint8_t *const *taps, uint8_t **outputs, int32_t pixels, int32_t begin,
    int32_t end, const float *multiplier, int pools) {
  const int32_t done = pools ? pixels / 4 : pixels;
  const int64_t reduction = reduction_bytes(a);
  conv_block b;
  b.taps = taps;
  b.tap_count = a->kernel_h * a->kernel_w;
  b.tap_bytes = a->tap_bytes;
  b.apart = (ptrdiff_t)reduction * 16;
  b.out = range_of(a->out_zero, a->out_min, a->out_max);
  b.added = addend_of(a);
  for (int32_t m = 0; m < done; m++) outputs[m] += begin;
  for (int32_t c = begin; c < end;) {
    b.weights = a->weights + c * reduction;
    b.bias = a->bias + c;
    b.multiplier = multiplier + (c - begin);
    int32_t blocks = (end - c + 15) / 16;
    const int32_t most = pixels == WIDE_TILE ? WIDE_BLOCKS : a->tile_blocks > 0 ? a->tile_blocks : BLOCKS;
    if (!pools && blocks > most) blocks = most;
    (pools ? find_pooled_tile(done, &blocks) : find_tile(pixels, &blocks))(&b, outputs, (size_t)(end - c));
    for (int32_t m = 0; m < done; m++) outputs[m] += 16 * blocks;
    c += 16 * blocks;
  }
}

/// What is simpler of a convolution whose windows never leave the map.
typedef struct simple_conv {
  pith_conv_args args;
  int even;  ///< Each kernel row is one tap, so that those of neighbours are evenly apart.
} simple_conv;

/// Taps that follow each other in memory are one: a kernel row. Of a pointwise convolution without gaps, all rows are one.
HELPER simple_conv simplify(const pith_conv_args *a) {
  pith_conv_args merged = *a;
  const int64_t first_row = ((int64_t)a->row_begin << a->pools) * a->stride_h - a->pad_top;
  const int64_t last_row = (((int64_t)a->row_end << a->pools) - 1) * a->stride_h - a->pad_top +
                           (int64_t)(a->kernel_h - 1) * a->dilation_h;
  const int64_t last = (((int64_t)a->out_width << a->pools) - 1) * a->stride_w + a->kernel_w - 1;
  const int inside = a->pad_left == 0 && last < a->in_width && first_row >= 0 && last_row < a->in_height;
  if (inside && a->dilation_w == 1 && a->in_pixel_stride == a->tap_bytes) {
    merged.tap_bytes *= merged.kernel_w;
    merged.kernel_w = 1;
  }
  const int even = inside && a->pad_top == 0 && merged.kernel_w == 1;
  const int is_line = even && !a->pools && a->kernel_h == 1 && a->stride_h == 1 && a->stride_w == 1 && merged.kernel_w == a->kernel_w &&
                      a->in_row_stride == (int64_t)a->out_width * a->in_pixel_stride &&
                      a->out_row_stride == (int64_t)a->out_width * a->out_pixel_stride;
  if (is_line) {
    merged.input += (ptrdiff_t)a->row_begin * a->in_row_stride;
    merged.output += (ptrdiff_t)a->row_begin * a->out_row_stride;
    merged.out_width = (a->row_end - a->row_begin) * a->out_width;
    merged.in_width = merged.out_width;
    merged.row_begin = 0;
    merged.row_end = 1;
  }
  return (simple_conv){merged, even};
}

KERNEL void SET(conv)(const pith_conv_args *args) {
  const simple_conv simple = simplify(args);
  const pith_conv_args *a = &simple.args;
  const int pools = a->pools;
  if ((int64_t)a->kernel_h * a->kernel_w > TAPS || (pools && pools_only_bytes(a))) {
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
      uint8_t *outputs[WIDE_TILE + PIXEL_LANES];
      const int32_t pixels = next_tile(a, &walk, end - begin, simple.even, taps, outputs, pools);
      run_tile(a, taps, outputs, pixels, begin, end, multiplier, pools);
    }
  }
}
