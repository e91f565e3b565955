// pa-double-buffer-lds: see Passes.td.
#include "passes/ItemQueries.h"
#include "passes/Plans.h"
#include "passes/TileLayouts.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PADOUBLEBUFFERLDS
#include "passes/Passes.h.inc"

namespace {

/// Keys on their way through LDS, 16 tokens at a time, and the products that take them.
class Stager {
public:
  Stager(ConvertLayoutOp op, int64_t stages) : op(op), stages(stages), builder(op), loc(op.getLoc()) {}

  /// Only products may use the operand: each 16 tokens are multiplied before the next ones take their registers.
  LogicalResult run();

private:
  int64_t blocks() { return op.getResult().getType().getRows() / 16; }
  void write(int64_t block) { StageWriteOp::create(builder, loc, op.getSource(), block, block % stages); }
  Value exact(Value staged);
  void multiply(Value keys, int64_t block);

  ConvertLayoutOp op;
  int64_t stages;
  OpBuilder builder;
  Location loc;
  DequantizeOp dequantize; // between LDS and the products, if the cache has 8 bits an element
  SmallVector<DotOp> dots;
  SmallVector<SmallVector<Value>> scores; // [dot][block]
};

Value Stager::exact(Value staged) {
  if (!dequantize)
    return staged;
  auto type = cast<TileType>(staged.getType());
  Type element = dequantize.getResult().getType().getElementType();
  auto exact = TileType::get(op.getContext(), type.getRows(), type.getCols(), element, type.getLayout());
  return DequantizeOp::create(builder, loc, exact, staged);
}

/// The product of 16 tokens, for each block of rows.
void Stager::multiply(Value keys, int64_t block) {
  for (auto [index, dot] : llvm::enumerate(dots)) {
    TileType all = dot.getResult().getType();
    LayoutAttr layout = productLayout(cast<TileType>(keys.getType()).getLayout(), dot.getB().getType().getLayout());
    auto type = TileType::get(op.getContext(), 16, all.getCols(), all.getElementType(), layout);
    auto zero = dot.getAcc().getDefiningOp<FillOp>();
    Value acc = FillOp::create(builder, loc, type, zero.getValueAttr());
    scores[index].push_back(DotOp::create(builder, loc, type, keys, dot.getB(), acc, dot.getMfma()));
  }
}

LogicalResult Stager::run() {
  Value keys = op.getResult();
  if (keys.hasOneUse())
    dequantize = dyn_cast<DequantizeOp>(*keys.user_begin());
  if (dequantize)
    keys = dequantize.getResult();
  for (Operation *user : keys.getUsers()) {
    auto dot = dyn_cast<DotOp>(user);
    if (!dot || dot.getA() != keys || !dot.getAcc().getDefiningOp<FillOp>())
      return user->emitOpError() << "takes keys out of LDS, expected a pa.dot onto a pa.fill";
    dots.push_back(dot);
  }
  llvm::sort(dots, [](DotOp a, DotOp b) { return a->isBeforeInBlock(b); });
  scores.resize(dots.size());

  TileType type = op.getResult().getType();
  TileLayouts layouts{op.getContext(), type.getCols(), 0, 128 / type.getElementType().getIntOrFloatBitWidth()};
  auto blockType = TileType::get(op.getContext(), 16, type.getCols(), type.getElementType(), layouts.keyBlockOperand());
  // Writes run `stages` blocks ahead of reads; a stage is written again only after it was read.
  for (int64_t block = 0; block < std::min(stages, blocks()); ++block)
    write(block);
  // With a stage for each block the rows' registers are free from here on (a reload may stand here), and the reads can
  // stay with the products.
  if (stages >= blocks() && !dots.empty())
    builder.setInsertionPoint(dots.front());
  for (int64_t block = 0; block < blocks(); ++block) {
    Value staged = StageReadOp::create(builder, loc, blockType, block % stages);
    if (block + stages < blocks())
      write(block + stages);
    multiply(exact(staged), block);
    if (block + 1 < blocks())
      PinOp::create(builder, loc); // else all blocks' operands would be read first, and need registers
  }
  for (auto [dot, parts] : llvm::zip(dots, scores)) {
    builder.setInsertionPoint(dot);
    dot.replaceAllUsesWith(ConcatOp::create(builder, loc, dot.getResult().getType(), parts, IntegerAttr()).getResult());
    dot.erase();
  }
  if (dequantize)
    dequantize.erase();
  op.erase();
  return success();
}

/// As many of `wished` stages as there is LDS for when the plan's workgroups share a CU; one at the least.
int64_t stagesThatFit(ConvertLayoutOp op, int64_t wished) {
  auto items = op->getParentOfType<ItemsOp>();
  auto module = op->getParentOfType<ModuleOp>();
  auto target = module ? module->getAttrOfType<TargetAttr>(TargetAttr::attrName) : TargetAttr();
  PlanAttr plan = items && target ? planOf(items, target) : PlanAttr();
  if (!plan)
    return wished;
  int64_t left = target.getLdsBytes() / workgroupsPerCu(items, plan);
  for (Value query : sharedQueries(items))
    left -= cast<TileType>(query.getType()).bytes();
  TileType keys = op.getResult().getType();
  int64_t stage = keys.bytes() / (keys.getRows() / 16);
  return std::clamp<int64_t>(left / target.getWavesPerWorkgroup() / stage, 1, wished);
}

struct DoubleBufferLds : impl::PaDoubleBufferLdsBase<DoubleBufferLds> {
  using PaDoubleBufferLdsBase::PaDoubleBufferLdsBase;

  void runOnOperation() override {
    if (stages < 1 || stages > 4) {
      getOperation().emitError() << "stages is 1 to 4, got " << stages.getValue();
      return signalPassFailure();
    }
    SmallVector<ConvertLayoutOp> conversions;
    getOperation().walk([&](ConvertLayoutOp op) {
      if (isRowsToOperand(op.getSource().getType(), op.getResult().getType()))
        conversions.push_back(op);
    });
    for (ConvertLayoutOp op : conversions)
      if (failed(Stager(op, stagesThatFit(op, stages)).run()))
        return signalPassFailure();
  }
};

} // namespace
} // namespace mlir::pa
