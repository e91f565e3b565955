// pa-peel-window: see Passes.td.
#include "passes/TileLoop.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAPEELWINDOW
#include "passes/Passes.h.inc"

namespace {

/// Whether the loop stands where it has two iterations: what pa-peel-masks leaves beside the last tile.
bool hasTwo(scf::ForOp loop) {
  auto guard = dyn_cast<scf::IfOp>(loop->getParentOp());
  auto several = guard ? guard.getCondition().getDefiningOp<arith::CmpIOp>() : arith::CmpIOp();
  return several && loop->getBlock() == guard.thenBlock() && several.getPredicate() == arith::CmpIPredicate::sgt &&
         several.getLhs() == loop.getUpperBound() && isConstantIntValue(several.getRhs(), 1);
}

/// Whether the tiles where the window of a row begins are each their wave's first.
bool windowsBeginInFirstTiles(scf::ForOp loop) {
  bool first = true, windowed = false;
  for (MaskWindowOp op : loop.getBody()->getOps<MaskWindowOp>()) {
    windowed = true;
    first &= eachWaveHasOne(loop, op.getBounds(), static_cast<int64_t>(op.getTileTokens()));
  }
  return windowed && first && loop.getBody()->getOps<MaskScoresOp>().empty();
}

void peel(scf::ForOp loop) {
  OpBuilder builder(loop);
  SmallVector<Value> carried = onceMore(builder, loop, loop.getLowerBound(), loop.getInitArgs());
  Value second = arith::AddIOp::create(builder, loop.getLoc(), loop.getLowerBound(), loop.getStep());
  loop.setLowerBound(second);
  loop.getInitArgsMutable().assign(carried);
  for (Operation &op : llvm::make_early_inc_range(*loop.getBody())) {
    if (!isa<MaskWindowOp, ZeroPastEndOp>(op))
      continue;
    op.getResult(0).replaceAllUsesWith(op.getOperand(0));
    op.erase();
  }
}

struct PeelWindow : impl::PaPeelWindowBase<PeelWindow> {
  void runOnOperation() override {
    for (scf::ForOp loop : tileLoops(getOperation()))
      if (hasTwo(loop) && windowsBeginInFirstTiles(loop))
        peel(loop);
  }
};

} // namespace
} // namespace mlir::pa
