// Errors as values: nothing in the runtime throws, so that it can live in any engine's process.
#ifndef PA_RUNTIME_DEVICE_STATUS_H
#define PA_RUNTIME_DEVICE_STATUS_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pa {

enum class ErrorCode {
  invalidArgument, // a value that the callee says is not allowed
  invalidObject,   // not a code object of ours: truncated, foreign or inconsistent
  otherChip,       // a code object for another chip than the device's
  unavailable,     // no such device, or its plugin cannot be loaded
  unsupported,     // understood, but not implemented by this device
  capturing,       // not possible while a stream is captured
  memory,          // an allocation or a copy that cannot be
  notCached,       // compiling was not allowed, and nothing is compiled already
  compileFailed,   // the message has the compiler's last words
  kernelFault,     // the kernel did what it must not: Error::fault says what and where
  wrongResult,     // a checked launch gave something else than the reference
};

// Where a kernel went wrong, as far as the device can tell.
struct KernelFault {
  std::string kind; // "out of bounds", "use before wait", "stuck barrier", "instruction limit", "trap"
  std::string instruction;
  uint64_t offset = 0; // of the instruction, in bytes from the kernel's entry
  std::array<uint32_t, 3> workgroup = {0, 0, 0};
  uint32_t wave = 0;
  int lane = -1;
  uint64_t address = 0;
  std::string buffer;    // the buffer that holds the address, or else the nearest
  uint64_t distance = 0; // bytes from its nearest end, 0 inside
};

// `message` is complete in itself: a lower-case sentence that quotes what was got and what is allowed.
struct Error {
  ErrorCode code = ErrorCode::invalidArgument;
  std::string message;
  std::optional<KernelFault> fault;
};

class [[nodiscard]] Status {
public:
  Status() = default;
  Status(Error error) : failure(std::move(error)) {}
  Status(ErrorCode code, std::string message) : failure(Error{code, std::move(message), {}}) {}
  explicit operator bool() const { return !failure; } // true: success
  const Error &error() const { return *failure; }     // only of a failure

private:
  std::optional<Error> failure;
};

template <class T> class [[nodiscard]] Expected {
public:
  Expected(T value) : state(std::in_place_index<0>, std::move(value)) {}
  Expected(Error error) : state(std::in_place_index<1>, std::move(error)) {}
  Expected(ErrorCode code, std::string message) : state(std::in_place_index<1>, Error{code, std::move(message), {}}) {}
  explicit operator bool() const { return state.index() == 0; }
  T &operator*() { return std::get<0>(state); }
  const T &operator*() const { return std::get<0>(state); }
  T *operator->() { return &std::get<0>(state); }
  const T *operator->() const { return &std::get<0>(state); }
  const Error &error() const { return std::get<1>(state); } // only of a failure

private:
  std::variant<T, Error> state;
};

} // namespace pa

#endif
