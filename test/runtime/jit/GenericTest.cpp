// PA_GENERIC: a kernel that serves while another one is compiled, or where none can be.
#include "pa/pa.hpp"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <cstdlib>
#include <thread>

namespace fs = std::filesystem;

namespace {

// What the kernel is that the fake compiler gives.
const std::string decode =
    R"("cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":1,"layout":"nhd")";
constexpr int sequences = 3, tableWidth = 4, pages = 8;
constexpr size_t heads = 8, kvHeads = 2, headSize = 64, rowElements = heads * headSize;

class Generic : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    fs::copy_file(PA_FAKE_COMPILER, folder.path / "compiler");
    writeTo(folder.path / "kernel", kernelFile("nhd-gfx942"));
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    setenv("PA_COMPILER", (folder.path / "compiler").c_str(), 1);
    setenv("PA_LIBHIP_PATH", PA_HIP_STAND_IN, 1);
    setenv("PA_EMU_CHIP", "gfx942", 1);
    for (const char *variable : {"PA_DISABLE_JIT", "PA_BUNDLES", "PA_VERIFY"})
      unsetenv(variable);
    source = pa::Source::variant("{" + decode + "}");
  }
  void TearDown() override {
    for (const char *variable : {"PA_COMPILER", "PA_DISABLE_JIT", "PA_VERIFY", "PA_DUMP_DIR", "PA_LOG"})
      unsetenv(variable);
  }
  static pa::Device open(const std::string &name) {
    auto device = pa::Device::open(name);
    EXPECT_TRUE(device) << device.error().text;
    return std::move(*device);
  }
  // A compiler that is this script of the shell's.
  void compileBy(const std::string &script) {
    fs::path path = folder.path / "script";
    writeTo(path, "#!/bin/sh\n" + script + "\n");
    fs::permissions(path, fs::perms::owner_all);
    setenv("PA_COMPILER", path.c_str(), 1);
  }
  Folder folder;
  pa::Source source = pa::Source::variant("");
};

// A batch whose results are known exactly: queries are zero, so that each is the mean of its values.
struct Batch {
  explicit Batch(const pa::Device &device) : device(device) {
    call.sequences = sequences;
    call.table_width = tableWidth;
    call.softmax_scale = 1;
    std::vector<uint16_t> zeros(sequences * rowElements), values;
    for (int page = 0; page < pages; ++page)
      values.insert(values.end(), kvHeads * headSize, bf16[page]);
    call.query = put("query", zeros);
    call.output = put("output", std::vector<uint16_t>(sequences * rowElements, 0x7fff));
    call.key_cache = put("keys", std::vector<uint16_t>(values.size()));
    call.value_cache = put("values", values);
    call.block_tables = put("tables", std::vector<int32_t>{5, -1, -1, -1, 1, 2, 3, 1 << 30, -1, -1, -1, -1});
    call.context_lens = put("lens", std::vector<int32_t>{1, 3, 0});
  }
  template <class T> uint64_t put(const char *name, const std::vector<T> &content) {
    auto address = device.allocate(name, content.size() * sizeof(T));
    EXPECT_TRUE(address) << address.error().text;
    EXPECT_TRUE(device.write(*address, content.data(), content.size() * sizeof(T)));
    return *address;
  }
  // "" or what the kernel says of the launch.
  std::string launch(const pa::Kernel &kernel) {
    auto needed = kernel.workspace(sequences);
    EXPECT_EQ(0u, needed->bytes);
    auto prepared = kernel.prepare();
    EXPECT_TRUE(prepared) << prepared.error().text;
    auto done = kernel.decode(call);
    return done ? "" : done.error().text;
  }
  void expectMeans() {
    std::vector<uint16_t> output(sequences * rowElements);
    ASSERT_TRUE(device.synchronize());
    ASSERT_TRUE(device.read(output.data(), call.output, output.size() * 2));
    const uint16_t expected[sequences] = {bf16[5], bf16[2], 0}; // of 5, of 1 to 3, of none
    for (size_t i = 0; i < output.size(); ++i)
      ASSERT_EQ(expected[i / rowElements], output[i]) << "element " << i;
    ASSERT_TRUE(device.fill(call.output, 0xff, output.size() * 2));
  }

  static constexpr uint16_t bf16[pages] = {0, 0x3f80, 0x4000, 0x4040, 0x4080, 0x40a0, 0x40c0, 0x40e0}; // 0 to 7
  const pa::Device &device;
  pa_decode_call call = {};
};

TEST_P(Generic, servesUntilItsVariantIsCompiled) {
  std::string name = GetParam();
  if (name.rfind("checked ", 0) == 0) {
    setenv("PA_VERIFY", "pointers,results", 1);
    name = name.substr(sizeof "checked " - 1);
  }
  pa::Device device = open(name);
  Batch batch(device);
  auto now = device.request(source, PA_ONLY_CACHED | PA_GENERIC);
  ASSERT_TRUE(now) << now.error().text;
  EXPECT_EQ(1u, now->info().generic);
  EXPECT_TRUE(has(now->info().generic_reason, "and compiling is not allowed"));
  EXPECT_EQ(8u, now->info().q_heads);
  EXPECT_TRUE(has(now->info().description, R"({"pa":2,"kernel":"decode_generic","chip":"gfx942")"));
  EXPECT_EQ("", batch.launch(*now));
  batch.expectMeans();

  auto pending = device.start(source, PA_GENERIC);
  ASSERT_TRUE(pending) << pending.error().text;
  while (!pending->isReady()) {
    EXPECT_EQ("", batch.launch(*now));
    batch.expectMeans();
  }
  auto later = pending->finish();
  ASSERT_TRUE(later) << later.error().text;
  EXPECT_EQ(0u, later->info().generic);
  EXPECT_STREQ("", later->info().generic_reason);
  EXPECT_TRUE(has(later->info().description, R"("kernel":"decode_naive")"));
  EXPECT_EQ("", batch.launch(*later));
  batch.expectMeans();
  auto again = device.request(source, PA_ONLY_CACHED | PA_GENERIC);
  ASSERT_TRUE(again) << again.error().text;
  EXPECT_EQ(0u, again->info().generic);
  EXPECT_EQ("", batch.launch(*now)); // as long as somebody has it
  batch.expectMeans();
}
INSTANTIATE_TEST_SUITE_P(Devices, Generic,
                         testing::Values("emulated:gfx942", "hip:0", "checked emulated:gfx942", "checked hip:0"),
                         [](const auto &info) { return "device" + std::to_string(info.index); });

class GenericInstead : public Generic {
protected:
  pa::Device device = open("emulated:gfx942");
  void SetUp() override {
    Generic::SetUp();
    source.deadlineMilliseconds = 200;
  }
  // Without the flag it is an error, with it the generic kernel for that reason.
  void expectInstead(pa_status status, const std::string &words) {
    auto refused = device.request(source);
    ASSERT_FALSE(refused);
    EXPECT_EQ(status, refused.error().status);
    EXPECT_TRUE(has(refused.error().text, words));
    auto kernel = device.request(source, PA_GENERIC);
    ASSERT_TRUE(kernel) << kernel.error().text;
    EXPECT_EQ(refused.error().text, kernel->info().generic_reason);
    auto pending = device.start(source, PA_GENERIC);
    ASSERT_TRUE(pending) << pending.error().text;
    auto later = pending->finish();
    ASSERT_TRUE(later) << later.error().text;
    EXPECT_EQ(refused.error().text, later->info().generic_reason);
    Batch batch(device);
    EXPECT_EQ("", batch.launch(*later));
    batch.expectMeans();
  }
};

TEST_F(GenericInstead, ofACompilerThatCrashes) {
  compileBy("kill -SEGV $$");
  expectInstead(PA_COMPILE_FAILED, "the compiler gave no whole reply (ended by signal 11 (Segmentation fault))");
}

TEST_F(GenericInstead, ofACompilerThatHangs) {
  compileBy("exec sleep 1000");
  expectInstead(PA_COMPILE_FAILED, "the compiler was stopped after 200 ms");
}

TEST_F(GenericInstead, ofACompilerThatRefuses) {
  compileBy("echo not today >&2; exit 1");
  expectInstead(PA_COMPILE_FAILED, "the compiler gave no whole reply (exit status 1): not today");
}

TEST_F(GenericInstead, ofACompilerThatIsNotThere) {
  setenv("PA_COMPILER", "/missing", 1);
  expectInstead(PA_UNAVAILABLE, "PA_COMPILER is '/missing', which is no program: No such file or directory");
}

TEST_F(GenericInstead, ofCompilingThatIsNotAllowed) {
  setenv("PA_DISABLE_JIT", "1", 1);
  setenv("PA_LOG", (folder.path / "messages").c_str(), 1);
  expectInstead(PA_NOT_CACHED, "and compiling is not allowed; it is made by: ");
  std::string log = contentOf(folder.path / "messages");
  EXPECT_TRUE(has(log, ": generic kernel for gfx942 instead: {\"query_type\":\"bf16\","));
}

// Everything else that is wrong stays an error.
TEST_F(GenericInstead, ofNothingElse) {
  auto refusal = [&](const pa::Source &wrong, pa_status status) {
    auto refused = device.request(wrong, PA_ONLY_CACHED | PA_GENERIC);
    EXPECT_FALSE(refused);
    EXPECT_EQ(status, refused.error().status);
    return refused.error().text;
  };
  EXPECT_EQ(
      "flags have PA_GENERIC, allowed with PA_SOURCE_VARIANT: an .mlir module says more than a generic kernel can "
      "be told",
      refusal(pa::Source::mlir("module {}"), PA_UNSUPPORTED));
  EXPECT_TRUE(has(refusal(pa::Source::variant("{" + decode + R"(,"user_score":true})"), PA_UNSUPPORTED),
                  "user_score is true, allowed: false"));
  EXPECT_TRUE(has(refusal(pa::Source::variant("{" + decode + R"(,"query_tokens":9})"), PA_UNSUPPORTED),
                  "query_tokens is 9, allowed: 1 to 8"));
  EXPECT_TRUE(has(refusal(pa::Source::variant("{}"), PA_INVALID_ARGUMENT), "the field variant.cache_type is missing"));
  writeTo(folder.path / "kernel", "no kernel");
  auto garbage = device.request(source, PA_GENERIC);
  ASSERT_FALSE(garbage);
  EXPECT_EQ(PA_INVALID_OBJECT, garbage.error().status);
}

// A launch that fails is dumped with all that it passes, and fails again.
TEST_F(GenericInstead, isCheckedByWhatEachLaunchSays) {
  setenv("PA_VERIFY", "results", 1);
  setenv("PA_DUMP_DIR", (folder.path / "dumped").c_str(), 1);
  pa::Device checked = open("emulated:gfx942");
  auto kernel = checked.request(source, PA_ONLY_CACHED | PA_GENERIC);
  ASSERT_TRUE(kernel) << kernel.error().text;
  Batch batch(checked);
  EXPECT_EQ("", batch.launch(*kernel));
  const uint16_t infinite = 0x7f80;
  ASSERT_TRUE(checked.write(batch.call.value_cache, &infinite, 2)); // of a page that nobody needs
  EXPECT_EQ("", batch.launch(*kernel));
  ASSERT_TRUE(checked.write(batch.call.value_cache + 5 * kvHeads * headSize * 2, &infinite, 2));
  ASSERT_TRUE(checked.write(batch.call.value_cache + (5 * kvHeads + 1) * headSize * 2, &infinite, 2));
  std::string said = batch.launch(*kernel);
  EXPECT_TRUE(has(said, "kernel 'decode_generic': the result of sequence 0 is not finite"));
  fs::path dumped = said.substr(said.find("; the launch is in '") + sizeof "; the launch is in '" - 1);
  EXPECT_TRUE(has(contentOf(dumped.parent_path() / "launch.json"), "\"kernel\": \"decode_generic\""));
  int kernels = 0; // of those that requests get: a generic one is libpa's own
  for (const auto &file : fs::directory_iterator(folder.path / "dumped"))
    kernels += file.path().extension() == ".hsaco";
  EXPECT_EQ(0, kernels);
}

} // namespace
