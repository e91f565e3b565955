// Compiles a function of an MLIR text with pa-compile and runs its kernel on an emulated device.
#ifndef PA_TEST_CACHE_RUNNER_H
#define PA_TEST_CACHE_RUNNER_H

#include "runtime/device/Device.h"
#include "test/cache/Same.h"

#include <nlohmann/json.hpp>

namespace pa::cachetest {

// What pa-compile makes of `function`, or "" and a failure of the test.
std::string compile(const std::string &mlir, const std::string &chip, const std::string &function,
                    const std::string &paOptions = "");

// A kernel beside decode, said twice: as a function of an MLIR text, and as a description.
struct Wanted {
  std::string mlir, function, variant;
};

// One device with the buffers of one test.
class Runner {
public:
  // `checks`: as PA_VERIFY has them.
  // Behind a chip's name may stand "_generic": then what is wanted is done by generic kernels.
  explicit Runner(const std::string &chip, const std::string &checks = "");
  ~Runner();

  const std::string chip;
  const bool generic;
  Device &device() { return *opened; }

  template <class T> uint64_t put(const char *name, const std::vector<T> &content) {
    return put(name, content.data(), content.size() * sizeof(T));
  }
  uint64_t put(const char *name, const void *content, size_t bytes);
  uint64_t allocate(const char *name, uint64_t bytes);
  // The memory's content now.
  template <class T> std::vector<T> get(uint64_t address, size_t count) {
    std::vector<T> content(count);
    get(address, content.data(), count * sizeof(T));
    return content;
  }
  void get(uint64_t address, void *content, size_t bytes);

  pa_cache put(const Cache &cache);
  void get(const pa_cache &addresses, Cache &cache);

  // Launches a kernel over `units`: rows or pairs, as its description says.
  template <class Args> void launch(const Wanted &wanted, const Args &args, int64_t units) {
    generic ? launchGeneric(wanted, &args, sizeof args, units) : launchCompiled(wanted, &args, sizeof args, units);
  }
  template <class Args> void launch(const std::string &object, const Args &args, int64_t units) {
    launch(object, &args, sizeof args, units);
  }
  void launch(const std::string &object, const void *args, size_t bytes, int64_t units);
  void launch(const std::string &object, const LaunchShape &shape, const void *args, size_t bytes);

  static nlohmann::json description(const std::string &object);

private:
  void launchCompiled(const Wanted &wanted, const void *args, size_t bytes, int64_t units);
  void launchGeneric(const Wanted &wanted, const void *args, size_t bytes, int64_t units);
  void launchDescribed(const nlohmann::json &description, const std::string &object, const void *args, size_t bytes,
                       int64_t units);
  void launch(const std::string &object, const std::string &name, const LaunchShape &shape, const void *args,
              size_t bytes);

  std::unique_ptr<Device> opened;
  std::vector<uint64_t> buffers;
};

} // namespace pa::cachetest

#endif
