// A device with a kernel assembled from text, for tests of whole launches through the public interface.
#ifndef PA_TEST_EMULATOR_RUNNER_H
#define PA_TEST_EMULATOR_RUNNER_H

#include "ObjectBuilder.h"
#include "runtime/emulator/Emulator.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pa::emu::test {

class Runner {
public:
  Runner(KernelSpec spec, const std::string &text) : spec(std::move(spec)), device(*Device::create(this->spec.chip)) {
    std::vector<uint8_t> object = buildObject(this->spec, text);
    Result<Module> m = device.load(object.data(), object.size());
    if (m)
      module = *m;
    else
      ADD_FAILURE() << m.error().message;
    launch.kernel = this->spec.name;
  }

  uint64_t allocate(const std::string &name, uint64_t bytes, const AllocationOptions &options = {}) {
    Result<uint64_t> a = device.memory().allocate(name, bytes, options);
    EXPECT_TRUE(bool(a)) << (a ? "" : a.error().message);
    return a ? *a : 0;
  }
  template <class T> uint64_t upload(const std::string &name, const std::vector<T> &data) {
    uint64_t a = allocate(name, data.size() * sizeof(T));
    EXPECT_TRUE(bool(device.memory().write(a, data.data(), data.size() * sizeof(T))));
    return a;
  }
  template <class T> std::vector<T> download(uint64_t address, size_t count) {
    std::vector<T> data(count);
    EXPECT_TRUE(bool(device.memory().read(address, data.data(), count * sizeof(T))));
    return data;
  }
  template <class T> void argument(T value) {
    size_t at = launch.kernarg.size();
    launch.kernarg.resize(at + sizeof value);
    std::memcpy(&launch.kernarg[at], &value, sizeof value);
  }
  Result<Report> run() { return device.run(*module, launch, options); }
  // The error of a run that must fail.
  Error fail() {
    Result<Report> r = run();
    EXPECT_FALSE(bool(r)) << "the run was expected to fail";
    return r ? Error() : r.error();
  }

  KernelSpec spec;
  Device device;
  std::optional<Module> module;
  Launch launch;
  RunOptions options;
};

} // namespace pa::emu::test

#endif
