// A loop that reloads each part right after its use keeps one load in flight over every wait; the same loop with its
// loads at the top of the iteration that uses them has nothing in flight after the last wait.
// RUN: pa-compile %s --chip gfx942 -o %t.hsaco --report | FileCheck %s
// RUN: pa-compile %s --chip gfx950 -o %t.hsaco --report | FileCheck %s
// RUN: pa-compile %s --chip gfx942 --emit=isa | FileCheck %s --check-prefix=ISA
// RUN: pa-inspect %t.hsaco --loop | FileCheck %s --check-prefix=LOOP

// CHECK-LABEL: kernel in_place
// CHECK:         LDS {{ *}}0 of
// CHECK:         kernel arguments {{ *}}20 bytes
// CHECK:         2 of 16 bytes a lane, 2 of 2 KV loads nt, 2.0 KiB a wave and iteration
// CHECK-NEXT:    vmcnt 1 to 1
// CHECK-NEXT:    a wave 1.0 KiB to 2.0 KiB, a CU at least 32.0 KiB (32 waves)
// CHECK-NEXT:    0 scratch accesses, 0 copies of loaded registers, 0 barriers
// CHECK-LABEL: kernel at_top
// CHECK:         2 of 16 bytes a lane, 0 of 2 KV loads nt
// CHECK-NEXT:    vmcnt 0 to 1
// CHECK-NEXT:    a wave 0.0 KiB to 2.0 KiB, a CU at least 0.0 KiB (32 waves)
// CHECK-LABEL: compile time, ms
// CHECK-NEXT:    parse
// CHECK-NEXT:    passes
// CHECK-NEXT:    translate
// CHECK-NEXT:    optimize
// CHECK-NEXT:    codegen
// CHECK-NEXT:    link
// CHECK-NEXT:    total

// ISA:       .amdgcn_target "amdgcn-amd-amdhsa--gfx942"
// ISA:       .amdhsa_code_object_version 5
// ISA-LABEL: in_place:
// ISA:       global_load_dwordx4 v[{{[0-9:]+}}], v[{{[0-9:]+}}], off nt
// ISA:       global_load_dwordx4 v[{{[0-9:]+}}], v[{{[0-9:]+}}], off offset:1024 nt
// ISA:       s_waitcnt vmcnt(1)
// ISA:       s_endpgm

// LOOP-LABEL: KV loop of in_place
// LOOP-NOT:   vmcnt(0)
// LOOP-LABEL: KV loop of at_top
// LOOP:       0 s_waitcnt vmcnt(0)

llvm.func @in_place(%in: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %out: !llvm.ptr<1> {llvm.noalias}, %trips: i32)
    attributes {rocdl.kernel, rocdl.flat_work_group_size = "256,256"} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c16 = arith.constant 16 : i32
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %id = rocdl.workitem.id.x : i32
  %at = arith.muli %id, %c16 : i32
  %offset = arith.extui %at : i32 to i64
  %first = llvm.getelementptr %in[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  %any = arith.cmpi sgt, %trips, %c0 : i32
  %sum = scf.if %any -> vector<4xf32> {
    %second = llvm.getelementptr %first[1024] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %a0 = llvm.load %first {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<4xf32>
    rocdl.sched.barrier 0
    %b0 = llvm.load %second {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<4xf32>
    rocdl.sched.barrier 0
    %r:4 = scf.for %i = %c0 to %trips step %c1
        iter_args(%acc = %zero, %a = %a0, %b = %b0, %p = %first) -> (vector<4xf32>, vector<4xf32>, vector<4xf32>, !llvm.ptr<1>) : i32 {
      %next = llvm.getelementptr %p[4096] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %half = llvm.getelementptr %next[1024] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
      %acc1 = arith.addf %acc, %a : vector<4xf32>
      rocdl.sched.barrier 0
      %a1 = llvm.load %next {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<4xf32>
      rocdl.sched.barrier 0
      %acc2 = arith.addf %acc1, %b : vector<4xf32>
      rocdl.sched.barrier 0
      %b1 = llvm.load %half {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<4xf32>
      rocdl.sched.barrier 0
      scf.yield %acc2, %a1, %b1, %next : vector<4xf32>, vector<4xf32>, vector<4xf32>, !llvm.ptr<1>
    }
    scf.yield %r#0 : vector<4xf32>
  } else {
    scf.yield %zero : vector<4xf32>
  }
  %to = llvm.getelementptr %out[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  llvm.store %sum, %to {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  llvm.return
}

llvm.func @at_top(%in: !llvm.ptr<1> {llvm.noalias, llvm.readonly}, %out: !llvm.ptr<1> {llvm.noalias}, %trips: i32)
    attributes {rocdl.kernel, rocdl.flat_work_group_size = "256,256"} {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c16 = arith.constant 16 : i32
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %id = rocdl.workitem.id.x : i32
  %at = arith.muli %id, %c16 : i32
  %offset = arith.extui %at : i32 to i64
  %first = llvm.getelementptr %in[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  %r:2 = scf.for %i = %c0 to %trips step %c1
      iter_args(%acc = %zero, %p = %first) -> (vector<4xf32>, !llvm.ptr<1>) : i32 {
    rocdl.sched.barrier 0
    %half = llvm.getelementptr %p[1024] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    %a = llvm.load %p {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
    rocdl.sched.barrier 0
    %b = llvm.load %half {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
    rocdl.sched.barrier 0
    %acc1 = arith.addf %acc, %a : vector<4xf32>
    rocdl.sched.barrier 0
    %acc2 = arith.addf %acc1, %b : vector<4xf32>
    %next = llvm.getelementptr %p[4096] : (!llvm.ptr<1>) -> !llvm.ptr<1>, i8
    scf.yield %acc2, %next : vector<4xf32>, !llvm.ptr<1>
  }
  %to = llvm.getelementptr %out[%offset] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, i8
  llvm.store %r#0, %to {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
  llvm.return
}
