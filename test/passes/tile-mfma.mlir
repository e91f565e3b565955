// pa-tile-mfma: attention of an item becomes a loop over this wave's tiles of tokens. Masks stand on every tile.
// The chip is invented: 2 waves, tiles of 32 or 64 tokens, and one matrix instruction for bf16.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' -split-input-file | FileCheck %s

// What the products' operands look like is all in the layouts:
// CHECK-DAG: #[[$Q:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$ROW:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$O:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$L:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$B:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$V:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>

// CHECK-LABEL: @shuffled
// CHECK-SAME:    (%[[QUERY:[a-z0-9]+]]: memref<?x64x64xbf16>, %[[KV:[a-z0-9]+]]: !kv_cache, %[[T:[a-z0-9]+]]: memref<?x?xi32>, %[[N:[a-z0-9]+]]: memref<?xi32>, %[[SCALE:[a-z0-9]+]]: f32, %[[OUT:[a-z0-9]+]]: memref<?x64x64xbf16>)
// CHECK-NEXT:  pa.items {{.*}} schedule <item> {tile = 32 : i64} do {
// CHECK-NEXT:  ^bb0(%[[ITEM:.*]]: !pa.item):
// Softmax in base 2 goes by the scale's magnitude; its sign is in the queries.
// CHECK:         %[[MAGNITUDE:.*]] = math.absf %[[SCALE]] : f32
// CHECK-NEXT:    %[[SCALE2:.*]] = arith.mulf %[[MAGNITUDE]], %cst : f32
// CHECK-NEXT:    %[[Q:.*]] = pa.load_query %[[QUERY]], %[[ITEM]], %[[SCALE]], #rows block(0) : memref<?x64x64xbf16> -> <16x64xbf16, #[[$Q]]>
// CHECK-NEXT:    %[[BOUNDS:.*]] = pa.row_bounds %[[ITEM]], #rows block(0) : <1x16xi32, #[[$ROW]]>
// CHECK-NEXT:    %[[O0:.*]] = pa.fill 0.000000e+00 : <64x16xf32, #[[$O]]>
// The running maximum starts finite: minus infinity minus itself is NaN.
// CHECK-NEXT:    %[[M0:.*]] = pa.fill -3.4028234663852886E+38 : <1x16xf32, #[[$ROW]]>
// CHECK-NEXT:    %[[L0:.*]] = pa.fill 0.000000e+00 : <16x16xf32, #[[$L]]>
// CHECK-NEXT:    %[[FIRST:.*]], %[[COUNT:.*]] = pa.wave_tiles %[[ITEM]] step(2)
// CHECK:         %[[R:.*]]:3 = scf.for %[[I:.*]] = %c0{{.*}} to %[[COUNT]] step %c1{{.*}} iter_args(%[[O:.*]] = %[[O0]], %[[M:.*]] = %[[M0]], %[[L:.*]] = %[[L0]])
// CHECK-NEXT:      %[[OFFSET:.*]] = arith.muli %[[I]], %c2{{.*}} : i32
// CHECK-NEXT:      %[[TILE:.*]] = arith.addi %[[FIRST]], %[[OFFSET]] : i32
// CHECK-NEXT:      %[[IDS:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE]] : memref<?x?xi32>, !kv_cache -> <2 x 16 of 16>
// CHECK-NEXT:      %[[K:.*]] = pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS]] part(0) : !kv_cache, <2 x 16 of 16> -> <32x64xbf16, #[[$K]]>
// CHECK-NEXT:      %[[ZERO:.*]] = pa.fill 0.000000e+00 : <32x16xf32, #[[$S]]>
// CHECK-NEXT:      %[[S:.*]] = pa.dot %[[K]], %[[Q]], %[[ZERO]], #mfma : <32x64xbf16, #[[$K]]>, <16x64xbf16, #[[$Q]]>, <32x16xf32, #[[$S]]>
// CHECK-NEXT:      %[[MASKED:.*]] = pa.mask_scores %[[S]], %[[BOUNDS]], %[[TILE]] part(0) of(32)
// CHECK-NEXT:      %[[P:.*]], %[[M1:.*]], %[[C:.*]] = pa.softmax_step %[[M]], %[[SCALE2]], %[[MASKED]] : {{.*}} -> (!pa.tile<16x32xf32, #[[$P]]>)
// CHECK-NEXT:      %[[ROUNDED:.*]] = pa.round %[[P]] : <16x32xf32, #[[$P]]> -> !pa.tile<16x32xbf16, #[[$P]]>
// A lane group has 4 tokens of each 16 of P, and 8 in a row of V: P goes between lanes.
// CHECK-NEXT:      %[[B:.*]] = pa.convert_layout %[[ROUNDED]] : <16x32xbf16, #[[$P]]> -> <16x32xbf16, #[[$B]]>
// CHECK-NEXT:      %[[OC:.*]] = pa.rescale %[[O]], %[[C]]
// CHECK-NEXT:      %[[LC:.*]] = pa.rescale %[[L]], %[[C]]
// CHECK-NEXT:      %[[ONES:.*]] = pa.fill 1.000000e+00 : <16x32xbf16, #[[$B]]>
// CHECK-NEXT:      %[[V:.*]] = pa.load_kv <value> %[[KV]], %[[ITEM]], %[[IDS]] part(0) : !kv_cache, <2 x 16 of 16> -> <64x32xbf16, #[[$V]]>
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[V]], %[[ITEM]], %[[TILE]] part(0) of(32)
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %[[VZ]], %[[B]], %[[OC]], #mfma : <64x32xbf16, #[[$V]]>, <16x32xbf16, #[[$B]]>, <64x16xf32, #[[$O]]>
// The sum is a product with ones: of exactly the values that are multiplied with V.
// CHECK-NEXT:      %[[L1:.*]] = pa.dot %[[ONES]], %[[B]], %[[LC]], #mfma : <16x32xbf16, #[[$B]]>, <16x32xbf16, #[[$B]]>, <16x16xf32, #[[$L]]>
// CHECK-NEXT:      scf.yield %[[O1]], %[[M1]], %[[L1]]
// CHECK-NEXT:    } {pa.tile_loop}
// CHECK-NEXT:    pa.merge scope <workgroup> item(%[[ITEM]]) (%[[R]]#0, %[[R]]#1, %[[R]]#2)
// CHECK-NEXT:    ^bb0(%[[OM:[a-z0-9]+]]: {{.*}}, %[[MM:[a-z0-9]+]]: {{.*}}, %[[LM:[a-z0-9]+]]: {{.*}}):
// CHECK-NEXT:      pa.store_output %[[OM]], %[[MM]], %[[LM]], %[[ITEM]], #rows block(0) out(%[[OUT]] : memref<?x64x64xbf16>)
// CHECK-NOT:   pa.pack_rows
// CHECK-NOT:   pa.unpack_rows
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @shuffled(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
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
}

// -----

// Whole rows: pages hold no operands. Each lane looks up the places of its own token, once for keys and once for values (of 32
// tokens: two lanes look up the same one); keys go through LDS, values are transposed in the lane, and P only changes the names of its registers.
// CHECK-DAG: #[[$KEYIDS:layout[0-9]*]] = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 2 : (0, 0), 4 : (2, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$VALUEIDS:layout[0-9]*]] = #pa.layout<lane = [4 : (1, 0), 2 : (16, 0), 2 : (0, 0), 4 : (4, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$KEYROWS:layout[0-9]*]] = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$KEYS:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$ROUNDED:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$WEIGHTS:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 2 : (0, 16)]>
// CHECK-DAG: #[[$VALUEROWS:layout[0-9]*]] = #pa.layout<lane = [8 : (8, 0), 2 : (0, 1), 4 : (0, 4)], reg = [2 : (0, 2), 2 : (0, 16)], elem = [8 : (1, 0)]>
// CHECK-DAG: #[[$VALUES:layout[0-9]*]] = #pa.layout<lane = [8 : (8, 0), 2 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 2 : (0, 16)]>
// CHECK-LABEL: @nhd_page_1
// CHECK:         scf.for
// CHECK:           %[[KIDS:.*]] = pa.page_ids %{{.*}}, %{{.*}}, %{{.*}}, %[[TILE:.*]] for <key> : {{.*}} -> <32 x 1 of 1, #[[$KEYIDS]]>
// CHECK-NEXT:      %[[VIDS:.*]] = pa.page_ids %{{.*}}, %{{.*}}, %{{.*}}, %[[TILE]] for <value> : {{.*}} -> <32 x 1 of 1, #[[$VALUEIDS]]>
// CHECK-NEXT:      %[[KROWS:.*]] = pa.load_kv <key> %{{.*}}, %{{.*}}, %[[KIDS]] part(0) : {{.*}} -> <32x64xbf16, #[[$KEYROWS]]>
// CHECK-NEXT:      %[[K:.*]] = pa.convert_layout %[[KROWS]] : <32x64xbf16, #[[$KEYROWS]]> -> <32x64xbf16, #[[$KEYS]]>
// CHECK:           pa.dot %[[K]],
// CHECK:           pa.convert_layout %{{.*}} : <16x32xbf16, #[[$ROUNDED]]> -> <16x32xbf16, #[[$WEIGHTS]]>
// CHECK:           %[[VROWS:.*]] = pa.load_kv <value> %{{.*}}, %{{.*}}, %[[VIDS]] part(0) : {{.*}} -> <64x32xbf16, #[[$VALUEROWS]]>
// CHECK-NEXT:      %[[VZ:.*]] = pa.zero_past_end %[[VROWS]],
// CHECK-NEXT:      %[[V:.*]] = pa.convert_layout %[[VZ]] : <64x32xbf16, #[[$VALUEROWS]]> -> <64x32xbf16, #[[$VALUES]]>
// CHECK-NEXT:      pa.dot %[[V]],
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#mfma],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @nhd_page_1(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                      %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

// Pages of 16 in the two other layouts, f16, head size 128, two parts a tile: classic pages hold operands, NHD pages hold
// rows. The widest instruction for the type is taken: this chip has 32 columns for f16 only.
// CHECK-DAG: #[[$WIDE:mfma[0-9]*]] = #pa.mfma<m = 16, n = 16, k = 32, type = f16,
// CHECK-LABEL: @classic_page_16
// CHECK:         pa.items {{.*}} {tile = 64 : i64} do
// CHECK:           pa.wave_tiles %{{.*}} step(4)
// CHECK:           %[[IDS:.*]] = pa.page_ids {{.*}} -> <4 x 16 of 16>
// CHECK-NEXT:      %[[K0:.*]] = pa.load_kv <key> %{{.*}}, %{{.*}}, %[[IDS]] part(0) : {{.*}} -> <32x128xf16,
// CHECK:           %[[S0:.*]] = pa.dot %[[K0]], %{{.*}}, %{{.*}}, #[[$WIDE]]
// CHECK-NEXT:      %[[K1:.*]] = pa.load_kv <key> %{{.*}}, %{{.*}}, %[[IDS]] part(1)
// CHECK:           %[[S1:.*]] = pa.dot %[[K1]],
// CHECK-NEXT:      %[[A0:.*]] = pa.mask_scores %[[S0]], {{.*}} part(0) of(64)
// CHECK-NEXT:      %[[A1:.*]] = pa.mask_scores %[[S1]], {{.*}} part(1) of(64)
// CHECK-NEXT:      pa.softmax_step %{{.*}}, %{{.*}}, %[[A0]], %[[A1]]
// CHECK:           pa.load_kv <value> %{{.*}}, %{{.*}}, %[[IDS]] part(0) : {{.*}} -> <128x32xf16,
// CHECK:           pa.load_kv <value> %{{.*}}, %{{.*}}, %[[IDS]] part(1) : {{.*}} -> <128x32xf16,
// CHECK-LABEL: @nhd_page_16
// CHECK:           pa.page_ids {{.*}} for <key> : {{.*}} -> <64 x 1 of 16,
// CHECK-NEXT:      pa.page_ids {{.*}} for <value> : {{.*}} -> <64 x 1 of 16,
// CHECK-LABEL: @classic_page_1
// CHECK:           pa.page_ids {{.*}} for <key> : {{.*}} -> <64 x 1 of 1,
// CHECK-LABEL: @shuffled_page_64
// CHECK:           pa.page_ids {{.*}} -> <1 x 64 of 64>
#rows = #pa.rows<group = 1, query_tokens = 1, padded = 16>
!classic = !pa.kv_cache<f16, heads = 2, head_size = 128, page = 16, layout = classic, owner = caller>
!nhd = !pa.kv_cache<f16, heads = 2, head_size = 128, page = 16, layout = nhd, owner = caller>
!classic1 = !pa.kv_cache<f16, heads = 2, head_size = 128, page = 1, layout = classic, owner = caller>
!shuffled64 = !pa.kv_cache<f16, heads = 2, head_size = 128, page = 64, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = true, packed_bf16_convert = true, mfma = [
      #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">,
      #pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16f16">,
      #pa.mfma<m = 32, n = 32, k = 64, type = f16, intrinsic = "rocdl.mfma.f32.32x32x16.f16">,
      #pa.mfma<m = 16, n = 16, k = 32, type = f16, intrinsic = "rocdl.mfma.f32.16x16x32.f16">],
    plans = [#pa.plan<rows = 32, head_size = 128, tile = 32, workgroups_per_cu = 1>,
             #pa.plan<rows = 16, head_size = 128, tile = 64, workgroups_per_cu = 2>,
             #pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @classic_page_16(%q: memref<?x2x128xf16>, %kv: !classic, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                           %o: memref<?x2x128xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(2) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x2x128xf16> -> !pa.row_set<16x128xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xf16>, !classic, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x2x128xf16>) : !pa.partial<16x128xf32>
  }
  return
}
func.func @nhd_page_16(%q: memref<?x2x128xf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                       %o: memref<?x2x128xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(2) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x2x128xf16> -> !pa.row_set<16x128xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xf16>, !nhd, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x2x128xf16>) : !pa.partial<16x128xf32>
  }
  return
}
func.func @classic_page_1(%q: memref<?x2x128xf16>, %kv: !classic1, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x2x128xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(2) page(1) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x2x128xf16> -> !pa.row_set<16x128xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xf16>, !classic1, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x2x128xf16>) : !pa.partial<16x128xf32>
  }
  return
}
func.func @shuffled_page_64(%q: memref<?x2x128xf16>, %kv: !shuffled64, %t: memref<?x?xi32>, %n: memref<?xi32>,
                            %scale: f32, %o: memref<?x2x128xf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(2) page(64) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x2x128xf16> -> !pa.row_set<16x128xf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xf16>, !shuffled64, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x2x128xf16>) : !pa.partial<16x128xf32>
  }
  return
}
}

// -----

// 64 rows are 4 blocks over one load of the keys and values, each with its own bounds, state and output; P in two terms is
// two products with V and two with ones. What a merge over the launch finishes stays there, LSE too.
// CHECK-LABEL: @four_blocks
// CHECK-COUNT-4: pa.load_query
// CHECK:         %[[R:.*]]:12 = scf.for
// CHECK-COUNT-1:   pa.load_kv <key>
// CHECK-NOT:       pa.load_kv
// CHECK:           pa.softmax_step
// CHECK-NEXT:      %[[SPLIT:.*]]:2 = pa.round
// CHECK-NEXT:      %[[HIGH:.*]] = pa.convert_layout %[[SPLIT]]#0
// CHECK-NEXT:      %[[LOW:.*]] = pa.convert_layout %[[SPLIT]]#1
// CHECK-COUNT-3:   pa.softmax_step
// CHECK:           %[[HIGHHERE:.*]] = pa.await %[[HIGH]]
// CHECK-NEXT:      %[[LOWHERE:.*]] = pa.await %[[LOW]]
// With this many blocks they are rescaled together, and only if a maximum grew.
// CHECK:           %[[GREW:.*]] = pa.max_grew %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :
// CHECK-NEXT:      scf.if %[[GREW]]
// CHECK-COUNT-8:     pa.rescale
// CHECK-NOT:         pa.rescale
// CHECK:           %[[ONES:.*]] = pa.fill 1.000000e+00
// CHECK-NEXT:      %{{.*}} = pa.load_kv <value>
// CHECK-NEXT:      %[[V:.*]] = pa.zero_past_end
// CHECK-NEXT:      %[[O1:.*]] = pa.dot %[[V]], %[[HIGHHERE]],
// CHECK-NEXT:      %[[L1:.*]] = pa.dot %[[ONES]], %[[HIGHHERE]],
// CHECK-NEXT:      %[[O2:.*]] = pa.dot %[[V]], %[[LOWHERE]], %[[O1]],
// CHECK-NEXT:      %[[L2:.*]] = pa.dot %[[ONES]], %[[LOWHERE]], %[[L1]],
// CHECK-COUNT-12:  pa.dot
// CHECK-NOT:       pa.dot
// CHECK:           scf.yield %[[O2]], %{{.*}}, %[[L2]],
// CHECK:         pa.merge scope <launch> item(%{{.*}}) (%[[R]]#0, {{.*}}, %[[R]]#11)
// CHECK:           pa.store_output {{.*}} block(0) out(%{{.*}}) lse(%{{.*}} : memref<?x16xf32>)
// CHECK-NEXT:      pa.store_output {{.*}} block(1) out(
// CHECK-NEXT:      pa.store_output {{.*}} block(2) out(
// CHECK-NEXT:      pa.store_output {{.*}} block(3) out(
// CHECK-NOT:     pa.merge
#rows = #pa.rows<group = 16, query_tokens = 4, padded = 64>
!kv = !pa.kv_cache<bf16, heads = 1, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false,
    mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 64, head_size = 64, tile = 32, workgroups_per_cu = 1>]>} {
func.func @four_blocks(%q: memref<?x16x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                       %o: memref<?x16x64xbf16>, %lse: memref<?x16xf32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(1) page(16) rows(#rows) schedule <balanced>
      {min_share_tokens = 512 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x16x64xbf16> -> !pa.row_set<64x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <split>
      : !pa.row_set<64x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<64x64xf32>
    pa.merge scope <launch> item(%item) (%part) : !pa.partial<64x64xf32> {
    ^bb0(%whole: !pa.partial<64x64xf32>):
      pa.unpack_rows %whole, %item, #rows out(%o : memref<?x16x64xbf16>) lse(%lse : memref<?x16xf32>)
        : !pa.partial<64x64xf32>
    }
  }
  return
}
}

// -----

// 64 rows of head size 128: accumulators, probabilities and values of a linear cache would take all registers that vector
// instructions reach, so values come from their loads by LDS. 48 rows leave enough.
// CHECK-LABEL: @relayed
// CHECK:         %[[V:.*]] = pa.load_kv <value>
// CHECK-NEXT:    %[[KEPT:.*]] = pa.zero_past_end %[[V]]
// CHECK-NEXT:    %[[HERE:.*]] = pa.relay %[[KEPT]]
// CHECK-NEXT:    pa.convert_layout %[[HERE]]
// CHECK-LABEL: @not_relayed
// CHECK-NOT:     pa.relay
#rows64 = #pa.rows<group = 16, query_tokens = 4, padded = 64>
#rows48 = #pa.rows<group = 16, query_tokens = 3, padded = 48>
!nhd = !pa.kv_cache<bf16, heads = 1, head_size = 128, page = 1, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false,
    mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 64, head_size = 128, tile = 64, workgroups_per_cu = 1>,
             #pa.plan<rows = 48, head_size = 128, tile = 64, workgroups_per_cu = 1>]>} {
func.func @relayed(%q: memref<?x16x128xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                   %o: memref<?x16x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(1) page(1) rows(#rows64) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows64 : memref<?x16x128xbf16> -> !pa.row_set<64x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows64 p <single>
      : !pa.row_set<64x128xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<64x128xf32>
    pa.unpack_rows %part, %item, #rows64 out(%o : memref<?x16x128xbf16>) : !pa.partial<64x128xf32>
  }
  return
}
func.func @not_relayed(%q: memref<?x16x128xbf16>, %kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                       %o: memref<?x16x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(1) page(1) rows(#rows48) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows48 : memref<?x16x128xbf16> -> !pa.row_set<48x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows48 p <single>
      : !pa.row_set<48x128xbf16>, !nhd, memref<?x?xi32> -> !pa.partial<48x128xf32>
    pa.unpack_rows %part, %item, #rows48 out(%o : memref<?x16x128xbf16>) : !pa.partial<48x128xf32>
  }
  return
}
}
