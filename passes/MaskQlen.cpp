// pa-mask-qlen: see Passes.td.
#include "passes/KernelArguments.h"
#include "passes/Plans.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAMASKQLEN
#include "passes/Passes.h.inc"

namespace {

int64_t roundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

/// All rows in one pass if the target's plans hold as many, else in passes alike.
RowsAttr packRows(DecodeOp op, TargetAttr target) {
  KvCacheType cache = op.getCache().getType();
  int64_t group = op.group(), tokens = static_cast<int64_t>(op.getQueryTokens()), used = group * tokens;
  int64_t padded = roundUp(used, 16);
  if (int64_t most = target ? mostRows(cache, target) : 0; most != 0 && padded > most) {
    int64_t shares = (used + most - 1) / most;
    padded = roundUp((used + shares - 1) / shares, 16);
  }
  return RowsAttr::get(op.getContext(), group, tokens, padded);
}

/// What stands inside of an item's body.
class ItemBody {
public:
  ItemBody(DecodeOp op, RowsAttr rows, Value item, OpBuilder &builder)
      : op(op), rows(rows), item(item), builder(builder), loc(op.getLoc()), cache(op.getCache().getType()) {}

  void build();

private:
  bool scaledByItem() { return cache.getScales() == Scales::Tensor || cache.getScales() == Scales::Head; }
  Value itemScale(Value scales, KvKind kind) { return ItemScaleOp::create(builder, loc, scales, item, kind); }
  Value scale();
  Value factor();
  void buildScore(Region &region);
  Value capped(Value score);
  Value biased(Value score, Value query, Value key, Value head);

  DecodeOp op;
  RowsAttr rows;
  Value item;
  OpBuilder &builder;
  Location loc;
  KvCacheType cache;
};

/// The softmax's scale, and that of the keys in it if it is one for the item.
Value ItemBody::scale() {
  if (!scaledByItem())
    return op.getScale();
  return arith::MulFOp::create(builder, loc, op.getScale(), itemScale(op.getKeyScales(), KvKind::Key));
}

/// What the result is multiplied by at the end: the values' scale, over the output's.
Value ItemBody::factor() {
  Value values = scaledByItem() ? itemScale(op.getValueScales(), KvKind::Value) : Value();
  if (!op.getOutScale())
    return values;
  if (!values)
    values = arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(1));
  return arith::DivFOp::create(builder, loc, values, op.getOutScale());
}

Value ItemBody::capped(Value score) {
  Value ratio = arith::DivFOp::create(builder, loc, score, op.getSoftCap());
  return arith::MulFOp::create(builder, loc, op.getSoftCap(), math::TanhOp::create(builder, loc, ratio));
}

Value ItemBody::biased(Value score, Value query, Value key, Value head) {
  Value index = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), head);
  Value slope = memref::LoadOp::create(builder, loc, op.getAlibi(), ValueRange{index});
  Value distance =
      arith::SIToFPOp::create(builder, loc, builder.getF32Type(), arith::SubIOp::create(builder, loc, key, query));
  return arith::AddFOp::create(builder, loc, score, arith::MulFOp::create(builder, loc, slope, distance));
}

/// Soft-cap, then ALiBi, then the user's own.
void ItemBody::buildScore(Region &region) {
  if (!op.getSoftCap() && !op.getAlibi() && op.getScore().empty())
    return;
  OpBuilder::InsertionGuard guard(builder);
  Type f32 = builder.getF32Type(), i32 = builder.getI32Type();
  Block *block = builder.createBlock(&region, {}, {f32, i32, i32, i32}, {loc, loc, loc, loc});
  Value score = block->getArgument(0);
  if (op.getSoftCap())
    score = capped(score);
  if (op.getAlibi())
    score = biased(score, block->getArgument(1), block->getArgument(2), block->getArgument(3));
  if (!op.getScore().empty()) {
    Block &user = op.getScore().front();
    IRMapping mapping;
    mapping.map(user.getArguments(), block->getArguments());
    mapping.map(user.getArgument(0), score);
    for (Operation &inner : user.without_terminator())
      builder.clone(inner, mapping);
    score = mapping.lookupOrDefault(cast<YieldScoreOp>(user.getTerminator()).getScore());
  }
  YieldScoreOp::create(builder, loc, score);
}

void ItemBody::build() {
  auto query = cast<MemRefType>(op.getQuery().getType());
  auto rowSet = RowSetType::get(op.getContext(), rows.getPadded(), query.getDimSize(2), query.getElementType());
  auto partial =
      PartialType::get(op.getContext(), rows.getPadded(), cache.headSizeOf(KvKind::Value), builder.getF32Type());
  Value queries = PackRowsOp::create(builder, loc, rowSet, op.getQuery(), item, rows);
  bool inTiles = cache.getScales() == Scales::Token || cache.getScales() == Scales::Page;
  Value keyScale = scale(), finished = factor(); // before what is merged: merging moves only what takes its result
  auto attend = AttendOp::create(builder, loc, partial, queries, op.getCache(), op.getTables(), item, keyScale,
                                 inTiles ? op.getKeyScales() : Value(), inTiles ? op.getValueScales() : Value(), rows,
                                 op.getP(), op.getProducts(), op.getMask(), op.getWindow());
  buildScore(attend.getScore());
  builder.setInsertionPointAfter(attend);
  UnpackRowsOp::create(builder, loc, attend, item, rows, op.getOut(), op.getLse(), op.getSinks(), finished);
}

void expand(DecodeOp op, TargetAttr target) {
  nameArguments(op);
  OpBuilder builder(op);
  Location loc = op.getLoc();
  KvCacheType cache = op.getCache().getType();
  RowsAttr rows = packRows(op, target);
  auto items = ItemsOp::create(builder, loc, op.getLens(), op.getTables(), op.getQueryStarts(), op.getPageStarts(),
                               cache.getHeads(), cache.getPage(), rows, Schedule::Item, /*min_share_tokens=*/0,
                               /*part_tokens=*/0,
                               /*tile=*/0, op.getWindow());
  Block *body = builder.createBlock(&items.getBody(), {}, {ItemType::get(op.getContext())}, {loc});
  ItemBody(op, rows, body->getArgument(0), builder).build();
  op.erase();
}

struct MaskQlen : impl::PaMaskQlenBase<MaskQlen> {
  void runOnOperation() override {
    auto module = getOperation()->getParentOfType<ModuleOp>();
    auto target = module ? module->getAttrOfType<TargetAttr>(TargetAttr::attrName) : TargetAttr();
    getOperation().walk([&](DecodeOp op) { expand(op, target); });
  }
};

} // namespace
} // namespace mlir::pa
