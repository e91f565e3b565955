#include "runtime/api/LoadedObjects.h"

namespace pa::api {
namespace {

using Loaded = Expected<std::shared_ptr<const LoadedObject>>;

// `describe` gives the kernel's name.
template <class Describe>
Loaded loadNew(const std::shared_ptr<Device> &device, std::string_view object, Describe describe) {
  auto loaded = std::make_shared<LoadedObject>(device);
  Expected<std::string> name = describe(loaded->described);
  if (!name)
    return name.error();
  auto module = device->loadModule(object.data(), object.size());
  if (!module)
    return module.error();
  loaded->module = *module;
  auto kernel = device->kernel(*module, *name);
  if (!kernel)
    return kernel.error();
  loaded->kernel = *kernel;
  return Loaded(std::move(loaded));
}

Expected<std::string> describeItself(std::string_view bytes, Described &described) {
  auto object = CodeObject::parse(bytes.data(), bytes.size());
  if (!object)
    return object.error();
  auto description = readAnyDescription(*object);
  if (!description)
    return description.error();
  described = {std::move(*description), std::string(*object->section(".pa.variant"))};
  return std::visit([](const auto &one) { return one.kernel; }, described.description);
}

} // namespace

template <class Describe> Loaded LoadedObjects::loadOnce(std::string_view bytes, Describe describe) {
  Digest digest = sha256(bytes);
  std::lock_guard<std::mutex> guard(mutex);
  for (auto one = objects.begin(); one != objects.end();)
    one = one->second.expired() ? objects.erase(one) : std::next(one);
  auto known = objects.find(digest);
  if (known != objects.end())
    if (auto object = known->second.lock())
      return object;
  auto loaded = loadNew(device, bytes, describe);
  if (loaded)
    objects.insert_or_assign(digest, *loaded);
  return loaded;
}

Loaded LoadedObjects::load(const void *bytes, size_t size) {
  std::string_view object(static_cast<const char *>(bytes), size);
  return loadOnce(object, [&](Described &described) { return describeItself(object, described); });
}

Loaded LoadedObjects::loadGeneric(std::string_view object, const std::string &kernel) {
  return loadOnce(object, [&](Described &) -> Expected<std::string> { return kernel; });
}

} // namespace pa::api
