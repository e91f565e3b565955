// What the C interface's handles are.
#ifndef PA_RUNTIME_API_HANDLES_H
#define PA_RUNTIME_API_HANDLES_H

#include "pa/pa.h"
#include "runtime/api/LoadedObjects.h"
#include "runtime/device/DecodeLaunch.h"

struct pa_device {
  explicit pa_device(std::unique_ptr<pa::Device> opened)
      : objects(std::make_shared<pa::api::LoadedObjects>(std::move(opened))), device(objects->device) {}
  std::shared_ptr<pa::api::LoadedObjects> objects; // outlives the handle while a request runs
  std::shared_ptr<pa::Device> device;
};

struct pa_kernel {
  std::shared_ptr<const pa::api::LoadedObject> object;
};

namespace pa::api {

inline Op opOf(const pa_kernel &kernel) {
  auto *other = std::get_if<CacheKernelDescription>(&kernel.object->description);
  return other ? pa::opOf(other->variant) : Op::decode;
}

// The description that an entry point needs, or why the kernel is none of its; null first.
template <class Description> Expected<const Description *> descriptionOf(const pa_kernel *kernel, Op op) {
  if (!kernel)
    return Error{ErrorCode::invalidArgument, "kernel is null, expected a pointer", {}};
  Op is = opOf(*kernel);
  if (is == op)
    return &std::get<Description>(kernel->object->description);
  return {ErrorCode::invalidArgument,
          "kernel is one of " + std::string(toString(is)) + ", allowed: one of " + toString(op)};
}

// The kernel that a code object of ours describes.
Expected<std::unique_ptr<pa_kernel>> makeKernel(LoadedObjects &objects, const void *object, size_t bytes);

} // namespace pa::api

#endif
