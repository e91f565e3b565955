// Copies and fills. Where a pointer leads is found from the pointer; the kind that the caller says is only checked
// for being one.
#include "runtime/hip/Module.h"
#include "runtime/hip/Stream.h"

using namespace pa::hip;

namespace {

CopyWork plain(void *target, const void *source, size_t bytes, int kind = hipMemcpyDefault) {
  require(kind >= hipMemcpyHostToHost && kind <= hipMemcpyDefault, hipErrorInvalidMemcpyDirection);
  require((target && source) || bytes == 0);
  CopyWork copy;
  copy.target = target;
  copy.source = source;
  copy.width = bytes;
  return copy;
}

CopyWork rows(void *target, size_t targetPitch, const void *source, size_t sourcePitch, size_t width, size_t height) {
  require((width <= targetPitch && width <= sourcePitch) || height <= 1, hipErrorInvalidPitchValue);
  CopyWork copy = plain(target, source, width);
  copy.rows = height;
  copy.targetPitch = targetPitch;
  copy.sourcePitch = sourcePitch;
  return copy;
}

void *moved(void *base, size_t bytes) { return static_cast<uint8_t *>(base) + bytes; }

CopyWork box(const hipMemcpy3DParms *p) {
  require(p);
  require(!p->srcArray && !p->dstArray, hipErrorNotSupported, "copies of arrays are not implemented");
  size_t targetSlice = p->dstPtr.pitch * p->dstPtr.ysize;
  size_t sourceSlice = p->srcPtr.pitch * p->srcPtr.ysize;
  CopyWork copy = rows(moved(p->dstPtr.ptr, p->dstPos.x + p->dstPos.y * p->dstPtr.pitch + p->dstPos.z * targetSlice),
                       p->dstPtr.pitch,
                       moved(p->srcPtr.ptr, p->srcPos.x + p->srcPos.y * p->srcPtr.pitch + p->srcPos.z * sourceSlice),
                       p->srcPtr.pitch, p->extent.width, p->extent.height);
  copy.slices = p->extent.depth;
  copy.targetSlice = targetSlice;
  copy.sourceSlice = sourceSlice;
  return copy;
}

FillWork fill(void *target, uint32_t value, unsigned elementBytes, size_t elements) {
  require(target || elements == 0);
  return {target, value, elementBytes, elements};
}

FillWork fillRows(void *target, size_t pitch, int value, size_t width, size_t height) {
  require(width <= pitch || height <= 1, hipErrorInvalidPitchValue);
  FillWork work = fill(target, uint8_t(value), 1, width);
  work.rows = height;
  work.pitch = pitch;
  return work;
}

FillWork fillBox(const hipPitchedPtr &p, int value, const hipExtent &extent) {
  return fillRows(p.ptr, p.pitch, value, extent.width, extent.height * extent.depth);
}

// Of calls that wait for their work.
void now(Work work, hipStream_t stream = nullptr) {
  refuseImplicit();
  enqueue(stream, std::move(work));
}

void *inVariable(const void *symbol, size_t bytes, size_t offset) {
  ihipModule_t::Variable variable = variableOf(symbol);
  require(offset <= variable.bytes && bytes <= variable.bytes - offset);
  return reinterpret_cast<void *>(variable.address + offset);
}

} // namespace

PA_HIP(hipMemcpy, (void *target, const void *source, size_t bytes, hipMemcpyKind kind),
       { now(plain(target, source, bytes, kind)); })
PA_HIP(hipMemcpy_spt, (void *target, const void *source, size_t bytes, hipMemcpyKind kind),
       { now(plain(target, source, bytes, kind), threadStream(nullptr)); })
PA_HIP(hipMemcpyWithStream, (void *target, const void *source, size_t bytes, hipMemcpyKind kind, hipStream_t stream),
       { now(plain(target, source, bytes, kind), stream); })
PA_HIP(hipMemcpyAsync, (void *target, const void *source, size_t bytes, hipMemcpyKind kind, hipStream_t stream),
       { enqueue(stream, plain(target, source, bytes, kind)); })
PA_HIP(hipMemcpyAsync_spt, (void *target, const void *source, size_t bytes, hipMemcpyKind kind, hipStream_t stream),
       { enqueue(threadStream(stream), plain(target, source, bytes, kind)); })
PA_HIP(hipMemcpyHtoD, (hipDeviceptr_t target, void *source, size_t bytes), { now(plain(target, source, bytes)); })
PA_HIP(hipMemcpyDtoH, (void *target, hipDeviceptr_t source, size_t bytes), { now(plain(target, source, bytes)); })
PA_HIP(hipMemcpyDtoD, (hipDeviceptr_t target, hipDeviceptr_t source, size_t bytes),
       { now(plain(target, source, bytes)); })
PA_HIP(hipMemcpyHtoDAsync, (hipDeviceptr_t target, void *source, size_t bytes, hipStream_t stream),
       { enqueue(stream, plain(target, source, bytes)); })
PA_HIP(hipMemcpyDtoHAsync, (void *target, hipDeviceptr_t source, size_t bytes, hipStream_t stream),
       { enqueue(stream, plain(target, source, bytes)); })
PA_HIP(hipMemcpyDtoDAsync, (hipDeviceptr_t target, hipDeviceptr_t source, size_t bytes, hipStream_t stream),
       { enqueue(stream, plain(target, source, bytes)); })
PA_HIP(hipMemcpyPeer, (void *target, int, const void *source, int, size_t bytes),
       { now(plain(target, source, bytes)); })
PA_HIP(hipMemcpyPeerAsync, (void *target, int, const void *source, int, size_t bytes, hipStream_t stream),
       { enqueue(stream, plain(target, source, bytes)); })

PA_HIP(hipMemcpy2D,
       (void *target, size_t targetPitch, const void *source, size_t sourcePitch, size_t width, size_t height,
        hipMemcpyKind),
       { now(rows(target, targetPitch, source, sourcePitch, width, height)); })
PA_HIP(hipMemcpy2D_spt,
       (void *target, size_t targetPitch, const void *source, size_t sourcePitch, size_t width, size_t height,
        hipMemcpyKind),
       { now(rows(target, targetPitch, source, sourcePitch, width, height), threadStream(nullptr)); })
PA_HIP(hipMemcpy2DAsync,
       (void *target, size_t targetPitch, const void *source, size_t sourcePitch, size_t width, size_t height,
        hipMemcpyKind, hipStream_t stream),
       { enqueue(stream, rows(target, targetPitch, source, sourcePitch, width, height)); })
PA_HIP(hipMemcpy3D, (const hipMemcpy3DParms *p), { now(box(p)); })
PA_HIP(hipMemcpy3DAsync, (const hipMemcpy3DParms *p, hipStream_t stream), { enqueue(stream, box(p)); })

PA_HIP(hipMemcpyToSymbol, (const void *symbol, const void *source, size_t bytes, size_t offset, hipMemcpyKind kind),
       { now(plain(inVariable(symbol, bytes, offset), source, bytes, kind)); })
PA_HIP(hipMemcpyToSymbol_spt, (const void *symbol, const void *source, size_t bytes, size_t offset, hipMemcpyKind kind),
       { now(plain(inVariable(symbol, bytes, offset), source, bytes, kind), threadStream(nullptr)); })
PA_HIP(hipMemcpyToSymbolAsync,
       (const void *symbol, const void *source, size_t bytes, size_t offset, hipMemcpyKind kind, hipStream_t stream),
       { enqueue(stream, plain(inVariable(symbol, bytes, offset), source, bytes, kind)); })
PA_HIP(hipMemcpyFromSymbol, (void *target, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind),
       { now(plain(target, inVariable(symbol, bytes, offset), bytes, kind)); })
PA_HIP(hipMemcpyFromSymbol_spt, (void *target, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind),
       { now(plain(target, inVariable(symbol, bytes, offset), bytes, kind), threadStream(nullptr)); })
PA_HIP(hipMemcpyFromSymbolAsync,
       (void *target, const void *symbol, size_t bytes, size_t offset, hipMemcpyKind kind, hipStream_t stream),
       { enqueue(stream, plain(target, inVariable(symbol, bytes, offset), bytes, kind)); })

PA_HIP(hipMemset, (void *target, int value, size_t bytes), { now(fill(target, uint8_t(value), 1, bytes)); })
PA_HIP(hipMemset_spt, (void *target, int value, size_t bytes),
       { now(fill(target, uint8_t(value), 1, bytes), threadStream(nullptr)); })
PA_HIP(hipMemsetAsync, (void *target, int value, size_t bytes, hipStream_t stream),
       { enqueue(stream, fill(target, uint8_t(value), 1, bytes)); })
PA_HIP(hipMemsetAsync_spt, (void *target, int value, size_t bytes, hipStream_t stream),
       { enqueue(threadStream(stream), fill(target, uint8_t(value), 1, bytes)); })
PA_HIP(hipMemsetD8, (hipDeviceptr_t target, unsigned char value, size_t count), { now(fill(target, value, 1, count)); })
PA_HIP(hipMemsetD8Async, (hipDeviceptr_t target, unsigned char value, size_t count, hipStream_t stream),
       { enqueue(stream, fill(target, value, 1, count)); })
PA_HIP(hipMemsetD16, (hipDeviceptr_t target, unsigned short value, size_t count),
       { now(fill(target, value, 2, count)); })
PA_HIP(hipMemsetD16Async, (hipDeviceptr_t target, unsigned short value, size_t count, hipStream_t stream),
       { enqueue(stream, fill(target, value, 2, count)); })
PA_HIP(hipMemsetD32, (hipDeviceptr_t target, int value, size_t count),
       { now(fill(target, uint32_t(value), 4, count)); })
PA_HIP(hipMemsetD32Async, (hipDeviceptr_t target, int value, size_t count, hipStream_t stream),
       { enqueue(stream, fill(target, uint32_t(value), 4, count)); })
PA_HIP(hipMemset2D, (void *target, size_t pitch, int value, size_t width, size_t height),
       { now(fillRows(target, pitch, value, width, height)); })
PA_HIP(hipMemset2D_spt, (void *target, size_t pitch, int value, size_t width, size_t height),
       { now(fillRows(target, pitch, value, width, height), threadStream(nullptr)); })
PA_HIP(hipMemset2DAsync, (void *target, size_t pitch, int value, size_t width, size_t height, hipStream_t stream),
       { enqueue(stream, fillRows(target, pitch, value, width, height)); })
PA_HIP(hipMemset3D, (hipPitchedPtr target, int value, hipExtent extent), { now(fillBox(target, value, extent)); })
PA_HIP(hipMemset3DAsync, (hipPitchedPtr target, int value, hipExtent extent, hipStream_t stream),
       { enqueue(stream, fillBox(target, value, extent)); })
