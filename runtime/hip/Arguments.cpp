#include "runtime/hip/Arguments.h"

#include <cstring>

namespace pa::hip {
namespace {

void put(std::vector<uint8_t> &block, const emu::KernelArgument &argument, const void *value) {
  require(argument.offset <= block.size() && argument.bytes <= block.size() - argument.offset, hipErrorInvalidImage,
          "the kernel's metadata has an argument outside of its block");
  std::memcpy(block.data() + argument.offset, value, argument.bytes);
}

struct Packed {
  const void *bytes = nullptr;
  size_t size = 0;
};
Packed packedBuffer(void **extra) {
  Packed packed;
  for (; *extra != HIP_LAUNCH_PARAM_END; extra += 2) {
    require(*extra == HIP_LAUNCH_PARAM_BUFFER_POINTER || *extra == HIP_LAUNCH_PARAM_BUFFER_SIZE);
    if (*extra == HIP_LAUNCH_PARAM_BUFFER_POINTER)
      packed.bytes = extra[1];
    else
      packed.size = *static_cast<const size_t *>(extra[1]);
  }
  require(packed.bytes != nullptr || packed.size == 0);
  return packed;
}

void copyPacked(std::vector<uint8_t> &block, const emu::KernelInfo &kernel, void **extra) {
  Packed packed = packedBuffer(extra);
  size_t needed = kernel.arguments.empty() ? block.size() : 0;
  for (const emu::KernelArgument &argument : kernel.arguments)
    if (!isHidden(argument))
      needed = std::max<size_t>(needed, argument.offset + argument.bytes);
  if (packed.size < needed)
    fail(hipErrorInvalidValue, "kernel " + kernel.name + " takes " + std::to_string(needed) +
                                   " bytes of arguments, the launch gives " + std::to_string(packed.size));
  std::memcpy(block.data(), packed.bytes, std::min(packed.size, block.size()));
}

} // namespace

std::vector<uint8_t> packArguments(const emu::KernelInfo &kernel, const emu::Launch &launch, void **arguments,
                                   void **extra) {
  std::vector<uint8_t> block(kernel.kernargBytes);
  if (extra)
    copyPacked(block, kernel, extra);
  else if (kernel.arguments.empty() && kernel.kernargBytes > 0)
    fail(hipErrorInvalidValue, "kernel " + kernel.name + " does not describe its arguments: give them in one buffer");
  size_t given = 0;
  for (const emu::KernelArgument &argument : kernel.arguments)
    if (!isHidden(argument) && !extra) {
      require(arguments && arguments[given]);
      put(block, argument, arguments[given++]);
    }
  emu::Launch whole = launch;
  whole.kernarg = std::move(block);
  if (emu::Status filled = emu::fillHiddenArguments(kernel, whole); !filled)
    fail(hipErrorInvalidImage, filled.error().message);
  return std::move(whole.kernarg);
}

} // namespace pa::hip
