// The ops that say how a workgroup does it, printed twice. Head size 64, tiles of 64 tokens in parts of 32.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>               // 16 rows
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>  // 32 keys
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>               // 64 dims
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>               // scores
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>               // #s, transposed
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>                          // P as operand
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>               // output
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>                          // sums
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>                                  // a number a row
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>           // whole rows
#lookup = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 2 : (32, 0), 4 : (2, 0)], reg = [], elem = []>

#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
!shuffled = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>

// CHECK-DAG: #[[$Q:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$K:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$V:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$S:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$P:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
// CHECK-DAG: #[[$B:layout[0-9]*]] = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$O:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$L:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
// CHECK-DAG: #[[$ROW:layout[0-9]*]] = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$KEYROWS:layout[0-9]*]] = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
// CHECK-DAG: #[[$LOOKUP:layout[0-9]*]] = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 2 : (32, 0), 4 : (2, 0)], reg = [], elem = []>
// CHECK-DAG: #[[$ROWS:rows]] = #pa.rows<group = 8, query_tokens = 2, padded = 16>
// CHECK-DAG: #[[$MFMA:mfma]] = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
// CHECK-DAG: !kv_cache{{1?}} = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
// CHECK-DAG: !kv_cache{{1?}} = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>

// CHECK-LABEL: @before_the_loop
// CHECK-SAME:  (%[[Q:.*]]: memref<?x64x64xbf16>, %[[ITEM:.*]]: !pa.item, %[[SCALE:.*]]: f32)
func.func @before_the_loop(%q: memref<?x64x64xbf16>, %item: !pa.item, %scale: f32) {
  // CHECK: %{{.*}}, %{{.*}} = pa.wave_tiles %[[ITEM]] step(4)
  %first, %count = pa.wave_tiles %item step(4)
  // CHECK: pa.row_bounds %[[ITEM]], #[[$ROWS]] block(0) : <1x16xi32, #[[$ROW]]>
  %bounds = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xi32, #row>
  // CHECK: pa.load_query %[[Q]], %[[ITEM]], %[[SCALE]], #[[$ROWS]] block(0) : memref<?x64x64xbf16> -> <16x64xbf16, #[[$Q]]>
  %rows = pa.load_query %q, %item, %scale, #rows block(0) : memref<?x64x64xbf16> -> !pa.tile<16x64xbf16, #q>
  // CHECK: pa.fill 0.000000e+00 : <64x16xf32, #[[$O]]>
  %o = pa.fill 0.0 : !pa.tile<64x16xf32, #o>
  return
}

// Pages that hold matrix operands are found by page ids, the same in all lanes.
// CHECK-LABEL: @fragments
// CHECK-SAME:  (%[[KV:.*]]: !kv_cache{{1?}}, %[[T:.*]]: memref<?x?xi32>, %[[ITEM:.*]]: !pa.item, %[[TILE:.*]]: i32, %[[PAGES:.*]]: memref<?xi32>)
func.func @fragments(%kv: !shuffled, %t: memref<?x?xi32>, %item: !pa.item, %tile: i32, %pages: memref<?xi32>) {
  // CHECK: %[[IDS:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE]] : memref<?x?xi32>, !kv_cache{{1?}} -> <4 x 16 of 16>
  %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !shuffled -> !pa.page_ids<4 x 16 of 16>
  // CHECK: pa.page_ids %[[PAGES]], %[[KV]], %[[ITEM]], %[[TILE]] : memref<?xi32>, !kv_cache{{1?}} -> <4 x 16 of 16>
  %of_list = pa.page_ids %pages, %kv, %item, %tile : memref<?xi32>, !shuffled -> !pa.page_ids<4 x 16 of 16>
  // CHECK: pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS]] part(0) : !kv_cache{{1?}}, <4 x 16 of 16> -> <32x64xbf16, #[[$K]]>
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !shuffled, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #k>
  // CHECK: %[[VALUES:.*]] = pa.load_kv <value> %[[KV]], %[[ITEM]], %[[IDS]] part(1) {nontemporal} : !kv_cache{{1?}}, <4 x 16 of 16> -> <64x32xbf16, #[[$V]]>
  %v = pa.load_kv <value> %kv, %item, %ids part(1) {nontemporal} : !shuffled, !pa.page_ids<4 x 16 of 16> -> !pa.tile<64x32xbf16, #v>
  // CHECK: pa.zero_past_end %[[VALUES]], %[[ITEM]], %[[TILE]] part(1) of(64) : <64x32xbf16, #[[$V]]>
  %z = pa.zero_past_end %v, %item, %tile part(1) of(64) : !pa.tile<64x32xbf16, #v>
  // CHECK: pa.pin
  pa.pin
  return
}

// Whole rows are found by a token's place, each lane its own, and become operands through LDS.
// CHECK-LABEL: @whole_rows
// CHECK-SAME:  (%[[KV:.*]]: !kv_cache{{1?}}, %[[T:.*]]: memref<?x?xi32>, %[[ITEM:.*]]: !pa.item, %[[TILE:.*]]: i32)
func.func @whole_rows(%kv: !nhd, %t: memref<?x?xi32>, %item: !pa.item, %tile: i32) {
  // CHECK: %[[ASKED:.*]] = pa.page_ids %[[T]], %[[KV]], %[[ITEM]], %[[TILE]] for <key> : memref<?x?xi32>, !kv_cache{{1?}} -> <64 x 1 of 1, #[[$LOOKUP]]>
  %asked = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !nhd -> !pa.page_ids<64 x 1 of 1, #lookup>
  // CHECK: %[[IDS:.*]] = pa.await %[[ASKED]] : !pa.page_ids<64 x 1 of 1, #[[$LOOKUP]]>
  %ids = pa.await %asked : !pa.page_ids<64 x 1 of 1, #lookup>
  // CHECK: %[[K:.*]] = pa.load_kv <key> %[[KV]], %[[ITEM]], %[[IDS]] part(1) : !kv_cache{{1?}}, <64 x 1 of 1, #[[$LOOKUP]]> -> <32x64xbf16, #[[$KEYROWS]]>
  %k = pa.load_kv <key> %kv, %item, %ids part(1) : !nhd, !pa.page_ids<64 x 1 of 1, #lookup> -> !pa.tile<32x64xbf16, #keyrows>
  // CHECK: pa.convert_layout %[[K]] : <32x64xbf16, #[[$KEYROWS]]> -> <32x64xbf16, #[[$K]]>
  %c = pa.convert_layout %k : !pa.tile<32x64xbf16, #keyrows> -> !pa.tile<32x64xbf16, #k>
  // CHECK: pa.stage_write %[[K]] block(1) stage(0) : <32x64xbf16, #[[$KEYROWS]]>
  pa.stage_write %k block(1) stage(0) : !pa.tile<32x64xbf16, #keyrows>
  // CHECK: %[[HALF:.*]] = pa.stage_read stage(0) : <16x64xbf16, #[[$Q]]>
  %half = pa.stage_read stage(0) : !pa.tile<16x64xbf16, #q>
  // CHECK: pa.concat %[[HALF]], %[[HALF]] : !pa.tile<16x64xbf16, #[[$Q]]>, !pa.tile<16x64xbf16, #[[$Q]]> -> <32x64xbf16, #[[$K]]>
  %both = pa.concat %half, %half : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #k>
  // CHECK: pa.await %[[HALF]] : !pa.tile<16x64xbf16, #[[$Q]]>
  %here = pa.await %half : !pa.tile<16x64xbf16, #q>
  return
}

// CHECK-LABEL: @a_step
func.func @a_step(%k: !pa.tile<32x64xbf16, #k>, %q: !pa.tile<16x64xbf16, #q>, %zero: !pa.tile<32x16xf32, #s>,
                  %bounds: !pa.tile<1x16xi32, #row>, %tile: i32, %m: !pa.tile<1x16xf32, #row>, %scale: f32,
                  %o: !pa.tile<64x16xf32, #o>) {
  // CHECK: %[[S:.*]] = pa.dot %{{.*}}, %{{.*}}, %{{.*}}, #[[$MFMA]] : <32x64xbf16, #[[$K]]>, <16x64xbf16, #[[$Q]]>, <32x16xf32, #[[$S]]>
  %s = pa.dot %k, %q, %zero, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  // CHECK: pa.mask_scores %[[S]], %{{.*}}, %{{.*}} part(0) of(64) : <32x16xf32, #[[$S]]>, <1x16xi32, #[[$ROW]]>
  %s0 = pa.mask_scores %s, %bounds, %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  // CHECK: pa.softmax_step %{{.*}}, %{{.*}}, %{{.*}}, %[[S]] : <1x16xf32, #[[$ROW]]>, (!pa.tile<32x16xf32, #[[$S]]>, !pa.tile<32x16xf32, #[[$S]]>) -> (!pa.tile<16x32xf32, #[[$P]]>, !pa.tile<16x32xf32, #[[$P]]>)
  %p:2, %m1, %c = pa.softmax_step %m, %scale, %s0, %s : !pa.tile<1x16xf32, #row>,
    (!pa.tile<32x16xf32, #s>, !pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #p>, !pa.tile<16x32xf32, #p>)
  // CHECK: pa.round %{{.*}}#0 : <16x32xf32, #[[$P]]> -> !pa.tile<16x32xbf16, #[[$P]]>
  %p0 = pa.round %p#0 : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>
  // CHECK: %[[SPLIT:.*]]:2 = pa.round %{{.*}}#1 : <16x32xf32, #[[$P]]> -> !pa.tile<16x32xbf16, #[[$P]]>, !pa.tile<16x32xbf16, #[[$P]]>
  %p1:2 = pa.round %p#1 : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>
  // CHECK: pa.convert_layout %[[SPLIT]]#0 : <16x32xbf16, #[[$P]]> -> <16x32xbf16, #[[$B]]>
  %b = pa.convert_layout %p1#0 : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #b>
  // CHECK: pa.rescale %{{.*}}, %{{.*}} : <64x16xf32, #[[$O]]>, <1x16xf32, #[[$ROW]]>
  %o1 = pa.rescale %o, %c : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>
  return
}

// CHECK-LABEL: @after_the_loop
// CHECK-SAME:  (%[[O:.*]]: !pa.tile<64x16xf32, #[[$O]]>, %[[M:.*]]: !pa.tile<1x16xf32, #[[$ROW]]>, %[[L:.*]]: !pa.tile<16x16xf32, #[[$L]]>, %[[ITEM:.*]]: !pa.item,
func.func @after_the_loop(%o: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xf32, #row>, %l: !pa.tile<16x16xf32, #l>,
                          %item: !pa.item, %out: memref<?x64x64xbf16>, %lse: memref<?x64xf32>,
                          %codes: memref<?x64x64xf8E4M3FN>, %sinks: memref<64xf32>, %factor: f32) {
  // CHECK: pa.merge scope <workgroup> item(%[[ITEM]]) (%[[O]], %[[M]], %[[L]]) : !pa.tile<64x16xf32, #[[$O]]>, !pa.tile<1x16xf32, #[[$ROW]]>, !pa.tile<16x16xf32, #[[$L]]> {
  pa.merge scope <workgroup> item(%item) (%o, %m, %l)
      : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l> {
  // CHECK-NEXT: ^bb0(%[[VALUES:.*]]: !pa.tile<64x16xf32, #[[$O]]>, %[[MAX:.*]]: !pa.tile<1x16xf32, #[[$ROW]]>, %[[SUM:.*]]: !pa.tile<16x16xf32, #[[$L]]>):
  ^bb0(%values: !pa.tile<64x16xf32, #o>, %max: !pa.tile<1x16xf32, #row>, %sum: !pa.tile<16x16xf32, #l>):
    // CHECK-NEXT: pa.store_output %[[VALUES]], %[[MAX]], %[[SUM]], %[[ITEM]], #[[$ROWS]] block(0) out(%{{.*}} : memref<?x64x64xbf16>) : <64x16xf32, #[[$O]]>, <1x16xf32, #[[$ROW]]>, <16x16xf32, #[[$L]]>
    pa.store_output %values, %max, %sum, %item, #rows block(0) out(%out : memref<?x64x64xbf16>)
      : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
    // CHECK-NEXT: pa.store_output {{.*}} out(%{{.*}} : memref<?x64x64xbf16>) lse(%{{.*}} : memref<?x64xf32>) :
    pa.store_output %values, %max, %sum, %item, #rows block(0) out(%out : memref<?x64x64xbf16>)
      lse(%lse : memref<?x64xf32>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
    // CHECK-NEXT: pa.store_output {{.*}} out(%{{[^ ]*}} : memref<?x64x64xf8E4M3FN>) lse(%{{[^ ]*}} : memref<?x64xf32>) sinks(%{{[^ ]*}} : memref<64xf32>) factor(%{{[^ ]*}}) :
    pa.store_output %values, %max, %sum, %item, #rows block(0) out(%codes : memref<?x64x64xf8E4M3FN>)
      lse(%lse : memref<?x64xf32>) sinks(%sinks : memref<64xf32>) factor(%factor)
      : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  }
  return
}

// Through LDS: a tile that the workgroup shares, and one that a lane takes back.
// CHECK-LABEL: @through_lds
// CHECK-SAME:  (%[[Q:.*]]: !pa.tile<16x64xbf16, #[[$Q]]>, %[[V:.*]]: !pa.tile<64x32xbf16, #[[$V]]>)
func.func @through_lds(%q: !pa.tile<16x64xbf16, #q>, %v: !pa.tile<64x32xbf16, #v>) {
  // CHECK: %[[SHARED:.*]]:2 = pa.share %[[Q]], %[[Q]] : !pa.tile<16x64xbf16, #[[$Q]]>, !pa.tile<16x64xbf16, #[[$Q]]>
  %s:2 = pa.share %q, %q : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q>
  // CHECK: pa.load_shared %[[SHARED]]#1 : <<16x64xbf16, #[[$Q]]>>
  %again = pa.load_shared %s#1 : !pa.shared<!pa.tile<16x64xbf16, #q>>
  // CHECK: pa.relay %[[V]] : <64x32xbf16, #[[$V]]>
  %there = pa.relay %v : !pa.tile<64x32xbf16, #v>
  return
}

// CHECK-LABEL: @max_grew
// CHECK-SAME:  (%[[C:.*]]: !pa.tile<1x16xf32, #[[$ROW]]>)
func.func @max_grew(%c: !pa.tile<1x16xf32, #row>) -> i1 {
  // CHECK: pa.max_grew %[[C]], %[[C]] : !pa.tile<1x16xf32, #[[$ROW]]>, !pa.tile<1x16xf32, #[[$ROW]]>
  %grew = pa.max_grew %c, %c : !pa.tile<1x16xf32, #row>, !pa.tile<1x16xf32, #row>
  return %grew : i1
}
