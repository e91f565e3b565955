// pa-shuffle-kv-layout: a cache that the module owns gets the layout whose pieces are matrix operands.
// RUN: pa-opt %s --pa-shuffle-kv-layout -split-input-file | FileCheck %s

// Reader and writer see one cache: both change, or a writer would put keys where no reader looks.
// CHECK:       ![[$KV:kv_cache]] = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = module>
// CHECK-NOT:   layout = nhd
// CHECK-LABEL: @reader
// CHECK-SAME:    %[[CACHE:[a-z0-9]+]]: ![[$KV]]
// CHECK:         pa.decode {{.*}} cache(%[[CACHE]] : ![[$KV]])
// CHECK-LABEL: @writer
// CHECK-SAME:    %[[CACHE:[a-z0-9]+]]: ![[$KV]]
// CHECK:         pa.append {{.*}} cache(%[[CACHE]] : ![[$KV]])
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = module>
func.func @reader(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>)
  return
}
func.func @writer(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// -----

// Through calls and block arguments, too: the type is one for the whole module.
// CHECK:       ![[$KV:kv_cache]] = !pa.kv_cache<f16, heads = 1, head_size = 64, page = 64, layout = shuffled, owner = module>
// CHECK-LABEL: @step
// CHECK:         call @append(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) : (memref<?x1x64xf16>, memref<?x1x64xf16>, memref<?xi64>, ![[$KV]]) -> ()
// CHECK:       func.func private @append(memref<?x1x64xf16>, memref<?x1x64xf16>, memref<?xi64>, ![[$KV]])
!kv = !pa.kv_cache<f16, heads = 1, head_size = 64, page = 64, layout = classic, owner = module>
func.func @step(%k: memref<?x1x64xf16>, %v: memref<?x1x64xf16>, %s: memref<?xi64>, %kv: !kv) {
  func.call @append(%k, %v, %s, %kv) : (memref<?x1x64xf16>, memref<?x1x64xf16>, memref<?xi64>, !kv) -> ()
  return
}
func.func private @append(memref<?x1x64xf16>, memref<?x1x64xf16>, memref<?xi64>, !kv)

// -----

// A page of one token has no 16 bytes of one dim's tokens: nothing to gain, nothing changes.
// CHECK:       !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 1, layout = nhd, owner = module>
// CHECK-LABEL: @page_of_one
func.func private @page_of_one(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 1, layout = nhd, owner = module>)

// -----

// A cache of the caller's stays as the caller says, beside one that changes.
// CHECK-DAG:   ![[$CALLERS:kv_cache[0-9]*]] = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
// CHECK-DAG:   ![[$OWN:kv_cache[0-9]*]] = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = module>
// CHECK-LABEL: @callers_stays
// CHECK-SAME:  (![[$CALLERS]], ![[$OWN]])
func.func private @callers_stays(!pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>,
                                 !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = module>)
