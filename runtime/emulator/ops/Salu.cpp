// SALU: 32- and 64-bit integer instructions, comparisons, selects, and those that save EXEC.
#include "runtime/emulator/ops/Scalar.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;

template <class T> PA_EMU_INLINE Scc<T> nonzero(T x) { return {x, x != 0}; }
PA_EMU_INLINE bool addOverflows(u32 a, u32 b) { return i32((a ^ (a + b)) & (b ^ (a + b))) < 0; }
PA_EMU_INLINE bool subOverflows(u32 a, u32 b) { return i32((a ^ b) & (a ^ (a - b))) < 0; }
PA_EMU_INLINE i32 low16(u32 x) { return i32(x << 16) >> 16; }

template <class T> PA_EMU_INLINE T bfe(T a, u32 field, unsigned most) {
  u32 offset = field & (most - 1), width = field >> 16 & 127;
  if (width == 0)
    return 0;
  unsigned up = most - (offset + width < most ? offset + width : most);
  T lined = T(std::make_unsigned_t<T>(a) << up);
  return lined >> (up + offset);
}
PA_EMU_INLINE u32 pack(u32 low, u32 high) { return (low & 0xffffu) | high << 16; }
PA_EMU_INLINE u64 wholeQuads(u64 x) {
  u64 any = x | x >> 1;
  any = (any | any >> 2) & 0x1111111111111111ull;
  return any * 15;
}
PA_EMU_INLINE u32 anyOfQuads(u32 x) {
  u32 out = 0;
  for (unsigned q = 0; q < 8; ++q)
    out |= (x >> (4 * q) & 15 ? 1u : 0u) << q;
  return out;
}
PA_EMU_INLINE u64 anyOfQuads(u64 x) { return anyOfQuads(u32(x)) | u64(anyOfQuads(u32(x >> 32))) << 8; }
PA_EMU_INLINE u64 replicate(u32 x) {
  u64 out = 0;
  for (unsigned b = 0; b < 32; ++b)
    out |= u64(x >> b & 1 ? 3 : 0) << (2 * b);
  return out;
}
PA_EMU_INLINE u32 reversed(u32 x) { return __builtin_bitreverse32(x); }
PA_EMU_INLINE u64 reversed(u64 x) { return __builtin_bitreverse64(x); }
PA_EMU_INLINE Scc<u32> shiftAdd(u32 a, u32 b, unsigned n) {
  u64 sum = (u64(a) << n) + b;
  return {u32(sum), sum >> 32 != 0};
}
// Sign bits that repeat the first one, -1 when all do.
PA_EMU_INLINE u32 firstUnlikeSign(u64 x, unsigned most) { return x ? u32(__builtin_clzll(x)) - (64 - most) : ~0u; }

// Moves from or to an SGPR that is M0 further on.
template <unsigned Dwords, bool From> void relativeMove(Wave &w, const Inst &i) {
  constexpr unsigned limit = sreg::flatScratch;
  Operand from = i.src[0], to = i.dst[0];
  Operand &moved = From ? from : to;
  uint64_t reg = uint64_t(moved.reg) + w.s[sreg::m0];
  if (moved.place != Place::sgpr || reg + Dwords > limit)
    return faultText(w, i, "a relative move past the SGPRs");
  moved.reg = uint16_t(reg);
  if (Dwords == 2)
    writeScalar64(w, to, readScalar64(w, from));
  else
    writeScalar(w, to, readScalar(w, from));
}
template <unsigned Dwords, bool From> constexpr Row relative(const char *name) {
  Row r;
  r.name = name;
  r.run = relativeMove<Dwords, From>;
  r.kind = Kind::salu;
  r.flags = flag::readsM0;
  r.operandCount = 2;
  r.operands[0] = {Role::dst, Dwords == 2 ? Type::b64 : Type::b32};
  r.operands[1] = {Role::src, Dwords == 2 ? Type::b64 : Type::b32};
  return r;
}

constexpr Row table[] = {
    relative<1, true>("s_movrels_b32"),
    relative<2, true>("s_movrels_b64"),
    relative<1, false>("s_movreld_b32"),
    relative<2, false>("s_movreld_b64"),
    salu("s_mov_b32", [](u32 a) { return a; }),
    salu("s_mov_b64", [](u64 a) { return a; }),
    salu("s_movk_i32", [](u32 k) { return low16(k); }),
    salu("s_cmov_b32", [](u32 a, SccIn c, OldS<u32> d) { return c ? a : d.value; }),
    salu("s_cmov_b64", [](u64 a, SccIn c, OldS<u64> d) { return c ? a : d.value; }),
    salu("s_cmovk_i32", [](u32 k, SccIn c, OldS<u32> d) { return c ? u32(low16(k)) : d.value; }),
    salu("s_cselect_b32", [](u32 a, u32 b, SccIn c) { return c ? a : b; }),
    salu("s_cselect_b64", [](u64 a, u64 b, SccIn c) { return c ? a : b; }),

    salu("s_add_u32", [](u32 a, u32 b) { return Scc<u32>{a + b, a + b < a}; }),
    salu("s_sub_u32", [](u32 a, u32 b) { return Scc<u32>{a - b, a < b}; }),
    salu("s_add_i32", [](u32 a, u32 b) { return Scc<u32>{a + b, addOverflows(a, b)}; }),
    salu("s_sub_i32", [](u32 a, u32 b) { return Scc<u32>{a - b, subOverflows(a, b)}; }),
    salu("s_addc_u32",
         [](u32 a, u32 b, SccIn c) {
           u64 sum = u64(a) + b + (c ? 1 : 0);
           return Scc<u32>{u32(sum), sum >> 32 != 0};
         }),
    salu("s_subb_u32",
         [](u32 a, u32 b, SccIn c) {
           u64 taken = u64(b) + (c ? 1 : 0);
           return Scc<u32>{u32(a - taken), a < taken};
         }),
    salu("s_addk_i32", [](u32 k, OldS<u32> d) { return Scc<u32>{d + u32(low16(k)), addOverflows(d, u32(low16(k)))}; }),
    salu("s_mulk_i32", [](u32 k, OldS<u32> d) { return d * u32(low16(k)); }),
    salu("s_mul_i32", [](u32 a, u32 b) { return a * b; }),
    salu("s_mul_hi_u32", [](u32 a, u32 b) { return u32(u64(a) * b >> 32); }),
    salu("s_mul_hi_i32", [](i32 a, i32 b) { return i32(i64(a) * b >> 32); }),
    salu("s_min_i32", [](i32 a, i32 b) { return Scc<i32>{a < b ? a : b, a < b}; }),
    salu("s_min_u32", [](u32 a, u32 b) { return Scc<u32>{a < b ? a : b, a < b}; }),
    salu("s_max_i32", [](i32 a, i32 b) { return Scc<i32>{a > b ? a : b, a >= b}; }),
    salu("s_max_u32", [](u32 a, u32 b) { return Scc<u32>{a > b ? a : b, a >= b}; }),
    salu("s_abs_i32", [](i32 a) { return nonzero(a < 0 ? 0 - u32(a) : u32(a)); }),
    salu("s_absdiff_i32",
         [](u32 a, u32 b) {
           u32 d = a - b;
           return nonzero(i32(d) < 0 ? 0 - d : d);
         }),
    salu("s_lshl1_add_u32", [](u32 a, u32 b) { return shiftAdd(a, b, 1); }),
    salu("s_lshl2_add_u32", [](u32 a, u32 b) { return shiftAdd(a, b, 2); }),
    salu("s_lshl3_add_u32", [](u32 a, u32 b) { return shiftAdd(a, b, 3); }),
    salu("s_lshl4_add_u32", [](u32 a, u32 b) { return shiftAdd(a, b, 4); }),

    salu("s_and_b32", [](u32 a, u32 b) { return nonzero(a & b); }),
    salu("s_and_b64", [](u64 a, u64 b) { return nonzero(a & b); }),
    salu("s_or_b32", [](u32 a, u32 b) { return nonzero(a | b); }),
    salu("s_or_b64", [](u64 a, u64 b) { return nonzero(a | b); }),
    salu("s_xor_b32", [](u32 a, u32 b) { return nonzero(a ^ b); }),
    salu("s_xor_b64", [](u64 a, u64 b) { return nonzero(a ^ b); }),
    salu("s_andn2_b32", [](u32 a, u32 b) { return nonzero(a & ~b); }),
    salu("s_andn2_b64", [](u64 a, u64 b) { return nonzero(a & ~b); }),
    salu("s_orn2_b32", [](u32 a, u32 b) { return nonzero(a | ~b); }),
    salu("s_orn2_b64", [](u64 a, u64 b) { return nonzero(a | ~b); }),
    salu("s_nand_b32", [](u32 a, u32 b) { return nonzero(~(a & b)); }),
    salu("s_nand_b64", [](u64 a, u64 b) { return nonzero(~(a & b)); }),
    salu("s_nor_b32", [](u32 a, u32 b) { return nonzero(~(a | b)); }),
    salu("s_nor_b64", [](u64 a, u64 b) { return nonzero(~(a | b)); }),
    salu("s_xnor_b32", [](u32 a, u32 b) { return nonzero(~(a ^ b)); }),
    salu("s_xnor_b64", [](u64 a, u64 b) { return nonzero(~(a ^ b)); }),
    salu("s_not_b32", [](u32 a) { return nonzero(~a); }),
    salu("s_not_b64", [](u64 a) { return nonzero(~a); }),
    salu("s_lshl_b32", [](u32 a, u32 n) { return nonzero(a << (n & 31)); }),
    salu("s_lshl_b64", [](u64 a, u32 n) { return nonzero(a << (n & 63)); }),
    salu("s_lshr_b32", [](u32 a, u32 n) { return nonzero(a >> (n & 31)); }),
    salu("s_lshr_b64", [](u64 a, u32 n) { return nonzero(a >> (n & 63)); }),
    salu("s_ashr_i32", [](i32 a, u32 n) { return nonzero(a >> (n & 31)); }),
    salu("s_ashr_i64", [](i64 a, u32 n) { return nonzero(a >> (n & 63)); }),
    salu("s_bfm_b32", [](u32 n, u32 o) { return ((1u << (n & 31)) - 1) << (o & 31); }),
    salu("s_bfm_b64", [](u32 n, u32 o) { return ((1ull << (n & 63)) - 1) << (o & 63); }),
    salu("s_bfe_u32", [](u32 a, u32 f) { return nonzero(bfe<u32>(a, f, 32)); }),
    salu("s_bfe_i32", [](i32 a, u32 f) { return nonzero(bfe<i32>(a, f, 32)); }),
    salu("s_bfe_u64", [](u64 a, u32 f) { return nonzero(bfe<u64>(a, f, 64)); }),
    salu("s_bfe_i64", [](i64 a, u32 f) { return nonzero(bfe<i64>(a, f, 64)); }),
    salu("s_brev_b32", [](u32 a) { return reversed(a); }),
    salu("s_brev_b64", [](u64 a) { return reversed(a); }),
    salu("s_bcnt0_i32_b32", [](u32 a) { return nonzero(u32(__builtin_popcount(~a))); }),
    salu("s_bcnt0_i32_b64", [](u64 a) { return nonzero(u32(__builtin_popcountll(~a))); }),
    salu("s_bcnt1_i32_b32", [](u32 a) { return nonzero(u32(__builtin_popcount(a))); }),
    salu("s_bcnt1_i32_b64", [](u64 a) { return nonzero(u32(__builtin_popcountll(a))); }),
    salu("s_ff0_i32_b32", [](u32 a) { return ~a ? u32(__builtin_ctz(~a)) : ~0u; }),
    salu("s_ff0_i32_b64", [](u64 a) { return ~a ? u32(__builtin_ctzll(~a)) : ~0u; }),
    salu("s_ff1_i32_b32", [](u32 a) { return a ? u32(__builtin_ctz(a)) : ~0u; }),
    salu("s_ff1_i32_b64", [](u64 a) { return a ? u32(__builtin_ctzll(a)) : ~0u; }),
    salu("s_flbit_i32_b32", [](u32 a) { return a ? u32(__builtin_clz(a)) : ~0u; }),
    salu("s_flbit_i32_b64", [](u64 a) { return a ? u32(__builtin_clzll(a)) : ~0u; }),
    salu("s_flbit_i32", [](u32 a) { return firstUnlikeSign(i32(a) < 0 ? u32(~a) : a, 32); }),
    salu("s_flbit_i32_i64", [](u64 a) { return firstUnlikeSign(i64(a) < 0 ? ~a : a, 64); }),
    salu("s_bitset0_b32", [](u32 n, OldS<u32> d) { return d & ~(1u << (n & 31)); }),
    salu("s_bitset1_b32", [](u32 n, OldS<u32> d) { return d | 1u << (n & 31); }),
    salu("s_bitset0_b64", [](u32 n, OldS<u64> d) { return d & ~(1ull << (n & 63)); }),
    salu("s_bitset1_b64", [](u32 n, OldS<u64> d) { return d | 1ull << (n & 63); }),
    salu("s_bitreplicate_b64_b32", [](u32 a) { return replicate(a); }),
    salu("s_quadmask_b32", [](u32 a) { return nonzero(anyOfQuads(a)); }),
    salu("s_quadmask_b64", [](u64 a) { return nonzero(anyOfQuads(a)); }),
    salu("s_wqm_b32", [](u32 a) { return nonzero(u32(wholeQuads(a))); }),
    salu("s_wqm_b64", [](u64 a) { return nonzero(wholeQuads(a)); }),
    salu("s_sext_i32_i8", [](u32 a) { return i32(a << 24) >> 24; }),
    salu("s_sext_i32_i16", [](u32 a) { return low16(a); }),
    salu("s_pack_ll_b32_b16", [](u32 a, u32 b) { return pack(a, b); }),
    salu("s_pack_lh_b32_b16", [](u32 a, u32 b) { return pack(a, b >> 16); }),
    salu("s_pack_hh_b32_b16", [](u32 a, u32 b) { return pack(a >> 16, b >> 16); }),

    salu("s_cmp_eq_i32", [](i32 a, i32 b) { return a == b; }),
    salu("s_cmp_lg_i32", [](i32 a, i32 b) { return a != b; }),
    salu("s_cmp_gt_i32", [](i32 a, i32 b) { return a > b; }),
    salu("s_cmp_ge_i32", [](i32 a, i32 b) { return a >= b; }),
    salu("s_cmp_lt_i32", [](i32 a, i32 b) { return a < b; }),
    salu("s_cmp_le_i32", [](i32 a, i32 b) { return a <= b; }),
    salu("s_cmp_eq_u32", [](u32 a, u32 b) { return a == b; }),
    salu("s_cmp_lg_u32", [](u32 a, u32 b) { return a != b; }),
    salu("s_cmp_gt_u32", [](u32 a, u32 b) { return a > b; }),
    salu("s_cmp_ge_u32", [](u32 a, u32 b) { return a >= b; }),
    salu("s_cmp_lt_u32", [](u32 a, u32 b) { return a < b; }),
    salu("s_cmp_le_u32", [](u32 a, u32 b) { return a <= b; }),
    salu("s_cmp_eq_u64", [](u64 a, u64 b) { return a == b; }),
    salu("s_cmp_lg_u64", [](u64 a, u64 b) { return a != b; }),
    salu("s_bitcmp0_b32", [](u32 a, u32 n) { return !(a >> (n & 31) & 1); }),
    salu("s_bitcmp1_b32", [](u32 a, u32 n) { return bool(a >> (n & 31) & 1); }),
    salu("s_bitcmp0_b64", [](u64 a, u32 n) { return !(a >> (n & 63) & 1); }),
    salu("s_bitcmp1_b64", [](u64 a, u32 n) { return bool(a >> (n & 63) & 1); }),
    salu("s_cmpk_eq_i32", [](i32 a, u32 k) { return a == low16(k); }),
    salu("s_cmpk_lg_i32", [](i32 a, u32 k) { return a != low16(k); }),
    salu("s_cmpk_gt_i32", [](i32 a, u32 k) { return a > low16(k); }),
    salu("s_cmpk_ge_i32", [](i32 a, u32 k) { return a >= low16(k); }),
    salu("s_cmpk_lt_i32", [](i32 a, u32 k) { return a < low16(k); }),
    salu("s_cmpk_le_i32", [](i32 a, u32 k) { return a <= low16(k); }),
    salu("s_cmpk_eq_u32", [](u32 a, u32 k) { return a == (k & 0xffff); }),
    salu("s_cmpk_lg_u32", [](u32 a, u32 k) { return a != (k & 0xffff); }),
    salu("s_cmpk_gt_u32", [](u32 a, u32 k) { return a > (k & 0xffff); }),
    salu("s_cmpk_ge_u32", [](u32 a, u32 k) { return a >= (k & 0xffff); }),
    salu("s_cmpk_lt_u32", [](u32 a, u32 k) { return a < (k & 0xffff); }),
    salu("s_cmpk_le_u32", [](u32 a, u32 k) { return a <= (k & 0xffff); }),

    // The destination gets EXEC's old value; EXEC gets the result of source and EXEC.
    saveExec("s_and_saveexec_b64", [](u64 s, u64 e) { return s & e; }),
    saveExec("s_or_saveexec_b64", [](u64 s, u64 e) { return s | e; }),
    saveExec("s_xor_saveexec_b64", [](u64 s, u64 e) { return s ^ e; }),
    saveExec("s_andn2_saveexec_b64", [](u64 s, u64 e) { return s & ~e; }),
    saveExec("s_orn2_saveexec_b64", [](u64 s, u64 e) { return s | ~e; }),
    saveExec("s_nand_saveexec_b64", [](u64 s, u64 e) { return ~(s & e); }),
    saveExec("s_nor_saveexec_b64", [](u64 s, u64 e) { return ~(s | e); }),
    saveExec("s_xnor_saveexec_b64", [](u64 s, u64 e) { return ~(s ^ e); }),
    saveExec("s_andn1_saveexec_b64", [](u64 s, u64 e) { return ~s & e; }),
    saveExec("s_orn1_saveexec_b64", [](u64 s, u64 e) { return ~s | e; }),
    // The same, and the destination gets the new EXEC.
    writeExecToo("s_andn1_wrexec_b64", [](u64 s, u64 e) { return ~s & e; }),
    writeExecToo("s_andn2_wrexec_b64", [](u64 s, u64 e) { return s & ~e; }),
};

} // namespace

Rows saluRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
