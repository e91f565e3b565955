// How undefined bits travel through vector instructions, lane by lane.
#include "runtime/emulator/observe/Undefined.h"

namespace pa::emu {
namespace {

bool is16Bit(Type t) { return t == Type::b16 || t == Type::f16; }

// The bytes that an SDWA selector takes: first and number.
struct Field {
  unsigned first, count;
};
Field fieldOf(Sel sel) {
  if (sel <= Sel::byte3)
    return {unsigned(sel), 1};
  return sel == Sel::dword ? Field{0, 4} : Field{sel == Sel::word1 ? 2u : 0u, 2};
}

// A mask of source lanes, by the lanes that DPP takes them to; inactive ones are not sources.
uint64_t routed(const Wave &w, const Inst &i, uint64_t lanes) {
  uint64_t out = 0, from = lanes & w.exec();
  for (unsigned l = 0; l < 64; ++l)
    out |= (i.dppSourced >> l & from >> i.dppLanes[l] & 1) << l;
  return out;
}

} // namespace

uint64_t ShadowStep::undefinedScalar(const Operand &o) const {
  if (o.place != Place::sgpr)
    return 0;
  return o.dwords >= 2 ? shadow.scalar64(o.reg) : shadow.scalar[o.reg];
}

UndefinedLanes ShadowStep::source(unsigned n, unsigned dword) const {
  const Operand &o = inst.src[n];
  UndefinedLanes u;
  if (o.place == Place::vgpr) {
    u = shadow.vector(o.reg + dword);
  } else if (o.place == Place::sgpr) {
    uint32_t bits = shadow.scalar[o.reg + dword];
    for (unsigned b = 0; b < 4; ++b)
      u.byte[b] = bits >> (8 * b) & 0xff ? ~0ull : 0;
  }
  if (!inst.slow || n > 1 || u.any() == 0)
    return u;
  if (inst.dppLanes && n == 0)
    for (uint64_t &lanes : u.byte)
      lanes = routed(wave, inst, lanes);
  Field f = fieldOf(inst.srcSel[n]);
  if (f.count == 4)
    return u;
  UndefinedLanes selected;
  for (unsigned b = 0; b < 4; ++b)
    if (b < f.count)
      selected.byte[b] = u.byte[f.first + b];
    else if (o.mods & mod::sext)
      selected.byte[b] = u.byte[f.first + f.count - 1];
  return selected;
}

// The bytes of a source that an instruction looks at.
unsigned ShadowStep::bytesOf(unsigned n) const {
  if (!is16Bit(inst.src[n].type))
    return plan.sourceBytes;
  return inst.opSel >> n & 1 ? 12 : 3;
}

uint64_t ShadowStep::lanesUndefined() const {
  uint64_t lanes = 0;
  for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n) {
    const Operand &o = inst.src[n];
    if (o.type == Type::mask)
      lanes |= undefinedScalar(o);
    else
      for (unsigned d = 0; d < std::max<unsigned>(1, o.dwords); ++d)
        lanes |= source(n, d).any(bytesOf(n));
  }
  if (plan.readsOld && inst.dst[0].place == Place::vgpr)
    for (unsigned d = 0; d < inst.dst[0].dwords; ++d)
      lanes |= shadow.vector(inst.dst[0].reg + d).any(is16Bit(inst.dst[0].type) ? 3 : 15);
  if (inst.row->flags & flag::readsVcc)
    lanes |= shadow.scalar64(sreg::vcc);
  return lanes;
}

uint64_t ShadowStep::writtenLanes() const {
  uint64_t exec = wave.exec();
  if (!inst.dppLanes)
    return exec;
  return exec & inst.dppWritten & (inst.has(Modifier::boundCtrl) ? ~0ull : routed(wave, inst, ~0ull));
}

void ShadowStep::putResult(const UndefinedLanes &value, unsigned dword) {
  unsigned reg = inst.dst[0].reg + dword;
  if (inst.dstSel == Sel::dword)
    return shadow.put(reg, value, writtenLanes());
  Field f = fieldOf(inst.dstSel);
  UndefinedLanes out = inst.dstUnused == Unused::preserve ? shadow.vector(reg) : UndefinedLanes();
  for (unsigned b = 0; b < 4; ++b)
    if (b >= f.first && b < f.first + f.count)
      out.byte[b] = value.byte[b - f.first];
    else if (inst.dstUnused == Unused::sext && b >= f.first)
      out.byte[b] = value.byte[f.count - 1];
  shadow.put(reg, out, writtenLanes());
}

void ShadowStep::putSgpr(const Operand &o, uint64_t bits) {
  if (o.place != Place::sgpr)
    return;
  if (o.reg == sreg::exec || o.reg == sreg::exec + 1)
    return checkExec(bits);
  if (o.dwords >= 2)
    shadow.putScalar64(o.reg, bits);
  else
    shadow.scalar[o.reg] = uint32_t(bits);
}

void ShadowStep::putMask(const Operand &o, uint64_t lanes) {
  lanes &= writtenLanes();
  putSgpr(o, lanes);
  if (inst.row->flags & flag::writesExec)
    checkExec(lanes);
}

void ShadowStep::lanewise() {
  uint64_t lanes = lanesUndefined();
  const Operand &dst = inst.dst[0];
  UndefinedLanes value = UndefinedLanes::all(lanes);
  if (is16Bit(dst.type) && inst.dstSel == Sel::dword) {
    bool high = inst.opSel >> (inst.row->operandCount - 1) & 1;
    bool keeps = high || (inst.row->flags & flag::keepHigh);
    UndefinedLanes old = keeps ? shadow.vector(dst.reg) : UndefinedLanes();
    for (unsigned b = 0; b < 4; ++b)
      if ((b >= 2) != high)
        value.byte[b] = old.byte[b];
  }
  for (unsigned d = 0; d < dst.dwords; ++d)
    putResult(value, d);
  if (inst.dst[1].place == Place::sgpr)
    putMask(inst.dst[1], lanes);
}

void ShadowStep::bytewise() {
  for (unsigned d = 0; d < inst.dst[0].dwords; ++d) {
    UndefinedLanes value;
    for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n)
      value |= source(n, d);
    putResult(value, d);
  }
}

void ShadowStep::upward() {
  uint64_t lanes = plan.countSource < 5 ? source(plan.countSource).any() : 0;
  for (unsigned d = 0; d < inst.dst[0].dwords; ++d) {
    UndefinedLanes value;
    for (unsigned b = 0; b < 4; ++b) {
      for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n)
        if (n != plan.countSource && d < std::max<unsigned>(1, inst.src[n].dwords))
          lanes |= source(n, d).any(bytesOf(n) & 1u << b);
      value.byte[b] = lanes;
    }
    putResult(value, d);
  }
  if (inst.dst[1].place == Place::sgpr)
    putMask(inst.dst[1], lanes);
}

uint32_t ShadowStep::laneValue(unsigned n, unsigned lane) const {
  const Operand &o = inst.src[n];
  if (o.place == Place::vgpr)
    return wave.v[o.reg][lane];
  return o.place == Place::sgpr ? wave.s[o.reg] : uint32_t(o.value);
}

// A byte that is 0 and defined on one side of an AND, or all ones of an OR, decides whatever the other side holds.
void ShadowStep::andOr() {
  bool isAnd = inst.row->name[2] == 'a'; // v_and_..., v_or_...
  UndefinedLanes side[2] = {source(0), source(1)}, value;
  for (unsigned b = 0; b < 4; ++b)
    for (uint64_t left = side[0].byte[b] | side[1].byte[b]; left; left &= left - 1) {
      unsigned l = unsigned(__builtin_ctzll(left));
      bool decided = false;
      for (unsigned n = 0; n < 2 && !inst.slow; ++n)
        decided |= !(side[n].byte[b] >> l & 1) && (laneValue(n, l) >> (8 * b) & 0xff) == (isAnd ? 0 : 0xff);
      value.byte[b] |= uint64_t(!decided) << l;
    }
  if (inst.src[2].place != Place::none)
    value |= source(2);
  putResult(value);
}

void ShadowStep::select() {
  const Operand &condition = inst.src[2];
  bool implicit = condition.place == Place::none;
  uint64_t unknown = implicit ? shadow.scalar64(sreg::vcc) : undefinedScalar(condition);
  uint64_t second = implicit ? wave.s64(sreg::vcc) : valueOf(condition);
  UndefinedLanes a = source(0), b = source(1), value;
  for (unsigned n = 0; n < 4; ++n)
    value.byte[n] = unknown | (b.byte[n] & second) | (a.byte[n] & ~second);
  putResult(value);
}

uint64_t ShadowStep::valueOf(const Operand &o) const {
  if (o.place == Place::constant)
    return o.value;
  return o.dwords >= 2 ? wave.s64(o.reg) : wave.s[o.reg];
}

bool ShadowStep::known(const Operand &o, uint64_t &value) const {
  if (o.place == Place::vgpr || undefinedScalar(o))
    return false;
  value = valueOf(o);
  return true;
}

namespace {

// Byte b of x shifted by n bits: bytes of x that it comes from, beyond the ends sign or none.
uint64_t fromBits(const UndefinedLanes &x, int firstBit, bool extendsSign) {
  uint64_t lanes = 0;
  for (int bit : {firstBit, firstBit + 7}) {
    int byte = bit >> 3;
    if (byte >= 0 && byte < 4)
      lanes |= x.byte[byte];
    else if (byte >= 4 && extendsSign)
      lanes |= x.byte[3];
  }
  return lanes;
}

} // namespace

void ShadowStep::shift() {
  uint64_t count = 0;
  bool shiftOr = plan.rule == Rule::shiftOr;
  unsigned number = shiftOr ? 1 : 0, shifted = shiftOr ? 0 : 1;
  if (!known(inst.src[number], count))
    return lanewise();
  std::string_view name = inst.row->name;
  bool left = name.substr(0, 6) == "v_lshl", sign = name.substr(0, 3) == "v_a";
  int by = int(count & 31);
  UndefinedLanes x = source(shifted), value;
  for (int b = 0; b < 4; ++b)
    value.byte[b] = fromBits(x, 8 * b + (left ? -by : by), sign);
  if (shiftOr)
    value |= source(2);
  putResult(value);
}

void ShadowStep::field() {
  uint64_t offset = 0, width = 0;
  if (!known(inst.src[1], offset) || !known(inst.src[2], width))
    return lanewise();
  UndefinedLanes x = source(0);
  uint64_t lanes = 0;
  unsigned first = offset & 31, count = width & 31;
  for (unsigned bit = first; bit < first + count && bit < 32; ++bit)
    lanes |= x.byte[bit / 8];
  putResult(UndefinedLanes::all(lanes));
}

void ShadowStep::bytePermute() {
  uint64_t selectors = 0;
  if (!known(inst.src[2], selectors))
    return lanewise();
  UndefinedLanes high = source(0), low = source(1), value;
  auto byteOf = [&](unsigned n) { return n < 4 ? low.byte[n] : high.byte[n - 4]; };
  for (unsigned b = 0; b < 4; ++b) {
    unsigned s = selectors >> (8 * b) & 0xff;
    // 8 to 11 replicate the sign of a half, above that are constants.
    value.byte[b] = s < 8 ? byteOf(s) : s < 12 ? byteOf(2 * (s - 8) + 1) : 0;
  }
  putResult(value);
}

void ShadowStep::halves() {
  UndefinedLanes value;
  for (unsigned n = 0; n < 2; ++n)
    value.byte[2 * n] = value.byte[2 * n + 1] = source(n).any(bytesOf(n));
  putResult(value);
}

void ShadowStep::packed() {
  UndefinedLanes value;
  for (unsigned half = 0; half < 2; ++half) {
    uint64_t lanes = 0;
    for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n)
      lanes |= source(n).any((half ? inst.opSelHi : inst.opSel) >> n & 1 ? 12 : 3);
    if (plan.readsOld)
      lanes |= shadow.vector(inst.dst[0].reg).any(half ? 12 : 3);
    value.byte[2 * half] = value.byte[2 * half + 1] = lanes;
  }
  putResult(value);
}

void ShadowStep::packedDwords() {
  UndefinedLanes value[2];
  for (unsigned half = 0; half < 2; ++half) {
    uint64_t lanes = 0;
    for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n)
      lanes |= source(n, (half ? inst.opSelHi : inst.opSel) >> n & 1).any();
    value[half] = UndefinedLanes::all(lanes);
  }
  for (unsigned half = 0; half < 2; ++half)
    putResult(value[half], half);
}

void ShadowStep::compare() { putMask(inst.dst[0], lanesUndefined()); }

void ShadowStep::vectorStep() {
  switch (plan.rule) {
  case Rule::lanewise:
    return lanewise();
  case Rule::bytewise:
    return bytewise();
  case Rule::andOr:
    return andOr();
  case Rule::upward:
    return upward();
  case Rule::select:
    return select();
  case Rule::shift:
  case Rule::shiftOr:
    return shift();
  case Rule::field:
    return field();
  case Rule::bytePermute:
    return bytePermute();
  case Rule::halves:
    return halves();
  case Rule::packed:
    return packed();
  case Rule::packedDwords:
    return packedDwords();
  case Rule::compare:
    return compare();
  case Rule::matrix:
    return matrix();
  default:
    return crossLanes();
  }
}

void ShadowStep::run() {
  if (plan.rule == Rule::none)
    return;
  if (plan.rule < Rule::scalar)
    vectorStep();
  else
    scalarStep();
}

} // namespace pa::emu
