// pa-split-kv: contexts are shared by workgroups; what finishes a result runs where its parts have been merged.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv))' | FileCheck %s --check-prefixes=CHECK,DEFAULT
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{min-share=64}))' | FileCheck %s --check-prefixes=CHECK,SMALL
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{part-tokens=1024}))' | FileCheck %s --check-prefixes=CHECK,FIXED
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{part-tokens=-1}))' 2>&1 | FileCheck %s --check-prefix=BELOW
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{part-tokens=1048577}))' 2>&1 | FileCheck %s --check-prefix=LONG
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{min-share=0}))' 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{min-share=-5}))' 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not pa-opt %s --pass-pipeline='builtin.module(func.func(pa-split-kv{min-share=many}))' 2>&1 | FileCheck %s --check-prefix=WORD

// ZERO:     error: min-share is at least 1 token, got 0
// NEGATIVE: error: min-share is at least 1 token, got -5
// BELOW:    error: part-tokens is 0 to 1048576, got -1
// LONG:     error: part-tokens is 0 to 1048576, got 1048577
// WORD:     'many' value invalid for

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>

// CHECK-LABEL:  @shared
// DEFAULT-NEXT: pa.items {{.*}} heads(8) page(16) rows(#rows) schedule <balanced> {min_share_tokens = 512 : i64} do {
// SMALL-NEXT:   pa.items {{.*}} heads(8) page(16) rows(#rows) schedule <balanced> {min_share_tokens = 64 : i64} do {
// FIXED-NEXT:   pa.items {{.*}} heads(8) page(16) rows(#rows) schedule <fixed> {part_tokens = 1024 : i64} do {
// CHECK-NEXT:   ^bb0(%[[ITEM:.*]]: !pa.item):
// CHECK-NEXT:     pa.pack_rows
// CHECK-NEXT:     %[[PART:.*]] = pa.attend
// CHECK-NEXT:     pa.merge scope <launch> item(%[[ITEM]]) (%[[PART]]) : !pa.partial<16x128xf32> {
// CHECK-NEXT:     ^bb0(%[[WHOLE:.*]]: !pa.partial<16x128xf32>):
// CHECK-NEXT:       pa.unpack_rows %[[WHOLE]], %[[ITEM]],
// CHECK-NEXT:     }
// CHECK-NEXT:   }
// CHECK-NEXT:   return
func.func @shared(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  }
  return
}

// What is shared already stays as it is: the pass twice is the pass once.
// CHECK-LABEL: @shared_already
// CHECK-NEXT:  pa.items {{.*}} schedule <balanced> {min_share_tokens = 4096 : i64} do {
// CHECK:         %[[PART:.*]] = pa.attend
// CHECK-NEXT:    pa.unpack_rows %[[PART]],
// CHECK-NOT:     pa.merge
func.func @shared_already(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                          %o: memref<?x64x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <balanced>
      {min_share_tokens = 4096 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  }
  return
}
