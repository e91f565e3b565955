// Kernels beside decode are one op a function, of the function's arguments.
// RUN: pa-opt %s --convert-pa-cache-to-rocdl -split-input-file -verify-diagnostics

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
// expected-error @+1 {{the module has no #pa.target attribute 'pa.target'}}
func.func @f(%k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @f(%k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  // expected-error @+1 {{'pa.append' op is in a function with pa.append, which is a kernel of its own: nothing else may be there}}
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func private @slots() -> memref<?xi64>
func.func @f(%k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %kv: !kv) {
  // expected-error @+1 {{'func.call' op is in a function with pa.append, which is a kernel of its own: nothing else may be there}}
  %s = func.call @slots() : () -> memref<?xi64>
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @f(%c: i1, %k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  // expected-error @+1 {{'scf.if' op is in a function with pa.append, which is a kernel of its own: nothing else may be there}}
  scf.if %c {
    pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  }
  return
}
}
