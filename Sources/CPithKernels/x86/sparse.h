// What the block-sparse convolutions share: a place in the lists of kept blocks, and chunks of them.
#ifndef PITH_SPARSE_H
#define PITH_SPARSE_H

#include "addend.h"
#include "tiles.h"

/// Before the list and the weights of the 16 channels that begin with `channel`.
typedef struct sparse_place {
  const uint16_t *kept;
  const int8_t *weights;
  int32_t channel;
} sparse_place;

/// Channels [begin, end) of a convolution.
typedef struct sparse_part {
  sparse_place begin;
  int32_t end;
  const int32_t *bias;
  const float *multiplier;  // the first one's first
  int32_t channels;
  addend added;
} sparse_part;

HELPER sparse_part sparse_first(const pith_conv_args *a) {
  return (sparse_part){{a->kept, a->weights, 0}, 0, a->bias, 0, a->channels, addend_of(a)};
}

/// Extends the part by the channels whose kept weights stay in the second-level cache, and returns where the next one
/// begins. `room` holds CHUNK_CHANNELS multipliers.
PITH_INLINE sparse_place sparse_extend(sparse_part *part, const pith_conv_args *a, float *room) {
  sparse_place place = part->begin;
  do {
    const ptrdiff_t count = *place.kept;
    const int32_t channels = place.channel - part->begin.channel;
    const int fits = place.weights - part->begin.weights + 64 * count <= CHUNK_BYTES && channels < CHUNK_CHANNELS;
    if (!fits && channels > 0) break;
    place.kept += 1 + count;
    place.weights += 64 * count;
    place.channel += 16;
  } while (place.channel < part->channels);
  part->end = place.channel;
  part->multiplier = pith_multipliers(a, part->begin.channel, part->end - part->begin.channel, room);
  return place;
}

#endif
