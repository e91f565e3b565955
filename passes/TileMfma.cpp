// pa-tile-mfma: see Passes.td. Attention level to tile level.
#include "passes/Passes.h"
#include "passes/TileLayouts.h"
#include "passes/TileLoop.h"

#include <cfloat>
#include <cmath>

namespace mlir::pa {
#define GEN_PASS_DEF_PATILEMFMA
#include "passes/Passes.h.inc"

namespace {

/// What a loop over tiles carries for one block of 16 rows.
struct RowBlock {
  Value values, sum, max;
  Value correction; // of this tile
};

/// Builds the tiles of one `pa.attend`.
class AttendTiler {
public:
  AttendTiler(OpBuilder &builder, AttendOp op, Value query, TargetAttr target, PlanAttr plan, MfmaAttr mfma)
      : builder(builder), op(op), loc(op.getLoc()), cache(op.getCache().getType()), query(query), target(target),
        plan(plan), mfma(mfma), layouts{op.getContext(), cache.getHeadSize(), cache.pieceElements()},
        element(cache.getElementType()), f32(builder.getF32Type()) {}

  /// Values, maximum and sum of each block of rows, in the order of pa.merge.
  SmallVector<Value> run();

private:
  TileType tile(int64_t rows, int64_t cols, Type type, LayoutAttr layout) {
    return TileType::get(op.getContext(), rows, cols, type, layout);
  }
  TileType rowTile(Type type) { return tile(1, 16, type, layouts.rowVector()); }
  TileType valueTile() {
    LayoutAttr operand = cache.valueIsFragment() ? layouts.valueFragment() : layouts.valueOperand();
    LayoutAttr rows = layouts.probabilityOperand(cache.valueIsFragment());
    return tile(cache.getHeadSize(), 16, f32, productLayout(operand, rows));
  }
  TileType sumTile() {
    LayoutAttr rows = layouts.probabilityOperand(cache.valueIsFragment());
    return tile(16, 16, f32, productLayout(rows, rows));
  }
  Value fill(TileType type, double value) { return FillOp::create(builder, loc, type, builder.getF64FloatAttr(value)); }

  bool relaysValues();
  Value pageIds(Value tileIndex, KvKind kind);
  Value loadKeys(Value ids, int64_t part);
  Value loadValues(Value ids, Value tileIndex, int64_t part);
  SmallVector<Value> roundProbabilities(Value probabilities);
  SmallVector<Value> multiplyKeys(ArrayRef<Value> keys, size_t block);
  SmallVector<SmallVector<Value>> softmax(Value tileIndex, SmallVector<Value> scores, size_t index, RowBlock &block);
  void rescale(OpBuilder &at, RowBlock &block);
  void rescaleIfNeeded(MutableArrayRef<RowBlock> blocks);
  void tileBody(Value tileIndex, MutableArrayRef<RowBlock> blocks);

  OpBuilder &builder;
  AttendOp op;
  Location loc;
  KvCacheType cache;
  Value query;
  TargetAttr target;
  PlanAttr plan;
  MfmaAttr mfma;
  TileLayouts layouts;
  Type element, f32;
  Value scale;
  SmallVector<Value> queries, bounds;
};

Value AttendTiler::pageIds(Value tileIndex, KvKind kind) {
  bool fragment = kind == KvKind::Key ? cache.keyIsFragment() : cache.valueIsFragment();
  int64_t parts = plan.getTile() / layouts.partTokens();
  PageIdsType type;
  KvKindAttr kindAttr;
  if (fragment) {
    type = PageIdsType::get(op.getContext(), std::max<int64_t>(1, plan.getTile() / cache.getPage()), {});
  } else {
    bool key = kind == KvKind::Key;
    type = PageIdsType::get(op.getContext(), plan.getTile(),
                            layouts.tokenLookup(key ? layouts.keyRows() : layouts.valueRows(), key, parts));
    kindAttr = KvKindAttr::get(op.getContext(), kind);
  }
  return PageIdsOp::create(builder, loc, type, op.getTables(), op.getCache(), op.getItem(), tileIndex, kindAttr);
}

/// Whether values go from load to use by LDS: accumulators, probabilities and what vector instructions make of the
/// values would take three quarters of the registers that those reach, so that loads in flight have to stand in others.
bool AttendTiler::relaysValues() {
  int64_t rows = op.getRows().getPadded(), lanes = 64, bits = element.getIntOrFloatBitWidth();
  int64_t accumulators = rows * cache.getHeadSize() / lanes;
  int64_t probabilities = rows * plan.getTile() * bits / 32 / lanes * (op.getP() == Probability::Split ? 2 : 1);
  int64_t values = cache.valueIsFragment() ? 0 : plan.getTile() * cache.getHeadSize() * bits / 32 / lanes;
  return 4 * (accumulators + probabilities + values) >= 3 * target.getVectorRegisters();
}

Value AttendTiler::loadKeys(Value ids, int64_t part) {
  LayoutAttr loaded = cache.keyIsFragment() ? layouts.keyOperand() : layouts.keyRows();
  TileType operand = tile(layouts.partTokens(), cache.getHeadSize(), element, layouts.keyOperand());
  TileType type = tile(layouts.partTokens(), cache.getHeadSize(), element, loaded);
  Value keys = LoadKvOp::create(builder, loc, type, KvKind::Key, op.getCache(), op.getItem(), ids, part, false);
  return type == operand ? keys : ConvertLayoutOp::create(builder, loc, operand, keys);
}

Value AttendTiler::loadValues(Value ids, Value tileIndex, int64_t part) {
  bool fragment = cache.valueIsFragment();
  LayoutAttr loaded = fragment ? layouts.valueFragment() : layouts.valueRows();
  TileType type = tile(cache.getHeadSize(), layouts.partTokens(), element, loaded);
  Value values = LoadKvOp::create(builder, loc, type, KvKind::Value, op.getCache(), op.getItem(), ids, part, false);
  values = ZeroPastEndOp::create(builder, loc, type, values, op.getItem(), tileIndex, part, plan.getTile());
  if (relaysValues())
    values = RelayOp::create(builder, loc, values);
  if (fragment)
    return values;
  TileType operand = tile(cache.getHeadSize(), layouts.partTokens(), element, layouts.valueOperand());
  return ConvertLayoutOp::create(builder, loc, operand, values);
}

/// The operands of the second product: one tile, or a high and a low one.
SmallVector<Value> AttendTiler::roundProbabilities(Value probabilities) {
  TileType exact = cast<TileType>(probabilities.getType());
  TileType rounded = tile(exact.getRows(), exact.getCols(), element, exact.getLayout());
  TileType operand =
      tile(exact.getRows(), exact.getCols(), element, layouts.probabilityOperand(cache.valueIsFragment()));
  SmallVector<Type> parts(op.getP() == Probability::Split ? 2 : 1, rounded);
  SmallVector<Value> result;
  for (Value part : RoundOp::create(builder, loc, parts, probabilities).getParts())
    result.push_back(ConvertLayoutOp::create(builder, loc, operand, part));
  return result;
}

/// Scores of a block of rows against each part of the keys.
SmallVector<Value> AttendTiler::multiplyKeys(ArrayRef<Value> keys, size_t block) {
  TileType type = tile(layouts.partTokens(), 16, f32, layouts.scores());
  SmallVector<Value> scores;
  for (Value part : keys)
    scores.push_back(DotOp::create(builder, loc, type, part, queries[block], fill(type, 0), mfma));
  return scores;
}

/// Masks and softmax of one block of rows; returns the operands of the second product, [part][high, low].
SmallVector<SmallVector<Value>> AttendTiler::softmax(Value tileIndex, SmallVector<Value> scores, size_t index,
                                                     RowBlock &block) {
  TileType probabilityType = tile(16, layouts.partTokens(), f32, layouts.scores().transposed());
  for (auto [part, score] : llvm::enumerate(scores))
    score = MaskScoresOp::create(builder, loc, score.getType(), score, bounds[index], tileIndex, part, plan.getTile());
  SmallVector<Type> types(scores.size(), probabilityType);
  auto step = SoftmaxStepOp::create(builder, loc, types, rowTile(f32), rowTile(f32), block.max, scale, scores);
  SmallVector<SmallVector<Value>> probabilities;
  for (Value probability : step.getProbabilities())
    probabilities.push_back(roundProbabilities(probability));
  block.max = step.getNewMax();
  block.correction = step.getCorrection();
  return probabilities;
}

void AttendTiler::rescale(OpBuilder &at, RowBlock &block) {
  block.values = RescaleOp::create(at, loc, block.values, block.correction);
  block.sum = RescaleOp::create(at, loc, block.sum, block.correction);
}

/// All blocks at once, and only if a maximum grew: accumulators that vector instructions need not reach in every tile
/// can stay in accumulation registers.
void AttendTiler::rescaleIfNeeded(MutableArrayRef<RowBlock> blocks) {
  SmallVector<Value> corrections, before;
  for (RowBlock &block : blocks) {
    corrections.push_back(block.correction);
    before.append({block.values, block.sum});
  }
  Value grew = MaxGrewOp::create(builder, loc, corrections);
  auto choice = scf::IfOp::create(
      builder, loc, grew,
      [&](OpBuilder &then, Location) {
        SmallVector<Value> after;
        for (RowBlock block : blocks) {
          rescale(then, block);
          after.append({block.values, block.sum});
        }
        scf::YieldOp::create(then, loc, after);
      },
      [&](OpBuilder &otherwise, Location) { scf::YieldOp::create(otherwise, loc, before); });
  for (auto [index, block] : llvm::enumerate(blocks)) {
    block.values = choice.getResult(2 * index);
    block.sum = choice.getResult(2 * index + 1);
  }
}

void AttendTiler::tileBody(Value tileIndex, MutableArrayRef<RowBlock> blocks) {
  int64_t parts = plan.getTile() / layouts.partTokens();
  Value keyIds = pageIds(tileIndex, KvKind::Key);
  Value valueIds = keyIds;
  if (!cache.keyIsFragment() || !cache.valueIsFragment())
    valueIds = pageIds(tileIndex, KvKind::Value);

  // Few rows: a part of the keys is done with, and can be reloaded, after its own products. Many rows: the scores of
  // all blocks at once would not fit the registers that vector instructions reach, so all keys stay until the last
  // block; half of a tile is in flight then at the least instead of three quarters.
  bool blockByBlock = blocks.size() > 2 && cache.keyIsFragment();
  bool lazily = blocks.size() > 2;
  SmallVector<SmallVector<Value>> scores(blocks.size());
  SmallVector<Value> keys;
  for (int64_t part = 0; part < parts; ++part) {
    keys.push_back(loadKeys(keyIds, part));
    for (size_t block = 0; !blockByBlock && block < blocks.size(); ++block)
      scores[block].append(multiplyKeys(keys.back(), block));
  }
  SmallVector<SmallVector<SmallVector<Value>>> probabilities; // [block][part][high, low]
  for (auto [index, block] : llvm::enumerate(blocks)) {
    if (blockByBlock)
      scores[index] = multiplyKeys(keys, index);
    probabilities.push_back(softmax(tileIndex, scores[index], index, block));
    if (!lazily)
      rescale(builder, block);
    // One block at a time: LLVM would compute all blocks' masks first and spill them.
    if (blocks.size() > 1)
      PinOp::create(builder, loc);
  }

  if (lazily)
    rescaleIfNeeded(blocks);

  TileType onesType = tile(16, layouts.partTokens(), element, layouts.probabilityOperand(cache.valueIsFragment()));
  Value ones = fill(onesType, 1);
  for (int64_t part = 0; part < parts; ++part) {
    Value values = loadValues(valueIds, tileIndex, part);
    for (auto [index, block] : llvm::enumerate(blocks)) {
      for (Value probability : probabilities[index][part]) {
        block.values = DotOp::create(builder, loc, valueTile(), values, probability, block.values, mfma);
        block.sum = DotOp::create(builder, loc, sumTile(), ones, probability, block.sum, mfma);
      }
    }
  }
}

SmallVector<Value> AttendTiler::run() {
  RowsAttr rows = op.getRows();
  // Base 2 with the scale folded in. A negative scale's sign goes into the queries (pa.load_query).
  Value log2e = arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(static_cast<float>(M_LOG2E)));
  Value magnitude = math::AbsFOp::create(builder, loc, op.getScale());
  scale = arith::MulFOp::create(builder, loc, magnitude, log2e);

  TileType queryType = tile(16, cache.getHeadSize(), element, layouts.queryOperand());
  SmallVector<Value> init;
  for (int64_t block = 0; block < rows.blocks(); ++block) {
    queries.push_back(LoadQueryOp::create(builder, loc, queryType, query, op.getItem(), op.getScale(), rows, block));
    bounds.push_back(RowBoundsOp::create(builder, loc, rowTile(builder.getI32Type()), op.getItem(), rows, block));
    init.push_back(fill(valueTile(), 0));
    init.push_back(fill(rowTile(f32), -FLT_MAX)); // finite: minus infinity minus itself is NaN
    init.push_back(fill(sumTile(), 0));
  }

  auto tiles = WaveTilesOp::create(builder, loc, op.getItem(), target.getWavesPerWorkgroup());
  auto loop = createTileLoop(builder, loc, tiles, target.getWavesPerWorkgroup(), init,
                             [&](Value tileIndex, ValueRange carried) -> SmallVector<Value> {
                               SmallVector<RowBlock> blocks;
                               for (size_t i = 0; i < carried.size(); i += 3)
                                 blocks.push_back({carried[i], carried[i + 2], carried[i + 1], {}});
                               tileBody(tileIndex, blocks);
                               SmallVector<Value> next;
                               for (RowBlock &block : blocks)
                                 next.append({block.values, block.max, block.sum});
                               return next;
                             });
  return SmallVector<Value>(loop.getResults());
}

/// Stores a finished result where `unpack` says, block by block.
void storeBlocks(OpBuilder &builder, UnpackRowsOp unpack, ValueRange tiles) {
  for (int64_t block = 0; block < unpack.getRows().blocks(); ++block)
    StoreOutputOp::create(builder, unpack.getLoc(), tiles[3 * block], tiles[3 * block + 1], tiles[3 * block + 2],
                          unpack.getItem(), unpack.getRows(), block, unpack.getOut(), unpack.getLse());
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
  PlanAttr plan = target.findPlan(op.getRows().getPadded(), cache.getHeadSize());
  if (!plan)
    return op.emitOpError() << "has " << op.getRows().getPadded() << " rows of head size " << cache.getHeadSize()
                            << ", " << target.getChip() << " has no plan for that many";
  MfmaAttr mfma = target.findMfma(cache.getElementType());
  if (!mfma)
    return op.emitOpError() << "multiplies " << cache.getElementType() << ", " << target.getChip()
                            << " has no 16x16 instruction for it";
  auto pack = op.getQueries().getDefiningOp<PackRowsOp>();
  auto items = op->getParentOfType<ItemsOp>();
  if (!pack || !items)
    return op.emitOpError() << "expected to be in pa.items, with queries from pa.pack_rows";

  items.setTile(plan.getTile());
  OpBuilder builder(op);
  SmallVector<Value> tiles = AttendTiler(builder, op, pack.getQuery(), target, plan, mfma).run();

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
