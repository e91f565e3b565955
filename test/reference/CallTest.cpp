#include "test/reference/Case.h"

#include <set>

using namespace pa::reference;

namespace {

Shape shapeOf(Layout layout, Type type) {
  Shape shape;
  shape.layout = layout;
  shape.cacheType = type;
  shape.headSize = 64;
  shape.valueHeadSize = 32;
  shape.queryHeads = shape.kvHeads = 2;
  shape.pageSize = 16;
  return shape;
}

TEST(Call, aDensePageIsFilledOnce) {
  for (Layout layout : {Layout::nhd, Layout::hnd, Layout::classic, Layout::shuffled})
    for (Type type : {Type::bf16, Type::fp8E4m3fn}) {
      Shape shape = shapeOf(layout, type);
      std::set<int64_t> keys, values;
      for (int token = 0; token < 16; ++token)
        for (int head = 0; head < 2; ++head) {
          for (int d = 0; d < 64; ++d)
            keys.insert(keyOffset(shape, denseKeys(shape), token, head, d));
          for (int d = 0; d < 32; ++d)
            values.insert(valueOffset(shape, denseValues(shape), token, head, d));
        }
      int64_t bytes = shape.cacheBytes();
      EXPECT_EQ(16u * 2 * 64, keys.size());
      EXPECT_EQ(16u * 2 * 32, values.size());
      EXPECT_EQ(denseKeys(shape).page - bytes, *keys.rbegin());
      EXPECT_EQ(denseValues(shape).page - bytes, *values.rbegin());
    }
}

// Of FP8 with x = 16, token 3, head 1, d 20.
TEST(Call, offsetsByHand) {
  Shape shape = shapeOf(Layout::nhd, Type::fp8E4m3fn);
  EXPECT_EQ(3 * 128 + 64 + 20, keyOffset(shape, denseKeys(shape), 3, 1, 20));
  shape.layout = Layout::hnd;
  EXPECT_EQ(1024 + 3 * 64 + 20, keyOffset(shape, denseKeys(shape), 3, 1, 20));
  shape.layout = Layout::classic;
  EXPECT_EQ(1024 + 16 * 16 + 3 * 16 + 4, keyOffset(shape, denseKeys(shape), 3, 1, 20));
  EXPECT_EQ(512 + 20 * 16 + 3, valueOffset(shape, denseValues(shape), 3, 1, 20));
  shape.layout = Layout::shuffled;
  EXPECT_EQ(1024 + 16 * 16 + 3 * 16 + 4, keyOffset(shape, denseKeys(shape), 3, 1, 20));
  EXPECT_EQ(512 + 20 * 16 + 3, valueOffset(shape, denseValues(shape), 3, 1, 20));
  EXPECT_EQ(100000 + 20 * 16 + 3, valueOffset(shape, {1, 100000, 0}, 3, 1, 20));
}

TEST(Call, visibleKeys) {
  Shape shape = shapeOf(Layout::nhd, Type::bf16);
  EXPECT_EQ((KeyRange{0, 9}), visibleKeys(shape, 10, 2, 0));
  EXPECT_EQ((KeyRange{0, 10}), visibleKeys(shape, 10, 2, 1));
  EXPECT_EQ((KeyRange{0, 0}), visibleKeys(shape, 1, 2, 0));
  shape.window = 4;
  EXPECT_EQ((KeyRange{5, 9}), visibleKeys(shape, 10, 2, 0));
  EXPECT_EQ((KeyRange{6, 10}), visibleKeys(shape, 10, 2, 1));
  shape.causal = false;
  EXPECT_EQ((KeyRange{5, 10}), visibleKeys(shape, 10, 2, 0));
  shape.window = 0;
  EXPECT_EQ((KeyRange{0, 10}), visibleKeys(shape, 10, 2, 0));
}

Case smallCase(std::vector<int32_t> contexts) {
  Case made;
  made.shape.headSize = made.shape.valueHeadSize = 8;
  made.shape.queryHeads = made.shape.kvHeads = 1;
  made.shape.pageSize = 4;
  made.contexts = contexts;
  made.build(4);
  made.place(4);
  return made;
}

TEST(Call, contextsAreClampedToTheTableAndAtZero) {
  Case tested = smallCase({8, 8});
  std::vector<double> right = tested.run().output;
  tested.tableWidth = 2;
  tested.tables = {tested.tables[0], tested.tables[1], tested.tables[3], tested.tables[4]};
  tested.lens = {9, 1000000};
  EXPECT_EQ(right, tested.run().output);
  tested.lens = {-5, 0};
  EXPECT_EQ(std::vector<double>(16, 0.0), tested.run().output);
}

TEST(Call, findsTheFirstUsedEntryOutsideTheCache) {
  Case tested = smallCase({4, 9});
  auto bad = [&] { return findBadPage(tested.shape, tested.inputs()); };
  tested.tables[1] = 0x7fffffff; // past the end of sequence 0: unspecified
  EXPECT_EQ(-1, bad().sequence);
  tested.tables[tested.tableWidth + 2] = tested.pages;
  EXPECT_EQ(1, bad().sequence);
  EXPECT_EQ(2, bad().position);
  EXPECT_EQ(tested.pages, bad().entry);
  tested.tables[tested.tableWidth] = -1;
  EXPECT_EQ(0, bad().position);
  tested.shape.window = 1; // only the last page is used
  EXPECT_EQ(2, bad().position);
  tested.qlens = {1, 0}; // nor is that
  tested.place(4);
  tested.tables[tested.tableWidth + 2] = tested.pages;
  EXPECT_EQ(-1, bad().sequence);
}

TEST(Call, csrEntriesFollowEachOther) {
  Case tested = smallCase({4, 0, 9});
  tested.csr = true;
  tested.place(4);
  EXPECT_EQ((std::vector<int32_t>{0, 1, 1, 4}), tested.kvIndptr);
  EXPECT_EQ((std::vector<int32_t>{4, 0, 1}), tested.lens);
  EXPECT_EQ(3u, entryIndex(tested.inputs(), 2, 2));
  EXPECT_EQ(9, contextOf(tested.shape, tested.inputs(), 2));
  EXPECT_EQ(0, contextOf(tested.shape, tested.inputs(), 1));
  tested.tables[3] = -7;
  EXPECT_EQ(2, findBadPage(tested.shape, tested.inputs()).sequence);
  EXPECT_EQ(2, findBadPage(tested.shape, tested.inputs()).position);
}

TEST(Call, decreasesAreFound) {
  EXPECT_EQ(-1, findDecrease(std::vector<int32_t>{0, 0, 3, 3}.data(), 3));
  EXPECT_EQ(0, findDecrease(std::vector<int32_t>{-1, 0, 3, 3}.data(), 3));
  EXPECT_EQ(2, findDecrease(std::vector<int32_t>{2, 5, 4, 1}.data(), 3));
  EXPECT_EQ(3, findDecrease(std::vector<int32_t>{2, 5, 5, 1}.data(), 3));
}

} // namespace
