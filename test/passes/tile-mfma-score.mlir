// pa-tile-mfma: a score region stands between the product and the masks, and gets the scores themselves: the scale and its
// sign are the region's, the softmax's own is log2(e) alone. The window is a mask.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' | FileCheck %s

#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// CHECK-LABEL: @shaped
// CHECK-SAME:    %[[SCALE:[a-z0-9]+]]: f32, %{{[a-z0-9]+}}: memref<?x64x64xbf16>, %[[A:[a-z0-9]+]]: f32)
// CHECK:         %[[LOG2E:.*]] = arith.constant 1.44269502 : f32
// CHECK-NEXT:    %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:    pa.load_query %{{.*}}, %{{.*}}, %[[ONE]], #rows block(0)
// CHECK-NEXT:    %[[BOUNDS:.*]] = pa.row_bounds
// CHECK-NEXT:    %[[POSITIONS:.*]] = pa.row_positions %{{.*}}, #rows block(0)
// CHECK-NEXT:    %[[HEADS:.*]] = pa.row_heads %{{.*}}, #rows block(0)
// CHECK:         scf.for
// CHECK:           %[[S:.*]] = pa.dot
// CHECK-NEXT:      %[[MAPPED:.*]] = pa.map_scores %[[S]] by %[[SCALE]] at(%[[POSITIONS]], %[[HEADS]]) %[[TILE:.*]] part(0) of(32) : {{.*}} {
// CHECK-NEXT:      ^bb0(%[[SCORE:.*]]: f32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32):
// CHECK-NEXT:        %[[USERS:.*]] = arith.mulf %[[SCORE]], %[[A]] : f32
// CHECK-NEXT:        pa.yield_score %[[USERS]]
// CHECK-NEXT:      }
// CHECK-NEXT:      %[[SEEN:.*]] = pa.mask_window %[[MAPPED]], %[[BOUNDS]], %[[TILE]] part(0) of(32) window(100)
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[SEEN]], %[[BOUNDS]], %[[TILE]] part(0) of(32)
// CHECK-NEXT:      pa.softmax_step %{{.*}}, %[[LOG2E]], %[[MASKED]]
func.func @shaped(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>, %a: f32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {window = 100 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {window = 100 : i64} score {
    ^bb0(%s: f32, %query: i32, %key: i32, %head: i32):
      %r0 = arith.mulf %s, %a : f32
      pa.yield_score %r0
    } : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}
