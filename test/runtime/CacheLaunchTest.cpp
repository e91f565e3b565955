#include "runtime/device/CacheLaunch.h"
#include "test/runtime/Has.h"

using namespace pa;

namespace {

CacheKernelDescription describe(const std::string &variant) {
  auto parsed = parseAnyVariant(variant);
  EXPECT_TRUE(parsed.errors.empty()) << variant;
  CacheKernelDescription description;
  description.variant = parsed.variant;
  description.block = 256;
  description.rowsPerWorkgroup = 16;
  description.workgroupsPerPair = 3;
  return description;
}

// Plausible addresses.
pa_cache anyCache(bool scales) {
  pa_cache cache = {};
  cache.keys = 0x1000;
  cache.values = 0x2000;
  cache.num_pages = 9;
  if (scales)
    cache.key_scales = cache.value_scales = 0x3004;
  return cache;
}

struct AppendLaunch : testing::Test {
  CacheKernelDescription description =
      describe(R"({"op":"append","cache_type":"fp8_e4m3fn","head_size":128,"value_head_size":64,"kv_heads":8,
                   "page_size":16,"layout":"hnd","scales":"token"})");
  pa_append_args args = {};
  AppendLaunch() {
    args.cache = anyCache(true);
    args.keys = 0x4000;
    args.values = 0x5000;
    args.slots = 0x6008;
    args.num_tokens = 5;
  }
  std::string errorOf(pa_append_args changed) {
    auto shape = completeAppend(description, changed);
    if (shape)
      return "";
    EXPECT_EQ(ErrorCode::invalidArgument, shape.error().code);
    return shape.error().message;
  }
};

// 5 tokens of 8 heads are 40 rows, in 3 workgroups of 16.
TEST_F(AppendLaunch, denseArguments) {
  auto shape = completeAppend(description, args);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(3u, shape->grid[0]);
  EXPECT_EQ(1u, shape->grid[1]);
  EXPECT_EQ(256u, shape->block[0]);
  EXPECT_EQ(PA_APPEND_ABI_VERSION, args.abi_version);
  EXPECT_EQ(sizeof args, args.struct_size);
  EXPECT_EQ(16 * 8 * 128, args.cache.key_page_stride);
  EXPECT_EQ(16 * 8 * 64, args.cache.value_page_stride);
  EXPECT_EQ(16 * 128, args.cache.key_head_stride);
  EXPECT_EQ(64, args.cache.value_token_stride);
  EXPECT_EQ(8 * 16 * 4, args.cache.key_scale_page_stride);
  EXPECT_EQ(16 * 4, args.cache.value_scale_head_stride);
  EXPECT_EQ(8 * 128 * 2, args.keys_token_stride);
  EXPECT_EQ(8 * 64 * 2, args.values_token_stride);
}

TEST_F(AppendLaunch, givenStridesAreKept) {
  args.cache.key_page_stride = 1 << 20;
  args.cache.key_scale_page_stride = 516;
  args.keys_token_stride = 8 * 128 * 2 + 16;
  ASSERT_EQ("", errorOf(args));
  ASSERT_TRUE(completeAppend(description, args));
  EXPECT_EQ(1 << 20, args.cache.key_page_stride);
  EXPECT_EQ(516, args.cache.key_scale_page_stride);
  EXPECT_EQ(8 * 128 * 2 + 16, args.keys_token_stride);
}

TEST_F(AppendLaunch, badCallsAreRefusedByField) {
  struct {
    void (*change)(pa_append_args &);
    const char *text;
  } const cases[] = {
      {[](auto &a) { a.num_tokens = 0; }, "tokens is 0, allowed: 1 to 268435455"},
      {[](auto &a) { a.num_tokens = 1 << 28; }, "tokens is 268435456, allowed: 1 to 268435455"},
      {[](auto &a) { a.cache.num_pages = 0; }, "cache.pages is 0, allowed: 1 to 2147483647"},
      {[](auto &a) { a.cache.keys = 0; },
       "cache.key_cache is a null address, allowed: a device address, since this variant needs it"},
      {[](auto &a) { a.cache.values = 0x2008; }, "cache.value_cache is 0x2008, allowed: a multiple of 16"},
      {[](auto &a) { a.cache.value_scales = 0; }, "cache.value_scales is a null address"},
      {[](auto &a) { a.cache.key_scales = 0x3002; }, "cache.key_scales is 0x3002, allowed: a multiple of 4"},
      {[](auto &a) { a.keys = 0; }, "keys is a null address"},
      {[](auto &a) { a.values = 0x5001; }, "values is 0x5001, allowed: a multiple of 16"},
      {[](auto &a) { a.slots = 0; }, "slots is a null address"},
      {[](auto &a) { a.slots = 0x6004; }, "slots is 0x6004, allowed: a multiple of 8"},
      {[](auto &a) { a.bad_token = 0x7001; }, "bad_token is 0x7001, allowed: a multiple of 4"},
      {[](auto &a) { a.keys_token_stride = 1024; },
       "keys_token_stride is 1024 bytes, allowed: 0 for the dense 2048, or a multiple of 16 from 2048"},
      {[](auto &a) { a.values_token_stride = 1032; },
       "values_token_stride is 1032 bytes, allowed: 0 for the dense 1024, or a multiple of 16 from 1024"},
      {[](auto &a) { a.cache.key_head_stride = 2056; },
       "cache.key_head_stride is 2056 bytes, allowed: 0 for the dense 2048, or a multiple of 16 from 128"},
      {[](auto &a) { a.cache.value_head_stride = 2048; },
       "cache.value_page_stride is 0 bytes, allowed: the bytes there are, since cache.value_head_stride is 2048 and "
       "not the dense 1024"},
      {[](auto &a) { a.cache.key_scale_head_stride = 72; },
       "cache.key_scale_page_stride is 0 bytes, allowed: the bytes there are, since cache.key_scale_head_stride is 72 "
       "and not the dense 64"},
  };
  for (const auto &tested : cases) {
    pa_append_args changed = args;
    tested.change(changed);
    EXPECT_TRUE(has(errorOf(changed), tested.text));
  }
  description = describe(R"({"op":"append","cache_type":"bf16","head_size":64,"kv_heads":1,"page_size":16,
                             "layout":"shuffled"})");
  EXPECT_TRUE(has(errorOf(args), "cache.key_scales is 0x3004, allowed: null, since this variant has none"));
}

struct CopyLaunch : testing::Test {
  static pa_copy_pages_args call(bool scales) {
    pa_copy_pages_args args = {};
    args.source = args.target = anyCache(scales);
    args.pairs = 0x4000;
    args.num_pairs = 7;
    return args;
  }
  static std::string errorOf(const CacheKernelDescription &description, pa_copy_pages_args args) {
    auto shape = completeCopyPages(description, args);
    return shape ? "" : shape.error().message;
  }
};

TEST_F(CopyLaunch, eachSideHasItsLayoutsStrides) {
  auto description = describe(R"({"op":"copy_pages","cache_type":"bf16","head_size":64,"kv_heads":4,"page_size":16,
                                  "layout":"nhd","source_layout":"shuffled"})");
  pa_copy_pages_args args = call(false);
  auto shape = completeCopyPages(description, args);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(21u, shape->grid[0]);
  EXPECT_EQ(sizeof args, args.struct_size);
  EXPECT_EQ(16 * 64 * 2, args.source.key_head_stride);
  EXPECT_EQ(64 * 2, args.target.key_head_stride);
  EXPECT_EQ(4 * 64 * 2, args.target.key_token_stride);
}

TEST_F(CopyLaunch, badCallsAreRefusedByField) {
  std::string form = R"("cache_type":"int8","head_size":64,"kv_heads":4,"page_size":16,"layout":"nhd")";
  auto page = describe(R"({"op":"copy_pages","scales":"page",)" + form + "}");
  auto args = call(true);
  EXPECT_EQ("", errorOf(page, args));
  args.target.key_scales = 0;
  EXPECT_TRUE(has(errorOf(page, args), "target.key_scales is a null address"));
  args = call(true);
  args.source.num_pages = -1;
  EXPECT_EQ("source.pages is -1, allowed: 1 to 2147483647", errorOf(page, args));
  args = call(true);
  args.pairs = 0;
  EXPECT_TRUE(has(errorOf(page, args), "pairs is a null address"));
  args.pairs = 0x4004;
  EXPECT_EQ("pairs is 0x4004, allowed: a multiple of 8", errorOf(page, args));
  args = call(true);
  args.num_pairs = 0;
  EXPECT_EQ("count is 0, allowed: 1 to 715827882", errorOf(page, args));
  // Scales of the caller's stay where they are, given or not; without a list of pairs there is none.
  auto tensor = describe(R"({"op":"copy_pages","scales":"tensor","pairs":false,)" + form + "}");
  args = call(true);
  EXPECT_EQ("pairs is 0x4000, allowed: null, since this variant has none", errorOf(tensor, args));
  args.pairs = 0;
  EXPECT_EQ("", errorOf(tensor, args));
  args.source = anyCache(false);
  EXPECT_EQ("", errorOf(tensor, args));
}

TEST(MergeLaunch, argumentsAreCompletedOrRefused) {
  auto description = describe(R"({"op":"merge_states","type":"f16","heads":6,"head_size":72})");
  pa_merge_states_args args = {};
  args.a = args.b = args.output = 0x1000;
  args.a_lse = args.b_lse = args.lse = 0x2004;
  args.num_tokens = 3;
  args.b_token_stride = 6 * 72 * 2 + 32;
  pa_merge_states_args good = args;
  auto shape = completeMergeStates(description, good);
  ASSERT_TRUE(shape) << shape.error().message;
  EXPECT_EQ(2u, shape->grid[0]); // 18 rows
  EXPECT_EQ(sizeof args, good.struct_size);
  EXPECT_EQ(6 * 72 * 2, good.a_token_stride);
  EXPECT_EQ(6 * 72 * 2 + 32, good.b_token_stride);
  struct {
    void (*change)(pa_merge_states_args &);
    const char *text;
  } const cases[] = {
      {[](auto &a) { a.num_tokens = -2; }, "tokens is -2, allowed: 1 to 357913941"},
      {[](auto &a) { a.a = 0; }, "a is a null address"},
      {[](auto &a) { a.b = 0x1008; }, "b is 0x1008, allowed: a multiple of 16"},
      {[](auto &a) { a.a_lse = 0; }, "a_lse is a null address"},
      {[](auto &a) { a.b_lse = 0x2002; }, "b_lse is 0x2002, allowed: a multiple of 4"},
      {[](auto &a) { a.output = 0; }, "output is a null address"},
      {[](auto &a) { a.lse = 0; }, "lse is a null address"},
      {[](auto &a) { a.output_token_stride = 16; },
       "output_token_stride is 16 bytes, allowed: 0 for the dense 864, or a multiple of 16 from 864"},
  };
  for (const auto &tested : cases) {
    pa_merge_states_args changed = args;
    tested.change(changed);
    auto refused = completeMergeStates(description, changed);
    ASSERT_FALSE(refused) << tested.text;
    EXPECT_TRUE(has(refused.error().message, tested.text));
  }
}

} // namespace
