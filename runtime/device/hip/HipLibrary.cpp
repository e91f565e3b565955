#include "runtime/device/hip/HipLibrary.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <mutex>
#include <vector>

namespace pa {
namespace {

constexpr char prefix[] = "libamdhip64.so";
// By what programs of each generation ask for; the newest first.
constexpr const char *names[] = {"libamdhip64.so.7", "libamdhip64.so.6", "libamdhip64.so.5", "libamdhip64.so"};

Error unavailable(const std::string &message) { return {ErrorCode::unavailable, message, {}}; }

// Files of HIP's library that the process has mapped. torch and ROCm's wheels bring one of their own, under paths and
// names that no search would find.
std::vector<std::string> mappedLibraries() {
  std::vector<std::string> found;
  dl_iterate_phdr(
      [](dl_phdr_info *object, size_t, void *out) {
        const char *slash = std::strrchr(object->dlpi_name, '/');
        const char *name = slash ? slash + 1 : object->dlpi_name;
        if (std::strncmp(name, prefix, sizeof prefix - 1) != 0)
          return 0;
        char real[PATH_MAX];
        std::string path = realpath(object->dlpi_name, real) ? real : object->dlpi_name;
        auto &all = *static_cast<std::vector<std::string> *>(out);
        if (std::find(all.begin(), all.end(), path) == all.end())
          all.push_back(path);
        return 0;
      },
      &found);
  return found;
}

struct Opened {
  void *handle;
  std::string name;
};

// The variable's value, or "".
std::string chosenLibrary() {
  const char *chosen = std::getenv("PA_LIBHIP_PATH");
  return chosen ? chosen : "";
}

bool isLoaded(const std::string &path) {
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  if (handle)
    dlclose(handle);
  return handle;
}

// A second library beside a mapped one is never loaded: streams of one are strangers to the other.
Expected<Opened> openLibrary() {
  std::string chosen = chosenLibrary();
  std::vector<std::string> mapped = mappedLibraries(), candidates(std::begin(names), std::end(names));
  if (!mapped.empty() && !chosen.empty() && !isLoaded(chosen))
    return unavailable("the process has mapped the HIP library '" + mapped[0] + "', and PA_LIBHIP_PATH is '" + chosen +
                       "': unset it, or load that one alone");
  if (mapped.size() > 1 && chosen.empty())
    return unavailable("the process has mapped two HIP libraries, '" + mapped[0] + "' and '" + mapped[1] +
                       "': set PA_LIBHIP_PATH to the one that its streams are of");
  if (!chosen.empty())
    candidates = {chosen};
  else if (!mapped.empty())
    candidates = mapped;
  std::string reasons;
  for (const std::string &candidate : candidates) {
    if (void *handle = dlopen(candidate.c_str(), RTLD_NOW | RTLD_LOCAL))
      return Opened{handle, candidate};
    reasons += (reasons.empty() ? "" : "; ") + std::string(dlerror());
  }
  return unavailable("no HIP library: " + reasons);
}

template <class F> bool resolve(void *handle, const char *name, F &function) {
  function = reinterpret_cast<F>(dlsym(handle, name));
  return function != nullptr;
}

Expected<HipLibrary> load() {
  auto opened = openLibrary();
  if (!opened)
    return opened.error();
  HipLibrary library;
  const char *missing = nullptr;
#define PA_HIP_RESOLVE(name)                                                                                           \
  if (!resolve(opened->handle, #name, library.name) && !missing)                                                       \
    missing = #name;
  PA_HIP_CALLS(PA_HIP_RESOLVE)
  PA_HIP_RESOLVE(hipMalloc)
#undef PA_HIP_RESOLVE
  if (!missing && !resolve(opened->handle, "hipGetDevicePropertiesR0600", library.propertiesR0600) &&
      !resolve(opened->handle, "hipGetDevicePropertiesR0000", library.propertiesR0000) &&
      !resolve(opened->handle, "hipGetDeviceProperties", library.propertiesR0000))
    missing = "hipGetDeviceProperties";
  resolve(opened->handle, "hipMemGetAddressRange", library.hipMemGetAddressRange);
  Dl_info info;
  bool located = !missing && dladdr(reinterpret_cast<void *>(library.hipInit), &info) && info.dli_fname;
  library.path = located ? info.dli_fname : opened->name;
  if (missing)
    return unavailable("the HIP library '" + library.path + "' has no symbol " + missing);
  return library;
}

} // namespace

Expected<const HipLibrary *> HipLibrary::get() {
  // Kept once it is found; looked for again if not, since the program may load it later.
  static std::mutex mutex;
  static const HipLibrary *loaded = nullptr;
  std::lock_guard<std::mutex> guard(mutex);
  if (!loaded) {
    auto library = load();
    if (!library)
      return library.error();
    loaded = new HipLibrary(std::move(*library));
  }
  return loaded;
}

// The properties' type is the library's own, by its generation: called with memory that is large enough for any.
__attribute__((no_sanitize("function"))) Expected<std::string> HipLibrary::targetOf(int device) const {
  // Larger than any layout so far. Of the two only one field is read.
  constexpr size_t bytes = 8192, nameBytes = 256, nameAtR0600 = 1160;
  std::vector<char> properties(bytes);
  hipError_t code = (propertiesR0600 ? propertiesR0600 : propertiesR0000)(properties.data(), device);
  if (code != hipSuccess)
    return error("hipGetDeviceProperties", code);
  const char *name = properties.data() + (propertiesR0600 ? nameAtR0600 : offsetof(hipDeviceProp_t, gcnArchName));
  std::string target(name, strnlen(name, nameBytes));
  if (target.compare(0, 3, "gfx") != 0)
    return unavailable("the HIP library '" + path + "' calls the target of device " + std::to_string(device) + " '" +
                       target + "', expected gfx...: its properties have an unknown layout");
  return target;
}

Error HipLibrary::error(const char *call, hipError_t code) const {
  ErrorCode kind = ErrorCode::unavailable;
  std::string hint;
  switch (code) {
  case hipErrorOutOfMemory:
  case hipErrorInvalidDevicePointer:
    kind = ErrorCode::memory;
    break;
  case hipErrorInvalidImage:
  case hipErrorInvalidKernelFile:
    kind = ErrorCode::invalidObject;
    break;
  case hipErrorNoBinaryForGpu:
    kind = ErrorCode::otherChip;
    break;
  case hipErrorNotSupported:
    kind = ErrorCode::unsupported;
    break;
  case hipErrorIllegalAddress:
  case hipErrorLaunchFailure:
  case hipErrorAssert:
    kind = ErrorCode::kernelFault;
    break;
  case hipErrorStreamCaptureUnsupported:
  case hipErrorStreamCaptureInvalidated:
  case hipErrorStreamCaptureImplicit:
    kind = ErrorCode::capturing;
    hint = ": this cannot be done while a stream is captured, only launches can; kernels are requested and prepared "
           "before";
    break;
  case hipErrorInvalidValue:
  case hipErrorInvalidConfiguration:
  case hipErrorInvalidHandle:
  case hipErrorInvalidDevice:
  case hipErrorNotFound:
    kind = ErrorCode::invalidArgument;
    break;
  default:
    break;
  }
  return {kind,
          std::string(call) + " gives " + hipGetErrorName(code) + " (" + std::to_string(int(code)) +
              "): " + hipGetErrorString(code) + hint,
          {}};
}

} // namespace pa
