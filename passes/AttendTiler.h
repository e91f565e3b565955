// The loop over tiles of one `pa.attend`: scores, softmax, and the values that they weigh.
#ifndef PA_PASSES_ATTENDTILER_H
#define PA_PASSES_ATTENDTILER_H

#include "passes/CacheTiles.h"
#include "passes/Plans.h"

namespace mlir::pa {

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

/// Some parts of a tile, whose scores go through the softmax together, and where they are.
struct Step {
  Value tile, keyIds, valueIds, scaleIds;
  int64_t part; // the first one
};

/// Builds the tiles of one `pa.attend`.
class AttendTiler {
public:
  AttendTiler(OpBuilder &builder, AttendOp op, Value query, TargetAttr target, PlanAttr plan, ProductTypes products)
      : builder(builder), op(op), loc(op.getLoc()), query(query), target(target), f32(builder.getF32Type()),
        keyMfma(target.findMfma(products.keys)), valueMfma(target.findMfma(products.values)),
        tiles(builder, op, target, plan, products) {}

  /// Values, maximum and sum of each block of rows, in the order of pa.merge.
  SmallVector<Value> run();

private:
  TileType rowTile(Type type) { return tiles.tile(1, 16, type, tiles.layouts.rowVector()); }
  LayoutAttr weightsLayout() { return tiles.layouts.probabilityOperand(tiles.isFragment(KvKind::Value)); }
  TileType valueTile() {
    LayoutAttr operand = tiles.isFragment(KvKind::Value) ? tiles.layouts.valueFragment() : tiles.layouts.valueOperand();
    return tiles.tile(tiles.layouts.valueDims, 16, f32, productLayout(operand, weightsLayout()));
  }
  /// Of a sum as the loop carries it.
  TileType carriedSum() { return scaledByToken() ? tiles.tile(4, 16, f32, tiles.layouts.partialSum()) : sumTile(); }
  TileType sumTile() { return tiles.tile(16, 16, f32, productLayout(weightsLayout(), weightsLayout())); }
  bool isFp8() { return op.getProducts() == Products::Fp8; }
  int64_t weightExponent();
  bool scaledByToken() { return static_cast<bool>(op.getKeyScales()); }
  Value number(float value) { return arith::ConstantOp::create(builder, loc, builder.getF32FloatAttr(value)); }
  Value fill(TileType type, double value) { return FillOp::create(builder, loc, type, builder.getF64FloatAttr(value)); }

  Weights roundProbabilities(Value probabilities);
  SmallVector<Value> multiplyKeys(Value keys, ArrayRef<Value> rows);
  void addToSum(Value ones, Value term, RowBlock &block);
  void addProducts(Value values, Value ones, ArrayRef<SmallVector<Value>> weights, MutableArrayRef<RowBlock> blocks);
  void addInSlices(Value values, Value ones, ArrayRef<SmallVector<Value>> weights, MutableArrayRef<RowBlock> blocks);
  Value shapeScore(Value tileIndex, Value score, const TokenScales &values, int64_t part, size_t index);
  SmallVector<Value> softmax(const Step &step, SmallVector<Value> scores, ArrayRef<TokenScales> values, size_t index,
                             RowBlock &block);
  void rescale(OpBuilder &at, RowBlock &block);
  void rescaleIfNeeded(MutableArrayRef<RowBlock> blocks);
  Weights weigh(Value probabilities, const TokenScales &scales, RowBlock &block);
  void awaitWeights(MutableArrayRef<SmallVector<Weights>> weights, MutableArrayRef<RowBlock> blocks);
  TokenScales loadValueScales(const Step &step, int64_t part);
  void multiplyValues(const Step &step, ArrayRef<SmallVector<Weights>> weights, MutableArrayRef<RowBlock> blocks);
  void stepBody(const Step &step, MutableArrayRef<RowBlock> blocks);
  void tileBody(Value tileIndex, MutableArrayRef<RowBlock> blocks);
  void loadRows();

  OpBuilder &builder;
  AttendOp op;
  Location loc;
  Value query;
  TargetAttr target;
  Type f32; // of what products add up
  MfmaAttr keyMfma, valueMfma;
  Value scale; // of scores, in base 2; with a score region log2(e) alone
  CacheTiles tiles;
  SmallVector<Value> queries, queryScales, bounds, positions, heads;
};

} // namespace mlir::pa

#endif
