// Verifiers of the tile level: layouts that must agree.
#include "dialects/pa/Pa.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace mlir::pa;

#define GET_OP_CLASSES
#include "dialects/pa/PaOps.cpp.inc"

/// The low 16 lanes' modes and the high 4 groups' ones; none if a digit straddles them.
static std::optional<std::pair<Modes, Modes>> lanesAndGroups(LayoutAttr layout) {
  return splitModes(layout.getLane(), 16);
}

/// An instruction's 16 x k operand: the row goes by the lane within a group only, the reduction axis by lane group and
/// element.
static LogicalResult verifyOperand(DotOp op, StringRef name, TileType type) {
  LayoutAttr layout = type.getLayout();
  auto lanes = lanesAndGroups(layout);
  if (!lanes || !colsOnly(lanes->first).empty() || !rowsOnly(lanes->second).empty() ||
      !rowsOnly(layout.getElem()).empty())
    return op.emitOpError() << name
                            << " is not an operand of a matrix instruction: rows go by lane % 16, the reduction "
                            << "axis by lane / 16 and element, got " << layout;
  int64_t perGroup = op.getMfma().getK() / 4;
  if (layout.numElements() % perGroup != 0)
    return op.emitOpError() << name << " has " << layout.numElements()
                            << " elements a register, expected a multiple of " << perGroup
                            << " for k = " << op.getMfma().getK();
  return success();
}

/// The layout a product leaves: 16x16 blocks, row 4 * group + element, column lane % 16.
LayoutAttr mlir::pa::productLayout(LayoutAttr a, LayoutAttr b) {
  auto lanesA = lanesAndGroups(a), lanesB = lanesAndGroups(b);
  auto split = lanesA ? splitModes(lanesA->first, 4) : std::nullopt;
  if (!split || !lanesB)
    return {};
  Modes lane;
  for (const Mode &mode : lanesB->first)
    lane.push_back({mode.size, 0, mode.row});
  lane.append(split->second);
  Modes reg = rowsOnly(a.getReg());
  for (const Mode &mode : rowsOnly(b.getReg()))
    reg.push_back({mode.size, 0, mode.row});
  return LayoutAttr::get(a.getContext(), normalized(lane), normalized(reg), normalized(split->first));
}

LogicalResult DotOp::verify() {
  TileType a = getA().getType(), b = getB().getType(), acc = getAcc().getType();
  if (a.getElementType() != getMfma().getType() || b.getElementType() != getMfma().getType())
    return emitOpError() << "operands are " << a.getElementType() << " and " << b.getElementType()
                         << ", the instruction multiplies " << getMfma().getType();
  if (getMfma().getM() != 16 || getMfma().getN() != 16 || getMfma().getK() % 4 != 0)
    return emitOpError() << "takes 16 x 16 instructions with k a multiple of 4, got " << getMfma();
  if (!acc.getElementType().isF32())
    return emitOpError() << "the accumulator is f32, got " << acc.getElementType();
  if (a.getCols() != b.getCols())
    return emitOpError() << "the reduction axes have " << a.getCols() << " and " << b.getCols() << " columns";
  if (acc.getRows() != a.getRows() || acc.getCols() != b.getRows())
    return emitOpError() << "the accumulator is " << acc.getRows() << "x" << acc.getCols() << ", expected "
                         << a.getRows() << "x" << b.getRows();
  if (failed(verifyOperand(*this, "a", a)) || failed(verifyOperand(*this, "b", b)))
    return failure();
  LayoutAttr la = a.getLayout(), lb = b.getLayout();
  if (colsOnly(la.getElem()) != colsOnly(lb.getElem()) || colsOnly(la.getReg()) != colsOnly(lb.getReg()) ||
      colsOnly(lanesAndGroups(la)->second) != colsOnly(lanesAndGroups(lb)->second))
    return emitOpError() << "a and b carry the reduction axis in different orders: " << la << " and " << lb;
  LayoutAttr expected = productLayout(la, lb), got = acc.getLayout();
  if (!expected || normalized(expected.getLane()) != normalized(got.getLane()) ||
      normalized(expected.getReg()) != normalized(got.getReg()) ||
      normalized(expected.getElem()) != normalized(got.getElem()))
    return emitOpError() << "the product leaves " << expected << ", the accumulator has " << got;
  return success();
}

/// `part` counts parts of `partTokens` in a tile of `tileTokens`; accessors give unsigned numbers, whatever was
/// written.
static LogicalResult verifyPart(Operation *op, int64_t part, int64_t partTokens, int64_t tileTokens) {
  if (part < 0 || part >= tileTokens / partTokens)
    return op->emitOpError() << "part " << part << " of a tile of " << tileTokens << " tokens, in parts of "
                             << partTokens;
  return success();
}

/// A column is a query row: all of one is in the four lanes that share it, so that a factor a lane serves them.
static LogicalResult verifyColumnALane(Operation *op, StringRef name, TileType type) {
  LayoutAttr layout = type.getLayout();
  auto lanes = lanesAndGroups(layout);
  if (!lanes || colsOnly(lanes->first) != Modes{{16, 0, 1}} || !rowsOnly(lanes->first).empty() ||
      !colsOnly(lanes->second).empty() || !colsOnly(layout.getReg()).empty() || !colsOnly(layout.getElem()).empty())
    return op->emitOpError() << name << " has column lane % 16 in each lane, got " << layout;
  return success();
}

static LogicalResult verifyRowTile(Operation *op, StringRef name, TileType type, Type element) {
  if (type.getRows() != 1 || type.getCols() != 16 || type.getElementType() != element)
    return op->emitOpError() << name << " is a tile of 1x16x" << element << ", got " << type.getRows() << "x"
                             << type.getCols() << "x" << type.getElementType();
  if (type.getLayout().numRegisters() != 1 || type.getLayout().numElements() != 1)
    return op->emitOpError() << name << " is one number a lane, got " << type.getLayout();
  return verifyColumnALane(op, name, type);
}

static LogicalResult verifyBlock(Operation *op, RowsAttr rows, int64_t block) {
  if (block < 0 || block >= rows.blocks())
    return op->emitOpError() << "block " << block << " of " << rows.blocks() << " blocks of 16 rows";
  return success();
}

LogicalResult WaveTilesOp::verify() {
  if (auto step = static_cast<int64_t>(getStep()); step < 1)
    return emitOpError() << "step is at least 1, got " << step;
  return success();
}

LogicalResult RowBoundsOp::verify() {
  if (failed(verifyBlock(*this, getRows(), getBlock())))
    return failure();
  return verifyRowTile(*this, "the result", getResult().getType(), IntegerType::get(getContext(), 32));
}

LogicalResult RowPositionsOp::verify() {
  if (failed(verifyBlock(*this, getRows(), getBlock())))
    return failure();
  return verifyRowTile(*this, "the result", getResult().getType(), IntegerType::get(getContext(), 32));
}

LogicalResult RowHeadsOp::verify() {
  if (failed(verifyBlock(*this, getRows(), getBlock())))
    return failure();
  return verifyRowTile(*this, "the result", getResult().getType(), IntegerType::get(getContext(), 32));
}

LogicalResult LoadQueryOp::verify() {
  TileType result = getResult().getType();
  auto query = cast<MemRefType>(getQuery().getType());
  if (result.getRows() != 16 || result.getCols() < query.getDimSize(2) ||
      result.getElementType() != query.getElementType())
    return emitOpError() << "the result is 16 rows of head size " << query.getDimSize(2) << " and "
                         << query.getElementType() << ", got " << result;
  LayoutAttr layout = result.getLayout();
  int64_t piece = 128 / result.getElementType().getIntOrFloatBitWidth();
  if (!rowsOnly(layout.getReg()).empty() || layout.numElements() % piece != 0 ||
      normalized(layout.getElem()) != Modes{{layout.numElements(), 0, 1}})
    return emitOpError() << "a lane loads pieces of " << piece << " dims of its row, got " << layout;
  return verifyBlock(*this, getRows(), getBlock());
}

static bool isFp8(Type type) { return isa<Float8E4M3FNType, Float8E4M3FNUZType>(type); }

LogicalResult QuantizeRowsOp::verify() {
  TileType source = getSource().getType(), codes = getCodes().getType();
  if (source.getRows() != 16 || !(source.getElementType().isBF16() || source.getElementType().isF16()))
    return emitOpError() << "the source is 16 rows of bf16 or f16, got " << source;
  if (!isFp8(codes.getElementType()) || codes.getRows() != 16 || codes.getCols() != source.getCols() ||
      codes.getLayout() != source.getLayout())
    return emitOpError() << "codes are FP8 in the source's shape and layout, got " << codes << " from " << source;
  LayoutAttr layout = codes.getLayout();
  auto lanes = lanesAndGroups(layout);
  if (!lanes || normalized(lanes->first) != Modes{{16, 1, 0}} || !rowsOnly(layout.getReg()).empty() ||
      layout.numElements() % 4 != 0 || normalized(layout.getElem()) != Modes{{layout.numElements(), 0, 1}})
    return emitOpError() << "a lane has words of its row's dims, row lane % 16, got " << layout;
  return verifyRowTile(*this, "scales", getScales().getType(), Float32Type::get(getContext()));
}

LogicalResult PageIdsOp::verify() {
  bool perLane = static_cast<bool>(getResult().getType().getLayout());
  if (perLane != getKind().has_value())
    return emitOpError() << "ids that each lane has of its own are for keys or for values, ids of whole pages for both";
  return success();
}

/// Tokens of a tile that page ids are for.
static int64_t tokensOf(PageIdsType ids) { return ids.getCount() * ids.getTokens(); }

LogicalResult LoadKvOp::verify() {
  TileType result = getResult().getType();
  KvCacheType cache = getCache().getType();
  bool key = getKind() == KvKind::Key;
  int64_t dims = key ? result.getCols() : result.getRows(), expectedDims = cache.tileDims(getKind());
  int64_t tokens = key ? result.getRows() : result.getCols(), expectedTokens = 4 * cache.pieceElements();
  if (dims != expectedDims || tokens != expectedTokens || result.getElementType() != cache.getElementType())
    return emitOpError() << "a part is " << expectedTokens << " tokens of " << expectedDims << " dims and "
                         << cache.getElementType() << ", got " << result;
  if (result.getLayout().numElements() != cache.pieceElements())
    return emitOpError() << "a lane loads " << cache.pieceElements() << " elements (16 bytes) at once, got "
                         << result.getLayout().numElements();
  bool fragment = cache.isFragment(getKind());
  bool perLane = static_cast<bool>(getIds().getType().getLayout());
  if (fragment == perLane)
    return emitOpError() << (fragment ? "pieces are found by page ids, got ids of single tokens"
                                      : "rows are found by ids of single tokens, got page ids");
  bool alongDims = key || perLane;
  Modes along = key == alongDims ? Modes{{cache.pieceElements(), 0, 1}} : Modes{{cache.pieceElements(), 1, 0}};
  if (normalized(result.getLayout().getElem()) != along)
    return emitOpError() << "a lane's 16 bytes run along " << (alongDims ? "dims" : "tokens") << ", got "
                         << result.getLayout();
  return verifyPart(*this, static_cast<int64_t>(getPart()), tokens, tokensOf(getIds().getType()));
}

LogicalResult LoadScalesOp::verify() {
  Scales scales = getCache().getType().getScales();
  if (scales != Scales::Token && scales != Scales::Page)
    return emitOpError() << "loads scales by token or by page, the cache has " << stringifyScales(scales);
  TileType result = getResult().getType();
  if (result.getRows() != 1 || !result.getElementType().isF32())
    return emitOpError() << "the result is 1 x tokens of f32, got " << result;
  LayoutAttr layout = result.getLayout(), places = getIds().getType().getLayout();
  if (layout.numRegisters() != 1 || layout.numElements() != 1)
    return emitOpError() << "the result is one number a lane, got " << layout;
  if (places && (layout.getLane() != places.transposed().getLane() ||
                 result.getCols() * places.numRegisters() != getIds().getType().getCount()))
    return emitOpError() << "each lane loads the scale of its own token, got " << result << " by "
                         << getIds().getType();
  return verifyPart(*this, static_cast<int64_t>(getPart()), result.getCols(), tokensOf(getIds().getType()));
}

LogicalResult DequantizeOp::verify() {
  TileType from = getSource().getType(), to = getResult().getType();
  if (from.getElementType().getIntOrFloatBitWidth() != 8 ||
      !(to.getElementType().isBF16() || to.getElementType().isF16()))
    return emitOpError() << "goes from 8 bits an element to bf16 or f16, got " << from.getElementType() << " and "
                         << to.getElementType();
  if (from.getLayout() != to.getLayout())
    return emitOpError() << "only the element type may change, got " << from << " and " << to;
  return success();
}

/// Whether numbers of tokens (columns) stand in the same lanes, registers and elements as what is a token a column.
static bool standWithTokens(LayoutAttr numbers, LayoutAttr tokens) {
  auto lanes = lanesAndGroups(tokens), numberLanes = lanesAndGroups(numbers);
  return lanes && numberLanes && colsOnly(lanes->second) == colsOnly(numberLanes->second) &&
         colsOnly(lanes->first).empty() && colsOnly(numberLanes->first).empty() &&
         colsOnly(tokens.getReg()) == colsOnly(numbers.getReg()) &&
         colsOnly(tokens.getElem()) == colsOnly(numbers.getElem());
}

/// A number a token, which stands where the token's scores do.
LogicalResult ScaleTokensOp::verify() {
  TileType source = getSource().getType(), scales = getScales().getType();
  LayoutAttr tokens = source.getCols() == 16 ? source.getLayout().transposed() : source.getLayout();
  int64_t count = source.getCols() == 16 ? source.getRows() : source.getCols();
  if (scales.getRows() != 1 || scales.getCols() != count || !scales.getElementType().isF32() ||
      !source.getElementType().isF32())
    return emitOpError() << "scales are 1 x " << count << " of f32, got " << scales << " for " << source;
  if (!standWithTokens(scales.getLayout(), tokens))
    return emitOpError() << "scales stand where their tokens' scores do, got " << scales << " for " << source;
  return success();
}

/// A number a lane: of row lane % 16, and of lane group lane / 16.
static LogicalResult verifyPartialSum(Operation *op, StringRef name, TileType type) {
  LayoutAttr layout = type.getLayout();
  if (type.getRows() != 4 || type.getCols() != 16 || !type.getElementType().isF32() ||
      normalized(layout.getLane()) != Modes{{16, 0, 1}, {4, 1, 0}})
    return op->emitOpError() << name << " is a number a lane, 4 lane groups x 16 rows of f32, got " << type;
  return success();
}

/// A number a token, as it was loaded.
static LogicalResult verifyTokenNumbers(Operation *op, TileType type) {
  if (type.getRows() != 1 || !type.getElementType().isF32() || type.getLayout().numElements() != 1)
    return op->emitOpError() << "the source is 1 x tokens of f32, one in a register, got " << type;
  return success();
}
LogicalResult InvertScalesOp::verify() { return verifyTokenNumbers(*this, getSource().getType()); }
LogicalResult LogScalesOp::verify() { return verifyTokenNumbers(*this, getSource().getType()); }

LogicalResult OffsetTokensOp::verify() {
  TileType scores = getScores().getType(), offsets = getOffsets().getType();
  if (scores.getCols() != 16 || !scores.getElementType().isF32())
    return emitOpError() << "scores are tokens x 16 of f32, got " << scores;
  if (offsets.getRows() != 1 || offsets.getCols() != scores.getRows() || !offsets.getElementType().isF32() ||
      !standWithTokens(offsets.getLayout(), scores.getLayout().transposed()))
    return emitOpError() << "offsets are 1 x tokens of f32 that stand where the scores do, got " << offsets << " and "
                         << scores;
  return success();
}

LogicalResult ZeroPastHeadOp::verify() {
  auto head = static_cast<int64_t>(getHeadSize());
  if (int64_t dims = getKeys().getType().getCols(); head < 1 || head > dims)
    return emitOpError() << "the head size is 1 to the " << dims << " dims of the tile, got " << head;
  return success();
}

LogicalResult SumTokensOp::verify() {
  TileType inverses = getInverses().getType();
  if (inverses.getRows() != 1 || !inverses.getElementType().isF32())
    return emitOpError() << "inverses are 1 x tokens of f32, got " << inverses;
  TileType exact = getExact().getType();
  if (!exact.getElementType().isF32())
    return emitOpError() << "what was rounded is f32, got " << exact;
  if (getWeights().empty() || !llvm::all_equal(ValueRange(getWeights()).getTypes()))
    return emitOpError() << "takes one part of weights or more, of one type";
  for (Value weights : getWeights()) {
    auto type = cast<TileType>(weights.getType());
    Type element = type.getElementType();
    if (type.getLayout() != exact.getLayout() || !(element.isBF16() || element.isF16() || isFp8(element)))
      return emitOpError() << "weights are bf16, f16 or FP8 in the layout of what was rounded, got " << type << " from "
                           << exact;
    if (type.getRows() != 16 || type.getCols() != inverses.getCols() ||
        !standWithTokens(inverses.getLayout(), type.getLayout()))
      return emitOpError() << "weights are 16 rows x tokens that stand where the inverses do, got " << type << " and "
                           << inverses;
  }
  return verifyPartialSum(*this, "the sum", getAcc().getType());
}

LogicalResult SumGroupsOp::verify() {
  TileType result = getResult().getType();
  if (result.getRows() != 16 || result.getCols() != 16 || !result.getElementType().isF32())
    return emitOpError() << "the result is 16x16 of f32, got " << result;
  return verifyPartialSum(*this, "the source", getSource().getType());
}

LogicalResult MapScoresOp::verify() {
  TileType scores = getScores().getType();
  Type i32 = IntegerType::get(getContext(), 32);
  if (scores.getCols() != 16 || !scores.getElementType().isF32())
    return emitOpError() << "scores are tokens x 16 of f32, got " << scores;
  if (failed(verifyColumnALane(*this, "scores", scores)) ||
      failed(verifyRowTile(*this, "positions", getPositions().getType(), i32)) ||
      failed(verifyRowTile(*this, "heads", getHeads().getType(), i32)))
    return failure();
  return verifyPart(*this, static_cast<int64_t>(getPart()), scores.getRows(), static_cast<int64_t>(getTileTokens()));
}
LogicalResult MapScoresOp::verifyRegions() { return verifyScoreRegion(*this, getScore()); }

template <typename MaskOp> static LogicalResult verifyMask(MaskOp op) {
  TileType scores = op.getScores().getType();
  if (scores.getCols() != 16 || !scores.getElementType().isF32())
    return op.emitOpError() << "scores are tokens x 16 of f32, got " << scores;
  if (failed(verifyColumnALane(op, "scores", scores)))
    return failure();
  if (failed(verifyPart(op, static_cast<int64_t>(op.getPart()), scores.getRows(),
                        static_cast<int64_t>(op.getTileTokens()))))
    return failure();
  return verifyRowTile(op, "bounds", op.getBounds().getType(), IntegerType::get(op.getContext(), 32));
}
LogicalResult MaskScoresOp::verify() { return verifyMask(*this); }
LogicalResult MaskWindowOp::verify() {
  if (auto window = static_cast<int64_t>(getWindow()); window < 1)
    return emitOpError() << "window is at least 1 token, got " << window;
  return verifyMask(*this);
}

LogicalResult ZeroPastEndOp::verify() {
  return verifyPart(*this, static_cast<int64_t>(getPart()), getValues().getType().getCols(),
                    static_cast<int64_t>(getTileTokens()));
}

LogicalResult SoftmaxStepOp::verify() {
  if (getScores().empty() || getScores().size() != getProbabilities().size())
    return emitOpError() << "got " << getScores().size() << " scores and " << getProbabilities().size()
                         << " probabilities, expected as many of each and at least one";
  for (auto [score, probability] : llvm::zip(getScores(), getProbabilities())) {
    auto s = cast<TileType>(score.getType()), p = cast<TileType>(probability.getType());
    if (s.getCols() != 16 || !s.getElementType().isF32())
      return emitOpError() << "scores are tokens x 16 of f32, got " << s;
    if (failed(verifyColumnALane(*this, "scores", s)))
      return failure();
    if (s.getElementType() != p.getElementType() || s.getLayout().transposed() != p.getLayout())
      return emitOpError() << "probabilities have the scores' layout with rows and columns exchanged, got " << s
                           << " and " << p;
  }
  return verifyRowTile(*this, "max", getMax().getType(), Float32Type::get(getContext()));
}

LogicalResult RoundOp::verify() {
  if (getParts().empty() || getParts().size() > 2)
    return emitOpError() << "rounds to one part or two, got " << getParts().size();
  TileType source = getSource().getType(), first = cast<TileType>(getParts()[0].getType());
  Type to = first.getElementType();
  if (!source.getElementType().isF32() || !(to.isBF16() || to.isF16() || isFp8(to)))
    return emitOpError() << "rounds f32 to bf16, f16 or FP8, got " << source.getElementType() << " and " << to;
  if (isFp8(to) && source.getLayout().numElements() != 4)
    return emitOpError() << "four codes are a word, got " << source.getLayout().numElements() << " in a register";
  for (Value part : getParts()) {
    auto type = cast<TileType>(part.getType());
    if (type.getElementType() != first.getElementType())
      return emitOpError() << "both parts have one element type, got " << first.getElementType() << " and "
                           << type.getElementType();
    if (type.getLayout() != source.getLayout())
      return emitOpError() << "rounding keeps the layout, got " << type << " from " << source;
  }
  return success();
}

LogicalResult ConvertLayoutOp::verify() {
  TileType from = getSource().getType(), to = getResult().getType();
  if (from.getRows() != to.getRows() || from.getCols() != to.getCols() || from.getElementType() != to.getElementType())
    return emitOpError() << "only the layout may change, got " << from << " and " << to;
  return success();
}

static LogicalResult verifyStage(Operation *op, int64_t stage) {
  if (stage < 0)
    return op->emitOpError() << "stage is at least 0, got " << stage;
  return success();
}

LogicalResult StageWriteOp::verify() {
  int64_t blocks = getSource().getType().getRows() / 16;
  if (auto block = static_cast<int64_t>(getBlock()); block < 0 || block >= blocks)
    return emitOpError() << "block " << block << " of " << blocks << " blocks of 16 rows";
  LayoutAttr layout = getSource().getType().getLayout();
  if (!rowsOnly(layout.getElem()).empty())
    return emitOpError() << "the source is rows: elements move along dims, got " << layout;
  return verifyStage(*this, static_cast<int64_t>(getStage()));
}

LogicalResult StageReadOp::verify() {
  if (getResult().getType().getRows() != 16)
    return emitOpError() << "reads 16 rows, got " << getResult().getType().getRows();
  return verifyStage(*this, static_cast<int64_t>(getStage()));
}

static bool hasRegisterAt(LayoutAttr layout, std::pair<int64_t, int64_t> place) {
  for (int64_t reg = 0; reg < layout.numRegisters(); ++reg)
    if (modesAt(layout.getReg(), reg) == place)
      return true;
  return false;
}

LogicalResult RelayOp::verify() {
  TileType tile = getSource().getType();
  if (tile.registerBytes() != 16)
    return emitOpError() << "the tile's registers are 16 bytes a lane, got " << tile.registerBytes() << " in " << tile;
  return success();
}

LogicalResult ShareOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
                                        OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  for (Value tile : operands)
    types.push_back(SharedType::get(tile.getContext(), cast<TileType>(tile.getType())));
  return success();
}

LogicalResult LoadSharedOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange operands,
                                             DictionaryAttr, OpaqueProperties, RegionRange,
                                             SmallVectorImpl<Type> &types) {
  types.push_back(cast<SharedType>(operands[0].getType()).getTile());
  return success();
}

LayoutAttr mlir::pa::sliceLayout(LayoutAttr whole, int64_t period, int64_t rows) {
  auto moved = [&](ArrayRef<Mode> modes, bool registers) -> std::optional<Modes> {
    Modes result;
    for (Mode mode : modes) {
      if (mode.row >= period && mode.row % period == 0)
        mode.row = mode.row / period * rows;
      else if (mode.row != 0 && registers && rows % mode.row == 0)
        mode.size = std::min(mode.size, rows / mode.row);
      else if (mode.row * mode.size > rows)
        return std::nullopt;
      result.push_back(mode);
    }
    return normalized(result);
  };
  auto lane = moved(whole.getLane(), false), reg = moved(whole.getReg(), true), elem = moved(whole.getElem(), false);
  return lane && reg && elem ? LayoutAttr::get(whole.getContext(), *lane, *reg, *elem) : LayoutAttr();
}

static bool isSameLayout(LayoutAttr a, LayoutAttr b) {
  return a && b && normalized(a.getLane()) == normalized(b.getLane()) &&
         normalized(a.getReg()) == normalized(b.getReg()) && normalized(a.getElem()) == normalized(b.getElem());
}

/// Whether `part` is some rows of every `period` of `whole`, from row `from` of them on.
static LogicalResult verifySlice(Operation *op, TileType whole, TileType part, int64_t period, int64_t from) {
  if (part.getCols() != whole.getCols() || part.getElementType() != whole.getElementType())
    return op->emitOpError() << "tiles have the same columns and element type, got " << whole << " and " << part;
  if (period < 1 || whole.getRows() % period != 0)
    return op->emitOpError() << "of is a divisor of " << whole.getRows() << " rows, got " << period;
  int64_t times = whole.getRows() / period, rows = part.getRows() / times;
  if (part.getRows() % times != 0 || from < 0 || from + rows > period)
    return op->emitOpError() << "rows " << from << " to " << from + rows - 1 << " of " << period;
  if (!isSameLayout(sliceLayout(whole.getLayout(), period, rows), part.getLayout()))
    return op->emitOpError() << "tiles have the same lanes and elements, got " << whole << " and " << part;
  for (int64_t reg = 0; reg < part.getLayout().numRegisters(); ++reg) {
    auto [row, col] = modesAt(part.getLayout().getReg(), reg);
    if (!hasRegisterAt(whole.getLayout(), {from + rowOfSlice(row, period, rows), col}))
      return op->emitOpError() << "the whole tile has no register at (" << from + rowOfSlice(row, period, rows) << ", "
                               << col << ")";
  }
  return success();
}

LogicalResult SliceOp::verify() {
  TileType whole = getSource().getType();
  return verifySlice(*this, whole, getResult().getType(), static_cast<int64_t>(getOf().value_or(whole.getRows())),
                     static_cast<int64_t>(getFrom()));
}

LogicalResult ConcatOp::verify() {
  TileType whole = getResult().getType();
  auto period = static_cast<int64_t>(getOf().value_or(whole.getRows()));
  int64_t top = 0, rows = 0;
  for (Value source : getSources()) {
    auto part = cast<TileType>(source.getType());
    if (failed(verifySlice(*this, whole, part, period, top)))
      return failure();
    rows += part.getRows();
    top += part.getRows() * period / whole.getRows();
  }
  if (rows != whole.getRows())
    return emitOpError() << "the sources have " << rows << " rows, the result " << whole.getRows();
  return success();
}

LogicalResult RescaleOp::verify() {
  if (getSource().getType().getCols() != 16 || !getSource().getType().getElementType().isF32())
    return emitOpError() << "the source has 16 columns of f32, got " << getSource().getType();
  if (failed(verifyColumnALane(*this, "the source", getSource().getType())))
    return failure();
  return verifyRowTile(*this, "factors", getFactors().getType(), Float32Type::get(getContext()));
}

LogicalResult MaxGrewOp::verify() {
  for (Value factors : getFactors())
    if (failed(verifyRowTile(*this, "factors", cast<TileType>(factors.getType()), Float32Type::get(getContext()))))
      return failure();
  return success();
}

LogicalResult StoreOutputOp::verify() {
  TileType values = getValues().getType(), sum = getSum().getType();
  auto out = cast<MemRefType>(getOut().getType());
  if (values.getRows() < out.getDimSize(2) || values.getCols() != 16 || !values.getElementType().isF32())
    return emitOpError() << "values are at least " << out.getDimSize(2) << " dims x 16 of f32, got " << values;
  if (sum.getCols() != 16 || !sum.getElementType().isF32())
    return emitOpError() << "sum has 16 columns of f32, got " << sum;
  if (failed(verifyColumnALane(*this, "values", values)) || failed(verifyColumnALane(*this, "sum", sum)) ||
      failed(verifyRowTile(*this, "max", getMax().getType(), Float32Type::get(getContext()))))
    return failure();
  return verifyBlock(*this, getRows(), static_cast<int64_t>(getBlock()));
}
