// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-tile-mfma))' -verify-diagnostics -split-input-file

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
// expected-error @+1 {{the module has no #pa.target attribute 'pa.target': tiling needs to know the chip}}
func.func @needs_a_target(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2>]>} {
func.func @needs_a_plan_for_the_head_size(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    // expected-error @+1 {{'pa.attend' op has 16 rows of head size 128, gfx0 has no plan for that many}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  }
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 3, padded = 32>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @needs_a_plan_for_the_rows(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<32x64xbf16>
    // expected-error @+1 {{'pa.attend' op has 32 rows of head size 64, gfx0 has no plan for that many}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<32x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<32x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<32x64xf32>
  }
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = f16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @needs_an_instruction_for_the_type(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    // expected-error @+1 {{'pa.attend' op multiplies 'bf16', gfx0 has no 16x16 instruction for it}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 32, n = 32, k = 8, type = bf16, intrinsic = "rocdl.mfma.f32.32x32x8bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @needs_a_16x16_instruction(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    // expected-error @+1 {{'pa.attend' op multiplies 'bf16', gfx0 has no 16x16 instruction for it}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

// Weights over codes are f16, whatever the queries are.
!kv = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
func.func @needs_an_instruction_for_weights(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    // expected-error @+1 {{'pa.attend' op multiplies 'f16', gfx0 has no 16x16 instruction for it}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

// The chip's FP8 is the other one: codes of this cache can be made floats, but not multiplied.
!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FNUZ, mfma = [
      #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">,
      #pa.mfma<m = 16, n = 16, k = 32, type = f8E4M3FNUZ, intrinsic = "rocdl.mfma.f32.16x16x32.fp8.fp8">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
func.func @needs_an_instruction_for_the_format(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    // expected-error @+1 {{'pa.attend' op multiplies 'f8E4M3FN', gfx0 has no 16x16 instruction for it}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {products = #pa.products<fp8>}
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @needs_packed_rows(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>, %r: !pa.row_set<16x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> do {
  ^bb0(%item: !pa.item):
    // expected-error @+1 {{'pa.attend' op expected to be in pa.items, with queries from pa.pack_rows}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  }
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @needs_items(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>, %item: !pa.item) {
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    // expected-error @+1 {{'pa.attend' op expected to be in pa.items, with queries from pa.pack_rows}}
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x64xbf16>) : !pa.partial<16x64xf32>
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [#pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func private @use(!pa.partial<16x64xf32>)
func.func @finishes_its_result(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x64xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x64xbf16> -> !pa.row_set<16x64xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x64xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x64xf32>
    // expected-error @+1 {{'func.call' op uses a partial result, expected pa.unpack_rows or pa.merge}}
    func.call @use(%part) : (!pa.partial<16x64xf32>) -> ()
  }
  return
}
}
