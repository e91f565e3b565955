// VALU: instructions that graphics, video and older compilers use. Source: AMD's ISA manuals.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"
#include "runtime/emulator/ops/Transcendental.h"

namespace pa::emu::PA_EMU_LEVEL {

// 128 bits in four registers.
struct Quad {
  uint32_t word[4];
};
template <> struct Source<Quad> {
  static constexpr Type type = Type::b128;
  static constexpr bool inText = true;
  const uint32_t *row[4];
  alignas(64) LaneRow scratch[4];
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    for (unsigned d = 0; d < 4; ++d)
      row[d] = sourceRow(w, i.src[n], d, scratch[d]);
  }
  PA_EMU_INLINE Quad get(unsigned l) const { return {{row[0][l], row[1][l], row[2][l], row[3][l]}}; }
};
template <> struct Result<Quad> : ResultRows<4, Type::b128> {
  PA_EMU_INLINE void put(unsigned l, Quad x) {
    for (unsigned d = 0; d < 4; ++d)
      blend(l, d, x.word[d]);
  }
};

namespace {

using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i16 = int16_t;
using i32 = int32_t;

// The cube's face: z where it is largest, else y, else x.
PA_EMU_INLINE float magnitude(float x) { return asFloat(asBits(x) & 0x7fffffffu); }
PA_EMU_INLINE bool onZ(float x, float y, float z) {
  return magnitude(z) >= magnitude(x) && magnitude(z) >= magnitude(y);
}
PA_EMU_INLINE bool onY(float x, float y) { return magnitude(y) >= magnitude(x); }
PA_EMU_INLINE float cubeFace(float x, float y, float z) {
  return onZ(x, y, z) ? (z < 0.0f ? 5.0f : 4.0f) : onY(x, y) ? (y < 0.0f ? 3.0f : 2.0f) : (x < 0.0f ? 1.0f : 0.0f);
}
PA_EMU_INLINE float cubeS(float x, float y, float z) {
  return onZ(x, y, z) ? (z < 0.0f ? -x : x) : onY(x, y) ? x : (x < 0.0f ? z : -z);
}
PA_EMU_INLINE float cubeT(float x, float y, float z) {
  return onZ(x, y, z) ? -y : onY(x, y) ? (y < 0.0f ? -z : z) : -y;
}
PA_EMU_INLINE float cubeAxis(float x, float y, float z) { return (onZ(x, y, z) ? z : onY(x, y) ? y : x) * 2.0f; }

PA_EMU_INLINE u32 byteOf(u32 x, unsigned n) { return x >> (8 * n) & 255; }
PA_EMU_INLINE u32 lerp(u32 a, u32 b, u32 rounding) {
  u32 out = 0;
  for (unsigned n = 0; n < 4; ++n)
    out |= ((byteOf(a, n) + byteOf(b, n) + (byteOf(rounding, n) & 1)) >> 1) << (8 * n);
  return out;
}

// Sums of absolute differences at four places, a byte apart.
PA_EMU_INLINE u32 sadByte(u32 a, u32 b) { return a > b ? a - b : b - a; }
template <bool Masked> PA_EMU_INLINE u32 sad(u64 a, unsigned at, u32 b, u32 sum) {
  for (unsigned n = 0; n < 4; ++n) {
    u32 reference = byteOf(b, n), d = sadByte(u32(a >> (8 * (at + n))) & 255, reference);
    sum += Masked && reference == 0 ? 0 : d;
  }
  return sum;
}
template <bool Masked, bool Clamp> PA_EMU_INLINE u64 quadSad(u64 a, u32 b, u64 sums) {
  u64 out = 0;
  for (unsigned n = 0; n < 4; ++n) {
    u32 x = sad<Masked>(a, n, b, u32(sums >> (16 * n)) & 0xffff);
    out |= u64(Clamp && x > 0xffff ? 0xffff : x & 0xffff) << (16 * n);
  }
  return out;
}
template <bool Clamp> PA_EMU_INLINE Quad quadSad32(u64 a, u32 b, Quad sums) {
  Quad out;
  for (unsigned n = 0; n < 4; ++n) {
    u32 x = sad<true>(a, n, b, sums.word[n]);
    out.word[n] = Clamp && x < sums.word[n] ? ~0u : x;
  }
  return out;
}

// An unfused multiply-add: the product is rounded to a half first.
PA_EMU_INLINE Half halfMad(float a, float b, float c) { return {halfToFloat(floatToHalf(a * b)) + c}; }
PA_EMU_INLINE Half halfFma(float a, float b, float c) {
  return {doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)))};
}

// The first 1216 bits of 2/pi after the point.
constexpr u32 twoOverPi[] = {0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
                             0xdebbc561, 0xb7246e3a, 0x424dd2e0, 0x06492eea, 0x09d1921c, 0xfe1deb1c, 0xb129a73e,
                             0xe88235f5, 0x2ebb4484, 0xe99c7026, 0xb45f7e41, 0x3991d639, 0x835339f4, 0x9c845f8b,
                             0xbdf9283b, 0x1ff897ff, 0xde05980f, 0xef2f118b, 0x5a0a6d1f, 0x6d367ecf, 0x27cb09b7,
                             0x4f463f66, 0x9e5fea2d, 0x7527bac7, 0xebe5f17b, 0x3d0739f7, 0x8a5292ea, 0x6bfb5fb1,
                             0x1f8d5d08, 0x56033046, 0xfc7b6bab};
// 53 bits of 2/pi, `shift` bits after the point.
PA_EMU_INLINE u64 twoOverPiBits(int shift) {
  u64 out = 0;
  for (int n = 0; n < 53; ++n) {
    int at = shift + n;
    u32 one = at >= 0 && at < 1201 ? twoOverPi[at / 32] >> (31 - at % 32) & 1 : 0;
    out = out << 1 | one;
  }
  return out;
}
PA_EMU_INLINE double trigPreop(double x, u32 part) {
  int exponent = int(asBits(x) >> 52 & 2047);
  int shift = int(part & 31) * 53 + (exponent > 1077 ? exponent - 1077 : 0);
  int scale = -53 - shift + (exponent >= 1968 ? 128 : 0);
  return __builtin_ldexp(double(twoOverPiBits(shift)), scale);
}

template <i32 Low, i32 High> PA_EMU_INLINE u16 shiftedPair(i32 a, i32 b, u32 n) {
  auto clampTo = [](i32 x) { return u32(x < Low ? Low : x > High ? High : x) & 255; };
  return u16(clampTo(a >> (n & 31)) | clampTo(b >> (n & 31)) << 8);
}

constexpr Row transcendental(Row row) { return flagged(of(row, Kind::transcendental), flag::nearestHostState); }
// Two roundings, of which the first is known to nearest alone.
constexpr Row unfused(Row row) { return flagged(row, flag::refusesOverflow | flag::refusesRounding); }
constexpr Row plain(Row row) { // VOP3 alone
  row.modifiers &= ~(mods::dpp | mods::sdwa);
  return row;
}
template <class F> constexpr Row clamped(const char *name, F f) { return with(valu(name, f), mods::clamp); }

constexpr Row table[] = {
    valu("v_cubeid_f32", [](float x, float y, float z) { return cubeFace(x, y, z); }),
    valu("v_cubesc_f32", [](float x, float y, float z) { return cubeS(x, y, z); }),
    valu("v_cubetc_f32", [](float x, float y, float z) { return cubeT(x, y, z); }),
    valu("v_cubema_f32", [](float x, float y, float z) { return cubeAxis(x, y, z); }),
    valu("v_cvt_off_f32_i4", [](u32 a) { return float(i32(a << 28) >> 28) * 0.0625f; }),
    valu("v_lerp_u8", [](u32 a, u32 b, u32 c) { return lerp(a, b, c); }),
    valu("v_qsad_pk_u16_u8", [](u64 a, u32 b, u64 c) { return quadSad<false, false>(a, b, c); }),
    clamped("v_qsad_pk_u16_u8", [](u64 a, u32 b, u64 c) { return quadSad<false, true>(a, b, c); }),
    valu("v_mqsad_pk_u16_u8", [](u64 a, u32 b, u64 c) { return quadSad<true, false>(a, b, c); }),
    clamped("v_mqsad_pk_u16_u8", [](u64 a, u32 b, u64 c) { return quadSad<true, true>(a, b, c); }),
    valu("v_mqsad_u32_u8", [](u64 a, u32 b, Quad c) { return quadSad32<false>(a, b, c); }),
    clamped("v_mqsad_u32_u8", [](u64 a, u32 b, Quad c) { return quadSad32<true>(a, b, c); }),

    transcendental(valu("v_exp_legacy_f32", [](float a) { return exp2Of(a); })),
    transcendental(valu("v_log_legacy_f32", [](float a) { return log2Of(a); })),
    valu("v_fract_f64",
         [](double a) {
           double f = a - __builtin_floor(a), below = 0x1.fffffffffffffp-1;
           return f < below || f != f ? f : below;
         }),
    valu("v_trig_preop_f64", [](double a, u32 n) { return trigPreop(a, n); }),

    keepingHalf(unfused(valu("v_mad_f16", [](Half a, Half b, Half c) { return halfMad(a, b, c); }))),
    unfused(valu("v_mad_legacy_f16", [](Half a, Half b, Half c) { return halfMad(a, b, c); })),
    valu("v_fma_legacy_f16", [](Half a, Half b, Half c) { return halfFma(a, b, c); }),
    keepingHalf(unfused(valu("v_mac_f16", [](Half a, Half b, Old<Half> d) { return halfMad(a, b, d.value); }))),
    keepingHalf(unfused(valu("v_madmk_f16", [](Half a, Half k, Half c) { return halfMad(a, k, c); }))),
    keepingHalf(unfused(valu("v_madak_f16", [](Half a, Half b, Half k) { return halfMad(a, b, k); }))),
    valu("v_mad_legacy_u16", [](u16 a, u16 b, u16 c) { return u16(u32(a) * b + c); }),
    valu("v_mad_legacy_i16", [](i16 a, i16 b, i16 c) { return i16(i32(a) * b + c); }),
    clamped("v_mad_legacy_u16",
            [](u16 a, u16 b, u16 c) {
              uint64_t x = uint64_t(a) * b + c;
              return u16(x > 65535 ? 65535 : x);
            }),
    clamped("v_mad_legacy_i16",
            [](i16 a, i16 b, i16 c) {
              int64_t x = int64_t(a) * b + c;
              return i16(x < -32768 ? -32768 : x > 32767 ? 32767 : x);
            }),

    gfx950(plain(valu("v_ashr_pk_i8_i32", [](i32 a, i32 b, u32 n) { return shiftedPair<-128, 127>(a, b, n); }))),
    gfx950(plain(valu("v_ashr_pk_u8_i32", [](i32 a, i32 b, u32 n) { return shiftedPair<0, 255>(a, b, n); }))),
};

} // namespace

Rows rareRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
