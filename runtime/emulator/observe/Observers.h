// The observers that a run can have.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_OBSERVERS_H
#define PA_RUNTIME_EMULATOR_OBSERVE_OBSERVERS_H

#include "runtime/emulator/core/Machine.h"

namespace pa::emu {

// Exact counts of instructions and traffic. The two below add to what it reports.
std::unique_ptr<RunObserver> makeCounters(const Chip &chip, Memory::Impl &memory, const Program &program);
std::unique_ptr<RunObserver> makeInFlight();
std::unique_ptr<RunObserver> makeCacheModel(const Chip &chip);
// Registers used or overwritten while a load into them is in flight.
std::unique_ptr<RunObserver> makeWaitChecker();
// Undefined values that decide something.
std::unique_ptr<RunObserver> makeUndefinedChecker(const Program &program, Memory::Impl &memory);
// Accesses of two waves to the same bytes that nothing orders.
std::unique_ptr<RunObserver> makeLdsRaces(const Program &program);
std::unique_ptr<RunObserver> makeGlobalRaces(Memory::Impl &memory);
// Forwards to a user's observer.
std::unique_ptr<RunObserver> makeForwarder(Observer &observer);

} // namespace pa::emu

#endif
