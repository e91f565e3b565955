// pa-tile-mfma: a cache of 8 bits an element. A piece of 16 bytes holds 16 elements, so a part of a tile is 64 tokens; codes
// are made numbers of 16 bits right before their product.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' | FileCheck %s

// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$K16:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$V32:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$ROWS:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>

#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!nhd = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
// Pieces that are operands: keys 16 tokens at a time, values 32 dims at a time, nothing moves across.
// CHECK-LABEL: @pieces
// CHECK:         scf.for
// CHECK:           %[[K:.*]] = pa.load_kv <key> {{.*}} part(0) : {{.*}} -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:      %[[C0:.*]] = pa.slice %[[K]] from(0) : {{.*}} -> <16x64xf8E4M3FN, #[[$K16]]>
// CHECK-NEXT:      %[[K0:.*]] = pa.dequantize %[[C0]] : <16x64xf8E4M3FN, #[[$K16]]> -> <16x64xbf16, #[[$K16]]>
// CHECK:           %[[S0:.*]] = pa.dot %[[K0]],
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.slice %[[K]] from(16)
// CHECK:           %[[S1:.*]] = pa.dot
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.slice %[[K]] from(32)
// CHECK:           %[[S2:.*]] = pa.dot
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.slice %[[K]] from(48)
// CHECK:           %[[S3:.*]] = pa.dot
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[S:.*]] = pa.concat %[[S0]], %[[S1]], %[[S2]], %[[S3]] : {{.*}} -> <64x16xf32,
// CHECK-NEXT:      pa.mask_scores %[[S]],
// CHECK:           %[[ACC:.*]] = pa.rescale {{.*}} : <64x16xf32,
// CHECK:           %[[V:.*]] = pa.load_kv <value>
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[V]],
// CHECK:           %[[D0:.*]] = pa.slice %[[VZ]] from(0) : {{.*}} -> <32x64xf8E4M3FN, #[[$V32]]>
// CHECK-NEXT:      %[[V0:.*]] = pa.dequantize %[[D0]]
// CHECK-NEXT:      %[[ACC0:.*]] = pa.slice %[[ACC]] from(0)
// CHECK-NEXT:      %[[O0:.*]] = pa.dot %[[V0]], %{{.*}}, %[[ACC0]],
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.slice %[[VZ]] from(32)
// CHECK:           %[[ACC1:.*]] = pa.slice %[[ACC]] from(32)
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %{{.*}}, %{{.*}}, %[[ACC1]],
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[O:.*]] = pa.concat %[[O0]], %[[O1]]
// CHECK-NEXT:      scf.yield %[[O]],
func.func @pieces(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
// Rows of tokens: keys go through LDS as codes, half of the bytes; values are numbers of 16 bits before they are
// transposed.
// CHECK-LABEL: @rows_of_tokens
// CHECK-NOT:     pa.slice
// CHECK:         %[[K:.*]] = pa.load_kv <key> {{.*}} -> <64x64xf8E4M3FN, #[[$ROWS]]>
// CHECK-NEXT:    %[[OPERAND:.*]] = pa.convert_layout %[[K]] : <64x64xf8E4M3FN, #[[$ROWS]]> -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:    %[[EXACT:.*]] = pa.dequantize %[[OPERAND]]
// CHECK:         pa.dot %[[EXACT]],
// CHECK:         %[[V:.*]] = pa.load_kv <value>
// CHECK-NEXT:    %[[VZ:.*]] = pa.zero_past_end %[[V]],
// CHECK-NEXT:    %[[VX:.*]] = pa.dequantize %[[VZ]] : {{.*}} -> <64x64xbf16,
// CHECK-NEXT:    %[[VO:.*]] = pa.convert_layout %[[VX]] : <64x64xbf16,
// CHECK:         pa.dot %[[VO]],
// CHECK-NOT:     pa.slice
func.func @rows_of_tokens(%q: memref<?x64x64xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
