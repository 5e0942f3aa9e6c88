#include "scalar.h"

void pith_scalar_lookup(const uint8_t *input, uint8_t *output, size_t count, const uint8_t *table) {
  for (size_t i = 0; i < count; i++) output[i] = table[input[i]];
}
