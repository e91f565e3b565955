// The target's resource plans (#pa.plan), as passes ask for them: by a cache and rows, or by an item loop.
#ifndef PA_PASSES_PLANS_H
#define PA_PASSES_PLANS_H

#include "passes/Passes.h"

namespace mlir::pa {

/// What of an item's loop takes registers.
struct ItemTraits {
  explicit ItemTraits(ItemsOp items);

  bool windowed;
  bool rows = false;      // places of tokens are looked up by lane
  bool scaled = false;    // by token or page
  bool twoTerms = false;  // of each weight
  bool converted = false; // codes, to floats
};

/// The target's plan for `rows` rows over `cache`, or null.
PlanAttr planFor(int64_t rows, KvCacheType cache, TargetAttr target);

/// The most rows that a plan holds for `cache`, 0 if there is none.
int64_t mostRows(KvCacheType cache, TargetAttr target);

/// The target's plan for the loop's rows and cache; null where the target has none.
PlanAttr planOf(ItemsOp items, TargetAttr target);

/// Tokens of a tile: the plan's, or half as many again where a workgroup is alone on its CU, to have as much under way
/// as two. Not where that takes more scalar registers than there are, for a window's masks beside scales, nor with
/// heads that fill their tiles in part.
int64_t tileTokens(AttendOp op, PlanAttr plan);

/// Workgroups of the plan that share a CU. 256 dims take registers that a second one would need, in rows on their way
/// to operands or beside a window's masks; and so do rows of codes beside masks, a score region, or scales and weights
/// of two terms.
int64_t workgroupsPerCu(ItemsOp items, PlanAttr plan);

} // namespace mlir::pa

#endif
