#include "runtime/hip/Memory.h"
#include "runtime/hip/Properties.h"
#include "runtime/hip/Stream.h"

#include <cstring>

namespace pa::hip {
namespace {

constexpr uint64_t pitchBytes = 256;

uint64_t roundUp(uint64_t value, uint64_t step) { return (value + step - 1) / step * step; }

void mapEverywhere(uint64_t address, uint64_t bytes, const char *name) {
  for (Gpu &gpu : State::get().gpus)
    check(gpu.emulated.memory().map(name, reinterpret_cast<void *>(address), bytes));
}

void unmapEverywhere(uint64_t address) {
  for (Gpu &gpu : State::get().gpus)
    check(gpu.emulated.memory().free(address));
}

} // namespace

void *allocateDevice(Gpu &gpu, uint64_t bytes) {
  refuseWhileCapturing();
  if (bytes == 0)
    return nullptr;
  require(bytes <= memoryBytes(*gpu.chip) - gpu.bytesUsed, hipErrorOutOfMemory);
  std::string name = "hipMalloc of " + std::to_string(bytes) + " bytes";
  emu::AllocationOptions options;
  options.defined = false;
  auto address = gpu.emulated.memory().allocate(name, bytes, options);
  if (!address)
    fail(hipErrorOutOfMemory, address.error().message);
  gpu.bytesUsed += bytes;
  State::get().blocks[*address] = {*address, bytes, MemoryKind::device, gpu.ordinal, 0, nullptr};
  return reinterpret_cast<void *>(*address);
}

void *allocateShared(uint64_t bytes, MemoryKind kind, unsigned flags) {
  refuseWhileCapturing();
  if (bytes == 0)
    return nullptr;
  constexpr uint64_t alignment = 4096;
  std::unique_ptr<uint8_t[]> storage(new (std::nothrow) uint8_t[bytes + alignment]);
  require(storage != nullptr, hipErrorOutOfMemory);
  uint64_t address = roundUp(reinterpret_cast<uint64_t>(storage.get()), alignment);
  mapEverywhere(address, bytes, kind == MemoryKind::managed ? "managed memory" : "host memory");
  int device = State::get().gpus.empty() ? 0 : currentGpu().ordinal;
  State::get().blocks[address] = {address, bytes, kind, device, flags, std::move(storage)};
  return reinterpret_cast<void *>(address);
}

void release(const void *pointer, bool hostMemory) {
  if (!pointer)
    return;
  refuseWhileCapturing();
  State &state = State::get();
  auto found = state.blocks.find(reinterpret_cast<uint64_t>(pointer));
  hipError_t wrong = hostMemory ? hipErrorInvalidValue : hipErrorInvalidDevicePointer;
  require(found != state.blocks.end() && found->second.kind != MemoryKind::registered &&
              hostMemory == (found->second.kind == MemoryKind::host),
          wrong);
  const Block &block = found->second;
  if (block.kind == MemoryKind::device) {
    Gpu &gpu = state.gpu(block.device);
    check(gpu.emulated.memory().free(block.address));
    gpu.bytesUsed -= block.bytes;
  } else {
    unmapEverywhere(block.address);
  }
  state.blocks.erase(found);
}

} // namespace pa::hip

using namespace pa::hip;

namespace {

void hostAllocate(void **out, size_t bytes, unsigned flags) {
  require(out);
  *out = allocateShared(bytes, MemoryKind::host, flags);
}

void pitched(void **out, size_t *pitch, size_t width, size_t height) {
  require(out && pitch);
  *pitch = roundUp(width, pitchBytes);
  *out = allocateDevice(currentGpu(), *pitch * height);
}

Block &hostBlock(const void *pointer) {
  Block *block = State::get().find(pointer);
  require(block && block->kind != MemoryKind::device);
  return *block;
}

// hipMemoryType changed its numbers with HIP 6.
int memoryTypeOf(MemoryKind kind) {
  bool old = generation() < 6;
  switch (kind) {
  case MemoryKind::device:
    return old ? 1 : 2;
  case MemoryKind::managed:
    return 3; // unified, later managed
  case MemoryKind::host:
  case MemoryKind::registered:
    break;
  }
  return old ? 0 : 1;
}

} // namespace

PA_HIP(hipMalloc, (void **out, size_t bytes), {
  require(out);
  *out = allocateDevice(currentGpu(), bytes);
})
PA_HIP(hipExtMallocWithFlags, (void **out, size_t bytes, unsigned), {
  require(out);
  *out = allocateDevice(currentGpu(), bytes);
})
PA_HIP(hipMallocAsync, (void **out, size_t bytes, hipStream_t stream), {
  require(out);
  require(!streamOf(stream).capturing(), hipErrorNotSupported, "an allocation as a node of a graph is not implemented");
  *out = allocateDevice(currentGpu(), bytes);
})
PA_HIP(hipFreeAsync, (void *pointer, hipStream_t stream), {
  require(pointer);
  require(!streamOf(stream).capturing(), hipErrorNotSupported, "a release as a node of a graph is not implemented");
  release(pointer, false);
})
PA_HIP(hipFree, (void *pointer), { release(pointer, false); })
PA_HIP(hipMallocManaged, (void **out, size_t bytes, unsigned flags), {
  require(out && bytes > 0);
  *out = allocateShared(bytes, MemoryKind::managed, flags);
})
PA_HIP(hipHostMalloc, (void **out, size_t bytes, unsigned flags), { hostAllocate(out, bytes, flags); })
PA_HIP(hipHostAlloc, (void **out, size_t bytes, unsigned flags), { hostAllocate(out, bytes, flags); })
PA_HIP(hipMallocHost, (void **out, size_t bytes), { hostAllocate(out, bytes, 0); })
PA_HIP(hipMemAllocHost, (void **out, size_t bytes), { hostAllocate(out, bytes, 0); })
PA_HIP(hipHostFree, (void *pointer), { release(pointer, true); })
PA_HIP(hipFreeHost, (void *pointer), { release(pointer, true); })

PA_HIP(hipHostGetDevicePointer, (void **out, void *pointer, unsigned flags), {
  require(out && flags == 0);
  hostBlock(pointer);
  *out = pointer;
})
PA_HIP(hipHostGetFlags, (unsigned *flags, void *pointer), {
  require(flags);
  *flags = hostBlock(pointer).flags;
})
PA_HIP(hipHostRegister, (void *pointer, size_t bytes, unsigned flags), {
  require(pointer && bytes > 0);
  State &state = State::get();
  auto address = reinterpret_cast<uint64_t>(pointer);
  require(!state.find(pointer), hipErrorHostMemoryAlreadyRegistered);
  mapEverywhere(address, bytes, "registered host memory");
  state.blocks[address] = {address, bytes, MemoryKind::registered, currentGpu().ordinal, flags, nullptr};
})
PA_HIP(hipHostUnregister, (void *pointer), {
  State &state = State::get();
  auto found = state.blocks.find(reinterpret_cast<uint64_t>(pointer));
  require(found != state.blocks.end() && found->second.kind == MemoryKind::registered, hipErrorHostMemoryNotRegistered);
  unmapEverywhere(found->first);
  state.blocks.erase(found);
})

PA_HIP(hipMallocPitch, (void **out, size_t *pitch, size_t width, size_t height),
       { pitched(out, pitch, width, height); })
PA_HIP(hipMemAllocPitch, (hipDeviceptr_t * out, size_t *pitch, size_t width, size_t height, unsigned),
       { pitched(out, pitch, width, height); })
PA_HIP(hipMalloc3D, (hipPitchedPtr * out, hipExtent extent), {
  require(out);
  pitched(&out->ptr, &out->pitch, extent.width, extent.height * extent.depth);
  out->xsize = extent.width;
  out->ysize = extent.height;
})

PA_HIP(hipMemGetInfo, (size_t *available, size_t *total), {
  const Gpu &gpu = currentGpu();
  if (total)
    *total = memoryBytes(*gpu.chip);
  if (available)
    *available = memoryBytes(*gpu.chip) - gpu.bytesUsed;
})
PA_HIP(hipMemPtrGetInfo, (void *pointer, size_t *bytes), {
  require(bytes);
  const Block *block = State::get().find(pointer);
  require(block);
  *bytes = block->bytes;
})
PA_HIP(hipMemGetAddressRange, (hipDeviceptr_t * base, size_t *bytes, hipDeviceptr_t pointer), {
  const Block *block = State::get().find(pointer);
  require(block, hipErrorNotFound);
  if (base)
    *base = reinterpret_cast<hipDeviceptr_t>(block->address);
  if (bytes)
    *bytes = block->bytes;
})
PA_HIP(hipPointerGetAttributes, (hipPointerAttribute_t * out, const void *pointer), {
  require(out);
  const Block *block = State::get().find(pointer);
  std::memset(static_cast<void *>(out), 0, sizeof *out);
  if (!block) { // memory that HIP knows nothing of: an error before HIP 6, the type "unregistered" since
    require(generation() >= 6);
    out->device = -2;
    out->hostPointer = const_cast<void *>(pointer);
    return;
  }
  int type = memoryTypeOf(block->kind);
  std::memcpy(&out->memoryType, &type, sizeof type);
  out->device = block->device;
  out->devicePointer = const_cast<void *>(pointer);
  out->hostPointer = block->kind == MemoryKind::device ? nullptr : const_cast<void *>(pointer);
  out->isManaged = block->kind == MemoryKind::managed;
  out->allocationFlags = block->flags;
})
PA_HIP(hipMemPrefetchAsync, (const void *pointer, size_t, int, hipStream_t stream), {
  streamOf(stream);
  require(hostBlock(pointer).kind == MemoryKind::managed);
})
PA_HIP(hipMemAdvise, (const void *pointer, size_t, hipMemoryAdvise, int),
       { require(hostBlock(pointer).kind == MemoryKind::managed); })
