// Streams, events, and what is captured from them.
#ifndef PA_RUNTIME_HIP_STREAM_H
#define PA_RUNTIME_HIP_STREAM_H

#include "runtime/hip/Graph.h"

#include <chrono>
#include <thread>

namespace pa::hip {

// A capture that has begun and not ended. Streams and events that joined it share it.
struct Capture {
  ihipStream_t *origin = nullptr;
  hipStreamCaptureMode mode = hipStreamCaptureModeGlobal;
  std::thread::id thread;
  ihipGraph *graph = nullptr;
  unsigned long long id = 0;
  bool invalidated = false;
  bool ended = false;
};

// Where a stream or an event stands in a capture: the nodes that what comes next depends on.
struct CapturePoint {
  std::shared_ptr<Capture> capture;
  std::vector<hipGraphNode *> after;
};

} // namespace pa::hip

struct ihipStream_t {
  int device = 0;
  unsigned flags = 0;
  int priority = 0;
  pa::hip::CapturePoint point;

  bool blocking() const { return !(flags & hipStreamNonBlocking); }
  bool capturing() const { return point.capture != nullptr; }
};

struct ihipEvent_t {
  unsigned flags = 0;
  int device = 0;
  std::optional<std::chrono::steady_clock::time_point> time; // when it was recorded
  pa::hip::CapturePoint point;                               // where it was recorded last, if captured
};

namespace pa::hip {

// The stream that a handle means; null is the legacy stream, or the thread's own for the _spt calls.
ihipStream_t &streamOf(hipStream_t handle);
hipStream_t threadStream(hipStream_t handle); // null becomes the thread's own stream
ihipEvent_t &eventOf(hipEvent_t handle);

// Does the work, or adds it to the graph if the stream is captured.
void enqueue(hipStream_t stream, Work work);

// For calls that must not be made while something is captured; the capture is invalidated.
void refuseWhileCapturing(hipError_t code = hipErrorStreamCaptureUnsupported);
// For calls that wait for their work: hipMemcpy and its like.
inline void refuseImplicit() { refuseWhileCapturing(hipErrorStreamCaptureImplicit); }

// After a kernel's fault the device gives nothing but that.
void checkFault(const Gpu &gpu);

} // namespace pa::hip

#endif
