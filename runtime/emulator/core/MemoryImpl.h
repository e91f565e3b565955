// Device memory's allocations, as the machine and its observers see them.
#ifndef PA_RUNTIME_EMULATOR_CORE_MEMORYIMPL_H
#define PA_RUNTIME_EMULATOR_CORE_MEMORYIMPL_H

#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/SparseBits.h"
#include "runtime/emulator/core/State.h"

#include <deque>

namespace pa::emu {

struct Allocation {
  std::string name;
  Window window; // its id is the place in Memory::Impl::all
  uint64_t mappedBytes = 0;
  bool freed = false;
  bool ofHost = false; // somebody else's memory, who may write it unseen: it counts as defined
  // Bytes whose definedness is not what it was at first; null: none.
  bool definedAtFirst = true;
  std::unique_ptr<SparseBits> changed = nullptr;

  bool mayBeUndefined() const { return changed || !definedAtFirst; }
  // One bit a byte, at most 32; 1 is undefined.
  uint32_t undefinedBytes(uint64_t offset, unsigned count) const {
    uint32_t bits = changed ? changed->get(offset, count) : 0;
    return definedAtFirst ? bits : ~bits & uint32_t((1ull << count) - 1);
  }
  void putUndefined(uint64_t offset, unsigned count, uint32_t bits);
  void setDefined(uint64_t offset, uint64_t count);
  // The first undefined byte of a range, its end if there is none.
  uint64_t firstUndefined(uint64_t offset, uint64_t count) const;
  void forgetUndefined(); // all bytes count as defined from now on
};

struct Memory::Impl {
  std::deque<Allocation> all;                 // in order of allocation, freed ones too
  std::map<uint64_t, Allocation *> byAddress; // by base, freed ones too, so that a finding can name them
  uint64_t next = firstAddress;

  // Above every 32-bit address, so that a truncated pointer hits nothing.
  static constexpr uint64_t firstAddress = 0x1000000000ull, endAddress = 1ull << 48;
  static constexpr uint64_t page = 4096, gap = 64ull << 20;

  // Whether any live allocation may hold undefined bytes.
  bool mayBeUndefined() const;
  void forgetUndefined();
  // The live allocation that holds the address, or null.
  const Allocation *find(uint64_t address) const;
  // The first live allocation that shares a byte with the range, or null.
  const Allocation *overlapping(uint64_t base, uint64_t bytes) const;
  // The nearest allocation and the distance to its nearest byte; null if there is none.
  const Allocation *nearest(uint64_t address, uint64_t &distance) const;
};

} // namespace pa::emu

#endif
