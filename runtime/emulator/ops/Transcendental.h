// v_exp_f32 and its like: the hardware's own bits are unpublished (1 ulp); these are nearly always correctly rounded.
// All flush f32 denormals whatever MODE says.
#ifndef PA_RUNTIME_EMULATOR_OPS_TRANSCENDENTAL_H
#define PA_RUNTIME_EMULATOR_OPS_TRANSCENDENTAL_H

#include "runtime/emulator/ops/Numbers.h"

namespace pa::emu::PA_EMU_LEVEL {

// A denormal becomes a zero of its sign.
PA_EMU_INLINE float flushed(float x) {
  uint32_t bits = asBits(x);
  return asFloat((bits & 0x7f800000u) ? bits : bits & 0x80000000u);
}

// 2^x: the integer part goes into the exponent, the rest in [-0.5, 0.5] through a Taylor polynomial of degree 10 in
// double (error below 2^-42).
PA_EMU_INLINE float exp2Of(float in) {
  float x = flushed(in);
  double d = double(x < -160.0f ? -160.0f : x > 160.0f ? 160.0f : x);
  constexpr double shifter = 0x1.8p52;
  double whole = (d + shifter) - shifter, r = (d - whole) * 0x1.62e42fefa39efp-1;
  double p = 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  // whole + shifter holds the integer in its low mantissa bits.
  uint64_t n = asBits(whole + shifter) - asBits(shifter);
  double scale = asDouble((n + 1023) << 52);
  float y = flushed(float(p * scale));
  return x == x ? y : asFloat(asBits(x) | 0x400000u);
}

// log2: exponent plus an odd series in (m-1)/(m+1) for m in [sqrt(1/2), sqrt(2)].
PA_EMU_INLINE float log2Of(float in) {
  float x = flushed(in);
  uint32_t bits = asBits(x);
  int32_t e = int32_t(bits >> 23 & 255) - 127;
  uint32_t fraction = bits & 0x7fffffu;
  bool large = fraction > 0x3504f3u;
  e += large ? 1 : 0;
  double m = double(asFloat(fraction | (large ? 0x3f000000u : 0x3f800000u)));
  double t = (m - 1.0) / (m + 1.0), s = t * t;
  double p = 1.0 / 19;
  p = p * s + 1.0 / 17;
  p = p * s + 1.0 / 15;
  p = p * s + 1.0 / 13;
  p = p * s + 1.0 / 11;
  p = p * s + 1.0 / 9;
  p = p * s + 1.0 / 7;
  p = p * s + 1.0 / 5;
  p = p * s + 1.0 / 3;
  p = p * s + 1.0;
  float y = float(double(e) + 2.0 * t * p * 0x1.71547652b82fep+0);
  float special = x == 0 ? -__builtin_inff() : x > 0 ? x : __builtin_nanf("");
  bool ordinary = x > 0 && x < __builtin_inff();
  return ordinary ? y : special;
}

// Argument in turns. Outside [-256, 256] the hardware gives sin 0 and cos 1.
PA_EMU_INLINE float sinOf(float in) {
  double x = double(flushed(in)), turn = x - __builtin_rint(x);
  float y = flushed(float(__builtin_sin(turn * 0x1.921fb54442d18p+2)));
  return x < -256.0 || x > 256.0 ? (x - x == 0 ? 0.0f : __builtin_nanf("")) : y;
}
PA_EMU_INLINE float cosOf(float in) {
  double x = double(flushed(in)), turn = x - __builtin_rint(x);
  float y = flushed(float(__builtin_cos(turn * 0x1.921fb54442d18p+2)));
  return x < -256.0 || x > 256.0 ? (x - x == 0 ? 1.0f : __builtin_nanf("")) : y;
}

} // namespace pa::emu::PA_EMU_LEVEL

#endif
