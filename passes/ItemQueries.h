// What an item loop on tile level needs of registers, and which queries stand in the workgroup's LDS therefore.
#ifndef PA_PASSES_ITEMQUERIES_H
#define PA_PASSES_ITEMQUERIES_H

#include "passes/Passes.h"

namespace mlir::pa {

/// Whether the loop needs registers that loads in flight would have: rows of a linear cache and probabilities in two
/// terms, or scales of tokens beside large tiles.
bool isTight(ItemsOp items);

/// The queries of an item loop, as products take them, that pa-share-queries puts into LDS; none if they stay in
/// registers.
SmallVector<Value> sharedQueries(ItemsOp items);

} // namespace mlir::pa

#endif
