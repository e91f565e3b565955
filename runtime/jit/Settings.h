// Numbers that the environment sets; what is none is refused by the variable's name.
#ifndef PA_RUNTIME_JIT_SETTINGS_H
#define PA_RUNTIME_JIT_SETTINGS_H

#include "runtime/device/Status.h"

namespace pa {

// PA_JIT_PROCESSES: the most compilers that this process runs at once; else the host's threads.
Expected<unsigned> mostCompilers();
// PA_CACHE_BYTES: the most that the cache keeps; else 1 GiB.
Expected<uint64_t> cacheLimit();
// Bytes as PA_CACHE_BYTES has them, in the largest unit that fits exactly: "1G", "1500".
std::string inUnits(uint64_t bytes);

} // namespace pa

#endif
