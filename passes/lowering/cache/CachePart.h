// The keys or the values of a cache in a kernel: where they are, and pieces of 16 bytes moved in and out of them.
#ifndef PA_PASSES_LOWERING_CACHE_CACHEPART_H
#define PA_PASSES_LOWERING_CACHE_CACHEPART_H

#include "passes/lowering/cache/CacheKernel.h"

namespace mlir::pa {

/// 16 bytes of a cache's elements as integers of their width: 8-bit floats are no type of LLVM's.
VectorType pieceType(Type element);

/// A token of a head in a page: `page` is i64, the others i32.
struct Slot {
  Value page, head, token;
};

class CachePart {
public:
  CachePart(const CacheKernel &kernel, const CacheFields &fields, KvCacheType cache, KvKind kind);

  const CacheAddress &address() const { return places; }
  /// The element at the slot's `dim`.
  Value pointer(const Slot &slot, Value dim) const;
  /// The piece along `axis` whose first element is at `pointer`: at once where it lies side by side, else one by one.
  Value load(Value pointer, PageAxis axis) const;
  void store(Value piece, Value pointer, PageAxis axis) const;
  /// The slot's scale, by what a scale of the cache belongs to.
  Value scalePointer(const Slot &slot) const;

private:
  Value element(Value pointer, PageAxis axis, int64_t i) const;

  const CacheKernel &kernel;
  const CacheFields &fields;
  Scales scales;
  size_t index; // of the part in a pair of fields
  CacheAddress places;
  VectorType type;
};

} // namespace mlir::pa

#endif
