// pa-share-queries: queries that would take registers from loads in flight stand in LDS.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-share-queries))' | FileCheck %s

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
#rows16 = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#rows32 = #pa.rows<group = 8, query_tokens = 4, padded = 32>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!queries = !pa.tile<16x64xbf16, #q>
!keys = !pa.tile<32x64xbf16, #k>
!scores = !pa.tile<32x16xf32, #s>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>

// Two blocks of rows. A tile is read before its product, once for products that follow one another.
// CHECK-LABEL: @two_blocks
// CHECK:         %[[Q0:.*]] = pa.load_query {{.*}} block(0)
// CHECK-NEXT:    %[[Q1:.*]] = pa.load_query {{.*}} block(1)
// CHECK-NEXT:    %[[S:.*]]:2 = pa.share %[[Q0]], %[[Q1]]
// CHECK-NEXT:    %[[ZERO:.*]] = pa.fill
// CHECK-NEXT:    scf.for
// CHECK-NEXT:      %[[A:.*]] = pa.load_shared %[[S]]#0
// CHECK-NEXT:      pa.dot %{{.*}}, %[[A]], %[[ZERO]]
// CHECK-NEXT:      pa.dot %{{.*}}, %[[A]], %[[ZERO]]
// CHECK-NEXT:      %[[B:.*]] = pa.load_shared %[[S]]#1
// CHECK-NEXT:      pa.dot %{{.*}}, %[[B]], %[[ZERO]]
// CHECK-NEXT:      %[[C:.*]] = pa.load_shared %[[S]]#0
// CHECK-NEXT:      pa.dot %{{.*}}, %[[C]], %[[ZERO]]
func.func @two_blocks(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows32) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q0 = pa.load_query %query, %item, %scale, #rows32 block(0) : memref<?x64x64xbf16> -> !queries
    %q1 = pa.load_query %query, %item, %scale, #rows32 block(1) : memref<?x64x64xbf16> -> !queries
    %zero = pa.fill 0.0 : !scores
    scf.for %i = %c0 to %c1 step %c1 {
      %a = pa.dot %k, %q0, %zero, #mfma : !keys, !queries, !scores
      %b = pa.dot %k, %q0, %zero, #mfma : !keys, !queries, !scores
      %c = pa.dot %k, %q1, %zero, #mfma : !keys, !queries, !scores
      %d = pa.dot %k, %q0, %zero, #mfma : !keys, !queries, !scores
    }
  }
  return
}

// One block stays in registers,
// CHECK-LABEL: @one_block
// CHECK-NOT:     pa.share
func.func @one_block(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows16 block(0) : memref<?x64x64xbf16> -> !queries
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
  }
  return
}

// but not with rows of a linear cache and probabilities in two terms.
// CHECK-LABEL: @one_block_tight
// CHECK:         pa.share
func.func @one_block_tight(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys,
                           %kv: !nhd, %tile: i32, %weights: !pa.tile<16x32xf32, #p>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows16 block(0) : memref<?x64x64xbf16> -> !queries
    %ids = pa.page_ids %t, %kv, %item, %tile for <value> : memref<?x?xi32>, !nhd -> !pa.page_ids<64 x 1 of 1, #lookup>
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
    %terms:2 = pa.round %weights : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>
  }
  return
}
