// A host without memory: each allocation of a call fails in turn, and each time it is a status, never the process's
// end. In a program of its own, whose operator new it is.
#include "compiler/variant/AnyVariant.h"
#include "pa/pa.h"
#include "runtime/jit/Bundle.h"
#include "runtime/jit/Jit.h"
#include "test/runtime/Allocations.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <algorithm>
#include <dlfcn.h>
#include <utility>

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
  template <class Function> static Function ofTheStub(const char *name) {
    return reinterpret_cast<Function>(dlsym(dlopen(PA_STUB_HIP, RTLD_NOW | RTLD_NOLOAD), name));
  }
  // Of objects that nobody has, since loading them failed or all their kernels are released.
  static int modules() { return ofTheStub<int (*)()>("stub_modules")(); }
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
  EXPECT_EQ(0, modules());
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

TEST_F(Memory, genericKernels) {
  open();
  setenv("PA_LOG", (folder.path / "messages").c_str(), 1);
  std::string variant = decode + R"(,"sinks":true,"lse":true})";
  EXPECT_EQ(PA_OK, starve([&] { return request(variant, PA_ONLY_CACHED | PA_GENERIC); })) << pa_last_error();
  EXPECT_EQ(PA_OK, starve([&] { return requestInBackground(variant, PA_ONLY_CACHED | PA_GENERIC); }, Whose::threads));
  setenv("PA_COMPILER", "/bin/false", 1);
  EXPECT_EQ(PA_OK, starve([&] { return request(variant, PA_GENERIC); })) << pa_last_error();
  const std::string cache = R"("cache_type":"int8","head_size":64,"kv_heads":2,"page_size":8,"layout":"nhd"})";
  for (const std::string &other : {R"({"op":"append",)" + cache, R"({"op":"copy_pages",)" + cache,
                                   std::string(R"({"op":"merge_states","type":"f16","heads":8,"head_size":64})")})
    EXPECT_EQ(PA_OK, starve([&] { return request(other, PA_ONLY_CACHED | PA_GENERIC); })) << pa_last_error();
  EXPECT_EQ(0, modules());
}

// Checked launches over memory of the program's own, and kernels that do nothing: what they would write is there.
class CheckedMemory : public Memory {
protected:
  void SetUp() override {
    Memory::SetUp();
    setenv("PA_VERIFY", "results", 1);
    open();
    ofTheStub<void (*)()>("stub_copy")();
    for (auto *ones : {&row, &output})
      std::fill(std::begin(ones->elements), std::end(ones->elements), uint16_t(0x3f80)); // bf16
  }
  void TearDown() override {
    pa_kernel_release(kernel);
    unsetenv("PA_VERIFY");
    Memory::TearDown();
  }
  void loadObject(const std::string &object) {
    ASSERT_EQ(PA_OK, starve([&] { return pa_kernel_load(device, object.data(), object.size(), &kernel); }))
        << pa_last_error();
    EXPECT_EQ(1, modules());
  }
  // One sequence of one token, whose values are `row`.
  pa_decode_call decodeCall() {
    pa_decode_call call = {};
    call.size = sizeof call;
    call.sequences = call.table_width = 1;
    call.softmax_scale = 1;
    call.query = call.key_cache = at(query);
    call.value_cache = at(row);
    call.output = at(output);
    call.block_tables = at(numbers.table);
    call.context_lens = at(numbers.lengths);
    return call;
  }
  template <class T> static uint64_t at(T &memory) { return reinterpret_cast<uint64_t>(&memory); }

  struct alignas(16) Row { // a token's heads
    uint16_t elements[8 * 64];
  };
  Row query = {}, row = {}, output = {};
  struct alignas(16) Numbers {
    int64_t two[2];
    float lse[8];
    int32_t table[4], lengths[4];
  };
  Numbers numbers = {{0, 0}, {}, {0}, {1}};
  pa_kernel *kernel = nullptr;
};

TEST_F(CheckedMemory, devices) {
  pa_device *another = nullptr;
  EXPECT_EQ(PA_OK, starve([&] { return pa_device_open("hip:0", &another); })) << pa_last_error();
  pa_device_close(std::exchange(another, nullptr));
  setenv("PA_VERIFY", "results,everything", 1);
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve([&] { return pa_device_open("hip:0", &another); }));
  EXPECT_STREQ("PA_VERIFY is 'results,everything', allowed: a list of pointers, results", pa_last_error());
}

TEST_F(CheckedMemory, decode) {
  setenv("PA_LOG", (folder.path / "messages").c_str(), 1);
  setenv("PA_DUMP_DIR", (folder.path / "dumped").c_str(), 1);
  loadObject(kernelFile("nhd-gfx942"));
  pa_decode_call call = decodeCall();
  auto launch = [&] { return pa_decode(kernel, &call, nullptr); };
  EXPECT_EQ(PA_OK, starve(launch)) << pa_last_error();
  numbers.table[0] = -1;
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve(launch));
  EXPECT_TRUE(has(pa_last_error(), "-1")) << pa_last_error();
  numbers.table[0] = 0;
  for (int head = 0; head < 8; ++head)
    output.elements[head * 64 + 3] = 0;
  EXPECT_EQ(PA_WRONG_RESULT, starve(launch));
  EXPECT_TRUE(has(pa_last_error(), "the result is wrong, most of all at sequence 0, query token 0, head "));
  for (uint16_t &element : row.elements)
    element = 0x7f80; // infinite
  EXPECT_EQ(PA_WRONG_RESULT, starve(launch));
  EXPECT_TRUE(has(pa_last_error(), "is not finite, since an input is not"));
}

// Which variant it is, each launch says.
TEST_F(CheckedMemory, genericKernels) {
  const std::string variant = decode + "}";
  pa_source source = sourceOf(variant);
  ASSERT_EQ(PA_OK, pa_kernel_request(device, &source, PA_ONLY_CACHED | PA_GENERIC, &kernel)) << pa_last_error();
  pa_decode_call call = decodeCall();
  auto launch = [&] { return pa_decode(kernel, &call, nullptr); };
  EXPECT_EQ(PA_OK, starve(launch)) << pa_last_error();
  for (int head = 0; head < 8; ++head)
    output.elements[head * 64 + 3] = 0;
  EXPECT_EQ(PA_WRONG_RESULT, starve(launch));
  EXPECT_TRUE(has(pa_last_error(), "kernel 'decode_generic': the result is wrong, most of all at sequence 0"));
}

TEST_F(CheckedMemory, cacheKernels) {
  const std::string shape = R"({"cache_type":"bf16","kv_heads":2,"head_size":64,"page_size":1,"layout":"nhd"})";
  const std::string rows = R"({"block":64,"grid":"rows","rows_per_workgroup":4})";
  pa_paged_cache cache = {};
  cache.size = sizeof cache;
  cache.pages = 1;
  cache.key_cache = at(row);
  cache.value_cache = at(output);

  loadObject(describedAs("append", shape, rows));
  pa_append_call append = {};
  append.size = sizeof append;
  append.tokens = 1;
  append.cache = &cache;
  append.keys = append.values = at(row);
  append.slots = at(numbers.two);
  auto write = [&] { return pa_append(kernel, &append, nullptr); };
  EXPECT_EQ(PA_OK, starve(write)) << pa_last_error();
  output.elements[5] = 0;
  EXPECT_EQ(PA_WRONG_RESULT, starve(write));
  EXPECT_TRUE(has(pa_last_error(), "the result is wrong at value_cache, token 0 (slot 0: page 0, token 0 there)"));
  pa_kernel_release(std::exchange(kernel, nullptr));

  loadObject(describedAs("copy_pages", shape, R"({"block":64,"grid":"pairs","workgroups_per_pair":4})"));
  pa_copy_pages_call copy = {};
  copy.size = sizeof copy;
  copy.count = 1;
  copy.source = &cache;
  pa_paged_cache target = cache;
  copy.target = &target;
  copy.pairs = at(numbers.two);
  auto move = [&] { return pa_copy_pages(kernel, &copy, nullptr); };
  EXPECT_EQ(PA_OK, starve(move)) << pa_last_error();
  target.value_cache = at(row);
  EXPECT_EQ(PA_WRONG_RESULT, starve(move));
  EXPECT_TRUE(has(pa_last_error(), "the result is wrong at target.value_cache, pair 0 (page 0 to page 0), head 0"));
  pa_kernel_release(std::exchange(kernel, nullptr));

  loadObject(describedAs("merge_states", R"({"type":"f16","heads":8,"head_size":64})", rows));
  Row nothing = {};
  Numbers ends = {};
  std::fill(std::begin(ends.lse), std::end(ends.lse), 0.693147181f); // ln 2, of two that are alike
  pa_merge_states_call merge = {};
  merge.size = sizeof merge;
  merge.tokens = 1;
  merge.a = merge.b = at(query);
  merge.a_lse = merge.b_lse = at(numbers.lse);
  merge.output = at(nothing);
  merge.lse = at(ends.lse);
  auto join = [&] { return pa_merge_states(kernel, &merge, nullptr); };
  EXPECT_EQ(PA_OK, starve(join)) << pa_last_error();
  ends.lse[7] = 1;
  EXPECT_EQ(PA_WRONG_RESULT, starve(join));
  EXPECT_TRUE(has(pa_last_error(), "the result is wrong at token 0, head 7, lse: got 1, expected 0.693147"));
}

// Addresses are looked up where a device knows its allocations.
TEST_F(CheckedMemory, pointers) {
  pa_device_close(std::exchange(device, nullptr));
  setenv("PA_VERIFY", "pointers,results", 1);
  ASSERT_EQ(PA_OK, pa_device_open("emulated:gfx942", &device)) << pa_last_error();
  std::string object = kernelFile("nhd-gfx942");
  ASSERT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &kernel)) << pa_last_error();
  uint64_t address = 0;
  for (Row *mapped : {&query, &row, &output})
    ASSERT_EQ(PA_OK, pa_device_map(device, "row", mapped, sizeof *mapped, &address)) << pa_last_error();
  ASSERT_EQ(PA_OK, pa_device_map(device, "numbers", &numbers, sizeof numbers, &address)) << pa_last_error();
  pa_decode_call call = decodeCall();
  auto launch = [&] { return pa_decode(kernel, &call, nullptr); };
  EXPECT_EQ(PA_OK, starve(launch)) << pa_last_error();
  call.value_cache += 896; // of 1024 bytes; a page has 256
  EXPECT_EQ(PA_INVALID_ARGUMENT, starve(launch));
  EXPECT_TRUE(has(pa_last_error(), " ends after 128"));
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
