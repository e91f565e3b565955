// pa.merge_states as a kernel: a row's lanes take 8 dims each.
// RUN: pa-opt %s --convert-pa-cache-to-rocdl --canonicalize --cse | FileCheck %s

// 80 dims are 10 pieces, for which a row has 16 lanes.
// CHECK-LABEL: gpu.module @merge_module
// CHECK-SAME:    pa.launch = {block = 256 : i64, grid = "rows", rows_per_workgroup = 16 : i64}
// CHECK-LABEL: llvm.func @merge
// CHECK-SAME:    llvm.byref = !llvm.array<88 x i8>
// CHECK-DAG:     %[[LEAST:.*]] = arith.constant 0xFF800000 : f32
// CHECK-DAG:     %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG:     %[[LOG2E:.*]] = arith.constant 1.44269502 : f32
// CHECK-DAG:     %[[LN2:.*]] = arith.constant 0.693147182 : f32
// CHECK:         arith.cmpi slt, %{{.*}}, %c10_i32
// CHECK:         %[[A:.*]] = llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK:         %[[B:.*]] = llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// Where neither side saw a key, 0 stands for the maximum: no weight is exp(-inf + inf).
// CHECK-NEXT:    %[[MAX:.*]] = arith.maxnumf %[[A]], %[[B]]
// CHECK-NEXT:    %[[EMPTY:.*]] = arith.cmpf oeq, %[[MAX]], %[[LEAST]]
// CHECK-NEXT:    %[[REF:.*]] = arith.select %[[EMPTY]], %[[ZERO]], %[[MAX]]
// CHECK-NEXT:    %[[BELOW:.*]] = arith.subf %[[A]], %[[REF]]
// CHECK-NEXT:    %[[POWER:.*]] = arith.mulf %[[BELOW]], %[[LOG2E]]
// CHECK-NEXT:    %[[WA:.*]] = rocdl.exp2 %[[POWER]]
// CHECK:         %[[WB:.*]] = rocdl.exp2
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf %[[WA]], %[[WB]]
// CHECK-NEXT:    arith.divf %[[WA]], %[[SUM]]
// CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xf16>
// A side without a weight counts for nothing, NaN or not.
// CHECK:         %[[NONE:.*]] = arith.cmpf oeq, %[[WA]], %[[ZERO]]
// CHECK-NEXT:    arith.select %[[NONE]]
// CHECK:         arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// CHECK:         llvm.store %{{.*}} {alignment = 16 : i64} : vector<8xf16>
// CHECK:         %[[LOG:.*]] = llvm.intr.log2(%[[SUM]])
// CHECK-NEXT:    %[[NATURAL:.*]] = arith.mulf %[[LOG]], %[[LN2]]
// CHECK-NEXT:    %[[LSE:.*]] = arith.addf %[[MAX]], %[[NATURAL]]
// CHECK:         llvm.store %[[LSE]]
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @merge(%a: memref<?x4x80xf16>, %la: memref<?x4xf32>, %b: memref<?x4x80xf16>, %lb: memref<?x4xf32>,
                 %o: memref<?x4x80xf16>, %l: memref<?x4xf32>) {
  pa.merge_states %a, %la, %b, %lb into %o, %l : memref<?x4x80xf16>, memref<?x4xf32>
  return
}
}
