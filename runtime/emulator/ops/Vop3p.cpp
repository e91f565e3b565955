// VOP3P: packed 16-bit and f32 arithmetic, and mixed-precision fma.
//
// op_sel chooses the half (or register) of each source that the low result takes, op_sel_hi that of the high one;
// neg_lo and neg_hi negate them.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// One half of a packed source.
struct PackedHalf {
  const uint32_t *row;
  uint32_t shift, flip;
  PA_EMU_INLINE uint32_t bits(unsigned l) const { return (row[l] >> shift & 0xffffu) ^ flip; }
};

template <class T> PA_EMU_INLINE T from16(uint32_t bits);
template <> PA_EMU_INLINE Half from16<Half>(uint32_t bits) { return {halfToFloat(bits)}; }
template <> PA_EMU_INLINE uint16_t from16<uint16_t>(uint32_t bits) { return uint16_t(bits); }
template <> PA_EMU_INLINE int16_t from16<int16_t>(uint32_t bits) { return int16_t(uint16_t(bits)); }
PA_EMU_INLINE uint32_t to16(Half x) { return floatToHalf(x.value); }
PA_EMU_INLINE uint32_t to16(HalfBits x) { return x.bits; }
PA_EMU_INLINE uint32_t to16(uint16_t x) { return x; }
PA_EMU_INLINE uint32_t to16(int16_t x) { return uint16_t(x); }

PA_EMU_INLINE float clampUnit(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }

template <class T> constexpr bool isHalf = std::is_same_v<T, Half> || std::is_same_v<T, HalfBits>;

template <class F, class R, class... A> struct Packed16 {
  template <size_t... N> PA_EMU_INLINE static void go(Wave &w, const Inst &i, std::index_sequence<N...>) {
    Stateless<F> function;
    alignas(64) LaneRow scratch[sizeof...(A)];
    const uint32_t *rows[] = {sourceRow(w, i.src[N], 0, scratch[N])...};
    PackedHalf low[] = {{rows[N], (i.opSel >> N & 1) * 16u, (i.negLo >> N & 1) * 0x8000u}...};
    PackedHalf high[] = {{rows[N], (i.opSelHi >> N & 1) * 16u, (i.negHi >> N & 1) * 0x8000u}...};
    uint32_t *out = w.v[i.dst[0].reg];
    const uint32_t *mask = w.execRow;
    bool clamp = isHalf<R> && i.has(Modifier::clamp); // of integers: a row of its own
    PA_EMU_LANES
    for (unsigned l = 0; l < lanes; ++l) {
      uint32_t lo = to16(function.f(from16<A>(low[N].bits(l))...)),
               hi = to16(function.f(from16<A>(high[N].bits(l))...));
      if (clamp) {
        lo = floatToHalf(clampUnit(halfToFloat(lo)));
        hi = floatToHalf(clampUnit(halfToFloat(hi)));
      }
      out[l] = ((lo | hi << 16) & mask[l]) | (out[l] & ~mask[l]);
    }
  }
  static void run(Wave &w, const Inst &i) { go(w, i, std::index_sequence_for<A...>()); }
};
template <class F, class R, class... A> constexpr Packed16<F, R, A...> packed16Of(R (F::*)(A...) const) { return {}; }

template <class F, class R, class... A> constexpr Row packed16Row(const char *name, Packed16<F, R, A...>) {
  Row r;
  r.name = name;
  r.run = Packed16<F, R, A...>::run;
  r.kind = Kind::valu;
  r.defaultOpSelHi = 7;
  r.modifiers = isHalf<R> ? mods::vop3p | mods::clamp : mods::vop3p & ~(bit(Modifier::negLo) | bit(Modifier::negHi));
  Type type = isHalf<R> ? Type::pkf16 : Type::pk16;
  r.operands[r.operandCount++] = {Role::dst, type};
  for (unsigned n = 0; n < sizeof...(A); ++n)
    r.operands[r.operandCount++] = {Role::src, type};
  return r;
}
template <class F> constexpr Row packed16(const char *name, F) {
  return packed16Row(name, decltype(packed16Of(&F::operator())){});
}

// Of integers, for lines that say clamp: where the result cannot overflow, the same function; else one that saturates.
template <class F> constexpr Row clamped16(const char *name, F f) { return with(packed16(name, f), mods::clamp); }
PA_EMU_INLINE uint16_t saturatedUnsigned(int64_t x) { return uint16_t(x < 0 ? 0 : x > 65535 ? 65535 : x); }
PA_EMU_INLINE int16_t saturatedSigned(int64_t x) { return int16_t(x < -32768 ? -32768 : x > 32767 ? 32767 : x); }

// Two floats in two registers; op_sel chooses registers.
template <class F, unsigned Sources> struct PackedF32 {
  struct Part {
    const uint32_t *row;
    uint32_t flip;
    alignas(64) LaneRow scratch;
    PA_EMU_INLINE void fetch(const Wave &w, const Operand &o, bool upper, bool neg) {
      // A scalar or constant source is a pair too: an inline constant repeats itself.
      row = sourceRow(w, o, o.place == Place::constant ? 0 : upper, scratch);
      flip = neg ? 0x80000000u : 0;
    }
    PA_EMU_INLINE float get(unsigned l) const { return asFloat(row[l] ^ flip); }
  };
  static void run(Wave &w, const Inst &i) {
    Stateless<F> function;
    Part low[Sources], high[Sources];
    for (unsigned n = 0; n < Sources; ++n) {
      low[n].fetch(w, i.src[n], i.opSel >> n & 1, i.negLo >> n & 1);
      high[n].fetch(w, i.src[n], i.opSelHi >> n & 1, i.negHi >> n & 1);
    }
    uint32_t *out0 = w.v[i.dst[0].reg], *out1 = w.v[i.dst[0].reg + 1];
    const uint32_t *mask = w.execRow;
    bool clamp = i.has(Modifier::clamp);
    PA_EMU_LANES
    for (unsigned l = 0; l < lanes; ++l) {
      float x, y;
      if constexpr (Sources == 3) {
        x = function.f(low[0].get(l), low[1].get(l), low[2].get(l));
        y = function.f(high[0].get(l), high[1].get(l), high[2].get(l));
      } else {
        x = function.f(low[0].get(l), low[1].get(l));
        y = function.f(high[0].get(l), high[1].get(l));
      }
      x = clamp ? clampUnit(x) : x;
      y = clamp ? clampUnit(y) : y;
      out0[l] = (asBits(x) & mask[l]) | (out0[l] & ~mask[l]);
      out1[l] = (asBits(y) & mask[l]) | (out1[l] & ~mask[l]);
    }
  }
};
template <unsigned Sources, class F> constexpr Row packedF32(const char *name, F) {
  Row r;
  r.name = name;
  r.run = PackedF32<F, Sources>::run;
  r.kind = Kind::valu;
  r.modifiers = mods::vop3p | mods::clamp;
  r.defaultOpSelHi = 7;
  r.operands[r.operandCount++] = {Role::dst, Type::pkf32};
  for (unsigned n = 0; n < Sources; ++n)
    r.operands[r.operandCount++] = {Role::src, Type::pkf32};
  return r;
}

// v_pk_fmac_f16, a VOP2: onto the destination's halves.
void packedMultiplyAdd(Wave &w, const Inst &i) {
  alignas(64) LaneRow scratch[2];
  const uint32_t *a = sourceRow(w, i.src[0], 0, scratch[0]), *b = sourceRow(w, i.src[1], 0, scratch[1]);
  uint32_t *out = w.v[i.dst[0].reg];
  auto part = [&](unsigned l, unsigned shift) {
    auto value = [&](const uint32_t *row) { return double(halfToFloat(row[l] >> shift & 0xffff)); };
    return floatToHalf(doubleToFloatOdd(addToOdd(value(a) * value(b), value(out))));
  };
  for (unsigned l = 0; l < lanes; ++l)
    if (w.execRow[l])
      out[l] = part(l, 0) | part(l, 16) << 16;
}
constexpr Row packedMultiplyAddRow() {
  Row r;
  r.name = "v_pk_fmac_f16";
  r.run = packedMultiplyAdd;
  r.kind = Kind::valu;
  r.flags = flag::readsResults;
  r.operandCount = 3;
  r.operands[0] = {Role::dst, Type::pkf16};
  r.operands[1] = r.operands[2] = {Role::src, Type::pkf16};
  return r;
}

// v_pk_mov_b32: op_sel's first bit chooses the first source's register for the low result, its second bit the second
// source's for the high one.
void packedMove(Wave &w, const Inst &i) {
  alignas(64) LaneRow scratch[2];
  alignas(64) LaneRow low, high;
  std::memcpy(low, sourceRow(w, i.src[0], i.opSel & 1, scratch[0]), sizeof low);
  std::memcpy(high, sourceRow(w, i.src[1], i.opSel >> 1 & 1, scratch[1]), sizeof high);
  for (unsigned l = 0; l < lanes; ++l) {
    uint32_t m = w.execRow[l];
    w.v[i.dst[0].reg][l] = (low[l] & m) | (w.v[i.dst[0].reg][l] & ~m);
    w.v[i.dst[0].reg + 1][l] = (high[l] & m) | (w.v[i.dst[0].reg + 1][l] & ~m);
  }
}
constexpr Row packedMoveRow() {
  Row r;
  r.name = "v_pk_mov_b32";
  r.run = packedMove;
  r.kind = Kind::valu;
  r.modifiers = mods::opSel | bit(Modifier::opSelHi);
  r.defaultOpSelHi = 7;
  r.operandCount = 3;
  r.operands[0] = {Role::dst, Type::pkf32};
  r.operands[1] = r.operands[2] = {Role::src, Type::pkf32};
  return r;
}

// v_fma_mix: each source is an f32, or (op_sel_hi) a half of the register that op_sel names.
struct MixSource {
  const uint32_t *row;
  uint32_t shift, keep, flip;
  bool half;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = sourceRow(w, i.src[n], 0, scratch);
    half = i.opSelHi >> n & 1;
    shift = (i.opSel >> n & 1) * 16;
    keep = i.src[n].mods & mod::abs ? 0x7fffffffu : ~0u;
    flip = i.src[n].mods & mod::neg ? 0x80000000u : 0;
  }
  PA_EMU_INLINE float get(unsigned l) const {
    float x = half ? halfToFloat(row[l] >> shift & 0xffffu) : asFloat(row[l]);
    return asFloat((asBits(x) & keep) ^ flip);
  }
};
enum class MixResult { f32, low, high };
template <MixResult Where> void fmaMix(Wave &w, const Inst &i) {
  MixSource in[3];
  for (unsigned n = 0; n < 3; ++n)
    in[n].fetch(w, i, n);
  uint32_t *out = w.v[i.dst[0].reg];
  const uint32_t *mask = w.execRow;
  bool clamp = i.has(Modifier::clamp);
  PA_EMU_LANES
  for (unsigned l = 0; l < lanes; ++l) {
    float a = in[0].get(l), b = in[1].get(l), c = in[2].get(l);
    float x = __builtin_fmaf(a, b, c);
    uint32_t bits = asBits(clamp ? clampUnit(x) : x);
    if (Where != MixResult::f32) {
      float narrow = doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)));
      uint32_t h = floatToHalf(clamp ? clampUnit(narrow) : narrow);
      bits = Where == MixResult::low ? h | (out[l] & 0xffff0000u) : h << 16 | (out[l] & 0xffffu);
    }
    out[l] = (bits & mask[l]) | (out[l] & ~mask[l]);
  }
}
template <MixResult Where> constexpr Row mixRow(const char *name) {
  Row r;
  r.name = name;
  r.run = fmaMix<Where>;
  r.kind = Kind::valu;
  r.modifiers = mods::opSel | bit(Modifier::opSelHi) | mods::clamp;
  r.operands[r.operandCount++] = {Role::dst, Type::f32};
  for (unsigned n = 0; n < 3; ++n)
    r.operands[r.operandCount++] = {Role::src, Type::f32};
  return r;
}

PA_EMU_INLINE float maxOf(float a, float b) {
  float larger = a > b ? a : a < b ? b : asFloat(asBits(a) & asBits(b));
  return a != a ? b : b != b ? a : larger;
}
PA_EMU_INLINE float minOf(float a, float b) {
  float smaller = a < b ? a : a > b ? b : asFloat(asBits(a) | asBits(b));
  return a != a ? b : b != b ? a : smaller;
}
PA_EMU_INLINE HalfBits halfFma(float a, float b, float c) {
  return {uint16_t(floatToHalf(doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)))))};
}

PA_EMU_INLINE Half propagating(float a, float b, float c, float value) {
  return {a != a ? a : b != b ? b : c != c ? c : value};
}

using u16 = uint16_t;
using i16 = int16_t;

constexpr Row table[] = {
    packed16("v_pk_add_f16", [](Half a, Half b) { return Half{a + b}; }),
    packed16("v_pk_mul_f16", [](Half a, Half b) { return Half{a * b}; }),
    packed16("v_pk_fma_f16", [](Half a, Half b, Half c) { return halfFma(a, b, c); }),
    packed16("v_pk_max_f16", [](Half a, Half b) { return Half{maxOf(a, b)}; }),
    packed16("v_pk_min_f16", [](Half a, Half b) { return Half{minOf(a, b)}; }),
    gfx950(packed16("v_pk_maximum3_f16",
                    [](Half a, Half b, Half c) { return propagating(a, b, c, maxOf(maxOf(a, b), c)); })),
    gfx950(packed16("v_pk_minimum3_f16",
                    [](Half a, Half b, Half c) { return propagating(a, b, c, minOf(minOf(a, b), c)); })),
    packed16("v_pk_add_u16", [](u16 a, u16 b) { return u16(a + b); }),
    packed16("v_pk_sub_u16", [](u16 a, u16 b) { return u16(a - b); }),
    packed16("v_pk_add_i16", [](i16 a, i16 b) { return i16(a + b); }),
    packed16("v_pk_sub_i16", [](i16 a, i16 b) { return i16(a - b); }),
    packed16("v_pk_mul_lo_u16", [](u16 a, u16 b) { return u16(uint32_t(a) * b); }),
    packed16("v_pk_mad_u16", [](u16 a, u16 b, u16 c) { return u16(uint32_t(a) * b + c); }),
    packed16("v_pk_mad_i16", [](i16 a, i16 b, i16 c) { return i16(int32_t(a) * b + c); }),
    clamped16("v_pk_max_u16", [](u16 a, u16 b) { return a > b ? a : b; }),
    clamped16("v_pk_min_u16", [](u16 a, u16 b) { return a < b ? a : b; }),
    clamped16("v_pk_max_i16", [](i16 a, i16 b) { return a > b ? a : b; }),
    clamped16("v_pk_min_i16", [](i16 a, i16 b) { return a < b ? a : b; }),
    clamped16("v_pk_lshlrev_b16", [](u16 n, u16 a) { return u16(uint32_t(a) << (n & 15)); }),
    clamped16("v_pk_lshrrev_b16", [](u16 n, u16 a) { return u16(a >> (n & 15)); }),
    clamped16("v_pk_ashrrev_i16", [](i16 n, i16 a) { return i16(a >> (n & 15)); }),

    clamped16("v_pk_add_u16", [](u16 a, u16 b) { return saturatedUnsigned(int64_t(a) + b); }),
    clamped16("v_pk_sub_u16", [](u16 a, u16 b) { return saturatedUnsigned(int64_t(a) - b); }),
    clamped16("v_pk_add_i16", [](i16 a, i16 b) { return saturatedSigned(int64_t(a) + b); }),
    clamped16("v_pk_sub_i16", [](i16 a, i16 b) { return saturatedSigned(int64_t(a) - b); }),
    clamped16("v_pk_mul_lo_u16", [](u16 a, u16 b) { return saturatedUnsigned(int64_t(a) * b); }),
    clamped16("v_pk_mad_u16", [](u16 a, u16 b, u16 c) { return saturatedUnsigned(int64_t(a) * b + c); }),
    clamped16("v_pk_mad_i16", [](i16 a, i16 b, i16 c) { return saturatedSigned(int64_t(a) * b + c); }),
    packedMultiplyAddRow(),

    packedF32<2>("v_pk_add_f32", [](float a, float b) { return a + b; }),
    packedF32<2>("v_pk_mul_f32", [](float a, float b) { return a * b; }),
    packedF32<3>("v_pk_fma_f32", [](float a, float b, float c) { return __builtin_fmaf(a, b, c); }),
    packedMoveRow(),

    mixRow<MixResult::f32>("v_fma_mix_f32"),
    mixRow<MixResult::low>("v_fma_mixlo_f16"),
    mixRow<MixResult::high>("v_fma_mixhi_f16"),
};

} // namespace

Rows packedRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
