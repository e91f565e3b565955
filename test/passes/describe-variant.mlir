// pa-describe-variant notes what a function's pa.decode computes; pa-embed-description makes the kernel's description of
// it, as JSON in a section of its object that a runtime can read without the compiler.
// RUN: pa-opt %s --pa-describe-variant -split-input-file | FileCheck %s --check-prefix=NOTED
// RUN: pa-opt %s --pa-embed-description -split-input-file | FileCheck %s --check-prefix=EMBEDDED

// NOTED-LABEL: @decode
// NOTED-SAME:  pa.variant = {alibi = false, cache_type = "f16", head_size = 64 : i64, kv_heads = 4 : i64, layout = "classic", lse = true, mask = "causal", output_type = "f16", p = "split", page_size = 16 : i64, products = "wide", q_heads = 40 : i64, query_tokens = 3 : i64, query_type = "f16", ragged = false, scales = "none", sinks = false, soft_cap = false, tables = "block", user_score = false, value_head_size = 64 : i64, window = 0 : i64}
!kv = !pa.kv_cache<f16, heads = 4, head_size = 64, page = 16, layout = classic, owner = caller>
func.func @decode(%q: memref<?x40x64xf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x40x64xf16>, %lse: memref<?x40xf32>) {
  pa.decode query(%q : memref<?x40x64xf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x40x64xf16>) lse(%lse : memref<?x40xf32>) {query_tokens = 3 : i64, p = #pa.p<split>}
  return
}

// -----

// A function without a decode has nothing to note, a module without a note nothing to embed.
// NOTED-LABEL: @nothing
// NOTED-NOT:   pa.variant
// EMBEDDED-LABEL: gpu.module @nothing_module
// EMBEDDED-NOT:   pa.variant
func.func @nothing() {
  return
}
gpu.module @nothing_module {
}

// -----

// The persistent grid is the balanced split.
// NOTED-LABEL:    gpu.module @kernel_module
// EMBEDDED-LABEL: gpu.module @kernel_module
// EMBEDDED:       llvm.mlir.global external protected constant @__pa_variant("{
// EMBEDDED-SAME:    \22chip\22:\22gfx0\22,\22compiler\22:\22pa-mlir {{[0-9.]+}} (LLVM {{[0-9.]+}})\22,\22kernel\22:\22kernel\22,
// EMBEDDED-SAME:    \22launch\22:{\22block\22:128,\22grid\22:\22persistent\22,\22slot_bytes\22:4608,\22tile_tokens\22:32,\22workgroups_per_cu\22:2},\22pa\22:2,
// EMBEDDED-SAME:    \22variant\22:{\22head_size\22:64,\22lse\22:false,\22split\22:\22balanced\22,\22split_tokens\22:0}}")
// EMBEDDED-SAME:    {addr_space = 4 : i32, alignment = 1 : i64, section = ".pa.variant"}
// EMBEDDED-LABEL: gpu.module @other_module
// EMBEDDED:       \22kernel\22:\22other\22
// EMBEDDED-SAME:  \22split\22:\22none\22
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
gpu.module @kernel_module attributes {
    pa.launch = {block = 128 : i64, grid = "persistent", slot_bytes = 4608 : i64, split = "balanced", split_tokens = 0 : i64, tile_tokens = 32 : i64, workgroups_per_cu = 2 : i64},
    pa.variant = {head_size = 64 : i64, lse = false}} {
  llvm.func @helper() {
    llvm.return
  }
  llvm.func @kernel() attributes {rocdl.kernel} {
    llvm.return
  }
}
gpu.module @other_module attributes {
    pa.launch = {block = 128 : i64, grid = "items", slot_bytes = 0 : i64, split = "none", split_tokens = 0 : i64, tile_tokens = 32 : i64, workgroups_per_cu = 2 : i64},
    pa.variant = {head_size = 64 : i64, lse = false}} {
  llvm.func @other() attributes {rocdl.kernel} {
    llvm.return
  }
}
}

// -----

// A kernel beside decode: the op, the version of its argument block, and its own fields.
// NOTED-LABEL: @merge
// NOTED-SAME:  pa.op = "merge_states", pa.variant = {head_size = 80 : i64, heads = 4 : i64, type = "f16"}
// NOTED-LABEL: @copy
// NOTED-SAME:  pa.op = "copy_pages", pa.variant = {cache_type = "bf16", head_size = 64 : i64, kv_heads = 2 : i64, layout = "nhd", page_size = 1 : i64, pairs = false, scales = "none", source_layout = "nhd", source_type = "bf16", value_head_size = 64 : i64}
// EMBEDDED-LABEL: gpu.module @append_module
// EMBEDDED:       {\22abi\22:1,\22append\22:{\22head_size\22:64},\22chip\22:\22gfx0\22,{{.*}}\22kernel\22:\22append\22,\22launch\22:{\22block\22:256,\22grid\22:\22rows\22,\22rows_per_workgroup\22:32},\22op\22:\22append\22,\22pa\22:2}
!kv = !pa.kv_cache<bf16, heads = 2, head_size = 64, page = 1, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [], plans = []>} {
func.func @merge(%a: memref<?x4x80xf16>, %la: memref<?x4xf32>, %b: memref<?x4x80xf16>, %lb: memref<?x4xf32>,
                 %o: memref<?x4x80xf16>, %l: memref<?x4xf32>) {
  pa.merge_states %a, %la, %b, %lb into %o, %l : memref<?x4x80xf16>, memref<?x4xf32>
  return
}
func.func @copy(%a: !kv, %b: !kv) {
  pa.copy_pages from(%a : !kv) to(%b : !kv)
  return
}
gpu.module @append_module attributes {
    pa.launch = {block = 256 : i64, grid = "rows", rows_per_workgroup = 32 : i64}, pa.op = "append",
    pa.variant = {head_size = 64 : i64}} {
  llvm.func @append() attributes {rocdl.kernel} {
    llvm.return
  }
}
}
