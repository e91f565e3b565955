// Where a cache's pages, heads and tokens lie in its pool: dense, with gaps, or keys and values packed in one pool.
#ifndef PA_COMPILER_TOOLS_RUN_GEOMETRY_H
#define PA_COMPILER_TOOLS_RUN_GEOMETRY_H

#include "compiler/tools/run/Options.h"
#include "test/reference/PagedAttention.h"

namespace pa::run {

struct Geometry {
  reference::Strides keys, values;
  bool packed = false;  // values lie in the keys' pool,
  int64_t valuesAt = 0; // from this byte on
  reference::Strides keyScales, valueScales;

  // Bytes of one page's scales, or of all scales where pages have none of their own.
  int64_t keyScaleBytes = 0, valueScaleBytes = 0;
};
Geometry geometryOf(const reference::Shape &shape, Packing packing);

// A page as a file has it, dense, to where it belongs in a pool.
void scatterPage(const reference::Shape &shape, const reference::Strides &strides, int headSize, const uint8_t *dense,
                 uint8_t *page);

} // namespace pa::run

#endif
