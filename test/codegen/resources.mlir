// The resources of a kernel that spills, of one with AGPRs and LDS, and the description that a code object carries.
// RUN: split-file %s %t
// RUN: pa-compile %t/spills.mlir --chip gfx942 -o %t/spills.hsaco --report 2>&1 | FileCheck %s --check-prefix=SPILLS
// RUN: pa-inspect %t/spills.hsaco --code | FileCheck %s --check-prefix=SCRATCH
// RUN: pa-compile %t/agprs.mlir --chip gfx942,gfx950 -o %t/agprs.hsaco --save-stages=%t 2>&1 | FileCheck %s --check-prefix=WARNING
// RUN: pa-inspect %t/agprs.gfx942.hsaco | FileCheck %s --check-prefixes=AGPRS,AGPRS-942
// RUN: pa-inspect %t/agprs.gfx950.hsaco | FileCheck %s --check-prefixes=AGPRS,AGPRS-950
// RUN: pa-inspect %t/agprs.gfx950.hsaco --json | FileCheck %s --check-prefix=VARIANT
// RUN: llvm-objcopy --dump-section=.pa.variant=- %t/agprs.gfx942.hsaco | FileCheck %s --check-prefix=SECTION

// SPILLS:      registers {{ *}}{{6[0-4]}} VGPRs, 0 AGPRs
// SPILLS-SAME: 64 of 512 a lane allocated
// SPILLS:      spills {{ *}}36 VGPRs, 0 SGPRs; scratch 148 bytes a lane
// SPILLS:      instructions, 18 scratch accesses
// SPILLS:      KV loop {{ *}}none: no innermost loop loads from memory
// SCRATCH-COUNT-18: scratch_{{store|load}}_dword
// SCRATCH-NOT: scratch_

// 201 VGPRs are rounded up to 204, since the AGPRs follow at a multiple of 4; together the allocation's step is 8. Where
// LDS leaves room for one wave a SIMD only, LLVM allocates so many that a second one does not fit.
// AGPRS:     registers {{ *}}204 VGPRs, 10 AGPRs, {{[0-9]+}} SGPRs;
// AGPRS-942-SAME: 264 of 512 a lane allocated
// AGPRS-950-SAME: 216 of 512 a lane allocated
// AGPRS-942: LDS {{ *}}40000 of 65536 bytes a workgroup
// AGPRS-942: occupancy {{ *}}1 workgroups of 4 waves a CU, 4 waves
// AGPRS-950: LDS {{ *}}40000 of 163840 bytes a workgroup
// AGPRS-950: occupancy {{ *}}2 workgroups of 4 waves a CU, 8 waves

// WARNING-COUNT-1: agprs.mlir:3:1: warning: failed to meet occupancy target given by 'amdgpu-waves-per-eu' in 'k': desired occupancy was 2, final occupancy is 1
// WARNING-NOT:     warning

// VARIANT:      "variant": {
// VARIANT-NEXT:   "kernel": "k",
// VARIANT-NEXT:   "pa": 1
// VARIANT-NEXT: }

// SECTION: {"pa":1,"kernel":"k"}

//--- spills.mlir
// Eight waves a SIMD leave 64 registers a lane; 96 values live at once are more.
llvm.func @k(%in: !llvm.ptr<1>, %out: !llvm.ptr<1>)
    attributes {rocdl.kernel, rocdl.flat_work_group_size = "256,256", rocdl.waves_per_eu = 8 : i32} {
  %c4 = arith.constant 4 : i32
  %id = rocdl.workitem.id.x : i32
  %at = arith.shli %id, %c4 : i32
  %p = llvm.getelementptr %in[%at] : (!llvm.ptr<1>, i32) -> !llvm.ptr<1>, i8
  %v0 = llvm.load volatile %p : !llvm.ptr<1> -> vector<32xf32>
  %v1 = llvm.load volatile %p : !llvm.ptr<1> -> vector<32xf32>
  %v2 = llvm.load volatile %p : !llvm.ptr<1> -> vector<32xf32>
  rocdl.sched.barrier 0
  llvm.store volatile %v0, %out : vector<32xf32>, !llvm.ptr<1>
  llvm.store volatile %v1, %out : vector<32xf32>, !llvm.ptr<1>
  llvm.store volatile %v2, %out : vector<32xf32>, !llvm.ptr<1>
  llvm.return
}
//--- agprs.mlir
llvm.mlir.global external protected constant @variant("{\22pa\22:1,\22kernel\22:\22k\22}") {section = ".pa.variant", addr_space = 4 : i32}
llvm.mlir.global internal @lds() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<40000 x i8>
llvm.func @k(%at: i32, %out: !llvm.ptr<1>)
    attributes {rocdl.kernel, rocdl.flat_work_group_size = "256,256", rocdl.waves_per_eu = 2 : i32} {
  %base = llvm.mlir.addressof @lds : !llvm.ptr<3>
  %p = llvm.getelementptr %base[%at] : (!llvm.ptr<3>, i32) -> !llvm.ptr<3>, i8
  llvm.store volatile %at, %p : i32, !llvm.ptr<3>
  %registers = llvm.inline_asm has_side_effects "; $0 $1", "={v200},={a9}" : () -> !llvm.struct<(i32, i32)>
  llvm.return
}
