// What convert-pa-to-rocdl refuses: each by name, with what was got and what would do.
// RUN: pa-opt %s --convert-pa-to-rocdl -split-input-file -verify-diagnostics

// expected-error @+1 {{the module has no #pa.target attribute 'pa.target'}}
func.func @needs_a_target(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}

// -----

module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @one_decode_a_kernel(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  // expected-error @+1 {{'pa.items' op a kernel does one pa.decode, got a second one}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

// A stage of 16 rows of 128 bytes is 2 KiB a wave, 4 KiB for 2 waves.
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 1024,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// expected-error @+1 {{the kernel needs 4096 bytes of LDS, gfx0 has 1024}}
func.func @lds_of_the_chip(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %rows = pa.fill 0.0 : !pa.tile<32x64xbf16, #keyrows>
    pa.stage_write %rows block(0) stage(0) : !pa.tile<32x64xbf16, #keyrows>
  }
  return
}
}

// -----

// The argument block has no place for a vector.
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// expected-error @+1 {{argument 0 of type 'vector<4xf32>' has no place in the argument block}}
func.func @arguments_have_a_place(%x: vector<4xf32>, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

// A decode that no pass has taken apart.
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @decode(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x64xbf16>) {
  // expected-error @+1 {{'pa.decode' op has no lowering to the hardware level at this place}}
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x64xbf16>)
  return
}
}

// -----

module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @items_have_a_tile(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  // expected-error @+2 {{'pa.items' op has no tile size: run pa-tile-mfma first}}
  // expected-error @+1 {{failed to legalize operation 'pa.items' that was explicitly marked illegal}}
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @merge_of_tiles(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %part = builtin.unrealized_conversion_cast to !pa.partial<16x64xf32>
    // expected-error @+2 {{'pa.merge' op merges partial results of the attention level: run pa-tile-mfma first}}
    // expected-error @+1 {{failed to legalize operation 'pa.merge' that was explicitly marked illegal}}
    pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x64xf32> {
    ^bb0(%whole: !pa.partial<16x64xf32>):
      pa.pin
    }
  }
  return
}
}

// -----

// Items that pa-tile-mfma has not seen.
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @rows_of_tiles(%t: memref<?x?xi32>, %n: memref<?xi32>, %q: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    // expected-error @+1 {{failed to legalize operation 'pa.pack_rows' that was explicitly marked illegal}}
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
  }
  return
}
}

// -----

// Rows of tokens do not become an operand without pa-double-buffer-lds.
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @conversions(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %rows = pa.fill 0.0 : !pa.tile<32x64xbf16, #keyrows>
    // expected-error @+2 {{'pa.convert_layout' op no lowering from #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]> to #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>}}
    // expected-error @+1 {{failed to legalize operation 'pa.convert_layout' that was explicitly marked illegal}}
    %k = pa.convert_layout %rows : !pa.tile<32x64xbf16, #keyrows> -> !pa.tile<32x64xbf16, #k>
  }
  return
}
}

// -----

// Weights in the other FP8: its codes would say other numbers to the chip's instructions.
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FNUZ, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @other_format(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 1.0 : !pa.tile<16x16xf32, #p>
    // expected-error @+2 {{'pa.round' op rounds to 'f8E4M3FN', which gfx0 does not know}}
    // expected-error @+1 {{failed to legalize operation 'pa.round' that was explicitly marked illegal}}
    %w = pa.round %p : !pa.tile<16x16xf32, #p> -> !pa.tile<16x16xf8E4M3FN, #p>
  }
  return
}
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
#partial = #pa.layout<lane = [16 : (0, 1), 4 : (1, 0)], reg = [], elem = []>
#vector = #pa.layout<lane = [16 : (0, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FNUZ, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @other_formats_sum(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 1.0 : !pa.tile<16x16xf32, #p>
    %w = pa.fill 1.0 : !pa.tile<16x16xf8E4M3FN, #p>
    %l = pa.fill 0.0 : !pa.tile<4x16xf32, #partial>
    %i = pa.fill 1.0 : !pa.tile<1x16xf32, #vector>
    // expected-error @+2 {{'pa.sum_tokens' op sums 'f8E4M3FN', which gfx0 does not know}}
    // expected-error @+1 {{failed to legalize operation 'pa.sum_tokens' that was explicitly marked illegal}}
    %l1 = pa.sum_tokens %l, %i, %p rounded %w
      : !pa.tile<4x16xf32, #partial>, !pa.tile<1x16xf32, #vector>, !pa.tile<16x16xf32, #p>, !pa.tile<16x16xf8E4M3FN, #p>
  }
  return
}
}
