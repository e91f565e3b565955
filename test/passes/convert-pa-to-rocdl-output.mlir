// convert-pa-to-rocdl: outputs of 8 bits, and sinks. The chip knows f8E4M3FN.
// RUN: pa-opt %s --convert-pa-to-rocdl | FileCheck %s

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!o = !pa.tile<64x16xf32, #o>
!m = !pa.tile<1x16xf32, #row>
!l = !pa.tile<16x16xf32, #l>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// The factor is in the row's inverse sum. Values are clamped to the type's largest, and NaN stays NaN; 4 make a word, and
// neighbouring dims of a lane are stored together.
// CHECK-LABEL: llvm.func @of_the_chip
// CHECK:         llvm.getelementptr %{{.*}}[236] :
// CHECK-NEXT:    %[[FACTOR:.*]] = llvm.load {{.*}} -> f32
// CHECK:         %[[INVERSE:.*]] = arith.mulf %{{.*}}, %[[FACTOR]] : f32
// CHECK:         scf.if
// CHECK:           %[[X:.*]] = arith.mulf %{{.*}}, %[[INVERSE]] : f32
// CHECK:           %[[LEAST:.*]] = arith.constant -4.480000e+02 : f32
// CHECK-NEXT:      %[[ABOVE:.*]] = arith.maxnumf %[[X]], %[[LEAST]]
// CHECK-NEXT:      %[[MOST:.*]] = arith.constant 4.480000e+02 : f32
// CHECK-NEXT:      %[[CLAMPED:.*]] = arith.minnumf %[[ABOVE]], %[[MOST]]
// CHECK-NEXT:      %[[NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]]
// CHECK-NEXT:      %[[KEPT:.*]] = arith.select %[[NAN]], %[[X]], %[[CLAMPED]] : f32
// CHECK:           %[[HALF:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[KEPT]], %{{.*}}, %c0_i32{{.*}}, %false{{.*}}) : (f32, f32, i32, i1) -> i32
// CHECK:           %[[WORD:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%{{.*}}, %{{.*}}, %[[HALF]], %true{{.*}})
// CHECK:           llvm.store %[[WORD]], %{{.*}} {alignment = 4 : i64} : i32, !llvm.ptr<1>
// CHECK-COUNT-3:   llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : i32, !llvm.ptr<1>
// CHECK-NOT:       llvm.store
func.func @of_the_chip(%n: memref<?xi32>, %t: memref<?x?xi32>, %out: memref<?x64x64xf8E4M3FN>,
                       %factor: f32 {pa.arg = "out_scale"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %o = pa.fill 1.0 : !o
    %m = pa.fill 0.0 : !m
    %l = pa.fill 2.0 : !l
    pa.store_output %o, %m, %l, %item, #rows block(0) out(%out : memref<?x64x64xf8E4M3FN>) factor(%factor) : !o, !m, !l
  }
  return
}
// A type that the chip does not know: rounded to nearest even in integers; below 2^-7, its smallest normal number, by the
// addition of a number whose last place is the type's. Its only NaN is minus zero's code, so zero has no sign.
// CHECK-LABEL: llvm.func @foreign
// CHECK-NOT:     llvm.amdgcn.cvt
// CHECK:         %[[BITS:.*]] = llvm.bitcast %[[X:.*]] : f32 to i32
// CHECK:         %[[SIGN:.*]] = arith.andi %{{.*}}, %c128_i32
// CHECK:         %[[NAN:.*]] = arith.cmpf uno, %[[X]], %[[X]]
// CHECK:         %[[LARGEST:.*]] = arith.constant 2.400000e+02 : f32
// CHECK-NEXT:    %[[CLAMPED:.*]] = arith.minnumf %{{.*}}, %[[LARGEST]]
// CHECK:         arith.addi %{{.*}}, %c524287_i32
// CHECK:         %[[NORMAL:.*]] = arith.subi %{{.*}}, %c952_i32
// CHECK:         %[[PLACE:.*]] = arith.constant 8.192000e+03 : f32
// CHECK-NEXT:    arith.addf %[[CLAMPED]], %[[PLACE]]
// CHECK:         %[[SUBNORMAL:.*]] = arith.subi
// CHECK:         arith.constant 7.812500e-03 : f32
// CHECK:         %[[SMALL:.*]] = arith.cmpf olt, %[[CLAMPED]],
// CHECK-NEXT:    %[[CODE:.*]] = arith.select %[[SMALL]], %[[SUBNORMAL]], %[[NORMAL]]
// CHECK:         %[[ZERO:.*]] = arith.cmpi eq, %[[CODE]], %c0_i32
// CHECK:         arith.select %[[ZERO]], %{{.*}}, %[[SIGN]]
// CHECK:         arith.constant 128 : i32
// CHECK:         arith.select %[[NAN]],
func.func @foreign(%n: memref<?xi32>, %t: memref<?x?xi32>, %out: memref<?x64x64xf8E4M3FNUZ>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %o = pa.fill 1.0 : !o
    %m = pa.fill 0.0 : !m
    %l = pa.fill 2.0 : !l
    pa.store_output %o, %m, %l, %item, #rows block(0) out(%out : memref<?x64x64xf8E4M3FNUZ>) : !o, !m, !l
  }
  return
}
// A row's sink is one more score, in base 2: maximum and sum change, and values shrink by as much as the sum of keys did. LSE
// is of the new ones. A row that is not used reads the first head's.
// CHECK-LABEL: llvm.func @sinks
// CHECK:         llvm.getelementptr %{{.*}}[224] :
// CHECK-NEXT:    %[[SINKS:.*]] = llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK:         %[[USED:.*]] = arith.cmpi slt
// CHECK:         %[[HEAD:.*]] = arith.select %[[USED]], %{{.*}}, %c0_i32{{.*}} : i32
// CHECK:         llvm.getelementptr %[[SINKS]][
// CHECK-NEXT:    %[[NATURAL:.*]] = llvm.load {{.*}} -> f32
// CHECK:         %[[SINK:.*]] = arith.mulf %[[NATURAL]], %{{.*}} : f32
// CHECK-NEXT:    %[[NEXT:.*]] = arith.maxnumf %{{.*}}, %[[SINK]]
// CHECK:         %[[KEYS:.*]] = rocdl.exp2
// CHECK-NEXT:    %[[BELOW:.*]] = arith.subf %[[SINK]], %[[NEXT]]
// CHECK-NEXT:    %[[OWN:.*]] = rocdl.exp2 %[[BELOW]]
// CHECK-NEXT:    %[[SHRUNK:.*]] = arith.mulf %{{.*}}, %[[KEYS]]
// CHECK-NEXT:    %[[SUM:.*]] = arith.addf %[[SHRUNK]], %[[OWN]]
// CHECK-NEXT:    %[[INVERSE:.*]] = rocdl.rcp %[[SUM]]
// CHECK:         arith.mulf %{{.*}}, %[[KEYS]] : f32
// CHECK:         %[[LOG:.*]] = llvm.intr.log2(%[[SUM]])
// CHECK-NEXT:    arith.addf %[[NEXT]], %[[LOG]]
func.func @sinks(%n: memref<?xi32>, %t: memref<?x?xi32>, %out: memref<?x64x64xbf16>,
                 %sinks: memref<64xf32> {pa.arg = "sinks"}, %lse: memref<?x64xf32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %o = pa.fill 1.0 : !o
    %m = pa.fill 0.0 : !m
    %l = pa.fill 2.0 : !l
    pa.store_output %o, %m, %l, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) lse(%lse : memref<?x64xf32>)
      sinks(%sinks : memref<64xf32>) : !o, !m, !l
  }
  return
}
}
