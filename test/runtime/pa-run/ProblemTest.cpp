#include "compiler/tools/run/Problem.h"
#include "compiler/tools/run/Process.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <set>

using namespace pa;
using namespace pa::run;

namespace {

struct ProblemTest : testing::Test {
  Variant variant;
  InputOptions options;

  void SetUp() override {
    variant.headSize = variant.valueHeadSize = 64;
    variant.queryHeads = 8;
    variant.kvHeads = 2;
    variant.pageSize = 16;
    variant.layout = CacheLayout::shuffled;
    variant.queryTokens = 2;
    options.contexts = {0, 1, 16, 17, 50};
  }

  Problem make() {
    auto problem = makeProblem(variant, options);
    EXPECT_TRUE(problem) << problem.error().message;
    return std::move(*problem);
  }
  std::string errorOf() {
    auto problem = makeProblem(variant, options);
    return problem ? "" : problem.error().message;
  }
};

// All 16-bit codes of a pool.
std::vector<uint16_t> codesOf(const Pool &pool) {
  std::vector<uint16_t> codes(pool.bytes() / 2);
  std::memcpy(codes.data(), pool.data(), pool.bytes());
  return codes;
}

// Keys and values in logical order, whatever the pages.
std::vector<uint16_t> logical(const Problem &problem) {
  std::vector<uint16_t> codes;
  const reference::Shape &shape = problem.shape;
  reference::Inputs inputs = problem.inputs();
  auto add = [&](const uint8_t *element) { std::memcpy(&codes.emplace_back(), element, shape.cacheBytes()); };
  for (int s = 0; s < problem.sequences(); ++s)
    for (int p = 0; p < contextOf(shape, inputs, s); ++p)
      for (int head = 0; head < shape.kvHeads; ++head)
        for (int d = 0; d < shape.headSize; ++d) {
          int64_t page = problem.blockTables[entryIndex(inputs, s, p / shape.pageSize)];
          int token = p % shape.pageSize;
          add(inputs.keyCache + page * inputs.keys.page + keyOffset(shape, inputs.keys, token, head, d));
          add(inputs.valueCache + page * inputs.values.page + valueOffset(shape, inputs.values, token, head, d));
        }
  return codes;
}

size_t count(const std::vector<uint16_t> &codes, uint16_t code) { return std::count(codes.begin(), codes.end(), code); }

TEST_F(ProblemTest, everythingUnusedIsPoison) {
  Problem problem = make();
  EXPECT_EQ(0 + 1 + 1 + 2 + 4 + 7, problem.pages);
  EXPECT_EQ(6, problem.tableWidth);
  size_t used = (1 + 16 + 17 + 50) * 2 * 64, all = problem.pages * 16 * 2 * 64;
  uint16_t poison = reference::poisonCode(reference::Type::bf16);
  EXPECT_EQ(all - used, count(codesOf(problem.keyPool), poison));
  EXPECT_EQ(all - used, count(codesOf(problem.valuePool), poison));
  EXPECT_EQ(0u, count(logical(problem), poison));
  std::set<int32_t> pages;
  for (int s = 0; s < problem.sequences(); ++s)
    for (int i = 0; i < problem.tableWidth; ++i) {
      int32_t entry = problem.blockTables[s * problem.tableWidth + i];
      if (i < (problem.contextLens[s] + 15) / 16)
        EXPECT_TRUE(entry >= 0 && entry < problem.pages && pages.insert(entry).second);
      else
        EXPECT_EQ(garbageEntry(s * problem.tableWidth + i), entry);
    }
  EXPECT_EQ(-1, reference::findBadPage(problem.shape, problem.inputs()).sequence);
}

TEST_F(ProblemTest, pageOrderUnusedMemoryAndNeighboursDoNotChangeTheInputs) {
  Problem problem = make();
  InputOptions before = options;
  options.pages = PageOrder::ordered;
  Problem ordered = make();
  EXPECT_NE(problem.blockTables, ordered.blockTables);
  EXPECT_EQ(problem.query, ordered.query);
  EXPECT_EQ(logical(problem), logical(ordered));
  options = before;
  options.poison = false;
  Problem zero = make();
  EXPECT_EQ(logical(problem), logical(zero));
  EXPECT_EQ(0u, count(codesOf(zero.keyPool), reference::poisonCode(reference::Type::bf16)));
  options = before;
  options.contexts.push_back(5);
  std::vector<uint16_t> more = logical(make()), all = logical(problem);
  more.resize(all.size());
  EXPECT_EQ(all, more);
  options = before;
  options.seed = 2;
  EXPECT_NE(all, logical(make()));
}

TEST_F(ProblemTest, normalNumbersAreNormal) {
  options.contexts = {1000};
  Problem problem = make();
  double sum = 0, square = 0, fourth = 0;
  for (uint16_t code : problem.query)
    sum += reference::decode(reference::Type::bf16, code);
  EXPECT_NEAR(0, sum / problem.query.size(), 4 / std::sqrt(problem.query.size()));
  std::vector<uint16_t> codes = logical(problem);
  sum = 0;
  for (uint16_t code : codes) {
    double value = reference::decode(reference::Type::bf16, code);
    sum += value;
    square += value * value;
    fourth += value * value * value * value;
  }
  double n = static_cast<double>(codes.size());
  EXPECT_NEAR(0, sum / n, 0.01);
  EXPECT_NEAR(1, square / n, 0.01);
  EXPECT_NEAR(3, fourth / n, 0.1);
}

TEST_F(ProblemTest, otherDistributions) {
  options.distribution = Distribution::uniform;
  for (uint16_t code : logical(make()))
    ASSERT_FALSE(std::isnan(reference::decode(reference::Type::bf16, code)));
  Problem uniform = make();
  for (uint16_t code : codesOf(uniform.valuePool)) {
    double value = reference::decode(reference::Type::bf16, code);
    ASSERT_TRUE(std::isnan(value) || (value >= 0.5 && value <= 1.5));
  }
  options.distribution = Distribution::equal;
  EXPECT_EQ(make().query.size(), count(make().query, 0));
  options.distribution = Distribution::normal;
  std::vector<uint16_t> normal = make().query;
  options.distribution = Distribution::peaked;
  std::vector<uint16_t> peaked = make().query;
  for (size_t i = 0; i < normal.size(); ++i)
    ASSERT_EQ(4 * reference::decode(reference::Type::bf16, normal[i]),
              reference::decode(reference::Type::bf16, peaked[i]));
}

TEST_F(ProblemTest, constantValuesAreTheSameForAllTokens) {
  options.distribution = Distribution::constantV;
  Problem problem = make();
  ASSERT_EQ(2u * 64, problem.constantOutputs.size());
  std::vector<uint16_t> codes = logical(problem);
  for (size_t i = 0; i < codes.size() / 2; ++i)
    ASSERT_EQ(problem.constantOutputs[i % 128], codes[2 * i + 1]);
}

TEST_F(ProblemTest, batchRepeatsContextsAndTheTableMayClamp) {
  options.batch = 7;
  options.tableWidth = 2;
  Problem problem = make();
  EXPECT_EQ((std::vector<int32_t>{0, 1, 16, 17, 50, 0, 1}), problem.contexts);
  EXPECT_EQ(problem.contexts, problem.contextLens);
  EXPECT_EQ(2, problem.tableWidth);
  EXPECT_EQ(32, reference::contextOf(problem.shape, problem.inputs(), 4));
  EXPECT_EQ(0 + 1 + 1 + 2 + 2 + 0 + 1 + 7, problem.pages);
}

TEST_F(ProblemTest, scaleIsTheHeadSizesByDefault) {
  EXPECT_EQ(0.125f, make().scale);
  options.scale = 0.5f;
  EXPECT_EQ(0.5f, make().scale);
}

struct ProblemFiles : ProblemTest {
  std::optional<TemporaryFolder> folder;

  void SetUp() override {
    ProblemTest::SetUp();
    auto made = TemporaryFolder::make();
    ASSERT_TRUE(made);
    folder.emplace(std::move(*made));
  }
  template <class T> std::string file(const std::string &name, const std::vector<T> &content) {
    std::string path = folder->file(name);
    Status status = writeFile(path, {reinterpret_cast<const char *>(content.data()), content.size() * sizeof(T)});
    EXPECT_TRUE(status);
    return path;
  }
};

TEST_F(ProblemFiles, whatWasGeneratedComesBackFromFiles) {
  Problem problem = make();
  options.queryFile = file("q", problem.query);
  options.keyFile = file("k", codesOf(problem.keyPool));
  options.valueFile = file("v", codesOf(problem.valuePool));
  options.tablesFile = file("t", problem.blockTables);
  options.lensFile = file("l", problem.contextLens);
  options.seed = 99;
  Problem loaded = make();
  EXPECT_EQ(problem.query, loaded.query);
  EXPECT_EQ(codesOf(problem.keyPool), codesOf(loaded.keyPool));
  EXPECT_EQ(codesOf(problem.valuePool), codesOf(loaded.valuePool));
  EXPECT_EQ(problem.blockTables, loaded.blockTables);
  EXPECT_EQ(problem.contextLens, loaded.contextLens);
  EXPECT_EQ(problem.pages, loaded.pages);
  EXPECT_EQ(problem.tableWidth, loaded.tableWidth);
}

TEST_F(ProblemFiles, everyWrongSizeNamesTensorGotAndExpected) {
  Problem problem = make();
  InputOptions right = options;
  std::vector<uint16_t> shortQuery(problem.query.begin(), problem.query.end() - 1);
  std::vector<uint16_t> keys = codesOf(problem.keyPool);
  std::vector<uint16_t> shortCache(keys.begin(), keys.end() - 8);
  std::vector<uint16_t> fewer(keys.begin(), keys.end() - 16 * 2 * 64);

  options.queryFile = file("q", shortQuery);
  EXPECT_EQ("query from '" + options.queryFile +
                "' is 10238 bytes, expected 10240: 5 sequences * 2 query tokens * 8 "
                "heads * head size 64 * 2 bytes",
            errorOf());
  options = right;
  options.keyFile = file("k", shortCache);
  EXPECT_EQ("the caches come both from files or both from the seed: give --k and --v, or neither", errorOf());
  options.valueFile = options.keyFile;
  EXPECT_EQ("key_cache from '" + options.keyFile +
                "' is 61424 bytes, expected a multiple of 4096: whole pages of 2048 "
                "elements of 2 bytes",
            errorOf());
  options.keyFile = file("k", codesOf(problem.keyPool));
  options.valueFile = file("v", fewer);
  EXPECT_EQ("value_cache from '" + options.valueFile + "' is 57344 bytes, expected 61440: as many pages as key_cache",
            errorOf());
  options = right;
  options.tablesFile = file("t", std::vector<int32_t>(7));
  EXPECT_EQ("block_tables from '" + options.tablesFile +
                "' is 28 bytes, expected a multiple of 20: int32 [5 sequences, "
                "entries of the longest]",
            errorOf());
  options = right;
  options.lensFile = file("l", std::vector<int32_t>(3));
  EXPECT_EQ("context_lens from '" + options.lensFile + "' is 12 bytes, expected 20: an int32 a sequence", errorOf());
  options = right;
  options.contexts = {1000};
  options.keyFile = file("k", codesOf(problem.keyPool));
  options.valueFile = options.keyFile;
  EXPECT_EQ("key_cache from '" + options.keyFile + "' has 15 pages, the contexts need 63", errorOf());
  options.keyFile = "/nowhere/k";
  EXPECT_EQ("key_cache: cannot read '/nowhere/k': No such file or directory", errorOf());
}

} // namespace
