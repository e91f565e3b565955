#include "dialects/pa/Layout.h"

using namespace mlir::pa;

int64_t mlir::pa::modesSize(llvm::ArrayRef<Mode> modes) {
  int64_t size = 1;
  for (const Mode &mode : modes)
    size *= mode.size;
  return size;
}

std::pair<int64_t, int64_t> mlir::pa::modesAt(llvm::ArrayRef<Mode> modes, int64_t index) {
  int64_t row = 0, col = 0;
  for (const Mode &mode : modes) {
    row += index % mode.size * mode.row;
    col += index % mode.size * mode.col;
    index /= mode.size;
  }
  return {row, col};
}

std::optional<std::pair<Modes, Modes>> mlir::pa::splitModes(llvm::ArrayRef<Mode> modes, int64_t at) {
  Modes low, high;
  for (const Mode &mode : modes) {
    if (at == 1) {
      high.push_back(mode);
    } else if (at % mode.size == 0) {
      low.push_back(mode);
      at /= mode.size;
    } else if (mode.size % at == 0) {
      low.push_back({at, mode.row, mode.col});
      high.push_back({mode.size / at, mode.row * at, mode.col * at});
      at = 1;
    } else {
      return std::nullopt;
    }
  }
  if (at != 1)
    return std::nullopt;
  return std::make_pair(low, high);
}

Modes mlir::pa::normalized(llvm::ArrayRef<Mode> modes) {
  Modes result;
  for (const Mode &mode : modes) {
    if (mode.size == 1)
      continue;
    if (!result.empty()) {
      Mode &last = result.back();
      if (mode.row == last.row * last.size && mode.col == last.col * last.size) {
        last.size *= mode.size;
        continue;
      }
    }
    result.push_back(mode);
  }
  return result;
}

Modes mlir::pa::rowsOnly(llvm::ArrayRef<Mode> modes) {
  Modes result;
  for (const Mode &mode : modes)
    if (mode.row != 0)
      result.push_back({mode.size, mode.row, 0});
  return normalized(result);
}

Modes mlir::pa::colsOnly(llvm::ArrayRef<Mode> modes) {
  Modes result;
  for (const Mode &mode : modes)
    if (mode.col != 0)
      result.push_back({mode.size, 0, mode.col});
  return normalized(result);
}
