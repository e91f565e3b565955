// Kernels by a variant's description, through the C interface, its C++ layer and the real compiler.
#include "pa/pa.hpp"
#include "runtime/jit/Cache.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"
#include "test/runtime/jit/MakeBundle.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace {

class VariantSource : public testing::Test {
protected:
  void SetUp() override {
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    unsetenv("PA_COMPILER");
    unsetenv("PA_DISABLE_JIT");
    unsetenv("PA_BUNDLES");
  }
  static pa::Device open() { return std::move(*pa::Device::open("emulated:gfx942")); }
  Folder folder;
  const std::string example = contentOf(PA_EXAMPLE_VARIANT);
  const std::string unsupported = R"({"cache_type":"bf16","head_size":136,"q_heads":8,"kv_heads":2,"page_size":24,
                                      "layout":"nhd"})";
};

TEST_F(VariantSource, isCompiledAndKeyedByWhatItSays) {
  pa::Device device = open();
  auto pending = device.start(pa::Source::variant(example));
  ASSERT_TRUE(pending) << pending.error().text;
  auto kernel = pending->finish();
  ASSERT_TRUE(kernel) << kernel.error().text;
  pa_kernel_info info = kernel->info();
  EXPECT_EQ(64u, info.q_heads);
  EXPECT_EQ(128u, info.value_head_size);
  EXPECT_EQ(2u, info.cache_element_bytes);
  EXPECT_EQ(2u, info.output_element_bytes);
  EXPECT_EQ(64u, info.tile_tokens);
  EXPECT_EQ(info.page_bytes, info.value_page_bytes);
  // The same kernel in other words, from the cache alone.
  std::string same = R"({"layout":"shuffled","page_size":16,"kv_heads":8,"q_heads":64,"head_size":128,
                         "cache_type":"bf16","query_tokens":1,"split":"balanced"})";
  auto cached = device.request(pa::Source::variant(same), PA_ONLY_CACHED);
  EXPECT_TRUE(cached) << cached.error().text;
  EXPECT_EQ(1u, pa::Cache::open(folder.path / "cache")->entries().size());
}

TEST_F(VariantSource, isRefusedWithEveryReasonBeforeAnythingIsCompiled) {
  setenv("PA_COMPILER", "/missing", 1);
  pa::Device device = open();
  auto kernel = device.request(pa::Source::variant(unsupported));
  ASSERT_FALSE(kernel);
  EXPECT_EQ(PA_UNSUPPORTED, kernel.error().status);
  EXPECT_TRUE(has(kernel.error().text, "head_size is 136, allowed: "));
  EXPECT_TRUE(has(kernel.error().text, "\npage_size is 24, allowed: "));
  EXPECT_TRUE(has(kernel.error().text, ")\nnearest supported: head_size 144, value_head_size 144, page_size 32"));
  auto wrong = device.request(pa::Source::variant("{\"cache_type\":\"bf16\",\"head_size\":0}"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(PA_INVALID_ARGUMENT, wrong.error().status);
  EXPECT_TRUE(has(wrong.error().text, "variant.head_size is 0, allowed: a whole number from 8 to 1024"));
  EXPECT_TRUE(has(wrong.error().text, "\nthe field variant.q_heads is missing"));
}

TEST_F(VariantSource, checkSaysTheSameAsARequest) {
  setenv("PA_COMPILER", "/missing", 1);
  EXPECT_TRUE(pa::check("gfx942", example));
  auto refused = pa::check("gfx950", unsupported);
  ASSERT_FALSE(refused);
  EXPECT_EQ(PA_UNSUPPORTED, refused.error().status);
  EXPECT_TRUE(has(refused.error().text, "head_size is 136, allowed: "));
  EXPECT_TRUE(has(pa::check("gfx90a", example).error().text, "unknown chip 'gfx90a', allowed: gfx942, gfx950"));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa::check("gfx942", "[]").error().status);
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_check("gfx942", nullptr, 0));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_check(nullptr, "{}", 2));
}

TEST_F(VariantSource, explanationsComeFromTheCompiler) {
  auto yes = pa::explain("gfx950", example);
  ASSERT_TRUE(yes) << yes.error().text;
  EXPECT_TRUE(has(*yes, "\"supported\": true"));
  EXPECT_TRUE(has(*yes, "v_mfma_f32_16x16x"));
  auto no = pa::explain("gfx950", unsupported);
  ASSERT_TRUE(no) << no.error().text; // an answer all the same
  EXPECT_TRUE(has(*no, "\"supported\": false"));
  EXPECT_TRUE(has(*no, "\"field\": \"page_size\""));
  EXPECT_TRUE(has(*no, "\"nearest\": {"));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa::explain("gfx950", "{").error().status);
}

TEST_F(VariantSource, theCompilerInsideRefusesWithItsWords) {
  setenv("PA_COMPILER", "/missing", 1);
  pa::Device device = open();
  auto refused = device.request(pa::Source::mlir("func.func @k() { pa.nothing }"), PA_IN_PROCESS);
  ASSERT_FALSE(refused);
  EXPECT_EQ(PA_COMPILE_FAILED, refused.error().status);
  EXPECT_TRUE(has(refused.error().text, "the compiler has refused: "));
  EXPECT_TRUE(has(refused.error().text, "pa.nothing"));
  auto kernel = device.request(pa::Source::variant(example), PA_IN_PROCESS);
  ASSERT_TRUE(kernel) << kernel.error().text;
  EXPECT_EQ(64u, kernel->info().q_heads);
}

TEST_F(VariantSource, aBundleServesWhereNothingMayBeCompiled) {
  std::string bundle = folder.path / "kernels.pab";
  makeBundle(bundle);
  setenv("PA_COMPILER", "/missing", 1);
  setenv("PA_DISABLE_JIT", "1", 1);
  pa::Device device = open();
  auto missing = device.request(pa::Source::variant(example));
  ASSERT_FALSE(missing);
  EXPECT_EQ(PA_NOT_CACHED, missing.error().status);
  EXPECT_TRUE(has(missing.error().text, "pa-compile bundle --variants kernel.json --chip gfx942 -o kernels.pab"));
  ASSERT_TRUE(pa::addBundle(bundle));
  auto kernel = device.request(pa::Source::variant(example));
  EXPECT_TRUE(kernel) << kernel.error().text;
}

// An engine that was built with version 0.1's header.
TEST_F(VariantSource, callersWithOlderStructsAreServed) {
  pa::Device device = open();
  auto kernel = device.request(pa::Source::variant(example));
  ASSERT_TRUE(kernel) << kernel.error().text;

  constexpr size_t oldInfo = 48, oldCall = 136;
  EXPECT_EQ(oldInfo, offsetof(pa_kernel_info, value_head_size));
  EXPECT_EQ(oldCall, offsetof(pa_decode_call, key_token_stride));
  pa_kernel_info info;
  std::memset(&info, 0x5a, sizeof info);
  info.size = oldInfo;
  ASSERT_EQ(PA_OK, pa_kernel_get_info(kernel->get(), &info)) << pa_last_error();
  EXPECT_EQ(oldInfo, info.size);
  EXPECT_EQ(64u, info.q_heads);
  EXPECT_EQ(0x5a5a5a5au, info.value_head_size); // not the older caller's to be written to

  // One token of context: the output is that token's values. Garbage past the old struct's end is not read.
  const int32_t one = 1;
  std::vector<uint16_t> values(info.page_bytes / 2, 0x3f80), output(64 * 128);
  pa_decode_call call;
  std::memset(&call, 0x5a, sizeof call);
  std::memset(&call, 0, oldCall);
  call.size = oldCall;
  call.sequences = call.table_width = 1;
  call.softmax_scale = 0.125f;
  auto buffer = [&](const char *name, uint64_t bytes) {
    uint64_t address = *device.allocate(name, bytes);
    EXPECT_TRUE(device.fill(address, 0, bytes));
    return address;
  };
  call.query = buffer("query", output.size() * 2);
  call.output = buffer("output", output.size() * 2);
  call.key_cache = buffer("keys", info.page_bytes);
  call.value_cache = buffer("values", info.page_bytes);
  call.block_tables = buffer("tables", 4);
  call.context_lens = buffer("lens", 4);
  call.workspace_bytes = kernel->workspace(1)->bytes;
  call.workspace = buffer("workspace", call.workspace_bytes);
  ASSERT_TRUE(device.write(call.value_cache, values.data(), info.page_bytes));
  ASSERT_TRUE(device.write(call.context_lens, &one, sizeof one));
  ASSERT_EQ(PA_OK, pa_decode(kernel->get(), &call, nullptr)) << pa_last_error();
  ASSERT_TRUE(device.read(output.data(), call.output, output.size() * 2));
  for (uint16_t element : output)
    ASSERT_EQ(0x3f80, element);
  // Today's struct with what this variant has not.
  std::memset(reinterpret_cast<char *>(&call) + oldCall, 0, sizeof call - oldCall);
  call.sinks = call.query;
  auto refused = kernel->decode(call);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(has(refused.error().text, "sinks is 0x"));
  EXPECT_TRUE(has(refused.error().text, "allowed: null, since this variant has none"));
}

} // namespace
