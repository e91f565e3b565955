// How undefined bits travel between lanes: lane reads and writes, permutes, swaps.
#include "runtime/emulator/core/Swizzle.h"
#include "runtime/emulator/observe/Undefined.h"

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
  case Rule::swizzle: {
    UndefinedLanes out = gathered(shadow.vector(inst.src[0].reg), exec,
                                  [&](unsigned l) { return swizzleSource(uint32_t(inst.offset), l); });
    return shadow.put(inst.dst[0].reg, out, exec);
  }
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

} // namespace pa::emu
