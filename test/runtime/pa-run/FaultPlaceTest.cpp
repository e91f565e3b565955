#include "compiler/tools/run/FaultPlace.h"

#include <gtest/gtest.h>

using namespace pa;
using namespace pa::run;

namespace {

struct FaultPlaceTest : testing::Test {
  Variant variant;
  Problem problem;
  DecodeCall call;
  KernelFault fault;

  void SetUp() override {
    variant.headSize = variant.valueHeadSize = 64;
    variant.queryHeads = variant.kvHeads = 1;
    variant.pageSize = 16; // a page is 2048 bytes
    InputOptions options;
    options.contexts = {20, 50};
    auto made = makeProblem(variant, options);
    ASSERT_TRUE(made);
    problem = std::move(*made);
    call.keyCache = uint64_t(1) << 40;
    call.valueCache = uint64_t(1) << 41;
    fault.kind = "out of bounds";
  }
  std::string explain(uint64_t address) {
    fault.address = address;
    return explainFault(fault, problem, call);
  }
};

TEST_F(FaultPlaceTest, aUsedEntryOutsideTheCache) {
  problem.blockTables[problem.tableWidth + 3] = 1000;
  std::string expected = "page-table entry 1000 of sequence 1 at position 3 (tokens 48..63) is outside the cache of 13 "
                         "pages";
  EXPECT_EQ(expected, explain(call.keyCache + 1000 * 2048));
  EXPECT_EQ(expected, explain(call.valueCache + 1001 * 2048 - 1));
  EXPECT_EQ("", explain(call.valueCache + 1001 * 2048));
  EXPECT_EQ(expected, badPageText(problem, reference::findBadPage(problem.shape, problem.inputs())));
}

TEST_F(FaultPlaceTest, negativeEntriesByEitherExtension) {
  problem.blockTables[0] = -1;
  std::string expected = "page-table entry -1 of sequence 0 at position 0 (tokens 0..15) is outside";
  EXPECT_EQ(0u, explain(call.keyCache - 1).find(expected));
  EXPECT_EQ(0u, explain(call.keyCache + 0xffffffffull * 2048).find(expected));
}

TEST_F(FaultPlaceTest, anEntryPastTheEnd) {
  EXPECT_EQ("page-table entry 2147483645 of sequence 0 at position 2 (tokens 32..47) was dereferenced, but the "
            "sequence's context of 20 tokens ends before it: what lies there is unspecified",
            explain(call.keyCache + 0x7ffffffdull * 2048 + 100));
}

TEST_F(FaultPlaceTest, otherFaultsAreNotExplained) {
  EXPECT_EQ("", explain(0x10));
  fault.kind = "use before wait";
  EXPECT_EQ("", explain(call.keyCache + 0x7ffffffdull * 2048));
}

// 80 tokens, of which a window of 20 shows those from 60 on: pages 0 to 2 are nobody's business.
TEST_F(FaultPlaceTest, anEntryBeforeTheWindow) {
  variant.window = 20;
  InputOptions options;
  options.contexts = {80};
  problem = std::move(*makeProblem(variant, options));
  problem.blockTables[2] = 1000;
  EXPECT_EQ("page-table entry 1000 of sequence 0 at position 2 (tokens 32..47) was dereferenced, but the sequence's "
            "window starts behind it, at token 60: what lies there is unspecified",
            explain(call.keyCache + 1000 * 2048));
  problem.blockTables[3] = 2000;
  EXPECT_NE(std::string::npos, explain(call.keyCache + 2000 * 2048).find("is outside the cache"));
}

TEST_F(FaultPlaceTest, pageListsAndSequencesWithoutTokens) {
  variant.tables = Tables::csr;
  variant.ragged = true;
  InputOptions options;
  options.contexts = {20, 50, 5};
  options.qlens = {1, 0, 1};
  problem = std::move(*makeProblem(variant, options));
  problem.blockTables[3] = 1000;
  EXPECT_EQ("page-table entry 1000 of sequence 1 at position 1 (tokens 16..31) was dereferenced, but the sequence has "
            "no query tokens: what lies there is unspecified",
            explain(call.keyCache + 1000 * 2048));
  problem.blockTables[8] = 3000; // behind the last list
  EXPECT_NE(std::string::npos, explain(call.keyCache + 3000 * 2048).find("of sequence 2 at position 2"));
}

// A page's scales of 16 tokens are 64 bytes; a head's scales belong to no page.
TEST_F(FaultPlaceTest, scalesOfAPage) {
  variant.cacheType = ElementType::int8;
  variant.scales = Scales::token;
  InputOptions options;
  options.contexts = {20};
  problem = std::move(*makeProblem(variant, options));
  problem.blockTables[1] = 1 << 20;
  call.keyScales = uint64_t(1) << 42;
  call.valueScales = uint64_t(1) << 43;
  EXPECT_EQ(0u,
            explain(call.valueScales + (uint64_t(64) << 20) + 63).find("page-table entry 1048576 of sequence 0 at "));
  EXPECT_EQ("", explain(call.valueScales + (uint64_t(64) << 20) + 64));
  variant.scales = Scales::head;
  problem = std::move(*makeProblem(variant, options));
  problem.blockTables[1] = 1 << 20;
  EXPECT_EQ("", explain(call.valueScales + (uint64_t(64) << 20)));
}

} // namespace
