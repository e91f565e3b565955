// The queries of an item loop on tile level: which of them stand in the workgroup's LDS.
#ifndef PA_PASSES_ITEMQUERIES_H
#define PA_PASSES_ITEMQUERIES_H

#include "passes/Passes.h"

namespace mlir::pa {

/// The queries of an item loop, as products take them, that pa-share-queries puts into LDS; none if they stay in
/// registers.
SmallVector<Value> sharedQueries(ItemsOp items);

} // namespace mlir::pa

#endif
