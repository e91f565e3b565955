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
  bool scaled = cache.getScales() == Scales::Token || cache.getScales() == Scales::Page;
  return byToken && scaled ? std::min<int64_t>(plan.getTile(), 64) : plan.getTile();
}

int64_t mlir::pa::workgroupsPerCu(ItemsOp items, PlanAttr plan) {
  bool alone = false, converted = false;
  items->walk([&](Operation *op) { converted |= isa<DequantizeOp, LoadScalesOp>(op); });
  items->walk([&](LoadKvOp load) {
    int64_t dims = load.getCache().getType().tileDims(load.getKind());
    bool rows = static_cast<bool>(load.getIds().getType().getLayout());
    alone |= dims >= 256 && (rows || items.getWindow() != 0);
    alone |= dims >= 128 && rows && converted && items.getTile() > 64;
  });
  return alone ? 1 : plan.getWorkgroupsPerCu();
}
