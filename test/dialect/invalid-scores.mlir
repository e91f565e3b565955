// What becomes of scores, up to the softmax: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_arguments(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op the score region has the arguments score : f32, query position, key position and head : i32}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32):
    pa.yield_score %s
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_positions(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op the score region has the arguments score : f32, query position, key position and head : i32}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i64, %key: i64, %head: i32):
    pa.yield_score %s
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_end(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op the score region ends with pa.yield_score}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    llvm.unreachable
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_ops(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-error @+1 {{'pa.pin' op cannot be in a score region: arith, math and memref.load can}}
    pa.pin
    pa.yield_score %s
  }
  return
}

// -----

// A score is worked out by many lanes, in any order: what it writes would be anyone's.
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_writes(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %w: memref<64xf32>, %i: index) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-error @+1 {{'memref.store' op cannot be in a score region: arith, math and memref.load can}}
    memref.store %s, %w[%i] : memref<64xf32>
    pa.yield_score %s
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_reads_dense_tensors(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %w: memref<64xf32, strided<[2]>>, %i: index) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-error @+1 {{'memref.load' op reads a dense f32 tensor of one dimension in a score region, got 'memref<64xf32, strided<[2]>>'}}
    %s1 = memref.load %w[%i] : memref<64xf32, strided<[2]>>
    pa.yield_score %s1
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_reads_one_dimension(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %w: memref<64x8xf32>, %i: index) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-error @+1 {{'memref.load' op reads a dense f32 tensor of one dimension in a score region, got 'memref<64x8xf32>'}}
    %s1 = memref.load %w[%i, %i] : memref<64x8xf32>
    pa.yield_score %s1
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_score_reads_f32(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %w: memref<64xf16>, %i: index) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-error @+1 {{'memref.load' op reads a dense f32 tensor of one dimension in a score region, got 'memref<64xf16>'}}
    %h = memref.load %w[%i] : memref<64xf16>
    %s1 = arith.extf %h : f16 to f32
    pa.yield_score %s1
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_one_number_is_yielded(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    // expected-note @+1 {{prior use here}}
    %s1 = arith.extf %s : f32 to f64
    // expected-error @+1 {{use of value '%s1' expects different type than prior uses: 'f32' vs 'f64'}}
    pa.yield_score %s1
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_score_arguments(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op the score region has the arguments score : f32, query position, key position and head : i32}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> score {
  ^bb0(%s: f32):
    pa.yield_score %s
  } : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

func.func @yield_score_in_a_region(%s: f32) {
  // expected-error @+1 {{'pa.yield_score' op expects parent op to be one of 'pa.decode, pa.attend, pa.map_scores'}}
  pa.yield_score %s
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_alibi(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %a: memref<8xf32>) {
  // expected-error @+1 {{'pa.decode' op alibi is 'memref<64xf32>', got 'memref<8xf32>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) alibi(%a : memref<8xf32>)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_sinks(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %a: memref<64xf32, strided<[2]>>) {
  // expected-error @+1 {{'pa.decode' op sinks is 'memref<64xf32>', got 'memref<64xf32, strided<[2]>>'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) sinks(%a : memref<64xf32, strided<[2]>>)
  return
}

// -----

func.func @unpack_rows_sinks(%part: !pa.partial<16x128xf32>, %item: !pa.item, %o: memref<?x64x128xbf16>, %a: memref<8xf32>) {
  // expected-error @+1 {{'pa.unpack_rows' op sinks is 'memref<64xf32>', got 'memref<8xf32>'}}
  pa.unpack_rows %part, %item, <group = 8, query_tokens = 1, padded = 16> out(%o : memref<?x64x128xbf16>) sinks(%a : memref<8xf32>) : !pa.partial<16x128xf32>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_positions_block(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_positions' op block 1 of 1 blocks of 16 rows}}
  %b = pa.row_positions %item, #rows block(1) : !pa.tile<1x16xi32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_positions_result(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_positions' op the result is a tile of 1x16x'i32', got 1x16x'f32'}}
  %b = pa.row_positions %item, #rows block(0) : !pa.tile<1x16xf32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_heads_block(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_heads' op block 1 of 1 blocks of 16 rows}}
  %b = pa.row_heads %item, #rows block(1) : !pa.tile<1x16xi32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_heads_result(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_heads' op the result is a tile of 1x16x'i32', got 1x16x'f32'}}
  %b = pa.row_heads %item, #rows block(0) : !pa.tile<1x16xf32, #row>
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_element_type(%s: !pa.tile<32x16xbf16, #s>, %scale: f32, %p: !pa.tile<1x16xi32, #row>, %h: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op scores are tokens x 16 of f32, got '!pa.tile<32x16xbf16,}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(0) of(64) : !pa.tile<32x16xbf16, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%x: f32, %own: i32, %key: i32, %head: i32):
    pa.yield_score %x
  }
  return
}

// -----

#srows = #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_layout(%s: !pa.tile<32x16xf32, #srows>, %scale: f32, %p: !pa.tile<1x16xi32, #row>, %h: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op scores has column lane % 16 in each lane, got #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)],}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(0) of(64) : !pa.tile<32x16xf32, #srows>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%x: f32, %own: i32, %key: i32, %head: i32):
    pa.yield_score %x
  }
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_positions(%s: !pa.tile<32x16xf32, #s>, %scale: f32, %p: !pa.tile<1x16xf32, #row>, %h: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op positions is a tile of 1x16x'i32', got 1x16x'f32'}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xf32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%x: f32, %own: i32, %key: i32, %head: i32):
    pa.yield_score %x
  }
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_heads(%s: !pa.tile<32x16xf32, #s>, %scale: f32, %p: !pa.tile<1x16xi32, #row>, %h: !pa.tile<1x16xf32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op heads is a tile of 1x16x'i32', got 1x16x'f32'}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xf32, #row> {
  ^bb0(%x: f32, %own: i32, %key: i32, %head: i32):
    pa.yield_score %x
  }
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_part(%s: !pa.tile<32x16xf32, #s>, %scale: f32, %p: !pa.tile<1x16xi32, #row>, %h: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op part 2 of a tile of 64 tokens, in parts of 32}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(2) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%x: f32, %own: i32, %key: i32, %head: i32):
    pa.yield_score %x
  }
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @map_scores_arguments(%s: !pa.tile<32x16xf32, #s>, %scale: f32, %p: !pa.tile<1x16xi32, #row>, %h: !pa.tile<1x16xi32, #row>, %tile: i32) {
  // expected-error @+1 {{'pa.map_scores' op the score region has the arguments score : f32, query position, key position and head : i32}}
  %m = pa.map_scores %s by %scale at(%p, %h) %tile part(0) of(64) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>, !pa.tile<1x16xi32, #row> {
  ^bb0(%x: f32):
    pa.yield_score %x
  }
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @softmax_step_at_least_one_score(%max: !pa.tile<1x16xf32, #row>, %scale: f32) {
  // expected-error @+1 {{'pa.softmax_step' op got 0 scores and 0 probabilities, expected as many of each and at least one}}
  %m, %c = "pa.softmax_step"(%max, %scale) {resultSegmentSizes = array<i32: 0, 1, 1>} : (!pa.tile<1x16xf32, #row>, f32) -> (!pa.tile<1x16xf32, #row>, !pa.tile<1x16xf32, #row>)
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @softmax_step_as_many_probabilities(%max: !pa.tile<1x16xf32, #row>, %scale: f32, %s: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.softmax_step' op got 2 scores and 1 probabilities, expected as many of each and at least one}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s, %s : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #s>, !pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #p>)
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @softmax_step_scores(%max: !pa.tile<1x16xf32, #row>, %scale: f32, %s: !pa.tile<32x16xbf16, #s>) {
  // expected-error @+1 {{'pa.softmax_step' op scores are tokens x 16 of f32, got '!pa.tile<32x16xbf16,}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xbf16, #s>) -> (!pa.tile<16x32xf32, #p>)
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @softmax_step_same_registers(%max: !pa.tile<1x16xf32, #row>, %scale: f32, %s: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.softmax_step' op probabilities have the scores' layout with rows and columns exchanged, got '!pa.tile<32x16xf32, <lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>>' and '!pa.tile<16x32xf32, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>>'}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #b>)
  return
}

// -----

#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @softmax_step_max(%max: !pa.tile<1x16xi32, #row>, %scale: f32, %s: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.softmax_step' op max is a tile of 1x16x'f32', got 1x16x'i32'}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s : !pa.tile<1x16xi32, #row>, (!pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #p>)
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#srows = #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>
#srowst = #pa.layout<lane = [32 : (0, 1), 2 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>
func.func @softmax_step_layout(%max: !pa.tile<1x16xf32, #row>, %scale: f32, %s: !pa.tile<32x16xf32, #srows>) {
  // expected-error @+1 {{'pa.softmax_step' op scores has column lane % 16 in each lane, got #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #srows>) -> (!pa.tile<16x32xf32, #srowst>)
  return
}
