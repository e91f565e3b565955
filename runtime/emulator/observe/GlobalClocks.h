// What is known of other workgroups' accesses to global memory, for the check of races.
//
// Workgroups may run on XCDs whose L2 caches are not coherent, so data pass between them in steps: the writer's wave
// writes back (`buffer_wbl2 sc1`, and a wait for it) what is complete, then does an atomic or a store with sc1; the
// reader sees that value by an atomic or a load with sc1, waits for it, and invalidates (`buffer_inv sc1`).
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_GLOBALCLOCKS_H
#define PA_RUNTIME_EMULATOR_OBSERVE_GLOBALCLOCKS_H

#include "runtime/emulator/observe/Outstanding.h"

#include <array>
#include <map>
#include <memory>

namespace pa::emu {

// For each wave of a workgroup and both classes of accesses (vmem, flat): the last entry that is complete, and the last
// one that has been written back to where other XCDs see it.
struct GroupClock {
  static constexpr unsigned mostWaves = 16;
  using Entries = std::array<std::array<uint32_t, mostWaves>, 2>;
  Entries complete{}, visible{};

  static unsigned slotOf(MemoryClass c) { return c == MemoryClass::flat ? 1 : 0; }
  static void raise(Entries &a, const Entries &b) {
    for (unsigned c = 0; c < 2; ++c)
      for (unsigned w = 0; w < mostWaves; ++w)
        a[c][w] = std::max(a[c][w], b[c][w]);
  }
  void join(const GroupClock &o) {
    raise(complete, o.complete);
    raise(visible, o.visible);
  }
};

// Of several workgroups, by their number. Shared and never changed once shared.
struct Clocks {
  static constexpr size_t most = 4096;
  std::map<uint64_t, GroupClock> groups;
  bool everything = false; // too many to keep: all count as known

  void join(const Clocks &o) {
    everything |= o.everything;
    for (const auto &[group, clock] : o.groups)
      groups[group].join(clock);
    if (groups.size() > most) {
      everything = true;
      groups.clear();
    }
  }
};
using SharedClocks = std::shared_ptr<const Clocks>;

inline SharedClocks joined(const SharedClocks &a, const SharedClocks &b) {
  if (!a || !b || a == b)
    return a ? a : b;
  auto sum = std::make_shared<Clocks>(*a);
  sum->join(*b);
  return sum;
}

} // namespace pa::emu

#endif
