#include "runtime/verify/CacheRow.h"
#include "runtime/verify/Judge.h"
#include "runtime/verify/Text.h"
#include "test/reference/CacheWrites.h"

#include <cmath>
#include <cstring>

namespace pa::checked {

HeadPage::HeadPage(Reader &reader, const VariantCache &described, const pa_cache &cache, bool keys, int64_t page,
                   uint32_t head)
    : shape(shapeOf(described)), keys(keys) {
  shape.kvHeads = 1;
  CachePart part = keys ? keysOf(described, cache) : valuesOf(described, cache);
  bytes.resize(size_t(described.pageSize) * part.headSize * elementBytes(described.cacheType));
  reader.head(described, part, page, head, bytes.data());
  if (!part.scales || described.scales == Scales::none)
    return;
  scales.resize(Reader::scalesOfHead(described));
  reader.scales(described, part, page, head, scales.data());
}

int HeadPage::size() const { return keys ? shape.headSize : shape.valueHeadSize; }

size_t HeadPage::offset(int token, int d) const {
  return size_t(keys ? keyOffset(shape, denseKeys(shape), token, 0, d)
                     : valueOffset(shape, denseValues(shape), token, 0, d));
}

uint16_t HeadPage::code(int token, int d) const {
  const uint8_t *at = &bytes[offset(token, d)];
  uint16_t code = *at;
  if (shape.cacheBytes() == 2)
    std::memcpy(&code, at, sizeof code);
  return code;
}

std::string codeDiffers(reference::Type type, int d, uint16_t got, uint16_t expected) {
  if (reference::sameNumber(type, got, expected))
    return "";
  return format("d %d: got %.6g (code 0x%x), expected %.6g (code 0x%x)", d, reference::decode(type, got), unsigned(got),
                reference::decode(type, expected), unsigned(expected));
}

std::string scaleDiffers(float got, float expected) {
  if (got == expected || (std::isnan(got) && std::isnan(expected)))
    return "";
  return format("the scale is %.9g, expected %.9g", double(got), double(expected));
}

} // namespace pa::checked
