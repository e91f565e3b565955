#include "runtime/emulator/core/Scheduler.h"

#include "runtime/emulator/core/HostState.h"
#include "runtime/emulator/core/Text.h"

#include <xmmintrin.h>

namespace pa::emu {
namespace {

using ull = unsigned long long;
constexpr unsigned lanes = waveLanes;

// Compilers declare too little for recursion: code that calls gets 16 KiB a lane.
uint32_t scratchOf(const Program &program, const ObjectKernel &kernel, const Launch &launch) {
  constexpr uint32_t forCalls = 16384;
  uint32_t least = launch.scratchBytes ? launch.scratchBytes : program.hasCalls ? forCalls : 0;
  return std::max(least, kernel.info.scratchBytes);
}

} // namespace

Scheduler::Scheduler(Machine &machine, const ObjectKernel &kernel, const Launch &launch,
                     const DispatchSegments &segments, SharedRun &shared, size_t firstSlot, size_t count)
    : machine(machine), kernel(kernel), launch(launch), segments(segments), shared(shared), grid(gridOf(launch)),
      scratchBytes(scratchOf(machine.program, kernel, launch)), random(machine.options.shuffle) {
  for (size_t n = 0; n < count; ++n) {
    slots.push_back(std::make_unique<Slot>());
    slots.back()->group.slot = uint32_t(firstSlot + n);
  }
}

size_t Scheduler::maxWaves() const {
  return (size_t(launch.block[0]) * launch.block[1] * launch.block[2] + lanes - 1) / lanes;
}

uint64_t Scheduler::budget() {
  uint64_t slice = std::max(1u, machine.options.timeSlice), limit = machine.options.maxInstructions;
  if (machine.options.shuffle)
    slice = 1 + random() % slice;
  uint64_t executed = shared.executed;
  return limit ? std::min(slice, limit - std::min(limit, executed)) : slice;
}

bool Scheduler::admit(Slot &slot) {
  Workgroup &g = slot.group;
  g.linear = shared.admitted++;
  if (g.linear >= grid.total())
    return false;
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
  g.lds.reserve(1); // not null, so that handlers may compute addresses that they then refuse
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
  ObserverGuard guard(machine);
  for (RunObserver *o : machine.attached) {
    o->groupStarts(g);
    for (Wave *w : g.waves)
      o->waveStarts(*w);
  }
  return true;
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
  takeMode(w, modeOf(kernel.descriptor));
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

// User SGPRs in the descriptor's order, then the workgroup's ids and what else is said of it.
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
    w.s[at++] = (scratchBytes + 3) / 4 * 4;
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
  if (d.field2(10, 1))
    w.s[at++] = uint32_t(w.index == 0) << 31 | g.waveCount;
  machine.initialScalars = at;
}

template <bool Observed, bool Results, bool Threaded> void Scheduler::slice(Wave &w, uint64_t budget) {
  uint64_t *executed = machine.executed.data();
  uint64_t left = budget;
  while (left != 0) {
    const Inst &i = *w.pc;
    if constexpr (Observed) {
      if (!machine.watchers[i.index].empty()) {
        ObserverGuard guard(machine);
        for (RunObserver *o : machine.watchers[i.index])
          o->instruction(w, i);
      }
      if (w.status == WaveStatus::faulted)
        break;
    }
    ++executed[i.index];
    --left;
    w.pc = &i + 1;
    if (Threaded && (i.row->flags & flag::atomic)) {
      std::lock_guard<std::mutex> lock(shared.atomics);
      i.run(w, i);
    } else {
      i.run(w, i);
    }
    if constexpr (Results)
      for (RunObserver *o : machine.seeResults)
        o->executed(w, i);
    if (w.status != WaveStatus::running)
      break;
  }
  machine.total += budget - left;
  shared.executed += budget - left;
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
  bool observed = !machine.watchers.empty(), results = !machine.seeResults.empty(), threaded = machine.observerLock;
  auto run = results                ? &Scheduler::slice<true, true, false>
             : observed && threaded ? &Scheduler::slice<true, false, true>
             : observed             ? &Scheduler::slice<true, false, false>
             : threaded             ? &Scheduler::slice<false, false, true>
                                    : &Scheduler::slice<false, false, false>;
  (this->*run)(w, budget());
  _mm_setcsr(defaultHostState);
  if (w.status == WaveStatus::yielded)
    w.status = WaveStatus::running;
  if (!machine.finding && machine.options.maxInstructions && shared.executed >= machine.options.maxInstructions &&
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
  slot.metAtBarrier = g.waiting != 0 && g.waiting + g.ended == g.waveCount;
  if (!slot.metAtBarrier)
    return;
  {
    ObserverGuard guard(machine);
    for (RunObserver *o : machine.attached)
      o->barrierOpens(g);
  }
  for (Wave *w : g.waves)
    if (w->status == WaveStatus::atBarrier)
      w->status = WaveStatus::running;
}

template <class T> std::vector<T *> Scheduler::ordered(std::vector<T *> list) {
  if (machine.options.shuffle)
    std::shuffle(list.begin(), list.end(), random);
  return list;
}

// A slice of each wave that can run. False: stop everything.
bool Scheduler::runRound(Slot &slot) {
  for (Wave *w : ordered(slot.group.waves)) {
    if (w->status != WaveStatus::running)
      continue;
    if (!runWave(*w))
      return false;
    if (w->status == WaveStatus::ended) {
      ObserverGuard guard(machine);
      for (RunObserver *o : machine.attached)
        o->waveEnds(*w);
    }
  }
  settle(slot);
  return true;
}

// Rounds as long as its waves meet at barriers within a slice, so that its registers stay in the host's caches. One
// that waits for another workgroup runs out of its slices, or yields.
bool Scheduler::runGroup(Slot &slot) {
  Workgroup &g = slot.group;
  uint64_t end = machine.total + uint64_t(machine.options.timeSlice) * g.waveCount;
  do {
    if (!runRound(slot))
      return false;
  } while (g.ended != g.waveCount && slot.metAtBarrier && machine.total < end && !machine.options.shuffle);
  if (g.ended == g.waveCount) {
    ObserverGuard guard(machine);
    for (RunObserver *o : machine.attached)
      o->groupEnds(g);
    slot.busy = false;
    ++shared.finished;
  }
  return true;
}

void Scheduler::run() {
  HostStateScope scope;
  std::vector<Slot *> all;
  for (auto &slot : slots)
    all.push_back(slot.get());
  bool more = true, busy = true;
  while (busy && !shared.stop) {
    busy = false;
    for (Slot *slot : ordered(all)) {
      // A workgroup that has ended makes room for the next one.
      do {
        if (!slot->busy && more)
          more = admit(*slot);
        if (slot->busy && !runGroup(*slot)) {
          shared.stop = true;
          return;
        }
        if (machine.options.progress && slots[0]->group.slot == 0)
          machine.options.progress(machine.options.progressContext, shared.finished, grid.total());
      } while (!slot->busy && more && !machine.options.shuffle && !shared.stop);
      busy |= slot->busy || more;
    }
  }
}

} // namespace pa::emu
