// pa.copy_pages as a kernel: 16 bytes a work-item, first a page's keys and then its values.
// RUN: pa-opt %s --convert-pa-cache-to-rocdl --canonicalize --cse -split-input-file | FileCheck %s

// 2 heads of 16 tokens of 64 dims are 256 pieces of keys and as many of values: 2 workgroups a pair. Both pages are compared
// with what their caches have.
// CHECK-LABEL: gpu.module @listed_module
// CHECK-SAME:    pa.launch = {block = 256 : i64, grid = "pairs", workgroups_per_pair = 2 : i64}
// CHECK-LABEL: llvm.func @listed
// CHECK-SAME:    (%[[ARGS:.*]]: !llvm.ptr<4> {llvm.align = 8 : i64, llvm.byref = !llvm.array<272 x i8>, llvm.noalias})
// CHECK:         %[[GROUP:.*]] = rocdl.workgroup.id.x
// CHECK:         %[[PAIR:.*]] = arith.divui %[[GROUP]], %c2_i32
// CHECK:         llvm.getelementptr %[[ARGS]][248]
// CHECK:         %[[FROM:.*]] = llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<1> -> i64
// CHECK:         %[[TO:.*]] = llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<1> -> i64
// CHECK:         llvm.getelementptr %[[ARGS]][120]
// CHECK:         %[[ONE:.*]] = arith.cmpi ult, %[[FROM]]
// CHECK:         llvm.getelementptr %[[ARGS]][240]
// CHECK:         %[[OTHER:.*]] = arith.cmpi ult, %[[TO]]
// CHECK:         %[[BOTH:.*]] = arith.andi %[[ONE]], %[[OTHER]]
// CHECK-NEXT:    scf.if %[[BOTH]]
// Keys are pieces along the dims in both layouts.
// CHECK:             %[[KEY:.*]] = llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xi16>
// CHECK:             llvm.store %[[KEY]], %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// Values are gathered from 8 tokens, which are the source's stride apart, and stored at once.
// CHECK:             %[[STRIDE:.*]] = llvm.load %{{.*}} -> i64
// CHECK:             %[[FIRST:.*]] = llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> i16
// CHECK:             arith.muli %{{.*}}, %c7_i64
// CHECK:             %[[LAST:.*]] = llvm.load %{{.*}} {alignment = 2 : i64} : !llvm.ptr<1> -> i16
// CHECK-NEXT:        %[[VALUE:.*]] = vector.from_elements %[[FIRST]], {{.*}}, %[[LAST]] : vector<8xi16>
// CHECK:             llvm.store %[[VALUE]], %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// CHECK:         llvm.getelementptr %[[ARGS]][256]
// CHECK:         llvm.atomicrmw umin %{{.*}}, %[[PAIR]] syncscope("agent") monotonic
!from = !pa.kv_cache<bf16, heads = 2, head_size = 64, page = 16, layout = nhd, owner = caller>
!to = !pa.kv_cache<bf16, heads = 2, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @listed(%a: !from, %b: !to, %p: memref<?x2xi64>) {
  pa.copy_pages from(%a : !from) to(%b : !to) pairs(%p : memref<?x2xi64>)
  return
}
}

// -----

// Without a list, page after page; in one layout all pieces are alike. 3 heads of a page of 1 are 24 pieces of each.
// CHECK-LABEL: gpu.module @all_module
// CHECK-SAME:    workgroups_per_pair = 1 : i64
// CHECK-LABEL: llvm.func @all
// CHECK-NOT:     [248]
// CHECK:         llvm.load %{{.*}} -> vector<8xi16>
// CHECK:         llvm.load %{{.*}} -> vector<8xi16>
// CHECK-NOT:     vector.from_elements
!kv = !pa.kv_cache<bf16, heads = 3, head_size = 64, page = 1, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @all(%a: !kv, %b: !kv) {
  pa.copy_pages from(%a : !kv) to(%b : !kv)
  return
}
}

// -----

// From f8E4M3FN to f8E4M3FNUZ, exactly: halves of the numbers, and doubled scales, which go with dim 0 of their tokens.
// CHECK-LABEL: llvm.func @convert
// CHECK-DAG:     %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-DAG:     %[[TWO:.*]] = arith.constant 2.000000e+00 : f32
// CHECK:         %[[CODES:.*]] = llvm.load %{{.*}} -> vector<16xi8>
// CHECK:         arith.mulf %{{.*}}, %[[HALF]]
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<16xi8>
// CHECK:         %[[OLD:.*]] = llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK:         %[[NEW:.*]] = arith.mulf %[[OLD]], %[[TWO]]
// CHECK:         llvm.store %[[NEW]], %{{.*}} {alignment = 4 : i64} : f32
!from = !pa.kv_cache<f8E4M3FN, heads = 2, head_size = 64, page = 16, layout = nhd, scales = token, owner = caller>
!to = !pa.kv_cache<f8E4M3FNUZ, heads = 2, head_size = 64, page = 16, layout = nhd, scales = token, owner = caller>
!scales = memref<?x2x16xf32, strided<[?, ?, 1]>>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @convert(%a: !from, %b: !to, %ak: !scales, %av: !scales, %bk: !scales, %bv: !scales) {
  pa.copy_pages from(%a : !from) to(%b : !to) scales(%ak, %av, %bk, %bv : !scales, !scales, !scales, !scales)
  return
}
}
