// Stream capture and graphs over the emulated device: what HIP allows and what it refuses.
#include <hip/hip_runtime_api.h>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

namespace {

#define OK(call) ASSERT_EQ(hipSuccess, call)

class Capture : public testing::Test {
protected:
  void SetUp() override {
    std::ifstream file(PA_HIP_KERNELS "/kernels-gfx942.hsaco", std::ios::binary);
    std::string object((std::istreambuf_iterator<char>(file)), {});
    OK(hipModuleLoadData(&module, object.data()));
    OK(hipModuleGetFunction(&add, module, "add"));
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
    OK(hipMallocManaged((void **)&number, sizeof(int), hipMemAttachGlobal));
    *number = 0;
  }
  void TearDown() override {
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
    OK(hipFree(number));
    OK(hipModuleUnload(module));
    (void)hipGetLastError();
  }

  hipError_t addTo(hipStream_t where, int amount) {
    int n = 1;
    void *arguments[] = {&number, &n, &amount};
    return hipModuleLaunchKernel(add, 1, 1, 1, 64, 1, 1, 0, where, arguments, nullptr);
  }
  hipStreamCaptureStatus status(hipStream_t of) {
    hipStreamCaptureStatus result = hipStreamCaptureStatusNone;
    EXPECT_EQ(hipSuccess, hipStreamIsCapturing(of, &result));
    return result;
  }
  // Runs the graph once and gives the number after it.
  int run(hipGraph_t graph) {
    hipGraphExec_t instance = nullptr;
    EXPECT_EQ(hipSuccess, hipGraphInstantiate(&instance, graph, nullptr, nullptr, 0));
    EXPECT_EQ(hipSuccess, hipGraphLaunch(instance, stream));
    EXPECT_EQ(hipSuccess, hipGraphExecDestroy(instance));
    EXPECT_EQ(hipSuccess, hipGraphDestroy(graph));
    return *number;
  }
  // That the capture is broken now, and that the stream works again when it is ended.
  void expectInvalidated() {
    EXPECT_EQ(hipStreamCaptureStatusInvalidated, status(stream));
    EXPECT_EQ(hipErrorStreamCaptureInvalidated, addTo(stream, 1));
    hipGraph_t graph = reinterpret_cast<hipGraph_t>(this);
    EXPECT_EQ(hipErrorStreamCaptureInvalidated, hipStreamEndCapture(stream, &graph));
    EXPECT_EQ(nullptr, graph);
    EXPECT_EQ(hipStreamCaptureStatusNone, status(stream));
    EXPECT_EQ(hipSuccess, addTo(stream, 1));
    EXPECT_EQ(1, *number);
    *number = 0;
  }

  hipModule_t module = nullptr;
  hipFunction_t add = nullptr;
  hipStream_t stream = nullptr, other = nullptr;
  int *number = nullptr;
};

TEST_F(Capture, workIsRecordedAndNotDone) {
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  EXPECT_EQ(hipStreamCaptureStatusActive, status(stream));
  EXPECT_EQ(hipStreamCaptureStatusNone, status(other));
  int host = 5;
  OK(hipMemcpyAsync(number, &host, sizeof host, hipMemcpyHostToDevice, stream));
  OK(addTo(stream, 10));
  OK(hipMemsetAsync(number + 0, 0, 0, stream));
  hipGraph_t graph;
  OK(hipStreamEndCapture(stream, &graph));
  EXPECT_EQ(0, *number);
  size_t nodes = 0;
  OK(hipGraphGetNodes(graph, nullptr, &nodes));
  EXPECT_EQ(3u, nodes);
  hipGraphNode_t all[3];
  OK(hipGraphGetNodes(graph, all, &nodes));
  hipGraphNodeType type;
  OK(hipGraphNodeGetType(all[1], &type));
  EXPECT_EQ(hipGraphNodeTypeKernel, type);
  host = 7; // a copy's source is read when the graph runs
  EXPECT_EQ(17, run(graph));
}

TEST_F(Capture, callsThatCannotBeCapturedBreakIt) {
  const std::pair<const char *, std::function<hipError_t()>> calls[] = {
      {"hipMalloc",
       [] {
         void *memory;
         return hipMalloc(&memory, 4);
       }},
      {"hipDeviceSynchronize", [] { return hipDeviceSynchronize(); }},
      {"hipStreamSynchronize", [this] { return hipStreamSynchronize(stream); }},
      {"hipStreamQuery", [this] { return hipStreamQuery(stream); }},
      {"hipModuleLoadData",
       [this] {
         hipModule_t loaded;
         return hipModuleLoadData(&loaded, this);
       }},
  };
  for (const auto &[name, call] : calls) {
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    EXPECT_EQ(hipErrorStreamCaptureUnsupported, call()) << name;
    expectInvalidated();
  }
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  int host = 0;
  EXPECT_EQ(hipErrorStreamCaptureImplicit, hipMemcpy(number, &host, sizeof host, hipMemcpyHostToDevice));
  expectInvalidated();
}

TEST_F(Capture, theModeSaysWhoIsForbiddenWhat) {
  void *memory = nullptr;
  auto fromAnotherThread = [&] {
    hipError_t result = hipSuccess;
    std::thread([&] { result = hipMalloc(&memory, 4); }).join();
    return result;
  };
  hipGraph_t graph;
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeThreadLocal));
  OK(fromAnotherThread());
  OK(hipStreamEndCapture(stream, &graph));
  OK(hipGraphDestroy(graph));
  OK(hipFree(memory));
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
  OK(hipMalloc(&memory, 4));
  OK(hipStreamEndCapture(stream, &graph));
  OK(hipGraphDestroy(graph));
  OK(hipFree(memory));
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  EXPECT_EQ(hipErrorStreamCaptureUnsupported, fromAnotherThread());
  expectInvalidated();
  // A thread that declares itself relaxed may allocate during anybody's capture.
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  hipStreamCaptureMode mode = hipStreamCaptureModeRelaxed;
  OK(hipThreadExchangeStreamCaptureMode(&mode));
  EXPECT_EQ(hipStreamCaptureModeGlobal, mode);
  OK(hipMalloc(&memory, 4));
  OK(hipThreadExchangeStreamCaptureMode(&mode));
  OK(hipStreamEndCapture(stream, &graph));
  OK(hipGraphDestroy(graph));
  OK(hipFree(memory));
}

TEST_F(Capture, streamsJoinByEvents) {
  hipEvent_t fork, join;
  OK(hipEventCreate(&fork));
  OK(hipEventCreate(&join));
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(addTo(stream, 1));
  OK(hipEventRecord(fork, stream));
  OK(hipStreamWaitEvent(other, fork, 0));
  EXPECT_EQ(hipStreamCaptureStatusActive, status(other));
  OK(addTo(other, 10));
  OK(hipEventRecord(join, other));
  EXPECT_EQ(hipErrorCapturedEvent, hipEventSynchronize(join));
  hipGraph_t graph;
  EXPECT_EQ(hipErrorStreamCaptureUnmatched, hipStreamEndCapture(other, &graph));
  OK(hipStreamWaitEvent(stream, join, 0));
  OK(addTo(stream, 100));
  OK(hipStreamEndCapture(stream, &graph));
  EXPECT_EQ(hipStreamCaptureStatusNone, status(other));
  EXPECT_EQ(111, run(graph));

  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(hipEventRecord(fork, stream));
  OK(hipStreamWaitEvent(other, fork, 0));
  OK(addTo(other, 1));
  EXPECT_EQ(hipErrorStreamCaptureUnjoined, hipStreamEndCapture(stream, &graph));
  EXPECT_EQ(hipStreamCaptureStatusNone, status(other));
  OK(hipEventDestroy(fork));
  OK(hipEventDestroy(join));
}

TEST_F(Capture, theLegacyStreamMustNotMeetABlockingOne) {
  hipStream_t blocking;
  OK(hipStreamCreate(&blocking));
  OK(hipStreamBeginCapture(blocking, hipStreamCaptureModeGlobal));
  EXPECT_EQ(hipErrorStreamCaptureImplicit, addTo(nullptr, 1));
  hipGraph_t graph;
  EXPECT_EQ(hipErrorStreamCaptureInvalidated, hipStreamEndCapture(blocking, &graph));
  OK(hipStreamDestroy(blocking));
  EXPECT_EQ(hipErrorStreamCaptureUnsupported, hipStreamBeginCapture(nullptr, hipStreamCaptureModeGlobal));
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  EXPECT_EQ(hipErrorIllegalState, hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(addTo(nullptr, 1)); // the capturing stream does not wait for the legacy one
  EXPECT_EQ(1, *number);
  OK(hipStreamEndCapture(stream, &graph));
  OK(hipGraphDestroy(graph));
  EXPECT_EQ(hipErrorIllegalState, hipStreamEndCapture(stream, &graph));
}

TEST_F(Capture, anInstanceIsUpdatedFromAnotherCapture) {
  hipGraph_t graph;
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(addTo(stream, 1));
  OK(hipStreamEndCapture(stream, &graph));
  hipGraphExec_t instance;
  OK(hipGraphInstantiate(&instance, graph, nullptr, nullptr, 0));
  OK(hipGraphDestroy(graph));
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(addTo(stream, 50));
  OK(hipStreamEndCapture(stream, &graph));
  hipGraphNode_t node;
  hipGraphExecUpdateResult result;
  OK(hipGraphExecUpdate(instance, graph, &node, &result));
  EXPECT_EQ(hipGraphExecUpdateSuccess, result);
  OK(hipGraphLaunch(instance, stream));
  EXPECT_EQ(50, *number);
  OK(hipGraphDestroy(graph));
  OK(hipGraphCreate(&graph, 0));
  EXPECT_EQ(hipErrorGraphExecUpdateFailure, hipGraphExecUpdate(instance, graph, &node, &result));
  EXPECT_EQ(hipGraphExecUpdateErrorTopologyChanged, result);
  OK(hipGraphDestroy(graph));
  OK(hipGraphExecDestroy(instance));
}

TEST_F(Capture, graphsAreBuiltByHandToo) {
  hipGraph_t graph;
  OK(hipGraphCreate(&graph, 0));
  int n = 1, amount = 3;
  void *arguments[] = {&number, &n, &amount};
  hipKernelNodeParams kernel = {};
  kernel.gridDim = dim3(1);
  kernel.blockDim = dim3(64);
  kernel.func = nullptr;
  kernel.kernelParams = arguments;
  hipMemsetParams set = {};
  set.dst = number;
  set.elementSize = 4;
  set.value = 40;
  set.width = set.height = 1;
  hipGraphNode_t later, first, copy;
  OK(hipGraphAddEmptyNode(&later, graph, nullptr, 0));
  OK(hipGraphAddMemsetNode(&first, graph, nullptr, 0, &set));
  OK(hipGraphAddDependencies(graph, &first, &later, 1));
  int out = 0;
  OK(hipGraphAddMemcpyNode1D(&copy, graph, &later, 1, &out, number, sizeof out, hipMemcpyDeviceToHost));
  EXPECT_EQ(hipErrorInvalidDeviceFunction, hipGraphAddKernelNode(&copy, graph, nullptr, 0, &kernel));
  size_t roots = 0;
  OK(hipGraphGetRootNodes(graph, nullptr, &roots));
  EXPECT_EQ(1u, roots);
  OK(hipGraphAddDependencies(graph, &later, &first, 1));
  hipGraphExec_t instance;
  EXPECT_EQ(hipErrorInvalidValue, hipGraphInstantiate(&instance, graph, nullptr, nullptr, 0)); // a cycle
  OK(hipGraphDestroyNode(later));
  EXPECT_EQ(40, run(graph));
  EXPECT_EQ(40, out);
}

TEST_F(Capture, hostFunctionsRunInOrder) {
  hipGraph_t graph;
  OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
  OK(addTo(stream, 4));
  OK(hipLaunchHostFunc(stream, [](void *p) { *static_cast<int *>(p) *= 10; }, number));
  OK(addTo(stream, 1));
  OK(hipStreamEndCapture(stream, &graph));
  EXPECT_EQ(41, run(graph));
}

} // namespace
