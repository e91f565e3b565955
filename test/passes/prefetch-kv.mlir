// pa-prefetch-kv: a register part is reloaded for the next tile right after its last use, between pins; page ids are two
// tiles ahead.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-prefetch-kv))' | FileCheck %s

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 4 : (32, 0), 2 : (2, 0)], reg = [], elem = []>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
!q = !pa.tile<16x64xbf16, #q>
!k = !pa.tile<32x64xbf16, #k>
!v = !pa.tile<64x32xbf16, #v>
!s = !pa.tile<32x16xf32, #s>
!b = !pa.tile<16x32xbf16, #b>
!o = !pa.tile<64x16xf32, #o>
!ids = !pa.page_ids<2 x 16 of 16>

// CHECK-LABEL: @reloaded
// CHECK-SAME:    (%[[KV:[a-z0-9]+]]: !kv_cache{{1?}}, %[[T:[a-z0-9]+]]: memref<?x?xi32>, %[[ITEM:[a-z0-9]+]]: !pa.item,
// CHECK:         %[[FIRST:.*]], %[[COUNT:.*]] = pa.wave_tiles
// CHECK:         %[[ANY:.*]] = arith.cmpi sgt, %[[COUNT]], %c0{{.*}} : i32
// CHECK-NEXT:    scf.if %[[ANY]]
// Before the loop, and only if there is a tile: the ids of this wave's first two, the loads of the first.
// CHECK:           %[[OFFSET0:.*]] = arith.muli %c0{{.*}}, %c4{{.*}} : i32
// CHECK-NEXT:      %[[TILE0:.*]] = arith.addi %[[FIRST]], %[[OFFSET0]] : i32
// CHECK-NEXT:      %[[IDS0:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE0]]
// CHECK:           %[[OFFSET1:.*]] = arith.muli %c1{{.*}}, %c4{{.*}} : i32
// CHECK-NEXT:      %[[TILE1:.*]] = arith.addi %[[FIRST]], %[[OFFSET1]] : i32
// CHECK-NEXT:      %[[IDS1:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE1]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[K0:.*]] = pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS0]] part(0)
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[V0:.*]] = pa.load_kv <value> %[[KV]], %[[ITEM]], %[[IDS0]] part(0)
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      scf.for %[[I:.*]] = %c0{{.*}} to %[[COUNT]] step %c1{{.*}} iter_args(%[[O:.*]] = %{{.*}}, %[[K:.*]] = %[[K0]], %[[V:.*]] = %[[V0]], %[[IDS:.*]] = %[[IDS1]])
// The ids of the tile after the next one come first: who waits for one of this iteration's loads has them, too.
// CHECK:             %[[I2:.*]] = arith.addi %[[I]], %c2{{.*}} : i32
// CHECK-NEXT:        %[[OFFSET2:.*]] = arith.muli %[[I2]], %c4{{.*}} : i32
// CHECK-NEXT:        %[[TILE2:.*]] = arith.addi %[[FIRST]], %[[OFFSET2]] : i32
// CHECK-NEXT:        %[[IDS2:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE2]]
// CHECK-NEXT:        pa.pin
// CHECK-NOT:         pa.load_kv
// CHECK:             pa.dot %[[K]],
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        %[[KNEXT:.*]] = pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS]] part(0)
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        %[[ONEXT:.*]] = pa.dot %[[V]], %{{.*}}, %[[O]],
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        %[[VNEXT:.*]] = pa.load_kv <value> %[[KV]], %[[ITEM]], %[[IDS]] part(0)
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        scf.yield %[[ONEXT]], %[[KNEXT]], %[[VNEXT]], %[[IDS2]]
// CHECK-NEXT:      } {pa.tile_loop}
// CHECK:         } else {
func.func @reloaded(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %q: !q, %zero: !s, %p: !b, %init: !o) -> !o {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %c4 = arith.constant 4 : i32
  %first, %count = pa.wave_tiles %item step(4)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%o = %init) -> (!o) : i32 {
    %offset = arith.muli %i, %c4 : i32
    %tile = arith.addi %first, %offset : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !ids
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !ids -> !k
    %s = pa.dot %k, %q, %zero, #mfma : !k, !q, !s
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !ids -> !v
    %next = pa.dot %v, %p, %o, #mfma : !v, !b, !o
    scf.yield %next : !o
  } {pa.tile_loop}
  return %r : !o
}

// Two products take the keys: the second one is the last use.
// CHECK-LABEL: @after_the_last_use
// CHECK:         scf.for {{.*}} iter_args(%[[K:.*]] = %{{.*}}, %{{.*}} = %{{.*}})
// CHECK:           pa.dot %[[K]],
// CHECK-NEXT:      pa.dot %[[K]],
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.load_kv <key>
// CHECK-NEXT:      pa.pin
func.func @after_the_last_use(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %q: !q, %zero: !s) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %tile = arith.addi %first, %i : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !ids
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !ids -> !k
    %s0 = pa.dot %k, %q, %zero, #mfma : !k, !q, !s
    %s1 = pa.dot %k, %q, %zero, #mfma : !k, !q, !s
  } {pa.tile_loop}
  return
}

// As pa-peel-masks leaves it: there is a guard already, and the tile behind the loop finds its loads done.
// CHECK-LABEL: @peeled
// CHECK:         scf.if
// CHECK-NOT:     scf.if
// CHECK:           %[[LOOP:.*]]:3 = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %{{.*}} = %{{.*}})
// CHECK:           } {pa.tile_loop}
// CHECK-NOT:       pa.page_ids
// CHECK-NOT:       pa.load_kv
// CHECK:           %[[LAST:.*]] = pa.dot %[[LOOP]]#1, %{{.*}}, %[[LOOP]]#0,
// CHECK-NEXT:      scf.yield %[[LAST]]
func.func @peeled(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %p: !b, %init: !o, %any: i1, %last: i32) -> !o {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %r = scf.if %any -> (!o) {
    %loop = scf.for %i = %c0 to %last step %c1 iter_args(%o = %init) -> (!o) : i32 {
      %ids = pa.page_ids %t, %kv, %item, %i : memref<?x?xi32>, !kv -> !ids
      %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !ids -> !v
      %next = pa.dot %v, %p, %o, #mfma : !v, !b, !o
      scf.yield %next : !o
    } {pa.tile_loop}
    %ids = pa.page_ids %t, %kv, %item, %last : memref<?x?xi32>, !kv -> !ids
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !ids -> !v
    %end = pa.dot %v, %p, %loop, #mfma : !v, !b, !o
    scf.yield %end : !o
  } else {
    scf.yield %init : !o
  }
  return %r : !o
}

// Ids that each lane has of its own come by a vector load: they are waited for before the first tile's loads, or a wait
// for them in the loop would be a wait for those.
// CHECK-LABEL: @ids_of_tokens
// CHECK:         scf.if
// CHECK:           %[[IDS0:.*]] = pa.page_ids {{.*}} for <key>
// CHECK:           %[[IDS1:.*]] = pa.page_ids {{.*}} for <key>
// CHECK-NEXT:      %[[HERE:.*]] = pa.await %[[IDS1]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[K0:.*]] = pa.load_kv <key> %{{.*}}, %{{.*}}, %[[IDS0]] part(0)
// CHECK:           scf.for {{.*}} iter_args(%[[K:.*]] = %[[K0]], %[[IDS:.*]] = %[[HERE]])
// CHECK:             pa.stage_write %[[K]]
// CHECK-NEXT:        pa.pin
// CHECK-NEXT:        pa.load_kv <key> %{{.*}}, %{{.*}}, %[[IDS]] part(0)
func.func @ids_of_tokens(%kv: !nhd, %t: memref<?x?xi32>, %item: !pa.item) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %tile = arith.addi %first, %i : i32
    %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !nhd -> !pa.page_ids<128 x 1 of 1, #lookup>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<128 x 1 of 1, #lookup> -> !pa.tile<32x64xbf16, #keyrows>
    pa.stage_write %k block(0) stage(0) : !pa.tile<32x64xbf16, #keyrows>
  } {pa.tile_loop}
  return
}

// A loop that loads nothing, and one without the mark.
// CHECK-LABEL: @no_loads
// CHECK-NOT:     scf.if
// CHECK-NOT:     pa.pin
// CHECK-LABEL: @no_mark
// CHECK-NOT:     scf.if
// CHECK-NOT:     pa.pin
func.func @no_loads(%item: !pa.item, %v: !v, %p: !b, %init: !o) -> !o {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%o = %init) -> (!o) : i32 {
    %next = pa.dot %v, %p, %o, #mfma : !v, !b, !o
    scf.yield %next : !o
  } {pa.tile_loop}
  return %r : !o
}
func.func @no_mark(%kv: !kv, %item: !pa.item, %ids: !ids, %p: !b, %init: !o) -> !o {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%o = %init) -> (!o) : i32 {
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !ids -> !v
    %next = pa.dot %v, %p, %o, #mfma : !v, !b, !o
    scf.yield %next : !o
  }
  return %r : !o
}
