// What pa.append, pa.copy_pages and pa.merge_states refuse.
// RUN: pa-opt %s -split-input-file -verify-diagnostics

func.func @merge_states_head_size(%a: memref<?x64x100xbf16>, %la: memref<?x64xf32>, %b: memref<?x64x100xbf16>, %lb: memref<?x64xf32>, %o: memref<?x64x100xbf16>, %lse: memref<?x64xf32>) {
  // expected-error @+1 {{'pa.merge_states' op the head size is a multiple of 8 from 8 to 512, got 100}}
  pa.merge_states %a, %la, %b, %lb into %o, %lse : memref<?x64x100xbf16>, memref<?x64xf32>
  return
}

// -----

!t = memref<?x64x128xbf16, strided<[?, 256, 1]>>
func.func @merge_states_dense_heads(%a: !t, %la: memref<?x64xf32>, %b: !t, %lb: memref<?x64xf32>, %o: !t, %lse: memref<?x64xf32>) {
  // expected-error @+1 {{'pa.merge_states' op out must have dense heads at offset 0, got 'memref<?x64x128xbf16, strided<[?, 256, 1]>>'}}
  pa.merge_states %a, %la, %b, %lb into %o, %lse : !t, memref<?x64xf32>
  return
}

// -----

!from = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
!to = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 64, layout = nhd, owner = caller>
func.func @copy_pages_of_other_size(%a: !from, %b: !to) {
  // expected-error @+1 {{'pa.copy_pages' op source and target may differ in element type, layout and owner, got}}
  pa.copy_pages from(%a : !from) to(%b : !to)
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @copy_pages_pairs(%a: !kv, %p: memref<?x3xi64>) {
  // expected-error @+1 {{'pa.copy_pages' op pairs is dense, of 2 pages each, got 'memref<?x3xi64>'}}
  pa.copy_pages from(%a : !kv) to(%a : !kv) pairs(%p : memref<?x3xi64>)
  return
}

// -----

!from = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
!to = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @copy_pages_converts_with_scales(%a: !from, %b: !to) {
  // expected-error @+1 {{'pa.copy_pages' op element types may differ between the FP8 formats if there are scales, got}}
  pa.copy_pages from(%a : !from) to(%b : !to)
  return
}

// -----

!from = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
!to = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
func.func @copy_pages_of_other_type(%a: !from, %b: !to) {
  // expected-error @+1 {{'pa.copy_pages' op element types may differ between the FP8 formats if there are scales, got}}
  pa.copy_pages from(%a : !from) to(%b : !to)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = caller>
func.func @copy_pages_scales(%a: !kv) {
  // expected-error @+1 {{'pa.copy_pages' op takes 4 tensors of scales, of both caches' keys and values, if they are by token or page, got 0 with scales by page}}
  pa.copy_pages from(%a : !kv) to(%a : !kv)
  return
}

// -----

!kv = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>
func.func @append_scales(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  // expected-error @+1 {{'pa.append' op scales of keys and of values go with a cache that has scales, got}}
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}
