// pa-peel-window: the first tile of a loop, where the windows of its rows begin, is written before it, and takes their
// masks along. pa-peel-masks leaves the loops that have it.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-peel-masks,pa-peel-window))' | FileCheck %s
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-peel-window))' | FileCheck %s --check-prefix=ALONE
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-peel-masks,pa-prefetch-kv,pa-peel-window))' | FileCheck %s --check-prefix=AHEAD

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!scores = !pa.tile<32x16xf32, #s>
!weights = !pa.tile<16x32xf32, #p>
!values = !pa.tile<64x32xbf16, #v>
!bounds = !pa.tile<1x16xi32, #row>
!max = !pa.tile<1x16xf32, #row>

// CHECK-LABEL: @window
// CHECK:         %[[LAST:.*]] = arith.subi %{{.*}}, %[[ONE:c1.*]] overflow<nsw> : i32
// CHECK-NEXT:    %[[SEVERAL:.*]] = arith.cmpi sgt, %[[LAST]], %[[ONE]] : i32
// CHECK-NEXT:    scf.if %[[SEVERAL]]
// The first tile, with the window's masks; an item's end is not in it.
// CHECK:           pa.load_kv
// CHECK-NEXT:      pa.zero_past_end
// CHECK-NOT:       pa.mask_scores
// CHECK:           %[[INSIDE:.*]] = pa.mask_window
// CHECK-NEXT:      %{{.*}}, %[[MAX:.*]], %{{.*}} = pa.softmax_step %{{.*}}, %{{.*}}, %[[INSIDE]]
// The loop from the second tile on, which is there.
// CHECK:           %[[SECOND:.*]] = arith.addi %c0{{.*}}, %c1
// CHECK-NEXT:      %[[LOOP:.*]] = scf.for %{{.*}} = %[[SECOND]] to %[[LAST]] step %c1{{.*}} iter_args(%{{.*}} = %[[MAX]])
// CHECK-NOT:         pa.mask
// CHECK-NOT:         pa.zero_past_end
// CHECK:           } {pa.tile_loop}
// The last one stays as it was.
// CHECK:           pa.zero_past_end
// CHECK:           %[[FROM:.*]] = pa.mask_window
// CHECK-NEXT:      %[[ENDS:.*]] = pa.mask_scores %[[FROM]],
// CHECK-NEXT:      pa.softmax_step %[[LOOP]], %{{.*}}, %[[ENDS]]
// One or two tiles: all masks, and no prefetch, whose mark it has not.
// CHECK:         } else {
// CHECK-NEXT:      scf.for
// CHECK:             pa.mask_window
// CHECK-NEXT:        pa.mask_scores
// CHECK-NOT:         pa.tile_loop
// CHECK:         return

// Behind nothing that says that there are two tiles, the loop stays.
// ALONE-LABEL: @window
// ALONE-NOT:     pa.load_kv
// ALONE:         scf.for
// ALONE:           pa.mask_window
// ALONE:         } {pa.tile_loop}

// The first tile loads the second one as the loop would.
// AHEAD-LABEL: @window
// AHEAD:         %[[V0:.*]] = pa.load_kv
// AHEAD:         pa.zero_past_end %[[V0]],
// AHEAD:         %[[V1:.*]] = pa.load_kv
// AHEAD:         pa.mask_window
// AHEAD:         scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[V:.*]] = %[[V1]],
// AHEAD:           pa.stage_write %[[V]] block(0)
func.func @window(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32, %kv: !kv, %t: memref<?x?xi32>) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %bounds = pa.row_bounds %item, <group = 8, query_tokens = 2, padded = 16> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<2 x 16 of 16>
    %values = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<2 x 16 of 16> -> !values
    %zeroed = pa.zero_past_end %values, %item, %tile part(0) of(32) : !values
    pa.stage_write %zeroed block(0) stage(0) : !values
    %inside = pa.mask_window %scores, %bounds, %tile part(0) of(32) window(100) : !scores, !bounds
    %masked = pa.mask_scores %inside, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// Rows of 34 tokens begin in up to three tiles, of which two waves have two as their first: the masks stay.
// CHECK-LABEL: @many
// CHECK:         scf.for
// CHECK:           pa.mask_window
// CHECK:         } {pa.tile_loop}
func.func @many(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %bounds = pa.row_bounds %item, <group = 8, query_tokens = 34, padded = 272> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %inside = pa.mask_window %scores, %bounds, %tile part(0) of(32) window(100) : !scores, !bounds
    %masked = pa.mask_scores %inside, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}
