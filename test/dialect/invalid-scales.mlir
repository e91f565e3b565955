// Codes of 8 bits and their scales: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_cache_without_scales(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<8xf32, strided<[?]>>, %vs: memref<8xf32, strided<[?]>>) {
  // expected-error @+1 {{'pa.decode' op scales of keys and of values go with a cache that has scales, got '!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
func.func @decode_scales_are_given(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op scales of keys and of values go with a cache that has scales, got '!pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = tensor, owner = caller>
func.func @decode_scale_of_all(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<8xf32, strided<[?]>>, %vs: memref<8xf32, strided<[?]>>) {
  // expected-error @+1 {{'pa.decode' op scales by tensor are 'memref<1xf32, strided<[1]>>', got 'memref<8xf32, strided<[?]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
func.func @decode_scales_by_head(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<4xf32, strided<[?]>>, %vs: memref<4xf32, strided<[?]>>) {
  // expected-error @+1 {{'pa.decode' op scales by head are 'memref<8xf32, strided<[?]>>', got 'memref<4xf32, strided<[?]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<4xf32, strided<[?]>>, memref<4xf32, strided<[?]>>)
  return
}

// -----

!kv = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>
func.func @decode_scales_by_token(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<?x8x64xf32, strided<[?, ?, 1]>>, %vs: memref<?x8x64xf32, strided<[?, ?, 1]>>) {
  // expected-error @+1 {{'pa.decode' op scales by token are 'memref<?x8x16xf32, strided<[?, ?, 1]>>', got 'memref<?x8x64xf32, strided<[?, ?, 1]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<?x8x64xf32, strided<[?, ?, 1]>>, memref<?x8x64xf32, strided<[?, ?, 1]>>)
  return
}

// -----

// Strides reach the kernel: they are the caller's.
!kv = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = caller>
func.func @decode_scales_by_page(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<?x8xf32>, %vs: memref<?x8xf32>) {
  // expected-error @+1 {{'pa.decode' op scales by page are 'memref<?x8xf32, strided<[?, ?]>>', got 'memref<?x8xf32>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<?x8xf32>, memref<?x8xf32>)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
func.func @decode_scales_of_values(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %ks: memref<8xf32, strided<[?]>>, %vs: memref<1xf32, strided<[1]>>) {
  // expected-error @+1 {{'pa.decode' op scales by head are 'memref<8xf32, strided<[?]>>', got 'memref<1xf32, strided<[1]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : memref<8xf32, strided<[?]>>, memref<1xf32, strided<[1]>>)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
func.func @attend_scales_of_items(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32, %ks: memref<8xf32, strided<[?]>>, %vs: memref<8xf32, strided<[?]>>) {
  // expected-error @+1 {{'pa.attend' op takes scales by token or by page, the others are in scale and in pa.unpack_rows' factor}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> scales(%ks, %vs : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>) : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>
func.func @attend_scales_are_given(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op scales of keys and of values go with a cache that has scales, got '!pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = caller>
func.func @attend_scales_by_page(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32, %ks: memref<8xf32, strided<[?]>>, %vs: memref<8xf32, strided<[?]>>) {
  // expected-error @+1 {{'pa.attend' op scales by page are 'memref<?x8xf32, strided<[?, ?]>>', got 'memref<8xf32, strided<[?]>>'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> scales(%ks, %vs : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>) : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = head, owner = caller>
func.func @load_scales_of_tokens(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_scales' op loads scales by token or by page, the cache has head}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
  return
}

// -----

#l = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_rows(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_scales' op the result is 1 x tokens of f32, got '!pa.tile<64x1xf32,}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<64x1xf32, #l>
  return
}

// -----

#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_element_type(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_scales' op the result is 1 x tokens of f32, got '!pa.tile<1x64xbf16,}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xbf16, #tokens>
  return
}

// -----

#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_part(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_scales' op part 1 of a tile of 64 tokens, in parts of 64}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(1) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #tokens>
  return
}

// -----

#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_a_number_a_lane(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_scales' op the result is one number a lane, got #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)],}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #vector>
  return
}

// -----

#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
#inorder = #pa.layout<lane = [64 : (0, 1)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_of_the_lanes_tokens(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<64 x 1 of 16, #lookup>) {
  // expected-error @+1 {{'pa.load_scales' op each lane loads the scale of its own token, got '!pa.tile<1x64xf32,}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(0) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<64 x 1 of 16, #lookup> -> !pa.tile<1x64xf32, #inorder>
  return
}

// -----

// A lane knows one token: another part would need another lookup.
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
func.func @load_scales_of_all_the_lanes_tokens(%s: memref<?x8x16xf32, strided<[?, ?, 1]>>, %kv: !kv, %item: !pa.item, %ids: !pa.page_ids<128 x 1 of 16, #lookup>) {
  // expected-error @+1 {{'pa.load_scales' op each lane loads the scale of its own token, got '!pa.tile<1x64xf32,}}
  %k = pa.load_scales <key> %s, %kv, %item, %ids part(1) : memref<?x8x16xf32, strided<[?, ?, 1]>>, !kv, !pa.page_ids<128 x 1 of 16, #lookup> -> !pa.tile<1x64xf32, #tokens>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
func.func @dequantize_codes(%a: !pa.tile<16x64xbf16, #k>) {
  // expected-error @+1 {{'pa.dequantize' op goes from 8 bits an element to bf16 or f16, got 'bf16' and 'bf16'}}
  %r = pa.dequantize %a : !pa.tile<16x64xbf16, #k> -> !pa.tile<16x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
func.func @dequantize_result(%a: !pa.tile<16x64xi8, #k>) {
  // expected-error @+1 {{'pa.dequantize' op goes from 8 bits an element to bf16 or f16, got 'i8' and 'f32'}}
  %r = pa.dequantize %a : !pa.tile<16x64xi8, #k> -> !pa.tile<16x64xf32, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @dequantize_keeps_the_layout(%a: !pa.tile<16x64xf8E4M3FN, #k>) {
  // expected-error @+1 {{'pa.dequantize' op only the element type may change, got '!pa.tile<16x64xf8E4M3FN,}}
  %r = pa.dequantize %a : !pa.tile<16x64xf8E4M3FN, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#half = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @scale_tokens_count(%s: !pa.tile<64x16xf32, #s>, %f: !pa.tile<1x32xf32, #half>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales are 1 x 64 of f32, got '!pa.tile<1x32xf32,}}
  %r = pa.scale_tokens %s, %f : !pa.tile<64x16xf32, #s>, !pa.tile<1x32xf32, #half>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @scale_tokens_scores(%s: !pa.tile<64x16xbf16, #s>, %f: !pa.tile<1x64xf32, #vector>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales are 1 x 64 of f32, got '!pa.tile<1x64xf32,}}
  %r = pa.scale_tokens %s, %f : !pa.tile<64x16xbf16, #s>, !pa.tile<1x64xf32, #vector>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @scale_tokens_scales(%s: !pa.tile<64x16xf32, #s>, %f: !pa.tile<1x64xbf16, #vector>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales are 1 x 64 of f32, got '!pa.tile<1x64xbf16,}}
  %r = pa.scale_tokens %s, %f : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xbf16, #vector>
  return
}

// -----

// A lane group has tokens 16g .. 16g+15, its scores are of 4g .. 4g+3 and 16 further.
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#other = #pa.layout<lane = [16 : (0, 0), 4 : (0, 16)], reg = [4 : (0, 4)], elem = [4 : (0, 1)]>
func.func @scale_tokens_lane_groups(%s: !pa.tile<64x16xf32, #s>, %f: !pa.tile<1x64xf32, #other>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales stand where their tokens' scores do, got '!pa.tile<1x64xf32, <lane = [16 : (0, 0), 4 : (0, 16)], reg = [4 : (0, 4)],}}
  %r = pa.scale_tokens %s, %f : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #other>
  return
}

// -----

// As they are loaded, a number a lane, each lane has one of its 16 only.
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
func.func @scale_tokens_all_lanes(%s: !pa.tile<64x16xf32, #s>, %f: !pa.tile<1x64xf32, #tokens>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales stand where their tokens' scores do, got '!pa.tile<1x64xf32, <lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)],}}
  %r = pa.scale_tokens %s, %f : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #tokens>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
func.func @scale_tokens_probabilities(%s: !pa.tile<16x64xf32, #p>, %f: !pa.tile<1x64xf32, #tokens>) {
  // expected-error @+1 {{'pa.scale_tokens' op scales stand where their tokens' scores do, got '!pa.tile<1x64xf32, <lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)],}}
  %r = pa.scale_tokens %s, %f : !pa.tile<16x64xf32, #p>, !pa.tile<1x64xf32, #tokens>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p2 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16), 2 : (16, 0)], elem = [4 : (0, 1)]>
func.func @sum_tokens_rows(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<32x64xf32, #p2>, %w: !pa.tile<32x64xbf16, #p2>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are 16 rows x tokens that stand where the inverses do, got '!pa.tile<32x64xbf16,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<32x64xf32, #p2>, !pa.tile<32x64xbf16, #p2>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p1 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_count(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x32xf32, #p1>, %w: !pa.tile<16x32xbf16, #p1>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are 16 rows x tokens that stand where the inverses do, got '!pa.tile<16x32xbf16,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x32xf32, #p1>, !pa.tile<16x32xbf16, #p1>
  return
}

// -----

// As operand of the product, eight tokens follow each other.
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @sum_tokens_order(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #b>, %w: !pa.tile<16x64xbf16, #b>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are 16 rows x tokens that stand where the inverses do, got '!pa.tile<16x64xbf16,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #b>, !pa.tile<16x64xbf16, #b>
  return
}

// -----

// The same registers and elements in other lane groups.
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#other = #pa.layout<lane = [16 : (0, 0), 2 : (0, 8), 2 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_lane_groups(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #other>, %x: !pa.tile<16x64xf32, #p>, %w: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are 16 rows x tokens that stand where the inverses do, got '!pa.tile<16x64xbf16,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #other>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_inverses(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xbf16, #vector>, %x: !pa.tile<16x64xf32, #p>, %w: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op inverses are 1 x tokens of f32, got '!pa.tile<1x64xbf16,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xbf16, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_one_row_of_inverses(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<16x64xf32, #p>, %x: !pa.tile<16x64xf32, #p>, %w: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op inverses are 1 x tokens of f32, got '!pa.tile<16x64xf32,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_acc_shape(%acc: !pa.tile<16x16xf32, #l>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op the sum is a number a lane, 4 lane groups x 16 rows of f32, got '!pa.tile<16x16xf32,}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<16x16xf32, #l>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [4 : (1, 0), 16 : (0, 1)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_acc_lanes(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op the sum is a number a lane, 4 lane groups x 16 rows of f32, got '!pa.tile<4x16xf32, <lane = [4 : (1, 0), 16 : (0, 1)],}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_exact(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xbf16, #p>, %w0: !pa.tile<16x64xbf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op what was rounded is f32, got '!pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xbf16, #p>, !pa.tile<16x64xbf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_not_rounded(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w0: !pa.tile<16x64xf32, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are bf16, f16 or FP8 in the layout of what was rounded, got '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>' from '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xf32, #p>
  return
}

// -----

// Eight bits, but no floats.
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_integers(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w0: !pa.tile<16x64xi8, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are bf16, f16 or FP8 in the layout of what was rounded, got '!pa.tile<16x64xi8, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>' from '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xi8, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @sum_tokens_other_layout(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w0: !pa.tile<16x64xf16, #b>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are bf16, f16 or FP8 in the layout of what was rounded, got '!pa.tile<16x64xf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>>' from '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xf16, #b>
  return
}

// -----

// Each part is looked at.
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @sum_tokens_second_part(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x64xf32, #p>, %w0: !pa.tile<16x64xf8E4M3FN, #p>, %w1: !pa.tile<16x64xf8E4M3FN, #b>) {
  // expected-error @+1 {{'pa.sum_tokens' op takes one part of weights or more, of one type}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0, %w1 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x64xf32, #p>, !pa.tile<16x64xf8E4M3FN, #p>, !pa.tile<16x64xf8E4M3FN, #b>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#h = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @sum_tokens_exact_count(%acc: !pa.tile<4x16xf32, #partial>, %i: !pa.tile<1x64xf32, #vector>, %x: !pa.tile<16x32xf32, #h>, %w0: !pa.tile<16x64xf16, #p>) {
  // expected-error @+1 {{'pa.sum_tokens' op weights are bf16, f16 or FP8 in the layout of what was rounded, got '!pa.tile<16x64xf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>' from '!pa.tile<16x32xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.sum_tokens %acc, %i, %x rounded %w0 : !pa.tile<4x16xf32, #partial>, !pa.tile<1x64xf32, #vector>, !pa.tile<16x32xf32, #h>, !pa.tile<16x64xf16, #p>
  return
}

// -----

#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @sum_groups_result(%a: !pa.tile<4x16xf32, #partial>) {
  // expected-error @+1 {{'pa.sum_groups' op the result is 16x16 of f32, got '!pa.tile<1x16xf32,}}
  %r = pa.sum_groups %a : !pa.tile<4x16xf32, #partial> -> !pa.tile<1x16xf32, #row>
  return
}

// -----

#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
func.func @sum_groups_source(%a: !pa.tile<16x16xf32, #l>) {
  // expected-error @+1 {{'pa.sum_groups' op the source is a number a lane, 4 lane groups x 16 rows of f32, got '!pa.tile<16x16xf32,}}
  %r = pa.sum_groups %a : !pa.tile<16x16xf32, #l> -> !pa.tile<16x16xf32, #l>
  return
}

// -----

#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
func.func @invert_scales_element_type(%f: !pa.tile<1x64xbf16, #tokens>) {
  // expected-error @+1 {{'pa.invert_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<1x64xbf16, <lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>>'}}
  %s, %i = pa.invert_scales %f : !pa.tile<1x64xbf16, #tokens>
  return
}

// -----

#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
func.func @invert_scales_row(%f: !pa.tile<64x1xf32, #lookup>) {
  // expected-error @+1 {{'pa.invert_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<64x1xf32, <lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>>'}}
  %s, %i = pa.invert_scales %f : !pa.tile<64x1xf32, #lookup>
  return
}

// -----

// Where their tokens' scores stand, four of them are in a register.
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @invert_scales_four_in_a_register(%f: !pa.tile<1x64xf32, #vector>) {
  // expected-error @+1 {{'pa.invert_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<1x64xf32, <lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %s, %i = pa.invert_scales %f : !pa.tile<1x64xf32, #vector>
  return
}

// -----

#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
func.func @log_scales_element_type(%f: !pa.tile<1x64xbf16, #tokens>) {
  // expected-error @+1 {{'pa.log_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<1x64xbf16, <lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>>'}}
  %o = pa.log_scales %f : !pa.tile<1x64xbf16, #tokens>
  return
}

// -----

#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
func.func @log_scales_row(%f: !pa.tile<64x1xf32, #lookup>) {
  // expected-error @+1 {{'pa.log_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<64x1xf32, <lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>>'}}
  %o = pa.log_scales %f : !pa.tile<64x1xf32, #lookup>
  return
}

// -----

// Where their tokens' scores stand, four of them are in a register.
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @log_scales_four_in_a_register(%f: !pa.tile<1x64xf32, #vector>) {
  // expected-error @+1 {{'pa.log_scales' op the source is 1 x tokens of f32, one in a register, got '!pa.tile<1x64xf32, <lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %o = pa.log_scales %f : !pa.tile<1x64xf32, #vector>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @offset_tokens_scores(%s: !pa.tile<64x16xbf16, #s>, %scale: f32, %o: !pa.tile<1x64xf32, #vector>) {
  // expected-error @+1 {{'pa.offset_tokens' op scores are tokens x 16 of f32, got '!pa.tile<64x16xbf16, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<64x16xbf16, #s>, !pa.tile<1x64xf32, #vector>
  return
}

// -----

// Scores only: probabilities would be multiplied.
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @offset_tokens_probabilities(%s: !pa.tile<16x64xf32, #p>, %scale: f32, %o: !pa.tile<1x64xf32, #vector>) {
  // expected-error @+1 {{'pa.offset_tokens' op scores are tokens x 16 of f32, got '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<16x64xf32, #p>, !pa.tile<1x64xf32, #vector>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @offset_tokens_offsets(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %o: !pa.tile<1x64xbf16, #vector>) {
  // expected-error @+1 {{'pa.offset_tokens' op offsets are 1 x tokens of f32 that stand where the scores do, got '!pa.tile<1x64xbf16, <lane = [16 : (0, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>' and '!pa.tile<64x16xf32, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xbf16, #vector>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
func.func @offset_tokens_one_row(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %o: !pa.tile<16x64xf32, #p>) {
  // expected-error @+1 {{'pa.offset_tokens' op offsets are 1 x tokens of f32 that stand where the scores do, got '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>' and '!pa.tile<64x16xf32, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<64x16xf32, #s>, !pa.tile<16x64xf32, #p>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#half = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @offset_tokens_count(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %o: !pa.tile<1x32xf32, #half>) {
  // expected-error @+1 {{'pa.offset_tokens' op offsets are 1 x tokens of f32 that stand where the scores do, got '!pa.tile<1x32xf32, <lane = [16 : (0, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>>' and '!pa.tile<64x16xf32, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<64x16xf32, #s>, !pa.tile<1x32xf32, #half>
  return
}

// -----

// As they were loaded, a number a lane.
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#tokens = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
func.func @offset_tokens_places(%s: !pa.tile<64x16xf32, #s>, %scale: f32, %o: !pa.tile<1x64xf32, #tokens>) {
  // expected-error @+1 {{'pa.offset_tokens' op offsets are 1 x tokens of f32 that stand where the scores do, got '!pa.tile<1x64xf32, <lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>>' and '!pa.tile<64x16xf32, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>>'}}
  %r = pa.offset_tokens %s, %scale, %o : !pa.tile<64x16xf32, #s>, !pa.tile<1x64xf32, #tokens>
  return
}
