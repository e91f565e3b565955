#include "passes/TileLayouts.h"

using namespace mlir;
using namespace mlir::pa;

static LayoutAttr make(MLIRContext *context, ArrayRef<Mode> lane, ArrayRef<Mode> reg, ArrayRef<Mode> elem) {
  return LayoutAttr::get(context, normalized(lane), normalized(reg), normalized(elem));
}

/// How `pieces` of a row stand in lanes: up to 16 of them side by side, the rest in further registers.
struct RowPieces {
  int64_t lanes, registers;
  explicit RowPieces(int64_t pieces) : lanes(std::min<int64_t>(pieces, 16)), registers(pieces / lanes) {}
};

LayoutAttr TileLayouts::queryOperand() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}}, {{keyDims / (4 * piece), 0, 4 * piece}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyOperand() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}}, {{keyDims / (4 * piece), 0, 4 * piece}, {partTokens() / 16, 16, 0}},
              {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyBlockOperand() const { return queryOperand(); }

LayoutAttr TileLayouts::valueFragment() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}}, {{valueDims / 16, 16, 0}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyRows() const {
  RowPieces row(keyDims / piece);
  int64_t rows = 64 / row.lanes;
  return make(context, {{row.lanes, 0, piece}, {rows, 1, 0}},
              {{row.registers, 0, 16 * piece}, {partTokens() / rows, rows, 0}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::valueRows() const {
  RowPieces row(valueDims / piece);
  int64_t shared = 16 / row.lanes;
  return make(context, {{row.lanes, piece, 0}, {shared, 0, 1}, {4, 0, 4}},
              {{row.registers, 16 * piece, 0}, {4 / shared, 0, shared}, {partTokens() / 16, 0, 16}}, {{piece, 1, 0}});
}

int64_t TileLayouts::valueDimsOfLane() const { return piece * RowPieces(valueDims / piece).lanes / 16; }

LayoutAttr TileLayouts::valueOperand() const {
  RowPieces row(valueDims / piece);
  int64_t shared = 16 / row.lanes;
  return make(context, {{row.lanes, piece, 0}, {shared, piece / shared, 0}, {4, 0, 4}},
              {{piece / shared, 1, 0}, {row.registers, 16 * piece, 0}}, {{4, 0, 1}, {partTokens() / 16, 0, 16}});
}

LayoutAttr TileLayouts::scores() const {
  return make(context, {{16, 0, 1}, {4, 4, 0}}, {{partTokens() / 16, 16, 0}}, {{4, 1, 0}});
}

LayoutAttr TileLayouts::probabilityOperand(bool fragment) const {
  if (fragment)
    return make(context, {{16, 1, 0}, {4, 0, piece}}, {}, {{piece, 0, 1}});
  return make(context, {{16, 1, 0}, {4, 0, 4}}, {}, {{4, 0, 1}, {partTokens() / 16, 0, 16}});
}

LayoutAttr TileLayouts::rowVector() const { return make(context, {{16, 0, 1}, {4, 0, 0}}, {}, {}); }

LayoutAttr TileLayouts::partialSum() const { return make(context, {{16, 0, 1}, {4, 1, 0}}, {}, {}); }

LayoutAttr TileLayouts::tokenVector() const {
  return make(context, {{16, 0, 0}, {4, 0, 4}}, {{partTokens() / 16, 0, 16}}, {{4, 0, 1}});
}

LayoutAttr TileLayouts::tokenByLane() const {
  return make(context, {{4, 0, 1}, {partTokens() / 16, 0, 16}, {4, 0, 4}}, {}, {});
}

LayoutAttr TileLayouts::tokenLookup(LayoutAttr rows, bool tokensAreRows, int64_t allParts) const {
  int64_t parts = std::min(allParts, 64 / partTokens());         // of a register
  LayoutAttr byToken = tokensAreRows ? rows : rows.transposed(); // tokens as rows
  auto lanes = splitModes(byToken.getLane(), 16);
  Modes lookup = rowsOnly(lanes->first);
  lookup.append(rowsOnly(byToken.getReg()));
  lookup.push_back({parts, partTokens(), 0});
  lookup.push_back({16 / modesSize(lookup), 0, 0}); // few tokens a tile: some lanes look up what others do
  lookup.append(rowsOnly(lanes->second));
  return make(context, lookup, {{allParts / parts, parts * partTokens(), 0}}, {});
}

LayoutAttr TileLayouts::scaleLookup(int64_t parts) const {
  return make(context, tokenByLane().transposed().getLane(), {{parts, partTokens(), 0}}, {});
}

bool mlir::pa::isRowsToOperand(TileType from, TileType to) {
  auto fromLanes = splitModes(from.getLayout().getLane(), 16), toLanes = splitModes(to.getLayout().getLane(), 16);
  return fromLanes && toLanes && !colsOnly(fromLanes->first).empty() && colsOnly(toLanes->first).empty() &&
         colsOnly(from.getLayout().getElem()) == colsOnly(to.getLayout().getElem());
}
