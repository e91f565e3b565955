// pa.items: which part of which sequence's context this workgroup does, found on the device.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

/// Scalar code over the lengths of the sequences.
class WorkList {
public:
  WorkList(ItemsOp op, ValueRange lens, ValueRange tables, ValueRange queryStarts, ValueRange pageStarts,
           const Emitter &emit)
      : op(op), lens(lens[0]), numSeqs(lens[1]), width(tables[1]), emit(emit) {
    if (op.getQueryStarts())
      queryStart = queryStarts[0];
    if (op.getPageStarts())
      pageStart = pageStarts[0];
  }

  /// Tiles of one part of a fixed size.
  Value partTiles(Value tiles) const {
    int64_t least = llvm::divideCeil(static_cast<int64_t>(op.getPartTokens()), static_cast<int64_t>(op.getTile()));
    return emit.mul(ceilDiv(tiles, emit.i32(least * ItemsOp::mostParts)), least);
  }
  /// What workgroups' shares of an item are counted in.
  Value units(Value tiles) const {
    return op.getSchedule() == Schedule::Fixed ? ceilDiv(tiles, partTiles(tiles)) : tiles;
  }
  Value units(Value sequence, Value context) const { return units(tiles(sequence, context)); }

  int64_t itemsPerSequence() const { return op.getHeads() * op.getRows().shares(); }
  Value firstToken(Value sequence) const {
    return queryStart ? at(queryStart, sequence) : emit.mul(sequence, op.getRows().getQueryTokens());
  }
  Value queryTokens(Value sequence) const {
    if (!queryStart)
      return emit.i32(op.getRows().getQueryTokens());
    Value count = emit.sub(at(queryStart, emit.add(sequence, 1)), at(queryStart, sequence));
    return emit.maxS(emit.minS(count, emit.i32(op.getRows().getQueryTokens())), emit.i32(0));
  }
  /// Where the sequence's pages start in the tables, in entries: all together are fewer than 2^31.
  Value table(Value sequence) const { return pageStart ? at(pageStart, sequence) : emit.mul(sequence, width); }
  /// The context of a sequence, clamped to its pages; 0 where it has no query tokens.
  Value context(Value sequence) const {
    Value pages = width, length = at(lens, sequence);
    if (pageStart) {
      pages = emit.sub(at(pageStart, emit.add(sequence, 1)), at(pageStart, sequence));
      length = emit.add(emit.mul(emit.sub(pages, emit.i32(1)), op.getPage()), length); // of the last page till now
    }
    Value clamped = emit.maxS(emit.minS(length, emit.mul(pages, op.getPage())), emit.i32(0));
    if (!queryStart)
      return clamped;
    return emit.select(emit.equal(queryTokens(sequence), 0), emit.i32(0), clamped);
  }
  /// The first key that a row sees: of the window of the sequence's first new token.
  Value firstKey(Value sequence, Value context) const {
    if (op.getWindow() == 0)
      return emit.i32(0);
    Value before = emit.sub(emit.add(context, 1 - static_cast<int64_t>(op.getWindow())), queryTokens(sequence));
    return emit.maxS(before, emit.i32(0));
  }
  Value firstTile(Value sequence, Value context) const {
    return op.getWindow() == 0 ? emit.i32(0) : emit.udiv(firstKey(sequence, context), op.getTile());
  }
  Value endTile(Value context) const { return emit.udiv(emit.add(context, op.getTile() - 1), op.getTile()); }
  /// Tiles to do: an empty context still has a row of zeros to store.
  Value tiles(Value sequence, Value context) const {
    return emit.maxS(emit.sub(endTile(context), firstTile(sequence, context)), emit.i32(1));
  }

  mutable ItemsOp op; // an op is a pointer; its accessors are not const
  Value lens, numSeqs, width, queryStart, pageStart;
  Emitter emit;

private:
  Value ceilDiv(Value a, Value b) const { return arith::CeilDivUIOp::create(emit.builder, emit.loc, a, b); }
  Value at(Value numbers, Value index) const {
    Value pointer = emit.offset(numbers, emit.mul(emit.sext(index), emit.i64(4)));
    return emit.load(emit.builder.getI32Type(), pointer, 4);
  }
};

/// The units of all sequences, for one item each.
Value countUnits(const WorkList &list, ConversionPatternRewriter &rewriter) {
  const Emitter &emit = list.emit;
  auto loop = scf::ForOp::create(rewriter, emit.loc, emit.i32(0), list.numSeqs, emit.i32(1), ValueRange{emit.i32(0)});
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  Value sequence = loop.getInductionVar();
  Value units = list.units(sequence, list.context(sequence));
  scf::YieldOp::create(rewriter, emit.loc, ValueRange{emit.add(loop.getRegionIterArg(0), units)});
  return loop.getResult(0);
}

struct ItemsLowering : Lowering<ItemsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ItemsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    if (op.getTile() < 1)
      return op.emitOpError() << "has no tile size: run pa-tile-mfma first";
    if (op.getSchedule() == Schedule::Item)
      oneItem(op, adaptor, rewriter);
    else
      shares(op, adaptor, rewriter);
    rewriter.eraseOp(op);
    return success();
  }

private:
  void inlineBody(ItemsOp op, const ItemValues &item, ConversionPatternRewriter &rewriter) const {
    Value cast =
        UnrealizedConversionCastOp::create(rewriter, op.getLoc(), ItemType::get(op.getContext()), item.values())
            .getResult(0);
    rewriter.inlineBlockBefore(&op.getBody().front(), rewriter.getInsertionBlock(), rewriter.getInsertionPoint(), cast);
  }

  static WorkList workList(ItemsOp op, Adaptor &adaptor, const Emitter &emit) {
    return WorkList(op, adaptor.getLens(), adaptor.getTables(), adaptor.getQueryStarts(), adaptor.getPageStarts(),
                    emit);
  }

  /// What an item knows of its sequence, and of which KV head and share of the rows it is; `index` counts these.
  static ItemValues itemOf(const WorkList &list, Value sequence, Value index) {
    const Emitter &emit = list.emit;
    RowsAttr rows = list.op.getRows();
    ItemValues item;
    item.head = emit.udiv(index, rows.shares());
    item.firstRow = emit.mul(emit.urem(index, rows.shares()), rows.getPadded());
    item.context = list.context(sequence);
    item.queryTokens = list.queryTokens(sequence);
    item.firstToken = list.firstToken(sequence);
    item.table = list.table(sequence);
    item.firstKey = list.firstKey(sequence, item.context);
    return item;
  }

  void oneItem(ItemsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const {
    Emitter emit{rewriter, op.getLoc()};
    WorkList list = workList(op, adaptor, emit);
    Value sequence = emit.udiv(kernel.workgroup, list.itemsPerSequence());
    ItemValues item = itemOf(list, sequence, emit.urem(kernel.workgroup, list.itemsPerSequence()));
    item.firstTile = list.firstTile(sequence, item.context);
    item.endTile = list.endTile(item.context);
    item.owner = kernel.workgroup;
    item.parts = emit.i32(1);
    item.part = emit.i32(0);
    inlineBody(op, item, rewriter);
  }

  /// All units of all items stand in a line; a workgroup has `share` of them and walks the items they belong to.
  void shares(ItemsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const {
    Emitter emit{rewriter, op.getLoc()};
    Location loc = op.getLoc();
    WorkList list = workList(op, adaptor, emit);
    Value groups = loadArg(emit, kernel, args::numWorkgroups);
    Value total = emit.mul(countUnits(list, rewriter), list.itemsPerSequence());
    Value even = arith::CeilDivUIOp::create(rewriter, loc, total, groups);
    int64_t least = std::max<int64_t>(1, op.getMinShareTokens() / op.getTile());
    Value share = emit.maxS(even, emit.i32(least));
    Value begin = emit.mul(kernel.workgroup, share);
    Value end = emit.minS(emit.add(begin, share), total);

    // State: position in the line, the sequence it is in (or before it), and where that sequence starts. And the share,
    // opaque from item to item: what makes dividing by it quick would be held through all items.
    SmallVector<Type> types(4, rewriter.getI32Type());
    SmallVector<Location> locs(4, loc);
    auto walk = scf::WhileOp::create(rewriter, loc, types, ValueRange{begin, emit.i32(0), emit.i32(0), share});
    Block *before = rewriter.createBlock(&walk.getBefore(), {}, types, locs);
    rewriter.setInsertionPointToEnd(before);
    scf::ConditionOp::create(rewriter, loc, emit.less(before->getArgument(0), end), before->getArguments());

    Block *after = rewriter.createBlock(&walk.getAfter(), {}, types, locs);
    rewriter.setInsertionPointToEnd(after);
    Value position = after->getArgument(0);
    auto [sequence, start] = findSequence(list, position, after->getArgument(1), after->getArgument(2), rewriter);

    Value tiles = list.tiles(sequence, list.context(sequence)), units = list.units(tiles);
    Value inSequence = emit.sub(position, start);
    Value index = emit.udiv(inSequence, units);
    ItemValues item = itemOf(list, sequence, index);
    Value shareHere = emit.opaque(after->getArgument(3), /*uniform=*/true);
    Place place{position, emit.sub(inSequence, emit.mul(index, units)), units, tiles, shareHere, end};
    Value done = op.getSchedule() == Schedule::Fixed ? onePart(list, sequence, place, item)
                                                     : restOfShare(list, sequence, place, item);
    auto yield = scf::YieldOp::create(rewriter, loc, ValueRange{emit.add(position, done), sequence, start, shareHere});
    rewriter.setInsertionPoint(yield);
    inlineBody(op, item, rewriter);
    emit.barrier(); // LDS is the next item's from here on: no wave may still be reading this one's
    rewriter.setInsertionPointAfter(walk);
  }

  /// Where in the line a workgroup is, and in which of an item's units.
  struct Place {
    Value position, unit, units, tiles, share, end;
  };

  /// The item's tiles up to the end of the workgroup's share; returns how many.
  Value restOfShare(const WorkList &list, Value sequence, const Place &at, ItemValues &item) const {
    const Emitter &emit = list.emit;
    Value shareEnd = emit.minS(at.tiles, emit.add(at.unit, emit.sub(at.end, at.position)));
    setTiles(list, sequence, at.unit, shareEnd, item);
    Value itemStart = emit.sub(at.position, at.unit);
    item.owner = emit.udiv(itemStart, at.share);
    Value lastTile = emit.add(itemStart, emit.sub(at.tiles, emit.i32(1)));
    item.parts = emit.add(emit.sub(emit.udiv(lastTile, at.share), item.owner), 1);
    item.part = emit.sub(kernel.workgroup, item.owner);
    return emit.sub(shareEnd, at.unit);
  }

  /// One part of a fixed size.
  Value onePart(const WorkList &list, Value sequence, const Place &at, ItemValues &item) const {
    const Emitter &emit = list.emit;
    Value partTiles = list.partTiles(at.tiles), first = emit.mul(at.unit, partTiles);
    setTiles(list, sequence, first, emit.minS(at.tiles, emit.add(first, partTiles)), item);
    item.owner = emit.udiv(emit.sub(at.position, at.unit), at.share);
    item.parts = at.units;
    item.part = at.unit;
    return emit.i32(1);
  }

  /// Tiles are counted from the first that a row sees.
  static void setTiles(const WorkList &list, Value sequence, Value first, Value end, ItemValues &item) {
    const Emitter &emit = list.emit;
    Value seen = list.firstTile(sequence, item.context);
    item.firstTile = emit.add(seen, first);
    item.endTile = emit.minS(emit.add(seen, end), list.endTile(item.context));
  }

  std::pair<Value, Value> findSequence(const WorkList &list, Value position, Value sequence, Value start,
                                       ConversionPatternRewriter &rewriter) const {
    const Emitter &emit = list.emit;
    Location loc = emit.loc;
    SmallVector<Type> types(2, rewriter.getI32Type());
    SmallVector<Location> locs(2, loc);
    auto search = scf::WhileOp::create(rewriter, loc, types, ValueRange{sequence, start});
    Block *before = rewriter.createBlock(&search.getBefore(), {}, types, locs);
    rewriter.setInsertionPointToEnd(before);
    Value candidate = before->getArgument(0);
    Value units = list.units(candidate, list.context(candidate));
    Value behind = emit.add(before->getArgument(1), emit.mul(units, list.itemsPerSequence()));
    Value isBefore = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::sle, behind, position);
    // The sequence after this one starts behind it; carried so that it is computed once.
    scf::ConditionOp::create(rewriter, loc, isBefore,
                             ValueRange{before->getArgument(0), emit.select(isBefore, behind, before->getArgument(1))});
    Block *after = rewriter.createBlock(&search.getAfter(), {}, types, locs);
    rewriter.setInsertionPointToEnd(after);
    scf::YieldOp::create(rewriter, loc, ValueRange{emit.add(after->getArgument(0), 1), after->getArgument(1)});
    rewriter.setInsertionPointAfter(search);
    return {search.getResult(0), search.getResult(1)};
  }
};

struct WaveTilesLowering : Lowering<WaveTilesOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(WaveTilesOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ItemValues item = ItemValues::from(adaptor.getItem());
    Value first = emit.add(item.firstTile, kernel.wave);
    // Rounded up; the last waves may start behind the end.
    Value left = emit.maxS(emit.sub(item.endTile, first), emit.i32(0));
    Value count = emit.udiv(emit.add(left, op.getStep() - 1), op.getStep());
    rewriter.replaceOp(op, {first, count});
    return success();
  }
};

/// The place of this lane's row among all rows of its sequence and KV head.
Value rowOf(const Emitter &emit, const KernelContext &kernel, TileType tile, const ItemValues &item, int64_t block) {
  Value column = laneCorner(emit, kernel, tile.getLayout()).col;
  return emit.add(item.firstRow, emit.add(column, 16 * block));
}

/// The position of the row's own token in its sequence; an empty row goes with the last token.
template <typename RowOp>
Value positionOf(RowOp op, const ItemValues &item, const Emitter &emit, const KernelContext &kernel) {
  Value row = rowOf(emit, kernel, op.getResult().getType(), item, op.getBlock());
  Value token = emit.minS(emit.udiv(row, op.getRows().getGroup()), emit.sub(item.queryTokens, emit.i32(1)));
  return emit.add(emit.sub(item.context, item.queryTokens), token);
}

struct RowBoundsLowering : Lowering<RowBoundsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RowBoundsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ItemValues item = ItemValues::from(adaptor.getItem());
    bool all = op.getMask() == Mask::None;
    rewriter.replaceOp(op, all ? item.context : emit.add(positionOf(op, item, emit, kernel), 1));
    return success();
  }
};

struct RowPositionsLowering : Lowering<RowPositionsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RowPositionsOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    rewriter.replaceOp(op, positionOf(op, ItemValues::from(adaptor.getItem()), emit, kernel));
    return success();
  }
};

struct RowHeadsLowering : Lowering<RowHeadsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RowHeadsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ItemValues item = ItemValues::from(adaptor.getItem());
    Value row = rowOf(emit, kernel, op.getResult().getType(), item, op.getBlock());
    Value member = emit.urem(row, op.getRows().getGroup());
    rewriter.replaceOp(op, emit.add(emit.mul(item.head, op.getRows().getGroup()), member));
    return success();
  }
};

/// A scale that is one for the item; uniform.
struct ItemScaleLowering : Lowering<ItemScaleOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ItemScaleOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ValueRange scales = adaptor.getScales();
    Value pointer = scales[0];
    if (op.getScales().getType().getDimSize(0) != 1) { // of heads: dense, or a stride apart that the caller gives
      Value stride = scales.size() > 1 ? scales[1] : emit.i64(4);
      pointer = emit.offset(pointer, emit.mul(emit.sext(ItemValues::from(adaptor.getItem()).head), stride));
    }
    Value scale = emit.load(rewriter.getF32Type(), pointer, 4);
    rewriter.replaceOp(op, scale);
    return success();
  }
};

} // namespace

void mlir::pa::addItemLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const KernelContext &kernel) {
  patterns.add<ItemsLowering, WaveTilesLowering, RowBoundsLowering, RowPositionsLowering, RowHeadsLowering,
               ItemScaleLowering>(converter, patterns.getContext(), kernel);
}
