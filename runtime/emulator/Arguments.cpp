// Kernel arguments by the object's metadata.
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/State.h"
#include "runtime/emulator/core/Text.h"

#include <algorithm>

namespace pa::emu {
namespace {

struct Shape {
  std::array<uint32_t, 3> items, block;
  unsigned dimensions;
};

Shape shapeOf(const Launch &l) {
  Shape s{{}, l.block, 1};
  for (unsigned d = 0; d < 3; ++d) {
    s.items[d] = l.items[0] || l.items[1] || l.items[2] ? l.items[d] : l.grid[d] * l.block[d];
    s.dimensions = s.items[d] > 1 ? d + 1 : s.dimensions;
  }
  return s;
}

// LLVM AMDGPUUsage, "Code Object V5 Metadata". Services of the host that the emulated device does not have (printf,
// malloc, device queues) are null pointers.
uint64_t hiddenValue(std::string_view kind, const Launch &launch) {
  Shape s = shapeOf(launch);
  unsigned d = unsigned(kind.back() - 'x');
  std::string_view name = d < 3 && kind.size() > 2 ? kind.substr(0, kind.size() - 2) : kind;
  if (name == "hidden_block_count")
    return s.items[d] / std::max(1u, s.block[d]); // whole workgroups only
  if (name == "hidden_group_size")
    return s.block[d];
  if (name == "hidden_remainder")
    return s.items[d] % std::max(1u, s.block[d]);
  if (name == "hidden_grid_dims")
    return s.dimensions;
  if (name == "hidden_dynamic_lds_size")
    return launch.dynamicLds;
  if (name == "hidden_private_base")
    return aperture::privateUpper;
  if (name == "hidden_shared_base")
    return aperture::sharedUpper;
  return 0; // global offsets among them
}

} // namespace

bool isHidden(const KernelArgument &argument) { return argument.kind.compare(0, 7, "hidden_") == 0; }

Status fillHiddenArguments(const KernelInfo &kernel, Launch &launch) {
  launch.kernarg.resize(std::max<size_t>(launch.kernarg.size(), kernel.kernargBytes));
  for (const KernelArgument &a : kernel.arguments) {
    if (!isHidden(a))
      continue;
    uint64_t value = hiddenValue(a.kind, launch);
    if (a.bytes > sizeof value || a.offset > launch.kernarg.size() || a.bytes > launch.kernarg.size() - a.offset) {
      Error e;
      e.kind = ErrorKind::badLaunch;
      e.message = format("kernel '%s': its hidden argument %s, %u bytes at %u, does not fit the %zu bytes of arguments",
                         kernel.name.c_str(), a.kind.c_str(), a.bytes, a.offset, launch.kernarg.size());
      return e;
    }
    std::memcpy(launch.kernarg.data() + a.offset, &value, a.bytes);
  }
  return {};
}

} // namespace pa::emu
