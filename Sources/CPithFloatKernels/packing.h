// Weights as `conv` reads them: blocks of filters, in them a row of filters for each tap.

/// Whether the taps are neighbours in the source.
HELPER int are_neighbours(const int32_t *order, int64_t tap_count) {
  for (int64_t tap = 1; tap < tap_count; tap++) {
    if (order[tap] != order[0] + tap) return 0;
  }
  return tap_count > 0;
}

KERNEL void pack(
    const float *source, int64_t filter_count, int64_t filter_stride, const int32_t *order, int64_t tap_count,
    float *packed) {
  const int transposes = are_neighbours(order, tap_count);
  for (int64_t filter = 0; filter < filter_count; filter += VECTORS * LANES) {
    const int width = block_vectors(filter_count, filter) * LANES;
    const int64_t count = filter_count - filter < width ? filter_count - filter : width;
    const float *from = source + filter * filter_stride;
    if (transposes) {
      transpose_padded(from + order[0], count, tap_count, filter_stride, packed, width);
      packed += tap_count * width;
      continue;
    }
    for (int64_t tap = 0; tap < tap_count; tap++) {
      for (int64_t i = 0; i < count; i++) packed[i] = from[order[tap] + i * filter_stride];
      for (int64_t i = count; i < width; i++) packed[i] = 0;
      packed += width;
    }
  }
}
