// What a run consists of: the decoded kernel, memory, options, observers, and the first finding.
#ifndef PA_RUNTIME_EMULATOR_CORE_MACHINE_H
#define PA_RUNTIME_EMULATOR_CORE_MACHINE_H

#include "compiler/target/Chip.h"
#include "runtime/emulator/core/MemoryImpl.h"
#include "runtime/emulator/core/State.h"
#include "runtime/emulator/decode/Program.h"

#include <mutex>

namespace pa::emu {

struct Machine;
class SourceLines;

// Sees a run from outside: execution calls it and does not know what it does with what it sees. Calls that an observer
// has no use for cost nothing where it says so in `wants`.
class RunObserver {
public:
  virtual ~RunObserver() = default;
  struct Wants {
    bool instructions = false, accesses = false, results = false;
  };
  virtual Wants wants() const = 0;
  // Of the instructions, those that it wants to see.
  virtual bool wantsInstruction(const Inst &) const { return true; }
  virtual void groupStarts(Workgroup &) {}
  virtual void groupEnds(Workgroup &) {}
  virtual void waveStarts(Wave &) {}
  virtual void waveEnds(Wave &) {}
  // All waves of the workgroup that have not ended have arrived; none has gone on.
  virtual void barrierOpens(Workgroup &) {}
  // Before the instruction executes. An observer stops the wave by a fault.
  virtual void instruction(Wave &, const Inst &) {}
  // Addresses are valid, data not yet moved.
  virtual void access(Wave &, const Inst &, const AccessEvent &) {}
  // After the instruction has executed.
  virtual void executed(Wave &, const Inst &) {}
  virtual void finish(const Machine &, Report &) {}
};

struct Machine {
  const Chip &chip;
  Memory::Impl &memory;
  const Program &program;
  const RunOptions &options;
  uint64_t codeBase;            // device address of the object's image
  SourceLines *lines = nullptr; // null: none
  std::vector<std::unique_ptr<RunObserver>> observers = {};
  std::vector<RunObserver *> attached = {}; // all of them, also where another thread's machine owns them
  std::vector<RunObserver *> seeAccesses = {}, seeResults = {};
  std::vector<std::vector<RunObserver *>> watchers = {}; // by instruction index; empty: nobody sees instructions
  std::vector<uint64_t> executed = {};                   // by instruction index
  uint64_t total = 0;                                    // instructions of finished slices
  uint64_t workgroups = 0, waves = 0;
  unsigned initialScalars = 0;        // SGPRs that a wave begins with, from s0 on
  std::optional<Error> finding = {};  // what stops the run
  std::vector<Error> collected = {};  // what does not, by option
  std::mutex *observerLock = nullptr; // where several threads share the observers
};

// Held while observers are called.
class ObserverGuard {
public:
  explicit ObserverGuard(const Machine &machine) : lock(machine.observerLock) {
    if (lock)
      lock->lock();
  }
  ~ObserverGuard() {
    if (lock)
      lock->unlock();
  }
  ObserverGuard(const ObserverGuard &) = delete;
  ObserverGuard &operator=(const ObserverGuard &) = delete;

private:
  std::mutex *lock;
};

// A finding about an instruction, with its place filled in.
Error findingAt(const Wave &wave, const Inst &inst, ErrorKind kind, int lane, const std::string &what);
// Records it and stops the wave; where findings are collected, the wave goes on after one of the sanitizer's.
void stopWave(Wave &wave, Error error);

} // namespace pa::emu

#endif
