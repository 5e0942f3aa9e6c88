// A table of 256 bytes as sixteen of 16, each of which vpshufb looks up at once.

/// vpshufb gives 0 where the index's top bit is set, so going down by 16 the index keeps it set or gets it: taken from
/// table i ^ table i - 1, the terms up to the right one cancel to the right table's byte. The subtraction saturates.
HELPER vector lookup_half(vector index, const vector *steps) {
  vector found = vector_shuffle(steps[0], index);
  UNROLL
  for (int i = 1; i < 8; i++) {
    index = vector_sub_saturating(index, vector_of_byte(16));
    found = vector_xor(found, vector_shuffle(steps[i], index));
  }
  return found;
}

KERNEL void SET(lookup)(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
  if (count < 2 * VECTOR_BYTES) {
    pith_scalar_lookup(input, output, count, table);
    return;
  }
  vector steps[16];
  for (int i = 0; i < 16; i++) {
    steps[i] = vector_of_16(bytes_load(table + 16 * i));
    if (i % 8) steps[i] = vector_xor(steps[i], vector_of_16(bytes_load(table + 16 * i - 16)));
  }
  size_t i = 0;
  for (; i + VECTOR_BYTES <= count; i += VECTOR_BYTES) {
    const vector index = vector_load(input + i);
    // An index with its top bit set finds 0 in the lower half, and in the upper half the other way round.
    const vector low = lookup_half(index, steps);
    const vector high = lookup_half(vector_xor(index, vector_of_byte(128)), steps + 8);
    vector_store(output + i, vector_xor(low, high));
  }
  pith_scalar_lookup(input + i, output + i, count - i, table);
}
