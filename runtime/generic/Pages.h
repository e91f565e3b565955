// Where an element is in a page of a cache, docs/abi.md "Cache layouts", with all of it known at run time only.
#ifndef PA_RUNTIME_GENERIC_PAGES_H
#define PA_RUNTIME_GENERIC_PAGES_H

#include "pa/append_abi.h"
#include "runtime/generic/Numbers.h"

namespace pa::generic {

// Keys or values of a cache.
struct Part {
  uint64_t data, scales;
  int64_t pageStride, headStride, tokenStride, scalePageStride, scaleHeadStride;
};

device inline Part keysOf(const pa_cache &cache) {
  return {cache.keys,
          cache.key_scales,
          cache.key_page_stride,
          cache.key_head_stride,
          cache.key_token_stride,
          cache.key_scale_page_stride,
          cache.key_scale_head_stride};
}
device inline Part valuesOf(const pa_cache &cache) {
  return {cache.values,
          cache.value_scales,
          cache.value_page_stride,
          cache.value_head_stride,
          cache.value_token_stride,
          cache.value_scale_page_stride,
          cache.value_scale_head_stride};
}

device inline bool isLinear(Layout layout) { return layout == nhd || layout == hnd; }

device inline uint64_t headOf(const Part &part, int64_t page, uint32_t head) {
  return part.data + uint64_t(page * part.pageStride + head * part.headStride);
}

// Of a head in its page: where a token's key begins, and how far its pieces of 16 bytes are apart.
device inline int64_t keyOffset(const CacheFields &cache, const Part &keys, uint32_t slot) {
  return isLinear(cache.layout) ? slot * keys.tokenStride : int64_t(slot) * 16;
}
device inline int64_t keyPieceStride(const CacheFields &cache) {
  return isLinear(cache.layout) ? 16 : int64_t(cache.pageSize) * 16;
}

// Where a token's value begins, and how far its elements are apart.
device inline int64_t valueOffset(const CacheFields &cache, const Part &values, uint32_t slot) {
  uint32_t bytes = bytesOf(cache.type), piece = pieceOf(cache.type);
  if (isLinear(cache.layout))
    return slot * values.tokenStride;
  if (cache.layout == classic)
    return int64_t(slot) * bytes;
  return int64_t(slot / piece) * cache.valueHeadSize * 16 + slot % piece * bytes;
}
device inline int64_t valueStride(const CacheFields &cache) {
  uint32_t bytes = bytesOf(cache.type);
  return isLinear(cache.layout) ? bytes : cache.layout == classic ? int64_t(cache.pageSize) * bytes : 16;
}

// Of one element, from its head's begin in its page.
device inline uint64_t keyElement(const CacheFields &cache, const Part &keys, uint32_t slot, uint32_t d) {
  uint32_t piece = pieceOf(cache.type);
  return uint64_t(keyOffset(cache, keys, slot) + d / piece * keyPieceStride(cache)) + d % piece * bytesOf(cache.type);
}
device inline uint64_t valueElement(const CacheFields &cache, const Part &values, uint32_t slot, uint32_t d) {
  return uint64_t(valueOffset(cache, values, slot) + d * valueStride(cache));
}

device inline uint64_t scaleAddress(const CacheFields &cache, const Part &part, int64_t page, uint32_t head,
                                    uint32_t slot) {
  int64_t offset = cache.scales == ofTensor ? 0 : head * part.scaleHeadStride;
  if (cache.scales == ofToken || cache.scales == ofPage)
    offset += page * part.scalePageStride;
  if (cache.scales == ofToken)
    offset += slot * int64_t(sizeof(float));
  return part.scales + uint64_t(offset);
}
device inline float scaleOf(const CacheFields &cache, const Part &part, int64_t page, uint32_t head, uint32_t slot) {
  return cache.scales == noScales ? 1 : read<float>(scaleAddress(cache, part, page, head, slot));
}

} // namespace pa::generic

#endif
