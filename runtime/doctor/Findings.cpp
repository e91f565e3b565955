#include "runtime/doctor/Findings.h"
#include "pa/abi.h"
#include "pa/pa.h"
#include "runtime/device/Device.h"
#include "runtime/device/hip/HipLibrary.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Cache.h"
#include "runtime/jit/CompilerProcess.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/Settings.h"

#include <filesystem>

namespace pa {
namespace {

using Findings = std::vector<Finding>;

std::string mebibytes(uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

void versions(Findings &found) {
  found.push_back({"library", Health::good,
                   "version " + std::to_string(PA_VERSION_MAJOR) + "." + std::to_string(PA_VERSION_MINOR) +
                       ", argument block " + std::to_string(PA_DECODE_ABI_VERSION) + ", made with the compiler " +
                       compilerIdentity()});
}

// Asked for something that it refuses: it answers in time and is of this build, or it is not.
void compiler(Findings &found) {
  auto path = findCompiler();
  if (!path) {
    found.push_back(
        {"compiler", Health::note, path.error().message + "; kernels can only come from bundles and the cache"});
    return;
  }
  CompileLimits limits;
  limits.deadline = std::chrono::seconds(30);
  const char *empty = "llvm.func @probe() attributes {gpu.kernel, rocdl.kernel} { llvm.return }";
  auto object = compileInProcess(*path, {empty, "gfx942", ""}, limits);
  if (object)
    found.push_back({"compiler", Health::good, "'" + *path + "' answers and is this library's"});
  else
    found.push_back({"compiler", Health::bad, object.error().message});
}

void cache(Findings &found) {
  auto limit = cacheLimit();
  if (!limit) {
    found.push_back({"cache", Health::bad, limit.error().message + "; every request fails"});
    return;
  }
  auto cache = Cache::open(Cache::defaultFolder(), *limit);
  if (!cache) {
    found.push_back({"cache", Health::bad, cache.error().message + "; every process compiles for itself"});
    return;
  }
  uint64_t bytes = 0, damaged = 0;
  auto entries = cache->entries();
  for (const CacheEntry &entry : entries) {
    bytes += entry.bytes;
    damaged += !entry.valid;
  }
  std::error_code error;
  auto space = std::filesystem::space(cache->path(), error);
  found.push_back({"cache", damaged ? Health::note : Health::good,
                   "'" + cache->path() + "' has " + std::to_string(entries.size()) + " kernels, " + mebibytes(bytes) +
                       " of at most " + inUnits(*limit) + ", " + std::to_string(damaged) + " damaged; " +
                       (error ? "free space is unknown" : mebibytes(space.available) + " are free")});
}

void bundles(Findings &found) {
  for (const std::string &path : bundlePaths()) {
    if (auto bundle = Bundle::open(path))
      found.push_back({"bundle", Health::good, "'" + path + "' has " + std::to_string(bundle->entries()) + " kernels"});
    else
      found.push_back({"bundle", Health::bad, bundle.error().message});
  }
}

void hip(Findings &found) {
  auto library = HipLibrary::get();
  if (!library) {
    found.push_back({"hip", Health::note, library.error().message});
    return;
  }
  int version = 0, count = 0;
  (void)(*library)->hipRuntimeGetVersion(&version);
  hipError_t code = (*library)->hipGetDeviceCount(&count);
  found.push_back({"hip", Health::good,
                   "'" + (*library)->path + "', version " + std::to_string(version) + ", properties as " +
                       ((*library)->propertiesR0600 ? "HIP 6 and later have them" : "HIP before 6 has them")});
  if (code != hipSuccess)
    found.push_back({"hip", Health::note, "no device: " + (*library)->error("hipGetDeviceCount", code).message});
  for (int index = 0; code == hipSuccess && index < count; ++index) {
    auto target = (*library)->targetOf(index);
    auto device = openDevice("hip:" + std::to_string(index));
    if (device)
      found.push_back({"hip", Health::good,
                       (*device)->name() + " is a " + *target + " with " +
                           std::to_string((*device)->chip().computeUnits) + " compute units"});
    else
      found.push_back({"hip", Health::bad, device.error().message});
  }
}

void emulated(Findings &found) {
  auto device = openDevice("emulated:gfx942");
  if (device)
    found.push_back({"emulated device", Health::good, "chips " + knownChips()});
  else
    found.push_back({"emulated device", Health::note, device.error().message});
}

} // namespace

std::vector<Finding> examine() {
  Findings found;
  versions(found);
  compiler(found);
  bundles(found);
  cache(found);
  hip(found);
  emulated(found);
  return found;
}

} // namespace pa
