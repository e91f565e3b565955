// pa.merge: waves through LDS, workgroups through the workspace, by one rule.
#include "passes/lowering/Patterns.h"

#include <cfloat>

using namespace mlir;
using namespace mlir::pa;

namespace {

/// What a wave holds of one block of 16 rows, a lane.
struct Block {
  SmallVector<Value> values; // registers of f32
  Value max;                 // f32
  Value sum;                 // a register of f32, all elements alike

  SmallVector<Value> flat() const {
    SmallVector<Value> result(values);
    result.append({max, sum});
    return result;
  }
  static Block from(ValueRange flat) {
    return {SmallVector<Value>(flat.drop_back(2)), flat[flat.size() - 2], flat.back()};
  }
};

// In memory a block is its registers, each 16 bytes a lane side by side, then maximum and sum, 4 bytes a lane.
constexpr int64_t numberBytes = 64 * 4;

class Merger {
public:
  Merger(const KernelContext &kernel, ConversionPatternRewriter &rewriter, Location loc)
      : rewriter(rewriter), emit{rewriter, loc}, loc(loc), kernel(kernel) {}

  /// The waves' blocks merged into the first wave's, halving the waves each round. All waves must come here.
  SmallVector<Block> mergeWaves(SmallVector<Block> blocks);

  void storeBlocks(ArrayRef<Block> blocks, Value pointer);
  SmallVector<Block> loadBlocks(ArrayRef<Block> like, Value pointer);
  Block combine(const Block &a, const Block &b);
  static int64_t bytes(const Block &block) { return block.values.size() * registerBytes + 2 * numberBytes; }
  static int64_t bytes(ArrayRef<Block> blocks) {
    int64_t sum = 0;
    for (const Block &block : blocks)
      sum += bytes(block);
    return sum;
  }

private:
  void storeBlock(const Block &block, Value pointer);
  Block loadBlock(const Block &like, Value pointer);
  Block scaled(const Block &block, Value factor);

  ConversionPatternRewriter &rewriter;
  Emitter emit;
  Location loc;
  const KernelContext &kernel;
};

Block Merger::scaled(const Block &block, Value factor) {
  auto times = [&](Value reg) -> Value {
    Value splat = vector::BroadcastOp::create(rewriter, loc, reg.getType(), factor);
    return arith::MulFOp::create(rewriter, loc, reg, splat);
  };
  Block result{{}, block.max, times(block.sum)};
  for (Value reg : block.values)
    result.values.push_back(times(reg));
  return result;
}

Block Merger::combine(const Block &a, const Block &b) {
  Value max = arith::MaxNumFOp::create(rewriter, loc, a.max, b.max);
  Block left = scaled(a, emit.exp2(arith::SubFOp::create(rewriter, loc, a.max, max)));
  Block right = scaled(b, emit.exp2(arith::SubFOp::create(rewriter, loc, b.max, max)));
  Block result{{}, max, arith::AddFOp::create(rewriter, loc, left.sum, right.sum)};
  for (auto [x, y] : llvm::zip(left.values, right.values))
    result.values.push_back(arith::AddFOp::create(rewriter, loc, x, y));
  return result;
}

void Merger::storeBlock(const Block &block, Value pointer) {
  Value lane = emit.offset(pointer, emit.zext(emit.mul(kernel.lane, 16)));
  for (auto [index, reg] : llvm::enumerate(block.values))
    emit.store(reg, emit.offset(lane, index * registerBytes), 16);
  int64_t numbers = block.values.size() * registerBytes;
  Value number = emit.offset(pointer, emit.zext(emit.mul(kernel.lane, 4)));
  emit.store(block.max, emit.offset(number, numbers), 4);
  emit.store(emit.extract(block.sum, 0), emit.offset(number, numbers + numberBytes), 4);
}

Block Merger::loadBlock(const Block &like, Value pointer) {
  Block block;
  Value lane = emit.offset(pointer, emit.zext(emit.mul(kernel.lane, 16)));
  for (auto [index, reg] : llvm::enumerate(like.values))
    block.values.push_back(emit.load(reg.getType(), emit.offset(lane, index * registerBytes), 16));
  int64_t numbers = like.values.size() * registerBytes;
  Value number = emit.offset(pointer, emit.zext(emit.mul(kernel.lane, 4)));
  block.max = emit.load(rewriter.getF32Type(), emit.offset(number, numbers), 4);
  Value sum = emit.load(rewriter.getF32Type(), emit.offset(number, numbers + numberBytes), 4);
  block.sum = vector::BroadcastOp::create(rewriter, loc, like.sum.getType(), sum);
  return block;
}

void Merger::storeBlocks(ArrayRef<Block> blocks, Value pointer) {
  for (const Block &block : blocks) {
    storeBlock(block, pointer);
    pointer = emit.offset(pointer, bytes(block));
  }
}

SmallVector<Block> Merger::loadBlocks(ArrayRef<Block> like, Value pointer) {
  SmallVector<Block> blocks;
  for (const Block &block : like) {
    blocks.push_back(loadBlock(block, pointer));
    pointer = emit.offset(pointer, bytes(block));
  }
  return blocks;
}

SmallVector<Block> Merger::mergeWaves(SmallVector<Block> blocks) {
  // Block by block, so that LDS need not hold more than half the waves' blocks of 16 rows at once.
  for (Block &block : blocks) {
    for (int64_t half = kernel.waves() / 2; half >= 1; half /= 2) {
      emit.barrier(); // the space is free: the loop's buffers, or the last round's reads
      Value gives = arith::AndIOp::create(rewriter, loc, emit.less(emit.i32(half - 1), kernel.wave),
                                          emit.less(kernel.wave, emit.i32(2 * half)));
      auto give = scf::IfOp::create(rewriter, loc, gives, false);
      rewriter.setInsertionPointToStart(give.thenBlock());
      Value slot = emit.mul(emit.sub(kernel.wave, emit.i32(half)), bytes(block));
      storeBlock(block, ldsPointer(emit, kernel, slot));
      rewriter.setInsertionPointAfter(give);
      emit.barrier();

      SmallVector<Value> flat = block.flat();
      auto take =
          scf::IfOp::create(rewriter, loc, ValueRange(flat).getTypes(), emit.less(kernel.wave, emit.i32(half)), true);
      rewriter.setInsertionPointToStart(take.thenBlock());
      Block other = loadBlock(block, ldsPointer(emit, kernel, emit.mul(kernel.wave, bytes(block))));
      scf::YieldOp::create(rewriter, loc, combine(block, other).flat());
      rewriter.setInsertionPointToStart(take.elseBlock());
      scf::YieldOp::create(rewriter, loc, flat);
      rewriter.setInsertionPointAfter(take);
      block = Block::from(take.getResults());
    }
  }
  return blocks;
}

/// Lowers one pa.merge, whose waves' blocks are merged first.
class MergeWriter {
public:
  MergeWriter(MergeOp op, ItemValues item, const KernelContext &whole, ConversionPatternRewriter &rewriter)
      : op(op), item(item), loc(op.getLoc()), rewriter(rewriter), emit{rewriter, loc}, kernel(whole.outsideTiles(emit)),
        merger(kernel, rewriter, loc) {}

  void run(ArrayRef<Block> blocks) {
    SmallVector<Block> merged = merger.mergeWaves(SmallVector<Block>(blocks));
    if (op.getScope() == MergeScope::Workgroup)
      return inFirstWave(merged);
    auto branch = scf::IfOp::create(rewriter, loc, emit.equal(item.parts, 1), true);
    rewriter.setInsertionPointToStart(branch.thenBlock());
    inFirstWave(merged);
    rewriter.setInsertionPointToStart(branch.elseBlock());
    mergeWorkgroups(merged);
    rewriter.setInsertionPointAfter(branch);
  }

private:
  /// A copy of the merge's body, run by the first wave.
  void inFirstWave(ArrayRef<Block> merged) {
    OpBuilder::InsertionGuard guard(rewriter);
    auto branch = scf::IfOp::create(rewriter, loc, emit.equal(kernel.wave, 0), false);
    rewriter.setInsertionPointToStart(branch.thenBlock());
    SmallVector<Value> tiles;
    for (const Block &block : merged)
      for (ValueRange registers : {ValueRange(block.values), ValueRange(block.max), ValueRange(block.sum)})
        tiles.push_back(asTile(tiles.size(), registers));
    IRMapping mapping;
    mapping.map(op.getBody().front().getArguments(), tiles);
    for (Operation &inner : op.getBody().front())
      rewriter.clone(inner, mapping);
  }
  Value asTile(size_t index, ValueRange registers) {
    return UnrealizedConversionCastOp::create(rewriter, loc, op.getParts()[index].getType(), registers).getResult(0);
  }

  /// Which slot of the workspace is part `part`'s. Of shares an item's first part is its workgroup's last piece of
  /// work, any other its first: two slots a workgroup are enough. Parts of a fixed size all have a slot of their item's
  /// owner, who has one such item at a time.
  Value slotIndex(Value part) {
    if (kernel.fixedParts)
      return emit.add(emit.mul(item.owner, ItemsOp::mostParts), part);
    Value first = emit.select(emit.equal(part, 0), emit.i32(1), emit.i32(0));
    // Opaque: our own part is the workgroup less the owner, and twice the workgroup would be held from the start on.
    part = emit.opaque(part, /*uniform=*/true);
    return emit.add(emit.mul(emit.add(item.owner, part), 2), first);
  }
  Value slot(Value part, int64_t bytes) {
    Value workspace = loadArg(emit, kernel, args::workspace);
    Value groups = loadArg(emit, kernel, args::numWorkgroups);
    Value counters = emit.mul(emit.udiv(emit.add(groups, 63), 64), 256); // 4 bytes each, in 256-byte steps
    Value place = emit.add(emit.zext(counters), emit.mul(emit.zext(slotIndex(part)), emit.i64(bytes)));
    return emit.offset(workspace, place);
  }

  void mergeWorkgroups(ArrayRef<Block> merged) {
    int64_t bytes = Merger::bytes(merged);
    auto give = scf::IfOp::create(rewriter, loc, emit.equal(kernel.wave, 0), false);
    rewriter.setInsertionPointToStart(give.thenBlock());
    merger.storeBlocks(merged, slot(item.part, bytes));
    rewriter.setInsertionPointAfter(give);

    auto finish = scf::IfOp::create(rewriter, loc, arriveLast(), false);
    rewriter.setInsertionPointToStart(finish.thenBlock());
    // Workgroups may sit on different XCDs, whose L2s are not coherent: agent scope, by every wave.
    emit.fence(LLVM::AtomicOrdering::acquire, "agent");
    inFirstWave(merger.mergeWaves(collect(merged, bytes)));
    rewriter.setInsertionPointAfter(finish);
  }

  /// Whether this workgroup is the item's last. The counter wraps to zero then: ready for the next launch.
  Value arriveLast() {
    // Every wave by itself: a workgroup's barrier waits for no store.
    emit.fence(LLVM::AtomicOrdering::release, "agent");
    emit.barrier();
    Value flag = ldsPointer(emit, kernel, emit.i32(0));
    auto first = scf::IfOp::create(rewriter, loc, emit.equal(kernel.thread, 0), false);
    rewriter.setInsertionPointToStart(first.thenBlock());
    Value counters = loadArg(emit, kernel, args::workspace);
    Value counter = emit.offset(counters, emit.mul(emit.zext(item.owner), emit.i64(4)));
    Value lastIndex = emit.sub(item.parts, emit.i32(1));
    Value before = LLVM::AtomicRMWOp::create(rewriter, loc, LLVM::AtomicBinOp::uinc_wrap, counter, lastIndex,
                                             LLVM::AtomicOrdering::monotonic, "agent");
    emit.store(before, flag, 4);
    rewriter.setInsertionPointAfter(first);
    emit.barrier();
    Value arrived = emit.uniform(emit.load(rewriter.getI32Type(), flag, 4));
    return arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, arrived, emit.sub(item.parts, emit.i32(1)));
  }

  /// Each wave takes every so many-th part, in order.
  SmallVector<Block> collect(ArrayRef<Block> like, int64_t bytes) {
    SmallVector<Value> init;
    for (const Block &block : like) {
      for (Value reg : block.values)
        init.push_back(arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(reg.getType())));
      init.push_back(emit.f32(-FLT_MAX));
      init.push_back(arith::ConstantOp::create(rewriter, loc, rewriter.getZeroAttr(block.sum.getType())));
    }
    auto loop = scf::ForOp::create(rewriter, loc, kernel.wave, item.parts, emit.i32(kernel.waves()), init);
    {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(loop.getBody());
      SmallVector<Block> sum = split(like, loop.getRegionIterArgs());
      SmallVector<Block> next = merger.loadBlocks(like, slot(loop.getInductionVar(), bytes));
      SmallVector<Value> flat;
      for (auto [a, b] : llvm::zip(sum, next))
        flat.append(merger.combine(a, b).flat());
      scf::YieldOp::create(rewriter, loc, flat);
    }
    return split(like, loop.getResults());
  }

  static SmallVector<Block> split(ArrayRef<Block> like, ValueRange flat) {
    SmallVector<Block> blocks;
    for (const Block &block : like) {
      size_t size = block.values.size() + 2;
      blocks.push_back(Block::from(flat.take_front(size)));
      flat = flat.drop_front(size);
    }
    return blocks;
  }

  MergeOp op;
  ItemValues item;
  Location loc;
  ConversionPatternRewriter &rewriter;
  Emitter emit;
  KernelContext kernel;
  Merger merger;
};

struct MergeLowering : Lowering<MergeOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(MergeOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    if (!isa<TileType>(op.getParts()[0].getType()))
      return op.emitOpError() << "merges partial results of the attention level: run pa-tile-mfma first";
    SmallVector<Block> blocks;
    for (size_t i = 0; i < adaptor.getParts().size(); i += 3)
      blocks.push_back({SmallVector<Value>(adaptor.getParts()[i]), adaptor.getParts()[i + 1].front(),
                        adaptor.getParts()[i + 2].front()});
    MergeWriter(op, ItemValues::from(adaptor.getItem()), kernel, rewriter).run(blocks);
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void mlir::pa::addMergeLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                 const KernelContext &kernel) {
  patterns.add<MergeLowering>(converter, patterns.getContext(), kernel);
}
