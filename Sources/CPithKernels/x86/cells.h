// Cells: plain C, compiled for the set's vectors.
#define CELL_TARGET TARGET
#include "../cell.h"

KERNEL void SET(cell_rnn)(const pith_cell_args *a) { cell_rnn(a); }
KERNEL void SET(cell_gru)(const pith_cell_args *a) { cell_gru(a); }
KERNEL void SET(cell_gru_reset)(const pith_cell_args *a) { cell_gru_reset(a); }
KERNEL void SET(cell_gru_rest)(const pith_cell_args *a) { cell_gru_rest(a); }
KERNEL void SET(cell_lstm)(const pith_cell_args *a) { cell_lstm(a); }
