// Items, and what is done with one: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

func.func @items_body_argument(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op the body has one argument of type !pa.item}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: i32):
    pa.pin
  }
  return
}

// -----

func.func @items_heads(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op heads and page are at least 1 and tile at least 0, got 0, 16 and 0}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(0) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_page(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op heads and page are at least 1 and tile at least 0, got 8, -16 and 0}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(-16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_tile(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op heads and page are at least 1 and tile at least 0, got 8, 16 and -64}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = -64 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_balanced_share(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op a balanced schedule needs min_share_tokens of at least 1, got 0}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <balanced> do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_fixed_part(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op a fixed schedule needs part_tokens of at least 1, got -1}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <fixed> {part_tokens = -1 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_part_goes_with_fixed(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op part_tokens goes with schedule <fixed>, got 256 with schedule <item>}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {part_tokens = 256 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @items_share_goes_with_balanced(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op min_share_tokens goes with schedule <balanced>, got 512 with schedule <item>}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {min_share_tokens = 512 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 4, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @items_heads_of_the_cache(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv, %r: !pa.row_set<16x128xbf16>, %scale: f32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    // expected-error @+1 {{'pa.attend' op is in pa.items of heads(8) and page(16), the cache has 4 and 16}}
    %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 64, layout = shuffled, owner = caller>
func.func @items_page_of_the_cache(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv, %tile: i32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    // expected-error @+1 {{'pa.page_ids' op is in pa.items of heads(8) and page(16), the cache has 8 and 64}}
    %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !kv -> !pa.page_ids<1 x 16 of 16>
  }
  return
}

// -----

func.func @items_list_needs_page_starts(%n: memref<?xi32>, %t: memref<?xi32>) {
  // expected-error @+1 {{'pa.items' op page_starts go with tables that are one list of pages, got tables 'memref<?xi32>'}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

func.func @pack_rows_padded(%q: memref<?x64x128xbf16>, %item: !pa.item) {
  // expected-error @+1 {{'pa.pack_rows' op the result has 32 rows, expected padded = 16}}
  %r = pa.pack_rows %q, %item, <group = 8, query_tokens = 1, padded = 16> : memref<?x64x128xbf16> -> !pa.row_set<32x128xbf16>
  return
}

// -----

func.func @pack_rows_head_size(%q: memref<?x64x128xbf16>, %item: !pa.item) {
  // expected-error @+1 {{'pa.pack_rows' op the result is 64 x 'bf16', the query has head size 128 of 'bf16'}}
  %r = pa.pack_rows %q, %item, <group = 8, query_tokens = 1, padded = 16> : memref<?x64x128xbf16> -> !pa.row_set<16x64xbf16>
  return
}

// -----

func.func @pack_rows_element_type(%q: memref<?x64x128xbf16>, %item: !pa.item) {
  // expected-error @+1 {{'pa.pack_rows' op the result is 128 x 'f16', the query has head size 128 of 'bf16'}}
  %r = pa.pack_rows %q, %item, <group = 8, query_tokens = 1, padded = 16> : memref<?x64x128xbf16> -> !pa.row_set<16x128xf16>
  return
}

// -----

func.func @pack_rows_group(%q: memref<?x64x128xbf16>, %item: !pa.item) {
  // expected-error @+1 {{'pa.pack_rows' op query has 64 heads, expected a multiple of group = 10}}
  %r = pa.pack_rows %q, %item, <group = 10, query_tokens = 1, padded = 16> : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_padded(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op queries and result have 16 and 32 rows, expected padded = 16}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<32x128xf32>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_head_size(%r: !pa.row_set<16x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op queries and result have head size 64 and 128, the cache has 128}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_query_element_type(%r: !pa.row_set<16x128xf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op queries are 'f16', the cache is 'bf16'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x128xf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 192, value_head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_value_head_size(%r: !pa.row_set<16x192xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op queries and result have head size 192 and 192, the cache has 192 and 128}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x192xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x192xf32>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_accumulator(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op the accumulator is f32, got 'bf16'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xbf16>
  return
}

// -----

func.func @merge_body_arguments(%item: !pa.item, %part: !pa.partial<16x128xf32>) {
  // expected-error @+1 {{'pa.merge' op the body's arguments must have the operands' types}}
  pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x128xf32> {
  ^bb0(%whole: !pa.partial<32x128xf32>):
    pa.pin
  }
  return
}

// -----

func.func @merge_one_partial(%item: !pa.item, %part: !pa.partial<16x128xf32>) {
  // expected-error @+1 {{'pa.merge' op the operands are one !pa.partial, or values, maximum and sum of each block of rows}}
  pa.merge scope <launch> item(%item) (%part, %part) : !pa.partial<16x128xf32>, !pa.partial<16x128xf32> {
  ^bb0(%a: !pa.partial<16x128xf32>, %b: !pa.partial<16x128xf32>):
    pa.pin
  }
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @merge_three_tiles_a_block(%item: !pa.item, %max: !pa.tile<1x16xf32, #row>) {
  // expected-error @+1 {{'pa.merge' op the operands are one !pa.partial, or values, maximum and sum of each block of rows}}
  pa.merge scope <workgroup> item(%item) (%max) : !pa.tile<1x16xf32, #row> {
  ^bb0(%m: !pa.tile<1x16xf32, #row>):
    pa.pin
  }
  return
}

// -----

func.func @unpack_rows_padded(%part: !pa.partial<32x128xf32>, %item: !pa.item, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.unpack_rows' op the result has 32 rows, expected padded = 16}}
  pa.unpack_rows %part, %item, <group = 8, query_tokens = 1, padded = 16> out(%o : memref<?x64x128xbf16>) : !pa.partial<32x128xf32>
  return
}

// -----

func.func @unpack_rows_head_size(%part: !pa.partial<16x128xf32>, %item: !pa.item, %o: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.unpack_rows' op the result has head size 128, out has 64}}
  pa.unpack_rows %part, %item, <group = 8, query_tokens = 1, padded = 16> out(%o : memref<?x64x64xbf16>) : !pa.partial<16x128xf32>
  return
}

// -----

func.func @unpack_rows_group(%part: !pa.partial<16x128xf32>, %item: !pa.item, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.unpack_rows' op out has 64 heads, expected a multiple of group = 10}}
  pa.unpack_rows %part, %item, <group = 10, query_tokens = 1, padded = 16> out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  return
}

// -----

func.func @unpack_rows_lse(%part: !pa.partial<16x128xf32>, %item: !pa.item, %o: memref<?x64x128xbf16>, %lse: memref<?x?xf32>) {
  // expected-error @+1 {{'pa.unpack_rows' op lse is dense, of 64 heads, got 'memref<?x?xf32>'}}
  pa.unpack_rows %part, %item, <group = 8, query_tokens = 1, padded = 16> out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x?xf32>) : !pa.partial<16x128xf32>
  return
}
