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
  uint32_t shift, flip, flushed; // what is kept of a denormal
  PA_EMU_INLINE uint32_t bits(unsigned l) const {
    uint32_t x = (row[l] >> shift & 0xffffu) ^ flip;
    return x & ((x & 0x7c00u) ? 0xffffu : flushed);
  }
};

template <class T> PA_EMU_INLINE T from16(uint32_t bits);
template <> PA_EMU_INLINE Half from16<Half>(uint32_t bits) { return {halfToFloat(bits)}; }
template <> PA_EMU_INLINE OrderedHalf from16<OrderedHalf>(uint32_t bits) { return {signallingHalfToFloat(bits)}; }
template <> PA_EMU_INLINE uint16_t from16<uint16_t>(uint32_t bits) { return uint16_t(bits); }
template <> PA_EMU_INLINE int16_t from16<int16_t>(uint32_t bits) { return int16_t(uint16_t(bits)); }
PA_EMU_INLINE uint32_t to16(Half x) { return floatToHalf(x.value); }
PA_EMU_INLINE uint32_t to16(uint16_t x) { return x; }
PA_EMU_INLINE uint32_t to16(int16_t x) { return uint16_t(x); }

// To [0, 1]; a NaN becomes 0 where MODE's DX10_CLAMP says so.
PA_EMU_INLINE float clampUnit(float x, bool dx10) {
  float clamped = x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f;
  return x != x && !dx10 ? x : clamped;
}

template <class T> constexpr bool isHalf = std::is_same_v<T, Half> || std::is_same_v<T, OrderedHalf>;

// MODE's IEEE bit for a lane function that asks for it last.
template <class F, class... X> PA_EMU_INLINE auto applied(F &f, Ieee ieee, X... x) {
  if constexpr (std::is_invocable_v<F, X..., Ieee>)
    return f(x..., ieee);
  else
    return f(x...);
}

template <class F, class R, class... A> struct Packed16 {
  template <size_t... N> PA_EMU_INLINE static void go(Wave &w, const Inst &i, std::index_sequence<N...>) {
    Stateless<F> function;
    alignas(64) LaneRow scratch[sizeof...(A)];
    const uint32_t *rows[] = {sourceRow(w, i.src[N], 0, scratch[N])...};
    bool ordered = (std::is_same_v<A, OrderedHalf> || ...);
    uint32_t keptIn = isHalf<R> && (ordered ? w.flushWide() : w.flushSourceWide()) ? 0x8000u : 0xffffu;
    uint32_t keptOut = isHalf<R> && w.flushResultWide() ? 0x8000u : 0xffffu;
    PackedHalf low[] = {{rows[N], (i.opSel >> N & 1) * 16u, (i.negLo >> N & 1) * 0x8000u, keptIn}...};
    PackedHalf high[] = {{rows[N], (i.opSelHi >> N & 1) * 16u, (i.negHi >> N & 1) * 0x8000u, keptIn}...};
    Ieee ieee = {w.ieee()};
    bool dx10 = w.dx10Clamp();
    uint32_t *out = w.v[i.dst[0].reg];
    const uint32_t *mask = w.execRow;
    bool clamp = isHalf<R> && i.has(Modifier::clamp); // of integers: a row of its own
    if constexpr (isHalf<R>)
      if (__builtin_expect(!w.plainF16(), false)) {
        auto half = [&](float x) {
          uint32_t h = floatToHalfAs(x, w.roundingWide(), w.f16Overflow());
          h = h & 0x7c00u ? h : h & keptOut;
          return clamp ? floatToHalf(clampUnit(halfToFloat(h), dx10)) : h;
        };
        for (unsigned l = 0; l < lanes; ++l)
          if (mask[l])
            out[l] = half(applied(function.f, ieee, from16<A>(low[N].bits(l))...)) |
                     half(applied(function.f, ieee, from16<A>(high[N].bits(l))...)) << 16;
        return;
      }
    PA_EMU_LANES
    for (unsigned l = 0; l < lanes; ++l) {
      uint32_t lo = to16(applied(function.f, ieee, from16<A>(low[N].bits(l))...)),
               hi = to16(applied(function.f, ieee, from16<A>(high[N].bits(l))...));
      lo &= (lo & 0x7c00u) ? 0xffffu : keptOut;
      hi &= (hi & 0x7c00u) ? 0xffffu : keptOut;
      if (clamp) {
        lo = floatToHalf(clampUnit(halfToFloat(lo), dx10));
        hi = floatToHalf(clampUnit(halfToFloat(hi), dx10));
      }
      out[l] = ((lo | hi << 16) & mask[l]) | (out[l] & ~mask[l]);
    }
  }
  static void run(Wave &w, const Inst &i) { go(w, i, std::index_sequence_for<A...>()); }
};
template <class F, class R, class... A> constexpr Packed16<F, R, A...> packed16Of(R (F::*)(A...) const) { return {}; }
template <class F, class R, class A, class B> constexpr Packed16<F, R, A, B> packed16Of(R (F::*)(A, B, Ieee) const) {
  return {};
}

template <class F, class R, class... A> constexpr Row packed16Row(const char *name, Packed16<F, R, A...>) {
  Row r;
  r.name = name;
  r.run = Packed16<F, R, A...>::run;
  r.kind = Kind::valu;
  r.defaultOpSelHi = 7;
  r.modifiers = isHalf<R> ? mods::vop3p | mods::clamp : mods::vop3p & ~(bit(Modifier::negLo) | bit(Modifier::negHi));
  Type type = isHalf<R> ? Type::pkf16 : Type::pk16;
  r.flags = isHalf<R> ? flag::halfHostState : 0;
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
    bool clamp = i.has(Modifier::clamp), dx10 = w.dx10Clamp();
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
      x = clamp ? clampUnit(x, dx10) : x;
      y = clamp ? clampUnit(y, dx10) : y;
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
  const uint32_t *a = fetchRow(w, i, 0, 0, scratch[0]), *b = fetchRow(w, i, 1, 0, scratch[1]);
  uint32_t *out = w.v[i.dst[0].reg];
  uint64_t mask = slowMask(w, i);
  auto part = [&](unsigned l, unsigned shift) {
    auto value = [&](const uint32_t *row) {
      uint32_t x = row[l] >> shift & 0xffff;
      return double(halfToFloat(x & 0x7c00 || !w.flushSourceWide() ? x : x & 0x8000));
    };
    float sum = doubleToFloatOdd(addToOdd(value(a) * value(b), value(out)));
    uint32_t h = floatToHalfAs(sum, w.roundingWide(), w.f16Overflow());
    return h & 0x7c00 || !w.flushResultWide() ? h : h & 0x8000;
  };
  for (unsigned l = 0; l < lanes; ++l)
    if (mask >> l & 1)
      out[l] = part(l, 0) | part(l, 16) << 16;
}
constexpr Row packedMultiplyAddRow() {
  Row r;
  r.name = "v_pk_fmac_f16";
  r.run = packedMultiplyAdd;
  r.kind = Kind::valu;
  r.flags = flag::readsResults | flag::halfHostState;
  r.modifiers = mods::dpp;
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
  r.modifiers = mods::opSel | bit(Modifier::opSelHi) | mods::clamp; // bits have nothing to clamp
  r.defaultOpSelHi = 7;
  r.operandCount = 3;
  r.operands[0] = {Role::dst, Type::pkf32};
  r.operands[1] = r.operands[2] = {Role::src, Type::pkf32};
  return r;
}

// v_fma_mix: each source is an f32, or (op_sel_hi) a half of the register that op_sel names.
struct MixSource {
  const uint32_t *row;
  uint32_t shift, keep, flip, flushedHalf, flushedFloat;
  bool half;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = sourceRow(w, i.src[n], 0, scratch);
    half = i.opSelHi >> n & 1;
    flushedHalf = w.flushSourceWide() ? 0x8000u : 0xffffu;
    flushedFloat = w.flushSourceF32() ? 0x80000000u : ~0u;
    shift = (i.opSel >> n & 1) * 16;
    keep = i.src[n].mods & mod::abs ? 0x7fffffffu : ~0u;
    flip = i.src[n].mods & mod::neg ? 0x80000000u : 0;
  }
  PA_EMU_INLINE float get(unsigned l) const {
    uint32_t h = row[l] >> shift & 0xffffu, f = row[l];
    h &= (h & 0x7c00u) ? 0xffffu : flushedHalf;
    f &= (f & 0x7f800000u) ? ~0u : flushedFloat;
    return asFloat(((half ? asBits(halfToFloat(h)) : f) & keep) ^ flip);
  }
};
enum class MixResult { f32, low, high };
template <MixResult Where> void fmaMix(Wave &w, const Inst &i) {
  MixSource in[3];
  for (unsigned n = 0; n < 3; ++n)
    in[n].fetch(w, i, n);
  uint32_t *out = w.v[i.dst[0].reg];
  const uint32_t *mask = w.execRow;
  bool clamp = i.has(Modifier::clamp), dx10 = w.dx10Clamp();
  auto put = [&](unsigned l, uint32_t h) {
    uint32_t bits = Where == MixResult::low ? h | (out[l] & 0xffff0000u) : h << 16 | (out[l] & 0xffffu);
    out[l] = (bits & mask[l]) | (out[l] & ~mask[l]);
  };
  uint32_t kept = w.flushResultWide() ? 0x8000u : 0xffffu;
  if (Where != MixResult::f32 && __builtin_expect(!w.plainF16(), false)) {
    for (unsigned l = 0; l < lanes; ++l) {
      float x = doubleToFloatOdd(addToOdd(double(in[0].get(l)) * double(in[1].get(l)), double(in[2].get(l))));
      uint32_t h = floatToHalfAs(clamp ? clampUnit(x, dx10) : x, w.roundingWide(), w.f16Overflow());
      put(l, h & 0x7c00u ? h : h & kept);
    }
    return;
  }
  PA_EMU_LANES
  for (unsigned l = 0; l < lanes; ++l) {
    float a = in[0].get(l), b = in[1].get(l), c = in[2].get(l);
    if (Where == MixResult::f32) {
      float x = __builtin_fmaf(a, b, c);
      uint32_t bits = asBits(clamp ? clampUnit(x, dx10) : x);
      out[l] = (bits & mask[l]) | (out[l] & ~mask[l]);
    } else {
      float x = doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)));
      uint32_t h = floatToHalf(clamp ? clampUnit(x, dx10) : x);
      put(l, h & ((h & 0x7c00u) ? 0xffffu : kept));
    }
  }
}
template <MixResult Where> constexpr Row mixRow(const char *name) {
  Row r;
  r.name = name;
  r.run = fmaMix<Where>;
  r.kind = Kind::valu;
  r.flags = Where == MixResult::f32 ? 0 : flag::halfHostState;
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
PA_EMU_INLINE Half halfFma(float a, float b, float c) {
  return {doubleToFloatOdd(addToOdd(double(a) * double(b), double(c)))};
}

// In IEEE mode a signalling NaN is the result, quiet.
PA_EMU_INLINE bool signalling(float x) {
  uint32_t rest = asBits(x) & 0x7fffffffu;
  return rest > 0x7f800000u && rest < 0x7fc00000u;
}
PA_EMU_INLINE Half ieeeOf(float a, float b, float result, Ieee ieee) {
  return {ieee.set && signalling(a) ? a : ieee.set && signalling(b) ? b : result};
}
PA_EMU_INLINE Half propagating(float a, float b, float c, float value) {
  return {a != a ? a : b != b ? b : c != c ? c : value};
}

using u16 = uint16_t;
using i16 = int16_t;
using S = OrderedHalf;

constexpr Row table[] = {
    packed16("v_pk_add_f16", [](Half a, Half b) { return Half{a + b}; }),
    packed16("v_pk_mul_f16", [](Half a, Half b) { return Half{a * b}; }),
    packed16("v_pk_fma_f16", [](Half a, Half b, Half c) { return halfFma(a, b, c); }),
    packed16("v_pk_max_f16", [](S a, S b, Ieee m) { return ieeeOf(a, b, maxOf(a, b), m); }),
    packed16("v_pk_min_f16", [](S a, S b, Ieee m) { return ieeeOf(a, b, minOf(a, b), m); }),
    gfx950(packed16("v_pk_maximum3_f16", [](S a, S b, S c) { return propagating(a, b, c, maxOf(maxOf(a, b), c)); })),
    gfx950(packed16("v_pk_minimum3_f16", [](S a, S b, S c) { return propagating(a, b, c, minOf(minOf(a, b), c)); })),
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
