// The queries of an item loop on tile level: which of them stand in the workgroup's LDS.
#ifndef PA_PASSES_ITEMQUERIES_H
#define PA_PASSES_ITEMQUERIES_H

#include "passes/Passes.h"

namespace mlir::pa {

/// The query loads of an item loop whose tiles pa-share-queries puts into LDS; none if they stay in registers.
SmallVector<LoadQueryOp> sharedQueries(ItemsOp items);

} // namespace mlir::pa

#endif
