// Launches that are captured once in a HIP graph and replayed in every step: what they read may change, what they are
// may not.
#ifndef PA_EXAMPLES_ENGINE_GRAPH_H
#define PA_EXAMPLES_ENGINE_GRAPH_H

#include <hip/hip_runtime_api.h>

#include <cstdio>
#include <cstdlib>

class CapturedLaunch {
public:
  // `launch` enqueues on the stream that it is given. Anything but launches in it breaks the capture.
  template <class F> explicit CapturedLaunch(F launch) {
    hipGraph_t graph;
    need(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    need(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    launch(stream);
    need(hipStreamEndCapture(stream, &graph));
    size_t nodes = 0;
    need(hipGraphGetNodes(graph, nullptr, &nodes));
    std::printf("a step is a graph of %zu nodes\n", nodes);
    need(hipGraphInstantiate(&instance, graph, nullptr, nullptr, 0));
    need(hipGraphDestroy(graph));
  }
  CapturedLaunch(const CapturedLaunch &) = delete;
  CapturedLaunch &operator=(const CapturedLaunch &) = delete;
  ~CapturedLaunch() {
    (void)hipGraphExecDestroy(instance);
    (void)hipStreamDestroy(stream);
  }

  void replay() {
    need(hipGraphLaunch(instance, stream));
    need(hipStreamSynchronize(stream));
  }

private:
  static void need(hipError_t status) {
    if (status == hipSuccess)
      return;
    std::fprintf(stderr, "engine: HIP: %s\n", hipGetErrorString(status));
    std::exit(1);
  }
  hipStream_t stream;
  hipGraphExec_t instance;
};

#endif
