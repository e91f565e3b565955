// pa-share-queries: see Passes.td.
#include "passes/ItemQueries.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PASHAREQUERIES
#include "passes/Passes.h.inc"

/// Rows of a linear cache and probabilities in two terms: both need registers that loads in flight would have.
static bool isTight(ItemsOp items) {
  bool rows = false, twoTerms = false;
  items->walk([&](PageIdsOp op) { rows |= static_cast<bool>(op.getType().getLayout()); });
  items->walk([&](RoundOp op) { twoTerms |= op.getParts().size() > 1; });
  return rows && twoTerms;
}

static int64_t planDims(KvCacheType cache) {
  return std::max(cache.tileDims(KvKind::Key), cache.tileDims(KvKind::Value));
}
PlanAttr planFor(int64_t rows, KvCacheType cache, TargetAttr target) {
  return target.findPlan(rows, planDims(cache), cache.elementBits());
}
int64_t mostRows(KvCacheType cache, TargetAttr target) { return target.mostRows(planDims(cache), cache.elementBits()); }

PlanAttr planOf(ItemsOp items, TargetAttr target) {
  KvCacheType cache;
  items->walk([&](LoadKvOp load) {
    cache = load.getCache().getType();
    return WalkResult::interrupt();
  });
  return cache ? planFor(items.getRows().getPadded(), cache, target) : PlanAttr();
}

int64_t workgroupsPerCu(ItemsOp items, PlanAttr plan) {
  bool alone = false;
  items->walk([&](LoadScalesOp load) { alone |= !load.getIds().getType().getLayout(); });
  items->walk([&](LoadKvOp load) {
    bool wide = load.getCache().getType().tileDims(load.getKind()) >= 256;
    alone |= wide && (load.getIds().getType().getLayout() || items.getWindow() != 0);
  });
  return alone ? 1 : plan.getWorkgroupsPerCu();
}

SmallVector<LoadQueryOp> sharedQueries(ItemsOp items) {
  auto range = items.getBody().front().getOps<LoadQueryOp>();
  SmallVector<LoadQueryOp> loads(range.begin(), range.end());
  if (loads.size() == 1 && !isTight(items))
    loads.clear();
  return loads;
}

namespace {

/// Reads the tile anew for each product, or for several of them that follow one another.
void readBeforeProducts(Value tile, Value shared) {
  SmallVector<Operation *> products;
  for (Operation *user : tile.getUsers())
    if (isa<DotOp>(user))
      products.push_back(user);
  llvm::sort(products,
             [](Operation *a, Operation *b) { return a->getBlock() == b->getBlock() && a->isBeforeInBlock(b); });
  Operation *last = nullptr;
  Value read;
  for (Operation *product : products) {
    auto separates = [](Operation &op) { return isa<DotOp, PinOp>(op); };
    bool follows = last && last->getBlock() == product->getBlock() &&
                   llvm::none_of(llvm::make_range(std::next(last->getIterator()), product->getIterator()), separates);
    if (!follows) {
      OpBuilder builder(product);
      read = LoadSharedOp::create(builder, product->getLoc(), shared);
    }
    product->replaceUsesOfWith(tile, read);
    last = product;
  }
}

struct ShareQueries : impl::PaShareQueriesBase<ShareQueries> {
  void runOnOperation() override {
    getOperation().walk([](ItemsOp items) {
      SmallVector<LoadQueryOp> loads = sharedQueries(items);
      if (loads.empty())
        return;
      OpBuilder builder(loads.back());
      builder.setInsertionPointAfter(loads.back());
      SmallVector<Value> tiles(loads.begin(), loads.end());
      auto share = ShareOp::create(builder, loads.back().getLoc(), tiles);
      for (auto [tile, shared] : llvm::zip(tiles, share.getShared()))
        readBeforeProducts(tile, shared);
    });
  }
};

} // namespace
} // namespace mlir::pa
