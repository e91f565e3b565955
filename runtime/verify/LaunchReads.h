// What of device memory a launch reads: pages that its tables name, and no others.
#ifndef PA_RUNTIME_VERIFY_LAUNCHREADS_H
#define PA_RUNTIME_VERIFY_LAUNCHREADS_H

#include "runtime/verify/Pointers.h"

namespace pa::checked {

struct Range {
  uint64_t address = 0, bytes = 0;
};

// In order, none touching another. What cannot be known, since lengths or tables are wrong, is left out.
std::vector<Range> readsOf(Device &device, const AnyDescription &description, const void *args);

} // namespace pa::checked

#endif
