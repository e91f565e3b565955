// Layout algebra: maps from (lane, register, element) to (row, column) as lists of digits.
#ifndef PA_DIALECTS_PA_LAYOUT_H
#define PA_DIALECTS_PA_LAYOUT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace mlir::pa {

/// A digit that counts to `size`; each step moves `row` rows and `col` columns.
struct Mode {
  int64_t size = 1, row = 0, col = 0;
  bool operator==(const Mode &other) const { return size == other.size && row == other.row && col == other.col; }
};

inline llvm::hash_code hash_value(const Mode &mode) { return llvm::hash_combine(mode.size, mode.row, mode.col); }

using Modes = llvm::SmallVector<Mode>;

/// The most (lane, register, element) places of a layout, the largest step, and the most elements of a tile: far more
/// than a wave's registers hold, and small enough to walk.
inline constexpr int64_t maxPlaces = 1 << 20;

/// The number of values the digits count through.
int64_t modesSize(llvm::ArrayRef<Mode> modes);

/// (row, column) of a value of the odometer.
std::pair<int64_t, int64_t> modesAt(llvm::ArrayRef<Mode> modes, int64_t index);

/// The digits that count below `at`, and those above; none if a digit would have to be cut unevenly.
std::optional<std::pair<Modes, Modes>> splitModes(llvm::ArrayRef<Mode> modes, int64_t at);

/// Only what moves along one axis, with the other axis' step cleared; digits of size 1 are dropped and neighbours
/// that continue each other are joined, so that equal maps compare equal.
Modes rowsOnly(llvm::ArrayRef<Mode> modes);
Modes colsOnly(llvm::ArrayRef<Mode> modes);
Modes normalized(llvm::ArrayRef<Mode> modes);

} // namespace mlir::pa

#endif
