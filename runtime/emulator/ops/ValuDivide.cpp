// VALU: the three steps that LLVM makes a correctly rounded division of: scale, multiply-add and scale back, fix up.
// Source: AMD's ISA manuals, with three corrections without which the three steps would not divide: v_div_fmas scales
// in the direction that the later manuals give, and a denominator whose inverse is denormal is scaled down, never up
// (the manuals' 2^64 would overflow it), and v_div_fixup gives infinity where the quotient overflowed on the way.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// What differs between the widths: exponents are biased ones.
struct Single {
  using T = float;
  static constexpr int farApart = 96, scale = 64, tinyNumerator = 23, bias = 127, special = 255, underflow = -150;
  PA_EMU_INLINE static int exponent(float x) { return int(asBits(x) >> 23 & 255); }
  PA_EMU_INLINE static float power(int e) { return asFloat(uint32_t(127 + e) << 23); }
  PA_EMU_INLINE static float nan() { return asFloat(0xffc00000u); }
  PA_EMU_INLINE static float quiet(float x) { return asFloat(asBits(x) | 0x400000u); }
  PA_EMU_INLINE static bool negative(float x) { return asBits(x) >> 31; }
  PA_EMU_INLINE static float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
};
struct Double {
  using T = double;
  static constexpr int farApart = 768, scale = 128, tinyNumerator = 53, bias = 1023, special = 2047, underflow = -1075;
  PA_EMU_INLINE static int exponent(double x) { return int(asBits(x) >> 52 & 2047); }
  PA_EMU_INLINE static double power(int e) { return asDouble(uint64_t(1023 + e) << 52); }
  PA_EMU_INLINE static double nan() { return asDouble(0xfff8000000000000ull); }
  PA_EMU_INLINE static double quiet(double x) { return asDouble(asBits(x) | 0x8000000000000ull); }
  PA_EMU_INLINE static bool negative(double x) { return asBits(x) >> 63; }
  PA_EMU_INLINE static double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
};

template <class F> PA_EMU_INLINE bool isDenormal(typename F::T x) { return x != 0 && F::exponent(x) == 0; }

// `value` is the denominator or the numerator again.
template <class F, class T = typename F::T> PA_EMU_INLINE Carry<T> divScale(T value, T denominator, T numerator) {
  T up = value * F::power(F::scale), down = value * F::power(-F::scale);
  if (numerator == 0 || denominator == 0)
    return {F::nan(), false};
  if (F::exponent(numerator) - F::exponent(denominator) >= F::farApart)
    return {value == denominator ? up : value, true};
  if (isDenormal<F>(denominator))
    return {up, false};
  bool inverseDenormal = isDenormal<F>(T(1) / denominator), quotientDenormal = isDenormal<F>(numerator / denominator);
  if (inverseDenormal && quotientDenormal)
    return {value == denominator ? down : value, true};
  if (inverseDenormal)
    return {down, false};
  if (quotientDenormal)
    return {value == numerator ? up : value, true};
  return {F::exponent(numerator) <= F::tinyNumerator ? up : value, false};
}

template <class F, class T = typename F::T> PA_EMU_INLINE T divFmas(T a, T b, T c, bool scaled) {
  T x = F::fma(a, b, c);
  return scaled ? x * F::power(F::exponent(c) > F::bias ? F::scale : -F::scale) : x;
}

template <class F, class T = typename F::T> PA_EMU_INLINE T divFixup(T quotient, T denominator, T numerator) {
  bool negative = F::negative(denominator) != F::negative(numerator);
  auto with = [&](T magnitude) { return negative ? -magnitude : magnitude; };
  const T infinity = T(__builtin_inf());
  bool infiniteNumerator = numerator == infinity || numerator == -infinity;
  bool infiniteDenominator = denominator == infinity || denominator == -infinity;
  if (numerator != numerator)
    return F::quiet(numerator);
  if (denominator != denominator)
    return F::quiet(denominator);
  if ((denominator == 0 && numerator == 0) || (infiniteNumerator && infiniteDenominator))
    return F::nan();
  if (denominator == 0 || infiniteNumerator)
    return with(infinity);
  if (infiniteDenominator || numerator == 0)
    return with(T(0));
  if (F::exponent(numerator) - F::exponent(denominator) < F::underflow)
    return with(T(0));
  if (F::exponent(denominator) == F::special)
    return with(infinity);
  // An overflow on the way ends as the NaN of two infinities.
  if (quotient != quotient)
    return with(infinity);
  return with(F::negative(quotient) ? -quotient : quotient);
}

constexpr Row readsVcc(Row row) {
  row.flags |= flag::readsVcc;
  return row;
}

// In f32 every half is a normal number, so that the exponents' rules never apply.
PA_EMU_INLINE Half halfFixup(Half a, Half b, Half c) { return {divFixup<Single>(a.value, b.value, c.value)}; }

constexpr Row table[] = {
    valu("v_div_scale_f32", [](float a, float b, float c) { return divScale<Single>(a, b, c); }),
    valu("v_div_scale_f64", [](double a, double b, double c) { return divScale<Double>(a, b, c); }),
    readsVcc(
        valu("v_div_fmas_f32", [](float a, float b, float c, VccBit v) { return divFmas<Single>(a, b, c, v.set); })),
    readsVcc(
        valu("v_div_fmas_f64", [](double a, double b, double c, VccBit v) { return divFmas<Double>(a, b, c, v.set); })),
    valu("v_div_fixup_f32", [](float a, float b, float c) { return divFixup<Single>(a, b, c); }),
    valu("v_div_fixup_f64", [](double a, double b, double c) { return divFixup<Double>(a, b, c); }),
    keepingHalf(valu("v_div_fixup_f16", [](Half a, Half b, Half c) { return halfFixup(a, b, c); })),
    valu("v_div_fixup_legacy_f16", [](Half a, Half b, Half c) { return halfFixup(a, b, c); }),
};

} // namespace

Rows divideRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
