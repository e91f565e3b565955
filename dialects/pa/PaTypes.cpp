#include "dialects/pa/Pa.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::pa;

/// `16x128xbf16`.
static ParseResult parseShape2(AsmParser &parser, int64_t &rows, int64_t &cols, Type &elementType) {
  SmallVector<int64_t> dims;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseDimensionList(dims, /*allowDynamic=*/false, /*withTrailingX=*/true))
    return failure();
  if (dims.size() != 2 || dims[0] < 1 || dims[1] < 1)
    return parser.emitError(loc, "expected two dimensions of at least 1");
  rows = dims[0];
  cols = dims[1];
  return parser.parseType(elementType);
}

static void printShape2(AsmPrinter &printer, int64_t rows, int64_t cols, Type elementType) {
  printer << rows << "x" << cols << "x" << elementType;
}

#define GET_TYPEDEF_CLASSES
#include "dialects/pa/PaTypes.cpp.inc"

void PaDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/pa/PaTypes.cpp.inc"
      >();
}

//===-- !pa.kv_cache ------------------------------------------------------===//

LogicalResult KvCacheType::verify(function_ref<InFlightDiagnostic()> emitError, Type elementType, int64_t heads,
                                  int64_t headSize, int64_t page, CacheLayout layout, CacheOwner owner) {
  if (!elementType.isBF16() && !elementType.isF16())
    return emitError() << "a cache's element type is bf16 or f16, got " << elementType;
  if (heads < 1)
    return emitError() << "a cache has at least 1 head, got " << heads;
  if (headSize != 64 && headSize != 128)
    return emitError() << "head_size is 64 or 128, got " << headSize;
  if (page != 1 && page != 16 && page != 64)
    return emitError() << "page is 1, 16 or 64 tokens, got " << page;
  int64_t piece = 128 / elementType.getIntOrFloatBitWidth();
  if (layout == CacheLayout::Shuffled && page % piece != 0)
    return emitError() << "a shuffled cache needs pages of a multiple of " << piece << " tokens (16 bytes of "
                       << elementType << "), got " << page;
  return success();
}

bool KvCacheType::keyIsFragment() const { return getLayout() != CacheLayout::NHD && getPage() >= 16; }
bool KvCacheType::valueIsFragment() const {
  return getLayout() != CacheLayout::NHD && getPage() % pieceElements() == 0;
}

//===-- !pa.tile ----------------------------------------------------------===//

LogicalResult TileType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows, int64_t cols,
                               Type elementType, LayoutAttr layout) {
  if (!elementType.isBF16() && !elementType.isF16() && !elementType.isF32() && !elementType.isInteger(32))
    return emitError() << "a tile's element type is bf16, f16, f32 or i32, got " << elementType;
  if (rows > maxPlaces / cols)
    return emitError() << "a tile has at most " << maxPlaces << " elements, got " << rows << "x" << cols;
  llvm::BitVector seen(rows * cols);
  Modes all(layout.getElem());
  all.append(layout.getReg().begin(), layout.getReg().end());
  all.append(layout.getLane().begin(), layout.getLane().end());
  for (int64_t i = 0, e = modesSize(all); i < e; ++i) {
    auto [row, col] = modesAt(all, i);
    if (row >= rows || col >= cols)
      return emitError() << "the layout reaches (" << row << ", " << col << "), outside of " << rows << "x" << cols;
    seen.set(row * cols + col);
  }
  if (!seen.all()) {
    int64_t missing = seen.find_first_unset();
    return emitError() << "the layout does not cover (" << missing / cols << ", " << missing % cols << ")";
  }
  return success();
}

//===-- !pa.page_ids ------------------------------------------------------===//

LogicalResult SharedType::verify(function_ref<InFlightDiagnostic()> emitError, TileType tile) {
  if (tile.registerBytes() != 16)
    return emitError() << "a shared tile's registers are 16 bytes a lane, got " << tile.registerBytes() << " in "
                       << tile;
  return success();
}

LogicalResult PageIdsType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t count, LayoutAttr layout) {
  if (count < 1)
    return emitError() << "there is at least 1 page id, got " << count;
  if (!layout)
    return success();
  if (layout.numRegisters() != 1 || layout.numElements() != 1)
    return emitError() << "a lane knows the place of one token, got " << layout.numRegisters() << " registers of "
                       << layout.numElements();
  for (int64_t lane = 0; lane < modesSize(layout.getLane()); ++lane)
    if (auto [token, col] = modesAt(layout.getLane(), lane); token >= count || col != 0)
      return emitError() << "a token is the layout's row below " << count << ", lane " << lane << " has (" << token
                         << ", " << col << ")";
  return success();
}
