// pa-tile-mfma: see Passes.td. Attention level to tile level.
#include "passes/AttendTiler.h"

namespace mlir::pa {
#define GEN_PASS_DEF_PATILEMFMA
#include "passes/Passes.h.inc"

namespace {

/// Stores a finished result where `unpack` says, block by block.
void storeBlocks(OpBuilder &builder, UnpackRowsOp unpack, ValueRange tiles) {
  for (int64_t block = 0; block < unpack.getRows().blocks(); ++block)
    StoreOutputOp::create(builder, unpack.getLoc(), tiles[3 * block], tiles[3 * block + 1], tiles[3 * block + 2],
                          unpack.getItem(), unpack.getRows(), block, unpack.getOut(), unpack.getLse(),
                          unpack.getSinks(), unpack.getFactor());
}

/// What codes of 8 bits say is exact in f16 too, and weights in f16 are eight times as exact as in bf16.
ProductTypes productTypes(AttendOp op) {
  Type cache = op.getCache().getType().getElementType(), query = op.getQueries().getType().getElementType();
  if (op.getProducts() == Products::Fp8)
    return {cache, cache};
  return {query, cache.getIntOrFloatBitWidth() == 8 ? Type(Float16Type::get(op.getContext())) : query};
}

struct TileMfma : impl::PaTileMfmaBase<TileMfma> {
  LogicalResult tileAttend(AttendOp op, TargetAttr target);

  void runOnOperation() override {
    SmallVector<AttendOp> attends;
    getOperation().walk([&](AttendOp op) { attends.push_back(op); });
    if (attends.empty())
      return;
    auto module = getOperation()->getParentOfType<ModuleOp>();
    auto target = module ? module->getAttrOfType<TargetAttr>(TargetAttr::attrName) : TargetAttr();
    if (!target) {
      getOperation().emitError() << "the module has no #pa.target attribute '" << TargetAttr::attrName
                                 << "': tiling needs to know the chip";
      return signalPassFailure();
    }
    for (AttendOp op : attends)
      if (failed(tileAttend(op, target)))
        return signalPassFailure();
  }
};

LogicalResult TileMfma::tileAttend(AttendOp op, TargetAttr target) {
  KvCacheType cache = op.getCache().getType();
  PlanAttr plan = planFor(op.getRows().getPadded(), cache, target);
  if (!plan)
    return op.emitOpError() << "has " << op.getRows().getPadded() << " rows of head size " << cache.getHeadSize()
                            << ", " << target.getChip() << " has no plan for that many";
  ProductTypes products = productTypes(op);
  for (Type type : {products.keys, products.values})
    if (!target.findMfma(type))
      return op.emitOpError() << "multiplies " << type << ", " << target.getChip()
                              << " has no 16x16 instruction for it";
  auto pack = op.getQueries().getDefiningOp<PackRowsOp>();
  auto items = op->getParentOfType<ItemsOp>();
  if (!pack || !items)
    return op.emitOpError() << "expected to be in pa.items, with queries from pa.pack_rows";

  items.setTile(tileTokens(op, plan));
  OpBuilder builder(op);
  SmallVector<Value> tiles = AttendTiler(builder, op, pack.getQuery(), target, plan, products).run();

  // A merge over the launch takes the tiles; what has none yet merges the waves only.
  MergeScope scope = MergeScope::Workgroup;
  Block *consumers = op->getBlock();
  Value partial = op.getResult();
  MergeOp launch;
  if (op.getResult().hasOneUse() && (launch = dyn_cast<MergeOp>(*op.getResult().user_begin()))) {
    scope = launch.getScope();
    consumers = &launch.getBody().front();
    partial = consumers->getArgument(0);
  }
  SmallVector<Location> locs(tiles.size(), op.getLoc());
  auto merge = MergeOp::create(builder, op.getLoc(), scope, op.getItem(), tiles);
  Block *body = builder.createBlock(&merge.getBody(), {}, ValueRange(tiles).getTypes(), locs);
  for (Operation *user : llvm::make_early_inc_range(partial.getUsers())) {
    auto unpack = dyn_cast<UnpackRowsOp>(user);
    if (!unpack)
      return user->emitOpError() << "uses a partial result, expected pa.unpack_rows or pa.merge";
    storeBlocks(builder, unpack, body->getArguments());
    unpack.erase();
  }
  if (launch)
    launch.erase();
  op.erase();
  if (pack.use_empty())
    pack.erase();
  return success();
}

} // namespace
} // namespace mlir::pa
