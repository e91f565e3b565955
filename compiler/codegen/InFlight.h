// How a kernel's KV loop keeps memory busy, read from its machine code: the bytes that a wave has in flight after each
// wait, and what else the loop consists of.
#ifndef PA_COMPILER_CODEGEN_INFLIGHT_H
#define PA_COMPILER_CODEGEN_INFLIGHT_H

#include "compiler/codegen/ControlFlow.h"
#include "compiler/codegen/ObjectReport.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pa {

enum class InstructionClass { valu, mfma, salu, smem, lds, vmem, branch, wait, barrier, other };
constexpr size_t instructionClasses = 10;
const char *instructionClassName(InstructionClass kind);
InstructionClass classify(const Instruction &instruction);

// Bytes that one lane loads from memory into registers or LDS: global_load_dwordx4 -> 16; 0 for anything else,
// scratch included.
unsigned bytesLoadedPerLane(const Instruction &instruction);

// The KV loop: of the innermost loops, those with matrix instructions first, the one that loads most bytes in 16-byte
// loads (in any loads, if there are none such), of several the one with the fewest instructions: others have masks. KV
// loads are its 16-byte vector loads, or all its vector loads if it has none such. Figures are for a full wave of 64
// lanes.
struct LoopReport {
  uint64_t begin = 0, end = 0; // addresses, lowest and one past the highest of the loop's blocks
  size_t blocks = 0, paths = 0;
  std::array<unsigned, instructionClasses> counts{}; // over all blocks
  unsigned instructions = 0;

  unsigned kvLoads = 0, nonTemporalKvLoads = 0;
  std::map<unsigned, unsigned> loadsByWidth; // bytes a lane -> loads, all vector loads
  unsigned scratchAccesses = 0;
  unsigned loadedRegisterCopies = 0; // v_mov, v_accvgpr_* of a register that still holds what a KV load brought

  // The main path: the way through the loop that loads most KV bytes. Along it, repeated until nothing changes:
  uint64_t kvBytesPerIteration = 0;   // a wave
  std::optional<unsigned> leastVmcnt; // of s_waitcnt vmcnt(N)
  std::optional<unsigned> mostVmcnt;
  std::optional<uint64_t> leastInFlight;  // KV bytes a wave just after a wait; none if nothing waits
  uint64_t mostInFlight = 0;              // KV bytes a wave at any time
  std::optional<uint64_t> leastInAnyPath; // leastInFlight of the worst path
  // Main path in order, with the KV bytes in flight after each instruction of the steady state.
  std::vector<std::pair<const Instruction *, uint64_t>> steadyState;

  bool hasVmcnt0() const { return leastVmcnt == 0u; }
};

struct KernelAnalysis {
  std::vector<Instruction> code;
  unsigned scratchAccesses = 0;   // in the whole kernel
  std::optional<LoopReport> loop; // none if no innermost loop loads from memory; refers to `code`
};

llvm::Expected<KernelAnalysis> analyzeKernel(const Chip &chip, const KernelReport &kernel);

// The least KV bytes in flight of a wave times the waves that a CU holds.
std::optional<uint64_t> leastInFlightPerCu(const LoopReport &loop, const KernelReport &kernel);

} // namespace pa

#endif
