#include "runtime/verify/Results.h"
#include "runtime/verify/Expectations.h"

namespace pa::checked {

Expected<std::unique_ptr<Expectation>> expectResults(Checking &checking, const AnyDescription &any, const void *args) {
  if (auto *decode = std::get_if<KernelDescription>(&any))
    return expectDecode(checking, *decode, *static_cast<const pa_decode_args *>(args));
  const auto &other = std::get<CacheKernelDescription>(any);
  if (auto *append = std::get_if<AppendVariant>(&other.variant))
    return expectAppend(checking, other.kernel, *append, *static_cast<const pa_append_args *>(args));
  if (auto *copy = std::get_if<CopyPagesVariant>(&other.variant))
    return expectCopyPages(checking, other.kernel, *copy, *static_cast<const pa_copy_pages_args *>(args));
  return expectMergeStates(checking, other.kernel, std::get<MergeStatesVariant>(other.variant),
                           *static_cast<const pa_merge_states_args *>(args));
}

} // namespace pa::checked
