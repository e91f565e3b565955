// Verifiers of the attention level: what may be paired with what.
#include "dialects/pa/Pa.h"

#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::pa;

/// `tensor` must be [tokens, heads (any if 0), headSize] of `element`, heads dense.
static LogicalResult verifyTokens(Operation *op, StringRef name, MemRefType tensor, int64_t heads, int64_t headSize,
                                  Type element) {
  if (tensor.getElementType() != element)
    return op->emitOpError() << name << " has element type " << tensor.getElementType() << ", expected " << element;
  if (tensor.isDynamicDim(1) || tensor.isDynamicDim(2))
    return op->emitOpError() << name << " must have a static number of heads and head size, got " << tensor;
  if (heads != 0 && tensor.getDimSize(1) != heads)
    return op->emitOpError() << name << " has " << tensor.getDimSize(1) << " heads, expected " << heads;
  if (tensor.getDimSize(2) != headSize)
    return op->emitOpError() << name << " has head size " << tensor.getDimSize(2) << ", the cache has " << headSize;
  // The caller gives a pointer and a stride between tokens; nothing else of a layout reaches the kernel.
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(tensor.getStridesAndOffset(strides, offset)) || strides[2] != 1 || strides[1] != headSize || offset != 0)
    return op->emitOpError() << name << " must have dense heads at offset 0, got " << tensor;
  return success();
}

static LogicalResult verifyLse(Operation *op, MemRefType lse, int64_t heads) {
  if (lse.isDynamicDim(1) || lse.getDimSize(1) != heads || !lse.getLayout().isIdentity())
    return op->emitOpError() << "lse is dense, of " << heads << " heads, got " << lse;
  return success();
}

LogicalResult DecodeOp::verify() {
  KvCacheType cache = getCache().getType();
  auto query = cast<MemRefType>(getQuery().getType());
  auto out = cast<MemRefType>(getOut().getType());
  if (failed(verifyTokens(*this, "query", query, 0, cache.getHeadSize(), cache.getElementType())))
    return failure();
  int64_t heads = query.getDimSize(1);
  if (failed(verifyTokens(*this, "out", out, heads, cache.getHeadSize(), query.getElementType())))
    return failure();
  if (heads == 0 || heads % cache.getHeads() != 0)
    return emitOpError() << "query has " << heads << " heads, expected a multiple of the cache's " << cache.getHeads();
  if (int64_t group = heads / cache.getHeads(); group > 16)
    return emitOpError() << "query has " << group << " heads for each head of the cache, at most 16 are supported";
  if (auto tokens = static_cast<int64_t>(getQueryTokens()); tokens < 1 || tokens > 4)
    return emitOpError() << "query_tokens is 1 to 4, got " << tokens;
  return getLse() ? verifyLse(*this, cast<MemRefType>(getLse().getType()), heads) : success();
}

LogicalResult AppendOp::verify() {
  KvCacheType cache = getCache().getType();
  for (auto [name, tensor] : {std::pair<StringRef, Value>{"keys", getKeys()}, {"values", getValues()}})
    if (failed(verifyTokens(*this, name, cast<MemRefType>(tensor.getType()), cache.getHeads(), cache.getHeadSize(),
                            cache.getElementType())))
      return failure();
  return success();
}

LogicalResult MergeStatesOp::verify() {
  auto out = cast<MemRefType>(getOut().getType());
  auto lse = cast<MemRefType>(getLse().getType());
  if (out.isDynamicDim(1) || out.isDynamicDim(2))
    return emitOpError() << "out must have a static number of heads and head size, got " << out;
  return verifyLse(*this, lse, out.getDimSize(1));
}

LogicalResult ItemsOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 1 || !isa<ItemType>(block.getArgument(0).getType()))
    return emitOpError() << "the body has one argument of type !pa.item";
  // Accessors give unsigned numbers, whatever was written.
  auto heads = static_cast<int64_t>(getHeads()), page = static_cast<int64_t>(getPage());
  auto tile = static_cast<int64_t>(getTile()), share = static_cast<int64_t>(getMinShareTokens());
  if (heads < 1 || page < 1 || tile < 0)
    return emitOpError() << "heads and page are at least 1 and tile at least 0, got " << heads << ", " << page
                         << " and " << tile;
  if (getSchedule() == Schedule::Balanced && share < 1)
    return emitOpError() << "a balanced schedule needs min_share_tokens of at least 1, got " << share;
  if (getSchedule() == Schedule::Item && share != 0)
    return emitOpError() << "min_share_tokens goes with schedule <balanced>, got " << share << " with schedule <item>";
  return success();
}

/// Contexts are clamped by the items' page, and workgroups are divided by their heads: the caches inside must have
/// both.
LogicalResult ItemsOp::verifyRegions() {
  auto heads = static_cast<int64_t>(getHeads()), page = static_cast<int64_t>(getPage());
  WalkResult result = getBody().walk([&](Operation *op) {
    for (Value operand : op->getOperands())
      if (auto cache = dyn_cast<KvCacheType>(operand.getType());
          cache && (cache.getHeads() != heads || cache.getPage() != page)) {
        op->emitOpError() << "is in pa.items of heads(" << heads << ") and page(" << page << "), the cache has "
                          << cache.getHeads() << " and " << cache.getPage();
        return WalkResult::interrupt();
      }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult PackRowsOp::verify() {
  auto query = cast<MemRefType>(getQuery().getType());
  RowSetType rows = getResult().getType();
  if (rows.getRows() != getRows().getPadded())
    return emitOpError() << "the result has " << rows.getRows() << " rows, expected padded = " << getRows().getPadded();
  if (query.getElementType() != rows.getElementType() || query.getDimSize(2) != rows.getHeadSize())
    return emitOpError() << "the result is " << rows.getHeadSize() << " x " << rows.getElementType()
                         << ", the query has head size " << query.getDimSize(2) << " of " << query.getElementType();
  if (query.getDimSize(1) % getRows().getGroup() != 0)
    return emitOpError() << "query has " << query.getDimSize(1)
                         << " heads, expected a multiple of group = " << getRows().getGroup();
  return success();
}

LogicalResult AttendOp::verify() {
  RowSetType queries = getQueries().getType();
  PartialType result = getResult().getType();
  KvCacheType cache = getCache().getType();
  if (queries.getRows() != getRows().getPadded() || result.getRows() != getRows().getPadded())
    return emitOpError() << "queries and result have " << queries.getRows() << " and " << result.getRows()
                         << " rows, expected padded = " << getRows().getPadded();
  if (queries.getHeadSize() != cache.getHeadSize() || result.getHeadSize() != cache.getHeadSize())
    return emitOpError() << "queries and result have head size " << queries.getHeadSize() << " and "
                         << result.getHeadSize() << ", the cache has " << cache.getHeadSize();
  if (queries.getElementType() != cache.getElementType())
    return emitOpError() << "queries are " << queries.getElementType() << ", the cache is " << cache.getElementType();
  if (!result.getElementType().isF32())
    return emitOpError() << "the accumulator is f32, got " << result.getElementType();
  return success();
}

LogicalResult MergeOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getParts().getTypes())
    return emitOpError() << "the body's arguments must have the operands' types";
  bool partial = getParts().size() == 1 && isa<PartialType>(getParts()[0].getType());
  bool tiles = !getParts().empty() && getParts().size() % 3 == 0 &&
               llvm::all_of(getParts(), [](Value part) { return isa<TileType>(part.getType()); });
  if (!partial && !tiles)
    return emitOpError() << "the operands are one !pa.partial, or values, maximum and sum of each block of rows";
  return success();
}

LogicalResult UnpackRowsOp::verify() {
  PartialType part = getResult().getType();
  auto out = cast<MemRefType>(getOut().getType());
  if (part.getRows() != getRows().getPadded())
    return emitOpError() << "the result has " << part.getRows() << " rows, expected padded = " << getRows().getPadded();
  if (part.getHeadSize() != out.getDimSize(2))
    return emitOpError() << "the result has head size " << part.getHeadSize() << ", out has " << out.getDimSize(2);
  if (out.getDimSize(1) % getRows().getGroup() != 0)
    return emitOpError() << "out has " << out.getDimSize(1)
                         << " heads, expected a multiple of group = " << getRows().getGroup();
  return getLse() ? verifyLse(*this, cast<MemRefType>(getLse().getType()), out.getDimSize(1)) : success();
}
