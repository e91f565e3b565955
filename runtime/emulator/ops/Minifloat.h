// Floating-point formats of up to 32 bits as data, and conversions between them by way of double, which holds every
// value of theirs exactly.
#ifndef PA_RUNTIME_EMULATOR_OPS_MINIFLOAT_H
#define PA_RUNTIME_EMULATOR_OPS_MINIFLOAT_H

#include "runtime/emulator/ops/Numbers.h"

namespace pa::emu::PA_EMU_LEVEL {

// What the codes of the largest exponent mean: all numbers (fp6, fp4); the last one a NaN (OCP's E4M3); infinity and
// NaNs as in IEEE 754; all numbers, and the code of minus zero is the one NaN (FNUZ).
enum class Specials : uint8_t { none, lastIsNan, ieee, minusZeroIsNan };

struct Format {
  unsigned exponentBits, fractionBits;
  int bias;
  Specials specials;
  uint32_t nan; // its code without the sign; where there is none, what a NaN becomes

  constexpr unsigned bits() const { return 1 + exponentBits + fractionBits; }
  constexpr uint32_t sign() const { return 1u << (exponentBits + fractionBits); }
  constexpr uint32_t lastExponent() const { return ((1u << exponentBits) - 1) << fractionBits; }
  // The largest code of a number, without the sign.
  constexpr uint32_t largest() const {
    return specials == Specials::ieee ? lastExponent() - 1 : specials == Specials::lastIsNan ? sign() - 2 : sign() - 1;
  }
  // What a number beyond the largest becomes.
  constexpr uint32_t overflow() const {
    return specials == Specials::ieee ? lastExponent() : specials == Specials::none ? largest() : nan;
  }
};

// FNUZ is gfx942's, OCP's gfx950's. NaN codes: those of AMD's host-side model of gfx950 (amd_hip_ocp_host.hpp).
namespace formats {
constexpr Format e4m3Fnuz = {4, 3, 8, Specials::minusZeroIsNan, 0x80};
constexpr Format e5m2Fnuz = {5, 2, 16, Specials::minusZeroIsNan, 0x80};
constexpr Format e4m3 = {4, 3, 7, Specials::lastIsNan, 0x7f};
constexpr Format e5m2 = {5, 2, 15, Specials::ieee, 0x7e};
constexpr Format e2m3 = {2, 3, 1, Specials::none, 0x1f};
constexpr Format e3m2 = {3, 2, 3, Specials::none, 0x1f};
constexpr Format e2m1 = {2, 1, 1, Specials::none, 0x7};
constexpr Format half = {5, 10, 15, Specials::ieee, 0x7fff};
constexpr Format bfloat = {8, 7, 127, Specials::ieee, 0x7fff};
constexpr Format single = {8, 23, 127, Specials::ieee, 0x7fc00000};
} // namespace formats

PA_EMU_INLINE double twoToThe(int e) { return asDouble(uint64_t(1023 + e) << 52); }

// A code's value; bits above the code's are ignored.
PA_EMU_INLINE double decoded(uint32_t code, Format f) {
  uint32_t rest = code & (f.sign() - 1), m = f.fractionBits;
  double denormal = double(int32_t(rest)) * twoToThe(1 - f.bias - int(m));
  double normal = asDouble((uint64_t(rest) << (52 - m)) + (uint64_t(1023 - f.bias) << 52));
  double x = rest >> m ? normal : denormal;
  const double infinity = __builtin_inf(), nan = __builtin_nan("");
  if (f.specials == Specials::ieee)
    x = rest < f.lastExponent() ? x : rest == f.lastExponent() ? infinity : nan;
  if (f.specials == Specials::lastIsNan)
    x = rest == f.sign() - 1 ? nan : x;
  if (f.specials == Specials::minusZeroIsNan)
    x = (code & (2 * f.sign() - 1)) == f.sign() ? nan : x;
  return asDouble(asBits(x) | uint64_t(code & f.sign() ? 1 : 0) << 63);
}

PA_EMU_INLINE uint32_t withSign(uint32_t rest, bool negative, Format f) {
  bool none = f.specials == Specials::minusZeroIsNan && rest == 0;
  return rest | (negative && !none ? f.sign() : 0);
}

// To nearest, ties to even.
PA_EMU_INLINE uint32_t encoded(double x, Format f) {
  uint64_t bits = asBits(x), rest = bits & ~(1ull << 63);
  unsigned m = f.fractionBits, drop = 52 - m;
  uint64_t rounded = rest + ((1ull << (drop - 1)) - 1 + (rest >> drop & 1));
  int64_t normal = int64_t(rounded >> drop) - (int64_t(1023 - f.bias) << m);
  // Lines a small value up with the denormals' step.
  double magic = twoToThe(52 + 1 - f.bias - int(m));
  int64_t denormal = int64_t(asBits(asDouble(rest) + magic) - asBits(magic));
  int64_t code = rest < asBits(twoToThe(1 - f.bias)) ? denormal : normal;
  uint32_t number = code > int64_t(f.largest()) || rest == 0x7ffull << 52 ? f.overflow() : uint32_t(code);
  return withSign(rest > 0x7ffull << 52 ? f.nan : number, bits >> 63, f);
}

// Stochastic rounding: the upper bits of `seed` are added to what is dropped, and the sum is truncated. The source's
// fraction bits say how many there are, below which nothing counts: so does AMD's model (from_float_sr).
PA_EMU_INLINE uint32_t encodedStochastic(double x, unsigned sourceFractionBits, uint32_t seed, Format f) {
  uint64_t bits = asBits(x), rest = bits & ~(1ull << 63);
  int exponent = int(rest >> 52) - 1023, lowest = 1 - f.bias;
  uint32_t one = 1u << sourceFractionBits;
  uint32_t fraction = uint32_t(rest >> (52 - sourceFractionBits)) & (one - 1);
  bool small = exponent < lowest;
  int down = small ? (lowest - exponent > 31 ? 31 : lowest - exponent) : 0;
  uint32_t kept = small ? (fraction | one) >> down : fraction;
  unsigned drop = sourceFractionBits - f.fractionBits;
  uint32_t sum = kept + (seed >> (32 - drop));
  // A carry runs into the exponent.
  int64_t code = (int64_t(small ? 0 : exponent + f.bias) << f.fractionBits) + (sum >> drop);
  uint32_t number = code > int64_t(f.largest()) ? f.overflow() : uint32_t(code);
  number = rest == 0 ? 0 : number;
  return withSign(rest > 0x7ffull << 52 ? f.nan : number, bits >> 63, f);
}

} // namespace pa::emu::PA_EMU_LEVEL

#endif
