// What to ask for instead of a variant that is not supported, found by asking the query of support.
#ifndef PA_COMPILER_VARIANT_NEAREST_H
#define PA_COMPILER_VARIANT_NEAREST_H

#include "compiler/variant/Support.h"

namespace pa {

// Values for the fields that the reasons name, each the nearest with which its reasons are gone, and with all of which
// the variant is supported; the larger of two that are as near, since a head or a page can be padded. Empty if there
// are none.
JsonObject nearestSupported(const AnyVariant &variant, const Chip &chip);
// "nearest supported: head_size 144, page_size 32", or "".
std::string nearestInWords(const JsonObject &fields);
// All reasons, and what is nearest, one line each; "" if it is supported.
std::string refusalInWords(const AnyVariant &variant, const Chip &chip);

} // namespace pa

#endif
