// The emulated device as a device of the runtime. Part of the plugin only.
//
// Options:
//   sanitizer  on|off       a register used before the wait that makes it safe is an error (default on)
//   mfma       exact|fast   exact: the hardware's own rounding order; fast: plain float sums (default exact)
//   init       0x00000000   what registers and LDS hold before anything is written (default 0)
//   limit      0            the most instructions a launch may execute, all waves together; 0: no limit
//   counters   on|off       default on
// Memory that was never written reads as zero.
#ifndef PA_RUNTIME_DEVICE_EMULATED_EMULATEDDEVICE_H
#define PA_RUNTIME_DEVICE_EMULATED_EMULATEDDEVICE_H

#include "runtime/device/Device.h"
#include "runtime/emulator/Emulator.h"

#include <map>
#include <mutex>

namespace pa {

class EmulatedDevice : public Device {
public:
  EmulatedDevice(const Chip &chip, emu::Device device) : facts(chip), device(std::move(device)) {}

  std::string name() const override { return std::string("emulated:") + facts.name; }
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
  using Device::launch;
  Status launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                void *stream) override;
  Status synchronize() override { return {}; } // a launch runs to its end

  Status setOption(const std::string &option, const std::string &value) override;
  Expected<std::string> counters() override;
  void onProgress(std::function<void(uint64_t, uint64_t)> callback) override { progress = std::move(callback); }

private:
  struct Kernel {
    uint64_t module;
    std::string name;
  };

  // The mutex is held.
  Expected<const Kernel *> find(KernelHandle kernel, void *stream) const;

  const Chip &facts;
  std::mutex mutex; // the emulated device itself serves one thread at a time
  emu::Device device;
  emu::RunOptions options;
  uint64_t lastHandle = 0; // of either kind; none is given twice
  std::map<uint64_t, emu::Module> modules;
  std::map<uint64_t, Kernel> kernels;
  std::function<void(uint64_t, uint64_t)> progress;
  std::optional<emu::Report> lastReport;
};

// The report of a launch as JSON text: the fields of emu::Counters under their own names.
std::string toJson(const emu::Report &report);

} // namespace pa

#endif
