// pa-peel-masks: a wave's last tile leaves its loop and takes the masks along.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-peel-masks))' | FileCheck %s

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
!scores = !pa.tile<32x16xf32, #s>
!weights = !pa.tile<16x32xf32, #p>
!values = !pa.tile<64x32xbf16, #v>
!bounds = !pa.tile<1x16xi32, #row>
!max = !pa.tile<1x16xf32, #row>

// CHECK-LABEL: @peeled
// CHECK-SAME:    %[[SCORES:[a-z0-9]+]]: !pa.tile<32x16xf32, {{.*}}>, %[[INIT:[a-z0-9]+]]: !pa.tile<1x16xf32, #{{.*}}>, %[[SCALE:[a-z0-9]+]]: f32)
// CHECK:         %[[BOUNDS:.*]] = pa.row_bounds
// CHECK-NEXT:    %[[FIRST:.*]], %[[COUNT:.*]] = pa.wave_tiles %{{.*}} step(2)
// CHECK:         %[[ANY:.*]] = arith.cmpi sgt, %[[COUNT]], %c0{{.*}} : i32
// CHECK-NEXT:    %[[R:.*]] = scf.if %[[ANY]]
// CHECK:           %[[LAST:.*]] = arith.subi %[[COUNT]], %c1{{.*}} overflow<nsw> : i32
// CHECK-NEXT:      %[[SEVERAL:.*]] = arith.cmpi sgt, %[[LAST]], %[[ZERO:c0.*]] : i32
// CHECK-NEXT:      %[[SUM:.*]] = scf.if %[[SEVERAL]]
// The loop: no mask, one tile less.
// CHECK-NEXT:        %[[LOOP:.*]] = scf.for %[[I:.*]] = %c0{{.*}} to %[[LAST]] step %c1{{.*}} iter_args(%[[MAX:.*]] = %[[INIT]])
// CHECK-NEXT:          arith.muli %[[I]]
// CHECK-NEXT:          arith.addi
// CHECK-NEXT:          %{{.*}}, %[[NEXT:.*]], %{{.*}} = pa.softmax_step %[[MAX]], %[[SCALE]], %[[SCORES]]
// CHECK-NEXT:          scf.yield %[[NEXT]]
// CHECK-NEXT:        } {pa.tile_loop}
// The last tile: the same with the mask, going on from the loop's result.
// CHECK-NEXT:        %[[OFFSET:.*]] = arith.muli %[[LAST]], %c2{{.*}} : i32
// CHECK-NEXT:        %[[TILE:.*]] = arith.addi %[[FIRST]], %[[OFFSET]] : i32
// CHECK-NEXT:        %[[MASKED:.*]] = pa.mask_scores %[[SCORES]], %[[BOUNDS]], %[[TILE]] part(0) of(32)
// CHECK-NEXT:        %{{.*}}, %[[END:.*]], %{{.*}} = pa.softmax_step %[[LOOP]], %[[SCALE]], %[[MASKED]]
// CHECK-NEXT:        scf.yield %[[END]]
// The only tile: the same from the initial value, without a loop before it.
// CHECK-NEXT:      } else {
// CHECK-NEXT:        %[[OFFSET:.*]] = arith.muli %[[ZERO]], %c2{{.*}} : i32
// CHECK-NEXT:        %[[TILE:.*]] = arith.addi %[[FIRST]], %[[OFFSET]] : i32
// CHECK-NEXT:        %[[MASKED:.*]] = pa.mask_scores %[[SCORES]], %[[BOUNDS]], %[[TILE]] part(0) of(32)
// CHECK-NEXT:        %{{.*}}, %[[END:.*]], %{{.*}} = pa.softmax_step %[[INIT]], %[[SCALE]], %[[MASKED]]
// CHECK-NEXT:        scf.yield %[[END]]
// CHECK-NEXT:      }
// CHECK-NEXT:      scf.yield %[[SUM]]
// CHECK-NEXT:    } else {
// CHECK-NEXT:      scf.yield %[[INIT]]
// CHECK-NEXT:    }
// CHECK-NEXT:    return %[[R]]
func.func @peeled(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  // 2 query tokens: the first one's bound may end a tile earlier, so an item's last 2 tiles need the mask. 2 waves take
  // turns: each of the 2 tiles is its wave's last.
  %bounds = pa.row_bounds %item, <group = 8, query_tokens = 2, padded = 16> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %masked = pa.mask_scores %scores, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// 34 query tokens on tiles of 32: the first one's bound may end in the third tile from the end, and 2 waves have only
// the last 2 as their last. The masks stay in the loop.
// CHECK-LABEL: @bounds_touch_more_tiles_than_waves
// CHECK-NOT:     scf.if
// CHECK:         scf.for
// CHECK:           pa.mask_scores
// CHECK:         } {pa.tile_loop}
// CHECK-NEXT:    return
func.func @bounds_touch_more_tiles_than_waves(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %bounds = pa.row_bounds %item, <group = 1, query_tokens = 34, padded = 48> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %masked = pa.mask_scores %scores, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// 33 tokens touch 2 tiles: that is peeled.
// CHECK-LABEL: @bounds_touch_as_many_tiles_as_waves
// CHECK:         scf.if
func.func @bounds_touch_as_many_tiles_as_waves(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %bounds = pa.row_bounds %item, <group = 1, query_tokens = 33, padded = 48> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %masked = pa.mask_scores %scores, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// Bounds of which nothing is known.
// CHECK-LABEL: @unknown_bounds
// CHECK-NOT:     scf.if
// CHECK:         pa.mask_scores
func.func @unknown_bounds(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32, %bounds: !bounds) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %masked = pa.mask_scores %scores, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// A loop over anything else than a wave's tiles.
// CHECK-LABEL: @another_count
// CHECK-NOT:     scf.if
// CHECK:         pa.mask_scores
func.func @another_count(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32, %count: i32) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %bounds = pa.row_bounds %item, <group = 8, query_tokens = 1, padded = 16> block(0) : !bounds
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %masked = pa.mask_scores %scores, %bounds, %i part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// With a window the loop's first tile has slots before it: what masks those stays in the loop.
// CHECK-LABEL: @window
// CHECK:         scf.if
// CHECK:           scf.for
// CHECK:             pa.zero_past_end
// CHECK:             %[[INSIDE:.*]] = pa.mask_window
// CHECK-NEXT:        pa.softmax_step %{{.*}}, %{{.*}}, %[[INSIDE]]
// CHECK:           } {pa.tile_loop}
// CHECK:           pa.zero_past_end
// CHECK:           %[[LAST:.*]] = pa.mask_window
// CHECK-NEXT:      pa.mask_scores %[[LAST]],
func.func @window(%item: !pa.item, %scores: !scores, %init: !max, %scale: f32, %values: !values) -> !max {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c2 = arith.constant 2 : i32
  %bounds = pa.row_bounds %item, <group = 8, query_tokens = 2, padded = 16> block(0) : !bounds
  %first, %count = pa.wave_tiles %item step(2)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%max = %init) -> (!max) : i32 {
    %offset = arith.muli %i, %c2 : i32
    %tile = arith.addi %first, %offset : i32
    %zeroed = pa.zero_past_end %values, %item, %tile part(0) of(32) : !values
    pa.stage_write %zeroed block(0) stage(0) : !values
    %inside = pa.mask_window %scores, %bounds, %tile part(0) of(32) window(100) : !scores, !bounds
    %masked = pa.mask_scores %inside, %bounds, %tile part(0) of(32) : !scores, !bounds
    %p, %next, %c = pa.softmax_step %max, %scale, %masked : !max, (!scores) -> (!weights)
    scf.yield %next : !max
  } {pa.tile_loop}
  return %r : !max
}

// Zeros past the end are a mask, too: only an item's last tile has slots past the end.
// CHECK-LABEL: @zeroed_values
// CHECK-SAME:    %[[VALUES:[a-z0-9]+]]: !pa.tile<64x32xbf16, #{{[a-z0-9]*}}>)
// CHECK:         scf.if
// CHECK:           scf.for
// CHECK:             pa.stage_write %[[VALUES]]
// CHECK:           } {pa.tile_loop}
// CHECK:           %[[ZEROED:.*]] = pa.zero_past_end %[[VALUES]],
// CHECK-NEXT:      pa.stage_write %[[ZEROED]]
func.func @zeroed_values(%item: !pa.item, %values: !values) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c4 = arith.constant 4 : i32
  %first, %count = pa.wave_tiles %item step(4)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %offset = arith.muli %i, %c4 : i32
    %tile = arith.addi %first, %offset : i32
    %zeroed = pa.zero_past_end %values, %item, %tile part(0) of(32) : !values
    pa.stage_write %zeroed block(0) stage(0) : !values
  } {pa.tile_loop}
  return
}

// Without masks there is nothing to peel, and a loop without the mark is none of ours.
// CHECK-LABEL: @no_mask
// CHECK-NOT:     scf.if
// CHECK:         return
// CHECK-LABEL: @no_mark
// CHECK-NOT:     scf.if
// CHECK:         return
func.func @no_mask(%item: !pa.item, %values: !values) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(4)
  scf.for %i = %c0 to %count step %c1 : i32 {
    pa.stage_write %values block(0) stage(0) : !values
  } {pa.tile_loop}
  return
}
func.func @no_mark(%item: !pa.item, %values: !values) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(4)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %zeroed = pa.zero_past_end %values, %item, %i part(0) of(32) : !values
    pa.stage_write %zeroed block(0) stage(0) : !values
  }
  return
}
