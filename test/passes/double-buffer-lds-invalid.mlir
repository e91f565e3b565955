// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' -verify-diagnostics -split-input-file

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!rows = !pa.tile<32x64xbf16, #keyrows>
!k = !pa.tile<32x64xbf16, #k>
func.func @keys_are_multiplied(%rows: !rows) -> !k {
  %k = pa.convert_layout %rows : !rows -> !k
  // expected-error @+1 {{'func.return' op takes keys out of LDS, expected a pa.dot onto a pa.fill}}
  return %k : !k
}

// -----

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!rows = !pa.tile<32x64xbf16, #keyrows>
!k = !pa.tile<32x64xbf16, #k>
!q = !pa.tile<16x64xbf16, #q>
!s = !pa.tile<32x16xf32, #s>
func.func @onto_nothing_else(%rows: !rows, %q: !q, %acc: !s) -> !s {
  %k = pa.convert_layout %rows : !rows -> !k
  // expected-error @+1 {{'pa.dot' op takes keys out of LDS, expected a pa.dot onto a pa.fill}}
  %s = pa.dot %k, %q, %acc, #mfma : !k, !q, !s
  return %s : !s
}
