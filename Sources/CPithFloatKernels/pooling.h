// Max pooling of 2 × 2 at stride 2, the pool of most small networks.

typedef int8_t narrow_vec __attribute__((vector_size(LANES)));

HELPER uint8_t pool_one(const float *above, const float *below, float *y) {
  float best = above[0];
  uint8_t winner = 0;
  if (above[1] > best) best = above[1], winner = 1;
  if (below[0] > best) best = below[0], winner = 2;
  if (below[1] > best) best = below[1], winner = 3;
  *y = best;
  return winner;
}

KERNEL void max_pool_2x2(
    const float *x, int64_t columns, int64_t output_rows, int64_t output_columns, float *y, uint8_t *winners) {
  for (int64_t row = 0; row < output_rows; row++) {
    const float *above = x + 2 * row * columns, *below = above + columns;
    int64_t i = 0;
    for (; i + LANES <= output_columns; i += LANES) {
      const vec a = load(above + 2 * i), b = load(above + 2 * i + LANES);
      const vec c = load(below + 2 * i), d = load(below + 2 * i + LANES);
      vec best = evens(a, b);
      ivec winner = {};
      const vec others[3] = {odds(a, b), evens(c, d), odds(c, d)};
      UNROLL for (int k = 0; k < 3; k++) {
        const ivec larger = others[k] > best;
        best = select_vec(larger, others[k], best);
        winner = (winner & ~larger) | (((ivec){} + (k + 1)) & larger);
      }
      store(y + i, best);
      const narrow_vec bytes = __builtin_convertvector(winner, narrow_vec);
      memcpy(winners + i, &bytes, LANES);
    }
    for (; i < output_columns; i++) winners[i] = pool_one(above + 2 * i, below + 2 * i, y + i);
    y += output_columns;
    winners += output_columns;
  }
}

KERNEL void max_pool_2x2_gradient(
    const float *gradient, const uint8_t *winners, int64_t output_rows, int64_t output_columns, float *result,
    int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < output_rows; row++) {
    float *above = result + 2 * row * columns, *below = above + columns;
    int64_t i = 0;
    for (; i + LANES <= output_columns; i += LANES) {
      narrow_vec bytes;
      memcpy(&bytes, winners + i, LANES);
      const ivec winner = __builtin_convertvector(bytes, ivec);
      const vec g = load(gradient + i);
      vec parts[4];
      UNROLL for (int k = 0; k < 4; k++) parts[k] = (vec)((ivec)g & (winner == ((ivec){} + k)));
      store(above + 2 * i, interleave_low(parts[0], parts[1]));
      store(above + 2 * i + LANES, interleave_high(parts[0], parts[1]));
      store(below + 2 * i, interleave_low(parts[2], parts[3]));
      store(below + 2 * i + LANES, interleave_high(parts[2], parts[3]));
    }
    for (; i < output_columns; i++) {
      const float g = gradient[i];
      const uint8_t winner = winners[i];
      above[2 * i] = winner == 0 ? g : 0;
      above[2 * i + 1] = winner == 1 ? g : 0;
      below[2 * i] = winner == 2 ? g : 0;
      below[2 * i + 1] = winner == 3 ? g : 0;
    }
    for (int64_t column = 2 * output_columns; column < columns; column++) above[column] = below[column] = 0;
    gradient += output_columns;
    winners += output_columns;
  }
  for (int64_t i = 2 * output_rows * columns; i < rows * columns; i++) result[i] = 0;
}
