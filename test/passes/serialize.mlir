// pa-serialize: a gpu.module becomes a gpu.binary that holds its code object, in process.
// RUN: pa-opt %s --pa-serialize=chip=gfx942 | FileCheck %s --check-prefixes=CHECK,HSACO
// RUN: pa-opt %s --pa-serialize='chip=gfx942 format=isa' | FileCheck %s --check-prefixes=CHECK,ISA
// RUN: pa-opt %s --pa-serialize='chip=gfx950 format=llvm O=1' | FileCheck %s --check-prefixes=CHECK,LLVM
// RUN: pa-opt %s --pa-serialize='chip=gfx950 format=isa code-object-version=6' | FileCheck %s --check-prefixes=CHECK,V6
// RUN: not pa-opt %s --pa-serialize 2>&1 | FileCheck %s --check-prefix=NOCHIP
// RUN: not pa-opt %s --pa-serialize=chip=gfx999 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not pa-opt %s --pa-serialize='chip=gfx942 O=7' 2>&1 | FileCheck %s --check-prefix=LEVEL
// RUN: not pa-opt %s --pa-serialize='chip=gfx942 code-object-version=4' 2>&1 | FileCheck %s --check-prefix=VERSION
// RUN: not pa-opt %s --pa-serialize='chip=gfx942 format=elf' 2>&1 | FileCheck %s --check-prefix=FORMAT

// CHECK-NOT: gpu.module
// HSACO:     gpu.binary @copy [#gpu.object<#rocdl.target<O = 3, chip = "gfx942">, bin = "\7FELF\02\01\01@\03
// ISA:       gpu.binary @copy [#gpu.object<#rocdl.target<O = 3, chip = "gfx942">, assembly = "{{.*}}amdgcn-amd-amdhsa--gfx942{{.*}}.amdhsa_code_object_version 5{{.*}}global_store_dword{{.*}}s_endpgm
// LLVM:      gpu.binary @copy [#gpu.object<#rocdl.target<O = 1, chip = "gfx950">, offload = "{{.*}}define {{.*}}amdgpu_kernel void @copy_one(
// V6:        gpu.binary @copy [#gpu.object<#rocdl.target<O = 3, chip = "gfx950">, assembly = "{{.*}}.amdhsa_code_object_version 6

// NOCHIP:  error: gpu.module has no #rocdl.target and no chip is given
// UNKNOWN: error: unknown chip 'gfx999', known are gfx942, gfx950
// LEVEL:   error: optimization level 7 is not one of 0, 1, 2, 3
// VERSION: error: code object version 4 is not one of 5, 6
// FORMAT:  Cannot find option named 'elf'
gpu.module @copy {
  llvm.func @copy_one(%from: !llvm.ptr<1>, %to: !llvm.ptr<1>) attributes {rocdl.kernel} {
    %value = llvm.load %from : !llvm.ptr<1> -> i32
    llvm.store %value, %to : i32, !llvm.ptr<1>
    llvm.return
  }
}
