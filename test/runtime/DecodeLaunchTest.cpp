#include "runtime/device/DecodeLaunch.h"
#include "test/runtime/KernelFile.h"

#include <cmath>

using namespace pa;

namespace {

struct DecodeLaunchTest : testing::Test {
  KernelDescription description;
  DecodeCall call;

  void SetUp() override {
    description.variant.headSize = 128;
    description.variant.valueHeadSize = 128;
    description.variant.queryHeads = 64;
    description.variant.kvHeads = 8;
    description.variant.pageSize = 16;
    description.variant.layout = CacheLayout::shuffled;
    description.launch = {256, GridKind::persistent, 2, 8448, 64, 8};
    call.query = 0x1000;
    call.keyCache = 0x2000;
    call.valueCache = 0x3000;
    call.output = 0x4000;
    call.blockTables = 0x5004;
    call.contextLens = 0x6004;
    call.workspace = 0x7000;
    call.sequences = 3;
    call.tableWidth = 9;
    call.softmaxScale = 0.5f;
  }

  DecodePlan plan(const char *chip = "gfx942") {
    auto plan = planDecode(description, *findChip(chip), call.sequences);
    EXPECT_TRUE(plan);
    return *plan;
  }
  std::string errorOf() {
    auto args = fillDecodeArgs(description, plan(), call);
    return args ? "" : args.error().message;
  }
};

// By hand: 304 CUs * 2 workgroups; 608 counters of 4 bytes are 2432, up to 2560; 1216 slots.
TEST_F(DecodeLaunchTest, persistentGridIsTheChips) {
  EXPECT_EQ(608u, plan().shape.grid[0]);
  EXPECT_EQ(1u, plan().shape.grid[1]);
  EXPECT_EQ(256u, plan().shape.block[0]);
  EXPECT_EQ(2560u + 1216u * 8448u, plan().workspaceBytes);
  EXPECT_EQ(512u, plan("gfx950").shape.grid[0]);
}

TEST_F(DecodeLaunchTest, itemsGridIsTheBatchs) {
  description.launch.grid = GridKind::items;
  description.launch.slotBytes = 0;
  EXPECT_EQ(24u, plan().shape.grid[0]);
  EXPECT_EQ(0u, plan().workspaceBytes);
  auto tooMany = planDecode(description, *findChip("gfx942"), 1 << 30);
  ASSERT_FALSE(tooMany);
  EXPECT_EQ("num_seqs is 1073741824, allowed: at most 2147483647 workgroups in the grid", tooMany.error().message);
}

TEST_F(DecodeLaunchTest, denseArguments) {
  auto args = fillDecodeArgs(description, plan(), call);
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(PA_DECODE_ABI_VERSION, args->abi_version);
  EXPECT_EQ(288u, args->struct_size);
  EXPECT_EQ(0x1000u, args->query);
  EXPECT_EQ(0x2000u, args->key_cache);
  EXPECT_EQ(0x3000u, args->value_cache);
  EXPECT_EQ(0x4000u, args->output);
  EXPECT_EQ(0u, args->lse);
  EXPECT_EQ(0x5004u, args->block_tables);
  EXPECT_EQ(0x6004u, args->context_lens);
  EXPECT_EQ(0x7000u, args->workspace);
  EXPECT_EQ(64 * 128 * 2, args->query_token_stride);
  EXPECT_EQ(64 * 128 * 2, args->output_token_stride);
  EXPECT_EQ(16 * 8 * 128 * 2, args->key_page_stride);
  EXPECT_EQ(16 * 8 * 128 * 2, args->value_page_stride);
  EXPECT_EQ(16 * 128 * 2, args->key_head_stride);
  EXPECT_EQ(16 * 128 * 2, args->value_head_stride);
  EXPECT_EQ(3, args->num_seqs);
  EXPECT_EQ(9, args->table_width);
  EXPECT_EQ(608, args->num_workgroups);
  EXPECT_EQ(0.5f, args->softmax_scale);
  description.variant.layout = CacheLayout::nhd;
  EXPECT_EQ(128 * 2, fillDecodeArgs(description, plan(), call)->key_head_stride);
}

TEST_F(DecodeLaunchTest, givenStridesAreKept) {
  call.keyPageStride = 1 << 20;
  call.queryTokenStride = 64 * 128 * 2 + 16;
  auto args = fillDecodeArgs(description, plan(), call);
  ASSERT_TRUE(args);
  EXPECT_EQ(1 << 20, args->key_page_stride);
  EXPECT_EQ(64 * 128 * 2 + 16, args->query_token_stride);
  EXPECT_EQ(16 * 8 * 128 * 2, args->value_page_stride);
}

// Everything that a variant may have: FP8 with a scale a token, hnd, page lists, ragged tokens, all of the scores.
struct DecodeLaunchVariants : DecodeLaunchTest {
  void SetUp() override {
    DecodeLaunchTest::SetUp();
    Variant &variant = description.variant;
    variant.cacheType = variant.outputType = ElementType::fp8E4m3fn;
    variant.layout = CacheLayout::hnd;
    variant.valueHeadSize = 64;
    variant.scales = Scales::token;
    variant.tables = Tables::csr;
    variant.ragged = variant.softCap = variant.alibi = variant.sinks = variant.lse = true;
    call.lse = 0x8000;
    call.kvIndptr = 0x8104;
    call.qoIndptr = 0x8204;
    call.keyScales = 0x8310;
    call.valueScales = 0x8420;
    call.alibiSlopes = 0x8504;
    call.sinks = 0x8604;
    call.softCap = 30;
    call.outputScale = 0.25f;
    call.scoreNumbers = {1, 2, 3, 4};
    call.scoreTensors = {5, 6, 7, 8};
    call.tableWidth = 0; // page lists have no rows
  }
};

TEST_F(DecodeLaunchVariants, everythingIsPassedOn) {
  auto args = fillDecodeArgs(description, plan(), call);
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(0x8000u, args->lse);
  EXPECT_EQ(0x8104u, args->kv_indptr);
  EXPECT_EQ(0x8204u, args->qo_indptr);
  EXPECT_EQ(0x8310u, args->key_scales);
  EXPECT_EQ(0x8420u, args->value_scales);
  EXPECT_EQ(0x8504u, args->alibi_slopes);
  EXPECT_EQ(0x8604u, args->sinks);
  EXPECT_EQ(30.0f, args->soft_cap);
  EXPECT_EQ(0.25f, args->output_scale);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(float(1 + i), args->score_numbers[i]);
    EXPECT_EQ(uint64_t(5 + i), args->score_tensors[i]);
  }
}

// By hand, one byte an element: 16 tokens of 128 or 64 elements a head, 8 heads; 64 heads of output.
TEST_F(DecodeLaunchVariants, denseStrides) {
  auto args = fillDecodeArgs(description, plan(), call);
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(64 * 64, args->output_token_stride);
  EXPECT_EQ(128, args->key_token_stride);
  EXPECT_EQ(64, args->value_token_stride);
  EXPECT_EQ(16 * 128, args->key_head_stride);
  EXPECT_EQ(16 * 64, args->value_head_stride);
  EXPECT_EQ(8 * 16 * 128, args->key_page_stride);
  EXPECT_EQ(8 * 16 * 64, args->value_page_stride);
  EXPECT_EQ(16 * 4, args->key_scale_head_stride);
  EXPECT_EQ(8 * 16 * 4, args->value_scale_page_stride);
  description.variant.layout = CacheLayout::nhd;
  EXPECT_EQ(8 * 128, fillDecodeArgs(description, plan(), call)->key_token_stride);
  EXPECT_EQ(64, fillDecodeArgs(description, plan(), call)->value_head_stride);
  description.variant.scales = Scales::page;
  EXPECT_EQ(4, fillDecodeArgs(description, plan(), call)->key_scale_head_stride);
  EXPECT_EQ(32, fillDecodeArgs(description, plan(), call)->key_scale_page_stride);
  description.variant.scales = Scales::head;
  EXPECT_EQ(4, fillDecodeArgs(description, plan(), call)->value_scale_head_stride);
  EXPECT_EQ(0, fillDecodeArgs(description, plan(), call)->value_scale_page_stride);
}

// Keys and values beside each other, token by token.
TEST_F(DecodeLaunchVariants, packedStrides) {
  call.valueCache = call.keyCache + 128;
  call.keyTokenStride = call.valueTokenStride = 192;
  call.keyHeadStride = call.valueHeadStride = 16 * 192;
  call.keyPageStride = call.valuePageStride = 8 * 16 * 192;
  auto args = fillDecodeArgs(description, plan(), call);
  ASSERT_TRUE(args) << args.error().message;
  EXPECT_EQ(0x2080u, args->value_cache);
  EXPECT_EQ(192, args->value_token_stride);
  EXPECT_EQ(16 * 192, args->key_head_stride);
}

TEST_F(DecodeLaunchVariants, whatLiesAroundGapsHasToBeSaid) {
  struct {
    CacheLayout layout;
    void (*change)(DecodeCall &);
    const char *message;
  } const cases[] = {
      {CacheLayout::hnd, [](DecodeCall &c) { c.keyTokenStride = 192; },
       "key_head_stride is 0 bytes, allowed: the bytes there are, since key_token_stride is 192 and not the dense 128"},
      {CacheLayout::hnd, [](DecodeCall &c) { c.keyTokenStride = 192, c.keyHeadStride = 3072; },
       "key_page_stride is 0 bytes, allowed: the bytes there are, since key_token_stride is 192"},
      {CacheLayout::nhd, [](DecodeCall &c) { c.valueHeadStride = 80; },
       "value_token_stride is 0 bytes, allowed: the bytes there are, since value_head_stride is 80"},
      {CacheLayout::shuffled, [](DecodeCall &c) { c.valueHeadStride = 1040; }, "value_page_stride is 0 bytes"},
      {CacheLayout::hnd, [](DecodeCall &c) { c.keyScaleHeadStride = 80; }, "key_scale_page_stride is 0 bytes"},
      {CacheLayout::hnd, [](DecodeCall &c) { c.keyTokenStride = 128, c.keyHeadStride = 2048; }, ""},
      {CacheLayout::hnd, [](DecodeCall &c) { c.keyPageStride = 1 << 20; }, ""},
  };
  DecodeCall right = call;
  for (const auto &tested : cases) {
    call = right;
    description.variant.layout = tested.layout;
    tested.change(call);
    EXPECT_TRUE(has(errorOf(), tested.message));
    EXPECT_EQ(std::string(tested.message).empty(), errorOf().empty()) << errorOf();
  }
}

TEST_F(DecodeLaunchVariants, everyBadFieldIsNamed) {
  struct {
    void (*change)(DecodeCall &);
    const char *message;
  } const cases[] = {
      {[](DecodeCall &c) { c.kvIndptr = 0; }, "kv_indptr is a null address"},
      {[](DecodeCall &c) { c.qoIndptr = 0x8201; }, "qo_indptr is 0x8201, allowed: a multiple of 4"},
      {[](DecodeCall &c) { c.keyScales = 0x8302; }, "key_scales is 0x8302, allowed: a multiple of 4"},
      {[](DecodeCall &c) { c.valueScales = 0; }, "value_scales is a null address"},
      {[](DecodeCall &c) { c.alibiSlopes = 0; }, "alibi_slopes is a null address"},
      {[](DecodeCall &c) { c.sinks = 0; }, "sinks is a null address"},
      {[](DecodeCall &c) { c.softCap = 0; }, "soft_cap is 0.000000, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.outputScale = -1; }, "output_scale is -1.000000, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.keyTokenStride = 112; }, "key_token_stride is 112 bytes, allowed: 0 for the dense 128"},
      {[](DecodeCall &c) { c.valueTokenStride = 72; }, "value_token_stride is 72 bytes"},
      {[](DecodeCall &c) { c.keyScaleHeadStride = 66; }, "key_scale_head_stride is 66 bytes, allowed: 0 for the dense "
                                                         "64, or a multiple of 4 from 4"},
      {[](DecodeCall &c) { c.valueScalePageStride = 518; }, "value_scale_page_stride is 518 bytes"},
  };
  DecodeCall right = call;
  for (const auto &tested : cases) {
    call = right;
    tested.change(call);
    EXPECT_TRUE(has(errorOf(), tested.message));
  }
}

struct Refusal {
  void (*change)(DecodeCall &);
  const char *message; // whole; "": the call is right
};

template <size_t count> void expectRefusals(DecodeLaunchTest &test, const Refusal (&cases)[count]) {
  DecodePlan plan = test.plan();
  const DecodeCall right = test.call;
  for (const Refusal &tested : cases) {
    DecodeCall call = right;
    tested.change(call);
    auto args = fillDecodeArgs(test.description, plan, call);
    EXPECT_EQ(tested.message, args ? "" : args.error().message) << "case " << &tested - cases;
    if (!args)
      EXPECT_EQ(ErrorCode::invalidArgument, args.error().code);
  }
}

// Every rule of the call at its ends, by itself and not only by way of who plans the launch before.
TEST_F(DecodeLaunchTest, everyRuleOfACallHasItsText) {
  constexpr Refusal cases[] = {
      {[](DecodeCall &c) { c.sequences = 0; }, "num_seqs is 0, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.sequences = -1; }, "num_seqs is -1, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.sequences = 1ll << 31; }, "num_seqs is 2147483648, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.sequences = INT32_MAX, c.tableWidth = 1; }, ""},
      {[](DecodeCall &c) { c.tableWidth = 0; }, "table_width is 0, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.tableWidth = -9; }, "table_width is -9, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.tableWidth = 1ll << 31; }, "table_width is 2147483648, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.tableWidth = 715827882; }, ""}, // by hand: 2147483647 / 3, rounded down
      {[](DecodeCall &c) { c.tableWidth = 715827883; },
       "table_width is 715827883, allowed: at most 2147483647 entries in the rows of all 3 sequences"},
      {[](DecodeCall &c) { c.query = 0; },
       "query is a null address, allowed: a device address, since this variant needs it"},
      {[](DecodeCall &c) { c.query = 0x1008; }, "query is 0x1008, allowed: a multiple of 16"},
      {[](DecodeCall &c) { c.workspace = 0x7004; }, "workspace is 0x7004, allowed: a multiple of 16"},
      {[](DecodeCall &c) { c.contextLens = 0x6002; }, "context_lens is 0x6002, allowed: a multiple of 4"},
      {[](DecodeCall &c) { c.lse = 0x8000; }, "lse is 0x8000, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.kvIndptr = 0x10; }, "kv_indptr is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.qoIndptr = 0x10; }, "qo_indptr is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.keyScales = 0x10; }, "key_scales is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.valueScales = 0x10; }, "value_scales is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.alibiSlopes = 0x10; }, "alibi_slopes is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.sinks = 0x10; }, "sinks is 0x10, allowed: null, since this variant has none"},
      {[](DecodeCall &c) { c.queryTokenStride = 16368; },
       "query_token_stride is 16368 bytes, allowed: 0 for the dense 16384, or a multiple of 16 from 16384"},
      {[](DecodeCall &c) { c.outputTokenStride = 16392; },
       "output_token_stride is 16392 bytes, allowed: 0 for the dense 16384, or a multiple of 16 from 16384"},
      {[](DecodeCall &c) { c.keyPageStride = 240; },
       "key_page_stride is 240 bytes, allowed: 0 for the dense 32768, or a multiple of 16 from 256"},
      {[](DecodeCall &c) { c.valuePageStride = 264; },
       "value_page_stride is 264 bytes, allowed: 0 for the dense 32768, or a multiple of 16 from 256"},
      {[](DecodeCall &c) { c.keyHeadStride = -4096; },
       "key_head_stride is -4096 bytes, allowed: 0 for the dense 4096, or a multiple of 16 from 256"},
      {[](DecodeCall &c) { c.valueHeadStride = 8; },
       "value_head_stride is 8 bytes, allowed: 0 for the dense 4096, or a multiple of 16 from 256"},
      {[](DecodeCall &c) { c.softmaxScale = INFINITY; }, "softmax_scale is inf, allowed: a finite number"},
      {[](DecodeCall &c) { c.softmaxScale = -0.5f; }, ""},
      {[](DecodeCall &c) { c.softCap = c.outputScale = -1; }, ""}, // of a variant that has neither
  };
  expectRefusals(*this, cases);
}

TEST_F(DecodeLaunchVariants, everyRuleOfACallHasItsText) {
  constexpr Refusal cases[] = {
      {[](DecodeCall &c) { c.sequences = 0; }, "num_seqs is 0, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.sequences = 1ll << 31; }, "num_seqs is 2147483648, allowed: 1 to 2147483647"},
      {[](DecodeCall &c) { c.tableWidth = -1; }, ""}, // page lists have no rows
      {[](DecodeCall &c) { c.lse = 0; },
       "lse is a null address, allowed: a device address, since this variant needs it"},
      {[](DecodeCall &c) { c.lse = 0x8002; }, "lse is 0x8002, allowed: a multiple of 4"},
      {[](DecodeCall &c) { c.softCap = NAN; }, "soft_cap is nan, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.softCap = INFINITY; }, "soft_cap is inf, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.outputScale = 0; }, "output_scale is 0.000000, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.outputScale = INFINITY; }, "output_scale is inf, allowed: a finite number above 0"},
      {[](DecodeCall &c) { c.keyTokenStride = 120; },
       "key_token_stride is 120 bytes, allowed: 0 for the dense 128, or a multiple of 16 from 128"},
      {[](DecodeCall &c) { c.valueTokenStride = 48; },
       "value_token_stride is 48 bytes, allowed: 0 for the dense 64, or a multiple of 16 from 64"},
      {[](DecodeCall &c) { c.keyScalePageStride = 2; },
       "key_scale_page_stride is 2 bytes, allowed: 0 for the dense 512, or a multiple of 4 from 4"},
      {[](DecodeCall &c) { c.valueScaleHeadStride = -4; },
       "value_scale_head_stride is -4 bytes, allowed: 0 for the dense 64, or a multiple of 4 from 4"},
      {[](DecodeCall &c) { c.valueScaleHeadStride = 80; },
       "value_scale_page_stride is 0 bytes, allowed: the bytes there are, since value_scale_head_stride is 80 and not "
       "the dense 64"},
  };
  expectRefusals(*this, cases);
}

TEST_F(DecodeLaunchTest, everyBadFieldIsNamed) {
  EXPECT_EQ("", errorOf());
  struct {
    void (*change)(DecodeCall &);
    const char *message;
  } const cases[] = {
      {[](DecodeCall &c) { c.query = 0; }, "query is a null address"},
      {[](DecodeCall &c) { c.keyCache = 0x2008; }, "key_cache is 0x2008, allowed: a multiple of 16"},
      {[](DecodeCall &c) { c.valueCache = 0; }, "value_cache is a null address"},
      {[](DecodeCall &c) { c.output = 0x4002; }, "output is 0x4002"},
      {[](DecodeCall &c) { c.lse = 0x10; }, "lse is 0x10, allowed: null"},
      {[](DecodeCall &c) { c.blockTables = 0x5001; }, "block_tables is 0x5001, allowed: a multiple of 4"},
      {[](DecodeCall &c) { c.contextLens = 0; }, "context_lens is a null address"},
      {[](DecodeCall &c) { c.workspace = 0; }, "workspace is a null address"},
      {[](DecodeCall &c) { c.tableWidth = 0; }, "table_width is 0"},
      {[](DecodeCall &c) { c.tableWidth = int64_t(1) << 31; }, "table_width is 2147483648"},
      {[](DecodeCall &c) { c.tableWidth = (int64_t(1) << 31) / c.sequences + 1; },
       "at most 2147483647 entries in the rows of all"},
      {[](DecodeCall &c) { c.softmaxScale = NAN; }, "softmax_scale is nan"},
      {[](DecodeCall &c) { c.keyPageStride = 16; }, "key_page_stride is 16 bytes"},
      {[](DecodeCall &c) { c.valueHeadStride = 16 * 128 * 2 + 8; }, "value_head_stride is 4104 bytes"},
      {[](DecodeCall &c) { c.outputTokenStride = -16384; }, "output_token_stride is -16384 bytes"},
  };
  DecodeCall right = call;
  for (const auto &tested : cases) {
    call = right;
    tested.change(call);
    EXPECT_TRUE(has(errorOf(), tested.message));
  }
  call = right;
  description.variant.lse = true;
  EXPECT_TRUE(has(errorOf(), "lse is a null address"));
  EXPECT_TRUE(has(planDecode(description, *findChip("gfx942"), 0).error().message, "num_seqs is 0"));
}

} // namespace
