// Tiles of a cache in a loop over tiles of tokens: where they are, loading them, and what products take of them.
#ifndef PA_PASSES_CACHETILES_H
#define PA_PASSES_CACHETILES_H

#include "passes/Plans.h"
#include "passes/TileLayouts.h"

namespace mlir::pa {

/// What products multiply: keys with queries in one type, values with weights in another.
struct ProductTypes {
  Type keys, values;
};

/// The cache of one `pa.attend`, in tiles of `tileTokens` tokens.
class CacheTiles {
public:
  CacheTiles(OpBuilder &builder, AttendOp op, TargetAttr target, PlanAttr plan, ProductTypes products)
      : tileTokens(mlir::pa::tileTokens(op, plan)), layouts(TileLayouts::of(op.getCache().getType())),
        products(products), builder(builder), op(op), loc(op.getLoc()), cache(op.getCache().getType()), target(target) {
  }

  TileType tile(int64_t rows, int64_t cols, Type type, LayoutAttr layout) {
    return TileType::get(op.getContext(), rows, cols, type, layout);
  }
  bool isFragment(KvKind kind) { return cache.isFragment(kind); }
  bool hasCodes() { return cache.getElementType() != products.keys; }
  /// Codes are made floats some rows at a time. Keys of linear caches are cut on their way through LDS as it is.
  bool isSliced(KvKind kind) { return hasCodes() && (kind == KvKind::Value || isFragment(kind)); }
  int64_t parts() { return tileTokens / layouts.partTokens(); }
  /// Parts whose scores go through the softmax together: all of 32 tokens, or one of the 64 that 8-bit caches have,
  /// which leaves registers for a tile of two of them to be in flight.
  int64_t partsOfStep() { return cache.elementBits() == 8 ? 1 : parts(); }

  /// Where the tile's keys (values) are, and its scales.
  Value pageIds(Value tileIndex, KvKind kind);
  Value scaleIds(Value tileIndex, Value keyIds);
  Value loadKeys(Value ids, int64_t part);
  /// Zeros past the end. Of codes still, if values are sliced.
  Value loadValues(Value ids, Value tileIndex, int64_t part);
  /// A number a token, to stand where its scores do after `spread`.
  Value loadScales(Value ids, KvKind kind, int64_t part);
  Value spread(Value scales);
  /// What the codes of a tile say as `element`; a tile of that type as it is.
  Value dequantized(Value codes, Type element);
  /// Some rows of every `period` of a tile, and all of them put together again.
  Value slice(Value whole, int64_t from, int64_t rows, int64_t period);
  Value concat(TileType type, ValueRange parts, int64_t period);

  const int64_t tileTokens;
  const TileLayouts layouts;
  const ProductTypes products;

private:
  bool relaysValues();
  IntegerAttr periodAttr(TileType whole, int64_t period);

  OpBuilder &builder;
  AttendOp op;
  Location loc;
  KvCacheType cache;
  TargetAttr target;
};

} // namespace mlir::pa

#endif
