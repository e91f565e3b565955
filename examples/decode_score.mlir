// A score region of the user's: a bias by distance, as T5 and its kin have one. A key `d` tokens before the query's own
// token gets `strength * bias[min(d, 255)]` added to its score, after the scale and before the softmax. The region runs for
// keys that the query does not see as well, whose result is dropped: what it loads has to be clamped at both ends.
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>

func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %tables: memref<?x?xi32>, %lens: memref<?xi32>, %scale: f32,
                  %out: memref<?x64x128xbf16>, %strength: f32, %bias: memref<256xf32>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%tables : memref<?x?xi32>)
    lens(%lens : memref<?xi32>) scale(%scale) out(%out : memref<?x64x128xbf16>) score {
  ^bb0(%score: f32, %query: i32, %key: i32, %head: i32):
    %none = arith.constant 0 : i32
    %last = arith.constant 255 : i32
    %distance = arith.subi %query, %key : i32
    %seen = arith.maxsi %distance, %none : i32
    %near = arith.minsi %seen, %last : i32
    %index = arith.index_cast %near : i32 to index
    %entry = memref.load %bias[%index] : memref<256xf32>
    %added = arith.mulf %strength, %entry : f32
    %biased = arith.addf %score, %added : f32
    pa.yield_score %biased
  }
  return
}
