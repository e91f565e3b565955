#include "runtime/hip/Runtime.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <link.h>

namespace pa::hip {
namespace {

thread_local int selectedDevice = 0;
thread_local hipError_t rememberedError = hipSuccess;

void complain(const std::string &text) { std::fprintf(stderr, "pa-emu: hip: %s\n", text.c_str()); }

std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

std::vector<std::string> split(const std::string &list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= list.size();) {
    size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Settings readSettings() {
  Settings settings;
  settings.run.counters = false;
  if (std::string chips = variable("PA_EMU_CHIP"); !chips.empty())
    settings.chips = split(chips);
  settings.run.mfma = variable("PA_EMU_MFMA") == "fast" ? emu::Mfma::fast : emu::Mfma::exact;
  if (std::string checks = variable("PA_EMU_SANITIZE"); !checks.empty()) {
    if (auto parsed = emu::parseChecks(checks))
      settings.run.sanitize = *parsed;
    else
      complain("PA_EMU_SANITIZE is '" + checks + "', allowed: " + emu::checkNames);
  }
  settings.logsErrors = variable("PA_EMU_LOG") == "errors";
  return settings;
}

// The number after "libamdhip64.so." in what the object asks for, or 0.
int generationAskedFor(const dl_phdr_info &object) {
  const ElfW(Dyn) *dynamic = nullptr;
  for (int n = 0; n < object.dlpi_phnum; ++n)
    if (object.dlpi_phdr[n].p_type == PT_DYNAMIC)
      dynamic = reinterpret_cast<const ElfW(Dyn) *>(object.dlpi_addr + object.dlpi_phdr[n].p_vaddr);
  const char *strings = nullptr;
  for (const ElfW(Dyn) *d = dynamic; d && d->d_tag != DT_NULL; ++d)
    if (d->d_tag == DT_STRTAB)
      strings = reinterpret_cast<const char *>(d->d_un.d_ptr);
  constexpr char wanted[] = "libamdhip64.so.";
  // glibc relocates DT_STRTAB; what is below the object's base is not relocated (the vDSO).
  if (!strings || reinterpret_cast<uintptr_t>(strings) < object.dlpi_addr)
    return 0;
  for (const ElfW(Dyn) *d = dynamic; d->d_tag != DT_NULL; ++d)
    if (d->d_tag == DT_NEEDED && std::strncmp(strings + d->d_un.d_val, wanted, sizeof wanted - 1) == 0)
      return std::atoi(strings + d->d_un.d_val + sizeof wanted - 1);
  return 0;
}

hipError_t codeOf(const emu::Error &error) {
  switch (error.kind) {
  case emu::ErrorKind::badObject:
    return hipErrorInvalidImage;
  case emu::ErrorKind::otherChip:
    return hipErrorNoBinaryForGpu;
  case emu::ErrorKind::unsupported:
    return hipErrorNotSupported;
  case emu::ErrorKind::badLaunch:
    return hipErrorInvalidConfiguration;
  case emu::ErrorKind::badMemory:
    return hipErrorInvalidValue;
  case emu::ErrorKind::outOfBounds:
    return hipErrorIllegalAddress;
  default:
    return hipErrorLaunchFailure;
  }
}

} // namespace

void fail(const emu::Error &error) { fail(codeOf(error), error.message); }

State::State() : settings(readSettings()) {
  constexpr uint64_t deviceRange = 1ull << 40, page = 4096; // each device's memory has a range of its own
  for (const std::string &name : settings.chips) {
    const Chip *chip = findChip(name);
    if (!chip) {
      complain("PA_EMU_CHIP has the unknown chip '" + name + "', allowed: " + knownChips());
      continue;
    }
    auto device = emu::Device::create(name);
    if (!device) {
      complain(device.error().message);
      continue;
    }
    Gpu &gpu = gpus.emplace_back(int(gpus.size()), *chip, std::move(*device));
    emu::AllocationOptions options;
    options.address = deviceRange * uint64_t(gpu.ordinal);
    if (gpu.ordinal > 0)
      (void)gpu.emulated.memory().allocate("range", page, options);
  }
}

// Never destroyed: programs call HIP from their own destructors.
State &State::get() {
  static State *state = new State;
  return *state;
}

Gpu &State::gpu(int ordinal) {
  require(!gpus.empty(), hipErrorNoDevice);
  require(ordinal >= 0 && size_t(ordinal) < gpus.size(), hipErrorInvalidDevice);
  return gpus[size_t(ordinal)];
}

Block *State::find(const void *pointer) {
  auto address = reinterpret_cast<uint64_t>(pointer);
  auto after = blocks.upper_bound(address);
  if (after == blocks.begin())
    return nullptr;
  Block &block = std::prev(after)->second;
  return address - block.address < std::max<uint64_t>(block.bytes, 1) ? &block : nullptr;
}

// Not only blocks: a module's variables lie in device memory too.
Gpu *State::deviceHolding(const void *pointer) {
  Block *block = find(pointer);
  if (block && block->kind != MemoryKind::device)
    return nullptr;
  for (Gpu &gpu : gpus)
    if (gpu.emulated.memory().host(reinterpret_cast<uint64_t>(pointer), 1))
      return &gpu;
  return nullptr;
}

uint8_t *State::view(const void *pointer, uint64_t bytes) {
  require(pointer != nullptr || bytes == 0);
  auto address = reinterpret_cast<uint64_t>(pointer);
  if (Gpu *gpu = deviceHolding(pointer)) {
    auto host = gpu->emulated.memory().host(address, bytes);
    if (!host)
      fail(hipErrorInvalidValue, host.error().message);
    return *host;
  }
  Block *block = find(pointer);
  require(!block || block->kind == MemoryKind::registered || bytes <= block->bytes - (address - block->address));
  return const_cast<uint8_t *>(static_cast<const uint8_t *>(pointer));
}

int currentDevice() { return selectedDevice; }
void setCurrentDevice(int ordinal) { selectedDevice = ordinal; }

hipError_t finish(const char *name, hipError_t code, const std::string &text) {
  if (code == hipSuccess || code == hipErrorNotReady)
    return code;
  rememberedError = code;
  if (!text.empty() || State::get().settings.logsErrors)
    complain(std::string(name) + ": " + hipGetErrorName(code) + (text.empty() ? "" : ": " + text));
  return code;
}

hipError_t lastError(bool reset) {
  hipError_t error = rememberedError;
  if (reset)
    rememberedError = hipSuccess;
  return error;
}

int generation() {
  static const int found = [] {
    int asked = 0;
    dl_iterate_phdr(
        [](dl_phdr_info *object, size_t, void *result) {
          int number = generationAskedFor(*object);
          *static_cast<int *>(result) = std::max(*static_cast<int *>(result), number);
          return 0;
        },
        &asked);
    return asked ? asked : 5;
  }();
  return found;
}

} // namespace pa::hip

extern "C" int pa_hip_unsupported(const char *name) {
  return pa::hip::finish(name, hipErrorNotSupported, "the emulated device does not implement this call");
}
