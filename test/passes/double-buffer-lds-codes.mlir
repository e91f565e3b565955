// pa-double-buffer-lds: a cache of 8 bits goes through LDS as it is, and is made numbers of 16 bits behind it, 16 tokens at a
// time like all else.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' | FileCheck %s

#keyrows = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!rows = !pa.tile<64x64xi8, #keyrows>
!codes = !pa.tile<64x64xi8, #k>
!keys = !pa.tile<64x64xbf16, #k>
!queries = !pa.tile<16x64xbf16, #q>
!scores = !pa.tile<64x16xf32, #s>

// CHECK-DAG: #[[$BLOCK:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
// CHECK-LABEL: @codes
// CHECK-SAME:    (%[[ROWS:[a-z0-9]+]]: {{.*}}, %[[Q:[a-z0-9]+]]: {{.*}}) ->
// CHECK:         pa.stage_write %[[ROWS]] block(0) stage(0) : <64x64xi8,
// CHECK-NEXT:    pa.stage_write %[[ROWS]] block(1) stage(1)
// CHECK-NEXT:    %[[C0:.*]] = pa.stage_read stage(0) : <16x64xi8, #[[$BLOCK]]>
// CHECK-NEXT:    pa.stage_write %[[ROWS]] block(2) stage(0)
// CHECK-NEXT:    %[[K0:.*]] = pa.dequantize %[[C0]] : <16x64xi8, #[[$BLOCK]]> -> <16x64xbf16, #[[$BLOCK]]>
// CHECK:         %[[S0:.*]] = pa.dot %[[K0]], %[[Q]],
// CHECK-NEXT:    pa.pin
// CHECK-NEXT:    %[[C1:.*]] = pa.stage_read stage(1)
// CHECK-NEXT:    pa.stage_write %[[ROWS]] block(3) stage(1)
// CHECK-NEXT:    %[[K1:.*]] = pa.dequantize %[[C1]]
// CHECK:         pa.dot %[[K1]], %[[Q]],
// CHECK:         pa.stage_read stage(0)
// CHECK-NEXT:    pa.dequantize
// CHECK:         pa.stage_read stage(1)
// CHECK-NEXT:    pa.dequantize
// CHECK-NOT:     pa.dequantize
// CHECK:         pa.concat %[[S0]],
func.func @codes(%rows: !rows, %q: !queries) -> !scores {
  %codes = pa.convert_layout %rows : !rows -> !codes
  %k = pa.dequantize %codes : !codes -> !keys
  %zero = pa.fill 0.0 : !scores
  %s = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
  return %s : !scores
}
