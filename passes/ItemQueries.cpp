#include "passes/ItemQueries.h"

using namespace mlir;
using namespace mlir::pa;

/// Rows of a linear cache and probabilities in two terms: both need registers that loads in flight would have.
static bool isTight(ItemsOp items) {
  bool rows = false, twoTerms = false;
  items->walk([&](PageIdsOp op) { rows |= static_cast<bool>(op.getType().getLayout()); });
  items->walk([&](RoundOp op) { twoTerms |= op.getParts().size() > 1; });
  return rows && twoTerms;
}

SmallVector<LoadQueryOp> mlir::pa::sharedQueries(ItemsOp items) {
  auto range = items.getBody().front().getOps<LoadQueryOp>();
  SmallVector<LoadQueryOp> loads(range.begin(), range.end());
  if (loads.size() == 1 && !isTight(items))
    loads.clear();
  return loads;
}
