// Each feature of the reference against the definition in Case.cpp, and against numbers worked out by hand.
#include "test/reference/Case.h"

#include <cmath>

using namespace pa::reference;

namespace {

struct VariantsTest : testing::Test {
  Case tested;

  void SetUp() override {
    Shape &shape = tested.shape;
    shape.layout = Layout::hnd;
    shape.headSize = 16;
    shape.valueHeadSize = 32;
    shape.queryHeads = 6;
    shape.kvHeads = 2;
    shape.pageSize = 16;
    shape.queryTokens = 3;
    tested.contexts = {0, 1, 17, 50};
  }
  void check() {
    tested.build(1);
    tested.place(2);
    tested.check();
  }

  // Two keys of one head: the query is 1, the keys 0 and `key`, the values 4 and 8.
  Result twoKeys(double key) {
    tested.shape.headSize = tested.shape.valueHeadSize = 8;
    tested.shape.queryHeads = tested.shape.kvHeads = tested.shape.queryTokens = 1;
    tested.contexts = {2};
    tested.build(1);
    Type query = tested.shape.queryType, cache = tested.shape.cacheType;
    tested.query.assign(8, encode(query, 0));
    tested.query[0] = encode(query, 1);
    tested.keys.assign(16, encode(cache, 0));
    tested.keys[8] = encode(cache, key);
    for (int d = 0; d < 16; ++d)
      tested.values[d] = encode(cache, d < 8 ? 4 : 8);
    tested.scale = 1;
    tested.place(1);
    return tested.run();
  }
};

TEST_F(VariantsTest, scalesOfEveryKind) {
  for (Type type : {Type::fp8E4m3fn, Type::fp8E4m3fnuz, Type::int8})
    for (Scales scales : {Scales::tensor, Scales::head, Scales::token, Scales::page})
      for (bool odd : {false, true}) {
        SCOPED_TRACE(testing::Message() << facts(type).name << " scales " << int(scales) << " odd " << odd);
        tested.shape.cacheType = type;
        tested.shape.scales = scales;
        tested.oddStrides = odd;
        check();
      }
}

TEST_F(VariantsTest, scalesByHand) {
  tested.shape.cacheType = Type::int8;
  tested.shape.scales = Scales::token;
  tested.shape.pageSize = 1;
  twoKeys(10);
  tested.keyScales.assign(2, 0);
  tested.keyScales[1] = 0.25f;
  tested.valueScales = {0.5f, 2.0f};
  tested.place(1);
  // Scores 0 and 2.5, values 2 and 16.
  double weight = 1 / (1 + std::exp(-2.5));
  EXPECT_NEAR(2 + 14 * weight, tested.run().output[3], 1e-14);
}

TEST_F(VariantsTest, softCap) {
  tested.softCap = 0.7;
  check();
  tested.softCap = 2;
  double score = 2 * std::tanh(1.5); // of 3
  EXPECT_NEAR(std::log(1 + std::exp(score)), twoKeys(3).lse[0], 1e-14);
}

TEST_F(VariantsTest, alibi) {
  tested.slopes = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 1};
  check();
  tested.softCap = 1; // the bias comes after it
  check();
  tested.softCap = 0;
  tested.slopes = {0.5f};
  // The token is at position 1: key 0 gets -1/2, key 1 nothing.
  EXPECT_NEAR(std::log(std::exp(-0.5) + std::exp(3)), twoKeys(3).lse[0], 1e-14);
}

TEST_F(VariantsTest, sinks) {
  tested.sinks = {-3, 0, 1, 5, 0.5f, -200};
  check();
  tested.sinks = {std::log(2.0f)};
  Result result = twoKeys(std::log(2.0)); // bf16's log(2), and float's
  double key = rounded(Type::bf16, std::log(2.0)), sum = 1 + std::exp(key) + std::exp(double(std::log(2.0f)));
  EXPECT_NEAR((4 + 8 * std::exp(key)) / sum, result.output[0], 1e-14);
  EXPECT_NEAR(std::log(sum), result.lse[0], 1e-14);
}

TEST_F(VariantsTest, aRowWithoutKeysHasItsSinkAsLse) {
  tested.shape.queryTokens = 1;
  tested.contexts = {0};
  tested.sinks = {-3, 0, 1, 5, 0.5f, -200};
  tested.build(1);
  tested.place(1);
  Result result = tested.run();
  EXPECT_EQ(std::vector<double>(6 * 32, 0.0), result.output);
  EXPECT_EQ((std::vector<double>{-3, 0, 1, 5, 0.5, -200}), result.lse);
}

TEST_F(VariantsTest, windowsAroundEveryBoundary) {
  for (int window : {1, 2, 3, 15, 16, 17, 49, 50, 51})
    for (bool causal : {true, false}) {
      SCOPED_TRACE(testing::Message() << "window " << window << " causal " << causal);
      tested.shape.window = window;
      tested.shape.causal = causal;
      check();
    }
}

TEST_F(VariantsTest, aWindowOfOneSeesItself) {
  tested.shape.window = 1;
  EXPECT_EQ(8, twoKeys(-100).output[0]);
}

TEST_F(VariantsTest, noMask) {
  tested.shape.causal = false;
  check();
}

TEST_F(VariantsTest, raggedAndCsr) {
  tested.contexts = {5, 0, 17, 50, 3, 16};
  for (bool csr : {false, true}) {
    tested.csr = csr;
    tested.qlens = {1, 0, 8, 0, 5, 2};
    check();
    tested.qlens.clear();
    check();
  }
}

TEST_F(VariantsTest, fp8Output) {
  tested.shape.outputType = Type::fp8E4m3fnuz;
  tested.outputScale = 0.04;
  check();
  // Results 4 and 8 between, over the scale: above the largest 240 it stays there.
  tested.outputScale = 1.0 / 64;
  Result result = twoKeys(100);
  EXPECT_EQ(240, result.output[0]);
  EXPECT_EQ(240, result.best[0]);
  tested.shape.outputType = Type::fp8E4m3fn;
  EXPECT_EQ(448, twoKeys(100).output[0]);
  tested.outputScale = 1.0 / 50;
  EXPECT_NEAR(400, twoKeys(100).output[0], 1e-9);
  EXPECT_EQ(384, twoKeys(100).best[0]); // between 384 and 416 the even one
}

TEST_F(VariantsTest, everythingAtOnceInEveryLayout) {
  for (Layout layout : {Layout::nhd, Layout::hnd, Layout::classic, Layout::shuffled}) {
    SCOPED_TRACE(int(layout));
    Shape &shape = tested.shape;
    shape.layout = layout;
    shape.cacheType = Type::fp8E4m3fn;
    shape.outputType = Type::fp8E4m3fn;
    shape.scales = Scales::token;
    shape.window = 20;
    tested.contexts = {5, 0, 17, 50, 3, 16};
    tested.qlens = {1, 0, 8, 0, 5, 2};
    tested.csr = tested.oddStrides = true;
    tested.softCap = 3;
    tested.outputScale = 0.02;
    tested.slopes = {0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 1};
    tested.sinks = {-3, 0, 1, 5, 0.5f, -200};
    check();
  }
}

// A NaN key: the rows that see it are NaN. A NaN in a value: that column of the rows that see it.
TEST_F(VariantsTest, notANumberReachesWhatSeesIt) {
  tested.shape.cacheType = Type::fp8E4m3fn;
  tested.contexts = {10};
  tested.build(1);
  size_t last = (9 * 2 + 1) * size_t(tested.shape.headSize); // position 9, KV head 1
  tested.keys[last + 3] = 0x7f;
  tested.values[(4 * 2 + 0) * 32 + 7] = 0xff; // position 4, KV head 0, d 7
  tested.place(1);
  Result result = tested.run();
  for (int token = 0; token < 3; ++token)
    for (int head = 0; head < 6; ++head)
      for (int d = 0; d < 32; ++d) {
        bool expected = head < 3 ? d == 7 : token == 2;
        EXPECT_EQ(expected, std::isnan(result.output[(token * 6 + head) * 32 + d])) << token << head << d;
        EXPECT_EQ(token == 2 && head >= 3, std::isnan(result.lse[token * 6 + head]));
      }
}

// One key: a query of 1 and 0.3 with the scale 1/448 is 448 and 134.4, which FP8 has as 448 and 128.
TEST_F(VariantsTest, fp8ProductsAreTheBestResultOnly) {
  tested.shape.cacheType = Type::fp8E4m3fn;
  tested.shape.fp8Products = true;
  twoKeys(1);
  tested.query[1] = encode(Type::bf16, 0.3);
  tested.keys[9] = encode(Type::fp8E4m3fn, 1);
  tested.place(1);
  Result result = tested.run();
  double exact = 1 + rounded(Type::bf16, 0.3), best = 1 + 80.0 / 256; // 77 of 256 is no code
  EXPECT_DOUBLE_EQ(8 - 4 * exp(-best) / (1 + exp(-best)) - (8 - 4 * exp(-exact) / (1 + exp(-exact))),
                   result.queryErrors[0]);
  EXPECT_NEAR(std::log(1 + std::exp(exact)), result.lse[0], 1e-14);
  // The weights are exp(-best) and 1, that is 120.57 and 448 of 448: FP8 has 120 and 448.
  double weight = 120.0 / 448;
  EXPECT_NEAR(best + std::log(1 + weight), result.bestLse[0], 1e-14);
  EXPECT_NEAR((4 * exp(-exact) + 8) / (exp(-exact) + 1), result.output[0], 1e-14);
  EXPECT_EQ(rounded(Type::bf16, (4 * weight + 8) / (weight + 1)), result.best[0]);
}

// Two equal scores whose values have the scales 1 and 3: of 448, a third is 149.3, which FP8 has as 144. A scale of 0
// takes the value, not the weight.
TEST_F(VariantsTest, fp8ProductsCarryTheScalesOfTokens) {
  tested.shape.cacheType = Type::fp8E4m3fn;
  tested.shape.scales = Scales::token;
  tested.shape.pageSize = 1;
  tested.shape.fp8Products = true;
  twoKeys(0);
  tested.keyScales.assign(2, 1);
  tested.valueScales = {1, 3};
  tested.place(1);
  double weight = 144.0 / 448 * 3;
  EXPECT_EQ(rounded(Type::bf16, (4 * weight + 24) / (weight + 1)), tested.run().best[0]);
  tested.valueScales = {0, 3};
  tested.place(1);
  EXPECT_EQ(12, tested.run().best[0]);
}

} // namespace
