// From a call of a kernel beside decode to what is launched: grid and argument block, checked.
#ifndef PA_RUNTIME_DEVICE_CACHELAUNCH_H
#define PA_RUNTIME_DEVICE_CACHELAUNCH_H

#include "pa/append_abi.h"
#include "pa/merge_abi.h"
#include "runtime/device/Device.h"
#include "runtime/device/KernelDescription.h"

namespace pa {

// `args` has the caller's addresses, numbers and strides, 0 for dense; it becomes the block that the kernel reads. The
// description has to be the op's.
PA_API Expected<LaunchShape> completeAppend(const CacheKernelDescription &description, pa_append_args &args);
PA_API Expected<LaunchShape> completeCopyPages(const CacheKernelDescription &description, pa_copy_pages_args &args);
PA_API Expected<LaunchShape> completeMergeStates(const CacheKernelDescription &description, pa_merge_states_args &args);

} // namespace pa

#endif
