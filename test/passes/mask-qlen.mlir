// pa-mask-qlen: (query token, head of the group) packed into rows, padded to the instruction's 16.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-mask-qlen))' -split-input-file | FileCheck %s

// CHECK:       #[[$ROWS:rows]] = #pa.rows<group = 8, query_tokens = 1, padded = 16>
// CHECK-LABEL: @one_query_token
// CHECK-SAME:  (%[[Q:[a-z0-9]+]]: {{.*}} {pa.arg = "query"}, %[[KV:[a-z0-9]+]]: !kv_cache {pa.arg = "cache"}, %[[T:[a-z0-9]+]]: {{.*}} {pa.arg = "tables"}, %[[N:[a-z0-9]+]]: {{.*}} {pa.arg = "lens"}, %[[SCALE:[a-z0-9]+]]: f32 {pa.arg = "scale"}, %[[O:[a-z0-9]+]]: {{.*}} {pa.arg = "out"})
// CHECK-NEXT:  pa.items lens(%[[N]] : memref<?xi32>) tables(%[[T]] : memref<?x?xi32>) heads(8) page(16) rows(#[[$ROWS]]) schedule <item> do {
// CHECK-NEXT:  ^bb0(%[[ITEM:.*]]: !pa.item):
// CHECK-NEXT:    %[[R:.*]] = pa.pack_rows %[[Q]], %[[ITEM]], #[[$ROWS]] : memref<?x64x128xbf16> -> <16x128xbf16>
// CHECK-NEXT:    %[[PART:.*]] = pa.attend %[[R]], %[[KV]], %[[T]], %[[ITEM]], %[[SCALE]], #[[$ROWS]] p <single> : <16x128xbf16>, !kv_cache, memref<?x?xi32> -> <16x128xf32>
// CHECK-NEXT:    pa.unpack_rows %[[PART]], %[[ITEM]], #[[$ROWS]] out(%[[O]] : memref<?x64x128xbf16>) : <16x128xf32>
// CHECK-NEXT:  }
// CHECK-NEXT:  return
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
func.func @one_query_token(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                           %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

// 3 tokens of 10 heads are 30 rows: two are empty. The KV heads and the page are those of the cache; what is optional
// goes along.
// CHECK:       #[[$ROWS:rows]] = #pa.rows<group = 10, query_tokens = 3, padded = 32>
// CHECK-LABEL: @ragged_group
// CHECK:       pa.items {{.*}} heads(4) page(1) rows(#[[$ROWS]]) schedule <item> do
// CHECK:         pa.pack_rows {{.*}}, #[[$ROWS]] : memref<?x40x64xf16> -> <32x64xf16>
// CHECK:         %[[PART:.*]] = pa.attend {{.*}}, #[[$ROWS]] p <split> : <32x64xf16>, {{.*}} -> <32x64xf32>
// CHECK-NEXT:    pa.unpack_rows %[[PART]], %{{.*}}, #[[$ROWS]] out(%{{.*}} : memref<?x40x64xf16>) lse(%{{.*}} : memref<?x40xf32>) : <32x64xf32>
!kv = !pa.kv_cache<f16, heads = 4, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @ragged_group(%q: memref<?x40x64xf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x40x64xf16>, %lse: memref<?x40xf32>) {
  pa.decode query(%q : memref<?x40x64xf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x40x64xf16>) lse(%lse : memref<?x40xf32>) {query_tokens = 3 : i64, p = #pa.p<split>}
  return
}

// -----

// As many rows as there are: 4 tokens of 16 heads.
// CHECK:       #pa.rows<group = 16, query_tokens = 4, padded = 64>
// CHECK-LABEL: @sixty_four_rows
// CHECK:         pa.attend {{.*}} -> <64x128xf32>
!kv = !pa.kv_cache<bf16, heads = 1, head_size = 128, page = 64, layout = classic, owner = caller>
func.func @sixty_four_rows(%q: memref<?x16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                           %o: memref<?x16x128xbf16>) {
  pa.decode query(%q : memref<?x16x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x16x128xbf16>) {query_tokens = 4 : i64}
  return
}

// -----

// One row of work, 16 of the instruction.
// CHECK:       #pa.rows<group = 1, query_tokens = 1, padded = 16>
// CHECK-LABEL: @one_row
// CHECK:         pa.attend {{.*}} -> <16x64xf32>
!kv = !pa.kv_cache<bf16, heads = 32, head_size = 64, page = 16, layout = nhd, owner = caller>
func.func @one_row(%q: memref<?x32x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                   %o: memref<?x32x64xbf16>) {
  pa.decode query(%q : memref<?x32x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x32x64xbf16>)
  return
}

// -----

// A writer has no rows.
// CHECK-LABEL: @append
// CHECK-NEXT:  pa.append
// CHECK-NEXT:  return
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
func.func @append(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
