// PA_VERIFY=results: what a launch should write, for a few of its items, computed in float64 from the very bytes in
// device memory.
#ifndef PA_RUNTIME_VERIFY_RESULTS_H
#define PA_RUNTIME_VERIFY_RESULTS_H

#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"

namespace pa::checked {

class Expectation {
public:
  virtual ~Expectation() = default;
  // After the launch: what it wrote. A difference is ErrorCode::wrongResult.
  virtual Status check(Device &device) = 0;
};

// Before the launch, with an argument block that is complete. Which items are looked at depends on `number` and the
// call alone. Inputs that no launch may have are errors.
Expected<std::unique_ptr<Expectation>> expectResults(Device &device, const AnyDescription &description,
                                                     const void *args, uint64_t number);

} // namespace pa::checked

#endif
