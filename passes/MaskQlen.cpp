// pa-mask-qlen: see Passes.td.
#include "passes/Passes.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PAMASKQLEN
#include "passes/Passes.h.inc"

namespace {

RowsAttr packRows(DecodeOp op) {
  auto query = cast<MemRefType>(op.getQuery().getType());
  int64_t group = query.getDimSize(1) / op.getCache().getType().getHeads();
  int64_t used = group * static_cast<int64_t>(op.getQueryTokens());
  return RowsAttr::get(op.getContext(), group, op.getQueryTokens(), (used + 15) / 16 * 16);
}

void expand(DecodeOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  KvCacheType cache = op.getCache().getType();
  RowsAttr rows = packRows(op);
  auto items =
      ItemsOp::create(builder, loc, op.getLens(), op.getTables(), cache.getHeads(), cache.getPage(), Schedule::Item);
  Block *body = builder.createBlock(&items.getBody(), {}, {ItemType::get(op.getContext())}, {loc});
  Value item = body->getArgument(0);
  auto rowSet = RowSetType::get(op.getContext(), rows.getPadded(), cache.getHeadSize(), cache.getElementType());
  auto partial = PartialType::get(op.getContext(), rows.getPadded(), cache.getHeadSize(), builder.getF32Type());
  Value queries = PackRowsOp::create(builder, loc, rowSet, op.getQuery(), item, rows);
  Value part = AttendOp::create(builder, loc, partial, queries, op.getCache(), op.getTables(), item, op.getScale(),
                                rows, op.getP());
  UnpackRowsOp::create(builder, loc, part, item, rows, op.getOut(), op.getLse());
  op.erase();
}

struct MaskQlen : impl::PaMaskQlenBase<MaskQlen> {
  void runOnOperation() override {
    getOperation().walk([](DecodeOp op) { expand(op); });
  }
};

} // namespace
} // namespace mlir::pa
