#include "runtime/device/Device.h"
#include "runtime/device/OwnFolder.h"
#include "runtime/device/Plugin.h"
#include "runtime/device/hip/HipDevice.h"

#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

namespace pa {
namespace {

// The function of a library beside libpa, or where libraries lie from a tool's folder. Never closed: devices, and the
// library's own statics, may outlive any scope here.
template <class Function> Expected<Function> functionOf(const char *what, const std::string &file, const char *symbol) {
  std::string path = besides({file, "../lib/" + file}, R_OK), kind = what;
  if (path.empty())
    return {ErrorCode::unavailable, "no " + kind + " '" + file + "' beside libpa in '" + ownFolder() + "'"};
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return {ErrorCode::unavailable, "cannot load the " + kind + ": " + std::string(dlerror())};
  auto function = reinterpret_cast<Function>(dlsym(library, symbol));
  if (!function)
    return {ErrorCode::unavailable, "'" + path + "' is not a " + kind + ": it has no symbol " + symbol};
  return function;
}

Expected<std::unique_ptr<Device>> openPlugin(const std::string &file, const std::string &argument) {
  auto open = functionOf<OpenPluginDevice>("device plugin", file, pluginEntry);
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

Expected<std::unique_ptr<Device>> checkedDevice(std::unique_ptr<Device> device, const std::string &words) {
  auto open = functionOf<OpenCheckedDevice>("library of checked launches", "libpa_verify.so", checkedEntry);
  if (!open)
    return Error{open.error().code, open.error().message + ", which PA_VERIFY needs", {}};
  Error error;
  Device *checked = (*open)(pluginInterfaceVersion, device.get(), words.c_str(), error);
  if (!checked)
    return error;
  (void)device.release();
  return std::unique_ptr<Device>(checked);
}

Expected<std::unique_ptr<Device>> openDeviceAsWanted(const std::string &name) {
  auto device = openDevice(name);
  const char *words = std::getenv("PA_VERIFY");
  return device && words && *words ? checkedDevice(std::move(*device), words) : std::move(device);
}

} // namespace pa
