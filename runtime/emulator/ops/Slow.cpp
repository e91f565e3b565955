// The rarer parts of a VALU instruction: DPP and SDWA sources, omod and clamp, SDWA destinations, DPP's write mask.
#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

struct Field {
  unsigned shift;
  uint32_t mask;
};

Field fieldOf(Sel sel) {
  switch (sel) {
  case Sel::byte0:
  case Sel::byte1:
  case Sel::byte2:
  case Sel::byte3:
    return {8 * (unsigned(sel) - unsigned(Sel::byte0)), 0xff};
  case Sel::word0:
    return {0, 0xffff};
  case Sel::word1:
    return {16, 0xffff};
  case Sel::dword:
    break;
  }
  return {0, ~0u};
}

void selectSource(Sel sel, bool sext, const uint32_t *row, uint32_t *out) {
  Field f = fieldOf(sel);
  unsigned up = __builtin_clz(f.mask);
  for (unsigned l = 0; l < lanes; ++l) {
    uint32_t x = (row[l] >> f.shift) & f.mask;
    out[l] = sext ? uint32_t(int32_t(x << up) >> up) : x;
  }
}

// Lanes whose source exists and is active.
uint64_t sourced(const Wave &w, const Inst &i) {
  uint64_t exec = w.exec();
  if (exec == ~0ull)
    return i.dppSourced;
  uint64_t active = 0;
  for (unsigned l = 0; l < lanes; ++l)
    active |= (exec >> i.dppLanes[l] & 1) << l;
  return active & i.dppSourced;
}

void permute(const Wave &w, const Inst &i, const uint32_t *row, uint32_t *out) {
  alignas(64) LaneRow source, valid;
  std::memcpy(source, row, sizeof source);
  expand(sourced(w, i), valid);
  for (unsigned l = 0; l < lanes; ++l)
    out[l] = source[i.dppLanes[l]];
  for (unsigned l = 0; l < lanes; ++l)
    out[l] &= valid[l];
}

// omod has no effect in IEEE mode, nor where results keep denormals; else denormals and -0 become +0 (ISA manuals,
// "VALU output operands").
uint8_t effectiveOmod(const Wave &w, const Inst &i, Type type) {
  bool keepsDenormals = type == Type::f64 || type == Type::f16 ? !w.flushResultWide() : !w.flushResultF32();
  return w.ieee() || keepsDenormals ? 0 : i.omod;
}
template <class T> T scaled(T x, uint8_t omod, T smallestNormal) {
  T y = omod == 1 ? x * T(2) : omod == 2 ? x * T(4) : x * T(0.5);
  return y < smallestNormal && -y < smallestNormal ? T(0) : y;
}
// To [0, 1]; a NaN becomes 0 where MODE's DX10_CLAMP says so.
template <class T> T clamped(T x, bool dx10) {
  if (x != x)
    return dx10 ? T(0) : x;
  return x > T(0) ? (x < T(1) ? x : T(1)) : T(0);
}

void modifyOutput(const Wave &w, const Inst &i, uint32_t *const *rows, Type type) {
  bool clamp = i.has(Modifier::clamp);
  uint8_t omod = effectiveOmod(w, i, type);
  if (!omod && !clamp)
    return;
  for (unsigned l = 0; l < lanes; ++l) {
    if (type == Type::f64) {
      double x = asDouble(rows[0][l] | uint64_t(rows[1][l]) << 32);
      x = omod ? scaled(x, omod, 0x1p-1022) : x;
      uint64_t bits = asBits(clamp ? clamped(x, w.dx10Clamp()) : x);
      rows[0][l] = uint32_t(bits);
      rows[1][l] = uint32_t(bits >> 32);
    } else if (type == Type::f32 || type == Type::pkf32) {
      for (unsigned d = 0; d < (type == Type::f32 ? 1u : 2u); ++d) {
        float x = asFloat(rows[d][l]);
        x = omod ? scaled(x, omod, 0x1p-126f) : x;
        rows[d][l] = asBits(clamp ? clamped(x, w.dx10Clamp()) : x);
      }
    } else if (type == Type::f16) {
      bool high = i.opSel >> (i.row->operandCount - 1) & 1;
      uint32_t shift = high ? 16 : 0;
      float x = halfToFloat(rows[0][l] >> shift & 0xffff);
      x = omod ? scaled(x, omod, 0x1p-14f) : x;
      uint32_t bits = floatToHalfAs(clamp ? clamped(x, w.dx10Clamp()) : x, w.roundingWide(), w.f16Overflow());
      rows[0][l] = (rows[0][l] & ~(0xffffu << shift)) | bits << shift;
    }
  }
}

uint32_t placed(const Inst &i, uint32_t result, uint32_t old) {
  Field f = fieldOf(i.dstSel);
  if (f.mask == ~0u)
    return result;
  uint32_t field = (result & f.mask) << f.shift, where = f.mask << f.shift;
  if (i.dstUnused == Unused::preserve)
    return field | (old & ~where);
  if (i.dstUnused == Unused::pad)
    return field;
  unsigned up = __builtin_clz(where);
  return uint32_t(int32_t(field << up) >> up);
}

} // namespace

void slowSource(const Wave &w, const Inst &i, unsigned source, const uint32_t *row, uint32_t *out) {
  Sel sel = i.srcSel[source];
  bool sext = i.src[source].mods & mod::sext;
  if (i.dppLanes && source == 0)
    permute(w, i, row, out);
  else if (sel != Sel::dword || sext)
    selectSource(sel, sext, row, out);
  else if (row != out)
    std::memcpy(out, row, sizeof(LaneRow));
}

uint64_t slowMask(const Wave &w, const Inst &i) {
  uint64_t exec = w.exec();
  if (!i.dppLanes)
    return exec;
  return exec & i.dppWritten & (i.has(Modifier::boundCtrl) ? ~0ull : sourced(w, i));
}

void slowResult(Wave &w, const Inst &i, uint32_t *const *rows, unsigned dwords, Type type) {
  modifyOutput(w, i, rows, type);
  alignas(64) LaneRow mask;
  expand(slowMask(w, i), mask);
  bool whole = i.dstSel == Sel::dword;
  for (unsigned d = 0; d < dwords; ++d) {
    uint32_t *target = w.v[i.dst[0].reg + d], *result = rows[d];
    if (!whole)
      for (unsigned l = 0; l < lanes; ++l)
        result[l] = placed(i, result[l], target[l]);
    for (unsigned l = 0; l < lanes; ++l)
      target[l] = (result[l] & mask[l]) | (target[l] & ~mask[l]);
  }
}

} // namespace pa::emu::PA_EMU_LEVEL
