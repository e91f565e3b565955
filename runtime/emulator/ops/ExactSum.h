// What the exact sums of matrix products are made of: vectors of columns, and adding a group of products to C.
#ifndef PA_RUNTIME_EMULATOR_OPS_EXACTSUM_H
#define PA_RUNTIME_EMULATOR_OPS_EXACTSUM_H

#include "runtime/emulator/ops/Numbers.h"

namespace pa::emu::PA_EMU_LEVEL {

// --- Columns at a time ---------------------------------------------------------------------------------------------
//
// Vectors of up to 16 columns, in the host compiler's vector types: what compilers make of plain loops here
// differs widely.

template <unsigned N> struct Columns {
  static constexpr unsigned count = N < 16 ? N : 16;
  typedef float F __attribute__((vector_size(4 * count)));
  typedef int32_t I __attribute__((vector_size(4 * count)));
  typedef double D __attribute__((vector_size(8 * count)));
  typedef int64_t L __attribute__((vector_size(8 * count)));

  template <class V, class T> PA_EMU_INLINE static V load(const T *p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  PA_EMU_INLINE static I choose(I mask, I yes, I no) { return (yes & mask) | (no & ~mask); }
  // 2^e, for e in [-126, 127].
  PA_EMU_INLINE static F powerOfTwo(I e) { return reinterpret_cast<F>((e + 127) << 23); }
  PA_EMU_INLINE static I larger(I a, I b) { return choose(a > b, a, b); }
  PA_EMU_INLINE static D wide(F x) { return __builtin_convertvector(x, D); }
  PA_EMU_INLINE static D floored(D x) {
    constexpr double shifter = 0x1.8p52; // |x| stays far below 2^51
    D rounded = (x + shifter) - shifter;
    const L one = reinterpret_cast<L>(D{} + 1.0);
    return rounded - reinterpret_cast<D>((rounded > x) & one);
  }
};

// The exponent of a zero: below all others.
constexpr int32_t zeroExponent = -1500;

// Exponents small enough that f32 holds every product and every power of two that the exact sum needs: nearly all there
// is in practice.
constexpr int32_t ordinaryInput = 50, ordinaryAccumulator = 90;

PA_EMU_INLINE double powerOfTwo(int32_t e) {
  int32_t near = e < -1000 ? -1000 : e > 1000 ? 1000 : e;
  return asDouble(uint64_t(1023 + near) << 52);
}

// c + dot * 2^(dotExponent - 24), where |dot| < 2^31.
PA_EMU_INLINE float addToAccumulator(float c, int32_t dot, int32_t dotExponent) {
  uint32_t bits = asBits(c);
  int32_t e = int32_t(bits >> 23 & 255), f = int32_t(bits & 0x7fffffu);
  int32_t m = e ? f | 0x800000 : f;
  int32_t exponent = m ? (e ? e : 1) - 127 : zeroExponent;
  int32_t top = exponent > dotExponent ? exponent : dotExponent;
  double signedC = double(bits >> 31 ? -m : m);
  // In units of 2^(top - 31): the products floored to 31 fractional bits, C to 24.
  double products = __builtin_floor(double(dot) * powerOfTwo(7 - (top - dotExponent)));
  double addend = __builtin_floor(signedC * powerOfTwo(1 - (top - exponent))) * 128.0;
  return float((products + addend) * powerOfTwo(top - 31));
}

PA_EMU_INLINE float canonical(double x) { return x == x ? float(x) : asFloat(0x7fc00000u); }

} // namespace pa::emu::PA_EMU_LEVEL

#endif
