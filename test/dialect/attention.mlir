// The ops that say what is computed, printed twice.
// RUN: pa-opt %s | pa-opt | FileCheck %s
// RUN: pa-opt %s --mlir-print-op-generic | pa-opt | FileCheck %s

// CHECK-DAG: !kv_cache = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
// CHECK-DAG: !kv_cache1 = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 192, value_head_size = 128, page = 64, layout = hnd, scales = token, owner = caller>
// CHECK-DAG: #[[$ROWS:rows[0-9]*]] = #pa.rows<group = 8, query_tokens = 1, padded = 16>
// CHECK-DAG: #[[$ROWS2:rows[0-9]*]] = #pa.rows<group = 8, query_tokens = 2, padded = 16>
// CHECK-DAG: #[[$ROWS8:rows[0-9]*]] = #pa.rows<group = 8, query_tokens = 8, padded = 16>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = shuffled, owner = caller>
!kv8 = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 192, value_head_size = 128, page = 64, layout = hnd, scales = token,
                    owner = caller>
!kv_tensor = !pa.kv_cache<f8E4M3FN, heads = 8, head_size = 128, page = 16, layout = nhd, scales = tensor, owner = caller>
!kv_head = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = head, owner = caller>
!kv_page = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, scales = page, owner = caller>
!by_token = memref<?x8x64xf32, strided<[?, ?, 1]>>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
#rows2 = #pa.rows<group = 8, query_tokens = 2, padded = 16>
#rows8 = #pa.rows<group = 8, query_tokens = 8, padded = 16> // four shares

// What is the default (one query token, P in one value) is not printed.
// CHECK-LABEL: @decode
// CHECK:       pa.decode query(%[[Q:.*]] : memref<?x64x128xbf16>) cache(%[[KV:.*]] : !kv_cache) tables(%[[T:.*]] : memref<?x?xi32>) lens(%[[N:.*]] : memref<?xi32>) scale(%[[SCALE:.*]]) out(%[[O:.*]] : memref<?x64x128xbf16>)
// CHECK-NEXT:  return
func.func @decode(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                  %o: memref<?x64x128xbf16>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xbf16>) {query_tokens = 1 : i64, p = #pa.p<single>}
  return
}

// Tokens may be any stride apart.
// CHECK-LABEL: @decode_several_tokens
// CHECK:       pa.decode query(%{{[^ ]*}} : memref<?x64x128xbf16, strided<[?, 128, 1]>>)
// CHECK-SAME:  out(%{{.*}} : memref<?x64x128xbf16>) lse(%{{.*}} : memref<?x64xf32>) {mask = #pa.mask<none>, p = #pa.p<split>, query_tokens = 4 : i64}
// CHECK-NEXT:  return
func.func @decode_several_tokens(%q: memref<?x64x128xbf16, strided<[?, 128, 1]>>, %kv: !kv, %t: memref<?x?xi32>,
                                 %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.decode query(%q : memref<?x64x128xbf16, strided<[?, 128, 1]>>) cache(%kv : !kv) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x64xf32>)
    {query_tokens = 4 : i64, p = #pa.p<split>, mask = #pa.mask<none>}
  return
}

// All that is optional: codes of 8 bits with scales, one list of tokens and one of pages, what becomes of a score, and an
// output of 8 bits.
// CHECK-LABEL: @decode_with_everything
// CHECK:       pa.decode query(%{{[^ ]*}} : memref<?x64x192xbf16>) cache(%{{[^ ]*}} : !kv_cache1) tables(%{{[^ ]*}} : memref<?xi32>)
// CHECK-SAME:  out(%{{[^ ]*}} : memref<?x64x128xf8E4M3FN>) lse(%{{[^ ]*}} : memref<?x64xf32>)
// CHECK-SAME:  scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<?x8x64xf32, strided<[?, ?, 1]>>, memref<?x8x64xf32, strided<[?, ?, 1]>>)
// CHECK-SAME:  query_starts(%{{[^ ]*}} : memref<?xi32>) page_starts(%{{[^ ]*}} : memref<?xi32>) soft_cap(%{{[^ ]*}})
// CHECK-SAME:  alibi(%{{[^ ]*}} : memref<64xf32>) sinks(%{{[^ ]*}} : memref<64xf32>) out_scale(%{{[^ ]*}}) {query_tokens = 8 : i64, window = 1024 : i64} score {
// CHECK-NEXT:  ^bb0(%[[S:.*]]: f32, %[[OWN:.*]]: i32, %[[KEY:.*]]: i32, %[[HEAD:.*]]: i32):
// CHECK:         %[[FACTOR:.*]] = memref.load %{{.*}}[%{{.*}}] : memref<64xf32>
// CHECK-NEXT:    %[[S1:.*]] = arith.mulf %[[S]], %[[FACTOR]] : f32
// CHECK-NEXT:    pa.yield_score %[[S1]]
// CHECK-NEXT:  }
func.func @decode_with_everything(%q: memref<?x64x192xbf16>, %kv: !kv8, %t: memref<?xi32>, %n: memref<?xi32>,
                                  %scale: f32, %o: memref<?x64x128xf8E4M3FN>, %lse: memref<?x64xf32>, %ks: !by_token,
                                  %vs: !by_token, %starts: memref<?xi32>, %pages: memref<?xi32>, %cap: f32,
                                  %slopes: memref<64xf32>, %sinks: memref<64xf32>, %os: f32, %factors: memref<64xf32>) {
  pa.decode query(%q : memref<?x64x192xbf16>) cache(%kv : !kv8) tables(%t : memref<?xi32>) lens(%n : memref<?xi32>)
    scale(%scale) out(%o : memref<?x64x128xf8E4M3FN>) lse(%lse : memref<?x64xf32>)
    scales(%ks, %vs : !by_token, !by_token) query_starts(%starts : memref<?xi32>) page_starts(%pages : memref<?xi32>)
    soft_cap(%cap) alibi(%slopes : memref<64xf32>) sinks(%sinks : memref<64xf32>) out_scale(%os)
    {query_tokens = 8 : i64, window = 1024 : i64} score {
  ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
    %i = arith.index_cast %head : i32 to index
    %factor = memref.load %factors[%i] : memref<64xf32>
    %s1 = arith.mulf %s, %factor : f32
    pa.yield_score %s1
  }
  return
}

// Products in FP8 are of an FP8 cache; wide products are the default and not printed.
// CHECK-LABEL: @decode_products
// CHECK:       pa.decode {{.*}} scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>) {products = #pa.products<fp8>}{{$}}
// CHECK-NEXT:  pa.decode {{.*}} scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>){{$}}
// CHECK-NEXT:  return
func.func @decode_products(%q: memref<?x64x128xbf16>, %kv: !kv_tensor, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                           %o: memref<?x64x128xbf16>, %of_all: memref<1xf32, strided<[1]>>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv_tensor) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
    scales(%of_all, %of_all : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>) {products = #pa.products<fp8>}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv_tensor) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
    scales(%of_all, %of_all : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>) {products = #pa.products<wide>}
  return
}

// What one scale belongs to decides the scales' shape.
// CHECK-LABEL: @decode_scales
// CHECK:       pa.decode {{.*}} scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>)
// CHECK-NEXT:  pa.decode {{.*}} scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>)
// CHECK-NEXT:  pa.decode {{.*}} scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<?x8xf32, strided<[?, ?]>>, memref<?x8xf32, strided<[?, ?]>>)
func.func @decode_scales(%q: memref<?x64x128xbf16>, %kv: !kv_tensor, %kvh: !kv_head, %kvp: !kv_page,
                         %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>,
                         %of_all: memref<1xf32, strided<[1]>>, %by_head: memref<8xf32, strided<[?]>>,
                         %by_page: memref<?x8xf32, strided<[?, ?]>>) {
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv_tensor) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
    scales(%of_all, %of_all : memref<1xf32, strided<[1]>>, memref<1xf32, strided<[1]>>)
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kvh : !kv_head) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
    scales(%by_head, %by_head : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>)
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kvp : !kv_page) tables(%t : memref<?x?xi32>)
    lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>)
    scales(%by_page, %by_page : memref<?x8xf32, strided<[?, ?]>>, memref<?x8xf32, strided<[?, ?]>>)
  return
}

// CHECK-LABEL: @append
// CHECK:       pa.append keys(%{{.*}} : memref<?x8x128xbf16>) values(%{{.*}} : memref<?x8x128xbf16>) slots(%{{.*}} : memref<?xi64>) cache(%{{.*}} : !kv_cache)
func.func @append(%k: memref<?x8x128xbf16>, %v: memref<?x8x128xbf16>, %s: memref<?xi64>, %kv: !kv) {
  pa.append keys(%k : memref<?x8x128xbf16>) values(%v : memref<?x8x128xbf16>) slots(%s : memref<?xi64>) cache(%kv : !kv)
  return
}

// CHECK-LABEL: @append_with_scales
// CHECK:       cache(%{{.*}} : !kv_cache{{[0-9]*}}) scales(%{{.*}}, %{{.*}} : memref<8xf32, strided<[?]>>, memref<8xf32, strided<[?]>>)
!scaled = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = shuffled, scales = head, owner = caller>
!scales = memref<8xf32, strided<[?]>>
func.func @append_with_scales(%k: memref<?x8x128xf16>, %v: memref<?x8x128xf16>, %s: memref<?xi64>, %kv: !scaled,
                              %ks: !scales, %vs: !scales) {
  pa.append keys(%k : memref<?x8x128xf16>) values(%v : memref<?x8x128xf16>) slots(%s : memref<?xi64>)
    cache(%kv : !scaled) scales(%ks, %vs : !scales, !scales)
  return
}

// CHECK-LABEL: @copy_pages
// CHECK:       pa.copy_pages from(%{{.*}} : !kv_cache) to(%{{.*}} : !kv_cache{{[0-9]*}}) pairs(%{{.*}} : memref<?x2xi64>)
// CHECK-NEXT:  pa.copy_pages from(%{{.*}} : !kv_cache) to(%{{.*}} : !kv_cache){{$}}
!linear = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = module>
func.func @copy_pages(%kv: !kv, %linear: !linear, %p: memref<?x2xi64>) {
  pa.copy_pages from(%kv : !kv) to(%linear : !linear) pairs(%p : memref<?x2xi64>)
  pa.copy_pages from(%kv : !kv) to(%kv : !kv)
  return
}

// CHECK-LABEL: @merge_states
// CHECK:       pa.merge_states %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} into %{{.*}}, %{{.*}} : memref<?x64x128xbf16>, memref<?x64xf32>
func.func @merge_states(%a: memref<?x64x128xbf16>, %la: memref<?x64xf32>, %b: memref<?x64x128xbf16>,
                        %lb: memref<?x64xf32>, %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.merge_states %a, %la, %b, %lb into %o, %lse : memref<?x64x128xbf16>, memref<?x64xf32>
  return
}

// CHECK-LABEL: @item_by_item
// CHECK:       pa.items lens(%{{[^ ]*}} : memref<?xi32>) tables(%{{[^ ]*}} : memref<?x?xi32>) heads(8) page(16) rows(#[[$ROWS]]) schedule <item> do {
// CHECK-NEXT:  ^bb0(%[[ITEM:.*]]: !pa.item):
// CHECK-NEXT:    %[[R:.*]] = pa.pack_rows %{{.*}}, %[[ITEM]], #[[$ROWS]] : memref<?x64x128xbf16> -> <16x128xbf16>
// CHECK-NEXT:    %[[PART:.*]] = pa.attend %[[R]], %{{.*}}, %{{.*}}, %[[ITEM]], %{{.*}}, #[[$ROWS]] p <single> : <16x128xbf16>, !kv_cache, memref<?x?xi32> -> <16x128xf32>
// CHECK-NEXT:    pa.unpack_rows %[[PART]], %[[ITEM]], #[[$ROWS]] out(%{{.*}} : memref<?x64x128xbf16>) : <16x128xf32>
func.func @item_by_item(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x64x128xbf16>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item> do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows out(%o : memref<?x64x128xbf16>) : !pa.partial<16x128xf32>
  }
  return
}

// CHECK-LABEL: @shared_items
// CHECK:       pa.items {{.*}} rows(#[[$ROWS2]]) schedule <balanced> {min_share_tokens = 512 : i64, tile = 64 : i64} do {
// CHECK:         pa.attend {{.*}} #[[$ROWS2]] p <split> :
// CHECK-NEXT:    pa.merge scope <launch> item(%[[ITEM:.*]]) (%{{.*}}) : !pa.partial<16x128xf32> {
// CHECK-NEXT:    ^bb0(%[[WHOLE:.*]]: !pa.partial<16x128xf32>):
// CHECK-NEXT:      pa.unpack_rows %[[WHOLE]], %[[ITEM]], #[[$ROWS2]] out(%{{.*}} : memref<?x64x128xbf16>) lse(%{{.*}} : memref<?x64xf32>) : <16x128xf32>
func.func @shared_items(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32,
                        %o: memref<?x64x128xbf16>, %lse: memref<?x64xf32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows2) schedule <balanced>
      {min_share_tokens = 512 : i64, tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows2 : memref<?x64x128xbf16> -> !pa.row_set<16x128xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows2 p <split>
      : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
    pa.merge scope <launch> item(%item) (%part) : !pa.partial<16x128xf32> {
    ^bb0(%whole: !pa.partial<16x128xf32>):
      pa.unpack_rows %whole, %item, #rows2 out(%o : memref<?x64x128xbf16>) lse(%lse : memref<?x64xf32>)
        : !pa.partial<16x128xf32>
    }
  }
  return
}

// The same with all that is optional.
// CHECK-LABEL: @items_with_everything
// CHECK:       pa.items lens(%{{[^ ]*}} : memref<?xi32>) tables(%{{[^ ]*}} : memref<?xi32>) query_starts(%{{[^ ]*}} : memref<?xi32>) page_starts(%{{[^ ]*}} : memref<?xi32>) heads(8) page(64) rows(#[[$ROWS8]]) schedule <item> {window = 1024 : i64} do {
// CHECK:         pa.attend %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}}, #[[$ROWS8]] p <single> scales(%{{[^ ]*}}, %{{[^ ]*}} : memref<?x8x64xf32, strided<[?, ?, 1]>>, memref<?x8x64xf32, strided<[?, ?, 1]>>) {window = 1024 : i64} score {
// CHECK-NEXT:    ^bb0(%[[S:.*]]: f32, %{{.*}}: i32, %{{.*}}: i32, %{{.*}}: i32):
// CHECK-NEXT:      %[[S1:.*]] = math.tanh %[[S]] : f32
// CHECK-NEXT:      pa.yield_score %[[S1]]
// CHECK-NEXT:    } : <16x192xbf16>, !kv_cache1, memref<?xi32> -> <16x128xf32>
// CHECK-NEXT:    pa.unpack_rows {{.*}} out(%{{[^ ]*}} : memref<?x64x128xf8E4M3FN>) lse(%{{[^ ]*}} : memref<?x64xf32>) sinks(%{{[^ ]*}} : memref<64xf32>) factor(%{{[^ ]*}}) : <16x128xf32>
func.func @items_with_everything(%q: memref<?x64x192xbf16>, %kv: !kv8, %t: memref<?xi32>, %n: memref<?xi32>, %scale: f32,
                                 %o: memref<?x64x128xf8E4M3FN>, %lse: memref<?x64xf32>, %ks: !by_token, %vs: !by_token,
                                 %starts: memref<?xi32>, %pages: memref<?xi32>, %sinks: memref<64xf32>, %factor: f32) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?xi32>) query_starts(%starts : memref<?xi32>)
      page_starts(%pages : memref<?xi32>) heads(8) page(64) rows(#rows8) schedule <item> {window = 1024 : i64} do {
  ^bb0(%item: !pa.item):
    %r = pa.pack_rows %q, %item, #rows8 : memref<?x64x192xbf16> -> !pa.row_set<16x192xbf16>
    %part = pa.attend %r, %kv, %t, %item, %scale, #rows8 p <single> scales(%ks, %vs : !by_token, !by_token)
      {window = 1024 : i64} score {
    ^bb0(%s: f32, %own: i32, %key: i32, %head: i32):
      %s1 = math.tanh %s : f32
      pa.yield_score %s1
    } : !pa.row_set<16x192xbf16>, !kv8, memref<?xi32> -> !pa.partial<16x128xf32>
    pa.unpack_rows %part, %item, #rows8 out(%o : memref<?x64x128xf8E4M3FN>) lse(%lse : memref<?x64xf32>)
      sinks(%sinks : memref<64xf32>) factor(%factor) : !pa.partial<16x128xf32>
  }
  return
}

// CHECK-LABEL: @attend_all_keys
// CHECK:       pa.attend {{.*}} #[[$ROWS]] p <single> {mask = #pa.mask<none>} : <16x128xbf16>, !kv_cache, memref<?x?xi32> -> <16x128xf32>
func.func @attend_all_keys(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  %part = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {mask = #pa.mask<none>}
    : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// CHECK-LABEL: @attend_products
// CHECK:       pa.attend {{.*}} #[[$ROWS]] p <split> {products = #pa.products<fp8>} : <16x128xbf16>, !kv_cache{{[0-9]+}}, memref<?x?xi32> -> <16x128xf32>
// CHECK-NEXT:  pa.attend {{.*}} #[[$ROWS]] p <single> : <16x128xbf16>, !kv_cache{{[0-9]+}}, memref<?x?xi32> -> <16x128xf32>
// CHECK-NEXT:  return
func.func @attend_products(%r: !pa.row_set<16x128xbf16>, %kv: !kv_tensor, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  %codes = pa.attend %r, %kv, %t, %item, %scale, #rows p <split> {products = #pa.products<fp8>}
    : !pa.row_set<16x128xbf16>, !kv_tensor, memref<?x?xi32> -> !pa.partial<16x128xf32>
  %wide = pa.attend %r, %kv, %t, %item, %scale, #rows p <single> {products = #pa.products<wide>}
    : !pa.row_set<16x128xbf16>, !kv_tensor, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// A number for each head, a stride apart, or one for all.
// CHECK-LABEL: @item_scale
// CHECK-SAME:  (%[[HEADS:.*]]: memref<8xf32, strided<[?]>>, %[[ALL:.*]]: memref<1xf32, strided<[1]>>, %[[ITEM:.*]]: !pa.item)
// CHECK:       pa.item_scale %[[HEADS]], %[[ITEM]] <key> : memref<8xf32, strided<[?]>>
// CHECK-NEXT:  pa.item_scale %[[ALL]], %[[ITEM]] <value> : memref<1xf32, strided<[1]>>
func.func @item_scale(%by_head: memref<8xf32, strided<[?]>>, %of_all: memref<1xf32, strided<[1]>>, %item: !pa.item) {
  %k = pa.item_scale %by_head, %item <key> : memref<8xf32, strided<[?]>>
  %v = pa.item_scale %of_all, %item <value> : memref<1xf32, strided<[1]>>
  return
}
