// Every rule of the ops that say how a workgroup does it. Functions are named after the rule. Head size 64.
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
  %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !kv -> !pa.page_ids<4>
  return
}

// -----

#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @page_ids_of_tokens_serve_one(%t: memref<?x?xi32>, %kv: !nhd, %item: !pa.item, %tile: i32) {
  // expected-error @+1 {{'pa.page_ids' op ids that each lane has of its own are for keys or for values, ids of whole pages for both}}
  %ids = pa.page_ids %t, %kv, %item, %tile : memref<?x?xi32>, !nhd -> !pa.page_ids<64, #lookup>
  return
}

// -----

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_keys_are_tokens_by_dims(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of head size 64 and 'bf16', got '!pa.tile<64x32xbf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<64x32xbf16, #v>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_values_are_dims_by_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of head size 64 and 'bf16', got '!pa.tile<32x64xbf16,}}
  %k = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of head size 64 and 'bf16', got '!pa.tile<16x64xbf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_element_type(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a part is 32 tokens of head size 64 and 'bf16', got '!pa.tile<32x64xf16,}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xf16, #k>
  return
}

// -----

#k4 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16), 2 : (16, 0)], elem = [4 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_sixteen_bytes(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a lane loads 8 elements (16 bytes) at once, got 4}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xbf16, #k4>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op part 2 of a tile of 64 tokens, in parts of 32}}
  %k = pa.load_kv <key> %kv, %item, %ids part(2) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_part_negative(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op part -1 of a tile of 64 tokens, in parts of 32}}
  %k = pa.load_kv <key> %kv, %item, %ids part(-1) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_pieces_by_page(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<64, #lookup>) {
  // expected-error @+1 {{'pa.load_kv' op pieces are found by page ids, got ids of single tokens}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<64, #lookup> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @load_kv_rows_by_token(%kv: !nhd, %item: !pa.item, %ids: !pa.page_ids<64>) {
  // expected-error @+1 {{'pa.load_kv' op rows are found by ids of single tokens, got page ids}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<64> -> !pa.tile<32x64xbf16, #keyrows>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_element_type(%a: !pa.tile<32x64xf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op operands are 'f16' and 'bf16', the instruction multiplies 'bf16'}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xbf16, #s>) {
  // expected-error @+1 {{'pa.dot' op the accumulator is f32, got 'bf16'}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xbf16, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_instruction_shape(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op takes 16 x 16 instructions with k a multiple of 4, got #pa.mfma<m = 32, n = 32, k = 8,}}
  %d = pa.dot %a, %b, %acc, <m = 32, n = 32, k = 8, type = bf16, intrinsic = "rocdl.mfma.f32.32x32x8bf16.1k"> : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_instruction_depth(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op takes 16 x 16 instructions with k a multiple of 4, got #pa.mfma<m = 16, n = 16, k = 2,}}
  %d = pa.dot %a, %b, %acc, <m = 16, n = 16, k = 2, type = bf16, intrinsic = "rocdl.mfma.f32.32x32x8bf16.1k"> : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_reduction_size(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x32xbf16, #b>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op the reduction axes have 64 and 32 columns}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x32xbf16, #b>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator_shape(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<64x16xf32, #o>) {
  // expected-error @+1 {{'pa.dot' op the accumulator is 64x16, expected 32x16}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<64x16xf32, #o>
  return
}

// -----

// Whole rows are not an operand before their way through LDS.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_a_is_an_operand(%a: !pa.tile<32x64xbf16, #keyrows>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a is not an operand of a matrix instruction: rows go by lane % 16, the reduction axis by lane / 16 and element, got #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)],}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #keyrows>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_b_is_an_operand(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, <lane = [16 : (0, 4), 4 : (4, 0)], reg = [], elem = [4 : (1, 0), 4 : (0, 1)]>>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op b is not an operand of a matrix instruction: rows go by lane % 16, the reduction axis by lane / 16 and element, got #pa.layout<lane = [16 : (0, 4), 4 : (4, 0)]}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, <lane = [16 : (0, 4), 4 : (4, 0)], reg = [], elem = [4 : (1, 0), 4 : (0, 1)]>>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k4 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16), 2 : (16, 0)], elem = [4 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_register_size(%a: !pa.tile<32x64xbf16, #k4>, %b: !pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a has 4 elements a register, expected a multiple of 8 for k = 32}}
  %d = pa.dot %a, %b, %acc, <m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16"> : !pa.tile<32x64xbf16, #k4>, !pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>, !pa.tile<32x16xf32, #s>
  return
}

// -----

// Both hold all of it, but a lane group of K has dims 16g .. 16g+15 and one of Q 8g .. 8g+7 and 32 further.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#kslow = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_reduction_order(%a: !pa.tile<32x64xbf16, #kslow>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a and b carry the reduction axis in different orders: #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]> and #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #kslow>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#sother = #pa.layout<lane = [16 : (0, 1), 4 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator_layout(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #sother>) {
  // expected-error @+1 {{'pa.dot' op the product leaves #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>, the accumulator has #pa.layout<lane = [16 : (0, 1), 4 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #sother>
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

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
func.func @zero_past_end_part(%v: !pa.tile<64x32xbf16, #v>, %item: !pa.item, %tile: i32) {
  // expected-error @+1 {{'pa.zero_past_end' op part 1 of a tile of 32 tokens, in parts of 32}}
  %z = pa.zero_past_end %v, %item, %tile part(1) of(32) : !pa.tile<64x32xbf16, #v>
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

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_one_part_or_two(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op rounds to one part or two, got 3}}
  %h:3 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_narrows(%p: !pa.tile<16x32xbf16, #p>) {
  // expected-error @+1 {{'pa.round' op rounds f32 to bf16 or f16, got 'bf16' and 'f32'}}
  %h = pa.round %p : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xf32, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_one_type(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op both parts have one element type, got 'bf16' and 'f16'}}
  %h:2 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xf16, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @round_keeps_the_layout(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op rounding keeps the layout, got '!pa.tile<16x32xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>>' from '!pa.tile<16x32xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %h = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #b>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @convert_layout_shape(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.convert_layout' op only the layout may change, got '!pa.tile<32x64xbf16,}}
  %c = pa.convert_layout %k : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @convert_layout_element_type(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.convert_layout' op only the layout may change, got '!pa.tile<16x32xf32,}}
  %c = pa.convert_layout %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #b>
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

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @concat_columns(%a: !pa.tile<16x32xbf16, #b>) {
  // expected-error @+1 {{'pa.concat' op sources have the result's columns and element type, got '!pa.tile<16x32xbf16,}}
  %k = pa.concat %a, %a : !pa.tile<16x32xbf16, #b>, !pa.tile<16x32xbf16, #b> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_element_type(%a: !pa.tile<16x64xf16, #q>) {
  // expected-error @+1 {{'pa.concat' op sources have the result's columns and element type, got '!pa.tile<16x64xf16,}}
  %k = pa.concat %a, %a : !pa.tile<16x64xf16, #q>, !pa.tile<16x64xf16, #q> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#kslow = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_lanes(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op sources have the result's lanes and elements, got '!pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 8)],}}
  %k = pa.concat %a, %a : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #kslow>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @concat_registers(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op the result has no register at (16, 0)}}
  %k = pa.concat %a, %a : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_rows(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op the sources have 16 rows, the result 32}}
  %k = pa.concat %a : !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

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
  // expected-error @+1 {{'pa.store_output' op values are 128 dims x 16 of f32, got '!pa.tile<64x16xf32,}}
  pa.store_output %v, %m, %s, %item, #rows block(0) out(%out : memref<?x64x128xbf16>) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 2, padded = 16>
func.func @store_output_accumulator(%v: !pa.tile<64x16xbf16, #o>, %m: !pa.tile<1x16xf32, #row>, %s: !pa.tile<16x16xf32, #l>, %item: !pa.item, %out: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.store_output' op values are 64 dims x 16 of f32, got '!pa.tile<64x16xbf16,}}
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
func.func @load_kv_keys_along_dims(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along dims, got #pa.layout<lane = [4 : (8, 0), 16 : (0, 1)], reg = [4 : (0, 16)], elem = [8 : (1, 0)]>}}
  %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<32x64xbf16, #kdims>
  return
}

// -----

#vdims = #pa.layout<lane = [8 : (8, 0), 8 : (0, 1)], reg = [4 : (0, 8)], elem = [8 : (1, 0)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @load_kv_values_along_tokens(%kv: !kv, %item: !pa.item, %ids: !pa.page_ids<4>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along tokens, got #pa.layout<lane = [8 : (8, 0), 8 : (0, 1)], reg = [4 : (0, 8)], elem = [8 : (1, 0)]>}}
  %k = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<4> -> !pa.tile<64x32xbf16, #vdims>
  return
}

// -----

#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [64 : (1, 0)], reg = [], elem = []>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
func.func @load_kv_value_rows_along_dims(%kv: !nhd, %item: !pa.item, %ids: !pa.page_ids<64, #lookup>) {
  // expected-error @+1 {{'pa.load_kv' op a lane's 16 bytes run along dims, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>}}
  %v = pa.load_kv <value> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<64, #lookup> -> !pa.tile<64x32xbf16, #v>
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

// -----

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#srows = #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>
#srowst = #pa.layout<lane = [32 : (0, 1), 2 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>
func.func @softmax_step_layout(%max: !pa.tile<1x16xf32, #row>, %scale: f32, %s: !pa.tile<32x16xf32, #srows>) {
  // expected-error @+1 {{'pa.softmax_step' op scores has column lane % 16 in each lane, got #pa.layout<lane = [32 : (1, 0), 2 : (0, 8)], reg = [2 : (0, 4)], elem = [4 : (0, 1)]>}}
  %p, %m, %c = pa.softmax_step %max, %scale, %s : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #srows>) -> (!pa.tile<16x32xf32, #srowst>)
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

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @stage_write_rows(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.stage_write' op the source is whole rows: registers move along tokens, elements along dims, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>}}
  pa.stage_write %k block(0) stage(0) : !pa.tile<32x64xbf16, #k>
  return
}

// -----

#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [2 : (1, 0), 2 : (2, 0)]>
func.func @relay_registers(%v: !pa.tile<64x16xbf16, #o>) {
  // expected-error @+1 {{'pa.relay' op the tile's registers are 16 bytes a lane, got 8 in '!pa.tile<64x16xbf16}}
  %r = pa.relay %v : !pa.tile<64x16xbf16, #o>
  return
}

// -----

#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
func.func @max_grew_factors(%c: !pa.tile<16x16xf32, #l>) {
  // expected-error @+1 {{'pa.max_grew' op factors is a tile of 1x16x'f32', got 16x16x'f32'}}
  %grew = pa.max_grew %c : !pa.tile<16x16xf32, #l>
  return
}
