// pa-tile-mfma: scales of tokens. Keys' multiply the scores; values' come into the exponent by their logarithms, so that
// weights are at most 1 whatever the scales, times 2^15. The softmax's sum is of the same rounded weights without the scales,
// or of the weights themselves where they are too small for f16.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' | FileCheck %s

// A scale a lane as it is loaded, then where its token's scores stand:
// CHECK-DAG: #[[$LOADED:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
// CHECK-DAG: #[[$SPREAD:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// A number a row and lane group:
// CHECK-DAG: #[[$SUM:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$F16:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
// CHECK-DAG: #[[$ONETOKEN:layout[0-9]*]] = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>

!by_page = memref<?x8xf32, strided<[?, ?]>>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
#bf16 = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#f16 = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
!nhd = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = nhd, scales = page, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#bf16, #f16],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
// CHECK-LABEL: @pieces
// CHECK:         %[[SCALE:.*]] = arith.mulf
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
// CHECK-NEXT:      pa.pin
// Logarithms are taken once a token; offsets apply the softmax's scale as well, which has none left to apply, and masks stand
// after them.
// CHECK-NEXT:      %[[LOGS:.*]] = pa.log_scales %[[USABLE]] : <1x64xf32, #[[$LOADED]]>
// CHECK-NEXT:      %[[OFFSETS:.*]] = pa.convert_layout %[[LOGS]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[OFFSET:.*]] = pa.offset_tokens %[[SCALED]], %[[SCALE]], %[[OFFSETS]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[OFFSET]],
// CHECK-NEXT:      %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[P:.*]], %[[M:.*]], %[[C:.*]] = pa.softmax_step %{{.*}}, %[[ONE]], %[[MASKED]] {exponent = 15 : i64} :
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %[[L]], %[[C]]
// CHECK-NEXT:      %[[ROUNDED:.*]] = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf16, #[[$P]]>
// CHECK-NEXT:      %[[OPERAND:.*]] = pa.convert_layout %[[ROUNDED]]
// CHECK-NEXT:      %[[ISPREAD:.*]] = pa.convert_layout %[[INVERSES]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[L1:.*]] = pa.sum_tokens %[[LC]], %[[ISPREAD]], %[[P]] rounded %[[ROUNDED]] : <4x16xf32, #[[$SUM]]>, <1x64xf32, #[[$SPREAD]]>, <16x64xf32, #[[$P]]>, !pa.tile<16x64xf16, #[[$P]]>
// The sum is there before the products: LLVM would sink it behind them, and hold the weights' numbers until then.
// CHECK:           %[[LA:.*]] = pa.await %[[L1]] :
// CHECK-NOT:       pa.scale_tokens
// CHECK:           %[[V:.*]] = pa.dequantize %{{.*}} : {{.*}} -> <32x64xf16,
// CHECK:           pa.dot %[[V]], %[[OPERAND]], %{{.*}}, #[[$F16]] :
// CHECK:           scf.yield %{{.*}}, %[[M]], %[[LA]]
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
// Where a lane looks up one token's place, its scale is found by places of their own, in the order of the scores. Weights of
// two terms count as the sum of both.
// CHECK-LABEL: @rows_of_tokens
// CHECK:         pa.page_ids {{.*}} for <key>
// CHECK-NEXT:    pa.page_ids {{.*}} for <value>
// CHECK-NEXT:    %[[PLACES:.*]] = pa.page_ids {{.*}} for <key> : {{.*}} -> <64 x 1 of 16, #[[$ONETOKEN]]>
// CHECK:         pa.load_scales <key> %{{.*}}, %{{.*}}, %{{.*}}, %[[PLACES]] part(0)
// CHECK:         %[[VS:.*]] = pa.load_scales <value> %{{.*}}, %{{.*}}, %{{.*}}, %[[PLACES]] part(0)
// CHECK-NEXT:    %[[VZ:.*]] = pa.zero_past_end %[[VS]],
// CHECK-NEXT:    %[[USABLE:.*]], %[[INVERSES:.*]] = pa.invert_scales %[[VZ]]
// CHECK:         %[[LOGS:.*]] = pa.log_scales %[[USABLE]]
// CHECK-NEXT:    %[[OFFSETS:.*]] = pa.convert_layout %[[LOGS]]
// CHECK-NEXT:    pa.offset_tokens %{{.*}}, %{{.*}}, %[[OFFSETS]]
// CHECK:         %[[P:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 15 : i64} :
// CHECK:         %[[ROUNDED:.*]]:2 = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf16, #[[$P]]>, !pa.tile<16x64xf16, #[[$P]]>
// CHECK:         %[[ISPREAD:.*]] = pa.convert_layout %[[INVERSES]]
// CHECK-NEXT:    pa.sum_tokens %{{.*}}, %[[ISPREAD]], %[[P]] rounded %[[ROUNDED]]#0, %[[ROUNDED]]#1 :
func.func @rows_of_tokens(%q: memref<?x64x64xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x64x64xbf16>, %ks: !by_page, %vs: !by_page) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <split> scales(%ks, %vs : !by_page, !by_page)
      : !pa.row_set<16x64xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
