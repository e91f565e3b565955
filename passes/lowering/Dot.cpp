// pa.dot to matrix instructions, and the tiles of one value.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

struct FillLowering : Lowering<FillOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(FillOp op, Adaptor, ConversionPatternRewriter &rewriter) const override {
    TileType tile = op.getResult().getType();
    Type type = registerType(tile), element = tile.getElementType();
    Attribute scalar =
        element.isInteger()
            ? Attribute(rewriter.getIntegerAttr(element, static_cast<int64_t>(op.getValue().convertToDouble())))
            : Attribute(rewriter.getFloatAttr(element, op.getValue().convertToDouble()));
    if (element.getIntOrFloatBitWidth() == 8) // a register is words of four codes
      scalar = rewriter.getIntegerAttr(rewriter.getI32Type(), llvm::APInt::getSplat(32, codeOf(scalar)));
    auto vector = dyn_cast<VectorType>(type);
    Attribute value = vector ? Attribute(DenseElementsAttr::get(vector, scalar)) : scalar;
    Value constant = arith::ConstantOp::create(rewriter, op.getLoc(), type, cast<TypedAttr>(value));
    rewriter.replaceOpWithMultiple(op, {SmallVector<Value>(tile.getLayout().numRegisters(), constant)});
    return success();
  }

private:
  static llvm::APInt codeOf(Attribute scalar) {
    if (auto number = dyn_cast<FloatAttr>(scalar))
      return number.getValue().bitcastToAPInt();
    return cast<IntegerAttr>(scalar).getValue();
  }
};

struct DotLowering : Lowering<DotOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(DotOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ArrayRef<Mode> aRegs = op.getA().getType().getLayout().getReg();
    ArrayRef<Mode> bRegs = op.getB().getType().getLayout().getReg();
    LayoutAttr result = op.getResult().getType().getLayout();
    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < result.numRegisters(); ++reg) {
      auto [row, col] = modesAt(result.getReg(), reg);
      Value acc = adaptor.getAcc()[reg];
      for (auto [aIndex, a] : llvm::enumerate(adaptor.getA())) {
        auto [aRow, aDepth] = modesAt(aRegs, aIndex);
        if (aRow != row)
          continue;
        for (auto [bIndex, b] : llvm::enumerate(adaptor.getB()))
          if (modesAt(bRegs, bIndex) == std::make_pair(col, aDepth))
            acc = multiply(op, a, b, acc, emit);
      }
      registers.push_back(acc);
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// A register holds as many steps of the reduction axis as its elements make instructions.
  Value multiply(DotOp op, Value a, Value b, Value acc, const Emitter &emit) const {
    auto type = cast<VectorType>(a.getType());
    int64_t perLane = op.getMfma().getK() / 4;
    if (op.getMfma().getType().getIntOrFloatBitWidth() == 8)
      perLane /= 4; // words of four codes
    for (int64_t at = 0; at < type.getNumElements(); at += perLane)
      acc = instruction(op, slice(a, at, perLane, emit), slice(b, at, perLane, emit), acc, emit);
    return acc;
  }

  Value slice(Value vector, int64_t at, int64_t size, const Emitter &emit) const {
    auto type = cast<VectorType>(vector.getType());
    if (type.getNumElements() == size)
      return vector;
    return vector::ExtractStridedSliceOp::create(emit.builder, emit.loc, vector, at, size, 1);
  }

  Value instruction(DotOp op, Value a, Value b, Value acc, const Emitter &emit) const {
    StringRef name = op.getMfma().getIntrinsic();
    if (name.ends_with("bf16.1k")) { // the older instruction takes its bf16 as 16-bit integers
      auto bits = VectorType::get(cast<VectorType>(a.getType()).getNumElements(), emit.builder.getI16Type());
      a = emit.bitcast(a, bits);
      b = emit.bitcast(b, bits);
    }
    if (op.getMfma().getType().getIntOrFloatBitWidth() == 8) { // eight codes are an integer
      a = emit.bitcast(a, emit.builder.getI64Type());
      b = emit.bitcast(b, emit.builder.getI64Type());
    }
    Value zero = emit.i32(0); // no broadcast, no negation
    OperationState state(emit.loc, name, {a, b, acc, zero, zero, zero}, {acc.getType()});
    return emit.builder.create(state)->getResult(0);
  }
};

struct RescaleLowering : Lowering<RescaleOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RescaleOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value factor = adaptor.getFactors().front();
    // Twice where registers are scarce: of a pair whose second one does not count that may be one that a load is under
    // way to, and the product would wait for it.
    Value twin = kernel.scarce ? emit.opaque(factor) : Value();
    SmallVector<Value> registers;
    for (Value reg : adaptor.getSource())
      registers.push_back(arith::MulFOp::create(rewriter, op.getLoc(), reg, spread(factor, twin, reg.getType(), emit)));
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// A number in each element of `type`, by turns with its twin if it has one.
  static Value spread(Value number, Value twin, Type type, const Emitter &emit) {
    auto vector = dyn_cast<VectorType>(type);
    if (!vector)
      return number;
    if (!twin)
      return vector::BroadcastOp::create(emit.builder, emit.loc, type, number);
    SmallVector<Value> numbers;
    for (int64_t i = 0; i < vector.getNumElements(); ++i)
      numbers.push_back(i % 2 == 0 ? number : twin);
    return emit.fromElements(numbers);
  }
};

struct MaxGrewLowering : Lowering<MaxGrewOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(MaxGrewOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value grew;
    for (ValueRange factors : adaptor.getFactors()) {
      Value notOne =
          arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::UNE, factors.front(), emit.f32(1));
      grew = grew ? arith::OrIOp::create(rewriter, op.getLoc(), grew, notOne).getResult() : notOne;
    }
    Value lanes = ROCDL::BallotOp::create(rewriter, op.getLoc(), rewriter.getI64Type(), grew);
    rewriter.replaceOpWithNewOp<arith::CmpIOp>(op, arith::CmpIPredicate::ne, lanes, emit.i64(0));
    return success();
  }
};

} // namespace

void mlir::pa::addDotLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                               const KernelContext &kernel) {
  patterns.add<FillLowering, DotLowering, RescaleLowering, MaxGrewLowering>(converter, patterns.getContext(), kernel);
}
