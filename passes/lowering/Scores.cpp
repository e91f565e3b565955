// Scores between the two products: scales of tokens, and score regions.
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

struct DequantizeLowering : Lowering<DequantizeOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(DequantizeOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType to = op.getResult().getType();
    Type from = op.getSource().getType().getElementType();
    SmallVector<Value> registers;
    for (Value reg : adaptor.getSource()) {
      SmallVector<Value> words;
      for (Value word : emit.words(reg))
        words.append(decodeWord(emit, kernel.target, word, from, to.getElementType()));
      registers.push_back(emit.fromWords(words, registerType(to)));
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct ScaleTokensLowering : Lowering<ScaleTokensOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ScaleTokensOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> registers;
    for (auto [source, scales] : llvm::zip(adaptor.getSource(), adaptor.getScales()))
      registers.push_back(arith::MulFOp::create(rewriter, op.getLoc(), source, scales));
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct InvertScalesLowering : Lowering<InvertScalesOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(InvertScalesOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    SmallVector<SmallVector<Value>> results(2);
    for (Value scale : adaptor.getSource()) {
      Value magnitude = math::AbsFOp::create(rewriter, op.getLoc(), scale);
      Value tiny =
          arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::OLT, magnitude, emit.f32(0x1p-64));
      Value usable = emit.select(tiny, emit.f32(0x1p-64), scale);
      results[0].push_back(usable);
      results[1].push_back(ROCDL::ROCDLRcp::create(rewriter, op.getLoc(), rewriter.getF32Type(), usable));
    }
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }
};

struct LogScalesLowering : Lowering<LogScalesOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LogScalesOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> registers;
    for (Value reg : adaptor.getSource())
      registers.push_back(math::Log2Op::create(rewriter, op.getLoc(), reg));
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct OffsetTokensLowering : Lowering<OffsetTokensOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(OffsetTokensOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> registers;
    for (auto [scores, offsets] : llvm::zip(adaptor.getScores(), adaptor.getOffsets())) {
      Value scale = vector::BroadcastOp::create(rewriter, op.getLoc(), scores.getType(), adaptor.getScale().front());
      registers.push_back(math::FmaOp::create(rewriter, op.getLoc(), scores, scale, offsets));
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct SumTokensLowering : Lowering<SumTokensOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(SumTokensOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Type element = cast<TileType>(op.getWeights().front().getType()).getElementType();
    if (element.getIntOrFloatBitWidth() == 8 && element != kernel.target.getFp8())
      return op.emitOpError() << "sums " << element << ", which " << kernel.target.getChip() << " does not know";
    Value least = emit.f32(leastNormal(element));
    Value sum = adaptor.getAcc().front();
    for (auto [index, inverses] : llvm::enumerate(adaptor.getInverses())) {
      SmallVector<Value> rounded;
      for (ValueRange weights : adaptor.getWeights())
        rounded = sums(rounded, floatsOf(weights[index], cast<VectorType>(inverses.getType()), emit), emit);
      for (auto [i, weight] : llvm::enumerate(rounded)) {
        Value exact = emit.extract(adaptor.getExact()[index], i);
        Value small = arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::OLT, exact, least);
        sum = math::FmaOp::create(rewriter, op.getLoc(), emit.select(small, exact, weight), emit.extract(inverses, i),
                                  sum);
      }
    }
    rewriter.replaceOp(op, sum);
    return success();
  }

private:
  static double leastNormal(Type type) {
    return llvm::APFloat::getSmallestNormalized(cast<FloatType>(type).getFloatSemantics()).convertToDouble();
  }
  static SmallVector<Value> sums(SmallVector<Value> a, ArrayRef<Value> b, const Emitter &emit) {
    if (a.empty())
      return SmallVector<Value>(b);
    for (auto [x, y] : llvm::zip(a, b))
      x = arith::AddFOp::create(emit.builder, emit.loc, x, y);
    return a;
  }
  /// A register's weights: 16-bit floats, or a word of codes.
  static SmallVector<Value> floatsOf(Value reg, VectorType wide, const Emitter &emit) {
    if (cast<VectorType>(reg.getType()).getElementType().isInteger())
      return decodeToFloats(emit, emit.words(reg)[0]);
    Value exact = arith::ExtFOp::create(emit.builder, emit.loc, wide, reg);
    SmallVector<Value> values;
    for (int64_t i = 0; i < wide.getNumElements(); ++i)
      values.push_back(emit.extract(exact, i));
    return values;
  }
};

struct SumGroupsLowering : Lowering<SumGroupsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(SumGroupsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value lane = emit.countLane(), sum = adaptor.getSource().front();
    for (int64_t distance : {16, 32})
      sum = arith::AddFOp::create(rewriter, op.getLoc(), sum, emit.partner(sum, lane, distance));
    Type type = registerType(op.getResult().getType());
    rewriter.replaceOpWithMultiple(op,
                                   {SmallVector<Value>{vector::BroadcastOp::create(rewriter, op.getLoc(), type, sum)}});
    return success();
  }
};

/// The region's body for each score.
struct MapScoresLowering : Lowering<MapScoresOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(MapScoresOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getScores().getType();
    LayoutAttr layout = tile.getLayout();
    int64_t offset = static_cast<int64_t>(op.getPart()) * tile.getRows();
    Value first = emit.add(emit.mul(adaptor.getTile().front(), op.getTileTokens()),
                           emit.add(laneCorner(emit, kernel, layout).row, offset));
    IRMapping ofHead = mapOfHead(op, adaptor.getHeads().front(), rewriter);
    SmallVector<Value> registers;
    for (auto [index, reg] : llvm::enumerate(adaptor.getScores())) {
      SmallVector<Value> scores;
      for (int64_t i = 0; i < layout.numElements(); ++i) {
        int64_t at = modesAt(layout.getReg(), index).first + modesAt(layout.getElem(), i).first;
        Value score = arith::MulFOp::create(rewriter, op.getLoc(), emit.extract(reg, i), adaptor.getScale().front());
        scores.push_back(map(op, ofHead, {score, adaptor.getPositions().front(), emit.add(first, at)}, rewriter));
      }
      registers.push_back(emit.fromElements(scores));
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// What follows from the head alone, once and where the head is known: a load in the loop over tiles would be waited
  /// for with all that is under way before it.
  static IRMapping mapOfHead(MapScoresOp op, Value head, ConversionPatternRewriter &rewriter) {
    Block &body = op.getScore().front();
    IRMapping mapping;
    mapping.map(body.getArgument(3), head);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(head);
    for (Operation &inner : body.without_terminator())
      if (llvm::all_of(inner.getOperands(),
                       [&](Value operand) { return mapping.contains(operand) || operand.getParentBlock() != &body; }))
        rewriter.clone(inner, mapping);
    return mapping;
  }

  static Value map(MapScoresOp op, IRMapping mapping, ValueRange arguments, ConversionPatternRewriter &rewriter) {
    Block &body = op.getScore().front();
    mapping.map(body.getArguments().take_front(arguments.size()), arguments);
    for (Operation &inner : body.without_terminator())
      if (inner.getNumResults() == 0 || !mapping.contains(inner.getResult(0)))
        rewriter.clone(inner, mapping);
    return mapping.lookupOrDefault(cast<YieldScoreOp>(body.getTerminator()).getScore());
  }
};

/// A number of the caller's, in a score region; nobody writes it while the kernel runs.
struct LoadNumberLowering : OpConversionPattern<memref::LoadOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult matchAndRewrite(memref::LoadOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    if (op.getIndices().size() != 1 || adaptor.getMemref().size() != 1)
      return op.emitOpError() << "reads a dense f32 tensor of one dimension in a score region, got "
                              << op.getMemRefType();
    Value index =
        arith::IndexCastOp::create(rewriter, op.getLoc(), rewriter.getI64Type(), adaptor.getIndices().front().front());
    int64_t bytes = op.getMemRefType().getElementTypeBitWidth() / 8;
    Value pointer = emit.offset(adaptor.getMemref().front(), emit.mul(index, emit.i64(bytes)));
    rewriter.replaceOpWithNewOp<LLVM::LoadOp>(op, op.getType(), pointer, static_cast<unsigned>(bytes),
                                              /*isVolatile=*/false, /*isNonTemporal=*/false, /*isInvariant=*/true);
    return success();
  }
};

} // namespace

void mlir::pa::addScoreLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                 const KernelContext &kernel) {
  patterns.add<DequantizeLowering, ScaleTokensLowering, InvertScalesLowering, LogScalesLowering, OffsetTokensLowering,
               SumTokensLowering, SumGroupsLowering, MapScoresLowering>(converter, patterns.getContext(), kernel);
  patterns.add<LoadNumberLowering>(converter, patterns.getContext());
}
