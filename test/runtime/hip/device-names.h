// What HIP's headers of Debian want from the device library, for clang 22 without one (-nogpulib): over its builtins.
#ifndef PA_TEST_RUNTIME_HIP_DEVICE_NAMES_H
#define PA_TEST_RUNTIME_HIP_DEVICE_NAMES_H
#ifdef __HIP__

#define PA_BY_DIMENSION(name, x, y, z)                                                                                 \
  extern "C" __attribute__((device, always_inline)) inline unsigned long name(unsigned d) {                            \
    return d == 0 ? x : d == 1 ? y : z;                                                                                \
  }
PA_BY_DIMENSION(__ockl_get_group_id, __builtin_amdgcn_workgroup_id_x(), __builtin_amdgcn_workgroup_id_y(),
                __builtin_amdgcn_workgroup_id_z())
PA_BY_DIMENSION(__ockl_get_local_id, __builtin_amdgcn_workitem_id_x(), __builtin_amdgcn_workitem_id_y(),
                __builtin_amdgcn_workitem_id_z())
PA_BY_DIMENSION(__ockl_get_local_size, __builtin_amdgcn_workgroup_size_x(), __builtin_amdgcn_workgroup_size_y(),
                __builtin_amdgcn_workgroup_size_z())
// Code object version 5 begins its implicit arguments with the three block counts.
#define PA_BLOCK_COUNT(n) (((const __attribute__((address_space(4))) unsigned *)__builtin_amdgcn_implicitarg_ptr())[n])
PA_BY_DIMENSION(__ockl_get_num_groups, PA_BLOCK_COUNT(0), PA_BLOCK_COUNT(1), PA_BLOCK_COUNT(2))
extern "C" __attribute__((device, always_inline)) inline void __atomic_work_item_fence(unsigned, unsigned, unsigned) {
  __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");
}

#endif
#endif
