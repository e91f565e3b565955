#include "test/reference/Case.h"

#include <cmath>

using namespace pa::reference;

namespace {

Case makeCase(Shape shape, std::vector<int32_t> contexts, unsigned seed) {
  Case made;
  made.shape = shape;
  if (made.shape.valueHeadSize == 0)
    made.shape.valueHeadSize = shape.headSize;
  made.contexts = contexts;
  made.build(seed);
  made.place(seed);
  return made;
}

TEST(PagedAttention, agreesWithTheDefinitionInEveryLayoutPageSizeAndQueryLength) {
  for (Layout layout : {Layout::nhd, Layout::hnd, Layout::classic, Layout::shuffled})
    for (int pageSize : {1, 3, 16, 64})
      for (int queryTokens : {1, 2, 4, 8}) {
        if (layout == Layout::shuffled && pageSize % 8)
          continue;
        SCOPED_TRACE(testing::Message() << "layout " << int(layout) << " page " << pageSize << " qlen " << queryTokens);
        Shape shape;
        shape.layout = layout;
        shape.headSize = 32;
        shape.queryHeads = 6;
        shape.kvHeads = 2;
        shape.pageSize = pageSize;
        shape.queryTokens = queryTokens;
        // 0 and 1 give rows without keys; the others end inside, at and just past a page.
        makeCase(shape, {0, 1, 5, 16, 65}, 1).check();
      }
}

TEST(PagedAttention, agreesWithTheDefinitionInMixedTypes) {
  for (Type queryType : {Type::bf16, Type::f16})
    for (Type cacheType : {Type::bf16, Type::f16, Type::fp8E4m3fn, Type::fp8E4m3fnuz, Type::int8}) {
      Shape shape;
      shape.queryType = shape.outputType = queryType;
      shape.cacheType = cacheType;
      shape.headSize = 64;
      shape.queryHeads = 4;
      shape.kvHeads = 4;
      shape.pageSize = 16;
      shape.layout = Layout::shuffled;
      makeCase(shape, {33, 2}, 2).check();
    }
}

// By hand: scores ln 1 and ln 3 weigh the values 4 and 8 with 1/4 and 3/4.
TEST(PagedAttention, twoKeysByHand) {
  Shape shape;
  shape.queryType = shape.cacheType = Type::f16;
  shape.headSize = 8;
  shape.queryHeads = shape.kvHeads = 1;
  shape.pageSize = 1;
  Case tested = makeCase(shape, {2}, 3);
  tested.query.assign(8, 0);
  tested.query[0] = encode(Type::f16, 1.0);
  for (int d = 0; d < 8; ++d) {
    tested.keys[d] = 0;
    tested.keys[8 + d] = encode(Type::f16, 0.5);
    tested.values[d] = encode(Type::f16, 4);
    tested.values[8 + d] = encode(Type::f16, 8);
  }
  tested.place(3);
  tested.scale = 2 * std::log(3.0);
  Result result = tested.run();
  for (int d = 0; d < 8; ++d)
    EXPECT_NEAR(7.0, result.output[d], 1e-14);
  EXPECT_NEAR(std::log(4.0), result.lse[0], 1e-14);
}

TEST(PagedAttention, oneAndManyThreadsGiveTheSameBits) {
  Shape shape;
  shape.headSize = 64;
  shape.queryHeads = 8;
  shape.kvHeads = 4;
  shape.pageSize = 16;
  Case tested = makeCase(shape, {100, 3, 57}, 6);
  EXPECT_EQ(pagedAttention(tested.shape, tested.inputs(), 1).output,
            pagedAttention(tested.shape, tested.inputs(), 5).output);
}

} // namespace
