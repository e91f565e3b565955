// Where a tile's bytes are, and loading them: page ids, pieces, rows.
#include "passes/lowering/Patterns.h"

#include <numeric>

using namespace mlir;
using namespace mlir::pa;

namespace {

// An immediate offset of a global load is 13 bits, signed; what is beyond goes into the uniform base.
constexpr int64_t immediateRange = 4096;

/// Bytes of one step along tokens and along dims of a piece's place in its page; a piece is 16 bytes.
struct PieceSteps {
  int64_t token, dim;
};
PieceSteps pieceSteps(KvCacheType cache, KvKind kind) {
  int64_t bytes = cache.elementBits() / 8;
  if (kind == KvKind::Key) // [d/x][token][x]: a step of x dims is a page of pieces
    return {16, cache.getPage() * bytes};
  if (cache.getLayout() == CacheLayout::Shuffled) // [token/x][d][x]: a step of x tokens is a head of pieces
    return {cache.headSizeOf(kind) * bytes, 16};
  return {bytes, cache.getPage() * bytes}; // [d][token]
}

//===-- page ids ----------------------------------------------------------===//

struct PageIdsLowering : Lowering<PageIdsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(PageIdsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ItemValues item = ItemValues::from(adaptor.getItem());
    Value table = emit.offset(adaptor.getTables()[0], emit.mul(emit.sext(item.table), emit.i64(4)));
    if (op.getResult().getType().getLayout())
      rewriter.replaceOpWithMultiple(op, {tokenPlace(op, adaptor, item, table, emit)});
    else
      rewriter.replaceOpWithMultiple(op, {pages(op, adaptor, item, table, emit)});
    return success();
  }

private:
  static Value id(Value table, Value entry, const Emitter &emit) {
    return emit.load(emit.builder.getI32Type(), emit.offset(table, emit.mul(emit.sext(entry), emit.i64(4))), 4);
  }

  /// An offset of 32 bits stays one register of the load; contexts have 31 bits, and pages of fragments 2 tokens and
  /// more.
  static Value scalarId(Value table, Value entry, const Emitter &emit) {
    return emit.load(emit.builder.getI32Type(), emit.offset(table, emit.zext(emit.mul(entry, 4))), 4);
  }

  /// The ids of the tile's pages, by scalar loads, and where in them the tokens start if they may. An entry past the
  /// last page in use becomes that page's, and one before the window's first becomes that one's.
  SmallVector<Value> pages(PageIdsOp op, Adaptor &adaptor, const ItemValues &item, Value table,
                           const Emitter &emit) const {
    PageIdsType type = op.getResult().getType();
    int64_t count = type.getCount(), page = type.getPage(), perPage = page / type.getTokens();
    Value used = emit.udiv(emit.add(item.context, page - 1), page);
    Value last = emit.sub(used, emit.i32(1));
    Value first = emit.mul(adaptor.getTile().front(), count);
    SmallVector<Value> ids, starts;
    for (int64_t i = 0; i < count; ++i) {
      Value group = emit.add(first, i);
      Value entry = emit.minS(emit.udiv(group, perPage), last);
      if (kernel.windowed) // the tile may begin before it: entries there are not to be read
        entry = emit.maxS(entry, emit.udiv(item.firstKey, page));
      ids.push_back(scalarId(table, entry, emit));
      if (type.startsInside())
        starts.push_back(emit.mul(emit.urem(group, perPage), type.getTokens()));
    }
    ids.append(starts);
    return ids;
  }

  /// The page id of each of this lane's tokens and which of the page's it is. They are put together where the token is
  /// loaded, so that nothing waits for the id before.
  SmallVector<Value> tokenPlace(PageIdsOp op, Adaptor &adaptor, const ItemValues &item, Value table,
                                const Emitter &emit) const {
    PageIdsType type = op.getResult().getType();
    // Once a tile and few instructions: not worth a register all the way.
    Value inTile = laneDigits(emit, emit.countLane(), type.getLayout().getLane(), /*rows=*/true);
    Value first = emit.add(emit.mul(adaptor.getTile().front(), type.getCount()), inTile);
    SmallVector<Value> places;
    for (int64_t reg = 0; reg < type.getLayout().numRegisters(); ++reg) {
      int64_t away = modesAt(type.getLayout().getReg(), reg).first;
      Value token = away == 0 ? first : emit.add(first, away);
      token = emit.minS(token, emit.sub(item.context, emit.i32(1)));
      if (kernel.windowed) // the tile may begin before it: entries there are not to be read
        token = emit.maxS(token, item.firstKey);
      places.append({id(table, emit.udiv(token, type.getPage()), emit), emit.urem(token, type.getPage())});
    }
    return places;
  }
};

//===-- loads -------------------------------------------------------------===//

struct AwaitLowering : Lowering<AwaitOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(AwaitOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    SmallVector<Value> here(adaptor.getSource());
    size_t step = isa<PageIdsType>(op.getSource().getType()) ? 2 : 1; // an id; which of the page's is not from memory
    for (size_t i = 0; i < here.size(); i += step)
      here[i] = emit.opaque(here[i]);
    rewriter.replaceOpWithMultiple(op, {here});
    return success();
  }
};

/// Ids of pages in scalar registers: where the tokens of each id start.
class Pages {
public:
  Pages(PageIdsType type, ValueRange ids, Value base, Value pageStride, int64_t tokenBytes, const Emitter &emit)
      : tokens(type.getTokens()) {
    for (int64_t i = 0; i < type.getCount(); ++i) {
      Value pointer = emit.offset(base, emit.mul(emit.zext(ids[i]), pageStride));
      if (type.startsInside())
        pointer = emit.offset(pointer, emit.zext(emit.mul(ids[type.getCount() + i], tokenBytes)));
      pointers.push_back(pointer);
    }
  }

  /// Of token `token` and up, by lane if the lanes' tokens are behind more than one id; `last` is the last lane's.
  Value of(int64_t token, int64_t last, Value laneToken, const Emitter &emit) const {
    Value pointer = pointers[token / tokens];
    for (int64_t next = tokens; next <= last; next += tokens)
      pointer = emit.select(emit.less(laneToken, emit.i32(next)), pointer, pointers[(token + next) / tokens]);
    return pointer;
  }

  int64_t tokens; // behind one id

private:
  SmallVector<Value> pointers;
};

/// A number of each lane's own, times a stride. The upper words' product apart: LLVM would have it added to a pair of
/// registers of which it needs one, and wait for whatever is loaded into the other.
Value laneOffset(Value number, Value stride, const Emitter &emit) {
  SmallVector<Value> words = emit.words(stride);
  Value upper = emit.zext(emit.opaque(emit.mul(number, words[1])));
  Value lower = emit.mul(emit.zext(number), emit.zext(words[0]));
  Value whole = arith::ShLIOp::create(emit.builder, emit.loc, upper, emit.i64(32));
  return emit.add(lower, whole);
}

/// Where tokens are looked up by lane: the page id and place of those of a part of `tokens`, and which part of the
/// tokens that one register of the lanes looks up it is.
std::pair<int64_t, ValueRange> placeOfPart(PageIdsType type, int64_t part, int64_t tokens, ValueRange ids) {
  int64_t perRegister = type.getCount() / type.getLayout().numRegisters() / tokens;
  return {part % perRegister, ids.slice(2 * (part / perRegister), 2)};
}

struct LoadKvLowering : Lowering<LoadKvOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LoadKvOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    CacheValues cache = CacheValues::from(adaptor.getCache(), op.getKind());
    Value head = emit.sext(ItemValues::from(adaptor.getItem()).head);
    Value base = emit.offset(cache.pointer, emit.mul(head, cache.headStride));
    SmallVector<Value> registers;
    if (op.getIds().getType().getLayout())
      registers = loadRows(op, base, adaptor.getIds(), cache, emit);
    else
      registers = loadPieces(op, base, adaptor.getIds(), cache.pageStride, emit);
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// Pieces that are matrix operands already. Lanes of one register may be in several pages, and so may be the tokens
  /// of one piece: then it is loaded in parts.
  SmallVector<Value> loadPieces(LoadKvOp op, Value base, ValueRange ids, Value pageStride, const Emitter &emit) const {
    KvCacheType cache = op.getCache().getType();
    bool key = op.getKind() == KvKind::Key;
    TileType tile = op.getResult().getType();
    // Tokens and dims, whatever the tile's orientation.
    LayoutAttr layout = key ? tile.getLayout() : tile.getLayout().transposed();
    LaneCorner corner = laneCorner(emit, kernel, layout);
    PieceSteps steps = pieceSteps(cache, op.getKind());
    int64_t piece = cache.pieceElements(), headSize = cache.headSizeOf(op.getKind());
    int64_t partTokens = key ? tile.getRows() : tile.getCols();
    Pages pages(op.getIds().getType(), ids, base, pageStride, steps.token, emit);

    auto [lastToken, lastDim] = modesAt(layout.getLane(), 63); // of a register, from the first lane's
    int64_t pieceTokens = key ? 1 : piece, loadTokens = std::min(pieceTokens, pages.tokens);
    Value laneInPage = lastToken < pages.tokens ? corner.row : emit.urem(corner.row, pages.tokens);
    auto place = [&](Value token, Value dim) {
      Value tokenPart = emit.mul(emit.udiv(token, pieceTokens), steps.token * pieceTokens);
      Value dimPart = key ? emit.mul(emit.udiv(dim, piece), steps.dim * piece) : emit.mul(dim, steps.dim);
      return emit.add(tokenPart, dimPart);
    };
    Value laneBytes = emit.zext(place(laneInPage, corner.col)), firstDims = emit.zext(place(laneInPage, emit.i32(0)));

    auto loadType = cast<VectorType>(registerType(tile));
    loadType = VectorType::get(loadType.getNumElements() * loadTokens / pieceTokens, loadType.getElementType());
    int64_t loadBytes = 16 * loadTokens / pieceTokens;
    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < layout.numRegisters(); ++reg) {
      auto [row, dim] = modesAt(layout.getReg(), reg);
      SmallVector<Value> parts;
      for (int64_t inPiece = 0; inPiece < pieceTokens; inPiece += loadTokens) {
        int64_t token = op.getPart() * partTokens + row + inPiece;
        Value pointer = pages.of(token, lastToken, corner.row, emit), lane = laneBytes;
        int64_t bytes = token % pages.tokens * steps.token + dim * steps.dim;
        if (key && dim + lastDim >= headSize) { // lanes beyond the head load its first dims
          Value inside = emit.less(corner.col, emit.i32(headSize - dim));
          lane = emit.select(inside, laneBytes, emit.sub(firstDims, emit.i64(dim * steps.dim)));
        }
        int64_t immediate = bytes % immediateRange;
        if (lastToken < pages.tokens) { // one page for all lanes: the far part of the offset is scalar work
          pointer = emit.offset(pointer, bytes - immediate);
          bytes = immediate;
        }
        pointer = emit.offset(emit.offset(pointer, lane), bytes);
        parts.push_back(emit.load(loadType, pointer, static_cast<unsigned>(loadBytes), op.getNontemporal()));
      }
      SmallVector<Value> words;
      for (Value part : parts)
        words.append(emit.words(part));
      registers.push_back(parts.size() == 1 ? parts[0] : emit.fromWords(words, registerType(tile)));
    }
    return registers;
  }

  /// Whole rows: each 16 lanes read the places of their tokens from one of their lanes.
  SmallVector<Value> loadRows(LoadKvOp op, Value base, ValueRange ids, const CacheValues &cache,
                              const Emitter &emit) const {
    bool key = op.getKind() == KvKind::Key;
    TileType tile = op.getResult().getType();
    LayoutAttr layout = key ? tile.getLayout() : tile.getLayout().transposed();
    int64_t bytes = tile.getElementType().getIntOrFloatBitWidth() / 8;
    int64_t headSize = op.getCache().getType().headSizeOf(op.getKind());
    bool wider = (key ? tile.getCols() : tile.getRows()) != headSize;
    Value laneDim = laneDigits(emit, kernel.lane, layout.getLane(), /*rows=*/false);
    auto [part, own] = placeOfPart(op.getIds().getType(), op.getPart(), key ? tile.getRows() : tile.getCols(), ids);
    Value places = laneOffset(own[0], cache.pageStride, emit);
    if (op.getIds().getType().getPage() > 1)
      places = emit.add(places, laneOffset(own[1], cache.tokenStride, emit));
    // Tokens that share 16 lanes, and which of them this lane's is.
    auto low = splitModes(layout.getLane(), 16)->first;
    Modes shared = rowsOnly(low), regTokens = rowsOnly(layout.getReg());
    int64_t sharing = modesSize(shared), loads = modesSize(regTokens);
    Value which = sharing > 1 ? emit.udiv(emit.urem(kernel.lane, 16), 16 / sharing) : Value();

    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < layout.numRegisters(); ++reg) {
      auto [token, dim] = modesAt(layout.getReg(), reg);
      int64_t load = part * loads + indexOf(regTokens, token);
      Value place = emit.broadcast(places, load * sharing);
      for (int64_t i = 1; i < sharing; ++i)
        place = emit.select(emit.less(which, emit.i32(i)), place, emit.broadcast(places, load * sharing + i));
      Value inRow = emit.add(laneDim, dim);
      if (wider) // lanes beyond the head load its first dims
        inRow = emit.select(emit.less(inRow, emit.i32(headSize)), inRow, emit.i32(0));
      Value pointer = emit.offset(emit.offset(base, emit.zext(emit.mul(inRow, bytes))), place);
      registers.push_back(emit.load(registerType(tile), pointer, 16, op.getNontemporal()));
    }
    return registers;
  }

  /// Which value of the digits has this row.
  static int64_t indexOf(ArrayRef<Mode> modes, int64_t row) {
    int64_t index = 0;
    while (modesAt(modes, index).first != row)
      ++index;
    return index;
  }
};

/// Zeros beyond the head, at the use of what was loaded.
struct ZeroPastHeadLowering : Lowering<ZeroPastHeadOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(ZeroPastHeadOp op, Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    TileType tile = op.getKeys().getType();
    LayoutAttr layout = tile.getLayout();
    auto headSize = static_cast<int64_t>(op.getHeadSize());
    Value laneDim = laneCorner(emit, kernel, layout).col;
    int64_t lastDim = modesAt(layout.getLane(), 63).second;
    SmallVector<Value> registers(adaptor.getKeys());
    for (auto [index, reg] : llvm::enumerate(registers)) {
      int64_t dim = modesAt(layout.getReg(), index).second;
      if (dim + lastDim < headSize)
        continue;
      Value inside = emit.less(laneDim, emit.i32(headSize - dim));
      SmallVector<Value> words = emit.words(reg);
      for (Value &word : words)
        word = emit.select(inside, word, emit.i32(0));
      reg = emit.fromWords(words, reg.getType());
    }
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }
};

/// A number a lane: its token's, or its token's page's.
struct LoadScalesLowering : Lowering<LoadScalesOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LoadScalesOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ValueRange tensor = adaptor.getScales(), ids = adaptor.getIds(); // pointer, and the strides of pages and heads
    PageIdsType type = op.getIds().getType();
    int64_t step = op.getCache().getType().getScales() == Scales::Token ? 4 : 0;
    Value head = emit.sext(ItemValues::from(adaptor.getItem()).head);
    Value pointer = emit.offset(tensor[0], emit.mul(head, tensor[2]));
    Value page, inPage;
    if (type.getLayout()) {
      ValueRange own = placeOfPart(type, op.getPart(), op.getResult().getType().getCols(), ids).second;
      page = own[0], inPage = own[1];
    } else {
      std::tie(page, inPage) = placeOf(op, ids, emit);
    }
    Value place = laneOffset(page, tensor[1], emit);
    if (step != 0)
      place = emit.add(place, emit.zext(emit.mul(inPage, step)));
    // Opaque: else the tensor's place and the lane's in it are held as one, in registers of each lane.
    Value scale = emit.load(rewriter.getF32Type(), emit.offset(pointer, emit.opaque(place)), 4);
    rewriter.replaceOpWithMultiple(op, {SmallVector<Value>{scale}});
    return success();
  }

private:
  /// The page of this lane's token, and which token of the page it is.
  std::pair<Value, Value> placeOf(LoadScalesOp op, ValueRange ids, const Emitter &emit) const {
    PageIdsType type = op.getIds().getType();
    TileType tile = op.getResult().getType();
    int64_t tokens = type.getTokens(), first = static_cast<int64_t>(op.getPart()) * tile.getCols();
    KernelContext here = kernel;
    if (kernel.scarce)
      here.lane = emit.countLane();
    Value token = laneCorner(emit, here, tile.getLayout()).col;
    auto byLane = [&](ValueRange numbers) { // of the id that the lane's token is behind
      Value number = numbers[first / tokens];
      for (int64_t next = tokens; next < tile.getCols(); next += tokens)
        number = emit.select(emit.less(token, emit.i32(next)), number, numbers[(first + next) / tokens]);
      return number;
    };
    Value behind = tile.getCols() <= tokens ? emit.add(token, first % tokens) : emit.urem(token, tokens);
    if (type.startsInside())
      behind = emit.add(behind, byLane(ids.drop_front(type.getCount())));
    return {byLane(ids.take_front(type.getCount())), behind};
  }
};

} // namespace

void mlir::pa::addLoadLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const KernelContext &kernel) {
  patterns.add<PageIdsLowering, AwaitLowering, LoadKvLowering, LoadScalesLowering, ZeroPastHeadLowering>(
      converter, patterns.getContext(), kernel);
}
