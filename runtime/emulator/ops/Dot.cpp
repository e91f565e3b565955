// Dot products of two registers' 16-, 8- or 4-bit numbers, added to a third. Source: AMD's ISA manuals: products and
// sums one after the other in f32, in the order written there, to nearest and with all denormals flushed, whatever MODE
// says ("denormalized and rounding modes"); integers wrap, or saturate with clamp.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

using u32 = uint32_t;
using i32 = int32_t;
using i64 = int64_t;

// A source; neg_lo and neg_hi negate its two 16-bit floats. LLVM's assembler takes no op_sel here.
struct Packed {
  const uint32_t *row;
  uint32_t flip;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = sourceRow(w, i.src[n], 0, scratch);
    flip = (i.negLo >> n & 1) * 0x8000u | (i.negHi >> n & 1) * 0x80000000u;
  }
  PA_EMU_INLINE u32 get(unsigned l) const { return row[l] ^ flip; }
};

PA_EMU_INLINE float flushedHalf(u32 x) { return halfToFloat(x & ((x & 0x7c00) ? 0xffff : 0x8000)); }
PA_EMU_INLINE float product16(u32 a, u32 b) { return flushedHalf(a) * flushedHalf(b); }
PA_EMU_INLINE float productBf16(u32 a, u32 b) { return bf16ToFloat(a & 0xffff) * bf16ToFloat(b & 0xffff); }
PA_EMU_INLINE float dotF16(u32 a, u32 b, float c) { return (c + product16(a, b)) + product16(a >> 16, b >> 16); }
PA_EMU_INLINE float dotBf16(u32 a, u32 b, float c) { return (productBf16(a, b) + productBf16(a >> 16, b >> 16)) + c; }
PA_EMU_INLINE float dotBf16Chain(u32 a, u32 b, float c) {
  return (c + productBf16(a, b)) + productBf16(a >> 16, b >> 16);
}

// Number n of `bits` each, extended by its sign or not.
template <unsigned Bits, bool Signed> PA_EMU_INLINE i64 number(u32 x, unsigned n) {
  u32 up = x << (32 - Bits - Bits * n);
  return Signed ? i64(i32(up) >> (32 - Bits)) : i64(up >> (32 - Bits));
}
template <unsigned Bits, bool Signed> PA_EMU_INLINE i64 dotExactly(u32 a, u32 b, u32 c) {
  i64 sum = Signed ? i64(i32(c)) : i64(c);
  for (unsigned n = 0; n < 32 / Bits; ++n)
    sum += number<Bits, Signed>(a, n) * number<Bits, Signed>(b, n);
  return sum;
}
template <bool Signed> PA_EMU_INLINE u32 saturated(i64 x) {
  constexpr i64 low = Signed ? -0x80000000ll : 0, high = Signed ? 0x7fffffffll : 0xffffffffll;
  return u32(x < low ? low : x > high ? high : x);
}
template <unsigned Bits, bool Signed> PA_EMU_INLINE u32 dotWrapped(u32 a, u32 b, u32 c) {
  return u32(dotExactly<Bits, Signed>(a, b, c));
}

template <float (*Function)(u32, u32, float)> void floatDot(Wave &w, const Inst &i) {
  Packed a, b;
  alignas(64) LaneRow scratch;
  a.fetch(w, i, 0);
  b.fetch(w, i, 1);
  const uint32_t *c = sourceRow(w, i.src[2], 0, scratch);
  uint32_t flip = i.negLo >> 2 & 1 ? 0x80000000u : 0;
  uint32_t *out = w.v[i.dst[0].reg];
  bool clamp = i.has(Modifier::clamp);
  for (unsigned l = 0; l < lanes; ++l) {
    float x = Function(a.get(l), b.get(l), asFloat(c[l] ^ flip));
    x = clamp ? (x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f) : x;
    out[l] = (asBits(x) & w.execRow[l]) | (out[l] & ~w.execRow[l]);
  }
}
template <unsigned Bits, bool Signed> void integerDot(Wave &w, const Inst &i) {
  Packed a, b;
  alignas(64) LaneRow scratch;
  a.fetch(w, i, 0);
  b.fetch(w, i, 1);
  const uint32_t *c = sourceRow(w, i.src[2], 0, scratch);
  uint32_t *out = w.v[i.dst[0].reg];
  bool clamp = i.has(Modifier::clamp);
  for (unsigned l = 0; l < lanes; ++l) {
    i64 sum = dotExactly<Bits, Signed>(a.get(l), b.get(l), c[l]);
    uint32_t x = clamp ? saturated<Signed>(sum) : u32(sum);
    out[l] = (x & w.execRow[l]) | (out[l] & ~w.execRow[l]);
  }
}

constexpr Row vop3p(const char *name, Handler run, Type source, Type sum, uint64_t modifiers) {
  Row r;
  r.name = name;
  r.run = run;
  r.kind = Kind::valu;
  r.modifiers = modifiers | mods::clamp;
  r.operandCount = 4;
  r.operands[0] = {Role::dst, sum};
  r.operands[1] = r.operands[2] = {Role::src, source};
  r.operands[3] = {Role::src, sum};
  return r;
}
template <float (*Function)(u32, u32, float)> constexpr Row floatRow(const char *name) {
  return flagged(vop3p(name, floatDot<Function>, Type::pkf16, Type::f32, bit(Modifier::negLo) | bit(Modifier::negHi)),
                 flag::flushingHostState);
}
template <unsigned Bits, bool Signed> constexpr Row integerRow(const char *name) {
  return vop3p(name, integerDot<Bits, Signed>, Bits == 16 ? Type::pk16 : Type::b32, Type::b32, mods::none);
}

constexpr Row table[] = {
    floatRow<dotF16>("v_dot2_f32_f16"),
    gfx950(floatRow<dotBf16>("v_dot2_f32_bf16")),
    integerRow<16, true>("v_dot2_i32_i16"),
    integerRow<16, false>("v_dot2_u32_u16"),
    integerRow<8, true>("v_dot4_i32_i8"),
    integerRow<8, false>("v_dot4_u32_u8"),
    integerRow<4, true>("v_dot8_i32_i4"),
    integerRow<4, false>("v_dot8_u32_u4"),

    // Onto the destination; with DPP.
    flagged(valu("v_dot2c_f32_f16", [](u32 a, u32 b, Old<float> d) { return dotF16(a, b, d); }),
            flag::flushingHostState),
    gfx950(flagged(valu("v_dot2c_f32_bf16", [](u32 a, u32 b, Old<float> d) { return dotBf16Chain(a, b, d); }),
                   flag::flushingHostState)),
    valu("v_dot2c_i32_i16", [](u32 a, u32 b, Old<u32> d) { return dotWrapped<16, true>(a, b, d); }),
    valu("v_dot4c_i32_i8", [](u32 a, u32 b, Old<u32> d) { return dotWrapped<8, true>(a, b, d); }),
    valu("v_dot8c_i32_i4", [](u32 a, u32 b, Old<u32> d) { return dotWrapped<4, true>(a, b, d); }),
    with(valu("v_dot2c_i32_i16",
              [](u32 a, u32 b, Old<u32> d) { return saturated<true>(dotExactly<16, true>(a, b, d)); }),
         mods::clamp),
    with(valu("v_dot4c_i32_i8", [](u32 a, u32 b, Old<u32> d) { return saturated<true>(dotExactly<8, true>(a, b, d)); }),
         mods::clamp),
    with(valu("v_dot8c_i32_i4", [](u32 a, u32 b, Old<u32> d) { return saturated<true>(dotExactly<4, true>(a, b, d)); }),
         mods::clamp),
};

} // namespace

Rows dotRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
