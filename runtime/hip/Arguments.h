// The argument block of a launch, by the kernel's metadata.
#ifndef PA_RUNTIME_HIP_ARGUMENTS_H
#define PA_RUNTIME_HIP_ARGUMENTS_H

#include "runtime/hip/Runtime.h"

namespace pa::hip {

// `arguments` points to a value for every explicit argument; or else `extra` is HIP's list with one packed buffer.
// Hidden arguments are filled from the launch. The launch's grid, block and dynamic LDS are set already.
std::vector<uint8_t> packArguments(const emu::KernelInfo &kernel, const emu::Launch &launch, void **arguments,
                                   void **extra);

} // namespace pa::hip

#endif
