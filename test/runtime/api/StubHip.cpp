// HIP's names as libpa needs them, doing nothing: what is left is libpa's own part of a launch.
#include <hip/hip_runtime_api.h>

#include <cstdlib>
#include <cstring>

static int launches = 0;
extern "C" int stub_launches() { return launches; }
static int loads = 0, modules = 0;
extern "C" int stub_loads() { return loads; }
extern "C" int stub_modules() { return modules; } // that are loaded now

// Whether copies are made, by which the device's memory is the program's own.
static bool copies = false;
extern "C" void stub_copy() { copies = true; }

// One call that fails, of the environment's choice or the test's.
static const char *failing = std::getenv("STUB_FAILS");
static int failure = hipErrorUnknown;
extern "C" void stub_fail(const char *call, int code) { failing = call, failure = code; }
static hipError_t resultOf(const char *call) {
  return failing && std::strcmp(failing, call) == 0 ? static_cast<hipError_t>(failure) : hipSuccess;
}

extern "C" {
hipError_t hipInit(unsigned) { return hipSuccess; }
hipError_t hipRuntimeGetVersion(int *version) { return *version = 1, hipSuccess; }
hipError_t hipGetDeviceCount(int *count) { return *count = 1, resultOf("hipGetDeviceCount"); }
// Another one is current where setting it is to fail.
hipError_t hipGetDevice(int *device) { return *device = resultOf("hipSetDevice") == hipSuccess ? 0 : 1, hipSuccess; }
hipError_t hipSetDevice(int) { return resultOf("hipSetDevice"); }
hipError_t hipDeviceGetAttribute(int *value, hipDeviceAttribute_t, int) {
  return *value = 80, resultOf("hipDeviceGetAttribute");
}
hipError_t hipDeviceSynchronize() { return hipErrorUnknown; }
hipError_t hipMalloc(void **, size_t) { return resultOf("hipMalloc"); }
hipError_t hipFree(void *) { return hipErrorUnknown; }
hipError_t hipMemcpy(void *target, const void *source, size_t bytes, hipMemcpyKind) {
  if (!copies)
    return hipErrorUnknown;
  std::memcpy(target, source, bytes);
  return hipSuccess;
}
hipError_t hipMemset(void *, int, size_t) { return hipErrorUnknown; }
hipError_t hipHostRegister(void *, size_t, unsigned) { return hipErrorUnknown; }
hipError_t hipHostGetDevicePointer(void **, void *, unsigned) { return hipErrorUnknown; }
hipError_t hipHostUnregister(void *) { return hipErrorUnknown; }
hipError_t hipModuleLoadData(hipModule_t *module, const void *) {
  hipError_t result = resultOf("hipModuleLoadData");
  if (result != hipSuccess)
    return result;
  *module = reinterpret_cast<hipModule_t>(uintptr_t(8 * ++loads));
  ++modules;
  return result;
}
hipError_t hipModuleUnload(hipModule_t) {
  hipError_t result = resultOf("hipModuleUnload");
  modules -= result == hipSuccess;
  return result;
}
hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t, const char *) {
  *function = reinterpret_cast<hipFunction_t>(16);
  return resultOf("hipModuleGetFunction");
}
hipError_t hipFuncGetAttribute(int *value, hipFunction_attribute, hipFunction_t) { return *value = 1024, hipSuccess; }
hipError_t hipModuleLaunchKernel(hipFunction_t, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                                 hipStream_t, void **, void **) {
  ++launches;
  return hipSuccess;
}
hipError_t hipStreamSynchronize(hipStream_t) { return hipSuccess; }
hipError_t hipStreamIsCapturing(hipStream_t, hipStreamCaptureStatus *status) {
  *status = hipStreamCaptureStatusNone;
  return hipSuccess;
}
const char *hipGetErrorName(hipError_t) { return "stub"; }
const char *hipGetErrorString(hipError_t) { return "stub"; }
// The layout before HIP 6, and a product with fewer compute units than the chip.
hipError_t hipGetDeviceProperties(hipDeviceProp_t *properties, int) {
  std::memset(static_cast<void *>(properties), 0, sizeof *properties);
  const char *target = std::getenv("STUB_TARGET");
  std::strcpy(properties->gcnArchName, target ? target : "gfx942:sramecc+:xnack-");
  return resultOf("hipGetDeviceProperties");
}
}
