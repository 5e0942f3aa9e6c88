// The intrinsics of the vector kernels through SIMDe, and those that SIMDe 0.7.4 lacks.
#ifndef PITH_TEST_SIMDE_H
#define PITH_TEST_SIMDE_H

// Vectors are passed between inlined functions only.
#pragma clang diagnostic ignored "-Wpsabi"

#define SIMDE_ENABLE_NATIVE_ALIASES
#define SIMDE_NO_NATIVE
#include <simde/x86/avx2.h>
#include <simde/x86/avx512.h>

#define _mm256_dpbusd_avx_epi32(sum, a, b) simde_mm256_dpbusd_epi32(sum, a, b)

static inline simde__m512i pith_mm512_cvtepu8_epi32(simde__m128i bytes) {
  simde__m512i_private r;
  const simde__m128i_private b = simde__m128i_to_private(bytes);
  for (int i = 0; i < 16; i++) r.i32[i] = b.u8[i];
  return simde__m512i_from_private(r);
}
#define _mm512_cvtepu8_epi32(bytes) pith_mm512_cvtepu8_epi32(bytes)

static inline simde__m128i pith_mm512_cvtepi32_epi8(simde__m512i lanes) {
  simde__m128i_private r;
  const simde__m512i_private l = simde__m512i_to_private(lanes);
  for (int i = 0; i < 16; i++) r.u8[i] = (uint8_t)l.u32[i];
  return simde__m128i_from_private(r);
}
#define _mm512_cvtepi32_epi8(lanes) pith_mm512_cvtepi32_epi8(lanes)

static inline simde__m512 pith_mm512_cvtepi32_ps(simde__m512i lanes) {
  simde__m512_private r;
  const simde__m512i_private l = simde__m512i_to_private(lanes);
  for (int i = 0; i < 16; i++) r.f32[i] = (float)l.i32[i];
  return simde__m512_from_private(r);
}
#define _mm512_cvtepi32_ps(lanes) pith_mm512_cvtepi32_ps(lanes)

/// Half to even; what an int32 cannot hold, and NaN, becomes the most negative one.
static inline int32_t pith_cvtss_si32(float f) {
  if (!(f >= -2147483648.0f && f < 2147483648.0f)) return INT32_MIN;
  if (f >= 4194304.0f || f <= -4194304.0f) return (int32_t)f;
  return (int32_t)((f + 12582912.0f) - 12582912.0f);
}

static inline simde__m512i pith_mm512_cvtps_epi32(simde__m512 reals) {
  simde__m512i_private r;
  const simde__m512_private f = simde__m512_to_private(reals);
  for (int i = 0; i < 16; i++) r.i32[i] = pith_cvtss_si32(f.f32[i]);
  return simde__m512i_from_private(r);
}
#define _mm512_cvtps_epi32(reals) pith_mm512_cvtps_epi32(reals)

static inline simde__m256i pith_mm256_cvtps_epi32(simde__m256 reals) {
  simde__m256i_private r;
  const simde__m256_private f = simde__m256_to_private(reals);
  for (int i = 0; i < 8; i++) r.i32[i] = pith_cvtss_si32(f.f32[i]);
  return simde__m256i_from_private(r);
}
#undef _mm256_cvtps_epi32
#define _mm256_cvtps_epi32(reals) pith_mm256_cvtps_epi32(reals)

static inline void pith_mm512_mask_storeu_epi8(void *to, uint64_t mask, simde__m512i bytes) {
  const simde__m512i_private b = simde__m512i_to_private(bytes);
  for (int i = 0; i < 64; i++)
    if (mask >> i & 1) ((uint8_t *)to)[i] = b.u8[i];
}
#define _mm512_mask_storeu_epi8(to, mask, bytes) pith_mm512_mask_storeu_epi8(to, mask, bytes)

static inline simde__m512i pith_mm512_madd_epi16(simde__m512i a, simde__m512i b) {
  simde__m512i_private r;
  const simde__m512i_private x = simde__m512i_to_private(a), y = simde__m512i_to_private(b);
  for (int i = 0; i < 16; i++) r.i32[i] = x.i16[2 * i] * y.i16[2 * i] + x.i16[2 * i + 1] * y.i16[2 * i + 1];
  return simde__m512i_from_private(r);
}
#undef _mm512_madd_epi16
#define _mm512_madd_epi16(a, b) pith_mm512_madd_epi16(a, b)

/// No byte behind the mask is read.
static inline simde__m512i pith_mm512_mask_loadu_epi8(simde__m512i other, uint64_t mask, const void *from) {
  simde__m512i_private r = simde__m512i_to_private(other);
  for (int i = 0; i < 64; i++)
    if (mask >> i & 1) r.u8[i] = ((const uint8_t *)from)[i];
  return simde__m512i_from_private(r);
}
#define _mm512_mask_loadu_epi8(other, mask, from) pith_mm512_mask_loadu_epi8(other, mask, from)
#define _mm512_maskz_loadu_epi8(mask, from) pith_mm512_mask_loadu_epi8(simde_mm512_setzero_si512(), mask, from)

static inline uint64_t pith_mm512_testn_epi8_mask(simde__m512i a, simde__m512i b) {
  const simde__m512i_private x = simde__m512i_to_private(a), y = simde__m512i_to_private(b);
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)((x.u8[i] & y.u8[i]) == 0) << i;
  return mask;
}
#define _mm512_testn_epi8_mask(a, b) pith_mm512_testn_epi8_mask(a, b)

/// min gives its second operand where either is NaN, which the kernels rely on.
static inline simde__m512 pith_mm512_min_ps(simde__m512 a, simde__m512 b) {
  simde__m512_private r;
  const simde__m512_private x = simde__m512_to_private(a), y = simde__m512_to_private(b);
  for (int i = 0; i < 16; i++) r.f32[i] = x.f32[i] < y.f32[i] ? x.f32[i] : y.f32[i];
  return simde__m512_from_private(r);
}
#undef _mm512_min_ps
#define _mm512_min_ps(a, b) pith_mm512_min_ps(a, b)

static inline simde__m256 pith_mm256_min_ps(simde__m256 a, simde__m256 b) {
  simde__m256_private r;
  const simde__m256_private x = simde__m256_to_private(a), y = simde__m256_to_private(b);
  for (int i = 0; i < 8; i++) r.f32[i] = x.f32[i] < y.f32[i] ? x.f32[i] : y.f32[i];
  return simde__m256_from_private(r);
}
#undef _mm256_min_ps
#define _mm256_min_ps(a, b) pith_mm256_min_ps(a, b)

#endif
