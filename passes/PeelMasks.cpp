// pa-peel-masks: see Passes.td.
#include "passes/TileLoop.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAPEELMASKS
#include "passes/Passes.h.inc"

namespace {

/// The tiles at an item's end that its rows' bounds may touch.
int64_t touchedTiles(RowsAttr rows, int64_t tile) { return (rows.getQueryTokens() - 1 + tile - 1) / tile + 1; }

bool isMask(Operation *op) { return isa<MaskScoresOp, ZeroPastEndOp>(op); }

/// Whether each touched tile is the last one of its wave: waves take turns, so there must be as many.
bool maskedTilesAreLast(scf::ForOp loop) {
  auto tiles = loop.getUpperBound().getDefiningOp<WaveTilesOp>();
  if (!tiles)
    return false;
  int64_t touched = 1;
  bool known = true; // what other bounds may touch is not
  loop->walk([&](MaskScoresOp op) {
    auto bounds = op.getBounds().getDefiningOp<RowBoundsOp>();
    known &= static_cast<bool>(bounds);
    if (bounds)
      touched = std::max(touched, touchedTiles(bounds.getRows(), static_cast<int64_t>(op.getTileTokens())));
  });
  return known && touched <= static_cast<int64_t>(tiles.getStep());
}

/// The loop's body once, as iteration `iteration` from the carried values; returns what it yields.
SmallVector<Value> once(OpBuilder &builder, scf::ForOp loop, Value iteration, ValueRange carried) {
  IRMapping mapping;
  mapping.map(loop.getInductionVar(), iteration);
  mapping.map(loop.getRegionIterArgs(), carried);
  for (Operation &op : loop.getBody()->without_terminator())
    builder.clone(op, mapping);
  SmallVector<Value> results;
  for (Value value : loop.getYieldedValues())
    results.push_back(mapping.lookupOrDefault(value));
  return results;
}

/// The tiles before the last one. Those where a window begins have slots before it: values stay masked then.
scf::ForOp withoutLast(OpBuilder &builder, scf::ForOp loop, Value count) {
  auto rest = cast<scf::ForOp>(builder.clone(*loop));
  rest.setUpperBound(count);
  bool windowed = !rest.getBody()->getOps<MaskWindowOp>().empty();
  rest.walk([&](Operation *op) {
    if (isa<MaskScoresOp>(op) || (isa<ZeroPastEndOp>(op) && !windowed)) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  });
  return rest;
}

void peel(scf::ForOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  scf::IfOp guarded = guardTileLoop(builder, loop, [&](OpBuilder &inner) {
    Value zero = arith::ConstantOp::create(inner, loc, inner.getI32IntegerAttr(0));
    Value one = arith::ConstantOp::create(inner, loc, inner.getI32IntegerAttr(1));
    Value last = arith::SubIOp::create(inner, loc, loop.getUpperBound(), one, arith::IntegerOverflowFlags::nsw);
    Value several = arith::CmpIOp::create(inner, loc, arith::CmpIPredicate::sgt, last, zero);
    auto choice = scf::IfOp::create(
        inner, loc, several,
        [&](OpBuilder &then, Location) {
          scf::ForOp rest = withoutLast(then, loop, last);
          scf::YieldOp::create(then, loc, once(then, loop, last, rest.getResults()));
        },
        [&](OpBuilder &otherwise, Location) {
          scf::YieldOp::create(otherwise, loc, once(otherwise, loop, zero, loop.getInitArgs()));
        });
    return SmallVector<Value>(choice.getResults());
  });
  loop.replaceAllUsesWith(guarded.getResults());
  loop.erase();
}

struct PeelMasks : impl::PaPeelMasksBase<PeelMasks> {
  void runOnOperation() override {
    for (scf::ForOp loop : tileLoops(getOperation())) {
      bool masked = llvm::any_of(loop.getBody()->getOperations(), [](Operation &op) { return isMask(&op); });
      if (masked && maskedTilesAreLast(loop))
        peel(loop);
    }
  }
};

} // namespace
} // namespace mlir::pa
