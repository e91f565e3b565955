// VALU: conversions from and to FP8, and gfx950's scaled ones of FP8, FP6 and FP4. FP8 is FNUZ on gfx942 and OCP's on
// gfx950. Rounding is to nearest even whatever MODE says, or stochastic. Sources: AMD's ISA manuals (bits and bytes
// that op_sel chooses, order of the random numbers), AMD's host-side model amd_hip_ocp_host.hpp (rounding, NaNs,
// overflow).
//
// A scale is the exponent of an f32: results of a conversion down are divided by it, those up multiplied.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Minifloat.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {

// A byte of a register and a half of one, chosen by SDWA's selector or by op_sel.
struct SdwaByte {
  uint32_t bits;
};
struct SdwaHalf {
  uint32_t bits;
};
struct SelectedByte {
  uint32_t bits;
};
struct SelectedHalf {
  uint32_t bits;
};
// Two packed 16-bit floats; neg and abs apply to both.
struct PackedFloats {
  uint32_t bits;
};
// One 16-bit float in a register's lower half.
struct LowFloat {
  uint32_t bits;
};
// Two floats in two registers.
struct FloatPair {
  float low, high;
};
// A scale's biased exponent.
struct Scale {
  uint32_t exponent;
};

struct ShiftedSource {
  static constexpr Type type = Type::b32;
  static constexpr bool inText = true;
  const uint32_t *row;
  unsigned shift;
  alignas(64) LaneRow scratch;
  // SDWA's selector is the handler's own here; DPP is not.
  PA_EMU_INLINE void fetchRaw(const Wave &w, const Inst &i, unsigned n) {
    row = i.dppLanes ? fetchRow(w, i, n, 0, scratch) : sourceRow(w, i.src[n], 0, scratch);
  }
};
template <> struct Source<SdwaByte> : ShiftedSource {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    fetchRaw(w, i, n);
    unsigned sel = unsigned(i.srcSel[0]);
    shift = sel <= unsigned(Sel::byte3) ? 8 * sel : 0;
  }
  PA_EMU_INLINE SdwaByte get(unsigned l) const { return {row[l] >> shift}; }
};
template <> struct Source<SdwaHalf> : ShiftedSource {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    fetchRaw(w, i, n);
    // The hardware looks at the selector's two lower bits: WORD_1 and BYTE_1 are alike.
    shift = i.srcSel[0] == Sel::word1 || i.srcSel[0] == Sel::byte1 ? 16 : 0;
  }
  PA_EMU_INLINE SdwaHalf get(unsigned l) const { return {row[l] >> shift}; }
};
template <> struct Source<SelectedByte> : ShiftedSource {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    fetchRaw(w, i, n);
    shift = 8 * (i.opSel & 3u);
  }
  PA_EMU_INLINE SelectedByte get(unsigned l) const { return {row[l] >> shift}; }
};
template <> struct Source<SelectedHalf> : ShiftedSource {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    fetchRaw(w, i, n);
    shift = 16 * (i.opSel & 1u);
  }
  PA_EMU_INLINE SelectedHalf get(unsigned l) const { return {row[l] >> shift}; }
};
template <> struct Source<PackedFloats> {
  static constexpr Type type = Type::f32; // a whole register, with neg and abs
  static constexpr bool inText = true;
  const uint32_t *row;
  uint32_t keep, flip;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = sourceRow(w, i.src[n], 0, scratch);
    keep = i.src[n].mods & mod::abs ? 0x7fff7fffu : ~0u;
    flip = i.src[n].mods & mod::neg ? 0x80008000u : 0;
  }
  PA_EMU_INLINE PackedFloats get(unsigned l) const { return {(row[l] & keep) ^ flip}; }
};
template <> struct Source<LowFloat> : Source<PackedFloats> {
  PA_EMU_INLINE LowFloat get(unsigned l) const { return {Source<PackedFloats>::get(l).bits & 0xffffu}; }
};
template <> struct Source<FloatPair> {
  static constexpr Type type = Type::pkf32;
  static constexpr bool inText = true;
  const uint32_t *low, *high;
  uint32_t keep, flip;
  alignas(64) LaneRow scratch[2];
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    low = sourceRow(w, i.src[n], 0, scratch[0]);
    high = sourceRow(w, i.src[n], i.src[n].place == Place::constant ? 0 : 1, scratch[1]);
    keep = i.src[n].mods & mod::abs ? 0x7fffffffu : ~0u;
    flip = i.src[n].mods & mod::neg ? 0x80000000u : 0;
  }
  PA_EMU_INLINE FloatPair get(unsigned l) const {
    return {asFloat((low[l] & keep) ^ flip), asFloat((high[l] & keep) ^ flip)};
  }
};
template <> struct Source<Scale> {
  static constexpr Type type = Type::f32;
  static constexpr bool inText = true;
  const uint32_t *row;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) { row = sourceRow(w, i.src[n], 0, scratch); }
  PA_EMU_INLINE Scale get(unsigned l) const { return {row[l] >> 23 & 255}; }
};

// Results of two floats, of 16 bits of which the other half is kept, and of a byte that op_sel's last two bits choose.
template <> struct Result<FloatPair> : ResultRows<2, Type::pkf32> {
  PA_EMU_INLINE void put(unsigned l, FloatPair x) {
    blend(l, 0, asBits(x.low));
    blend(l, 1, asBits(x.high));
  }
};
struct ChosenByte {
  uint32_t bits;
};
template <> struct Result<ChosenByte> : ResultRows<1, Type::b32> {
  unsigned shift;
  PA_EMU_INLINE void open(Wave &w, const Inst &i) {
    ResultRows::open(w, i);
    shift = 8 * (i.opSel >> 2 & 3u);
  }
  PA_EMU_INLINE void put(unsigned l, ChosenByte x) {
    blend(l, 0, (row[0][l] & ~(0xffu << shift)) | (x.bits & 0xff) << shift);
  }
};

namespace {

using namespace formats;

PA_EMU_INLINE double timesScale(double x, Scale s) {
  return s.exponent == 255 ? __builtin_nan("") : x * twoToThe(int(s.exponent) - 127);
}
PA_EMU_INLINE double overScale(double x, Scale s) {
  return s.exponent == 255 ? __builtin_nan("") : x * twoToThe(127 - int(s.exponent));
}
// The next random number of the packed conversions (v_prng_b32).
PA_EMU_INLINE uint32_t nextRandom(uint32_t x) { return x << 1 ^ (x >> 31 ? 0xc5u : 0u); }

PA_EMU_INLINE float asSingle(double x) { return asFloat(encoded(x, single)); }
PA_EMU_INLINE uint16_t pack8(uint32_t low, uint32_t high) { return uint16_t(low | high << 8); }
PA_EMU_INLINE uint32_t pack16(uint32_t low, uint32_t high) { return low | high << 16; }

// Formats as types, so that a row names what it converts.
#define PA_EMU_FORMAT(NAME, FORMAT)                                                                                    \
  struct NAME {                                                                                                        \
    static constexpr Format format = FORMAT;                                                                           \
  }
PA_EMU_FORMAT(Fp8Fnuz, e4m3Fnuz);
PA_EMU_FORMAT(Bf8Fnuz, e5m2Fnuz);
PA_EMU_FORMAT(Fp8, e4m3);
PA_EMU_FORMAT(Bf8, e5m2);
PA_EMU_FORMAT(Fp6, e2m3);
PA_EMU_FORMAT(Bf6, e3m2);
PA_EMU_FORMAT(F16, formats::half);
PA_EMU_FORMAT(Bf16, bfloat);
PA_EMU_FORMAT(F32, single);
#undef PA_EMU_FORMAT

// VOP3 without DPP and SDWA; sources and results of whole registers take op_sel for the parts that they choose.
constexpr Row vop3(Row row) {
  row.modifiers = mods::opSel;
  row.flags = (row.flags & ~flag::floatResult) | flag::defaultHostState | flag::refusesOverflow;
  return row;
}
constexpr Row nearestHost(Row row) {
  row.flags |= flag::defaultHostState;
  return row;
}
// v_cvt_f32_fp8: SDWA has a source's selector only.
constexpr Row fromSmall(Row row) {
  row.modifiers = mods::dpp | bit(Modifier::src0Sel) | mods::clamp | mods::omod;
  row.flags |= flag::floatResult | flag::defaultHostState;
  return row;
}

// --- FP8, unscaled ---------------------------------------------------------------------------------------------------

template <class T> constexpr Row toFloat(const char *name) {
  return fromSmall(valu(name, [](SdwaByte a) { return float(decoded(a.bits & 0xff, T::format)); }));
}
template <class T> constexpr Row toFloats(const char *name) {
  return fromSmall(valu(name, [](SdwaHalf a) {
    return FloatPair{float(decoded(a.bits & 0xff, T::format)), float(decoded(a.bits >> 8 & 0xff, T::format))};
  }));
}
template <class T> constexpr Row fromFloats(const char *name) {
  return keepingHalf(
      vop3(valu(name, [](float a, float b) { return pack8(encoded(a, T::format), encoded(b, T::format)); })));
}
template <class T> constexpr Row fromFloatStochastic(const char *name) {
  return vop3(valu(name, [](float a, uint32_t seed) { return ChosenByte{encodedStochastic(a, 23, seed, T::format)}; }));
}
template <class T> constexpr Row halfStochastic(const char *name) {
  return keepingHalf(
      vop3(valu(name, [](float a, uint32_t seed) { return uint16_t(encodedStochastic(a, 23, seed, T::format)); })));
}

// --- Scaled, one or two numbers --------------------------------------------------------------------------------------

// To FP8 from two f32, two packed 16-bit floats, or (stochastically) one float.
template <class T> constexpr Row scaledFromFloats(const char *name) {
  return keepingHalf(vop3(valu(name, [](float a, float b, Scale s) {
    return pack8(encoded(overScale(a, s), T::format), encoded(overScale(b, s), T::format));
  })));
}
template <class T, class From> constexpr Row scaledFromPacked(const char *name) {
  return keepingHalf(vop3(valu(name, [](PackedFloats a, Scale s) {
    double low = decoded(a.bits & 0xffff, From::format), high = decoded(a.bits >> 16, From::format);
    return pack8(encoded(overScale(low, s), T::format), encoded(overScale(high, s), T::format));
  })));
}
template <class T> constexpr Row scaledStochastic(const char *name) {
  return vop3(valu(name, [](float a, uint32_t seed, Scale s) {
    return ChosenByte{encodedStochastic(overScale(a, s), 23, seed, T::format)};
  }));
}
template <class T, class From> constexpr Row scaledStochastic16(const char *name) {
  return vop3(valu(name, [](LowFloat a, uint32_t seed, Scale s) {
    double x = overScale(decoded(a.bits, From::format), s);
    return ChosenByte{encodedStochastic(x, From::format.fractionBits, seed, T::format)};
  }));
}
// To FP4: two numbers a byte.
constexpr Row scaledFp4(const char *name) {
  return vop3(valu(name, [](float a, float b, Scale s) {
    return ChosenByte{encoded(overScale(a, s), e2m1) | encoded(overScale(b, s), e2m1) << 4};
  }));
}
template <class From> constexpr Row scaledFp4From(const char *name) {
  return vop3(valu(name, [](PackedFloats a, Scale s) {
    double low = decoded(a.bits & 0xffff, From::format), high = decoded(a.bits >> 16, From::format);
    return ChosenByte{encoded(overScale(low, s), e2m1) | encoded(overScale(high, s), e2m1) << 4};
  }));
}
PA_EMU_INLINE ChosenByte stochasticFp4(double low, double high, unsigned fractionBits, uint32_t seed, Scale s) {
  uint32_t first = encodedStochastic(overScale(low, s), fractionBits, seed, e2m1);
  return {first | encodedStochastic(overScale(high, s), fractionBits, nextRandom(seed), e2m1) << 4};
}
constexpr Row scaledStochasticFp4(const char *name) {
  return vop3(
      valu(name, [](FloatPair a, uint32_t seed, Scale s) { return stochasticFp4(a.low, a.high, 23, seed, s); }));
}
template <class From> constexpr Row scaledStochasticFp4From(const char *name) {
  return vop3(valu(name, [](PackedFloats a, uint32_t seed, Scale s) {
    return stochasticFp4(decoded(a.bits & 0xffff, From::format), decoded(a.bits >> 16, From::format),
                         From::format.fractionBits, seed, s);
  }));
}

// From FP8 and FP4.
template <class T> constexpr Row scaledToFloats(const char *name) {
  return vop3(valu(name, [](SelectedHalf a, Scale s) {
    return FloatPair{asSingle(timesScale(decoded(a.bits & 0xff, T::format), s)),
                     asSingle(timesScale(decoded(a.bits >> 8 & 0xff, T::format), s))};
  }));
}
template <class T> constexpr Row scaledToFloat(const char *name) {
  return vop3(
      valu(name, [](SelectedByte a, Scale s) { return asSingle(timesScale(decoded(a.bits & 0xff, T::format), s)); }));
}
template <class T> constexpr Row scaledToHalf(const char *name) {
  return keepingHalf(vop3(valu(name, [](SelectedByte a, Scale s) {
    return uint16_t(encoded(timesScale(decoded(a.bits & 0xff, T::format), s), formats::half));
  })));
}
template <class T, class To> constexpr Row scaledToPacked(const char *name) {
  return vop3(valu(name, [](SelectedHalf a, Scale s) {
    return pack16(encoded(timesScale(decoded(a.bits & 0xff, T::format), s), To::format),
                  encoded(timesScale(decoded(a.bits >> 8 & 0xff, T::format), s), To::format));
  }));
}
constexpr Row scaledFp4ToFloats(const char *name) {
  return vop3(valu(name, [](SelectedByte a, Scale s) {
    return FloatPair{asSingle(timesScale(decoded(a.bits & 15, e2m1), s)),
                     asSingle(timesScale(decoded(a.bits >> 4 & 15, e2m1), s))};
  }));
}
template <class To> constexpr Row scaledFp4ToPacked(const char *name) {
  return vop3(valu(name, [](SelectedByte a, Scale s) {
    return pack16(encoded(timesScale(decoded(a.bits & 15, e2m1), s), To::format),
                  encoded(timesScale(decoded(a.bits >> 4 & 15, e2m1), s), To::format));
  }));
}

// --- Scaled, 32 numbers ----------------------------------------------------------------------------------------------

constexpr unsigned wideCount = 32;
constexpr Type typeOfDwords(unsigned n) {
  return n == 6 ? Type::b192 : n == 16 ? Type::b512 : n == 32 ? Type::b1024 : Type::none;
}

// Numbers of `bits` each, one after the other over the lane's registers.
PA_EMU_INLINE uint32_t element(const Wave &w, unsigned reg, unsigned lane, unsigned bits, unsigned n) {
  unsigned at = n * bits, shift = at % 32;
  uint64_t x = w.v[reg + at / 32][lane];
  if (shift + bits > 32)
    x |= uint64_t(w.v[reg + at / 32 + 1][lane]) << 32;
  return uint32_t(x >> shift & ((1ull << bits) - 1));
}

struct WideResult {
  uint32_t words[wideCount] = {};
  PA_EMU_INLINE void put(unsigned bits, unsigned n, uint64_t code) {
    unsigned at = n * bits;
    words[at / 32] |= uint32_t(code << (at % 32));
    if (at % 32 + bits > 32)
      words[at / 32 + 1] |= uint32_t(code >> (32 - at % 32));
  }
  PA_EMU_INLINE void store(Wave &w, unsigned reg, unsigned lane, unsigned bits) {
    for (unsigned d = 0; d < bits; ++d) // 32 numbers of n bits are n registers
      w.v[reg + d][lane] = words[d];
  }
};

// Calls f(lane, scale) for the active lanes; the scale is the last source.
template <class F> PA_EMU_INLINE void forActiveLanes(Wave &w, const Operand &scale, F f) {
  alignas(64) LaneRow scratch;
  const uint32_t *scales = sourceRow(w, scale, 0, scratch);
  for (unsigned l = 0; l < lanes; ++l)
    if (w.execRow[l])
      f(l, Scale{scales[l] >> 23 & 255});
}

template <class To, class From> void wideDown(Wave &w, const Inst &i) {
  forActiveLanes(w, i.src[1], [&](unsigned l, Scale s) {
    WideResult out;
    for (unsigned n = 0; n < wideCount; ++n) {
      double x = decoded(element(w, i.src[0].reg, l, From::format.bits(), n), From::format);
      out.put(To::format.bits(), n, encoded(overScale(x, s), To::format));
    }
    out.store(w, i.dst[0].reg, l, To::format.bits());
  });
}
template <class To, class From> void wideStochastic(Wave &w, const Inst &i) {
  alignas(64) LaneRow scratch;
  const uint32_t *seeds = sourceRow(w, i.src[1], 0, scratch);
  forActiveLanes(w, i.src[2], [&](unsigned l, Scale s) {
    WideResult out;
    uint32_t seed = seeds[l];
    for (unsigned n = 0; n < wideCount; ++n, seed = nextRandom(seed)) {
      double x = decoded(element(w, i.src[0].reg, l, From::format.bits(), n), From::format);
      out.put(To::format.bits(), n, encodedStochastic(overScale(x, s), From::format.fractionBits, seed, To::format));
    }
    out.store(w, i.dst[0].reg, l, To::format.bits());
  });
}
// Two sources of 16 floats, their numbers alternating in the result.
template <class To> void wideInterleaved(Wave &w, const Inst &i) {
  forActiveLanes(w, i.src[2], [&](unsigned l, Scale s) {
    WideResult out;
    for (unsigned n = 0; n < wideCount; ++n) {
      float x = asFloat(w.v[i.src[n % 2].reg + n / 2][l]);
      out.put(To::format.bits(), n, encoded(overScale(x, s), To::format));
    }
    out.store(w, i.dst[0].reg, l, To::format.bits());
  });
}
template <class To, class From> void wideUp(Wave &w, const Inst &i) {
  forActiveLanes(w, i.src[1], [&](unsigned l, Scale s) {
    WideResult out;
    for (unsigned n = 0; n < wideCount; ++n) {
      double x = decoded(element(w, i.src[0].reg, l, From::format.bits(), n), From::format);
      out.put(To::format.bits(), n, encoded(timesScale(x, s), To::format));
    }
    out.store(w, i.dst[0].reg, l, To::format.bits());
  });
}

const char *checkWide(const Inst &i) {
  for (const Operand &o : i.src)
    if (o.dwords > 2 && o.place != Place::vgpr)
      return "32 numbers that are not in vector registers";
  return nullptr;
}
constexpr Row wide(const char *name, Handler run, unsigned to, unsigned from, bool seeded = false) {
  Row r;
  r.name = name;
  r.run = run;
  r.kind = Kind::valu;
  r.flags = flag::defaultHostState | flag::refusesOverflow;
  r.check = checkWide;
  r.operands[r.operandCount++] = {Role::dst, typeOfDwords(to)};
  r.operands[r.operandCount++] = {Role::src, typeOfDwords(from)};
  if (seeded)
    r.operands[r.operandCount++] = {Role::src, Type::b32};
  r.operands[r.operandCount++] = {Role::src, Type::f32};
  return r;
}
template <class To, class From> constexpr Row down(const char *name) {
  return wide(name, wideDown<To, From>, To::format.bits(), From::format.bits());
}
template <class To, class From> constexpr Row up(const char *name) {
  return wide(name, wideUp<To, From>, To::format.bits(), From::format.bits());
}
template <class To, class From> constexpr Row stochastic(const char *name) {
  return wide(name, wideStochastic<To, From>, To::format.bits(), From::format.bits(), true);
}
template <class To> constexpr Row interleaved(const char *name) {
  Row r = wide(name, wideInterleaved<To>, To::format.bits(), 16);
  r.operands[3] = r.operands[2];
  r.operands[2] = r.operands[1];
  r.operandCount = 4;
  return r;
}

// clang-format off
constexpr Row bothChips[] = {
    gfx942(toFloat<Fp8Fnuz>("v_cvt_f32_fp8")), gfx950(toFloat<Fp8>("v_cvt_f32_fp8")),
    gfx942(toFloat<Bf8Fnuz>("v_cvt_f32_bf8")), gfx950(toFloat<Bf8>("v_cvt_f32_bf8")),
    gfx942(toFloats<Fp8Fnuz>("v_cvt_pk_f32_fp8")), gfx950(toFloats<Fp8>("v_cvt_pk_f32_fp8")),
    gfx942(toFloats<Bf8Fnuz>("v_cvt_pk_f32_bf8")), gfx950(toFloats<Bf8>("v_cvt_pk_f32_bf8")),
    gfx942(fromFloats<Fp8Fnuz>("v_cvt_pk_fp8_f32")), gfx950(fromFloats<Fp8>("v_cvt_pk_fp8_f32")),
    gfx942(fromFloats<Bf8Fnuz>("v_cvt_pk_bf8_f32")), gfx950(fromFloats<Bf8>("v_cvt_pk_bf8_f32")),
    gfx942(fromFloatStochastic<Fp8Fnuz>("v_cvt_sr_fp8_f32")), gfx950(fromFloatStochastic<Fp8>("v_cvt_sr_fp8_f32")),
    gfx942(fromFloatStochastic<Bf8Fnuz>("v_cvt_sr_bf8_f32")), gfx950(fromFloatStochastic<Bf8>("v_cvt_sr_bf8_f32")),

    gfx950(halfStochastic<F16>("v_cvt_sr_f16_f32")),
    gfx950(halfStochastic<Bf16>("v_cvt_sr_bf16_f32")),
    gfx950(nearestHost(valu("v_cvt_f32_bf16", [](HalfBits a) { return bf16ToFloat(a.bits); }))),

    gfx950(scaledFromFloats<Fp8>("v_cvt_scalef32_pk_fp8_f32")),
    gfx950(scaledFromFloats<Bf8>("v_cvt_scalef32_pk_bf8_f32")),
    gfx950(scaledFromPacked<Fp8, F16>("v_cvt_scalef32_pk_fp8_f16")),
    gfx950(scaledFromPacked<Bf8, F16>("v_cvt_scalef32_pk_bf8_f16")),
    gfx950(scaledFromPacked<Fp8, Bf16>("v_cvt_scalef32_pk_fp8_bf16")),
    gfx950(scaledFromPacked<Bf8, Bf16>("v_cvt_scalef32_pk_bf8_bf16")),
    gfx950(scaledStochastic<Fp8>("v_cvt_scalef32_sr_fp8_f32")),
    gfx950(scaledStochastic<Bf8>("v_cvt_scalef32_sr_bf8_f32")),
    gfx950(scaledStochastic16<Fp8, F16>("v_cvt_scalef32_sr_fp8_f16")),
    gfx950(scaledStochastic16<Bf8, F16>("v_cvt_scalef32_sr_bf8_f16")),
    gfx950(scaledStochastic16<Fp8, Bf16>("v_cvt_scalef32_sr_fp8_bf16")),
    gfx950(scaledStochastic16<Bf8, Bf16>("v_cvt_scalef32_sr_bf8_bf16")),
    gfx950(scaledFp4("v_cvt_scalef32_pk_fp4_f32")),
    gfx950(scaledFp4From<F16>("v_cvt_scalef32_pk_fp4_f16")),
    gfx950(scaledFp4From<Bf16>("v_cvt_scalef32_pk_fp4_bf16")),
    gfx950(scaledStochasticFp4("v_cvt_scalef32_sr_pk_fp4_f32")),
    gfx950(scaledStochasticFp4From<F16>("v_cvt_scalef32_sr_pk_fp4_f16")),
    gfx950(scaledStochasticFp4From<Bf16>("v_cvt_scalef32_sr_pk_fp4_bf16")),

    gfx950(scaledToFloats<Fp8>("v_cvt_scalef32_pk_f32_fp8")),
    gfx950(scaledToFloats<Bf8>("v_cvt_scalef32_pk_f32_bf8")),
    gfx950(scaledToFloat<Fp8>("v_cvt_scalef32_f32_fp8")),
    gfx950(scaledToFloat<Bf8>("v_cvt_scalef32_f32_bf8")),
    gfx950(scaledToHalf<Fp8>("v_cvt_scalef32_f16_fp8")),
    gfx950(scaledToHalf<Bf8>("v_cvt_scalef32_f16_bf8")),
    gfx950(scaledToPacked<Fp8, F16>("v_cvt_scalef32_pk_f16_fp8")),
    gfx950(scaledToPacked<Bf8, F16>("v_cvt_scalef32_pk_f16_bf8")),
    gfx950(scaledToPacked<Fp8, Bf16>("v_cvt_scalef32_pk_bf16_fp8")),
    gfx950(scaledToPacked<Bf8, Bf16>("v_cvt_scalef32_pk_bf16_bf8")),
    gfx950(scaledFp4ToFloats("v_cvt_scalef32_pk_f32_fp4")),
    gfx950(scaledFp4ToPacked<F16>("v_cvt_scalef32_pk_f16_fp4")),
    gfx950(scaledFp4ToPacked<Bf16>("v_cvt_scalef32_pk_bf16_fp4")),

    gfx950(interleaved<Fp6>("v_cvt_scalef32_2xpk16_fp6_f32")),
    gfx950(interleaved<Bf6>("v_cvt_scalef32_2xpk16_bf6_f32")),
    gfx950(down<Fp6, F16>("v_cvt_scalef32_pk32_fp6_f16")),
    gfx950(down<Bf6, F16>("v_cvt_scalef32_pk32_bf6_f16")),
    gfx950(down<Fp6, Bf16>("v_cvt_scalef32_pk32_fp6_bf16")),
    gfx950(down<Bf6, Bf16>("v_cvt_scalef32_pk32_bf6_bf16")),
    gfx950(stochastic<Fp6, F32>("v_cvt_scalef32_sr_pk32_fp6_f32")),
    gfx950(stochastic<Bf6, F32>("v_cvt_scalef32_sr_pk32_bf6_f32")),
    gfx950(stochastic<Fp6, F16>("v_cvt_scalef32_sr_pk32_fp6_f16")),
    gfx950(stochastic<Bf6, F16>("v_cvt_scalef32_sr_pk32_bf6_f16")),
    gfx950(stochastic<Fp6, Bf16>("v_cvt_scalef32_sr_pk32_fp6_bf16")),
    gfx950(stochastic<Bf6, Bf16>("v_cvt_scalef32_sr_pk32_bf6_bf16")),
    gfx950(up<F32, Fp6>("v_cvt_scalef32_pk32_f32_fp6")),
    gfx950(up<F32, Bf6>("v_cvt_scalef32_pk32_f32_bf6")),
    gfx950(up<F16, Fp6>("v_cvt_scalef32_pk32_f16_fp6")),
    gfx950(up<F16, Bf6>("v_cvt_scalef32_pk32_f16_bf6")),
    gfx950(up<Bf16, Fp6>("v_cvt_scalef32_pk32_bf16_fp6")),
    gfx950(up<Bf16, Bf6>("v_cvt_scalef32_pk32_bf16_bf6")),
};
// clang-format on

} // namespace

Rows convertSmallRows() { return rowsOf(bothChips); }

} // namespace pa::emu::PA_EMU_LEVEL
