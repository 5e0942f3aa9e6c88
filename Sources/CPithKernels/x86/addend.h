// The map that a convolution adds before it rounds.
#ifndef PITH_ADDEND_H
#define PITH_ADDEND_H

/// How to add it, in variables of its own: stores of bytes could change any memory.
typedef struct addend {
  int adds;
  ptrdiff_t apart;  // from an output to its byte
  lanes zero;
  reals multiplier;
} addend;

HELPER addend addend_of(const pith_conv_args *a) {
  return (addend){a->adds, a->addend, lanes_of(a->addend_zero), reals_of(a->addend_multiplier)};
}

/// f with the 16 bytes added that belong to `output`; up to 15 bytes behind the last may be read.
HELPER reals add_addend(reals f, const uint8_t *output, const addend *a) {
  const lanes difference = lanes_sub(lanes_of_bytes(bytes_load(output + a->apart)), a->zero);
  return reals_add(f, reals_mul(reals_of_lanes(difference), a->multiplier));
}

#endif
