#include "passes/ItemQueries.h"

using namespace mlir;
using namespace mlir::pa;

bool mlir::pa::isTight(ItemsOp items) {
  bool rows = false, twoTerms = false, scaled = false, converted = false;
  items->walk([&](PageIdsOp op) { rows |= static_cast<bool>(op.getType().getLayout()); });
  items->walk([&](RoundOp op) { twoTerms |= op.getParts().size() > 1; });
  items->walk([&](LoadScalesOp) { scaled = true; });
  items->walk([&](DequantizeOp) { converted = true; });
  return (rows && (twoTerms || converted)) || (items.getWindow() != 0 && converted) || scaled;
}

/// A loaded block of rows, or its codes.
static Value queryOf(LoadQueryOp load) {
  for (Operation *user : load.getResult().getUsers())
    if (auto quantize = dyn_cast<QuantizeRowsOp>(user))
      return quantize.getCodes();
  return load.getResult();
}

SmallVector<Value> mlir::pa::sharedQueries(ItemsOp items) {
  SmallVector<Value> queries;
  for (LoadQueryOp load : items.getBody().front().getOps<LoadQueryOp>())
    queries.push_back(queryOf(load));
  if (queries.size() == 1 && !isTight(items))
    queries.clear();
  return queries;
}
