// One interface for every device that runs code objects: a HIP GPU or the emulated device.
//
// A device is opened by name, "emulated:gfx942" or "hip:0". Addresses are the device's; a buffer's name is for
// messages and counters only. Any thread may use a device. Nothing is allocated by a launch on HIP.
#ifndef PA_RUNTIME_DEVICE_DEVICE_H
#define PA_RUNTIME_DEVICE_DEVICE_H

#include "compiler/target/Chip.h"
#include "pa/Export.h"
#include "runtime/device/Status.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pa {

// Handles belong to the device that gave them and live as long as it does; a kernel's, as long as its module is loaded.
struct ModuleHandle {
  uint64_t id = 0;
};
struct KernelHandle {
  uint64_t id = 0;
};

struct LaunchShape {
  std::array<uint32_t, 3> grid = {1, 1, 1};  // workgroups
  std::array<uint32_t, 3> block = {1, 1, 1}; // work-items of a workgroup
  uint32_t dynamicLds = 0;                   // bytes beyond the kernel's own
};

struct Allocation {
  std::string name; // "" where the device keeps none
  uint64_t address = 0, bytes = 0;
};

class Device {
public:
  virtual ~Device() = default;

  virtual std::string name() const = 0; // as it was opened, e.g. "emulated:gfx942"
  virtual const Chip &chip() const = 0;

  // Uninitialised memory, at least 256-byte aligned.
  virtual Expected<uint64_t> allocate(const std::string &name, uint64_t bytes) = 0;
  virtual Status release(uint64_t address) = 0;
  virtual Status copyTo(uint64_t target, const void *source, uint64_t bytes) = 0;
  virtual Status copyFrom(void *target, uint64_t source, uint64_t bytes) = 0;
  virtual Status fill(uint64_t target, uint8_t value, uint64_t bytes) = 0;

  // The allocation that holds the address; nothing if none does. A look-up by the host, also while a stream is
  // captured.
  // Refused by a device that cannot say.
  virtual Expected<std::optional<Allocation>> allocationAt(uint64_t address) = 0;

  // Lets kernels reach memory of the host, and gives the address that they have it at. It stays the caller's, who
  // unmaps it before it goes away.
  virtual Expected<uint64_t> map(const std::string &name, void *host, uint64_t bytes) = 0;
  virtual Status unmap(void *host) = 0;

  // Refuses an object for another chip, and names both. The bytes may go away afterwards.
  virtual Expected<ModuleHandle> loadModule(const void *object, size_t bytes) = 0;
  // When nothing of it runs any more, and no graph that is launched again has its kernels. What cannot be unloaded now
  // goes with the device.
  virtual void unloadModule(ModuleHandle module) noexcept = 0;
  virtual Expected<KernelHandle> kernel(ModuleHandle module, const std::string &name) = 0;
  // All that a first launch would do beside launching, so that nothing of it falls into a capture. Refused while the
  // stream is captured.
  virtual Status prepare(KernelHandle kernel, void *stream) = 0;
  // Enqueues on a stream of the device's own kind (hipStream_t), null being the default one; a stream that is captured
  // gets a node. What goes wrong while the kernel runs may be an error of this launch or of the next synchronize.
  virtual Status launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                        void *stream) = 0;
  Status launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes) {
    return launch(kernel, shape, kernarg, bytes, nullptr);
  }
  virtual Expected<bool> capturing(void *stream) { return false; }
  virtual Status synchronize() = 0;
  // Waits for what was enqueued on the stream. Not while it is captured.
  virtual Status synchronizeStream(void *stream) { return synchronize(); }

  // Settings and figures that only some devices have. Refused with what the device does have.
  virtual Status setOption(const std::string &option, const std::string &value) {
    return {ErrorCode::unsupported, "device " + name() + " has no option '" + option + "'"};
  }
  // Exact counts of the last finished launch as JSON text; unsupported where the device has none.
  virtual Expected<std::string> counters() {
    return {ErrorCode::unsupported, "device " + name() + " has no exact counters"};
  }
  // Called now and then while a launch runs, with workgroups finished and launched; ignored where there is no way to.
  virtual void onProgress(std::function<void(uint64_t, uint64_t)> callback) {}
};

// Kinds: "emulated:<chip>" (options: see runtime/device/emulated/EmulatedDevice.h) and "hip:<index>".
PA_API Expected<std::unique_ptr<Device>> openDevice(const std::string &name);
// With checked launches if the environment's PA_VERIFY asks for them: nobody else's have anything of it in their way.
PA_API Expected<std::unique_ptr<Device>> openDeviceAsWanted(const std::string &name);
// The same device with launches that are checked, by libpa_verify.so beside libpa. `words`: as PA_VERIFY has them,
// docs/libpa.md.
PA_API Expected<std::unique_ptr<Device>> checkedDevice(std::unique_ptr<Device> device, const std::string &words);

} // namespace pa

#endif
