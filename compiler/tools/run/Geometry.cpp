#include "compiler/tools/run/Geometry.h"

#include <cstring>

namespace pa::run {
namespace {

// Gaps are as odd as the ABI allows: multiples of 16 bytes, of scales 4, all unlike.
struct Gaps {
  int64_t head, page;
};
constexpr Gaps keyGaps = {16, 48}, valueGaps = {64, 80}, packedGaps = {32, 96};

bool isLinear(const reference::Shape &shape) {
  return shape.layout == reference::Layout::nhd || shape.layout == reference::Layout::hnd;
}

// Heads apart, where they are not inside of a token, and pages.
reference::Strides padded(const reference::Shape &shape, reference::Strides dense, Gaps gaps) {
  bool outerHeads = shape.layout != reference::Layout::nhd && shape.kvHeads > 1;
  if (outerHeads) {
    dense.head += gaps.head;
    dense.page += gaps.head * shape.kvHeads;
  }
  dense.page += gaps.page;
  return dense;
}

// Each token's (or, where a head is a block, each head's) values follow its keys.
void pack(const reference::Shape &shape, Geometry &geometry) {
  int64_t keyRow = int64_t(shape.headSize) * shape.cacheBytes(),
          valueRow = keyRow / shape.headSize * shape.valueHeadSize;
  reference::Strides both;
  if (isLinear(shape)) {
    int64_t row = keyRow + valueRow;
    bool nhd = shape.layout == reference::Layout::nhd;
    both.token = nhd ? shape.kvHeads * row + packedGaps.head : row;
    both.head = nhd ? row : shape.pageSize * row + packedGaps.head;
    both.page = (nhd ? shape.pageSize * both.token : shape.kvHeads * both.head) + packedGaps.page;
    geometry.valuesAt = keyRow;
  } else {
    geometry.valuesAt = shape.pageSize * keyRow;
    both.head = shape.pageSize * (keyRow + valueRow) + packedGaps.head;
    both.page = shape.kvHeads * both.head + packedGaps.page;
  }
  geometry.keys = geometry.values = both;
  geometry.packed = true;
}

void placeScales(const reference::Shape &shape, Packing packing, Geometry &geometry) {
  geometry.keyScales = geometry.valueScales = denseScales(shape);
  bool paged = shape.scales == reference::Scales::token || shape.scales == reference::Scales::page;
  if (packing != Packing::dense && geometry.keyScales.head) {
    geometry.keyScales.head += 16;
    geometry.valueScales.head += 32;
  }
  for (auto [strides, bytes] : {std::pair{&geometry.keyScales, &geometry.keyScaleBytes},
                                std::pair{&geometry.valueScales, &geometry.valueScaleBytes}}) {
    *bytes = shape.scales == reference::Scales::none     ? 0
             : shape.scales == reference::Scales::tensor ? int64_t(sizeof(float))
                                                         : shape.kvHeads * strides->head;
    if (!paged)
      continue;
    *bytes += packing == Packing::dense ? 0 : 48;
    strides->page = *bytes;
  }
}

} // namespace

Geometry geometryOf(const reference::Shape &shape, Packing packing) {
  Geometry geometry;
  geometry.keys = denseKeys(shape);
  geometry.values = denseValues(shape);
  if (packing == Packing::padded) {
    geometry.keys = padded(shape, geometry.keys, keyGaps);
    geometry.values = padded(shape, geometry.values, valueGaps);
  } else if (packing == Packing::packed) {
    pack(shape, geometry);
  }
  placeScales(shape, packing, geometry);
  return geometry;
}

void scatterPage(const reference::Shape &shape, const reference::Strides &strides, int headSize, const uint8_t *dense,
                 uint8_t *page) {
  int64_t row = int64_t(headSize) * shape.cacheBytes();
  if (!isLinear(shape)) {
    for (int head = 0; head < shape.kvHeads; ++head)
      std::memcpy(page + head * strides.head, dense + head * shape.pageSize * row, shape.pageSize * row);
    return;
  }
  bool nhd = shape.layout == reference::Layout::nhd;
  for (int head = 0; head < shape.kvHeads; ++head)
    for (int token = 0; token < shape.pageSize; ++token) {
      int64_t index = nhd ? int64_t(token) * shape.kvHeads + head : int64_t(head) * shape.pageSize + token;
      std::memcpy(page + head * strides.head + token * strides.token, dense + index * row, row);
    }
}

} // namespace pa::run
