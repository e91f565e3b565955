// A device around another one, whose launches are checked. Everything else is passed on.
#ifndef PA_RUNTIME_VERIFY_CHECKEDDEVICE_H
#define PA_RUNTIME_VERIFY_CHECKEDDEVICE_H

#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"
#include "runtime/verify/PageWriters.h"
#include "runtime/verify/Wanted.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

namespace pa::checked {

class CheckedDevice : public Device {
public:
  CheckedDevice(std::unique_ptr<Device> inner, Wanted wanted) : inner(std::move(inner)), wanted(wanted) {}

  std::string name() const override { return inner->name(); }
  const Chip &chip() const override { return inner->chip(); }

  Expected<uint64_t> allocate(const std::string &name, uint64_t bytes) override { return inner->allocate(name, bytes); }
  Status release(uint64_t address) override { return inner->release(address); }
  Status copyTo(uint64_t target, const void *source, uint64_t bytes) override {
    return inner->copyTo(target, source, bytes);
  }
  Status copyFrom(void *target, uint64_t source, uint64_t bytes) override {
    return inner->copyFrom(target, source, bytes);
  }
  Status fill(uint64_t target, uint8_t value, uint64_t bytes) override { return inner->fill(target, value, bytes); }
  Expected<std::optional<Allocation>> allocationAt(uint64_t address) override { return inner->allocationAt(address); }
  Expected<uint64_t> map(const std::string &name, void *host, uint64_t bytes) override {
    return inner->map(name, host, bytes);
  }
  Status unmap(void *host) override { return inner->unmap(host); }

  // An object that does not describe its kernel is refused: nothing could be checked.
  Expected<ModuleHandle> loadModule(const void *object, size_t bytes) override;
  void unloadModule(ModuleHandle module) noexcept override;
  Expected<KernelHandle> kernel(ModuleHandle module, const std::string &name) override;
  Status prepare(KernelHandle kernel, void *stream) override { return inner->prepare(kernel, stream); }
  using Device::launch;
  Status launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                void *stream) override;
  Expected<bool> capturing(void *stream) override { return inner->capturing(stream); }
  Status synchronize() override { return inner->synchronize(); }
  Status synchronizeStream(void *stream) override { return inner->synchronizeStream(stream); }

  Status setOption(const std::string &option, const std::string &value) override {
    return inner->setOption(option, value);
  }
  Expected<std::string> counters() override { return inner->counters(); }
  void onProgress(std::function<void(uint64_t, uint64_t)> callback) override { inner->onProgress(std::move(callback)); }

private:
  struct Module {
    std::optional<Op> generic; // of which variant, each launch says
    AnyDescription description;
    std::string object; // if a launch may be dumped
  };
  struct Kernel {
    Module module;
    uint64_t moduleId = 0;
    uint64_t launches = 0; // whose results were checked
  };
  // A launch as the caller has it.
  struct Launch {
    KernelHandle kernel;
    const LaunchShape &shape;
    const void *kernarg;
    size_t bytes;
    void *stream;
  };
  Status launchAs(const AnyDescription &description, Kernel &known, const Launch &launch);
  Status launchChecked(const AnyDescription &description, Kernel &known, const Launch &launch);
  // The error, with where the launch is that it is of, if PA_DUMP_DIR wants it.
  Error dumped(const AnyDescription &description, const Kernel &known, const Launch &launch, Error error);
  // Whether results are to be checked; if not, why, once.
  Expected<bool> checksResults(const AnyDescription &description, void *stream);
  void sayOnce(const std::string &text);

  std::unique_ptr<Device> inner;
  Wanted wanted;
  std::mutex mutex;
  std::map<uint64_t, Module> modules; // by the handles' ids
  std::map<uint64_t, Kernel> kernels; // as long as their modules, which nothing runs of when they are unloaded
  std::set<std::string> said;
  PageWriters writers;
  std::atomic<int> dumpsLeft{8}; // an engine may go on failing
};

} // namespace pa::checked

#endif
