// Device memory's allocations, as the machine and its observers see them.
#ifndef PA_RUNTIME_EMULATOR_CORE_MEMORYIMPL_H
#define PA_RUNTIME_EMULATOR_CORE_MEMORYIMPL_H

#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/State.h"

#include <deque>

namespace pa::emu {

struct Allocation {
  std::string name;
  Window window; // its id is the place in Memory::Impl::all
  uint64_t mappedBytes = 0;
  bool freed = false;
  bool ofHost = false; // somebody else's memory
};

struct Memory::Impl {
  std::deque<Allocation> all;                 // in order of allocation, freed ones too
  std::map<uint64_t, Allocation *> byAddress; // by base, freed ones too, so that a finding can name them
  uint64_t next = firstAddress;

  // Above every 32-bit address, so that a truncated pointer hits nothing.
  static constexpr uint64_t firstAddress = 0x1000000000ull, endAddress = 1ull << 48;
  static constexpr uint64_t page = 4096, gap = 64ull << 20;

  // The live allocation that holds the address, or null.
  const Allocation *find(uint64_t address) const;
  // The first live allocation that shares a byte with the range, or null.
  const Allocation *overlapping(uint64_t base, uint64_t bytes) const;
  // The nearest allocation and the distance to its nearest byte; null if there is none.
  const Allocation *nearest(uint64_t address, uint64_t &distance) const;
};

} // namespace pa::emu

#endif
