// pa-tile-mfma: scales of tokens. Keys' multiply the scores, values' the weights before they are rounded; the softmax's sum
// is of the same rounded weights without the scales.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' | FileCheck %s

// A scale a lane as it is loaded, then where its token's scores stand:
// CHECK-DAG: #[[$LOADED:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
// CHECK-DAG: #[[$SPREAD:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// A number a row and lane group:
// CHECK-DAG: #[[$SUM:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$ONETOKEN:layout[0-9]*]] = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>

!by_page = memref<?x8xf32, strided<[?, ?]>>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
!nhd = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = nhd, scales = page, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
// CHECK-LABEL: @pieces
// CHECK:         %[[L0:.*]] = pa.fill 0.000000e+00 : <4x16xf32, #[[$SUM]]>
// CHECK:         %[[R:.*]]:3 = scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}, %[[L:.*]] = %[[L0]])
// CHECK:           %[[IDS:.*]] = pa.page_ids
// CHECK:           %[[KS:.*]] = pa.load_scales <key> %{{.*}}, %{{.*}}, %{{.*}}, %[[IDS]] part(0) : {{.*}} -> <1x64xf32, #[[$LOADED]]>
// CHECK:           %[[S:.*]] = pa.concat
// CHECK-NEXT:      %[[VS:.*]] = pa.load_scales <value> %{{.*}}, %{{.*}}, %{{.*}}, %[[IDS]] part(0)
// What stands past the end may be no number, and 0 times that is none either.
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[VS]],
// CHECK-NEXT:      %[[USABLE:.*]], %[[INVERSES:.*]] = pa.invert_scales %[[VZ]]
// CHECK-NEXT:      %[[KSPREAD:.*]] = pa.convert_layout %[[KS]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[SCALED:.*]] = pa.scale_tokens %[[S]], %[[KSPREAD]]
// CHECK:           pa.mask_scores %[[SCALED]],
// CHECK-NEXT:      %[[P:.*]], %{{.*}}, %[[C:.*]] = pa.softmax_step
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %[[L]], %[[C]]
// CHECK-NEXT:      %[[VSPREAD:.*]] = pa.convert_layout %[[USABLE]]
// CHECK-NEXT:      %[[WEIGHTS:.*]] = pa.scale_tokens %[[P]], %[[VSPREAD]]
// CHECK-NEXT:      %[[ROUNDED:.*]] = pa.round %[[WEIGHTS]]
// CHECK-NEXT:      %[[OPERAND:.*]] = pa.convert_layout %[[ROUNDED]]
// CHECK-NEXT:      %[[ISPREAD:.*]] = pa.convert_layout %[[INVERSES]]
// CHECK-NEXT:      %[[L1:.*]] = pa.sum_tokens %[[LC]], %[[ISPREAD]], %[[ROUNDED]]
// CHECK:           pa.dot %{{.*}}, %[[OPERAND]],
// CHECK:           scf.yield %{{.*}}, %{{.*}}, %[[L1]]
// CHECK:         %[[SUM:.*]] = pa.sum_groups %[[R]]#2 : <4x16xf32, #[[$SUM]]> -> <16x16xf32,
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[SUM]])
func.func @pieces(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> scales(%ks, %vs : !by_token, !by_token)
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// Where a lane looks up one token's place, its scale is found by places of their own, in the order of the scores.
// CHECK-LABEL: @rows_of_tokens
// CHECK:         pa.page_ids {{.*}} for <key>
// CHECK-NEXT:    pa.page_ids {{.*}} for <value>
// CHECK-NEXT:    %[[PLACES:.*]] = pa.page_ids {{.*}} for <key> : {{.*}} -> <64 x 1 of 16, #[[$ONETOKEN]]>
// CHECK:         pa.load_scales <key> %{{.*}}, %{{.*}}, %{{.*}}, %[[PLACES]] part(0)
// CHECK:         pa.load_scales <value> %{{.*}}, %{{.*}}, %{{.*}}, %[[PLACES]] part(0)
func.func @rows_of_tokens(%q: memref<?x64x64xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x64x64xbf16>, %ks: !by_page, %vs: !by_page) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> scales(%ks, %vs : !by_page, !by_page)
      : !pa.row_set<16x64xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
