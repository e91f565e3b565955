#include "runtime/verify/CheckedDevice.h"
#include "runtime/device/Plugin.h"
#include "runtime/jit/Log.h"
#include "runtime/verify/Dump.h"
#include "runtime/verify/Pointers.h"
#include "runtime/verify/Results.h"

namespace pa::checked {

Expected<ModuleHandle> CheckedDevice::loadModule(const void *object, size_t bytes) {
  auto parsed = CodeObject::parse(object, bytes);
  if (!parsed)
    return parsed.error();
  auto description = readAnyDescription(*parsed);
  if (!description)
    return description.error();
  // Memory first: without it no module is loaded that nobody would unload.
  std::map<uint64_t, Module> fresh;
  std::string kept = dumpIsWanted() ? std::string(static_cast<const char *>(object), bytes) : "";
  fresh.emplace(0, Module{std::move(*description), std::move(kept)});
  auto module = inner->loadModule(object, bytes);
  if (!module)
    return module;
  auto node = fresh.extract(fresh.begin());
  node.key() = module->id;
  std::lock_guard<std::mutex> guard(mutex);
  modules.insert(std::move(node));
  return module;
}

void CheckedDevice::unloadModule(ModuleHandle module) noexcept {
  {
    std::lock_guard<std::mutex> guard(mutex);
    modules.erase(module.id);
    for (auto kernel = kernels.begin(); kernel != kernels.end();)
      kernel = kernel->second.moduleId == module.id ? kernels.erase(kernel) : std::next(kernel);
  }
  inner->unloadModule(module); // last: the handle may be given again then
}

Expected<KernelHandle> CheckedDevice::kernel(ModuleHandle module, const std::string &name) {
  auto kernel = inner->kernel(module, name);
  if (!kernel)
    return kernel;
  std::lock_guard<std::mutex> guard(mutex);
  kernels.insert_or_assign(kernel->id, Kernel{modules.at(module.id), module.id});
  return kernel;
}

void CheckedDevice::sayOnce(const std::string &text) {
  std::lock_guard<std::mutex> guard(mutex);
  if (said.insert(text).second)
    logLine(text);
}

Expected<bool> CheckedDevice::checksResults(const Kernel &known, void *stream) {
  if (!wanted.results)
    return false;
  auto captured = capturing(stream);
  if (!captured)
    return captured;
  if (*captured) {
    sayOnce("PA_VERIFY=results checks no launch that is captured");
    return false;
  }
  if (auto *decode = std::get_if<KernelDescription>(&known.module.description); decode && decode->variant.userScore) {
    sayOnce("PA_VERIFY=results does not check kernel '" + decode->kernel + "': its scores are a region of the user's");
    return false;
  }
  return true;
}

Status CheckedDevice::launchChecked(Kernel &known, KernelHandle kernel, const LaunchShape &shape, const void *kernarg,
                                    size_t bytes, void *stream) {
  if (wanted.pointers)
    if (Status status = checkPointers(*inner, known.module.description, kernarg); !status)
      return status;
  auto checks = checksResults(known, stream);
  if (!checks)
    return checks.error();
  if (!*checks)
    return inner->launch(kernel, shape, kernarg, bytes, stream);
  // What the kernel reads is read before it runs: a result may take its place.
  if (Status status = inner->synchronizeStream(stream); !status)
    return status;
  uint64_t number;
  {
    std::lock_guard<std::mutex> guard(mutex);
    number = known.launches++;
  }
  Checking checking{*inner, writers, Sample(number)};
  auto expectation = expectResults(checking, known.module.description, kernarg);
  if (!expectation)
    return expectation.error();
  Status status = inner->launch(kernel, shape, kernarg, bytes, stream);
  if (status)
    status = inner->synchronizeStream(stream);
  return status ? (*expectation)->check(checking) : status;
}

Error CheckedDevice::dumped(const Kernel &known, const LaunchShape &shape, const void *kernarg, size_t bytes,
                            void *stream, Error error) {
  auto captured = capturing(stream);
  if (!dumpIsWanted() || known.module.object.empty() || !captured || *captured || dumpsLeft-- <= 0)
    return error;
  auto path = dumpLaunch(*inner, {known.module.description, known.module.object, shape, kernarg, bytes}, error);
  error.message += path ? "; the launch is in '" + *path + "'" : "; " + path.error().message;
  return error;
}

Status CheckedDevice::launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                             void *stream) {
  Kernel *known = nullptr;
  {
    std::lock_guard<std::mutex> guard(mutex);
    auto found = kernels.find(kernel.id);
    if (found != kernels.end())
      known = &found->second;
  }
  if (!known)
    return {ErrorCode::invalidArgument, "kernel handle " + std::to_string(kernel.id) + " is not of this device"};
  Status status = launchChecked(*known, kernel, shape, kernarg, bytes, stream);
  return status ? status : dumped(*known, shape, kernarg, bytes, stream, status.error());
}

} // namespace pa::checked

// On success the device is the new one's.
extern "C" __attribute__((visibility("default"))) pa::Device *
pa_open_checked_device(unsigned version, pa::Device *inner, const char *words, pa::Error &error) {
  if (version != pa::pluginInterfaceVersion) {
    error = {pa::ErrorCode::unavailable,
             "libpa_verify.so has interface version " + std::to_string(pa::pluginInterfaceVersion) +
                 ", the runtime wants " + std::to_string(version),
             {}};
    return nullptr;
  }
  auto wanted = pa::checked::parseWanted(words);
  if (!wanted) {
    error = wanted.error();
    return nullptr;
  }
  return new pa::checked::CheckedDevice(std::unique_ptr<pa::Device>(inner), *wanted);
}
