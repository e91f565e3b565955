// What the generic kernels need of the device: attributes, memory, and the lanes of a wave. Compiled as HIP, without
// HIP's headers.
#ifndef PA_RUNTIME_GENERIC_WAVE_H
#define PA_RUNTIME_GENERIC_WAVE_H

#include "runtime/generic/Fields.h"

#define device __attribute__((device))
#define shared __attribute__((shared))
#define global __attribute__((address_space(1)))
#define kernel extern "C" __attribute__((__global__, amdgpu_flat_work_group_size(256, 256)))
// What a generic object says of its kernel, docs/libpa.md: the op, whose kernel has the name OP_generic.
#define GENERIC_KERNEL_OF(op) device __attribute__((section(".pa.generic"), used)) extern const char opName[] = op

namespace pa::generic {

static_assert(workgroupThreads == 256, "as the kernels' attribute says");

using Bytes = const global uint8_t *;
using Vector = __attribute__((ext_vector_type(4))) uint32_t; // 16 bytes

template <class T> device T read(uint64_t address) { return *(const global T *)address; }
template <class T> device void write(uint64_t address, T value) { *(global T *)address = value; }

// The kernel's arguments, to be read from memory from here on. Kept from the kernel's begin on, they would take more
// scalar registers than there are.
template <class Args> struct Launch {
  Args args;
  Fields variant;
};
template <class Args> device const Launch<Args> &launched() {
  auto *arguments = __builtin_amdgcn_kernarg_segment_ptr();
  asm volatile("" : "+s"(arguments));
  return *(const Launch<Args> *)arguments;
}

device inline uint32_t thread() { return __builtin_amdgcn_workitem_id_x(); }
device inline uint32_t lane() { return thread() % laneCount; }
device inline uint32_t wave() { return __builtin_amdgcn_readfirstlane(thread() / laneCount); }
device inline uint32_t workgroup() { return __builtin_amdgcn_workgroup_id_x(); }

device inline void barrier() {
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");
}

// What the lane `from` has, the same for all.
device inline uint32_t ofLane(uint32_t value, uint32_t from) { return __builtin_amdgcn_readlane(value, from); }
device inline float ofLane(float value, uint32_t from) {
  return __builtin_bit_cast(float, ofLane(__builtin_bit_cast(uint32_t, value), from));
}
device inline uint64_t ofLane(uint64_t value, uint32_t from) {
  return uint64_t(ofLane(uint32_t(value >> 32), from)) << 32 | ofLane(uint32_t(value), from);
}

// Over all lanes, and the same in each.
template <class F> device float overLanes(float value, F together) {
  for (uint32_t distance = laneCount / 2; distance; distance /= 2) {
    uint32_t other = __builtin_amdgcn_ds_bpermute((lane() ^ distance) * 4, __builtin_bit_cast(uint32_t, value));
    value = together(value, __builtin_bit_cast(float, other));
  }
  return value;
}

// A word that is -1 becomes the lowest index that is noted; none if the address is 0.
device inline void noteLowest(uint64_t address, uint32_t index) {
  if (address)
    __hip_atomic_fetch_min((global uint32_t *)address, index, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
}

} // namespace pa::generic

#endif
