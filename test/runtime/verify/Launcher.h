// Launches of decode kernels on a device that checks them.
#ifndef PA_TEST_RUNTIME_VERIFY_LAUNCHER_H
#define PA_TEST_RUNTIME_VERIFY_LAUNCHER_H

#include "compiler/tools/run/Buffers.h"
#include "test/runtime/Has.h"

#include <functional>

namespace pa::run {

// "emulated" or "hip", the latter HIP's names over the emulated device.
std::unique_ptr<Device> openChecked(const std::string &kind, const std::string &chip, const std::string &words);

KernelDescription describe(const std::string &object);
// The object with one of its description's texts changed to another that is not longer.
std::string redescribed(std::string object, const std::string &from, const std::string &to);

using ChangeArgs = std::function<void(pa_decode_args &args, Device &device)>;

// Uploads a problem of the object's variant and launches it until a launch fails, at most so many times. `after` sees
// the memory then.
Status launch(Device &device, const std::string &object, const InputOptions &options, int launches = 1,
              const ChangeArgs &change = {}, const std::function<void(Device &)> &after = {});

} // namespace pa::run

#endif
