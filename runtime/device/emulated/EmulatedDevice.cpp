#include "runtime/device/emulated/EmulatedDevice.h"
#include "runtime/device/Plugin.h"

#include <charconv>
#include <cstring>

namespace pa {
namespace {

ErrorCode codeOf(emu::ErrorKind kind) {
  switch (kind) {
  case emu::ErrorKind::badObject:
    return ErrorCode::invalidObject;
  case emu::ErrorKind::otherChip:
    return ErrorCode::otherChip;
  case emu::ErrorKind::unsupported:
    return ErrorCode::unsupported;
  case emu::ErrorKind::badLaunch:
    return ErrorCode::invalidArgument;
  case emu::ErrorKind::badMemory:
    return ErrorCode::memory;
  default:
    return ErrorCode::kernelFault;
  }
}

Error toError(const emu::Error &error) {
  Error converted{codeOf(error.kind), error.message, {}};
  if (converted.code == ErrorCode::kernelFault)
    converted.fault = KernelFault{emu::toString(error.kind),
                                  error.instruction,
                                  error.offset,
                                  error.workgroup,
                                  error.wave,
                                  error.lane,
                                  error.address,
                                  error.allocation,
                                  error.distance};
  return converted;
}

Status toStatus(const emu::Status &status) { return status ? Status() : Status(toError(status.error())); }

bool parseSanitizer(const std::string &text, uint32_t &value) {
  auto checks = emu::parseChecks(text == "on" ? "all" : text == "off" ? "none" : text);
  value = checks.value_or(emu::check::all);
  return checks.has_value();
}

bool parse(const std::string &text, bool &value) {
  value = text == "on";
  return value || text == "off";
}

bool parse(const std::string &text, emu::Mfma &value) {
  value = text == "exact" ? emu::Mfma::exact : emu::Mfma::fast;
  return text == "exact" || text == "fast";
}

template <class Integer> bool parseInteger(std::string_view text, Integer &value) {
  int base = 10;
  if (text.substr(0, 2) == "0x") {
    text.remove_prefix(2);
    base = 16;
  }
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size();
}
bool parse(const std::string &text, uint32_t &value) { return parseInteger(text, value); }
bool parse(const std::string &text, uint64_t &value) { return parseInteger(text, value); }

struct Option {
  const char *name;
  const char *allowed;
  bool (*set)(const std::string &, emu::RunOptions &);
};
constexpr Option optionTable[] = {
    {"sanitizer", "on, off, or a list of bounds, undefined, waits, races",
     [](auto &text, auto &options) { return parseSanitizer(text, options.sanitize); }},
    {"mfma", "exact, fast", [](auto &text, auto &options) { return parse(text, options.mfma); }},
    {"init", "a 32-bit number such as 0x7fc00000", [](auto &text, auto &options) { return parse(text, options.fill); }},
    {"limit", "a number of instructions",
     [](auto &text, auto &options) { return parse(text, options.maxInstructions); }},
    {"threads", "a number of host threads", [](auto &text, auto &options) { return parse(text, options.threads); }},
    {"counters", "on, off", [](auto &text, auto &options) { return parse(text, options.counters); }},
};

void callProgress(void *context, uint64_t finished, uint64_t total) {
  (*static_cast<std::function<void(uint64_t, uint64_t)> *>(context))(finished, total);
}

} // namespace

Expected<uint64_t> EmulatedDevice::allocate(const std::string &name, uint64_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  auto address = device.memory().allocate(name, bytes);
  if (!address)
    return toError(address.error());
  return *address;
}

Status EmulatedDevice::release(uint64_t address) {
  std::lock_guard<std::mutex> guard(mutex);
  return toStatus(device.memory().free(address));
}

Status EmulatedDevice::copyTo(uint64_t target, const void *source, uint64_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  return toStatus(device.memory().write(target, source, bytes));
}

Status EmulatedDevice::copyFrom(void *target, uint64_t source, uint64_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  return toStatus(device.memory().read(source, target, bytes));
}

Status EmulatedDevice::fill(uint64_t target, uint8_t value, uint64_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  return toStatus(device.memory().fill(target, value, bytes));
}

Expected<std::optional<Allocation>> EmulatedDevice::allocationAt(uint64_t address) {
  std::lock_guard<std::mutex> guard(mutex);
  auto range = device.memory().holding(address);
  return range ? std::make_optional(Allocation{range->name, range->address, range->bytes}) : std::nullopt;
}

Expected<uint64_t> EmulatedDevice::map(const std::string &name, void *host, uint64_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  if (Status status = toStatus(device.memory().map(name, host, bytes)); !status)
    return status.error();
  return reinterpret_cast<uint64_t>(host);
}

Status EmulatedDevice::unmap(void *host) { return release(reinterpret_cast<uint64_t>(host)); }

Expected<ModuleHandle> EmulatedDevice::loadModule(const void *object, size_t bytes) {
  std::lock_guard<std::mutex> guard(mutex);
  auto chip = emu::chipOf(object, bytes);
  if (!chip)
    return toError(chip.error());
  if (*chip != facts.name)
    return {ErrorCode::otherChip, "the code object is for " + *chip + ", the device " + name() + " is a " + facts.name};
  auto module = device.load(object, bytes);
  if (!module)
    return toError(module.error());
  modules.emplace(++lastHandle, *module);
  return ModuleHandle{lastHandle};
}

void EmulatedDevice::unloadModule(ModuleHandle module) noexcept {
  std::lock_guard<std::mutex> guard(mutex);
  auto found = modules.find(module.id);
  if (found == modules.end())
    return;
  (void)device.memory().free(found->second.base());
  modules.erase(found);
  for (auto kernel = kernels.begin(); kernel != kernels.end();)
    kernel = kernel->second.module == module.id ? kernels.erase(kernel) : std::next(kernel);
}

Expected<KernelHandle> EmulatedDevice::kernel(ModuleHandle module, const std::string &name) {
  std::lock_guard<std::mutex> guard(mutex);
  auto found = modules.find(module.id);
  if (found == modules.end())
    return {ErrorCode::invalidArgument, "module handle " + std::to_string(module.id) + " is not of this device"};
  const emu::Module &loaded = found->second;
  if (!loaded.kernel(name)) {
    std::string known;
    for (const emu::KernelInfo &kernel : loaded.kernels())
      known += (known.empty() ? "" : ", ") + kernel.name;
    return {ErrorCode::invalidArgument, "the code object has no kernel '" + name + "', it has: " + known};
  }
  // Refuses before anything runs: all instructions that the emulated device does not know, at once.
  if (emu::Status status = device.check(loaded, name); !status)
    return toError(status.error());
  kernels.insert({++lastHandle, {module.id, name}});
  return KernelHandle{lastHandle};
}

Expected<const EmulatedDevice::Kernel *> EmulatedDevice::find(KernelHandle kernel, void *stream) const {
  if (stream)
    return {ErrorCode::invalidArgument, "device " + name() + " has no streams, expected a null one"};
  auto found = kernels.find(kernel.id);
  if (found == kernels.end())
    return {ErrorCode::invalidArgument, "kernel handle " + std::to_string(kernel.id) + " is not of this device"};
  return &found->second;
}

// Instructions are decoded, and refused if they are unknown.
Status EmulatedDevice::prepare(KernelHandle kernel, void *stream) {
  std::lock_guard<std::mutex> guard(mutex);
  auto known = find(kernel, stream);
  return known ? toStatus(device.check(modules.at((*known)->module), (*known)->name)) : Status(known.error());
}

Status EmulatedDevice::launch(KernelHandle kernel, const LaunchShape &shape, const void *kernarg, size_t bytes,
                              void *stream) {
  std::lock_guard<std::mutex> guard(mutex);
  auto known = find(kernel, stream);
  if (!known)
    return known.error();
  const Kernel &launched = **known;
  emu::Launch launch;
  launch.kernel = launched.name;
  launch.grid = shape.grid;
  launch.block = shape.block;
  launch.dynamicLds = shape.dynamicLds;
  const auto *begin = static_cast<const uint8_t *>(kernarg);
  launch.kernarg.assign(begin, begin + bytes);
  options.progress = progress ? callProgress : nullptr;
  options.progressContext = &progress;
  lastReport.reset();
  auto report = device.run(modules.at(launched.module), launch, options);
  if (!report)
    return toError(report.error());
  lastReport = std::move(*report);
  return {};
}

Status EmulatedDevice::setOption(const std::string &option, const std::string &value) {
  std::lock_guard<std::mutex> guard(mutex);
  std::string known;
  const Option *found = nullptr;
  for (const Option &candidate : optionTable) {
    known += (known.empty() ? "" : ", ") + std::string(candidate.name);
    if (option == candidate.name)
      found = &candidate;
  }
  if (!found)
    return {ErrorCode::invalidArgument, "device " + name() + " has no option '" + option + "', it has: " + known};
  emu::RunOptions changed = options;
  if (!found->set(value, changed))
    return {ErrorCode::invalidArgument,
            "option '" + option + "' of device " + name() + " is '" + value + "', allowed: " + found->allowed};
  options = changed;
  return {};
}

Expected<std::string> EmulatedDevice::counters() {
  std::lock_guard<std::mutex> guard(mutex);
  if (!lastReport)
    return {ErrorCode::invalidArgument, "device " + name() + " has no counters: no launch has finished"};
  return toJson(*lastReport);
}

} // namespace pa

extern "C" __attribute__((visibility("default"))) pa::Device *pa_open_device(unsigned version, const char *argument,
                                                                             pa::Error &error) {
  if (version != pa::pluginInterfaceVersion) {
    error = {pa::ErrorCode::unavailable,
             "the emulated device's plugin has interface version " + std::to_string(pa::pluginInterfaceVersion) +
                 ", the runtime wants " + std::to_string(version),
             {}};
    return nullptr;
  }
  const pa::Chip *chip = pa::findChip(argument);
  if (!chip) {
    error = {pa::ErrorCode::invalidArgument,
             "unknown chip '" + std::string(argument) + "' of an emulated device, allowed: " + pa::knownChips(),
             {}};
    return nullptr;
  }
  auto device = pa::emu::Device::create(chip->name);
  if (!device) {
    error = pa::toError(device.error());
    return nullptr;
  }
  return new pa::EmulatedDevice(*chip, std::move(*device));
}
