// pa-prefetch-kv: registers under another name (slices, zeros beyond the head) are in use until the last of those is; scales
// are loaded a tile ahead, too.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-prefetch-kv))' | FileCheck %s

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
!ids = !pa.page_ids<4 x 16 of 16>
!keys = !pa.tile<64x64xf8E4M3FN, #k>
!codes = !pa.tile<16x64xf8E4M3FN, #q>
!queries = !pa.tile<16x64xbf16, #q>
!scores = !pa.tile<16x16xf32, #s>
!scales = !pa.tile<1x64xf32, #tokens>

// Codes of the last slice are free once they are numbers: the product does not hold them.
// CHECK-LABEL: @after_the_last_slice
// CHECK:         scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %[[K:.*]] = %{{.*}}, %[[IDS:.*]] = %{{.*}})
// CHECK:           pa.slice %[[K]] from(0)
// CHECK-NEXT:      pa.dequantize
// CHECK-NEXT:      pa.dot
// CHECK-NEXT:      %[[LAST:.*]] = pa.slice %[[K]] from(16)
// CHECK-NEXT:      pa.dequantize %[[LAST]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[NEXT:.*]] = pa.load_kv <key> %{{.*}}, %{{.*}}, %[[IDS]] part(0)
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.dot
// CHECK:           scf.yield %{{.*}}, %[[NEXT]],
func.func @after_the_last_slice(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %q: !queries, %init: !scores) -> !scores {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  %r = scf.for %i = %c0 to %count step %c1 iter_args(%acc = %init) -> (!scores) : i32 {
    %tile = arith.addi %first, %i : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !ids
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !ids -> !keys
    %a = pa.slice %k from(0) : !keys -> !codes
    %ax = pa.dequantize %a : !codes -> !queries
    %as = pa.dot %ax, %q, %acc, #mfma : !queries, !queries, !scores
    %b = pa.slice %k from(16) : !keys -> !codes
    %bx = pa.dequantize %b : !codes -> !queries
    %bs = pa.dot %bx, %q, %as, #mfma : !queries, !queries, !scores
    scf.yield %bs : !scores
  } {pa.tile_loop}
  return %r : !scores
}

// CHECK-LABEL: @scales
// CHECK:         %[[S0:.*]] = pa.load_scales
// CHECK-NEXT:    pa.pin
// CHECK-NEXT:    scf.for {{.*}} iter_args(%[[S:.*]] = %[[S0]], %[[IDS:.*]] = %{{.*}})
// CHECK:           pa.invert_scales %[[S]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[NEXT:.*]] = pa.load_scales <value> %{{.*}}, %{{.*}}, %{{.*}}, %[[IDS]] part(0)
// CHECK-NEXT:      pa.pin
// CHECK:           scf.yield %[[NEXT]],
func.func @scales(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %tensor: !by_token) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %tile = arith.addi %first, %i : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !ids
    %s = pa.load_scales <value> %tensor, %kv, %item, %ids part(0) : !by_token, !kv, !ids -> !scales
    %usable, %inverses = pa.invert_scales %s : !scales
  } {pa.tile_loop}
  return
}

// Zeros, then a slice of them.
// CHECK-LABEL: @through_zeros
// CHECK:         scf.for {{.*}} iter_args(%[[K:.*]] = %{{.*}}, %{{.*}} = %{{.*}})
// CHECK:           %[[Z:.*]] = pa.zero_past_head %[[K]], 48
// CHECK-NEXT:      pa.slice %[[Z]] from(48)
// CHECK-NEXT:      pa.dequantize
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.load_kv <key>
func.func @through_zeros(%kv: !kv, %t: memref<?x?xi32>, %item: !pa.item) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %first, %count = pa.wave_tiles %item step(1)
  scf.for %i = %c0 to %count step %c1 : i32 {
    %tile = arith.addi %first, %i : i32
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !ids
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !ids -> !keys
    %z = pa.zero_past_head %k, 48 : !keys
    %a = pa.slice %z from(48) : !keys -> !codes
    %ax = pa.dequantize %a : !codes -> !queries
  } {pa.tile_loop}
  return
}
