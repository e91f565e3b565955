#include "compiler/variant/CacheFields.h"

namespace pa {

void readCacheFields(JsonFields &fields, VariantCache &cache) {
  fields.choice("cache_type", cache.cacheType, elementTypes);
  fields.number("head_size", cache.headSize, 8, maxHeadSize);
  cache.valueHeadSize = cache.headSize;
  fields.number("value_head_size", cache.valueHeadSize, 8, maxHeadSize, Presence::optional);
  fields.number("kv_heads", cache.kvHeads, 1, maxHeads);
  fields.number("page_size", cache.pageSize, 1, maxPageSize);
  fields.choice("layout", cache.layout, layouts);
  fields.choice("scales", cache.scales, scaleKinds, Presence::optional);
}

void checkCacheFields(JsonFields &fields, const VariantCache &cache) {
  uint32_t piece = cache.pieceElements();
  if (cache.headSize % piece)
    fields.wrong("head_size", cache.headSize, "a multiple of " + std::to_string(piece));
  if (cache.valueHeadSize % piece)
    fields.wrong("value_head_size", cache.valueHeadSize, "a multiple of " + std::to_string(piece));
  checkLayout(fields, cache, cache.layout);
  if (elementBytes(cache.cacheType) == 2 && cache.scales != Scales::none)
    fields.wrong("scales", toString(cache.scales), "none with a cache of 16-bit floats");
}

void checkLayout(JsonFields &fields, const VariantCache &cache, CacheLayout layout) {
  if (layout == CacheLayout::shuffled && cache.pageSize % cache.pieceElements())
    fields.wrong("page_size", cache.pageSize,
                 "a multiple of " + std::to_string(cache.pieceElements()) + " in the shuffled layout");
}

} // namespace pa
