// A step is captured once and replayed with other lengths and tables, on HIP's names over the emulated device.
// Capturing in the global mode forbids allocations, synchronisations and copies: one of them inside of pa_decode would
// break the capture.
#include "pa/pa.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <hip/hip_runtime_api.h>

#include <cstring>
#include <dlfcn.h>
#include <vector>

namespace {

constexpr int sequences = 2, tableWidth = 2, pages = 8;
constexpr size_t pageTokens = 16, heads = 64, kvHeads = 8, headSize = 128;

// Small whole numbers are exact in bf16.
uint16_t bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return uint16_t(bits >> 16);
}

struct Step {
  int32_t lens[sequences];
  int32_t tables[sequences][tableWidth];
  float expected[sequences]; // V of a page is its number and one, everywhere
};
// Contexts of one page, whose output is that page's value exactly; entries past it are never followed.
constexpr Step steps[] = {
    {{5, 16}, {{3, -1}, {6, 1 << 30}}, {4, 7}},
    {{1, 9}, {{0, 77}, {7, -5}}, {1, 8}},
    {{0, 2}, {{-1, -1}, {2, 99}}, {0, 3}}, // a row that is not used gives zeros
};

// A kernel that is compiled, and the generic one.
class Replay : public testing::TestWithParam<bool> {
protected:
  template <class F> F *hip(const char *name) { return reinterpret_cast<F *>(dlsym(library, name)); }
#define HIP(name) hip<decltype(::name)>(#name)

  void SetUp() override {
    setenv("PA_LIBHIP_PATH", PA_HIP_STAND_IN, 1);
    setenv("PA_EMU_CHIP", "gfx942", 1);
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    ASSERT_EQ(PA_OK, pa_device_open("hip:0", &device)) << pa_last_error();
    library = dlopen(PA_HIP_STAND_IN, RTLD_NOW | RTLD_NOLOAD);
    ASSERT_TRUE(library);
    ASSERT_EQ(PA_OK, request(0, kernel)) << pa_last_error();
    fillCall();
  }
  void TearDown() override {
    pa_kernel_release(kernel);
    pa_device_close(device);
  }

  pa_status request(uint32_t flags, pa_kernel *&requested) {
    std::string text = contentOf(GetParam() ? PA_EXAMPLE_VARIANT : PA_EXAMPLE);
    pa_source source = {};
    source.size = sizeof source;
    source.kind = GetParam() ? PA_SOURCE_VARIANT : PA_SOURCE_MLIR;
    if (GetParam())
      flags = PA_ONLY_CACHED | PA_GENERIC;
    source.text = text.data();
    source.text_bytes = text.size();
    return pa_kernel_request(device, &source, flags, &requested);
  }
  uint64_t buffer(const char *name, uint64_t bytes) {
    uint64_t address = 0;
    EXPECT_EQ(PA_OK, pa_device_allocate(device, name, bytes, &address)) << pa_last_error();
    EXPECT_EQ(PA_OK, pa_device_fill(device, address, 0, bytes));
    return address;
  }
  void fillCall() {
    pa_kernel_info info = {};
    info.size = sizeof info;
    ASSERT_EQ(PA_OK, pa_kernel_get_info(kernel, &info));
    ASSERT_EQ(heads, info.q_heads);
    ASSERT_EQ(GetParam(), info.generic == 1);
    ASSERT_EQ(pageTokens * kvHeads * headSize * 2, info.page_bytes);
    call.size = sizeof call;
    call.sequences = sequences;
    call.table_width = tableWidth;
    call.softmax_scale = 0.125f;
    call.query = buffer("query", sequences * heads * headSize * 2);
    call.output = buffer("output", sequences * heads * headSize * 2);
    call.key_cache = buffer("keys", pages * info.page_bytes);
    call.value_cache = buffer("values", pages * info.page_bytes);
    call.block_tables = buffer("tables", sizeof steps[0].tables);
    call.context_lens = buffer("lens", sizeof steps[0].lens);
    ASSERT_EQ(PA_OK, pa_decode_workspace(kernel, sequences, &call.workspace_bytes, nullptr));
    if (call.workspace_bytes)
      call.workspace = buffer("workspace", call.workspace_bytes);
    for (int page = 0; page < pages; ++page) {
      std::vector<uint16_t> values(info.page_bytes / 2, bf16(float(page + 1)));
      ASSERT_EQ(PA_OK,
                pa_device_write(device, call.value_cache + page * info.page_bytes, values.data(), info.page_bytes));
    }
  }
  void write(const Step &step) {
    ASSERT_EQ(PA_OK, pa_device_write(device, call.context_lens, step.lens, sizeof step.lens));
    ASSERT_EQ(PA_OK, pa_device_write(device, call.block_tables, step.tables, sizeof step.tables));
  }
  void expect(const Step &step) {
    std::vector<uint16_t> output(sequences * heads * headSize);
    ASSERT_EQ(PA_OK, pa_device_read(device, output.data(), call.output, output.size() * 2));
    for (size_t i = 0; i < output.size(); ++i)
      ASSERT_EQ(bf16(step.expected[i / (heads * headSize)]), output[i]) << "element " << i;
  }

  Folder folder;
  pa_device *device = nullptr;
  pa_kernel *kernel = nullptr;
  pa_decode_call call = {};
  void *library = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Kernels, Replay, testing::Bool(),
                         [](const auto &info) { return info.param ? "generic" : "compiled"; });

TEST_P(Replay, aCapturedStepServesOtherLengthsAndTables) {
  hipStream_t stream;
  ASSERT_EQ(hipSuccess, HIP(hipStreamCreateWithFlags)(&stream, hipStreamNonBlocking));
  hipGraph_t graph;
  ASSERT_EQ(PA_OK, pa_kernel_prepare(kernel, stream)) << pa_last_error();
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  // Too late, and no harm to the capture.
  EXPECT_EQ(PA_CAPTURING, pa_kernel_prepare(kernel, stream));
  EXPECT_STREQ("the stream is captured: a kernel is prepared before", pa_last_error());
  ASSERT_EQ(PA_OK, pa_decode(kernel, &call, stream)) << pa_last_error();
  ASSERT_EQ(hipSuccess, HIP(hipStreamEndCapture)(stream, &graph));
  size_t nodes = 0;
  ASSERT_EQ(hipSuccess, HIP(hipGraphGetNodes)(graph, nullptr, &nodes));
  EXPECT_EQ(1u, nodes);
  hipGraphExec_t instance;
  ASSERT_EQ(hipSuccess, HIP(hipGraphInstantiate)(&instance, graph, nullptr, nullptr, 0));
  for (const Step &step : steps) {
    write(step);
    ASSERT_EQ(hipSuccess, HIP(hipGraphLaunch)(instance, stream));
    expect(step);
  }
}

// What is loaded already needs nothing of the device.
TEST_P(Replay, whatIsLoadedCanBeRequestedDuringACapture) {
  hipStream_t stream;
  ASSERT_EQ(hipSuccess, HIP(hipStreamCreateWithFlags)(&stream, hipStreamNonBlocking));
  ASSERT_EQ(PA_OK, pa_kernel_prepare(kernel, stream)) << pa_last_error();
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  pa_kernel *other = nullptr;
  ASSERT_EQ(PA_OK, request(PA_ONLY_CACHED, other)) << pa_last_error();
  ASSERT_EQ(PA_OK, pa_decode(other, &call, stream)) << pa_last_error();
  pa_kernel_release(other);
  hipGraph_t graph;
  ASSERT_EQ(hipSuccess, HIP(hipStreamEndCapture)(stream, &graph));
  hipGraphExec_t instance;
  ASSERT_EQ(hipSuccess, HIP(hipGraphInstantiate)(&instance, graph, nullptr, nullptr, 0));
  write(steps[0]);
  ASSERT_EQ(hipSuccess, HIP(hipGraphLaunch)(instance, stream));
  expect(steps[0]);
}

// What must come before the capture says so, and does not end the process.
TEST_P(Replay, requestsDuringACaptureSayWhatIsWrong) {
  pa_kernel_release(std::exchange(kernel, nullptr)); // the last of its object, which is to be loaded again
  hipStream_t stream;
  ASSERT_EQ(hipSuccess, HIP(hipStreamCreateWithFlags)(&stream, hipStreamNonBlocking));
  ASSERT_EQ(hipSuccess, HIP(hipStreamBeginCapture)(stream, hipStreamCaptureModeGlobal));
  pa_kernel *other = nullptr;
  EXPECT_EQ(PA_CAPTURING, request(PA_ONLY_CACHED, other));
  EXPECT_TRUE(has(pa_last_error(), "this cannot be done while a stream is captured, only launches can; kernels are "
                                   "requested and prepared before"));
  uint64_t address;
  EXPECT_EQ(PA_CAPTURING, pa_device_allocate(device, "late", 64, &address));
  hipGraph_t graph;
  EXPECT_EQ(hipErrorStreamCaptureInvalidated, HIP(hipStreamEndCapture)(stream, &graph));
}

} // namespace
