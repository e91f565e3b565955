#include "passes/TileLayouts.h"

using namespace mlir;
using namespace mlir::pa;

static LayoutAttr make(MLIRContext *context, ArrayRef<Mode> lane, ArrayRef<Mode> reg, ArrayRef<Mode> elem) {
  return LayoutAttr::get(context, normalized(lane), normalized(reg), normalized(elem));
}

LayoutAttr TileLayouts::queryOperand() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}}, {{headSize / (4 * piece), 0, 4 * piece}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyOperand() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}},
              {{headSize / (4 * piece), 0, 4 * piece}, {partTokens() / 16, 16, 0}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyBlockOperand() const { return queryOperand(); }

LayoutAttr TileLayouts::valueFragment() const {
  return make(context, {{16, 1, 0}, {4, 0, piece}}, {{headSize / 16, 16, 0}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::keyRows() const {
  int64_t lanesPerRow = headSize / piece, rows = 64 / lanesPerRow;
  return make(context, {{lanesPerRow, 0, piece}, {rows, 1, 0}}, {{partTokens() / rows, rows, 0}}, {{piece, 0, 1}});
}

LayoutAttr TileLayouts::valueRows() const {
  int64_t lanesPerRow = headSize / piece, shared = 16 / lanesPerRow;
  return make(context, {{lanesPerRow, piece, 0}, {shared, 0, 1}, {4, 0, 4}}, {{4 / shared, 0, shared}, {2, 0, 16}},
              {{piece, 1, 0}});
}

LayoutAttr TileLayouts::valueOperand() const {
  int64_t lanesPerRow = headSize / piece, shared = 16 / lanesPerRow;
  return make(context, {{lanesPerRow, piece, 0}, {shared, piece / shared, 0}, {4, 0, 4}}, {{piece / shared, 1, 0}},
              {{4, 0, 1}, {2, 0, 16}});
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

LayoutAttr TileLayouts::tokenLookup(LayoutAttr rows, bool tokensAreRows, int64_t parts) const {
  LayoutAttr byToken = tokensAreRows ? rows : rows.transposed(); // tokens as rows
  auto lanes = splitModes(byToken.getLane(), 16);
  Modes lookup = rowsOnly(lanes->first);
  lookup.append(rowsOnly(byToken.getReg()));
  lookup.push_back({parts, partTokens(), 0});
  lookup.append(rowsOnly(lanes->second));
  return make(context, lookup, {}, {});
}

bool mlir::pa::isRowsToOperand(TileType from, TileType to) {
  auto fromLanes = splitModes(from.getLayout().getLane(), 16), toLanes = splitModes(to.getLayout().getLane(), 16);
  return fromLanes && toLanes && !colsOnly(fromLanes->first).empty() && colsOnly(toLanes->first).empty() &&
         colsOnly(from.getLayout().getElem()) == colsOnly(to.getLayout().getElem());
}
