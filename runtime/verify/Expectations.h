// What each kind of kernel should write; a file each.
#ifndef PA_RUNTIME_VERIFY_EXPECTATIONS_H
#define PA_RUNTIME_VERIFY_EXPECTATIONS_H

#include "pa/abi.h"
#include "pa/append_abi.h"
#include "pa/merge_abi.h"
#include "runtime/verify/Results.h"

namespace pa::checked {

// The description lives as long as the expectation.
Expected<std::unique_ptr<Expectation>> expectDecode(Checking &checking, const KernelDescription &description,
                                                    const pa_decode_args &args);
Expected<std::unique_ptr<Expectation>> expectAppend(Checking &checking, const std::string &kernel,
                                                    const AppendVariant &variant, const pa_append_args &args);
Expected<std::unique_ptr<Expectation>> expectCopyPages(Checking &checking, const std::string &kernel,
                                                       const CopyPagesVariant &variant, const pa_copy_pages_args &args);
Expected<std::unique_ptr<Expectation>> expectMergeStates(Checking &checking, const std::string &kernel,
                                                         const MergeStatesVariant &variant,
                                                         const pa_merge_states_args &args);

} // namespace pa::checked

#endif
