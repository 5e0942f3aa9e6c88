#include "../kernel.h"

/// One output row: Σ a[k] * b[k][n] in the order of k.
static void row_times_matrix(const pith_f32_matmul_args *m, const float *a, const float *b, float *out) {
  for (size_t n = 0; n < m->columns; n++) out[n] = 0;
  for (size_t k = 0; k < m->inner; k++) {
    const float x = a[k * m->a_inner], *row = b + k * m->b_inner;
    if (m->b_column == 1)
      for (size_t n = 0; n < m->columns; n++) out[n] += x * row[n];
    else
      for (size_t n = 0; n < m->columns; n++) out[n] += x * row[n * m->b_column];
  }
}

void pith_f32_matmul(const pith_f32_matmul_args *m) {
  float *out = m->output;
  for (size_t i = 0; i < m->batch; i++)
    for (size_t row = 0; row < m->rows; row++, out += m->columns) {
      row_times_matrix(m, m->a + i * m->a_batch + row * m->a_row, m->b + i * m->b_batch, out);
      for (size_t n = 0; n < m->columns; n++) {
        out[n] *= m->alpha;
        if (m->bias) out[n] += m->beta * m->bias[row * m->c_row + n * m->c_column];
      }
    }
}
