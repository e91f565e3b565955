// Strides of a paged cache as a caller gives them, 0 meaning dense, made whole and checked.
#ifndef PA_RUNTIME_DEVICE_CACHESTRIDES_H
#define PA_RUNTIME_DEVICE_CACHESTRIDES_H

#include "compiler/variant/Variant.h"
#include "runtime/device/Status.h"

#include <cstdint>

namespace pa {

inline constexpr uint64_t vectorBytes = 16; // of a lane's access: what is accessed so must be a multiple

// "field is got, allowed: ...".
Error refused(const std::string &field, const std::string &got, const std::string &allowed);
std::string hex(uint64_t value);

// One stride: `value` is 0 for `dense`, or at least `least` and a multiple of `unit`.
std::optional<Error> completeStride(const char *prefix, const char *name, int64_t dense, int64_t least, int64_t unit,
                                    int64_t &value);

// Of keys, then of values.
struct CacheStrides {
  int64_t page[2] = {}, head[2] = {}, token[2] = {}, scalePage[2] = {}, scaleHead[2] = {};
};

// `prefix` comes before the fields' names in errors.
std::optional<Error> completeStrides(const VariantCache &cache, const char *prefix, CacheStrides &strides);

struct Address {
  const char *name;
  uint64_t value;
  uint64_t alignment;
  enum { needed, allowed, none } presence;
};
std::optional<Error> checkAddress(const char *prefix, const Address &address);

} // namespace pa

#endif
