// Integer instructions of SALU and VALU against host arithmetic, on edge and random values, with partial EXEC.
#include "Bench.h"

#include <gtest/gtest.h>

namespace pa::emu::test {
namespace {

using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i16 = int16_t;
using i32 = int32_t;
using i64 = int64_t;

constexpr unsigned rounds = 4;
constexpr u64 execs[rounds] = {~0ull, 0x00ff00ff12345678ull, 0, 0x8000000000000001ull};
constexpr u32 garbage = 0xdeadbeef;

// 32-bit sources in v0, v1, v2; the result, of 32 or 64 bits, in v[10:11].
struct Case {
  const char *text;
  std::function<u64(u32, u32, u32)> expected;
  bool wide = false;
  const char *chip = nullptr;
};

i32 clampTo(i64 x, i64 low, i64 high) { return i32(x < low ? low : x > high ? high : x); }
u32 byteOf(u64 x, unsigned n) { return u32(x >> (8 * n)) & 0xff; }

i64 signed24(u32 x) { return i64(i32(x << 8) >> 8); }
u64 low24(u32 x) { return x & 0xffffff; }
u32 sadOf(u32 a, u32 b, bool masked) {
  u32 sum = 0;
  for (unsigned n = 0; n < 4; ++n)
    sum += masked && !byteOf(b, n) ? 0 : u32(std::abs(i32(byteOf(a, n)) - i32(byteOf(b, n))));
  return sum;
}
u32 sad16Of(u32 a, u32 b) {
  return u32(std::abs(i32(a & 0xffff) - i32(b & 0xffff)) + std::abs(i32(a >> 16) - i32(b >> 16)));
}
u32 clampU32(__int128 x) { return x < 0 ? 0 : x > 0xffffffff ? ~0u : u32(x); }
u32 clampI32(__int128 x) { return u32(x < -0x80000000ll ? -0x80000000ll : x > 0x7fffffff ? 0x7fffffff : i64(x)); }
// Both 16-bit halves of packed sources; Low and High bound the result.
u32 halves(u32 a, u32 b, u32 c, bool isSigned, const std::function<i64(i64, i64, i64)> &f) {
  u32 out = 0;
  for (unsigned shift : {0u, 16u}) {
    auto part = [&](u32 x) { return isSigned ? i64(i16(x >> shift)) : i64(u16(x >> shift)); };
    i64 x = f(part(a), part(b), part(c));
    x = isSigned ? clampTo(x, -32768, 32767) : clampTo(x, 0, 65535);
    out |= (u32(x) & 0xffff) << shift;
  }
  return out;
}
// Dot product of numbers of `bits`, added to c without bound.
__int128 dotOf(u32 a, u32 b, u32 c, unsigned numberBits, bool isSigned) {
  __int128 sum = isSigned ? i64(i32(c)) : i64(c);
  for (unsigned n = 0; n < 32 / numberBits; ++n) {
    auto number = [&](u32 x) {
      u32 y = x >> (numberBits * n) & ((1ull << numberBits) - 1);
      return isSigned && y >> (numberBits - 1) ? i64(y) - (i64(1) << numberBits) : i64(y);
    };
    sum += number(a) * number(b);
  }
  return sum;
}

// As AMD's manual words it: one selector byte at a time.
u32 permReference(u32 a, u32 b, u32 s) {
  u64 both = u64(a) << 32 | b;
  u32 out = 0;
  for (unsigned n = 0; n < 4; ++n) {
    u32 sel = byteOf(s, n), value = 0xff;
    if (sel <= 7)
      value = byteOf(both, sel);
    else if (sel <= 11)
      value = (both >> ((sel - 8) * 16 + 15)) & 1 ? 0xff : 0;
    else if (sel == 12)
      value = 0;
    out |= value << (8 * n);
  }
  return out;
}
u32 bitop3Reference(u32 a, u32 b, u32 c, u32 table) {
  u32 out = 0;
  for (unsigned n = 0; n < 32; ++n)
    out |= (table >> ((a >> n & 1) << 2 | (b >> n & 1) << 1 | (c >> n & 1)) & 1) << n;
  return out;
}

const std::vector<Case> &cases() {
  static const std::vector<Case> all = {
      {"v_mov_b32 v10, v0", [](u32 a, u32, u32) { return a; }},
      // Saturation, and clamp where nothing can overflow.
      {"v_mul_i32_i24_e64 v10, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampI32(signed24(a) * signed24(b)); }},
      {"v_mul_u32_u24_e64 v10, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampU32(low24(a) * low24(b)); }},
      {"v_mad_u32_u16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return clampU32(__int128(u16(a)) * u16(b) + c); }},
      {"v_mad_i32_i16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return clampI32(__int128(i16(a)) * i16(b) + i32(c)); }},
      {"v_mad_u64_u32 v[10:11], vcc, v0, v1, v[2:3] clamp",
       [](u32 a, u32 b, u32 c) {
         unsigned __int128 x = (unsigned __int128)(a)*b + (u64(c) << 32 | c);
         return x >> 64 ? ~0ull : u64(x);
       },
       true},
      {"v_mad_i64_i32 v[10:11], vcc, v0, v1, v[2:3] clamp",
       [](u32 a, u32 b, u32 c) {
         __int128 x = __int128(i32(a)) * i32(b) + i64(u64(c) << 32 | c), most = ~0ull >> 1;
         return u64(x > most ? most : x < -most - 1 ? -most - 1 : x);
       },
       true},
      {"v_sad_u8 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(__int128(sadOf(a, b, false)) + c); }},
      {"v_sad_hi_u8 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return clampU32((__int128(sadOf(a, b, false)) << 16) + c); }},
      {"v_sad_u16 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(__int128(sad16Of(a, b)) + c); }},
      {"v_sad_u32 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return clampU32(__int128(a > b ? a - b : b - a) + c); }},
      {"v_msad_u8 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(__int128(sadOf(a, b, true)) + c); }},
      {"v_add_co_u32_e64 v10, vcc, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampU32(__int128(a) + b); }},
      {"v_sub_co_u32_e64 v10, vcc, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampU32(__int128(a) - b); }},
      {"v_subrev_co_u32_e64 v10, vcc, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampU32(__int128(b) - a); }},
      {"v_and_b32_sdwa v10, v0, v1 clamp dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:DWORD src1_sel:DWORD",
       [](u32 a, u32 b, u32) { return a & b; }},
      {"v_pk_add_u16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, false, [](i64 x, i64 y, i64) { return x + y; }); }},
      {"v_pk_sub_u16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, false, [](i64 x, i64 y, i64) { return x - y; }); }},
      {"v_pk_add_i16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, true, [](i64 x, i64 y, i64) { return x + y; }); }},
      {"v_pk_sub_i16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, true, [](i64 x, i64 y, i64) { return x - y; }); }},
      {"v_pk_mul_lo_u16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, false, [](i64 x, i64 y, i64) { return x * y; }); }},
      {"v_pk_mad_u16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return halves(a, b, c, false, [](i64 x, i64 y, i64 z) { return x * y + z; }); }},
      {"v_pk_mad_i16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return halves(a, b, c, true, [](i64 x, i64 y, i64 z) { return x * y + z; }); }},
      {"v_pk_max_i16 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return halves(a, b, 0, true, [](i64 x, i64 y, i64) { return std::max(x, y); }); }},
      {"v_mad_legacy_u16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u16(u32(u16(a)) * u16(b) + u16(c)); }},
      {"v_mad_legacy_i16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u16(i32(i16(a)) * i16(b) + i16(c)); }},
      {"v_mad_legacy_u16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return u32(std::min<i64>(i64(u16(a)) * u16(b) + u16(c), 65535)); }},
      {"v_mad_legacy_i16 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return u16(clampTo(i64(i16(a)) * i16(b) + i16(c), -32768, 32767)); }},
      // Dot products.
      {"v_dot2_i32_i16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 16, true)); }},
      {"v_dot2_i32_i16 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampI32(dotOf(a, b, c, 16, true)); }},
      {"v_dot2_u32_u16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 16, false)); }},
      {"v_dot2_u32_u16 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(dotOf(a, b, c, 16, false)); }},
      {"v_dot4_i32_i8 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 8, true)); }},
      {"v_dot4_i32_i8 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampI32(dotOf(a, b, c, 8, true)); }},
      {"v_dot4_u32_u8 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 8, false)); }},
      {"v_dot4_u32_u8 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(dotOf(a, b, c, 8, false)); }},
      {"v_dot8_i32_i4 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 4, true)); }},
      {"v_dot8_u32_u4 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(dotOf(a, b, c, 4, false)); }},
      {"v_dot8_u32_u4 v10, v0, v1, v2 clamp", [](u32 a, u32 b, u32 c) { return clampU32(dotOf(a, b, c, 4, false)); }},
      {"v_dot2c_i32_i16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(dotOf(a, b, garbage, 16, true)); }},
      {"v_dot4c_i32_i8 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(dotOf(a, b, garbage, 8, true)); }},
      {"v_dot8c_i32_i4 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(dotOf(a, b, garbage, 4, true)); }},
      {"v_dot8c_i32_i4_e64 v10, v0, v1 clamp", [](u32 a, u32 b, u32) { return clampI32(dotOf(a, b, garbage, 4, true)); }},
      {"v_lerp_u8 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         u32 out = 0;
         for (unsigned n = 0; n < 4; ++n)
           out |= ((byteOf(a, n) + byteOf(b, n) + (byteOf(c, n) & 1)) / 2) << (8 * n);
         return out;
       }},
      {"v_qsad_pk_u16_u8 v[10:11], v[0:1], v2, v[2:3]",
       [](u32 a, u32 b, u32 c) {
         u64 both = u64(b) << 32 | a, out = 0;
         for (unsigned n = 0; n < 4; ++n)
           out |= u64(u16(sadOf(u32(both >> (8 * n)), c, false) + (c >> (16 * (n % 2)) & 0xffff))) << (16 * n);
         return out;
       },
       true},
      {"v_mqsad_pk_u16_u8 v[10:11], v[0:1], v2, v[2:3] clamp",
       [](u32 a, u32 b, u32 c) {
         u64 both = u64(b) << 32 | a, out = 0;
         for (unsigned n = 0; n < 4; ++n) {
           u32 x = sadOf(u32(both >> (8 * n)), c, true) + (c >> (16 * (n % 2)) & 0xffff);
           out |= u64(std::min(x, 0xffffu)) << (16 * n);
         }
         return out;
       },
       true},
      {"v_ashr_pk_i8_i32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         auto part = [&](u32 x) { return u32(clampTo(i32(x) >> (c & 31), -128, 127)) & 255; };
         return part(a) | part(b) << 8;
       },
       false, "gfx950"},
      {"v_ashr_pk_u8_i32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         auto part = [&](u32 x) { return u32(clampTo(i32(x) >> (c & 31), 0, 255)); };
         return part(a) | part(b) << 8;
       },
       false, "gfx950"},
      {"v_not_b32 v10, v0", [](u32 a, u32, u32) { return u32(~a); }},
      {"v_and_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return a & b; }},
      {"v_or_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return a | b; }},
      {"v_xor_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return a ^ b; }},
      {"v_xnor_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(~(a ^ b)); }},
      {"v_and_b32 v10, 0x12345678, v1", [](u32, u32 b, u32) { return b & 0x12345678; }},
      {"v_and_b32 v10, -16, v1", [](u32, u32 b, u32) { return b & 0xfffffff0; }},
      {"v_and_b32 v10, 1.0, v1", [](u32, u32 b, u32) { return b & 0x3f800000; }},
      {"v_add_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(a + b); }},
      {"v_sub_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(a - b); }},
      {"v_subrev_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(b - a); }},
      {"v_add_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(a + b); }},
      {"v_sub_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(a - b); }},
      {"v_add3_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(a + b + c); }},
      {"v_xad_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32((a ^ b) + c); }},
      {"v_lshl_add_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32((a << (b & 31)) + c); }},
      {"v_add_lshl_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32((a + b) << (c & 31)); }},
      {"v_lshl_or_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(a << (b & 31)) | c; }},
      {"v_and_or_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return (a & b) | c; }},
      {"v_or3_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return a | b | c; }},
      {"v_lshlrev_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(b << (a & 31)); }},
      {"v_lshrrev_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return b >> (a & 31); }},
      {"v_ashrrev_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(i32(b) >> (a & 31)); }},
      {"v_bfm_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(((u64(1) << (a & 31)) - 1) << (b & 31)); }},
      {"v_bfe_u32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) { return u32((u64(a) >> (b & 31)) & ((u64(1) << (c & 31)) - 1)); }},
      {"v_bfe_i32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         unsigned offset = b & 31, width = c & 31;
         if (width == 0)
           return 0u;
         i64 shifted = i64(i32(a)) >> offset; // sign-extended: a field past bit 31 takes the word's sign
         return u32(i32(i64(u64(shifted) << (64 - width)) >> (64 - width)));
       }},
      {"v_bfi_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return (a & b) | (~a & c); }},
      {"v_alignbit_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32((u64(a) << 32 | b) >> (c & 31)); }},
      {"v_alignbit_b32 v10, v0, v1, v2 op_sel:[0,0,1,0]",
       [](u32 a, u32 b, u32 c) { return u32((u64(a) << 32 | b) >> (c >> 16 & 31)); }},
      {"v_alignbyte_b32 v10, v0, v1, v2 op_sel:[1,1,1,1] clamp", // of which one is a half
       [](u32 a, u32 b, u32 c) { return u32((u64(a) << 32 | b) >> (8 * (c >> 16 & 3))); }},
      {"v_alignbyte_b32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32((u64(a) << 32 | b) >> (8 * (c & 3))); }},
      {"v_perm_b32 v10, v0, v1, v2", permReference},
      {"v_mul_lo_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(a * b); }},
      {"v_mul_hi_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u64(a) * b >> 32); }},
      {"v_mul_hi_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(i64(i32(a)) * i32(b) >> 32); }},
      {"v_mul_u32_u24 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u64(a & 0xffffff) * (b & 0xffffff)); }},
      {"v_mul_hi_u32_u24 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u64(a & 0xffffff) * (b & 0xffffff) >> 32); }},
      {"v_mul_i32_i24 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(i64(i32(a << 8) >> 8) * (i32(b << 8) >> 8)); }},
      {"v_mul_hi_i32_i24 v10, v0, v1",
       [](u32 a, u32 b, u32) { return u32(i64(i32(a << 8) >> 8) * (i32(b << 8) >> 8) >> 32); }},
      {"v_mad_u32_u24 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) { return u32(u64(a & 0xffffff) * (b & 0xffffff) + c); }},
      {"v_mad_i32_i24 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) { return u32(i64(i32(a << 8) >> 8) * (i32(b << 8) >> 8) + c); }},
      {"v_min_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return std::min(a, b); }},
      {"v_max_u32 v10, v0, v1", [](u32 a, u32 b, u32) { return std::max(a, b); }},
      {"v_min_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(std::min(i32(a), i32(b))); }},
      {"v_max_i32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(std::max(i32(a), i32(b))); }},
      {"v_min3_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return std::min({a, b, c}); }},
      {"v_max3_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return std::max({a, b, c}); }},
      {"v_med3_u32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         u32 x[] = {a, b, c};
         std::sort(x, x + 3);
         return x[1];
       }},
      {"v_min3_i32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(std::min({i32(a), i32(b), i32(c)})); }},
      {"v_max3_i32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(std::max({i32(a), i32(b), i32(c)})); }},
      {"v_med3_i32 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         i32 x[] = {i32(a), i32(b), i32(c)};
         std::sort(x, x + 3);
         return u32(x[1]);
       }},
      {"v_sad_u8 v10, v0, v1, v2",
       [](u32 a, u32 b, u32 c) {
         for (unsigned n = 0; n < 4; ++n)
           c += u32(std::abs(i32(byteOf(a, n)) - i32(byteOf(b, n))));
         return c;
       }},
      {"v_sad_u32 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(std::max(a, b) - std::min(a, b) + c); }},
      {"v_bcnt_u32_b32 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u32(__builtin_popcount(a)) + b); }},
      {"v_ffbh_u32 v10, v0", [](u32 a, u32, u32) { return a ? u32(__builtin_clz(a)) : ~0u; }},
      {"v_ffbl_b32 v10, v0", [](u32 a, u32, u32) { return a ? u32(__builtin_ctz(a)) : ~0u; }},
      {"v_ffbh_i32 v10, v0",
       [](u32 a, u32, u32) { return a == 0 || a == ~0u ? ~0u : u32(__builtin_clz(a >> 31 ? ~a : a)); }},
      {"v_bfrev_b32 v10, v0",
       [](u32 a, u32, u32) {
         u32 out = 0;
         for (unsigned n = 0; n < 32; ++n)
           out |= (a >> n & 1) << (31 - n);
         return out;
       }},
      {"v_cvt_pk_u16_u32 v10, v0, v1",
       [](u32 a, u32 b, u32) { return std::min(a, 0xffffu) | std::min(b, 0xffffu) << 16; }},
      {"v_cvt_pk_i16_i32 v10, v0, v1",
       [](u32 a, u32 b,
          u32) { return u32(u16(clampTo(i32(a), -32768, 32767))) | u32(u16(clampTo(i32(b), -32768, 32767))) << 16; }},
      {"v_add_u16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(a + b)); }},
      {"v_sub_u16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(a - b)); }},
      {"v_mul_lo_u16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(u16(a) * u32(u16(b)))); }},
      {"v_lshlrev_b16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(b << (a & 15))); }},
      {"v_lshrrev_b16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(b) >> (a & 15)); }},
      {"v_ashrrev_i16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(i16(b) >> (a & 15))); }},
      {"v_min_i16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(u16(std::min(i16(a), i16(b)))); }},
      {"v_max_u16 v10, v0, v1", [](u32 a, u32 b, u32) { return u32(std::max(u16(a), u16(b))); }},
      {"v_mad_u32_u16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(u32(u16(a)) * u16(b) + c); }},
      {"v_mad_i32_i16 v10, v0, v1, v2", [](u32 a, u32 b, u32 c) { return u32(i32(i16(a)) * i16(b)) + c; }},
      {"v_pk_add_u16 v10, v0, v1",
       [](u32 a, u32 b, u32) { return u32(u16(a + b)) | u32(u16((a >> 16) + (b >> 16))) << 16; }},
      {"v_pk_sub_i16 v10, v0, v1 op_sel:[1,0] op_sel_hi:[0,1]",
       [](u32 a, u32 b, u32) { return u32(u16((a >> 16) - b)) | u32(u16(a - (b >> 16))) << 16; }},
      {"v_pk_mul_lo_u16 v10, v0, v1",
       [](u32 a, u32 b, u32) { return u32(u16(u32(u16(a)) * u16(b))) | u32(u16((a >> 16) * (b >> 16))) << 16; }},
      {"v_pk_max_i16 v10, v0, v1",
       [](u32 a, u32 b,
          u32) { return u32(u16(std::max(i16(a), i16(b)))) | u32(u16(std::max(i16(a >> 16), i16(b >> 16)))) << 16; }},
      {"v_pk_lshlrev_b16 v10, v0, v1",
       [](u32 a, u32 b, u32) { return u32(u16(b << (a & 15))) | u32(u16((b >> 16) << (a >> 16 & 15))) << 16; }},
      {"v_pk_ashrrev_i16 v10, 3, v1 op_sel_hi:[0,1]",
       [](u32, u32 b, u32) { return u32(u16(i16(b) >> 3)) | u32(u16(i16(b >> 16) >> 3)) << 16; }},
      {"v_pack_b32_f16 v10, v0, v1 op_sel:[1,0,0]", [](u32 a, u32 b, u32) { return a >> 16 | b << 16; }},
      {"v_bitop3_b32 v10, v0, v1, v2 bitop3:0x78", [](u32 a, u32 b, u32 c) { return bitop3Reference(a, b, c, 0x78); },
       false, "gfx950"},
      {"v_bitop3_b32 v10, v0, v1, v2 bitop3:0xd1", [](u32 a, u32 b, u32 c) { return bitop3Reference(a, b, c, 0xd1); },
       false, "gfx950"},
      {"v_prng_b32 v10, v0", [](u32 a, u32, u32) { return u32(a << 1) ^ (a >> 31 ? 0xc5u : 0u); }, false, "gfx950"},
      {"v_add_u32 v10, v0, v1 clamp", [](u32 a, u32 b, u32) { return u32(std::min<u64>(u64(a) + b, ~0u)); }},
      {"v_sub_u32 v10, v0, v1 clamp", [](u32 a, u32 b, u32) { return a < b ? 0 : a - b; }},
      {"v_add_i32 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return u32(clampTo(i64(i32(a)) + i32(b), INT32_MIN, INT32_MAX)); }},
      {"v_sub_i32 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return u32(clampTo(i64(i32(a)) - i32(b), INT32_MIN, INT32_MAX)); }},
      {"v_add_u16_e64 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return std::min<u32>((a & 0xffff) + (b & 0xffff), 0xffff); }},
      {"v_sub_u16_e64 v10, v0, v1 clamp",
       [](u32 a, u32 b, u32) { return (a & 0xffff) < (b & 0xffff) ? 0 : (a & 0xffff) - (b & 0xffff); }},
      {"v_mad_u32_u24 v10, v0, v1, v2 clamp",
       [](u32 a, u32 b, u32 c) { return u32(std::min<u64>(u64(a & 0xffffff) * (b & 0xffffff) + c, ~0u)); }},
      {"v_mad_u64_u32 v[10:11], s[20:21], v0, v1, v[2:3]",
       [](u32 a, u32 b, u32 c) { return u64(a) * b + (u64(c) << 32 | c); }, true},
      {"v_mad_i64_i32 v[10:11], s[20:21], v0, v1, v[2:3]",
       [](u32 a, u32 b, u32 c) { return u64(i64(i32(a)) * i32(b)) + (u64(c) << 32 | c); }, true},
      {"v_lshlrev_b64 v[10:11], v0, v[2:3]", [](u32 a, u32, u32 c) { return (u64(c) << 32 | c) << (a & 63); }, true},
      {"v_lshrrev_b64 v[10:11], v0, v[2:3]", [](u32 a, u32, u32 c) { return (u64(c) << 32 | c) >> (a & 63); }, true},
      {"v_ashrrev_i64 v[10:11], v0, v[2:3]", [](u32 a, u32, u32 c) { return u64(i64(u64(c) << 32 | c) >> (a & 63)); },
       true},
      {"v_lshl_add_u64 v[10:11], v[2:3], 3, v[2:3]", [](u32, u32, u32 c) { return (u64(c) << 32 | c) * 9; }, true},
      // Of more than four there is none.
      {"v_lshl_add_u64 v[10:11], v[2:3], v0, v[2:3]",
       [](u32 a, u32, u32 c) { return (u64(c) << 32 | c) * ((a <= 4 ? 1ull << a : 1) + 1); }, true},
      {"v_lshl_add_u64 v[10:11], v[2:3], 4, v[2:3]", [](u32, u32, u32 c) { return (u64(c) << 32 | c) * 17; }, true},
      {"v_mov_b64 v[10:11], v[2:3]", [](u32, u32, u32 c) { return u64(c) << 32 | c; }, true},
  };
  return all;
}

void runCase(const Case &c, const std::string &chip) {
  std::mt19937_64 random(7);
  Bench bench(chip);
  for (unsigned round = 0; round < rounds; ++round) {
    auto a = interesting32(random, lanes), b = interesting32(random, lanes), d = interesting32(random, lanes);
    std::shuffle(b.begin(), b.end(), random);
    std::shuffle(d.begin(), d.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = a[l];
      bench.v[1][l] = b[l];
      bench.v[2][l] = bench.v[3][l] = d[l];
      bench.v[10][l] = bench.v[11][l] = garbage;
    }
    bench.setExec(execs[round]);
    ASSERT_EQ(bench.run(c.text), "") << c.text;
    for (unsigned l = 0; l < lanes; ++l) {
      u64 expected = c.expected(a[l], b[l], d[l]);
      if (!(execs[round] >> l & 1))
        expected = u64(garbage) << 32 | garbage;
      u64 got = c.wide ? bench.v64(10, l) : bench.v[10][l];
      u64 mask = c.wide ? ~0ull : 0xffffffffull;
      ASSERT_EQ(got, expected & mask) << c.text << " on " << chip << ", lane " << l << ": " << std::hex << a[l] << " "
                                      << b[l] << " " << d[l];
    }
  }
}

TEST(VectorInteger, againstHostArithmetic) {
  for (const std::string &chip : bothChips)
    for (const Case &c : cases())
      if (!c.chip || c.chip == chip)
        runCase(c, chip);
}

TEST(VectorInteger, carriesAreLaneMasks) {
  std::mt19937_64 random(3);
  Bench bench("gfx942");
  auto a = interesting32(random, lanes), b = interesting32(random, lanes);
  std::shuffle(b.begin(), b.end(), random);
  u64 in = random(), exec = 0x0fffff00ffffff0full;
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = a[l];
    bench.v[1][l] = b[l];
  }
  bench.setExec(exec);
  bench.setS64(sreg::vcc, in);
  ASSERT_EQ(bench.run("v_addc_co_u32 v10, vcc, v0, v1, vcc"), "");
  bench.setS64(30, in);
  ASSERT_EQ(bench.run("v_subb_co_u32 v11, s[20:21], v0, v1, s[30:31]"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    bool active = exec >> l & 1;
    u64 carryIn = in >> l & 1, sum = u64(a[l]) + b[l] + carryIn;
    EXPECT_EQ(bench.s64(sreg::vcc) >> l & 1, active ? sum >> 32 : 0);
    EXPECT_EQ(bench.s64(20) >> l & 1, active && u64(b[l]) + carryIn > a[l]);
    if (active) {
      EXPECT_EQ(bench.v[10][l], u32(sum));
      EXPECT_EQ(bench.v[11][l], u32(a[l] - b[l] - carryIn));
    }
  }
}

TEST(VectorInteger, countsOfLowerLanes) {
  Bench bench("gfx942");
  u64 mask = 0x123456789abcdef1ull;
  bench.setS64(20, mask);
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[0][l] = 100;
  ASSERT_EQ(bench.run("v_mbcnt_lo_u32_b32 v10, s20, v0"), "");
  ASSERT_EQ(bench.run("v_mbcnt_hi_u32_b32 v10, s21, v10"), "");
  for (unsigned l = 0; l < lanes; ++l)
    EXPECT_EQ(bench.v[10][l], 100u + unsigned(__builtin_popcountll(mask & ((1ull << l) - 1)))) << l;
}

// 32-bit sources in s0, s1, 64-bit ones in s[2:3], s[4:5]; result in s[10:11].
struct ScalarCase {
  const char *text;
  std::function<u64(u64, u64, bool)> expected; // of the values, and SCC before
  std::function<int(u64, u64, u64)> scc;       // of the sources and the result; -1: unchanged
  unsigned bits;
};

int nonzero(u64, u64, u64 r) { return r != 0; }
int unchanged(u64, u64, u64) { return -1; }

const std::vector<ScalarCase> &scalarCases() {
  static const std::vector<ScalarCase> all = {
      {"s_mov_b32 s10, s0", [](u64 a, u64, bool) { return a; }, unchanged, 32},
      {"s_add_u32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a + b); },
       [](u64 a, u64 b, u64) { return int((a + b) >> 32); }, 32},
      {"s_sub_u32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a - b); },
       [](u64 a, u64 b, u64) { return int(a < b); }, 32},
      {"s_addc_u32 s10, s0, s1", [](u64 a, u64 b, bool c) { return u32(a + b + c); },
       [](u64 a, u64 b, u64 r) { return int(u64(u32(r)) < a || (u64(u32(r)) == a && b != 0)); }, 32},
      {"s_add_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a + b); },
       [](u64 a, u64 b, u64) {
         i64 x = i64(i32(a)) + i32(b);
         return int(x != i32(x));
       },
       32},
      {"s_sub_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a - b); },
       [](u64 a, u64 b, u64) {
         i64 x = i64(i32(a)) - i32(b);
         return int(x != i32(x));
       },
       32},
      {"s_mul_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a * b); }, unchanged, 32},
      {"s_mul_hi_u32 s10, s0, s1", [](u64 a, u64 b, bool) { return a * b >> 32; }, unchanged, 32},
      {"s_mul_hi_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(i64(i32(a)) * i32(b) >> 32); }, unchanged, 32},
      {"s_min_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(std::min(i32(a), i32(b))); },
       [](u64 a, u64 b, u64) { return int(i32(a) < i32(b)); }, 32},
      {"s_max_u32 s10, s0, s1", [](u64 a, u64 b, bool) { return std::max(a, b); },
       [](u64 a, u64 b, u64) { return int(a >= b); }, 32},
      {"s_max_i32 s10, s0, s0", [](u64 a, u64, bool) { return a; }, [](u64, u64, u64) { return 1; }, 32},
      {"s_abs_i32 s10, s0", [](u64 a, u64, bool) { return u32(std::abs(i64(i32(a)))); }, nonzero, 32},
      {"s_and_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return a & b; }, nonzero, 32},
      {"s_or_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return a | b; }, nonzero, 32},
      {"s_xor_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return a ^ b; }, nonzero, 32},
      {"s_andn2_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a & ~b); }, nonzero, 32},
      {"s_not_b32 s10, s0", [](u64 a, u64, bool) { return u32(~a); }, nonzero, 32},
      {"s_lshl_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(a << (b & 31)); }, nonzero, 32},
      {"s_lshr_b32 s10, s0, s1", [](u64 a, u64 b, bool) { return a >> (b & 31); }, nonzero, 32},
      {"s_ashr_i32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32(i32(a) >> (b & 31)); }, nonzero, 32},
      {"s_lshl3_add_u32 s10, s0, s1", [](u64 a, u64 b, bool) { return u32((a << 3) + b); },
       [](u64 a, u64 b, u64) { return int(((a << 3) + b) >> 32 != 0); }, 32},
      {"s_bfe_u32 s10, s0, 0x70005", [](u64 a, u64, bool) { return a >> 5 & 127; }, nonzero, 32},
      {"s_bfe_i32 s10, s0, 0x80004", [](u64 a, u64, bool) { return u32(i32(u32(a) << 20) >> 24); }, nonzero, 32},
      {"s_ff1_i32_b32 s10, s0", [](u64 a, u64, bool) { return a ? u32(__builtin_ctz(u32(a))) : ~0u; }, unchanged, 32},
      {"s_flbit_i32_b32 s10, s0", [](u64 a, u64, bool) { return a ? u32(__builtin_clz(u32(a))) : ~0u; }, unchanged, 32},
      {"s_bcnt1_i32_b32 s10, s0", [](u64 a, u64, bool) { return u64(__builtin_popcountll(a)); }, nonzero, 32},
      {"s_sext_i32_i8 s10, s0", [](u64 a, u64, bool) { return u32(i32(int8_t(a))); }, unchanged, 32},
      {"s_sext_i32_i16 s10, s0", [](u64 a, u64, bool) { return u32(i32(i16(a))); }, unchanged, 32},
      {"s_pack_lh_b32_b16 s10, s0, s1", [](u64 a, u64 b, bool) { return (a & 0xffff) | (b & 0xffff0000); }, unchanged,
       32},
      {"s_cselect_b32 s10, s0, s1", [](u64 a, u64 b, bool c) { return c ? a : b; }, unchanged, 32},
      {"s_movk_i32 s10, 0x8123", [](u64, u64, bool) { return 0xffff8123u; }, unchanged, 32},
      {"s_brev_b32 s10, s0", [](u64 a, u64, bool) { return u64(__builtin_bitreverse32(u32(a))); }, unchanged, 32},
      {"s_and_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return a & b; }, nonzero, 64},
      {"s_or_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return a | b; }, nonzero, 64},
      {"s_xor_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return a ^ b; }, nonzero, 64},
      {"s_andn2_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return a & ~b; }, nonzero, 64},
      {"s_orn2_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return a | ~b; }, nonzero, 64},
      {"s_nand_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return ~(a & b); }, nonzero, 64},
      {"s_xnor_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool) { return ~(a ^ b); }, nonzero, 64},
      {"s_lshl_b64 s[10:11], s[2:3], s4", [](u64 a, u64 b, bool) { return a << (b & 63); }, nonzero, 64},
      {"s_lshr_b64 s[10:11], s[2:3], s4", [](u64 a, u64 b, bool) { return a >> (b & 63); }, nonzero, 64},
      {"s_ashr_i64 s[10:11], s[2:3], s4", [](u64 a, u64 b, bool) { return u64(i64(a) >> (b & 63)); }, nonzero, 64},
      {"s_cselect_b64 s[10:11], s[2:3], s[4:5]", [](u64 a, u64 b, bool c) { return c ? a : b; }, unchanged, 64},
      {"s_cselect_b64 s[10:11], -1, 0", [](u64, u64, bool c) { return c ? ~0ull : 0; }, unchanged, 64},
      {"s_mov_b64 s[10:11], 1.0", [](u64, u64, bool) { return 0x3ff0000000000000ull; }, unchanged, 64},
  };
  return all;
}

TEST(ScalarInteger, againstHostArithmetic) {
  std::mt19937_64 random(11);
  for (const ScalarCase &c : scalarCases()) {
    Bench bench("gfx942");
    for (unsigned round = 0; round < 40; ++round) {
      u64 mask = c.bits == 64 ? ~0ull : 0xffffffffull;
      u64 a = interesting64(random, 40)[round] & mask, b = interesting64(random, 60)[random() % 60] & mask;
      bool before = random() & 1;
      bench.s[0] = u32(a);
      bench.s[1] = u32(b);
      bench.setS64(2, a);
      bench.setS64(4, b);
      bench.setS64(10, 0xdeadbeefdeadbeefull);
      bench.setScc(before);
      ASSERT_EQ(bench.run(c.text), "") << c.text;
      u64 expected = c.expected(a, b, before) & mask;
      ASSERT_EQ(bench.s64(10) & mask, expected) << c.text << std::hex << " " << a << " " << b;
      int scc = c.scc(a, b, expected);
      if (std::string(c.text).find("addc") != std::string::npos)
        scc = int((a + b + before) >> 32);
      ASSERT_EQ(bench.scc(), scc < 0 ? before : scc != 0) << c.text << std::hex << " " << a << " " << b;
    }
  }
}

TEST(ScalarInteger, comparisonsSetSccOnly) {
  struct Comparison {
    const char *name;
    std::function<bool(u32, u32)> holds;
  };
  const Comparison all[] = {
      {"s_cmp_eq_i32", [](u32 a, u32 b) { return a == b; }},
      {"s_cmp_lg_u32", [](u32 a, u32 b) { return a != b; }},
      {"s_cmp_gt_i32", [](u32 a, u32 b) { return i32(a) > i32(b); }},
      {"s_cmp_ge_i32", [](u32 a, u32 b) { return i32(a) >= i32(b); }},
      {"s_cmp_lt_i32", [](u32 a, u32 b) { return i32(a) < i32(b); }},
      {"s_cmp_le_i32", [](u32 a, u32 b) { return i32(a) <= i32(b); }},
      {"s_cmp_gt_u32", [](u32 a, u32 b) { return a > b; }},
      {"s_cmp_ge_u32", [](u32 a, u32 b) { return a >= b; }},
      {"s_cmp_lt_u32", [](u32 a, u32 b) { return a < b; }},
      {"s_cmp_le_u32", [](u32 a, u32 b) { return a <= b; }},
      {"s_bitcmp1_b32", [](u32 a, u32 b) { return a >> (b & 31) & 1; }},
      {"s_bitcmp0_b32", [](u32 a, u32 b) { return !(a >> (b & 31) & 1); }},
  };
  std::mt19937_64 random(13);
  for (const Comparison &c : all) {
    Bench bench("gfx942");
    for (u32 a : interesting32(random, 24)) {
      u32 b = interesting32(random, 24)[random() % 24];
      bench.s[0] = a;
      bench.s[1] = b;
      ASSERT_EQ(bench.run(std::string(c.name) + " s0, s1"), "");
      EXPECT_EQ(bench.scc(), c.holds(a, b)) << c.name << " " << a << " " << b;
    }
  }
  Bench bench("gfx942");
  bench.s[0] = 0xffff8000u;
  ASSERT_EQ(bench.run("s_cmpk_eq_i32 s0, 0x8000"), "");
  EXPECT_TRUE(bench.scc());
  ASSERT_EQ(bench.run("s_cmpk_eq_u32 s0, 0x8000"), "");
  EXPECT_FALSE(bench.scc());
}

TEST(ScalarInteger, saveExec) {
  u64 source = 0x00000000ffff0000ull, exec = 0xff00ff00ff00ff00ull;
  struct Save {
    const char *name;
    u64 expected;
  };
  const Save all[] = {{"s_and_saveexec_b64", source & exec},    {"s_or_saveexec_b64", source | exec},
                      {"s_xor_saveexec_b64", source ^ exec},    {"s_andn2_saveexec_b64", source & ~exec},
                      {"s_orn2_saveexec_b64", source | ~exec},  {"s_nand_saveexec_b64", ~(source & exec)},
                      {"s_nor_saveexec_b64", ~(source | exec)}, {"s_xnor_saveexec_b64", ~(source ^ exec)},
                      {"s_andn1_saveexec_b64", ~source & exec}, {"s_orn1_saveexec_b64", ~source | exec}};
  for (const Save &c : all) {
    Bench bench("gfx950");
    bench.setExec(exec);
    bench.setS64(2, source);
    ASSERT_EQ(bench.run(std::string(c.name) + " s[10:11], s[2:3]"), "");
    EXPECT_EQ(bench.s64(10), exec) << c.name;
    EXPECT_EQ(bench.s64(sreg::exec), c.expected) << c.name;
    EXPECT_EQ(bench.scc(), c.expected != 0) << c.name;
    // The lane mask that handlers blend with follows.
    ASSERT_EQ(bench.run("v_mov_b32 v10, 1"), "");
    for (unsigned l = 0; l < lanes; ++l)
      EXPECT_EQ(bench.v[10][l], c.expected >> l & 1);
  }
}

} // namespace
} // namespace pa::emu::test
