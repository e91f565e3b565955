// What a device plugin exports, and the library of checked launches. libpa and its plugins are built together: the
// version is a guard against a stale file, not a promise of compatibility.
#ifndef PA_RUNTIME_DEVICE_PLUGIN_H
#define PA_RUNTIME_DEVICE_PLUGIN_H

#include "runtime/device/Device.h"

namespace pa {

constexpr unsigned pluginInterfaceVersion = 5;
constexpr const char *pluginEntry = "pa_open_device";

// The device, owned by the caller; null with `error` filled.
using OpenPluginDevice = Device *(*)(unsigned interfaceVersion, const char *argument, Error &error);

// What libpa_verify.so exports: a device around `inner`, which is the new one's then; null with `error` filled.
constexpr const char *checkedEntry = "pa_open_checked_device";
using OpenCheckedDevice = Device *(*)(unsigned interfaceVersion, Device *inner, const char *words, Error &error);

} // namespace pa

#endif
