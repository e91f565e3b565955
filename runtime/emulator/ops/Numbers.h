// Number formats for lane functions: bit casts, half and bfloat16 conversions in a form that vectorises.
#ifndef PA_RUNTIME_EMULATOR_OPS_NUMBERS_H
#define PA_RUNTIME_EMULATOR_OPS_NUMBERS_H

#include <cstdint>
#include <cstring>

#define PA_EMU_INLINE [[gnu::always_inline]] inline

namespace pa::emu::PA_EMU_LEVEL {

PA_EMU_INLINE float asFloat(uint32_t x) {
  float f;
  __builtin_memcpy(&f, &x, sizeof f);
  return f;
}
PA_EMU_INLINE double asDouble(uint64_t x) {
  double f;
  __builtin_memcpy(&f, &x, sizeof f);
  return f;
}
PA_EMU_INLINE uint32_t asBits(float f) {
  uint32_t x;
  __builtin_memcpy(&x, &f, sizeof x);
  return x;
}
PA_EMU_INLINE uint64_t asBits(double f) {
  uint64_t x;
  __builtin_memcpy(&x, &f, sizeof x);
  return x;
}

// A half, as the float of the same value.
struct Half {
  float value;
  PA_EMU_INLINE operator float() const { return value; }
};

// Exact, and independent of the host's denormal mode: a half's denormal is an integer times 2^-24.
PA_EMU_INLINE float halfToFloat(uint32_t h) {
  uint32_t sign = (h & 0x8000u) << 16, rest = h & 0x7fffu;
  uint32_t normal = (rest << 13) + (112u << 23);
  uint32_t special = (rest << 13) + (224u << 23);
  special |= (rest & 0x3ffu) ? 0x400000u : 0; // a signalling NaN becomes quiet
  uint32_t denormal = asBits(float(int32_t(rest)) * 0x1p-24f);
  uint32_t x = rest >= 0x7c00u ? special : rest >= 0x400u ? normal : denormal;
  return asFloat(x | sign);
}

// The same, but that a signalling NaN stays one.
PA_EMU_INLINE float signallingHalfToFloat(uint32_t h) {
  uint32_t rest = h & 0x7fffu;
  return asFloat(asBits(halfToFloat(h)) ^ (rest > 0x7c00u && rest < 0x7e00u ? 0x400000u : 0));
}

// To nearest, ties to even. Overflow is infinity; a NaN keeps its upper payload bits and becomes quiet.
PA_EMU_INLINE uint32_t floatToHalf(float f) {
  uint32_t x = asBits(f), sign = (x >> 16) & 0x8000u, rest = x & 0x7fffffffu;
  uint32_t odd = (rest >> 13) & 1;
  uint32_t normal = (rest - (112u << 23) + 0xfffu + odd) >> 13;
  // Adding 0.5 lines a small value up with the half's denormal step, 2^-24, and rounds it.
  uint32_t denormal = asBits(asFloat(rest) + 0.5f) - 0x3f000000u;
  uint32_t nan = 0x7e00u | ((rest >> 13) & 0x3ffu);
  uint32_t h = rest > 0x7f800000u ? nan : rest >= 0x477ff000u ? 0x7c00u : rest >= 0x38800000u ? normal : denormal;
  return h | sign;
}

// Toward zero; overflow is the largest finite value.
PA_EMU_INLINE uint32_t floatToHalfTruncated(float f) {
  uint32_t x = asBits(f), sign = (x >> 16) & 0x8000u, rest = x & 0x7fffffffu;
  uint32_t normal = (rest - (112u << 23)) >> 13;
  uint32_t denormal = uint32_t(int32_t(asFloat(rest < 0x38800000u ? rest : 0) * 0x1p24f));
  uint32_t nan = 0x7e00u | ((rest >> 13) & 0x3ffu);
  uint32_t h = rest > 0x7f800000u    ? nan
               : rest == 0x7f800000u ? 0x7c00u
               : rest >= 0x47800000u ? 0x7bffu
               : rest >= 0x38800000u ? normal
                                     : denormal;
  return h | sign;
}

// As MODE rounds f16: 0 to nearest even, 1 up, 2 down, 3 toward zero. With FP16_OVFL a finite number that is too large
// gives the largest finite one.
inline uint32_t floatToHalfAs(float f, unsigned rounding, bool finiteOverflow) {
  uint32_t h = floatToHalfTruncated(f), x = asBits(f), rest = x & 0x7fffffffu;
  if (rest >= 0x7f800000u)
    return h;
  bool negative = x >> 31;
  // Compared as bits: denormals count, whatever the host's state.
  bool inexact = asBits(halfToFloat(h & 0x7fffu)) != rest;
  if (rounding == 0)
    h = floatToHalf(f);
  else if (inexact && rounding == (negative ? 2u : 1u))
    ++h;
  return finiteOverflow && (h & 0x7fffu) == 0x7c00u ? h - 1 : h;
}

// To odd: whoever rounds the result to a narrower format gets what one rounding would have given.
PA_EMU_INLINE double roundToOdd(double sum, double error) {
  uint64_t bits = asBits(sum);
  bool inexact = error != 0 && (bits & 1) == 0 && (bits << 1) < (0x7ffull << 53);
  uint64_t away = (error > 0) == (sum > 0) ? bits + 1 : bits - 1;
  return asDouble(inexact ? away : bits);
}

// a + b in double with the last bit sticky.
PA_EMU_INLINE double addToOdd(double a, double b) {
  double sum = a + b, bb = sum - a;
  double error = (a - (sum - bb)) + (b - bb);
  return roundToOdd(sum, error);
}

// Double to half, to nearest even, in one rounding: by way of a float rounded to odd.
PA_EMU_INLINE float doubleToFloatOdd(double d) {
  float f = float(d);
  uint32_t bits = asBits(f);
  double back = double(f);
  bool inexact = back != d && (bits & 1) == 0 && (bits << 1) < (0xffu << 24);
  uint32_t toward = (back < d) == (d > 0) ? bits + 1 : bits - 1;
  return asFloat(inexact ? toward : bits);
}

PA_EMU_INLINE float bf16ToFloat(uint32_t h) { return asFloat(h << 16); }

// To nearest, ties to even; a NaN becomes quiet.
PA_EMU_INLINE uint32_t floatToBf16(float f) {
  uint32_t x = asBits(f);
  uint32_t rounded = (x + 0x7fffu + ((x >> 16) & 1)) >> 16;
  return (x & 0x7fffffffu) > 0x7f800000u ? (x >> 16) | 0x40u : rounded;
}

} // namespace pa::emu::PA_EMU_LEVEL

#endif
