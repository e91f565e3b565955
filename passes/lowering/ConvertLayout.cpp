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

/// Bytes from a block of 16 tokens to the next one in the exchange's buffer, for so many words a lane.
constexpr int64_t exchangeStride(int64_t words) { return words == 1 ? 256 + 64 : 256 * words; }

class LayoutConverter {
public:
  LayoutConverter(const Emitter &emit, const KernelContext &kernel) : emit(emit), kernel(kernel) {}

  /// Same lanes: elements of 16 bits change registers only, two for an instruction, or of 8 bits, four for three.
  FailureOr<Registers> inLane(const Registers &source, LayoutAttr from, LayoutAttr to, Type element) {
    SmallVector<SmallVector<Value>> words;
    for (Value reg : source)
      words.push_back(emit.words(reg));
    int64_t perWord = 32 / element.getIntOrFloatBitWidth();
    Type wordsType = perWord == 4 ? VectorType::get(to.numElements() / 4, emit.builder.getI32Type())
                                  : VectorType::get(to.numElements(), element);
    Registers result;
    for (int64_t reg = 0; reg < to.numRegisters(); ++reg) {
      SmallVector<Value> packed;
      for (int64_t elem = 0; elem < to.numElements(); elem += perWord) {
        SmallVector<Piece> pieces;
        for (int64_t i = 0; i < perWord; ++i) {
          auto [at, index] = find(from, placeOf(to, reg, elem + i));
          if (at < 0)
            return failure();
          pieces.push_back({words[at][index / perWord], index % perWord});
        }
        Value word = perWord == 4 ? packBytes(pieces) : pack(pieces[0], pieces[1]);
        if (!word)
          return failure();
        packed.push_back(word);
      }
      result.push_back(emit.fromWords(packed, wordsType));
    }
    return result;
  }

  /// Several tokens share 16 lanes, each lane with a piece of one's dims; afterwards each lane has a share of a piece
  /// of all of them. Half of a register goes to the lane `distance` away (DPP row_ror), and so on with half the
  /// distance.
  Registers shareRows(const Registers &source, int64_t tokens) {
    Registers result = source;
    for (int64_t distance = 8; tokens > 1; tokens /= 2, distance /= 2)
      result = halfRows(result, distance);
    return result;
  }

  Registers halfRows(const Registers &source, int64_t distance) {
    Value upper = arith::CmpIOp::create(emit.builder, emit.loc, arith::CmpIPredicate::ne,
                                        arith::AndIOp::create(emit.builder, emit.loc, kernel.lane, emit.i32(distance)),
                                        emit.i32(0));
    Registers result;
    for (Value reg : source) {
      SmallVector<Value> words = emit.words(reg), first, second;
      size_t half = words.size() / 2;
      for (size_t i = 0; i < half; ++i) {
        Value keep = emit.select(upper, words[half + i], words[i]);
        Value give = emit.select(upper, words[i], words[half + i]);
        Value got = fromLane(give, distance, upper);
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

  /// Block b has in group g its tokens 4g .. 4g+3; group g shall have as many tokens as there are blocks times 4, in
  /// order.
  Value betweenGroups(ArrayRef<Value> blocks) {
    auto type = cast<VectorType>(blocks[0].getType());
    auto count = static_cast<int64_t>(blocks.size());
    auto whole = VectorType::get(count * type.getNumElements(), type.getElementType());
    SmallVector<SmallVector<Value>> words; // of each block
    for (Value block : blocks)
      words.push_back(emit.words(block));
    if (kernel.target.getPermlaneSwap())
      throughSwaps(words);
    else
      throughLds(words);
    SmallVector<Value> all;
    for (ArrayRef<Value> block : words)
      all.append(block.begin(), block.end());
    return emit.fromWords(all, whole);
  }

  /// A number of each lane's own token, as the numbers of the tokens that stand in each lane: each is in one of its 16
  /// lanes (DPP row_newbcast, which instructions that use it take in).
  FailureOr<Registers> fromTokens(Value own, LayoutAttr from, LayoutAttr to, Type vectorType) {
    Modes lanes = splitModes(from.getLane(), 16)->first;
    own = emit.opaque(own); // anew for each block of rows: kept for all of them, they would take 16 registers a scale
    Registers result;
    for (int64_t reg = 0; reg < to.numRegisters(); ++reg) {
      SmallVector<Value> numbers;
      for (int64_t elem = 0; elem < to.numElements(); ++elem) {
        int64_t lane = 0;
        while (lane < 16 && modesAt(lanes, lane) != placeOf(to, reg, elem))
          ++lane;
        if (lane == 16)
          return failure();
        numbers.push_back(emit.broadcast(own, lane));
      }
      result.push_back(emit.bitcast(emit.fromElements(numbers), vectorType));
    }
    return result;
  }

private:
  static std::pair<int64_t, int64_t> placeOf(LayoutAttr layout, int64_t reg, int64_t elem) {
    auto [r, c] = modesAt(layout.getReg(), reg);
    auto [er, ec] = modesAt(layout.getElem(), elem);
    return {r + er, c + ec};
  }

  /// An element's word, and which of its halves or bytes it is.
  struct Piece {
    Value word;
    int64_t at;
  };

  /// v_perm_b32: selector bytes 0-3 take from `low`, 4-7 from `high`.
  Value permute(Value low, Value high, int64_t selector) {
    return LLVM::CallIntrinsicOp::create(emit.builder, emit.loc, emit.builder.getI32Type(),
                                         emit.builder.getStringAttr("llvm.amdgcn.perm"),
                                         ValueRange{high, low, emit.i32(selector)})
        .getResult(0);
  }

  Value pack(Piece low, Piece high) {
    if (low.word == high.word && low.at == 0 && high.at == 1)
      return low.word;
    return permute(low.word, high.word, (low.at ? 0x0302 : 0x0100) | (high.at ? 0x0706 : 0x0504) << 16);
  }

  /// The same byte of four words, or a word as it is; null for anything else. Two words' lower (upper) bytes side by
  /// side serve both of these bytes: a square of four words takes eight instructions.
  Value packBytes(ArrayRef<Piece> pieces) {
    int64_t at = pieces[0].at;
    auto isAlike = [&](const Piece &piece) { return piece.at == at; };
    if (llvm::all_of(pieces, isAlike)) {
      int64_t selector = at < 2 ? 0x05010400 : 0x07030602;
      Value low = permute(pieces[0].word, pieces[1].word, selector);
      Value high = permute(pieces[2].word, pieces[3].word, selector);
      return pack({low, at % 2}, {high, at % 2});
    }
    for (auto [index, piece] : llvm::enumerate(pieces))
      if (piece.word != pieces[0].word || piece.at != static_cast<int64_t>(index))
        return {};
    return pieces[0].word;
  }

  /// The word of the lane `distance` away within 16 lanes: behind it for lanes of the lower half, before it for others.
  Value fromLane(Value word, int64_t distance, Value upper) {
    auto rotated = [&](int64_t by) -> Value { // DPP row_ror
      return ROCDL::DPPUpdateOp::create(emit.builder, emit.loc, word.getType(), word, word, 0x120 + by, 0xf, 0xf, true);
    };
    if (distance == 8)
      return rotated(8);
    return emit.select(upper, rotated(distance), rotated(16 - distance));
  }

  /// Groups of 16 lanes: with 4 blocks a transposition of (block, group), with 2 the groups' pairs.
  void throughSwaps(SmallVector<SmallVector<Value>> &blocks) {
    for (size_t word = 0; word < blocks[0].size(); ++word) {
      if (blocks.size() == 2) {
        swap<ROCDL::Permlane32SwapOp>(blocks[0][word], blocks[1][word]);
        swap<ROCDL::Permlane16SwapOp>(blocks[0][word], blocks[1][word]);
        continue;
      }
      swap<ROCDL::Permlane32SwapOp>(blocks[0][word], blocks[2][word]);
      swap<ROCDL::Permlane32SwapOp>(blocks[1][word], blocks[3][word]);
      swap<ROCDL::Permlane16SwapOp>(blocks[0][word], blocks[1][word]);
      swap<ROCDL::Permlane16SwapOp>(blocks[2][word], blocks[3][word]);
    }
  }
  template <typename SwapOp> void swap(Value &a, Value &b) {
    Type pair = LLVM::LLVMStructType::getLiteral(emit.builder.getContext(), {a.getType(), a.getType()});
    Value both = SwapOp::create(emit.builder, emit.loc, pair, a, b, false, false);
    a = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 0);
    b = LLVM::ExtractValueOp::create(emit.builder, emit.loc, both, 1);
  }

  /// The wave's own buffer, no barrier: LDS is in order. 8 bytes a lane side by side have no bank conflicts; with 4
  /// bytes two groups are read at once, from blocks that are half of the banks apart.
  void throughLds(SmallVector<SmallVector<Value>> &blocks) {
    auto count = static_cast<int64_t>(blocks.size()), words = static_cast<int64_t>(blocks[0].size());
    int64_t bytes = 4 * words, stride = exchangeStride(words);
    Type type = words == 1 ? Type(emit.builder.getI32Type()) : VectorType::get(words, emit.builder.getI32Type());
    KernelContext here = kernel.scarce ? kernel.outsideTiles(emit) : kernel;
    Value lane = here.lane;
    Value base = emit.offset(waveLds(emit, here), emit.i32(kernel.lds.exchangeStart()));
    Value own = emit.offset(base, emit.mul(lane, bytes));
    for (auto [index, block] : llvm::enumerate(blocks))
      emit.store(emit.bitcast(emit.fromElements(block), type), emit.offset(own, stride * index), bytes);
    // Group g's tokens are those of block g * count / 4, from its group g * count % 4 on.
    Value row = emit.urem(lane, 16), first = emit.mul(emit.udiv(lane, 16), count);
    Value from = emit.add(emit.mul(emit.udiv(first, 4), stride),
                          emit.add(emit.mul(emit.urem(first, 4), 16 * bytes), emit.mul(row, bytes)));
    Value source = emit.offset(base, from);
    SmallVector<Value> read;
    for (int64_t i = 0; i < count; ++i)
      read.push_back(emit.load(type, emit.offset(source, 16 * bytes * i), bytes));
    for (auto [block, loaded] : llvm::zip(blocks, read))
      block = emit.words(loaded);
  }

  const Emitter &emit;
  const KernelContext &kernel;
};

/// `lane % 16` and `lane / 16` of a layout.
std::pair<Modes, Modes> lanes(LayoutAttr layout) {
  auto split = splitModes(layout.getLane(), 16);
  return split ? std::make_pair(normalized(split->first), normalized(split->second)) : std::pair<Modes, Modes>();
}

/// From tokens in blocks of 16, 4 a group in each, to as many tokens a group as a register holds.
bool isGroupExchange(LayoutAttr from, LayoutAttr to) {
  auto [fromLow, fromHigh] = lanes(from);
  auto [toLow, toHigh] = lanes(to);
  int64_t blocks = from.numRegisters();
  return fromLow == toLow && fromHigh == Modes{{4, 0, 4}} && toHigh == Modes{{4, 0, 4 * blocks}} &&
         (blocks == 2 || blocks == 4) && normalized(from.getReg()) == Modes{{blocks, 0, 16}} && to.numRegisters() == 1;
}

/// From a token a lane to the tokens that stand in each lane of the same group.
bool isFromTokens(LayoutAttr from, LayoutAttr to) {
  return from.numRegisters() == 1 && from.numElements() == 1 && lanes(from).second == lanes(to).second &&
         colsOnly(lanes(to).first).empty();
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
    if (element.isF32() && isFromTokens(from, to)) {
      result = convert.fromTokens(source[0], from, to, registerType(op.getResult().getType()));
    } else if (element.getIntOrFloatBitWidth() <= 16) {
      if (normalized(from.getLane()) == normalized(to.getLane()))
        result = convert.inLane(source, from, to, element);
      else if (int64_t tokens = tokensSharingRows(from, to))
        result = convert.inLane(convert.shareRows(source, tokens), afterSharing(from, to, tokens), to, element);
      else if (isGroupExchange(from, to))
        result = Registers{convert.betweenGroups(source)};
    }
    if (failed(result))
      return op.emitOpError() << "no lowering from " << from << " to " << to;
    rewriter.replaceOpWithMultiple(op, {*result});
    return success();
  }

private:
  /// How many tokens share 16 lanes before, if each lane has a share of a piece of all of them after; else 0.
  static int64_t tokensSharingRows(LayoutAttr from, LayoutAttr to) {
    auto [fromLow, fromHigh] = lanes(from);
    auto [toLow, toHigh] = lanes(to);
    int64_t piece = from.numElements();
    for (int64_t tokens : {2, 4})
      if (fromHigh == toHigh && fromLow == Modes{{16 / tokens, piece, 0}, {tokens, 0, 1}} &&
          toLow == normalized(ArrayRef<Mode>{{16 / tokens, piece, 0}, {tokens, piece / tokens, 0}}))
        return tokens;
    return 0;
  }
  static LayoutAttr afterSharing(LayoutAttr from, LayoutAttr to, int64_t tokens) {
    Modes reg{{tokens, 0, 1}};
    reg.append(from.getReg().begin(), from.getReg().end());
    return LayoutAttr::get(from.getContext(), to.getLane(), reg, ArrayRef<Mode>{{from.numElements() / tokens, 1, 0}});
  }
};

/// For each register of a slice, which one of the whole tile it is.
SmallVector<int64_t> registersOfSlice(TileType whole, TileType part, int64_t period, int64_t from) {
  int64_t rows = part.getRows() * period / whole.getRows();
  SmallVector<int64_t> registers;
  for (int64_t reg = 0; reg < part.getLayout().numRegisters(); ++reg) {
    auto [row, col] = modesAt(part.getLayout().getReg(), reg);
    registers.push_back(find(whole.getLayout(), {from + rowOfSlice(row, period, rows), col}).first);
  }
  return registers;
}

struct ConcatLowering : Lowering<ConcatOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ConcatOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    TileType whole = op.getResult().getType();
    auto period = static_cast<int64_t>(op.getOf().value_or(whole.getRows()));
    SmallVector<Value> registers(whole.getLayout().numRegisters());
    int64_t top = 0;
    for (auto [source, values] : llvm::zip(op.getSources(), adaptor.getSources())) {
      auto part = cast<TileType>(source.getType());
      for (auto [value, reg] : llvm::zip(values, registersOfSlice(whole, part, period, top)))
        registers[reg] = value;
      top += part.getRows() * period / whole.getRows();
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

struct SliceLowering : Lowering<SliceOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(SliceOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    TileType whole = op.getSource().getType();
    auto period = static_cast<int64_t>(op.getOf().value_or(whole.getRows()));
    SmallVector<Value> registers;
    for (int64_t reg : registersOfSlice(whole, op.getResult().getType(), period, static_cast<int64_t>(op.getFrom())))
      registers.push_back(adaptor.getSource()[reg]);
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

} // namespace

int64_t mlir::pa::exchangeBytes(TileType from, TileType to, TargetAttr target) {
  if (target.getPermlaneSwap() || !isGroupExchange(from.getLayout(), to.getLayout()))
    return 0;
  return exchangeStride(from.registerBytes() / 4) * from.getLayout().numRegisters();
}

void mlir::pa::addConvertLayoutLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                         const KernelContext &kernel) {
  patterns.add<ConvertLayoutLowering, ConcatLowering, SliceLowering>(converter, patterns.getContext(), kernel);
}
