// pa-share-queries: see Passes.td.
#include "passes/ItemQueries.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PASHAREQUERIES
#include "passes/Passes.h.inc"

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
      SmallVector<Value> queries = sharedQueries(items);
      if (queries.empty())
        return;
      OpBuilder builder(items.getContext());
      builder.setInsertionPointAfterValue(queries.back());
      auto share = ShareOp::create(builder, queries.back().getLoc(), queries);
      for (auto [tile, shared] : llvm::zip(queries, share.getShared()))
        readBeforeProducts(tile, shared);
    });
  }
};

} // namespace
} // namespace mlir::pa
