#include "test/cache/CacheModel.h"

#include <algorithm>

namespace pa::cachetest {

reference::Shape CacheShape::reference() const {
  static const std::pair<const char *, reference::Type> types[] = {{"bf16", reference::Type::bf16},
                                                                   {"f16", reference::Type::f16},
                                                                   {"f8E4M3FN", reference::Type::fp8E4m3fn},
                                                                   {"f8E4M3FNUZ", reference::Type::fp8E4m3fnuz},
                                                                   {"i8", reference::Type::int8}};
  static const std::pair<const char *, reference::Scales> kinds[] = {{"none", reference::Scales::none},
                                                                     {"tensor", reference::Scales::tensor},
                                                                     {"head", reference::Scales::head},
                                                                     {"token", reference::Scales::token},
                                                                     {"page", reference::Scales::page}};
  reference::Shape shape;
  for (auto [name, value] : types)
    if (type == name)
      shape.cacheType = value;
  for (auto [name, value] : kinds)
    if (scales == name)
      shape.scales = value;
  reference::parseLayout(layout, shape.layout);
  shape.kvHeads = heads;
  shape.headSize = headSize[keys];
  shape.valueHeadSize = headSize[values];
  shape.pageSize = page;
  return shape;
}

std::string CacheShape::mlirType(const std::string &owner) const {
  std::string text =
      "!pa.kv_cache<" + type + ", heads = " + std::to_string(heads) + ", head_size = " + std::to_string(headSize[keys]);
  if (headSize[values] != headSize[keys])
    text += ", value_head_size = " + std::to_string(headSize[values]);
  text += ", page = " + std::to_string(page) + ", layout = " + layout;
  if (scales != "none")
    text += ", scales = " + scales;
  return text + ", owner = " + owner + ">";
}

std::string CacheShape::variant() const {
  return std::string(R"("cache_type":")") + reference::facts(reference().cacheType).name + R"(","head_size":)" +
         std::to_string(headSize[keys]) + R"(,"value_head_size":)" + std::to_string(headSize[values]) +
         R"(,"kv_heads":)" + std::to_string(heads) + R"(,"page_size":)" + std::to_string(page) + R"(,"layout":")" +
         layout + R"(","scales":")" + scales + '"';
}

std::string CacheShape::scaleType() const {
  std::string count = std::to_string(heads);
  if (scales == "tensor")
    return "memref<1xf32, strided<[1]>>";
  if (scales == "head")
    return "memref<" + count + "xf32, strided<[?]>>";
  if (scales == "page")
    return "memref<?x" + count + "xf32, strided<[?, ?]>>";
  if (scales == "token")
    return "memref<?x" + count + "x" + std::to_string(page) + "xf32, strided<[?, ?, 1]>>";
  return "";
}

std::string CacheShape::name() const { return mlirType() + (padded ? ", padded" : ""); }

CachePart::CachePart(const CacheShape &described, Kind kind) : shape(described.reference()), kind(kind) {
  strides = kind == keys ? reference::denseKeys(shape) : reference::denseValues(shape);
  scaleStrides = reference::denseScales(shape);
  if (described.padded) {
    // Gaps are multiples of 16 bytes (4 of scales), all unlike; what is inside has to fit.
    int64_t gap = 16 * (kind + 1), heads = shape.kvHeads, page = shape.pageSize;
    if (shape.layout == reference::Layout::nhd) {
      strides.head += gap;
      strides.token = heads * strides.head + 3 * gap;
      strides.page = page * strides.token + 5 * gap;
    } else {
      if (shape.layout == reference::Layout::hnd) {
        strides.token += gap;
        strides.head = page * strides.token;
      }
      strides.head += 3 * gap;
      strides.page = heads * strides.head + 5 * gap;
    }
    if (scaleStrides.head)
      scaleStrides.head += gap / 4;
    if (scaleStrides.page)
      scaleStrides.page = heads * scaleStrides.head + gap / 2;
  }
  bytes.assign(described.pages * strides.page, 0xa5);
  if (shape.scales != reference::Scales::none)
    scaleBytes.assign(scaleOffset(described.pages - 1, shape.kvHeads - 1, shape.pageSize - 1) + sizeof(float), 0x5a);
}

size_t CachePart::offset(int page, int head, int token, int d) const {
  int64_t inside = kind == keys ? reference::keyOffset(shape, strides, token, head, d)
                                : reference::valueOffset(shape, strides, token, head, d);
  return page * strides.page + inside;
}

size_t CachePart::scaleOffset(int page, int head, int token) const {
  return reference::scaleOffset(shape, scaleStrides, page, token, head);
}

void dropNanSigns(Cache &cache) {
  if (cache.shape.type == "f8E4M3FN")
    for (CachePart &part : cache.parts)
      std::replace(part.bytes.begin(), part.bytes.end(), uint8_t(0xff), uint8_t(0x7f));
}

} // namespace pa::cachetest
