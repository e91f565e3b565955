// What every function of the C interface does at its edge: no exception passes, and a failure's text is kept for the
// thread, with its reasons one by one.
#ifndef PA_RUNTIME_API_BOUNDARY_H
#define PA_RUNTIME_API_BOUNDARY_H

#include "pa/pa.h"
#include "runtime/device/Status.h"

#include <cstring>
#include <new>
#include <vector>

namespace pa::api {

// One reason of several why a description is refused.
struct RefusalReason {
  pa_limit limit;
  std::string field, value, allowed, why, text;
};
// Of the error that this call will end with; an error without has none.
void nextReasons(std::vector<RefusalReason> reasons);

pa_status keep(const Error &error) noexcept;
pa_status keepInternal(const char *text) noexcept;
pa_status keepNoMemory() noexcept; // takes none itself

template <class F> pa_status guarded(F body) noexcept {
  try {
    Status status = body();
    return status ? PA_OK : keep(status.error());
  } catch (const std::bad_alloc &) {
    return keepNoMemory();
  } catch (const std::exception &exception) {
    return keepInternal(exception.what());
  }
}

inline Error nullArgument(const char *name) {
  return {ErrorCode::invalidArgument, std::string(name) + " is null, expected a pointer", {}};
}

// A caller's struct as this library knows it: fields that the caller's header does not have are zero, and those that
// this library does not know have to be. `least` is the size that the struct's first version had.
template <class T> Status readStruct(const char *name, const T *given, size_t least, T &known) {
  if (!given)
    return nullArgument(name);
  uint32_t size = given->size;
  if (size < least)
    return {ErrorCode::invalidArgument, std::string(name) + ".size is " + std::to_string(size) + ", expected sizeof(" +
                                            name + "), at least " + std::to_string(least)};
  std::memset(static_cast<void *>(&known), 0, sizeof known);
  std::memcpy(static_cast<void *>(&known), given, size < sizeof known ? size : sizeof known);
  const auto *bytes = reinterpret_cast<const unsigned char *>(given);
  for (size_t at = sizeof known; at < size; ++at)
    if (bytes[at])
      return {ErrorCode::unsupported, std::string(name) + " has a field at byte " + std::to_string(at) +
                                          " that this library does not know, its struct has " +
                                          std::to_string(sizeof known) + " bytes"};
  return {};
}

} // namespace pa::api

#endif
