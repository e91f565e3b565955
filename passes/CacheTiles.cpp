#include "passes/CacheTiles.h"

#include <numeric>

using namespace mlir;
using namespace mlir::pa;

Value CacheTiles::pageIds(Value tileIndex, KvKind kind) {
  PageIdsType type;
  KvKindAttr kindAttr;
  if (isFragment(kind)) {
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
Value CacheTiles::scaleIds(Value tileIndex, Value keyIds) {
  if (isFragment(KvKind::Key))
    return keyIds;
  auto type = PageIdsType::get(op.getContext(), tileTokens, 1, cache.getPage(), layouts.scaleLookup(parts()));
  auto kind = KvKindAttr::get(op.getContext(), KvKind::Key);
  return PageIdsOp::create(builder, loc, type, op.getTables(), op.getCache(), op.getItem(), tileIndex, kind);
}

/// Whether values go from load to use by LDS: accumulators, probabilities and what vector instructions make of the
/// values would take three quarters of the registers that those reach, so that loads in flight have to stand in others.
/// Not where the waves' parts and the queries would leave too little of the LDS for keys and probabilities on their
/// way.
bool CacheTiles::relaysValues() {
  int64_t rows = op.getRows().getPadded(), lanes = 64, bits = 16; // of a query, and a probability before it is a code
  int64_t relayed = layouts.partTokens() * layouts.valueDims * cache.elementBits() / 8 * target.getWavesPerWorkgroup();
  int64_t queries = rows * layouts.keyDims * bits / 8, rest = target.getLdsBytes() / 8;
  if (4 * relayed > 3 * target.getLdsBytes() || relayed + queries + rest > target.getLdsBytes())
    return false;
  int64_t accumulators = rows * layouts.valueDims / lanes;
  int64_t probabilities = rows * tileTokens * bits / 32 / lanes * (op.getP() == Probability::Split ? 2 : 1);
  bool reached = !isFragment(KvKind::Value) || hasCodes();
  int64_t values = reached ? tileTokens * layouts.valueDims * cache.elementBits() / 32 / lanes : 0;
  return 4 * (accumulators + probabilities + values) >= 3 * target.getVectorRegisters();
}

Value CacheTiles::dequantized(Value codes, Type element) {
  TileType type = cast<TileType>(codes.getType());
  if (type.getElementType() == element)
    return codes;
  TileType exact = tile(type.getRows(), type.getCols(), element, type.getLayout());
  return DequantizeOp::create(builder, loc, exact, codes);
}

Value CacheTiles::loadKeys(Value ids, int64_t part) {
  LayoutAttr loaded = isFragment(KvKind::Key) ? layouts.keyOperand() : layouts.keyRows();
  TileType operand = tile(layouts.partTokens(), layouts.keyDims, cache.getElementType(), layouts.keyOperand());
  TileType type = tile(layouts.partTokens(), layouts.keyDims, cache.getElementType(), loaded);
  Value keys = LoadKvOp::create(builder, loc, type, KvKind::Key, op.getCache(), op.getItem(), ids, part, false);
  if (layouts.keyDims != cache.getHeadSize())
    keys = ZeroPastHeadOp::create(builder, loc, type, keys, cache.getHeadSize());
  if (type != operand)
    keys = ConvertLayoutOp::create(builder, loc, operand, keys);
  return keys;
}

Value CacheTiles::loadValues(Value ids, Value tileIndex, int64_t part) {
  bool fragments = isFragment(KvKind::Value);
  LayoutAttr loaded = fragments ? layouts.valueFragment() : layouts.valueRows();
  TileType type = tile(layouts.valueDims, layouts.partTokens(), cache.getElementType(), loaded);
  Value values = LoadKvOp::create(builder, loc, type, KvKind::Value, op.getCache(), op.getItem(), ids, part, false);
  values = ZeroPastEndOp::create(builder, loc, type, values, op.getItem(), tileIndex, part, tileTokens);
  if (relaysValues())
    values = RelayOp::create(builder, loc, values);
  if (fragments)
    return values;
  Type element = cache.getElementType();
  TileType operand = tile(layouts.valueDims, layouts.partTokens(), element, layouts.valueOperand());
  return ConvertLayoutOp::create(builder, loc, operand, values);
}

Value CacheTiles::loadScales(Value ids, KvKind kind, int64_t part) {
  TileType type = tile(1, layouts.partTokens(), builder.getF32Type(), layouts.tokenByLane());
  Value tensor = kind == KvKind::Key ? op.getKeyScales() : op.getValueScales();
  return LoadScalesOp::create(builder, loc, type, kind, tensor, op.getCache(), op.getItem(), ids, part);
}
Value CacheTiles::spread(Value scales) {
  return ConvertLayoutOp::create(builder, loc,
                                 tile(1, layouts.partTokens(), builder.getF32Type(), layouts.tokenVector()), scales);
}

Value CacheTiles::slice(Value whole, int64_t from, int64_t rows, int64_t period) {
  TileType type = cast<TileType>(whole.getType());
  LayoutAttr layout = sliceLayout(type.getLayout(), period, rows);
  TileType part = tile(type.getRows() / period * rows, type.getCols(), type.getElementType(), layout);
  return SliceOp::create(builder, loc, part, whole, from, periodAttr(type, period));
}

Value CacheTiles::concat(TileType type, ValueRange parts, int64_t period) {
  return ConcatOp::create(builder, loc, type, parts, periodAttr(type, period));
}

IntegerAttr CacheTiles::periodAttr(TileType whole, int64_t period) {
  return period == whole.getRows() ? IntegerAttr() : builder.getI64IntegerAttr(period);
}
