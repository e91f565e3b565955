// Which queries stand in the workgroup's LDS: pa-share-queries puts them there, pa-double-buffer-lds leaves the place.
#ifndef PA_PASSES_SHAREDQUERIES_H
#define PA_PASSES_SHAREDQUERIES_H

#include "passes/Passes.h"

namespace mlir::pa {

/// The query loads of an item loop whose tiles go to LDS; none if they stay in registers.
SmallVector<LoadQueryOp> sharedQueries(ItemsOp items);

} // namespace mlir::pa

#endif
