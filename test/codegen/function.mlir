// A module with several kernels compiles to one object a function; passes see all of them first.
// RUN: pa-compile %s --chip gfx942 --function append --emit=isa | FileCheck %s --check-prefix=APPEND
// RUN: pa-compile %s --chip gfx942 --function merge --emit=isa | FileCheck %s --check-prefix=MERGE
// RUN: not pa-compile %s --chip gfx942 -o %t.hsaco 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not pa-compile %s --chip gfx942 --function appen -o %t.hsaco 2>&1 | FileCheck %s --check-prefix=OTHER

// APPEND-NOT: merge:
// APPEND:     append:
// APPEND-NOT: merge:
// MERGE-NOT:  append:
// MERGE:      merge:
// MERGE-NOT:  append:
// NONE:       error: expected one gpu.module (or llvm.func kernels outside of any), got 2: --function chooses one
// OTHER:      error: --function: 'appen' is in 0 of 2 kernels' modules, expected one
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = nhd, owner = module>
func.func @append(%k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
func.func @merge(%a: memref<?x4x80xf16>, %la: memref<?x4xf32>, %b: memref<?x4x80xf16>, %lb: memref<?x4xf32>,
                 %o: memref<?x4x80xf16>, %l: memref<?x4xf32>) {
  pa.merge_states %a, %la, %b, %lb into %o, %l : memref<?x4x80xf16>, memref<?x4xf32>
  return
}
