#include "runtime/emulator/decode/Binding.h"

#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/core/State.h"
#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/Tables.h"

#include <cmath>
#include <cstring>

namespace pa::emu {

void runWithConditions(Wave &wave, const Inst &inst); // core/HostState.cpp

namespace {

using Form = ParsedOperand::Form;

bool isRegister(const ParsedOperand &o) { return o.form == Form::vgpr || o.form == Form::agpr || o.form == Form::sgpr; }

// --- Constants -----------------------------------------------------------------------------------------------------

struct InlineFloat {
  double value;
  uint16_t f16;
};
constexpr InlineFloat inlineFloats[] = {{0.5, 0x3800}, {1, 0x3c00}, {2, 0x4000}, {4, 0x4400}};
// 1/(2 pi), printed as 0.15915494 or 0.15915494309189532.
constexpr uint16_t inverseTwoPi16 = 0x3118;
constexpr uint32_t inverseTwoPi32 = 0x3e22f983;
constexpr uint64_t inverseTwoPi64 = 0x3fc45f306dc9c882;

bool is16Bit(Type t) { return t == Type::f16 || t == Type::b16 || t == Type::pkf16 || t == Type::pk16; }
bool is64Bit(Type t) { return t == Type::f64 || t == Type::b64 || t == Type::mask; }

bool floatBits(double value, Type type, uint64_t &bits) {
  double magnitude = std::fabs(value);
  bool negative = value < 0, inverse = std::fabs(magnitude - 0.15915494) < 1e-8;
  if (is64Bit(type)) {
    std::memcpy(&bits, &magnitude, 8);
    bits = inverse ? inverseTwoPi64 : bits;
    bits |= uint64_t(negative) << 63;
    return true;
  }
  if (is16Bit(type)) {
    bits = inverse ? inverseTwoPi16 : 0;
    for (const InlineFloat &f : inlineFloats)
      if (f.value == magnitude)
        bits = f.f16;
    bits |= negative ? 0x8000 : 0;
    return bits != 0;
  }
  float single = float(magnitude);
  uint32_t word;
  std::memcpy(&word, &single, 4);
  bits = (inverse ? inverseTwoPi32 : word) | (negative ? 0x80000000u : 0);
  return true;
}

// An integer's name is its bits: sign-extended to 64 bits where the operand has them. A literal has 32 bits: the upper
// half of an f64, zero-extended for integers.
uint64_t integerBits(const ParsedOperand &o, Type type) {
  if (type == Type::imm)
    return uint64_t(o.integer);
  if (!is64Bit(type))
    return uint32_t(o.integer);
  if (o.form == Form::integer)
    return uint64_t(o.integer);
  return type == Type::f64 ? uint64_t(uint32_t(o.integer)) << 32 : uint64_t(o.integer);
}

// --- Operands ------------------------------------------------------------------------------------------------------

// Operands that may be `off`, and never a constant.
bool isAddress(Type t) { return t == Type::vaddr || t == Type::saddr || t == Type::scratchV || t == Type::scratchS; }

bool widthFits(const ParsedOperand &o, Type type) {
  if (type == Type::vaddr)
    return o.form != Form::sgpr && (o.count == 1 || o.count == 2);
  if (type == Type::scratchV)
    return o.form != Form::sgpr && o.count == 1;
  if (type == Type::scratchS)
    return o.form == Form::sgpr && o.count == 1;
  if (type == Type::saddr)
    return o.form == Form::sgpr && o.count == 2;
  return o.count == dwordsOf(type);
}

bool modsFit(const ParsedOperand &o, Type type) {
  bool floating = type == Type::f16 || type == Type::f32 || type == Type::f64;
  bool integer = type == Type::b16 || type == Type::b32;
  return (!(o.mods & (mod::neg | mod::abs)) || floating) && (!(o.mods & mod::sext) || integer);
}

bool bindOperand(const ParsedOperand &o, const OperandSpec &spec, const BindContext &context, Operand &out) {
  out.type = spec.type;
  out.mods = o.mods;
  out.dwords = uint8_t(dwordsOf(spec.type));
  if (!modsFit(o, spec.type))
    return false;
  if (o.form == Form::off) {
    out.place = Place::off;
    out.dwords = 0;
    return isAddress(spec.type);
  }
  if (isRegister(o)) {
    if (!widthFits(o, spec.type))
      return false;
    out.place = o.form == Form::sgpr ? Place::sgpr : Place::vgpr;
    out.reg = uint16_t(o.reg + (o.form == Form::agpr ? context.accumOffset : 0));
    out.dwords = uint8_t(o.count);
    return true;
  }
  if (spec.role == Role::dst || isAddress(spec.type))
    return false;
  out.place = Place::constant;
  if (o.form == Form::floating)
    return floatBits(o.floating, spec.type, out.value);
  out.value = integerBits(o, spec.type);
  return true;
}

bool operandsFit(const ParsedText &parsed, const Row &row, const BindContext &context, Inst &inst) {
  if (parsed.operands.size() != row.operandCount)
    return false;
  unsigned dst = 0, src = 0;
  for (unsigned n = 0; n < row.operandCount; ++n) {
    bool isDst = row.operands[n].role == Role::dst;
    Operand &out = isDst ? inst.dst[dst++] : inst.src[src++];
    out = {};
    if (!bindOperand(parsed.operands[n], row.operands[n], context, out))
      return false;
  }
  return true;
}

// --- Modifiers -----------------------------------------------------------------------------------------------------

constexpr uint8_t noLane = 255;

uint8_t dppSource(Dpp control, unsigned value, const unsigned *quad, unsigned lane) {
  unsigned row = lane & ~15u, in = lane & 15;
  switch (control) {
  case Dpp::none:
    return uint8_t(lane);
  case Dpp::quadPerm:
    return uint8_t((lane & ~3u) | quad[lane & 3]);
  case Dpp::rowShl:
    return in + value < 16 ? uint8_t(lane + value) : noLane;
  case Dpp::rowShr:
    return in >= value ? uint8_t(lane - value) : noLane;
  case Dpp::rowRor:
    return uint8_t(row | ((in - value) & 15));
  case Dpp::waveShl:
    return lane < 63 ? uint8_t(lane + 1) : noLane;
  case Dpp::waveRol:
    return uint8_t((lane + 1) & 63);
  case Dpp::waveShr:
    return lane > 0 ? uint8_t(lane - 1) : noLane;
  case Dpp::waveRor:
    return uint8_t((lane - 1) & 63);
  case Dpp::rowMirror:
    return uint8_t(row | (15 - in));
  case Dpp::rowHalfMirror:
    return uint8_t((lane & ~7u) | (7 - (lane & 7)));
  case Dpp::rowBcast15:
    return row ? uint8_t(row - 1) : noLane;
  case Dpp::rowBcast31:
    return lane >= 32 ? 31 : noLane;
  case Dpp::rowNewbcast:
    return uint8_t(row | (value & 15));
  }
  return noLane;
}

const uint8_t *dppTable(const ParsedText &parsed, const BindContext &context, Inst &inst) {
  std::array<uint8_t, 64> table;
  inst.dppSourced = inst.dppWritten = 0;
  for (unsigned l = 0; l < 64; ++l) {
    uint8_t from = dppSource(parsed.modifiers.dpp, parsed.dppValue, parsed.quad, l);
    table[l] = from == noLane ? 0 : from;
    inst.dppSourced |= uint64_t(from != noLane) << l;
    inst.dppWritten |= uint64_t(inst.rowMask >> (l / 16) & inst.bankMask >> (l / 4 % 4) & 1) << l;
  }
  for (const std::array<uint8_t, 64> &known : *context.dppTables)
    if (known == table)
      return known.data();
  context.dppTables->push_back(table);
  return context.dppTables->back().data();
}

void takeModifiers(const ParsedText &parsed, const BindContext &context, const Row &row, Inst &inst) {
  const Inst &m = parsed.modifiers;
  inst.present = m.present;
  inst.offset = m.offset;
  inst.offset1 = m.offset1;
  inst.opSel = m.opSel;
  inst.opSelHi = inst.has(Modifier::opSelHi) ? m.opSelHi : row.defaultOpSelHi;
  inst.negLo = m.negLo;
  inst.negHi = m.negHi;
  inst.vmcnt = m.vmcnt;
  inst.lgkmcnt = m.lgkmcnt;
  inst.omod = m.omod;
  inst.dpp = m.dpp;
  inst.rowMask = m.rowMask;
  inst.bankMask = m.bankMask;
  inst.dstSel = m.dstSel;
  inst.dstUnused = m.dstUnused;
  inst.srcSel[0] = m.srcSel[0];
  inst.srcSel[1] = m.srcSel[1];
  inst.cbsz = m.cbsz;
  inst.abid = m.abid;
  inst.blgp = m.blgp;
  inst.bitop3 = m.bitop3;
  if (m.present & mods::dpp)
    inst.dppLanes = dppTable(parsed, context, inst);
  inst.slow = inst.dppLanes || (m.present & (mods::sdwa | mods::clamp | mods::omod));
}

// src_vccz and src_execz are made up when they are read.
bool readsConditions(const Inst &inst) {
  for (const Operand &o : inst.src)
    if (o.place == Place::sgpr && (o.reg == sreg::vccz || o.reg == sreg::execz))
      return true;
  return false;
}

} // namespace

std::string bind(const ParsedText &parsed, const BindContext &context, Inst &inst) {
  const std::vector<const Row *> &rows = rowsOf(context.chip, parsed.mnemonic);
  if (rows.empty())
    return "unknown instruction";
  uint64_t unknown = 0;
  for (const Row *row : rows) {
    if (!operandsFit(parsed, *row, context, inst))
      continue;
    unknown = parsed.modifiers.present & ~row->modifiers;
    if (unknown)
      continue;
    inst.row = row;
    StateHandler inState = handlerOfState(row->flags);
    inst.run = inState ? inState : row->run;
    takeModifiers(parsed, context, *row, inst);
    if (const char *wrong = row->check ? row->check(inst) : nullptr)
      return wrong;
    if (readsConditions(inst))
      inst.run = runWithConditions;
    return "";
  }
  return unknown ? "unknown modifier" : "unknown operand form";
}

bool registersInRange(const Inst &inst, unsigned vgprs) {
  auto inRange = [&](const Operand &o) { return o.place != Place::vgpr || unsigned(o.reg) + o.dwords <= vgprs; };
  for (const Operand &o : inst.dst)
    if (!inRange(o))
      return false;
  for (const Operand &o : inst.src)
    if (!inRange(o))
      return false;
  return true;
}

} // namespace pa::emu
