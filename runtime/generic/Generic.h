// Kernels that need no compiler: for each op and chip one that is inside of libpa, and computes any variant. Each
// launch says which, behind its arguments (Fields.h).
#ifndef PA_RUNTIME_GENERIC_GENERIC_H
#define PA_RUNTIME_GENERIC_GENERIC_H

#include "compiler/target/Chip.h"
#include "runtime/generic/Describe.h"

namespace pa {

struct GenericKernel {
  std::string_view object; // the same for all variants of an op
  std::string text;        // JSON, as a compiled kernel's object has it
  AnyDescription description;
  generic::Fields fields; // to be passed behind a launch's arguments
};

// Refuses what a generic kernel cannot be.
Expected<GenericKernel> genericKernel(const AnyVariant &variant, const Chip &chip);

} // namespace pa

#endif
