// PA_VERIFY=pointers: what a launch names is looked up at the device before the kernel can fault on it.
#ifndef PA_RUNTIME_VERIFY_POINTERS_H
#define PA_RUNTIME_VERIFY_POINTERS_H

#include "pa/abi.h"
#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"

namespace pa::checked {

// Bytes from an address that a kernel may touch, as far as the host knows them.
struct Span {
  std::string field; // as the call has it, "cache.key_cache"
  uint64_t address = 0, bytes = 0;
};
// Of an argument block that is complete; addresses that are not given are left out.
std::vector<Span> spansOf(const AnyDescription &description, const void *args);

// All that a launch may touch, as far as the host knows it, lies in one allocation for each address. Errors name the
// kernel, the field, the address, the bytes and the allocation. `args` is an argument block that is complete.
Status checkPointers(Device &device, const AnyDescription &description, const void *args);
// The same of what the device alone counts, once it is read: ragged tokens, and the pages of lists.
Status checkCounted(Device &device, const KernelDescription &description, const pa_decode_args &args,
                    const std::vector<int32_t> &qoIndptr, const std::vector<int32_t> &kvIndptr);

} // namespace pa::checked

#endif
