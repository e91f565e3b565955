#include "passes/Plans.h"

using namespace mlir;
using namespace mlir::pa;

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

int64_t mlir::pa::tileTokensOf(PlanAttr plan, KvCacheType cache) {
  bool byToken = !cache.isFragment(KvKind::Key) || !cache.isFragment(KvKind::Value);
  return byToken ? std::min<int64_t>(plan.getTile(), 64) : plan.getTile();
}

int64_t mlir::pa::workgroupsPerCu(ItemsOp items, PlanAttr plan) {
  bool alone = false;
  items->walk([&](LoadKvOp load) {
    bool wide = load.getCache().getType().tileDims(load.getKind()) >= 256;
    alone |= wide && (load.getIds().getType().getLayout() || items.getWindow() != 0);
  });
  return alone ? 1 : plan.getWorkgroupsPerCu();
}
