// pa.copy_pages: 16 bytes a thread from a page of one cache to a page of another, of the same layout or not.
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/cache/CachePart.h"
#include "passes/lowering/cache/Quantize.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

/// What a page's threads do, one after the other: all pieces of its keys, then those of its values.
int64_t piecesOf(const CacheAddress &address, int64_t heads) {
  return heads * address.pageSize() * address.headSize() / address.piece();
}

class PageCopier {
public:
  PageCopier(CopyPagesOp op, const CacheKernel &kernel)
      : op(op), kernel(kernel), emit(kernel.emit()), heads(op.getSource().getType().getHeads()) {
    for (KvKind kind : {KvKind::Key, KvKind::Value})
      pieces[static_cast<size_t>(kind)] = piecesOf(CacheAddress(op.getTarget().getType(), kind), heads);
  }

  int64_t workgroupsPerPage() const { return llvm::divideCeil(pieces[0] + pieces[1], cacheKernelThreads); }
  void write();

private:
  Value pageOf(Value pair, int64_t side);
  void copyPiece(KvKind kind, Value from, Value to, Value index);
  Value convert(Value piece);
  double scaleFactor();
  void copyScale(const CachePart &source, const Slot &from, const CachePart &target, const Slot &to, Value dim);
  Slot slotOf(const CacheAddress &target, PageAxis axis, Value page, Value index, Value &dim);

  CopyPagesOp op;
  const CacheKernel &kernel;
  Emitter emit;
  int64_t heads, pieces[2];
};

Value PageCopier::pageOf(Value pair, int64_t side) {
  if (!op.getPairs())
    return emit.zext(pair);
  Value bytes = emit.add(emit.mul(emit.zext(pair), emit.i64(16)), emit.i64(8 * side));
  return emit.load(kernel.builder.getI64Type(), emit.offset(kernel.load(copyargs::pairs), bytes), 8);
}

void PageCopier::write() {
  OpBuilder &builder = kernel.builder;
  Value pair = emit.udiv(kernel.context.workgroup, workgroupsPerPage());
  Value block = emit.urem(kernel.context.workgroup, workgroupsPerPage());
  Value index = emit.add(emit.mul(block, cacheKernelThreads), kernel.context.thread);
  Value from = pageOf(pair, 0), to = pageOf(pair, 1);
  // As unsigned numbers, what is below 0 is past the end, too.
  auto inside = [&](Value page, const CacheFields &cache) {
    return kernel.compare(arith::CmpIPredicate::ult, page, emit.zext(kernel.load(cache.numPages)));
  };
  Value both = arith::AndIOp::create(builder, kernel.loc, inside(from, copyargs::source), inside(to, copyargs::target));
  kernel.when(both, [&] {
    Value key = emit.less(index, emit.i32(pieces[0]));
    kernel.when(key, [&] { copyPiece(KvKind::Key, from, to, index); });
    Value value = emit.less(index, emit.i32(pieces[0] + pieces[1]));
    value = arith::AndIOp::create(builder, kernel.loc, value, emit.less(emit.i32(pieces[0] - 1), index));
    kernel.when(value, [&] { copyPiece(KvKind::Value, from, to, emit.add(index, -pieces[0])); });
  });
  Value bad = arith::XOrIOp::create(builder, kernel.loc, both,
                                    arith::ConstantOp::create(builder, kernel.loc, builder.getBoolAttr(true)));
  kernel.when(arith::AndIOp::create(builder, kernel.loc, bad, emit.equal(index, 0)),
              [&] { kernel.noteLowest(copyargs::badPair, pair); });
}

/// Neighbouring threads write neighbouring pieces.
Slot PageCopier::slotOf(const CacheAddress &target, PageAxis axis, Value page, Value index, Value &dim) {
  PageAxis other = axis == PageAxis::Dim ? PageAxis::Token : PageAxis::Dim;
  auto size = [&](PageAxis a) { return a == PageAxis::Dim ? target.headSize() : target.pageSize(); };
  int64_t along = size(axis) / target.piece(), across = size(other);
  Value head = emit.udiv(index, along * across), rest = emit.urem(index, along * across);
  bool acrossFirst = target.step(other) == 16;
  int64_t first = acrossFirst ? across : along;
  Value fast = emit.urem(rest, first), slow = emit.udiv(rest, first);
  Value piece = emit.mul(acrossFirst ? slow : fast, target.piece());
  Value single = acrossFirst ? fast : slow;
  dim = axis == PageAxis::Dim ? piece : single;
  return {page, head, axis == PageAxis::Dim ? single : piece};
}

void PageCopier::copyPiece(KvKind kind, Value from, Value to, Value index) {
  CachePart source(kernel, copyargs::source, op.getSource().getType(), kind);
  CachePart target(kernel, copyargs::target, op.getTarget().getType(), kind);
  PageAxis axis = target.address().pieceAxis();
  Value dim;
  Slot slot = slotOf(target.address(), axis, to, index, dim);
  Slot old{from, slot.head, slot.token};
  Value piece = source.load(source.pointer(old, dim), axis);
  target.store(convert(piece), target.pointer(slot, dim), axis);
  if (op.scalesOfPages())
    copyScale(source, old, target, slot, dim);
}

Value PageCopier::convert(Value piece) {
  Type from = op.getSource().getType().getElementType(), to = op.getTarget().getType().getElementType();
  if (from == to)
    return piece;
  SmallVector<Value> numbers;
  for (Value word : emit.words(piece))
    for (Value pair : decodeWord(emit, kernel.context.target, word, from, kernel.builder.getBF16Type()))
      numbers.append(widen(emit, emit.bitcast(pair, VectorType::get(2, kernel.builder.getBF16Type()))));
  for (Value &number : numbers)
    number = arith::MulFOp::create(kernel.builder, kernel.loc, number, emit.f32(1 / scaleFactor()));
  return encodePiece(emit, kernel.context.target, numbers, to);
}

/// The target's scales over the source's: f8E4M3FNUZ holds half of what f8E4M3FN holds, down to half of the least.
double PageCopier::scaleFactor() {
  bool halved = isa<Float8E4M3FNType>(op.getSource().getType().getElementType()) &&
                isa<Float8E4M3FNUZType>(op.getTarget().getType().getElementType());
  return halved ? 2 : 1;
}

/// Done by the pieces at dim 0: those along dims have a token's scale, those along tokens have their tokens' scales. A
/// page's scale goes with its token 0.
void PageCopier::copyScale(const CachePart &source, const Slot &from, const CachePart &target, const Slot &to,
                           Value dim) {
  bool byPage = op.getSource().getType().getScales() == Scales::Page;
  bool several = !byPage && target.address().pieceAxis() == PageAxis::Token;
  Value mine = emit.equal(dim, 0);
  if (byPage)
    mine = arith::AndIOp::create(kernel.builder, kernel.loc, mine, emit.equal(to.token, 0));
  kernel.when(mine, [&] {
    for (int64_t i = 0; i < (several ? target.address().piece() : 1); ++i) {
      Value scale = emit.load(kernel.builder.getF32Type(), emit.offset(source.scalePointer(from), 4 * i), 4);
      scale = arith::MulFOp::create(kernel.builder, kernel.loc, scale, emit.f32(scaleFactor()));
      emit.store(scale, emit.offset(target.scalePointer(to), 4 * i), 4);
    }
  });
}

} // namespace

DictionaryAttr mlir::pa::writeKernel(CopyPagesOp op, const CacheKernel &kernel) {
  PageCopier copier(op, kernel);
  copier.write();
  return launchByPairs(kernel.builder, copier.workgroupsPerPage());
}
