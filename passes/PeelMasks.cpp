// pa-peel-masks: see Passes.td.
#include "passes/TileLoop.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAPEELMASKS
#include "passes/Passes.h.inc"

namespace {

bool isMask(Operation *op) { return isa<MaskScoresOp, ZeroPastEndOp>(op); }

/// Whether each tile that a bound touches is the last one of its wave.
bool maskedTilesAreLast(scf::ForOp loop) {
  bool last = static_cast<bool>(loop.getUpperBound().getDefiningOp<WaveTilesOp>());
  loop->walk(
      [&](MaskScoresOp op) { last &= eachWaveHasOne(loop, op.getBounds(), static_cast<int64_t>(op.getTileTokens())); });
  return last;
}

bool isWindowed(scf::ForOp loop) { return !loop.getBody()->getOps<MaskWindowOp>().empty(); }

/// The tiles before the last one. Those where a window begins have slots before it: values stay masked then.
scf::ForOp withoutLast(OpBuilder &builder, scf::ForOp loop, Value count) {
  auto rest = cast<scf::ForOp>(builder.clone(*loop));
  rest.setUpperBound(count);
  bool windowed = isWindowed(loop);
  rest.walk([&](Operation *op) {
    if (isa<MaskScoresOp>(op) || (isa<ZeroPastEndOp>(op) && !windowed)) {
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    }
  });
  return rest;
}

/// What a wave with few tiles does: all masks, and nothing loaded ahead.
SmallVector<Value> fewTiles(OpBuilder &builder, scf::ForOp loop, Value zero) {
  if (!isWindowed(loop))
    return onceMore(builder, loop, zero, loop.getInitArgs());
  auto few = cast<scf::ForOp>(builder.clone(*loop));
  few->removeAttr(tileLoopAttr);
  return few.getResults();
}

void peel(scf::ForOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  scf::IfOp guarded = guardTileLoop(builder, loop, [&](OpBuilder &inner) {
    Value zero = arith::ConstantOp::create(inner, loc, inner.getI32IntegerAttr(0));
    Value one = arith::ConstantOp::create(inner, loc, inner.getI32IntegerAttr(1));
    Value last = arith::SubIOp::create(inner, loc, loop.getUpperBound(), one, arith::IntegerOverflowFlags::nsw);
    // A window's first tile is peeled off as well, later, and some have to be left.
    Value several = arith::CmpIOp::create(inner, loc, arith::CmpIPredicate::sgt, last, isWindowed(loop) ? one : zero);
    auto choice = scf::IfOp::create(
        inner, loc, several,
        [&](OpBuilder &then, Location) {
          scf::ForOp rest = withoutLast(then, loop, last);
          scf::YieldOp::create(then, loc, onceMore(then, loop, last, rest.getResults()));
        },
        [&](OpBuilder &otherwise, Location) { scf::YieldOp::create(otherwise, loc, fewTiles(otherwise, loop, zero)); });
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
