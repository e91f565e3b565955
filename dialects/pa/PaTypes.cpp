#include "dialects/pa/Pa.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

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

static bool isCacheElement(Type type) {
  return type.isBF16() || type.isF16() || isa<Float8E4M3FNType, Float8E4M3FNUZType>(type) || type.isSignlessInteger(8);
}

LogicalResult KvCacheType::verify(function_ref<InFlightDiagnostic()> emitError, Type elementType, int64_t heads,
                                  int64_t headSize, int64_t valueHeadSize, int64_t page, CacheLayout layout,
                                  Scales scales, CacheOwner owner) {
  if (!isCacheElement(elementType))
    return emitError() << "a cache's element type is bf16, f16, f8E4M3FN, f8E4M3FNUZ or i8, got " << elementType;
  if (heads < 1)
    return emitError() << "a cache has at least 1 head, got " << heads;
  for (auto [name, size] : {std::pair<StringRef, int64_t>{"head_size", headSize},
                            {"value_head_size", valueHeadSize ? valueHeadSize : headSize}})
    if (size < 64 || size > 256 || size % 16 != 0)
      return emitError() << name << " is a multiple of 16 from 64 to 256, got " << size;
  if (page != 1 && page != 8 && (page < 16 || page % 16 != 0 || page > 65536))
    return emitError() << "page is 1, 8 or a multiple of 16 up to 65536 tokens, got " << page;
  int64_t bits = elementType.getIntOrFloatBitWidth(), piece = 128 / bits;
  if (layout == CacheLayout::Shuffled && page % piece != 0)
    return emitError() << "a shuffled cache needs pages of a multiple of " << piece << " tokens (16 bytes of "
                       << elementType << "), got " << page;
  if (bits != 8 && scales != Scales::None)
    return emitError() << "scales go with a cache of 8 bits an element, got " << stringifyScales(scales) << " with "
                       << elementType;
  return success();
}

bool KvCacheType::isFragment(KvKind kind) const {
  if (isLinear() || getPage() == 1)
    return false;
  // Classic pages of 8 keep half a piece of 8-bit values together: two loads make one.
  return kind == KvKind::Key || getPage() % pieceElements() == 0 || pieceElements() % getPage() == 0;
}

int64_t KvCacheType::tileDims(KvKind kind) const {
  int64_t size = headSizeOf(kind), piece = pieceElements();
  if (!isFragment(kind)) // rows are spread over 2^n lanes, 16 at the most
    return size > 16 * piece ? llvm::alignTo(size, 16 * piece)
                             : std::max<int64_t>(llvm::PowerOf2Ceil(size), kind == KvKind::Key ? 4 * piece : 0);
  return kind == KvKind::Key ? llvm::alignTo(size, 4 * piece) : size;
}

//===-- !pa.tile ----------------------------------------------------------===//

LogicalResult TileType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows, int64_t cols,
                               Type elementType, LayoutAttr layout) {
  if (!isCacheElement(elementType) && !elementType.isF32() && !elementType.isInteger(32))
    return emitError() << "a tile's element type is a cache's, f32 or i32, got " << elementType;
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
  if (tile.registerBytes() % 16 != 0)
    return emitError() << "a shared tile's registers are multiples of 16 bytes a lane, got " << tile.registerBytes()
                       << " in " << tile;
  return success();
}

LogicalResult PageIdsType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t count, int64_t tokens,
                                  int64_t page, LayoutAttr layout) {
  if (count < 1)
    return emitError() << "there is at least 1 page id, got " << count;
  if (page < 1 || tokens < 1 || page % tokens != 0)
    return emitError() << "an id's tokens are in one page: expected a divisor of page = " << page << ", got " << tokens;
  if (!layout)
    return success();
  if (tokens != 1)
    return emitError() << "a lane knows the place of one token, got " << tokens;
  if (layout.numElements() != 1)
    return emitError() << "a register of a lane is the place of one token, got " << layout.numElements() << " elements";
  for (int64_t reg = 0; reg < layout.numRegisters(); ++reg)
    for (int64_t lane = 0; lane < modesSize(layout.getLane()); ++lane) {
      auto [token, col] = modesAt(layout.getLane(), lane);
      auto [regToken, regCol] = modesAt(layout.getReg(), reg);
      if (token + regToken >= count || col + regCol != 0)
        return emitError() << "a token is the layout's row below " << count << ", lane " << lane << " has ("
                           << token + regToken << ", " << col + regCol << ")";
    }
  return success();
}
