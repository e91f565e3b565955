#include "runtime/verify/Reader.h"

#include <algorithm>
#include <cstring>

namespace pa::checked {

std::vector<uint16_t> Reader::codes(uint64_t address, size_t count, ElementType type) {
  if (elementBytes(type) == 2)
    return read<uint16_t>(address, count);
  std::vector<uint8_t> bytes = read<uint8_t>(address, count);
  return {bytes.begin(), bytes.end()};
}

void Reader::head(const VariantCache &shape, const CachePart &part, int64_t page, uint32_t head, uint8_t *dense) {
  uint64_t address = part.address + uint64_t(page * part.page) + head * uint64_t(part.head);
  if (!shape.isLinear())
    return read(dense, address, headBytes(shape, part));
  size_t row = size_t(part.headSize) * elementBytes(shape.cacheType);
  std::vector<uint8_t> spread = read<uint8_t>(address, headBytes(shape, part));
  for (uint32_t token = 0; token < shape.pageSize; ++token)
    std::memcpy(dense + token * row, spread.data() + token * size_t(part.token), row);
}

size_t Reader::scalesOfHead(const VariantCache &shape) { return shape.scales == Scales::token ? shape.pageSize : 1; }

void Reader::scales(const VariantCache &shape, const CachePart &part, int64_t page, uint32_t head, float *scales) {
  uint64_t address = part.scales;
  if (shape.scales == Scales::token || shape.scales == Scales::page)
    address += uint64_t(page * part.scalePage);
  if (shape.scales != Scales::tensor)
    address += head * uint64_t(part.scaleHead);
  read(scales, address, scalesOfHead(shape) * sizeof(float));
}

int64_t Reader::pagesIn(uint64_t address, uint64_t pageBytes, int64_t stride) {
  auto found = device.allocationAt(address);
  if (!found || !*found)
    return INT64_MAX;
  uint64_t room = (*found)->address + (*found)->bytes - address;
  return room < pageBytes ? 0 : int64_t((room - pageBytes) / uint64_t(stride)) + 1;
}

int64_t Reader::pagesFrom(const VariantCache &shape, const CachePart &part) {
  int64_t pages = pagesIn(part.address, cacheBytes(shape, part, 1), part.page);
  if (shape.scales == Scales::token || shape.scales == Scales::page)
    pages = std::min(pages, pagesIn(part.scales, scaleBytes(shape, part, 1), part.scalePage));
  return pages;
}

} // namespace pa::checked
