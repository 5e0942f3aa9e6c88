// A row of outputs of a 3×3 kernel by dot products. Each column is added to the outputs that it belongs to as it comes,
// so that none waits. Where the set asks for TWO_PASSES, sums are kept and requantized later: with 256-bit vectors one
// chain through both is longer than a core looks ahead.

enum { STRETCH = 64 };

/// What the loop needs, in variables of its own: stores of bytes could change any memory.
typedef struct small_row {
  const uint8_t *r0, *r1, *r2, *padding;
  ptrdiff_t step0, step1, step2;
  int32_t width;
} small_row;

HELPER column column_3x3(const small_row *r, int32_t x) {
  if (x < 0 || x >= r->width) return column_of_rows(r->padding, r->padding, r->padding, 0, 3);
  return column_of_rows(r->r0 + x * r->step0, r->r1 + x * r->step1, r->r2 + x * r->step2, 0, 3);
}

/// What goes on from one output of a row to the next.
typedef struct small_state {
  lanes sum, next;
  int32_t x;
} small_state;

/// The sums of one output, whose window ends with a new column, or at stride 2 with two.
HELPER lanes output_3x3(const small_row *r, const column *weights, lanes bias, small_state *s, const int stride) {
  if (stride == 2) s->sum = column_dot(s->sum, column_3x3(r, s->x++), &weights[1], 3);
  const column last = column_3x3(r, s->x++);
  const lanes done = column_dot(s->sum, last, &weights[2], 3);
  if (stride == 1) {
    s->sum = column_dot(s->next, last, &weights[1], 3);
    s->next = column_dot(bias, last, &weights[0], 3);
  } else {
    s->sum = column_dot(bias, last, &weights[0], 3);
  }
  return done;
}

HELPER void row_3x3(
    const pith_conv_args *a, const small_row *row, const column *three, const depthwise_block *given, uint8_t *out,
    const int stride) {
  const small_row r = *row;
  const depthwise_block block = *given;
  const column weights[3] = {three[0], three[1], three[2]};
  const int32_t width = a->out_width;
  const ptrdiff_t out_step = a->out_pixel_stride;
  small_state s = {block.bias, block.bias, -a->pad_left};
  s.sum = column_dot(block.bias, column_3x3(&r, s.x++), &weights[0], 3);
  if (stride == 1) {
    const column second = column_3x3(&r, s.x++);
    s.sum = column_dot(s.sum, second, &weights[1], 3);
    s.next = column_dot(block.bias, second, &weights[0], 3);
  }
  if (!TWO_PASSES) {
    for (int32_t i = 0; i < width; i++, out += out_step)
      finish(out, output_3x3(&r, weights, block.bias, &s, stride), &block);
    return;
  }
  lanes sums[STRETCH];
  for (int32_t begin = 0; begin < width; begin += STRETCH) {
    const int32_t count = width - begin < STRETCH ? width - begin : STRETCH;
    for (int32_t i = 0; i < count; i++) sums[i] = output_3x3(&r, weights, block.bias, &s, stride);
    for (int32_t i = 0; i < count; i++, out += out_step) finish(out, sums[i], &block);
  }
}

/// Sixteen channels of rows [top, bottom).
HELPER void band_3x3(const pith_conv_args *a, int32_t top, int32_t bottom, int32_t channel, const int stride) {
  const int8_t *packed = a->weights + (size_t)channel / 16 * 192;
  const column weights[3] = {
      column_of_weights(packed), column_of_weights(packed + 64), column_of_weights(packed + 128)};
  const depthwise_block block = block_of(a, channel);
  for (int32_t y = top; y < bottom; y++) {
    const uint8_t *start[3];
    ptrdiff_t step[3];
    find_rows(a, y, channel, 3, start, step);
    const small_row r = {start[0], start[1], start[2], a->padding, step[0], step[1], step[2], a->in_width};
    row_3x3(a, &r, weights, &block, a->output + (ptrdiff_t)y * a->out_row_stride + channel, stride);
  }
}

static KERNEL __attribute__((noinline)) void band_3x3_by_1(
    const pith_conv_args *a, int32_t top, int32_t bottom, int32_t channel) {
  band_3x3(a, top, bottom, channel, 1);
}

static KERNEL __attribute__((noinline)) void band_3x3_by_2(
    const pith_conv_args *a, int32_t top, int32_t bottom, int32_t channel) {
  band_3x3(a, top, bottom, channel, 2);
}
