#include "test/cache/Runner.h"
#include "test/reference/CacheWrites.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <tuple>

using namespace pa;
using namespace pa::cachetest;

namespace {

using Pairs = std::vector<std::array<int64_t, 2>>;

void fillRandom(Cache &cache, unsigned seed) {
  std::mt19937 random(seed);
  for (CachePart &part : cache.parts) {
    for (uint8_t &byte : part.bytes)
      byte = uint8_t(random());
    for (size_t at = 0; at + sizeof(float) <= part.scaleBytes.size(); at += sizeof(float)) {
      float scale = float(1 + random() % 1000) / 4096;
      std::memcpy(&part.scaleBytes[at], &scale, sizeof scale);
    }
  }
}

// The code of the target's type for one of the source's.
uint8_t convert(const CacheShape &from, const CacheShape &to, uint8_t code) {
  if (from.elementBytes() == 2) // a byte of one
    return code;
  return uint8_t(reference::convertCode(from.reference().cacheType, to.reference().cacheType, code));
}

// A page's scales, and a token's; they double where codes say half.
void copyScales(const Cache &from, int source, Cache &to, int target) {
  if (to.shape.scales != "token" && to.shape.scales != "page")
    return;
  for (Kind kind : {keys, values})
    for (int head = 0; head < to.shape.heads; ++head)
      for (int token = 0; token < (to.shape.scales == "token" ? to.shape.page : 1); ++token) {
        float scale;
        std::memcpy(&scale, &from.parts[kind].scaleBytes[from.parts[kind].scaleOffset(source, head, token)], 4);
        scale = reference::convertScale(from.shape.reference().cacheType, to.shape.reference().cacheType, scale);
        std::memcpy(&to.parts[kind].scaleBytes[to.parts[kind].scaleOffset(target, head, token)], &scale, 4);
      }
}

// What the kernel should do, an element after the other.
void copyPage(const Cache &from, int source, Cache &to, int target) {
  const CacheShape &shape = to.shape;
  copyScales(from, source, to, target);
  for (Kind kind : {keys, values})
    for (int head = 0; head < shape.heads; ++head)
      for (int token = 0; token < shape.page; ++token)
        for (int d = 0; d < shape.headSize[kind]; ++d)
          for (size_t byte = 0; byte < shape.elementBytes(); ++byte)
            to.parts[kind].bytes[to.parts[kind].offset(target, head, token, d) + byte] = convert(
                from.shape, shape, from.parts[kind].bytes[from.parts[kind].offset(source, head, token, d) + byte]);
}

std::string copyIr(const CacheShape &from, const CacheShape &to, bool listed) {
  std::string type = from.scales == "token" || from.scales == "page" ? from.scaleType() : "", parameters, scales;
  if (!type.empty()) {
    for (const char *name : {", %ak", ", %av", ", %bk", ", %bv"})
      parameters += name + (": " + type);
    scales = " scales(%ak, %av, %bk, %bv : " + type + ", " + type + ", " + type + ", " + type + ")";
  }
  return "!from = " + from.mlirType() + "\n!to = " + to.mlirType() + "\nfunc.func @copy(%a: !from, %b: !to" +
         (listed ? ", %p: memref<?x2xi64>" : "") + parameters + ") {\n  pa.copy_pages from(%a : !from) to(%b : !to)" +
         (listed ? " pairs(%p : memref<?x2xi64>)" : "") + scales + "\n  return\n}\n";
}

Wanted copyOf(const CacheShape &from, const CacheShape &to, bool listed) {
  return {copyIr(from, to, listed), "copy",
          R"({"op":"copy_pages","source_type":")" + std::string(reference::facts(from.reference().cacheType).name) +
              R"(","source_layout":")" + from.layout + R"(","pairs":)" + (listed ? "true," : "false,") + to.variant() +
              "}"};
}

struct Copied {
  Cache target;
  int32_t badPair;
};

// `target` null: the source itself.
Copied run(const std::string &chip, const Cache &source, const Cache *target, const Pairs *pairs, int32_t count) {
  Copied result{target ? *target : source, 0};
  Runner runner(chip);
  pa_copy_pages_args args = {};
  args.abi_version = PA_COPY_PAGES_ABI_VERSION;
  args.struct_size = sizeof args;
  args.source = runner.put(source);
  args.target = target ? runner.put(*target) : args.source;
  args.pairs = pairs ? runner.put("pairs", *pairs) : 0;
  args.bad_pair = runner.put("bad_pair", std::vector<int32_t>{-1});
  args.num_pairs = count;
  runner.launch(copyOf(source.shape, result.target.shape, pairs), args, count);
  runner.get(args.target, result.target);
  result.badPair = runner.get<int32_t>(args.bad_pair, 1)[0];
  return result;
}

class CopyPages : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Chips, CopyPages, testing::Values("gfx942", "gfx950", "gfx942_generic", "gfx950_generic"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(CopyPages, aCacheIsConvertedFromEveryLayoutToEveryOther) {
  int number = 0;
  for (const char *from : {"nhd", "hnd", "classic", "shuffled"})
    for (const char *to : {"nhd", "hnd", "classic", "shuffled"}) {
      const std::pair<const char *, const char *> kinds[] = {
          {"bf16", "none"}, {"i8", "token"}, {"f8E4M3FN", "page"}, {"f16", "none"}, {"f8E4M3FNUZ", "head"}};
      CacheShape shape;
      std::tie(shape.type, shape.scales) = kinds[number++ % std::size(kinds)];
      shape.layout = from;
      shape.padded = true;
      Cache source(shape);
      shape.layout = to;
      Cache target(shape);
      SCOPED_TRACE(source.shape.name() + " to " + shape.name());
      fillRandom(source, 1);
      Cache expected = target;
      for (int page = 0; page < shape.pages; ++page)
        copyPage(source, page, expected, page);
      Copied copied = run(GetParam(), source, &target, nullptr, shape.pages);
      EXPECT_TRUE(sameCache(expected, copied.target));
      EXPECT_EQ(-1, copied.badPair);
    }
}

// All codes; exact from f8E4M3FN to f8E4M3FNUZ.
TEST_P(CopyPages, theFp8FormatsAreConverted) {
  for (auto [from, to] : {std::pair{"f8E4M3FN", "f8E4M3FNUZ"}, {"f8E4M3FNUZ", "f8E4M3FN"}})
    for (const char *scales : {"tensor", "token", "page"}) {
      CacheShape shape;
      shape.type = from;
      shape.scales = scales;
      shape.layout = "nhd";
      Cache source(shape);
      shape.type = to;
      shape.layout = "shuffled";
      Cache target(shape);
      SCOPED_TRACE(source.shape.name() + " to " + shape.name());
      fillRandom(source, 4);
      for (size_t i = 0; i < source.parts[keys].bytes.size(); ++i)
        source.parts[keys].bytes[i] = uint8_t(i);
      Cache expected = target;
      for (int page = 0; page < shape.pages; ++page)
        copyPage(source, page, expected, page);
      Copied copied = run(GetParam(), source, &target, nullptr, shape.pages);
      dropNanSigns(expected);
      dropNanSigns(copied.target);
      EXPECT_TRUE(sameCache(expected, copied.target));
    }
}

TEST_P(CopyPages, pagesInsideOfOneCache) {
  for (auto [layout, page] : {std::pair{"nhd", 1}, {"nhd", 16}, {"classic", 1}, {"shuffled", 64}}) {
    CacheShape shape;
    shape.layout = layout;
    shape.page = page;
    shape.pages = 9;
    shape.heads = 3;
    shape.headSize[keys] = shape.headSize[values] = 128;
    SCOPED_TRACE(shape.name());
    Cache cache(shape);
    fillRandom(cache, 2);
    const Pairs pairs = {{0, 8}, {3, 5}, {3, 1}};
    Cache expected = cache;
    for (auto [source, target] : pairs)
      copyPage(cache, int(source), expected, int(target));
    Copied copied = run(GetParam(), cache, nullptr, &pairs, int(pairs.size()));
    EXPECT_TRUE(sameCache(expected, copied.target));
    EXPECT_EQ(-1, copied.badPair);
  }
}

TEST_P(CopyPages, pagesOutsideOfTheCacheAreReportedAndNotCopied) {
  CacheShape shape;
  Cache source(shape);
  shape.layout = "shuffled";
  shape.pages = 3; // fewer than the source has
  Cache target(shape);
  fillRandom(source, 3);
  const std::pair<int64_t, int64_t> bad[] = {{5, 0}, {-1, 0}, {0, 3}, {0, -1}, {int64_t(1) << 32, 0}};
  for (auto [from, to] : bad) {
    SCOPED_TRACE(std::to_string(from) + " to " + std::to_string(to));
    const Pairs pairs = {{4, 2}, {from, to}, {5, 5}, {1, 1}};
    Cache expected = target;
    copyPage(source, 4, expected, 2);
    copyPage(source, 1, expected, 1);
    Copied copied = run(GetParam(), source, &target, &pairs, int(pairs.size()));
    EXPECT_TRUE(sameCache(expected, copied.target));
    EXPECT_EQ(1, copied.badPair);
  }
}

} // namespace
