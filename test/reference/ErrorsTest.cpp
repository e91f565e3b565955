#include "test/reference/Errors.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace pa::reference;

namespace {

// Two sequences of two query tokens, three heads, head size 4.
struct ErrorsTest : testing::Test {
  Shape shape;
  Result reference;
  std::vector<uint16_t> output;

  void SetUp() override {
    shape.headSize = 8;
    shape.valueHeadSize = 4;
    shape.queryHeads = shape.kvHeads = 3;
    shape.queryTokens = 2;
    reference.output.assign(48, 1.0);
    reference.best.assign(48, 1.0);
    reference.lse.assign(12, 0.5);
    reference.bestLse = reference.lse;
    reference.queryErrors.assign(12, 0);
    reference.firstTokens = {0, 2, 4};
    output.assign(48, encode(shape.outputType, 1.0));
  }
};

TEST_F(ErrorsTest, noErrorAtAll) {
  Errors errors = measure(shape, reference, output.data());
  EXPECT_EQ(0, errors.largest);
  EXPECT_EQ(1, errors.ratio);
  EXPECT_EQ(0, errors.relativeL2);
  EXPECT_EQ(0, errors.largestOfRow);
  EXPECT_EQ(0, errors.inexactRows);
}

TEST_F(ErrorsTest, oneErrorIsFoundAndPlaced) {
  size_t index = ((1 * 2 + 1) * 3 + 2) * 4 + 3; // sequence 1, token 1, head 2, d 3
  output[index] = encode(shape.outputType, 1.5);
  Errors errors = measure(shape, reference, output.data());
  EXPECT_EQ(0.5, errors.largest);
  EXPECT_EQ(1, errors.where.sequence);
  EXPECT_EQ(1, errors.where.token);
  EXPECT_EQ(2, errors.where.head);
  EXPECT_EQ(3, errors.where.d);
  EXPECT_EQ(1.5, errors.got);
  EXPECT_EQ(1.0, errors.expected);
  EXPECT_DOUBLE_EQ(0.5 / std::sqrt(48.0), errors.relativeL2);
  EXPECT_TRUE(std::isinf(errors.ratio)); // the best possible result has no error here
  EXPECT_EQ(0.5, errors.largestOfRow);
  EXPECT_EQ(1, errors.inexactRows);
  EXPECT_EQ(2, errors.firstInexact.head);
}

TEST_F(ErrorsTest, ratioToTheBestPossible) {
  reference.output[0] = 1.25;
  reference.best[0] = 1.0;
  output[0] = encode(shape.outputType, 1.0);
  EXPECT_EQ(1, measure(shape, reference, output.data()).ratio);
  output[0] = encode(shape.outputType, 1.75);
  EXPECT_EQ(2, measure(shape, reference, output.data()).ratio);
  output[0] = encode(shape.outputType, 1.25);
  EXPECT_EQ(0, measure(shape, reference, output.data()).ratio);
}

// Sequence 1's values are small, and so are its errors: only its own ratio shows that they are five times the best.
TEST_F(ErrorsTest, aSequenceIsJudgedByItselfToo) {
  for (int i = 0; i < 24; ++i)
    reference.output[i] = 1.0 + 0x1p-9;
  for (int i = 24; i < 48; ++i) {
    reference.output[i] = 0x1p-10 + 0x1p-19;
    reference.best[i] = 0x1p-10;
    output[i] = encode(shape.outputType, 0x1p-10 - 0x1p-17);
  }
  Errors errors = measure(shape, reference, output.data());
  EXPECT_NEAR(1, errors.ratio, 1e-4);
  EXPECT_EQ(5, errors.worstSequenceRatio);
  EXPECT_EQ(1, errors.worstSequence);
}

// Sequence 0 has one token, sequence 1 none, sequence 2 three.
TEST_F(ErrorsTest, raggedRowsAreOfTheirSequence) {
  reference.firstTokens = {0, 1, 1, 4};
  output[((2 * 3) + 1) * 4 + 2] = encode(shape.outputType, 2.0); // token 2 of all
  Errors errors = measure(shape, reference, output.data());
  EXPECT_EQ(2, errors.where.sequence);
  EXPECT_EQ(1, errors.where.token);
  EXPECT_EQ(1, errors.where.head);
  EXPECT_EQ(2, errors.where.d);
  EXPECT_EQ(2, errors.worstSequence);
}

// Values 20 and 1 of a row, as FP8 with steps of 2 and 1/8: one is best 20, the other 1.
TEST_F(ErrorsTest, excessIsWhatTheBestResultHasNot) {
  shape.outputType = Type::fp8E4m3fn;
  output.assign(48, encode(Type::fp8E4m3fn, 1.0));
  reference.output[0] = 20.75;
  reference.best[0] = 20;
  output[0] = encode(Type::fp8E4m3fn, 22);
  Errors errors = measure(shape, reference, output.data());
  EXPECT_DOUBLE_EQ(1.25 / 20.75, errors.largestOfRow);
  EXPECT_DOUBLE_EQ(0.5 / 20.75, errors.largestExcessOfRow);
  output[0] = encode(Type::fp8E4m3fn, 20);
  EXPECT_EQ(0, measure(shape, reference, output.data()).largestExcessOfRow);
  output[0] = encode(Type::fp8E4m3fn, 22);
  reference.queryErrors[0] = 1; // the best result's rounding of weights went the other way
  EXPECT_DOUBLE_EQ(0.25 / 20.75, measure(shape, reference, output.data()).largestExcessOfRow);
}

TEST_F(ErrorsTest, notANumberIsExpectedOrAnInfiniteError) {
  reference.output[5] = reference.best[5] = NAN;
  EXPECT_TRUE(std::isinf(measure(shape, reference, output.data()).largest));
  output[5] = poisonCode(shape.outputType);
  Errors errors = measure(shape, reference, output.data());
  EXPECT_EQ(0, errors.largest);
  EXPECT_EQ(1, errors.ratio);
  EXPECT_EQ(0, errors.relativeL2);
  EXPECT_EQ(0, errors.inexactRows);
  EXPECT_EQ(1, errors.expectedNaN);
}

TEST_F(ErrorsTest, notANumberIsAnInfiniteError) {
  output[5] = poisonCode(shape.outputType);
  Errors errors = measure(shape, reference, output.data());
  EXPECT_TRUE(std::isinf(errors.largest));
  EXPECT_TRUE(std::isinf(errors.ratio));
  EXPECT_TRUE(std::isinf(errors.largestOfRow));
  EXPECT_EQ(1, errors.where.head);
  EXPECT_EQ(1, errors.where.d);
}

TEST_F(ErrorsTest, rowOfZeros) {
  for (int d = 0; d < 4; ++d)
    reference.output[d] = reference.best[d] = 0;
  EXPECT_TRUE(std::isinf(measure(shape, reference, output.data()).largestOfRow));
  for (int d = 0; d < 4; ++d)
    output[d] = d & 1 ? 0x8000 : 0; // minus zero is zero
  EXPECT_EQ(0, measure(shape, reference, output.data()).largestOfRow);
}

// A row that the type has no numbers for is zeros at best, and that is no error of a row's size.
TEST_F(ErrorsTest, rowsBelowTheNormalNumbers) {
  shape.outputType = Type::f16;
  output.assign(48, encode(Type::f16, 1.0));
  for (int d = 0; d < 4; ++d) {
    reference.output[d] = 0x1p-30;
    reference.best[d] = 0;
    output[d] = 0;
  }
  EXPECT_EQ(0x1p-16, measure(shape, reference, output.data()).largestOfRow);
  output[1] = encode(Type::f16, 0x1p-20);
  EXPECT_NEAR(0x1p-6, measure(shape, reference, output.data()).largestOfRow, 1e-4);
}

TEST_F(ErrorsTest, lse) {
  std::vector<float> lse(12, 0.5f);
  EXPECT_EQ(0, measureLse(shape, reference, lse.data()).largest);
  lse[7] = 0.75f;
  LseErrors errors = measureLse(shape, reference, lse.data());
  EXPECT_EQ(0.25, errors.largest);
  EXPECT_EQ(1, errors.where.sequence);
  EXPECT_EQ(0, errors.where.token);
  EXPECT_EQ(1, errors.where.head);
  EXPECT_EQ(0, errors.largestOfBest);
  reference.bestLse[3] = 1;
  EXPECT_EQ(0.5, measureLse(shape, reference, lse.data()).largestOfBest);
  reference.lse[7] = -INFINITY;
  EXPECT_TRUE(std::isinf(measureLse(shape, reference, lse.data()).largest));
  lse[7] = -INFINITY;
  EXPECT_EQ(0, measureLse(shape, reference, lse.data()).largest);
  lse[3] = NAN;
  EXPECT_TRUE(std::isinf(measureLse(shape, reference, lse.data()).largest));
  reference.lse[3] = NAN;
  EXPECT_EQ(0, measureLse(shape, reference, lse.data()).largest);
}

} // namespace
