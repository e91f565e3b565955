// VALU: integer and bit instructions.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {

// A count in the half of a register that op_sel names; the others of that op_sel are whole registers, and have none.
struct HalfCount {
  uint32_t bits;
};
template <> struct Source<HalfCount> : SourceBits16<uint16_t> {
  static constexpr Type type = Type::b32;
  PA_EMU_INLINE HalfCount get(unsigned l) const { return {SourceBits16::get(l)}; }
};

namespace {

using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;

template <class T> PA_EMU_INLINE T maxOf(T a, T b) { return a > b ? a : b; }
template <class T> PA_EMU_INLINE T minOf(T a, T b) { return a < b ? a : b; }
template <class T> PA_EMU_INLINE T medianOf(T a, T b, T c) { return maxOf(minOf(a, b), minOf(maxOf(a, b), c)); }

PA_EMU_INLINE i32 signed24(u32 x) { return i32(x << 8) >> 8; }
PA_EMU_INLINE u32 low24(u32 x) { return x & 0xffffffu; }

PA_EMU_INLINE Carry<u32> addWithCarry(u32 a, u32 b, bool c) {
  u32 sum = a + b, all = sum + (c ? 1u : 0u);
  return {all, sum < a || all < sum};
}
PA_EMU_INLINE Carry<u32> subWithBorrow(u32 a, u32 b, bool c) {
  u32 diff = a - b, all = diff - (c ? 1u : 0u);
  return {all, a < b || diff < all};
}

// Byte selectors of v_perm: 0-3 bytes of the second source, 4-7 of the first, 8-11 signs of halves, 12 zero, above
// 0xff.
PA_EMU_INLINE u32 permByte(u32 high, u32 low, u32 sel) {
  u32 byte = ((sel & 4 ? high : low) >> (8 * (sel & 3))) & 0xff;
  u32 sign = u32(i32((sel & 2 ? high : low) << (sel & 1 ? 0 : 16)) >> 31) & 0xff;
  return sel < 8 ? byte : sel < 12 ? sign : sel == 12 ? 0u : 0xffu;
}
PA_EMU_INLINE u32 perm(u32 a, u32 b, u32 s) {
  return permByte(a, b, s & 255) | permByte(a, b, s >> 8 & 255) << 8 | permByte(a, b, s >> 16 & 255) << 16 |
         permByte(a, b, s >> 24) << 24;
}

PA_EMU_INLINE u32 bitCount(u32 x) {
  x -= (x >> 1) & 0x55555555u;
  x = (x & 0x33333333u) + ((x >> 2) & 0x33333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0fu;
  return (x * 0x01010101u) >> 24;
}
PA_EMU_INLINE u32 reversed(u32 x) {
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  x = (x >> 8 & 0x00ff00ffu) | (x & 0x00ff00ffu) << 8;
  return x >> 16 | x << 16;
}
PA_EMU_INLINE u32 bfeUnsigned(u32 a, u32 offset, u32 width) {
  return (a >> (offset & 31)) & ((1u << (width & 31)) - 1);
}
// The field's top bit is its sign; a field that reaches past bit 31 takes the word's.
PA_EMU_INLINE i32 bfeSigned(u32 a, u32 offset, u32 width) {
  u32 o = offset & 31, n = width & 31, field = (a >> o) & ((1u << n) - 1);
  u32 up = (32 - n) & 31;
  i32 inside = i32(field << up) >> up, past = i32(a) >> o;
  return n == 0 ? 0 : o + n < 32 ? inside : past;
}
PA_EMU_INLINE u32 sadByte(u32 a, u32 b, unsigned n) {
  i32 d = i32(a >> (8 * n) & 255) - i32(b >> (8 * n) & 255);
  return u32(d < 0 ? -d : d);
}
PA_EMU_INLINE u32 sad(u32 a, u32 b) {
  return sadByte(a, b, 0) + sadByte(a, b, 1) + sadByte(a, b, 2) + sadByte(a, b, 3);
}
PA_EMU_INLINE u32 maskedSadByte(u32 a, u32 b, unsigned n) { return (b >> (8 * n) & 255) ? sadByte(a, b, n) : 0; }
PA_EMU_INLINE u32 maskedSad(u32 a, u32 b) {
  return maskedSadByte(a, b, 0) + maskedSadByte(a, b, 1) + maskedSadByte(a, b, 2) + maskedSadByte(a, b, 3);
}
PA_EMU_INLINE u32 sad16(u32 a, u32 b) {
  i32 l = i32(a & 0xffff) - i32(b & 0xffff), h = i32(a >> 16) - i32(b >> 16);
  return u32(l < 0 ? -l : l) + u32(h < 0 ? -h : h);
}
PA_EMU_INLINE u32 mulHighUnsigned(u32 a, u32 b) { return u32(u64(a) * b >> 32); }

// A result that cannot overflow: clamp is taken and changes nothing.
constexpr Row bounded(Row row) { return with(row, mods::clamp); }
PA_EMU_INLINE u32 align(u32 high, u32 low, u32 bits) { return u32((u64(high) << 32 | low) >> bits); }
constexpr Row aligned(Row row) { return with(bounded(row), mods::opSel); }
// Integer clamp is a row of its own, which takes the lines that say so.
template <class F> constexpr Row clamped(const char *name, F f) { return with(valu(name, f), mods::clamp); }
constexpr i64 lowest32 = -0x80000000ll, highest32 = 0x7fffffff;
PA_EMU_INLINE i64 saturated(i64 x, i64 low, i64 high) { return x < low ? low : x > high ? high : x; }

PA_EMU_INLINE u32 saturatedSum(u32 a, u32 b) { return a + b < a ? ~0u : a + b; }
PA_EMU_INLINE Carry<u32> saturatedCarry(Carry<u32> x, u32 limit) { return {x.carry ? limit : x.value, x.carry}; }

// Bit i of the table is the result where the sources' bits, first source uppermost, read i.
PA_EMU_INLINE u32 bitop3(u32 a, u32 b, u32 c, u32 table) {
  u32 out = 0;
  for (unsigned i = 0; i < 8; ++i) {
    u32 where = (i & 4 ? a : ~a) & (i & 2 ? b : ~b) & (i & 1 ? c : ~c);
    out |= table >> i & 1 ? where : 0u;
  }
  return out;
}

constexpr Row table[] = {
    bounded(valu("v_mov_b32", [](u32 a) { return a; })),
    valu("v_mov_b64", [](u64 a) { return a; }),
    valu("v_accvgpr_read_b32", [](u32 a) { return a; }),
    valu("v_accvgpr_write_b32", [](u32 a) { return a; }),
    valu("v_accvgpr_mov_b32", [](u32 a) { return a; }),
    bounded(valu("v_not_b32", [](u32 a) { return ~a; })),
    bounded(valu("v_bfrev_b32", [](u32 a) { return reversed(a); })),
    bounded(valu("v_and_b32", [](u32 a, u32 b) { return a & b; })),
    bounded(valu("v_or_b32", [](u32 a, u32 b) { return a | b; })),
    bounded(valu("v_xor_b32", [](u32 a, u32 b) { return a ^ b; })),
    bounded(valu("v_xnor_b32", [](u32 a, u32 b) { return ~(a ^ b); })),
    bounded(valu("v_lshlrev_b32", [](u32 n, u32 a) { return a << (n & 31); })),
    bounded(valu("v_lshrrev_b32", [](u32 n, u32 a) { return a >> (n & 31); })),
    bounded(valu("v_ashrrev_i32", [](u32 n, i32 a) { return a >> (n & 31); })),
    valu("v_lshlrev_b64", [](u32 n, u64 a) { return a << (n & 63); }),
    valu("v_lshrrev_b64", [](u32 n, u64 a) { return a >> (n & 63); }),
    valu("v_ashrrev_i64", [](u32 n, i64 a) { return a >> (n & 63); }),
    valu("v_bfm_b32", [](u32 n, u32 o) { return ((1u << (n & 31)) - 1) << (o & 31); }),
    valu("v_bfe_u32", [](u32 a, u32 o, u32 n) { return bfeUnsigned(a, o, n); }),
    valu("v_bfe_i32", [](u32 a, u32 o, u32 n) { return bfeSigned(a, o, n); }),
    valu("v_bfi_b32", [](u32 m, u32 a, u32 b) { return (m & a) | (~m & b); }),
    valu("v_and_or_b32", [](u32 a, u32 b, u32 c) { return (a & b) | c; }),
    valu("v_or3_b32", [](u32 a, u32 b, u32 c) { return a | b | c; }),
    valu("v_lshl_or_b32", [](u32 a, u32 n, u32 c) { return a << (n & 31) | c; }),
    valu("v_lshl_add_u32", [](u32 a, u32 n, u32 c) { return (a << (n & 31)) + c; }),
    valu("v_add_lshl_u32", [](u32 a, u32 b, u32 n) { return (a + b) << (n & 31); }),
    valu("v_add3_u32", [](u32 a, u32 b, u32 c) { return a + b + c; }),
    valu("v_xad_u32", [](u32 a, u32 b, u32 c) { return (a ^ b) + c; }),
    valu("v_lshl_add_u64", [](u64 a, u32 n, u64 c) { return (a << (n <= 4 ? n : 0)) + c; }), // by more: not at all
    aligned(valu("v_alignbit_b32", [](u32 a, u32 b, HalfCount n) { return align(a, b, n.bits & 31); })),
    aligned(valu("v_alignbyte_b32", [](u32 a, u32 b, HalfCount n) { return align(a, b, 8 * (n.bits & 3)); })),
    valu("v_perm_b32", [](u32 a, u32 b, u32 s) { return perm(a, b, s); }),

    valu("v_add_u32", [](u32 a, u32 b) { return a + b; }),
    valu("v_sub_u32", [](u32 a, u32 b) { return a - b; }),
    valu("v_subrev_u32", [](u32 a, u32 b) { return b - a; }),
    valu("v_add_i32", [](u32 a, u32 b) { return a + b; }),
    valu("v_sub_i32", [](u32 a, u32 b) { return a - b; }),
    valu("v_add_co_u32", [](u32 a, u32 b) { return addWithCarry(a, b, false); }),
    valu("v_addc_co_u32", [](u32 a, u32 b, bool c) { return addWithCarry(a, b, c); }),
    valu("v_sub_co_u32", [](u32 a, u32 b) { return subWithBorrow(a, b, false); }),
    valu("v_subb_co_u32", [](u32 a, u32 b, bool c) { return subWithBorrow(a, b, c); }),
    valu("v_subrev_co_u32", [](u32 a, u32 b) { return subWithBorrow(b, a, false); }),
    valu("v_subbrev_co_u32", [](u32 a, u32 b, bool c) { return subWithBorrow(b, a, c); }),
    valu("v_mul_lo_u32", [](u32 a, u32 b) { return a * b; }),
    valu("v_mul_hi_u32", [](u32 a, u32 b) { return mulHighUnsigned(a, b); }),
    valu("v_mul_hi_i32", [](i32 a, i32 b) { return i32(i64(a) * b >> 32); }),
    valu("v_mul_i32_i24", [](u32 a, u32 b) { return u32(signed24(a)) * u32(signed24(b)); }),
    bounded(valu("v_mul_hi_i32_i24", [](u32 a, u32 b) { return i32(i64(signed24(a)) * signed24(b) >> 32); })),
    valu("v_mul_u32_u24", [](u32 a, u32 b) { return low24(a) * low24(b); }),
    bounded(valu("v_mul_hi_u32_u24", [](u32 a, u32 b) { return mulHighUnsigned(low24(a), low24(b)); })),
    valu("v_mad_i32_i24", [](u32 a, u32 b, u32 c) { return u32(signed24(a)) * u32(signed24(b)) + c; }),
    valu("v_mad_u32_u24", [](u32 a, u32 b, u32 c) { return low24(a) * low24(b) + c; }),
    valu("v_mad_u64_u32",
         [](u32 a, u32 b, u64 c) {
           u64 sum = u64(a) * b + c;
           return Carry<u64>{sum, sum < c};
         }),
    valu("v_mad_i64_i32",
         [](i32 a, i32 b, i64 c) {
           i64 product = i64(a) * b, sum = i64(u64(product) + u64(c));
           return Carry<i64>{sum, ((sum ^ product) & (sum ^ c)) < 0};
         }),
    bounded(valu("v_min_u32", [](u32 a, u32 b) { return minOf(a, b); })),
    bounded(valu("v_max_u32", [](u32 a, u32 b) { return maxOf(a, b); })),
    bounded(valu("v_min_i32", [](i32 a, i32 b) { return minOf(a, b); })),
    bounded(valu("v_max_i32", [](i32 a, i32 b) { return maxOf(a, b); })),
    bounded(valu("v_min3_u32", [](u32 a, u32 b, u32 c) { return minOf(minOf(a, b), c); })),
    bounded(valu("v_max3_u32", [](u32 a, u32 b, u32 c) { return maxOf(maxOf(a, b), c); })),
    bounded(valu("v_med3_u32", [](u32 a, u32 b, u32 c) { return medianOf(a, b, c); })),
    bounded(valu("v_min3_i32", [](i32 a, i32 b, i32 c) { return minOf(minOf(a, b), c); })),
    bounded(valu("v_max3_i32", [](i32 a, i32 b, i32 c) { return maxOf(maxOf(a, b), c); })),
    bounded(valu("v_med3_i32", [](i32 a, i32 b, i32 c) { return medianOf(a, b, c); })),
    valu("v_sad_u8", [](u32 a, u32 b, u32 c) { return sad(a, b) + c; }),
    valu("v_sad_hi_u8", [](u32 a, u32 b, u32 c) { return (sad(a, b) << 16) + c; }),
    valu("v_sad_u16", [](u32 a, u32 b, u32 c) { return sad16(a, b) + c; }),
    valu("v_sad_u32", [](u32 a, u32 b, u32 c) { return (a > b ? a - b : b - a) + c; }),
    valu("v_msad_u8", [](u32 a, u32 b, u32 c) { return maskedSad(a, b) + c; }),
    valu("v_bcnt_u32_b32", [](u32 a, u32 b) { return bitCount(a) + b; }),
    bounded(valu("v_ffbh_u32", [](u32 a) { return a ? u32(__builtin_clz(a)) : ~0u; })),
    bounded(valu("v_ffbl_b32", [](u32 a) { return a ? u32(__builtin_ctz(a)) : ~0u; })),
    bounded(valu("v_ffbh_i32",
                 [](i32 a) {
                   u32 x = u32(a < 0 ? ~a : a);
                   return x ? u32(__builtin_clz(x)) : ~0u;
                 })),
    valu("v_cvt_pk_u16_u32", [](u32 a, u32 b) { return minOf(a, 0xffffu) | minOf(b, 0xffffu) << 16; }),
    valu("v_cvt_pk_i16_i32",
         [](i32 a, i32 b) {
           return (u32(medianOf(a, -32768, 32767)) & 0xffff) | u32(medianOf(b, -32768, 32767)) << 16;
         }),

    valu("v_add_u16", [](u16 a, u16 b) { return u16(a + b); }),
    valu("v_sub_u16", [](u16 a, u16 b) { return u16(a - b); }),
    valu("v_subrev_u16", [](u16 a, u16 b) { return u16(b - a); }),
    valu("v_add_i16", [](i16 a, i16 b) { return i16(a + b); }),
    valu("v_sub_i16", [](i16 a, i16 b) { return i16(a - b); }),
    valu("v_mul_lo_u16", [](u16 a, u16 b) { return u16(u32(a) * b); }),
    keepingHalf(valu("v_mad_u16", [](u16 a, u16 b, u16 c) { return u16(u32(a) * b + c); })),
    keepingHalf(valu("v_mad_i16", [](i16 a, i16 b, i16 c) { return i16(i32(a) * b + c); })),
    valu("v_mad_u32_u16", [](u16 a, u16 b, u32 c) { return u32(a) * b + c; }),
    valu("v_mad_i32_i16", [](i16 a, i16 b, u32 c) { return u32(i32(a) * b) + c; }),
    bounded(valu("v_lshlrev_b16", [](u16 n, u16 a) { return u16(u32(a) << (n & 15)); })),
    bounded(valu("v_lshrrev_b16", [](u16 n, u16 a) { return u16(a >> (n & 15)); })),
    bounded(valu("v_ashrrev_i16", [](u16 n, i16 a) { return i16(a >> (n & 15)); })),
    bounded(valu("v_min_u16", [](u16 a, u16 b) { return minOf(a, b); })),
    bounded(valu("v_max_u16", [](u16 a, u16 b) { return maxOf(a, b); })),
    bounded(valu("v_min_i16", [](i16 a, i16 b) { return minOf(a, b); })),
    bounded(valu("v_max_i16", [](i16 a, i16 b) { return maxOf(a, b); })),
    bounded(valu("v_min3_u16", [](u16 a, u16 b, u16 c) { return minOf(minOf(a, b), c); })),
    bounded(valu("v_max3_u16", [](u16 a, u16 b, u16 c) { return maxOf(maxOf(a, b), c); })),
    bounded(valu("v_med3_u16", [](u16 a, u16 b, u16 c) { return medianOf(a, b, c); })),
    bounded(valu("v_min3_i16", [](i16 a, i16 b, i16 c) { return minOf(minOf(a, b), c); })),
    bounded(valu("v_max3_i16", [](i16 a, i16 b, i16 c) { return maxOf(maxOf(a, b), c); })),
    bounded(valu("v_med3_i16", [](i16 a, i16 b, i16 c) { return medianOf(a, b, c); })),
    bounded(valu("v_sat_pk_u8_i16",
                 [](u32 a) {
                   i32 l = i32(a << 16) >> 16, h = i32(a) >> 16;
                   return u16(u32(medianOf(l, 0, 255)) | u32(medianOf(h, 0, 255)) << 8);
                 })),

    valu("v_mbcnt_lo_u32_b32",
         [](u32 mask, u32 add, LaneId lane) {
           return bitCount(mask & (lane.id < 32 ? (1u << (lane.id & 31)) - 1 : ~0u)) + add;
         }),
    valu("v_mbcnt_hi_u32_b32",
         [](u32 mask, u32 add, LaneId lane) {
           return bitCount(mask & (lane.id < 32 ? 0u : (1u << (lane.id & 31)) - 1)) + add;
         }),
    gfx950(with(valu("v_bitop3_b32", [](u32 a, u32 b, u32 c, TruthTable t) { return bitop3(a, b, c, t.table); }),
                bit(Modifier::bitop3))),
    gfx950(with(valu("v_bitop3_b16", [](u16 a, u16 b, u16 c, TruthTable t) { return u16(bitop3(a, b, c, t.table)); }),
                bit(Modifier::bitop3))),
    clamped("v_add_u32", [](u32 a, u32 b) { return u32(saturated(i64(a) + b, 0, 0xffffffffll)); }),
    clamped("v_sub_u32", [](u32 a, u32 b) { return u32(saturated(i64(a) - b, 0, 0xffffffffll)); }),
    clamped("v_subrev_u32", [](u32 a, u32 b) { return u32(saturated(i64(b) - a, 0, 0xffffffffll)); }),
    clamped("v_add_i32", [](i32 a, i32 b) { return i32(saturated(i64(a) + b, lowest32, highest32)); }),
    clamped("v_sub_i32", [](i32 a, i32 b) { return i32(saturated(i64(a) - b, lowest32, highest32)); }),
    clamped("v_add_u16", [](u16 a, u16 b) { return u16(saturated(i64(a) + b, 0, 65535)); }),
    clamped("v_sub_u16", [](u16 a, u16 b) { return u16(saturated(i64(a) - b, 0, 65535)); }),
    clamped("v_subrev_u16", [](u16 a, u16 b) { return u16(saturated(i64(b) - a, 0, 65535)); }),
    clamped("v_add_i16", [](i16 a, i16 b) { return i16(saturated(i64(a) + b, -32768, 32767)); }),
    clamped("v_sub_i16", [](i16 a, i16 b) { return i16(saturated(i64(a) - b, -32768, 32767)); }),
    keepingHalf(clamped("v_mad_u16", [](u16 a, u16 b, u16 c) { return u16(saturated(i64(a) * b + c, 0, 65535)); })),
    keepingHalf(
        clamped("v_mad_i16", [](i16 a, i16 b, i16 c) { return i16(saturated(i64(a) * b + c, -32768, 32767)); })),
    clamped("v_mad_u32_u24",
            [](u32 a, u32 b, u32 c) { return u32(saturated(i64(low24(a)) * low24(b) + c, 0, 0xffffffffll)); }),
    clamped(
        "v_mad_i32_i24",
        [](u32 a, u32 b, i32 c) { return i32(saturated(i64(signed24(a)) * signed24(b) + c, lowest32, highest32)); }),

    clamped("v_add_co_u32", [](u32 a, u32 b) { return saturatedCarry(addWithCarry(a, b, false), ~0u); }),
    clamped("v_addc_co_u32", [](u32 a, u32 b, bool c) { return saturatedCarry(addWithCarry(a, b, c), ~0u); }),
    clamped("v_sub_co_u32", [](u32 a, u32 b) { return saturatedCarry(subWithBorrow(a, b, false), 0); }),
    clamped("v_subb_co_u32", [](u32 a, u32 b, bool c) { return saturatedCarry(subWithBorrow(a, b, c), 0); }),
    clamped("v_subrev_co_u32", [](u32 a, u32 b) { return saturatedCarry(subWithBorrow(b, a, false), 0); }),
    clamped("v_subbrev_co_u32", [](u32 a, u32 b, bool c) { return saturatedCarry(subWithBorrow(b, a, c), 0); }),
    clamped("v_mad_u64_u32",
            [](u32 a, u32 b, u64 c) {
              u64 sum = u64(a) * b + c;
              return Carry<u64>{sum < c ? ~0ull : sum, sum < c};
            }),
    clamped("v_mad_i64_i32",
            [](i32 a, i32 b, i64 c) {
              i64 product = i64(a) * b, sum = i64(u64(product) + u64(c));
              bool overflow = ((sum ^ product) & (sum ^ c)) < 0;
              return Carry<i64>{overflow ? (c < 0 ? i64(1ull << 63) : i64(~0ull >> 1)) : sum, overflow};
            }),
    clamped("v_mad_u32_u16", [](u16 a, u16 b, u32 c) { return u32(saturated(i64(a) * b + c, 0, 0xffffffffll)); }),
    clamped("v_mad_i32_i16", [](i16 a, i16 b, i32 c) { return i32(saturated(i64(a) * b + c, lowest32, highest32)); }),
    clamped("v_mul_i32_i24",
            [](u32 a, u32 b) { return i32(saturated(i64(signed24(a)) * signed24(b), lowest32, highest32)); }),
    clamped("v_mul_u32_u24", [](u32 a, u32 b) { return u32(saturated(i64(low24(a)) * low24(b), 0, 0xffffffffll)); }),
    clamped("v_mul_lo_u16", [](u16 a, u16 b) { return u16(saturated(i64(a) * b, 0, 65535)); }),
    clamped("v_sad_u8", [](u32 a, u32 b, u32 c) { return saturatedSum(sad(a, b), c); }),
    clamped("v_sad_hi_u8", [](u32 a, u32 b, u32 c) { return saturatedSum(sad(a, b) << 16, c); }),
    clamped("v_sad_u16", [](u32 a, u32 b, u32 c) { return saturatedSum(sad16(a, b), c); }),
    clamped("v_sad_u32", [](u32 a, u32 b, u32 c) { return saturatedSum(a > b ? a - b : b - a, c); }),
    clamped("v_msad_u8", [](u32 a, u32 b, u32 c) { return saturatedSum(maskedSad(a, b), c); }),

    gfx950(bounded(valu("v_prng_b32", [](u32 a) { return a << 1 ^ (a >> 31 ? 0xc5u : 0u); }))),
};

} // namespace

Rows integerRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
