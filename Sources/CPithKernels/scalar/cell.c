#define CELL_TARGET
#include "../cell.h"
#include "layer_norm.h"
#include "scalar.h"

void pith_scalar_cell_rnn(const pith_cell_args *a) { cell_rnn(a); }
void pith_scalar_cell_gru(const pith_cell_args *a) { cell_gru(a); }
void pith_scalar_cell_gru_reset(const pith_cell_args *a) { cell_gru_reset(a); }
void pith_scalar_cell_gru_rest(const pith_cell_args *a) { cell_gru_rest(a); }
void pith_scalar_cell_lstm(const pith_cell_args *a) { cell_lstm(a); }
void pith_scalar_layer_norm(const pith_layer_norm_args *a) { layer_norm(a); }

void pith_quantize_state(const float *state, uint8_t *output, int32_t hidden, float inverse_scale, int32_t zero) {
  for (int32_t i = 0; i < hidden; i++) output[i] = pith_requantize(state[i] * inverse_scale, zero, 0, 255);
}

void pith_widen_halves(const uint16_t *halves, float *output, size_t count) {
  for (size_t i = 0; i < count; i++) output[i] = pith_float_of_bits((uint32_t)halves[i] << 16);
}
