#include "runtime/api/Boundary.h"
#include "runtime/api/Handles.h"

using namespace pa;
using namespace pa::api;

extern "C" pa_status pa_device_open(const char *name, pa_device **out) {
  return guarded([&]() -> Status {
    if (!name || !out)
      return nullArgument(name ? "device" : "name");
    *out = nullptr;
    auto device = openDeviceAsWanted(name);
    if (!device)
      return device.error();
    *out = new pa_device(std::move(*device));
    return {};
  });
}

extern "C" void pa_device_close(pa_device *device) { delete device; }

extern "C" const char *pa_device_chip(const pa_device *device) { return device ? device->device->chip().name : ""; }

extern "C" uint32_t pa_device_compute_units(const pa_device *device) {
  return device ? device->device->chip().computeUnits : 0;
}

extern "C" pa_status pa_device_allocate(pa_device *device, const char *name, uint64_t bytes, uint64_t *address) {
  return guarded([&]() -> Status {
    if (!device || !address)
      return nullArgument(device ? "address" : "device");
    auto allocated = device->device->allocate(name ? name : "", bytes);
    if (!allocated)
      return allocated.error();
    *address = *allocated;
    return {};
  });
}

extern "C" pa_status pa_device_map(pa_device *device, const char *name, void *host, uint64_t bytes, uint64_t *address) {
  return guarded([&]() -> Status {
    if (!device || !host || !address)
      return nullArgument(!device ? "device" : host ? "address" : "host");
    auto mapped = device->device->map(name ? name : "", host, bytes);
    if (!mapped)
      return mapped.error();
    *address = *mapped;
    return {};
  });
}

// The calls that only pass on to the device.
template <class F> static pa_status onDevice(pa_device *device, F body) {
  return guarded([&]() -> Status { return device ? body(*device->device) : Status(nullArgument("device")); });
}

extern "C" pa_status pa_device_release(pa_device *device, uint64_t address) {
  return onDevice(device, [&](Device &d) { return d.release(address); });
}

extern "C" pa_status pa_device_unmap(pa_device *device, void *host) {
  return onDevice(device, [&](Device &d) -> Status { return host ? d.unmap(host) : Status(nullArgument("host")); });
}

extern "C" pa_status pa_device_write(pa_device *device, uint64_t target, const void *source, uint64_t bytes) {
  return onDevice(device, [&](Device &d) -> Status {
    return source || !bytes ? d.copyTo(target, source, bytes) : Status(nullArgument("source"));
  });
}

extern "C" pa_status pa_device_read(pa_device *device, void *target, uint64_t source, uint64_t bytes) {
  return onDevice(device, [&](Device &d) -> Status {
    return target || !bytes ? d.copyFrom(target, source, bytes) : Status(nullArgument("target"));
  });
}

extern "C" pa_status pa_device_fill(pa_device *device, uint64_t target, uint8_t value, uint64_t bytes) {
  return onDevice(device, [&](Device &d) { return d.fill(target, value, bytes); });
}

extern "C" pa_status pa_device_synchronize(pa_device *device) {
  return onDevice(device, [&](Device &d) { return d.synchronize(); });
}
