// pa-mark-nontemporal: loads whose bytes are read once.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-mark-nontemporal))' | FileCheck %s

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
!k = !pa.tile<32x64xbf16, #k>
!v = !pa.tile<64x32xbf16, #v>

// One walk over a cache: an item's tiles are divided among waves and workgroups, so each byte has one reader.
// CHECK-LABEL: @read_once
// CHECK:         pa.load_kv <key> {{.*}} part(0) {nontemporal} :
// CHECK:         pa.load_kv <value> {{.*}} part(0) {nontemporal} :
func.func @read_once(%kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %tile: i32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !v
  }
  return
}

// Two walks over the same cache: the second one may find in a cache what the first one left there.
// CHECK-LABEL: @read_twice
// CHECK-COUNT-2: pa.load_kv <key> {{.*}} part(0) :
func.func @read_twice(%kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %tile: i32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
  }
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
  }
  return
}

// Two walks over two caches.
// CHECK-LABEL: @read_once_each
// CHECK-COUNT-2: pa.load_kv <key> {{.*}} part(0) {nontemporal} :
func.func @read_once_each(%a: !kv, %b: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %tile: i32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %a, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %k = pa.load_kv <key> %a, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
  }
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %b, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
    %k = pa.load_kv <key> %b, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
  }
  return
}

// Outside of a walk nobody knows how often it is done.
// CHECK-LABEL: @outside
// CHECK:         pa.load_kv <key> {{.*}} part(0) :
func.func @outside(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !k
  return
}
