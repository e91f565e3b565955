// Tiles in the workgroup's LDS: register by register, each 16 bytes a lane side by side, so without bank conflicts.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

/// Registers to `lane`'s place and on, 16 bytes at a time, each a wave's registerBytes apart.
void storePieces(const Emitter &emit, ValueRange registers, Value lane) {
  int64_t number = 0;
  for (Value reg : registers) {
    SmallVector<Value> words = emit.words(reg);
    for (size_t at = 0; at < words.size(); at += 4)
      emit.store(emit.fromElements(ArrayRef<Value>(words).slice(at, 4)), emit.offset(lane, registerBytes * number++),
                 16);
  }
}
SmallVector<Value> loadPieces(const Emitter &emit, TypeRange types, Value lane) {
  auto piece = VectorType::get(4, emit.builder.getI32Type());
  SmallVector<Value> registers;
  int64_t number = 0;
  for (Type type : types) {
    auto vector = cast<VectorType>(type);
    int64_t pieces = vector.getNumElements() * vector.getElementTypeBitWidth() / 128;
    SmallVector<Value> words;
    for (int64_t i = 0; i < pieces; ++i)
      words.append(emit.words(emit.load(piece, emit.offset(lane, registerBytes * number++), 16)));
    registers.push_back(emit.fromWords(words, type));
  }
  return registers;
}

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
        storePieces(emit, registers, lane);
      }
      places.push_back({emit.i32(place)});
      place += fragmentBytes(cast<TileType>(op.getTiles()[index].getType()));
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
    SmallVector<Type> types(tile.getLayout().numRegisters(), registerType(tile));
    rewriter.replaceOpWithMultiple(op, {loadPieces(emit, types, lane)});
    return success();
  }
};

struct RelayLowering : Lowering<RelayOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RelayOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value bytes = emit.add(emit.mul(kernel.wave, kernel.lds.perWave()), emit.mul(kernel.lane, 16));
    Value in = ldsPointer(emit, kernel, bytes);
    storePieces(emit, adaptor.getSource(), in);
    // Another name for the same place: LLVM would see through the two and leave them out.
    Value out = ldsPointer(emit, kernel, emit.opaque(bytes));
    rewriter.replaceOpWithMultiple(op, {loadPieces(emit, ValueRange(adaptor.getSource()).getTypes(), out)});
    return success();
  }
};

} // namespace

void mlir::pa::addSharedLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                  const KernelContext &kernel) {
  patterns.add<ShareLowering, LoadSharedLowering, RelayLowering>(converter, patterns.getContext(), kernel);
}
