// What products of FP8 need before them: rows of queries as codes.
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

using Registers = SmallVector<SmallVector<Value>>; // their elements, f32

struct QuantizeRowsLowering : Lowering<QuantizeRowsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(QuantizeRowsOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType codes = op.getCodes().getType();
    Type code = codes.getElementType();
    Registers rows = widen(adaptor.getSource(), emit);
    Value largest = largestOfRow(rows, emit);
    Value most = emit.f32(largestOf(code));
    Value empty = arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::OEQ, largest, emit.f32(0));
    // A quotient each, not a product with an inverse: the largest magnitude has to become `most`.
    Value scale = emit.select(empty, emit.f32(1), arith::DivFOp::create(rewriter, op.getLoc(), largest, most));
    SmallVector<Value> registers;
    for (SmallVector<Value> &row : rows) {
      SmallVector<Value> words;
      for (Value &value : row)
        value = arith::DivFOp::create(rewriter, op.getLoc(), value, scale);
      for (size_t i = 0; i < row.size(); i += 4)
        words.push_back(encodeWord(emit, kernel.target, ArrayRef(row).slice(i, 4), code));
      registers.push_back(emit.fromWords(words, registerType(codes)));
    }
    rewriter.replaceOpWithMultiple(op, {registers, SmallVector<Value>{scale}});
    return success();
  }

private:
  static double largestOf(Type type) {
    return llvm::APFloat::getLargest(cast<FloatType>(type).getFloatSemantics()).convertToDouble();
  }
  static Registers widen(ValueRange registers, const Emitter &emit) {
    Registers result;
    for (Value reg : registers) {
      auto type = VectorType::get(cast<VectorType>(reg.getType()).getShape(), emit.builder.getF32Type());
      Value wide = arith::ExtFOp::create(emit.builder, emit.loc, type, reg);
      result.emplace_back();
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        result.back().push_back(emit.extract(wide, i));
    }
    return result;
  }
  /// The four lanes with a row's number modulo 16 hold its dims.
  static Value largestOfRow(const Registers &rows, const Emitter &emit) {
    Value largest = emit.f32(0), lane = emit.countLane();
    auto max = [&](Value a, Value b) -> Value { return arith::MaxNumFOp::create(emit.builder, emit.loc, a, b); };
    for (ArrayRef<Value> row : rows)
      for (Value value : row)
        largest = max(largest, math::AbsFOp::create(emit.builder, emit.loc, value));
    for (int64_t distance : {16, 32})
      largest = max(largest, emit.partner(largest, lane, distance));
    return largest;
  }
};

} // namespace

void mlir::pa::addFp8ProductLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                      const KernelContext &kernel) {
  patterns.add<QuantizeRowsLowering>(converter, patterns.getContext(), kernel);
}
