// RUN: pa-opt %s --convert-pa-to-rocdl -verify-diagnostics -split-input-file

#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
#small = #pa.target<chip = "small", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 1024, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>

// A kernel's launch knows one item list only.
module attributes {pa.target = #target} {
  func.func @two_items(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
    }
    // expected-error @+1 {{a kernel does one pa.decode, got a second one}}
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
    }
    return
  }
}

// -----

module {
  // expected-error @+1 {{the module has no #pa.target attribute 'pa.target'}}
  func.func @no_target(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
    }
    return
  }
}

// -----

#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
module attributes {pa.target = #target} {
  func.func @no_tile(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    // expected-error @+2 {{has no tile size: run pa-tile-mfma first}}
    // expected-error @+1 {{failed to legalize operation 'pa.items'}}
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> do {
    ^bb0(%item: !pa.item):
    }
    return
  }
}

// -----

#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
module attributes {pa.target = #target} {
  // expected-error @+1 {{argument 2 of type 'i64' has no place in the argument block}}
  func.func @foreign_argument(%lens: memref<?xi32>, %tables: memref<?x?xi32>, %other: i64) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
    }
    return
  }
}

// -----

#small = #pa.target<chip = "small", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 1024, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
#values = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [8 : (16, 0)], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#sum = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
module attributes {pa.target = #small} {
  // Two waves leave 8 KiB of values, and maximum and sum of 64 lanes.
  // expected-error @+1 {{the kernel needs 17408 bytes of LDS, small has 1024}}
  func.func @lds_over_limit(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
      %o = pa.fill 0.0 : !pa.tile<128x16xf32, #values>
      %m = pa.fill 0.0 : !pa.tile<1x16xf32, #row>
      %l = pa.fill 0.0 : !pa.tile<16x16xf32, #sum>
      pa.merge scope <workgroup> item(%item) (%o, %m, %l) : !pa.tile<128x16xf32, #values>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #sum> {
      ^bb0(%a: !pa.tile<128x16xf32, #values>, %b: !pa.tile<1x16xf32, #row>, %c: !pa.tile<16x16xf32, #sum>):
      }
    }
    return
  }
}

// -----

#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #target} {
  func.func @append(%k: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
    // expected-error @+1 {{has no lowering to the hardware level at this place}}
    pa.append keys(%k : memref<?x8x128xbf16>) values(%k : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
    return
  }
}

// -----

// Between these lanes there is no exchange: each would need another one's rows.
#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
#from = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1)]>
#to = #pa.layout<lane = [4 : (0, 4), 16 : (1, 0)], reg = [], elem = [4 : (0, 1)]>
module attributes {pa.target = #target} {
  func.func @unknown_exchange(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
      %a = pa.fill 0.0 : !pa.tile<16x16xbf16, #from>
      // expected-error @+2 {{no lowering from #pa.layout}}
      // expected-error @+1 {{failed to legalize operation 'pa.convert_layout'}}
      %b = pa.convert_layout %a : !pa.tile<16x16xbf16, #from> -> !pa.tile<16x16xbf16, #to>
    }
    return
  }
}

// -----

#target = #pa.target<chip = "made-up", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536, lds_banks = 32, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>
module attributes {pa.target = #target} {
  func.func @merge_of_partials(%lens: memref<?xi32>, %tables: memref<?x?xi32>) {
    pa.items lens(%lens : memref<?xi32>) tables(%tables : memref<?x?xi32>) heads(8) page(16) schedule <item> {tile = 64 : i64} do {
    ^bb0(%item: !pa.item):
      %part = builtin.unrealized_conversion_cast to !pa.partial<16x128xf32>
      // expected-error @+2 {{merges partial results of the attention level: run pa-tile-mfma first}}
      // expected-error @+1 {{failed to legalize operation 'pa.merge'}}
      pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x128xf32> {
      ^bb0(%whole: !pa.partial<16x128xf32>):
      }
    }
    return
  }
}
