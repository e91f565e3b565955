// What a stream or a graph's node does: plain data, so that a graph can be changed after it was captured.
#ifndef PA_RUNTIME_HIP_WORK_H
#define PA_RUNTIME_HIP_WORK_H

#include "runtime/hip/Runtime.h"

#include <variant>

struct ihipModuleSymbol_t;

namespace pa::hip {

struct KernelWork {
  ihipModuleSymbol_t *function = nullptr;
  emu::Launch launch; // the arguments are copied when the call is made
};

// Rows of `width` bytes, in `slices` of `rows`.
struct CopyWork {
  void *target = nullptr;
  const void *source = nullptr;
  size_t width = 0, rows = 1, slices = 1;
  size_t targetPitch = 0, sourcePitch = 0;
  size_t targetSlice = 0, sourceSlice = 0;
};

struct FillWork {
  void *target = nullptr;
  uint32_t value = 0;
  unsigned elementBytes = 1;
  size_t elements = 0, rows = 1; // elements of a row
  size_t pitch = 0;
};

struct HostWork {
  void (*function)(void *) = nullptr;
  void *argument = nullptr;
};

struct EventWork {
  hipEvent_t event = nullptr;
};

struct NoWork {};

using Work = std::variant<NoWork, KernelWork, CopyWork, FillWork, HostWork, EventWork>;

// Does it, on the device given.
void execute(Gpu &gpu, const Work &work);
void executeKernel(Gpu &gpu, const KernelWork &work); // Launch.cpp

// From a launch's function and its arguments (one of both forms) to work; grid in workgroups.
KernelWork kernelWork(ihipModuleSymbol_t *function, dim3 grid, dim3 block, size_t dynamicLds, void **arguments,
                      void **extra);

} // namespace pa::hip

#endif
