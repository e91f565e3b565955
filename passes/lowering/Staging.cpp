// Rows of keys through the wave's own LDS buffer, swizzled; and the scheduling pin.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

/// The swizzle: piece `p` of token `t` stands in place `p ^ (t / tokensPerCycle % pieces)`. Tokens that one pass over
/// all banks holds share a swizzle; `tokensPerCycle` is how many rows that is. With 4 rows of 4 pieces the keys go
/// backwards: a phase of a 16-byte read is of 4 tokens each, 0 and 12 with one piece, 4 and 8 with the next one.
struct Swizzle {
  int64_t pieces, tokensPerCycle;

  Swizzle(int64_t rowBytes, int64_t banks)
      : pieces(rowBytes / 16), tokensPerCycle(std::max<int64_t>(1, banks * 4 / rowBytes)) {}

  Value place(Value token, Value piece, const Emitter &emit) const {
    Value key = emit.udiv(token, tokensPerCycle);
    if (pieces == 4 && tokensPerCycle == 4)
      key = emit.sub(emit.i32(pieces), key);
    key = emit.urem(key, pieces);
    Value swizzled = arith::XOrIOp::create(emit.builder, emit.loc, piece, key);
    return emit.add(emit.mul(token, pieces * 16), emit.mul(swizzled, 16));
  }
};

Swizzle swizzleOf(TileType tile, const KernelContext &kernel) {
  return {tile.getCols() * tile.getElementType().getIntOrFloatBitWidth() / 8, kernel.target.getLdsBanks()};
}

struct StageWriteLowering : Lowering<StageWriteOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(StageWriteOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getSource().getType();
    LayoutAttr layout = tile.getLayout();
    Swizzle swizzle = swizzleOf(tile, kernel);
    LaneCorner corner = laneCorner(emit, kernel, layout);
    Value stage = emit.offset(waveLds(emit, kernel), emit.i32(op.getStage() * kernel.lds.stageBytes));
    for (auto [index, reg] : llvm::enumerate(adaptor.getSource())) {
      auto [regRow, regCol] = modesAt(layout.getReg(), index);
      int64_t row = regRow - 16 * static_cast<int64_t>(op.getBlock());
      if (row < 0 || row >= 16)
        continue;
      Value piece = emit.udiv(emit.add(corner.col, regCol), layout.numElements());
      emit.store(reg, emit.offset(stage, swizzle.place(emit.add(corner.row, row), piece, emit)), 16);
    }
    rewriter.eraseOp(op);
    return success();
  }
};

struct StageReadLowering : Lowering<StageReadOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(StageReadOp op, Adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getResult().getType();
    LayoutAttr layout = tile.getLayout();
    Swizzle swizzle = swizzleOf(tile, kernel);
    LaneCorner corner = laneCorner(emit, kernel, layout);
    Value stage = emit.offset(waveLds(emit, kernel), emit.i32(op.getStage() * kernel.lds.stageBytes));
    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < layout.numRegisters(); ++reg) {
      Value piece = emit.udiv(emit.add(corner.col, modesAt(layout.getReg(), reg).second), layout.numElements());
      registers.push_back(
          emit.load(registerType(tile), emit.offset(stage, swizzle.place(corner.row, piece, emit)), 16));
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct PinLowering : Lowering<PinOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(PinOp op, Adaptor, ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithNewOp<ROCDL::SchedBarrier>(op, 0);
    return success();
  }
};

} // namespace

void mlir::pa::addStagingLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                   const KernelContext &kernel) {
  patterns.add<StageWriteLowering, StageReadLowering, PinLowering>(converter, patterns.getContext(), kernel);
}
