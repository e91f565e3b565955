// How undefined bits travel between lanes: lane reads and writes, permutes, swaps, matrix products.
#include "runtime/emulator/observe/Undefined.h"

#include <string_view>

namespace pa::emu {
namespace {

// out lane l takes from lane map(l).
template <class Map> UndefinedLanes gathered(const UndefinedLanes &in, uint64_t active, Map map) {
  UndefinedLanes out;
  if (in.any() == 0)
    return out;
  for (unsigned l = 0; l < 64; ++l) {
    unsigned from = map(l);
    for (unsigned b = 0; b < 4; ++b)
      out.byte[b] |= (in.byte[b] >> from & active >> from & 1) << l;
  }
  return out;
}

uint32_t laneAsScalar(const UndefinedLanes &row, unsigned lane) {
  uint32_t bits = 0;
  for (unsigned b = 0; b < 4; ++b)
    bits |= (row.byte[b] >> lane & 1 ? 0xffu : 0u) << (8 * b);
  return bits;
}

// Compilers spill lane masks this way, and only the bits of lanes that run are defined in them. Bytes are all that a
// lane keeps: one with a defined bit counts as defined, or every reload would be a finding.
UndefinedLanes spilled(uint32_t bits) {
  UndefinedLanes out;
  for (unsigned b = 0; b < 4; ++b)
    out.byte[b] = (bits >> (8 * b) & 0xff) == 0xff ? ~0ull : 0;
  return out;
}

// The rows and columns of a product with one block; 0: several blocks, or another layout.
unsigned edgeOf(std::string_view name) {
  if (name.find("b_") != name.npos && name.find("_f64") == name.npos)
    for (size_t at = name.find("b_"); at != name.npos; at = name.find("b_", at + 1))
      if (at > 0 && name[at - 1] >= '0' && name[at - 1] <= '9')
        return 0;
  if (name.find("_16x16x") != name.npos)
    return 16;
  return name.find("_32x32x") != name.npos ? 32 : 0;
}

} // namespace

void ShadowStep::crossLanes() {
  uint64_t exec = wave.exec();
  auto lanesOf = [&](unsigned n) {
    return inst.src[n].place == Place::vgpr ? shadow.vector(inst.src[n].reg) : source(n);
  };
  switch (plan.rule) {
  case Rule::readFirstLane: {
    unsigned lane = exec ? unsigned(__builtin_ctzll(exec)) : 0;
    (void)use(inst.src[0], 1ull << lane, "becomes a scalar");
    return putSgpr(inst.dst[0], 0);
  }
  case Rule::readLane: {
    uint64_t lane = 0;
    bool isKnown = known(inst.src[1], lane);
    return putSgpr(inst.dst[0], isKnown ? laneAsScalar(lanesOf(0), lane & 63) : ~0u);
  }
  case Rule::writeLane: {
    uint64_t lane = 0;
    if (known(inst.src[1], lane))
      shadow.put(inst.dst[0].reg, spilled(uint32_t(undefinedScalar(inst.src[0]))), 1ull << (lane & 63));
    return;
  }
  case Rule::pull: {
    const uint32_t *address = wave.v[inst.src[0].reg];
    UndefinedLanes out = gathered(shadow.vector(inst.src[1].reg), exec,
                                  [&](unsigned l) { return (address[l] + uint32_t(inst.offset)) / 4 % 64; });
    out |= UndefinedLanes::all(shadow.vector(inst.src[0].reg).any());
    return shadow.put(inst.dst[0].reg, out, exec);
  }
  case Rule::push: {
    const uint32_t *address = wave.v[inst.src[0].reg];
    const UndefinedLanes &in = shadow.vector(inst.src[1].reg);
    UndefinedLanes out;
    for (uint64_t left = exec; left; left &= left - 1) {
      unsigned l = unsigned(__builtin_ctzll(left)), to = (address[l] + uint32_t(inst.offset)) / 4 % 64;
      for (unsigned b = 0; b < 4; ++b)
        out.byte[b] = (out.byte[b] & ~(1ull << to)) | (in.byte[b] >> l & 1) << to;
    }
    if (shadow.vector(inst.src[0].reg).any() & exec)
      out = UndefinedLanes::all(~0ull);
    return shadow.put(inst.dst[0].reg, out, exec);
  }
  case Rule::swizzle:
    // Which lane is not looked up: an undefined one in the group of 32 counts for all of it.
    for (unsigned b = 0; b < 4; ++b) {
      uint64_t in = shadow.vector(inst.src[0].reg).byte[b] & exec;
      uint64_t out = (in & 0xffffffffull ? 0xffffffffull : 0) | (in >> 32 ? ~0ull << 32 : 0);
      UndefinedLanes row = shadow.vector(inst.dst[0].reg);
      row.byte[b] = (row.byte[b] & ~exec) | (out & exec);
      shadow.put(inst.dst[0].reg, row, ~0ull);
    }
    return;
  case Rule::swap: {
    UndefinedLanes first = shadow.vector(inst.dst[0].reg), second = shadow.vector(inst.dst[1].reg);
    shadow.put(inst.dst[0].reg, second, exec);
    return shadow.put(inst.dst[1].reg, first, exec);
  }
  case Rule::swap16:
  case Rule::swap32: {
    unsigned width = plan.rule == Rule::swap16 ? 16 : 32;
    uint64_t upper = width == 16 ? 0xffff0000ffff0000ull : 0xffffffff00000000ull;
    UndefinedLanes first = shadow.vector(inst.dst[0].reg), second = shadow.vector(inst.dst[1].reg), a = first,
                   b = second;
    for (unsigned n = 0; n < 4; ++n) {
      a.byte[n] = (first.byte[n] & ~upper) | (second.byte[n] << width & upper);
      b.byte[n] = (second.byte[n] & upper) | (first.byte[n] >> width & ~upper);
    }
    shadow.put(inst.dst[0].reg, a, ~0ull);
    return shadow.put(inst.dst[1].reg, b, ~0ull);
  }
  default:
    return lanewise();
  }
}

// D[i][j] = C[i][j] + sum of A[i][k] B[k][j]: an undefined element of A makes its row undefined, one of B its column.
// Lanes hold row or column lane % edge of the operands; column lane % edge of the result.
void ShadowStep::matrix() {
  unsigned edge = edgeOf(inst.row->name);
  uint64_t operand[2] = {0, 0}, others = 0;
  for (unsigned n = 0; n < 5 && inst.src[n].place != Place::none; ++n)
    for (unsigned d = 0; d < inst.src[n].dwords; ++d)
      if (n < 2)
        operand[n] |= source(n, d).any();
      else if (n > 2)
        others |= source(n, d).any();
  uint64_t rows = 0, columns = 0;
  for (unsigned l = 0; l < 64 && edge; ++l) {
    rows |= (operand[0] >> l & 1) << (l % edge);
    columns |= (operand[1] >> l & 1) << (l % edge);
  }
  bool all = others || (edge == 0 && (operand[0] | operand[1]));
  bool isDouble =
      inst.dst[0].type == Type::none || std::string_view(inst.row->name).find("f64") != std::string_view::npos;
  unsigned accumulators = inst.dst[0].dwords;
  std::vector<UndefinedLanes> result(accumulators);
  for (unsigned d = 0; d < accumulators; ++d) {
    uint64_t lanes = all ? ~0ull : 0;
    for (unsigned l = 0; l < 64 && edge; ++l) {
      unsigned row = edge == 16 ? 4 * (l / 16) + d : 8 * (d / 4) + 4 * (l / 32) + d % 4;
      bool inRow = isDouble ? rows != 0 : rows >> row & 1;
      lanes |= uint64_t(inRow || (columns >> (l % edge) & 1)) << l;
    }
    result[d] = UndefinedLanes::all(lanes);
    if (inst.src[2].place != Place::none && inst.src[2].place != Place::constant)
      result[d] |= source(2, d);
  }
  for (unsigned d = 0; d < accumulators; ++d)
    shadow.put(inst.dst[0].reg + d, result[d], ~0ull);
}

} // namespace pa::emu
