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
      outcome.output.push_back(reference::encode(reference::Type::bf16, value));
    outcome.lse.assign(result.lse.begin(), result.lse.end());
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
