#include "runtime/emulator/observe/Rules.h"

#include <string_view>

namespace pa::emu {
namespace {

struct NamedRule {
  std::string_view name;
  Rule rule;
};
constexpr NamedRule vectorRules[] = {
    {"v_mov_b32", Rule::bytewise},
    {"v_mov_b64", Rule::bytewise},
    {"v_accvgpr_read_b32", Rule::bytewise},
    {"v_accvgpr_write_b32", Rule::bytewise},
    {"v_accvgpr_mov_b32", Rule::bytewise},
    {"v_not_b32", Rule::bytewise},
    {"v_xor_b32", Rule::bytewise},
    {"v_xnor_b32", Rule::bytewise},
    {"v_bfi_b32", Rule::bytewise},
    {"v_or3_b32", Rule::bytewise},
    {"v_bitop3_b32", Rule::bytewise},
    {"v_and_b32", Rule::andOr},
    {"v_or_b32", Rule::andOr},
    {"v_and_or_b32", Rule::andOr},
    {"v_add_u32", Rule::upward},
    {"v_sub_u32", Rule::upward},
    {"v_subrev_u32", Rule::upward},
    {"v_add_co_u32", Rule::upward},
    {"v_sub_co_u32", Rule::upward},
    {"v_subrev_co_u32", Rule::upward},
    {"v_add3_u32", Rule::upward},
    {"v_lshl_add_u32", Rule::upward},
    {"v_add_lshl_u32", Rule::upward},
    {"v_lshl_add_u64", Rule::upward},
    {"v_lshlrev_b64", Rule::upward},
    {"v_mul_lo_u32", Rule::upward},
    {"v_mul_u32_u24", Rule::upward},
    {"v_mad_u32_u24", Rule::upward},
    {"v_mad_u64_u32", Rule::upward},
    {"v_mad_i64_i32", Rule::upward},
    {"v_cndmask_b32", Rule::select},
    {"v_lshlrev_b32", Rule::shift},
    {"v_lshrrev_b32", Rule::shift},
    {"v_ashrrev_i32", Rule::shift},
    {"v_lshl_or_b32", Rule::shiftOr},
    {"v_bfe_u32", Rule::field},
    {"v_bfe_i32", Rule::field},
    {"v_perm_b32", Rule::bytePermute},
    {"v_pack_b32_f16", Rule::halves},
    {"v_cvt_pk_bf16_f32", Rule::halves},
    {"v_cvt_pk_f16_f32", Rule::halves},
    {"v_cvt_pkrtz_f16_f32", Rule::halves},
    {"v_cvt_pk_u16_u32", Rule::halves},
    {"v_cvt_pk_i16_i32", Rule::halves},
    {"v_cvt_pknorm_i16_f32", Rule::halves},
    {"v_cvt_pknorm_u16_f32", Rule::halves},
    {"v_pk_add_f32", Rule::packedDwords},
    {"v_pk_mul_f32", Rule::packedDwords},
    {"v_pk_fma_f32", Rule::packedDwords},
    {"v_pk_mov_b32", Rule::packedDwords},
    {"v_readlane_b32", Rule::readLane},
    {"v_readfirstlane_b32", Rule::readFirstLane},
    {"v_writelane_b32", Rule::writeLane},
    {"v_swap_b32", Rule::swap},
    {"v_permlane16_swap_b32", Rule::swap16},
    {"v_permlane32_swap_b32", Rule::swap32},
    {"ds_bpermute_b32", Rule::pull},
    {"ds_permute_b32", Rule::push},
    {"ds_swizzle_b32", Rule::swizzle},
};
constexpr NamedRule scalarRules[] = {
    {"s_mov_b32", Rule::scalarMove},       {"s_mov_b64", Rule::scalarMove},      {"s_cselect_b32", Rule::scalarSelect},
    {"s_cselect_b64", Rule::scalarSelect}, {"s_cmov_b32", Rule::scalarSelect},   {"s_cmov_b64", Rule::scalarSelect},
    {"s_cmovk_i32", Rule::scalarSelect},   {"s_cbranch_scc0", Rule::branchScc},  {"s_cbranch_scc1", Rule::branchScc},
    {"s_cbranch_vccz", Rule::branchVcc},   {"s_cbranch_vccnz", Rule::branchVcc}, {"s_setpc_b64", Rule::jump},
    {"s_add_u32", Rule::scalarUpward},     {"s_add_i32", Rule::scalarUpward},    {"s_sub_u32", Rule::scalarUpward},
    {"s_sub_i32", Rule::scalarUpward},     {"s_mul_i32", Rule::scalarUpward},    {"s_lshl_b32", Rule::scalarShift},
    {"s_lshl_b64", Rule::scalarShift},     {"s_lshr_b32", Rule::scalarShift},    {"s_lshr_b64", Rule::scalarShift},
    {"s_swappc_b64", Rule::jump},          {"s_getpc_b64", Rule::scalar},        {"s_call_b64", Rule::scalar},
};
struct CountSource {
  std::string_view name;
  uint8_t source;
};
constexpr CountSource countSources[] = {
    {"v_lshl_add_u32", 1}, {"v_lshl_add_u64", 1}, {"v_add_lshl_u32", 2}, {"v_lshlrev_b64", 0}};
constexpr std::string_view bitOperations[] = {"s_and_b",  "s_or_b",  "s_xor_b",  "s_andn2_b", "s_orn2_b",
                                              "s_nand_b", "s_nor_b", "s_xnor_b", "s_not_b"};
// The scalar instructions that leave SCC alone; all others write it.
constexpr std::string_view keepScc[] = {"s_mov",     "s_cmov",  "s_cselect",      "s_mul",    "s_pack",
                                        "s_sext",    "s_brev",  "s_ff0",          "s_ff1",    "s_flbit",
                                        "s_bitset",  "s_bfm",   "s_bitreplicate", "s_getreg", "s_setreg",
                                        "s_set_gpr", "s_getpc", "s_movrel",       "s_nop",    "s_sleep"};
constexpr std::string_view readOld[] = {"v_fmac",    "v_mac_", "v_dot2c", "v_dot4c", "v_dot8c",
                                        "v_pk_fmac", "s_cmov", "s_addk",  "s_mulk",  "s_bitset"};

template <size_t N> bool beginsWithAny(std::string_view name, const std::string_view (&prefixes)[N]) {
  for (std::string_view p : prefixes)
    if (name.substr(0, p.size()) == p)
      return true;
  return false;
}
template <size_t N> Rule lookUp(std::string_view name, const NamedRule (&rules)[N], Rule otherwise) {
  for (const NamedRule &r : rules)
    if (r.name == name)
      return r.rule;
  return otherwise;
}
bool contains(std::string_view name, std::string_view part) { return name.find(part) != name.npos; }

Rule vectorRule(const Inst &i, std::string_view name) {
  if (i.row->kind == Kind::mfma)
    return Rule::matrix;
  Rule known = lookUp(name, vectorRules, Rule::lanewise);
  if (known != Rule::lanewise)
    return known;
  if (i.dst[0].type == Type::mask)
    return Rule::compare;
  Type type = i.dst[0].type;
  return type == Type::pk16 || type == Type::pkf16 ? Rule::packed : Rule::lanewise;
}

Rule scalarRule(const Inst &i, std::string_view name) {
  if (contains(name, "saveexec") || contains(name, "wrexec"))
    return Rule::saveExec;
  if (name.substr(0, 13) == "s_set_gpr_idx")
    return Rule::index;
  if (beginsWithAny(name, bitOperations))
    return Rule::scalarBits;
  return lookUp(name, scalarRules, i.row->kind == Kind::salu ? Rule::scalar : Rule::none);
}

void planMemory(const Inst &i, std::string_view name, Plan &p) {
  const Row &row = *i.row;
  bool loads = row.flags & flag::load, buffer = contains(name, "buffer_");
  unsigned sources = 0;
  while (sources < 5 && i.src[sources].place != Place::none)
    ++sources;
  p.rule = Rule::memory;
  p.toLds = row.kind == Kind::vmem && (row.flags & flag::readsM0);
  p.twoAddress = contains(name, "read2") || contains(name, "write2") || contains(name, "xchg2");
  p.half = contains(name, "d16");
  p.highHalf = contains(name, "d16_hi");
  p.extendsSign =
      contains(name, "sbyte") || contains(name, "sshort") || contains(name, "_i8") || contains(name, "_i16");
  p.transposes = contains(name, "_tr_");
  p.addresses = uint8_t((1u << sources) - 1);
  // Scalar atomics that return take their data from the destination.
  if (loads || (row.kind == Kind::smem && (row.flags & flag::readsResults)))
    return;
  bool dataFirst = row.kind == Kind::smem || (row.kind == Kind::vmem && buffer) || contains(name, "addtid");
  for (unsigned n = dataFirst ? 0 : 1, d = 0; n < sources && d < 2; ++n) {
    Type t = i.src[n].type;
    bool address = t == Type::vaddr || t == Type::saddr || t == Type::scratchV || t == Type::scratchS;
    if (address || (dataFirst && n != 0))
      continue;
    p.dataSource[d++] = uint8_t(n);
    p.addresses &= uint8_t(~(1u << n));
  }
}

void addRange(Plan &p, const Operand &o) {
  if (o.place == Place::vgpr)
    p.vectors[p.vectorCount++] = {o.reg, o.dwords};
  if (o.place == Place::sgpr && o.reg < sreg::count)
    p.scalars[p.scalarCount++] = {o.reg, o.dwords};
}

Plan planOf(const Inst &i) {
  Plan p;
  std::string_view name = i.row->name;
  switch (i.row->kind) {
  case Kind::valu:
  case Kind::transcendental:
  case Kind::mfma:
    p.rule = vectorRule(i, name);
    break;
  case Kind::salu:
  case Kind::branch:
    p.rule = scalarRule(i, name);
    p.writesScc = i.row->kind == Kind::salu && !beginsWithAny(name, keepScc);
    p.readsScc = p.rule == Rule::scalarSelect || p.rule == Rule::branchScc || contains(name, "s_addc") ||
                 contains(name, "s_subb");
    break;
  case Kind::lds:
    p.rule = lookUp(name, vectorRules, Rule::none);
    [[fallthrough]];
  case Kind::smem:
  case Kind::vmem:
    if (p.rule == Rule::none && i.row->bytes)
      planMemory(i, name, p);
    // Without addresses, e.g. the clock: its result is defined.
    if (p.rule == Rule::none && i.dst[0].place == Place::sgpr)
      p.rule = Rule::scalar;
    break;
  default:
    break;
  }
  for (const CountSource &c : countSources)
    if (c.name == name)
      p.countSource = c.source;
  p.readsOld = beginsWithAny(name, readOld);
  if (contains(name, "24"))
    p.sourceBytes = 7;
  if (size_t at = name.find("f32_ubyte"); at != name.npos)
    p.sourceBytes = uint8_t(1u << (name[at + 9] - '0'));
  for (const Operand &o : i.dst)
    addRange(p, o);
  for (const Operand &o : i.src)
    addRange(p, o);
  if (p.writesScc || p.readsScc)
    p.scalars[p.scalarCount++] = {sreg::scc, 1};
  if (i.row->flags & flag::readsVcc)
    p.scalars[p.scalarCount++] = {sreg::vcc, 2};
  if ((i.row->flags & flag::readsM0) || p.rule == Rule::index)
    p.scalars[p.scalarCount++] = {sreg::m0, 1};
  return p;
}

} // namespace

std::vector<Plan> plansOf(const Program &program) {
  std::vector<Plan> plans;
  for (const Inst &i : program.instructions)
    plans.push_back(planOf(i));
  return plans;
}

} // namespace pa::emu
