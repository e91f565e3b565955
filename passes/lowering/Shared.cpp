// Tiles in the workgroup's LDS: register by register, each 16 bytes a lane side by side, so without bank conflicts.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

int64_t piecesOf(Type type) {
  auto vector = cast<VectorType>(type);
  return vector.getNumElements() * vector.getElementTypeBitWidth() / 128;
}
/// Registers to `lane`'s place and on, 16 bytes at a time, each a wave's registerBytes apart.
void storePieces(const Emitter &emit, ValueRange registers, Value lane) {
  int64_t number = 0;
  auto store = [&](Value piece) { emit.store(piece, emit.offset(lane, registerBytes * number++), 16); };
  for (Value reg : registers) {
    if (piecesOf(reg.getType()) == 1) {
      store(reg);
      continue;
    }
    SmallVector<Value> words = emit.words(reg);
    for (size_t at = 0; at < words.size(); at += 4)
      store(emit.fromElements(ArrayRef<Value>(words).slice(at, 4)));
  }
}
SmallVector<Value> loadPieces(const Emitter &emit, TypeRange types, Value lane) {
  int64_t number = 0;
  auto load = [&](Type type) { return emit.load(type, emit.offset(lane, registerBytes * number++), 16); };
  SmallVector<Value> registers;
  for (Type type : types) {
    if (piecesOf(type) == 1) {
      registers.push_back(load(type));
      continue;
    }
    SmallVector<Value> words;
    for (int64_t i = 0; i < piecesOf(type); ++i)
      words.append(emit.words(load(VectorType::get(4, emit.builder.getI32Type()))));
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
