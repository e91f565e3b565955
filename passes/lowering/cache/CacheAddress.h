// Where an element of a page is, by layout and element size: the formulas of docs/abi.md as a list of terms.
#ifndef PA_PASSES_LOWERING_CACHE_CACHEADDRESS_H
#define PA_PASSES_LOWERING_CACHE_CACHEADDRESS_H

#include "passes/lowering/KernelContext.h"
#include "passes/lowering/cache/Blocks.h"

namespace mlir::pa {

enum class PageAxis { Token, Dim };

/// Adds `(index / divide) % modulo * bytes`; a modulo of 0 is none.
struct AddressTerm {
  PageAxis axis;
  int64_t divide, modulo, bytes;
};

/// The place of an element in the keys or the values of a page. Heads are apart by a stride of the caller's.
class CacheAddress {
public:
  /// Instead of a term's bytes: the kernel's argument says.
  static constexpr int64_t tokenStride = 0;

  CacheAddress(KvCacheType cache, KvKind kind);

  ArrayRef<AddressTerm> terms() const { return all; }
  /// Elements in 16 bytes, which are moved at once where they lie side by side.
  int64_t piece() const { return pieceElements; }
  int64_t headSize() const { return dims; }
  int64_t pageSize() const { return page; }
  /// Bytes from an element to the next one along the axis, inside of a piece; or `tokenStride`.
  int64_t step(PageAxis axis) const;
  /// Whether pieces along the axis lie side by side.
  bool contiguous(PageAxis axis) const;
  /// The axis of the pieces that are moved: one along which they lie side by side, if there is any.
  PageAxis pieceAxis() const {
    return contiguous(PageAxis::Token) && !contiguous(PageAxis::Dim) ? PageAxis::Token : PageAxis::Dim;
  }
  /// Bytes from the head's start in its page, i64. `token` and `dim` are i32, `strideOfTokens` i64.
  Value offset(const Emitter &emit, Value token, Value dim, Value strideOfTokens) const;

private:
  SmallVector<AddressTerm> all;
  int64_t pieceElements, elementBytes, dims, page;
};

} // namespace mlir::pa

#endif
