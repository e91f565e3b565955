#include "compiler/tools/run/Figures.h"

#include <gtest/gtest.h>

using namespace pa;
using namespace pa::run;

namespace {

struct FiguresTest : testing::Test {
  Variant variant;
  InputOptions options;
  Json counters;

  void SetUp() override {
    variant.headSize = variant.valueHeadSize = 64;
    variant.queryHeads = variant.kvHeads = 2;
    variant.pageSize = 16;
    options.contexts = {0, 20, 100};
    auto buffer = [](uint64_t loaded) {
      return Json{{"bytesLoaded", loaded},
                  {"uniqueBytesLoaded", loaded / 2},
                  {"bytesLoadedNonTemporal", loaded},
                  {"bytesLoadedByWidth", {{"16", loaded}}}};
    };
    counters["buffers"] = {{"key_cache", buffer(1000)}, {"value_cache", buffer(2000)}, {"kv_cache", buffer(4000)},
                           {"key_scales", buffer(10)},  {"value_scales", buffer(20)},  {"query", buffer(7)}};
  }
  KvTraffic traffic() {
    auto problem = makeProblem(variant, options);
    EXPECT_TRUE(problem) << problem.error().message;
    return kvTraffic(variant, *problem, counters);
  }
};

// A token of K and V is 512 bytes; pages of 2 and 7.
TEST_F(FiguresTest, wholeContexts) {
  KvTraffic kv = traffic();
  EXPECT_EQ(120u * 512, kv.needed);
  EXPECT_EQ(9u * 16 * 512, kv.neededPages);
  EXPECT_EQ(7000u, kv.loaded);
  EXPECT_EQ(3500u, kv.unique);
  EXPECT_EQ(3500u, kv.again());
  EXPECT_EQ(1, kv.nonTemporalShare());
}

TEST_F(FiguresTest, scalesCountWhereTokensOrPagesHaveThem) {
  variant.cacheType = ElementType::fp8E4m3fnuz;
  variant.scales = Scales::head;
  EXPECT_EQ(120u * 256, traffic().needed);
  EXPECT_EQ(7000u, traffic().loaded);
  variant.scales = Scales::token;
  EXPECT_EQ(120u * (256 + 16), traffic().needed);
  EXPECT_EQ(9u * 16 * (256 + 16), traffic().neededPages);
  EXPECT_EQ(7030u, traffic().loaded);
  EXPECT_EQ(1, traffic().sixteenByteShare()); // of keys and values
  variant.scales = Scales::page;
  EXPECT_EQ(120u * 256 + 9 * 16, traffic().needed);
  EXPECT_EQ(9u * (16 * 256 + 16), traffic().neededPages);
}

// With windows of 20 and 2 tokens, 21 keys are seen: 79 to 99 in pages 4 to 6, and 0 to 19.
TEST_F(FiguresTest, aWindowNeedsItsPages) {
  variant.window = 20;
  variant.queryTokens = 2;
  EXPECT_EQ(41u * 512, traffic().needed);
  EXPECT_EQ((2u + 3) * 16 * 512, traffic().neededPages);
}

TEST_F(FiguresTest, aSequenceWithoutTokensNeedsNothing) {
  variant.ragged = true;
  options.qlens = {1, 0, 1};
  EXPECT_EQ(100u * 512, traffic().needed);
}

} // namespace
