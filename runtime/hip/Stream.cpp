#include "runtime/hip/Stream.h"

#include <algorithm>
#include <set>

namespace pa::hip {
namespace {

// hipStreamLegacy and hipStreamPerThread: handles that are no pointers.
const auto legacyHandle = reinterpret_cast<hipStream_t>(1);
const auto perThreadHandle = reinterpret_cast<hipStream_t>(2);

struct Streams {
  std::set<ihipStream_t *> created;
  std::map<int, ihipStream_t> legacy; // by device
  std::map<std::pair<int, std::thread::id>, ihipStream_t> ofThreads;
  std::set<ihipEvent_t *> events;
  std::vector<std::weak_ptr<Capture>> captures;
  unsigned long long nextCapture = 1;
};
Streams &streams() {
  static auto *all = new Streams;
  return *all;
}

thread_local hipStreamCaptureMode threadMode = hipStreamCaptureModeGlobal;

std::vector<std::shared_ptr<Capture>> activeCaptures() {
  std::vector<std::shared_ptr<Capture>> active;
  auto &all = streams().captures;
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const std::weak_ptr<Capture> &weak) {
                             auto capture = weak.lock();
                             if (capture && !capture->ended)
                               active.push_back(capture);
                             return !capture || capture->ended;
                           }),
            all.end());
  return active;
}

// What a thread of this mode must not disturb (as CUDA and HIP define the modes).
bool forbids(const Capture &capture) {
  if (threadMode == hipStreamCaptureModeRelaxed || capture.mode == hipStreamCaptureModeRelaxed)
    return false;
  return capture.thread == std::this_thread::get_id() ||
         (threadMode == hipStreamCaptureModeGlobal && capture.mode == hipStreamCaptureModeGlobal);
}

void invalidate(Capture &capture, hipError_t code, const char *text = "") {
  capture.invalidated = true;
  fail(code, text);
}

Capture &validCapture(const CapturePoint &point) {
  require(!point.capture->invalidated, hipErrorStreamCaptureInvalidated);
  return *point.capture;
}

void append(CapturePoint &point, Work work) {
  Capture &capture = validCapture(point);
  point.after = {capture.graph->add(std::move(work), point.after)};
}

void addMissing(std::vector<hipGraphNode *> &nodes, const std::vector<hipGraphNode *> &more) {
  for (hipGraphNode *node : more)
    if (std::find(nodes.begin(), nodes.end(), node) == nodes.end())
      nodes.push_back(node);
}

// Streams that joined a capture leave it; gives whether one of them had work that never came back to the origin.
bool leaveCapture(const std::shared_ptr<Capture> &capture) {
  const std::vector<hipGraphNode *> end = capture->origin->point.after;
  std::set<const hipGraphNode *> reached;
  std::vector<const hipGraphNode *> pending(end.begin(), end.end());
  while (!pending.empty()) {
    const hipGraphNode *node = pending.back();
    pending.pop_back();
    if (reached.insert(node).second)
      pending.insert(pending.end(), node->after.begin(), node->after.end());
  }
  bool unjoined = false;
  auto leave = [&](ihipStream_t &stream) {
    if (stream.point.capture != capture)
      return;
    for (const hipGraphNode *node : stream.point.after)
      unjoined |= !reached.count(node);
    stream.point = {};
  };
  for (ihipStream_t *stream : streams().created)
    leave(*stream);
  for (auto &entry : streams().ofThreads)
    leave(entry.second);
  return unjoined;
}

} // namespace

ihipStream_t &streamOf(hipStream_t handle) {
  Streams &all = streams();
  if (!handle || handle == legacyHandle) {
    ihipStream_t &stream = all.legacy[currentGpu().ordinal];
    stream.device = currentGpu().ordinal;
    return stream;
  }
  if (handle == perThreadHandle) {
    ihipStream_t &stream = all.ofThreads[{currentGpu().ordinal, std::this_thread::get_id()}];
    stream.device = currentGpu().ordinal;
    return stream;
  }
  require(all.created.count(handle), hipErrorInvalidHandle);
  return *handle;
}

hipStream_t threadStream(hipStream_t handle) { return handle ? handle : perThreadHandle; }

ihipEvent_t &eventOf(hipEvent_t handle) {
  require(streams().events.count(handle), hipErrorInvalidHandle);
  return *handle;
}

void checkFault(const Gpu &gpu) {
  if (gpu.fault)
    fail(*gpu.fault);
}

void refuseWhileCapturing(hipError_t code) {
  for (const auto &capture : activeCaptures())
    if (forbids(*capture))
      invalidate(*capture, code);
}

void enqueue(hipStream_t handle, Work work) {
  ihipStream_t &stream = streamOf(handle);
  if (stream.capturing())
    return append(stream.point, std::move(work));
  bool legacy = !handle || handle == legacyHandle;
  if (legacy)
    for (const auto &capture : activeCaptures())
      if (capture->origin->blocking() && capture->mode != hipStreamCaptureModeRelaxed)
        invalidate(*capture, hipErrorStreamCaptureImplicit);
  Gpu &gpu = State::get().gpu(stream.device);
  checkFault(gpu);
  execute(gpu, work);
}

} // namespace pa::hip

using namespace pa::hip;

namespace {

void createStream(hipStream_t *out, unsigned flags, int priority) {
  require(out && (flags & ~unsigned(hipStreamNonBlocking)) == 0);
  auto *stream = new ihipStream_t;
  stream->device = currentGpu().ordinal;
  stream->flags = flags;
  stream->priority = priority;
  streams().created.insert(stream);
  *out = stream;
}

void synchronize(hipStream_t handle) {
  ihipStream_t &stream = streamOf(handle);
  if (stream.capturing())
    invalidate(*stream.point.capture, hipErrorStreamCaptureUnsupported);
  if (!handle)
    refuseImplicit();
  checkFault(State::get().gpu(stream.device));
}

void createEvent(hipEvent_t *out, unsigned flags) {
  require(out);
  auto *event = new ihipEvent_t;
  event->flags = flags;
  event->device = currentGpu().ordinal;
  streams().events.insert(event);
  *out = event;
}

void record(hipEvent_t handle, hipStream_t streamHandle) {
  ihipEvent_t &event = eventOf(handle);
  ihipStream_t &stream = streamOf(streamHandle);
  if (stream.capturing()) {
    validCapture(stream.point);
    event.point = stream.point;
    return;
  }
  enqueue(streamHandle, EventWork{handle});
}

void waitFor(hipStream_t streamHandle, hipEvent_t handle) {
  ihipEvent_t &event = eventOf(handle);
  ihipStream_t &stream = streamOf(streamHandle);
  if (!event.point.capture || event.point.capture->ended) {
    if (stream.capturing() && event.time)
      invalidate(*stream.point.capture, hipErrorStreamCaptureIsolation);
    return; // all work is done when its call returns
  }
  validCapture(event.point);
  require(!stream.capturing() || stream.point.capture == event.point.capture, hipErrorStreamCaptureMerge);
  stream.point.capture = event.point.capture;
  addMissing(stream.point.after, event.point.after);
}

void beginCapture(hipStream_t handle, hipStreamCaptureMode mode) {
  require(mode == hipStreamCaptureModeGlobal || mode == hipStreamCaptureModeThreadLocal ||
          mode == hipStreamCaptureModeRelaxed);
  require(handle && handle != legacyHandle, hipErrorStreamCaptureUnsupported);
  ihipStream_t &stream = streamOf(handle);
  require(!stream.capturing(), hipErrorIllegalState);
  auto capture = std::make_shared<Capture>();
  capture->origin = &stream;
  capture->mode = mode;
  capture->thread = std::this_thread::get_id();
  capture->graph = registerGraph(std::make_unique<ihipGraph>());
  capture->graph->device = stream.device;
  capture->id = streams().nextCapture++;
  streams().captures.push_back(capture);
  stream.point = {capture, {}};
}

void endCapture(hipStream_t handle, hipGraph_t *out) {
  require(out);
  *out = nullptr;
  ihipStream_t &stream = streamOf(handle);
  require(stream.capturing(), hipErrorIllegalState);
  std::shared_ptr<Capture> capture = stream.point.capture;
  require(capture->origin == &stream, hipErrorStreamCaptureUnmatched);
  require(capture->mode == hipStreamCaptureModeRelaxed || capture->thread == std::this_thread::get_id(),
          hipErrorStreamCaptureWrongThread);
  bool unjoined = leaveCapture(capture);
  capture->ended = true;
  if (capture->invalidated || unjoined) {
    discardGraph(capture->graph);
    fail(unjoined && !capture->invalidated ? hipErrorStreamCaptureUnjoined : hipErrorStreamCaptureInvalidated);
  }
  *out = capture->graph;
}

hipStreamCaptureStatus statusOf(const ihipStream_t &stream) {
  if (!stream.capturing())
    return hipStreamCaptureStatusNone;
  return stream.point.capture->invalidated ? hipStreamCaptureStatusInvalidated : hipStreamCaptureStatusActive;
}

// Old callbacks get the stream and a status besides their argument.
struct OldCallback {
  hipStreamCallback_t function;
  hipStream_t stream;
  void *argument;
};
void callOld(void *argument) {
  std::unique_ptr<OldCallback> callback(static_cast<OldCallback *>(argument));
  callback->function(callback->stream, hipSuccess, callback->argument);
}

} // namespace

PA_HIP(hipStreamCreate, (hipStream_t * stream), { createStream(stream, 0, 0); })
PA_HIP(hipStreamCreateWithFlags, (hipStream_t * stream, unsigned flags), { createStream(stream, flags, 0); })
PA_HIP(hipStreamCreateWithPriority, (hipStream_t * stream, unsigned flags, int priority),
       { createStream(stream, flags, priority); })

PA_HIP(hipStreamDestroy, (hipStream_t handle), {
  require(handle, hipErrorInvalidHandle);
  ihipStream_t &stream = streamOf(handle);
  require(handle == &stream, hipErrorInvalidHandle);
  require(!stream.capturing(), hipErrorStreamCaptureUnsupported);
  streams().created.erase(handle);
  delete handle;
})

PA_HIP(hipStreamSynchronize, (hipStream_t stream), { synchronize(stream); })
PA_HIP(hipStreamSynchronize_spt, (hipStream_t stream), { synchronize(threadStream(stream)); })
PA_HIP(hipStreamQuery, (hipStream_t stream), { synchronize(stream); })
PA_HIP(hipStreamQuery_spt, (hipStream_t stream), { synchronize(threadStream(stream)); })

PA_HIP(hipStreamWaitEvent, (hipStream_t stream, hipEvent_t event, unsigned), { waitFor(stream, event); })
PA_HIP(hipStreamWaitEvent_spt, (hipStream_t stream, hipEvent_t event, unsigned),
       { waitFor(threadStream(stream), event); })

PA_HIP(hipStreamGetFlags, (hipStream_t stream, unsigned *flags), {
  require(flags);
  *flags = streamOf(stream).flags;
})
PA_HIP(hipStreamGetPriority, (hipStream_t stream, int *priority), {
  require(priority);
  *priority = streamOf(stream).priority;
})
PA_HIP(hipStreamGetDevice, (hipStream_t stream, hipDevice_t *device), {
  require(device);
  *device = streamOf(stream).device;
})
extern "C" int hipGetStreamDeviceId(hipStream_t stream) {
  int device = -1;
  (void)hipStreamGetDevice(stream, &device);
  return device;
}

PA_HIP(hipStreamAddCallback, (hipStream_t stream, hipStreamCallback_t function, void *argument, unsigned flags), {
  require(function && flags == 0);
  require(!streamOf(stream).capturing(), hipErrorStreamCaptureUnsupported,
          "a callback cannot be captured, hipLaunchHostFunc can");
  enqueue(stream, HostWork{callOld, new OldCallback{function, stream, argument}});
})
PA_HIP(hipLaunchHostFunc, (hipStream_t stream, hipHostFn_t function, void *argument), {
  require(function);
  enqueue(stream, HostWork{function, argument});
})
PA_HIP(hipLaunchHostFunc_spt, (hipStream_t stream, hipHostFn_t function, void *argument), {
  require(function);
  enqueue(threadStream(stream), HostWork{function, argument});
})

PA_HIP(hipEventCreate, (hipEvent_t * event), { createEvent(event, 0); })
PA_HIP(hipEventCreateWithFlags, (hipEvent_t * event, unsigned flags), { createEvent(event, flags); })
PA_HIP(hipEventDestroy, (hipEvent_t event), {
  eventOf(event);
  streams().events.erase(event);
  delete event;
})
PA_HIP(hipEventRecord, (hipEvent_t event, hipStream_t stream), { record(event, stream); })
PA_HIP(hipEventRecord_spt, (hipEvent_t event, hipStream_t stream), { record(event, threadStream(stream)); })
PA_HIP(hipEventRecordWithFlags, (hipEvent_t event, hipStream_t stream, unsigned flags), {
  require(flags == 0, hipErrorNotSupported, "an event recorded as a node of its own is not implemented");
  record(event, stream);
})
PA_HIP(hipEventSynchronize, (hipEvent_t handle), {
  ihipEvent_t &event = eventOf(handle);
  require(!event.point.capture, hipErrorCapturedEvent);
  checkFault(State::get().gpu(event.device));
})
PA_HIP(hipEventQuery, (hipEvent_t handle), {
  ihipEvent_t &event = eventOf(handle);
  require(!event.point.capture, hipErrorCapturedEvent);
  checkFault(State::get().gpu(event.device));
})
PA_HIP(hipEventElapsedTime, (float *milliseconds, hipEvent_t begin, hipEvent_t end), {
  require(milliseconds);
  ihipEvent_t &first = eventOf(begin);
  ihipEvent_t &last = eventOf(end);
  require(!((first.flags | last.flags) & hipEventDisableTiming) && first.time && last.time, hipErrorInvalidHandle);
  *milliseconds = std::chrono::duration<float, std::milli>(*last.time - *first.time).count();
})

PA_HIP(hipStreamBeginCapture, (hipStream_t stream, hipStreamCaptureMode mode), { beginCapture(stream, mode); })
PA_HIP(hipStreamBeginCapture_spt, (hipStream_t stream, hipStreamCaptureMode mode),
       { beginCapture(threadStream(stream), mode); })
PA_HIP(hipStreamEndCapture, (hipStream_t stream, hipGraph_t *graph), { endCapture(stream, graph); })
PA_HIP(hipStreamEndCapture_spt, (hipStream_t stream, hipGraph_t *graph), { endCapture(threadStream(stream), graph); })
PA_HIP(hipStreamIsCapturing, (hipStream_t stream, hipStreamCaptureStatus *status), {
  require(status);
  *status = statusOf(streamOf(stream));
})
PA_HIP(hipStreamIsCapturing_spt, (hipStream_t stream, hipStreamCaptureStatus *status), {
  require(status);
  *status = statusOf(streamOf(threadStream(stream)));
})
PA_HIP(hipStreamGetCaptureInfo, (hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id), {
  require(status);
  const ihipStream_t &stream = streamOf(handle);
  *status = statusOf(stream);
  if (id)
    *id = stream.capturing() ? stream.point.capture->id : 0;
})
PA_HIP(hipStreamGetCaptureInfo_v2,
       (hipStream_t handle, hipStreamCaptureStatus *status, unsigned long long *id, hipGraph_t *graph,
        const hipGraphNode_t **dependencies, size_t *count),
       {
         require(status);
         const ihipStream_t &stream = streamOf(handle);
         *status = statusOf(stream);
         if (*status != hipStreamCaptureStatusActive)
           return;
         if (id)
           *id = stream.point.capture->id;
         if (graph)
           *graph = stream.point.capture->graph;
         if (dependencies)
           *dependencies = stream.point.after.data();
         if (count)
           *count = stream.point.after.size();
       })
PA_HIP(hipThreadExchangeStreamCaptureMode, (hipStreamCaptureMode * mode), {
  require(mode && *mode >= hipStreamCaptureModeGlobal && *mode <= hipStreamCaptureModeRelaxed);
  std::swap(threadMode, *mode);
})
