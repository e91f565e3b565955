// Products in FP8: what makes operands of queries and weights, and the offsets that values' scales are. Printed twice.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>           // 16 rows
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>                                // a number a row
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>             // scores
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>             // #s, transposed
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>                      // as an operand
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>                            // sums, a number a lane
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>                 // scales, a number a lane
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>        // scales beside scores

// CHECK-DAG: #[[$Q:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$ROW:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$B:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$PARTIAL:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$TOKENS:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
// CHECK-DAG: #[[$VECTOR:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>

// Rows of either type of 16 bits become codes of either FP8, and a scale each that the rows' scores are multiplied by.
// CHECK-LABEL: @quantize_rows
// CHECK-SAME:  (%[[Q:.*]]: !pa.tile<16x128xbf16, #[[$Q]]>, %[[H:.*]]: !pa.tile<16x128xf16, #[[$Q]]>, %[[S:.*]]: !pa.tile<64x16xf32, #[[$S]]>)
// CHECK-NEXT:  %[[CODES:.*]], %[[SCALES:.*]] = pa.quantize_rows %[[Q]] : <16x128xbf16, #[[$Q]]> -> <16x128xf8E4M3FN, #[[$Q]]>, <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:  pa.rescale %[[S]], %[[SCALES]] : <64x16xf32, #[[$S]]>, <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:  pa.quantize_rows %[[H]] : <16x128xf16, #[[$Q]]> -> <16x128xf8E4M3FNUZ, #[[$Q]]>, <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:  return
func.func @quantize_rows(%q: !pa.tile<16x128xbf16, #q>, %h: !pa.tile<16x128xf16, #q>, %s: !pa.tile<64x16xf32, #s>) {
  %codes, %scales = pa.quantize_rows %q
    : !pa.tile<16x128xbf16, #q> -> !pa.tile<16x128xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  %s1 = pa.rescale %s, %scales : !pa.tile<64x16xf32, #s>, !pa.tile<1x16xf32, #row>
  %fnuz:2 = pa.quantize_rows %h
    : !pa.tile<16x128xf16, #q> -> !pa.tile<16x128xf8E4M3FNUZ, #q>, !pa.tile<1x16xf32, #row>
  return
}

// CHECK-LABEL: @offsets
// CHECK-SAME:  (%[[S:.*]]: !pa.tile<64x16xf32, #[[$S]]>, %[[SCALE:.*]]: f32, %[[LOADED:.*]]: !pa.tile<1x64xf32, #[[$TOKENS]]>)
// CHECK-NEXT:  %[[LOGS:.*]] = pa.log_scales %[[LOADED]] : <1x64xf32, #[[$TOKENS]]>
// CHECK-NEXT:  %[[OFFSETS:.*]] = pa.convert_layout %[[LOGS]] : <1x64xf32, #[[$TOKENS]]> -> <1x64xf32, #[[$VECTOR]]>
// CHECK-NEXT:  pa.offset_tokens %[[S]], %[[SCALE]], %[[OFFSETS]] : <64x16xf32, #[[$S]]>, <1x64xf32, #[[$VECTOR]]>
// CHECK-NEXT:  return
func.func @offsets(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %loaded: !pa.tile<1x64xf32, #tokens>) {
  %logs = pa.log_scales %loaded : !pa.tile<1x64xf32, #tokens>
  %offsets = pa.convert_layout %logs : !pa.tile<1x64xf32, #tokens> -> !pa.tile<1x64xf32, #vector>
  %s1 = pa.offset_tokens %s, %scale, %offsets : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #vector>
  return
}

// Weights of at most 1 fill the format's range by a power of two that the softmax step gives them. An exponent of 0 is the
// default, and is not printed.
// CHECK-LABEL: @weights
// CHECK-SAME:  (%[[S:.*]]: !pa.tile<64x16xf32, #[[$S]]>, %[[SCALE:.*]]: f32, %[[M:.*]]: !pa.tile<1x16xf32, #[[$ROW]]>, %[[SUM:.*]]: !pa.tile<4x16xf32, #[[$PARTIAL]]>, %[[I:.*]]: !pa.tile<1x64xf32, #[[$VECTOR]]>)
// CHECK-NEXT:  %[[P:.*]], %[[M1:.*]], %{{.*}} = pa.softmax_step %[[M]], %[[SCALE]], %[[S]] {exponent = 8 : i64} : <1x16xf32, #[[$ROW]]>, (!pa.tile<64x16xf32, #[[$S]]>) -> (!pa.tile<16x64xf32, #[[$P]]>)
// CHECK-NEXT:  %[[W:.*]]:2 = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf8E4M3FN, #[[$P]]>, !pa.tile<16x64xf8E4M3FN, #[[$P]]>
// CHECK-NEXT:  pa.sum_tokens %[[SUM]], %[[I]], %[[P]] rounded %[[W]]#0, %[[W]]#1 : <4x16xf32, #[[$PARTIAL]]>, <1x64xf32, #[[$VECTOR]]>, <16x64xf32, #[[$P]]>, !pa.tile<16x64xf8E4M3FN, #[[$P]]>, !pa.tile<16x64xf8E4M3FN, #[[$P]]>
// CHECK-NEXT:  pa.convert_layout %[[W]]#0 : <16x64xf8E4M3FN, #[[$P]]> -> <16x64xf8E4M3FN, #[[$B]]>
// CHECK-NEXT:  %[[PLAIN:.*]], %{{.*}}, %{{.*}} = pa.softmax_step %[[M1]], %[[SCALE]], %[[S]] : <1x16xf32, #[[$ROW]]>, (!pa.tile<64x16xf32, #[[$S]]>) -> (!pa.tile<16x64xf32, #[[$P]]>)
// CHECK-NEXT:  pa.round %[[PLAIN]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf8E4M3FNUZ, #[[$P]]>
// CHECK-NEXT:  return
func.func @weights(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %m: !pa.tile<1x16xf32, #row>,
                   %sum: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>) {
  %p, %m1, %c = pa.softmax_step %m, %scale, %s {exponent = 8 : i64}
    : !pa.tile<1x16xf32, #row>, (!pa.tile<64x16xf32, #s>) -> (!pa.tile<16x64xf32, #p>)
  %w:2 = pa.round %p : !pa.tile<16x64xf32, #p> -> !pa.tile<16x64xf8E4M3FN, #p>, !pa.tile<16x64xf8E4M3FN, #p>
  %sum1 = pa.sum_tokens %sum, %i, %p rounded %w#0, %w#1
    : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>,
      !pa.tile<16x64xf8E4M3FN, #p>, !pa.tile<16x64xf8E4M3FN, #p>
  %operand = pa.convert_layout %w#0 : !pa.tile<16x64xf8E4M3FN, #p> -> !pa.tile<16x64xf8E4M3FN, #b>
  %plain, %m2, %c2 = pa.softmax_step %m1, %scale, %s {exponent = 0 : i64}
    : !pa.tile<1x16xf32, #row>, (!pa.tile<64x16xf32, #s>) -> (!pa.tile<16x64xf32, #p>)
  %fnuz = pa.round %plain : !pa.tile<16x64xf32, #p> -> !pa.tile<16x64xf8E4M3FNUZ, #p>
  return
}
