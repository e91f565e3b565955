// pa-tile-mfma: see Passes.td. Attention level to tile level.
#include "passes/ItemQueries.h"
#include "passes/Passes.h"
#include "passes/TileLayouts.h"
#include "passes/TileLoop.h"

#include <cfloat>
#include <cmath>
#include <numeric>

namespace mlir::pa {
#define GEN_PASS_DEF_PATILEMFMA
#include "passes/Passes.h.inc"

namespace {

/// What a loop over tiles carries for one block of 16 rows.
struct RowBlock {
  Value values, sum, max;
  Value correction; // of this tile
};

/// Operands of the second product for one part: a tile, or a high and a low one.
struct Weights {
  SmallVector<Value> operands;
  SmallVector<Value> rounded; // the same numbers before they went where the product wants them
};

/// Scales of a part's values, and one over them, where the scores stand.
struct TokenScales {
  Value scales, inverses;
};

/// Tokens of a tile: the plan's, but a lane looks up one token's place where rows, or their scales, are found so.
int64_t tileTokensOf(PlanAttr plan, KvCacheType cache) {
  bool byToken = !cache.isFragment(KvKind::Key) || !cache.isFragment(KvKind::Value);
  return byToken ? std::min<int64_t>(plan.getTile(), 64) : plan.getTile();
}

/// Builds the tiles of one `pa.attend`.
class AttendTiler {
public:
  AttendTiler(OpBuilder &builder, AttendOp op, Value query, TargetAttr target, PlanAttr plan, MfmaAttr mfma)
      : builder(builder), op(op), loc(op.getLoc()), cache(op.getCache().getType()), query(query), target(target),
        mfma(mfma), layouts(TileLayouts::of(cache)), tileTokens(tileTokensOf(plan, cache)), element(mfma.getType()),
        f32(builder.getF32Type()) {}

  /// Values, maximum and sum of each block of rows, in the order of pa.merge.
  SmallVector<Value> run();

private:
  TileType tile(int64_t rows, int64_t cols, Type type, LayoutAttr layout) {
    return TileType::get(op.getContext(), rows, cols, type, layout);
  }
  TileType rowTile(Type type) { return tile(1, 16, type, layouts.rowVector()); }
  TileType valueTile() {
    LayoutAttr operand = fragment(KvKind::Value) ? layouts.valueFragment() : layouts.valueOperand();
    LayoutAttr rows = layouts.probabilityOperand(fragment(KvKind::Value));
    return tile(layouts.valueDims, 16, f32, productLayout(operand, rows));
  }
  /// Of a sum as the loop carries it.
  TileType carriedSum() { return scaledByToken() ? tile(4, 16, f32, layouts.partialSum()) : sumTile(); }
  TileType sumTile() {
    LayoutAttr rows = layouts.probabilityOperand(fragment(KvKind::Value));
    return tile(16, 16, f32, productLayout(rows, rows));
  }
  bool fragment(KvKind kind) { return cache.isFragment(kind); }
  bool hasCodes() { return cache.getElementType() != element; }
  /// Rows of linear caches are sliced on their way through LDS, or in the lane, as it is.
  bool sliced(KvKind kind) { return hasCodes() && fragment(kind); }
  bool scaledByToken() { return static_cast<bool>(op.getKeyScales()); }
  int64_t parts() { return tileTokens / layouts.partTokens(); }
  Value fill(TileType type, double value) { return FillOp::create(builder, loc, type, builder.getF64FloatAttr(value)); }

  bool relaysValues();
  Value pageIds(Value tileIndex, KvKind kind);
  Value scaleIds(Value tileIndex, Value keyIds);
  Value loadKeys(Value ids, int64_t part);
  Value loadValues(Value ids, Value tileIndex, int64_t part);
  Value loadScales(Value ids, KvKind kind, int64_t part);
  Value spread(Value scales);
  Value dequantized(Value codes);
  Weights roundProbabilities(Value probabilities);
  Value slice(Value whole, int64_t from, int64_t rows);
  SmallVector<Value> multiplyKeys(Value keys, ArrayRef<Value> rows);
  void addToSum(Value ones, Value term, RowBlock &block);
  void addProducts(Value values, Value ones, ArrayRef<SmallVector<Value>> weights, MutableArrayRef<RowBlock> blocks);
  void addInSlices(Value values, Value ones, ArrayRef<SmallVector<Value>> weights, MutableArrayRef<RowBlock> blocks);
  Value shapeScore(Value tileIndex, Value score, int64_t part, size_t index);
  SmallVector<Value> softmax(Value tileIndex, SmallVector<Value> scores, size_t index, RowBlock &block);
  void rescale(OpBuilder &at, RowBlock &block);
  void rescaleIfNeeded(MutableArrayRef<RowBlock> blocks);
  Weights weigh(Value probabilities, const TokenScales &scales, RowBlock &block);
  void multiplyValues(Value tileIndex, Value ids, ArrayRef<SmallVector<Weights>> weights,
                      MutableArrayRef<RowBlock> blocks);
  void tileBody(Value tileIndex, MutableArrayRef<RowBlock> blocks);
  void loadRows();

  OpBuilder &builder;
  AttendOp op;
  Location loc;
  KvCacheType cache;
  Value query;
  TargetAttr target;
  MfmaAttr mfma;
  TileLayouts layouts;
  int64_t tileTokens;
  Type element, f32; // of the products' operands, and of what they add up
  Value scale;       // of scores, in base 2; with a score region log2(e) alone
  SmallVector<Value> queries, bounds, positions, heads;
};

Value AttendTiler::pageIds(Value tileIndex, KvKind kind) {
  PageIdsType type;
  KvKindAttr kindAttr;
  if (fragment(kind)) {
    int64_t together = std::gcd(tileTokens, cache.getPage());
    type = PageIdsType::get(op.getContext(), tileTokens / together, together, cache.getPage(), {});
  } else {
    bool key = kind == KvKind::Key;
    LayoutAttr lookup = layouts.tokenLookup(key ? layouts.keyRows() : layouts.valueRows(), key, parts());
    type = PageIdsType::get(op.getContext(), tileTokens, 1, cache.getPage(), lookup);
    kindAttr = KvKindAttr::get(op.getContext(), kind);
  }
  return PageIdsOp::create(builder, loc, type, op.getTables(), op.getCache(), op.getItem(), tileIndex, kindAttr);
}

/// Scales are found where keys are, or by a token a lane where keys are found by tokens too.
Value AttendTiler::scaleIds(Value tileIndex, Value keyIds) {
  if (fragment(KvKind::Key))
    return keyIds;
  auto type = PageIdsType::get(op.getContext(), tileTokens, 1, cache.getPage(), layouts.tokenByLane().transposed());
  auto kind = KvKindAttr::get(op.getContext(), KvKind::Key);
  return PageIdsOp::create(builder, loc, type, op.getTables(), op.getCache(), op.getItem(), tileIndex, kind);
}

/// Whether values go from load to use by LDS: accumulators, probabilities and what vector instructions make of the
/// values would take three quarters of the registers that those reach, so that loads in flight have to stand in others.
bool AttendTiler::relaysValues() {
  int64_t rows = op.getRows().getPadded(), lanes = 64, bits = element.getIntOrFloatBitWidth();
  int64_t accumulators = rows * layouts.valueDims / lanes;
  int64_t probabilities = rows * tileTokens * bits / 32 / lanes * (op.getP() == Probability::Split ? 2 : 1);
  int64_t values = fragment(KvKind::Value) ? 0 : tileTokens * layouts.valueDims * bits / 32 / lanes;
  return 4 * (accumulators + probabilities + values) >= 3 * target.getVectorRegisters();
}

Value AttendTiler::dequantized(Value codes) {
  TileType type = cast<TileType>(codes.getType());
  if (type.getElementType() == element)
    return codes;
  TileType exact = tile(type.getRows(), type.getCols(), element, type.getLayout());
  return DequantizeOp::create(builder, loc, exact, codes);
}

Value AttendTiler::loadKeys(Value ids, int64_t part) {
  LayoutAttr loaded = fragment(KvKind::Key) ? layouts.keyOperand() : layouts.keyRows();
  TileType operand = tile(layouts.partTokens(), layouts.keyDims, cache.getElementType(), layouts.keyOperand());
  TileType type = tile(layouts.partTokens(), layouts.keyDims, cache.getElementType(), loaded);
  Value keys = LoadKvOp::create(builder, loc, type, KvKind::Key, op.getCache(), op.getItem(), ids, part, false);
  if (layouts.keyDims != cache.getHeadSize())
    keys = ZeroPastHeadOp::create(builder, loc, type, keys, cache.getHeadSize());
  if (type != operand)
    keys = ConvertLayoutOp::create(builder, loc, operand, keys);
  return keys;
}

Value AttendTiler::loadValues(Value ids, Value tileIndex, int64_t part) {
  bool fragments = fragment(KvKind::Value);
  LayoutAttr loaded = fragments ? layouts.valueFragment() : layouts.valueRows();
  TileType type = tile(layouts.valueDims, layouts.partTokens(), cache.getElementType(), loaded);
  Value values = LoadKvOp::create(builder, loc, type, KvKind::Value, op.getCache(), op.getItem(), ids, part, false);
  values = ZeroPastEndOp::create(builder, loc, type, values, op.getItem(), tileIndex, part, tileTokens);
  if (relaysValues())
    values = RelayOp::create(builder, loc, values);
  if (fragments)
    return values;
  TileType operand = tile(layouts.valueDims, layouts.partTokens(), element, layouts.valueOperand());
  return ConvertLayoutOp::create(builder, loc, operand, dequantized(values));
}

/// Of a part, a number a token, to stand where its scores do.
Value AttendTiler::loadScales(Value ids, KvKind kind, int64_t part) {
  TileType type = tile(1, layouts.partTokens(), f32, layouts.tokenByLane());
  Value tensor = kind == KvKind::Key ? op.getKeyScales() : op.getValueScales();
  return LoadScalesOp::create(builder, loc, type, kind, tensor, op.getCache(), op.getItem(), ids, part);
}
Value AttendTiler::spread(Value scales) {
  return ConvertLayoutOp::create(builder, loc, tile(1, layouts.partTokens(), f32, layouts.tokenVector()), scales);
}

/// The operands of the second product: one tile, or a high and a low one.
Weights AttendTiler::roundProbabilities(Value probabilities) {
  TileType exact = cast<TileType>(probabilities.getType());
  TileType rounded = tile(exact.getRows(), exact.getCols(), element, exact.getLayout());
  TileType operand =
      tile(exact.getRows(), exact.getCols(), element, layouts.probabilityOperand(fragment(KvKind::Value)));
  SmallVector<Type> parts(op.getP() == Probability::Split ? 2 : 1, rounded);
  Weights weights;
  for (Value part : RoundOp::create(builder, loc, parts, probabilities).getParts()) {
    weights.rounded.push_back(part);
    weights.operands.push_back(ConvertLayoutOp::create(builder, loc, operand, part));
  }
  return weights;
}

/// Some rows of a tile.
Value AttendTiler::slice(Value whole, int64_t from, int64_t rows) {
  TileType type = cast<TileType>(whole.getType());
  Modes reg;
  for (Mode mode : type.getLayout().getReg())
    reg.push_back(mode.row == 0 ? mode : Mode{rows / mode.row, mode.row, mode.col});
  LayoutAttr layout =
      LayoutAttr::get(op.getContext(), type.getLayout().getLane(), normalized(reg), type.getLayout().getElem());
  return SliceOp::create(builder, loc, tile(rows, type.getCols(), type.getElementType(), layout), whole, from);
}

/// Scores of each block of rows against a part of the keys. Codes are made floats 16 tokens at a time: LLVM would make
/// all of them first, which the registers do not hold.
SmallVector<Value> AttendTiler::multiplyKeys(Value keys, ArrayRef<Value> rows) {
  auto product = [&](Value exact, Value query) {
    TileType a = cast<TileType>(exact.getType());
    LayoutAttr layout = productLayout(a.getLayout(), cast<TileType>(query.getType()).getLayout());
    TileType type = tile(a.getRows(), 16, f32, layout);
    return DotOp::create(builder, loc, type, exact, query, fill(type, 0), mfma).getResult();
  };
  SmallVector<Value> scores;
  if (!sliced(KvKind::Key)) {
    Value exact = dequantized(keys);
    for (Value query : rows)
      scores.push_back(product(exact, query));
    return scores;
  }
  SmallVector<SmallVector<Value>> slices(rows.size());
  for (int64_t from = 0; from < layouts.partTokens(); from += 16) {
    Value exact = dequantized(slice(keys, from, 16));
    for (auto [index, query] : llvm::enumerate(rows))
      slices[index].push_back(product(exact, query));
    PinOp::create(builder, loc);
  }
  TileType type = tile(layouts.partTokens(), 16, f32, layouts.scores());
  for (ArrayRef<Value> parts : slices)
    scores.push_back(ConcatOp::create(builder, loc, type, parts));
  return scores;
}

/// Score region and masks of one part's scores.
Value AttendTiler::shapeScore(Value tileIndex, Value score, int64_t part, size_t index) {
  if (!op.getScore().empty()) {
    auto map = MapScoresOp::create(builder, loc, score.getType(), score, op.getScale(), positions[index], heads[index],
                                   tileIndex, part, tileTokens);
    IRMapping mapping;
    op.getScore().cloneInto(&map.getScore(), mapping);
    score = map;
  }
  if (auto window = static_cast<int64_t>(op.getWindow()))
    score =
        MaskWindowOp::create(builder, loc, score.getType(), score, bounds[index], tileIndex, part, tileTokens, window);
  return MaskScoresOp::create(builder, loc, score.getType(), score, bounds[index], tileIndex, part, tileTokens);
}

/// Masks and softmax of one block of rows; returns the probabilities, a part each.
SmallVector<Value> AttendTiler::softmax(Value tileIndex, SmallVector<Value> scores, size_t index, RowBlock &block) {
  TileType probabilityType = tile(16, layouts.partTokens(), f32, layouts.scores().transposed());
  for (auto [part, score] : llvm::enumerate(scores))
    score = shapeScore(tileIndex, score, part, index);
  SmallVector<Type> types(scores.size(), probabilityType);
  auto step = SoftmaxStepOp::create(builder, loc, types, rowTile(f32), rowTile(f32), block.max, scale, scores);
  block.max = step.getNewMax();
  block.correction = step.getCorrection();
  return SmallVector<Value>(step.getProbabilities());
}

void AttendTiler::rescale(OpBuilder &at, RowBlock &block) {
  block.values = RescaleOp::create(at, loc, block.values, block.correction);
  if (!scaledByToken())
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
  Value keyIds = pageIds(tileIndex, KvKind::Key);
  Value valueIds = fragment(KvKind::Value) && fragment(KvKind::Key) ? keyIds : pageIds(tileIndex, KvKind::Value);
  Value scalePlaces = scaledByToken() ? scaleIds(tileIndex, keyIds) : Value();

  // Few rows: a part of the keys is done with, and can be reloaded, after its own products. Many rows: the scores of
  // all blocks at once would not fit the registers that vector instructions reach, so all keys stay until the last
  // block; half of a tile is in flight then at the least instead of three quarters.
  bool blockByBlock = blocks.size() > 2 && fragment(KvKind::Key) && !hasCodes();
  bool lazily = blocks.size() > 2;
  SmallVector<SmallVector<Value>> scores(blocks.size());
  SmallVector<Value> keys, keyScales;
  for (int64_t part = 0; part < parts(); ++part) {
    keys.push_back(loadKeys(keyIds, part));
    if (scaledByToken())
      keyScales.push_back(loadScales(scalePlaces, KvKind::Key, part));
    if (blockByBlock)
      continue;
    for (auto [block, score] : llvm::enumerate(multiplyKeys(keys.back(), queries)))
      scores[block].push_back(score);
  }
  SmallVector<TokenScales> valueScales(parts());
  for (int64_t part = 0; scaledByToken() && part < parts(); ++part) {
    Value loaded = loadScales(scalePlaces, KvKind::Value, part);
    Type type = loaded.getType();
    loaded = ZeroPastEndOp::create(builder, loc, type, loaded, op.getItem(), tileIndex, part, tileTokens);
    auto both = InvertScalesOp::create(builder, loc, type, type, loaded);
    valueScales[part] = {both.getScales(), both.getInverses()};
  }
  SmallVector<SmallVector<Weights>> weights; // [block][part]
  for (auto [index, block] : llvm::enumerate(blocks)) {
    for (size_t part = 0; blockByBlock && part < keys.size(); ++part)
      scores[index].append(multiplyKeys(keys[part], queries[index]));
    for (auto [part, factors] : llvm::enumerate(keyScales)) {
      scores[index][part] =
          ScaleTokensOp::create(builder, loc, scores[index][part].getType(), scores[index][part], spread(factors));
      PinOp::create(builder, loc);
    }
    weights.emplace_back();
    SmallVector<Value> probabilities = softmax(tileIndex, scores[index], index, block);
    if (scaledByToken()) // before this tile's weights join it
      block.sum = RescaleOp::create(builder, loc, block.sum, block.correction);
    for (auto [part, tile] : llvm::enumerate(probabilities)) {
      weights.back().push_back(weigh(tile, valueScales[part], block));
      if (scaledByToken()) // one part at a time: numbers of all tokens would not fit beside what is in flight
        PinOp::create(builder, loc);
    }
    if (!lazily)
      rescale(builder, block);
    // One block at a time: LLVM would compute all blocks' masks first and spill them.
    if (blocks.size() > 1)
      PinOp::create(builder, loc);
  }
  if (lazily)
    rescaleIfNeeded(blocks);
  multiplyValues(tileIndex, valueIds, weights, blocks);
}

/// The weights of a part's values: probabilities, times their tokens' scales if the values have such. Then the sum is
/// of the same rounded numbers without the scales.
Weights AttendTiler::weigh(Value probabilities, const TokenScales &scales, RowBlock &block) {
  if (!scales.scales)
    return roundProbabilities(probabilities);
  Value scaled = ScaleTokensOp::create(builder, loc, probabilities.getType(), probabilities, spread(scales.scales));
  Weights weights = roundProbabilities(scaled);
  block.sum =
      SumTokensOp::create(builder, loc, block.sum.getType(), block.sum, spread(scales.inverses), weights.rounded);
  return weights;
}

/// A product with the sum's ones, unless the sum was taken of weights without their scales.
void AttendTiler::addToSum(Value ones, Value term, RowBlock &block) {
  if (!scaledByToken())
    block.sum = DotOp::create(builder, loc, sumTile(), ones, term, block.sum, mfma);
}

/// Adds a part's products to the values of all blocks, and to their sums.
void AttendTiler::addProducts(Value values, Value ones, ArrayRef<SmallVector<Value>> weights,
                              MutableArrayRef<RowBlock> blocks) {
  if (sliced(KvKind::Value))
    return addInSlices(values, ones, weights, blocks);
  Value exact = dequantized(values);
  for (auto [index, block] : llvm::enumerate(blocks))
    for (Value term : weights[index]) {
      block.values = DotOp::create(builder, loc, valueTile(), exact, term, block.values, mfma);
      addToSum(ones, term, block);
    }
}

/// Codes are made floats some dims at a time, as with keys.
void AttendTiler::addInSlices(Value values, Value ones, ArrayRef<SmallVector<Value>> weights,
                              MutableArrayRef<RowBlock> blocks) {
  for (auto [index, block] : llvm::enumerate(blocks))
    for (Value term : weights[index])
      addToSum(ones, term, block);
  int64_t rows = layouts.valueDims % 32 == 0 ? 32 : 16;
  SmallVector<SmallVector<Value>> sums(blocks.size());
  for (int64_t from = 0; from < layouts.valueDims; from += rows) {
    Value exact = dequantized(slice(values, from, rows));
    for (auto [index, block] : llvm::enumerate(blocks)) {
      Value sum = slice(block.values, from, rows);
      for (Value term : weights[index])
        sum = DotOp::create(builder, loc, sum.getType(), exact, term, sum, mfma);
      sums[index].push_back(sum);
    }
    PinOp::create(builder, loc);
  }
  for (auto [block, parts] : llvm::zip(blocks, sums))
    block.values = ConcatOp::create(builder, loc, valueTile(), parts);
}

void AttendTiler::multiplyValues(Value tileIndex, Value ids, ArrayRef<SmallVector<Weights>> weights,
                                 MutableArrayRef<RowBlock> blocks) {
  Value ones = fill(tile(16, layouts.partTokens(), element, layouts.probabilityOperand(fragment(KvKind::Value))), 1);
  for (int64_t part = 0; part < parts(); ++part) {
    SmallVector<SmallVector<Value>> terms;
    for (ArrayRef<Weights> ofBlock : weights)
      terms.push_back(ofBlock[part].operands);
    addProducts(loadValues(ids, tileIndex, part), ones, terms, blocks);
  }
}

/// Queries and what is known of their rows, for each block of 16.
void AttendTiler::loadRows() {
  RowsAttr rows = op.getRows();
  bool mapped = !op.getScore().empty();
  Type i32 = builder.getI32Type();
  // A negative scale's sign goes into the queries; a score region wants the scores themselves.
  Value sign = op.getScale();
  if (mapped)
    sign = arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(1));
  TileType queryType = tile(16, layouts.keyDims, element, layouts.queryOperand());
  for (int64_t block = 0; block < rows.blocks(); ++block) {
    queries.push_back(LoadQueryOp::create(builder, loc, queryType, query, op.getItem(), sign, rows, block));
    bounds.push_back(RowBoundsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block, op.getMask()));
    if (!mapped)
      continue;
    positions.push_back(RowPositionsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block));
    heads.push_back(RowHeadsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block));
  }
}

SmallVector<Value> AttendTiler::run() {
  // Base 2 with the scale folded in, unless a score region stands between.
  scale = arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(static_cast<float>(M_LOG2E)));
  if (op.getScore().empty())
    scale = arith::MulFOp::create(builder, loc, math::AbsFOp::create(builder, loc, op.getScale()), scale);
  loadRows();
  SmallVector<Value> init;
  for (int64_t block = 0; block < op.getRows().blocks(); ++block) {
    init.push_back(fill(valueTile(), 0));
    init.push_back(fill(rowTile(f32), -FLT_MAX)); // finite: minus infinity minus itself is NaN
    init.push_back(fill(carriedSum(), 0));
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
  SmallVector<Value> results(loop.getResults());
  for (size_t i = 2; scaledByToken() && i < results.size(); i += 3)
    results[i] = SumGroupsOp::create(builder, loc, sumTile(), results[i]);
  return results;
}

/// Stores a finished result where `unpack` says, block by block.
void storeBlocks(OpBuilder &builder, UnpackRowsOp unpack, ValueRange tiles) {
  for (int64_t block = 0; block < unpack.getRows().blocks(); ++block)
    StoreOutputOp::create(builder, unpack.getLoc(), tiles[3 * block], tiles[3 * block + 1], tiles[3 * block + 2],
                          unpack.getItem(), unpack.getRows(), block, unpack.getOut(), unpack.getLse(),
                          unpack.getSinks(), unpack.getFactor());
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
  Type element = op.getQueries().getType().getElementType();
  MfmaAttr mfma = target.findMfma(element);
  if (!mfma)
    return op.emitOpError() << "multiplies " << element << ", " << target.getChip()
                            << " has no 16x16 instruction for it";
  auto pack = op.getQueries().getDefiningOp<PackRowsOp>();
  auto items = op->getParentOfType<ItemsOp>();
  if (!pack || !items)
    return op.emitOpError() << "expected to be in pa.items, with queries from pa.pack_rows";

  items.setTile(tileTokensOf(plan, cache));
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
