#include "passes/ItemQueries.h"
#include "passes/Plans.h"

using namespace mlir;
using namespace mlir::pa;

bool mlir::pa::isTight(ItemsOp items) {
  ItemTraits item(items);
  return item.scaled || (item.rows && (item.twoTerms || item.windowed)) ||
         (item.converted && (item.rows || item.windowed));
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
