// pa-tile-mfma: products in FP8. Keys and values are operands as they were loaded; queries become codes before the loop, a row
// over its own scale, and weights become codes times the largest power of two of the format, which the softmax step gives them.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' -split-input-file | FileCheck %s

// CHECK-DAG: #[[$Q:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$ROW:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$L:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// Sums of weights that have a scale each, and scales as they are loaded and where their tokens' scores stand:
// CHECK-DAG: #[[$PARTIAL:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$LOADED:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
// CHECK-DAG: #[[$SPREAD:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// Rows of tokens, and what a transposition of bytes makes of them:
// CHECK-DAG: #[[$KEYROWS:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$VALUEROWS:layout[0-9]*]] = #pa.layout<lane = [4 : (16, 0), 16 : (0, 1)], reg = [4 : (0, 16)], elem = [16 : (1, 0)]>
// CHECK-DAG: #[[$VALUES:layout[0-9]*]] = #pa.layout<lane = [4 : (16, 0), 4 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
// CHECK-DAG: #[[$WEIGHTS:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 4 : (0, 16)]>
// CHECK-DAG: #[[$FP8:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FN, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">

!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
#bf16 = #pa.mfma<m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16">
#fp8 = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FN, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#rows48 = #pa.rows<group = 8, query_tokens = 6, padded = 48>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!nhd = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = nhd, owner = caller>
!scaled = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN,
    mfma = [#bf16, #fp8], plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>,
                                   #pa.plan<rows = 48, head_size = 64, tile = 64, workgroups_per_cu = 1, bits = 8>]>} {
// CHECK-LABEL: @pieces
// CHECK-NOT:     pa.dequantize
// CHECK:         %[[SCALE:.*]] = arith.mulf
// CHECK-NEXT:    %[[Q:.*]] = pa.load_query {{.*}} block(0) : memref<?x64x64xbf16> -> <16x64xbf16, #[[$Q]]>
// CHECK-NEXT:    %[[QC:.*]], %[[QS:.*]] = pa.quantize_rows %[[Q]] : <16x64xbf16, #[[$Q]]> -> <16x64xf8E4M3FN, #[[$Q]]>, <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:    %[[BOUNDS:.*]] = pa.row_bounds
// CHECK-NEXT:    pa.fill 0.000000e+00 : <64x16xf32, #[[$S]]>
// CHECK-NEXT:    pa.fill -3.4028234663852886E+38 : <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:    pa.fill 0.000000e+00 : <16x16xf32, #[[$L]]>
// CHECK:         %[[R:.*]]:3 = scf.for
// CHECK:           %[[K:.*]] = pa.load_kv <key> {{.*}} part(0) : {{.*}} -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:      %[[ZERO:.*]] = pa.fill 0.000000e+00 : <64x16xf32, #[[$S]]>
// CHECK-NEXT:      %[[S:.*]] = pa.dot %[[K]], %[[QC]], %[[ZERO]], #[[$FP8]] : <64x64xf8E4M3FN, #[[$K]]>, <16x64xf8E4M3FN, #[[$Q]]>, <64x16xf32, #[[$S]]>
// A row's scores are times its scale; the softmax's scale does the rest, as ever.
// CHECK-NEXT:      %[[SCORES:.*]] = pa.rescale %[[S]], %[[QS]] : <64x16xf32, #[[$S]]>, <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[SCORES]], %[[BOUNDS]],
// CHECK-NEXT:      %[[P:.*]], %[[M:.*]], %[[C:.*]] = pa.softmax_step %{{.*}}, %[[SCALE]], %[[MASKED]] {exponent = 8 : i64} :
// CHECK-NEXT:      %[[ROUNDED:.*]] = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf8E4M3FN, #[[$P]]>
// CHECK-NEXT:      %[[W:.*]] = pa.convert_layout %[[ROUNDED]] : <16x64xf8E4M3FN, #[[$P]]> -> <16x64xf8E4M3FN, #[[$Q]]>
// CHECK-NEXT:      %[[OC:.*]] = pa.rescale %{{.*}}, %[[C]]
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %{{.*}}, %[[C]]
// CHECK-NEXT:      %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x64xf8E4M3FN, #[[$Q]]>
// CHECK-NEXT:      %[[V:.*]] = pa.load_kv <value> {{.*}} part(0) : {{.*}} -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[V]],
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %[[VZ]], %[[W]], %[[OC]], #[[$FP8]] :
// CHECK-NEXT:      %[[L1:.*]] = pa.dot %[[ONES]], %[[W]], %[[LC]], #[[$FP8]] :
// CHECK-NEXT:      scf.yield %[[O1]], %[[M]], %[[L1]]
// CHECK-NEXT:    } {pa.tile_loop}
// Values and sum go with the maximum that has the weights' power of two in it.
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[R]]#2)
func.func @pieces(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {products = #pa.products<fp8>}
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// Rows of tokens: codes go through LDS, or are transposed in the lane, as they are. Both parts of P are codes, and all of
// them are in the sum.
// CHECK-LABEL: @rows_of_tokens_split
// CHECK-NOT:     pa.dequantize
// CHECK:         %[[QC:.*]], %[[QS:.*]] = pa.quantize_rows
// CHECK:         %[[KROWS:.*]] = pa.load_kv <key> {{.*}} -> <64x64xf8E4M3FN, #[[$KEYROWS]]>
// CHECK-NEXT:    %[[K:.*]] = pa.convert_layout %[[KROWS]] : <64x64xf8E4M3FN, #[[$KEYROWS]]> -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:    %[[ZERO:.*]] = pa.fill 0.000000e+00
// CHECK-NEXT:    %[[S:.*]] = pa.dot %[[K]], %[[QC]], %[[ZERO]], #[[$FP8]] :
// CHECK-NEXT:    pa.rescale %[[S]], %[[QS]]
// CHECK:         %[[E:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 8 : i64} :
// CHECK-NEXT:    %[[P:.*]]:2 = pa.round %[[E]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf8E4M3FN, #[[$P]]>, !pa.tile<16x64xf8E4M3FN, #[[$P]]>
// CHECK-NEXT:    %[[HIGH:.*]] = pa.convert_layout %[[P]]#0 : <16x64xf8E4M3FN, #[[$P]]> -> <16x64xf8E4M3FN, #[[$WEIGHTS]]>
// CHECK-NEXT:    %[[LOW:.*]] = pa.convert_layout %[[P]]#1 : <16x64xf8E4M3FN, #[[$P]]> -> <16x64xf8E4M3FN, #[[$WEIGHTS]]>
// CHECK-NEXT:    %[[OC:.*]] = pa.rescale
// CHECK-NEXT:    %[[LC:.*]] = pa.rescale
// CHECK-NEXT:    %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x64xf8E4M3FN, #[[$WEIGHTS]]>
// CHECK-NEXT:    %[[VROWS:.*]] = pa.load_kv <value> {{.*}} -> <64x64xf8E4M3FN, #[[$VALUEROWS]]>
// CHECK-NEXT:    %[[VZ:.*]] = pa.zero_past_end %[[VROWS]],
// CHECK-NEXT:    %[[V:.*]] = pa.convert_layout %[[VZ]] : <64x64xf8E4M3FN, #[[$VALUEROWS]]> -> <64x64xf8E4M3FN, #[[$VALUES]]>
// CHECK-NEXT:    %[[O1:.*]] = pa.dot %[[V]], %[[HIGH]], %[[OC]],
// CHECK-NEXT:    %[[L1:.*]] = pa.dot %[[ONES]], %[[HIGH]], %[[LC]],
// CHECK-NEXT:    %[[O2:.*]] = pa.dot %[[V]], %[[LOW]], %[[O1]],
// CHECK-NEXT:    %[[L2:.*]] = pa.dot %[[ONES]], %[[LOW]], %[[L1]],
// CHECK-NEXT:    scf.yield %[[O2]], %{{.*}}, %[[L2]]
func.func @rows_of_tokens_split(%q: memref<?x64x64xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                                %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <split> {products = #pa.products<fp8>}
      : !pa.row_set<16x64xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// Scales by token. Keys' multiply the scores. No product of a weight and any scale fits FP8: values' scales come into the
// exponent by their logarithms, so that the maximum knows of them. Masks stand after that, and the softmax has no scale left
// to apply. The sum is of the same codes over the scales, or of the weights themselves where they are too small for codes.
// CHECK-LABEL: @scales_by_token
// CHECK:         %[[SCALE:.*]] = arith.mulf
// CHECK:         %[[QC:.*]], %[[QS:.*]] = pa.quantize_rows
// CHECK:         %[[L0:.*]] = pa.fill 0.000000e+00 : <4x16xf32, #[[$PARTIAL]]>
// CHECK:         %[[R:.*]]:3 = scf.for {{.*}} iter_args(%[[O:.*]] = %{{.*}}, %{{.*}} = %{{.*}}, %[[L:.*]] = %[[L0]])
// CHECK:           %[[K:.*]] = pa.load_kv <key>
// CHECK-NEXT:      %[[KS:.*]] = pa.load_scales <key> {{.*}} part(0) : {{.*}} -> <1x64xf32, #[[$LOADED]]>
// CHECK-NEXT:      %[[ZERO:.*]] = pa.fill 0.000000e+00
// CHECK-NEXT:      %[[S:.*]] = pa.dot %[[K]], %[[QC]], %[[ZERO]], #[[$FP8]] :
// CHECK-NEXT:      %[[VS:.*]] = pa.load_scales <value> {{.*}} part(0) : {{.*}} -> <1x64xf32, #[[$LOADED]]>
// CHECK-NEXT:      %[[VSZ:.*]] = pa.zero_past_end %[[VS]],
// CHECK-NEXT:      %[[USABLE:.*]], %[[INVERSES:.*]] = pa.invert_scales %[[VSZ]]
// CHECK-NEXT:      %[[KSPREAD:.*]] = pa.convert_layout %[[KS]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[S1:.*]] = pa.scale_tokens %[[S]], %[[KSPREAD]]
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[S2:.*]] = pa.rescale %[[S1]], %[[QS]]
// CHECK-NEXT:      %[[LOGS:.*]] = pa.log_scales %[[USABLE]] : <1x64xf32, #[[$LOADED]]>
// CHECK-NEXT:      %[[OFFSETS:.*]] = pa.convert_layout %[[LOGS]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[S3:.*]] = pa.offset_tokens %[[S2]], %[[SCALE]], %[[OFFSETS]] : <64x16xf32, #[[$S]]>, <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[S3]],
// CHECK-NEXT:      %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:      %[[P:.*]], %[[M:.*]], %[[C:.*]] = pa.softmax_step %{{.*}}, %[[ONE]], %[[MASKED]] {exponent = 8 : i64} :
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %[[L]], %[[C]]
// CHECK-NEXT:      %[[ROUNDED:.*]]:2 = pa.round %[[P]]
// CHECK-NEXT:      %[[HIGH:.*]] = pa.convert_layout %[[ROUNDED]]#0
// CHECK-NEXT:      %[[LOW:.*]] = pa.convert_layout %[[ROUNDED]]#1
// CHECK-NEXT:      %[[ISPREAD:.*]] = pa.convert_layout %[[INVERSES]] : <1x64xf32, #[[$LOADED]]> -> <1x64xf32, #[[$SPREAD]]>
// CHECK-NEXT:      %[[L1:.*]] = pa.sum_tokens %[[LC]], %[[ISPREAD]], %[[P]] rounded %[[ROUNDED]]#0, %[[ROUNDED]]#1 :
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[LA:.*]] = pa.await %[[L1]] :
// CHECK-NEXT:      %[[OC:.*]] = pa.rescale %[[O]], %[[C]]
// CHECK:           %[[VZ:.*]] = pa.zero_past_end
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %[[VZ]], %[[HIGH]], %[[OC]],
// CHECK-NEXT:      %[[O2:.*]] = pa.dot %[[VZ]], %[[LOW]], %[[O1]],
// CHECK-NEXT:      scf.yield %[[O2]], %[[M]], %[[LA]]
// CHECK-NEXT:    } {pa.tile_loop}
// CHECK-NEXT:    %[[SUM:.*]] = pa.sum_groups %[[R]]#2 : <4x16xf32, #[[$PARTIAL]]> -> <16x16xf32, #[[$L]]>
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[SUM]])
func.func @scales_by_token(%q: memref<?x64x64xbf16>, %kv: !scaled, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                           %o: memref<?x64x64xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <split> scales(%ks, %vs : !by_token, !by_token)
      {products = #pa.products<fp8>} : !pa.row_set<16x64xbf16>, !scaled, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// A window, and a score region: the region gets scores that are times the row's scale already, the offsets come after it, and
// both masks last. Base 2 is all that is left of the scale then.
// CHECK-LABEL: @region_and_window
// CHECK:         %[[LOG2E:.*]] = arith.constant 1.44269502 : f32
// CHECK:         %[[QC:.*]], %[[QS:.*]] = pa.quantize_rows
// CHECK:         pa.scale_tokens
// CHECK-NEXT:    pa.pin
// CHECK-NEXT:    %[[S:.*]] = pa.rescale %{{.*}}, %[[QS]]
// CHECK-NEXT:    %[[MAPPED:.*]] = pa.map_scores %[[S]] by %{{.*}} at(
// CHECK:         }
// CHECK-NEXT:    %[[LOGS:.*]] = pa.log_scales
// CHECK-NEXT:    %[[OFFSETS:.*]] = pa.convert_layout %[[LOGS]]
// CHECK-NEXT:    %[[OFFSET:.*]] = pa.offset_tokens %[[MAPPED]], %[[LOG2E]], %[[OFFSETS]]
// CHECK-NEXT:    pa.pin
// CHECK-NEXT:    %[[WINDOW:.*]] = pa.mask_window %[[OFFSET]], {{.*}} window(100)
// CHECK-NEXT:    %[[MASKED:.*]] = pa.mask_scores %[[WINDOW]],
// CHECK-NEXT:    %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:    pa.softmax_step %{{.*}}, %[[ONE]], %[[MASKED]] {exponent = 8 : i64} :
func.func @region_and_window(%q: memref<?x64x64xbf16>, %kv: !scaled, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                             %o: memref<?x64x64xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {window = 100 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> scales(%ks, %vs : !by_token, !by_token)
      {products = #pa.products<fp8>, window = 100 : i64} score {
    ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
      %s1 = math.tanh %s : f32
      pa.yield_score %s1
    } : !pa.row_set<16x64xbf16>, !scaled, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// Three blocks of rows: each has codes and scales of its own, and meets the same keys one block after the other.
// CHECK-LABEL: @three_blocks
// CHECK:         %[[Q0:.*]] = pa.load_query {{.*}} block(0)
// CHECK-NEXT:    %[[QC0:.*]], %[[QS0:.*]] = pa.quantize_rows %[[Q0]]
// CHECK-NEXT:    pa.row_bounds {{.*}} block(0)
// CHECK-NEXT:    %[[Q1:.*]] = pa.load_query {{.*}} block(1)
// CHECK-NEXT:    %[[QC1:.*]], %[[QS1:.*]] = pa.quantize_rows %[[Q1]]
// CHECK-NEXT:    pa.row_bounds {{.*}} block(1)
// CHECK-NEXT:    %[[Q2:.*]] = pa.load_query {{.*}} block(2)
// CHECK-NEXT:    %[[QC2:.*]], %[[QS2:.*]] = pa.quantize_rows %[[Q2]]
// CHECK:         %[[R:.*]]:9 = scf.for
// CHECK:           %[[K:.*]] = pa.load_kv <key>
// CHECK:           %[[S0:.*]] = pa.dot %[[K]], %[[QC0]],
// CHECK-NEXT:      pa.rescale %[[S0]], %[[QS0]]
// CHECK:           %[[E0:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 8 : i64} :
// CHECK-NEXT:      %[[P0:.*]] = pa.round %[[E0]]
// CHECK-NEXT:      %[[W0:.*]] = pa.convert_layout %[[P0]]
// CHECK-NEXT:      pa.pin
// CHECK:           %[[S1:.*]] = pa.dot %[[K]], %[[QC1]],
// CHECK-NEXT:      pa.rescale %[[S1]], %[[QS1]]
// CHECK:           %[[E1:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 8 : i64} :
// CHECK-NEXT:      %[[P1:.*]] = pa.round %[[E1]]
// CHECK-NEXT:      %[[W1:.*]] = pa.convert_layout %[[P1]]
// CHECK-NEXT:      pa.pin
// CHECK:           %[[S2:.*]] = pa.dot %[[K]], %[[QC2]],
// CHECK-NEXT:      pa.rescale %[[S2]], %[[QS2]]
// CHECK:           %[[E2:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 8 : i64} :
// CHECK-NEXT:      %[[P2:.*]] = pa.round %[[E2]]
// CHECK-NEXT:      %[[W2:.*]] = pa.convert_layout %[[P2]]
// CHECK-NEXT:      pa.pin
// Before the branch, behind which LLVM would sink them.
// CHECK-NEXT:      %[[H0:.*]] = pa.await %[[W0]]
// CHECK-NEXT:      %[[H1:.*]] = pa.await %[[W1]]
// CHECK-NEXT:      %[[H2:.*]] = pa.await %[[W2]]
// CHECK-NEXT:      pa.max_grew
// CHECK:           %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x64xf8E4M3FN,
// CHECK-NEXT:      pa.load_kv <value>
// CHECK-NEXT:      %[[V:.*]] = pa.zero_past_end
// CHECK-NEXT:      pa.dot %[[V]], %[[H0]],
// CHECK-NEXT:      pa.dot %[[ONES]], %[[H0]],
// CHECK-NEXT:      pa.dot %[[V]], %[[H1]],
// CHECK-NEXT:      pa.dot %[[ONES]], %[[H1]],
// CHECK-NEXT:      pa.dot %[[V]], %[[H2]],
// CHECK-NEXT:      pa.dot %[[ONES]], %[[H2]],
// CHECK-NEXT:      scf.yield
// CHECK-NEXT:    } {pa.tile_loop}
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[R]]#2, %[[R]]#3, %[[R]]#4, %[[R]]#5, %[[R]]#6, %[[R]]#7, %[[R]]#8)
func.func @three_blocks(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows48) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows48 : memref<?x64x64xbf16> -> !pa.row_set<48x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows48 p <single> {products = #pa.products<fp8>}
      : !pa.row_set<48x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<48x64xf32>
    pa.unpack_rows %part, %item, #rows48 out(%o : memref<?x64x64xbf16>) : !pa.partial<48x64xf32>
  }
  return
}
}

// -----

// The other format: its largest number is 240, so the power of two is 128. Queries of f16.
// CHECK-LABEL: @fnuz
// CHECK:         pa.quantize_rows %{{.*}} : <16x64xf16, {{.*}} -> <16x64xf8E4M3FNUZ,
// CHECK:         pa.dot {{.*}} : <64x64xf8E4M3FNUZ, {{.*}}>, <16x64xf8E4M3FNUZ,
// CHECK:         %[[P:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 7 : i64} :
// CHECK-NEXT:    pa.round %[[P]] : {{.*}} -> !pa.tile<16x64xf8E4M3FNUZ,
// CHECK:         } {pa.tile_loop}
// CHECK-NEXT:    pa.merge
#fnuz = #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FNUZ, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FNUZ, mfma = [#fnuz],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
func.func @fnuz(%q: memref<?x64x64xf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                %o: memref<?x64x64xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xf16> -> !pa.row_set<16x64xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {products = #pa.products<fp8>}
      : !pa.row_set<16x64xf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
