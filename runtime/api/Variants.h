// A variant as an engine gives it: read, and checked for a chip.
#ifndef PA_RUNTIME_API_VARIANTS_H
#define PA_RUNTIME_API_VARIANTS_H

#include "compiler/target/Chip.h"
#include "compiler/variant/AnyVariant.h"
#include "runtime/device/Status.h"

#include <string_view>

namespace pa::api {

// The error has everything that is wrong with the description, or every reason why it is not supported, one a line.
Expected<AnyVariant> readSupported(std::string_view json, const Chip &chip);

} // namespace pa::api

#endif
