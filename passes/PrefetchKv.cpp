// pa-prefetch-kv: see Passes.td. What LLVM would do to a plain prefetch is in the description.
#include "passes/TileLoop.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAPREFETCHKV
#include "passes/Passes.h.inc"

namespace {

/// The last op of the loop's body that uses `value`, or registers of it under another name; carrying it on is no use.
Operation *lastUse(scf::ForOp loop, Value value) {
  Operation *last = nullptr;
  for (Operation *user : value.getUsers()) {
    Operation *inBody = loop.getBody()->findAncestorOpInBlock(*user);
    if (isa<SliceOp, ZeroPastHeadOp, ZeroPastEndOp>(user))
      inBody = lastUse(loop, user->getResult(0));
    if (inBody && inBody != loop.getBody()->getTerminator() && (!last || last->isBeforeInBlock(inBody)))
      last = inBody;
  }
  return last;
}

/// What is loaded a tile ahead: keys, values and their scales.
bool isLoad(Operation *op) { return isa<LoadKvOp, LoadScalesOp>(op); }

class Prefetcher {
public:
  explicit Prefetcher(scf::ForOp loop) : loop(loop), loc(loop.getLoc()) {
    for (Operation &op : *loop.getBody()) {
      if (isLoad(&op))
        loads.push_back(&op);
      else if (auto page = dyn_cast<PageIdsOp>(op))
        ids.push_back(page);
    }
  }

  bool applies() const { return !loads.empty(); }

  /// Rewrites the loop, which must stand in a block that is entered only if there is a tile.
  void run();

private:
  Value constant(OpBuilder &builder, int64_t value) {
    return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  }
  /// The page ids of iteration `iteration`, one value for each op of `ids`.
  SmallVector<Value> pageIds(OpBuilder &builder, Value iteration);
  Value load(OpBuilder &builder, Operation *op, ValueRange pageIds);
  void reload(Operation *op, Value current, Value &next, ValueRange nextIds);

  scf::ForOp loop;
  Location loc;
  SmallVector<Operation *> loads;
  SmallVector<PageIdsOp> ids;
};

SmallVector<Value> Prefetcher::pageIds(OpBuilder &builder, Value iteration) {
  SmallVector<Value> result;
  for (PageIdsOp op : ids) {
    IRMapping mapping;
    mapping.map(op.getTile(), cloneForIteration(builder, loop, op.getTile(), iteration));
    result.push_back(builder.clone(*op, mapping)->getResult(0));
  }
  return result;
}

Value Prefetcher::load(OpBuilder &builder, Operation *op, ValueRange pageIds) {
  IRMapping mapping;
  for (auto [page, value] : llvm::zip(ids, pageIds))
    mapping.map(page.getResult(), value);
  return builder.clone(*op, mapping)->getResult(0);
}

/// Loads the next tile's part right after the current one's last use.
void Prefetcher::reload(Operation *op, Value current, Value &next, ValueRange nextIds) {
  OpBuilder builder(loop.getContext());
  builder.setInsertionPointAfter(lastUse(loop, current));
  PinOp::create(builder, loc);
  next = load(builder, op, nextIds);
  PinOp::create(builder, loc);
}

void Prefetcher::run() {
  OpBuilder builder(loop);
  SmallVector<Value> firstIds = pageIds(builder, constant(builder, 0));
  SmallVector<Value> secondIds = pageIds(builder, constant(builder, 1));
  for (Value &id : secondIds)
    if (cast<PageIdsType>(id.getType()).getLayout())
      id = AwaitOp::create(builder, loc, id);
  PinOp::create(builder, loc);
  SmallVector<Value> extra;
  for (Operation *op : loads) {
    extra.push_back(load(builder, op, firstIds));
    PinOp::create(builder, loc);
  }
  extra.append(secondIds);

  // The peeled tile, if there is one, stands behind the loop and finds its loads done.
  SmallVector<Operation *> peeledLoads, peeledIds;
  for (Operation *op = loop->getNextNode(); op; op = op->getNextNode()) {
    if (isLoad(op))
      peeledLoads.push_back(op);
    else if (isa<PageIdsOp>(op))
      peeledIds.push_back(op);
  }

  size_t carried = loop.getNumRegionIterArgs();
  IRRewriter rewriter(loop.getContext());
  rewriter.setInsertionPoint(loop);
  NewYieldValuesFn yieldLater = [&](OpBuilder &, Location, ArrayRef<BlockArgument> args) {
    return SmallVector<Value>(args.begin(), args.end());
  };
  auto rewritten = cast<scf::ForOp>(
      cast<LoopLikeOpInterface>(loop.getOperation())
          .replaceWithAdditionalYields(rewriter, extra, /*replaceInitOperandUsesInLoop=*/false, yieldLater)
          ->getOperation());
  rewritten->setAttr(tileLoopAttr, builder.getUnitAttr());
  loop = rewritten;

  auto args = loop.getRegionIterArgs();
  ArrayRef<BlockArgument> currentTiles = args.slice(carried, loads.size());
  ArrayRef<BlockArgument> nextIds = args.drop_front(carried + loads.size());
  SmallVector<Value> next(loads.size());
  for (auto [index, op] : llvm::enumerate(loads))
    op->getResult(0).replaceAllUsesWith(currentTiles[index]);
  for (auto [index, op] : llvm::enumerate(loads)) {
    SmallVector<Value> idValues(nextIds.begin(), nextIds.end());
    reload(op, currentTiles[index], next[index], idValues);
  }
  // Ids first, before this iteration's loads: whoever waits for one of those has them, too.
  builder.setInsertionPointToStart(loop.getBody());
  Value afterNext = arith::AddIOp::create(builder, loc, loop.getInductionVar(), constant(builder, 2));
  next.append(pageIds(builder, afterNext));
  PinOp::create(builder, loc);
  auto yield = cast<scf::YieldOp>(loop.getBody()->getTerminator());
  builder.setInsertionPoint(yield);
  PinOp::create(builder, loc);
  yield->setOperands(carried, next.size(), next);

  for (Operation *op : loads)
    op->erase();
  for (PageIdsOp op : ids)
    op.erase();
  for (auto [index, op] : llvm::enumerate(peeledLoads)) {
    op->getResult(0).replaceAllUsesWith(loop.getResult(carried + index));
    op->erase();
  }
  for (Operation *op : peeledIds)
    op->erase();
}

/// Whether the loop's block is entered only if there is a tile: the peeled form has a guard already.
bool isGuarded(scf::ForOp loop) { return isa<scf::IfOp>(loop->getParentOp()); }

struct PrefetchKv : impl::PaPrefetchKvBase<PrefetchKv> {
  void runOnOperation() override {
    for (scf::ForOp loop : tileLoops(getOperation())) {
      if (!Prefetcher(loop).applies())
        continue;
      if (!isGuarded(loop)) {
        OpBuilder builder(loop);
        scf::ForOp inner;
        scf::IfOp guard = guardTileLoop(builder, loop, [&](OpBuilder &body) {
          inner = cast<scf::ForOp>(body.clone(*loop));
          return SmallVector<Value>(inner.getResults());
        });
        loop.replaceAllUsesWith(guard.getResults());
        loop.erase();
        loop = inner;
      }
      Prefetcher(loop).run();
    }
  }
};

} // namespace
} // namespace mlir::pa
