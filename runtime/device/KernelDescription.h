// What a code object says about its kernel: section `.pa.variant`, JSON text, version 1.
//
//   {"pa":1,"kernel":"decode","chip":"gfx942","compiler":"<version>",
//    "variant":{"query_type":"bf16","cache_type":"bf16","head_size":128,"q_heads":64,"kv_heads":8,"page_size":16,
//               "layout":"nhd"|"classic"|"shuffled","query_tokens":1,"lse":false,
//               "split":"balanced"|"none","p":"single"|"split"},
//    "launch":{"block":256,"grid":"persistent"|"items","workgroups_per_cu":2,"slot_bytes":8448,"tile_tokens":64}}
//
// Inside "variant" and "launch" an unknown field is refused: it could change what the kernel wants. Elsewhere it is
// ignored. grid "items": one workgroup a (sequence, KV head); "persistent": compute units * workgroups_per_cu.
#ifndef PA_RUNTIME_DEVICE_KERNELDESCRIPTION_H
#define PA_RUNTIME_DEVICE_KERNELDESCRIPTION_H

#include "runtime/device/CodeObject.h"

#include <string>

namespace pa {

enum class ElementType { bf16, f16 };
enum class CacheLayout { nhd, classic, shuffled };
enum class SplitKv { none, balanced };
enum class PTerms { single, split };
enum class GridKind { items, persistent };

PA_API const char *toString(ElementType type);
PA_API const char *toString(CacheLayout layout);
PA_API const char *toString(SplitKv split);
PA_API const char *toString(PTerms p);
PA_API const char *toString(GridKind grid);

inline uint32_t elementBytes(ElementType) { return 2; }

struct Variant {
  ElementType queryType = ElementType::bf16; // and the output's
  ElementType cacheType = ElementType::bf16;
  uint32_t headSize = 0;
  uint32_t queryHeads = 0;
  uint32_t kvHeads = 0;
  uint32_t pageSize = 0; // tokens
  CacheLayout layout = CacheLayout::nhd;
  uint32_t queryTokens = 1; // of every sequence
  bool lse = false;
  SplitKv split = SplitKv::none;
  PTerms p = PTerms::single;

  uint64_t pageBytes() const { return uint64_t(pageSize) * kvHeads * headSize * elementBytes(cacheType); }
  uint64_t queryTokenBytes() const { return uint64_t(queryHeads) * headSize * elementBytes(queryType); }
};

struct LaunchDescription {
  uint32_t block = 0; // work-items, x only
  GridKind grid = GridKind::items;
  uint32_t workgroupsPerCu = 0; // persistent only
  uint64_t slotBytes = 0;       // of a partial result in the workspace; 0: the kernel needs no workspace
  uint32_t tileTokens = 0;
};

struct KernelDescription {
  std::string kernel; // the symbol
  std::string chip;
  std::string compiler;
  Variant variant;
  LaunchDescription launch;
};

// Errors name the field, what it is and what is allowed, e.g.
// "description of the kernel: variant.head_size is \"x\", allowed: a whole number from 8 to 1024".
PA_API Expected<KernelDescription> parseDescription(std::string_view json);
// Also checks that the description's chip is the one in the object's header.
PA_API Expected<KernelDescription> readDescription(const CodeObject &object);

} // namespace pa

#endif
