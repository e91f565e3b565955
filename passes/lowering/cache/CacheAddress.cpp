#include "passes/lowering/cache/CacheAddress.h"

using namespace mlir;
using namespace mlir::pa;

CacheAddress::CacheAddress(KvCacheType cache, KvKind kind)
    : pieceElements(cache.pieceElements()), elementBytes(16 / pieceElements), dims(cache.headSizeOf(kind)),
      page(cache.getPage()) {
  constexpr PageAxis token = PageAxis::Token, dim = PageAxis::Dim;
  const int64_t x = pieceElements, bytes = elementBytes;
  if (cache.isLinear()) // [token][d]
    all = {{token, 1, 0, tokenStride}, {dim, 1, 0, bytes}};
  else if (kind == KvKind::Key) // [d/x][token][x]
    all = {{dim, x, 0, page * 16}, {token, 1, 0, 16}, {dim, 1, x, bytes}};
  else if (cache.getLayout() == CacheLayout::Classic) // [d][token]
    all = {{dim, 1, 0, page * bytes}, {token, 1, 0, bytes}};
  else // [token/x][d][x]
    all = {{token, x, 0, dims * 16}, {dim, 1, 0, 16}, {token, 1, x, bytes}};
}

static const AddressTerm &fastest(ArrayRef<AddressTerm> terms, PageAxis axis) {
  return *llvm::find_if(terms, [&](const AddressTerm &term) { return term.axis == axis && term.divide == 1; });
}

int64_t CacheAddress::step(PageAxis axis) const { return fastest(all, axis).bytes; }

bool CacheAddress::contiguous(PageAxis axis) const {
  int64_t size = axis == PageAxis::Token ? page : dims;
  return step(axis) == elementBytes && size % pieceElements == 0;
}

Value CacheAddress::offset(const Emitter &emit, Value token, Value dim, Value strideOfTokens) const {
  Value sum;
  for (const AddressTerm &term : all) {
    Value index = emit.udiv(term.axis == PageAxis::Token ? token : dim, term.divide);
    if (term.modulo != 0)
      index = emit.urem(index, term.modulo);
    Value bytes = emit.mul(emit.zext(index), term.bytes == tokenStride ? strideOfTokens : emit.i64(term.bytes));
    sum = sum ? emit.add(sum, bytes) : bytes;
  }
  return sum;
}
