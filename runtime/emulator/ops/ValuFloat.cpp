// VALU: f32, f16 and f64 arithmetic and conversions.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"
#include "runtime/emulator/ops/Transcendental.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// minnum and maxnum: the other operand where one is NaN, and -0 below +0. In IEEE mode a signalling NaN is the result,
// quiet; without, it is a NaN like any other.
PA_EMU_INLINE float maxOf(float a, float b) {
  int32_t x = int32_t(asBits(a)), y = int32_t(asBits(b));
  float larger = a > b ? a : a < b ? b : asFloat(uint32_t(x & y)); // equal: +0 unless both are -0
  return a != a ? b : b != b ? a : larger;
}
PA_EMU_INLINE float minOf(float a, float b) {
  int32_t x = int32_t(asBits(a)), y = int32_t(asBits(b));
  float smaller = a < b ? a : a > b ? b : asFloat(uint32_t(x | y));
  return a != a ? b : b != b ? a : smaller;
}
PA_EMU_INLINE double maxOf(double a, double b) {
  double larger = a > b ? a : a < b ? b : asDouble(asBits(a) & asBits(b));
  return a != a ? b : b != b ? a : larger;
}
PA_EMU_INLINE double minOf(double a, double b) {
  double smaller = a < b ? a : a > b ? b : asDouble(asBits(a) | asBits(b));
  return a != a ? b : b != b ? a : smaller;
}
PA_EMU_INLINE float quiet(float x) { return asFloat(asBits(x) | 0x400000u); }
PA_EMU_INLINE double quiet(double x) { return asDouble(asBits(x) | 0x8000000000000ull); }
PA_EMU_INLINE bool signalling(float x) {
  uint32_t rest = asBits(x) & 0x7fffffffu;
  return rest > 0x7f800000u && rest < 0x7fc00000u;
}
PA_EMU_INLINE bool signalling(double x) {
  uint64_t rest = asBits(x) & ~0ull >> 1;
  return rest > 0x7ff0000000000000ull && rest < 0x7ff8000000000000ull;
}
template <class T> PA_EMU_INLINE T ieeeOf(T a, T b, T result, Ieee ieee) {
  T quieted = signalling(a) ? quiet(a) : signalling(b) ? quiet(b) : result;
  return ieee.set ? quieted : result;
}
template <class T> PA_EMU_INLINE T maxOf(T a, T b, Ieee ieee) { return ieeeOf(a, b, maxOf(a, b), ieee); }
template <class T> PA_EMU_INLINE T minOf(T a, T b, Ieee ieee) { return ieeeOf(a, b, minOf(a, b), ieee); }
PA_EMU_INLINE float medianOf(float a, float b, float c, Ieee ieee) {
  float withNan = minOf(minOf(a, b, ieee), c, ieee);
  float median = maxOf(minOf(a, b), minOf(maxOf(a, b), c));
  return a != a || b != b || c != c ? withNan : median;
}

// The first NaN of three, or else the value.
PA_EMU_INLINE float propagating(float a, float b, float c, float value) {
  float nan = a != a ? a : b != b ? b : c;
  return a != a || b != b || c != c ? asFloat(asBits(nan) | 0x400000u) : value;
}

// Toward zero, saturating, NaN gives 0.
PA_EMU_INLINE int32_t toInt(float x) {
  float in = x >= -0x1p31f && x < 0x1p31f ? x : 0.0f;
  int32_t exact = int32_t(in);
  return x >= 0x1p31f ? 0x7fffffff : x < -0x1p31f ? int32_t(0x80000000u) : exact;
}
PA_EMU_INLINE uint32_t toUint(float x) {
  float low = x > 0 && x < 0x1p31f ? x : 0.0f, high = x >= 0x1p31f && x < 0x1p32f ? x - 0x1p31f : 0.0f;
  uint32_t exact = uint32_t(int32_t(low)) + (high > 0 || x == 0x1p31f ? uint32_t(int32_t(high)) + 0x80000000u : 0);
  return x >= 0x1p32f ? ~0u : exact;
}
PA_EMU_INLINE int32_t toInt(double x) {
  return x >= 2147483647.0 ? 0x7fffffff : x <= -2147483648.0 ? int32_t(0x80000000u) : x == x ? int32_t(x) : 0;
}
PA_EMU_INLINE uint32_t toUint(double x) { return x >= 4294967295.0 ? ~0u : x > 0 ? uint32_t(int64_t(x)) : 0; }

PA_EMU_INLINE float fromUint(uint32_t x) { return float(double(x)); }

// Rounds to an integer by adding and subtracting 2^23, which rounds to even; keeps the sign of zero.
PA_EMU_INLINE float roundEven(float x) {
  float magnitude = asFloat(asBits(x) & 0x7fffffffu), rounded = (magnitude + 0x1p23f) - 0x1p23f;
  uint32_t sign = asBits(x) & 0x80000000u;
  return magnitude < 0x1p23f ? asFloat(asBits(rounded) | sign) : x;
}
PA_EMU_INLINE float truncOf(float x) {
  float magnitude = asFloat(asBits(x) & 0x7fffffffu);
  float whole = float(int32_t(magnitude < 0x1p23f ? magnitude : 0.0f));
  return magnitude < 0x1p23f ? asFloat(asBits(whole) | (asBits(x) & 0x80000000u)) : x;
}
PA_EMU_INLINE float floorOf(float x) {
  float t = truncOf(x);
  return t > x ? t - 1.0f : t;
}
PA_EMU_INLINE float ceilOf(float x) {
  float t = truncOf(x), up = t < x ? t + 1.0f : t;
  return asFloat(asBits(up) | (asBits(x) & 0x80000000u));
}

// 2^e as far as a float's range can tell one from another.
PA_EMU_INLINE double powerOfTwo(int32_t e) {
  int32_t near = e < -400 ? -400 : e > 400 ? 400 : e;
  return asDouble(uint64_t(1023 + near) << 52);
}

PA_EMU_INLINE uint32_t pack(uint32_t low, uint32_t high) { return (low & 0xffffu) | high << 16; }
PA_EMU_INLINE bool finite(float x) { return (asBits(x) & 0x7f800000u) != 0x7f800000u; }

PA_EMU_INLINE int32_t exponentOf(float x) { return x == 0 || !finite(x) ? 0 : __builtin_ilogbf(x) + 1; }
PA_EMU_INLINE float mantissaOf(float x) {
  return x == 0 || !finite(x) ? x : __builtin_ldexpf(x, -(__builtin_ilogbf(x) + 1));
}
PA_EMU_INLINE int32_t exponentOf(double x) {
  return x == 0 || __builtin_isinf(x) || x != x ? 0 : __builtin_ilogb(x) + 1;
}
PA_EMU_INLINE double mantissaOf(double x) {
  return x == 0 || __builtin_isinf(x) || x != x ? x : __builtin_ldexp(x, -(__builtin_ilogb(x) + 1));
}

PA_EMU_INLINE Half halfFma(float a, float b, float c) {
  return {doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)))};
}

using OldF = Old<float>;
using C = Canonical;
using O = Ordered;
using S = OrderedHalf;
using C64 = Canonical64;
using O64 = Ordered64;

// [-1, 1] to 16 bits and [0, 1] to 16 bits, to nearest; a NaN is 0. Products are exact in double, and no tie is odd.
PA_EMU_INLINE uint32_t toSnorm(float x) {
  double in = x > -1.0f ? (x < 1.0f ? x : 1.0f) : x <= -1.0f ? -1.0f : 0.0f;
  return uint32_t(int32_t(__builtin_rint(in * 32767.0)));
}
PA_EMU_INLINE uint32_t toUnorm(float x) {
  double in = x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f;
  return uint32_t(int32_t(__builtin_rint(in * 65535.0)));
}

// Two 16-bit floats: clamp is each one's, and omod is not for packed results (ISA manuals, "output operand modifiers").
constexpr Row packed(Row row) { return with(row, mods::omod); }
template <class F> constexpr Row clampedPair(const char *name, F f) {
  return with(valu(name, f), mods::omod | mods::clamp);
}
constexpr Row halves(Row row) { return flagged(row, flag::refusesOverflow | flag::refusesRounding); }
PA_EMU_INLINE float clampedBy(float x, Dx10 mode) {
  float inside = x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f;
  return x != x && !mode.set ? x : inside;
}

// Conversions to integers saturate anyway, and omod is for floats: both are taken and change nothing.
constexpr Row toInteger(Row row) { return with(row, mods::clamp | mods::omod); }
constexpr Row normalised(Row row) { return flagged(toInteger(row), flag::nearestHostState); }
constexpr Row nearest(Row row) { return flagged(row, flag::nearestHostState); }
constexpr Row transcendental(Row row) { return nearest(of(row, Kind::transcendental)); }

constexpr Row table[] = {
    valu("v_add_f32", [](float a, float b) { return a + b; }),
    valu("v_sub_f32", [](float a, float b) { return a - b; }),
    valu("v_subrev_f32", [](float a, float b) { return b - a; }),
    valu("v_mul_f32", [](float a, float b) { return a * b; }),
    valu("v_mul_legacy_f32", [](float a, float b) { return a == 0 || b == 0 ? 0.0f : a * b; }),
    valu("v_fma_f32", [](float a, float b, float c) { return __builtin_fmaf(a, b, c); }),
    valu("v_fmac_f32", [](float a, float b, OldF d) { return __builtin_fmaf(a, b, d); }),
    valu("v_fmamk_f32", [](float a, float k, float c) { return __builtin_fmaf(a, k, c); }),
    valu("v_fmaak_f32", [](float a, float b, float k) { return __builtin_fmaf(a, b, k); }),
    valu("v_max_f32", [](O a, O b, Ieee m) { return maxOf(a.value, b.value, m); }),
    valu("v_min_f32", [](O a, O b, Ieee m) { return minOf(a.value, b.value, m); }),
    valu("v_max3_f32", [](O a, O b, O c, Ieee m) { return maxOf(maxOf(a.value, b.value, m), c.value, m); }),
    valu("v_min3_f32", [](O a, O b, O c, Ieee m) { return minOf(minOf(a.value, b.value, m), c.value, m); }),
    valu("v_med3_f32", [](O a, O b, O c, Ieee m) { return medianOf(a, b, c, m); }),
    valu("v_cndmask_b32", [](float a, float b, bool c) { return c ? b : a; }),

    transcendental(valu("v_exp_f32", [](float a) { return exp2Of(a); })),
    transcendental(valu("v_log_f32", [](float a) { return log2Of(a); })),
    transcendental(valu("v_rcp_f32", [](float a) { return flushed(1.0f / flushed(a)); })),
    transcendental(valu("v_rcp_iflag_f32", [](float a) { return flushed(1.0f / flushed(a)); })),
    transcendental(valu("v_rsq_f32", [](float a) { return float(1.0 / __builtin_sqrt(double(flushed(a)))); })),
    transcendental(valu("v_sqrt_f32", [](float a) { return __builtin_sqrtf(flushed(a)); })),
    transcendental(valu("v_sin_f32", [](float a) { return sinOf(a); })),
    transcendental(valu("v_cos_f32", [](float a) { return cosOf(a); })),

    gfx950(valu("v_maximum3_f32",
                [](O a, O b, O c) { return propagating(a, b, c, maxOf(maxOf(a.value, b.value), c.value)); })),
    gfx950(valu("v_minimum3_f32",
                [](O a, O b, O c) { return propagating(a, b, c, minOf(minOf(a.value, b.value), c.value)); })),
    valu("v_trunc_f32", [](C a) { return truncOf(a); }),
    valu("v_floor_f32", [](C a) { return floorOf(a); }),
    valu("v_ceil_f32", [](C a) { return ceilOf(a); }),
    nearest(valu("v_rndne_f32", [](C a) { return roundEven(a); })),
    valu("v_fract_f32",
         [](C a) {
           float f = a - floorOf(a);
           return f < 0x1.fffffep-1f || f != f ? f : 0x1.fffffep-1f;
         }),
    valu("v_ldexp_f32", [](float a, int32_t e) { return float(double(a) * powerOfTwo(e)); }),
    toInteger(valu("v_frexp_exp_i32_f32", [](float a) { return exponentOf(a); })),
    valu("v_frexp_mant_f32", [](float a) { return mantissaOf(a); }),

    valu("v_cvt_f32_i32", [](int32_t a) { return float(a); }),
    valu("v_cvt_f32_u32", [](uint32_t a) { return fromUint(a); }),
    toInteger(valu("v_cvt_i32_f32", [](float a) { return toInt(a); })),
    toInteger(valu("v_cvt_u32_f32", [](float a) { return toUint(a); })),
    nearest(toInteger(valu("v_cvt_rpi_i32_f32", [](float a) { return toInt(floorOf(a + 0.5f)); }))),
    toInteger(valu("v_cvt_flr_i32_f32", [](float a) { return toInt(floorOf(a)); })),
    valu("v_cvt_f32_ubyte0", [](uint32_t a) { return float(int32_t(a & 255)); }),
    valu("v_cvt_f32_ubyte1", [](uint32_t a) { return float(int32_t(a >> 8 & 255)); }),
    valu("v_cvt_f32_ubyte2", [](uint32_t a) { return float(int32_t(a >> 16 & 255)); }),
    valu("v_cvt_f32_ubyte3", [](uint32_t a) { return float(int32_t(a >> 24)); }),
    valu("v_cvt_f32_f16", [](Half a) { return a.value; }),
    valu("v_cvt_f16_f32", [](float a) { return Half{a}; }),
    packed(valu("v_cvt_pkrtz_f16_f32",
                [](float a, float b) { return pack(floatToHalfTruncated(a), floatToHalfTruncated(b)); })),
    clampedPair("v_cvt_pkrtz_f16_f32",
                [](float a, float b, Dx10 m) {
                  return pack(floatToHalfTruncated(clampedBy(a, m)), floatToHalfTruncated(clampedBy(b, m)));
                }),
    gfx950(halves(
        packed(valu("v_cvt_pk_f16_f32", [](float a, float b) { return pack(floatToHalf(a), floatToHalf(b)); })))),
    gfx950(halves(clampedPair(
        "v_cvt_pk_f16_f32",
        [](float a, float b, Dx10 m) { return pack(floatToHalf(clampedBy(a, m)), floatToHalf(clampedBy(b, m))); }))),
    gfx950(packed(valu("v_cvt_pk_bf16_f32", [](float a, float b) { return pack(floatToBf16(a), floatToBf16(b)); }))),
    gfx950(clampedPair(
        "v_cvt_pk_bf16_f32",
        [](float a, float b, Dx10 m) { return pack(floatToBf16(clampedBy(a, m)), floatToBf16(clampedBy(b, m))); })),
    normalised(valu("v_cvt_pknorm_i16_f32", [](float a, float b) { return pack(toSnorm(a), toSnorm(b)); })),
    normalised(valu("v_cvt_pknorm_u16_f32", [](float a, float b) { return pack(toUnorm(a), toUnorm(b)); })),
    normalised(valu("v_cvt_pknorm_i16_f16", [](Half a, Half b) { return pack(toSnorm(a), toSnorm(b)); })),
    normalised(valu("v_cvt_pknorm_u16_f16", [](Half a, Half b) { return pack(toUnorm(a), toUnorm(b)); })),
    normalised(valu("v_cvt_norm_i16_f16", [](Half a) { return int16_t(toSnorm(a)); })),
    normalised(valu("v_cvt_norm_u16_f16", [](Half a) { return uint16_t(toUnorm(a)); })),
    valu("v_pack_b32_f16", [](HalfBits a, HalfBits b) { return pack(a.bits, b.bits); }),

    valu("v_add_f16", [](Half a, Half b) { return Half{a + b}; }),
    valu("v_sub_f16", [](Half a, Half b) { return Half{a - b}; }),
    valu("v_subrev_f16", [](Half a, Half b) { return Half{b - a}; }),
    valu("v_mul_f16", [](Half a, Half b) { return Half{a * b}; }),
    keepingHalf(valu("v_fma_f16", [](Half a, Half b, Half c) { return halfFma(a, b, c); })),
    valu("v_max_f16", [](S a, S b, Ieee m) { return Half{maxOf(a.value, b.value, m)}; }),
    valu("v_min_f16", [](S a, S b, Ieee m) { return Half{minOf(a.value, b.value, m)}; }),
    valu("v_max3_f16", [](S a, S b, S c, Ieee m) { return Half{maxOf(maxOf(a.value, b.value, m), c.value, m)}; }),
    valu("v_min3_f16", [](S a, S b, S c, Ieee m) { return Half{minOf(minOf(a.value, b.value, m), c.value, m)}; }),
    valu("v_med3_f16", [](S a, S b, S c, Ieee m) { return Half{medianOf(a, b, c, m)}; }),
    transcendental(valu("v_rcp_f16", [](Half a) { return Half{1.0f / a}; })),
    transcendental(valu("v_sqrt_f16", [](Half a) { return Half{__builtin_sqrtf(a)}; })),
    transcendental(
        valu("v_rsq_f16", [](Half a) { return Half{doubleToFloatOdd(1.0 / __builtin_sqrt(double(a.value)))}; })),
    transcendental(valu("v_sin_f16", [](Half a) { return Half{sinOf(a)}; })),
    transcendental(valu("v_cos_f16", [](Half a) { return Half{cosOf(a)}; })),
    transcendental(valu("v_exp_f16", [](Half a) { return Half{exp2Of(a)}; })),
    transcendental(valu("v_log_f16", [](Half a) { return Half{log2Of(a)}; })),
    valu("v_trunc_f16", [](Half a) { return Half{truncOf(a)}; }),
    valu("v_floor_f16", [](Half a) { return Half{floorOf(a)}; }),
    valu("v_ceil_f16", [](Half a) { return Half{ceilOf(a)}; }),
    nearest(valu("v_rndne_f16", [](Half a) { return Half{roundEven(a)}; })),
    valu("v_fract_f16",
         [](Half a) {
           float f = a - floorOf(a), below = 0x1.ffcp-1f;
           return Half{f < below || f != f ? f : below};
         }),
    valu("v_frexp_mant_f16", [](Half a) { return Half{mantissaOf(a.value)}; }),
    toInteger(valu("v_frexp_exp_i16_f16", [](Half a) { return int16_t(exponentOf(a.value)); })),
    valu("v_cvt_f16_u16", [](uint16_t a) { return Half{float(int32_t(a))}; }),
    valu("v_cvt_f16_i16", [](int16_t a) { return Half{float(int32_t(a))}; }),
    toInteger(valu("v_cvt_u16_f16",
                   [](Half a) {
                     uint32_t x = toUint(a.value);
                     return uint16_t(x < 65535u ? x : 65535u);
                   })),
    toInteger(valu("v_cvt_i16_f16",
                   [](Half a) {
                     int32_t x = toInt(a.value);
                     return int16_t(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
                   })),
    valu("v_ldexp_f16", [](Half a, int16_t e) { return Half{doubleToFloatOdd(double(a.value) * powerOfTwo(e))}; }),

    valu("v_add_f64", [](double a, double b) { return a + b; }),
    valu("v_mul_f64", [](double a, double b) { return a * b; }),
    valu("v_fma_f64", [](double a, double b, double c) { return __builtin_fma(a, b, c); }),
    valu("v_fmac_f64", [](double a, double b, Old<double> d) { return __builtin_fma(a, b, d); }),
    valu("v_max_f64", [](O64 a, O64 b, Ieee m) { return maxOf(a.value, b.value, m); }),
    valu("v_min_f64", [](O64 a, O64 b, Ieee m) { return minOf(a.value, b.value, m); }),
    valu("v_trunc_f64", [](C64 a) { return __builtin_trunc(a.value); }),
    valu("v_floor_f64", [](C64 a) { return __builtin_floor(a.value); }),
    valu("v_ceil_f64", [](C64 a) { return __builtin_ceil(a.value); }),
    nearest(valu("v_rndne_f64", [](C64 a) { return __builtin_rint(a.value); })),
    transcendental(valu("v_rcp_f64", [](double a) { return 1.0 / a; })),
    transcendental(valu("v_sqrt_f64", [](double a) { return __builtin_sqrt(a); })),
    transcendental(valu("v_rsq_f64", [](double a) { return 1.0 / __builtin_sqrt(a); })),
    valu("v_ldexp_f64", [](double a, int32_t e) { return __builtin_ldexp(a, e); }),
    toInteger(valu("v_frexp_exp_i32_f64", [](double a) { return exponentOf(a); })),
    valu("v_frexp_mant_f64", [](double a) { return mantissaOf(a); }),
    valu("v_cvt_f64_f32", [](float a) { return double(a); }),
    valu("v_cvt_f32_f64", [](double a) { return float(a); }),
    valu("v_cvt_f64_i32", [](int32_t a) { return double(a); }),
    valu("v_cvt_f64_u32", [](uint32_t a) { return double(a); }),
    toInteger(valu("v_cvt_i32_f64", [](double a) { return toInt(a); })),
    toInteger(valu("v_cvt_u32_f64", [](double a) { return toUint(a); })),
};

} // namespace

Rows floatRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
