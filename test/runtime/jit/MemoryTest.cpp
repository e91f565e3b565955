// A host without memory: each allocation of a call fails in turn, and each time it is a status, never the process's
// end. In a program of its own, whose operator new it is.
#include "compiler/variant/AnyVariant.h"
#include "pa/pa.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Jit.h"
#include "test/runtime/Allocations.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#if PA_COUNTS_ALLOCATIONS

#include <cstdlib>

namespace {

// Fails the first allocation, then the second, until the call needs no more; what it says then.
enum class Whose { callers, threads };
template <class F> pa_status starve(F call, Whose whose = Whose::callers) {
  pa_status status = PA_INTERNAL;
  for (int before = 0; status == PA_INTERNAL; ++before) {
    EXPECT_LT(before, 100000);
    whose == Whose::callers ? void(allocationsLeft = before) : void(leftOfNewThreads = before);
    status = call();
    allocationsLeft = leftOfNewThreads = -1;
    if (status == PA_INTERNAL && std::string("the host is out of memory") != pa_last_error()) {
      ADD_FAILURE() << pa_last_error();
      break;
    }
    EXPECT_TRUE(status != PA_INTERNAL || pa_reason_count() == 0);
    EXPECT_TRUE(status == PA_INTERNAL || before > 0);
  }
  return status;
}

const std::string decode =
    R"({"cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":1,"layout":"nhd")";

class Memory : public testing::Test {
protected:
  void SetUp() override {
    std::filesystem::copy_file(PA_FAKE_COMPILER, folder.path / "compiler");
    writeTo(folder.path / "kernel", kernelFile("nhd-gfx942"));
    setenv("PA_CACHE_DIR", (folder.path / "not/there/cache").c_str(), 1);
    setenv("PA_COMPILER", (folder.path / "compiler").c_str(), 1);
    setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
    for (const char *variable : {"PA_DISABLE_JIT", "PA_BUNDLES"})
      unsetenv(variable);
  }
  void TearDown() override {
    pa_device_close(device);
    for (const char *variable : {"PA_RECORD_VARIANTS", "PA_DUMP_DIR", "PA_LOG"})
      unsetenv(variable);
  }
  void open() { ASSERT_EQ(PA_OK, pa_device_open("hip:0", &device)) << pa_last_error(); }
  static pa_status check(const std::string &variant) { return pa_check("gfx942", variant.data(), variant.size()); }
  pa_status load(const std::string &object) {
    pa_kernel *kernel = nullptr;
    pa_status status = pa_kernel_load(device, object.data(), object.size(), &kernel);
    pa_kernel_release(kernel);
    return status;
  }
  static pa_source sourceOf(const std::string &variant) {
    pa_source source = {};
    source.size = sizeof source;
    source.kind = PA_SOURCE_VARIANT;
    source.text = variant.data();
    source.text_bytes = variant.size();
    return source;
  }
  pa_status requestInBackground(const std::string &variant, uint32_t flags) {
    pa_source source = sourceOf(variant);
    pa_kernel *kernel = nullptr;
    pa_request *pending = nullptr;
    pa_status status = pa_request_start(device, &source, flags, &pending);
    if (status == PA_OK)
      status = pa_request_finish(pending, &kernel);
    pa_kernel_release(kernel);
    return status;
  }
  pa_status request(const std::string &variant, uint32_t flags) {
    pa_source source = sourceOf(variant);
    pa_kernel *kernel = nullptr;
    pa_status status = pa_kernel_request(device, &source, flags, &kernel);
    pa_kernel_release(kernel);
    return status;
  }
  Folder folder;
  pa_device *device = nullptr;
};

TEST_F(Memory, devices) {
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve([&] { return pa_device_open("emulated by nobody in particular", &device); }));
  EXPECT_TRUE(has(pa_last_error(), "unknown device 'emulated by nobody in particular'"));
  EXPECT_EQ(PA_OK, starve([&] { return pa_device_open("hip:0", &device); }));
}

TEST_F(Memory, launches) {
  open();
  std::string object = kernelFile("nhd-gfx942");
  pa_kernel *kernel = nullptr;
  ASSERT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &kernel)) << pa_last_error();
  pa_decode_call call = {};
  call.size = sizeof call;
  call.sequences = call.table_width = 1;
  call.softmax_scale = 1;
  call.query = 8;
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve([&] { return pa_decode(kernel, &call, nullptr); }));
  EXPECT_STREQ("query is 0x8, allowed: a multiple of 16", pa_last_error());
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve([&] { return pa_append(kernel, nullptr, nullptr); }));
  EXPECT_STREQ("kernel is one of decode, allowed: one of append", pa_last_error());
  pa_kernel_release(kernel);
}

TEST_F(Memory, descriptions) {
  const std::string good = decode + "}", unsupported = decode + R"(,"user_score":true,"query_tokens":9})";
  EXPECT_EQ(PA_OK, starve([&] { return check(good); }));
  EXPECT_EQ(PA_UNSUPPORTED, starve([&] { return check(unsupported); }));
  EXPECT_EQ(2u, pa_reason_count());
  const std::string wrong[] = {
      decode,
      "[[[]]]",
      decode + R"(,"lse":{"a":[1,-1,1.5,null,"\ud83d\ude00"]},"unknown":{"a":[]}})",
      decode + R"(,"head_size":64})",
      std::string(100, '['),
      R"({"op":"append"})",
      R"({"op":"copy_pages","cache_type":"int8","head_size":64,"kv_heads":2,"page_size":8,"layout":"shuffled"})",
  };
  for (const std::string &text : wrong)
    EXPECT_EQ(PA_INVALID_ARGUMENT, starve([&] { return check(text); })) << text;
}

TEST_F(Memory, explanations) {
  const std::string variant = decode + "}";
  const char *json = nullptr;
  EXPECT_EQ(PA_OK, starve([&] { return pa_explain("gfx942", variant.data(), variant.size(), &json); }));
}

TEST_F(Memory, kernelsThatAreLoaded) {
  open();
  const std::string cache = R"({"cache_type":"bf16","kv_heads":2,"head_size":64,"page_size":1,"layout":"nhd"})";
  const std::string rows = R"({"block":64,"grid":"rows","rows_per_workgroup":4})";
  const std::string objects[] = {
      kernelFile("nhd-gfx942"),
      describedAs("append", cache, rows),
      describedAs("copy_pages", cache, R"({"block":64,"grid":"pairs","workgroups_per_pair":4})"),
      describedAs("merge_states", R"({"type":"f16","heads":8,"head_size":64})", rows),
  };
  for (const std::string &object : objects)
    EXPECT_EQ(PA_OK, starve([&] { return load(object); })) << pa_last_error();
  const std::string other = kernelFile("nhd-gfx950"), half = objects[0].substr(0, 1000);
  const std::string wrong = describedAs("append", "{}", "[]");
  EXPECT_EQ(PA_OTHER_CHIP, starve([&] { return load(other); }));
  EXPECT_EQ(PA_INVALID_OBJECT, starve([&] { return load(wrong); }));
  EXPECT_TRUE(has(pa_last_error(), "the field variant.cache_type is missing")) << pa_last_error();
  EXPECT_EQ(PA_INVALID_OBJECT, starve([&] { return load(half); }));
  EXPECT_TRUE(has(pa_last_error(), "truncated?"));
}

TEST_F(Memory, kernelsThatAreRequested) {
  open();
  setenv("PA_RECORD_VARIANTS", (folder.path / "recorded").c_str(), 1);
  setenv("PA_DUMP_DIR", (folder.path / "dumped").c_str(), 1);
  setenv("PA_LOG", (folder.path / "messages").c_str(), 1);
  std::string first = decode + "}", second = decode + R"(,"lse":true})";
  EXPECT_EQ(PA_NOT_CACHED, starve([&] { return request(first, PA_ONLY_CACHED); }));
  EXPECT_EQ(PA_OK, starve([&] { return request(first, 0); })) << pa_last_error();
  EXPECT_EQ(PA_OK, starve([&] { return request(first, PA_ONLY_CACHED); })) << pa_last_error();
  std::filesystem::remove(folder.path / "kernel"); // then the compiler's reply is no kernel
  EXPECT_EQ(PA_INVALID_OBJECT, starve([&] { return request(second, 0); }));
  setenv("PA_COMPILER", "/bin/false", 1);
  std::string third = decode + R"(,"p":"split"})";
  EXPECT_EQ(PA_COMPILE_FAILED, starve([&] { return request(third, 0); }));
  EXPECT_TRUE(has(pa_last_error(), "the compiler gave no whole reply (exit status 1)"));
}

TEST_F(Memory, kernelsThatAreRequestedInTheBackground) {
  open();
  std::string variant = decode + R"(,"alibi":true})";
  EXPECT_EQ(PA_OK, starve([&] { return requestInBackground(variant, 0); })) << pa_last_error();
  EXPECT_EQ(PA_OK, starve([&] { return requestInBackground(variant, PA_ONLY_CACHED); }, Whose::threads));
  std::string other = decode + R"(,"alibi":true,"lse":true})";
  EXPECT_EQ(PA_OK, starve([&] { return requestInBackground(other, 0); }, Whose::threads)) << pa_last_error();
}

TEST_F(Memory, bundles) {
  open();
  std::string variant = decode + R"(,"sinks":true})", path = folder.path / "kernels.pab";
  pa::CompileRequest asked;
  asked.kind = pa::SourceKind::variant;
  asked.chip = "gfx942";
  asked.source = pa::printAnyVariant(pa::parseAnyVariant(variant).variant);
  writeTo(path, pa::makeBundle({{keyMaterial(asked), kernelFile("nhd-gfx942")}}));
  EXPECT_EQ(PA_OK, starve([&] { return pa_bundle_add(path.c_str()); })) << pa_last_error();
  EXPECT_EQ(PA_OK, starve([&] { return request(variant, PA_ONLY_CACHED); })) << pa_last_error();
  EXPECT_EQ(PA_UNAVAILABLE, starve([&] { return pa_bundle_add("/missing"); }));
  EXPECT_EQ(PA_INVALID_OBJECT, starve([&] { return pa_bundle_add("/bin/false"); }));
}

} // namespace

#endif
