// What the C interface's handles are.
#ifndef PA_RUNTIME_API_HANDLES_H
#define PA_RUNTIME_API_HANDLES_H

#include "pa/pa.h"
#include "runtime/device/DecodeLaunch.h"

struct pa_device {
  std::shared_ptr<pa::Device> device;
};

struct pa_kernel {
  std::shared_ptr<pa::Device> device;
  pa::KernelHandle handle;
  pa::KernelDescription description;
  std::string text; // the description as JSON
};

namespace pa::api {

// Loads a code object of ours and finds the kernel that it describes.
Expected<std::unique_ptr<pa_kernel>> makeKernel(const std::shared_ptr<Device> &device, const void *object,
                                                size_t bytes);

} // namespace pa::api

#endif
