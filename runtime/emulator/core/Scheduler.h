// Runs a launch's workgroups: several schedulers share one launch where it runs on several threads.
#ifndef PA_RUNTIME_EMULATOR_CORE_SCHEDULER_H
#define PA_RUNTIME_EMULATOR_CORE_SCHEDULER_H

#include "runtime/emulator/core/Dispatch.h"
#include "runtime/emulator/core/Grid.h"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>

namespace pa::emu {

// What the threads of a launch have in common.
struct SharedRun {
  std::atomic<uint64_t> admitted{0}, finished{0}, executed{0};
  std::atomic<bool> stop{false};
  std::mutex atomics; // held while an atomic executes
};

// Admits workgroups in order, as many as its places hold, and gives their waves slices in turn.
class Scheduler {
public:
  // Its places are `count` from `firstSlot` on, of those that the chip has.
  Scheduler(Machine &machine, const ObjectKernel &kernel, const Launch &launch, const DispatchSegments &segments,
            SharedRun &shared, size_t firstSlot, size_t count);

  void run();

private:
  struct Slot {
    Workgroup group;
    std::vector<Wave> waves;
    std::vector<uint32_t> registers; // of all waves, with slack to align rows
    std::unique_ptr<uint8_t, decltype(&std::free)> scratch{nullptr, std::free};
    bool busy = false;
    bool metAtBarrier = false; // at the end of the last round: it has opened
  };

  bool admit(Slot &slot); // false: all workgroups have been admitted
  void startWave(Slot &slot, unsigned index, const std::array<uint32_t, 3> &size);
  void setScalars(Wave &w, const Workgroup &g);
  uint32_t firstInstruction() const;
  bool runGroup(Slot &slot); // false: stop everything
  bool runRound(Slot &slot);
  bool runWave(Wave &w);
  void stopAtLimit(Wave &w);
  template <bool Observed, bool Results, bool Threaded> void slice(Wave &w, uint64_t budget);
  void settle(Slot &slot);
  size_t maxWaves() const;
  uint64_t budget();
  // The order of one round: as they are, or a random one.
  template <class T> std::vector<T *> ordered(std::vector<T *> list);

  Machine &machine;
  const ObjectKernel &kernel;
  const Launch &launch;
  const DispatchSegments &segments;
  SharedRun &shared;
  Grid grid;
  uint32_t scratchBytes; // of a lane
  std::mt19937_64 random;
  std::vector<std::unique_ptr<Slot>> slots;
};

} // namespace pa::emu

#endif
