// Checked launches of the kernels beside decode: what is wrong with them or with their calls is found.
#include "test/cache/NewTokens.h"
#include "test/cache/Runner.h"
#include "test/runtime/Has.h"

#include "compiler/tools/run/Process.h"
#include "pa/merge_abi.h"
#include "runtime/device/CacheLaunch.h"
#include "runtime/device/DecodeLaunch.h"

#include <cstdlib>
#include <filesystem>

using namespace pa;
using namespace pa::cachetest;

namespace {

// A kernel by its variant, as pa-compile makes it.
std::string compiled(const std::string &variant, const std::string &chip) {
  auto folder = run::TemporaryFolder::make();
  EXPECT_TRUE(folder);
  std::string source = folder->file("kernel.json"), object = folder->file("kernel.hsaco");
  EXPECT_TRUE(run::writeFile(source, variant));
  auto output = run::runProcess(PA_COMPILE, {source, "--chip", chip, "-o", object});
  EXPECT_TRUE(output) << output.error().message;
  auto bytes = run::readFile(object);
  EXPECT_TRUE(bytes);
  return *bytes;
}

// Code under another description.
std::string redescribed(std::string object, const std::string &from, const std::string &to) {
  size_t at = object.find(from);
  EXPECT_NE(std::string::npos, at) << from;
  EXPECT_LE(to.size(), from.size());
  return object.replace(at, from.size(), to + std::string(from.size() - to.size(), ' '));
}

// One device with checked launches, and buffers as Runner makes them.
class Checked : public testing::TestWithParam<const char *> {
protected:
  Checked() : runner(GetParam(), "pointers,results") {}

  template <class Args>
  Status launch(const std::string &object, Expected<LaunchShape> (*complete)(const CacheKernelDescription &, Args &),
                Args &args, int times = 6) {
    auto parsed = CodeObject::parse(object.data(), object.size());
    auto any = readAnyDescription(*parsed);
    EXPECT_TRUE(any) << any.error().message;
    const auto &description = std::get<CacheKernelDescription>(*any);
    auto shape = complete(description, args);
    EXPECT_TRUE(shape) << shape.error().message;
    auto module = runner.device().loadModule(object.data(), object.size());
    EXPECT_TRUE(module) << module.error().message;
    auto kernel = runner.device().kernel(*module, description.kernel);
    EXPECT_TRUE(kernel) << kernel.error().message;
    Status status;
    for (int i = 0; i < times && status; ++i)
      status = runner.device().launch(*kernel, *shape, &args, sizeof args);
    return status;
  }

  // The error's text.
  static std::string wrong(const Status &status) {
    EXPECT_FALSE(status);
    if (status)
      return "";
    EXPECT_EQ(ErrorCode::wrongResult, status.error().code);
    return status.error().message;
  }

  Runner runner;
};
INSTANTIATE_TEST_SUITE_P(Chips, Checked, testing::Values("gfx942", "gfx950"),
                         [](const auto &info) { return std::string(info.param); });

struct Append {
  Append(Runner &runner, const CacheShape &shape) : cache(shape), made(randomTokens(shape, "bf16", 6, 3, true)) {
    made.slots = {0, 79, 16, -1, 33, 34};
    layOut(shape, made);
    giveScales(cache, 5);
    args.cache = runner.put(cache);
    args.keys = runner.put("keys", made.padded[keys]);
    args.values = runner.put("values", made.padded[values]);
    args.slots = runner.put("slots", made.slots);
    args.keys_token_stride = int64_t(made.strides[keys]);
    args.values_token_stride = int64_t(made.strides[values]);
    args.num_tokens = int32_t(made.slots.size());
  }
  Cache cache;
  NewTokens made;
  pa_append_args args = {};
};

const char *const writer = R"({"op":"append","cache_type":"fp8_e4m3fn","head_size":64,"kv_heads":2,"page_size":32,)"
                           R"("layout":"shuffled","scales":"SCALES"})";
std::string writerWith(const std::string &scales) {
  std::string variant = writer;
  return variant.replace(variant.find("SCALES"), 6, scales);
}

TEST_P(Checked, writersThatAreNotWhatTheySayAreFound) {
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.layout = "shuffled";
  shape.page = 32;
  for (const char *scales : {"none", "tensor", "head", "token", "page"}) {
    SCOPED_TRACE(scales);
    shape.scales = scales;
    std::string object = compiled(writerWith(scales), GetParam());
    Append right(runner, shape);
    Status status = launch(object, completeAppend, right.args);
    EXPECT_TRUE(status) << status.error().message;
    shape.layout = "classic"; // whose keys lie the same, and whose values do in a page of 16
    Append other(runner, shape);
    shape.layout = "shuffled";
    std::string layout = object.find("\"layout\":\"shuffled\"") != std::string::npos ? "\"layout\":" : "\"layout\": ";
    status = launch(redescribed(object, layout + "\"shuffled\"", layout + "\"classic\""), completeAppend, other.args);
    std::string text = wrong(status);
    for (const char *part : {"kernel '", "the result is wrong at value_cache, token ", " (slot ", ": page ", ", head ",
                             ", d ", ": got ", ", expected "})
      EXPECT_TRUE(has(text, part));
  }
}

TEST_P(Checked, tokensForOneSlotAreFound) {
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.layout = "shuffled";
  shape.page = 32;
  Append call(runner, shape);
  std::vector<int64_t> slots = {0, 79, 16, -1, 79, 34};
  ASSERT_TRUE(runner.device().copyTo(call.args.slots, slots.data(), slots.size() * sizeof slots[0]));
  Status status = launch(compiled(writerWith("none"), GetParam()), completeAppend, call.args);
  ASSERT_FALSE(status);
  EXPECT_TRUE(has(status.error().message, "slots of tokens 1 and 4 are both 79, allowed: a slot once in a launch"));
}

// Bytes by hand: 5 pages of 32 tokens, 2 heads of 64 in FP8; 6 tokens in bf16.
TEST_P(Checked, shortAllocationsOfAWriterAreFound) {
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.layout = "shuffled";
  shape.page = 32;
  shape.scales = "token";
  std::string object = compiled(writerWith("token"), GetParam());
  Append call(runner, shape);
  constexpr uint64_t cacheBytes = 5 * 32 * 2 * 64, scaleBytes = 5 * 32 * 2 * 4, tokenBytes = 6 * 2 * 64 * 2;
  struct {
    const char *name;
    uint64_t *(*field)(pa_append_args &);
    uint64_t bytes;
  } const fields[] = {
      {"cache.key_cache", [](pa_append_args &a) { return &a.cache.keys; }, cacheBytes},
      {"cache.value_cache", [](pa_append_args &a) { return &a.cache.values; }, cacheBytes},
      {"cache.key_scales", [](pa_append_args &a) { return &a.cache.key_scales; }, scaleBytes},
      {"cache.value_scales", [](pa_append_args &a) { return &a.cache.value_scales; }, scaleBytes},
      {"keys", [](pa_append_args &a) { return &a.keys; }, tokenBytes},
      {"values", [](pa_append_args &a) { return &a.values; }, tokenBytes},
      {"slots", [](pa_append_args &a) { return &a.slots; }, 6 * 8},
      {"bad_token", [](pa_append_args &a) { return &a.bad_token; }, 4},
  };
  for (const auto &[name, field, bytes] : fields) {
    pa_append_args args = call.args;
    *field(args) = runner.allocate("short", bytes - 1);
    Status status = launch(object, completeAppend, args);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(ErrorCode::invalidArgument, status.error().code);
    EXPECT_TRUE(has(status.error().message, ": " + std::string(name) + " is 0x"));
    EXPECT_TRUE(has(status.error().message, ", needs " + std::to_string(bytes) + " bytes, its allocation 'short' of "));
  }
}

// A cache written for one kernel and read by another: as other layouts, types and strides. What is alike by other names
// is read, and so is what somebody else has written meanwhile.
TEST_P(Checked, pagesThatAreReadAsWhatTheyAreNotAreFound) {
  auto variant = [](const std::string &op, const std::string &type, const std::string &layout, int page) {
    return "{" + op + R"("cache_type":")" + type + R"(","head_size":64,"kv_heads":2,"page_size":)" +
           std::to_string(page) + R"(,"layout":")" + layout + "\"}";
  };
  struct {
    const char *type, *layout;
    int page;
    const char *readType, *readLayout;
    bool found;
  } const cases[] = {
      {"bf16", "nhd", 16, "bf16", "nhd", false},
      {"bf16", "nhd", 16, "bf16", "hnd", true},
      {"bf16", "shuffled", 16, "bf16", "nhd", true},
      {"bf16", "classic", 16, "bf16", "shuffled", true},
      {"bf16", "nhd", 16, "f16", "nhd", true},
      {"fp8_e4m3fn", "classic", 16, "fp8_e4m3fn", "shuffled", false},
      {"fp8_e4m3fn", "nhd", 16, "fp8_e4m3fnuz", "nhd", true},
      {"bf16", "nhd", 1, "bf16", "hnd", false},
  };
  const std::string chip = GetParam();
  for (const auto &[type, layout, page, readType, readLayout, found] : cases) {
    SCOPED_TRACE(std::string(type) + " " + layout + " read as " + readType + " " + readLayout);
    CacheShape shape;
    shape.type = std::string(type) == "bf16" ? "bf16" : "f8E4M3FN";
    shape.layout = layout;
    shape.page = page;
    Append writes(runner, shape);
    std::vector<int64_t> slots = {0, 1, 2, 3, 4, -1};
    ASSERT_TRUE(runner.device().copyTo(writes.args.slots, slots.data(), slots.size() * sizeof slots[0]));
    Status written =
        launch(compiled(variant(R"("op":"append",)", type, layout, page), chip), completeAppend, writes.args);
    ASSERT_TRUE(written) << written.error().message;

    std::string object = compiled(variant(R"("q_heads":8,)", readType, readLayout, page), chip);
    auto description = readDescription(*CodeObject::parse(object.data(), object.size()));
    ASSERT_TRUE(description);
    auto plan = planDecode(*description, runner.device().chip(), 1);
    DecodeCall call;
    call.sequences = 1;
    call.tableWidth = 5;
    call.softmaxScale = 0.125f;
    call.query = runner.put("query", std::vector<uint16_t>(8 * 64, 0x3c00));
    call.output = runner.allocate("output", 8 * 64 * 2);
    call.keyCache = writes.args.cache.keys;
    call.valueCache = writes.args.cache.values;
    call.blockTables = runner.put("block_tables", std::vector<int32_t>{0, 1, 2, 3, 4});
    call.contextLens = runner.put("context_lens", std::vector<int32_t>{5});
    call.workspace = runner.put("workspace", std::vector<uint8_t>(plan->workspaceBytes));
    auto args = fillDecodeArgs(*description, *plan, call);
    ASSERT_TRUE(args) << args.error().message;
    auto module = runner.device().loadModule(object.data(), object.size());
    auto kernel = runner.device().kernel(*module, description->kernel);
    Status read = runner.device().launch(*kernel, plan->shape, &*args, sizeof *args);
    if (!found) {
      EXPECT_TRUE(read) << read.error().message;
      continue;
    }
    ASSERT_FALSE(read);
    EXPECT_EQ(ErrorCode::invalidArgument, read.error().code);
    EXPECT_TRUE(
        has(read.error().message, "block_tables has 0 for page 0 of sequence 0, which was written by kernel '"));
    EXPECT_TRUE(has(read.error().message,
                    "' as " + std::string(type) + " " + layout + ", 16 tokens, 2 heads of 64, keys every "));
    EXPECT_TRUE(
        has(read.error().message, ", and is read as " + std::string(readType) + " " + readLayout + ", 16 tokens"));
    // Zeros are nobody's any more.
    std::vector<uint8_t> zeros(5 * 16 * 2 * 64 * (std::string(type) == "bf16" ? 2 : 1));
    ASSERT_TRUE(runner.device().copyTo(writes.args.cache.keys, zeros.data(), zeros.size()));
    ASSERT_TRUE(runner.device().copyTo(writes.args.cache.values, zeros.data(), zeros.size()));
    read = runner.device().launch(*kernel, plan->shape, &*args, sizeof *args);
    EXPECT_TRUE(read) << read.error().message;
  }
}

TEST_P(Checked, copiersThatAreNotWhatTheySayAreFound) {
  CacheShape from, to;
  to.layout = "shuffled";
  Cache source(from);
  for (CachePart &part : source.parts)
    for (size_t i = 0; i < part.bytes.size(); ++i)
      part.bytes[i] = uint8_t(i * 7 + i / 97);
  std::string object = compiled(R"({"op":"copy_pages","cache_type":"bf16","head_size":64,"kv_heads":2,"page_size":16,)"
                                R"("source_layout":"nhd","layout":"shuffled"})",
                                GetParam());
  pa_copy_pages_args args = {};
  args.source = runner.put(source);
  args.target = runner.put(Cache(to));
  args.pairs = runner.put("pairs", std::vector<int64_t>{4, 0, 2, 1, 0, 5, 1, 3});
  args.num_pairs = 4;
  pa_copy_pages_args same = args;
  Status status = launch(object, completeCopyPages, same);
  EXPECT_TRUE(status) << status.error().message;
  // Keys lie alike in both.
  std::string layout = object.find("\"layout\":\"shuffled\"") != std::string::npos ? "\"layout\":" : "\"layout\": ";
  status = launch(redescribed(object, layout + "\"shuffled\"", layout + "\"classic\""), completeCopyPages, args);
  EXPECT_TRUE(has(wrong(status), "the result is wrong at target.value_cache, pair "));
  pa_copy_pages_args shorter = same;
  shorter.target.keys = runner.allocate("short", 5 * 16 * 2 * 64 * 2 - 1);
  shorter.target.key_page_stride = 0;
  status = launch(object, completeCopyPages, shorter);
  ASSERT_FALSE(status);
  EXPECT_TRUE(has(status.error().message, ": target.key_cache is 0x"));
  EXPECT_TRUE(has(status.error().message, ", needs 20480 bytes, its allocation 'short' of 20479 bytes"));
  shorter = same;
  shorter.pairs = runner.allocate("short", 63);
  status = launch(object, completeCopyPages, shorter);
  ASSERT_FALSE(status);
  EXPECT_TRUE(has(status.error().message, ", needs 64 bytes, its allocation 'short' of 63 bytes"));
}

TEST_P(Checked, mergersThatAreNotWhatTheySayAreFound) {
  std::string object = compiled(R"({"op":"merge_states","type":"bf16","heads":4,"head_size":64})", GetParam());
  constexpr size_t rows = 3 * 4, elements = rows * 64;
  pa_merge_states_args args = {};
  args.num_tokens = 3;
  args.a = runner.put("a", std::vector<uint16_t>(elements, 0x3f80));
  args.b = runner.put("b", std::vector<uint16_t>(elements, 0xc040));
  args.a_lse = runner.put("a_lse", std::vector<float>(rows, 2.5f));
  args.b_lse = runner.put("b_lse", std::vector<float>(rows, 1));
  pa_merge_states_args same = args;
  same.output = same.b = runner.put("b", std::vector<uint16_t>(elements, 0xc040)); // in the place of a side
  same.lse = same.b_lse = runner.put("b_lse", std::vector<float>(rows, 1));
  args.output = runner.put("output", std::vector<uint16_t>(elements));
  args.lse = runner.put("lse", std::vector<float>(rows));
  Status status = launch(object, completeMergeStates, same);
  EXPECT_TRUE(status) << status.error().message;
  std::string type = object.find("\"type\":\"bf16\"") != std::string::npos ? "\"type\":" : "\"type\": ";
  status = launch(redescribed(object, type + "\"bf16\"", type + "\"f16\""), completeMergeStates, args);
  EXPECT_TRUE(has(wrong(status), "the result is wrong at token "));
  args.lse = runner.allocate("short", rows * 4 - 1);
  status = launch(object, completeMergeStates, args);
  ASSERT_FALSE(status);
  EXPECT_TRUE(has(status.error().message, ": lse is 0x"));
  EXPECT_TRUE(has(status.error().message, ", needs 48 bytes, its allocation 'short' of 47 bytes"));
}

// What fails is a launch description then, on which pa-emu faults where the kernel would have.
TEST_P(Checked, launchesThatFailAreDumped) {
  auto folder = run::TemporaryFolder::make();
  ASSERT_TRUE(folder);
  const std::string dumps = folder->file("dumps");
  setenv("PA_DUMP_DIR", dumps.c_str(), 1);
  auto faultOf = [](const Status &status) -> std::string {
    EXPECT_FALSE(status);
    std::string text = status ? "" : status.error().message, before = "; the launch is in ";
    size_t at = text.find(before);
    EXPECT_NE(std::string::npos, at) << text;
    auto output =
        run::runProcess("/bin/sh", {"-c", PA_EMU " run " + text.substr(at + before.size()) + " 2>&1 || true"});
    return output ? *output : "";
  };
  CacheShape shape;
  shape.type = "f8E4M3FN";
  shape.layout = "shuffled";
  shape.page = 32;
  Append write(runner, shape);
  write.args.values = runner.allocate("short", 6 * 2 * 64 * 2 - 16);
  Status status = launch(compiled(writerWith("none"), GetParam()), completeAppend, write.args);
  EXPECT_TRUE(has(faultOf(status), " past the end of 'values'"));

  CacheShape pages;
  pa_copy_pages_args copy = {};
  copy.source = runner.put(Cache(pages));
  copy.target = copy.source;
  copy.target.keys = runner.allocate("short", 2 * 16 * 2 * 64 * 2);
  copy.num_pairs = 5;
  status = launch(compiled(R"({"op":"copy_pages","cache_type":"bf16","head_size":64,"kv_heads":2,"page_size":16,)"
                           R"("layout":"nhd","pairs":false})",
                           GetParam()),
                  completeCopyPages, copy);
  EXPECT_TRUE(has(faultOf(status), " past the end of 'target.key_cache'"));

  pa_merge_states_args merge = {};
  merge.num_tokens = 3;
  merge.a = merge.b = merge.output = runner.allocate("values", 3 * 4 * 64 * 2);
  merge.a_lse = merge.b_lse = runner.allocate("lse", 3 * 4 * 4);
  merge.lse = runner.allocate("short", 3 * 4 * 4 - 4);
  status = launch(compiled(R"({"op":"merge_states","type":"bf16","heads":4,"head_size":64})", GetParam()),
                  completeMergeStates, merge);
  EXPECT_TRUE(has(faultOf(status), " past the end of 'lse'"));
  unsetenv("PA_DUMP_DIR");
  std::filesystem::remove_all(dumps);
}

} // namespace
