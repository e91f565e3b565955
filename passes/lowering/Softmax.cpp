// The online softmax, its masks, and the rounding of its result.
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/Patterns.h"

#include <limits>

using namespace mlir;
using namespace mlir::pa;

namespace {

/// Minus infinity in place of the scores of tokens that are not `seen`, which goes by how far behind the lane's first
/// token one is, and by the lane's `bound`. A register's comparisons wait for the last one's selections: each takes two
/// scalar registers until then, and LLVM schedules as many as it can.
template <typename MaskOp>
SmallVector<Value> maskScores(MaskOp op, ValueRange scores, Value bound, const Emitter &emit,
                              function_ref<Value(Value, Value)> seen) {
  LayoutAttr layout = op.getScores().getType().getLayout();
  Value minusInfinity = emit.f32(-std::numeric_limits<double>::infinity());
  SmallVector<Value> registers;
  for (auto [index, reg] : llvm::enumerate(scores)) {
    SmallVector<Value> elements;
    for (int64_t i = 0; i < layout.numElements(); ++i) {
      int64_t at = modesAt(layout.getReg(), index).first + modesAt(layout.getElem(), i).first;
      elements.push_back(emit.select(seen(emit.i32(at), bound), emit.extract(reg, i), minusInfinity));
    }
    registers.push_back(emit.fromElements(elements));
    bound = emit.after(bound, elements.back());
  }
  return registers;
}

/// The first token of this lane in a part of a tile.
template <typename MaskOp> Value firstToken(MaskOp op, Value tile, const Emitter &emit, const KernelContext &kernel) {
  TileType scores = op.getScores().getType();
  int64_t offset = static_cast<int64_t>(op.getPart()) * scores.getRows();
  return emit.add(emit.mul(tile, op.getTileTokens()),
                  emit.add(laneCorner(emit, kernel, scores.getLayout()).row, offset));
}

Value notLess(const Emitter &emit, Value a, Value b) {
  return arith::CmpIOp::create(emit.builder, emit.loc, arith::CmpIPredicate::sge, a, b);
}

struct MaskScoresLowering : Lowering<MaskScoresOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(MaskScoresOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    // Keys that the row may see from the lane's first token on.
    Value left = emit.sub(adaptor.getBounds().front(), firstToken(op, adaptor.getTile().front(), emit, kernel));
    SmallVector<Value> masked =
        maskScores(op, adaptor.getScores(), left, emit, [&](Value at, Value bound) { return emit.less(at, bound); });
    rewriter.replaceOpWithMultiple(op, {masked});
    return success();
  }
};

struct MaskWindowLowering : Lowering<MaskWindowOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(MaskWindowOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    Value bound = emit.add(adaptor.getBounds().front(), -static_cast<int64_t>(op.getWindow()));
    Value before = emit.sub(bound, firstToken(op, adaptor.getTile().front(), emit, kernel)); // too old from there on
    SmallVector<Value> masked = maskScores(op, adaptor.getScores(), before, emit,
                                           [&](Value at, Value bound) { return notLess(emit, at, bound); });
    rewriter.replaceOpWithMultiple(op, {masked});
    return success();
  }
};

struct ZeroPastEndLowering : Lowering<ZeroPastEndOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ZeroPastEndOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getValues().getType();
    LayoutAttr layout = tile.getLayout(); // dims x tokens
    int64_t offset = static_cast<int64_t>(op.getPart()) * tile.getCols();
    Value token = emit.add(emit.mul(adaptor.getTile().front(), op.getTileTokens()),
                           emit.add(laneCorner(emit, kernel, layout).col, offset));
    ItemValues item = ItemValues::from(adaptor.getItem());
    Value gone, left = emit.sub(item.context, token);
    if (kernel.windowed) { // one comparison for both ends
      gone = emit.sub(item.firstKey, token);
      left = emit.maxS(emit.sub(left, gone), emit.i32(0));
    }
    DenseMap<int64_t, SmallVector<Value>> masks; // by the token a register starts at
    SmallVector<Value> registers;
    for (auto [index, reg] : llvm::enumerate(adaptor.getValues())) {
      int64_t at = modesAt(layout.getReg(), index).second;
      SmallVector<Value> &mask = masks[at];
      if (mask.empty())
        mask = wordMasks(tile, at, gone, left, emit);
      SmallVector<Value> words = emit.words(reg);
      for (auto [word, keep] : llvm::zip(words, mask))
        word = arith::AndIOp::create(rewriter, op.getLoc(), word, keep);
      registers.push_back(emit.fromWords(words, reg.getType()));
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// For each 32-bit word of a register: ones where its elements' tokens are before the end; with a window, among the
  /// `left` ones that follow the first `gone`.
  SmallVector<Value> wordMasks(TileType tile, int64_t at, Value gone, Value left, const Emitter &emit) const {
    LayoutAttr layout = tile.getLayout();
    int64_t bits = tile.getElementType().getIntOrFloatBitWidth(), perWord = 32 / bits;
    auto isLeft = gone ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    SmallVector<Value> result;
    for (int64_t i = 0; i < layout.numElements(); i += perWord) {
      Value word;
      for (int64_t part = 0; part < perWord; ++part) {
        Value place = emit.i32(at + modesAt(layout.getElem(), i + part).second);
        if (gone)
          place = emit.sub(place, gone);
        Value before = arith::CmpIOp::create(emit.builder, emit.loc, isLeft, place, left);
        auto ones = static_cast<int32_t>((~0u >> (32 - bits)) << (bits * part));
        Value mask = emit.select(before, emit.i32(ones), emit.i32(0));
        word = word ? arith::OrIOp::create(emit.builder, emit.loc, word, mask).getResult() : mask;
      }
      result.push_back(word);
    }
    return result;
  }
};

struct SoftmaxStepLowering : Lowering<SoftmaxStepOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(SoftmaxStepOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    // A scale of 0 would make NaN of the masks' minus infinity; the smallest normal number weighs all keys alike too.
    Value smallest = emit.f32(std::numeric_limits<float>::min());
    Value scale = arith::MaxNumFOp::create(rewriter, op.getLoc(), adaptor.getScale().front(), smallest);

    Value largest;
    for (ValueRange tile : adaptor.getScores())
      for (Value reg : tile)
        for (int64_t i = 0, e = elements(reg); i < e; ++i)
          largest = largest ? max(largest, emit.extract(reg, i), emit) : emit.extract(reg, i);
    largest = acrossGroups(largest, emit);

    Value old = adaptor.getMax().front();
    Value scaled = arith::MulFOp::create(rewriter, op.getLoc(), largest, scale);
    if (auto exponent = static_cast<int64_t>(op.getExponent()))
      scaled = arith::SubFOp::create(rewriter, op.getLoc(), scaled, emit.f32(static_cast<double>(exponent)));
    Value next = max(old, scaled, emit);
    Value correction = emit.exp2(arith::SubFOp::create(rewriter, op.getLoc(), old, next));
    Value minus = arith::NegFOp::create(rewriter, op.getLoc(), next);

    SmallVector<SmallVector<Value>> results;
    for (ValueRange tile : adaptor.getScores()) {
      SmallVector<Value> registers;
      for (Value reg : tile) {
        SmallVector<Value> exponentials;
        for (int64_t i = 0, e = elements(reg); i < e; ++i)
          exponentials.push_back(
              emit.exp2(math::FmaOp::create(rewriter, op.getLoc(), emit.extract(reg, i), scale, minus)));
        registers.push_back(emit.fromElements(exponentials));
      }
      results.push_back(registers);
    }
    results.push_back({next});
    results.push_back({correction});
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }

private:
  static int64_t elements(Value reg) {
    auto type = dyn_cast<VectorType>(reg.getType());
    return type ? type.getNumElements() : 1;
  }
  /// Without ninf: minus infinity is what masks mean. nnan only spares a canonicalisation of each operand.
  Value max(Value a, Value b, const Emitter &emit) const {
    auto flags = arith::FastMathFlags::nnan | arith::FastMathFlags::nsz;
    return arith::MaxNumFOp::create(emit.builder, emit.loc, a, b, flags);
  }

  /// The largest of the four lanes that hold the same row.
  Value acrossGroups(Value value, const Emitter &emit) const {
    for (int64_t distance : {16, 32})
      value = kernel.target.getPermlaneSwap() ? swapMax(value, distance, emit) : permuteMax(value, distance, emit);
    return value;
  }
  Value swapMax(Value value, int64_t distance, const Emitter &emit) const {
    Value bits = emit.bitcast(value, emit.builder.getI32Type());
    Type pair = LLVM::LLVMStructType::getLiteral(emit.builder.getContext(), {bits.getType(), bits.getType()});
    Value both =
        distance == 16
            ? ROCDL::Permlane16SwapOp::create(emit.builder, emit.loc, pair, bits, bits, false, false).getResult()
            : ROCDL::Permlane32SwapOp::create(emit.builder, emit.loc, pair, bits, bits, false, false).getResult();
    Value a = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 0);
    Value b = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 1);
    return max(emit.bitcast(a, value.getType()), emit.bitcast(b, value.getType()), emit);
  }
  Value permuteMax(Value value, int64_t distance, const Emitter &emit) const {
    return max(value, emit.partner(value, kernel.scarce ? emit.countLane() : kernel.lane, distance), emit);
  }
};

struct RoundLowering : Lowering<RoundOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(RoundOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    auto element = cast<TileType>(op.getParts()[0].getType()).getElementType();
    SmallVector<SmallVector<Value>> results(op.getParts().size());
    bool codes = element.getIntOrFloatBitWidth() == 8;
    if (codes && element != kernel.target.getFp8())
      return op.emitOpError() << "rounds to " << element << ", which " << kernel.target.getChip() << " does not know";
    for (Value reg : adaptor.getSource()) {
      Value high = round(reg, element, emit);
      results[0].push_back(high);
      if (results.size() == 1)
        continue;
      Value exact = codes ? emit.fromElements(decodeToFloats(emit, emit.words(high)[0]))
                          : arith::ExtFOp::create(rewriter, op.getLoc(), reg.getType(), high).getResult();
      Value rest = arith::SubFOp::create(rewriter, op.getLoc(), reg, exact);
      results[1].push_back(round(rest, element, emit));
    }
    rewriter.replaceOpWithMultiple(op, std::move(results));
    return success();
  }

private:
  Value round(Value reg, Type element, const Emitter &emit) const {
    auto type = cast<VectorType>(reg.getType());
    if (element.getIntOrFloatBitWidth() == 8) { // a word of four
      SmallVector<Value> values;
      for (int64_t i = 0; i < type.getNumElements(); ++i)
        values.push_back(emit.extract(reg, i));
      return emit.fromWords({encodeInRange(emit, values)}, VectorType::get(1, emit.builder.getI32Type()));
    }
    auto narrow = VectorType::get(type.getShape(), element);
    if (element.isBF16() && !kernel.target.getPackedBf16Convert())
      return roundBf16(reg, narrow, emit);
    return arith::TruncFOp::create(emit.builder, emit.loc, narrow, reg);
  }

  /// Half up, by an addition and a byte permutation for two; truncf would take four instructions more an element.
  /// Probabilities are at most 1, so nothing overflows into the exponent's top, and NaN stays NaN.
  Value roundBf16(Value reg, VectorType narrow, const Emitter &emit) const {
    SmallVector<Value> words = emit.words(reg), packed;
    for (Value &word : words)
      word = emit.add(word, 0x8000);
    for (size_t i = 0; i < words.size(); i += 2)
      packed.push_back(LLVM::CallIntrinsicOp::create(emit.builder, emit.loc, emit.builder.getI32Type(),
                                                     emit.builder.getStringAttr("llvm.amdgcn.perm"),
                                                     ValueRange{words[i + 1], words[i], emit.i32(0x07060302)})
                           .getResult(0));
    return emit.fromWords(packed, narrow);
  }
};

} // namespace

void mlir::pa::addSoftmaxLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                   const KernelContext &kernel) {
  patterns.add<MaskScoresLowering, MaskWindowLowering, ZeroPastEndLowering, SoftmaxStepLowering, RoundLowering>(
      converter, patterns.getContext(), kernel);
}
