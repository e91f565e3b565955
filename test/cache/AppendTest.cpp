#include "test/cache/NewTokens.h"
#include "test/cache/Runner.h"

#include <algorithm>
#include <random>

using namespace pa;
using namespace pa::cachetest;

namespace {

// Different slots of the whole cache; every fourth token is skipped.
void drawSlots(const CacheShape &shape, int tokens, unsigned seed, NewTokens &made) {
  std::vector<int64_t> all(size_t(shape.pages) * shape.page);
  for (size_t i = 0; i < all.size(); ++i)
    all[i] = int64_t(i);
  std::shuffle(all.begin(), all.end(), std::mt19937(seed));
  all.resize(tokens);
  for (int token = 3; token < tokens; token += 4)
    all[token] = -1;
  made.slots = all;
}

std::string appendIr(const CacheShape &shape, const std::string &type) {
  auto tensor = [&](Kind kind) {
    return "memref<?x" + std::to_string(shape.heads) + "x" + std::to_string(shape.headSize[kind]) + "x" + type + ">";
  };
  std::string scales = shape.scaleType();
  std::string parameters, operands;
  if (!scales.empty()) {
    parameters = ", %ks: " + scales + ", %vs: " + scales;
    operands = " scales(%ks, %vs : " + scales + ", " + scales + ")";
  }
  return "!kv = " + shape.mlirType() + "\nfunc.func @write(%k: " + tensor(keys) + ", %v: " + tensor(values) +
         ", %s: memref<?xi64>, %kv: !kv" + parameters + ") {\n  pa.append keys(%k : " + tensor(keys) +
         ") values(%v : " + tensor(values) + ") slots(%s : memref<?xi64>) cache(%kv : !kv)" + operands +
         "\n  return\n}\n";
}

Wanted appendOf(const CacheShape &shape, const std::string &type) {
  return {appendIr(shape, type), "write", R"({"op":"append","token_type":")" + type + "\"," + shape.variant() + "}"};
}

// All but the cache.
pa_append_args argumentsOf(Runner &runner, const NewTokens &made) {
  pa_append_args args = {};
  args.abi_version = PA_APPEND_ABI_VERSION;
  args.struct_size = sizeof args;
  args.keys = runner.put("keys", made.padded[keys]);
  args.values = runner.put("values", made.padded[values]);
  args.slots = runner.put("slots", made.slots);
  args.bad_token = runner.put("bad_token", std::vector<int32_t>{-1});
  args.keys_token_stride = made.strides[keys];
  args.values_token_stride = made.strides[values];
  args.num_tokens = int32_t(made.slots.size());
  return args;
}

// The cache afterwards, and the word for bad tokens.
int32_t runAppend(Runner &runner, const NewTokens &made, Cache &cache) {
  pa_append_args args = argumentsOf(runner, made);
  args.cache = runner.put(cache);
  runner.launch(appendOf(cache.shape, made.type), args, int64_t(made.slots.size()) * cache.shape.heads);
  runner.get(args.cache, cache);
  return runner.get<int32_t>(args.bad_token, 1)[0];
}

void check(const std::string &chip, const CacheShape &shape, const std::string &type, const NewTokens &made) {
  SCOPED_TRACE(chip + " " + type + " into " + shape.name());
  Cache expected(shape);
  giveScales(expected, 11);
  Cache got = expected;
  append(expected, made);
  Runner runner(chip);
  EXPECT_EQ(-1, runAppend(runner, made, got));
  dropNanSigns(expected);
  dropNanSigns(got);
  EXPECT_TRUE(sameCache(expected, got));
}

void checkRandom(const std::string &chip, const CacheShape &shape, const std::string &type) {
  int tokens = std::min(37, shape.pages * shape.page);
  NewTokens made = randomTokens(shape, type, tokens, 5);
  drawSlots(shape, tokens, 7, made);
  layOut(shape, made);
  check(chip, shape, type, made);
}

class Append : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Chips, Append, testing::Values("gfx942", "gfx950", "gfx942_generic", "gfx950_generic"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(Append, copies16BitsIntoEveryLayout) {
  for (const char *layout : {"nhd", "hnd", "classic", "shuffled"})
    for (const char *type : {"bf16", "f16"}) {
      CacheShape shape;
      shape.type = type;
      shape.layout = layout;
      shape.padded = type == std::string("f16");
      checkRandom(GetParam(), shape, type);
    }
}

constexpr const char *types8[] = {"f8E4M3FN", "f8E4M3FNUZ", "i8"};

TEST_P(Append, quantizesIntoEveryLayoutWithEveryKindOfScales) {
  int number = 0;
  for (const char *type : types8)
    for (const char *layout : {"nhd", "hnd", "classic", "shuffled"})
      for (const char *scales : {"none", "tensor", "head", "token", "page"}) {
        CacheShape shape;
        shape.type = type;
        shape.layout = layout;
        shape.scales = scales;
        shape.padded = ++number % 2;
        checkRandom(GetParam(), shape, number % 3 ? "bf16" : "f16");
      }
}

// Every bf16 there is, into the chip's own FP8, the other one, and int8.
TEST_P(Append, roundsEveryNumber) {
  for (const char *type : types8) {
    CacheShape shape;
    shape.type = type;
    shape.page = 128;
    shape.pages = 2;
    shape.heads = 4;
    NewTokens made;
    made.type = "bf16";
    for (int code = 0; code < 65536; ++code)
      for (Kind kind : {keys, values})
        made.codes[kind].push_back(uint16_t(kind == keys ? code : code ^ 0x8000));
    for (int token = 0; token < 256; ++token)
      made.slots.push_back(token);
    layOut(shape, made);
    check(GetParam(), shape, "bf16", made);
  }
}

TEST_P(Append, headsAndPagesOfOtherSizes) {
  struct {
    const char *type, *layout, *scales;
    int page, keySize, valueSize, heads;
  } const cases[] = {
      {"bf16", "nhd", "none", 1, 128, 128, 3},
      {"bf16", "classic", "none", 1, 64, 64, 1},
      {"bf16", "shuffled", "none", 64, 128, 128, 5},
      {"bf16", "classic", "none", 8, 112, 112, 2},
      {"bf16", "hnd", "none", 48, 192, 128, 1},
      {"bf16", "shuffled", "none", 8, 80, 96, 2},
      {"f8E4M3FN", "shuffled", "token", 32, 192, 128, 1},
      {"f8E4M3FNUZ", "classic", "token", 8, 80, 256, 2},
      {"i8", "nhd", "token", 1, 256, 256, 1},
      {"f8E4M3FN", "hnd", "head", 1024, 112, 112, 3},
  };
  for (const auto &tested : cases) {
    CacheShape shape;
    shape.type = tested.type;
    shape.layout = tested.layout;
    shape.scales = tested.scales;
    shape.page = tested.page;
    shape.pages = tested.page < 16 ? 40 : 2;
    shape.heads = tested.heads;
    shape.headSize[keys] = tested.keySize;
    shape.headSize[values] = tested.valueSize;
    checkRandom(GetParam(), shape, "bf16");
  }
}

TEST_P(Append, slotsOutsideOfTheCacheAreReportedAndNotWritten) {
  CacheShape shape;
  shape.layout = "shuffled";
  int64_t all = int64_t(shape.pages) * shape.page;
  const int64_t bad[] = {all, -2, all + 5, INT64_MIN, INT64_MAX, int64_t(1) << 32};
  for (int64_t slot : bad) {
    SCOPED_TRACE(slot);
    NewTokens made = randomTokens(shape, "bf16", 40, 3);
    drawSlots(shape, 40, 9, made);
    made.slots[17] = slot;
    made.slots[33] = all;
    layOut(shape, made);
    Cache expected(shape), got(shape);
    append(expected, made);
    Runner runner(GetParam());
    EXPECT_EQ(17, runAppend(runner, made, got));
    EXPECT_TRUE(sameCache(expected, got));
  }
}

// Page numbers beyond 16 bits and places beyond 32: a cache of which only three pages are ever touched.
TEST_P(Append, pagesFarAway) {
  const int64_t far[] = {3, 65536, 69999}, stride = 128 << 10;
  CacheShape shape;
  shape.layout = "shuffled";
  shape.pages = int(std::size(far));
  NewTokens made = randomTokens(shape, "bf16", 48, 6);
  drawSlots(shape, 48, 2, made);
  layOut(shape, made);
  Cache expected(shape), near(shape), got(shape);
  append(expected, made);
  for (int64_t &slot : made.slots)
    if (slot >= 0)
      slot = far[slot / shape.page] * shape.page + slot % shape.page;

  Runner runner(GetParam());
  pa_append_args args = argumentsOf(runner, made);
  args.cache = runner.put(near); // for the strides inside of a page
  args.cache.num_pages = 70000;
  args.cache.key_page_stride = args.cache.value_page_stride = stride;
  uint64_t *caches[] = {&args.cache.keys, &args.cache.values};
  size_t page = expected.parts[keys].strides.page;
  for (Kind kind : {keys, values}) {
    *caches[kind] = runner.allocate("far_cache", uint64_t(args.cache.num_pages) * stride);
    for (size_t i = 0; i < std::size(far); ++i)
      ASSERT_TRUE(runner.device().copyTo(*caches[kind] + far[i] * stride, near.parts[kind].bytes.data(), page));
  }
  runner.launch(appendOf(shape, made.type), args, 48 * shape.heads);
  for (Kind kind : {keys, values})
    for (size_t i = 0; i < std::size(far); ++i)
      runner.get(*caches[kind] + far[i] * stride, &got.parts[kind].bytes[i * page], page);
  EXPECT_TRUE(sameCache(expected, got));
}

} // namespace
