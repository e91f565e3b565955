// pa-double-buffer-lds: whole rows of keys become matrix operands through LDS, 16 tokens at a time.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' | FileCheck %s --check-prefixes=CHECK,TWO
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=2}))' | FileCheck %s --check-prefixes=CHECK,TWO
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=1}))' | FileCheck %s --check-prefixes=CHECK,ONE
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=4}))' | FileCheck %s --check-prefixes=CHECK,TWO
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=0}))' 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=5}))' 2>&1 | FileCheck %s --check-prefix=MANY

// NONE: error: stages is 1 to 4, got 0
// MANY: error: stages is 1 to 4, got 5

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#valuerows = #pa.layout<lane = [8 : (8, 0), 2 : (0, 1), 4 : (0, 4)], reg = [2 : (0, 2), 2 : (0, 16)], elem = [8 : (1, 0)]>
#valueoperand = #pa.layout<lane = [8 : (8, 0), 2 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 2 : (0, 16)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!rows = !pa.tile<32x64xbf16, #keyrows>
!k = !pa.tile<32x64xbf16, #k>
!q = !pa.tile<16x64xbf16, #q>
!s = !pa.tile<32x16xf32, #s>

// CHECK-DAG: #[[$BLOCK:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$SCORES:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>

// A stage for each 16 tokens: both are written where the rows are at hand, so that their registers are free for a reload
// (the op between stands for it); each is read where it is multiplied.
// CHECK-LABEL: @keys
// CHECK-SAME:    (%[[ROWS:[a-z0-9]+]]: !pa.tile<32x64xbf16, {{#[a-z0-9]+}}>, %[[Q:[a-z0-9]+]]: !pa.tile<16x64xbf16, {{#[a-z0-9]+}}>)
// TWO:           pa.stage_write %[[ROWS]] block(0) stage(0)
// TWO-NEXT:      pa.stage_write %[[ROWS]] block(1) stage(1)
// TWO-NEXT:      arith.constant 1 : i32
// TWO-NEXT:      pa.fill
// TWO-NEXT:      %[[K0:.*]] = pa.stage_read stage(0) : <16x64xbf16, #[[$BLOCK]]>
// TWO-NEXT:      %[[ZERO0:.*]] = pa.fill 0.000000e+00 : <16x16xf32, #[[$SCORES]]>
// TWO-NEXT:      %[[S0:.*]] = pa.dot %[[K0]], %[[Q]], %[[ZERO0]],
// TWO-NEXT:      pa.pin
// TWO-NEXT:      %[[K1:.*]] = pa.stage_read stage(1) : <16x64xbf16, #[[$BLOCK]]>
// TWO-NEXT:      %[[ZERO1:.*]] = pa.fill 0.000000e+00 : <16x16xf32, #[[$SCORES]]>
// TWO-NEXT:      %[[S1:.*]] = pa.dot %[[K1]], %[[Q]], %[[ZERO1]],
// One stage: it is written again only after it was read, and the rows are needed until then.
// ONE:           pa.stage_write %[[ROWS]] block(0) stage(0)
// ONE-NEXT:      %[[K0:.*]] = pa.stage_read stage(0) : <16x64xbf16, #[[$BLOCK]]>
// ONE-NEXT:      pa.stage_write %[[ROWS]] block(1) stage(0)
// ONE-NEXT:      %[[ZERO0:.*]] = pa.fill 0.000000e+00 : <16x16xf32, #[[$SCORES]]>
// ONE-NEXT:      %[[S0:.*]] = pa.dot %[[K0]], %[[Q]], %[[ZERO0]],
// ONE-NEXT:      pa.pin
// ONE-NEXT:      %[[K1:.*]] = pa.stage_read stage(0) : <16x64xbf16, #[[$BLOCK]]>
// ONE-NEXT:      %[[ZERO1:.*]] = pa.fill 0.000000e+00 : <16x16xf32, #[[$SCORES]]>
// ONE-NEXT:      %[[S1:.*]] = pa.dot %[[K1]], %[[Q]], %[[ZERO1]],
// ONE-NEXT:      arith.constant 1 : i32
// ONE-NEXT:      pa.fill
// CHECK-NEXT:    %[[ALL:.*]] = pa.concat %[[S0]], %[[S1]] : !pa.tile<16x16xf32, #[[$SCORES]]>, !pa.tile<16x16xf32, #[[$SCORES]]> -> <32x16xf32,
// CHECK-NEXT:    return %[[ALL]]
func.func @keys(%rows: !rows, %q: !q) -> !s {
  %k = pa.convert_layout %rows : !rows -> !k
  %between = arith.constant 1 : i32
  %zero = pa.fill 0.0 : !s
  %s = pa.dot %k, %q, %zero, #mfma : !k, !q, !s
  return %s : !s
}

// Two blocks of rows: each 16 tokens are multiplied with both before the next ones take their registers.
// CHECK-LABEL: @two_blocks_of_rows
// CHECK:         %[[K0:.*]] = pa.stage_read stage(0)
// CHECK:         %[[A0:.*]] = pa.dot %[[K0]], %[[QA:[a-z0-9]+]],
// CHECK:         %[[B0:.*]] = pa.dot %[[K0]], %[[QB:[a-z0-9]+]],
// CHECK-NEXT:    pa.pin
// CHECK:         %[[K1:.*]] = pa.stage_read
// CHECK:         %[[A1:.*]] = pa.dot %[[K1]], %[[QA]],
// CHECK:         %[[B1:.*]] = pa.dot %[[K1]], %[[QB]],
// CHECK:         %[[A:.*]] = pa.concat %[[A0]], %[[A1]]
// CHECK:         %[[B:.*]] = pa.concat %[[B0]], %[[B1]]
// CHECK-NEXT:    return %[[A]], %[[B]]
func.func @two_blocks_of_rows(%rows: !rows, %a: !q, %b: !q) -> (!s, !s) {
  %k = pa.convert_layout %rows : !rows -> !k
  %zero = pa.fill 0.0 : !s
  %sa = pa.dot %k, %a, %zero, #mfma : !k, !q, !s
  %sb = pa.dot %k, %b, %zero, #mfma : !k, !q, !s
  return %sa, %sb : !s, !s
}

// Other conversions are not LDS's: values are transposed in the lane, P goes between lanes.
// CHECK-LABEL: @others
// CHECK-NOT:     pa.stage
// CHECK-COUNT-2: pa.convert_layout
func.func @others(%v: !pa.tile<64x32xbf16, #valuerows>, %p: !pa.tile<16x32xbf16, #p>) {
  %vc = pa.convert_layout %v : !pa.tile<64x32xbf16, #valuerows> -> !pa.tile<64x32xbf16, #valueoperand>
  %pc = pa.convert_layout %p : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #b>
  return
}
