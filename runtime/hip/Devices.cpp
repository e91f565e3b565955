// Choosing a device and asking after it.
#include "runtime/hip/Properties.h"
#include "runtime/hip/Stream.h"

using namespace pa::hip;

namespace {

thread_local unsigned deviceFlags = 0;
constexpr size_t defaultHeapBytes = 8 << 20;
constexpr int hipLimitStackSizeLater = 0; // hipLimitStackSize of later headers

int versionNumber() {
  int major = generation();
  return major * 10000000 + (major == 5 ? HIP_VERSION_MINOR * 100000 + HIP_VERSION_PATCH : 0);
}

} // namespace

PA_HIP(hipInit, (unsigned flags), {
  require(flags == 0);
  State::get().gpu(0);
})

PA_HIP(hipRuntimeGetVersion, (int *version), {
  require(version);
  *version = versionNumber();
})

PA_HIP(hipDriverGetVersion, (int *version), {
  require(version);
  *version = versionNumber();
})

PA_HIP(hipGetDeviceCount, (int *count), {
  require(count);
  *count = int(State::get().gpus.size());
  require(*count > 0, hipErrorNoDevice);
})

PA_HIP(hipSetDevice, (int device), {
  State::get().gpu(device);
  setCurrentDevice(device);
})

PA_HIP(hipGetDevice, (int *device), {
  require(device);
  *device = currentGpu().ordinal;
})

PA_HIP(hipDeviceGet, (hipDevice_t * device, int ordinal), {
  require(device);
  *device = State::get().gpu(ordinal).ordinal;
})

PA_HIP(hipDeviceSynchronize, (), {
  refuseWhileCapturing();
  checkFault(currentGpu());
})

PA_HIP(hipSetDeviceFlags, (unsigned flags), { deviceFlags = flags; })

PA_HIP(hipGetDeviceFlags, (unsigned *flags), {
  require(flags);
  *flags = deviceFlags;
})

PA_HIP(hipDeviceSetCacheConfig, (hipFuncCache_t), {})

PA_HIP(hipDeviceGetCacheConfig, (hipFuncCache_t * config), {
  require(config);
  *config = hipFuncCachePreferNone;
})

PA_HIP(hipDeviceSetSharedMemConfig, (hipSharedMemConfig), {})

PA_HIP(hipDeviceGetSharedMemConfig, (hipSharedMemConfig * config), {
  require(config);
  *config = hipSharedMemBankSizeFourByte;
})

PA_HIP(hipFuncSetCacheConfig, (const void *, hipFuncCache_t), {})
PA_HIP(hipFuncSetSharedMemConfig, (const void *, hipSharedMemConfig), {})

PA_HIP(hipDeviceGetLimit, (size_t *value, hipLimit_t limit), {
  require(value);
  if (int(limit) == hipLimitStackSizeLater)
    *value = currentGpu().stackLimit;
  else if (limit == hipLimitMallocHeapSize)
    *value = defaultHeapBytes;
  else
    fail(hipErrorUnsupportedLimit);
})

PA_HIP(hipDeviceSetLimit, (hipLimit_t limit, size_t value), {
  require(int(limit) == hipLimitStackSizeLater, hipErrorUnsupportedLimit, "only hipLimitStackSize can be set");
  currentGpu().stackLimit = value;
})

PA_HIP(hipDeviceCanAccessPeer, (int *can, int device, int peer), {
  require(can);
  State::get().gpu(device);
  State::get().gpu(peer);
  *can = 0; // a kernel reaches the memory of its own device only
})

PA_HIP(hipDeviceGetStreamPriorityRange, (int *least, int *greatest), {
  if (least)
    *least = 0;
  if (greatest)
    *greatest = 0;
})

PA_HIP(hipProfilerStart, (), {})
PA_HIP(hipProfilerStop, (), {})
