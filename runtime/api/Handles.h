// What the C interface's handles are.
#ifndef PA_RUNTIME_API_HANDLES_H
#define PA_RUNTIME_API_HANDLES_H

#include "pa/pa.h"
#include "runtime/api/LoadedObjects.h"
#include "runtime/device/DecodeLaunch.h"
#include "runtime/generic/Generic.h"

struct pa_device {
  explicit pa_device(std::unique_ptr<pa::Device> opened)
      : objects(std::make_shared<pa::api::LoadedObjects>(std::move(opened))), device(objects->device) {}
  std::shared_ptr<pa::api::LoadedObjects> objects; // outlives the handle while a request runs
  std::shared_ptr<pa::Device> device;
};

namespace pa::api {
// Which variant a generic kernel is, and why there is no other one.
struct GenericPart {
  generic::Fields fields;
  std::string reason;
};
} // namespace pa::api

struct pa_kernel {
  std::shared_ptr<const pa::api::LoadedObject> object;
  std::shared_ptr<const pa::api::Described> described;
  std::optional<pa::api::GenericPart> generic;
};

namespace pa::api {

inline Op opOf(const pa_kernel &kernel) {
  auto *other = std::get_if<CacheKernelDescription>(&kernel.described->description);
  return other ? pa::opOf(other->variant) : Op::decode;
}

// The description that an entry point needs, or why the kernel is none of its; null first.
template <class Description> Expected<const Description *> descriptionOf(const pa_kernel *kernel, Op op) {
  if (!kernel)
    return Error{ErrorCode::invalidArgument, "kernel is null, expected a pointer", {}};
  Op is = opOf(*kernel);
  if (is == op)
    return &std::get<Description>(kernel->described->description);
  return {ErrorCode::invalidArgument,
          "kernel is one of " + std::string(toString(is)) + ", allowed: one of " + toString(op)};
}

// Enqueues the kernel with its argument block, behind which a generic one finds which variant it is.
template <class Args>
Status enqueue(const pa_kernel &kernel, const LaunchShape &shape, const Args &args, void *stream) {
  struct {
    Args args;
    generic::Fields fields;
  } both;
  static_assert(sizeof both == sizeof(Args) + sizeof(generic::Fields), "nothing lies between them");
  both.args = args;
  if (kernel.generic)
    both.fields = kernel.generic->fields;
  size_t bytes = kernel.generic ? sizeof both : sizeof args;
  return kernel.object->device->launch(kernel.object->kernel, shape, &both, bytes, stream);
}

// The kernel that a code object of ours describes.
Expected<std::unique_ptr<pa_kernel>> makeKernel(LoadedObjects &objects, const void *object, size_t bytes);
// The generic kernel of a variant. `reason`: why it is taken.
Expected<std::unique_ptr<pa_kernel>> makeGenericKernel(LoadedObjects &objects, const AnyVariant &variant,
                                                       const std::string &reason);

} // namespace pa::api

#endif
