// Which bits of a wave's registers are undefined: a bit for each lane and byte of a vector register, and each bit of a
// scalar one. SCC is scalar register sreg::scc.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_REGISTERSHADOW_H
#define PA_RUNTIME_EMULATOR_OBSERVE_REGISTERSHADOW_H

#include "runtime/emulator/core/State.h"

namespace pa::emu {

// Of a value in 64 lanes: byte[b] holds the lanes whose byte b is undefined.
struct UndefinedLanes {
  uint64_t byte[4] = {};
  uint64_t any(unsigned bytes = 15) const {
    uint64_t lanes = 0;
    for (unsigned b = 0; b < 4; ++b)
      lanes |= bytes >> b & 1 ? byte[b] : 0;
    return lanes;
  }
  static UndefinedLanes all(uint64_t lanes) { return {{lanes, lanes, lanes, lanes}}; }
  UndefinedLanes &operator|=(const UndefinedLanes &o) {
    for (unsigned b = 0; b < 4; ++b)
      byte[b] |= o.byte[b];
    return *this;
  }
};

class RegisterShadow {
public:
  // Everything undefined but the first `scalars` SGPRs, EXEC, SCC, FLAT_SCRATCH, and `lanes` of v0.
  // Functions that the kernel never calls may name registers beyond its own: there is a row for each that can be named.
  void reset(unsigned scalars, uint64_t lanes) {
    rows.assign(512, UndefinedLanes::all(~0ull));
    std::memset(vectorMarks, 1, sizeof vectorMarks);
    for (unsigned r = 0; r < sreg::count; ++r)
      scalar[r] = r < scalars ? 0 : ~0u;
    for (unsigned r : {sreg::exec, sreg::exec + 1, sreg::scc, sreg::flatScratch, sreg::flatScratch + 1})
      scalar[r] = 0;
    put(0, UndefinedLanes::all(~lanes), ~0ull);
  }

  const UndefinedLanes &vector(unsigned reg) const { return rows[reg]; }
  // Blends with the lanes of `mask`.
  void put(unsigned reg, const UndefinedLanes &value, uint64_t mask) {
    UndefinedLanes &row = rows[reg];
    for (unsigned b = 0; b < 4; ++b)
      row.byte[b] = (row.byte[b] & ~mask) | (value.byte[b] & mask);
    vectorMarks[reg] = row.any() != 0;
  }
  void add(unsigned reg, unsigned byte, uint64_t lanes) {
    rows[reg].byte[byte] |= lanes;
    vectorMarks[reg] |= lanes != 0;
  }

  uint64_t scalar64(unsigned reg) const { return scalar[reg] | uint64_t(scalar[reg + 1]) << 32; }
  void putScalar64(unsigned reg, uint64_t bits) {
    scalar[reg] = uint32_t(bits);
    scalar[reg + 1] = uint32_t(bits >> 32);
  }

  uint8_t vectorMarks[512]; // not 0: the register has an undefined bit
  uint32_t scalar[sreg::count];

private:
  std::vector<UndefinedLanes> rows;
};

} // namespace pa::emu

#endif
