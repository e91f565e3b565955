// 64 rows (4 query tokens of 16 heads) over one load of the cache, with LSE: no scratch memory, every KV load whole and
// non-temporal. What of docs/status.md holds for them yet.
// RUN: pa-compile %s --chip gfx942,gfx950 -o %t.%%c.hsaco
// RUN: pa-inspect %t.gfx942.hsaco | FileCheck %s
// RUN: pa-inspect %t.gfx950.hsaco | FileCheck %s

// CHECK:     spills {{.*}}; scratch 0 bytes a lane
// CHECK:     code {{.*}}, 0 scratch accesses
// CHECK:     loads {{ *}}32 of 16 bytes a lane, 32 of 32 KV loads nt, 32.0 KiB a wave and iteration
// CHECK:     to avoid {{ *}}0 scratch accesses, {{.*}}, 0 barriers
!kv = !pa.kv_cache<bf16, heads = 1, head_size = 128, page = 16, layout = shuffled, owner = caller>

func.func @decode(%q: memref<?x16x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x16x128xbf16>, %lse: memref<?x16xf32>) {
  pa.decode query(%q : memref<?x16x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x16x128xbf16>) lse(%lse : memref<?x16xf32>)
    {query_tokens = 4 : i64}
  return
}
