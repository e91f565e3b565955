// PA_VERIFY=results, with clang's kernels: what is right passes, what is wrong is found, and what no launch may have as
// its input.
#include "test/runtime/KernelFile.h"
#include "test/runtime/verify/Launcher.h"

#include "runtime/device/Plugin.h"

#include <dlfcn.h>

using namespace pa;
using namespace pa::run;

namespace {

InputOptions inputs() {
  InputOptions options;
  options.contexts = {0, 1, 5, 16, 40, 65, 3, 130};
  return options;
}

// By the end of a kernel's name.
std::string chipOf(const std::string &kernel) { return kernel.substr(kernel.size() - 6); }

TEST(CheckedDevice, aLibraryOfAnotherBuildIsRefused) {
  void *library = dlopen(PA_VERIFY_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << dlerror();
  auto open = reinterpret_cast<OpenCheckedDevice>(dlsym(library, checkedEntry));
  ASSERT_TRUE(open);
  Error error;
  EXPECT_EQ(nullptr, (*open)(pluginInterfaceVersion + 1, nullptr, "pointers", error));
  EXPECT_TRUE(has(error.message, "libpa_verify.so has interface version "));
}

TEST(CheckedDevice, whatIsWantedIsReadByTheWord) {
  for (const char *words : {"pointers", "results", "results,pointers", "pointers,pointers"})
    EXPECT_TRUE(checkedDevice(std::move(*openDevice("emulated:gfx942")), words)) << words;
  for (const char *words : {"1", "pointers,", ",", "pointer", "results pointers", "RESULTS"}) {
    auto checked = checkedDevice(std::move(*openDevice("emulated:gfx942")), words);
    ASSERT_FALSE(checked) << words;
    EXPECT_EQ(ErrorCode::invalidArgument, checked.error().code);
    EXPECT_EQ("PA_VERIFY is '" + std::string(words) + "', allowed: a list of pointers, results",
              checked.error().message);
  }
}

class Results : public testing::TestWithParam<const char *> {
protected:
  // Of several launches: each looks at another sample.
  Status run(const std::string &object, const std::string &chip, const ChangeArgs &change = {}) {
    auto device = openChecked(GetParam(), chip, "results");
    return launch(*device, object, inputs(), 8, change);
  }
  std::string wrong(const std::string &object, const std::string &chip, const ChangeArgs &change = {}) {
    Status status = run(object, chip, change);
    EXPECT_FALSE(status);
    if (status)
      return "";
    EXPECT_EQ(change ? ErrorCode::invalidArgument : ErrorCode::wrongResult, status.error().code)
        << status.error().message;
    return status.error().message;
  }
};
INSTANTIATE_TEST_SUITE_P(Devices, Results, testing::Values("emulated", "hip"),
                         [](const auto &info) { return std::string(info.param); });

TEST_P(Results, rightKernelsPass) {
  for (const char *kernel :
       {"nhd-gfx942", "nhd-gfx950", "shuffled-gfx942", "classic-gfx942", "fn-token-gfx942", "fnuz-page-gfx950",
        "int8-head-gfx942", "fn-plain-gfx950", "fnuz-output-gfx942", "window-gfx942", "scores-gfx950", "ragged-gfx942",
        "fp8-products-gfx942", "fp8-products-gfx950", "sizes-gfx942", "all-nhd-gfx942", "all-hnd-gfx950",
        "all-classic-gfx950", "all-shuffled-gfx942"}) {
    Status status = run(kernelFile(kernel), chipOf(kernel));
    EXPECT_TRUE(status) << kernel << ": " << status.error().message;
  }
}

TEST_P(Results, brokenKernelsAreFound) {
  for (const char *kernel : {"wrong-gfx942", "wrong-scale-gfx942", "wrong-window-gfx942", "wrong-slope-gfx942"}) {
    SCOPED_TRACE(kernel);
    std::string text = wrong(kernelFile(kernel), chipOf(kernel));
    EXPECT_TRUE(has(text, "kernel 'decode_naive': the result is wrong, most of all at sequence "));
    for (const char *part : {", query token ", ", head ", ", d ", ": got ", ", expected ", ", error ", " allowed"})
      EXPECT_TRUE(has(text, part));
  }
}

// Code of one kernel under the description of another: what a cache gives that forgets a field in its key.
TEST(Damaged, codeThatIsNotWhatItsDescriptionSaysIsFound) {
  struct {
    const char *kernel, *from, *to;
  } const stale[] = {
      {"window-gfx942", "\"window\":20", "\"window\":21"},
      {"nhd-gfx942", "\"window\":0", "\"window\":9"},
      {"shuffled-gfx942", "\"layout\":\"shuffled\"", "\"layout\":\"classic\""},
      {"classic-gfx942", "\"mask\":\"causal\"", "\"mask\":\"none\""},
      {"fn-token-gfx942", "\"cache_type\":\"fp8_e4m3fn\"", "\"cache_type\":\"int8\""},
      {"all-nhd-gfx942", "\"cache_type\":\"fp8_e4m3fnuz\"", "\"cache_type\":\"fp8_e4m3fn\""},
      {"int8-head-gfx942", "\"scales\":\"head\"", "\"scales\":\"page\""},
      {"scores-gfx950", "\"q_heads\":8,\"kv_heads\":2", "\"q_heads\":8,\"kv_heads\":1"},
  };
  for (const auto &[kernel, from, to] : stale) {
    SCOPED_TRACE(std::string(kernel) + " as " + to);
    auto device = openChecked("emulated", chipOf(kernel), "results");
    Status status = launch(*device, redescribed(kernelFile(kernel), from, to), inputs(), 8);
    ASSERT_FALSE(status);
    EXPECT_TRUE(status.error().code == ErrorCode::wrongResult || status.error().code == ErrorCode::kernelFault)
        << status.error().message;
  }
}

// Page numbers outside of the caches, and lengths that do not go up, are said before the launch.
TEST_P(Results, tablesAndLengthsThatNoLaunchMayHaveAreFound) {
  auto put = [](uint64_t pa_decode_args::*field, size_t index, int32_t number) {
    return [=](pa_decode_args &args, Device &device) {
      EXPECT_TRUE(device.copyTo(args.*field + index * sizeof number, &number, sizeof number));
    };
  };
  std::string rows = kernelFile("shuffled-gfx942"), lists = kernelFile("ragged-gfx942");
  const size_t width = 11; // of 130 tokens in pages of 16, and two entries more
  EXPECT_TRUE(has(wrong(rows, "gfx942", put(&pa_decode_args::block_tables, 3 * width, 12345)),
                  "kernel 'decode_naive': block_tables has 12345 for page 0 of sequence 3, allowed: 0 to "));
  EXPECT_TRUE(has(wrong(rows, "gfx942", put(&pa_decode_args::block_tables, 7 * width + 8, -1)),
                  "block_tables has -1 for page 8 of sequence 7, allowed: 0 to "));
  EXPECT_TRUE(
      has(wrong(lists, "gfx942", put(&pa_decode_args::kv_indptr, 4, 1)), "kv_indptr[4] is 1, allowed: at least "));
  EXPECT_TRUE(
      has(wrong(lists, "gfx942", put(&pa_decode_args::qo_indptr, 1, -1)), "qo_indptr[1] is -1, allowed: at least 0"));
  EXPECT_TRUE(has(wrong(lists, "gfx942", put(&pa_decode_args::qo_indptr, 8, 1000)),
                  "qo_indptr[8] is 1000, allowed: at most 8 tokens of a sequence, which begins at "));
  EXPECT_TRUE(has(wrong(lists, "gfx942", put(&pa_decode_args::context_lens, 4, 17)),
                  "context_lens[4] is 17, allowed: 1 to 16, the tokens of a last page"));
  std::string many = wrong(lists, "gfx942", put(&pa_decode_args::kv_indptr, 8, 1 << 30));
  EXPECT_TRUE(has(many, "kernel 'decode_naive': block_tables is 0x"));
  EXPECT_TRUE(has(many, ", needs 4294967296 bytes, its allocation"));
}

// Of ragged tokens qo_indptr says how many there are: 8 and 3 of 8 heads of 64 in bf16.
TEST_P(Results, tensorsThatAreTooShortForRaggedTokensAreFound) {
  for (auto [name, field, bytes] : {std::tuple{"query", &pa_decode_args::query, uint64_t(11 * 8 * 64 * 2)},
                                    {"output", &pa_decode_args::output, uint64_t(11 * 8 * 64 * 2)},
                                    {"lse", &pa_decode_args::lse, uint64_t(11 * 8 * 4)}}) {
    auto device = openChecked(GetParam(), "gfx942", "results");
    InputOptions options;
    options.contexts = {20, 30};
    options.qlens = {8, 3};
    auto shorten = [field = field, bytes = bytes](pa_decode_args &args, Device &on) {
      args.*field = *on.allocate("short", bytes - 1);
    };
    Status status = launch(*device, kernelFile("ragged-gfx942"), options, 1, shorten);
    ASSERT_FALSE(status) << name;
    EXPECT_TRUE(has(status.error().message, "kernel 'decode_naive': " + std::string(name) + " is 0x"));
    EXPECT_TRUE(has(status.error().message, ", needs " + std::to_string(bytes) + " bytes, its allocation"));
  }
}

// Behind the end of a sequence there may be anything; in what a token sees there may not.
TEST_P(Results, aNumberThatIsNoneIsNamed) {
  auto device = openChecked(GetParam(), "gfx942", "results");
  InputOptions options;
  options.contexts = {20};
  auto nan = [](uint64_t pa_decode_args::*field, uint64_t bytes) {
    return [=](pa_decode_args &args, Device &device) {
      std::vector<uint16_t> codes(bytes / 2, 0x7fc0);
      EXPECT_TRUE(device.copyTo(args.*field, codes.data(), bytes));
    };
  };
  struct {
    uint64_t pa_decode_args::*field;
    uint64_t bytes;
    const char *text;
  } const cases[] = {
      {&pa_decode_args::query, 2, "since an input is not: query, token 0, head 0, d 0"},
      {&pa_decode_args::key_cache, 9 * 256, "since an input is not: key_cache, position "},
      {&pa_decode_args::value_cache, 9 * 256, "since an input is not: value_cache, position "},
  };
  for (const auto &[field, bytes, text] : cases) {
    options.sparePages = 0;
    Status status = launch(*device, kernelFile("nhd-gfx942"), options, 8, nan(field, bytes));
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(ErrorCode::wrongResult, status.error().code);
    EXPECT_TRUE(has(status.error().message, "the result of sequence 0 is not finite, "));
    EXPECT_TRUE(has(status.error().message, text));
  }
}

// A byte of the code changed at a time, all over it: refused, a fault, found wrong, or without effect on a result.
TEST(Damaged, codeIsFoundOrHarmless) {
  std::string object = kernelFile("nhd-gfx942");
  size_t begin = 0, bytes = 0;
  auto parsed = CodeObject::parse(object.data(), object.size());
  ASSERT_TRUE(parsed);
  auto text = parsed->section(".text");
  ASSERT_TRUE(text);
  begin = size_t(text->data() - object.data());
  bytes = text->size();
  int found = 0, tried = 0;
  for (size_t at = 3; at < bytes; at += 61, ++tried) {
    std::string damaged = object;
    damaged[begin + at] ^= 0x10;
    auto device = openChecked("emulated", "gfx942", "results");
    if (Status limited = device->setOption("limit", "3000000"); !limited)
      FAIL() << limited.error().message;
    InputOptions options;
    options.contexts = {0, 5, 40};
    found += !launch(*device, damaged, options, 6);
  }
  EXPECT_GT(3 * found, tried) << found << " of " << tried;
}

} // namespace
