// pa-double-buffer-lds: as many stages as fit the LDS when the plan's workgroups share a CU, one at the least; a stage of 16
// rows of 128 bytes is 2 KiB, for two waves 4 KiB.
// RUN: sed 's/LDS/16384/; s/GROUPS/2/' %s | pa-opt --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' | FileCheck %s --check-prefixes=CHECK,TWO
// RUN: sed 's/LDS/16384/; s/GROUPS/3/' %s | pa-opt --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' | FileCheck %s --check-prefixes=CHECK,ONE
// RUN: sed 's/LDS/2048/; s/GROUPS/1/' %s | pa-opt --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds))' | FileCheck %s --check-prefixes=CHECK,ONE
// RUN: sed 's/LDS/65536/; s/GROUPS/2/' %s | pa-opt --pass-pipeline='builtin.module(func.func(pa-double-buffer-lds{stages=1}))' | FileCheck %s --check-prefixes=CHECK,ONE

// CHECK-LABEL: @stages
// TWO:         pa.stage_write {{.*}} block(1) stage(1)
// ONE-NOT:     stage(1)
// ONE:         pa.stage_write {{.*}} block(1) stage(0)
// ONE-NOT:     stage(1)
// CHECK-LABEL: @beside_queries
// Two blocks of queries in LDS take 4 KiB of a workgroup's.
// CHECK-NOT:   stage(1)
// CHECK:       pa.stage_write {{.*}} block(1) stage(0)
// CHECK-NOT:   stage(1)
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 2 : (0, 0), 4 : (2, 0)], reg = [], elem = []>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#rows16 = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#rows32 = #pa.rows<group = 8, query_tokens = 4, padded = 32>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
!ids = !pa.page_ids<32 x 1 of 1, #lookup>
!rows = !pa.tile<32x64xbf16, #keyrows>
!keys = !pa.tile<32x64xbf16, #k>
!queries = !pa.tile<16x64xbf16, #q>
!scores = !pa.tile<32x16xf32, #s>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = LDS,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 32, head_size = 64, tile = 32, workgroups_per_cu = GROUPS>]>} {
func.func @stages(%kv: !nhd, %n: memref<?xi32>, %t: memref<?x?xi32>, %tile: i32, %q: !queries) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1) rows(#rows16) schedule <item> do {
  ^bb0(%item: !pa.item):
    %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !nhd -> !ids
    %rows = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !ids -> !rows
    %k = pa.convert_layout %rows : !rows -> !keys
    %zero = pa.fill 0.0 : !scores
    %s = pa.dot %k, %q, %zero, #mfma : !keys, !queries, !scores
  }
  return
}
func.func @beside_queries(%kv: !nhd, %n: memref<?xi32>, %t: memref<?x?xi32>, %tile: i32, %query: memref<?x64x64xbf16>,
                          %scale: f32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1) rows(#rows32) schedule <item> do {
  ^bb0(%item: !pa.item):
    %q0 = pa.load_query %query, %item, %scale, #rows32 block(0) : memref<?x64x64xbf16> -> !queries
    %q1 = pa.load_query %query, %item, %scale, #rows32 block(1) : memref<?x64x64xbf16> -> !queries
    %ids = pa.page_ids %t, %kv, %item, %tile for <key> : memref<?x?xi32>, !nhd -> !ids
    %rows = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !ids -> !rows
    %k = pa.convert_layout %rows : !rows -> !keys
    %zero = pa.fill 0.0 : !scores
    %a = pa.dot %k, %q0, %zero, #mfma : !keys, !queries, !scores
    %b = pa.dot %k, %q1, %zero, #mfma : !keys, !queries, !scores
  }
  return
}
}
