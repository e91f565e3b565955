#include "runtime/device/Device.h"
#include "runtime/device/Plugin.h"
#include "runtime/device/hip/HipDevice.h"

#include <dlfcn.h>

namespace pa {
namespace {

// The folder that this library was loaded from: plugins lie beside it and are looked for nowhere else.
std::string ownFolder() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<void *>(&openDevice), &info) || !info.dli_fname)
    return ".";
  std::string path = info.dli_fname;
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// Never closed: devices, and the plugin's own statics, may outlive any scope here.
Expected<OpenPluginDevice> loadPlugin(const std::string &file) {
  std::string path = ownFolder() + "/" + file;
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return {ErrorCode::unavailable, "cannot load the device plugin: " + std::string(dlerror())};
  auto open = reinterpret_cast<OpenPluginDevice>(dlsym(library, pluginEntry));
  if (!open)
    return {ErrorCode::unavailable, "'" + path + "' is not a device plugin: it has no symbol " + pluginEntry};
  return open;
}

Expected<std::unique_ptr<Device>> openPlugin(const std::string &file, const std::string &argument) {
  auto open = loadPlugin(file);
  if (!open)
    return open.error();
  Error error;
  std::unique_ptr<Device> device((*open)(pluginInterfaceVersion, argument.c_str(), error));
  if (!device)
    return error;
  return device;
}

} // namespace

Expected<std::unique_ptr<Device>> openDevice(const std::string &name) {
  size_t colon = name.find(':');
  std::string kind = name.substr(0, colon);
  std::string argument = colon == std::string::npos ? "" : name.substr(colon + 1);
  if (kind == "emulated")
    return openPlugin("libpa_emulated.so", argument);
  if (kind == "hip")
    return HipDevice::open(argument);
  return {ErrorCode::invalidArgument,
          "unknown device '" + name + "', allowed: emulated:<chip> with one of " + knownChips() + ", or hip:<index>"};
}

} // namespace pa
