#include "runtime/hip/Arguments.h"

#include <cstring>

namespace pa::hip {
namespace {

bool isHidden(const emu::KernelArgument &argument) { return argument.kind.compare(0, 7, "hidden_") == 0; }

uint32_t itemsOf(const emu::Launch &launch, unsigned d) {
  return launch.items[d] ? launch.items[d] : launch.grid[d] * launch.block[d];
}

uint64_t dimensionsOf(const emu::Launch &launch) { return itemsOf(launch, 2) > 1 ? 3 : itemsOf(launch, 1) > 1 ? 2 : 1; }

// What a hidden argument of this name holds (LLVM AMDGPUUsage, "Code Object V5 Metadata"). Services of the host that
// the emulated device does not have (printf, malloc, device queues) are null.
uint64_t hiddenValue(const std::string &kind, const emu::Launch &launch) {
  const char dimension = kind.back();
  unsigned d = dimension >= 'x' && dimension <= 'z' ? unsigned(dimension - 'x') : 0;
  std::string name = dimension >= 'x' && dimension <= 'z' ? kind.substr(0, kind.size() - 2) : kind;
  if (name == "hidden_block_count")
    return itemsOf(launch, d) / launch.block[d]; // whole workgroups only
  if (name == "hidden_group_size")
    return launch.block[d];
  if (name == "hidden_remainder")
    return itemsOf(launch, d) % launch.block[d];
  if (name == "hidden_grid_dims")
    return dimensionsOf(launch);
  if (name == "hidden_dynamic_lds_size")
    return launch.dynamicLds;
  return 0;
}

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
  for (const emu::KernelArgument &argument : kernel.arguments) {
    if (isHidden(argument)) {
      uint64_t value = hiddenValue(argument.kind, launch);
      require(argument.bytes <= sizeof value, hipErrorNotSupported, "a hidden argument of more than 8 bytes");
      put(block, argument, &value);
    } else if (!extra) {
      require(arguments && arguments[given]);
      put(block, argument, arguments[given++]);
    }
  }
  return block;
}

} // namespace pa::hip
