#include "test/reference/PagedAttention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

using namespace pa::reference;

namespace {

// A problem written as an engine's user sees it: keys and values by (sequence, position, head, d), and put into pages
// by formulas of this test's own.
struct Case {
  Shape shape;
  std::vector<int32_t> contexts;
  int tableWidth = 0;
  std::vector<int32_t> tables;
  std::vector<uint16_t> query, keyCache, valueCache;
  int pages = 0;
  double scale = 1;

  Inputs inputs() const {
    Inputs inputs;
    inputs.query = query.data();
    inputs.keyCache = keyCache.data();
    inputs.valueCache = valueCache.data();
    inputs.blockTables = tables.data();
    inputs.contextLens = contexts.data();
    inputs.sequences = static_cast<int>(contexts.size());
    inputs.tableWidth = tableWidth;
    inputs.pages = pages;
    inputs.softmaxScale = scale;
    return inputs;
  }

  size_t index(bool key, int sequence, int position, int head, int d) const {
    size_t H = shape.kvHeads, D = shape.headSize, P = shape.pageSize, x = 8;
    size_t page = tables[sequence * tableWidth + position / P] * H * D * P, t = position % P;
    if (shape.layout == Layout::nhd)
      return page + t * H * D + head * D + d;
    page += head * D * P;
    if (key)
      return page + d / x * P * x + t * x + d % x;
    if (shape.layout == Layout::classic)
      return page + d * P + t;
    return page + t / x * D * x + d * x + t % x;
  }
};

Case makeCase(Shape shape, std::vector<int32_t> contexts, unsigned seed) {
  Case made;
  made.shape = shape;
  made.contexts = contexts;
  int longest = *std::max_element(contexts.begin(), contexts.end());
  made.tableWidth = (longest + shape.pageSize - 1) / shape.pageSize + 1;
  made.pages = made.tableWidth * static_cast<int>(contexts.size());
  made.tables.resize(made.pages);
  std::iota(made.tables.begin(), made.tables.end(), 0);
  std::mt19937 random(seed);
  std::shuffle(made.tables.begin(), made.tables.end(), random);
  std::vector<uint16_t> poison(made.pages * shape.pageElements(), poisonCode(shape.cacheType));
  made.keyCache = made.valueCache = poison;
  std::normal_distribution<double> normal;
  made.query.resize(contexts.size() * shape.queryTokens * shape.queryHeads * shape.headSize);
  for (uint16_t &code : made.query)
    code = encode(shape.queryType, normal(random));
  for (size_t s = 0; s < contexts.size(); ++s)
    for (int p = 0; p < contexts[s]; ++p)
      for (int h = 0; h < shape.kvHeads; ++h)
        for (int d = 0; d < shape.headSize; ++d) {
          made.keyCache[made.index(true, s, p, h, d)] = encode(shape.cacheType, normal(random));
          made.valueCache[made.index(false, s, p, h, d)] = encode(shape.cacheType, normal(random));
        }
  made.scale = 1 / std::sqrt(shape.headSize);
  return made;
}

// The definition, in long double, one row at a time.
void checkAgainstDefinition(const Case &tested) {
  const Shape &shape = tested.shape;
  Result result = pagedAttention(shape, tested.inputs());
  for (size_t s = 0; s < tested.contexts.size(); ++s)
    for (int q = 0; q < shape.queryTokens; ++q)
      for (int head = 0; head < shape.queryHeads; ++head) {
        int kvHead = head / (shape.queryHeads / shape.kvHeads);
        size_t row = (s * shape.queryTokens + q) * shape.queryHeads + head;
        std::vector<long double> weights;
        long double sum = 0;
        for (int p = 0; p <= tested.contexts[s] - shape.queryTokens + q; ++p) {
          long double dot = 0;
          for (int d = 0; d < shape.headSize; ++d)
            dot += (long double)decode(shape.queryType, tested.query[row * shape.headSize + d]) *
                   decode(shape.cacheType, tested.keyCache[tested.index(true, s, p, kvHead, d)]);
          weights.push_back(std::exp(dot * tested.scale));
          sum += weights.back();
        }
        if (weights.empty()) {
          ASSERT_EQ(-INFINITY, result.lse[row]);
        } else {
          ASSERT_NEAR((double)std::log(sum), result.lse[row], 1e-12);
        }
        for (int d = 0; d < shape.headSize; ++d) {
          long double expected = 0;
          for (size_t p = 0; p < weights.size(); ++p)
            expected +=
                weights[p] / sum * decode(shape.cacheType, tested.valueCache[tested.index(false, s, p, kvHead, d)]);
          ASSERT_NEAR((double)expected, result.output[row * shape.headSize + d], 1e-12)
              << "sequence " << s << " token " << q << " head " << head << " d " << d;
          ASSERT_EQ(rounded(shape.queryType, result.output[row * shape.headSize + d]),
                    result.best[row * shape.headSize + d]);
        }
      }
}

TEST(PagedAttention, agreesWithTheDefinitionInEveryLayoutPageSizeAndQueryLength) {
  for (Layout layout : {Layout::nhd, Layout::classic, Layout::shuffled})
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
        checkAgainstDefinition(makeCase(shape, {0, 1, 5, 16, 65}, 1));
      }
}

TEST(PagedAttention, agreesWithTheDefinitionInMixedTypes) {
  for (Type queryType : {Type::bf16, Type::f16})
    for (Type cacheType : {Type::bf16, Type::f16}) {
      Shape shape;
      shape.queryType = queryType;
      shape.cacheType = cacheType;
      shape.headSize = 64;
      shape.queryHeads = 4;
      shape.kvHeads = 4;
      shape.pageSize = 16;
      checkAgainstDefinition(makeCase(shape, {33, 2}, 2));
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
    tested.keyCache[tested.index(true, 0, 0, 0, d)] = 0;
    tested.keyCache[tested.index(true, 0, 1, 0, d)] = encode(Type::f16, 0.5);
    tested.valueCache[tested.index(false, 0, 0, 0, d)] = encode(Type::f16, 4);
    tested.valueCache[tested.index(false, 0, 1, 0, d)] = encode(Type::f16, 8);
  }
  tested.scale = 2 * std::log(3.0);
  Result result = pagedAttention(shape, tested.inputs());
  for (int d = 0; d < 8; ++d)
    EXPECT_NEAR(7.0, result.output[d], 1e-14);
  EXPECT_NEAR(std::log(4.0), result.lse[0], 1e-14);
}

TEST(PagedAttention, contextsAreClampedToTheTableAndAtZero) {
  Shape shape;
  shape.headSize = 8;
  shape.queryHeads = shape.kvHeads = 1;
  shape.pageSize = 4;
  Case tested = makeCase(shape, {8, 8}, 4);
  std::vector<double> right = pagedAttention(shape, tested.inputs()).output;
  tested.tableWidth = 2;
  tested.tables = {tested.tables[0], tested.tables[1], tested.tables[3], tested.tables[4]};
  tested.contexts = {9, 1000000};
  EXPECT_EQ(right, pagedAttention(shape, tested.inputs()).output);
  tested.contexts = {-5, 0};
  EXPECT_EQ(std::vector<double>(16, 0.0), pagedAttention(shape, tested.inputs()).output);
}

TEST(PagedAttention, findsTheFirstUsedEntryOutsideTheCache) {
  Shape shape;
  shape.headSize = 8;
  shape.queryHeads = shape.kvHeads = 1;
  shape.pageSize = 4;
  Case tested = makeCase(shape, {4, 9}, 5);
  tested.tables[1] = 0x7fffffff; // past the end of sequence 0: unspecified
  EXPECT_EQ(-1, findBadPage(shape, tested.inputs()).sequence);
  tested.tables[tested.tableWidth + 2] = tested.pages;
  BadPage bad = findBadPage(shape, tested.inputs());
  EXPECT_EQ(1, bad.sequence);
  EXPECT_EQ(2, bad.position);
  EXPECT_EQ(tested.pages, bad.entry);
  tested.tables[tested.tableWidth] = -1;
  EXPECT_EQ(0, findBadPage(shape, tested.inputs()).position);
}

TEST(PagedAttention, oneAndManyThreadsGiveTheSameBits) {
  Shape shape;
  shape.headSize = 64;
  shape.queryHeads = 8;
  shape.kvHeads = 4;
  shape.pageSize = 16;
  Case tested = makeCase(shape, {100, 3, 57}, 6);
  EXPECT_EQ(pagedAttention(shape, tested.inputs(), 1).output, pagedAttention(shape, tested.inputs(), 5).output);
}

} // namespace
