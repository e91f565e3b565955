// A launch: its checks, the waves' initial state, and running them to the end in time slices.
#ifndef PA_RUNTIME_EMULATOR_CORE_DISPATCH_H
#define PA_RUNTIME_EMULATOR_CORE_DISPATCH_H

#include "runtime/emulator/core/Machine.h"
#include "runtime/emulator/decode/Object.h"

namespace pa::emu {

// What of the launch does not fit the kernel or the chip; success if all does.
Status checkLaunch(const Chip &chip, const ObjectKernel &kernel, const Launch &launch);
// What of the descriptor is not supported, a line for each.
std::vector<std::string> refusedFields(const ObjectKernel &kernel);

struct DispatchSegments {
  uint64_t kernarg = 0; // device addresses
  uint64_t packet = 0;
};

// Runs all workgroups; the machine holds the finding if there was one.
void runLaunch(Machine &machine, const ObjectKernel &kernel, const Launch &launch, const DispatchSegments &segments);

} // namespace pa::emu

#endif
