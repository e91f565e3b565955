// The C interface: errors, sizes of structs, launches on HIP's names, and what a launch does not do.
#include "pa/pa.h"
#include "test/runtime/KernelFile.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <thread>
#include <vector>

// Counts this thread's allocations while it is told to, in libpa too. The thread sanitizer brings operators of its own.
#if __has_feature(thread_sanitizer)
#define PA_COUNTS_ALLOCATIONS 0
#else
#define PA_COUNTS_ALLOCATIONS 1
#endif
static thread_local bool counting = false;
static thread_local int allocations = 0;
#if PA_COUNTS_ALLOCATIONS
static thread_local int allocationsLeft = -1; // then they fail; -1: never
void *operator new(size_t bytes) {
  allocations += counting;
  if (allocationsLeft == 0)
    throw std::bad_alloc();
  allocationsLeft -= allocationsLeft > 0;
  if (void *memory = std::malloc(bytes))
    return memory;
  throw std::bad_alloc();
}
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
#endif

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

TEST_F(Api, nullPointersAreRefusedByName) {
  open("emulated:gfx942");
  load("nhd-gfx942");
  uint64_t bytes;
  pa_decode_call call = anyCall();
  struct {
    pa_status status;
    const char *text;
  } const cases[] = {
      {pa_device_open(nullptr, &device), "name is null"},
      {pa_device_open("emulated:gfx942", nullptr), "device is null"},
      {pa_device_allocate(nullptr, "a", 1, &bytes), "device is null"},
      {pa_kernel_load(device, nullptr, 1, &kernel), "object is null"},
      {pa_kernel_get_info(kernel, nullptr), "pa_kernel_info is null"},
      {pa_decode_workspace(nullptr, 1, &bytes, nullptr), "kernel is null"},
      {pa_decode(nullptr, &call, nullptr), "kernel is null"},
      {pa_device_map(device, "a", nullptr, 1, &bytes), "host is null"},
      {pa_device_unmap(device, nullptr), "host is null"},
      {pa_kernel_prepare(nullptr, nullptr), "kernel is null"},
      {pa_decode(kernel, nullptr, nullptr), "pa_decode_call is null"},
  };
  for (const auto &tested : cases)
    EXPECT_EQ(PA_INVALID_ARGUMENT, tested.status) << tested.text;
  EXPECT_TRUE(has(pa_last_error(), std::end(cases)[-1].text));
  pa_kernel_release(nullptr);
  pa_device_close(nullptr);
  EXPECT_STREQ("", pa_device_chip(nullptr));
}

TEST_F(Api, objectsAreChecked) {
  open("emulated:gfx942");
  std::string object = kernelFile("nhd-gfx950");
  EXPECT_EQ(PA_OTHER_CHIP, pa_kernel_load(device, object.data(), object.size(), &kernel));
  EXPECT_TRUE(has(pa_last_error(), "the code object is for gfx950"));
  EXPECT_EQ(PA_INVALID_OBJECT, pa_kernel_load(device, object.data(), 100, &kernel));
  EXPECT_EQ(nullptr, kernel);
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
                                       " that this library does not know"));
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
  EXPECT_TRUE(has(pa_last_error(), "has no streams"));
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

// A kernel of decode that describes itself as a writer of a cache.
std::string appendObject() {
  std::string object = kernelFile("nhd-gfx942");
  size_t begin = object.find("{\"pa\":"), end = begin;
  for (int depth = 0; end == begin || depth > 0; ++end)
    depth += (object[end] == '{') - (object[end] == '}');
  std::string text = R"({"pa":2,"op":"append","abi":1,"kernel":"decode_naive","chip":"gfx942","compiler":"test",)"
                     R"("append":{"cache_type":"bf16","kv_heads":2,"head_size":64,"page_size":1,"layout":"nhd"},)"
                     R"("launch":{"block":64,"grid":"rows","rows_per_workgroup":4}})";
  EXPECT_LE(text.size(), end - begin);
  text.resize(end - begin, ' ');
  return object.replace(begin, text.size(), text);
}

#if PA_COUNTS_ALLOCATIONS
// Fails the first allocation of the calls, then the second, until all are done: each time a status, and never an end.
template <class F> void starve(F calls) {
  int after = 0;
  for (pa_status status = PA_INTERNAL; status == PA_INTERNAL; ++after) {
    allocationsLeft = after;
    status = calls();
    allocationsLeft = -1;
    if (status == PA_INTERNAL) {
      ASSERT_STREQ("the host is out of memory", pa_last_error());
      ASSERT_EQ(0u, pa_reason_count());
    }
    ASSERT_LT(after, 100000);
  }
  EXPECT_GT(after, 1);
}

// But for descriptions: nlohmann's JSON allocates where it is destroyed.
TEST_F(Api, aHostWithoutMemoryIsAStatus) {
  starve([&] { return pa_device_open("emulated by nobody in particular", &device); });
  EXPECT_TRUE(has(pa_last_error(), "unknown device 'emulated by nobody in particular'"));
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  open("hip:0");
  load("nhd-gfx942");
  pa_decode_call call = anyCall();
  call.query = 8;
  starve([&] { return pa_decode(kernel, &call, nullptr); });
  EXPECT_STREQ("query is 0x8, allowed: a multiple of 16", pa_last_error());
  starve([&] { return pa_append(kernel, nullptr, nullptr); });
  EXPECT_STREQ("kernel is one of decode, allowed: one of append", pa_last_error());
  std::string object = kernelFile("nhd-gfx950");
  starve([&] {
    pa_kernel *none = nullptr;
    return pa_kernel_load(device, object.data(), 1000, &none);
  });
  EXPECT_TRUE(has(pa_last_error(), "truncated?"));
}
#endif

// Last in this file, in a process of its own under ctest: the HIP library that is found first is kept.
TEST_F(Api, aLaunchIsOneCallAndAllocatesNothing) {
  setenv("PA_LIBHIP_PATH", PA_STUB_HIP, 1);
  open("hip:0");
  EXPECT_EQ(80u, pa_device_compute_units(device)); // as HIP counts them
  load("nhd-gfx942");
  void *stub = dlopen(PA_STUB_HIP, RTLD_NOW | RTLD_NOLOAD);
  auto launches = reinterpret_cast<int (*)()>(dlsym(stub, "stub_launches"));
  ASSERT_TRUE(launches);
  pa_decode_call call = anyCall();
  int before = launches();
  counting = true;
  pa_status status = pa_decode(kernel, &call, reinterpret_cast<void *>(64));
  counting = false;
  EXPECT_EQ(PA_OK, status) << pa_last_error();
  EXPECT_EQ(before + 1, launches());
  EXPECT_EQ(0, allocations);

  // A writer's too: an object that says it is one.
  pa_kernel *writer = nullptr;
  std::string object = appendObject();
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
  EXPECT_EQ(before + 2, launches());
  EXPECT_EQ(0, allocations);
  pa_kernel_release(writer);

  counting = true;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, nullptr, nullptr)); // that they are counted at all
  counting = false;
  EXPECT_EQ(PA_COUNTS_ALLOCATIONS == 1, allocations > 0);
}

} // namespace
