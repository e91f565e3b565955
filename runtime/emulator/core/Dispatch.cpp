#include "runtime/emulator/core/Dispatch.h"

#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/core/Text.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <xmmintrin.h>

namespace pa::emu {
namespace {

using ull = unsigned long long;
constexpr unsigned lanes = 64;

Error launchError(ErrorKind kind, const ObjectKernel &kernel, const std::string &text) {
  Error e;
  e.kind = kind;
  e.kernel = kernel.info.name;
  e.message = "kernel '" + kernel.info.name + "': " + text;
  return e;
}

uint32_t modeOf(const Descriptor &d) {
  return d.field1(12, 4) | d.field1(16, 4) << 4 | d.field1(21, 1) << 8 | d.field1(23, 1) << 9 | d.field1(26, 1) << 23;
}

// Bits of kernel_code_properties.
namespace property {
constexpr unsigned privateSegmentBuffer = 0, dispatchPtr = 1, queuePtr = 2, kernargPtr = 3, dispatchId = 4,
                   flatScratchInit = 5, privateSegmentSize = 6, wavefront32 = 10;
} // namespace property

struct Grid {
  std::array<uint32_t, 3> groups, block, items;
  uint64_t total() const { return uint64_t(groups[0]) * groups[1] * groups[2]; }
};

Grid gridOf(const Launch &l) {
  Grid g{l.grid, l.block, l.items};
  for (unsigned d = 0; d < 3; ++d)
    if (l.items[0] == 0 && l.items[1] == 0 && l.items[2] == 0)
      g.items[d] = uint32_t(std::min<uint64_t>(uint64_t(l.grid[d]) * l.block[d], ~0u));
    else
      g.groups[d] = (l.items[d] + l.block[d] - 1) / l.block[d];
  return g;
}

// Compilers declare too little for recursion: code that calls gets 16 KiB a lane.
uint32_t scratchOf(const Program &program, const ObjectKernel &kernel, const Launch &launch) {
  constexpr uint32_t forCalls = 16384;
  uint32_t least = launch.scratchBytes ? launch.scratchBytes : program.hasCalls ? forCalls : 0;
  return std::max(least, kernel.info.scratchBytes);
}

// The scheduler: admits workgroups in order, as many as the chip holds at once, and gives their waves slices in turn.
class Scheduler {
public:
  Scheduler(Machine &machine, const ObjectKernel &kernel, const Launch &launch, const DispatchSegments &segments)
      : machine(machine), kernel(kernel), launch(launch), segments(segments), grid(gridOf(launch)),
        scratchBytes(scratchOf(machine.program, kernel, launch)), random(machine.options.shuffle) {}

  void run();

private:
  struct Slot {
    Workgroup group;
    std::vector<Wave> waves;
    std::vector<uint32_t> registers; // of all waves, with slack to align rows
    std::unique_ptr<uint8_t, decltype(&std::free)> scratch{nullptr, std::free};
    bool busy = false;
  };

  void admit(Slot &slot);
  void startWave(Slot &slot, unsigned index, const std::array<uint32_t, 3> &size);
  void setScalars(Wave &w, const Workgroup &g);
  uint32_t firstInstruction() const;
  bool runGroup(Slot &slot); // false: stop everything
  bool runWave(Wave &w);
  void stopAtLimit(Wave &w);
  template <bool Observed, bool Results> void slice(Wave &w, uint64_t budget);
  void settle(Slot &slot);
  unsigned capacity() const;
  size_t maxWaves() const { return (size_t(launch.block[0]) * launch.block[1] * launch.block[2] + lanes - 1) / lanes; }
  uint64_t budget();
  // The order of one round: as they are, or a random one.
  template <class T> std::vector<T *> ordered(std::vector<T *> list);

  Machine &machine;
  const ObjectKernel &kernel;
  const Launch &launch;
  const DispatchSegments &segments;
  Grid grid;
  uint32_t scratchBytes; // of a lane
  uint64_t admitted = 0, finished = 0;
  std::mt19937_64 random;
  std::vector<std::unique_ptr<Slot>> slots;
};

unsigned Scheduler::capacity() const {
  unsigned waves = unsigned(maxWaves());
  unsigned perCu = machine.chip.workgroupsPerCu(waves, kernel.info.vgprs, kernel.info.ldsBytes + launch.dynamicLds);
  return std::max(1u, perCu) * machine.chip.computeUnits;
}

uint64_t Scheduler::budget() {
  uint64_t slice = std::max(1u, machine.options.timeSlice), limit = machine.options.maxInstructions;
  if (machine.options.shuffle)
    slice = 1 + random() % slice;
  return limit ? std::min(slice, limit - machine.total) : slice;
}

void Scheduler::admit(Slot &slot) {
  Workgroup &g = slot.group;
  g.linear = admitted++;
  g.id[0] = uint32_t(g.linear % grid.groups[0]);
  g.id[1] = uint32_t(g.linear / grid.groups[0] % grid.groups[1]);
  g.id[2] = uint32_t(g.linear / grid.groups[0] / grid.groups[1]);
  // A partial workgroup at the grid's edge has its own, smaller size.
  std::array<uint32_t, 3> size;
  for (unsigned d = 0; d < 3; ++d)
    size[d] = std::min(grid.block[d], grid.items[d] - g.id[d] * grid.block[d]);
  unsigned items = size[0] * size[1] * size[2];
  g.waveCount = (items + lanes - 1) / lanes;
  g.ended = g.waiting = 0;
  uint32_t fill = machine.options.fill;
  g.lds.resize(size_t(kernel.info.ldsBytes) + launch.dynamicLds);
  for (size_t n = 0; n < g.lds.size(); ++n)
    g.lds[n] = uint8_t(fill >> (8 * (n % 4)));
  // Pages of scratch exist only once touched.
  if (scratchBytes && !slot.scratch)
    slot.scratch.reset(static_cast<uint8_t *>(std::calloc(maxWaves() * lanes, scratchBytes)));
  constexpr size_t slack = 16; // words in 64 bytes
  slot.registers.assign(size_t(g.waveCount) * kernel.info.vgprs * lanes + slack, fill);
  slot.waves.assign(g.waveCount, Wave());
  g.waves.clear();
  for (unsigned n = 0; n < g.waveCount; ++n) {
    startWave(slot, n, size);
    g.waves.push_back(&slot.waves[n]);
  }
  slot.busy = true;
  ++machine.workgroups;
  machine.waves += g.waveCount;
  for (auto &o : machine.observers) {
    o->groupStarts(g);
    for (Wave *w : g.waves)
      o->waveStarts(*w);
  }
}

void Scheduler::startWave(Slot &slot, unsigned index, const std::array<uint32_t, 3> &size) {
  Wave &w = slot.waves[index];
  void *aligned = slot.registers.data();
  size_t room = slot.registers.size() * sizeof(uint32_t);
  auto *rows = static_cast<uint32_t (*)[lanes]>(std::align(64, room - 64, aligned, room));
  w.v = rows + size_t(index) * kernel.info.vgprs;
  w.pc = &machine.program.instructions[firstInstruction()];
  w.machine = &machine;
  w.group = &slot.group;
  w.index = index;
  w.resident = slot.group.slot * uint32_t(maxWaves()) + index;
  w.lds = slot.group.lds.data();
  w.ldsBytes = uint32_t(slot.group.lds.size());
  w.vgprs = kernel.info.vgprs;
  w.scratchBytes = slot.scratch ? scratchBytes : 0;
  w.scratch = slot.scratch.get() + size_t(index) * lanes * w.scratchBytes;
  w.mode = modeOf(kernel.descriptor);
  w.mxcsr = hostStateOf(w.mode);
  w.fastMfma = machine.options.mfma == Mfma::fast;
  w.observeAccesses = !machine.seeAccesses.empty();
  std::fill(std::begin(w.s), std::end(w.s), machine.options.fill);
  w.s[sreg::scc] = 0;
  uint64_t exec = 0;
  unsigned items = size[0] * size[1] * size[2];
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned item = index * lanes + l;
    if (item >= items)
      continue;
    exec |= 1ull << l;
    // All three ids in one register, ten bits each.
    w.v[0][l] = item % size[0] | item / size[0] % size[1] << 10 | item / size[0] / size[1] << 20;
  }
  w.setS64(sreg::exec, exec);
  for (unsigned l = 0; l < lanes; ++l)
    w.execRow[l] = exec >> l & 1 ? ~0u : 0;
  setScalars(w, slot.group);
}

// With preloaded arguments a wave begins 256 bytes after the entry, past the code that loads them where the hardware
// does not (LLVM AMDGPUUsage, "Preloaded Kernel Arguments").
uint32_t Scheduler::firstInstruction() const {
  constexpr uint64_t fallback = 256;
  const Program &p = machine.program;
  auto found = kernel.descriptor.preloadDwords() ? p.indexOf.find(p.entry + fallback) : p.indexOf.end();
  return found == p.indexOf.end() ? p.first : found->second;
}

// User SGPRs in the descriptor's order, then the workgroup's ids.
void Scheduler::setScalars(Wave &w, const Workgroup &g) {
  const Descriptor &d = kernel.descriptor;
  unsigned at = 0;
  auto put64 = [&](unsigned property, uint64_t value) {
    if (!d.property(property))
      return;
    w.setS64(at, value);
    at += 2;
  };
  put64(property::dispatchPtr, segments.packet);
  put64(property::queuePtr, 0);
  put64(property::kernargPtr, segments.kernarg);
  put64(property::dispatchId, 0);
  put64(property::flatScratchInit, 0);
  if (d.property(property::privateSegmentSize))
    w.s[at++] = kernel.info.scratchBytes;
  // Then the first arguments, where the descriptor asks for them.
  for (unsigned n = 0; n < d.preloadDwords(); ++n) {
    size_t from = 4 * (d.preloadOffset() + n);
    if (from + 4 <= launch.kernarg.size())
      std::memcpy(&w.s[at + n], launch.kernarg.data() + from, 4);
  }
  at = d.field2(1, 5);
  for (unsigned n = 0; n < 3; ++n)
    if (d.field2(7 + n, 1))
      w.s[at++] = g.id[n];
  machine.initialScalars = at;
}

template <bool Observed, bool Results> void Scheduler::slice(Wave &w, uint64_t budget) {
  uint64_t *executed = machine.executed.data();
  uint64_t left = budget;
  while (left != 0) {
    const Inst &i = *w.pc;
    if constexpr (Observed) {
      for (RunObserver *o : machine.watchers[i.index])
        o->instruction(w, i);
      if (w.status == WaveStatus::faulted)
        break;
    }
    ++executed[i.index];
    --left;
    w.pc = &i + 1;
    i.run(w, i);
    if constexpr (Results)
      for (RunObserver *o : machine.seeResults)
        o->executed(w, i);
    if (w.status != WaveStatus::running)
      break;
  }
  machine.total += budget - left;
}

// Where others of the workgroup wait for this wave at a barrier, that is what will never come to pass.
void Scheduler::stopAtLimit(Wave &w) {
  unsigned waiting = 0;
  for (const Wave *other : w.group->waves)
    waiting += other->status == WaveStatus::atBarrier;
  std::string limit =
      format("the launch has executed its limit of %llu instructions", (ull)machine.options.maxInstructions);
  if (waiting)
    limit += format(", and %u waves of the workgroup wait at a barrier that this one has not reached", waiting);
  stopWave(w, findingAt(w, *w.pc, waiting ? ErrorKind::stuckBarrier : ErrorKind::instructionLimit, -1, limit));
}

bool Scheduler::runWave(Wave &w) {
  _mm_setcsr(w.mxcsr);
  bool observed = !machine.watchers.empty(), results = !machine.seeResults.empty();
  auto run = results    ? &Scheduler::slice<true, true>
             : observed ? &Scheduler::slice<true, false>
                        : &Scheduler::slice<false, false>;
  (this->*run)(w, budget());
  _mm_setcsr(defaultHostState);
  if (w.status == WaveStatus::yielded)
    w.status = WaveStatus::running;
  if (!machine.finding && machine.options.maxInstructions && machine.total >= machine.options.maxInstructions &&
      w.status == WaveStatus::running)
    stopAtLimit(w);
  return !machine.finding;
}

// A barrier opens when all waves of the group that have not ended wait at it.
void Scheduler::settle(Slot &slot) {
  Workgroup &g = slot.group;
  g.ended = g.waiting = 0;
  for (Wave *w : g.waves) {
    g.ended += w->status == WaveStatus::ended;
    g.waiting += w->status == WaveStatus::atBarrier;
  }
  if (g.waiting == 0 || g.waiting + g.ended != g.waveCount)
    return;
  for (auto &o : machine.observers)
    o->barrierOpens(g);
  for (Wave *w : g.waves)
    if (w->status == WaveStatus::atBarrier)
      w->status = WaveStatus::running;
}

template <class T> std::vector<T *> Scheduler::ordered(std::vector<T *> list) {
  if (machine.options.shuffle)
    std::shuffle(list.begin(), list.end(), random);
  return list;
}

bool Scheduler::runGroup(Slot &slot) {
  for (Wave *w : ordered(slot.group.waves)) {
    if (w->status != WaveStatus::running)
      continue;
    if (!runWave(*w))
      return false;
    if (w->status == WaveStatus::ended)
      for (auto &o : machine.observers)
        o->waveEnds(*w);
  }
  settle(slot);
  if (slot.group.ended == slot.group.waveCount) {
    for (auto &o : machine.observers)
      o->groupEnds(slot.group);
    slot.busy = false;
    ++finished;
  }
  return true;
}

void Scheduler::run() {
  uint64_t total = grid.total();
  size_t most = size_t(std::min<uint64_t>(capacity(), total));
  for (size_t n = 0; n < most; ++n)
    slots.push_back(std::make_unique<Slot>());
  for (size_t n = 0; n < most; ++n)
    slots[n]->group.slot = uint32_t(n);
  std::vector<Slot *> all;
  for (auto &slot : slots)
    all.push_back(slot.get());
  while (finished < total) {
    for (Slot *slot : ordered(all)) {
      if (!slot->busy && admitted < total)
        admit(*slot);
      if (slot->busy && !runGroup(*slot))
        return;
    }
    if (machine.options.progress)
      machine.options.progress(machine.options.progressContext, finished, total);
  }
}

} // namespace

Status checkDescriptor(const ObjectKernel &kernel) {
  const Descriptor &d = kernel.descriptor;
  auto refuse = [&](const char *what) { return launchError(ErrorKind::unsupported, kernel, what); };
  if (d.property(property::privateSegmentBuffer))
    return refuse("the descriptor asks for a private segment buffer, which these chips do not have");
  if (d.property(property::wavefront32))
    return refuse("the descriptor asks for waves of 32 lanes");
  if (d.field2(10, 1))
    return refuse("the descriptor asks for the workgroup info register");
  if (const char *what = unsupportedMode(modeOf(d)))
    return launchError(ErrorKind::unsupported, kernel, std::string("the descriptor asks for ") + what);
  if (kernel.info.vgprs > 512)
    return refuse("the descriptor asks for more than 512 registers");
  if (kernel.info.accumOffset > kernel.info.vgprs)
    return refuse("the descriptor's accum_offset is past its registers");
  if (d.field2(1, 5) > 16)
    return refuse("the descriptor has more than 16 user SGPRs");
  if (d.preloadDwords() > 16 - 2 * unsigned(d.property(property::kernargPtr)))
    return refuse("the descriptor preloads more arguments than there are user SGPRs");
  return {};
}

Status checkLaunch(const Chip &chip, const ObjectKernel &kernel, const Launch &launch) {
  auto refuse = [&](const std::string &what) { return launchError(ErrorKind::badLaunch, kernel, what); };
  uint64_t block = uint64_t(launch.block[0]) * launch.block[1] * launch.block[2];
  Grid g = gridOf(launch);
  if (block == 0 || g.total() == 0)
    return refuse(format("grid (%u, %u, %u) and block (%u, %u, %u) must be positive", g.groups[0], g.groups[1],
                         g.groups[2], launch.block[0], launch.block[1], launch.block[2]));
  uint64_t most = kernel.info.maxWorkgroupSize ? std::min(1024u, kernel.info.maxWorkgroupSize) : 1024u;
  if (launch.block[0] > 1024 || launch.block[1] > 1024 || launch.block[2] > 1024 || block > most)
    return refuse(format("block of %llu work-items, at most %llu allowed", (ull)block, (ull)most));
  uint64_t lds = uint64_t(kernel.info.ldsBytes) + launch.dynamicLds;
  if (lds > chip.ldsBytes)
    return refuse(format("%llu bytes of LDS, %s has %u", (ull)lds, chip.name, chip.ldsBytes));
  unsigned waves = unsigned((block + lanes - 1) / lanes);
  if (chip.workgroupsPerCu(waves, kernel.info.vgprs, uint32_t(lds)) == 0)
    return refuse(format("a workgroup of %u waves with %u registers does not fit a CU", waves, kernel.info.vgprs));
  if (launch.kernarg.size() < kernel.info.kernargBytes)
    return refuse(
        format("%zu bytes of arguments, the kernel takes %u", launch.kernarg.size(), kernel.info.kernargBytes));
  return {};
}

void runLaunch(Machine &machine, const ObjectKernel &kernel, const Launch &launch, const DispatchSegments &segments) {
  HostStateScope scope;
  Scheduler(machine, kernel, launch, segments).run();
}

} // namespace pa::emu
