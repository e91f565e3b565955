// Reads an AMDGPU code object (ELF64) without LLVM: which chip it is for, and its sections. Every offset is checked
// against the file's size, so a truncated or foreign file is an error value and never a fault.
#ifndef PA_RUNTIME_DEVICE_CODEOBJECT_H
#define PA_RUNTIME_DEVICE_CODEOBJECT_H

#include "pa/Export.h"
#include "runtime/device/Status.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace pa {

// A view: the bytes must outlive it.
class CodeObject {
public:
  PA_API static Expected<CodeObject> parse(const void *bytes, size_t size);

  // EF_AMDGPU_MACH_* of the header's flags, and the chip's name, or "" for one that we do not know.
  uint32_t mach() const { return machine; }
  PA_API std::string chip() const;
  // The chip with the features that the object is bound to, e.g. "gfx942:xnack-"; without them it runs with any.
  PA_API std::string target() const;
  // Whether a device runs it whose target, with all its features, is e.g. "gfx942:sramecc+:xnack-".
  PA_API bool runsOn(std::string_view device) const;
  PA_API std::optional<std::string_view> section(std::string_view name) const;

private:
  struct Section {
    std::string_view name;
    std::string_view content;
  };
  uint32_t machine = 0;
  std::string features; // ":sramecc+:xnack-", in this order; only those that are pinned
  std::vector<Section> sections;
};

} // namespace pa

#endif
