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

int64_t mlir::pa::workgroupsPerCu(ItemsOp items, PlanAttr plan) {
  bool windowed = items.getWindow() != 0, mapped = false, scaled = false, twoTerms = false, alone = false;
  items->walk([&](MapScoresOp) { mapped = true; });
  items->walk([&](LoadScalesOp) { scaled = true; });
  items->walk([&](RoundOp op) { twoTerms |= op.getParts().size() > 1; });
  items->walk([&](LoadKvOp load) {
    KvCacheType cache = load.getCache().getType();
    int64_t dims = cache.tileDims(load.getKind());
    bool rows = static_cast<bool>(load.getIds().getType().getLayout());
    alone |= dims >= 256 && (rows || windowed);
    alone |= dims >= 128 && rows && cache.elementBits() == 8 && (windowed || mapped || (scaled && twoTerms));
  });
  return alone ? 1 : plan.getWorkgroupsPerCu();
}
