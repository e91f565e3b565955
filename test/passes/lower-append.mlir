// pa.append as a kernel: a row (a token's head) is done by neighbouring lanes, 16 bytes each.
// RUN: pa-opt %s --convert-pa-cache-to-rocdl --canonicalize --cse -split-input-file | FileCheck %s

// 64 dims of bf16 are 8 pieces: 32 rows in 256 work-items. The row's slot is looked up, skipped if it is -1, and compared
// with all slots of the cache as an unsigned number; the block's place of the cache's fields is 8.
// CHECK-LABEL: gpu.module @rows_module [#rocdl.target<O = 3, chip = "gfx0">]
// CHECK-SAME:    pa.launch = {block = 256 : i64, grid = "rows", rows_per_workgroup = 32 : i64}
// CHECK-LABEL: llvm.func @rows
// CHECK-SAME:    (%[[ARGS:.*]]: !llvm.ptr<4> {llvm.align = 8 : i64, llvm.byref = !llvm.array<184 x i8>, llvm.noalias})
// CHECK-SAME:    passthrough = {{\[\[}}"amdgpu-implicitarg-num-bytes", "0"]]
// CHECK-SAME:    rocdl.flat_work_group_size = "256,256", rocdl.kernel
// CHECK:         %[[LEAST:.*]] = arith.muli %{{.*}}, %c32_i32
// CHECK:         %[[OF:.*]] = arith.divui %{{.*}}, %c8_i32
// CHECK:         %[[ROW:.*]] = arith.addi %[[LEAST]], %[[OF]]
// CHECK:         %[[TOKEN:.*]] = arith.divui %[[ROW]], %c2_i32
// CHECK:         %[[HEAD:.*]] = arith.remui %[[ROW]], %c2_i32
// CHECK:         llvm.getelementptr %[[ARGS]][176]
// CHECK:         arith.cmpi slt, %[[TOKEN]]
// CHECK:         llvm.getelementptr %[[ARGS]][144]
// CHECK:         %[[SLOT:.*]] = llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<1> -> i64
// CHECK:         llvm.getelementptr %[[ARGS]][120]
// CHECK:         %[[ALL:.*]] = arith.muli %{{.*}}, %c16_i64
// CHECK:         %[[INSIDE:.*]] = arith.cmpi ult, %[[SLOT]], %[[ALL]]
// CHECK-NEXT:    scf.if %[[INSIDE]]
// CHECK:           arith.divui %[[SLOT]], %c16_i64
// CHECK:           arith.remui %[[SLOT]], %c16_i64
// Tokens any stride apart: the piece is loaded and stored at once.
// CHECK:             llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK:             %[[KEY:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK:             llvm.store %[[KEY]], %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// CHECK:             %[[VALUE:.*]] = llvm.bitcast %{{.*}} : vector<8xbf16> to vector<8xi16>
// CHECK:             llvm.store %[[VALUE]], %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// CHECK:         %[[OUTSIDE:.*]] = arith.cmpi uge, %[[SLOT]], %[[ALL]]
// CHECK-NEXT:    %[[MEANT:.*]] = arith.cmpi ne, %[[SLOT]], %c-1_i64
// CHECK-NEXT:    arith.andi %[[OUTSIDE]], %[[MEANT]]
// CHECK:           llvm.getelementptr %[[ARGS]][152]
// CHECK:           llvm.atomicrmw umin %{{.*}}, %[[TOKEN]] syncscope("agent") monotonic
!kv = !pa.kv_cache<bf16, heads = 2, head_size = 64, page = 16, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @rows(%k: memref<?x2x64xbf16>, %v: memref<?x2x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x2x64xbf16>) values(%v : memref<?x2x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
}

// -----

// Keys of a shuffled cache are pieces along the dims, one store; values are pieces along the tokens: an element each, 16
// bytes apart.
// CHECK-LABEL: llvm.func @shuffled
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// CHECK:         %[[VALUE:.*]] = llvm.bitcast %{{.*}} to vector<8xi16>
// CHECK:         %[[FIRST:.*]] = vector.extract %[[VALUE]][0]
// CHECK-NEXT:    llvm.store %[[FIRST]], %[[PLACE:.*]] {alignment = 2 : i64} : i16
// CHECK-NEXT:    %[[SECOND:.*]] = vector.extract %[[VALUE]][1]
// CHECK-NEXT:    %[[NEXT:.*]] = llvm.getelementptr %[[PLACE]][16]
// CHECK-NEXT:    llvm.store %[[SECOND]], %[[NEXT]] {alignment = 2 : i64} : i16
// CHECK:         %[[LAST:.*]] = vector.extract %[[VALUE]][7]
// CHECK-NEXT:    llvm.getelementptr %[[PLACE]][112]
!kv = !pa.kv_cache<bf16, heads = 2, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @shuffled(%k: memref<?x2x64xbf16>, %v: memref<?x2x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x2x64xbf16>) values(%v : memref<?x2x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
}

// -----

// Classic values: a dim's tokens side by side, a page's tokens from one dim to the next.
// CHECK-LABEL: llvm.func @classic
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xi16>
// CHECK:         %[[VALUE:.*]] = llvm.bitcast %{{.*}} to vector<8xi16>
// CHECK:         llvm.getelementptr %{{.*}}[32]
// CHECK:         llvm.getelementptr %{{.*}}[224]
!kv = !pa.kv_cache<f16, heads = 2, head_size = 64, page = 16, layout = classic, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @classic(%k: memref<?x2x64xf16>, %v: memref<?x2x64xf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x2x64xf16>) values(%v : memref<?x2x64xf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
}

// -----

// FP8 with a scale a token: 64 dims are 4 pieces of 16, whose lanes find the row's largest magnitude together; 448 is the
// format's largest number. The lane of the first piece stores the scale. The chip's own format has an instruction.
// CHECK-LABEL: gpu.module @by_token_module
// CHECK-SAME:    rows_per_workgroup = 64 : i64
// CHECK-LABEL: llvm.func @by_token
// CHECK-DAG:     %[[FULL:.*]] = arith.constant 4.480000e+02 : f32
// CHECK-DAG:     %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK:         %[[ROW:.*]] = arith.extf %{{.*}} : vector<16xbf16> to vector<16xf32>
// CHECK:         %[[FIRST:.*]] = vector.extract %[[ROW]][0]
// CHECK:         llvm.intr.fabs(%[[FIRST]])
// CHECK:         arith.xori %{{.*}}, %c1_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         arith.xori %{{.*}}, %c2_i32
// CHECK:         rocdl.ds_bpermute
// CHECK-NOT:     rocdl.ds_bpermute
// CHECK:         %[[LARGEST:.*]] = arith.maxnumf
// CHECK-NEXT:    %[[MADE:.*]] = arith.divf %[[LARGEST]], %[[FULL]]
// CHECK-NEXT:    %[[ZEROS:.*]] = arith.cmpf oeq, %[[LARGEST]]
// CHECK-NEXT:    %[[SCALE:.*]] = arith.select %[[ZEROS]], %[[ONE]], %[[MADE]]
// CHECK:         llvm.store %[[SCALE]], %{{.*}} {alignment = 4 : i64} : f32
// CHECK:         arith.divf %[[FIRST]], %[[SCALE]]
// CHECK:         llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<16xi8>
!kv = !pa.kv_cache<f8E4M3FN, heads = 2, head_size = 64, page = 16, layout = hnd, scales = token, owner = caller>
!scales = memref<?x2x16xf32, strided<[?, ?, 1]>>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = []>} {
func.func @by_token(%k: memref<?x2x64xbf16>, %v: memref<?x2x64xbf16>, %s: memref<?xi64>, %kv: !kv, %ks: !scales,
                    %vs: !scales) {
  pa.append keys(%k : memref<?x2x64xbf16>) values(%v : memref<?x2x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
    scales(%ks, %vs : !scales, !scales)
  return
}
}

// -----

// int8 with the caller's scale a head: read, and a piece rounded to nearest even and saturated. Pieces of values of a classic
// page are stored byte by byte.
// CHECK-LABEL: llvm.func @by_head
// CHECK-NOT:     rocdl.ds_bpermute
// CHECK:         %[[SCALE:.*]] = llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK:         %[[SHARE:.*]] = arith.divf %{{.*}}, %[[SCALE]]
// CHECK:         %[[WHOLE:.*]] = llvm.intr.roundeven(%[[SHARE]])
// CHECK-NEXT:    llvm.call_intrinsic "llvm.fptosi.sat"(%[[WHOLE]]) : (f32) -> i32
// CHECK:         llvm.store %{{.*}} {alignment = 1 : i64} : i8
!kv = !pa.kv_cache<i8, heads = 2, head_size = 64, page = 16, layout = classic, scales = head, owner = caller>
!scales = memref<2xf32, strided<[?]>>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @by_head(%k: memref<?x2x64xf16>, %v: memref<?x2x64xf16>, %s: memref<?xi64>, %kv: !kv, %ks: !scales,
                   %vs: !scales) {
  pa.append keys(%k : memref<?x2x64xf16>) values(%v : memref<?x2x64xf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
    scales(%ks, %vs : !scales, !scales)
  return
}
}
