// What becomes of scores between the two products, printed twice: positions and heads of rows, a region, windows.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 4, padded = 32>

// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$ROW:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$ROWS:rows]] = #pa.rows<group = 8, query_tokens = 4, padded = 32>

// CHECK-LABEL: @of_rows
// CHECK-SAME:  (%[[ITEM:.*]]: !pa.item)
func.func @of_rows(%item: !pa.item) {
  // CHECK: pa.row_positions %[[ITEM]], #[[$ROWS]] block(1) : <1x16xi32, #[[$ROW]]>
  %positions = pa.row_positions %item, #rows block(1) : !pa.tile<1x16xi32, #row>
  // CHECK: pa.row_heads %[[ITEM]], #[[$ROWS]] block(0) : <1x16xi32, #[[$ROW]]>
  %heads = pa.row_heads %item, #rows block(0) : !pa.tile<1x16xi32, #row>
  // CHECK: pa.row_bounds %[[ITEM]], #[[$ROWS]] block(1) {mask = #pa.mask<none>} : <1x16xi32, #[[$ROW]]>
  %all = pa.row_bounds %item, #rows block(1) {mask = #pa.mask<none>} : !pa.tile<1x16xi32, #row>
  return
}

// CHECK-LABEL: @of_scores
// CHECK-SAME:  (%[[S:.*]]: !pa.tile<32x16xf32, #[[$S]]>, %[[SCALE:.*]]: f32, %[[POSITIONS:.*]]: !pa.tile<1x16xi32, #[[$ROW]]>, %[[HEADS:.*]]: !pa.tile<1x16xi32, #[[$ROW]]>, %[[BOUNDS:.*]]: !pa.tile<1x16xi32, #[[$ROW]]>, %[[TILE:.*]]: i32)
func.func @of_scores(%s: !pa.tile<32x16xf32, #s>, %scale: f32, %positions: !pa.tile<1x16xi32, #row>,
                     %heads: !pa.tile<1x16xi32, #row>, %bounds: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // CHECK: %[[MAPPED:.*]] = pa.map_scores %[[S]] by %[[SCALE]] at(%[[POSITIONS]], %[[HEADS]]) %[[TILE]] part(1) of(64) : <32x16xf32, #[[$S]]>, <1x16xi32, #[[$ROW]]>, <1x16xi32, #[[$ROW]]> {
  // CHECK-NEXT: ^bb0(%[[SCORE:.*]]: f32, %[[OWN:.*]]: i32, %[[KEY:.*]]: i32, %{{.*}}: i32):
  // CHECK-NEXT:   %[[BEHIND:.*]] = arith.subi %[[KEY]], %[[OWN]] : i32
  // CHECK-NEXT:   %[[BIAS:.*]] = arith.sitofp %[[BEHIND]] : i32 to f32
  // CHECK-NEXT:   %[[BIASED:.*]] = arith.addf %[[SCORE]], %[[BIAS]] : f32
  // CHECK-NEXT:   pa.yield_score %[[BIASED]]
  // CHECK-NEXT: }
  %s1 = pa.map_scores %s by %scale at(%positions, %heads) %tile part(1) of(64)
      : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%score: f32, %own: i32, %key: i32, %head: i32):
    %behind = arith.subi %key, %own : i32
    %bias = arith.sitofp %behind : i32 to f32
    %biased = arith.addf %score, %bias : f32
    pa.yield_score %biased
  }
  // CHECK: pa.mask_window %[[MAPPED]], %[[BOUNDS]], %[[TILE]] part(1) of(64) window(128) : <32x16xf32, #[[$S]]>, <1x16xi32, #[[$ROW]]>
  %s2 = pa.mask_window %s1, %bounds, %tile part(1) of(64) window(128) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  return
}
