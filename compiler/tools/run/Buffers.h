// Device memory of one run: what a problem is there, and the call that names it.
#ifndef PA_COMPILER_TOOLS_RUN_BUFFERS_H
#define PA_COMPILER_TOOLS_RUN_BUFFERS_H

#include "compiler/tools/run/Problem.h"
#include "compiler/tools/run/Strided.h"
#include "runtime/device/DecodeLaunch.h"

namespace pa::run {

// What each byte holds that a kernel is to write, or must not: part of a NaN, or zero.
uint8_t unusedByte(const Problem &problem);
Strided outputOf(const Problem &problem);

// Released at the end of its scope.
class Buffers {
public:
  explicit Buffers(Device &device) : device(device) {}
  Buffers(const Buffers &) = delete;
  ~Buffers();

  // Everything that the kernel takes, the inputs filled; the first error that there was.
  Expected<DecodeCall> upload(const KernelDescription &description, const DecodePlan &plan, const Problem &problem);

private:
  // The address, or 0 after an error; the first error is kept.
  uint64_t make(const char *name, const void *content, uint64_t bytes);
  template <class T> uint64_t make(const char *name, const std::vector<T> &content) {
    return make(name, content.data(), content.size() * sizeof(T));
  }
  template <class T> uint64_t makeIfAny(const char *name, const std::vector<T> &content) {
    return content.empty() ? 0 : make(name, content);
  }
  // `pageBytes`: of a pool of which only the problem's pages are there, else 0.
  uint64_t make(const char *name, const Pool &pool, const Problem &problem, int64_t pageBytes);
  uint64_t makeWorkspace(const DecodePlan &plan, uint8_t unused);
  void uploadCaches(const Problem &problem, DecodeCall &call);
  void uploadScoreInputs(const Problem &problem, DecodeCall &call);

  Device &device;
  std::vector<uint64_t> addresses;
  Status status;
};

} // namespace pa::run

#endif
