// pa-mask-qlen: what is done to a score before the softmax becomes one region: soft-cap, then ALiBi, then the user's own.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-mask-qlen))' | FileCheck %s

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>

// CHECK-LABEL: @soft_cap
// CHECK-SAME:    %[[CAP:[a-z0-9]+]]: f32 {pa.arg = "soft_cap"})
// CHECK:         pa.attend {{.*}} p <single> score {
// CHECK-NEXT:    ^bb0(%[[S:.*]]: f32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32):
// CHECK-NEXT:      %[[RATIO:.*]] = arith.divf %[[S]], %[[CAP]] : f32
// CHECK-NEXT:      %[[TANH:.*]] = math.tanh %[[RATIO]] : f32
// CHECK-NEXT:      %[[CAPPED:.*]] = arith.mulf %[[CAP]], %[[TANH]] : f32
// CHECK-NEXT:      pa.yield_score %[[CAPPED]]
// CHECK-NEXT:    } :
func.func @soft_cap(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x128xbf16>, %cap: f32) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) soft_cap(%cap)
  return
}

// The slope is the query head's; the distance is the key's from the row's own token, 0 or less.
// CHECK-LABEL: @alibi
// CHECK-SAME:    %[[SLOPES:[a-z0-9]+]]: memref<64xf32> {pa.arg = "alibi"})
// CHECK:         pa.attend {{.*}} p <single> score {
// CHECK-NEXT:    ^bb0(%[[S:.*]]: f32, %[[QUERY:.*]]: i32, %[[KEY:.*]]: i32, %[[HEAD:.*]]: i32):
// CHECK-NEXT:      %[[INDEX:.*]] = arith.index_cast %[[HEAD]] : i32 to index
// CHECK-NEXT:      %[[SLOPE:.*]] = memref.load %[[SLOPES]][%[[INDEX]]] : memref<64xf32>
// CHECK-NEXT:      %[[DISTANCE:.*]] = arith.subi %[[KEY]], %[[QUERY]] : i32
// CHECK-NEXT:      %[[FLOAT:.*]] = arith.sitofp %[[DISTANCE]] : i32 to f32
// CHECK-NEXT:      %[[BIAS:.*]] = arith.mulf %[[SLOPE]], %[[FLOAT]] : f32
// CHECK-NEXT:      %[[BIASED:.*]] = arith.addf %[[S]], %[[BIAS]] : f32
// CHECK-NEXT:      pa.yield_score %[[BIASED]]
func.func @alibi(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                 %o: memref<?x64x128xbf16>, %slopes: memref<64xf32>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) alibi(%slopes : memref<64xf32>)
  return
}

// All three, in order. What the user's region takes is named and counted by its kind, in the order of the arguments; what
// is not used is, too: a caller's place in the argument block does not depend on it. The window goes along.
// CHECK-LABEL: @all
// CHECK-SAME:    f32 {pa.arg = "soft_cap"}, %[[A:[a-z0-9]+]]: f32 {pa.arg = "score_numbers.0"}, %{{.*}} {pa.arg = "alibi"}
// CHECK-SAME:    memref<4xf32> {pa.arg = "score_tensors.0"}, %[[B:[a-z0-9]+]]: f32 {pa.arg = "score_numbers.1"}, %{{.*}}: memref<64xi32> {pa.arg = "score_tensors.1"})
// CHECK:         pa.items {{.*}} schedule <item> {window = 100 : i64} do
// CHECK:         pa.attend {{.*}} p <single> {window = 100 : i64} score {
// CHECK:           math.tanh
// CHECK-NEXT:      %[[CAPPED:.*]] = arith.mulf
// CHECK:           %[[BIASED:.*]] = arith.addf %[[CAPPED]],
// CHECK-NEXT:      %[[FIRST:.*]] = arith.mulf %[[BIASED]], %[[A]] : f32
// CHECK-NEXT:      %[[SECOND:.*]] = arith.addf %[[FIRST]], %[[B]] : f32
// CHECK-NEXT:      pa.yield_score %[[SECOND]]
func.func @all(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
               %o: memref<?x64x128xbf16>, %cap: f32, %a: f32, %slopes: memref<64xf32>, %x: memref<4xf32>, %b: f32,
               %y: memref<64xi32>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) soft_cap(%cap) alibi(%slopes : memref<64xf32>) {window = 100 : i64}
    score {
    ^bb0(%s: f32, %query: i32, %key: i32, %head: i32):
      %r0 = arith.mulf %s, %a : f32
      %r1 = arith.addf %r0, %b : f32
      pa.yield_score %r1
    }
  return
}
