// A linear cache with a token a page: 64 query heads over 8 KV heads of size 128.
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 1, layout = nhd, owner = caller>

func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x64x128xbf16>)
  return
}
