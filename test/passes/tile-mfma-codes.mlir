// pa-tile-mfma: a cache of 8 bits an element. A piece of 16 bytes holds 16 elements, so a part of a tile is 64 tokens; codes
// are made numbers of 16 bits right before their product: of the queries' type for keys, for values of f16, which is more exact
// for weights; those are times 2^15, the largest power of two of f16, so that small ones are normal numbers too.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' | FileCheck %s

// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$K16:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$V32:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$WEIGHTS:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 4 : (0, 16)]>
// CHECK-DAG: #[[$BF16:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
// CHECK-DAG: #[[$F16:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
// CHECK-DAG: #[[$ROWS:layout[0-9]*]] = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>

#bf16 = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#f16 = #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!integers = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = nhd, owner = caller>
!exact = !pa.kv_cache<f16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!nhd = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#bf16, #f16],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>,
             #pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2>]>} {
// Pieces that are operands: keys 16 tokens at a time, values 32 dims at a time, nothing moves across.
// CHECK-LABEL: @pieces
// CHECK:         %[[R:.*]]:3 = scf.for
// CHECK:           %[[K:.*]] = pa.load_kv <key> {{.*}} part(0) : {{.*}} -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:      %[[C0:.*]] = pa.slice %[[K]] from(0) : {{.*}} -> <16x64xf8E4M3FN, #[[$K16]]>
// CHECK-NEXT:      %[[K0:.*]] = pa.dequantize %[[C0]] : <16x64xf8E4M3FN, #[[$K16]]> -> <16x64xbf16, #[[$K16]]>
// CHECK:           %[[S0:.*]] = pa.dot %[[K0]], %{{.*}}, %{{.*}}, #[[$BF16]] :
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
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[S]],
// CHECK-NEXT:      %[[P:.*]], %[[M:.*]], %[[C:.*]] = pa.softmax_step %{{.*}}, %{{.*}}, %[[MASKED]] {exponent = 15 : i64} :
// CHECK-NEXT:      %[[ROUNDED:.*]] = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf16, #[[$P]]>
// CHECK-NEXT:      %[[W:.*]] = pa.convert_layout %[[ROUNDED]] : <16x64xf16, #[[$P]]> -> <16x64xf16, #[[$K16]]>
// CHECK-NEXT:      %[[ACC:.*]] = pa.rescale %{{.*}}, %[[C]] : <64x16xf32,
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %{{.*}}, %[[C]] : <16x16xf32,
// CHECK-NEXT:      %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x64xf16, #[[$K16]]>
// CHECK-NEXT:      %[[V:.*]] = pa.load_kv <value>
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[V]],
// CHECK-NEXT:      %[[L:.*]] = pa.dot %[[ONES]], %[[W]], %[[LC]], #[[$F16]] :
// CHECK-NEXT:      %[[D0:.*]] = pa.slice %[[VZ]] from(0) : {{.*}} -> <32x64xf8E4M3FN, #[[$V32]]>
// CHECK-NEXT:      %[[V0:.*]] = pa.dequantize %[[D0]] : <32x64xf8E4M3FN, #[[$V32]]> -> <32x64xf16, #[[$V32]]>
// CHECK-NEXT:      %[[ACC0:.*]] = pa.slice %[[ACC]] from(0)
// CHECK-NEXT:      %[[O0:.*]] = pa.dot %[[V0]], %[[W]], %[[ACC0]], #[[$F16]] :
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      pa.slice %[[VZ]] from(32)
// CHECK:           %[[ACC1:.*]] = pa.slice %[[ACC]] from(32)
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %{{.*}}, %[[W]], %[[ACC1]], #[[$F16]] :
// CHECK-NEXT:      pa.pin
// CHECK-NEXT:      %[[O:.*]] = pa.concat %[[O0]], %[[O1]]
// CHECK-NEXT:      scf.yield %[[O]], %[[M]], %[[L]]
// CHECK-NEXT:    } {pa.tile_loop}
// Values and sum go with the maximum that has the exponent in it.
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[R]]#2)
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
// Rows of tokens: keys go through LDS, and values are transposed in the lane, as codes: half of the bytes. Values become
// numbers two of a lane's four dims at a time.
// CHECK-LABEL: @rows_of_tokens
// CHECK-NOT:     pa.slice
// CHECK:         %[[K:.*]] = pa.load_kv <key> {{.*}} -> <64x64xf8E4M3FN, #[[$ROWS]]>
// CHECK-NEXT:    %[[OPERAND:.*]] = pa.convert_layout %[[K]] : <64x64xf8E4M3FN, #[[$ROWS]]> -> <64x64xf8E4M3FN, #[[$K]]>
// CHECK-NEXT:    %[[EXACT:.*]] = pa.dequantize %[[OPERAND]] : {{.*}} -> <64x64xbf16,
// CHECK:         pa.dot %[[EXACT]], %{{.*}}, %{{.*}}, #[[$BF16]] :
// CHECK:         %[[P:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 15 : i64} :
// CHECK-NEXT:    %[[ROUNDED:.*]] = pa.round %[[P]] : {{.*}} -> !pa.tile<16x64xf16, #[[$P]]>
// CHECK-NEXT:    %[[W:.*]] = pa.convert_layout %[[ROUNDED]] : {{.*}} -> <16x64xf16, #[[$WEIGHTS]]>
// CHECK:         %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x64xf16, #[[$WEIGHTS]]>
// CHECK-NEXT:    %[[V:.*]] = pa.load_kv <value>
// CHECK-NEXT:    %[[VZ:.*]] = pa.zero_past_end %[[V]],
// CHECK-NEXT:    %[[VO:.*]] = pa.convert_layout %[[VZ]] : <64x64xf8E4M3FN,
// CHECK-NEXT:    pa.dot %[[ONES]], %[[W]], %{{.*}}, #[[$F16]] :
// CHECK-NEXT:    %[[C0:.*]] = pa.slice %[[VO]] from(0) of(4) :
// CHECK-NEXT:    %[[V0:.*]] = pa.dequantize %[[C0]] : {{.*}} -> <32x64xf16,
// CHECK-NEXT:    %[[A0:.*]] = pa.slice %{{.*}} from(0) of(4) : <64x16xf32,
// CHECK-NEXT:    %[[O0:.*]] = pa.dot %[[V0]], %[[W]], %[[A0]], #[[$F16]] :
// CHECK-NEXT:    pa.pin
// CHECK-NEXT:    %[[C1:.*]] = pa.slice %[[VO]] from(2) of(4) :
// CHECK:         %[[O1:.*]] = pa.dot
// CHECK:         pa.concat %[[O0]], %[[O1]] of(4) :
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
// Queries of f16, integers, and weights of two terms: all products are of f16.
// CHECK-LABEL: @integers_split
// CHECK-NOT:     bf16
// CHECK:         %[[K:.*]] = pa.dequantize %{{.*}} : <64x64xi8, {{.*}} -> <64x64xf16, #[[$K]]>
// CHECK:         pa.dot %[[K]], %{{.*}}, %{{.*}}, #[[$F16]] :
// CHECK:         %[[P:.*]], %{{.*}}, %{{.*}} = pa.softmax_step {{.*}} {exponent = 15 : i64} :
// CHECK-NEXT:    %[[ROUNDED:.*]]:2 = pa.round %[[P]] : <16x64xf32, #[[$P]]> -> !pa.tile<16x64xf16, #[[$P]]>, !pa.tile<16x64xf16, #[[$P]]>
// CHECK-NEXT:    %[[HIGH:.*]] = pa.convert_layout %[[ROUNDED]]#0
// CHECK-NEXT:    %[[LOW:.*]] = pa.convert_layout %[[ROUNDED]]#1
// CHECK:         %[[L:.*]] = pa.dot %{{.*}}, %[[HIGH]], %{{.*}}, #[[$F16]] :
// CHECK-NEXT:    pa.dot %{{.*}}, %[[LOW]], %[[L]], #[[$F16]] :
// CHECK:         %[[V:.*]] = pa.dequantize %{{.*}} : <32x64xi8, {{.*}} -> <32x64xf16,
// CHECK:         %[[O:.*]] = pa.dot %[[V]], %[[HIGH]], %{{.*}}, #[[$F16]] :
// CHECK-NEXT:    pa.dot %[[V]], %[[LOW]], %[[O]], #[[$F16]] :
func.func @integers_split(%q: memref<?x64x64xf16>, %kv: !integers, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x64x64xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xf16> -> !pa.row_set<16x64xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <split>
      : !pa.row_set<16x64xf16>, !integers, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xf16>) : !pa.partial<16x64xf32>
  }
  return
}
// A cache of f16 has no codes: its weights are at most 1.
// CHECK-LABEL: @exact
// CHECK-NOT:     pa.dequantize
// CHECK-NOT:     exponent
// CHECK:         %[[R:.*]]:3 = scf.for
// CHECK:         pa.round {{.*}} -> !pa.tile<16x{{.*}}xf16,
// CHECK:         } {pa.tile_loop}
// CHECK-NEXT:    pa.merge scope <workgroup> item(%{{.*}}) (%[[R]]#0, %[[R]]#1, %[[R]]#2)
func.func @exact(%q: memref<?x64x64xf16>, %kv: !exact, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                 %o: memref<?x64x64xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xf16> -> !pa.row_set<16x64xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xf16>, !exact, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
