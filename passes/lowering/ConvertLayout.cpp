// pa.convert_layout between layouts of one wave: in the lane, between halves of rows, between lane groups.
#include "passes/lowering/Patterns.h"

using namespace mlir;
using namespace mlir::pa;

namespace {

using Registers = SmallVector<Value>;

/// The register and element of `layout` that is (row, col) away from the lane's corner.
std::pair<int64_t, int64_t> find(LayoutAttr layout, std::pair<int64_t, int64_t> place) {
  for (int64_t reg = 0; reg < layout.numRegisters(); ++reg)
    for (int64_t elem = 0; elem < layout.numElements(); ++elem) {
      auto [r, c] = modesAt(layout.getReg(), reg);
      auto [er, ec] = modesAt(layout.getElem(), elem);
      if (r + er == place.first && c + ec == place.second)
        return {reg, elem};
    }
  return {-1, -1};
}

class LayoutConverter {
public:
  LayoutConverter(const Emitter &emit, const KernelContext &kernel) : emit(emit), kernel(kernel) {}

  /// Same lanes: 16-bit elements change registers only, two for an instruction.
  FailureOr<Registers> inLane(const Registers &source, LayoutAttr from, LayoutAttr to, Type element) {
    SmallVector<SmallVector<Value>> words;
    for (Value reg : source)
      words.push_back(emit.words(reg));
    Registers result;
    for (int64_t reg = 0; reg < to.numRegisters(); ++reg) {
      SmallVector<Value> packed;
      for (int64_t elem = 0; elem < to.numElements(); elem += 2) {
        auto low = find(from, placeOf(to, reg, elem)), high = find(from, placeOf(to, reg, elem + 1));
        if (low.first < 0 || high.first < 0)
          return failure();
        packed.push_back(pack(words[low.first][low.second / 2], low.second % 2, words[high.first][high.second / 2],
                              high.second % 2));
      }
      result.push_back(emit.fromWords(packed, VectorType::get(to.numElements(), element)));
    }
    return result;
  }

  /// Two tokens share 16 lanes, each lane with 8 dims of one; afterwards each lane has 4 dims of both. Half of a
  /// register goes to the lane 8 away (DPP row_ror:8).
  Registers halfRows(const Registers &source) {
    Value upper =
        arith::CmpIOp::create(emit.builder, emit.loc, arith::CmpIPredicate::ne,
                              arith::AndIOp::create(emit.builder, emit.loc, kernel.lane, emit.i32(8)), emit.i32(0));
    Registers result;
    for (Value reg : source) {
      SmallVector<Value> words = emit.words(reg), first, second;
      size_t half = words.size() / 2;
      for (size_t i = 0; i < half; ++i) {
        Value keep = emit.select(upper, words[half + i], words[i]);
        Value give = emit.select(upper, words[i], words[half + i]);
        Value got =
            ROCDL::DPPUpdateOp::create(emit.builder, emit.loc, give.getType(), give, give, 0x128, 0xf, 0xf, true);
        first.push_back(emit.select(upper, got, keep));
        second.push_back(emit.select(upper, keep, got));
      }
      auto type = cast<VectorType>(reg.getType());
      auto halfType = VectorType::get(type.getNumElements() / 2, type.getElementType());
      result.push_back(emit.fromWords(first, halfType));
      result.push_back(emit.fromWords(second, halfType));
    }
    return result;
  }

  /// Group g has 4 tokens of each of two blocks of 16 and shall have tokens 8g .. 8g+7.
  Value betweenGroups(Value a, Value b) {
    auto type = cast<VectorType>(a.getType());
    auto whole = VectorType::get(2 * type.getNumElements(), type.getElementType());
    SmallVector<Value> low = emit.words(a), high = emit.words(b);
    if (kernel.target.getPermlaneSwap())
      for (auto [x, y] : llvm::zip(low, high))
        swapGroups(x, y);
    else
      throughLds(low, high);
    SmallVector<Value> words(low);
    words.append(high);
    return emit.fromWords(words, whole);
  }

private:
  static std::pair<int64_t, int64_t> placeOf(LayoutAttr layout, int64_t reg, int64_t elem) {
    auto [r, c] = modesAt(layout.getReg(), reg);
    auto [er, ec] = modesAt(layout.getElem(), elem);
    return {r + er, c + ec};
  }

  Value pack(Value low, bool lowFromHigh, Value high, bool highFromHigh) {
    if (low == high && !lowFromHigh && highFromHigh)
      return low;
    // v_perm_b32: selector bytes 0-3 take from the second operand, 4-7 from the first.
    int64_t selector = (lowFromHigh ? 0x0302 : 0x0100) | (highFromHigh ? 0x0706 : 0x0504) << 16;
    return LLVM::CallIntrinsicOp::create(emit.builder, emit.loc, emit.builder.getI32Type(),
                                         emit.builder.getStringAttr("llvm.amdgcn.perm"),
                                         ValueRange{high, low, emit.i32(selector)})
        .getResult(0);
  }

  /// Rows of 16 lanes: (a0 a1 a2 a3), (b0 b1 b2 b3) become (a0 a2 b0 b2), (a1 a3 b1 b3).
  void swapGroups(Value &a, Value &b) {
    Type pair = LLVM::LLVMStructType::getLiteral(emit.builder.getContext(), {a.getType(), a.getType()});
    auto split = [&](Value both) {
      a = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 0);
      b = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 1);
    };
    split(ROCDL::Permlane32SwapOp::create(emit.builder, emit.loc, pair, a, b, false, false));
    split(ROCDL::Permlane16SwapOp::create(emit.builder, emit.loc, pair, a, b, false, false));
  }

  /// The wave's own buffer, no barrier: LDS is in order. 8 bytes a lane side by side have no bank conflicts.
  void throughLds(SmallVector<Value> &low, SmallVector<Value> &high) {
    auto pairType = VectorType::get(2, emit.builder.getI32Type());
    Value base = emit.offset(waveLds(emit, kernel), emit.i32(kernel.lds.stages * kernel.lds.stageBytes));
    Value own = emit.offset(base, emit.mul(kernel.lane, 8));
    emit.store(emit.fromElements(low), own, 8);
    emit.store(emit.fromElements(high), emit.offset(own, 512), 8);
    Value row = emit.urem(kernel.lane, 16), group = emit.udiv(kernel.lane, 16);
    Value from =
        emit.add(emit.mul(emit.udiv(group, 2), 512), emit.add(emit.mul(emit.urem(group, 2), 256), emit.mul(row, 8)));
    Value source = emit.offset(base, from);
    Value first = emit.load(pairType, source, 8), second = emit.load(pairType, emit.offset(source, 128), 8);
    low = {emit.extract(first, 0), emit.extract(first, 1)};
    high = {emit.extract(second, 0), emit.extract(second, 1)};
  }

  const Emitter &emit;
  const KernelContext &kernel;
};

/// `lane % 16` and `lane / 16` of a layout.
std::pair<Modes, Modes> lanes(LayoutAttr layout) {
  auto split = splitModes(layout.getLane(), 16);
  return split ? std::make_pair(normalized(split->first), normalized(split->second)) : std::pair<Modes, Modes>();
}

bool isGroupExchange(LayoutAttr from, LayoutAttr to) {
  auto [fromLow, fromHigh] = lanes(from);
  auto [toLow, toHigh] = lanes(to);
  return fromLow == toLow && fromHigh == Modes{{4, 0, 4}} && toHigh == Modes{{4, 0, 8}} &&
         normalized(from.getReg()) == Modes{{2, 0, 16}} && to.numRegisters() == 1;
}

struct ConvertLayoutLowering : Lowering<ConvertLayoutOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ConvertLayoutOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    LayoutConverter convert(emit, kernel);
    LayoutAttr from = op.getSource().getType().getLayout(), to = op.getResult().getType().getLayout();
    Type element = op.getResult().getType().getElementType();
    Registers source(adaptor.getSource());
    FailureOr<Registers> result = failure();
    if (element.getIntOrFloatBitWidth() == 16) {
      if (normalized(from.getLane()) == normalized(to.getLane()))
        result = convert.inLane(source, from, to, element);
      else if (isHalfRowExchange(from, to))
        result = convert.inLane(convert.halfRows(source), afterHalfRows(from, to), to, element);
      else if (isGroupExchange(from, to))
        result = Registers{convert.betweenGroups(source[0], source[1])};
    }
    if (failed(result))
      return op.emitOpError() << "no lowering from " << from << " to " << to;
    rewriter.replaceOpWithMultiple(op, {*result});
    return success();
  }

private:
  /// Lane digit 8..15 moves a token before, half a piece of dims after.
  static bool isHalfRowExchange(LayoutAttr from, LayoutAttr to) {
    auto [fromLow, fromHigh] = lanes(from);
    auto [toLow, toHigh] = lanes(to);
    return fromHigh == toHigh && fromLow == Modes{{8, 8, 0}, {2, 0, 1}} && toLow == Modes{{8, 8, 0}, {2, 4, 0}};
  }
  static LayoutAttr afterHalfRows(LayoutAttr from, LayoutAttr to) {
    Modes reg{{2, 0, 1}};
    reg.append(from.getReg().begin(), from.getReg().end());
    return LayoutAttr::get(from.getContext(), to.getLane(), reg, ArrayRef<Mode>{{4, 1, 0}});
  }
};

struct ConcatLowering : Lowering<ConcatOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ConcatOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    LayoutAttr layout = op.getResult().getType().getLayout();
    SmallVector<Value> registers(layout.numRegisters());
    int64_t top = 0;
    for (auto [source, values] : llvm::zip(op.getSources(), adaptor.getSources())) {
      auto type = cast<TileType>(source.getType());
      for (auto [index, value] : llvm::enumerate(values)) {
        auto [row, col] = modesAt(type.getLayout().getReg(), index);
        registers[find(layout, {top + row, col}).first] = value;
      }
      top += type.getRows();
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

} // namespace

bool mlir::pa::exchangesThroughLds(TileType from, TileType to, TargetAttr target) {
  return !target.getPermlaneSwap() && isGroupExchange(from.getLayout(), to.getLayout());
}

void mlir::pa::addConvertLayoutLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                         const KernelContext &kernel) {
  patterns.add<ConvertLayoutLowering, ConcatLowering>(converter, patterns.getContext(), kernel);
}
