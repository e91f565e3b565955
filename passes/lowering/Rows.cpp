// Packed rows: loading the queries, storing the results.
#include "passes/lowering/NarrowFloats.h"
#include "passes/lowering/Patterns.h"

#include <cmath>
#include <numeric>

using namespace mlir;
using namespace mlir::pa;

namespace {

/// Which token and head this lane's row is.
struct RowPlace {
  Value used;  // i1
  Value token; // in all tokens, i32
  Value head;  // in all query heads, i32
};

RowPlace rowPlace(const Emitter &emit, const ItemValues &item, RowsAttr rows, int64_t block, Value laneRow) {
  Value row = emit.add(item.firstRow, emit.add(laneRow, 16 * block));
  RowPlace place;
  place.used = emit.less(row, emit.mul(item.queryTokens, rows.getGroup()));
  place.token = emit.add(item.firstToken, emit.udiv(row, rows.getGroup()));
  place.head = emit.add(emit.mul(item.head, rows.getGroup()), emit.urem(row, rows.getGroup()));
  return place;
}

/// The row's first byte in a tensor of tokens.
Value rowPointer(const Emitter &emit, ValueRange tensor, const RowPlace &place, int64_t headBytes) {
  Value token = emit.offset(tensor[0], emit.mul(emit.sext(place.token), tensor[1]));
  return emit.offset(token, emit.zext(emit.mul(place.head, headBytes)));
}

struct LoadQueryLowering : Lowering<LoadQueryOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LoadQueryOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getResult().getType();
    LayoutAttr layout = tile.getLayout();
    int64_t bytes = tile.getElementType().getIntOrFloatBitWidth() / 8;
    LaneCorner corner = laneCorner(emit, kernel.outsideTiles(emit), layout);
    RowPlace place = rowPlace(emit, ItemValues::from(adaptor.getItem()), op.getRows(), op.getBlock(), corner.row);
    Type type = registerType(tile);
    SmallVector<Type> types(layout.numRegisters(), type);

    auto branch = scf::IfOp::create(rewriter, op.getLoc(), types, place.used, /*withElseRegion=*/true);
    {
      OpBuilder::InsertionGuard guard(rewriter);
      rewriter.setInsertionPointToStart(branch.thenBlock());
      int64_t headSize = cast<MemRefType>(op.getQuery().getType()).getDimSize(2);
      Value row = rowPointer(emit, adaptor.getQuery(), place, headSize * bytes);
      SmallVector<Value> loaded;
      for (int64_t reg = 0; reg < layout.numRegisters(); ++reg)
        loaded.push_back(loadDims(type, row, emit.add(corner.col, modesAt(layout.getReg(), reg).second),
                                  tile.getCols() != headSize, headSize, emit));
      scf::YieldOp::create(rewriter, op.getLoc(), loaded);
      rewriter.setInsertionPointToStart(branch.elseBlock());
      Value zero = arith::ConstantOp::create(rewriter, op.getLoc(), rewriter.getZeroAttr(type));
      scf::YieldOp::create(rewriter, op.getLoc(), SmallVector<Value>(types.size(), zero));
    }
    rewriter.replaceOpWithMultiple(op, {negateIf(adaptor.getScale().front(), branch.getResults(), emit)});
    return success();
  }

private:
  /// A register's dims from `dim` on, 16 bytes at a time. Where the tile is wider than the head, a lane may be beyond
  /// it.
  Value loadDims(Type type, Value row, Value dim, bool wider, int64_t headSize, const Emitter &emit) const {
    auto vector = cast<VectorType>(type);
    int64_t bytes = vector.getElementTypeBitWidth() / 8, piece = 16 / bytes;
    SmallVector<Value> words;
    for (int64_t at = 0; at < vector.getNumElements(); at += piece) {
      Value place = emit.add(dim, at);
      Value inside = emit.less(place, emit.i32(headSize));
      if (wider)
        place = emit.select(inside, place, emit.i32(0));
      Value loaded = emit.load(VectorType::get(piece, vector.getElementType()),
                               emit.offset(row, emit.zext(emit.mul(place, bytes))), 16);
      for (Value word : emit.words(loaded))
        words.push_back(wider ? emit.select(inside, word, emit.i32(0)) : word);
    }
    return emit.fromWords(words, type);
  }

  /// Flips the rows' signs if the scale is negative.
  SmallVector<Value> negateIf(Value scale, ValueRange registers, const Emitter &emit) const {
    Value negative = arith::CmpFOp::create(emit.builder, emit.loc, arith::CmpFPredicate::OLT, scale, emit.f32(0));
    Value signs = emit.select(negative, emit.i32(static_cast<int32_t>(0x80008000)), emit.i32(0));
    SmallVector<Value> result;
    for (Value reg : registers) {
      SmallVector<Value> words = emit.words(reg);
      for (Value &word : words)
        word = arith::XOrIOp::create(emit.builder, emit.loc, word, signs);
      result.push_back(emit.fromWords(words, reg.getType()));
    }
    return result;
  }
};

struct StoreOutputLowering : Lowering<StoreOutputOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(StoreOutputOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    LayoutAttr layout = op.getValues().getType().getLayout(); // dims x rows
    LaneCorner corner = laneCorner(emit, kernel.outsideTiles(emit), layout);
    ItemValues item = ItemValues::from(adaptor.getItem());
    item.firstToken = emit.opaque(item.firstToken, /*uniform=*/true); // no place of a query's row is held until here
    RowPlace place = rowPlace(emit, item, op.getRows(), op.getBlock(), corner.col);

    Value sum = emit.extract(adaptor.getSum().front(), 0), max = adaptor.getMax().front(), factor;
    if (op.getFactor())
      factor = adaptor.getFactor().front();
    if (op.getSinks())
      factor = joinSink(adaptor.getSinks().front(), place, sum, max, factor, emit);
    // A row that saw no key has sum 0 and values 0: zeros. A sum of NaN stays NaN.
    Value inverse = ROCDL::ROCDLRcp::create(rewriter, op.getLoc(), rewriter.getF32Type(), sum);
    Value empty = arith::CmpFOp::create(rewriter, op.getLoc(), arith::CmpFPredicate::OEQ, sum, emit.f32(0));
    inverse = emit.select(empty, emit.f32(0), inverse);
    if (factor)
      inverse = arith::MulFOp::create(rewriter, op.getLoc(), inverse, factor);

    auto branch = scf::IfOp::create(rewriter, op.getLoc(), place.used, /*withElseRegion=*/false);
    rewriter.setInsertionPointToStart(branch.thenBlock());
    storeValues(op, adaptor, layout, corner.row, place, inverse, emit);
    if (op.getLse())
      storeLse(op, adaptor, place, max, sum, emit);
    rewriter.setInsertionPointAfter(branch);
    rewriter.eraseOp(op);
    return success();
  }

private:
  /// The row's sink as one more score, in base 2; returns what the values are to be multiplied by for it.
  Value joinSink(Value sinks, const RowPlace &place, Value &sum, Value &max, Value factor, const Emitter &emit) const {
    Value head = emit.select(place.used, place.head, emit.i32(0));
    Value natural = emit.load(emit.builder.getF32Type(), emit.offset(sinks, emit.mul(emit.sext(head), emit.i64(4))), 4);
    Value sink = arith::MulFOp::create(emit.builder, emit.loc, natural, emit.f32(M_LOG2E));
    Value next = arith::MaxNumFOp::create(emit.builder, emit.loc, max, sink);
    Value keys = emit.exp2(arith::SubFOp::create(emit.builder, emit.loc, max, next));
    Value own = emit.exp2(arith::SubFOp::create(emit.builder, emit.loc, sink, next));
    sum = arith::AddFOp::create(emit.builder, emit.loc, arith::MulFOp::create(emit.builder, emit.loc, sum, keys), own);
    max = next;
    return factor ? arith::MulFOp::create(emit.builder, emit.loc, keys, factor).getResult() : keys;
  }

  /// Neighbouring dims are stored together, up to 16 bytes at once.
  void storeValues(StoreOutputOp op, Adaptor &adaptor, LayoutAttr layout, Value laneDim, const RowPlace &place,
                   Value inverse, const Emitter &emit) const {
    auto out = cast<MemRefType>(op.getOut().getType());
    int64_t bytes = out.getElementTypeBitWidth() / 8, most = 16 / bytes, headSize = out.getDimSize(2);
    SmallVector<std::pair<int64_t, Value>> dims; // from the lane's corner
    for (auto [index, reg] : llvm::enumerate(adaptor.getValues()))
      for (int64_t i = 0; i < layout.numElements(); ++i)
        dims.emplace_back(modesAt(layout.getReg(), index).first + modesAt(layout.getElem(), i).first,
                          emit.extract(reg, i));
    llvm::sort(dims, [](const auto &a, const auto &b) { return a.first < b.first; });

    Value row = rowPointer(emit, adaptor.getOut(), place, headSize * bytes);
    Value lane = emit.offset(row, emit.zext(emit.mul(laneDim, bytes)));
    for (size_t begin = 0; begin < dims.size();) {
      size_t end = begin + 1;
      while (end < dims.size() && dims[end].first == dims[end - 1].first + 1 &&
             static_cast<int64_t>(end - begin) < most)
        ++end;
      SmallVector<Value> run;
      for (size_t i = begin; i < end; ++i)
        run.push_back(arith::MulFOp::create(emit.builder, emit.loc, dims[i].second, inverse));
      OpBuilder::InsertionGuard guard(emit.builder);
      if (op.getValues().getType().getRows() != headSize) { // the tile is wider than the head
        Value inside = emit.less(emit.add(laneDim, dims[begin].first), emit.i32(headSize));
        auto branch = scf::IfOp::create(emit.builder, emit.loc, inside, /*withElseRegion=*/false);
        emit.builder.setInsertionPointToStart(branch.thenBlock());
      }
      emit.store(rounded(run, out.getElementType(), emit), emit.offset(lane, dims[begin].first * bytes),
                 static_cast<unsigned>(run.size() * bytes));
      begin = end;
    }
  }

  Value rounded(ArrayRef<Value> run, Type element, const Emitter &emit) const {
    auto count = static_cast<int64_t>(run.size());
    if (element.getIntOrFloatBitWidth() != 8)
      return arith::TruncFOp::create(emit.builder, emit.loc, count == 1 ? element : VectorType::get(count, element),
                                     emit.fromElements(run));
    SmallVector<Value> words;
    for (int64_t at = 0; at < count; at += 4)
      words.push_back(encodeWord(emit, kernel.target, run.slice(at, 4), element));
    return emit.fromElements(words);
  }

  /// By the first lane group; all four have the same numbers.
  void storeLse(StoreOutputOp op, Adaptor &adaptor, const RowPlace &place, Value max, Value sum,
                const Emitter &emit) const {
    auto branch = scf::IfOp::create(emit.builder, emit.loc, emit.less(emit.countLane(), emit.i32(16)), false);
    emit.builder.setInsertionPointToStart(branch.thenBlock());
    Value log = LLVM::Log2Op::create(emit.builder, emit.loc, emit.builder.getF32Type(), sum);
    Value base2 = arith::AddFOp::create(emit.builder, emit.loc, max, log);
    Value natural = arith::MulFOp::create(emit.builder, emit.loc, base2, emit.f32(M_LN2));
    int64_t heads = cast<MemRefType>(op.getLse().getType()).getDimSize(1);
    Value index = emit.add(emit.mul(emit.sext(place.token), emit.i64(heads)), emit.sext(place.head));
    emit.store(natural, emit.offset(adaptor.getLse().front(), emit.mul(index, emit.i64(4))), 4);
    emit.builder.setInsertionPointAfter(branch);
  }
};

} // namespace

void mlir::pa::addRowLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                               const KernelContext &kernel) {
  patterns.add<LoadQueryLowering, StoreOutputLowering>(converter, patterns.getContext(), kernel);
}
