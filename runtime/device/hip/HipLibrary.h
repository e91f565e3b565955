// HIP as libpa uses it: found when the program runs, never linked. Types are from HIP's headers of the build.
#ifndef PA_RUNTIME_DEVICE_HIP_HIPLIBRARY_H
#define PA_RUNTIME_DEVICE_HIP_HIPLIBRARY_H

#include "pa/Export.h"
#include "runtime/device/Status.h"

#include <hip/hip_runtime_api.h>

namespace pa {

// The calls that libpa makes. All are in every library from 5.2 on.
#define PA_HIP_CALLS(X)                                                                                                \
  X(hipInit)                                                                                                           \
  X(hipRuntimeGetVersion)                                                                                              \
  X(hipGetDeviceCount)                                                                                                 \
  X(hipGetDevice)                                                                                                      \
  X(hipSetDevice)                                                                                                      \
  X(hipDeviceGetAttribute)                                                                                             \
  X(hipDeviceSynchronize)                                                                                              \
  X(hipFree)                                                                                                           \
  X(hipMemcpy)                                                                                                         \
  X(hipMemset)                                                                                                         \
  X(hipHostRegister)                                                                                                   \
  X(hipHostGetDevicePointer)                                                                                           \
  X(hipHostUnregister)                                                                                                 \
  X(hipModuleLoadData)                                                                                                 \
  X(hipModuleUnload)                                                                                                   \
  X(hipModuleGetFunction)                                                                                              \
  X(hipFuncGetAttribute)                                                                                               \
  X(hipModuleLaunchKernel)                                                                                             \
  X(hipStreamSynchronize)                                                                                              \
  X(hipStreamIsCapturing)                                                                                              \
  X(hipGetErrorName)                                                                                                   \
  X(hipGetErrorString)

struct HipLibrary {
  std::string path; // of the file that is mapped
#define PA_HIP_MEMBER(name) decltype(&::name) name = nullptr;
  PA_HIP_CALLS(PA_HIP_MEMBER)
#undef PA_HIP_MEMBER
  hipError_t (*hipMalloc)(void **, size_t) = nullptr;                 // HIP's header has templates of this name
  decltype(&::hipMemGetAddressRange) hipMemGetAddressRange = nullptr; // may be missing
  // The layout of the properties changed with HIP 6; a library of then has both, under these names.
  hipError_t (*propertiesR0600)(void *, int) = nullptr; // null before
  hipError_t (*propertiesR0000)(void *, int) = nullptr;

  // The one that is mapped into the process already; else PA_LIBHIP_PATH; else the newest by name. Loaded once, never
  // closed. A process with two of them is refused, unless PA_LIBHIP_PATH says which; and so is a PA_LIBHIP_PATH beside
  // a mapped one: streams of one are strangers to the other.
  PA_API static Expected<const HipLibrary *> get();

  // gcnArchName of the device, e.g. "gfx942:sramecc+:xnack-".
  Expected<std::string> targetOf(int device) const;
  // "hipMalloc gives hipErrorOutOfMemory (2): out of memory".
  Error error(const char *call, hipError_t code) const;
};

} // namespace pa

#endif
