// What libpa adds: to reading a file, for a kernel that is cached; to a launch, with the launch itself stubbed out; and
// to compiling, for a kernel that is not cached. Prints JSON.
#include "pa/pa.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string &text) {
  std::fprintf(stderr, "bench-runtime: %s\n", text.c_str());
  std::exit(1);
}
void check(pa_status status) {
  if (status != PA_OK)
    fail(pa_last_error());
}

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

std::string contentOf(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double median(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all[all.size() / 2];
}

pa_source sourceOf(const std::string &text) {
  pa_source source = {};
  source.size = sizeof source;
  source.text = text.data();
  source.text_bytes = text.size();
  return source;
}

// One process: the first request of a kernel that is cached, or is not, and reading as many bytes from a file.
int first(const std::string &example) {
  std::string text = contentOf(example);
  pa_device *device;
  check(pa_device_open("hip:0", &device));
  pa_source source = sourceOf(text);
  pa_kernel *kernel;
  auto begin = Clock::now();
  check(pa_kernel_request(device, &source, 0, &kernel));
  double request = millisecondsSince(begin);
  double read = 0;
  for (const auto &file : fs::recursive_directory_iterator(std::getenv("PA_CACHE_DIR")))
    if (file.path().extension() == ".pac") {
      begin = Clock::now();
      if (contentOf(file.path()).empty())
        fail("an empty entry");
      read = millisecondsSince(begin);
    }
  std::printf("{\"request_ms\": %.4f, \"read_ms\": %.4f}\n", request, read);
  return 0;
}

// Nanoseconds a launch, in many rounds of both kinds in turn.
int launches(const std::string &example, const std::string &hip) {
  std::string text = contentOf(example);
  pa_device *device;
  check(pa_device_open("hip:0", &device));
  pa_source source = sourceOf(text);
  pa_kernel *kernel;
  check(pa_kernel_request(device, &source, 0, &kernel));
  using Launch =
      int (*)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **);
  auto launch = reinterpret_cast<Launch>(dlsym(dlopen(hip.c_str(), RTLD_NOW | RTLD_NOLOAD), "hipModuleLaunchKernel"));
  if (!launch)
    fail("the stub has no hipModuleLaunchKernel");
  pa_decode_call call = {};
  call.size = sizeof call;
  call.sequences = call.table_width = 1;
  call.softmax_scale = 1;
  call.query = call.key_cache = call.value_cache = call.output = call.block_tables = call.context_lens = 0x10000;
  call.workspace = 0x10000;
  call.workspace_bytes = ~0ull;
  constexpr int rounds = 51, each = 20000;
  std::vector<double> direct, ours;
  for (int round = 0; round < rounds; ++round) {
    auto begin = Clock::now();
    for (int i = 0; i < each; ++i)
      launch(kernel, 1, 1, 1, 256, 1, 1, 0, device, nullptr, nullptr);
    direct.push_back(millisecondsSince(begin) * 1e6 / each);
    begin = Clock::now();
    for (int i = 0; i < each; ++i)
      check(pa_decode(kernel, &call, device));
    ours.push_back(millisecondsSince(begin) * 1e6 / each);
  }
  std::printf("{\"direct_ns\": %.1f, \"pa_decode_ns\": %.1f}\n", median(direct), median(ours));
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 3 && std::strcmp(argv[1], "first") == 0)
    return first(argv[2]);
  if (argc == 4 && std::strcmp(argv[1], "launches") == 0)
    return launches(argv[2], argv[3]);
  fail("usage: bench-runtime-program first EXAMPLE | launches EXAMPLE STUB");
}
