#include "passes/TileLoop.h"

using namespace mlir;
using namespace mlir::pa;

static Value constantI32(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
}

scf::ForOp mlir::pa::createTileLoop(OpBuilder &builder, Location loc, WaveTilesOp tiles, int64_t step, ValueRange init,
                                    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  Value zero = constantI32(builder, loc, 0), one = constantI32(builder, loc, 1);
  Value stepValue = constantI32(builder, loc, step);
  auto loop = scf::ForOp::create(builder, loc, zero, tiles.getCount(), one, init,
                                 [&](OpBuilder &inner, Location, Value i, ValueRange carried) {
                                   OpBuilder::InsertionGuard guard(builder);
                                   builder.setInsertionPoint(inner.getInsertionBlock(), inner.getInsertionPoint());
                                   Value offset = arith::MulIOp::create(builder, loc, i, stepValue);
                                   Value tile = arith::AddIOp::create(builder, loc, tiles.getFirst(), offset);
                                   scf::YieldOp::create(builder, loc, body(tile, carried));
                                 });
  loop->setAttr(tileLoopAttr, builder.getUnitAttr());
  return loop;
}

SmallVector<scf::ForOp> mlir::pa::tileLoops(Operation *root) {
  SmallVector<scf::ForOp> loops;
  root->walk([&](scf::ForOp loop) {
    if (loop->hasAttr(tileLoopAttr))
      loops.push_back(loop);
  });
  return loops;
}

scf::IfOp mlir::pa::guardTileLoop(OpBuilder &builder, scf::ForOp loop,
                                  function_ref<SmallVector<Value>(OpBuilder &)> body) {
  Location loc = loop.getLoc();
  Value zero = constantI32(builder, loc, 0);
  Value any = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sgt, loop.getUpperBound(), zero);
  return scf::IfOp::create(
      builder, loc, any, [&](OpBuilder &inner, Location) { scf::YieldOp::create(inner, loc, body(inner)); },
      [&](OpBuilder &inner, Location) { scf::YieldOp::create(inner, loc, loop.getInitArgs()); });
}

Value mlir::pa::cloneForIteration(OpBuilder &builder, scf::ForOp loop, Value value, Value iteration) {
  if (value == loop.getInductionVar())
    return iteration;
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != loop.getBody())
    return value;
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, cloneForIteration(builder, loop, operand, iteration));
  Operation *clone = builder.clone(*op, mapping);
  return clone->getResult(cast<OpResult>(value).getResultNumber());
}

SmallVector<Value> mlir::pa::onceMore(OpBuilder &builder, scf::ForOp loop, Value iteration, ValueRange carried) {
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

/// How many tiles the loop's wave has, also where the last one is peeled off.
static WaveTilesOp tilesOf(scf::ForOp loop) {
  Value count = loop.getUpperBound();
  if (auto less = count.getDefiningOp<arith::SubIOp>())
    count = less.getLhs();
  return count.getDefiningOp<WaveTilesOp>();
}

bool mlir::pa::eachWaveHasOne(scf::ForOp loop, Value bounds, int64_t tileTokens) {
  WaveTilesOp tiles = tilesOf(loop);
  auto known = bounds.getDefiningOp<RowBoundsOp>(); // what other bounds may touch is not
  if (!tiles || !known)
    return false;
  int64_t spread = known.getRows().getQueryTokens() - 1;
  return llvm::divideCeil(spread, tileTokens) + 1 <= static_cast<uint64_t>(tiles.getStep());
}
