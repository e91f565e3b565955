// convert-pa-to-rocdl: products in FP8, in the chip's own format. A register is words of four codes.
// RUN: sed 's/FP8/f8E4M3FN/g; s/QUERY/bf16/g; s/SWAP/true/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,OCP,SWAPS
// RUN: sed 's/FP8/f8E4M3FNUZ/g; s/QUERY/f16/g; s/SWAP/false/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,FNUZ,LDS

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#s2 = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
#p2 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#p4 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#weights = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 4 : (0, 16)]>
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#loaded = #pa.layout<lane = [4 : (0, 1), 2 : (0, 16), 2 : (0, 0), 4 : (0, 4)], reg = [], elem = []>
#spread = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
#spread2 = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#vrows = #pa.layout<lane = [16 : (16, 0), 4 : (0, 4)], reg = [4 : (0, 1)], elem = [16 : (1, 0)]>
#voperand = #pa.layout<lane = [16 : (16, 0), 4 : (0, 4)], reg = [16 : (1, 0)], elem = [4 : (0, 1)]>
#vshared = #pa.layout<lane = [4 : (16, 0), 4 : (0, 1), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [16 : (1, 0)]>
#vshare = #pa.layout<lane = [4 : (16, 0), 4 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#mfma = #pa.mfma<m = 16, n = 16, k = 32, type = FP8, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = SWAP, packed_bf16_convert = false, fp8 = FP8, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// A lane has 32 of a row's 128 dims, in two registers: the largest of them, then of the four lanes of the row.
// CHECK-LABEL: llvm.func @quantize_rows
// CHECK:         %[[A:.*]] = arith.extf %{{.*}} : vector<16x{{b?}}f16> to vector<16xf32>
// CHECK-NEXT:    %[[A0:.*]] = vector.extract %[[A]][0] :
// CHECK-NEXT:    %[[A1:.*]] = vector.extract %[[A]][1] :
// CHECK-NEXT:    %[[A2:.*]] = vector.extract %[[A]][2] :
// CHECK-NEXT:    %[[A3:.*]] = vector.extract %[[A]][3] :
// CHECK:         %[[B:.*]] = arith.extf %{{.*}} : vector<16x{{b?}}f16> to vector<16xf32>
// CHECK-NEXT:    %[[B0:.*]] = vector.extract %[[B]][0] :
// CHECK:         %[[B15:.*]] = vector.extract %[[B]][15] :
// CHECK:         %[[ABS0:.*]] = math.absf %[[A0]] : f32
// CHECK-NEXT:    %[[MAX0:.*]] = arith.maxnumf %{{.*}}, %[[ABS0]] : f32
// CHECK-NEXT:    %[[ABS1:.*]] = math.absf %[[A1]] : f32
// CHECK-NEXT:    arith.maxnumf %[[MAX0]], %[[ABS1]] : f32
// CHECK-COUNT-29: math.absf
// CHECK:         %[[ABS31:.*]] = math.absf %[[B15]] : f32
// CHECK-NEXT:    %[[OFLANE:.*]] = arith.maxnumf %{{.*}}, %[[ABS31]] : f32
// CHECK-NOT:     math.absf
// CHECK:         arith.xori %{{.*}}, %c16_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         %[[OFTWO:.*]] = arith.maxnumf %[[OFLANE]], %{{.*}} : f32
// CHECK:         arith.xori %{{.*}}, %c32_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         %[[LARGEST:.*]] = arith.maxnumf %[[OFTWO]], %{{.*}} : f32
// The least power of two that it is within the format over: the difference of the bits of it and of the largest number,
// 448 or 240, rounded up to an exponent; not below the least normal number. An infinite one has an inverse of 0.
// CHECK-NEXT:    %[[BITS:.*]] = arith.bitcast %[[LARGEST]] : f32 to i32
// OCP-NEXT:      %[[LESS:.*]] = arith.constant -1130364929 : i32
// FNUZ-NEXT:     %[[LESS:.*]] = arith.constant -1123024897 : i32
// CHECK-NEXT:    %[[DIFFERENCE:.*]] = arith.addi %[[BITS]], %[[LESS]] : i32
// CHECK-NEXT:    %[[EXPONENTS:.*]] = arith.constant -8388608 : i32
// CHECK-NEXT:    %[[EXPONENT:.*]] = arith.andi %[[DIFFERENCE]], %[[EXPONENTS]] : i32
// CHECK:         %[[BIASED:.*]] = arith.addi %[[EXPONENT]], %c1065353216_i32{{.*}} : i32
// CHECK:         %[[POWER:.*]] = arith.maxsi %[[BIASED]], %c8388608_i32{{.*}} : i32
// CHECK:         %[[OPPOSITE:.*]] = arith.subi %c2130706432_i32{{.*}}, %[[POWER]] : i32
// CHECK:         %[[INFINITE:.*]] = arith.cmpi eq, %[[BITS]], %c2139095040_i32{{.*}} : i32
// CHECK:         %[[KEPT:.*]] = arith.select %[[INFINITE]], %c0_i32{{.*}}, %[[OPPOSITE]] : i32
// CHECK-DAG:     %[[SCALE:.*]] = arith.bitcast %[[POWER]] : i32 to f32
// CHECK-DAG:     %[[INVERSE:.*]] = arith.bitcast %[[KEPT]] : i32 to f32
// CHECK-NEXT:    %[[Q0:.*]] = arith.mulf %[[A0]], %[[INVERSE]] : f32
// CHECK-NEXT:    %[[Q1:.*]] = arith.mulf %[[A1]], %[[INVERSE]] : f32
// CHECK-NEXT:    %[[Q2:.*]] = arith.mulf %[[A2]], %[[INVERSE]] : f32
// CHECK-NEXT:    %[[Q3:.*]] = arith.mulf %[[A3]], %[[INVERSE]] : f32
// CHECK-COUNT-12: arith.mulf %{{.*}}, %[[INVERSE]] : f32
// Codes saturate; a NaN has to stay one.
// OCP-NEXT:      %[[LEAST:.*]] = arith.constant -4.480000e+02 : f32
// FNUZ-NEXT:     %[[LEAST:.*]] = arith.constant -2.400000e+02 : f32
// CHECK-NEXT:    %[[ABOVE:.*]] = arith.maxnumf %[[Q0]], %[[LEAST]] : f32
// CHECK:         %[[CLAMPED:.*]] = arith.minnumf %[[ABOVE]], %{{.*}} : f32
// CHECK-NEXT:    %[[NAN:.*]] = arith.cmpf uno, %[[Q0]], %[[Q0]] : f32
// CHECK-NEXT:    %[[C0:.*]] = arith.select %[[NAN]], %[[Q0]], %[[CLAMPED]] : f32
// CHECK:         %[[C1:.*]] = arith.select %{{.*}}, %[[Q1]], %{{.*}} : f32
// CHECK:         %[[C2:.*]] = arith.select %{{.*}}, %[[Q2]], %{{.*}} : f32
// CHECK:         %[[C3:.*]] = arith.select %{{.*}}, %[[Q3]], %{{.*}} : f32
// CHECK:         %[[HALF:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[C0]], %[[C1]], %c0_i32{{.*}}, %false{{.*}}) : (f32, f32, i32, i1) -> i32
// CHECK:         %[[WORD:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[C2]], %[[C3]], %[[HALF]], %true{{.*}}) : (f32, f32, i32, i1) -> i32
// CHECK-COUNT-6: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
// CHECK:         %[[CODES0:.*]] = vector.from_elements %[[WORD]], %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi32>
// CHECK-NEXT:    arith.mulf %[[B0]], %[[INVERSE]] : f32
// CHECK-COUNT-15: arith.mulf %{{.*}}, %[[INVERSE]] : f32
// CHECK-COUNT-8: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:         %[[CODES1:.*]] = vector.from_elements
// Eight codes are an integer of 64 bits, two a register; a key of ones, 0x38 or 0x40.
// OCP-NEXT:      %[[K:.*]] = arith.constant dense<943208504> : vector<4xi32>
// FNUZ-NEXT:     %[[K:.*]] = arith.constant dense<1077952576> : vector<4xi32>
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
// CHECK-NEXT:    %[[K0:.*]] = vector.extract_strided_slice %[[K]] {offsets = [0], sizes = [2], strides = [1]}
// CHECK-NEXT:    %[[Q0:.*]] = vector.extract_strided_slice %[[CODES0]] {offsets = [0], sizes = [2], strides = [1]}
// CHECK-NEXT:    %[[KBITS:.*]] = llvm.bitcast %[[K0]] : vector<2xi32> to i64
// CHECK-NEXT:    %[[QBITS:.*]] = llvm.bitcast %[[Q0]] : vector<2xi32> to i64
// CHECK-NEXT:    %[[NO:.*]] = arith.constant 0 : i32
// CHECK-NEXT:    %[[S0:.*]] = rocdl.mfma.f32.16x16x32.fp8.fp8 %[[KBITS]], %[[QBITS]], %[[ZERO]], %[[NO]], %[[NO]], %[[NO]] : (i64, i64, vector<4xf32>, i32, i32, i32) -> vector<4xf32>
// CHECK-NEXT:    vector.extract_strided_slice %[[K]] {offsets = [2], sizes = [2], strides = [1]}
// CHECK-NEXT:    %[[Q1:.*]] = vector.extract_strided_slice %[[CODES0]] {offsets = [2], sizes = [2], strides = [1]}
// CHECK:         %[[QBITS1:.*]] = llvm.bitcast %[[Q1]] : vector<2xi32> to i64
// CHECK:         %[[S1:.*]] = rocdl.mfma.f32.16x16x32.fp8.fp8 %{{.*}}, %[[QBITS1]], %[[S0]],
// CHECK:         %[[Q2:.*]] = vector.extract_strided_slice %[[CODES1]] {offsets = [0], sizes = [2], strides = [1]}
// CHECK:         %[[QBITS2:.*]] = llvm.bitcast %[[Q2]] : vector<2xi32> to i64
// CHECK:         %[[S2:.*]] = rocdl.mfma.f32.16x16x32.fp8.fp8 %{{.*}}, %[[QBITS2]], %[[S1]],
// CHECK:         %[[Q3:.*]] = vector.extract_strided_slice %[[CODES1]] {offsets = [2], sizes = [2], strides = [1]}
// CHECK:         %[[QBITS3:.*]] = llvm.bitcast %[[Q3]] : vector<2xi32> to i64
// CHECK:         %[[S3:.*]] = rocdl.mfma.f32.16x16x32.fp8.fp8 %{{.*}}, %[[QBITS3]], %[[S2]],
// A row's scale is where its scores are.
// CHECK-NEXT:    %[[SCALES:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<4xf32>
// CHECK-NEXT:    arith.mulf %[[S3]], %[[SCALES]] : vector<4xf32>
// CHECK-NEXT:    llvm.return
func.func @quantize_rows(%query: memref<?x64x128xQUERY>, %scale: f32, %n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows block(0) : memref<?x64x128xQUERY> -> !pa.tile<16x128xQUERY, #q>
    %codes, %scales = pa.quantize_rows %q
      : !pa.tile<16x128xQUERY, #q> -> !pa.tile<16x128xFP8, #q>, !pa.tile<1x16xf32, #row>
    %k = pa.fill 1.0 : !pa.tile<16x128xFP8, #q>
    %zero = pa.fill 0.0 : !pa.tile<16x16xf32, #s>
    %s = pa.dot %k, %codes, %zero, #mfma : !pa.tile<16x128xFP8, #q>, !pa.tile<16x128xFP8, #q>, !pa.tile<16x16xf32, #s>
    %s1 = pa.rescale %s, %scales : !pa.tile<16x16xf32, #s>, !pa.tile<1x16xf32, #row>
  }
  return
}
// Logarithms are taken once a token, in base 2, before they go where the token's scores are (DPP row_newbcast, 336 and up).
// CHECK-LABEL: llvm.func @offsets
// CHECK:         llvm.getelementptr %{{.*}}[132] :
// CHECK-NEXT:    %[[SCALE:.*]] = llvm.load {{.*}} -> f32
// CHECK:         %[[LOADED:.*]] = arith.constant 3.000000e+00 : f32
// CHECK-NEXT:    %[[LOG:.*]] = math.log2 %[[LOADED]] : f32
// CHECK-NOT:     math.log2
// CHECK:         %[[OWN:.*]] = llvm.inline_asm has_side_effects{{.*}} %[[LOG]] :
// CHECK:         %[[BITS:.*]] = llvm.bitcast %[[OWN]] : f32 to i32
// CHECK-NEXT:    rocdl.update.dpp %[[BITS]], %[[BITS]] with 336, 15, 15, true
// CHECK:         %[[OFFSETS0:.*]] = vector.from_elements
// CHECK:         with 340,
// CHECK:         %[[OFFSETS1:.*]] = vector.from_elements
// CHECK-NEXT:    %[[S:.*]] = arith.constant dense<5.000000e+00> : vector<4xf32>
// CHECK-NEXT:    %[[SCALES0:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<4xf32>
// CHECK-NEXT:    math.fma %[[S]], %[[SCALES0]], %[[OFFSETS0]] : vector<4xf32>
// CHECK-NEXT:    %[[SCALES1:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<4xf32>
// CHECK-NEXT:    math.fma %[[S]], %[[SCALES1]], %[[OFFSETS1]] : vector<4xf32>
// CHECK-NEXT:    llvm.return
func.func @offsets(%scale: f32, %n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %loaded = pa.fill 3.0 : !pa.tile<1x32xf32, #loaded>
    %logs = pa.log_scales %loaded : !pa.tile<1x32xf32, #loaded>
    %offsets = pa.convert_layout %logs : !pa.tile<1x32xf32, #loaded> -> !pa.tile<1x32xf32, #spread2>
    %s = pa.fill 5.0 : !pa.tile<32x16xf32, #s2>
    %s1 = pa.offset_tokens %s, %scale, %offsets : !pa.tile<32x16xf32, #s2>, !pa.tile<1x32xf32, #spread2>
  }
  return
}
// A word of weights a register; none is beyond the largest number, so nothing clamps them, and nothing scales them either.
// CHECK-LABEL: llvm.func @one_part
// CHECK:         %[[P:.*]] = arith.constant dense<2.500000e-01> : vector<4xf32>
// CHECK-NEXT:    %[[W0:.*]] = vector.extract %[[P]][0] :
// CHECK-NEXT:    %[[W1:.*]] = vector.extract %[[P]][1] :
// CHECK-NEXT:    %[[W2:.*]] = vector.extract %[[P]][2] :
// CHECK-NEXT:    %[[W3:.*]] = vector.extract %[[P]][3] :
// CHECK:         %[[HALF:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[W0]], %[[W1]], %c0_i32{{.*}}, %false{{.*}})
// CHECK:         %[[WORD:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[W2]], %[[W3]], %[[HALF]], %true{{.*}})
// CHECK-NOT:     llvm.amdgcn.cvt.pk.f32.fp8
// CHECK-NOT:     arith.{{minnumf|maxnumf|truncf|mulf}}
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:         llvm.return
func.func @one_part(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 0.25 : !pa.tile<16x32xf32, #p2>
    %w = pa.round %p : !pa.tile<16x32xf32, #p2> -> !pa.tile<16x32xFP8, #p2>
  }
  return
}
// The second part is the rounded rest of what was rounded. A sum of codes is of the numbers they say, both parts together; but
// what is below the least normal number, 2^-6 or 2^-7, counts as it was before it was rounded.
// CHECK-LABEL: llvm.func @two_parts
// CHECK:         %[[P:.*]] = arith.constant dense<3.000000e-01> : vector<4xf32>
// CHECK-NEXT:    %[[INVERSES:.*]] = arith.constant dense<2.000000e+00> : vector<4xf32>
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:    %[[P0:.*]] = vector.extract %[[P]][0] :
// CHECK-NEXT:    %[[P1:.*]] = vector.extract %[[P]][1] :
// CHECK-NEXT:    %[[P2:.*]] = vector.extract %[[P]][2] :
// CHECK-NEXT:    %[[P3:.*]] = vector.extract %[[P]][3] :
// CHECK:         %[[HALF:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[P0]], %[[P1]], %c0_i32{{.*}}, %false{{.*}})
// CHECK:         %[[WORD:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[P2]], %[[P3]], %[[HALF]], %true{{.*}})
// CHECK-NEXT:    %[[HIGH:.*]] = llvm.bitcast %[[WORD]] : i32 to vector<1xi32>
// CHECK-NEXT:    %[[HIGHWORD:.*]] = llvm.bitcast %[[HIGH]] : vector<1xi32> to i32
// CHECK:         %[[LOWER:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[HIGHWORD]], %false{{.*}}) : (i32, i1) -> vector<2xf32>
// CHECK-NEXT:    %[[E0:.*]] = vector.extract %[[LOWER]][0] :
// CHECK-NEXT:    %[[E1:.*]] = vector.extract %[[LOWER]][1] :
// CHECK:         %[[UPPER:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[HIGHWORD]], %true{{.*}}) : (i32, i1) -> vector<2xf32>
// CHECK-NEXT:    %[[E2:.*]] = vector.extract %[[UPPER]][0] :
// CHECK-NEXT:    %[[E3:.*]] = vector.extract %[[UPPER]][1] :
// CHECK-NEXT:    %[[EXACT:.*]] = vector.from_elements %[[E0]], %[[E1]], %[[E2]], %[[E3]] : vector<4xf32>
// CHECK-NEXT:    %[[REST:.*]] = arith.subf %[[P]], %[[EXACT]] : vector<4xf32>
// CHECK-NEXT:    %[[R0:.*]] = vector.extract %[[REST]][0] :
// CHECK-NEXT:    %[[R1:.*]] = vector.extract %[[REST]][1] :
// CHECK-NEXT:    %[[R2:.*]] = vector.extract %[[REST]][2] :
// CHECK-NEXT:    %[[R3:.*]] = vector.extract %[[REST]][3] :
// CHECK:         %[[RHALF:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[R0]], %[[R1]], %c0_i32{{.*}}, %false{{.*}})
// CHECK:         %[[RWORD:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.fp8.f32"(%[[R2]], %[[R3]], %[[RHALF]], %true{{.*}})
// CHECK-NEXT:    %[[LOW:.*]] = llvm.bitcast %[[RWORD]] : i32 to vector<1xi32>
// OCP-NEXT:      %[[LEAST:.*]] = arith.constant 1.562500e-02 : f32
// FNUZ-NEXT:     %[[LEAST:.*]] = arith.constant 7.812500e-03 : f32
// CHECK-NEXT:    %[[HIGHWORD:.*]] = llvm.bitcast %[[HIGH]] : vector<1xi32> to i32
// CHECK-NEXT:    arith.constant false
// CHECK-NEXT:    %[[PAIR0:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[HIGHWORD]], %false{{.*}})
// CHECK-NEXT:    %[[X0:.*]] = vector.extract %[[PAIR0]][0] :
// CHECK-NEXT:    %[[X1:.*]] = vector.extract %[[PAIR0]][1] :
// CHECK-NEXT:    arith.constant true
// CHECK-NEXT:    %[[PAIR1:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[HIGHWORD]], %true{{.*}})
// CHECK-NEXT:    %[[X2:.*]] = vector.extract %[[PAIR1]][0] :
// CHECK-NEXT:    %[[X3:.*]] = vector.extract %[[PAIR1]][1] :
// CHECK-NEXT:    %[[LOWWORD:.*]] = llvm.bitcast %[[LOW]] : vector<1xi32> to i32
// CHECK-NEXT:    arith.constant false
// CHECK-NEXT:    %[[PAIR0:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[LOWWORD]], %false{{.*}})
// CHECK-NEXT:    %[[Y0:.*]] = vector.extract %[[PAIR0]][0] :
// CHECK-NEXT:    %[[Y1:.*]] = vector.extract %[[PAIR0]][1] :
// CHECK-NEXT:    arith.constant true
// CHECK-NEXT:    %[[PAIR1:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[LOWWORD]], %true{{.*}})
// CHECK-NEXT:    %[[Y2:.*]] = vector.extract %[[PAIR1]][0] :
// CHECK-NEXT:    %[[Y3:.*]] = vector.extract %[[PAIR1]][1] :
// CHECK-NEXT:    %[[B0:.*]] = arith.addf %[[X0]], %[[Y0]] : f32
// CHECK-NEXT:    %[[B1:.*]] = arith.addf %[[X1]], %[[Y1]] : f32
// CHECK-NEXT:    %[[B2:.*]] = arith.addf %[[X2]], %[[Y2]] : f32
// CHECK-NEXT:    %[[B3:.*]] = arith.addf %[[X3]], %[[Y3]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[P]][0] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B0]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[INVERSES]][0] :
// CHECK-NEXT:    %[[SUM0:.*]] = math.fma %[[COUNTS]], %[[I]], %[[ZERO]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[P]][1] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B1]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[INVERSES]][1] :
// CHECK-NEXT:    %[[SUM1:.*]] = math.fma %[[COUNTS]], %[[I]], %[[SUM0]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[P]][2] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B2]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[INVERSES]][2] :
// CHECK-NEXT:    %[[SUM2:.*]] = math.fma %[[COUNTS]], %[[I]], %[[SUM1]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[P]][3] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B3]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[INVERSES]][3] :
// CHECK-NEXT:    %[[SUM3:.*]] = math.fma %[[COUNTS]], %[[I]], %[[SUM2]] : f32
// CHECK-NEXT:    llvm.return
func.func @two_parts(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 0.3 : !pa.tile<16x16xf32, #p>
    %inverses = pa.fill 2.0 : !pa.tile<1x16xf32, #spread>
    %l = pa.fill 0.0 : !pa.tile<4x16xf32, #partial>
    %w:2 = pa.round %p : !pa.tile<16x16xf32, #p> -> !pa.tile<16x16xFP8, #p>, !pa.tile<16x16xFP8, #p>
    %l1 = pa.sum_tokens %l, %inverses, %p rounded %w#0, %w#1
      : !pa.tile<4x16xf32, #partial>, !pa.tile<1x16xf32, #spread>, !pa.tile<16x16xf32, #p>,
        !pa.tile<16x16xFP8, #p>, !pa.tile<16x16xFP8, #p>
  }
  return
}
// Four blocks of 16 weights, of which a lane has a word each; each lane group is to have one block, whole. By swaps that is a
// transposition of words and groups.
// CHECK-LABEL: llvm.func @exchange
// CHECK:         %[[R0:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R1:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R2:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R3:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK-NEXT:    %[[W0:.*]] = llvm.bitcast %[[R0]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W1:.*]] = llvm.bitcast %[[R1]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W2:.*]] = llvm.bitcast %[[R2]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W3:.*]] = llvm.bitcast %[[R3]] : vector<1xi32> to i32
// SWAPS-NEXT:    %[[A:.*]] = rocdl.permlane32.swap %[[W0]], %[[W2]], false, false
// SWAPS-NEXT:    %[[A0:.*]] = llvm.extractvalue %[[A]][0]
// SWAPS-NEXT:    %[[A2:.*]] = llvm.extractvalue %[[A]][1]
// SWAPS-NEXT:    %[[B:.*]] = rocdl.permlane32.swap %[[W1]], %[[W3]], false, false
// SWAPS-NEXT:    %[[B1:.*]] = llvm.extractvalue %[[B]][0]
// SWAPS-NEXT:    %[[B3:.*]] = llvm.extractvalue %[[B]][1]
// SWAPS-NEXT:    %[[C:.*]] = rocdl.permlane16.swap %[[A0]], %[[B1]], false, false
// SWAPS-NEXT:    %[[C0:.*]] = llvm.extractvalue %[[C]][0]
// SWAPS-NEXT:    %[[C1:.*]] = llvm.extractvalue %[[C]][1]
// SWAPS-NEXT:    %[[D:.*]] = rocdl.permlane16.swap %[[A2]], %[[B3]], false, false
// SWAPS-NEXT:    %[[D2:.*]] = llvm.extractvalue %[[D]][0]
// SWAPS-NEXT:    %[[D3:.*]] = llvm.extractvalue %[[D]][1]
// SWAPS-NEXT:    vector.from_elements %[[C0]], %[[C1]], %[[D2]], %[[D3]] : vector<4xi32>
// SWAPS-NEXT:    llvm.return
// Through LDS a block is 64 words and half of the banks beyond them, 320 bytes: two groups that read at once do so from two
// blocks. Group g reads the g-th, its four groups' 64 bytes each. Four blocks a wave:
// LDS:           arith.muli %{{.*}}, %c1280_i32
// LDS:           arith.muli %{{.*}}, %c4_i32
// LDS-NEXT:      %[[OWN:.*]] = llvm.getelementptr
// LDS-NEXT:      llvm.store %[[W0]], %[[OWN]] {alignment = 4 : i64} : i32, !llvm.ptr<3>
// LDS-NEXT:      %[[OWN1:.*]] = llvm.getelementptr %[[OWN]][320]
// LDS-NEXT:      llvm.store %[[W1]], %[[OWN1]] {alignment = 4 : i64} : i32, !llvm.ptr<3>
// LDS-NEXT:      %[[OWN2:.*]] = llvm.getelementptr %[[OWN]][640]
// LDS-NEXT:      llvm.store %[[W2]], %[[OWN2]] {alignment = 4 : i64} : i32, !llvm.ptr<3>
// LDS-NEXT:      %[[OWN3:.*]] = llvm.getelementptr %[[OWN]][960]
// LDS-NEXT:      llvm.store %[[W3]], %[[OWN3]] {alignment = 4 : i64} : i32, !llvm.ptr<3>
// LDS:           %[[ROW:.*]] = arith.remui %{{.*}}, %c16_i32
// LDS:           %[[GROUP:.*]] = arith.divui %{{.*}}, %c16_i32
// LDS:           %[[FIRST:.*]] = arith.muli %[[GROUP]], %c4_i32
// LDS:           %[[BLOCK:.*]] = arith.divui %[[FIRST]], %c4_i32
// LDS:           %[[OFBLOCK:.*]] = arith.muli %[[BLOCK]], %c320_i32
// LDS:           %[[WITHIN:.*]] = arith.remui %[[FIRST]], %c4_i32
// LDS:           %[[OFGROUP:.*]] = arith.muli %[[WITHIN]], %c64_i32
// LDS:           %[[OFROW:.*]] = arith.muli %[[ROW]], %c4_i32
// LDS-NEXT:      %[[INBLOCK:.*]] = arith.addi %[[OFGROUP]], %[[OFROW]]
// LDS-NEXT:      %[[AT:.*]] = arith.addi %[[OFBLOCK]], %[[INBLOCK]]
// LDS-NEXT:      %[[FROM:.*]] = llvm.getelementptr %{{.*}}[%[[AT]]]
// LDS-NEXT:      %[[X0:.*]] = llvm.load %[[FROM]] {alignment = 4 : i64} : !llvm.ptr<3> -> i32
// LDS-NEXT:      %[[FROM1:.*]] = llvm.getelementptr %[[FROM]][64]
// LDS-NEXT:      %[[X1:.*]] = llvm.load %[[FROM1]] {alignment = 4 : i64} : !llvm.ptr<3> -> i32
// LDS-NEXT:      %[[FROM2:.*]] = llvm.getelementptr %[[FROM]][128]
// LDS-NEXT:      %[[X2:.*]] = llvm.load %[[FROM2]] {alignment = 4 : i64} : !llvm.ptr<3> -> i32
// LDS-NEXT:      %[[FROM3:.*]] = llvm.getelementptr %[[FROM]][192]
// LDS-NEXT:      %[[X3:.*]] = llvm.load %[[FROM3]] {alignment = 4 : i64} : !llvm.ptr<3> -> i32
// LDS-NEXT:      vector.from_elements %[[X0]], %[[X1]], %[[X2]], %[[X3]] : vector<4xi32>
// LDS-NEXT:      llvm.return
// SWAPS:       @exchange_lds() {{.*}} : !llvm.array<0 x i8>
// LDS:         @exchange_lds() {{.*}} : !llvm.array<2560 x i8>
func.func @exchange(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 0.25 : !pa.tile<16x64xf32, #p4>
    %w = pa.round %p : !pa.tile<16x64xf32, #p4> -> !pa.tile<16x64xFP8, #p4>
    %b = pa.convert_layout %w : !pa.tile<16x64xFP8, #p4> -> !pa.tile<16x64xFP8, #b>
  }
  return
}
// Beside values that were transposed in the lane, weights only become one register: words as they are.
// CHECK-LABEL: llvm.func @renamed
// CHECK:         %[[R0:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R1:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R2:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK:         %[[R3:.*]] = llvm.bitcast %{{.*}} : i32 to vector<1xi32>
// CHECK-NEXT:    %[[W0:.*]] = llvm.bitcast %[[R0]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W1:.*]] = llvm.bitcast %[[R1]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W2:.*]] = llvm.bitcast %[[R2]] : vector<1xi32> to i32
// CHECK-NEXT:    %[[W3:.*]] = llvm.bitcast %[[R3]] : vector<1xi32> to i32
// CHECK-NEXT:    vector.from_elements %[[W0]], %[[W1]], %[[W2]], %[[W3]] : vector<4xi32>
// CHECK-NEXT:    llvm.return
func.func @renamed(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 0.25 : !pa.tile<16x64xf32, #p4>
    %w = pa.round %p : !pa.tile<16x64xf32, #p4> -> !pa.tile<16x64xFP8, #p4>
    %b = pa.convert_layout %w : !pa.tile<16x64xFP8, #p4> -> !pa.tile<16x64xFP8, #weights>
  }
  return
}
// A lane has 16 dims of 4 tokens, a token a register, and is to have 4 tokens of each dim in a word: dim i is byte i % 4 of the
// tokens' words i / 4. Two words' lower bytes side by side (v_perm_b32 by 0x05010400 = 83952640) have bytes 0 of both below
// and bytes 1 above; upper bytes (0x07030602 = 117638658) bytes 2 and 3. Then two lower halves (0x05040100 = 84148480) or two
// upper halves (0x07060302 = 117834498) are a word.
// CHECK-LABEL: llvm.func @bytes
// CHECK:         %[[R0:.*]] = vector.from_elements {{.*}} : vector<4xi32>
// CHECK:         %[[R1:.*]] = vector.from_elements {{.*}} : vector<4xi32>
// CHECK:         %[[R2:.*]] = vector.from_elements {{.*}} : vector<4xi32>
// CHECK:         %[[R3:.*]] = vector.from_elements {{.*}} : vector<4xi32>
// CHECK-NEXT:    %[[T0W0:.*]] = vector.extract %[[R0]][0] :
// CHECK-NEXT:    %[[T0W1:.*]] = vector.extract %[[R0]][1] :
// CHECK-NEXT:    %[[T0W2:.*]] = vector.extract %[[R0]][2] :
// CHECK-NEXT:    %[[T0W3:.*]] = vector.extract %[[R0]][3] :
// CHECK-NEXT:    %[[T1W0:.*]] = vector.extract %[[R1]][0] :
// CHECK-NEXT:    %[[T1W1:.*]] = vector.extract %[[R1]][1] :
// CHECK-NEXT:    %[[T1W2:.*]] = vector.extract %[[R1]][2] :
// CHECK-NEXT:    %[[T1W3:.*]] = vector.extract %[[R1]][3] :
// CHECK-NEXT:    %[[T2W0:.*]] = vector.extract %[[R2]][0] :
// CHECK-NEXT:    %[[T2W1:.*]] = vector.extract %[[R2]][1] :
// CHECK-NEXT:    %[[T2W2:.*]] = vector.extract %[[R2]][2] :
// CHECK-NEXT:    %[[T2W3:.*]] = vector.extract %[[R2]][3] :
// CHECK-NEXT:    %[[T3W0:.*]] = vector.extract %[[R3]][0] :
// CHECK-NEXT:    %[[T3W1:.*]] = vector.extract %[[R3]][1] :
// CHECK-NEXT:    %[[T3W2:.*]] = vector.extract %[[R3]][2] :
// CHECK-NEXT:    %[[T3W3:.*]] = vector.extract %[[R3]][3] :
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[A:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T1W0]], %[[T0W0]], %c83952640_i32{{.*}}) : (i32, i32, i32) -> i32
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[B:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T3W0]], %[[T2W0]], %c83952640_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[D0:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[B]], %[[A]], %c84148480_i32{{.*}})
// CHECK-NEXT:    llvm.bitcast %[[D0]] : i32 to vector<1xi32>
// CHECK:         %[[A:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T1W0]], %[[T0W0]], %c83952640_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[B:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T3W0]], %[[T2W0]], %c83952640_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[D1:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[B]], %[[A]], %c117834498_i32{{.*}})
// CHECK-NEXT:    llvm.bitcast %[[D1]] : i32 to vector<1xi32>
// CHECK:         %[[A:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T1W0]], %[[T0W0]], %c117638658_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[B:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T3W0]], %[[T2W0]], %c117638658_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[D2:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[B]], %[[A]], %c84148480_i32{{.*}})
// CHECK-NEXT:    llvm.bitcast %[[D2]] : i32 to vector<1xi32>
// CHECK:         %[[A:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T1W0]], %[[T0W0]], %c117638658_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[B:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T3W0]], %[[T2W0]], %c117638658_i32{{.*}})
// CHECK-NEXT:    arith.constant
// CHECK-NEXT:    %[[D3:.*]] = llvm.call_intrinsic "llvm.amdgcn.perm"(%[[B]], %[[A]], %c117834498_i32{{.*}})
// CHECK-NEXT:    llvm.bitcast %[[D3]] : i32 to vector<1xi32>
// The next four dims are those of the second words, and so on for 16.
// CHECK:         llvm.call_intrinsic "llvm.amdgcn.perm"(%[[T1W1]], %[[T0W1]], %c83952640_i32{{.*}})
// CHECK-COUNT-35: llvm.call_intrinsic "llvm.amdgcn.perm"
// CHECK-NOT:     llvm.call_intrinsic
// CHECK-NOT:     rocdl.update.dpp
// CHECK:       @bytes_lds() {{.*}} : !llvm.array<0 x i8>
func.func @bytes(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %v = pa.fill 1.0 : !pa.tile<256x16xFP8, #vrows>
    %first, %count = pa.wave_tiles %item step(2)
    %z = pa.zero_past_end %v, %item, %first part(0) of(64) : !pa.tile<256x16xFP8, #vrows>
    %operand = pa.convert_layout %z : !pa.tile<256x16xFP8, #vrows> -> !pa.tile<256x16xFP8, #voperand>
  }
  return
}
// A head of 64: four tokens share 16 lanes, a lane with 16 dims of one. Two words of four go 8 lanes far, then one of two 4
// lanes (DPP row_ror: 296, then 292 or 300), and bytes are transposed as above.
// CHECK-LABEL: llvm.func @shared_by_four
// CHECK-COUNT-8: rocdl.update.dpp {{.*}} with 296,
// CHECK-NOT:     with 296,
// CHECK:         rocdl.update.dpp %[[WORD:.*]], %[[WORD]] with 292,
// CHECK-NEXT:    rocdl.update.dpp %[[WORD]], %[[WORD]] with 300,
// CHECK-COUNT-7: with 300,
// CHECK-NOT:     rocdl.update.dpp
// CHECK-COUNT-48: llvm.call_intrinsic "llvm.amdgcn.perm"
// CHECK-NOT:     llvm.call_intrinsic
// CHECK:       @shared_by_four_lds() {{.*}} : !llvm.array<0 x i8>
func.func @shared_by_four(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %v = pa.fill 1.0 : !pa.tile<64x64xFP8, #vshared>
    %operand = pa.convert_layout %v : !pa.tile<64x64xFP8, #vshared> -> !pa.tile<64x64xFP8, #vshare>
  }
  return
}
}
