#include "runtime/device/Device.h"
#include "runtime/device/OwnFolder.h"
#include "runtime/device/Plugin.h"
#include "runtime/device/hip/HipDevice.h"

#include <dlfcn.h>
#include <unistd.h>

namespace pa {
namespace {

// Never closed: devices, and the plugin's own statics, may outlive any scope here.
Expected<OpenPluginDevice> loadPlugin(const std::string &file) {
  // Beside libpa, or where libraries lie from a tool's folder.
  std::string path = besides({file, "../lib/" + file}, R_OK);
  if (path.empty())
    return {ErrorCode::unavailable, "no device plugin '" + file + "' beside libpa in '" + ownFolder() + "'"};
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
