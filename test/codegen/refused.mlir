// Modules that cannot become a code object: the message names the place, and no output appears.
// RUN: rm -rf %t && mkdir %t && split-file %s %t
// RUN: not pa-compile %t/syntax.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not pa-compile %t/type.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not pa-compile %t/lds.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=LDS
// RUN: pa-compile %t/lds.mlir --chip gfx950 -o %t/fits.o
// RUN: not pa-compile %t/lds.mlir --chip gfx950,gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=LDS
// RUN: not pa-compile %t/libm.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=LIBM
// RUN: not pa-compile %t/left.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=LEFT
// RUN: not pa-compile %t/chip.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=CHIP
// RUN: not pa-compile %t/features.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=FEATURES
// RUN: not pa-compile %t/lds.mlir --chip gfx950 -o %t/k.hsaco --pa-options=split=none 2>&1 | FileCheck %s --check-prefix=OPTIONS
// RUN: not pa-compile %t/two.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: not pa-compile %t/empty.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not pa-compile %t/gfx950.mlir --chip gfx942 -o %t/k.hsaco 2>&1 | FileCheck %s --check-prefix=SELECT
// RUN: pa-compile %t/gfx950.mlir --chip gfx950 -o %t/fits.o
// RUN: ls %t | FileCheck %s --check-prefix=NO-OUTPUT

// SYNTAX:    syntax.mlir:2:15: error: invalid SSA name
// TYPE:      type.mlir:3:8: error: 'arith.addi' op
// LDS:       lds.mlir:2:1: error: local memory (65552) exceeds limit (65536) in function 'k'
// LIBM:      libm.mlir:1:1: error: undefined symbol '__ocml_exp2_f32': there is no device library to link; the math op that became this call needs a rocdl op of its own
// LEFT:      left.mlir:4:12: error: op 'gpu.subgroup_reduce' is not lowered: codegen takes ops of llvm and rocdl only
// CHIP:      chip.mlir:1:1: error: gpu.module is for chip 'gfx950', asked for 'gfx942'
// FEATURES:  features.mlir:1:1: error: #rocdl.target features '+xnack' are not supported, only none
// OPTIONS:   lds.mlir:0:0: error: --pa-options are for input with pa ops, got 'split=none'
// TWO:       two.mlir:0:0: error: expected one gpu.module (or llvm.func kernels outside of any), got 2
// EMPTY:     empty.mlir:1:1: error: expected one gpu.module (or llvm.func kernels outside of any), got 0
// SELECT:    error: LLVM cannot compile this: Cannot select: intrinsic %llvm.amdgcn.permlane32.swap
// NO-OUTPUT-NOT: k.{{.*}}hsaco

//--- syntax.mlir
llvm.func @k() attributes {rocdl.kernel} {
  llvm.return %
}
//--- type.mlir
llvm.func @k(%a: f32) attributes {rocdl.kernel} {
  // The op's operands must be integers.
  %s = arith.addi %a, %a : f32
  llvm.return
}
//--- lds.mlir
llvm.mlir.global internal @lds() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<65552 x i8>
llvm.func @k(%at: i32, %out: !llvm.ptr<1>) attributes {rocdl.kernel} {
  %base = llvm.mlir.addressof @lds : !llvm.ptr<3>
  %p = llvm.getelementptr %base[%at] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
  llvm.store volatile %at, %p : i32, !llvm.ptr<3>
  %v = llvm.load volatile %base : !llvm.ptr<3> -> i32
  llvm.store %v, %out : i32, !llvm.ptr<1>
  llvm.return
}
//--- libm.mlir
llvm.func @__ocml_exp2_f32(f32) -> f32
llvm.func @k(%a: f32, %out: !llvm.ptr<1>) attributes {rocdl.kernel} {
  %e = llvm.call @__ocml_exp2_f32(%a) : (f32) -> f32
  llvm.store %e, %out : f32, !llvm.ptr<1>
  llvm.return
}
//--- left.mlir
gpu.module @m {
  llvm.func @k(%out: !llvm.ptr<1>) attributes {rocdl.kernel} {
    %id = rocdl.workitem.id.x : i32
    %sum = gpu.subgroup_reduce add %id : (i32) -> i32
    llvm.store %sum, %out : i32, !llvm.ptr<1>
    llvm.return
  }
}
//--- chip.mlir
gpu.module @m [#rocdl.target<chip = "gfx950">] {
  llvm.func @k() attributes {rocdl.kernel} {
    llvm.return
  }
}
//--- features.mlir
gpu.module @m [#rocdl.target<chip = "gfx942", features = "+xnack">] {
  llvm.func @k() attributes {rocdl.kernel} {
    llvm.return
  }
}
//--- two.mlir
gpu.module @a {
}
gpu.module @b {
}
//--- empty.mlir
module {
}
//--- gfx950.mlir
llvm.func @k(%a: i32, %out: !llvm.ptr<1>) attributes {rocdl.kernel} {
  %id = rocdl.workitem.id.x : i32
  %both = rocdl.permlane32.swap %id, %a, false, false : (i32, i32) -> !llvm.struct<(i32, i32)>
  llvm.store %both, %out : !llvm.struct<(i32, i32)>, !llvm.ptr<1>
  llvm.return
}
