#include "runtime/verify/CacheShape.h"

namespace pa::checked {

CachePart keysOf(const VariantCache &shape, const pa_cache &cache) {
  return {cache.keys,
          cache.key_scales,
          shape.headSize,
          cache.key_page_stride,
          cache.key_head_stride,
          cache.key_token_stride,
          cache.key_scale_page_stride,
          cache.key_scale_head_stride};
}

CachePart valuesOf(const VariantCache &shape, const pa_cache &cache) {
  return {cache.values,
          cache.value_scales,
          shape.valueHeadSize,
          cache.value_page_stride,
          cache.value_head_stride,
          cache.value_token_stride,
          cache.value_scale_page_stride,
          cache.value_scale_head_stride};
}

pa_cache cacheOf(const pa_decode_args &args) {
  pa_cache cache = {};
  cache.keys = args.key_cache;
  cache.values = args.value_cache;
  cache.key_scales = args.key_scales;
  cache.value_scales = args.value_scales;
  cache.key_page_stride = args.key_page_stride;
  cache.value_page_stride = args.value_page_stride;
  cache.key_head_stride = args.key_head_stride;
  cache.value_head_stride = args.value_head_stride;
  cache.key_token_stride = args.key_token_stride;
  cache.value_token_stride = args.value_token_stride;
  cache.key_scale_page_stride = args.key_scale_page_stride;
  cache.value_scale_page_stride = args.value_scale_page_stride;
  cache.key_scale_head_stride = args.key_scale_head_stride;
  cache.value_scale_head_stride = args.value_scale_head_stride;
  return cache;
}

VariantCache sourceOf(const CopyPagesVariant &variant) {
  VariantCache source = variant;
  source.cacheType = variant.sourceType;
  source.layout = variant.sourceLayout;
  return source;
}

uint64_t headBytes(const VariantCache &shape, const CachePart &part) {
  uint64_t row = uint64_t(part.headSize) * elementBytes(shape.cacheType);
  return shape.isLinear() ? uint64_t(shape.pageSize - 1) * uint64_t(part.token) + row : shape.pageSize * row;
}

// Pages, heads and tokens may lie in any order: the last byte is the last one of all of them.
uint64_t cacheBytes(const VariantCache &shape, const CachePart &part, int64_t pages) {
  return uint64_t(pages - 1) * uint64_t(part.page) + uint64_t(shape.kvHeads - 1) * uint64_t(part.head) +
         headBytes(shape, part);
}

uint64_t scaleBytes(const VariantCache &shape, const CachePart &part, int64_t pages) {
  constexpr uint64_t one = sizeof(float);
  uint64_t heads = uint64_t(shape.kvHeads - 1) * uint64_t(part.scaleHead);
  uint64_t before = uint64_t(pages - 1) * uint64_t(part.scalePage);
  switch (shape.scales) {
  case Scales::none:
    return 0;
  case Scales::tensor:
    return one;
  case Scales::head:
    return heads + one;
  case Scales::token:
    return before + heads + shape.pageSize * one;
  case Scales::page:
    return before + heads + one;
  }
  return 0;
}

} // namespace pa::checked
