// Transposes, padded copies, sums of rows.

/// One block of a transpose; `bias` is added to, and the clamp applied to, each source column where `finishes`.
HELPER void transpose_one(
    const int finishes, const float *source, int64_t source_pitch, float *target, int64_t target_pitch,
    const float *bias, float low, float high) {
  vec block[LANES];
  UNROLL for (int i = 0; i < LANES; i++) block[i] = load(source + i * source_pitch);
  transpose_block(block);
  UNROLL for (int i = 0; i < LANES; i++) {
    if (finishes) block[i] = clamp_vec(block[i] + splat(bias ? bias[i] : 0), splat(low), splat(high));
    store(target + i * target_pitch, block[i]);
  }
}

/// Where the block after one at `at` begins, of `count` in all: the last ones overlap those before where there is an odd
/// rest, and the second one the first, where that makes all that follow begin on a whole vector in memory.
HELPER int64_t next_block(int64_t at, int64_t count, const float *base) {
  const int64_t skew = (int64_t)((uintptr_t)base / 4 % LANES);
  const int64_t next = at == 0 && skew ? LANES - skew : at + LANES;
  if (at + LANES >= count) return count;
  return next + LANES <= count ? next : count - LANES;
}

/// By blocks. Rows of the target are usually far apart, so that it is them, or else those of the source, that should be
/// touched in whole cache lines.
HELPER void transpose_all(
    const int finishes, const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target,
    int64_t target_pitch, const float *bias, float low, float high) {
  if (rows < LANES || columns < LANES) {
    for (int64_t column = 0; column < columns; column++) {
      for (int64_t row = 0; row < rows; row++) {
        float value = source[row * source_pitch + column];
        if (finishes) value = clamp_float(value + (bias ? bias[column] : 0), low, high);
        target[column * target_pitch + row] = value;
      }
    }
    return;
  }
  for (int64_t row = 0; row < rows; row = next_block(row, rows, finishes ? target : 0)) {
    for (int64_t column = 0; column < columns; column = next_block(column, columns, finishes ? 0 : source)) {
      transpose_one(
          finishes, source + row * source_pitch + column, source_pitch, target + column * target_pitch + row,
          target_pitch, bias ? bias + column : 0, low, high);
    }
  }
}

KERNEL void transpose(
    const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch) {
  transpose_all(0, source, rows, columns, source_pitch, target, target_pitch, 0, 0, 0);
}

KERNEL void transpose_padded(
    const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch) {
  const int64_t whole = rows / LANES * LANES;
  transpose_all(0, source, whole, columns, source_pitch, target, target_pitch, 0, 0, 0);
  if (whole == rows) return;
  source += whole * source_pitch;
  target += whole;
  const int64_t left = rows - whole;
  if (columns < LANES) {
    for (int64_t column = 0; column < columns; column++) {
      for (int64_t i = 0; i < LANES; i++) {
        target[column * target_pitch + i] = i < left ? source[i * source_pitch + column] : 0;
      }
    }
    return;
  }
  for (int64_t column = 0; column < columns; column = next_block(column, columns, source)) {
    vec block[LANES];
    UNROLL for (int i = 0; i < LANES; i++) {
      block[i] = i < left ? load(source + i * source_pitch + column) : splat(0);
    }
    transpose_block(block);
    UNROLL for (int i = 0; i < LANES; i++) store(target + (column + i) * target_pitch, block[i]);
  }
}

KERNEL void finish(
    const float *source, int64_t rows, int64_t columns, int64_t source_pitch, float *target, int64_t target_pitch,
    const float *bias, float low, float high) {
  transpose_all(1, source, rows, columns, source_pitch, target, target_pitch, bias, low, high);
}

/// Copies or zeroes `count` floats, by whole vectors where `room` for them is left: what is too much is overwritten by
/// what follows.
HELPER float *copy_row(const float *source, int64_t source_room, int64_t count, float *target, const float *end) {
  int64_t i = 0;
  for (; i < count && i + LANES <= source_room && target + i + LANES <= end; i += LANES) {
    store(target + i, load(source + i));
  }
  for (; i < count; i++) target[i] = source[i];
  return target + count;
}

HELPER float *zero_row(int64_t count, float *target, const float *end) {
  int64_t i = 0;
  for (; i < count && target + i + LANES <= end; i += LANES) store(target + i, splat(0));
  for (; i < count; i++) target[i] = 0;
  return target + count;
}

KERNEL void pad(
    const float *source, int64_t rows, int64_t columns, float *target, int64_t target_rows, int64_t target_pitch,
    int64_t top, int64_t left) {
  const float *const end = target + target_rows * target_pitch;
  target = zero_row(top * target_pitch + left, target, end);
  for (int64_t row = 0; row < rows; row++) {
    target = copy_row(source + row * columns, (rows - row) * columns, columns, target, end);
    if (row + 1 < rows) target = zero_row(target_pitch - columns, target, end);
  }
  zero_row(end - target, target, end);
}

KERNEL void add_rows(const float *source, int64_t rows, int64_t columns, int64_t pitch, float *sums) {
  int64_t column = 0;
  for (; column + LANES <= columns; column += LANES) {
    vec total = load(sums + column);
    for (int64_t row = 0; row < rows; row++) total += load(source + row * pitch + column);
    store(sums + column, total);
  }
  for (; column < columns; column++) {
    float total = sums[column];
    for (int64_t row = 0; row < rows; row++) total += source[row * pitch + column];
    sums[column] = total;
  }
}
