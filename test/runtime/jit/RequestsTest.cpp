// Threads that ask for kernels through the C interface, waiting and not: what the thread sanitizer looks at.
#include "pa/pa.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace fs = std::filesystem;

namespace {

constexpr int kinds = 3, threadCount = 8;

std::string variant(int kind) {
  return R"({"cache_type":"bf16","layout":"nhd","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,"query_tokens":)" +
         std::to_string(kind + 1) + "}";
}

struct Asker {
  pa_device *device;
  int errors = 0;

  pa_source sourceOf(const std::string &text) {
    pa_source source = {};
    source.size = sizeof source;
    source.kind = PA_SOURCE_VARIANT;
    source.text = text.data();
    source.text_bytes = text.size();
    return source;
  }
  void use(pa_kernel *kernel) {
    pa_kernel_info info = {};
    info.size = sizeof info;
    uint64_t bytes;
    errors += pa_kernel_get_info(kernel, &info) != PA_OK || info.head_size != 64;
    errors += pa_decode_workspace(kernel, 4, &bytes, nullptr) != PA_OK;
    pa_kernel_release(kernel);
  }
  void ask(int first) {
    for (int i = 0; i < kinds; ++i) {
      std::string text = variant((first + i) % kinds);
      errors += pa_check("gfx942", text.data(), text.size()) != PA_OK;
      errors += pa_check("gfx942", "{}", 2) != PA_INVALID_ARGUMENT;
      pa_source source = sourceOf(text);
      pa_request *pending = nullptr;
      pa_kernel *atOnce = nullptr, *waited = nullptr, *later = nullptr;
      errors += pa_request_start(device, &source, 0, &pending) != PA_OK;
      errors += pa_kernel_request(device, &source, PA_ONLY_CACHED | PA_GENERIC, &atOnce) != PA_OK;
      errors += pa_kernel_request(device, &source, 0, &waited) != PA_OK;
      (void)pa_request_is_ready(pending);
      errors += pa_request_finish(pending, &later) != PA_OK;
      use(atOnce);
      use(waited);
      use(later);
    }
  }
};

TEST(Requests, manyThreadsGetTheirKernels) {
  Folder folder;
  fs::path compiler = folder.path / "compiler";
  fs::copy_file(PA_FAKE_COMPILER, compiler);
  writeTo(folder.path / "kernel", kernelFile("nhd-gfx942"));
  setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
  setenv("PA_COMPILER", compiler.c_str(), 1);
  unsetenv("PA_DISABLE_JIT");
  unsetenv("PA_BUNDLES");
  setenv("PA_RECORD_VARIANTS", (folder.path / "made/recorded").c_str(), 1);
  setenv("PA_DUMP_DIR", (folder.path / "dumped").c_str(), 1);
  pa_device *device = nullptr;
  ASSERT_EQ(PA_OK, pa_device_open("emulated:gfx942", &device)) << pa_last_error();
  std::vector<Asker> askers(threadCount, Asker{device});
  std::vector<std::thread> threads;
  threads.reserve(threadCount);
  for (int t = 0; t < threadCount; ++t)
    threads.emplace_back([&, t] { askers[size_t(t)].ask(t); });
  for (std::thread &thread : threads)
    thread.join();
  pa_device_close(device);
  unsetenv("PA_COMPILER");
  for (const Asker &asker : askers)
    EXPECT_EQ(0, asker.errors);
  std::string log = contentOf(folder.path / "log");
  EXPECT_EQ(kinds, std::count(log.begin(), log.end(), '\n')); // each compiled once
  int recorded = 0;
  for (const auto &file : fs::directory_iterator(folder.path / "made/recorded")) {
    EXPECT_EQ(".json", file.path().extension());
    EXPECT_TRUE(has(contentOf(file.path()), R"("head_size":64,)"));
    ++recorded;
  }
  EXPECT_EQ(kinds, recorded);
  int dumped = 0;
  for (const auto &file : fs::directory_iterator(folder.path / "dumped")) {
    fs::path source = file.path();
    if (source.extension() == ".json")
      continue;
    ++dumped;
    EXPECT_EQ(".hsaco", source.extension());
    EXPECT_EQ(kernelFile("nhd-gfx942"), contentOf(source));
    EXPECT_TRUE(has(contentOf(source.replace_extension(".json")), R"("head_size":64,)"));
  }
  EXPECT_EQ(kinds, dumped);
  unsetenv("PA_DUMP_DIR");

  writeTo(folder.path / "file", "");
  setenv("PA_RECORD_VARIANTS", (folder.path / "file").c_str(), 1);
  ASSERT_EQ(PA_OK, pa_device_open("emulated:gfx942", &device));
  std::string text = variant(0);
  pa_source source = Asker{device}.sourceOf(text);
  pa_kernel *kernel = nullptr;
  EXPECT_EQ(PA_UNAVAILABLE, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_TRUE(has(pa_last_error(), "PA_RECORD_VARIANTS: cannot write '" + (folder.path / "file").string()));
  EXPECT_TRUE(has(pa_last_error(), ".json': Not a directory"));
  unsetenv("PA_RECORD_VARIANTS");
  setenv("PA_DUMP_DIR", (folder.path / "file").c_str(), 1);
  EXPECT_EQ(PA_UNAVAILABLE, pa_kernel_request(device, &source, 0, &kernel));
  EXPECT_TRUE(has(pa_last_error(), "PA_DUMP_DIR: cannot write '" + (folder.path / "file").string()));
  pa_device_close(device);
  unsetenv("PA_DUMP_DIR");
}

} // namespace
