// How undefined bits travel through scalar instructions, bit by bit, and where their use is a finding.
#include "runtime/emulator/core/Names.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/observe/Undefined.h"

#include <string_view>

namespace pa::emu {

void ShadowStep::report(const std::string &name, int lane, const char *what) const {
  Error e = findingAt(wave, inst, ErrorKind::undefinedValue, lane,
                      format("%s %s, and is undefined%s", name.c_str(), what, lane >= 0 ? " in the lane" : ""));
  e.registerName = name;
  stopWave(wave, std::move(e));
}

// Where findings are collected, the value counts as defined from here on, so that one cause is one finding.
bool ShadowStep::useScalar(unsigned reg, uint64_t bits, const char *what) const {
  if (bits == 0)
    return true;
  report(registerName(wave, Place::sgpr, reg + (uint32_t(bits) ? 0 : 1)), -1, what);
  shadow.scalar[reg] = 0;
  if (bits >> 32)
    shadow.scalar[reg + 1] = 0;
  return false;
}

bool ShadowStep::use(const Operand &o, uint64_t lanes, const char *what) const {
  for (unsigned d = 0; d < o.dwords; ++d) {
    if (o.place == Place::sgpr && !useScalar(o.reg + d, shadow.scalar[o.reg + d], what))
      return false;
    if (o.place != Place::vgpr)
      continue;
    uint64_t undefined = shadow.vector(o.reg + d).any() & lanes;
    if (undefined == 0)
      continue;
    report(registerName(wave, Place::vgpr, o.reg + d), __builtin_ctzll(undefined), what);
    shadow.put(o.reg + d, UndefinedLanes(), lanes);
    return false;
  }
  return true;
}

void ShadowStep::checkExec(uint64_t bits) {
  if (bits == 0)
    return;
  int lane = __builtin_ctzll(bits);
  report("exec", lane, "gets a bit that decides which lanes run");
}

// All bits of the result, and SCC, where any source has an undefined one.
void ShadowStep::scalar() {
  uint64_t any = plan.readsScc ? shadow.scalar[sreg::scc] : 0;
  for (const Operand &o : inst.src)
    any |= undefinedScalar(o);
  if (plan.readsOld)
    any |= undefinedScalar(inst.dst[0]);
  for (const Operand &o : inst.dst)
    putSgpr(o, any ? ~0ull : 0);
  if (plan.writesScc)
    shadow.scalar[sreg::scc] = any ? ~0u : 0;
}

// The lowest undefined bit of a source makes all bits from there on undefined.
void ShadowStep::scalarUpward() {
  uint64_t any = 0;
  for (unsigned n = 0; n < 2; ++n)
    any |= undefinedScalar(inst.src[n]);
  putSgpr(inst.dst[0], any ? ~0ull << __builtin_ctzll(any) : 0);
  if (plan.writesScc)
    shadow.scalar[sreg::scc] = any ? ~0u : 0;
}

void ShadowStep::scalarShift() {
  uint64_t count = 0;
  if (!known(inst.src[1], count))
    return scalar();
  bool left = std::string_view(inst.row->name).substr(0, 6) == "s_lshl", wide = inst.dst[0].dwords >= 2;
  uint64_t bits = undefinedScalar(inst.src[0]);
  count &= wide ? 63 : 31;
  bits = left ? bits << count : bits >> count;
  putSgpr(inst.dst[0], bits);
  shadow.scalar[sreg::scc] = (wide ? bits : uint32_t(bits)) ? ~0u : 0;
}

namespace {

struct Bits {
  uint64_t value, undefined;
};
// A defined 0 decides an AND.
Bits both(Bits a, Bits b) {
  return {a.value & b.value, (a.undefined & (b.undefined | b.value)) | (b.undefined & (a.undefined | a.value))};
}
Bits inverted(Bits a) { return {~a.value, a.undefined}; }
Bits either(Bits a, Bits b) { return inverted(both(inverted(a), inverted(b))); }
Bits unlike(Bits a, Bits b) { return {a.value ^ b.value, a.undefined | b.undefined}; }

// By the operation's name after s_: and, or, xor, not, with n in front for the result's and n1, n2 for an operand's
// complement.
Bits combined(std::string_view name, Bits a, Bits b) {
  auto is = [&](std::string_view prefix) { return name.substr(0, prefix.size()) == prefix; };
  if (is("not"))
    return inverted(a);
  if (is("nand"))
    return inverted(both(a, b));
  if (is("nor"))
    return inverted(either(a, b));
  if (is("xnor"))
    return inverted(unlike(a, b));
  if (is("andn1"))
    return both(inverted(a), b);
  if (is("andn2"))
    return both(a, inverted(b));
  if (is("orn1"))
    return either(inverted(a), b);
  if (is("orn2"))
    return either(a, inverted(b));
  if (is("and"))
    return both(a, b);
  return is("or") ? either(a, b) : unlike(a, b);
}

// Whether a value is 0 is known from a defined 1, or when all of it is defined.
bool zeroIsKnown(Bits b) { return b.undefined == 0 || (b.value & ~b.undefined) != 0; }

} // namespace

void ShadowStep::scalarBits() {
  uint64_t wide = inst.dst[0].dwords >= 2 ? ~0ull : 0xffffffffull;
  Bits in[2] = {{0, 0}, {0, 0}};
  for (unsigned n = 0; n < 2 && inst.src[n].place != Place::none; ++n)
    in[n] = {valueOf(inst.src[n]) & wide, undefinedScalar(inst.src[n]) & wide};
  Bits result = combined(std::string_view(inst.row->name).substr(2), in[0], in[1]);
  result = {result.value & wide, result.undefined & wide};
  putSgpr(inst.dst[0], result.undefined);
  shadow.scalar[sreg::scc] = zeroIsKnown(result) ? 0 : ~0u;
}

// EXEC's old value, or with wrexec its new one, goes to the destination.
void ShadowStep::saveExec() {
  Bits source = {valueOf(inst.src[0]), undefinedScalar(inst.src[0])};
  Bits fresh = combined(std::string_view(inst.row->name).substr(2), source, {wave.exec(), 0});
  checkExec(fresh.undefined);
  bool saves = std::string_view(inst.row->name).find("saveexec") != std::string_view::npos;
  putSgpr(inst.dst[0], saves ? 0 : fresh.undefined);
  shadow.scalar[sreg::scc] = zeroIsKnown(fresh) ? 0 : ~0u;
}

void ShadowStep::scalarSelect() {
  if (shadow.scalar[sreg::scc])
    return putSgpr(inst.dst[0], ~0ull);
  bool old = plan.readsOld; // s_cmov keeps the destination where SCC is 0
  const Operand &chosen = wave.scc() ? inst.src[0] : old ? inst.dst[0] : inst.src[1];
  putSgpr(inst.dst[0], undefinedScalar(chosen));
}

void ShadowStep::scalarStep() {
  switch (plan.rule) {
  case Rule::scalarUpward:
    return scalarUpward();
  case Rule::scalarShift:
    return scalarShift();
  case Rule::scalarBits:
    return scalarBits();
  case Rule::scalarMove:
    return putSgpr(inst.dst[0], undefinedScalar(inst.src[0]));
  case Rule::scalarSelect:
    return scalarSelect();
  case Rule::saveExec:
    return saveExec();
  case Rule::index:
    (void)use(inst.src[0], 0, "chooses a register");
    shadow.scalar[sreg::m0] = 0;
    return;
  case Rule::branchScc:
    (void)useScalar(sreg::scc, shadow.scalar[sreg::scc] ? 1 : 0, "decides a branch");
    return;
  case Rule::branchVcc: {
    uint64_t undefined = shadow.scalar64(sreg::vcc);
    if (!zeroIsKnown({wave.s64(sreg::vcc), undefined}))
      (void)useScalar(sreg::vcc, undefined, "decides a branch");
    return;
  }
  case Rule::jump:
    (void)use(inst.src[0], 0, "is an address of code");
    putSgpr(inst.dst[0], 0);
    return;
  default:
    return scalar();
  }
}

} // namespace pa::emu
