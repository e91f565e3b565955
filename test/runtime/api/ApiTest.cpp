// The C interface: errors, sizes of structs, launches on HIP's names, and what a launch does not do.
#include "pa/pa.h"
#include "test/runtime/Allocations.h"
#include "test/runtime/KernelFile.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <thread>
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
  EXPECT_EQ(before + 2, launches());
  EXPECT_EQ(0, allocations);
  pa_kernel_release(writer);

  counting = true;
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_decode(kernel, nullptr, nullptr)); // that they are counted at all
  counting = false;
  EXPECT_EQ(PA_COUNTS_ALLOCATIONS == 1, allocations > 0);
}

} // namespace
