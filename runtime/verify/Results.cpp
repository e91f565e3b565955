#include "runtime/verify/Results.h"
#include "runtime/verify/Expectations.h"

namespace pa::checked {

Expected<std::unique_ptr<Expectation>> expectResults(Device &device, const AnyDescription &any, const void *args,
                                                     uint64_t number) {
  Sample sample(number);
  if (auto *decode = std::get_if<KernelDescription>(&any))
    return expectDecode(device, *decode, *static_cast<const pa_decode_args *>(args), sample);
  const auto &other = std::get<CacheKernelDescription>(any);
  if (auto *append = std::get_if<AppendVariant>(&other.variant))
    return expectAppend(device, other.kernel, *append, *static_cast<const pa_append_args *>(args), sample);
  if (auto *copy = std::get_if<CopyPagesVariant>(&other.variant))
    return expectCopyPages(device, other.kernel, *copy, *static_cast<const pa_copy_pages_args *>(args), sample);
  return expectMergeStates(device, other.kernel, std::get<MergeStatesVariant>(other.variant),
                           *static_cast<const pa_merge_states_args *>(args), sample);
}

} // namespace pa::checked
