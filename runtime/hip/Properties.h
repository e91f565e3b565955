// What a device says about itself.
#ifndef PA_RUNTIME_HIP_PROPERTIES_H
#define PA_RUNTIME_HIP_PROPERTIES_H

#include "runtime/hip/Runtime.h"

namespace pa::hip {

uint64_t memoryBytes(const Chip &chip);
// "gfx942:sramecc+:xnack-": the target, with the features that these products run with.
std::string targetName(const Chip &chip);
int attributeOf(const Gpu &gpu, hipDeviceAttribute_t attribute); // refuses an unknown one

} // namespace pa::hip

#endif
