// PA_VERIFY=results: what a launch should write, for a few of its items, computed in float64 from the very bytes in
// device memory.
#ifndef PA_RUNTIME_VERIFY_RESULTS_H
#define PA_RUNTIME_VERIFY_RESULTS_H

#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"
#include "runtime/verify/PageWriters.h"
#include "runtime/verify/Sample.h"

namespace pa::checked {

// What a check goes by.
struct Checking {
  Device &device;
  PageWriters &writers;
  Sample sample;
};

class Expectation {
public:
  virtual ~Expectation() = default;
  // After the launch: what it wrote. A difference is ErrorCode::wrongResult.
  virtual Status check(Checking &checking) = 0;
};

// Before the launch, with an argument block that is complete. Inputs that no launch may have are errors.
Expected<std::unique_ptr<Expectation>> expectResults(Checking &checking, const AnyDescription &description,
                                                     const void *args);

} // namespace pa::checked

#endif
