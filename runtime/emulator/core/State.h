// The state of waves and workgroups that handlers work on.
#ifndef PA_RUNTIME_EMULATOR_CORE_STATE_H
#define PA_RUNTIME_EMULATOR_CORE_STATE_H

#include "runtime/emulator/core/Instruction.h"

#include <cstring>
#include <vector>

namespace pa::emu {

struct Machine;
struct Workgroup;

// Flat addresses whose upper half is one of these lie in LDS or in scratch; both are above every 48-bit address.
namespace aperture {
constexpr uint32_t sharedUpper = 0x00010000, privateUpper = 0x00020000;
} // namespace aperture

// An allocation as handlers see it: [base, base + size) of device memory is host[0 .. size).
struct Window {
  uint64_t base = 1;
  uint64_t size = 0;
  uint8_t *host = nullptr;
  uint32_t id = 0;
  bool readOnly = false;

  bool holds(uint64_t address, uint64_t bytes) const {
    return address >= base && address - base < size && size - (address - base) >= bytes;
  }
};

enum class WaveStatus : uint8_t { running, yielded, atBarrier, ended, faulted };

struct Wave {
  const Inst *pc = nullptr;
  uint32_t (*v)[64] = nullptr; // registers of the wave: VGPRs, then AGPRs from accum_offset on
  alignas(64) uint32_t s[sreg::count] = {};
  alignas(64) uint32_t execRow[64] = {}; // EXEC, a word of zeros or ones a lane
  Machine *machine = nullptr;
  Workgroup *group = nullptr;
  Window window; // the allocation that was hit last
  uint8_t *lds = nullptr;
  uint32_t ldsBytes = 0;
  uint8_t *scratch = nullptr; // of all lanes, one after the other
  uint32_t scratchBytes = 0;  // of a lane
  uint32_t vgprs = 0;         // rows of v
  uint32_t mode = 0;          // the MODE register
  uint32_t mxcsr = 0;         // the host's floating-point state that belongs to it, for f32
  uint32_t wideMxcsr = 0;     // the same for f16 and f64
  uint32_t index = 0;         // in the workgroup
  uint32_t resident = 0;      // among the waves that can be resident at once
  WaveStatus status = WaveStatus::running;
  bool observeAccesses = false;
  bool fastMfma = false;
  bool gprIndexing = false; // s_set_gpr_idx_on: M0 holds the index, and in bits 15:12 the operands that it is added to

  uint64_t s64(unsigned reg) const { return s[reg] | uint64_t(s[reg + 1]) << 32; }
  void setS64(unsigned reg, uint64_t x) {
    s[reg] = uint32_t(x);
    s[reg + 1] = uint32_t(x >> 32);
  }
  uint64_t exec() const { return s64(sreg::exec); }
  bool scc() const { return s[sreg::scc]; }
  // Denormals: of sources, of results, of either.
  bool flushF32() const { return (mode >> 4 & 3) != 3; }
  bool flushSourceF32() const { return !(mode >> 4 & 1); }
  bool flushResultF32() const { return !(mode >> 5 & 1); }
  bool flushWide() const { return (mode >> 6 & 3) != 3; } // f16 and f64
  bool flushSourceWide() const { return !(mode >> 6 & 1); }
  bool flushResultWide() const { return !(mode >> 7 & 1); }
  unsigned roundingWide() const { return mode >> 2 & 3; } // 0: to nearest even, 1: up, 2: down, 3: toward zero
  bool f16Overflow() const { return mode >> 23 & 1; }     // finite overflow gives the largest finite half
  bool plainF16() const { return !roundingWide() && !f16Overflow(); }
  bool ieee() const { return mode >> 9 & 1; }
  bool dx10Clamp() const { return mode >> 8 & 1; }
};

struct Workgroup {
  uint32_t id[3] = {};
  uint64_t linear = 0;
  uint32_t slot = 0; // among the workgroups that can be resident at once
  uint32_t waveCount = 0;
  uint32_t ended = 0;
  uint32_t waiting = 0; // at the barrier
  std::vector<Wave *> waves;
  std::vector<uint8_t> lds;
};

// What handlers ask of the machine; defined in base code, called rarely.
const Window *findWindow(Machine &machine, uint64_t address);
void faultAddress(Wave &wave, const Inst &inst, int lane, uint64_t address, unsigned bytes, bool write);
void faultLds(Wave &wave, const Inst &inst, int lane, uint64_t address, unsigned bytes);
void faultScratch(Wave &wave, const Inst &inst, int lane, uint64_t offset, unsigned bytes);
void faultText(Wave &wave, const Inst &inst, const char *what);
const Inst *findInstruction(Wave &wave, uint64_t address); // null: no instruction there
uint64_t codeAddress(const Wave &wave, const Inst &inst);
bool ldsIsChecked(const Wave &wave);
uint32_t hardwareRegister(const Wave &wave, unsigned id);
uint64_t clockOf(const Wave &wave);
void setMode(Wave &wave, uint32_t mode); // MODE, and the host state that goes with it

enum class Access : uint8_t { load, store, atomic };
struct AccessEvent {
  Access access;
  bool lds;
  bool scalar;
  uint64_t lanes; // active ones
  unsigned bytes; // a lane
  const uint64_t *addresses;
  bool scratch = false; // addresses are offsets in the lane's own scratch
};
void observeAccess(Wave &wave, const Inst &inst, const AccessEvent &event);

} // namespace pa::emu

#endif
