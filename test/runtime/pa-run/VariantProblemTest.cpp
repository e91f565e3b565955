// What is generated for the fields of a variant besides type and layout.
#include "compiler/tools/run/Problem.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>

using namespace pa;
using namespace pa::run;

namespace {

struct VariantProblemTest : testing::Test {
  Variant variant;
  InputOptions options;

  void SetUp() override {
    variant.headSize = 64;
    variant.valueHeadSize = 32;
    variant.queryHeads = 8;
    variant.kvHeads = 2;
    variant.pageSize = 16;
    variant.layout = CacheLayout::hnd;
    variant.cacheType = ElementType::fp8E4m3fn;
    variant.scales = Scales::token;
    options.contexts = {0, 1, 16, 17, 50};
  }
  Problem make() {
    auto problem = makeProblem(variant, options);
    EXPECT_TRUE(problem) << problem.error().message;
    return std::move(*problem);
  }
};

// A position of a sequence and head: its scale, and one element times it.
struct Slot {
  float scale = 0;
  double element = 0;
};
Slot slotOf(const Problem &problem, bool keys, int sequence, int position, int head, int d) {
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  int64_t page = problem.blockTables[entryIndex(inputs, sequence, position / shape.pageSize)];
  int token = position % shape.pageSize;
  const reference::Strides &strides = keys ? inputs.keys : inputs.values;
  const uint8_t *at = (keys ? inputs.keyCache : inputs.valueCache) + page * strides.page +
                      (keys ? reference::keyOffset : reference::valueOffset)(shape, strides, token, head, d);
  uint16_t code = 0;
  std::memcpy(&code, at, shape.cacheBytes());
  Slot slot{1, reference::decode(shape.cacheType, code)};
  if (const float *scales = keys ? inputs.keyScales : inputs.valueScales) {
    const reference::Strides &steps = keys ? inputs.keyScaleStrides : inputs.valueScaleStrides;
    slot.scale = scales[scaleOffset(shape, steps, page, token, head) / 4];
    slot.element *= slot.scale;
  }
  return slot;
}

// Calls with every slot of keys, then of values.
template <class F> void forEachSlot(const Problem &problem, F function) {
  for (bool keys : {true, false})
    for (int s = 0; s < problem.sequences(); ++s)
      for (int p = 0; p < contextOf(problem.shape, problem.inputs(), s); ++p)
        for (int head = 0; head < problem.shape.kvHeads; ++head)
          for (int d = 0; d < (keys ? problem.shape.headSize : problem.shape.valueHeadSize); ++d)
            function(keys, s, p, head, d, slotOf(problem, keys, s, p, head, d));
}

TEST_F(VariantProblemTest, quantisedNumbersHaveVarianceOne) {
  options.contexts = {400};
  for (ElementType type : {ElementType::fp8E4m3fn, ElementType::fp8E4m3fnuz, ElementType::int8})
    for (Scales scales : {Scales::none, Scales::tensor, Scales::head, Scales::token, Scales::page}) {
      SCOPED_TRACE(testing::Message() << toString(type) << " " << toString(scales));
      variant.cacheType = type;
      variant.scales = scales;
      double square[2] = {0, 0};
      int64_t count[2] = {0, 0};
      Problem problem = make();
      forEachSlot(problem, [&](bool keys, int, int, int, int, Slot slot) {
        square[keys] += slot.element * slot.element;
        ++count[keys];
      });
      // A scale is between 3/4 and 5/4 of the usual one; one for all may be at either end.
      double most = scales == Scales::token || scales == Scales::page || scales == Scales::none ? 1.2 : 1.7;
      for (int keys : {0, 1}) {
        EXPECT_LT(square[keys] / double(count[keys]), most);
        EXPECT_GT(square[keys] / double(count[keys]), 1 / 1.9);
      }
    }
}

TEST_F(VariantProblemTest, scalesAreOfWhatTheyBelongTo) {
  for (Scales scales : {Scales::tensor, Scales::head, Scales::token, Scales::page}) {
    variant.scales = scales;
    Problem problem = make();
    auto scale = [&](int sequence, int position, int head) {
      return slotOf(problem, true, sequence, position, head, 0).scale;
    };
    EXPECT_EQ(scales == Scales::tensor, scale(4, 3, 0) == scale(4, 3, 1));
    EXPECT_EQ(scales != Scales::token, scale(4, 3, 0) == scale(4, 4, 0));
    EXPECT_EQ(scales == Scales::tensor || scales == Scales::head, scale(4, 3, 0) == scale(4, 20, 0));
    EXPECT_EQ(scales == Scales::tensor || scales == Scales::head, scale(4, 3, 0) == scale(3, 3, 0));
    EXPECT_NE(scale(4, 3, 0), slotOf(problem, false, 4, 3, 0, 0).scale);
  }
}

TEST_F(VariantProblemTest, scalesOfUnwrittenSlotsAreNaN) {
  Problem problem = make();
  int64_t used = (1 + 16 + 17 + 50) * 2, notNumbers = 0;
  const float *scales = problem.inputs().keyScales;
  for (uint64_t i = 0; i < problem.keyScalePool.bytes() / 4; ++i)
    notNumbers += std::isnan(scales[i]);
  EXPECT_EQ(problem.pages * 16 * 2 - used, notNumbers);
}

TEST_F(VariantProblemTest, packingDoesNotChangeTheInputs) {
  for (CacheLayout layout : {CacheLayout::nhd, CacheLayout::hnd, CacheLayout::classic, CacheLayout::shuffled}) {
    SCOPED_TRACE(toString(layout));
    variant.layout = layout;
    Problem dense = make();
    for (Packing packing : {Packing::padded, Packing::packed}) {
      options.packing = packing;
      Problem other = make();
      EXPECT_EQ(packing == Packing::packed, other.valuePool.empty());
      forEachSlot(dense, [&](bool keys, int s, int p, int head, int d, Slot slot) {
        Slot same = slotOf(other, keys, s, p, head, d);
        ASSERT_EQ(slot.element, same.element);
        ASSERT_EQ(slot.scale, same.scale);
      });
    }
    options.packing = Packing::dense;
  }
}

TEST_F(VariantProblemTest, raggedTokensAndPageLists) {
  variant.ragged = true;
  variant.queryTokens = 8;
  variant.tables = Tables::csr;
  options.qlens = {1, 3, 0, 8};
  Problem problem = make();
  EXPECT_EQ((std::vector<int32_t>{0, 1, 4, 4, 12, 13}), problem.qoIndptr);
  EXPECT_EQ((std::vector<int32_t>{0, 0, 1, 2, 4, 8}), problem.kvIndptr);
  EXPECT_EQ((std::vector<int32_t>{garbageEntry(0), 1, 16, 1, 2}), problem.contextLens);
  EXPECT_EQ(13u * 8 * 64, problem.query.size());
  ASSERT_EQ(8u + 2, problem.blockTables.size());
  EXPECT_EQ(garbageEntry(1), problem.blockTables[1]); // of the sequence without tokens
  EXPECT_EQ(garbageEntry(8), problem.blockTables[8]);
  EXPECT_EQ(1u + 0 + 2 + 4, problem.filledPages.size());
  EXPECT_EQ(-1, findBadPage(problem.shape, problem.inputs()).sequence);
}

TEST_F(VariantProblemTest, whatAWindowHidesIsNoPage) {
  variant.window = 20;
  options.contexts = {100};
  Problem problem = make();
  for (int position = 0; position < 7; ++position)
    EXPECT_EQ(position < 5, problem.blockTables[position] == garbageEntry(position)) << position;
  options.poison = false;
  EXPECT_EQ(0, make().blockTables[0]);
}

TEST_F(VariantProblemTest, queriesGoWithTheirPosition) {
  variant.queryTokens = 3;
  options.contexts = {50};
  std::vector<uint16_t> longer = make().query;
  options.contexts = {49};
  std::vector<uint16_t> shorter = make().query;
  size_t token = 8 * 64;
  EXPECT_TRUE(std::equal(longer.begin(), longer.begin() + 2 * token, shorter.begin() + token));
}

TEST_F(VariantProblemTest, sparsePagesAreFarApartAndFew) {
  options.pages = PageOrder::sparse;
  Problem problem = make();
  EXPECT_TRUE(problem.sparse);
  EXPECT_EQ(0 + 1 + 1 + 2 + 4, static_cast<int>(problem.filledPages.size()));
  int64_t most = *std::max_element(problem.filledPages.begin(), problem.filledPages.end());
  EXPECT_EQ(problem.pages - 1, most);
  EXPECT_GT(most, 65535);
  EXPECT_GT(most * problem.geometry.keys.page, int64_t(1) << 32);
  EXPECT_GT(most * problem.geometry.values.page, int64_t(1) << 32);
  std::set<int32_t> distinct(problem.filledPages.begin(), problem.filledPages.end());
  EXPECT_EQ(problem.filledPages.size(), distinct.size());
}

TEST_F(VariantProblemTest, everyCodeIsThereAndNaNWhereItIsExpected) {
  options.distribution = Distribution::everyCode;
  options.contexts = {300, 300, 300};
  variant.queryTokens = 2;
  std::set<double> elements;
  int64_t notNumbers[3][2] = {};
  variant.scales = Scales::none;
  Problem problem = make();
  forEachSlot(problem, [&](bool keys, int s, int p, int, int, Slot slot) {
    elements.insert(std::isnan(slot.element) ? 1000 : slot.element);
    notNumbers[s][keys] += std::isnan(slot.element);
    EXPECT_TRUE(!std::isnan(slot.element) || p == (keys ? 299 : 299 / 2));
  });
  EXPECT_EQ(254u, elements.size()); // both zeros are one, both NaNs another
  for (int s = 0; s < 3; ++s) {
    EXPECT_EQ(s == 1 ? 2 : 0, notNumbers[s][0]);
    EXPECT_EQ(s == 2 ? 2 : 0, notNumbers[s][1]);
  }
}

TEST_F(VariantProblemTest, outliersAreChannelsOfKeys) {
  options.distribution = Distribution::outliers;
  options.contexts = {200};
  double square[2][2] = {};
  int64_t count[2][2] = {};
  Problem problem = make();
  forEachSlot(problem, [&](bool keys, int, int, int, int d, Slot slot) {
    bool outlier = keys && d % 37 == 5;
    square[keys][outlier] += slot.element * slot.element;
    ++count[keys][outlier];
  });
  EXPECT_NEAR(144, square[1][1] / double(count[1][1]), 20);
  EXPECT_NEAR(1, square[1][0] / double(count[1][0]), 0.2);
  EXPECT_NEAR(1, square[0][0] / double(count[0][0]), 0.2);
}

// In every type and with every output the constant is a number of both, and scales are powers of two, of two kinds.
TEST_F(VariantProblemTest, constantsAreExact) {
  options.distribution = Distribution::constantV;
  for (ElementType type : {ElementType::fp8E4m3fn, ElementType::fp8E4m3fnuz, ElementType::int8})
    for (ElementType output : {ElementType::bf16, ElementType::fp8E4m3fn, ElementType::fp8E4m3fnuz}) {
      variant.cacheType = type;
      variant.outputType = output;
      std::set<float> scales;
      std::set<uint16_t> constants;
      Problem problem = make();
      ASSERT_EQ(2u * 32, problem.constantOutputs.size());
      forEachSlot(problem, [&](bool keys, int, int, int head, int d, Slot slot) {
        if (keys)
          return;
        int exponent;
        ASSERT_EQ(0.5, std::frexp(slot.scale, &exponent));
        scales.insert(slot.scale);
        uint16_t constant = problem.constantOutputs[head * 32 + d];
        constants.insert(constant);
        ASSERT_EQ(slot.element / problem.outputScale, reference::decode(problem.shape.outputType, constant));
      });
      EXPECT_EQ(2u, scales.size());
      EXPECT_GT(constants.size(), 8u);
    }
}

TEST_F(VariantProblemTest, scoreInputs) {
  variant.softCap = variant.alibi = variant.sinks = true;
  Problem problem = make();
  EXPECT_EQ(30.0f, problem.softCap);
  EXPECT_EQ((std::vector<float>{0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 0.015625f, 0.0078125f, 0.00390625f}),
            problem.slopes);
  ASSERT_EQ(8u, problem.sinks.size());
  EXPECT_NE(problem.sinks[0], problem.sinks[1]);
  options.distribution = Distribution::constantV;
  EXPECT_EQ(std::vector<float>(8, -1e4f), make().sinks);
}

} // namespace
