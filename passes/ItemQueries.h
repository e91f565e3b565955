// What an item loop on tile level is for: its queries tell its plan, and which of them stand in the workgroup's LDS.
#ifndef PA_PASSES_ITEMQUERIES_H
#define PA_PASSES_ITEMQUERIES_H

#include "passes/Passes.h"

namespace mlir::pa {

/// The target's plan for `rows` rows over `cache`, or null.
PlanAttr planFor(int64_t rows, KvCacheType cache, TargetAttr target);

/// The most rows that a plan holds for `cache`, 0 if there is none.
int64_t mostRows(KvCacheType cache, TargetAttr target);

/// The target's plan for the loop's rows and cache; null where the target has none.
PlanAttr planOf(ItemsOp items, TargetAttr target);

/// Workgroups of the plan that share a CU. Scales of tokens take registers that a second one would need, unless a lane
/// looks tokens up, when tiles are smaller; and so do 256 dims, in rows
/// on their way to operands or beside the masks of a window.
int64_t workgroupsPerCu(ItemsOp items, PlanAttr plan);

/// The query loads of an item loop whose tiles pa-share-queries puts into LDS; none if they stay in registers.
SmallVector<LoadQueryOp> sharedQueries(ItemsOp items);

} // namespace mlir::pa

#endif
