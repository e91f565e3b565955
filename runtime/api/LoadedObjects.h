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

// What a kernel says of itself.
struct Described {
  AnyDescription description;
  std::string text; // the same as JSON
};

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
  Described described; // empty of a generic kernel, whose every handle has its own
};

class LoadedObjects {
public:
  explicit LoadedObjects(std::unique_ptr<Device> device) : device(std::move(device)) {}

  // What is loaded already asks nothing of the device, which may be capturing.
  Expected<std::shared_ptr<const LoadedObject>> load(const void *bytes, size_t size);
  // One that does not describe its kernel, which has this name.
  Expected<std::shared_ptr<const LoadedObject>> loadGeneric(std::string_view object, const std::string &kernel);

  const std::shared_ptr<Device> device;

private:
  template <class Describe>
  Expected<std::shared_ptr<const LoadedObject>> loadOnce(std::string_view object, Describe describe);

  std::mutex mutex; // held while one is loaded: who asks for the same waits for it
  std::map<Digest, std::weak_ptr<const LoadedObject>> objects;
};

} // namespace pa::api

#endif
