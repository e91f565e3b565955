// pa.merge_states: two results weighted by how much of the softmax's sum each has.
#include "passes/lowering/cache/CacheKernel.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::pa;

namespace {

constexpr int64_t pieceDims = 8; // 16 bytes of bf16 or f16

class StatesWriter {
public:
  StatesWriter(MergeStatesOp op, const CacheKernel &kernel, const RowPieces &pieces)
      : type(cast<MemRefType>(op.getOut().getType())), kernel(kernel), emit(kernel.emit()), pieces(pieces),
        place(rowPlace(kernel, pieces, type.getDimSize(1))) {}

  void write() {
    Value token = emit.less(place.token, kernel.load(mergeargs::numTokens));
    Value piece = emit.less(place.piece, emit.i32(pieces.pieces));
    kernel.when(arith::AndIOp::create(kernel.builder, kernel.loc, token, piece), [&] { writePiece(); });
  }

private:
  void writePiece();
  Value lsePointer(const ArgField &tensor);
  Value dimsPointer(const ArgField &tensor, const ArgField &stride);
  Value weighted(size_t side, Value weight, Value share);
  VectorType floats() const { return VectorType::get(pieceDims, kernel.builder.getF32Type()); }

  MemRefType type;
  const CacheKernel &kernel;
  Emitter emit;
  const RowPieces &pieces;
  RowPlace place;
};

Value StatesWriter::lsePointer(const ArgField &tensor) {
  Value index = emit.add(emit.mul(emit.zext(place.token), emit.i64(type.getDimSize(1))), emit.zext(place.head));
  return emit.offset(kernel.load(tensor), emit.mul(index, emit.i64(4)));
}

Value StatesWriter::dimsPointer(const ArgField &tensor, const ArgField &stride) {
  Value token = emit.offset(kernel.load(tensor), emit.mul(emit.zext(place.token), kernel.load(stride)));
  Value head = emit.offset(token, emit.zext(emit.mul(place.head, type.getDimSize(2) * 2)));
  return emit.offset(head, emit.zext(emit.mul(place.piece, pieceDims * 2)));
}

/// A side without a weight counts for nothing, whatever stands there.
Value StatesWriter::weighted(size_t side, Value weight, Value share) {
  OpBuilder &builder = kernel.builder;
  auto narrow = VectorType::get(pieceDims, type.getElementType());
  Value values = emit.load(narrow, dimsPointer(mergeargs::parts[side], mergeargs::tokenStride[side]), 16);
  Value wide = arith::ExtFOp::create(builder, kernel.loc, floats(), values);
  Value scaled = arith::MulFOp::create(builder, kernel.loc, wide,
                                       vector::BroadcastOp::create(builder, kernel.loc, floats(), share));
  Value none = arith::CmpFOp::create(builder, kernel.loc, arith::CmpFPredicate::OEQ, weight, emit.f32(0));
  Value zeros = arith::ConstantOp::create(builder, kernel.loc, builder.getZeroAttr(floats()));
  return emit.select(none, zeros, scaled);
}

void StatesWriter::writePiece() {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.loc;
  Type f32 = builder.getF32Type();
  Value lse[2], weight[2], part[2];
  for (size_t side : {0, 1})
    lse[side] = emit.load(f32, lsePointer(mergeargs::lses[side]), 4);
  Value most = arith::MaxNumFOp::create(builder, loc, lse[0], lse[1]);
  Value infinity = emit.f32(-std::numeric_limits<double>::infinity());
  Value empty = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, most, infinity);
  // Neither side saw a key: both weights are 0, and not exp(-inf + inf).
  Value reference = emit.select(empty, emit.f32(0), most);
  for (size_t side : {0, 1}) {
    Value below = arith::SubFOp::create(builder, loc, lse[side], reference);
    weight[side] = emit.exp2(arith::MulFOp::create(builder, loc, below, emit.f32(M_LOG2E)));
  }
  Value sum = arith::AddFOp::create(builder, loc, weight[0], weight[1]);
  for (size_t side : {0, 1})
    part[side] = weighted(side, weight[side], arith::DivFOp::create(builder, loc, weight[side], sum));
  Value merged = arith::AddFOp::create(builder, loc, part[0], part[1]);
  Value narrow = arith::TruncFOp::create(builder, loc, VectorType::get(pieceDims, type.getElementType()), merged);

  emit.store(narrow, dimsPointer(mergeargs::output, mergeargs::outputTokenStride), 16);
  // The row's lanes are of one wave and have read their LSEs: this one may take a read one's place.
  kernel.when(emit.equal(place.piece, 0), [&] {
    Value log = LLVM::Log2Op::create(builder, loc, f32, sum);
    Value natural = arith::MulFOp::create(builder, loc, log, emit.f32(M_LN2));
    emit.store(arith::AddFOp::create(builder, loc, most, natural), lsePointer(mergeargs::lse), 4);
  });
}

} // namespace

DictionaryAttr mlir::pa::writeKernel(MergeStatesOp op, const CacheKernel &kernel) {
  RowPieces pieces(cast<MemRefType>(op.getOut().getType()).getDimSize(2) / pieceDims);
  StatesWriter(op, kernel, pieces).write();
  return launchByRows(kernel.builder, pieces);
}
