// Kernels by description: blocking, and with a thread that waits for the compiler.
#include "runtime/api/Boundary.h"
#include "runtime/api/Handles.h"
#include "runtime/api/Variants.h"
#include "runtime/jit/Jit.h"
#include "runtime/jit/Log.h"
#include "runtime/jit/Record.h"

#include <atomic>
#include <thread>

using namespace pa;
using namespace pa::api;

struct pa_request {
  std::thread thread;
  std::atomic<bool> ready{false};
  std::unique_ptr<pa_kernel> kernel;
  std::optional<Error> error;
  bool noMemory = false; // not even for an error's text
};

namespace {

constexpr size_t firstSource = sizeof(pa_source); // of version 0.1

struct Wanted {
  std::shared_ptr<LoadedObjects> objects;
  CompileRequest request;
  CompileLimits limits;
  bool mayCompile = true;
  std::optional<AnyVariant> otherwiseGeneric; // with PA_GENERIC
};

// Everything of the caller's is copied.
Expected<Wanted> read(pa_device *device, const pa_source *given, uint32_t flags) {
  if (!device)
    return nullArgument("device");
  pa_source source;
  if (Status status = readStruct("pa_source", given, firstSource, source); !status)
    return status.error();
  if (flags & ~uint32_t(PA_ONLY_CACHED | PA_IN_PROCESS | PA_GENERIC))
    return {ErrorCode::unsupported, "flags are " + std::to_string(flags) +
                                        ", allowed: 0 or a sum of PA_ONLY_CACHED, PA_IN_PROCESS, PA_GENERIC"};
  if (source.reserved)
    return {ErrorCode::unsupported, "pa_source.reserved is " + std::to_string(source.reserved) + ", expected 0"};
  if (source.kind != PA_SOURCE_MLIR && source.kind != PA_SOURCE_VARIANT)
    return {ErrorCode::invalidArgument,
            "pa_source.kind is " + std::to_string(source.kind) + ", allowed: PA_SOURCE_MLIR, PA_SOURCE_VARIANT"};
  if (source.kind == PA_SOURCE_MLIR && flags & PA_GENERIC)
    return {ErrorCode::unsupported, "flags have PA_GENERIC, allowed with PA_SOURCE_VARIANT: an .mlir module says more "
                                    "than a generic kernel can be told"};
  if (!source.text)
    return nullArgument("pa_source.text");
  Wanted wanted;
  wanted.objects = device->objects;
  wanted.request.source.assign(source.text, source.text_bytes);
  wanted.request.chip = device->device->chip().name;
  if (source.kind == PA_SOURCE_VARIANT) {
    auto variant = readSupported(wanted.request.source, device->device->chip());
    if (!variant)
      return variant.error();
    wanted.request.kind = SourceKind::variant;
    wanted.request.source = printAnyVariant(*variant); // however it is written, it is the same kernel
    if (Status status = recordVariant(wanted.request.source); !status)
      return status.error();
    if (flags & PA_GENERIC)
      wanted.otherwiseGeneric = *variant;
  }
  wanted.request.options = source.options ? source.options : "";
  if (source.deadline_ms)
    wanted.limits.deadline = std::chrono::milliseconds(source.deadline_ms);
  wanted.mayCompile = !(flags & PA_ONLY_CACHED);
  wanted.limits.here = flags & PA_IN_PROCESS;
  return wanted;
}

// Whether there is no kernel since nothing has compiled it; not being able to start a compiler is unavailable.
bool isForLackOfCompiling(const Error &error) {
  return error.code == ErrorCode::notCached || error.code == ErrorCode::compileFailed ||
         error.code == ErrorCode::unavailable;
}

Expected<std::unique_ptr<pa_kernel>> obtainGeneric(const Wanted &wanted, const Error &error) {
  if (logIsWanted())
    logLine("generic kernel for " + wanted.request.chip + " instead: " + wanted.request.source);
  return makeGenericKernel(*wanted.objects, *wanted.otherwiseGeneric, error.message);
}

Expected<std::unique_ptr<pa_kernel>> obtain(const Wanted &wanted) {
  auto object = obtainObject(wanted.request, wanted.mayCompile, wanted.limits);
  if (!object && wanted.otherwiseGeneric && isForLackOfCompiling(object.error()))
    return obtainGeneric(wanted, object.error());
  if (!object)
    return object.error();
  if (Status status = dumpKernel(wanted.request, *object); !status)
    return status.error();
  return makeKernel(*wanted.objects, object->data(), object->size());
}

void work(pa_request &request, const Wanted &wanted) noexcept {
  try {
    auto kernel = obtain(wanted);
    if (kernel)
      request.kernel = std::move(*kernel);
    else
      request.error = kernel.error();
  } catch (const std::exception &) {
    request.noMemory = true;
  }
  request.ready = true;
}

} // namespace

extern "C" pa_status pa_kernel_request(pa_device *device, const pa_source *source, uint32_t flags, pa_kernel **out) {
  return guarded([&]() -> Status {
    if (!out)
      return nullArgument("kernel");
    *out = nullptr;
    auto wanted = read(device, source, flags);
    if (!wanted)
      return wanted.error();
    auto kernel = obtain(*wanted);
    if (!kernel)
      return kernel.error();
    *out = kernel->release();
    return {};
  });
}

extern "C" pa_status pa_request_start(pa_device *device, const pa_source *source, uint32_t flags, pa_request **out) {
  return guarded([&]() -> Status {
    if (!out)
      return nullArgument("request");
    *out = nullptr;
    auto wanted = read(device, source, flags);
    if (!wanted)
      return wanted.error();
    auto request = std::make_unique<pa_request>();
    pa_request *handle = request.get();
    request->thread = std::thread([handle, copy = std::move(*wanted)] { work(*handle, copy); });
    *out = request.release();
    return {};
  });
}

extern "C" int pa_request_is_ready(const pa_request *request) { return request && request->ready; }

extern "C" pa_status pa_request_finish(pa_request *given, pa_kernel **out) {
  return guarded([&]() -> Status {
    if (!given)
      return nullArgument("request");
    std::unique_ptr<pa_request> request(given);
    request->thread.join();
    if (request->noMemory)
      throw std::bad_alloc();
    if (!out)
      return nullArgument("kernel");
    *out = request->kernel.release();
    return request->error ? Status(*request->error) : Status();
  });
}
