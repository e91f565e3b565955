// pa-mask-qlen: more rows than the target's plans hold are cut into shares alike, an item each.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-mask-qlen))' | FileCheck %s

// CHECK-DAG: #[[$OF64:rows[0-9]*]] = #pa.rows<group = 128, query_tokens = 1, padded = 64>
// CHECK-DAG: #[[$OF48:rows[0-9]*]] = #pa.rows<group = 20, query_tokens = 4, padded = 48>
// CHECK-DAG: #[[$OF32:rows[0-9]*]] = #pa.rows<group = 64, query_tokens = 1, padded = 32>

!kv = !pa.kv_cache<bf16, heads = 1, head_size = 128, page = 16, layout = shuffled, owner = caller>
!codes = !pa.kv_cache<f8E4M3FN, heads = 1, head_size = 128, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 64, head_size = 128, tile = 32, workgroups_per_cu = 1>,
             #pa.plan<rows = 32, head_size = 128, tile = 64, workgroups_per_cu = 1, bits = 8>]>} {
// 128 heads of one KV head, plans of up to 64 rows.
// CHECK-LABEL: @two_of_64
// CHECK:         pa.items {{.*}} rows(#[[$OF64]])
// CHECK:         pa.attend {{.*}}, #[[$OF64]] {{.*}} -> <64x128xf32>
func.func @two_of_64(%q: memref<?x128x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                     %o: memref<?x128x128xbf16>) {
  pa.decode query(%q : memref<?x128x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x128x128xbf16>)
  return
}
// 80 rows are two shares of 40, padded to 48; not one of 64 and one of 16.
// CHECK-LABEL: @two_of_48
// CHECK:         pa.items {{.*}} rows(#[[$OF48]])
// CHECK:         pa.attend {{.*}}, #[[$OF48]] {{.*}} -> <48x128xf32>
func.func @two_of_48(%q: memref<?x20x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                     %o: memref<?x20x128xbf16>) {
  pa.decode query(%q : memref<?x20x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x20x128xbf16>) {query_tokens = 4 : i64}
  return
}
// A cache of 8 bits has plans of its own.
// CHECK-LABEL: @two_of_32
// CHECK:         pa.items {{.*}} rows(#[[$OF32]])
// CHECK:         pa.attend {{.*}}, #[[$OF32]] {{.*}} -> <32x128xf32>
func.func @two_of_32(%q: memref<?x64x128xbf16>, %kv: !codes, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                     %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !codes) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}
}
