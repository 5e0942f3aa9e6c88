// Winograd's minimal filtering F(4 × 4, 3 × 3): 36 products for 16 outputs of 9 taps, a quarter of the 144 (Winograd,
// "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2016). Maps are `[pixel][channel]`, so that every transform is of vectors of channels.

/// Bᵀ · d
HELPER void input_line(const vec d[6], vec t[6]) {
  const vec even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
  const vec near = d[4] - d[2], far = 2 * (d[3] - d[1]);
  t[0] = 4 * d[0] - 5 * d[2] + d[4];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = near + far;
  t[4] = near - far;
  t[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/// Aᵀ · m
HELPER void output_line(const vec m[6], vec y[4]) {
  const vec sum = m[1] + m[2], difference = m[1] - m[2];
  const vec far_sum = m[3] + m[4], far_difference = m[3] - m[4];
  y[0] = m[0] + sum + far_sum;
  y[1] = difference + 2 * far_difference;
  y[2] = sum + 4 * far_sum;
  y[3] = difference + 8 * far_difference + m[5];
}

/// A · y, the transpose of the above.
HELPER void gradient_line(const vec y[4], vec m[6]) {
  const vec even = y[0] + y[2], odd = y[1] + y[3];
  const vec far_even = y[0] + 4 * y[2], far_odd = 2 * y[1] + 8 * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = far_even + far_odd;
  m[4] = far_even - far_odd;
  m[5] = y[3];
}

/// G · g
HELPER void weight_line(const vec g[3], vec u[6]) {
  const vec ends = (g[0] + g[2]) * (-1.0f / 6), middle = g[1] * (1.0f / 6);
  const vec far_ends = g[0] * (1.0f / 24) + g[2] * (1.0f / 6), far_middle = g[1] * (1.0f / 12);
  u[0] = g[0] * 0.25f;
  u[1] = ends - middle;
  u[2] = ends + middle;
  u[3] = far_ends + far_middle;
  u[4] = far_ends - far_middle;
  u[5] = g[2];
}

/// Gᵀ · u, the transpose of the above.
HELPER void filter_line(const vec u[6], vec g[3]) {
  const vec sum = (u[1] + u[2]) * (-1.0f / 6), far_sum = u[3] + u[4];
  g[0] = u[0] * 0.25f + sum + far_sum * (1.0f / 24);
  g[1] = (u[2] - u[1]) * (1.0f / 6) + (u[3] - u[4]) * (1.0f / 12);
  g[2] = sum + far_sum * (1.0f / 6) + u[5];
}

static const float no_pixel[4096] __attribute__((aligned(64)));

/// The pixels of one tile, `size` × `size`; those outside of the map are zeros.
HELPER void tile_pixels(
    const pith_float_winograd *a, int32_t tile_row, int32_t tile_column, const int size, const float *pixels[]) {
  UNROLL for (int i = 0; i < size; i++) {
    const int32_t row = 4 * tile_row + i - a->top;
    const int inside = row >= 0 && row < a->rows;
    UNROLL for (int j = 0; j < size; j++) {
      const int32_t column = 4 * tile_column + j - a->left;
      pixels[i * size + j] = inside && column >= 0 && column < a->columns
                                 ? a->pixels + ((int64_t)row * a->columns + column) * a->pitch
                                 : no_pixel;
    }
  }
}

KERNEL void winograd_input(const pith_float_winograd *a) {
  float *target = a->transformed;
  for (int32_t tile_row = 0; tile_row < a->tile_rows; tile_row++) {
    for (int32_t tile_column = 0; tile_column < a->tile_columns; tile_column++) {
      const float *pixels[36];
      tile_pixels(a, tile_row, tile_column, 6, pixels);
      for (int64_t channel = 0; channel < a->pitch; channel += LANES) {
        vec half[6][6];
        UNROLL for (int j = 0; j < 6; j++) {
          vec d[6], t[6];
          UNROLL for (int i = 0; i < 6; i++) d[i] = load(pixels[i * 6 + j] + channel);
          input_line(d, t);
          UNROLL for (int i = 0; i < 6; i++) half[i][j] = t[i];
        }
        UNROLL for (int i = 0; i < 6; i++) {
          vec t[6];
          input_line(half[i], t);
          UNROLL for (int j = 0; j < 6; j++) store(target + (i * 6 + j) * a->plane + channel, t[j]);
        }
      }
      target += a->pitch;
    }
  }
}

KERNEL void winograd_gradient(const pith_float_winograd *a) {
  float *target = a->transformed;
  for (int32_t tile_row = 0; tile_row < a->tile_rows; tile_row++) {
    for (int32_t tile_column = 0; tile_column < a->tile_columns; tile_column++) {
      const float *pixels[16];
      tile_pixels(a, tile_row, tile_column, 4, pixels);
      for (int64_t channel = 0; channel < a->pitch; channel += LANES) {
        vec half[6][4];
        UNROLL for (int j = 0; j < 4; j++) {
          vec y[4], m[6];
          UNROLL for (int i = 0; i < 4; i++) y[i] = load(pixels[i * 4 + j] + channel);
          gradient_line(y, m);
          UNROLL for (int i = 0; i < 6; i++) half[i][j] = m[i];
        }
        UNROLL for (int i = 0; i < 6; i++) {
          vec m[6];
          gradient_line(half[i], m);
          UNROLL for (int j = 0; j < 6; j++) store(target + (i * 6 + j) * a->plane + channel, m[j]);
        }
      }
      target += a->pitch;
    }
  }
}

KERNEL void winograd_output(const pith_float_winograd *a) {
  const float *source = a->transformed;
  for (int32_t tile_row = 0; tile_row < a->tile_rows; tile_row++) {
    const int rows = a->rows - 4 * tile_row < 4 ? a->rows - 4 * tile_row : 4;
    for (int32_t tile_column = 0; tile_column < a->tile_columns; tile_column++) {
      const int columns = a->columns - 4 * tile_column < 4 ? a->columns - 4 * tile_column : 4;
      float *first = a->pixels + (4 * (int64_t)tile_row * a->columns + 4 * tile_column) * a->pitch;
      for (int64_t channel = 0; channel < a->pitch; channel += LANES) {
        vec half[4][6];
        UNROLL for (int j = 0; j < 6; j++) {
          vec m[6], y[4];
          UNROLL for (int i = 0; i < 6; i++) m[i] = load(source + (i * 6 + j) * a->plane + channel);
          output_line(m, y);
          UNROLL for (int i = 0; i < 4; i++) half[i][j] = y[i];
        }
        UNROLL for (int i = 0; i < 4; i++) {
          vec y[4];
          output_line(half[i], y);
          if (i >= rows) continue;
          UNROLL for (int j = 0; j < 4; j++) {
            if (j < columns) store(first + (i * (int64_t)a->columns + j) * a->pitch + channel, y[j]);
          }
        }
      }
      source += a->pitch;
    }
  }
}

/// Weights from `pack`, 9 taps for each source: 36 matrices that are packed for `conv` themselves.
KERNEL void winograd_weights(const float *packed, int64_t source_count, int64_t target_count, float *transformed) {
  const int64_t padded = (target_count + LANES - 1) / LANES * LANES;
  const int64_t plane = source_count * padded;
  for (int64_t target = 0; target < target_count; target += VECTORS * LANES) {
    const int width = block_vectors(target_count, target) * LANES;
    for (int64_t source = 0; source < source_count; source++) {
      for (int v = 0; v < width; v += LANES) {
        vec half[6][3];
        UNROLL for (int j = 0; j < 3; j++) {
          vec g[3], u[6];
          UNROLL for (int i = 0; i < 3; i++) g[i] = load(packed + (i * 3 + j) * width + v);
          weight_line(g, u);
          UNROLL for (int i = 0; i < 6; i++) half[i][j] = u[i];
        }
        UNROLL for (int i = 0; i < 6; i++) {
          vec u[6];
          weight_line(half[i], u);
          UNROLL for (int j = 0; j < 6; j++) {
            store(transformed + (i * 6 + j) * plane + target * source_count + source * width + v, u[j]);
          }
        }
      }
      packed += 9 * width;
    }
  }
}

/// The sums of `filter_gradient` of each of the 36 products, `[36][source][pitch]`, to those of taps,
/// `[source][9][pitch]`.
KERNEL void winograd_filter(const float *sums, int64_t source_count, int64_t pitch, float *taps) {
  const int64_t plane = source_count * pitch;
  for (int64_t source = 0; source < source_count; source++) {
    for (int64_t channel = 0; channel < pitch; channel += LANES) {
      const float *from = sums + source * pitch + channel;
      vec half[3][6];
      UNROLL for (int j = 0; j < 6; j++) {
        vec u[6], g[3];
        UNROLL for (int i = 0; i < 6; i++) u[i] = load(from + (i * 6 + j) * plane);
        filter_line(u, g);
        UNROLL for (int i = 0; i < 3; i++) half[i][j] = g[i];
      }
      UNROLL for (int i = 0; i < 3; i++) {
        vec g[3];
        filter_line(half[i], g);
        UNROLL for (int j = 0; j < 3; j++) store(taps + (source * 9 + i * 3 + j) * pitch + channel, g[j]);
      }
    }
  }
}
