// Verifiers of the attention level: what may be paired with what.
#include "dialects/pa/Pa.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::pa;

/// `tensor` must be [tokens, heads (any if 0), headSize] of `element`, if that is given, heads dense.
static LogicalResult verifyTokens(Operation *op, StringRef name, MemRefType tensor, int64_t heads, int64_t headSize,
                                  Type element) {
  if (element && tensor.getElementType() != element)
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

/// Scales are there if and only if the cache's type has some, in the shape that it says.
static LogicalResult verifyScales(Operation *op, KvCacheType cache, Value keys, Value values) {
  if ((cache.getScales() != Scales::None) != static_cast<bool>(keys) ||
      static_cast<bool>(keys) != static_cast<bool>(values))
    return op->emitOpError() << "scales of keys and of values go with a cache that has scales, got " << cache;
  const int64_t any = ShapedType::kDynamic, heads = cache.getHeads();
  SmallVector<int64_t> shape, strides; // pages and heads may be any stride apart
  switch (cache.getScales()) {
  case Scales::None:
    return success();
  case Scales::Tensor:
    shape = {1};
    strides = {1};
    break;
  case Scales::Head:
    shape = {heads};
    strides = {any};
    break;
  case Scales::Token:
    shape = {any, heads, cache.getPage()};
    strides = {any, any, 1};
    break;
  case Scales::Page:
    shape = {any, heads};
    strides = {any, any};
    break;
  }
  auto layout = StridedLayoutAttr::get(op->getContext(), 0, strides);
  auto expected = MemRefType::get(shape, Float32Type::get(op->getContext()), layout);
  for (Value scales : {keys, values})
    if (scales.getType() != expected)
      return op->emitOpError() << "scales by " << stringifyScales(cache.getScales()) << " are " << expected << ", got "
                               << scales.getType();
  return success();
}

static LogicalResult verifyHeadTensor(Operation *op, StringRef name, Value tensor, int64_t heads) {
  if (!tensor)
    return success();
  auto expected = MemRefType::get({heads}, Float32Type::get(op->getContext()));
  if (tensor.getType() != expected)
    return op->emitOpError() << name << " is " << expected << ", got " << tensor.getType();
  return success();
}

/// (score, query position, key position, query head) to a score.
LogicalResult mlir::pa::verifyScoreRegion(Operation *op, Region &region) {
  if (region.empty())
    return success();
  Type f32 = Float32Type::get(op->getContext()), i32 = IntegerType::get(op->getContext(), 32);
  if (region.front().getArgumentTypes() != ArrayRef<Type>{f32, i32, i32, i32})
    return op->emitOpError()
           << "the score region has the arguments score : f32, query position, key position and head : "
           << "i32";
  if (!isa<YieldScoreOp>(region.front().getTerminator()))
    return op->emitOpError() << "the score region ends with pa.yield_score";
  WalkResult result = region.walk([&](Operation *inner) {
    auto load = dyn_cast<memref::LoadOp>(inner);
    if (MemRefType type = load ? load.getMemRefType() : MemRefType();
        type && (type.getRank() != 1 || !type.getLayout().isIdentity() || !type.getElementType().isF32())) {
      inner->emitOpError() << "reads a dense f32 tensor of one dimension in a score region, got " << type;
      return WalkResult::interrupt();
    }
    if (isa<YieldScoreOp, memref::LoadOp>(inner) || isa<arith::ArithDialect, math::MathDialect>(inner->getDialect()))
      return WalkResult::advance();
    inner->emitOpError() << "cannot be in a score region: arith, math and memref.load can";
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult verifyWindow(Operation *op, int64_t window) {
  if (window < 0 || window > 1 << 30)
    return op->emitOpError() << "window is 0 for none, or up to 1073741824 tokens, got " << window;
  return success();
}

static LogicalResult verifyTables(Operation *op, Value tables, Value pageStarts) {
  auto type = cast<MemRefType>(tables.getType());
  if ((type.getRank() == 1) != static_cast<bool>(pageStarts))
    return op->emitOpError() << "page_starts go with tables that are one list of pages, got tables " << type;
  return success();
}

static bool isFp8(Type type) { return isa<Float8E4M3FNType, Float8E4M3FNUZType>(type); }

template <typename AttentionOp> static LogicalResult verifyProducts(AttentionOp op) {
  Type element = op.getCache().getType().getElementType();
  if (op.getProducts() == Products::Fp8 && !isFp8(element))
    return op.emitOpError() << "products <fp8> are of a cache of FP8, got " << element;
  return success();
}

LogicalResult DecodeOp::verify() {
  KvCacheType cache = getCache().getType();
  auto query = cast<MemRefType>(getQuery().getType());
  auto out = cast<MemRefType>(getOut().getType());
  Type element = cache.elementBits() == 16 ? cache.getElementType() : Type();
  if (failed(verifyTokens(*this, "query", query, 0, cache.getHeadSize(), element)))
    return failure();
  int64_t heads = query.getDimSize(1);
  bool narrow = out.getElementTypeBitWidth() == 8;
  if (failed(verifyTokens(*this, "out", out, heads, cache.headSizeOf(KvKind::Value),
                          narrow ? Type() : query.getElementType())))
    return failure();
  if (narrow != static_cast<bool>(getOutScale()))
    return emitOpError() << "out_scale goes with an output of 8 bits an element, got out " << out;
  if (heads == 0 || heads % cache.getHeads() != 0)
    return emitOpError() << "query has " << heads << " heads, expected a multiple of the cache's " << cache.getHeads();
  if (auto tokens = static_cast<int64_t>(getQueryTokens()); tokens < 1 || tokens > 8)
    return emitOpError() << "query_tokens is 1 to 8, got " << tokens;
  if (failed(verifyTables(*this, getTables(), getPageStarts())) ||
      failed(verifyScales(*this, cache, getKeyScales(), getValueScales())) ||
      failed(verifyHeadTensor(*this, "alibi", getAlibi(), heads)) ||
      failed(verifyHeadTensor(*this, "sinks", getSinks(), heads)) ||
      failed(verifyWindow(*this, static_cast<int64_t>(getWindow()))) || failed(verifyProducts(*this)))
    return failure();
  if (getMask() == Mask::None && getWindow() != 0)
    return emitOpError() << "a window goes with mask <causal>, got " << getWindow() << " with mask <none>";
  return getLse() ? verifyLse(*this, cast<MemRefType>(getLse().getType()), heads) : success();
}
LogicalResult DecodeOp::verifyRegions() { return verifyScoreRegion(*this, getScore()); }
LogicalResult AttendOp::verifyRegions() { return verifyScoreRegion(*this, getScore()); }

LogicalResult AppendOp::verify() {
  KvCacheType cache = getCache().getType();
  auto keys = cast<MemRefType>(getKeys().getType()), values = cast<MemRefType>(getValues().getType());
  Type element = cache.elementBits() == 16 ? cache.getElementType() : keys.getElementType();
  if (failed(verifyTokens(*this, "keys", keys, cache.getHeads(), cache.headSizeOf(KvKind::Key), element)) ||
      failed(verifyTokens(*this, "values", values, cache.getHeads(), cache.headSizeOf(KvKind::Value), element)))
    return failure();
  return verifyScales(*this, cache, getKeyScales(), getValueScales());
}

LogicalResult CopyPagesOp::verify() {
  KvCacheType from = getSource().getType(), to = getTarget().getType();
  bool converts = from.getElementType() != to.getElementType();
  if (converts && !(isFp8(from.getElementType()) && isFp8(to.getElementType()) && from.getScales() != Scales::None))
    return emitOpError() << "element types may differ between the FP8 formats if there are scales, got " << from
                         << " and " << to;
  auto rebuilt =
      KvCacheType::get(getContext(), to.getElementType(), from.getHeads(), from.getHeadSize(), from.getValueHeadSize(),
                       from.getPage(), to.getLayout(), from.getScales(), to.getOwner());
  if (rebuilt != to)
    return emitOpError() << "source and target may differ in element type, layout and owner, got " << from << " and "
                         << to;
  if (getScales().size() != (scalesOfPages() ? 4 : 0))
    return emitOpError() << "takes 4 tensors of scales, of both caches' keys and values, if they are by token or page, "
                         << "got " << getScales().size() << " with scales by " << stringifyScales(from.getScales());
  for (unsigned side = 0; side < getScales().size(); side += 2)
    if (failed(verifyScales(*this, from, getScales()[side], getScales()[side + 1])))
      return failure();
  if (!getPairs())
    return success();
  auto pairs = cast<MemRefType>(getPairs().getType());
  if (pairs.getDimSize(1) != 2 || !pairs.getLayout().isIdentity())
    return emitOpError() << "pairs is dense, of 2 pages each, got " << pairs;
  return success();
}

LogicalResult MergeStatesOp::verify() {
  auto out = cast<MemRefType>(getOut().getType());
  auto lse = cast<MemRefType>(getLse().getType());
  if (out.isDynamicDim(1) || out.isDynamicDim(2))
    return emitOpError() << "out must have a static number of heads and head size, got " << out;
  if (out.getDimSize(2) < 8 || out.getDimSize(2) > 512 || out.getDimSize(2) % 8 != 0)
    return emitOpError() << "the head size is a multiple of 8 from 8 to 512, got " << out.getDimSize(2);
  if (failed(verifyTokens(*this, "out", out, 0, out.getDimSize(2), out.getElementType())))
    return failure();
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
  if (getSchedule() == Schedule::Fixed && static_cast<int64_t>(getPartTokens()) < 1)
    return emitOpError() << "a fixed schedule needs part_tokens of at least 1, got "
                         << static_cast<int64_t>(getPartTokens());
  if (failed(verifyWindow(*this, static_cast<int64_t>(getWindow()))) ||
      failed(verifyTables(*this, getTables(), getPageStarts())))
    return failure();
  auto part = static_cast<int64_t>(getPartTokens());
  auto goesWith = [&](StringRef name, int64_t tokens, Schedule schedule) -> LogicalResult {
    if (tokens == 0 || getSchedule() == schedule)
      return success();
    return emitOpError() << name << " goes with schedule <" << stringifySchedule(schedule) << ">, got " << tokens
                         << " with schedule <" << stringifySchedule(getSchedule()) << ">";
  };
  if (failed(goesWith("min_share_tokens", share, Schedule::Balanced)) ||
      failed(goesWith("part_tokens", part, Schedule::Fixed)))
    return failure();
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
  int64_t keySize = cache.headSizeOf(KvKind::Key), valueSize = cache.headSizeOf(KvKind::Value);
  if (queries.getHeadSize() != keySize || result.getHeadSize() != valueSize)
    return emitOpError() << "queries and result have head size " << queries.getHeadSize() << " and "
                         << result.getHeadSize() << ", the cache has " << keySize << " and " << valueSize;
  if (cache.elementBits() == 16 && queries.getElementType() != cache.getElementType())
    return emitOpError() << "queries are " << queries.getElementType() << ", the cache is " << cache.getElementType();
  if (!result.getElementType().isF32())
    return emitOpError() << "the accumulator is f32, got " << result.getElementType();
  if (failed(verifyWindow(*this, static_cast<int64_t>(getWindow()))) || failed(verifyProducts(*this)))
    return failure();
  if (cache.getScales() == Scales::Tensor || cache.getScales() == Scales::Head) {
    if (getKeyScales() || getValueScales())
      return emitOpError() << "takes scales by token or by page, the others are in scale and in pa.unpack_rows' factor";
    return success();
  }
  return verifyScales(*this, cache, getKeyScales(), getValueScales());
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
  if (failed(verifyHeadTensor(*this, "sinks", getSinks(), out.getDimSize(1))))
    return failure();
  return getLse() ? verifyLse(*this, cast<MemRefType>(getLse().getType()), out.getDimSize(1)) : success();
}
