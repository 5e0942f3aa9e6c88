// Recurrent cells in plain C: the same IEEE operations for every set, which the compiler turns into each one's vectors. No
// branch depends on a number, so that it can. The includer defines CELL_TARGET, the attribute of its set.
#ifndef PITH_CELL_H
#define PITH_CELL_H

#include "f32/exp.h"

/// e^x for x bounded to [-87, 88].
PITH_INLINE float cell_exp(float x) {
  x = x > -87.0f ? x : -87.0f;
  x = x < 88.0f ? x : 88.0f;
  const pith_power e = pith_reduced_exp(x);
  return e.p * pith_float_of_bits((uint32_t)((int32_t)e.n + 127) << 23);
}

PITH_INLINE float cell_sigmoid(float x) { return 1.0f / (1.0f + cell_exp(-x)); }

/// Cephes' tanhf, both of its forms for every x.
PITH_INLINE float cell_tanh(float x) {
  const float size = __builtin_fabsf(x);
  const float far = __builtin_copysignf(1.0f - 2.0f / (cell_exp(size + size) + 1.0f), x);
  return size < 0.625f ? pith_small_tanh(x) : far;
}

PITH_INLINE float cell_bounded(float x) {
  x = x > 0.0f ? x : 0.0f;
  return x < 1.0f ? x : 1.0f;
}

/// y[i] = f(x[i] + w[i]). A function of its own: inlined wherever a gate needs it, it would be most of the runtime.
static CELL_TARGET __attribute__((noinline)) void cell_apply(
    int32_t function, float alpha, float beta, const float *x, const float *w, float *restrict y, int32_t count) {
  switch (function) {
    case PITH_CELL_SIGMOID:
      for (int32_t i = 0; i < count; i++) y[i] = cell_sigmoid(x[i] + w[i]);
      break;
    case PITH_CELL_TANH:
      for (int32_t i = 0; i < count; i++) y[i] = cell_tanh(x[i] + w[i]);
      break;
    case PITH_CELL_RELU:
      for (int32_t i = 0; i < count; i++) {
        const float v = x[i] + w[i];
        y[i] = v > 0.0f ? v : 0.0f;
      }
      break;
    case PITH_CELL_AFFINE:
      for (int32_t i = 0; i < count; i++) y[i] = alpha * (x[i] + w[i]) + beta;
      break;
    case PITH_CELL_HARD_SIGMOID:
      for (int32_t i = 0; i < count; i++) y[i] = cell_bounded(alpha * (x[i] + w[i]) + beta);
      break;
    case PITH_CELL_LEAKY_RELU:
      for (int32_t i = 0; i < count; i++) {
        const float v = x[i] + w[i];
        y[i] = v > 0.0f ? v : alpha * v;
      }
      break;
    default:
      for (int32_t i = 0; i < count; i++) {
        const float v = x[i] + w[i];
        y[i] = v / (1.0f + __builtin_fabsf(v));
      }
      break;
  }
}

/// Elements that are done at a time, so that a part's gates stay in registers and the first cache.
enum { CELL_PART = 64 };

/// The bytes of a part of the state.
static CELL_TARGET __attribute__((noinline)) void cell_bytes(const pith_cell_args *a, const float *h, uint8_t *restrict output, int32_t count) {
  for (int32_t i = 0; i < count; i++) output[i] = pith_requantize(h[i] * a->inverse_scale, a->zero, 0, 255);
}

static inline CELL_TARGET __attribute__((always_inline)) void cell_gate(
    const pith_cell_args *a, int32_t function, int32_t gate, int32_t at, float *restrict y, int32_t count) {
  const ptrdiff_t place = (ptrdiff_t)gate * a->pitch + at;
  cell_apply(
      a->functions[function], a->alpha[function], a->beta[function], a->input + place, a->product + place, y, count);
}

PITH_INLINE int32_t cell_part(const pith_cell_args *a, int32_t at) {
  return a->hidden - at < CELL_PART ? a->hidden - at : CELL_PART;
}

static inline CELL_TARGET __attribute__((always_inline)) void cell_rnn(const pith_cell_args *a) {
  for (int32_t at = 0; at < a->hidden; at += CELL_PART) {
    const int32_t count = cell_part(a, at);
    cell_gate(a, 0, 0, at, a->state + at, count);
    cell_bytes(a, a->state + at, a->output + at, count);
  }
}

/// h = (n - z * n) + z * h.
static inline CELL_TARGET __attribute__((always_inline)) void cell_mix(
    const pith_cell_args *a, const float *z, const float *n, int32_t at, int32_t count) {
  float *state = a->state + at;
  for (int32_t i = 0; i < count; i++) state[i] = (n[i] - z[i] * n[i]) + z[i] * state[i];
  cell_bytes(a, state, a->output + at, count);
}

static inline CELL_TARGET __attribute__((always_inline)) void cell_gru(const pith_cell_args *a) {
  for (int32_t at = 0; at < a->hidden; at += CELL_PART) {
    const int32_t count = cell_part(a, at);
    float z[CELL_PART], r[CELL_PART], n[CELL_PART];
    cell_gate(a, 0, 0, at, z, count);
    cell_gate(a, 0, 1, at, r, count);
    const float *product = a->product + 2 * (ptrdiff_t)a->pitch + at;
    for (int32_t i = 0; i < count; i++) r[i] = r[i] * product[i];
    cell_apply(a->functions[1], a->alpha[1], a->beta[1], a->input + 2 * (ptrdiff_t)a->pitch + at, r, n, count);
    cell_mix(a, z, n, at, count);
  }
}

/// r ⊙ h as bytes: what the candidate's product is of.
static inline CELL_TARGET __attribute__((always_inline)) void cell_gru_reset(const pith_cell_args *a) {
  for (int32_t at = 0; at < a->hidden; at += CELL_PART) {
    const int32_t count = cell_part(a, at);
    float r[CELL_PART];
    cell_gate(a, 0, 1, at, r, count);
    for (int32_t i = 0; i < count; i++) r[i] = r[i] * a->state[at + i];
    cell_bytes(a, r, a->output + at, count);
  }
}

static inline CELL_TARGET __attribute__((always_inline)) void cell_gru_rest(const pith_cell_args *a) {
  for (int32_t at = 0; at < a->hidden; at += CELL_PART) {
    const int32_t count = cell_part(a, at);
    float z[CELL_PART], n[CELL_PART];
    cell_gate(a, 0, 0, at, z, count);
    cell_gate(a, 1, 2, at, n, count);
    cell_mix(a, z, n, at, count);
  }
}

static inline CELL_TARGET __attribute__((always_inline)) void cell_lstm(const pith_cell_args *a) {
  for (int32_t at = 0; at < a->hidden; at += CELL_PART) {
    const int32_t count = cell_part(a, at);
    float i[CELL_PART], o[CELL_PART], f[CELL_PART], g[CELL_PART];
    const float none[CELL_PART] = {0};
    cell_gate(a, 0, 0, at, i, count);
    cell_gate(a, 0, 1, at, o, count);
    cell_gate(a, 0, 2, at, f, count);
    cell_gate(a, 1, 3, at, g, count);
    float *memory = a->memory + at, *state = a->state + at;
    for (int32_t j = 0; j < count; j++) memory[j] = f[j] * memory[j] + i[j] * g[j];
    cell_apply(a->functions[2], a->alpha[2], a->beta[2], memory, none, g, count);
    for (int32_t j = 0; j < count; j++) state[j] = o[j] * g[j];
    cell_bytes(a, state, a->output + at, count);
  }
}

#endif
