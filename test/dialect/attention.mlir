// The ops that say what is computed, printed twice.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

// CHECK-DAG: !kv_cache = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
// CHECK-DAG: #[[$ROWS:rows[0-9]*]] = #pa.rows<group = 8, query_tokens = 1, padded = 16>
// CHECK-DAG: #[[$ROWS2:rows[0-9]*]] = #pa.rows<group = 8, query_tokens = 2, padded = 16>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#rows2 = #pa.rows<group = 8, query_tokens = 2, padded = 16>

// What is the default (one query token, P in one value) is not printed.
// CHECK-LABEL: @decode
// CHECK:       pa.decode query(%[[Q:.*]] : memref<?x64x128xbf16>) cache(%[[KV:.*]] : !kv_cache) tables(%[[T:.*]] : memref<?x?xi32>) lens(%[[N:.*]] : memref<?xi32>) scale(%[[SCALE:.*]]) out(%[[O:.*]] : memref<?x64x128xbf16>)
// CHECK-NEXT:  return
func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) {query_tokens = 1 : i64, p = #pa.p<single>}
  return
}

// All that is optional; tokens may be any stride apart.
// CHECK-LABEL: @decode_with_everything
// CHECK:       pa.decode query(%{{.*}} : memref<?x64x128xbf16, strided<[?, 128, 1]>>)
// CHECK-SAME:  out(%{{.*}} : memref<?x64x128xbf16>) lse(%{{.*}} : memref<?x64xf32>) {p = #pa.p<split>, query_tokens = 4 : i64}
func.func @decode_with_everything(%q: memref<?x64x128xbf16, strided<[?, 128, 1]>>, %kv: !kv, %t: memref<?x?xi32>,
                                  %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.decode query(%q : memref<?x64x128xbf16, strided<[?, 128, 1]>>) cache(%kv : !kv) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x64xf32>)
    {query_tokens = 4 : i64, p = #pa.p<split>}
  return
}

// CHECK-LABEL: @append
// CHECK:       pa.append keys(%{{.*}} : memref<?x8x128xbf16>) values(%{{.*}} : memref<?x8x128xbf16>) slots(%{{.*}} : memref<?xi64>) cache(%{{.*}} : !kv_cache)
func.func @append(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// CHECK-LABEL: @merge_states
// CHECK:       pa.merge_states %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} into %{{.*}}, %{{.*}} : memref<?x64x128xbf16>, memref<?x64xf32>
func.func @merge_states(%a: memref<?x64x128xbf16>, %la: memref<?x64xf32>, %b: memref<?x64x128xbf16>,
                        %lb: memref<?x64xf32>, %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.merge_states %a, %la, %b, %lb into %o, %lse : memref<?x64x128xbf16>, memref<?x64xf32>
  return
}

// CHECK-LABEL: @item_by_item
// CHECK:       pa.items lens(%{{.*}} : memref<?xi32>) tables(%{{.*}} : memref<?x?xi32>) heads(8) page(16) schedule <item> do {
// CHECK-NEXT:  ^bb0(%[[ITEM:.*]]: !pa.item):
// CHECK-NEXT:    %[[R:.*]] = pa.pack_rows %{{.*}}, %[[ITEM]], #[[$ROWS]] : memref<?x64x128xbf16> -> <16x128xbf16>
// CHECK-NEXT:    %[[PART:.*]] = pa.attend %[[R]], %{{.*}}, %{{.*}}, %[[ITEM]], %{{.*}}, #[[$ROWS]] p <single> : <16x128xbf16>, !kv_cache, memref<?x?xi32> -> <16x128xf32>
// CHECK-NEXT:    pa.unpack_rows %[[PART]], %[[ITEM]], #[[$ROWS]] out(%{{.*}} : memref<?x64x128xbf16>) : <16x128xf32>
func.func @item_by_item(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x64x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  }
  return
}

// CHECK-LABEL: @shared_items
// CHECK:       pa.items {{.*}} schedule <balanced> {min_share_tokens = 512 : i64, tile = 64 : i64} do {
// CHECK:         pa.attend {{.*}} #[[$ROWS2]] p <split> :
// CHECK-NEXT:    pa.merge scope <launch> item(%[[ITEM:.*]]) (%{{.*}}) : !pa.partial<16x128xf32> {
// CHECK-NEXT:    ^bb0(%[[WHOLE:.*]]: !pa.partial<16x128xf32>):
// CHECK-NEXT:      pa.unpack_rows %[[WHOLE]], %[[ITEM]], #[[$ROWS2]] out(%{{.*}} : memref<?x64x128xbf16>) lse(%{{.*}} : memref<?x64xf32>) : <16x128xf32>
func.func @shared_items(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) schedule <balanced>
      {min_share_tokens = 512 : i64, tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows2 : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows2 p <split>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x128xf32> {
    ^bb0(%whole: !pa.partial<16x128xf32>):
      pa.unpack_rows %whole, %item, #rows2 out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x64xf32>)
        : !pa.partial<16x128xf32>
    }
  }
  return
}
