// Code objects that a device has loaded: one of the same bytes once, however many kernels are of it, until the last of
// them is released.
#ifndef PA_RUNTIME_API_LOADEDOBJECTS_H
#define PA_RUNTIME_API_LOADEDOBJECTS_H

#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"
#include "runtime/jit/Sha256.h"

#include <map>
#include <mutex>

namespace pa::api {

struct LoadedObject {
  explicit LoadedObject(std::shared_ptr<Device> device) : device(std::move(device)) {}
  ~LoadedObject() {
    if (module)
      device->unloadModule(*module);
  }
  LoadedObject(const LoadedObject &) = delete;

  std::shared_ptr<Device> device;
  std::optional<ModuleHandle> module;
  KernelHandle kernel; // that the object describes
  AnyDescription description;
  std::string text; // the description as JSON
};

class LoadedObjects {
public:
  explicit LoadedObjects(std::unique_ptr<Device> device) : device(std::move(device)) {}

  // What is loaded already asks nothing of the device, which may be capturing.
  Expected<std::shared_ptr<const LoadedObject>> load(const void *bytes, size_t size);

  const std::shared_ptr<Device> device;

private:
  std::mutex mutex; // held while one is loaded: who asks for the same waits for it
  std::map<Digest, std::weak_ptr<const LoadedObject>> objects;
};

} // namespace pa::api

#endif
