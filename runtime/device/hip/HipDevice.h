// A GPU through HIP. "hip:<index>", the index as HIP counts.
#ifndef PA_RUNTIME_DEVICE_HIP_HIPDEVICE_H
#define PA_RUNTIME_DEVICE_HIP_HIPDEVICE_H

#include "runtime/device/Device.h"
#include "runtime/device/hip/HipLibrary.h"

#include <mutex>

namespace pa {

class HipDevice : public Device {
public:
  static Expected<std::unique_ptr<Device>> open(const std::string &index);
  ~HipDevice() override;

  std::string name() const override { return "hip:" + std::to_string(index); }
  const Chip &chip() const override { return facts; }

  Expected<uint64_t> allocate(const std::string &name, uint64_t bytes) override;
  Status release(uint64_t address) override;
  Status copyTo(uint64_t target, const void *source, uint64_t bytes) override;
  Status copyFrom(void *target, uint64_t source, uint64_t bytes) override;
  Status fill(uint64_t target, uint8_t value, uint64_t bytes) override;
  Expected<std::optional<Allocation>> allocationAt(uint64_t address) override;
  Expected<uint64_t> map(const std::string &name, void *host, uint64_t bytes) override;
  Status unmap(void *host) override;

  Expected<ModuleHandle> loadModule(const void *object, size_t bytes) override;
  void unloadModule(ModuleHandle module) noexcept override;
  Expected<KernelHandle> kernel(ModuleHandle module, const std::string &name) override;
  Status prepare(KernelHandle kernel, void *stream) override;
  Status launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                void *stream) override;
  Expected<bool> capturing(void *stream) override;
  Status synchronize() override;
  Status synchronizeStream(void *stream) override;

private:
  HipDevice(const HipLibrary &hip, int index, const Chip &chip, std::string target)
      : hip(hip), index(index), facts(chip), target(std::move(target)) {}
  // The result of a call with this device as the thread's current one.
  template <class F> Status on(const char *call, F body);

  const HipLibrary &hip;
  int index;
  Chip facts; // with the compute units that HIP counts: products of one chip differ
  std::string target;
  std::mutex mutex;
  std::vector<hipModule_t> modules; // handle: the module's address
};

} // namespace pa

#endif
