// The C interface: errors, sizes of structs, launches on HIP's names, and what a launch does not do.
#include "pa/pa.h"
#include "test/runtime/Allocations.h"
#include "test/runtime/KernelFile.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace {

class Api : public testing::Test {
protected:
  void open(const char *name) { ASSERT_EQ(PA_OK, pa_device_open(name, &device)) << pa_last_error(); }
  void load(const std::string &name) {
    std::string object = kernelFile(name);
    ASSERT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &kernel)) << pa_last_error();
  }
  void TearDown() override {
    pa_kernel_release(kernel);
    pa_device_close(device);
  }
  // A call whose addresses are only plausible.
  static pa_decode_call anyCall() {
    pa_decode_call call = {};
    call.size = sizeof call;
    call.sequences = call.table_width = 1;
    call.softmax_scale = 1;
    call.query = call.key_cache = call.value_cache = call.output = call.block_tables = call.context_lens = 0x10000;
    return call;
  }
  pa_device *device = nullptr;
  pa_kernel *kernel = nullptr;
};

TEST_F(Api, versionAndNames) {
  EXPECT_EQ(uint32_t(PA_VERSION_MAJOR * 1000 + PA_VERSION_MINOR), pa_version());
  EXPECT_STREQ("PA_OK", pa_status_name(PA_OK));
  EXPECT_STREQ("PA_COMPILE_FAILED", pa_status_name(PA_COMPILE_FAILED));
  EXPECT_STREQ("PA_INTERNAL", pa_status_name(pa_status(15)));
}

TEST_F(Api, theLastErrorIsTheThreadsOwn) {
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_device_open("cuda:0", &device));
  EXPECT_TRUE(has(pa_last_error(), "unknown device 'cuda:0'"));
  std::thread([] { EXPECT_STREQ("", pa_last_error()); }).join();
  open("emulated:gfx942");
  EXPECT_TRUE(has(pa_last_error(), "unknown device 'cuda:0'")); // a success changes nothing
}

TEST_F(Api, textsAreUtf8) {
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_device_open("caf\xe9", &device));
  EXPECT_TRUE(has(pa_last_error(), "unknown device 'caf\xef\xbf\xbd'"));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_check("gfx942", "{\"\xff", 3));
  EXPECT_TRUE(
      has(pa_last_error(), "the variant '{\"\xef\xbf\xbd' is not JSON text: parse error at line 1, column 3: "));
}

TEST_F(Api, nullPointersAreRefusedByName) {
  open("emulated:gfx942");
  load("nhd-gfx942");
  uint64_t bytes = 0;
  char byte = 0;
  const char *json;
  pa_decode_call call = anyCall();
  pa_append_call append = {};
  append.size = sizeof append;
  pa_kernel_info info = {};
  info.size = sizeof info;
  pa_kernel *loaded = nullptr;
  pa_device *opened = nullptr;
  pa_request *request = nullptr;
  pa_source source = {}, empty = {};
  source.size = empty.size = sizeof source;
  source.text = "";
  struct {
    const char *name;
    std::function<pa_status()> call;
  } const cases[] = {
      {"name", [&] { return pa_device_open(nullptr, &opened); }},
      {"device", [&] { return pa_device_open("emulated:gfx942", nullptr); }},
      {"device", [&] { return pa_device_allocate(nullptr, "a", 1, &bytes); }},
      {"address", [&] { return pa_device_allocate(device, "a", 1, nullptr); }},
      {"device", [&] { return pa_device_map(nullptr, "a", &byte, 1, &bytes); }},
      {"host", [&] { return pa_device_map(device, "a", nullptr, 1, &bytes); }},
      {"address", [&] { return pa_device_map(device, "a", &byte, 1, nullptr); }},
      {"device", [&] { return pa_device_unmap(nullptr, &byte); }},
      {"host", [&] { return pa_device_unmap(device, nullptr); }},
      {"device", [&] { return pa_device_release(nullptr, 1); }},
      {"device", [&] { return pa_device_write(nullptr, 1, &byte, 1); }},
      {"source", [&] { return pa_device_write(device, 1, nullptr, 1); }},
      {"device", [&] { return pa_device_read(nullptr, &byte, 1, 1); }},
      {"target", [&] { return pa_device_read(device, nullptr, 1, 1); }},
      {"device", [&] { return pa_device_fill(nullptr, 1, 0, 1); }},
      {"device", [&] { return pa_device_synchronize(nullptr); }},
      {"device", [&] { return pa_kernel_load(nullptr, &byte, 1, &loaded); }},
      {"object", [&] { return pa_kernel_load(device, nullptr, 1, &loaded); }},
      {"kernel", [&] { return pa_kernel_load(device, &byte, 1, nullptr); }},
      {"kernel", [&] { return pa_kernel_get_info(nullptr, &info); }},
      {"pa_kernel_info", [&] { return pa_kernel_get_info(kernel, nullptr); }},
      {"kernel", [&] { return pa_kernel_prepare(nullptr, nullptr); }},
      {"kernel", [&] { return pa_decode_workspace(nullptr, 1, &bytes, nullptr); }},
      {"bytes", [&] { return pa_decode_workspace(kernel, 1, nullptr, nullptr); }},
      {"kernel", [&] { return pa_decode(nullptr, &call, nullptr); }},
      {"pa_decode_call", [&] { return pa_decode(kernel, nullptr, nullptr); }},
      {"kernel", [&] { return pa_append(nullptr, &append, nullptr); }},
      {"kernel", [&] { return pa_copy_pages(nullptr, nullptr, nullptr); }},
      {"kernel", [&] { return pa_merge_states(nullptr, nullptr, nullptr); }},
      {"kernel", [&] { return pa_kernel_request(device, &source, 0, nullptr); }},
      {"device", [&] { return pa_kernel_request(nullptr, &source, 0, &loaded); }},
      {"pa_source", [&] { return pa_kernel_request(device, nullptr, 0, &loaded); }},
      {"pa_source.text", [&] { return pa_kernel_request(device, &empty, 0, &loaded); }},
      {"request", [&] { return pa_request_start(device, &source, 0, nullptr); }},
      {"device", [&] { return pa_request_start(nullptr, &source, 0, &request); }},
      {"request", [&] { return pa_request_finish(nullptr, &loaded); }},
      {"chip", [&] { return pa_check(nullptr, "{}", 2); }},
      {"variant", [&] { return pa_check("gfx942", nullptr, 2); }},
      {"chip", [&] { return pa_explain(nullptr, "{}", 2, &json); }},
      {"variant", [&] { return pa_explain("gfx942", nullptr, 2, &json); }},
      {"json", [&] { return pa_explain("gfx942", "{}", 2, nullptr); }},
      {"path", [&] { return pa_bundle_add(nullptr); }},
  };
  for (const auto &tested : cases) {
    EXPECT_EQ(PA_INVALID_ARGUMENT, tested.call()) << &tested - cases;
    EXPECT_EQ(std::string(tested.name) + " is null, expected a pointer", pa_last_error()) << &tested - cases;
  }
  EXPECT_FALSE(pa_request_is_ready(nullptr));
  pa_kernel_release(nullptr);
  pa_device_close(nullptr);
  EXPECT_STREQ("", pa_device_chip(nullptr));
  EXPECT_EQ(0u, pa_device_compute_units(nullptr));
}

// A request whose kernel nobody wants to have is finished all the same.
TEST_F(Api, requestsSayWhatIsWrongWithThem) {
  open("emulated:gfx942");
  pa_source source = {};
  source.size = sizeof source;
  source.kind = PA_SOURCE_VARIANT;
  source.text = "{}";
  source.text_bytes = 2;
  struct {
    void (*change)(pa_source &);
    uint32_t flags;
    pa_status status;
    const char *text;
  } const cases[] = {
      {[](pa_source &) {}, 8, PA_UNSUPPORTED,
       "flags are 8, allowed: 0 or a sum of PA_ONLY_CACHED, PA_IN_PROCESS, PA_GENERIC"},
      {[](pa_source &s) { s.reserved = 7; }, 0, PA_UNSUPPORTED, "pa_source.reserved is 7, expected 0"},
      {[](pa_source &s) { s.kind = 2; }, 0, PA_INVALID_ARGUMENT,
       "pa_source.kind is 2, allowed: PA_SOURCE_MLIR, PA_SOURCE_VARIANT"},
      {[](pa_source &s) { s.size = 8; }, 0, PA_INVALID_ARGUMENT,
       "pa_source.size is 8, expected sizeof(pa_source), at least 40"},
  };
  for (const auto &tested : cases) {
    pa_source changed = source;
    tested.change(changed);
    pa_request *request = nullptr;
    EXPECT_EQ(tested.status, pa_kernel_request(device, &changed, tested.flags, &kernel));
    EXPECT_STREQ(tested.text, pa_last_error());
    EXPECT_EQ(tested.status, pa_request_start(device, &changed, tested.flags, &request));
    EXPECT_STREQ(tested.text, pa_last_error());
    EXPECT_EQ(nullptr, request);
  }
  // More than a string can hold: an exception inside, a status outside.
  source.text_bytes = SIZE_MAX;
  EXPECT_EQ(PA_INTERNAL, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_STRNE("", pa_last_error());

  setenv("PA_DISABLE_JIT", "1", 1);
  setenv("PA_CACHE_DIR", "/proc/none", 1);
  source.kind = PA_SOURCE_MLIR;
  source.text_bytes = 2;
  pa_request *request = nullptr;
  ASSERT_EQ(PA_OK, pa_request_start(device, &source, 0, &request)) << pa_last_error();
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_request_finish(request, nullptr));
  EXPECT_STREQ("kernel is null, expected a pointer", pa_last_error());
  ASSERT_EQ(PA_OK, pa_request_start(device, &source, 0, &request)) << pa_last_error();
  EXPECT_EQ(PA_NOT_CACHED, pa_request_finish(request, &kernel));
  EXPECT_TRUE(has(pa_last_error(), "since the kernel cache: cannot make the folder '/proc/none': No such file"));
}

TEST_F(Api, objectsAreChecked) {
  open("emulated:gfx942");
  std::string object = kernelFile("nhd-gfx950");
  EXPECT_EQ(PA_OTHER_CHIP, pa_kernel_load(device, object.data(), object.size(), &kernel));
  EXPECT_TRUE(has(pa_last_error(), "the code object is for gfx950"));
  EXPECT_EQ(PA_INVALID_OBJECT, pa_kernel_load(device, object.data(), 100, &kernel));
  EXPECT_EQ(nullptr, kernel);
  object = kernelFile("nhd-gfx942");
  object.replace(object.find("decode_naive\""), 12, "decode_other");
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_kernel_load(device, object.data(), object.size(), &kernel));
  EXPECT_STREQ("the code object has no kernel 'decode_other', it has: decode_naive", pa_last_error());
}

TEST_F(Api, structsOfOtherVersionsAreReadAsFarAsTheyGo) {
  open("emulated:gfx942");
  load("nhd-gfx942");
  struct {
    pa_kernel_info known;
    uint64_t later;
  } info = {};
  info.known.size = sizeof info;
  info.later = 0;
  ASSERT_EQ(PA_OK, pa_kernel_get_info(kernel, &info.known)) << pa_last_error();
  EXPECT_EQ(sizeof info, info.known.size);
  EXPECT_EQ(64u, info.known.head_size);
  EXPECT_EQ(8u, info.known.q_heads);
  EXPECT_EQ(2u, info.known.kv_heads);
  EXPECT_EQ(1u, info.known.page_size);
  EXPECT_EQ(256u, info.known.page_bytes);
  EXPECT_TRUE(has(info.known.description, "\"kernel\":\"decode_naive\""));

  struct {
    pa_decode_call known;
    uint32_t later[2];
  } call = {anyCall(), {0, 0}};
  call.known.size = sizeof call;
  call.known.sequences = 0;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call.known, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "num_seqs is 0, allowed: 1 to 2147483647"));
  call.later[1] = 1;
  EXPECT_EQ(PA_UNSUPPORTED, pa_decode(kernel, &call.known, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "pa_decode_call has a field at byte " + std::to_string(sizeof(pa_decode_call) + 4) +
                                       " that this library does not know, its struct has " +
                                       std::to_string(sizeof(pa_decode_call)) + " bytes"));
  call.known.size = 40;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call.known, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "pa_decode_call.size is 40, expected sizeof(pa_decode_call), at least"));
}

TEST_F(Api, callsAreCheckedByField) {
  open("emulated:gfx942");
  load("unreset-gfx942");
  uint64_t bytes = 0, alignment = 0;
  ASSERT_EQ(PA_OK, pa_decode_workspace(kernel, 1, &bytes, &alignment));
  EXPECT_EQ(256u + 2 * 16, bytes);
  EXPECT_EQ(256u, alignment);
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode_workspace(kernel, 0, &bytes, &alignment));
  pa_decode_call call = anyCall();
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call, nullptr));
  EXPECT_STREQ("workspace_bytes is 0, this kernel needs 288 on this device", pa_last_error());
  call.workspace_bytes = 288;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "workspace is a null address"));
  call.workspace = 0x10000;
  call.query = 0x10008;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call, nullptr));
  EXPECT_STREQ("query is 0x10008, allowed: a multiple of 16", pa_last_error());
  call.query = 0x10000;
  EXPECT_EQ(PA_KERNEL_FAULT, pa_decode(kernel, &call, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "out of bounds"));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, &call, device));
  EXPECT_STREQ("device emulated:gfx942 has no streams, expected a null one", pa_last_error());
  EXPECT_EQ(PA_OK, pa_kernel_prepare(kernel, nullptr)) << pa_last_error();
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_kernel_prepare(kernel, device));
}

TEST_F(Api, threadsShareADevice) {
  open("emulated:gfx942");
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      std::string object = kernelFile("nhd-gfx942");
      for (int i = 0; i < 5; ++i) {
        pa_kernel *own = nullptr;
        uint64_t address = 0;
        EXPECT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &own));
        EXPECT_EQ(PA_OK, pa_device_allocate(device, "a", 64, &address));
        EXPECT_EQ(PA_OK, pa_device_release(device, address));
        pa_kernel_release(own);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

// What of the stub is counted or made to fail.
template <class Function> Function ofTheStub(const char *name) {
  return reinterpret_cast<Function>(dlsym(dlopen(PA_STUB_HIP, RTLD_NOW | RTLD_NOLOAD), name));
}

// HIP's errors as the status that they mean, and with their own names: the numbers are those of HIP's header.
TEST_F(Api, errorsOfHipHaveAStatus) {
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  open("hip:0");
  auto fail = ofTheStub<void (*)(const char *, int)>("stub_fail");
  ASSERT_TRUE(fail);
  struct {
    int code;
    pa_status status;
  } const cases[] = {
      {1, PA_INVALID_ARGUMENT},   {2, PA_MEMORY},
      {9, PA_INVALID_ARGUMENT},   {17, PA_MEMORY},
      {101, PA_INVALID_ARGUMENT}, {200, PA_INVALID_OBJECT},
      {209, PA_OTHER_CHIP},       {218, PA_INVALID_OBJECT},
      {400, PA_INVALID_ARGUMENT}, {500, PA_INVALID_ARGUMENT},
      {700, PA_KERNEL_FAULT},     {710, PA_KERNEL_FAULT},
      {719, PA_KERNEL_FAULT},     {801, PA_UNSUPPORTED},
      {900, PA_CAPTURING},        {901, PA_CAPTURING},
      {906, PA_CAPTURING},        {999, PA_UNAVAILABLE},
  };
  uint64_t address = 0;
  for (const auto &tested : cases) {
    fail("hipMalloc", tested.code);
    EXPECT_EQ(tested.status, pa_device_allocate(device, "keys", 64, &address)) << tested.code;
    std::string text = "buffer 'keys' of 64 bytes: hipMalloc gives stub (" + std::to_string(tested.code) + "): stub";
    if (tested.status == PA_CAPTURING)
      text += ": this cannot be done while a stream is captured, only launches can; kernels are requested and prepared "
              "before";
    EXPECT_EQ(text, pa_last_error());
  }
  fail("hipSetDevice", 101);
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_device_allocate(device, "keys", 64, &address));
  EXPECT_STREQ("buffer 'keys' of 64 bytes: hipSetDevice gives stub (101): stub", pa_last_error());
  fail(nullptr, 0);
  char mine[8];
  const std::pair<std::string, std::function<pa_status()>> others[] = {
      {"hipFree", [&] { return pa_device_release(device, 8); }},
      {"hipMemcpy", [&] { return pa_device_write(device, 8, mine, 8); }},
      {"hipMemcpy", [&] { return pa_device_read(device, mine, 8, 8); }},
      {"hipMemset", [&] { return pa_device_fill(device, 8, 0, 8); }},
      {"mapping 'mine' of 8 bytes: hipHostRegister", [&] { return pa_device_map(device, "mine", mine, 8, &address); }},
      {"hipHostUnregister", [&] { return pa_device_unmap(device, mine); }},
      {"hipDeviceSynchronize", [&] { return pa_device_synchronize(device); }},
  };
  for (const auto &[call, fails] : others) {
    EXPECT_EQ(PA_UNAVAILABLE, fails());
    EXPECT_EQ(call + " gives stub (999): stub", pa_last_error());
  }
}

// A HIP library that cannot look addresses up: nothing is launched unchecked.
TEST_F(Api, checksThatHipCannotDoAreRefused) {
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  setenv("PA_VERIFY", "pointers", 1);
  open("hip:0");
  unsetenv("PA_VERIFY");
  load("nhd-gfx942");
  pa_decode_call call = anyCall();
  EXPECT_EQ(PA_UNSUPPORTED, pa_decode(kernel, &call, nullptr));
  EXPECT_TRUE(has(pa_last_error(), "device hip:0 cannot say which allocation an address lies in: '"));
  EXPECT_TRUE(
      has(pa_last_error(), "libpa_stub_hip.so' has no symbol hipMemGetAddressRange, which PA_VERIFY=pointers needs"));
}

TEST_F(Api, anObjectIsLoadedOnceUntilItsLastKernelIsReleased) {
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  open("hip:0");
  auto loads = ofTheStub<int (*)()>("stub_loads"), modules = ofTheStub<int (*)()>("stub_modules");
  auto fail = ofTheStub<void (*)(const char *, int)>("stub_fail");
  ASSERT_TRUE(loads && modules && fail);
  int before = loads();
  load("nhd-gfx942");
  pa_kernel *first = kernel, *other = nullptr, *second = nullptr;
  EXPECT_EQ(before + 1, loads());
  fail("hipModuleLoadData", 900); // a stream is captured: what is there already can be had all the same
  load("nhd-gfx942");
  EXPECT_NE(first, kernel);
  EXPECT_EQ(before + 1, loads());
  std::string object = kernelFile("classic-gfx942");
  EXPECT_EQ(PA_CAPTURING, pa_kernel_load(device, object.data(), object.size(), &other));
  fail(nullptr, 0);
  ASSERT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &other)) << pa_last_error();
  before = loads();
  EXPECT_EQ(2, modules());
  pa_kernel_release(first);
  EXPECT_EQ(2, modules());
  pa_decode_call call = anyCall();
  EXPECT_EQ(PA_OK, pa_decode(kernel, &call, nullptr)) << pa_last_error();
  pa_kernel_release(kernel);
  EXPECT_EQ(1, modules());
  // Asking again and again leaves no more than one.
  for (int i = 1; i <= 5; ++i) {
    load("nhd-gfx942");
    EXPECT_EQ(before + i, loads());
    EXPECT_EQ(2, modules());
    pa_kernel_release(std::exchange(kernel, nullptr));
  }
  // Another device has objects of its own.
  pa_device *another = nullptr;
  ASSERT_EQ(PA_OK, pa_device_open("hip:0", &another));
  ASSERT_EQ(PA_OK, pa_kernel_load(another, object.data(), object.size(), &second)) << pa_last_error();
  EXPECT_EQ(2, modules());
  pa_device_close(another);
  EXPECT_EQ(2, modules());
  pa_kernel_release(second);
  EXPECT_EQ(1, modules());
  // One that has not the kernel that it says is not kept; one that cannot be unloaded goes with its device.
  fail("hipModuleGetFunction", 500);
  object = kernelFile("nhd-gfx942");
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_kernel_load(device, object.data(), object.size(), &kernel));
  EXPECT_EQ(1, modules());
  fail("hipModuleUnload", 900);
  pa_kernel_release(other);
  EXPECT_EQ(1, modules());
  fail(nullptr, 0);
  pa_device_close(std::exchange(device, nullptr));
  EXPECT_EQ(0, modules());
}

// Last in this file, in a process of its own under ctest: the HIP library that is found first is kept.
TEST_F(Api, aLaunchIsOneCallAndAllocatesNothing) {
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  open("hip:0");
  EXPECT_EQ(80u, pa_device_compute_units(device)); // as HIP counts them
  load("nhd-gfx942");
  auto launches = ofTheStub<int (*)()>("stub_launches");
  ASSERT_TRUE(launches);
  pa_decode_call call = anyCall();
  int before = launches();
  counting = true;
  pa_status status = pa_decode(kernel, &call, reinterpret_cast<void *>(64));
  counting = false;
  EXPECT_EQ(PA_OK, status) << pa_last_error();
  EXPECT_EQ(before + 1, launches());
  EXPECT_EQ(0, allocations);

  // A generic kernel's too.
  setenv("PA_CACHE_DIR", "/proc/none", 1);
  pa_kernel *generic = nullptr;
  pa_source source = {};
  source.size = sizeof source;
  source.kind = PA_SOURCE_VARIANT;
  source.text = R"({"cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,"layout":"hnd"})";
  source.text_bytes = std::strlen(source.text);
  ASSERT_EQ(PA_OK, pa_kernel_request(device, &source, PA_ONLY_CACHED | PA_GENERIC, &generic)) << pa_last_error();
  counting = true;
  status = pa_decode(generic, &call, reinterpret_cast<void *>(64));
  counting = false;
  EXPECT_EQ(PA_OK, status) << pa_last_error();
  EXPECT_EQ(before + 2, launches());
  EXPECT_EQ(0, allocations);
  pa_kernel_release(generic);

  // And a writer's: an object that says it is one.
  pa_kernel *writer = nullptr;
  std::string object = describedAs("append",
                                   R"({"cache_type":"bf16","kv_heads":2,"head_size":64,"page_size":1,)"
                                   R"("layout":"nhd"})",
                                   R"({"block":64,"grid":"rows","rows_per_workgroup":4})");
  ASSERT_EQ(PA_OK, pa_kernel_load(device, object.data(), object.size(), &writer)) << pa_last_error();
  pa_paged_cache cache = {};
  cache.size = sizeof cache;
  cache.pages = 1;
  cache.key_cache = cache.value_cache = 0x10000;
  pa_append_call append = {};
  append.size = sizeof append;
  append.tokens = 1;
  append.cache = &cache;
  append.keys = append.values = append.slots = 0x10000;
  counting = true;
  status = pa_append(writer, &append, reinterpret_cast<void *>(64));
  counting = false;
  EXPECT_EQ(PA_OK, status) << pa_last_error();
  EXPECT_EQ(before + 3, launches());
  EXPECT_EQ(0, allocations);
  pa_kernel_release(writer);

  counting = true;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, nullptr, nullptr)); // that they are counted at all
  counting = false;
  EXPECT_EQ(PA_COUNTS_ALLOCATIONS == 1, allocations > 0);
}

} // namespace
