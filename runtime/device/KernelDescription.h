// What a code object says about its kernel: section `.pa.variant`, JSON text, version 2.
//
//   {"pa":2,"kernel":"decode","chip":"gfx942","compiler":"<version>",
//    "variant":{...},
//    "launch":{"block":256,"grid":"persistent"|"items","workgroups_per_cu":2,"slot_bytes":8448,"tile_tokens":64,
//              "items_per_sequence":8}}
//
// "variant" is compiler/variant/Variant.h's. Inside it and "launch" an unknown field is refused: it could change what
// the kernel wants. Elsewhere it is ignored. grid "items": num_seqs * items_per_sequence workgroups; "persistent":
// compute units * workgroups_per_cu. A kernel beside decode (docs/cache-kernels.md) has an "op", an "abi", a
// description under the op's name, and a launch of its own.
#ifndef PA_RUNTIME_DEVICE_KERNELDESCRIPTION_H
#define PA_RUNTIME_DEVICE_KERNELDESCRIPTION_H

#include "compiler/variant/AnyVariant.h"
#include "runtime/device/CodeObject.h"

#include <string>

namespace pa {

enum class GridKind { items, persistent };

PA_API const char *toString(GridKind grid);

struct LaunchDescription {
  uint32_t block = 0; // work-items, x only
  GridKind grid = GridKind::items;
  uint32_t workgroupsPerCu = 0; // persistent only
  uint64_t slotBytes = 0;       // of a partial result in the workspace; 0: the kernel needs no workspace
  uint32_t tileTokens = 0;
  uint32_t itemsPerSequence = 0; // KV heads, times the shares that a group of many rows is cut into
};

struct DescriptionHead {
  std::string kernel; // the symbol
  std::string chip;
  std::string compiler;
};

struct KernelDescription : DescriptionHead {
  Variant variant;
  LaunchDescription launch;
};

struct CacheKernelDescription : DescriptionHead {
  AnyVariant variant; // none of decode
  uint32_t block = 0;
  uint32_t rowsPerWorkgroup = 0;  // heads of tokens; of append and merge_states
  uint32_t workgroupsPerPair = 0; // of copy_pages
};

using AnyDescription = std::variant<KernelDescription, CacheKernelDescription>;

// Of a decode kernel. Errors name the field, what it is and what is allowed, e.g.
// "description of the kernel: variant.head_size is \"x\", allowed: a whole number from 8 to 1024".
PA_API Expected<KernelDescription> parseDescription(std::string_view json);
// Also checks that the description's chip is the one in the object's header.
PA_API Expected<KernelDescription> readDescription(const CodeObject &object);
// The same of any kernel of ours.
PA_API Expected<AnyDescription> parseAnyDescription(std::string_view json);
PA_API Expected<AnyDescription> readAnyDescription(const CodeObject &object);

} // namespace pa

#endif
