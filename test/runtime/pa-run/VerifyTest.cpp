#include "compiler/tools/run/Verify.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace pa;
using namespace pa::run;

namespace {

// What a perfect kernel would give, then damaged.
struct VerifyTest : testing::Test {
  Variant variant;
  Problem problem;
  Outcome outcome;

  void SetUp() override { make({1, 2, 300}); }

  void make(const std::vector<int> &contexts) {
    variant.headSize = variant.valueHeadSize = 64;
    variant.queryHeads = 4;
    variant.kvHeads = 2;
    variant.pageSize = 16;
    variant.queryTokens = 2;
    variant.lse = true;
    InputOptions options;
    options.contexts = contexts;
    auto made = makeProblem(variant, options);
    ASSERT_TRUE(made);
    problem = std::move(*made);
    outcome = {};
    reference::Result result = reference::pagedAttention(problem.shape, problem.inputs());
    for (double value : result.best)
      outcome.output.push_back(reference::encode(problem.shape.outputType, value));
    outcome.lse.assign(result.bestLse.begin(), result.bestLse.end());
  }

  // Names of the checks that fail, with blanks between.
  std::string failed() {
    std::string names;
    for (const Check &check : verify(variant, problem, outcome).checks)
      names += check.ok ? "" : check.name + " ";
    return names;
  }
  // Element d of (sequence, token, head).
  uint16_t &at(int sequence, int token, int head, int d) {
    return outcome.output[((sequence * 2 + token) * 4 + head) * 64 + d];
  }
};

TEST_F(VerifyTest, thePerfectResultPasses) {
  EXPECT_EQ("", failed());
  EXPECT_DOUBLE_EQ(1, verify(variant, problem, outcome).errors.ratio);
}

TEST_F(VerifyTest, oneUnitInTheLastPlaceOfAnExactRowFails) {
  at(0, 1, 0, 5) ^= 1; // context 1: the row is V itself
  EXPECT_EQ("exact_rows ", failed());
}

TEST_F(VerifyTest, aRowWithoutKeysMustBeZero) {
  EXPECT_EQ(0, at(0, 0, 0, 0));
  at(0, 0, 3, 0) = 0x0001;
  EXPECT_EQ("largest_of_row exact_rows ", failed());
}

TEST_F(VerifyTest, oneElementFarOffFails) {
  at(2, 1, 2, 7) =
      reference::encode(reference::Type::bf16, reference::decode(reference::Type::bf16, at(2, 1, 2, 7)) + 0.05);
  EXPECT_NE(std::string::npos, failed().find("largest_of_row"));
  at(2, 1, 2, 7) = reference::poisonCode(reference::Type::bf16);
  EXPECT_NE(std::string::npos, failed().find("relative_l2_ratio"));
}

// A unit in the last place in most elements doubles or triples the error; the bar is lower when P is split.
TEST_F(VerifyTest, smallErrorsEverywhereFail) {
  make({300});
  for (uint16_t &code : outcome.output)
    code += 1;
  EXPECT_EQ("relative_l2_ratio ", failed());
}

TEST_F(VerifyTest, theBarIsLowerWhenPIsSplit) {
  make({300});
  for (size_t i = 0; i < outcome.output.size(); i += 32)
    outcome.output[i] += 1;
  double ratio = verify(variant, problem, outcome).errors.ratio;
  ASSERT_GT(ratio, 1.05);
  ASSERT_LT(ratio, 1.5);
  EXPECT_EQ("", failed());
  variant.p = PTerms::split;
  EXPECT_EQ("relative_l2_ratio ", failed());
}

TEST_F(VerifyTest, aWrongLseFails) {
  outcome.lse[20] += 0.01f;
  EXPECT_EQ("lse ", failed());
  outcome.lse[20] -= 0.01f;
  EXPECT_TRUE(std::isinf(outcome.lse[0]));
  outcome.lse[0] = -1e30f;
  EXPECT_EQ("lse ", failed());
}

// The neighbour in FP8 is an error as large as the best one's, where the result is between the two.
TEST_F(VerifyTest, fp8OutputsAreComparedWithTheBestOne) {
  variant.outputType = ElementType::fp8E4m3fn;
  make({300, 40});
  EXPECT_EQ("", failed());
  double largest = verify(variant, problem, outcome).errors.largestOfRow;
  EXPECT_GT(largest, 0.02);
  reference::Result result = reference::pagedAttention(problem.shape, problem.inputs());
  std::vector<uint16_t> best = outcome.output;
  // A result that is a little off before it is rounded: some elements are the next number.
  for (size_t i = 0; i < best.size(); ++i)
    outcome.output[i] = reference::encode(problem.shape.outputType, result.output[i] + (i % 2 ? 0.01 : -0.01));
  EXPECT_NE(best, outcome.output);
  EXPECT_EQ("", failed());
  outcome.output = best;
  outcome.output[700] += 4;
  EXPECT_NE(std::string::npos, failed().find("largest_of_row "));
  outcome.output = best;
  for (uint16_t &code : outcome.output)
    code += 1;
  EXPECT_EQ("relative_l2_ratio largest_of_row ", failed());
}

// Queries and weights in FP8 move the result by several per cent: as much as they must is allowed, more is not.
TEST_F(VerifyTest, productsInFp8AreComparedWithTheBestOfTheirKind) {
  variant.cacheType = ElementType::fp8E4m3fn;
  variant.products = Products::fp8;
  make({300});
  EXPECT_EQ("", failed());
  double moved = verify(variant, problem, outcome).errors.relativeL2;
  EXPECT_GT(moved, 0.02);
  EXPECT_LT(moved, 0.1);
  variant.products = Products::wide;
  EXPECT_NE("", failed());
  variant.products = Products::fp8;
  reference::Result result = reference::pagedAttention(problem.shape, problem.inputs());
  // Nothing moved, and moved twice as far.
  for (size_t i = 0; i < result.output.size(); ++i)
    outcome.output[i] = reference::encode(reference::Type::bf16, result.output[i]);
  EXPECT_EQ("", failed());
  for (size_t i = 0; i < result.output.size(); ++i)
    outcome.output[i] = reference::encode(reference::Type::bf16, 2 * result.best[i] - result.output[i]);
  EXPECT_NE(std::string::npos, failed().find("relative_l2_ratio "));
}

TEST_F(VerifyTest, expectedNaNMustBeThere) {
  variant.cacheType = ElementType::fp8E4m3fn;
  InputOptions options;
  options.contexts = {30, 30, 30};
  options.distribution = Distribution::everyCode;
  problem = std::move(*makeProblem(variant, options));
  outcome = {};
  reference::Result result = reference::pagedAttention(problem.shape, problem.inputs());
  for (double value : result.best)
    outcome.output.push_back(reference::encode(reference::Type::bf16, value));
  outcome.lse.assign(result.lse.begin(), result.lse.end());
  EXPECT_EQ("", failed());
  EXPECT_GT(verify(variant, problem, outcome).errors.expectedNaN, 0);
  auto notNumber = std::find_if(result.best.begin(), result.best.end(), [](double value) { return std::isnan(value); });
  outcome.output[notNumber - result.best.begin()] = 0;
  EXPECT_NE(std::string::npos, failed().find("relative_l2_ratio "));
}

TEST_F(VerifyTest, repeatsMustBeTheSameBits) {
  std::vector<Outcome> outcomes(3, outcome);
  EXPECT_TRUE(checkRepeats(outcomes).ok);
  outcomes[2].output[9] ^= 0x8000;
  EXPECT_FALSE(checkRepeats(outcomes).ok);
  outcomes[2] = outcome;
  outcomes[1].lse[9] = std::nextafter(outcomes[1].lse[9], 100.0f);
  EXPECT_FALSE(checkRepeats(outcomes).ok);
}

} // namespace
