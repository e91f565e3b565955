// Masks and windows: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_window_negative(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op window is 0 for none, or up to 1073741824 tokens, got -1}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {window = -1 : i64}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_window_largest(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op window is 0 for none, or up to 1073741824 tokens, got 1073741825}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {window = 1073741825 : i64}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_window_needs_an_end(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op a window goes with mask <causal>, got 128 with mask <none>}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {window = 128 : i64, mask = #pa.mask<none>}
  return
}

// -----

func.func @items_window(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  // expected-error @+1 {{'pa.items' op window is 0 for none, or up to 1073741824 tokens, got -128}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {window = -128 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_window(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op window is 0 for none, or up to 1073741824 tokens, got -128}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> {window = -128 : i64} : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_window_window(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_window' op window is at least 1 token, got 0}}
  %m = pa.mask_window %s, %b, %tile part(0) of(64) window(0) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_window_scores(%s: !pa.tile<32x16xbf16, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_window' op scores are tokens x 16 of f32, got '!pa.tile<32x16xbf16,}}
  %m = pa.mask_window %s, %b, %tile part(0) of(64) window(128) : !pa.tile<32x16xbf16, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_window_bounds(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xf32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_window' op bounds is a tile of 1x16x'i32', got 1x16x'f32'}}
  %m = pa.mask_window %s, %b, %tile part(0) of(64) window(128) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_window_part(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_window' op part 2 of a tile of 64 tokens, in parts of 32}}
  %m = pa.mask_window %s, %b, %tile part(2) of(64) window(128) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_scores_columns(%s: !pa.tile<16x32xf32, #p>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op scores are tokens x 16 of f32, got '!pa.tile<16x32xf32,}}
  %m = pa.mask_scores %s, %b, %tile part(0) of(64) : !pa.tile<16x32xf32, #p>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_scores_element_type(%s: !pa.tile<32x16xbf16, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op scores are tokens x 16 of f32, got '!pa.tile<32x16xbf16,}}
  %m = pa.mask_scores %s, %b, %tile part(0) of(64) : !pa.tile<32x16xbf16, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_scores_bounds(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xf32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op bounds is a tile of 1x16x'i32', got 1x16x'f32'}}
  %m = pa.mask_scores %s, %b, %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_scores_part(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op part 2 of a tile of 64 tokens, in parts of 32}}
  %m = pa.mask_scores %s, %b, %tile part(2) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @mask_scores_tile(%s: !pa.tile<32x16xf32, #s>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op part 0 of a tile of -64 tokens, in parts of 32}}
  %m = pa.mask_scores %s, %b, %tile part(0) of(-64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#srows = #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>
func.func @mask_scores_layout(%s: !pa.tile<32x16xf32, #srows>, %b: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.mask_scores' op scores has column lane % 16 in each lane, got #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>}}
  %m = pa.mask_scores %s, %b, %tile part(0) of(64) : !pa.tile<32x16xf32, #srows>, !pa.tile<1x16xi32, #row>
  return
}
