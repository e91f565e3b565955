#include "passes/lowering/cache/Quantize.h"
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/cache/CachePart.h"

using namespace mlir;
using namespace mlir::pa;

double mlir::pa::largestQuantized(Type element) {
  if (auto type = dyn_cast<FloatType>(element))
    return llvm::APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
  return 127;
}

/// A byte.
static Value encodeInteger(const Emitter &emit, Value value) {
  OpBuilder &builder = emit.builder;
  Value whole = LLVM::RoundEvenOp::create(builder, emit.loc, value);
  // Saturating: NaN, and what no i32 holds, have a defined result.
  Value number = LLVM::CallIntrinsicOp::create(builder, emit.loc, builder.getI32Type(),
                                               builder.getStringAttr("llvm.fptosi.sat"), ValueRange{whole})
                     .getResult(0);
  number = emit.minS(emit.maxS(number, emit.i32(-128)), emit.i32(127));
  return arith::AndIOp::create(builder, emit.loc, number, emit.i32(0xff));
}

static Value encodeIntegers(const Emitter &emit, ArrayRef<Value> values) {
  Value word;
  for (auto [byte, value] : llvm::enumerate(values)) {
    Value place = emit.i32(static_cast<int64_t>(8 * byte));
    Value code = arith::ShLIOp::create(emit.builder, emit.loc, encodeInteger(emit, value), place);
    word = word ? arith::OrIOp::create(emit.builder, emit.loc, word, code).getResult() : code;
  }
  return word;
}

Value mlir::pa::encodePiece(const Emitter &emit, TargetAttr target, ArrayRef<Value> floats, Type element) {
  SmallVector<Value> words;
  for (size_t i = 0; i < floats.size(); i += 4)
    words.push_back(element.isInteger(8) ? encodeIntegers(emit, floats.slice(i, 4))
                                         : encodeWord(emit, target, floats.slice(i, 4), element));
  return emit.fromWords(words, pieceType(element));
}

SmallVector<Value> mlir::pa::widen(const Emitter &emit, Value vector) {
  int64_t count = cast<VectorType>(vector.getType()).getNumElements();
  auto type = VectorType::get(count, emit.builder.getF32Type());
  Value exact = arith::ExtFOp::create(emit.builder, emit.loc, type, vector);
  SmallVector<Value> floats;
  for (int64_t i = 0; i < count; ++i)
    floats.push_back(emit.extract(exact, i));
  return floats;
}
