// 64 rows (4 query tokens of 16 heads) over one load of the cache, with LSE: nothing spills, every KV load is whole and
// non-temporal, half a tile at least stays in flight, and in the loop nothing waits for all loads or copies a loaded register.
// RUN: pa-compile %s --chip gfx942,gfx950 -o %t.%%c.hsaco
// RUN: pa-inspect %t.gfx942.hsaco --loop | FileCheck %s --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}'
// RUN: pa-inspect %t.gfx950.hsaco --loop | FileCheck %s --implicit-check-not='vmcnt(0)' --implicit-check-not=scratch_ --implicit-check-not=s_barrier --implicit-check-not='{{global_load_dwordx4 [^n]*$}}'

// CHECK:     spills {{ *}}0 VGPRs, 0 SGPRs; scratch 0 bytes a lane
// CHECK:     loads {{ *}}32 of 16 bytes a lane, 32 of 32 KV loads nt, 32.0 KiB a wave and iteration
// CHECK:     in flight {{ *}}a wave {{1[6-9]|2[0-9]}}.{{[0-9]}} KiB to {{.*}}, a CU at least {{6[4-9]|[7-9][0-9]|1[0-9][0-9]}}.{{[0-9]}} KiB (4 waves)
// CHECK:     to avoid {{ *}}0 scratch accesses, 0 copies of loaded registers, 0 barriers
// CHECK:   KV loop of decode
// The queries come from LDS, 4 blocks of rows one after another; keys go from their loads to the products.
// CHECK:     ds_read_b128
// CHECK:     v_mfma
!kv = !pa.kv_cache<bf16, heads = 1, head_size = 128, page = 16, layout = shuffled, owner = caller>

func.func @decode(%q: memref<?x16x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x16x128xbf16>, %lse: memref<?x16xf32>) {
  pa.decode query(%q : memref<?x16x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x16x128xbf16>) lse(%lse : memref<?x16xf32>)
    {query_tokens = 4 : i64}
  return
}
