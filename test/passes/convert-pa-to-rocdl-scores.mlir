// convert-pa-to-rocdl: what happens to scores between the two products.
// RUN: pa-opt %s --convert-pa-to-rocdl | FileCheck %s

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#spread = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#loaded = #pa.layout<lane = [4 : (0, 1), 2 : (0, 16), 2 : (0, 0), 4 : (0, 4)], reg = [], elem = []>
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#sum = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
!kv = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
!scores = !pa.tile<32x16xf32, #s>
!numbers = !pa.tile<1x16xi32, #row>
!loaded = !pa.tile<1x32xf32, #loaded>
!scales = !pa.tile<1x32xf32, #spread>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// The other end of pa.mask_scores: a row sees keys from bound - 100 on. Token 32 of the tile is this part's first.
// CHECK-LABEL: llvm.func @window
// CHECK:         %[[FROM:.*]] = arith.addi %{{.*}}, %c-100_i32
// CHECK:         %[[OFTILE:.*]] = arith.muli %{{.*}}, %c64_i32
// CHECK:         %[[OFPART:.*]] = arith.addi %{{.*}}, %c32_i32
// CHECK-NEXT:    %[[FIRST:.*]] = arith.addi %[[OFTILE]], %[[OFPART]]
// CHECK-NEXT:    %[[BEFORE:.*]] = arith.subi %[[FROM]], %[[FIRST]]
// CHECK-NEXT:    %[[INF:.*]] = arith.constant 0xFF800000 : f32
// CHECK:         %[[SEES:.*]] = arith.cmpi sge, %c0_i32{{.*}}, %[[BEFORE]]
// CHECK:         arith.select %[[SEES]], %{{.*}}, %[[INF]] : f32
// The second register's comparisons come after the first one's last selection.
// CHECK-COUNT-2: arith.select
// CHECK:         %[[LAST:.*]] = arith.select
// CHECK-NEXT:    vector.from_elements
// CHECK-NEXT:    %[[LATER:.*]] = llvm.inline_asm has_side_effects "", "=v,0,v" %[[BEFORE]], %[[LAST]]
// CHECK:         arith.cmpi sge, %c19_i32{{.*}}, %[[LATER]]
// CHECK-NOT:     arith.cmpi
func.func @window(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %bounds = pa.row_bounds %item, #rows block(0) : !numbers
    %s = pa.fill 0.0 : !scores
    %first, %count = pa.wave_tiles %item step(2)
    %m = pa.mask_window %s, %bounds, %first part(1) of(64) window(100) : !scores, !numbers
  }
  return
}
// A score region, once for each of the lane's 8 scores: scaled, with the key's own position. What it loads nobody writes.
// CHECK-LABEL: llvm.func @region
// CHECK:         llvm.getelementptr %{{.*}}[132] :
// CHECK-NEXT:    %[[SCALE:.*]] = llvm.load {{.*}} -> f32
// CHECK:         llvm.getelementptr %{{.*}}[256] :
// CHECK-NEXT:    %[[NUMBERS:.*]] = llvm.load {{.*}} -> !llvm.ptr<1>
// The row's position: context - 1 + token. Its head: head * 8 + row % 8.
// CHECK:         %[[POSITION:.*]] = arith.addi
// CHECK:         %[[MEMBER:.*]] = arith.remui %{{.*}}, %c8_i32
// CHECK:         %[[HEAD:.*]] = arith.addi %{{.*}}, %[[MEMBER]]
// What follows from the head alone stands there, once.
// CHECK-NEXT:    %[[INDEX:.*]] = arith.index_cast %[[HEAD]] : i32 to index
// CHECK-NEXT:    %[[WIDE:.*]] = arith.index_cast %[[INDEX]] : index to i64
// CHECK:         %[[BYTES:.*]] = arith.muli %[[WIDE]], %c4_i64
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.getelementptr %[[NUMBERS]][%[[BYTES]]]
// CHECK-NEXT:    %[[NUMBER:.*]] = llvm.load %[[PLACE]] invariant {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK-NOT:     invariant
// CHECK:         %[[OFPART:.*]] = arith.addi %{{.*}}, %c32_i32
// CHECK-NEXT:    %[[KEY0:.*]] = arith.addi %{{.*}}, %[[OFPART]]
// CHECK-NEXT:    %[[S0:.*]] = vector.extract %{{.*}}[0]
// CHECK-NEXT:    %[[SCORE0:.*]] = arith.mulf %[[S0]], %[[SCALE]] : f32
// CHECK-NEXT:    %[[DISTANCE:.*]] = arith.subi %{{.*}}, %[[KEY0]]
// CHECK-NEXT:    %[[FAR:.*]] = arith.sitofp %[[DISTANCE]]
// CHECK-NEXT:    %[[BIAS:.*]] = arith.mulf %[[FAR]], %[[NUMBER]]
// CHECK-NEXT:    arith.addf %[[SCORE0]], %[[BIAS]]
// CHECK:         %[[KEY1:.*]] = arith.addi %[[KEY0]], %c1_i32
// CHECK:         arith.subi %{{.*}}, %[[KEY1]]
// CHECK:         arith.addi %[[KEY0]], %c19_i32
// CHECK-NOT:     pa.yield_score
func.func @region(%n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32,
                  %numbers: memref<64xf32> {pa.arg = "score_tensors.0"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %positions = pa.row_positions %item, #rows block(0) : !numbers
    %heads = pa.row_heads %item, #rows block(0) : !numbers
    %s = pa.fill 0.0 : !scores
    %first, %count = pa.wave_tiles %item step(2)
    %m = pa.map_scores %s by %scale at(%positions, %heads) %first part(1) of(64) : !scores, !numbers, !numbers {
    ^bb0(%score: f32, %query: i32, %key: i32, %head: i32):
      %index = arith.index_cast %head : i32 to index
      %number = memref.load %numbers[%index] : memref<64xf32>
      %distance = arith.subi %query, %key : i32
      %far = arith.sitofp %distance : i32 to f32
      %bias = arith.mulf %far, %number : f32
      %new = arith.addf %score, %bias : f32
      pa.yield_score %new
    }
  }
  return
}
// 48 of 64 dims: the second register of a row has 16 more, which are lane groups 0 and 1. The first is left as it is.
// CHECK-LABEL: llvm.func @beyond_the_head
// CHECK:         arith.constant dense<1.000000e+00> : vector<8xbf16>
// CHECK:         %[[GROUP:.*]] = arith.divui %{{.*}}, %c16_i32
// CHECK:         %[[DIM:.*]] = arith.muli %[[GROUP]], %c8_i32
// CHECK-COUNT-2: arith.cmpi slt, %[[DIM]], %c16_i32
// CHECK-NOT:     arith.cmpi
func.func @beyond_the_head(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %k = pa.fill 1.0 : !pa.tile<32x64xbf16, #k>
    %z = pa.zero_past_head %k, 48 : !pa.tile<32x64xbf16, #k>
  }
  return
}
// A scale too near to zero to be inverted counts as 2^-64. Each number of a lane's own token goes to the lanes of its group
// (DPP row_newbcast, 336 and up).
// CHECK-LABEL: llvm.func @scales
// CHECK:         %[[MAGNITUDE:.*]] = math.absf %[[S:.*]] : f32
// CHECK-NEXT:    %[[LEAST:.*]] = arith.constant 5.42101086E-20 : f32
// CHECK-NEXT:    %[[TINY:.*]] = arith.cmpf olt, %[[MAGNITUDE]], %[[LEAST]]
// CHECK:         %[[USABLE:.*]] = arith.select %[[TINY]], %{{.*}}, %[[S]] : f32
// CHECK-NEXT:    %[[INVERSE:.*]] = rocdl.rcp %[[USABLE]]
// CHECK:         %[[OWN:.*]] = llvm.inline_asm has_side_effects{{.*}} %[[USABLE]] :
// CHECK-NEXT:    %[[BITS:.*]] = llvm.bitcast %[[OWN]] : f32 to i32
// CHECK-NEXT:    rocdl.update.dpp %[[BITS]], %[[BITS]] with 336, 15, 15, true
// CHECK:         with 337,
// CHECK:         with 343,
// CHECK:         %[[IOWN:.*]] = llvm.inline_asm has_side_effects{{.*}} %[[INVERSE]] :
// CHECK-NEXT:    %[[IBITS:.*]] = llvm.bitcast %[[IOWN]]
// CHECK-NEXT:    rocdl.update.dpp %[[IBITS]], %[[IBITS]] with 336,
// CHECK:         %[[I0:.*]] = vector.from_elements
// CHECK:         %[[I1:.*]] = vector.from_elements
// Two registers of weights: 8 rounded weights times their inverses, but what is below the least normal bf16, 2^-126, counts as
// it was before it was rounded.
// CHECK:         %[[X0:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK:         %[[X1:.*]] = arith.mulf %{{.*}}, %{{.*}} : vector<4xf32>
// CHECK:         %[[W0:.*]] = llvm.bitcast %{{.*}} : vector<2xi32> to vector<4xbf16>
// CHECK:         %[[W1:.*]] = llvm.bitcast %{{.*}} : vector<2xi32> to vector<4xbf16>
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT:    %[[LEAST:.*]] = arith.constant 1.17549435E-38 : f32
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[W0]] : vector<4xbf16> to vector<4xf32>
// CHECK-NEXT:    %[[A0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[A1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[A2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[A3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][0] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[A0]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][0] :
// CHECK-NEXT:    %[[T0:.*]] = math.fma %[[COUNTS]], %[[I]], %[[ZERO]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][1] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[A1]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][1] :
// CHECK-NEXT:    %[[T1:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T0]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][2] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[A2]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][2] :
// CHECK-NEXT:    %[[T2:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T1]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][3] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[A3]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][3] :
// CHECK-NEXT:    %[[T3:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T2]] : f32
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[W1]] : vector<4xbf16> to vector<4xf32>
// CHECK-NEXT:    %[[B0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[B1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[B2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[B3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][0] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B0]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I1]][0] :
// CHECK-NEXT:    %[[U0:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T3]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][1] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B1]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I1]][1] :
// CHECK-NEXT:    %[[U1:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U0]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][2] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B2]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I1]][2] :
// CHECK-NEXT:    %[[U2:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U1]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][3] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[B3]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I1]][3] :
// CHECK-NEXT:    %[[U3:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U2]] : f32
// CHECK-NOT:     math.fma
// The four lanes of a row: from 16 and from 32 lanes away.
// CHECK:         arith.xori %{{.*}}, %c16_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         %[[OFTWO:.*]] = arith.addf %[[U3]], %{{.*}} : f32
// CHECK:         arith.xori %{{.*}}, %c32_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         %[[SUM:.*]] = arith.addf %[[OFTWO]], %{{.*}} : f32
// CHECK:         vector.broadcast %[[SUM]] : f32 to vector<4xf32>
func.func @scales(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %scales = pa.fill 2.0 : !loaded
    %usable, %inverses = pa.invert_scales %scales : !loaded
    %u = pa.convert_layout %usable : !loaded -> !scales
    %i = pa.convert_layout %inverses : !loaded -> !scales
    %p = pa.fill 1.0 : !pa.tile<16x32xf32, #p>
    %weights = pa.scale_tokens %p, %u : !pa.tile<16x32xf32, #p>, !scales
    %rounded = pa.round %weights : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>
    %l = pa.fill 0.0 : !pa.tile<4x16xf32, #partial>
    %l1 = pa.sum_tokens %l, %i, %weights rounded %rounded
      : !pa.tile<4x16xf32, #partial>, !scales, !pa.tile<16x32xf32, #p>, !pa.tile<16x32xbf16, #p>
    %sum = pa.sum_groups %l1 : !pa.tile<4x16xf32, #partial> -> !pa.tile<16x16xf32, #sum>
  }
  return
}
// The exponent is taken off what becomes the maximum, so that scores, correction and merging all agree on it. Weights of two terms count as
// the sum of both; the least normal f16 is 2^-14.
// CHECK-LABEL: llvm.func @two_terms
// CHECK:         %[[I0:.*]] = arith.constant dense<2.000000e+00> : vector<4xf32>
// CHECK:         %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK:         %[[SCALE:.*]] = arith.maxnumf %{{.*}}, %{{.*}} : f32
// CHECK:         %[[SCALED:.*]] = arith.mulf %{{.*}}, %[[SCALE]] : f32
// CHECK-NEXT:    %[[EXPONENT:.*]] = arith.constant 1.500000e+01 : f32
// CHECK-NEXT:    %[[LOWER:.*]] = arith.subf %[[SCALED]], %[[EXPONENT]] : f32
// CHECK-NEXT:    %[[NEXT:.*]] = arith.maxnumf %[[MAX:[^ ]*]], %[[LOWER]]
// CHECK-NEXT:    %[[GREW:.*]] = arith.subf %[[MAX]], %[[NEXT]] : f32
// CHECK-NEXT:    rocdl.exp2 %[[GREW]]
// CHECK-NEXT:    %[[MINUS:.*]] = arith.negf %[[NEXT]] : f32
// CHECK:         %[[POWER0:.*]] = math.fma %{{.*}}, %[[SCALE]], %[[MINUS]] : f32
// CHECK-NEXT:    %[[P0:.*]] = rocdl.exp2 %[[POWER0]]
// CHECK-COUNT-7: math.fma %{{.*}}, %[[SCALE]], %[[MINUS]] : f32
// CHECK-NOT:     arith.mulf
// CHECK:         %[[HIGH0:.*]] = arith.truncf %[[X0:.*]] : vector<4xf32> to vector<4xf16>
// CHECK-NEXT:    %[[BACK0:.*]] = arith.extf %[[HIGH0]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[REST0:.*]] = arith.subf %[[X0]], %[[BACK0]] : vector<4xf32>
// CHECK-NEXT:    %[[LOW0:.*]] = arith.truncf %[[REST0]] : vector<4xf32> to vector<4xf16>
// CHECK-NEXT:    %[[HIGH1:.*]] = arith.truncf %[[X1:.*]] : vector<4xf32> to vector<4xf16>
// CHECK-NEXT:    %[[BACK1:.*]] = arith.extf %[[HIGH1]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[REST1:.*]] = arith.subf %[[X1]], %[[BACK1]] : vector<4xf32>
// CHECK-NEXT:    %[[LOW1:.*]] = arith.truncf %[[REST1]] : vector<4xf32> to vector<4xf16>
// CHECK-NEXT:    %[[LEAST:.*]] = arith.constant 6.10351563E-5 : f32
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[HIGH0]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[A0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[A1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[A2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[A3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[LOW0]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[B0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[B1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[B2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[B3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[C0:.*]] = arith.addf %[[A0]], %[[B0]] : f32
// CHECK-NEXT:    %[[C1:.*]] = arith.addf %[[A1]], %[[B1]] : f32
// CHECK-NEXT:    %[[C2:.*]] = arith.addf %[[A2]], %[[B2]] : f32
// CHECK-NEXT:    %[[C3:.*]] = arith.addf %[[A3]], %[[B3]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][0] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C0]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][0] :
// CHECK-NEXT:    %[[T0:.*]] = math.fma %[[COUNTS]], %[[I]], %[[ZERO]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][1] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C1]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][1] :
// CHECK-NEXT:    %[[T1:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T0]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][2] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C2]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][2] :
// CHECK-NEXT:    %[[T2:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T1]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X0]][3] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C3]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][3] :
// CHECK-NEXT:    %[[T3:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T2]] : f32
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[HIGH1]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[A0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[A1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[A2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[A3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[F:.*]] = arith.extf %[[LOW1]] : vector<4xf16> to vector<4xf32>
// CHECK-NEXT:    %[[B0:.*]] = vector.extract %[[F]][0] :
// CHECK-NEXT:    %[[B1:.*]] = vector.extract %[[F]][1] :
// CHECK-NEXT:    %[[B2:.*]] = vector.extract %[[F]][2] :
// CHECK-NEXT:    %[[B3:.*]] = vector.extract %[[F]][3] :
// CHECK-NEXT:    %[[C0:.*]] = arith.addf %[[A0]], %[[B0]] : f32
// CHECK-NEXT:    %[[C1:.*]] = arith.addf %[[A1]], %[[B1]] : f32
// CHECK-NEXT:    %[[C2:.*]] = arith.addf %[[A2]], %[[B2]] : f32
// CHECK-NEXT:    %[[C3:.*]] = arith.addf %[[A3]], %[[B3]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][0] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C0]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][0] :
// CHECK-NEXT:    %[[U0:.*]] = math.fma %[[COUNTS]], %[[I]], %[[T3]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][1] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C1]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][1] :
// CHECK-NEXT:    %[[U1:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U0]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][2] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C2]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][2] :
// CHECK-NEXT:    %[[U2:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U1]] : f32
// CHECK-NEXT:    %[[E:.*]] = vector.extract %[[X1]][3] :
// CHECK-NEXT:    %[[SMALL:.*]] = arith.cmpf olt, %[[E]], %[[LEAST]] : f32
// CHECK-NEXT:    %[[COUNTS:.*]] = arith.select %[[SMALL]], %[[E]], %[[C3]] : f32
// CHECK-NEXT:    %[[I:.*]] = vector.extract %[[I0]][3] :
// CHECK-NEXT:    %[[U3:.*]] = math.fma %[[COUNTS]], %[[I]], %[[U2]] : f32
// CHECK-NEXT:    llvm.return
func.func @two_terms(%n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %i = pa.fill 2.0 : !scales
    %l = pa.fill 0.0 : !pa.tile<4x16xf32, #partial>
    %m = pa.fill 3.0 : !pa.tile<1x16xf32, #row>
    %s = pa.fill 5.0 : !scores
    %p, %next, %c = pa.softmax_step %m, %scale, %s {exponent = 15 : i64}
      : !pa.tile<1x16xf32, #row>, (!scores) -> (!pa.tile<16x32xf32, #p>)
    %rounded:2 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xf16, #p>, !pa.tile<16x32xf16, #p>
    %l1 = pa.sum_tokens %l, %i, %p rounded %rounded#0, %rounded#1
      : !pa.tile<4x16xf32, #partial>, !scales, !pa.tile<16x32xf32, #p>, !pa.tile<16x32xf16, #p>, !pa.tile<16x32xf16, #p>
  }
  return
}
// Beside scales of tokens registers are scarce: what a lane's partner follows from, the lane's id, is counted again each time.
// CHECK-LABEL: llvm.func @scarce
// CHECK:         llvm.load %{{.*}} {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK:         %[[LANE:.*]] = rocdl.mbcnt.hi
// CHECK:         %[[PARTNER:.*]] = arith.xori %[[LANE]], %c16_i32
// CHECK:         rocdl.ds_bpermute
// CHECK:         %[[AGAIN:.*]] = rocdl.mbcnt.hi
// CHECK:         %[[PARTNER:.*]] = arith.xori %[[AGAIN]], %c32_i32
// CHECK:         rocdl.ds_bpermute
func.func @scarce(%n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %kv: !kv,
                  %scales: memref<?x8x16xf32, strided<[?, ?, 1]>> {pa.arg = "key_scales"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %f = pa.load_scales <key> %scales, %kv, %item, %ids part(0)
      : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
    %m = pa.fill 3.0 : !pa.tile<1x16xf32, #row>
    %s = pa.fill 5.0 : !scores
    %p, %next, %c = pa.softmax_step %m, %scale, %s
      : !pa.tile<1x16xf32, #row>, (!scores) -> (!pa.tile<16x32xf32, #p>)
  }
  return
}
}
