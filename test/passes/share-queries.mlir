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
!scaled = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
#places = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#q8 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#k8 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>
#fp8 = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FN, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
!rows8 = !pa.tile<16x64xbf16, #q8>
!codes = !pa.tile<16x64xf8E4M3FN, #q8>
!keys8 = !pa.tile<32x64xf8E4M3FN, #k8>
!factors = !pa.tile<1x16xf32, #row>

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

// Nor with scales of tokens that are found by their pages' ids,
// CHECK-LABEL: @one_block_scaled
// CHECK:         pa.share
func.func @one_block_scaled(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys,
                            %kv: !scaled, %tile: i32, %scales: memref<?x8x16xf32, strided<[?, ?, 1]>>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows16 block(0) : memref<?x64x64xbf16> -> !queries
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !scaled -> !pa.page_ids<4 x 16 of 16>
    %s = pa.load_scales <key> %scales, %kv, %item, %ids part(0)
      : memref<?x8x16xf32, strided<[?, ?, 1]>>, !scaled, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
  }
  return
}

// or by each lane's token.
// CHECK-LABEL: @one_block_looked_up
// CHECK:         pa.share
func.func @one_block_looked_up(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys,
                               %kv: !scaled, %tile: i32, %scales: memref<?x8x16xf32, strided<[?, ?, 1]>>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows16 block(0) : memref<?x64x64xbf16> -> !queries
    %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !scaled -> !pa.page_ids<64 x 1 of 16, #places>
    %s = pa.load_scales <key> %scales, %kv, %item, %ids part(0)
      : memref<?x8x16xf32, strided<[?, ?, 1]>>, !scaled, !pa.page_ids<64 x 1 of 16, #places> -> !pa.tile<1x64xf32, #tokens>
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
  }
  return
}

// Rows in FP8: what the products take is shared, the codes, after the last of them. Scales are a number a lane and stay where
// they are.
// CHECK-LABEL: @two_blocks_of_codes
// CHECK:         %[[Q0:.*]] = pa.load_query {{.*}} block(0)
// CHECK-NEXT:    %[[C0:.*]], %[[F0:.*]] = pa.quantize_rows %[[Q0]]
// CHECK-NEXT:    %[[Q1:.*]] = pa.load_query {{.*}} block(1)
// CHECK-NEXT:    %[[C1:.*]], %[[F1:.*]] = pa.quantize_rows %[[Q1]]
// CHECK-NEXT:    %[[S:.*]]:2 = pa.share %[[C0]], %[[C1]] : !pa.tile<16x64xf8E4M3FN, {{.*}}>, !pa.tile<16x64xf8E4M3FN, {{.*}}>
// CHECK-NEXT:    %[[ZERO:.*]] = pa.fill
// CHECK-NEXT:    scf.for
// CHECK-NEXT:      %[[A:.*]] = pa.load_shared %[[S]]#0
// CHECK-NEXT:      %[[D0:.*]] = pa.dot %{{.*}}, %[[A]], %[[ZERO]]
// CHECK-NEXT:      pa.rescale %[[D0]], %[[F0]]
// CHECK-NEXT:      %[[B:.*]] = pa.load_shared %[[S]]#1
// CHECK-NEXT:      %[[D1:.*]] = pa.dot %{{.*}}, %[[B]], %[[ZERO]]
// CHECK-NEXT:      pa.rescale %[[D1]], %[[F1]]
// CHECK-NOT:     pa.{{share|load_shared}}
func.func @two_blocks_of_codes(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys8) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows32) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q0 = pa.load_query %query, %item, %scale, #rows32 block(0) : memref<?x64x64xbf16> -> !rows8
    %codes0, %f0 = pa.quantize_rows %q0 : !rows8 -> !codes, !factors
    %q1 = pa.load_query %query, %item, %scale, #rows32 block(1) : memref<?x64x64xbf16> -> !rows8
    %codes1, %f1 = pa.quantize_rows %q1 : !rows8 -> !codes, !factors
    %zero = pa.fill 0.0 : !scores
    scf.for %i = %c0 to %c1 step %c1 {
      %a = pa.dot %k, %codes0, %zero, #fp8 : !keys8, !codes, !scores
      %a1 = pa.rescale %a, %f0 : !scores, !factors
      %b = pa.dot %k, %codes1, %zero, #fp8 : !keys8, !codes, !scores
      %b1 = pa.rescale %b, %f1 : !scores, !factors
    }
  }
  return
}

// Codes of one block stay in registers too.
// CHECK-LABEL: @one_block_of_codes
// CHECK-NOT:     pa.share
func.func @one_block_of_codes(%query: memref<?x64x64xbf16>, %n: memref<?xi32>, %t: memref<?x?xi32>, %scale: f32, %k: !keys8) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q = pa.load_query %query, %item, %scale, #rows16 block(0) : memref<?x64x64xbf16> -> !rows8
    %codes, %f = pa.quantize_rows %q : !rows8 -> !codes, !factors
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %codes, %zero, #fp8 : !keys8, !codes, !scores
  }
  return
}
