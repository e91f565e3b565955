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
