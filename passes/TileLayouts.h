// The layouts that tiling uses, from head size and elements a piece: which lane, register and element holds what.
#ifndef PA_PASSES_TILELAYOUTS_H
#define PA_PASSES_TILELAYOUTS_H

#include "dialects/pa/Pa.h"

namespace mlir::pa {

/// Layouts of one cache. A part is the tokens of one step of the second product: 4 lane groups with a piece each.
struct TileLayouts {
  MLIRContext *context;
  int64_t keyDims, valueDims; // of a tile
  int64_t piece;              // elements in 16 bytes

  static TileLayouts of(KvCacheType cache) {
    return {cache.getContext(), cache.tileDims(KvKind::Key), cache.tileDims(KvKind::Value), cache.pieceElements()};
  }

  int64_t partTokens() const { return 4 * piece; }
  /// Neighbouring dims that a lane has of `valueOperand`.
  int64_t valueDimsOfLane() const;

  // 16 bytes a lane, operand of a product: piece of a row in lane group g, rows by lane % 16.
  LayoutAttr queryOperand() const;    // 16 rows x dims
  LayoutAttr keyOperand() const;      // part tokens x dims
  LayoutAttr keyBlockOperand() const; // 16 tokens x dims
  LayoutAttr valueFragment() const;   // dims x part tokens, from a cache that keeps tokens together

  // Whole rows: neighbouring lanes hold neighbouring pieces of a token.
  LayoutAttr keyRows() const;      // part tokens x dims
  LayoutAttr valueRows() const;    // dims x part tokens, tokens of lane group g where scores have them
  LayoutAttr valueOperand() const; // dims x part tokens, valueRows after the transposition in the lane

  LayoutAttr scores() const;                          // part tokens x 16 rows, as the product leaves them
  LayoutAttr probabilityOperand(bool fragment) const; // 16 rows x part tokens, to go with the values' layout
  LayoutAttr rowVector() const;                       // 1 x 16: a number a row, the same in all lane groups
  LayoutAttr partialSum() const;                      // 4 x 16: a number a row and lane group
  LayoutAttr tokenVector() const;                     // 1 x part tokens: a number a token, where its scores stand
  LayoutAttr tokenByLane() const; // 1 x part tokens: a number a lane, in the group where its scores are

  /// Which token's place each lane looks up so that a load of `rows` (tokens along `rowAxis` of the tile, else
  /// columns) finds it by a broadcast in its 16 lanes; token as the layout's row. A register for each 64 tokens.
  LayoutAttr tokenLookup(LayoutAttr rows, bool tokensAreRows, int64_t allParts) const;
  LayoutAttr scaleLookup(int64_t parts) const; // tokenByLane of each part; token as the layout's row
};

/// Whether going from `from` to `to` needs a way through LDS: rows of tokens spread over lanes become operands.
bool isRowsToOperand(TileType from, TileType to);

} // namespace mlir::pa

#endif
