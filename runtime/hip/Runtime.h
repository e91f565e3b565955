// What all calls of HIP share: the devices, the lock, and how a failure leaves a call.
//
// One lock serves the whole library, and a call does its work before it returns: kernels, copies and events happen in
// the order of the calls. That is one of the orders that HIP allows, as long as a running kernel and the host do not
// wait for each other. Inside of the library failures are thrown; `call` is the boundary that nothing passes.
#ifndef PA_RUNTIME_HIP_RUNTIME_H
#define PA_RUNTIME_HIP_RUNTIME_H

#include "compiler/target/Chip.h"
#include "runtime/emulator/Emulator.h"

#include <hip/hip_runtime_api.h>

#include <deque>
#include <mutex>

namespace pa::hip {

// `text` says why; it is written to standard error where the code alone would leave the user in the dark.
struct Failure {
  hipError_t code;
  std::string text;
};
[[noreturn]] inline void fail(hipError_t code, std::string text = "") { throw Failure{code, std::move(text)}; }
inline void require(bool condition, hipError_t code = hipErrorInvalidValue, const char *text = "") {
  if (!condition)
    fail(code, text);
}
// The HIP error that an error of the emulated device means.
[[noreturn]] void fail(const emu::Error &error);
inline void check(const emu::Status &status) {
  if (!status)
    fail(status.error());
}

// Where a range of memory is and what it was made by.
enum class MemoryKind { device, host, managed, registered };
struct Block {
  uint64_t address = 0;
  uint64_t bytes = 0;
  MemoryKind kind = MemoryKind::device;
  int device = 0;
  unsigned flags = 0;
  std::unique_ptr<uint8_t[]> storage; // of host and managed memory
};

struct Gpu {
  Gpu(int ordinal, const Chip &chip, emu::Device device) : ordinal(ordinal), chip(&chip), emulated(std::move(device)) {}
  int ordinal;
  const Chip *chip;
  emu::Device emulated;
  uint64_t bytesUsed = 0;
  size_t stackLimit = 0;           // hipLimitStackSize; 0: what the kernel declares
  std::optional<hipError_t> fault; // after a kernel's fault every call gives it again
};

// What PA_EMU_* says; see docs/hip.md.
struct Settings {
  std::vector<std::string> chips = {"gfx942"};
  emu::RunOptions run;
  bool logsErrors = false;
};

class State {
public:
  static State &get();

  std::recursive_mutex mutex;
  Settings settings;
  std::deque<Gpu> gpus;
  std::map<uint64_t, Block> blocks; // by address

  Gpu &gpu(int ordinal);
  // The block that holds the address, or null.
  Block *find(const void *pointer);
  // The device in whose own memory the address lies, or null: shared memory is the host's.
  Gpu *deviceHolding(const void *pointer);
  // The host's view of a range that lies in device memory wholly, or else the pointer itself.
  uint8_t *view(const void *pointer, uint64_t bytes);

private:
  State();
};

int currentDevice();
void setCurrentDevice(int ordinal);
inline Gpu &currentGpu() { return State::get().gpu(currentDevice()); }

// Remembers the result for hipGetLastError and writes what the user should know.
hipError_t finish(const char *name, hipError_t code, const std::string &text = "");

template <class F> hipError_t call(const char *name, F body) {
  try {
    std::lock_guard<std::recursive_mutex> guard(State::get().mutex);
    body();
    return finish(name, hipSuccess);
  } catch (const Failure &failure) {
    return finish(name, failure.code, failure.text);
  } catch (const std::bad_alloc &) {
    return finish(name, hipErrorOutOfMemory);
  }
}

hipError_t lastError(bool reset);

// The generation of HIP that the program was built for, by the library's name that it asks for: 5, 6 or 7. Values of
// some enumerations depend on it.
int generation();

} // namespace pa::hip

// Defines a call: PA_HIP(hipFree, (void *pointer)) { ... } with failures thrown.
#define PA_HIP(name, parameters, ...)                                                                                  \
  extern "C" hipError_t name parameters { return pa::hip::call(#name, [&] __VA_ARGS__); }

#endif
