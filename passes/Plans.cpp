#include "passes/Plans.h"

using namespace mlir;
using namespace mlir::pa;

ItemTraits::ItemTraits(ItemsOp items) : windowed(items.getWindow() != 0) {
  items->walk([&](Operation *op) {
    scaled |= isa<LoadScalesOp>(op);
    converted |= isa<DequantizeOp>(op);
    if (auto ids = dyn_cast<PageIdsOp>(op))
      rows |= static_cast<bool>(ids.getType().getLayout());
    if (auto round = dyn_cast<RoundOp>(op))
      twoTerms |= round.getParts().size() > 1;
  });
}

static int64_t planDims(KvCacheType cache) {
  return std::max(cache.tileDims(KvKind::Key), cache.tileDims(KvKind::Value));
}
PlanAttr mlir::pa::planFor(int64_t rows, KvCacheType cache, TargetAttr target) {
  return target.findPlan(rows, planDims(cache), cache.elementBits());
}
int64_t mlir::pa::mostRows(KvCacheType cache, TargetAttr target) {
  return target.mostRows(planDims(cache), cache.elementBits());
}

PlanAttr mlir::pa::planOf(ItemsOp items, TargetAttr target) {
  KvCacheType cache;
  items->walk([&](LoadKvOp load) {
    cache = load.getCache().getType();
    return WalkResult::interrupt();
  });
  return cache ? planFor(items.getRows().getPadded(), cache, target) : PlanAttr();
}

/// Whether large tiles of rows of codes, on their way to operands, leave too few registers for a second workgroup:
/// beside weights of two terms. A single one has room for a third part of 64 tokens then, where heads fill the tiles.
static bool isCrowded(KvCacheType cache, int64_t tile, bool twoTerms) {
  bool large = tile * planDims(cache) == 128 * 128;
  bool whole = cache.headSizeOf(KvKind::Key) == planDims(cache) && cache.headSizeOf(KvKind::Value) == planDims(cache);
  return large && whole && cache.elementBits() == 8 && !cache.isFragment(KvKind::Value) && twoTerms;
}

int64_t mlir::pa::tileTokens(AttendOp op, PlanAttr plan) {
  int64_t tile = plan.getTile();
  bool crowded = isCrowded(op.getCache().getType(), tile, op.getP() == Probability::Split);
  return crowded && plan.getWorkgroupsPerCu() > 1 ? tile * 3 / 2 : tile;
}

int64_t mlir::pa::workgroupsPerCu(ItemsOp items, PlanAttr plan) {
  ItemTraits item(items);
  bool alone = false;
  items->walk([&](LoadKvOp load) {
    KvCacheType cache = load.getCache().getType();
    bool rows = static_cast<bool>(load.getIds().getType().getLayout());
    alone |= cache.tileDims(load.getKind()) >= 256 && rows;
    alone |= isCrowded(cache, plan.getTile(), item.twoTerms);
  });
  return alone ? 1 : plan.getWorkgroupsPerCu();
}
