// A launch's shape, and the fields of a descriptor that say how its waves begin.
#ifndef PA_RUNTIME_EMULATOR_CORE_GRID_H
#define PA_RUNTIME_EMULATOR_CORE_GRID_H

#include "runtime/emulator/decode/Object.h"

#include <algorithm>

namespace pa::emu {

constexpr unsigned waveLanes = 64;

inline uint32_t modeOf(const Descriptor &d) {
  return d.field1(12, 4) | d.field1(16, 4) << 4 | d.field1(21, 1) << 8 | d.field1(23, 1) << 9 | d.field1(26, 1) << 23;
}

// Bits of kernel_code_properties.
namespace property {
constexpr unsigned privateSegmentBuffer = 0, dispatchPtr = 1, queuePtr = 2, kernargPtr = 3, dispatchId = 4,
                   flatScratchInit = 5, privateSegmentSize = 6;
} // namespace property

struct Grid {
  std::array<uint32_t, 3> groups, block, items;
  uint64_t total() const { return uint64_t(groups[0]) * groups[1] * groups[2]; }
};

inline Grid gridOf(const Launch &l) {
  Grid g{l.grid, l.block, l.items};
  for (unsigned d = 0; d < 3; ++d)
    if (l.items[0] == 0 && l.items[1] == 0 && l.items[2] == 0)
      g.items[d] = uint32_t(std::min<uint64_t>(uint64_t(l.grid[d]) * l.block[d], ~0u));
    else
      g.groups[d] = (l.items[d] + l.block[d] - 1) / l.block[d];
  return g;
}

} // namespace pa::emu

#endif
