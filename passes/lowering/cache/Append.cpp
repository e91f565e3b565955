// pa.append: a token's new keys and values of a head into their slot, by neighbouring lanes.
#include "passes/lowering/cache/CachePart.h"
#include "passes/lowering/cache/Quantize.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

class AppendWriter {
public:
  AppendWriter(AppendOp op, const CacheKernel &kernel, const RowPieces &pieces)
      : cache(op.getCache().getType()), tokenType(cast<MemRefType>(op.getKeys().getType()).getElementType()),
        kernel(kernel), pieces(pieces), place(rowPlace(kernel, pieces, cache.getHeads())) {}

  void write();

private:
  void writeRow(KvKind kind, const Slot &slot);
  Value rowPointer(KvKind kind, int64_t headSize);

  Value quantize(const CachePart &part, const Slot &slot, ArrayRef<Value> floats);
  Value scaleOf(const CachePart &part, const Slot &slot, ArrayRef<Value> floats);
  Value largestOfRow(ArrayRef<Value> floats);

  KvCacheType cache;
  Type tokenType;
  const CacheKernel &kernel;
  const RowPieces &pieces;
  RowPlace place;
};

void AppendWriter::write() {
  Emitter emit = kernel.emit();
  using Predicate = arith::CmpIPredicate;
  kernel.when(emit.less(place.token, kernel.load(appendargs::numTokens)), [&] {
    Value slots = kernel.load(appendargs::slots);
    Value slot =
        emit.load(kernel.builder.getI64Type(), emit.offset(slots, emit.mul(emit.zext(place.token), emit.i64(8))), 8);
    Value all = emit.mul(emit.zext(kernel.load(appendargs::cache.numPages)), emit.i64(cache.getPage()));
    // As unsigned numbers, what is below 0 is past the end, too.
    Value inside = kernel.compare(Predicate::ult, slot, all);
    kernel.when(inside, [&] {
      Value page = arith::DivUIOp::create(kernel.builder, kernel.loc, slot, emit.i64(cache.getPage()));
      Value token = arith::RemUIOp::create(kernel.builder, kernel.loc, slot, emit.i64(cache.getPage()));
      token = arith::TruncIOp::create(kernel.builder, kernel.loc, kernel.builder.getI32Type(), token);
      writeRow(KvKind::Key, {page, place.head, token});
      writeRow(KvKind::Value, {page, place.head, token});
    });
    Value outside = kernel.compare(Predicate::uge, slot, all);
    Value meant = kernel.compare(Predicate::ne, slot, emit.i64(-1));
    kernel.when(arith::AndIOp::create(kernel.builder, kernel.loc, outside, meant),
                [&] { kernel.noteLowest(appendargs::badToken, place.token); });
  });
}

Value AppendWriter::rowPointer(KvKind kind, int64_t headSize) {
  Emitter emit = kernel.emit();
  auto index = static_cast<size_t>(kind);
  Value token = emit.offset(kernel.load(appendargs::tokens[index]),
                            emit.mul(emit.zext(place.token), kernel.load(appendargs::tokenStride[index])));
  return emit.offset(token, emit.zext(emit.mul(place.head, headSize * 2)));
}

void AppendWriter::writeRow(KvKind kind, const Slot &slot) {
  Emitter emit = kernel.emit();
  CachePart part(kernel, appendargs::cache, cache, kind);
  const CacheAddress &address = part.address();
  int64_t piece = address.piece();
  Value active = emit.less(place.piece, emit.i32(address.headSize() / piece));
  Value dim = emit.mul(place.piece, piece);
  Value row = kernel.loadWhere(active, VectorType::get(piece, tokenType), [&] {
    return emit.offset(rowPointer(kind, address.headSize()), emit.zext(emit.mul(dim, 2)));
  });
  Value stored =
      cache.elementBits() == 16 ? emit.bitcast(row, pieceType(tokenType)) : quantize(part, slot, widen(emit, row));
  kernel.when(active, [&] { part.store(stored, part.pointer(slot, dim), PageAxis::Dim); });
}

Value AppendWriter::quantize(const CachePart &part, const Slot &slot, ArrayRef<Value> floats) {
  Emitter emit = kernel.emit();
  SmallVector<Value> divided(floats);
  if (cache.getScales() != Scales::None) {
    Value scale = scaleOf(part, slot, floats);
    for (Value &value : divided)
      value = arith::DivFOp::create(kernel.builder, kernel.loc, value, scale);
  }
  return encodePiece(emit, kernel.context.target, divided, cache.getElementType());
}

/// A token's own is made and stored here, the others are the caller's.
Value AppendWriter::scaleOf(const CachePart &part, const Slot &slot, ArrayRef<Value> floats) {
  Emitter emit = kernel.emit();
  if (cache.getScales() != Scales::Token)
    return emit.load(kernel.builder.getF32Type(), part.scalePointer(slot), 4);
  Value largest = largestOfRow(floats);
  Value full = emit.f32(largestQuantized(cache.getElementType()));
  Value scale = arith::DivFOp::create(kernel.builder, kernel.loc, largest, full);
  Value zeros = arith::CmpFOp::create(kernel.builder, kernel.loc, arith::CmpFPredicate::OEQ, largest, emit.f32(0));
  scale = emit.select(zeros, emit.f32(1), scale);
  kernel.when(emit.equal(place.piece, 0), [&] { emit.store(scale, part.scalePointer(slot), 4); });
  return scale;
}

/// Of the magnitudes, over all lanes of the row; lanes without a piece have zeros.
Value AppendWriter::largestOfRow(ArrayRef<Value> floats) {
  Emitter emit = kernel.emit();
  auto larger = [&](Value a, Value b) -> Value { return arith::MaxNumFOp::create(kernel.builder, kernel.loc, a, b); };
  Value largest = emit.f32(0);
  for (Value value : floats)
    largest = larger(largest, LLVM::FAbsOp::create(kernel.builder, kernel.loc, value));
  Type i32 = kernel.builder.getI32Type();
  for (int64_t distance = 1; distance < pieces.lanes; distance *= 2) {
    // Lanes are counted in their wave, and a row is in one.
    Value other = arith::XOrIOp::create(kernel.builder, kernel.loc, kernel.context.thread, emit.i32(distance));
    Value bits = ROCDL::DsBpermuteOp::create(kernel.builder, kernel.loc, i32, emit.mul(emit.urem(other, 64), 4),
                                             emit.bitcast(largest, i32));
    largest = larger(largest, emit.bitcast(bits, kernel.builder.getF32Type()));
  }
  return largest;
}

} // namespace

DictionaryAttr mlir::pa::writeKernel(AppendOp op, const CacheKernel &kernel) {
  KvCacheType cache = op.getCache().getType();
  int64_t dims = std::max(cache.headSizeOf(KvKind::Key), cache.headSizeOf(KvKind::Value));
  RowPieces pieces(dims / cache.pieceElements());
  AppendWriter(op, kernel, pieces).write();
  return launchByRows(kernel.builder, pieces);
}
