#include "runtime/api/LoadedObjects.h"

namespace pa::api {
namespace {

using Loaded = Expected<std::shared_ptr<const LoadedObject>>;

Loaded loadNew(const std::shared_ptr<Device> &device, const void *bytes, size_t size) {
  auto object = CodeObject::parse(bytes, size);
  if (!object)
    return object.error();
  auto description = readAnyDescription(*object);
  if (!description)
    return description.error();
  auto loaded = std::make_shared<LoadedObject>(device);
  auto module = device->loadModule(bytes, size);
  if (!module)
    return module.error();
  loaded->module = *module;
  auto kernel = device->kernel(*module, std::visit([](const auto &one) { return one.kernel; }, *description));
  if (!kernel)
    return kernel.error();
  loaded->kernel = *kernel;
  loaded->description = std::move(*description);
  loaded->text = *object->section(".pa.variant");
  return Loaded(std::move(loaded));
}

} // namespace

Loaded LoadedObjects::load(const void *bytes, size_t size) {
  Digest digest = sha256({static_cast<const char *>(bytes), size});
  std::lock_guard<std::mutex> guard(mutex);
  for (auto one = objects.begin(); one != objects.end();)
    one = one->second.expired() ? objects.erase(one) : std::next(one);
  auto known = objects.find(digest);
  if (known != objects.end())
    if (auto object = known->second.lock())
      return object;
  auto loaded = loadNew(device, bytes, size);
  if (loaded)
    objects.insert_or_assign(digest, *loaded);
  return loaded;
}

} // namespace pa::api
