#include "passes/AttendTiler.h"
#include "passes/TileLoop.h"

#include <cfloat>
#include <cmath>

using namespace mlir;
using namespace mlir::pa;

/// Weights over a cache of codes are at most two to the power of this, as large as their type allows, so that little of
/// what is small is lost.
int64_t AttendTiler::weightExponent() {
  if (!tiles.hasCodes() && !isFp8())
    return 0;
  return llvm::ilogb(llvm::APFloat::getLargest(cast<FloatType>(tiles.products.values).getFloatSemantics()));
}

/// The operands of the second product: one tile, or a high and a low one.
Weights AttendTiler::roundProbabilities(Value probabilities) {
  TileType exact = cast<TileType>(probabilities.getType());
  TileType rounded = tiles.tile(exact.getRows(), exact.getCols(), tiles.products.values, exact.getLayout());
  TileType operand = tiles.tile(exact.getRows(), exact.getCols(), tiles.products.values, weightsLayout());
  SmallVector<Type> parts(op.getP() == Probability::Split ? 2 : 1, rounded);
  Weights weights;
  for (Value part : RoundOp::create(builder, loc, parts, probabilities).getParts()) {
    weights.rounded.push_back(part);
    weights.operands.push_back(ConvertLayoutOp::create(builder, loc, operand, part));
  }
  return weights;
}

/// Scores of each block of rows against a part of the keys. Codes are made floats 16 tokens at a time: LLVM would make
/// all of them first, which the registers do not hold.
SmallVector<Value> AttendTiler::multiplyKeys(Value keys, ArrayRef<Value> rows) {
  auto product = [&](Value exact, Value query) {
    TileType a = cast<TileType>(exact.getType());
    LayoutAttr layout = productLayout(a.getLayout(), cast<TileType>(query.getType()).getLayout());
    TileType type = tiles.tile(a.getRows(), 16, f32, layout);
    return DotOp::create(builder, loc, type, exact, query, fill(type, 0), keyMfma).getResult();
  };
  SmallVector<Value> scores;
  if (!tiles.isSliced(KvKind::Key)) {
    Value exact = tiles.dequantized(keys, tiles.products.keys);
    for (Value query : rows)
      scores.push_back(product(exact, query));
    return scores;
  }
  SmallVector<SmallVector<Value>> slices(rows.size());
  for (int64_t from = 0; from < tiles.layouts.partTokens(); from += 16) {
    Value exact = tiles.dequantized(tiles.slice(keys, from, 16, tiles.layouts.partTokens()), tiles.products.keys);
    for (auto [index, query] : llvm::enumerate(rows))
      slices[index].push_back(product(exact, query));
    PinOp::create(builder, loc);
  }
  TileType type = tiles.tile(tiles.layouts.partTokens(), 16, f32, tiles.layouts.scores());
  for (ArrayRef<Value> parts : slices)
    scores.push_back(tiles.concat(type, parts, type.getRows()));
  return scores;
}

/// Score region, offsets and masks of one part's scores.
Value AttendTiler::shapeScore(Value tileIndex, Value score, const TokenScales &values, int64_t part, size_t index) {
  if (!op.getScore().empty()) {
    auto map = MapScoresOp::create(builder, loc, score.getType(), score, op.getScale(), positions[index], heads[index],
                                   tileIndex, part, tiles.tileTokens);
    IRMapping mapping;
    op.getScore().cloneInto(&map.getScore(), mapping);
    score = map;
  }
  if (values.scales) {
    Value offsets = tiles.spread(LogScalesOp::create(builder, loc, values.scales));
    score = OffsetTokensOp::create(builder, loc, score, scale, offsets);
    PinOp::create(builder, loc); // one part at a time
  }
  if (auto window = static_cast<int64_t>(op.getWindow()))
    score = MaskWindowOp::create(builder, loc, score.getType(), score, bounds[index], tileIndex, part, tiles.tileTokens,
                                 window);
  return MaskScoresOp::create(builder, loc, score.getType(), score, bounds[index], tileIndex, part, tiles.tileTokens);
}

/// Masks and softmax of one block of rows; returns the probabilities, a part each.
SmallVector<Value> AttendTiler::softmax(const Step &step, SmallVector<Value> scores, ArrayRef<TokenScales> values,
                                        size_t index, RowBlock &block) {
  TileType probabilityType = tiles.tile(16, tiles.layouts.partTokens(), f32, tiles.layouts.scores().transposed());
  for (auto [part, score] : llvm::enumerate(scores))
    score = shapeScore(step.tile, score, values[part], step.part + part, index);
  SmallVector<Type> types(scores.size(), probabilityType);
  Value left = scaledByToken() ? number(1) : scale; // with offsets, scores are scaled already
  auto next =
      SoftmaxStepOp::create(builder, loc, types, rowTile(f32), rowTile(f32), block.max, left, scores, weightExponent());
  block.max = next.getNewMax();
  block.correction = next.getCorrection();
  return SmallVector<Value>(next.getProbabilities());
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
  Value keyIds = tiles.pageIds(tileIndex, KvKind::Key);
  Value valueIds = tiles.isFragment(KvKind::Value) && tiles.isFragment(KvKind::Key)
                       ? keyIds
                       : tiles.pageIds(tileIndex, KvKind::Value);
  Value scaleIds = scaledByToken() ? tiles.scaleIds(tileIndex, keyIds) : Value();
  for (int64_t part = 0; part < tiles.parts(); part += tiles.partsOfStep())
    stepBody({tileIndex, keyIds, valueIds, scaleIds, part}, blocks);
}

/// One step of the softmax: scores of some parts of the tile, and the values that they weigh.
void AttendTiler::stepBody(const Step &step, MutableArrayRef<RowBlock> blocks) {
  int64_t parts = tiles.partsOfStep();
  // Few rows: a part of the keys is done with, and can be reloaded, after its own products. Many rows: the scores of
  // all blocks at once would not fit the registers that vector instructions reach, so all keys stay until the last
  // block; half of a tile is in flight then at the least instead of three quarters.
  bool blockByBlock = blocks.size() > 2 && tiles.isFragment(KvKind::Key) && !tiles.hasCodes();
  bool lazily = blocks.size() > 2;
  SmallVector<SmallVector<Value>> scores(blocks.size());
  SmallVector<Value> keys, keyScales;
  for (int64_t part = step.part; part < step.part + parts; ++part) {
    keys.push_back(tiles.loadKeys(step.keyIds, part));
    if (scaledByToken())
      keyScales.push_back(tiles.loadScales(step.scaleIds, KvKind::Key, part));
    if (blockByBlock)
      continue;
    for (auto [block, score] : llvm::enumerate(multiplyKeys(keys.back(), queries)))
      scores[block].push_back(score);
  }
  SmallVector<TokenScales> valueScales(parts);
  for (int64_t part = 0; scaledByToken() && part < parts; ++part)
    valueScales[part] = loadValueScales(step, step.part + part);
  SmallVector<SmallVector<Weights>> weights; // [block][part]
  for (auto [index, block] : llvm::enumerate(blocks)) {
    for (size_t part = 0; blockByBlock && part < keys.size(); ++part)
      scores[index].append(multiplyKeys(keys[part], queries[index]));
    for (auto [part, factors] : llvm::enumerate(keyScales)) {
      scores[index][part] = ScaleTokensOp::create(builder, loc, scores[index][part].getType(), scores[index][part],
                                                  tiles.spread(factors));
      PinOp::create(builder, loc);
    }
    for (size_t part = 0; isFp8() && part < scores[index].size(); ++part)
      scores[index][part] = RescaleOp::create(builder, loc, scores[index][part], queryScales[index]);
    weights.emplace_back();
    SmallVector<Value> probabilities = softmax(step, scores[index], valueScales, index, block);
    if (scaledByToken()) // before this step's weights join it
      block.sum = RescaleOp::create(builder, loc, block.sum, block.correction);
    for (auto [part, tile] : llvm::enumerate(probabilities)) {
      weights.back().push_back(weigh(tile, valueScales[part], block));
      if (scaledByToken()) // one part at a time: numbers of all tokens would not fit beside what is in flight
        PinOp::create(builder, loc);
    }
    if (!lazily) {
      if (scaledByToken()) // LLVM would sink the sum behind the products, and hold the weights' numbers until then
        block.sum = AwaitOp::create(builder, loc, block.sum);
      rescale(builder, block);
    }
    // One block at a time: LLVM would compute all blocks' masks first and spill them.
    if (blocks.size() > 1)
      PinOp::create(builder, loc);
  }
  if (lazily) {
    awaitWeights(weights, blocks);
    rescaleIfNeeded(blocks);
  }
  multiplyValues(step, weights, blocks);
}

/// Before the branch of `rescaleIfNeeded`: LLVM would sink the exponentials of all blocks behind it.
void AttendTiler::awaitWeights(MutableArrayRef<SmallVector<Weights>> weights, MutableArrayRef<RowBlock> blocks) {
  auto await = [&](Value &value) { value = AwaitOp::create(builder, loc, value.getType(), value); };
  for (SmallVector<Weights> &ofBlock : weights)
    for (Weights &ofPart : ofBlock)
      llvm::for_each(ofPart.operands, await);
  for (RowBlock &block : blocks)
    if (scaledByToken())
      await(block.sum);
}

TokenScales AttendTiler::loadValueScales(const Step &step, int64_t part) {
  Value loaded = tiles.loadScales(step.scaleIds, KvKind::Value, part);
  Type type = loaded.getType();
  loaded = ZeroPastEndOp::create(builder, loc, type, loaded, op.getItem(), step.tile, part, tiles.tileTokens);
  auto both = InvertScalesOp::create(builder, loc, type, type, loaded);
  return {both.getScales(), both.getInverses()};
}

/// The weights of a part's values. Scales that the values have came as offsets of the scores into the maximum, so that
/// weights are at most 1 whatever the scales; the sum is of the same rounded numbers without the scales.
Weights AttendTiler::weigh(Value probabilities, const TokenScales &scales, RowBlock &block) {
  Weights weights = roundProbabilities(probabilities);
  if (scales.scales)
    block.sum = SumTokensOp::create(builder, loc, block.sum.getType(), block.sum, tiles.spread(scales.inverses),
                                    probabilities, weights.rounded);
  return weights;
}

/// A product with the sum's ones, unless the sum was taken of weights without their scales.
void AttendTiler::addToSum(Value ones, Value term, RowBlock &block) {
  if (!scaledByToken())
    block.sum = DotOp::create(builder, loc, sumTile(), ones, term, block.sum, valueMfma);
}

/// Adds a part's products to the values of all blocks, and to their sums.
void AttendTiler::addProducts(Value values, Value ones, ArrayRef<SmallVector<Value>> weights,
                              MutableArrayRef<RowBlock> blocks) {
  if (tiles.isSliced(KvKind::Value))
    return addInSlices(values, ones, weights, blocks);
  Value exact = tiles.dequantized(values, tiles.products.values);
  for (auto [index, block] : llvm::enumerate(blocks))
    for (Value term : weights[index]) {
      block.values = DotOp::create(builder, loc, valueTile(), exact, term, block.values, valueMfma);
      addToSum(ones, term, block);
    }
}

/// Codes are made floats some dims at a time, as with keys.
void AttendTiler::addInSlices(Value values, Value ones, ArrayRef<SmallVector<Value>> weights,
                              MutableArrayRef<RowBlock> blocks) {
  for (auto [index, block] : llvm::enumerate(blocks))
    for (Value term : weights[index])
      addToSum(ones, term, block);
  int64_t period = tiles.isFragment(KvKind::Value) ? tiles.layouts.valueDims : tiles.layouts.valueDimsOfLane();
  int64_t rows = std::max<int64_t>(1, period * 32 / tiles.layouts.valueDims);
  if (period % rows != 0)
    rows /= 2;
  SmallVector<SmallVector<Value>> sums(blocks.size());
  for (int64_t from = 0; from < period; from += rows) {
    Value exact = tiles.dequantized(tiles.slice(values, from, rows, period), tiles.products.values);
    for (auto [index, block] : llvm::enumerate(blocks)) {
      Value sum = tiles.slice(block.values, from, rows, period);
      for (Value term : weights[index])
        sum = DotOp::create(builder, loc, sum.getType(), exact, term, sum, valueMfma);
      sums[index].push_back(sum);
    }
    PinOp::create(builder, loc);
  }
  for (auto [block, parts] : llvm::zip(blocks, sums))
    block.values = tiles.concat(valueTile(), parts, period);
}

void AttendTiler::multiplyValues(const Step &step, ArrayRef<SmallVector<Weights>> weights,
                                 MutableArrayRef<RowBlock> blocks) {
  Value ones;
  if (!scaledByToken())
    ones = fill(tiles.tile(16, tiles.layouts.partTokens(), tiles.products.values, weightsLayout()), 1);
  for (int64_t part = 0; part < tiles.partsOfStep(); ++part) {
    SmallVector<SmallVector<Value>> terms;
    for (ArrayRef<Weights> ofBlock : weights)
      terms.push_back(ofBlock[part].operands);
    addProducts(tiles.loadValues(step.valueIds, step.tile, step.part + part), ones, terms, blocks);
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
    sign = number(1);
  Type given = op.getQueries().getType().getElementType();
  TileType queryType = tiles.tile(16, tiles.layouts.keyDims, given, tiles.layouts.queryOperand());
  for (int64_t block = 0; block < rows.blocks(); ++block) {
    Value loaded = LoadQueryOp::create(builder, loc, queryType, query, op.getItem(), sign, rows, block);
    if (isFp8()) {
      TileType codes = tiles.tile(16, tiles.layouts.keyDims, tiles.products.keys, tiles.layouts.queryOperand());
      auto quantized = QuantizeRowsOp::create(builder, loc, codes, rowTile(f32), loaded);
      loaded = quantized.getCodes();
      queryScales.push_back(quantized.getScales());
    }
    queries.push_back(loaded);
    bounds.push_back(RowBoundsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block, op.getMask()));
    if (!mapped)
      continue;
    positions.push_back(RowPositionsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block));
    heads.push_back(RowHeadsOp::create(builder, loc, rowTile(i32), op.getItem(), rows, block));
  }
}

SmallVector<Value> AttendTiler::run() {
  // Base 2 with the scale folded in, unless a score region stands between.
  scale = number(static_cast<float>(M_LOG2E));
  if (op.getScore().empty())
    scale = arith::MulFOp::create(builder, loc, math::AbsFOp::create(builder, loc, op.getScale()), scale);
  loadRows();
  SmallVector<Value> init;
  for (int64_t block = 0; block < op.getRows().blocks(); ++block) {
    init.push_back(fill(valueTile(), 0));
    init.push_back(fill(rowTile(f32), -FLT_MAX)); // finite: minus infinity minus itself is NaN
    init.push_back(fill(carriedSum(), 0));
  }

  auto waveTiles = WaveTilesOp::create(builder, loc, op.getItem(), target.getWavesPerWorkgroup());
  auto loop = createTileLoop(builder, loc, waveTiles, target.getWavesPerWorkgroup(), init,
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
