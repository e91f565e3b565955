// Names of outputs for several chips, both code object versions, text outputs, one file a stage.
// RUN: rm -rf %t && mkdir %t
// RUN: pa-compile %s --chip gfx942,gfx950 -o %t/k.hsaco
// RUN: pa-compile %s --chip gfx950 --chip gfx942 -o %t/k-%%c.bin --code-object-version=6
// RUN: pa-inspect %t/k.gfx942.hsaco | FileCheck %s --check-prefix=V5
// RUN: pa-inspect %t/k-gfx950.bin | FileCheck %s --check-prefix=V6
// RUN: ls %t | FileCheck %s --check-prefix=NAMES
// RUN: pa-compile %s --chip gfx942 --emit=llvm | FileCheck %s --check-prefix=LLVM
// RUN: cat %s | pa-compile - --chip gfx950 --emit=isa | FileCheck %s --check-prefix=ISA
// RUN: pa-compile %s --chip gfx950 -o %t/one.hsaco --save-stages=%t/stages --json-report=%t/report.json
// RUN: ls %t/stages/gfx950 | FileCheck %s --check-prefix=STAGES
// RUN: cmp %t/one.hsaco %t/k.gfx950.hsaco
// RUN: FileCheck %s --check-prefix=JSON --input-file=%t/report.json
// RUN: FileCheck %s --check-prefix=WRAPPED --input-file=%t/stages/gfx950/07-reconcile-unrealized-casts.mlir

// V5: k.gfx942.hsaco: gfx942 (MI300X), code object version 5
// V6: k-gfx950.bin: gfx950 (MI355X), code object version 6

// NAMES:      k-gfx942.bin
// NAMES-NEXT: k-gfx950.bin
// NAMES-NEXT: k.gfx942.hsaco
// NAMES-NEXT: k.gfx950.hsaco
// NAMES-NOT:  {{.}}

// LLVM: target triple = "amdgcn-amd-amdhsa"
// LLVM: define amdgpu_kernel void @k(
// LLVM: !{i32 1, !"amdhsa_code_object_version", i32 500}

// ISA: .amdgcn_target "amdgcn-amd-amdhsa--gfx950"
// ISA: v_mul_f32
// ISA: .amdhsa_kernel k

// STAGES:      00-input.mlir
// STAGES-NEXT: 01-convert-scf-to-cf.mlir
// STAGES-NEXT: 02-math-expand-ops.mlir
// STAGES-NEXT: 03-convert-vector-to-llvm.mlir
// STAGES-NEXT: 04-convert-math-to-llvm.mlir
// STAGES-NEXT: 05-convert-arith-to-llvm.mlir
// STAGES-NEXT: 06-convert-cf-to-llvm.mlir
// STAGES-NEXT: 07-reconcile-unrealized-casts.mlir
// STAGES-NEXT: 08-translated.ll
// STAGES-NEXT: 09-optimized.ll
// STAGES-NEXT: 10-isa.s
// STAGES-NEXT: 11-object.hsaco

// JSON:      "llvm": "22.
// JSON:      "chip": "gfx950"
// JSON:      "stage": "parse"
// JSON:      "stage": "link"
// JSON:      "kernels": [
// JSON:      "kv_loop": null
// JSON:      "name": "k"
// JSON:      "variant": null

// WRAPPED: gpu.module @kernels {
// WRAPPED: llvm.func @k

llvm.func @k(%out: !llvm.ptr<1>, %scale: f32) attributes {rocdl.kernel} {
  %three = arith.constant 3.0 : f32
  %scaled = arith.mulf %scale, %three : f32
  llvm.store %scaled, %out : f32, !llvm.ptr<1>
  llvm.return
}
