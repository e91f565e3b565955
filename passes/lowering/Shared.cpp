// Tiles in the workgroup's LDS: register by register, each 16 bytes a lane side by side, so without bank conflicts.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

struct ShareLowering : Lowering<ShareOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ShareOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    KernelContext here = kernel.outsideTiles(emit);
    int64_t place = kernel.lds.sharedStart(kernel.waves());
    SmallVector<SmallVector<Value>> places;
    for (auto [index, registers] : llvm::enumerate(adaptor.getTiles())) {
      auto turn = scf::IfOp::create(rewriter, op.getLoc(), emit.equal(here.wave, index % kernel.waves()), false);
      {
        OpBuilder::InsertionGuard guard(rewriter);
        rewriter.setInsertionPointToStart(turn.thenBlock());
        Value lane = ldsPointer(emit, kernel, emit.add(emit.mul(here.lane, 16), place));
        for (auto [number, reg] : llvm::enumerate(registers))
          emit.store(reg, emit.offset(lane, number * registerBytes), 16);
      }
      places.push_back({emit.i32(place)});
      place += registers.size() * registerBytes;
    }
    emit.barrier();
    rewriter.replaceOpWithMultiple(op, std::move(places));
    return success();
  }
};

struct LoadSharedLowering : Lowering<LoadSharedOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LoadSharedOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getResult().getType();
    // LLVM would read what nobody writes in the loop before it, and hold it in the registers that this is to save.
    Value bytes = emit.opaque(emit.add(emit.mul(kernel.lane, 16), adaptor.getSource().front()));
    Value lane = ldsPointer(emit, kernel, bytes);
    SmallVector<Value> registers;
    for (int64_t number = 0; number < tile.getLayout().numRegisters(); ++number)
      registers.push_back(emit.load(registerType(tile), emit.offset(lane, number * registerBytes), 16));
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct RelayLowering : Lowering<RelayOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RelayOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value bytes = emit.add(emit.mul(kernel.wave, kernel.lds.perWave()), emit.mul(kernel.lane, 16));
    Value in = ldsPointer(emit, kernel, bytes);
    for (auto [number, reg] : llvm::enumerate(adaptor.getSource()))
      emit.store(reg, emit.offset(in, number * registerBytes), 16);
    // Another name for the same place: LLVM would see through the two and leave them out.
    Value out = ldsPointer(emit, kernel, emit.opaque(bytes));
    SmallVector<Value> registers;
    for (auto [number, reg] : llvm::enumerate(adaptor.getSource()))
      registers.push_back(emit.load(reg.getType(), emit.offset(out, number * registerBytes), 16));
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

} // namespace

void mlir::pa::addSharedLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                  const KernelContext &kernel) {
  patterns.add<ShareLowering, LoadSharedLowering, RelayLowering>(converter, patterns.getContext(), kernel);
}
