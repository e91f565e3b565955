// What a wave has issued to memory and what its waits have covered.
//
// VMEM (with stores and atomics) is in order and counted by vmcnt; LDS is in order, and SMEM out of order, both counted
// by lgkmcnt, as messages are. A wait `count <= n` covers an in-order entry iff at most n entries of its own class were
// issued after it; SMEM only n = 0. FLAT is covered once each counter has been waited to 0 since its issue.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_OUTSTANDING_H
#define PA_RUNTIME_EMULATOR_OBSERVE_OUTSTANDING_H

#include "runtime/emulator/core/Instruction.h"

#include <algorithm>

namespace pa::emu {

enum class MemoryClass : uint8_t { none, vmem, lds, smem, flat };

inline MemoryClass classOf(const Row &row) {
  if (row.flags & flag::message)
    return MemoryClass::smem;
  if (!(row.flags & (flag::load | flag::store | flag::atomic)))
    return MemoryClass::none;
  switch (row.kind) {
  case Kind::vmem:
    return row.flags & flag::flat ? MemoryClass::flat : MemoryClass::vmem;
  case Kind::lds:
    return MemoryClass::lds;
  case Kind::smem:
    return MemoryClass::smem;
  default:
    return MemoryClass::none;
  }
}

inline const char *counterOf(MemoryClass c) {
  return c == MemoryClass::vmem ? "vmcnt" : c == MemoryClass::flat ? "vmcnt and lgkmcnt" : "lgkmcnt";
}

// Entries are numbered from 1 on within their class.
class Outstanding {
public:
  uint64_t issue(MemoryClass c) { return ++of(c).issued; }
  uint64_t issued(MemoryClass c) const { return of(c).issued; }
  uint64_t covered(MemoryClass c) const { return of(c).covered; }
  bool anything() const {
    bool any = false;
    for (const Entries &e : classes)
      any |= e.issued != e.covered;
    return any;
  }

  // s_waitcnt.
  void wait(const Inst &i) {
    constexpr unsigned mostVm = 63, mostLgkm = 15; // wait for nothing
    if (i.vmcnt < mostVm)
      of(MemoryClass::vmem).wait(i.vmcnt);
    if (i.lgkmcnt < mostLgkm)
      of(MemoryClass::lds).wait(i.lgkmcnt);
    if (i.lgkmcnt == 0)
      of(MemoryClass::smem).wait(0);
    Entries &flat = of(MemoryClass::flat);
    flatVm = i.vmcnt == 0 ? flat.issued : flatVm;
    flatLgkm = i.lgkmcnt == 0 ? flat.issued : flatLgkm;
    flat.covered = std::min(flatVm, flatLgkm);
  }

private:
  struct Entries {
    uint64_t issued = 0, covered = 0;
    void wait(uint64_t atMost) { covered = issued > atMost ? std::max(covered, issued - atMost) : covered; }
  };
  Entries &of(MemoryClass c) { return classes[unsigned(c)]; }
  const Entries &of(MemoryClass c) const { return classes[unsigned(c)]; }

  Entries classes[5];
  uint64_t flatVm = 0, flatLgkm = 0; // flat entries issued before the last wait for none, of either counter
};

} // namespace pa::emu

#endif
