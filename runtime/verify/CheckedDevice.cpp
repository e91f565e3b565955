#include "runtime/verify/CheckedDevice.h"
#include "runtime/device/Plugin.h"
#include "runtime/generic/Describe.h"
#include "runtime/jit/Log.h"
#include "runtime/verify/Dump.h"
#include "runtime/verify/Pointers.h"
#include "runtime/verify/Results.h"

namespace pa::checked {

Expected<ModuleHandle> CheckedDevice::loadModule(const void *object, size_t bytes) {
  auto parsed = CodeObject::parse(object, bytes);
  if (!parsed)
    return parsed.error();
  Module known;
  known.generic = generic::opOfObject(*parsed);
  if (!known.generic) {
    auto description = readAnyDescription(*parsed);
    if (!description)
      return description.error();
    known.description = std::move(*description);
  }
  if (dumpIsWanted())
    known.object.assign(static_cast<const char *>(object), bytes);
  // Memory first: without it no module is loaded that nobody would unload.
  std::map<uint64_t, Module> fresh;
  fresh.emplace(0, std::move(known));
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

Expected<bool> CheckedDevice::checksResults(const AnyDescription &description, void *stream) {
  if (!wanted.results)
    return false;
  auto captured = capturing(stream);
  if (!captured)
    return captured;
  if (*captured) {
    sayOnce("PA_VERIFY=results checks no launch that is captured");
    return false;
  }
  if (auto *decode = std::get_if<KernelDescription>(&description); decode && decode->variant.userScore) {
    sayOnce("PA_VERIFY=results does not check kernel '" + decode->kernel + "': its scores are a region of the user's");
    return false;
  }
  return true;
}

Status CheckedDevice::launchChecked(const AnyDescription &description, Kernel &known, const Launch &launch) {
  auto [kernel, shape, kernarg, bytes, stream] = launch;
  if (wanted.pointers)
    if (Status status = checkPointers(*inner, description, kernarg); !status)
      return status;
  auto checks = checksResults(description, stream);
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
  auto expectation = expectResults(checking, description, kernarg);
  if (!expectation)
    return expectation.error();
  Status status = inner->launch(kernel, shape, kernarg, bytes, stream);
  if (status)
    status = inner->synchronizeStream(stream);
  return status ? (*expectation)->check(checking) : status;
}

Error CheckedDevice::dumped(const AnyDescription &description, const Kernel &known, const Launch &launch, Error error) {
  auto captured = capturing(launch.stream);
  if (!dumpIsWanted() || known.module.object.empty() || !captured || *captured || dumpsLeft-- <= 0)
    return error;
  auto path = dumpLaunch(*inner, {description, known.module.object, launch.shape, launch.kernarg, launch.bytes}, error);
  error.message += path ? "; the launch is in '" + *path + "'" : "; " + path.error().message;
  return error;
}

Status CheckedDevice::launchAs(const AnyDescription &description, Kernel &known, const Launch &launch) {
  Status status = launchChecked(description, known, launch);
  return status ? status : dumped(description, known, launch, status.error());
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
  Launch launch{kernel, shape, kernarg, bytes, stream};
  if (!known->module.generic)
    return launchAs(known->module.description, *known, launch);
  auto description = generic::describeLaunch(*known->module.generic, chip().name, kernarg, bytes);
  return description ? launchAs(*description, *known, launch) : Status(description.error());
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
