// Accumulators and the output: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @rescale_source(%p: !pa.tile<16x32xf32, #p>, %f: !pa.tile<1x16xf32, #row>) {
  // expected-error @+1 {{'pa.rescale' op the source has 16 columns of f32, got '!pa.tile<16x32xf32,}}
  %o = pa.rescale %p, %f : !pa.tile<16x32xf32, #p>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @rescale_factors(%o: !pa.tile<64x16xf32, #o>, %f: !pa.tile<1x16xi32, #row>) {
  // expected-error @+1 {{'pa.rescale' op factors is a tile of 1x16x'f32', got 1x16x'i32'}}
  %r = pa.rescale %o, %f : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xi32, #row>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_head_size(%v: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.store_output' op values are at least 128 dims x 16 of f32, got '!pa.tile<64x16xf32,}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x128xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_accumulator(%v: !pa.tile<64x16xbf16, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op values are at least 64 dims x 16 of f32, got '!pa.tile<64x16xbf16,}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xbf16, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_sum(%v: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x32xf32, #p>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op sum has 16 columns of f32, got '!pa.tile<16x32xf32,}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x32xf32, #p>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_max(%v: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xi32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op max is a tile of 1x16x'f32', got 1x16x'i32'}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xi32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_block(%v: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op block 1 of 1 blocks of 16 rows}}
  pa.store_output %v, %m, %s, %item, #rows block(1) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#orows = #pa.layout<lane = [64 : (1, 0)], reg = [4 : (0, 4)], elem = [4 : (0, 1)]>
func.func @rescale_layout(%o: !pa.tile<64x16xf32, #orows>, %f: !pa.tile<1x16xf32, #row>) {
  // expected-error @+1 {{'pa.rescale' op the source has column lane % 16 in each lane, got #pa.layout<lane = [64 : (1, 0)], reg = [4 : (0, 4)], elem = [4 : (0, 1)]>}}
  %r = pa.rescale %o, %f : !pa.tile<64x16xf32, #orows>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#orows = #pa.layout<lane = [64 : (1, 0)], reg = [4 : (0, 4)], elem = [4 : (0, 1)]>
func.func @store_output_values_layout(%v: !pa.tile<64x16xf32, #orows>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op values has column lane % 16 in each lane, got #pa.layout<lane = [64 : (1, 0)], reg = [4 : (0, 4)], elem = [4 : (0, 1)]>}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xf32, #orows>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#lrows = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
func.func @store_output_sum_layout(%v: !pa.tile<64x16xf32, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #lrows>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op sum has column lane % 16 in each lane, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #lrows>
  return
}

// -----

#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
func.func @max_grew_factors(%c: !pa.tile<16x16xf32, #l>) {
  // expected-error @+1 {{'pa.max_grew' op factors is a tile of 1x16x'f32', got 16x16x'f32'}}
  %grew = pa.max_grew %c : !pa.tile<16x16xf32, #l>
  return
}
