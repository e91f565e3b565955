#include "compiler/tools/run/Geometry.h"
#include "compiler/tools/run/Pool.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

using namespace pa::run;
namespace reference = pa::reference;

namespace {

constexpr reference::Layout layouts[] = {reference::Layout::nhd, reference::Layout::hnd, reference::Layout::classic,
                                         reference::Layout::shuffled};

reference::Shape shapeOf(reference::Layout layout) {
  reference::Shape shape;
  shape.cacheType = reference::Type::fp8E4m3fn;
  shape.layout = layout;
  shape.headSize = 64;
  shape.valueHeadSize = 32;
  shape.queryHeads = shape.kvHeads = 2;
  shape.pageSize = 16;
  shape.scales = reference::Scales::token;
  return shape;
}

// No byte of two pages belongs to two elements, of keys and values in one pool or in two.
TEST(Geometry, elementsDoNotOverlap) {
  for (reference::Layout layout : layouts)
    for (Packing packing : {Packing::dense, Packing::padded, Packing::packed}) {
      SCOPED_TRACE(testing::Message() << int(layout) << " " << int(packing));
      reference::Shape shape = shapeOf(layout);
      Geometry geometry = geometryOf(shape, packing);
      std::vector<int> keys(2 * geometry.keys.page), values(2 * geometry.values.page);
      std::vector<int> &valuesIn = geometry.packed ? keys : values;
      for (int page = 0; page < 2; ++page)
        for (int token = 0; token < 16; ++token)
          for (int head = 0; head < 2; ++head) {
            for (int d = 0; d < 64; ++d)
              ++keys.at(page * geometry.keys.page + keyOffset(shape, geometry.keys, token, head, d));
            for (int d = 0; d < 32; ++d)
              ++valuesIn.at(geometry.valuesAt + page * geometry.values.page +
                            valueOffset(shape, geometry.values, token, head, d));
          }
      int64_t used = 0;
      for (const std::vector<int> *pool : {&keys, &values})
        for (int uses : *pool) {
          ASSERT_LE(uses, 1);
          used += uses;
        }
      EXPECT_EQ(2 * 16 * 2 * (64 + 32), used);
      bool gaps = used < int64_t(keys.size() + (geometry.packed ? 0 : values.size()));
      EXPECT_EQ(packing != Packing::dense, gaps);
    }
}

TEST(Geometry, scalesDoNotOverlap) {
  for (Packing packing : {Packing::dense, Packing::packed})
    for (reference::Scales scales :
         {reference::Scales::tensor, reference::Scales::head, reference::Scales::token, reference::Scales::page}) {
      reference::Shape shape = shapeOf(reference::Layout::hnd);
      shape.scales = scales;
      Geometry geometry = geometryOf(shape, packing);
      bool paged = scales == reference::Scales::token || scales == reference::Scales::page;
      std::vector<int> used((paged ? 2 : 1) * geometry.keyScaleBytes / 4);
      for (int page = 0; page < (paged ? 2 : 1); ++page)
        for (int head = 0; head < (scales == reference::Scales::tensor ? 1 : 2); ++head)
          for (int token = 0; token < (scales == reference::Scales::token ? 16 : 1); ++token)
            EXPECT_EQ(1, ++used.at(scaleOffset(shape, geometry.keyScales, page, token, head) / 4));
    }
}

TEST(Geometry, pagesAreScattered) {
  for (reference::Layout layout : layouts) {
    reference::Shape shape = shapeOf(layout);
    Geometry geometry = geometryOf(shape, Packing::packed);
    std::vector<uint8_t> dense(denseKeys(shape).page), page(geometry.keys.page);
    std::iota(dense.begin(), dense.end(), uint8_t(0));
    scatterPage(shape, geometry.keys, shape.headSize, dense.data(), page.data());
    for (int token = 0; token < 16; ++token)
      for (int head = 0; head < 2; ++head)
        for (int d = 0; d < 64; ++d)
          ASSERT_EQ(dense[keyOffset(shape, denseKeys(shape), token, head, d)],
                    page[keyOffset(shape, geometry.keys, token, head, d)]);
  }
}

TEST(Pool, isLargeAndFilledInParts) {
  auto pool = Pool::make(uint64_t(1) << 40);
  ASSERT_TRUE(pool) << pool.error().message;
  uint64_t far = (uint64_t(1) << 40) - 4;
  pool->fill(far, 4, 0x7fe5, 2);
  EXPECT_EQ(0xe5, pool->data()[far]);
  EXPECT_EQ(0x7f, pool->data()[far + 3]);
  EXPECT_EQ(0, pool->data()[far - 1]);
  pool->fill(8, 2, 0x80, 1);
  EXPECT_EQ(0x80, pool->data()[9]);
  Pool other = std::move(*pool);
  EXPECT_EQ(uint64_t(1) << 40, other.bytes());
  EXPECT_TRUE(Pool::make(0)->empty());
  EXPECT_FALSE(Pool::make(uint64_t(1) << 60));
}

} // namespace
