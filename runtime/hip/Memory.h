// Device memory, and memory that host and kernels share at one address.
#ifndef PA_RUNTIME_HIP_MEMORY_H
#define PA_RUNTIME_HIP_MEMORY_H

#include "runtime/hip/Runtime.h"

namespace pa::hip {

void *allocateDevice(Gpu &gpu, uint64_t bytes);
// Reached by the host and by all devices.
void *allocateShared(uint64_t bytes, MemoryKind kind, unsigned flags);
void release(const void *pointer, bool hostMemory);

} // namespace pa::hip

#endif
