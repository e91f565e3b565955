// A cache with its writer and its reader, and what else moves its pages: one kernel a function, see docs/cache-kernels.md.
// pa-compile examples/cache_kernels.mlir --chip gfx942 --function append -o append.hsaco
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = module>
!other = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
!new = memref<?x8x128xbf16>
!queries = memref<?x64x128xbf16>

func.func @append(%keys: !new, %values: !new, %slots: memref<?xi64>, %cache: !kv) {
  pa.append keys(%keys : !new) values(%values : !new) slots(%slots : memref<?xi64>) cache(%cache : !kv)
  return
}

func.func @decode(%query: !queries, %cache: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: !queries, %lse: memref<?x64xf32>) {
  pa.decode query(%query : !queries) cache(%cache : !kv) tables(%tables : memref<?x?xi32>) lens(%lens : memref<?xi32>)
    scale(%scale) out(%out : !queries) lse(%lse : memref<?x64xf32>)
  return
}

// Inside of the cache, by a list.
func.func @copy_pages(%cache: !kv, %pairs: memref<?x2xi64>) {
  pa.copy_pages from(%cache : !kv) to(%cache : !kv) pairs(%pairs : memref<?x2xi64>)
  return
}

// All pages of a cache of the caller's, which stays in the layout that it has.
func.func @import(%theirs: !other, %cache: !kv) {
  pa.copy_pages from(%theirs : !other) to(%cache : !kv)
  return
}

func.func @merge_states(%a: !queries, %a_lse: memref<?x64xf32>, %b: !queries, %b_lse: memref<?x64xf32>,
                        %out: !queries, %lse: memref<?x64xf32>) {
  pa.merge_states %a, %a_lse, %b, %b_lse into %out, %lse : !queries, memref<?x64xf32>
  return
}
