// What is loaded, and its way through LDS: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

func.func @wave_tiles_step(%item: !pa.item) {
  // expected-error @+1 {{'pa.wave_tiles' op step is at least 1, got 0}}
  %first, %count = pa.wave_tiles %item step(0)
  return
}

// -----

func.func @wave_tiles_step_negative(%item: !pa.item) {
  // expected-error @+1 {{'pa.wave_tiles' op step is at least 1, got -4}}
  %first, %count = pa.wave_tiles %item step(-4)
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_bounds_block(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_bounds' op block 1 of 1 blocks of 16 rows}}
  %b = pa.row_bounds %item, #rows block(1) : !pa.tile<1x16xi32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_bounds_block_negative(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_bounds' op block -1 of 1 blocks of 16 rows}}
  %b = pa.row_bounds %item, #rows block(-1) : !pa.tile<1x16xi32, #row>
  return
}

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @row_bounds_result(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_bounds' op the result is a tile of 1x16x'i32', got 1x16x'f32'}}
  %b = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @load_query_head_size(%query: memref<?x64x128xbf16>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.load_query' op the result is 16 rows of head size 128 and 'bf16', got '!pa.tile<16x64xbf16,}}
  %q = pa.load_query %query, %item, %scale, #rows block(0) : memref<?x64x128xbf16> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @load_query_rows(%query: memref<?x64x64xbf16>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.load_query' op the result is 16 rows of head size 64 and 'bf16', got '!pa.tile<32x64xbf16,}}
  %q = pa.load_query %query, %item, %scale, #rows block(0) : memref<?x64x64xbf16> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @load_query_element_type(%query: memref<?x64x64xf16>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.load_query' op the result is 16 rows of head size 64 and 'f16', got '!pa.tile<16x64xbf16,}}
  %q = pa.load_query %query, %item, %scale, #rows block(0) : memref<?x64x64xf16> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @load_query_block(%query: memref<?x64x64xbf16>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.load_query' op block 2 of 1 blocks of 16 rows}}
  %q = pa.load_query %query, %item, %scale, #rows block(2) : memref<?x64x64xbf16> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @page_ids_of_pages_serve_both(%t: memref<?x?xi32>, %kv: !kv, %item: !pa.item, %tile: i32) {
  // expected-error @+1 {{'pa.page_ids' op ids that each lane has of its own are for keys or for values, ids of whole pages for both}}
  %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !kv -> !pa.page_ids<4 x 16 of 16>
  return
}

// -----

#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @page_ids_of_tokens_serve_one(%t: memref<?x?xi32>, %kv: !nhd, %item: !pa.item, %tile: i32) {
  // expected-error @+1 {{'pa.page_ids' op ids that each lane has of its own are for keys or for values, ids of whole pages for both}}
  %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !nhd -> !pa.page_ids<64 x 1 of 1, #lookup>
  return
}

// -----

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_keys_are_tokens_by_dims(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of 64 dims and 'bf16', got '!pa.tile<64x32xbf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<64x32xbf16, #v>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_values_are_dims_by_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of 64 dims and 'bf16', got '!pa.tile<32x64xbf16,}}
  %k = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of 64 dims and 'bf16', got '!pa.tile<16x64xbf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_element_type(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of 64 dims and 'bf16', got '!pa.tile<32x64xf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xf16, #k>
  return
}

// -----

#k4 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16), 2 : (16, 0)], elem = [4 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_sixteen_bytes(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a lane loads 8 elements (16 bytes) at once, got 4}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #k4>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op part 2 of a tile of 64 tokens, in parts of 32}}
  %k = pa.load_kv <key> %kv, %item, %ids part(2) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part_negative(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op part -1 of a tile of 64 tokens, in parts of 32}}
  %k = pa.load_kv <key> %kv, %item, %ids part(-1) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_pieces_by_page(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<64 x 1 of 1, #lookup>) {
  // expected-error @+1 {{'pa.load_kv' op pieces are found by page ids, got ids of single tokens}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<64 x 1 of 1, #lookup> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @load_kv_rows_by_token(%kv: !nhd, %item: !pa.item, %ids: !pa.page_ids<64 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op rows are found by ids of single tokens, got page ids}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<64 x 16 of 16> -> !pa.tile<32x64xbf16, #keyrows>
  return
}

// -----

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
func.func @zero_past_end_part(%v: !pa.tile<64x32xbf16, #v>, %item: !pa.item, %tile: i32) {
  // expected-error @+1 {{'pa.zero_past_end' op part 1 of a tile of 32 tokens, in parts of 32}}
  %z = pa.zero_past_end %v, %item, %tile part(1) of(32) : !pa.tile<64x32xbf16, #v>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @zero_past_head_nothing(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.zero_past_head' op the head size is 1 to the 64 dims of the tile, got 0}}
  %z = pa.zero_past_head %k, 0 : !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @zero_past_head_before_the_start(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.zero_past_head' op the head size is 1 to the 64 dims of the tile, got -16}}
  %z = pa.zero_past_head %k, -16 : !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @zero_past_head_past_the_dims(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.zero_past_head' op the head size is 1 to the 64 dims of the tile, got 65}}
  %z = pa.zero_past_head %k, 65 : !pa.tile<32x64xbf16, #k>
  return
}

// -----

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
func.func @stage_write_block(%r: !pa.tile<32x64xbf16, #keyrows>) {
  // expected-error @+1 {{'pa.stage_write' op block 2 of 2 blocks of 16 rows}}
  pa.stage_write %r block(2) stage(0) : !pa.tile<32x64xbf16, #keyrows>
  return
}

// -----

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
func.func @stage_write_stage(%r: !pa.tile<32x64xbf16, #keyrows>) {
  // expected-error @+1 {{'pa.stage_write' op stage is at least 0, got -1}}
  pa.stage_write %r block(0) stage(-1) : !pa.tile<32x64xbf16, #keyrows>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @stage_read_stage() {
  // expected-error @+1 {{'pa.stage_read' op stage is at least 0, got -2}}
  %k = pa.stage_read stage(-2) : !pa.tile<16x64xbf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @stage_read_rows() {
  // expected-error @+1 {{'pa.stage_read' op reads 16 rows, got 32}}
  %k = pa.stage_read stage(0) : !pa.tile<32x64xbf16, #k>
  return
}

// -----

#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#row2 = #pa.layout<lane = [4 : (0, 0), 16 : (0, 1)], reg = [], elem = []>
func.func @row_tile_columns(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_bounds' op the result has column lane % 16 in each lane, got #pa.layout<lane = [4 : (0, 0), 16 : (0, 1)], reg = [], elem = []>}}
  %b = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xi32, #row2>
  return
}

// -----

#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#rowcopies = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [2 : (0, 0)], elem = []>
func.func @row_tile_numbers(%item: !pa.item) {
  // expected-error @+1 {{'pa.row_bounds' op the result is one number a lane, got #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [2 : (0, 0)], elem = []>}}
  %b = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xi32, #rowcopies>
  return
}

// -----

#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#qblocks = #pa.layout<lane = [8 : (1, 0), 8 : (0, 8)], reg = [2 : (8, 0)], elem = [8 : (0, 1)]>
func.func @load_query_pieces(%query: memref<?x64x64xbf16>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.load_query' op a lane loads pieces of 8 dims of its row, got #pa.layout<lane = [8 : (1, 0), 8 : (0, 8)], reg = [2 : (8, 0)], elem = [8 : (0, 1)]>}}
  %q = pa.load_query %query, %item, %scale, #rows block(0) : memref<?x64x64xbf16> -> !pa.tile<16x64xbf16, #qblocks>
  return
}

// -----

#kdims = #pa.layout<lane = [4 : (8, 0), 16 : (0, 1)], reg = [4 : (0, 16)], elem = [8 : (1, 0)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_keys_along_dims(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along dims, got #pa.layout<lane = [4 : (8, 0), 16 : (0, 1)], reg = [4 : (0, 16)], elem = [8 : (1, 0)]>}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<32x64xbf16, #kdims>
  return
}

// -----

#vdims = #pa.layout<lane = [8 : (8, 0), 8 : (0, 1)], reg = [4 : (0, 8)], elem = [8 : (1, 0)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_values_along_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4 x 16 of 16>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along tokens, got #pa.layout<lane = [8 : (8, 0), 8 : (0, 1)], reg = [4 : (0, 8)], elem = [8 : (1, 0)]>}}
  %k = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4 x 16 of 16> -> !pa.tile<64x32xbf16, #vdims>
  return
}

// -----

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @load_kv_value_rows_along_dims(%kv: !nhd, %item: !pa.item, %ids: !pa.page_ids<64 x 1 of 1, #lookup>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along dims, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>}}
  %v = pa.load_kv <value> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<64 x 1 of 1, #lookup> -> !pa.tile<64x32xbf16, #v>
  return
}

// -----

#columns = #pa.layout<lane = [32 : (0, 1), 2 : (0, 32)], reg = [4 : (8, 0)], elem = [8 : (1, 0)]>
func.func @stage_write_rows(%k: !pa.tile<32x64xbf16, #columns>) {
  // expected-error @+1 {{'pa.stage_write' op the source is rows: elements move along dims, got #pa.layout<lane = [32 : (0, 1), 2 : (0, 32)], reg = [4 : (8, 0)], elem = [8 : (1, 0)]>}}
  pa.stage_write %k block(0) stage(0) : !pa.tile<32x64xbf16, #columns>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [2 : (1, 0), 2 : (2, 0)]>
func.func @relay_registers(%v: !pa.tile<64x16xbf16, #o>) {
  // expected-error @+1 {{'pa.relay' op the tile's registers are 16 bytes a lane, got 8 in '!pa.tile<64x16xbf16}}
  %r = pa.relay %v : !pa.tile<64x16xbf16, #o>
  return
}
