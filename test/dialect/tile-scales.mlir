// Codes of 8 bits on their way to the products, and the scales of tokens, printed twice. Tiles of 64 tokens, one part.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

#dims = #pa.layout<lane = [16 : (8, 0), 4 : (0, 4)], reg = [8 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#dims4 = #pa.layout<lane = [16 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64), 4 : (16, 0)], elem = [16 : (0, 1)]>  // 64 keys
#k16 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>             // 16 of them
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>                 // scores
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>                 // #s, transposed
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>                            // sums
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>                                // sums, a number a lane
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>                     // scales, a number a lane
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>            // scales beside scores
#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>                     // #tokens, transposed

!shuffled = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 112, page = 16, layout = shuffled, scales = token, owner = caller>
!nhd = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = caller>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
!by_page = memref<?x8xf32, strided<[?, ?]>>

// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64), 4 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$K16:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$L:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$PARTIAL:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$TOKENS:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
// CHECK-DAG: #[[$VECTOR:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$LOOKUP:layout[0-9]*]] = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>

// A head of 112 leaves part of the last registers empty; codes become floats 16 tokens at a time.
// CHECK-LABEL: @codes
// CHECK-SAME:  (%[[KV:.*]]: !kv_cache{{1?}}, %[[ITEM:.*]]: !pa.item, %[[IDS:.*]]: !pa.page_ids<4 x 16 of 16>)
func.func @codes(%kv: !shuffled, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // CHECK: %[[CODES:.*]] = pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS]] part(0) : !kv_cache{{1?}}, <4 x 16 of 16> -> <64x128xf8E4M3FN, #[[$K]]>
  %codes = pa.load_kv <key> %kv, %item, %ids part(0) : !shuffled, !pa.page_ids<4 x 16 of 16> -> !pa.tile<64x128xf8E4M3FN, #k>
  // CHECK: %[[INSIDE:.*]] = pa.zero_past_head %[[CODES]], 112 : <64x128xf8E4M3FN, #[[$K]]>
  %inside = pa.zero_past_head %codes, 112 : !pa.tile<64x128xf8E4M3FN, #k>
  // CHECK: %[[SOME:.*]] = pa.slice %[[INSIDE]] from(48) : <64x128xf8E4M3FN, #[[$K]]> -> <16x128xf8E4M3FN, #[[$K16]]>
  %some = pa.slice %inside from(48) : !pa.tile<64x128xf8E4M3FN, #k> -> !pa.tile<16x128xf8E4M3FN, #k16>
  // CHECK: pa.dequantize %[[SOME]] : <16x128xf8E4M3FN, #[[$K16]]> -> <16x128xbf16, #[[$K16]]>
  %k = pa.dequantize %some : !pa.tile<16x128xf8E4M3FN, #k16> -> !pa.tile<16x128xbf16, #k16>
  return
}

// Two of each lane's eight dims, and all of them again.
// CHECK-LABEL: @dims_of_lanes
// CHECK-SAME:  (%[[V:.*]]: !pa.tile<128x64xf8E4M3FN, #[[$DIMS:.*]]>)
func.func @dims_of_lanes(%v: !pa.tile<128x64xf8E4M3FN, #dims>) {
  // CHECK: %[[FIRST:.*]] = pa.slice %[[V]] from(0) of(8) : <128x64xf8E4M3FN, #[[$DIMS]]> -> <64x64xf8E4M3FN, #[[$DIMS4:.*]]>
  %first = pa.slice %v from(0) of(8) : !pa.tile<128x64xf8E4M3FN, #dims> -> !pa.tile<64x64xf8E4M3FN, #dims4>
  // CHECK: %[[LAST:.*]] = pa.slice %[[V]] from(4) of(8) :
  %last = pa.slice %v from(4) of(8) : !pa.tile<128x64xf8E4M3FN, #dims> -> !pa.tile<64x64xf8E4M3FN, #dims4>
  // CHECK: pa.concat %[[FIRST]], %[[LAST]] of(8) : !pa.tile<64x64xf8E4M3FN, #[[$DIMS4]]>, !pa.tile<64x64xf8E4M3FN, #[[$DIMS4]]> -> <128x64xf8E4M3FN, #[[$DIMS]]>
  %all = pa.concat %first, %last of(8) : !pa.tile<64x64xf8E4M3FN, #dims4>, !pa.tile<64x64xf8E4M3FN, #dims4> -> !pa.tile<128x64xf8E4M3FN, #dims>
  return
}

// Scales are found by the ids of pages, or by each lane's token.
// CHECK-LABEL: @load_scales
// CHECK-SAME:  (%[[BY_TOKEN:.*]]: memref<?x8x16xf32, strided<[?, ?, 1]>>, %[[BY_PAGE:.*]]: memref<?x8xf32, strided<[?, ?]>>, %[[KV:.*]]: !kv_cache{{1?}}, %[[ROWS:.*]]: !kv_cache{{1?}}, %[[ITEM:.*]]: !pa.item, %[[IDS:.*]]: !pa.page_ids<4 x 16 of 16>, %[[PLACES:.*]]: !pa.page_ids<64 x 1 of 16, #[[$LOOKUP]]>)
func.func @load_scales(%by_token: !by_token, %by_page: !by_page, %kv: !shuffled, %rows: !nhd, %item: !pa.item,
                       %ids: !pa.page_ids<4 x 16 of 16>, %places: !pa.page_ids<64 x 1 of 16, #lookup>) {
  // CHECK: %[[K:.*]] = pa.load_scales <key> %[[BY_TOKEN]], %[[KV]], %[[ITEM]], %[[IDS]] part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv_cache{{1?}}, <4 x 16 of 16> -> <1x64xf32, #[[$TOKENS]]>
  %k = pa.load_scales <key> %by_token, %kv, %item, %ids part(0)
    : !by_token, !shuffled, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
  // CHECK: %[[V:.*]] = pa.load_scales <value> %[[BY_PAGE]], %[[ROWS]], %[[ITEM]], %[[PLACES]] part(0) : memref<?x8xf32, strided<[?, ?]>>, !kv_cache{{1?}}, <64 x 1 of 16, #[[$LOOKUP]]> -> <1x64xf32, #[[$TOKENS]]>
  %v = pa.load_scales <value> %by_page, %rows, %item, %places part(0)
    : !by_page, !nhd, !pa.page_ids<64 x 1 of 16, #lookup> -> !pa.tile<1x64xf32, #tokens>
  // CHECK: %[[SCALES:.*]], %[[INVERSES:.*]] = pa.invert_scales %[[V]] : <1x64xf32, #[[$TOKENS]]>
  %scales, %inverses = pa.invert_scales %v : !pa.tile<1x64xf32, #tokens>
  // CHECK: pa.convert_layout %[[INVERSES]] : <1x64xf32, #[[$TOKENS]]> -> <1x64xf32, #[[$VECTOR]]>
  %spread = pa.convert_layout %inverses : !pa.tile<1x64xf32, #tokens> -> !pa.tile<1x64xf32, #vector>
  return
}

// CHECK-LABEL: @scaled
// CHECK-SAME:  (%[[S:.*]]: !pa.tile<64x16xf32, #[[$S]]>, %[[P:.*]]: !pa.tile<16x64xf32, #[[$P]]>, %[[SCALES:.*]]: !pa.tile<1x64xf32, #[[$VECTOR]]>, %[[SUM:.*]]: !pa.tile<4x16xf32, #[[$PARTIAL]]>)
func.func @scaled(%s: !pa.tile<64x16xf32, #s>, %p: !pa.tile<16x64xf32, #p>, %scales: !pa.tile<1x64xf32, #vector>,
                  %sum: !pa.tile<4x16xf32, #partial>) {
  // CHECK: pa.scale_tokens %[[S]], %[[SCALES]] : <64x16xf32, #[[$S]]>, <1x64xf32, #[[$VECTOR]]>
  %s1 = pa.scale_tokens %s, %scales : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #vector>
  // CHECK-NEXT: %[[P1:.*]] = pa.scale_tokens %[[P]], %[[SCALES]] : <16x64xf32, #[[$P]]>, <1x64xf32, #[[$VECTOR]]>
  %p1 = pa.scale_tokens %p, %scales : !pa.tile<16x64xf32, #p>, !pa.tile<1x64xf32, #vector>
  // CHECK-NEXT: %[[W:.*]]:2 = pa.round %[[P1]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xbf16, #[[$P]]>, !pa.tile<16x64xbf16, #[[$P]]>
  %w:2 = pa.round %p1 : !pa.tile<16x64xf32, #p> -> !pa.tile<16x64xbf16, #p>, !pa.tile<16x64xbf16, #p>
  // CHECK-NEXT: %[[SUM1:.*]] = pa.sum_tokens %[[SUM]], %[[SCALES]], %[[P1]] rounded %[[W]]#0, %[[W]]#1 : <4x16xf32, #[[$PARTIAL]]>, <1x64xf32, #[[$VECTOR]]>, <16x64xf32, #[[$P]]>, !pa.tile<16x64xbf16, #[[$P]]>, !pa.tile<16x64xbf16, #[[$P]]>
  %sum1 = pa.sum_tokens %sum, %scales, %p1 rounded %w#0, %w#1
    : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>,
      !pa.tile<16x64xbf16, #p>, !pa.tile<16x64xbf16, #p>
  // CHECK: pa.sum_groups %[[SUM1]] : <4x16xf32, #[[$PARTIAL]]> -> <16x16xf32, #[[$L]]>
  %l = pa.sum_groups %sum1 : !pa.tile<4x16xf32, #partial> -> !pa.tile<16x16xf32, #l>
  return
}
