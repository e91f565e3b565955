// PA_DUMP_DIR: a launch that failed, as a launch description that pa-emu runs (docs/emulator.md): its code object, its
// argument block, and of the memory that it names what it reads.
#ifndef PA_RUNTIME_VERIFY_DUMP_H
#define PA_RUNTIME_VERIFY_DUMP_H

#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"

namespace pa::checked {

// What is dumped besides memory.
struct FailedLaunch {
  const AnyDescription &description;
  const std::string &object;
  const LaunchShape &shape;
  const void *args;
  size_t bytes;
};

bool dumpIsWanted();
// A folder of its own in PA_DUMP_DIR; the value is the description's path. Memory is as the launch left it.
Expected<std::string> dumpLaunch(Device &device, const FailedLaunch &launch, const Error &error);

} // namespace pa::checked

#endif
