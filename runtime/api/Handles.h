// What the C interface's handles are.
#ifndef PA_RUNTIME_API_HANDLES_H
#define PA_RUNTIME_API_HANDLES_H

#include "pa/pa.h"
#include "runtime/device/DecodeLaunch.h"
#include "runtime/device/KernelDescription.h"

struct pa_device {
  std::shared_ptr<pa::Device> device;
};

struct pa_kernel {
  std::shared_ptr<pa::Device> device;
  pa::KernelHandle handle;
  pa::AnyDescription description;
  std::string text; // the description as JSON
};

namespace pa::api {

inline Op opOf(const pa_kernel &kernel) {
  auto *other = std::get_if<CacheKernelDescription>(&kernel.description);
  return other ? pa::opOf(other->variant) : Op::decode;
}

// The description that an entry point needs, or why the kernel is none of its; null first.
template <class Description> Expected<const Description *> descriptionOf(const pa_kernel *kernel, Op op) {
  if (!kernel)
    return Error{ErrorCode::invalidArgument, "kernel is null, expected a pointer", {}};
  Op is = opOf(*kernel);
  if (is == op)
    return &std::get<Description>(kernel->description);
  return {ErrorCode::invalidArgument,
          "kernel is one of " + std::string(toString(is)) + ", allowed: one of " + toString(op)};
}

// Loads a code object of ours and finds the kernel that it describes.
Expected<std::unique_ptr<pa_kernel>> makeKernel(const std::shared_ptr<Device> &device, const void *object,
                                                size_t bytes);

} // namespace pa::api

#endif
