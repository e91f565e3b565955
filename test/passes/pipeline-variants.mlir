// What the pipeline makes of caches and shapes, and what it refuses.
// RUN: pa-opt %s --pa-pipeline=chip=gfx942 -split-input-file -verify-diagnostics | FileCheck %s

// A cache of the module's: the reader is compiled for the layout it gets.
// CHECK-LABEL: gpu.module @own_cache_module
// CHECK-SAME:    pa.variant = {alibi = false, cache_type = "bf16", head_size = 64 : i64, kv_heads = 8 : i64, layout = "shuffled", lse = false, mask = "causal", output_type = "bf16", p = "single", page_size = 16 : i64, products = "wide", q_heads = 64 : i64, query_tokens = 1 : i64, query_type = "bf16", ragged = false, scales = "none", sinks = false, soft_cap = false, tables = "block", user_score = false, value_head_size = 64 : i64, window = 0 : i64}
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = nhd, owner = module>
func.func @own_cache(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                     %o: memref<?x64x64xbf16>) {
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x64xbf16>)
  return
}

// -----

// And so is its writer.
// CHECK-LABEL: gpu.module @writer_module
// CHECK-SAME:    pa.op = "append", pa.variant = {cache_type = "bf16", head_size = 64 : i64, kv_heads = 8 : i64, layout = "shuffled", page_size = 16 : i64, scales = "none", token_type = "bf16", value_head_size = 64 : i64}
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = nhd, owner = module>
func.func @writer(%k: memref<?x8x64xbf16>, %v: memref<?x8x64xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x64xbf16>) values(%v : memref<?x8x64xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// -----

// 64 rows of 128, one KV head, LSE, P in two terms, linear pages of 64.
// CHECK-LABEL: gpu.module @everything_module
// CHECK-SAME:    pa.launch = {block = 256 : i64, grid = "persistent", items_per_sequence = 1 : i64, slot_bytes = 34816 : i64, split = "balanced", split_tokens = 0 : i64, tile_tokens = 64 : i64, workgroups_per_cu = 1 : i64}
// CHECK-SAME:    pa.variant = {alibi = false, cache_type = "f16", head_size = 128 : i64, kv_heads = 1 : i64, layout = "nhd", lse = true, mask = "causal", output_type = "f16", p = "split", page_size = 64 : i64, products = "wide", q_heads = 16 : i64, query_tokens = 4 : i64, query_type = "f16", ragged = false, scales = "none", sinks = false, soft_cap = false, tables = "block", user_score = false, value_head_size = 128 : i64, window = 0 : i64}
// CHECK:         rocdl.mfma.f32.16x16x16f16
!kv = !pa.kv_cache<f16, heads = 1, head_size = 128, page = 64, layout = nhd, owner = caller>
func.func @everything(%q: memref<?x16x128xf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                      %o: memref<?x16x128xf16>, %lse: memref<?x16xf32>) {
  pa.decode query(%q : memref<?x16x128xf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x16x128xf16>) lse(%lse : memref<?x16xf32>) {query_tokens = 4 : i64, p = #pa.p<split>}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
func.func @two_decodes(%q: memref<?x64x64xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                       %o: memref<?x64x64xbf16>) {
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x64xbf16>)
  // expected-error @+1 {{'pa.items' op a kernel does one pa.decode, got a second one}}
  pa.decode query(%q : memref<?x64x64xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x64xbf16>)
  return
}
