// pa-mask-qlen: a scale that is one for an item goes into the softmax's scale (keys') and the result's factor (values');
// scales by token or page stay with the tiles.
// RUN: pa-opt %s --pass-pipeline='builtin.module(func.func(pa-mask-qlen))' | FileCheck %s

!by_head = memref<8xf32, strided<[?]>>
!by_tensor = memref<1xf32, strided<[1]>>
!by_token = memref<?x8x16xf32, strided<[?, ?, 1]>>
!tensor = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = shuffled, scales = tensor, owner = caller>
!head = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = shuffled, scales = head, owner = caller>
!token = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = shuffled, scales = token, owner = caller>
!none = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>

// CHECK-LABEL: @by_head
// CHECK-SAME:    %[[SCALE:[a-z0-9]+]]: f32 {pa.arg = "scale"}, {{.*}}, %[[KS:[a-z0-9]+]]: {{[^{]*}} {pa.arg = "key_scales"}, %[[VS:[a-z0-9]+]]: {{[^{]*}} {pa.arg = "value_scales"})
// CHECK:         ^bb0(%[[ITEM:.*]]: !pa.item):
// CHECK:         %[[K:.*]] = pa.item_scale %[[KS]], %[[ITEM]] <key> : memref<8xf32, strided<[?]>>
// CHECK-NEXT:    %[[BOTH:.*]] = arith.mulf %[[SCALE]], %[[K]] : f32
// CHECK-NEXT:    %[[V:.*]] = pa.item_scale %[[VS]], %[[ITEM]] <value> : memref<8xf32, strided<[?]>>
// CHECK-NEXT:    pa.attend %{{.*}}, %{{.*}}, %{{.*}}, %[[ITEM]], %[[BOTH]], #{{rows[0-9]*}} p <single> :
// CHECK-NEXT:    pa.unpack_rows {{.*}} factor(%[[V]])
func.func @by_head(%q: memref<?x64x128xbf16>, %kv: !head, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                   %o: memref<?x64x128xbf16>, %ks: !by_head, %vs: !by_head) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !head) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : !by_head, !by_head)
  return
}

// An output of 8 bits is divided by its own scale.
// CHECK-LABEL: @by_tensor
// CHECK-SAME:    %[[OS:[a-z0-9]+]]: f32 {pa.arg = "out_scale"})
// CHECK:         pa.item_scale {{.*}} <key> : memref<1xf32, strided<[1]>>
// CHECK:         %[[V:.*]] = pa.item_scale {{.*}} <value> : memref<1xf32, strided<[1]>>
// CHECK-NEXT:    %[[FACTOR:.*]] = arith.divf %[[V]], %[[OS]] : f32
// CHECK:         pa.unpack_rows {{.*}} factor(%[[FACTOR]])
func.func @by_tensor(%q: memref<?x64x128xbf16>, %kv: !tensor, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                     %o: memref<?x64x128xf8E4M3FN>, %ks: !by_tensor, %vs: !by_tensor, %os: f32) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !tensor) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xf8E4M3FN>) scales(%ks, %vs : !by_tensor, !by_tensor) out_scale(%os)
  return
}

// CHECK-LABEL: @by_token
// CHECK-SAME:    %[[SCALE:[a-z0-9]+]]: f32 {pa.arg = "scale"}, {{.*}}, %[[KS:[a-z0-9]+]]: {{[^{]*}} {pa.arg = "key_scales"}, %[[VS:[a-z0-9]+]]: {{[^{]*}} {pa.arg = "value_scales"})
// CHECK-NOT:     pa.item_scale
// CHECK:         pa.attend {{.*}}, %[[SCALE]], #{{rows[0-9]*}} p <single> scales(%[[KS]], %[[VS]] :
// CHECK-NOT:     factor
func.func @by_token(%q: memref<?x64x128xbf16>, %kv: !token, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                    %o: memref<?x64x128xbf16>, %ks: !by_token, %vs: !by_token) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !token) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) scales(%ks, %vs : !by_token, !by_token)
  return
}

// CHECK-LABEL: @output_scale_and_sinks
// CHECK-SAME:    %[[SINKS:[a-z0-9]+]]: memref<64xf32> {pa.arg = "sinks"}, %[[OS:[a-z0-9]+]]: f32 {pa.arg = "out_scale"})
// CHECK:         %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-NEXT:    %[[FACTOR:.*]] = arith.divf %[[ONE]], %[[OS]] : f32
// CHECK:         pa.unpack_rows {{.*}} sinks(%[[SINKS]] : memref<64xf32>) factor(%[[FACTOR]])
func.func @output_scale_and_sinks(%q: memref<?x64x128xbf16>, %kv: !none, %t: memref<?x?xi32>, %n: memref<?xi32>,
                                  %scale: f32, %o: memref<?x64x128xf8E4M3FN>, %sinks: memref<64xf32>, %os: f32) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !none) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xf8E4M3FN>) sinks(%sinks : memref<64xf32>) out_scale(%os)
  return
}
