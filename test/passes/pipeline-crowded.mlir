// Rows of codes on their way to operands: beside weights of two terms a CU holds one workgroup, and then has registers
// for a third part of 64 tokens; not where heads fill tiles in part. Windows, score regions and scales take no such toll.
// RUN: pa-opt %s --pa-pipeline=chip=gfx942 -split-input-file | FileCheck %s

// CHECK-LABEL: gpu.module @plain_module
// CHECK-SAME:    tile_tokens = 128 : i64, workgroups_per_cu = 2 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @plain(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                 %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}

// -----

// CHECK-LABEL: gpu.module @window_module
// CHECK-SAME:    tile_tokens = 128 : i64, workgroups_per_cu = 2 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @window(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) {window = 100 : i64}
  return
}

// -----

// CHECK-LABEL: gpu.module @score_module
// CHECK-SAME:    tile_tokens = 128 : i64, workgroups_per_cu = 2 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @score(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                 %o: memref<?x64x128xbf16>, %slopes: memref<64xf32>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) alibi(%slopes : memref<64xf32>)
  return
}

// -----

// CHECK-LABEL: gpu.module @terms_module
// CHECK-SAME:    tile_tokens = 192 : i64, workgroups_per_cu = 1 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
func.func @terms(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                 %o: memref<?x64x128xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : !by_token, !by_token)
    {p = #pa.p<split>}
  return
}

// -----

// CHECK-LABEL: gpu.module @both_module
// CHECK-SAME:    tile_tokens = 128 : i64, workgroups_per_cu = 2 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 128, page = 16, layout = nhd, scales = token, owner = caller>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
func.func @both(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                %o: memref<?x64x128xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : !by_token, !by_token)
    {window = 100 : i64}
  return
}

// -----

// CHECK-LABEL: gpu.module @in_part_module
// CHECK-SAME:    tile_tokens = 128 : i64, workgroups_per_cu = 2 : i64}
!kv = !pa.kv_cache<f8E4M3FNUZ, heads = 8, head_size = 112, page = 16, layout = nhd, owner = caller>
func.func @in_part(%q: memref<?x64x112xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                   %o: memref<?x64x112xbf16>) {
  pa.decode query(%q : memref<?x64x112xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x112xbf16>) {p = #pa.p<split>}
  return
}
