// Quantize and dequantize: 16 elements at a time.

typedef struct convert_terms {
  reals scale;
  lanes zero;
  range out;
} convert_terms;

HELPER convert_terms convert_terms_of(const pith_convert_args *a) {
  return (convert_terms){reals_of(a->scale), lanes_of(a->zero), range_of(a->zero, 0, 255)};
}

HELPER __m128i quantize_16(const float *from, const convert_terms *t) {
  return requantize(reals_div(reals_load(from), t->scale), &t->out);
}

/// Up to 16 floats, of which no more may be read.
HELPER __m128i quantize_some(const float *from, size_t count, const convert_terms *t) {
  if (count >= 16) return quantize_16(from, t);
  float local[16] = {0};
  for (size_t i = 0; i < count; i++) local[i] = from[i];
  return quantize_16(local, t);
}

HELPER void quantize_run(const float *from, uint8_t *to, size_t count, const convert_terms *t) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) bytes_store(to + i, quantize_16(from + i, t));
  if (i < count) bytes_store_some(to + i, quantize_some(from + i, count - i, t), count - i);
}

/// Sixteen pixels of three bytes from four vectors of four pixels of four.
HELPER void store_threes(uint8_t *to, __m128i a, __m128i b, __m128i c, __m128i d) {
  const __m128i three = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  a = _mm_shuffle_epi8(a, three);
  b = _mm_shuffle_epi8(b, three);
  c = _mm_shuffle_epi8(c, three);
  d = _mm_shuffle_epi8(d, three);
  bytes_store(to, _mm_or_si128(a, _mm_slli_si128(b, 12)));
  bytes_store(to + 16, _mm_or_si128(_mm_srli_si128(b, 4), _mm_slli_si128(c, 8)));
  bytes_store(to + 32, _mm_or_si128(_mm_srli_si128(c, 8), _mm_slli_si128(d, 4)));
}

/// Up to 4 channels of up to 16 neighbouring pixels, from one plane each to pixels.
HELPER void quantize_pixels(
    const pith_convert_args *a, const float *from, uint8_t *to, size_t count, const convert_terms *t) {
  __m128i plane[4];
  for (int32_t c = 0; c < 4; c++)
    plane[c] = c < a->channels ? quantize_some(from + c * a->f_channel, count, t) : _mm_set1_epi8((char)a->zero);
  const __m128i low01 = _mm_unpacklo_epi8(plane[0], plane[1]), high01 = _mm_unpackhi_epi8(plane[0], plane[1]);
  const __m128i low23 = _mm_unpacklo_epi8(plane[2], plane[3]), high23 = _mm_unpackhi_epi8(plane[2], plane[3]);
  const __m128i four[4] = {
      _mm_unpacklo_epi16(low01, low23), _mm_unpackhi_epi16(low01, low23), _mm_unpacklo_epi16(high01, high23),
      _mm_unpackhi_epi16(high01, high23)};
  if (count == 16 && a->pixel_stride == 3 && a->padded_channels == 3) {
    store_threes(to, four[0], four[1], four[2], four[3]);
    return;
  }
  uint8_t pixels[64];
  for (int i = 0; i < 4; i++) bytes_store(pixels + 16 * i, four[i]);
  if (a->pixel_stride == 4 && a->padded_channels == 4)
    __builtin_memcpy(to, pixels, 4 * count);
  else if (a->padded_channels == 3)
    for (size_t i = 0; i < count; i++, to += a->pixel_stride)
      to[0] = pixels[4 * i], to[1] = pixels[4 * i + 1], to[2] = pixels[4 * i + 2];
  else
    for (size_t i = 0; i < count; i++, to += a->pixel_stride)
      for (int32_t c = 0; c < a->padded_channels; c++) to[c] = pixels[4 * i + (size_t)c];
}

/// Any number of channels, from one plane each.
HELPER void quantize_planes(
    const pith_convert_args *a, const float *from, uint8_t *to, size_t count, const convert_terms *t) {
  for (int32_t c = 0; c < a->padded_channels; c++) {
    uint8_t plane[16];
    bytes_store(
        plane, c < a->channels ? quantize_some(from + c * a->f_channel, count, t) : _mm_set1_epi8((char)a->zero));
    for (size_t i = 0; i < count; i++) to[i * (size_t)a->pixel_stride + (size_t)c] = plane[i];
  }
}

KERNEL void SET(quantize)(const pith_convert_args *a) {
  const convert_terms terms = convert_terms_of(a);
  const int dense = a->padded_channels == a->channels && a->pixel_stride == a->channels;
  for (int32_t y = 0; y < a->height; y++) {
    const float *from = a->real + y * a->f_row;
    uint8_t *to = a->bytes + (ptrdiff_t)y * a->row_stride;
    const int one_run = dense && a->f_column == a->channels && (a->f_channel == 1 || a->channels == 1);
    if (one_run) {
      quantize_run(from, to, (size_t)a->width * (size_t)a->channels, &terms);
    } else if (a->f_channel == 1 && a->channels > 1) {
      for (int32_t x = 0; x < a->width; x++, from += a->f_column, to += a->pixel_stride) {
        quantize_run(from, to, (size_t)a->channels, &terms);
        for (int32_t c = a->channels; c < a->padded_channels; c++) to[c] = (uint8_t)a->zero;
      }
    } else if (a->f_column == 1) {
      for (int32_t x = 0; x < a->width; x += 16, from += 16, to += 16 * (ptrdiff_t)a->pixel_stride) {
        const size_t count = pith_min(16, (size_t)(a->width - x));
        if (a->padded_channels <= 4)
          quantize_pixels(a, from, to, count, &terms);
        else
          quantize_planes(a, from, to, count, &terms);
      }
    } else {
      pith_convert_args row = *a;
      row.height = 1;
      row.real = a->real + y * a->f_row;
      row.bytes = to;
      pith_scalar_quantize(&row);
    }
  }
}

HELPER reals dequantize_16(__m128i bytes, const convert_terms *t) {
  return reals_mul(reals_of_lanes(lanes_sub(lanes_of_bytes(bytes), t->zero)), t->scale);
}

HELPER void dequantize_some(__m128i bytes, float *to, size_t count, const convert_terms *t) {
  float local[16];
  reals_store(local, dequantize_16(bytes, t));
  for (size_t i = 0; i < count; i++) to[i] = local[i];
}

HELPER void dequantize_run(const uint8_t *from, float *to, size_t count, const convert_terms *t) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) reals_store(to + i, dequantize_16(bytes_load(from + i), t));
  if (i < count) dequantize_some(bytes_load_some(from + i, count - i), to + i, count - i, t);
}

KERNEL void SET(dequantize)(const pith_convert_args *a) {
  const convert_terms terms = convert_terms_of(a);
  for (int32_t y = 0; y < a->height; y++) {
    const uint8_t *from = a->bytes + (ptrdiff_t)y * a->row_stride;
    float *to = a->real + y * a->f_row;
    if (a->pixel_stride == a->channels && a->f_column == a->channels && (a->f_channel == 1 || a->channels == 1)) {
      dequantize_run(from, to, (size_t)a->width * (size_t)a->channels, &terms);
    } else if (a->f_channel == 1 && a->channels > 1) {
      for (int32_t x = 0; x < a->width; x++, from += a->pixel_stride, to += a->f_column)
        dequantize_run(from, to, (size_t)a->channels, &terms);
    } else {
      for (int32_t x = 0; x < a->width; x += 16, from += 16 * (ptrdiff_t)a->pixel_stride, to += 16 * a->f_column) {
        const size_t count = pith_min(16, (size_t)(a->width - x));
        for (int32_t c = 0; c < a->channels; c++) {
          uint8_t plane[16] = {0};
          float local[16];
          for (size_t i = 0; i < count; i++) plane[i] = from[i * (size_t)a->pixel_stride + (size_t)c];
          reals_store(local, dequantize_16(bytes_load(plane), &terms));
          for (size_t i = 0; i < count; i++) to[(ptrdiff_t)i * a->f_column + c * a->f_channel] = local[i];
        }
      }
    }
  }
}
