// What a device plugin exports. libpa and its plugins are built together: the version is a guard against a stale file,
// not a promise of compatibility.
#ifndef PA_RUNTIME_DEVICE_PLUGIN_H
#define PA_RUNTIME_DEVICE_PLUGIN_H

#include "runtime/device/Device.h"

namespace pa {

constexpr unsigned pluginInterfaceVersion = 3;
constexpr const char *pluginEntry = "pa_open_device";

// The device, owned by the caller; null with `error` filled.
using OpenPluginDevice = Device *(*)(unsigned interfaceVersion, const char *argument, Error &error);

} // namespace pa

#endif
