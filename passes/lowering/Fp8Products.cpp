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
    auto [scale, inverse] = scaleOf(largest, code, emit);
    SmallVector<Value> registers;
    for (SmallVector<Value> &row : rows) {
      SmallVector<Value> words;
      for (Value &value : row)
        value = arith::MulFOp::create(rewriter, op.getLoc(), value, inverse);
      for (size_t i = 0; i < row.size(); i += 4)
        words.push_back(encodeWord(emit, kernel.target, ArrayRef(row).slice(i, 4), code));
      registers.push_back(emit.fromWords(words, registerType(codes)));
    }
    rewriter.replaceOpWithMultiple(op, {registers, SmallVector<Value>{scale}});
    return success();
  }

private:
  /// The least power of two that `largest` is within the format over, and its inverse. Of f32's bits: the difference
  /// from those of the format's largest number, rounded up to a whole exponent. With an infinite magnitude the inverse
  /// is 0, so that its code is a NaN.
  static std::pair<Value, Value> scaleOf(Value largest, Type code, const Emitter &emit) {
    OpBuilder &builder = emit.builder;
    APFloat most = APFloat::getLargest(cast<FloatType>(code).getFloatSemantics());
    int32_t mostBits = llvm::bit_cast<int32_t>(most.convertToFloat()), mantissa = 0x7fffff, one = 0x3f800000,
            leastNormal = 0x00800000, infinity = 0x7f800000;
    Type i32 = builder.getI32Type();
    auto number = [&](int32_t value) { return emit.i32(value); };
    Value bits = arith::BitcastOp::create(builder, emit.loc, i32, largest);
    Value above = arith::AddIOp::create(builder, emit.loc, bits, number(mantissa - mostBits));
    Value exponent = arith::AndIOp::create(builder, emit.loc, above, number(~mantissa));
    Value scale = arith::MaxSIOp::create(
        builder, emit.loc, arith::AddIOp::create(builder, emit.loc, exponent, number(one)), number(leastNormal));
    Value inverse = arith::SubIOp::create(builder, emit.loc, number(2 * one), scale);
    Value infinite = arith::CmpIOp::create(builder, emit.loc, arith::CmpIPredicate::eq, bits, number(infinity));
    inverse = emit.select(infinite, number(0), inverse);
    auto toFloat = [&](Value word) { return arith::BitcastOp::create(builder, emit.loc, builder.getF32Type(), word); };
    return {toFloat(scale), toFloat(inverse)};
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
