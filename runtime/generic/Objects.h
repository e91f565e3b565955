// The code objects of the generic kernels, which the build has put into this library.
#ifndef PA_RUNTIME_GENERIC_OBJECTS_H
#define PA_RUNTIME_GENERIC_OBJECTS_H

#include "compiler/target/Chip.h"
#include "compiler/variant/AnyVariant.h"

#include <string_view>

namespace pa::generic {

std::string_view objectOf(Op op, const Chip &chip);

} // namespace pa::generic

#endif
