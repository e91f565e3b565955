#include "runtime/device/hip/HipDevice.h"
#include "runtime/device/CodeObject.h"

#include <algorithm>
#include <charconv>

namespace pa {
namespace {

// The thread's current device, put back at the end: it is the program's, not ours.
class CurrentDevice {
public:
  CurrentDevice(const HipLibrary &hip, int device) : hip(hip) {
    code = hip.hipGetDevice(&before);
    if (code == hipSuccess && before != device)
      code = hip.hipSetDevice(device);
    changed = code == hipSuccess && before != device;
  }
  ~CurrentDevice() {
    if (changed)
      (void)hip.hipSetDevice(before);
  }
  CurrentDevice(const CurrentDevice &) = delete;
  CurrentDevice &operator=(const CurrentDevice &) = delete;

  hipError_t code;

private:
  const HipLibrary &hip;
  int before = 0;
  bool changed = false;
};

void *pointer(uint64_t address) { return reinterpret_cast<void *>(address); }

Error noDevice(const std::string &name, const std::string &why) {
  return {ErrorCode::unavailable, "no HIP device 'hip:" + name + "': " + why, {}};
}

Expected<int> parseIndex(const std::string &text) {
  int index = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0)
    return {ErrorCode::invalidArgument, "HIP device index '" + text + "', allowed: a whole number from 0"};
  return index;
}

} // namespace

Expected<std::unique_ptr<Device>> HipDevice::open(const std::string &text) {
  auto index = parseIndex(text);
  if (!index)
    return index.error();
  auto library = HipLibrary::get();
  if (!library)
    return noDevice(text, library.error().message);
  const HipLibrary &hip = **library;
  int count = 0;
  hipError_t code = hip.hipGetDeviceCount(&count);
  if (code != hipSuccess)
    return noDevice(text, "'" + hip.path + "': " + hip.error("hipGetDeviceCount", code).message);
  if (*index >= count)
    return noDevice(text, "'" + hip.path + "' counts " + std::to_string(count) + (count == 1 ? " device" : " devices"));
  auto target = hip.targetOf(*index);
  if (!target)
    return noDevice(text, target.error().message);
  const Chip *chip = findChip(target->substr(0, target->find(':')));
  if (!chip)
    return noDevice(text, "it is a " + *target + ", known chips are " + knownChips());
  std::unique_ptr<HipDevice> device(new HipDevice(hip, *index, *chip, *target));
  int units = 0;
  code = hip.hipDeviceGetAttribute(&units, hipDeviceAttributeMultiprocessorCount, *index);
  if (code != hipSuccess || units <= 0)
    return noDevice(text, hip.error("hipDeviceGetAttribute", code).message);
  device->facts.computeUnits = unsigned(units);
  return std::unique_ptr<Device>(std::move(device));
}

HipDevice::~HipDevice() {
  CurrentDevice current(hip, index);
  for (hipModule_t module : modules)
    (void)hip.hipModuleUnload(module);
}

template <class F> Status HipDevice::on(const char *call, F body) {
  CurrentDevice current(hip, index);
  if (current.code != hipSuccess)
    return hip.error("hipSetDevice", current.code);
  hipError_t code = body();
  return code == hipSuccess ? Status() : Status(hip.error(call, code));
}

Expected<uint64_t> HipDevice::allocate(const std::string &name, uint64_t bytes) {
  void *memory = nullptr;
  Status status = on("hipMalloc", [&] { return hip.hipMalloc(&memory, bytes); });
  if (status)
    return reinterpret_cast<uint64_t>(memory);
  Error error = status.error();
  error.message = "buffer '" + name + "' of " + std::to_string(bytes) + " bytes: " + error.message;
  return error;
}

Status HipDevice::release(uint64_t address) {
  return on("hipFree", [&] { return hip.hipFree(pointer(address)); });
}

Status HipDevice::copyTo(uint64_t target, const void *source, uint64_t bytes) {
  return on("hipMemcpy", [&] { return hip.hipMemcpy(pointer(target), source, bytes, hipMemcpyHostToDevice); });
}

Status HipDevice::copyFrom(void *target, uint64_t source, uint64_t bytes) {
  return on("hipMemcpy", [&] { return hip.hipMemcpy(target, pointer(source), bytes, hipMemcpyDeviceToHost); });
}

Status HipDevice::fill(uint64_t target, uint8_t value, uint64_t bytes) {
  return on("hipMemset", [&] { return hip.hipMemset(pointer(target), value, bytes); });
}

Expected<std::optional<Allocation>> HipDevice::allocationAt(uint64_t address) {
  if (!hip.hipMemGetAddressRange)
    return {ErrorCode::unsupported, "device " + name() + " cannot say which allocation an address lies in: '" +
                                        hip.path + "' has no symbol hipMemGetAddressRange"};
  hipDeviceptr_t base = nullptr;
  size_t bytes = 0;
  CurrentDevice current(hip, index);
  hipError_t code = hip.hipMemGetAddressRange(&base, &bytes, pointer(address));
  if (code == hipSuccess)
    return std::make_optional(Allocation{"", reinterpret_cast<uint64_t>(base), bytes});
  // What HIP's generations say of an address that none of their allocations holds.
  if (code == hipErrorNotFound || code == hipErrorInvalidValue || code == hipErrorInvalidDevicePointer)
    return std::optional<Allocation>();
  return hip.error("hipMemGetAddressRange", code);
}

Expected<uint64_t> HipDevice::map(const std::string &name, void *host, uint64_t bytes) {
  void *address = nullptr;
  Status status = on("hipHostRegister", [&] { return hip.hipHostRegister(host, bytes, hipHostRegisterMapped); });
  if (status)
    status = on("hipHostGetDevicePointer", [&] { return hip.hipHostGetDevicePointer(&address, host, 0); });
  if (status)
    return reinterpret_cast<uint64_t>(address);
  Error error = status.error();
  error.message = "mapping '" + name + "' of " + std::to_string(bytes) + " bytes: " + error.message;
  return error;
}

Status HipDevice::unmap(void *host) {
  return on("hipHostUnregister", [&] { return hip.hipHostUnregister(host); });
}

Expected<ModuleHandle> HipDevice::loadModule(const void *bytes, size_t size) {
  auto object = CodeObject::parse(bytes, size);
  if (!object)
    return object.error();
  // HIP would only say that there is no binary, or fault at the first launch.
  if (!object->runsOn(target))
    return {ErrorCode::otherChip,
            "the code object is for " + object->target() + ", the device " + name() + " is a " + target};
  std::lock_guard<std::mutex> guard(mutex);
  modules.reserve(modules.size() + 1); // before there is a module that could be lost
  hipModule_t module = nullptr;
  Status status = on("hipModuleLoadData", [&] { return hip.hipModuleLoadData(&module, bytes); });
  if (!status)
    return status.error();
  modules.push_back(module);
  return ModuleHandle{reinterpret_cast<uint64_t>(module)};
}

void HipDevice::unloadModule(ModuleHandle handle) noexcept {
  auto module = reinterpret_cast<hipModule_t>(handle.id);
  CurrentDevice current(hip, index);
  std::lock_guard<std::mutex> guard(mutex);
  auto found = std::find(modules.begin(), modules.end(), module);
  if (found != modules.end() && current.code == hipSuccess && hip.hipModuleUnload(module) == hipSuccess)
    modules.erase(found);
}

Expected<KernelHandle> HipDevice::kernel(ModuleHandle handle, const std::string &kernelName) {
  auto module = reinterpret_cast<hipModule_t>(handle.id);
  {
    std::lock_guard<std::mutex> guard(mutex);
    if (std::find(modules.begin(), modules.end(), module) == modules.end())
      return {ErrorCode::invalidArgument, "module handle " + std::to_string(handle.id) + " is not of this device"};
  }
  hipFunction_t function = nullptr;
  Status status =
      on("hipModuleGetFunction", [&] { return hip.hipModuleGetFunction(&function, module, kernelName.c_str()); });
  if (status)
    return KernelHandle{reinterpret_cast<uint64_t>(function)};
  Error error = status.error();
  error.message = "the code object has no kernel '" + kernelName + "': " + error.message;
  return error;
}

// HIP may load a kernel when it is first asked about it.
Status HipDevice::prepare(KernelHandle kernel, void *stream) {
  auto isCaptured = capturing(stream);
  if (!isCaptured)
    return isCaptured.error();
  if (*isCaptured)
    return {ErrorCode::capturing, "the stream is captured: a kernel is prepared before"};
  int threads = 0;
  return on("hipFuncGetAttribute", [&] {
    return hip.hipFuncGetAttribute(&threads, HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK,
                                   reinterpret_cast<hipFunction_t>(kernel.id));
  });
}

Status HipDevice::launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                         void *stream) {
  void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, const_cast<void *>(kernarg), HIP_LAUNCH_PARAM_BUFFER_SIZE, &bytes,
                   HIP_LAUNCH_PARAM_END};
  auto function = reinterpret_cast<hipFunction_t>(kernel.id);
  return on("hipModuleLaunchKernel", [&] {
    return hip.hipModuleLaunchKernel(function, shape.grid[0], shape.grid[1], shape.grid[2], shape.block[0],
                                     shape.block[1], shape.block[2], shape.dynamicLds, static_cast<hipStream_t>(stream),
                                     nullptr, extra);
  });
}

Expected<bool> HipDevice::capturing(void *stream) {
  hipStreamCaptureStatus state = hipStreamCaptureStatusNone;
  Status status =
      on("hipStreamIsCapturing", [&] { return hip.hipStreamIsCapturing(static_cast<hipStream_t>(stream), &state); });
  if (!status)
    return status.error();
  return state != hipStreamCaptureStatusNone;
}

Status HipDevice::synchronizeStream(void *stream) {
  return on("hipStreamSynchronize", [&] { return hip.hipStreamSynchronize(static_cast<hipStream_t>(stream)); });
}

Status HipDevice::synchronize() {
  return on("hipDeviceSynchronize", [&] { return hip.hipDeviceSynchronize(); });
}

} // namespace pa
