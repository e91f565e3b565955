#include "compiler/codegen/InFlight.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <deque>

namespace pa {
namespace {

constexpr unsigned lanes = 64;
constexpr unsigned kvLoadBytes = 16;    // a lane
constexpr size_t pathLimit = 64;        // ways through a loop that are looked at
constexpr unsigned iterationLimit = 64; // until the queue must have become periodic
constexpr size_t vmcntLimit = 63;       // 6-bit counter: a wave stalls before it has more outstanding

using Path = std::vector<size_t>; // instruction indices of one iteration

llvm::StringRef name(const Instruction &instruction) { return instruction.mnemonic; }

bool isVectorMemory(llvm::StringRef mnemonic) {
  for (llvm::StringRef prefix : {"global_", "buffer_", "tbuffer_", "flat_", "scratch_"})
    if (mnemonic.starts_with(prefix))
      return true;
  return false;
}

// buffer_inv alone of the vector memory instructions is not counted by vmcnt.
bool countsInVmcnt(llvm::StringRef mnemonic) { return isVectorMemory(mnemonic) && mnemonic != "buffer_inv"; }

std::optional<unsigned> vmcntOf(const Instruction &instruction) {
  if (name(instruction) != "s_waitcnt")
    return std::nullopt;
  llvm::StringRef text = instruction.text;
  size_t at = text.find("vmcnt(");
  unsigned count = 0;
  if (at == llvm::StringRef::npos || text.substr(at + 6).consumeInteger(10, count))
    return std::nullopt;
  return count;
}

struct RegisterRange {
  char file = 0; // 'v', 'a', or 0: not a vector register
  unsigned first = 0, count = 0;
};

RegisterRange parseRegisters(llvm::StringRef operand) {
  RegisterRange range;
  char file = operand.empty() ? 0 : operand[0];
  if (file != 'v' && file != 'a')
    return range;
  operand = operand.drop_front();
  bool several = operand.consume_front("[");
  unsigned first = 0, last = 0;
  if (operand.consumeInteger(10, first))
    return range;
  last = first;
  if (several && (!operand.consume_front(":") || operand.consumeInteger(10, last) || last < first))
    return range;
  return {file, first, last - first + 1};
}

// Which vector registers hold what a KV load brought, so that a copy of one shows.
class LoadedRegisters {
public:
  bool holdsAny(const RegisterRange &range) const {
    for (unsigned i = 0; i < range.count; ++i)
      if (loaded.count({range.file, range.first + i}))
        return true;
    return false;
  }
  void set(const RegisterRange &range, bool isLoaded) {
    for (unsigned i = 0; i < range.count; ++i) {
      std::pair<char, unsigned> key(range.file, range.first + i);
      if (isLoaded)
        loaded.insert(key);
      else
        loaded.erase(key);
    }
  }

private:
  std::set<std::pair<char, unsigned>> loaded;
};

// A v_mov with DPP moves between lanes: that is work, not a copy.
bool isCopy(llvm::StringRef mnemonic) {
  if (mnemonic.ends_with("_dpp"))
    return false;
  return mnemonic.starts_with("v_mov_b") || mnemonic.starts_with("v_accvgpr_") || mnemonic == "v_pk_mov_b32";
}

// How many of the leading operands are written. Stores, LDS writes and loads into LDS name only what they read.
unsigned writtenOperands(const Instruction &instruction) {
  llvm::StringRef mnemonic = instruction.mnemonic;
  if (mnemonic.contains("_store") || mnemonic.starts_with("ds_write") || mnemonic.contains("_load_lds") ||
      instruction.hasModifier("lds"))
    return 0;
  return mnemonic.contains("swap_b32") ? 2 : 1;
}

class LoopAnalysis {
public:
  LoopAnalysis(const std::vector<Instruction> &code, const std::vector<Block> &blocks, const Loop &loop)
      : code(code), blocks(blocks), loop(loop) {
    onlyWideIsKv = bytesLoaded(/*wideOnly=*/true) > 0;
  }

  uint64_t bytesLoaded(bool wideOnly) const {
    uint64_t total = 0;
    forEach([&](const Instruction &instruction) {
      unsigned bytes = bytesLoadedPerLane(instruction);
      total += !wideOnly || bytes >= kvLoadBytes ? bytes : 0;
    });
    return total * lanes;
  }

  bool multiplies() const {
    bool found = false;
    forEach([&](const Instruction &instruction) { found |= classify(instruction) == InstructionClass::mfma; });
    return found;
  }

  LoopReport report() const {
    LoopReport result;
    countInstructions(result);
    std::vector<Path> paths = instructionPaths();
    result.paths = paths.size();
    result.loadedRegisterCopies = countCopies(paths);
    const Path *main = nullptr;
    for (const Path &path : paths)
      if (!main || rank(path) > rank(*main))
        main = &path;
    if (!main)
      return result;
    simulate(*main, result);
    result.leastInAnyPath = result.leastInFlight;
    for (const Path &path : paths) {
      LoopReport other;
      simulate(path, other);
      if (other.leastInFlight && (!result.leastInAnyPath || *other.leastInFlight < *result.leastInAnyPath))
        result.leastInAnyPath = other.leastInFlight;
    }
    return result;
  }

private:
  template <typename Visit> void forEach(Visit visit) const {
    for (size_t block : loop.blocks)
      for (size_t i = blocks[block].begin; i < blocks[block].end; ++i)
        visit(code[i]);
  }

  unsigned kvBytes(const Instruction &instruction) const { // a lane
    unsigned bytes = bytesLoadedPerLane(instruction);
    return onlyWideIsKv && bytes < kvLoadBytes ? 0 : bytes;
  }

  // KV bytes of a wave along the path, then its length.
  std::pair<uint64_t, size_t> rank(const Path &path) const {
    uint64_t bytes = 0;
    for (size_t i : path)
      bytes += uint64_t(kvBytes(code[i])) * lanes;
    return {bytes, path.size()};
  }

  std::vector<Path> instructionPaths() const {
    std::vector<Path> paths;
    for (const std::vector<size_t> &blockPath : findPaths(blocks, loop, pathLimit)) {
      Path path;
      for (size_t block : blockPath)
        for (size_t i = blocks[block].begin; i < blocks[block].end; ++i)
          path.push_back(i);
      paths.push_back(std::move(path));
    }
    return paths;
  }

  void countInstructions(LoopReport &result) const {
    result.blocks = loop.blocks.size();
    result.begin = code[blocks[*loop.blocks.begin()].begin].address;
    const Instruction &last = code[blocks[*loop.blocks.rbegin()].end - 1];
    result.end = last.address + last.bytes;
    forEach([&](const Instruction &instruction) {
      ++result.instructions;
      ++result.counts[size_t(classify(instruction))];
      if (unsigned bytes = bytesLoadedPerLane(instruction))
        ++result.loadsByWidth[bytes];
      result.scratchAccesses += name(instruction).starts_with("scratch_");
      if (kvBytes(instruction) == 0)
        return;
      ++result.kvLoads;
      result.nonTemporalKvLoads += instruction.hasModifier("nt");
    });
  }

  // Twice through each path: the second time sees what the first has left in the registers.
  unsigned countCopies(const std::vector<Path> &paths) const {
    std::set<size_t> copies;
    for (const Path &path : paths) {
      LoadedRegisters loaded;
      for (int round = 0; round < 2; ++round)
        for (size_t i : path)
          if (follow(code[i], loaded))
            copies.insert(i);
    }
    return copies.size();
  }

  // True if the instruction copies a loaded register; keeps `loaded` up to date.
  bool follow(const Instruction &instruction, LoadedRegisters &loaded) const {
    llvm::ArrayRef<std::string> operands = instruction.operands;
    bool copy = isCopy(name(instruction)) && llvm::any_of(operands.drop_front(), [&](const std::string &operand) {
                  return loaded.holdsAny(parseRegisters(operand));
                });
    for (const std::string &operand : operands.take_front(writtenOperands(instruction)))
      loaded.set(parseRegisters(operand), kvBytes(instruction) > 0);
    return copy;
  }

  // In-order queue of what vmcnt counts, from empty until an iteration starts as the one before it did; the figures
  // are of that iteration.
  void simulate(const Path &path, LoopReport &result) const {
    std::deque<unsigned> queue; // KV bytes of a wave, 0 for stores and other loads; oldest first
    for (unsigned iteration = 0; iteration < iterationLimit; ++iteration) {
      std::deque<unsigned> before = queue;
      runIteration(path, queue, nullptr);
      if (iteration >= 3 && queue == before)
        break;
    }
    runIteration(path, queue, &result);
  }

  void runIteration(const Path &path, std::deque<unsigned> &queue, LoopReport *result) const {
    uint64_t inFlight = 0;
    for (unsigned bytes : queue)
      inFlight += bytes;
    auto retireDownTo = [&](size_t count) {
      for (; queue.size() > count; queue.pop_front())
        inFlight -= queue.front();
    };
    for (size_t i : path) {
      const Instruction &instruction = code[i];
      std::optional<unsigned> wait = vmcntOf(instruction);
      if (wait)
        retireDownTo(*wait);
      if (countsInVmcnt(name(instruction))) {
        retireDownTo(vmcntLimit - 1);
        unsigned bytes = kvBytes(instruction) * lanes;
        queue.push_back(bytes);
        inFlight += bytes;
      }
      if (result)
        record(instruction, wait, inFlight, *result);
    }
  }

  void record(const Instruction &instruction, std::optional<unsigned> wait, uint64_t inFlight,
              LoopReport &result) const {
    result.kvBytesPerIteration += uint64_t(kvBytes(instruction)) * lanes;
    result.mostInFlight = std::max(result.mostInFlight, inFlight);
    result.steadyState.emplace_back(&instruction, inFlight);
    if (!wait || *wait >= vmcntLimit)
      return;
    result.leastVmcnt = std::min(result.leastVmcnt.value_or(*wait), *wait);
    result.mostVmcnt = std::max(result.mostVmcnt.value_or(*wait), *wait);
    result.leastInFlight = std::min(result.leastInFlight.value_or(inFlight), inFlight);
  }

  const std::vector<Instruction> &code;
  const std::vector<Block> &blocks;
  const Loop &loop;
  bool onlyWideIsKv = false;
};

std::optional<LoopReport> findKvLoop(const std::vector<Instruction> &code) {
  std::vector<Block> blocks = findBlocks(code);
  std::optional<LoopReport> best;
  std::tuple<bool, uint64_t, uint64_t> bestRank(false, 0, 0);
  for (const Loop &loop : findInnermostLoops(blocks)) {
    LoopAnalysis analysis(code, blocks, loop);
    uint64_t allBytes = analysis.bytesLoaded(/*wideOnly=*/false);
    // A loop that merges partial results loads as much, but multiplies nothing.
    std::tuple<bool, uint64_t, uint64_t> rank(allBytes > 0 && analysis.multiplies(),
                                              analysis.bytesLoaded(/*wideOnly=*/true), allBytes);
    if (rank < bestRank || !allBytes)
      continue;
    LoopReport report = analysis.report();
    if (rank == bestRank && best && report.instructions >= best->instructions)
      continue;
    bestRank = rank;
    best = std::move(report);
  }
  return best;
}

} // namespace

const char *instructionClassName(InstructionClass kind) {
  static const char *const names[instructionClasses] = {"valu", "mfma",   "salu", "smem",    "lds",
                                                        "vmem", "branch", "wait", "barrier", "other"};
  return names[size_t(kind)];
}

InstructionClass classify(const Instruction &instruction) {
  llvm::StringRef mnemonic = instruction.mnemonic;
  struct Row {
    const char *prefix;
    InstructionClass kind;
  };
  // The first prefix that fits decides.
  static const Row table[] = {
      {"v_mfma", InstructionClass::mfma},
      {"v_smfmac", InstructionClass::mfma},
      {"v_nop", InstructionClass::other},
      {"v_", InstructionClass::valu},
      {"ds_", InstructionClass::lds},
      {"s_load_", InstructionClass::smem},
      {"s_buffer_", InstructionClass::smem},
      {"s_store_", InstructionClass::smem},
      {"s_scratch_", InstructionClass::smem},
      {"s_atomic_", InstructionClass::smem},
      {"s_dcache_", InstructionClass::smem},
      {"s_memtime", InstructionClass::smem},
      {"s_memrealtime", InstructionClass::smem},
      {"s_branch", InstructionClass::branch},
      {"s_cbranch", InstructionClass::branch},
      {"s_endpgm", InstructionClass::branch},
      {"s_setpc", InstructionClass::branch},
      {"s_swappc", InstructionClass::branch},
      {"s_call", InstructionClass::branch},
      {"s_waitcnt", InstructionClass::wait},
      {"s_barrier", InstructionClass::barrier},
      {"s_nop", InstructionClass::other},
      {"s_sleep", InstructionClass::other},
      {"s_setprio", InstructionClass::other},
      {"s_sendmsg", InstructionClass::other},
      {"s_trap", InstructionClass::other},
      {"s_icache_", InstructionClass::other},
      {"s_", InstructionClass::salu},
  };
  if (isVectorMemory(mnemonic))
    return InstructionClass::vmem;
  for (const Row &row : table)
    if (mnemonic.starts_with(row.prefix))
      return row.kind;
  return InstructionClass::other;
}

unsigned bytesLoadedPerLane(const Instruction &instruction) {
  llvm::StringRef mnemonic = instruction.mnemonic;
  if (!isVectorMemory(mnemonic) || mnemonic.starts_with("scratch_"))
    return 0;
  size_t at = mnemonic.find("_load_");
  if (at == llvm::StringRef::npos)
    return 0;
  llvm::StringRef what = mnemonic.substr(at + 6);
  what.consume_front("lds_");
  if (what.starts_with("format_d16_"))
    return 2 * (what.size() - strlen("format_d16_"));
  if (what.starts_with("format_"))
    return 4 * (what.size() - strlen("format_"));
  return llvm::StringSwitch<unsigned>(what)
      .StartsWith("dwordx4", 16)
      .StartsWith("dwordx3", 12)
      .StartsWith("dwordx2", 8)
      .StartsWith("dword", 4)
      .StartsWith("ushort", 2)
      .StartsWith("sshort", 2)
      .StartsWith("short", 2)
      .StartsWith("ubyte", 1)
      .StartsWith("sbyte", 1)
      .Default(0);
}

llvm::Expected<KernelAnalysis> analyzeKernel(const Chip &chip, const KernelReport &kernel) {
  auto disassembler = Disassembler::create(chip);
  if (!disassembler)
    return disassembler.takeError();
  auto code = (*disassembler)->disassemble(kernel.code, kernel.address);
  if (!code)
    return code.takeError();
  KernelAnalysis analysis;
  analysis.code = std::move(*code);
  for (const Instruction &instruction : analysis.code)
    analysis.scratchAccesses += name(instruction).starts_with("scratch_");
  analysis.loop = findKvLoop(analysis.code);
  return analysis;
}

std::optional<uint64_t> leastInFlightPerCu(const LoopReport &loop, const KernelReport &kernel) {
  if (!loop.leastInFlight)
    return std::nullopt;
  return *loop.leastInFlight * kernel.wavesPerCu();
}

} // namespace pa
