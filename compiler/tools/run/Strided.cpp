#include "compiler/tools/run/Strided.h"

#include <algorithm>
#include <cstring>

namespace pa::run {

std::vector<uint8_t> spread(const Strided &layout, const void *dense, uint8_t fill) {
  std::vector<uint8_t> bytes(layout.bytes(), fill);
  const auto *from = static_cast<const uint8_t *>(dense);
  for (size_t i = 0; i < layout.outer; ++i)
    for (size_t j = 0; j < layout.inner; ++j, from += layout.pieceBytes)
      std::memcpy(&bytes[layout.offset(i, j)], from, layout.pieceBytes);
  return bytes;
}

std::optional<std::vector<uint8_t>> gather(const Strided &layout, const std::vector<uint8_t> &bytes, uint8_t fill,
                                           size_t &touched) {
  std::vector<uint8_t> dense;
  size_t next = 0; // the first byte that is not looked at yet
  auto gapIsWhole = [&](size_t end) {
    auto found = std::find_if(bytes.begin() + next, bytes.begin() + end, [&](uint8_t byte) { return byte != fill; });
    touched = found - bytes.begin();
    return found == bytes.begin() + end;
  };
  for (size_t i = 0; i < layout.outer; ++i)
    for (size_t j = 0; j < layout.inner; ++j) {
      size_t offset = layout.offset(i, j);
      if (!gapIsWhole(offset))
        return std::nullopt;
      next = offset + layout.pieceBytes;
      dense.insert(dense.end(), bytes.begin() + offset, bytes.begin() + next);
    }
  if (!gapIsWhole(bytes.size()))
    return std::nullopt;
  return dense;
}

} // namespace pa::run
