// What is asked for: every rule of decode, append and merge_states. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_element_type(%q: memref<?x64x128xf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query has element type 'f16', expected 'bf16'}}
  pa.decode query(%q : memref<?x64x128xf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_static_heads(%q: memref<?x?x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query must have a static number of heads and head size, got 'memref<?x?x128xbf16>'}}
  pa.decode query(%q : memref<?x?x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_head_size(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query has head size 64, the cache has 128}}
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

// A stride between tokens reaches the kernel, one between heads or an offset does not.
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_dense_heads(%q: memref<?x64x128xbf16, strided<[16384, 256, 1]>>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query must have dense heads at offset 0, got 'memref<?x64x128xbf16, strided<[16384, 256, 1]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16, strided<[16384, 256, 1]>>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_offset(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16, strided<[8192, 128, 1], offset: ?>>) {
  // expected-error @+1 {{'pa.decode' op out must have dense heads at offset 0, got 'memref<?x64x128xbf16, strided<[8192, 128, 1], offset: ?>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16, strided<[8192, 128, 1], offset: ?>>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_heads(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x32x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op out has 32 heads, expected 64}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x32x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_element_type(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xf16>) {
  // expected-error @+1 {{'pa.decode' op out has element type 'f16', expected 'bf16'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_heads_of_the_cache(%q: memref<?x60x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x60x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query has 60 heads, expected a multiple of the cache's 8}}
  pa.decode query(%q : memref<?x60x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x60x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_at_least_one_head(%q: memref<?x0x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x0x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query has 0 heads, expected a multiple of the cache's 8}}
  pa.decode query(%q : memref<?x0x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x0x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_tokens(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query_tokens is 1 to 8, got 9}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {query_tokens = 9 : i64}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_tokens_negative(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op query_tokens is 1 to 8, got -1}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {query_tokens = -1 : i64}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_lse_heads(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %lse: memref<?x8xf32>) {
  // expected-error @+1 {{'pa.decode' op lse is dense, of 64 heads, got 'memref<?x8xf32>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x8xf32>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_lse_dense(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32, strided<[1, ?]>>) {
  // expected-error @+1 {{'pa.decode' op lse is dense, of 64 heads, got 'memref<?x64xf32, strided<[1, ?]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x64xf32, strided<[1, ?]>>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_lens_element_type(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi64>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op operand #3 must be 1D memref of 32-bit signless integer values, but got 'memref<?xi64>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi64>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_query_rank(%q: memref<?x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op operand #0 must be 3D memref of bfloat16 type or 16-bit float values, but got 'memref<?x128xbf16>'}}
  pa.decode query(%q : memref<?x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 192, value_head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_value_head_size(%q: memref<?x64x192xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x192xbf16>) {
  // expected-error @+1 {{'pa.decode' op out has head size 192, the cache has 128}}
  pa.decode query(%q : memref<?x64x192xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x192xbf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_scale_of_codes(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xf8E4M3FN>) {
  // expected-error @+1 {{'pa.decode' op out_scale goes with an output of 8 bits an element, got out 'memref<?x64x128xf8E4M3FN>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xf8E4M3FN>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_scale_of_floats(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %os: f32) {
  // expected-error @+1 {{'pa.decode' op out_scale goes with an output of 8 bits an element, got out 'memref<?x64x128xbf16>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) out_scale(%os)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_page_starts_go_with_a_list(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %p: memref<?xi32>) {
  // expected-error @+1 {{'pa.decode' op page_starts go with tables that are one list of pages, got tables 'memref<?x?xi32>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) page_starts(%p : memref<?xi32>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_list_needs_page_starts(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op page_starts go with tables that are one list of pages, got tables 'memref<?xi32>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

// Codes leave the queries' type open; the output's is theirs.
!kv = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_out_of_codes_element_type(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xf16>) {
  // expected-error @+1 {{'pa.decode' op out has element type 'f16', expected 'bf16'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xf16>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @append_keys_heads(%k: memref<?x64x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  // expected-error @+1 {{'pa.append' op keys has 64 heads, expected 8}}
  pa.append keys(%k : memref<?x64x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @append_values_element_type(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xf16>, %s: memref<?xi64>, %kv: !kv) {
  // expected-error @+1 {{'pa.append' op values has element type 'f16', expected 'bf16'}}
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// -----

func.func @merge_states_lse_heads(%a: memref<?x64x128xbf16>, %la: memref<?x8xf32>, %b: memref<?x64x128xbf16>, %lb: memref<?x8xf32>, %o: memref<?x64x128xbf16>, %lse: memref<?x8xf32>) {
  // expected-error @+1 {{'pa.merge_states' op lse is dense, of 64 heads, got 'memref<?x8xf32>'}}
  pa.merge_states %a, %la, %b, %lb into %o, %lse : memref<?x64x128xbf16>, memref<?x8xf32>
  return
}

// -----

func.func @merge_states_static_heads(%a: memref<?x?x128xbf16>, %la: memref<?x?xf32>, %b: memref<?x?x128xbf16>, %lb: memref<?x?xf32>, %o: memref<?x?x128xbf16>, %lse: memref<?x?xf32>) {
  // expected-error @+1 {{'pa.merge_states' op out must have a static number of heads and head size, got 'memref<?x?x128xbf16>'}}
  pa.merge_states %a, %la, %b, %lb into %o, %lse : memref<?x?x128xbf16>, memref<?x?xf32>
  return
}
