// pa.items: which part of which sequence's context this workgroup does, found on the device.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

/// Scalar code over the lengths of the sequences.
class WorkList {
public:
  WorkList(ItemsOp op, ValueRange lens, ValueRange tables, const Emitter &emit)
      : op(op), lens(lens[0]), numSeqs(lens[1]), width(tables[1]), emit(emit) {}

  /// The context of a sequence, clamped to its row of the table.
  Value context(Value sequence) const {
    Value pointer = emit.offset(lens, emit.mul(emit.sext(sequence), emit.i64(4)));
    Value length = emit.load(emit.builder.getI32Type(), pointer, 4);
    return emit.maxS(emit.minS(length, emit.mul(width, op.getPage())), emit.i32(0));
  }
  Value tilesWithKeys(Value context) const { return emit.udiv(emit.add(context, op.getTile() - 1), op.getTile()); }
  /// Tiles as units of work: an empty context still has a row of zeros to store.
  Value tiles(Value context) const { return emit.maxS(tilesWithKeys(context), emit.i32(1)); }

  mutable ItemsOp op; // an op is a pointer; its accessors are not const
  Value lens, numSeqs, width;
  Emitter emit;
};

/// The tiles of all sequences, for one head.
Value countTiles(const WorkList &list, ConversionPatternRewriter &rewriter) {
  const Emitter &emit = list.emit;
  auto loop = scf::ForOp::create(rewriter, emit.loc, emit.i32(0), list.numSeqs, emit.i32(1), ValueRange{emit.i32(0)});
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointToStart(loop.getBody());
  Value tiles = list.tiles(list.context(loop.getInductionVar()));
  scf::YieldOp::create(rewriter, emit.loc, ValueRange{emit.add(loop.getRegionIterArg(0), tiles)});
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
      balanced(op, adaptor, rewriter);
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

  void oneItem(ItemsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const {
    Emitter emit{rewriter, op.getLoc()};
    WorkList list(op, adaptor.getLens(), adaptor.getTables(), emit);
    ItemValues item;
    item.sequence = emit.udiv(kernel.workgroup, op.getHeads());
    item.head = emit.urem(kernel.workgroup, op.getHeads());
    item.context = list.context(item.sequence);
    item.firstTile = emit.i32(0);
    item.endTile = list.tilesWithKeys(item.context);
    item.owner = kernel.workgroup;
    item.parts = emit.i32(1);
    item.part = emit.i32(0);
    inlineBody(op, item, rewriter);
  }

  /// All tiles of all items stand in a line; a workgroup has `share` of them and walks the items they belong to.
  void balanced(ItemsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const {
    Emitter emit{rewriter, op.getLoc()};
    Location loc = op.getLoc();
    WorkList list(op, adaptor.getLens(), adaptor.getTables(), emit);
    Value groups = loadArg(emit, kernel, args::numWorkgroups);
    Value total = emit.mul(countTiles(list, rewriter), op.getHeads());
    Value even = arith::CeilDivUIOp::create(rewriter, loc, total, groups);
    int64_t least = std::max<int64_t>(1, op.getMinShareTokens() / op.getTile());
    Value share = emit.maxS(even, emit.i32(least));
    Value begin = emit.mul(kernel.workgroup, share);
    Value end = emit.minS(emit.add(begin, share), total);

    // State: position in the line, the sequence it is in (or before it), and where that sequence starts.
    SmallVector<Type> types(3, rewriter.getI32Type());
    SmallVector<Location> locs(3, loc);
    auto walk = scf::WhileOp::create(rewriter, loc, types, ValueRange{begin, emit.i32(0), emit.i32(0)});
    Block *before = rewriter.createBlock(&walk.getBefore(), {}, types, locs);
    rewriter.setInsertionPointToEnd(before);
    scf::ConditionOp::create(rewriter, loc, emit.less(before->getArgument(0), end), before->getArguments());

    Block *after = rewriter.createBlock(&walk.getAfter(), {}, types, locs);
    rewriter.setInsertionPointToEnd(after);
    Value position = after->getArgument(0);
    auto [sequence, start] = findSequence(list, position, after->getArgument(1), after->getArgument(2), rewriter);

    ItemValues item;
    item.sequence = sequence;
    item.context = list.context(sequence);
    Value tiles = list.tiles(item.context);
    Value inSequence = emit.sub(position, start);
    item.head = arith::DivUIOp::create(rewriter, loc, inSequence, tiles);
    item.firstTile = emit.sub(inSequence, emit.mul(item.head, tiles));
    Value shareEnd = emit.minS(tiles, emit.add(item.firstTile, emit.sub(end, position)));
    item.endTile = emit.minS(shareEnd, list.tilesWithKeys(item.context));
    Value itemStart = emit.sub(position, item.firstTile);
    item.owner = arith::DivUIOp::create(rewriter, loc, itemStart, share);
    Value lastTile = emit.add(itemStart, emit.sub(tiles, emit.i32(1)));
    Value lastOwner = arith::DivUIOp::create(rewriter, loc, lastTile, share);
    item.parts = emit.add(emit.sub(lastOwner, item.owner), 1);
    item.part = emit.sub(kernel.workgroup, item.owner);
    Value next = emit.add(position, emit.sub(shareEnd, item.firstTile));
    auto yield = scf::YieldOp::create(rewriter, loc, ValueRange{next, sequence, start});
    rewriter.setInsertionPoint(yield);
    inlineBody(op, item, rewriter);
    emit.barrier(); // LDS is the next item's from here on: no wave may still be reading this one's
    rewriter.setInsertionPointAfter(walk);
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
    Value tiles = list.tiles(list.context(before->getArgument(0)));
    Value behind = emit.add(before->getArgument(1), emit.mul(tiles, list.op.getHeads()));
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

struct RowBoundsLowering : Lowering<RowBoundsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RowBoundsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    RowsAttr rows = op.getRows();
    Value column = laneCorner(emit, kernel, op.getResult().getType().getLayout()).col;
    Value token = emit.udiv(emit.add(column, 16 * op.getBlock()), rows.getGroup());
    token = emit.minS(token, emit.i32(rows.getQueryTokens() - 1));
    Value context = ItemValues::from(adaptor.getItem()).context;
    Value bound = emit.add(emit.add(context, 1 - rows.getQueryTokens()), token);
    rewriter.replaceOp(op, bound);
    return success();
  }
};

} // namespace

void mlir::pa::addItemLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const KernelContext &kernel) {
  patterns.add<ItemsLowering, WaveTilesLowering, RowBoundsLowering>(converter, patterns.getContext(), kernel);
}
