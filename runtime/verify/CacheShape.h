// Where things lie in a paged cache in device memory, by docs/abi.md.
#ifndef PA_RUNTIME_VERIFY_CACHESHAPE_H
#define PA_RUNTIME_VERIFY_CACHESHAPE_H

#include "compiler/variant/AnyVariant.h"
#include "pa/abi.h"
#include "pa/append_abi.h"

namespace pa::checked {

// Keys or values, with their scales. Strides are in bytes and complete.
struct CachePart {
  uint64_t address = 0, scales = 0;
  uint32_t headSize = 0;
  int64_t page = 0, head = 0, token = 0; // strides
  int64_t scalePage = 0, scaleHead = 0;  // strides
};
CachePart keysOf(const VariantCache &shape, const pa_cache &cache);
CachePart valuesOf(const VariantCache &shape, const pa_cache &cache);

pa_cache cacheOf(const pa_decode_args &args); // num_pages is 0: a decode call does not say
VariantCache sourceOf(const CopyPagesVariant &variant);

// Bytes from a head's first one in a page to behind its last; of so many whole pages; and of their scales.
uint64_t headBytes(const VariantCache &shape, const CachePart &part);
uint64_t cacheBytes(const VariantCache &shape, const CachePart &part, int64_t pages);
uint64_t scaleBytes(const VariantCache &shape, const CachePart &part, int64_t pages);

} // namespace pa::checked

#endif
