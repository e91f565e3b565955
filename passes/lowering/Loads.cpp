// Where a tile's bytes are, and loading them: page ids, pieces, rows.
#include "passes/lowering/Patterns.h"

#include <numeric>

using namespace mlir;
using namespace mlir::pa;

namespace {

// An immediate offset of a global load is 13 bits, signed; what is beyond goes into the uniform base.
constexpr int64_t immediateRange = 4096;

int64_t elementBytes(KvCacheType cache) { return cache.getElementType().getIntOrFloatBitWidth() / 8; }

/// Bytes from one token's row to the next, in a cache whose rows are whole.
int64_t tokenBytes(KvCacheType cache) {
  int64_t row = cache.getHeadSize() * elementBytes(cache);
  return cache.getLayout() == CacheLayout::NHD ? cache.getHeads() * row : row;
}

/// Bytes of one step along tokens and along dims of a piece's place in its page; a piece is 16 bytes.
struct PieceSteps {
  int64_t token, dim;
};
PieceSteps pieceSteps(KvCacheType cache, KvKind kind) {
  int64_t bytes = elementBytes(cache);
  if (kind == KvKind::Key) // [d/x][token][x]: a step of x dims is a page of pieces
    return {16, cache.getPage() * bytes};
  if (cache.getLayout() == CacheLayout::Shuffled) // [token/x][d][x]: a step of x tokens is a head of pieces
    return {cache.getHeadSize() * bytes, 16};
  return {bytes, cache.getPage() * bytes}; // [d][token]
}

//===-- page ids ----------------------------------------------------------===//

struct PageIdsLowering : Lowering<PageIdsOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(PageIdsOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    ItemValues item = ItemValues::from(adaptor.getItem());
    Value row = emit.mul(emit.sext(item.sequence), emit.sext(adaptor.getTables()[1]));
    Value table = emit.offset(adaptor.getTables()[0], emit.mul(row, emit.i64(4)));
    PageIdsType type = op.getResult().getType();
    if (type.getLayout())
      rewriter.replaceOpWithMultiple(op, {tokenPlace(op, adaptor, item, table, emit)});
    else
      rewriter.replaceOpWithMultiple(op, {pages(op, adaptor, item, table, emit)});
    return success();
  }

private:
  /// The ids of the tile's pages, by scalar loads. An entry past the last page in use becomes that page's.
  SmallVector<Value> pages(PageIdsOp op, Adaptor &adaptor, const ItemValues &item, Value table,
                           const Emitter &emit) const {
    int64_t count = op.getResult().getType().getCount(), page = op.getCache().getType().getPage();
    Value used = emit.udiv(emit.add(item.context, page - 1), page);
    Value last = emit.sub(used, emit.i32(1));
    Value first = emit.mul(adaptor.getTile().front(), count);
    SmallVector<Value> ids;
    for (int64_t i = 0; i < count; ++i) {
      Value entry = emit.minS(emit.add(first, i), last);
      ids.push_back(
          emit.load(emit.builder.getI32Type(), emit.offset(table, emit.mul(emit.sext(entry), emit.i64(4))), 4));
    }
    return ids;
  }

  /// The page id of this lane's token and how many bytes into the page it is. They are put together where the token is
  /// loaded, so that nothing waits for the id before.
  SmallVector<Value> tokenPlace(PageIdsOp op, Adaptor &adaptor, const ItemValues &item, Value table,
                                const Emitter &emit) const {
    KvCacheType cache = op.getCache().getType();
    PageIdsType type = op.getResult().getType();
    // Once a tile and few instructions: not worth a register all the way.
    Value inTile = laneDigits(emit, emit.countLane(), type.getLayout().getLane(), /*rows=*/true);
    Value token = emit.add(emit.mul(adaptor.getTile().front(), type.getCount()), inTile);
    token = emit.minS(token, emit.sub(item.context, emit.i32(1)));
    Value entry = emit.udiv(token, cache.getPage());
    Value id = emit.load(emit.builder.getI32Type(), emit.offset(table, emit.mul(emit.sext(entry), emit.i64(4))), 4);
    return {id, emit.mul(emit.urem(token, cache.getPage()), tokenBytes(cache))};
  }
};

//===-- loads -------------------------------------------------------------===//

struct AwaitLowering : Lowering<AwaitOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(AwaitOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    SmallVector<Value> here(adaptor.getSource());
    here[0] = emit.opaque(here[0]); // the id; the rest does not come from memory
    rewriter.replaceOpWithMultiple(op, {here});
    return success();
  }
};

struct LoadKvLowering : Lowering<LoadKvOp> {
  using Lowering::Lowering;

  LogicalResult matchAndRewrite(LoadKvOp op, Adaptor adaptor, ConversionPatternRewriter &rewriter) const override {
    Emitter emit{rewriter, op.getLoc()};
    bool key = op.getKind() == KvKind::Key;
    ValueRange cache = adaptor.getCache();
    Value head = emit.sext(ItemValues::from(adaptor.getItem()).head);
    Value base = emit.offset(cache[key ? 0 : 1], emit.mul(head, cache[key ? 4 : 5]));
    SmallVector<Value> registers;
    if (op.getIds().getType().getLayout())
      registers = loadRows(op, base, adaptor.getIds(), cache[key ? 2 : 3], emit);
    else
      registers = loadPieces(op, base, adaptor.getIds(), cache[key ? 2 : 3], emit);
    rewriter.replaceOpWithMultiple(op, {registers});
    return success();
  }

private:
  /// Pieces that are matrix operands already. Lanes of one register may be in several pages.
  SmallVector<Value> loadPieces(LoadKvOp op, Value base, ValueRange ids, Value pageStride, const Emitter &emit) const {
    KvCacheType cache = op.getCache().getType();
    bool key = op.getKind() == KvKind::Key;
    TileType tile = op.getResult().getType();
    // Tokens and dims, whatever the tile's orientation.
    LayoutAttr layout = key ? tile.getLayout() : tile.getLayout().transposed();
    LaneCorner corner = laneCorner(emit, kernel, layout);
    PieceSteps steps = pieceSteps(cache, op.getKind());
    int64_t piece = cache.pieceElements(), page = cache.getPage();
    int64_t partTokens = key ? tile.getRows() : tile.getCols();

    SmallVector<Value> pages;
    for (Value id : ids)
      pages.push_back(emit.offset(base, emit.mul(emit.zext(id), pageStride)));

    int64_t laneTokens = 0; // how many tokens the lanes of a register span
    for (const Mode &mode : layout.getLane())
      laneTokens = std::max(laneTokens, mode.size * mode.row);
    int64_t pieceTokens = key ? 1 : piece;
    Value laneInPage = laneTokens <= page ? corner.row : emit.urem(corner.row, page);
    auto place = [&](Value token, Value dim) {
      Value tokenPart = emit.mul(emit.udiv(token, pieceTokens), steps.token * pieceTokens);
      Value dimPart = key ? emit.mul(emit.udiv(dim, piece), steps.dim * piece) : emit.mul(dim, steps.dim);
      return emit.add(tokenPart, dimPart);
    };
    Value laneBytes = emit.zext(place(laneInPage, corner.col));

    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < layout.numRegisters(); ++reg) {
      auto [row, dim] = modesAt(layout.getReg(), reg);
      int64_t token = op.getPart() * partTokens + row;
      Value pointer = selectPage(pages, token, laneTokens, page, corner.row, emit);
      int64_t bytes = token % page * steps.token + dim * steps.dim;
      int64_t immediate = bytes % immediateRange;
      if (laneTokens <= page) { // one page for all lanes: the far part of the offset is scalar work
        pointer = emit.offset(pointer, bytes - immediate);
        bytes = immediate;
      }
      pointer = emit.offset(emit.offset(pointer, laneBytes), bytes);
      registers.push_back(emit.load(registerType(tile), pointer, 16, op.getNontemporal()));
    }
    return registers;
  }

  /// The page of tokens `token` and up, by lane if the lanes span more than one.
  Value selectPage(ArrayRef<Value> pages, int64_t token, int64_t laneTokens, int64_t page, Value laneToken,
                   const Emitter &emit) const {
    Value pointer = pages[token / page];
    for (int64_t next = page; next < laneTokens; next += page)
      pointer = emit.select(emit.less(laneToken, emit.i32(next)), pointer, pages[(token + next) / page]);
    return pointer;
  }

  /// Whole rows: each 16 lanes read the places of their tokens from one of their lanes.
  SmallVector<Value> loadRows(LoadKvOp op, Value base, ValueRange ids, Value pageStride, const Emitter &emit) const {
    bool key = op.getKind() == KvKind::Key;
    TileType tile = op.getResult().getType();
    LayoutAttr layout = key ? tile.getLayout() : tile.getLayout().transposed();
    int64_t bytes = tile.getElementType().getIntOrFloatBitWidth() / 8;
    Value dim = laneDigits(emit, kernel.lane, layout.getLane(), /*rows=*/false);
    Value places = emit.add(emit.mul(emit.zext(ids[0]), pageStride), emit.zext(ids[1]));
    Value lanePointer = emit.offset(base, emit.zext(emit.mul(dim, bytes)));
    // Tokens that share 16 lanes, and which of them this lane's is.
    auto low = splitModes(layout.getLane(), 16)->first;
    Modes shared = rowsOnly(low);
    int64_t sharing = modesSize(shared);
    Value which = sharing > 1 ? emit.udiv(emit.urem(kernel.lane, 16), 16 / sharing) : Value();

    SmallVector<Value> registers;
    for (int64_t reg = 0; reg < layout.numRegisters(); ++reg) {
      int64_t load = op.getPart() * layout.numRegisters() + reg;
      Value place = broadcast(places, load * sharing, emit);
      for (int64_t i = 1; i < sharing; ++i)
        place = emit.select(emit.less(which, emit.i32(i)), place, broadcast(places, load * sharing + i, emit));
      registers.push_back(emit.load(registerType(tile), emit.offset(lanePointer, place), 16, op.getNontemporal()));
    }
    return registers;
  }

  /// Lane `source` of each 16 lanes, in all of them (DPP row_newbcast).
  Value broadcast(Value value, int64_t source, const Emitter &emit) const {
    SmallVector<Value> halves;
    for (Value word : emit.words(value))
      halves.push_back(ROCDL::DPPUpdateOp::create(emit.builder, emit.loc, word.getType(), word, word, 0x150 + source,
                                                  0xf, 0xf, true));
    return emit.fromWords(halves, value.getType());
  }
};

} // namespace

void mlir::pa::addLoadLowerings(RewritePatternSet &patterns, const TypeConverter &converter,
                                const KernelContext &kernel) {
  patterns.add<PageIdsLowering, AwaitLowering, LoadKvLowering>(converter, patterns.getContext(), kernel);
}
