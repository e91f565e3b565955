// Hostile code objects: whatever the bytes, loading and running them ends with a result or an error. libFuzzer calls
// this with mutations of the corpus beside it.
#include "runtime/emulator/Emulator.h"

#include <algorithm>

namespace {

void runKernels(pa::emu::Device &device, const pa::emu::Module &module) {
  for (const pa::emu::KernelInfo &k : module.kernels()) {
    if (k.kernargBytes > 4096)
      continue;
    pa::emu::Launch launch;
    launch.kernel = k.name;
    launch.kernarg.resize(k.kernargBytes);
    (void)pa::emu::fillHiddenArguments(k, launch);
    pa::emu::RunOptions options;
    options.maxInstructions = 2000;
    options.collect = true;
    (void)device.run(module, launch, options);
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto object = pa::emu::codeObjectIn(data, size);
  if (!object)
    return 0;
  auto chip = pa::emu::chipOf(object->data(), object->size());
  if (!chip)
    return 0;
  auto device = pa::emu::Device::create(*chip);
  if (!device)
    return 0;
  if (auto module = device->load(object->data(), object->size()))
    runKernels(*device, *module);
  return 0;
}
