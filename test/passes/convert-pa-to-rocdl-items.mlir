// convert-pa-to-rocdl: what an item is where sequences have tokens, pages, windows and shares of their own, and where named
// arguments stand in the argument block.
// RUN: pa-opt %s --convert-pa-to-rocdl | FileCheck %s

#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 4, padded = 32>
#shares = #pa.rows<group = 20, query_tokens = 4, padded = 48>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!numbers = !pa.tile<1x16xi32, #row>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// A sequence's tokens are from its start to the next one's, at most 4; with none its context counts as empty.
// CHECK-LABEL: llvm.func @ragged
// CHECK:         llvm.getelementptr %{{.*}}[160] :
// CHECK-NEXT:    %[[STARTS:.*]] = llvm.load {{.*}} -> !llvm.ptr<4>
// CHECK:         llvm.getelementptr %[[STARTS]][
// CHECK-NEXT:    %[[END:.*]] = llvm.load {{.*}} -> i32
// CHECK:         llvm.getelementptr %[[STARTS]][
// CHECK-NEXT:    %[[BEGIN:.*]] = llvm.load {{.*}} -> i32
// CHECK-NEXT:    %[[COUNT:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK:         %[[ATMOST:.*]] = arith.minsi %[[COUNT]], %c4_i32
// CHECK:         %[[TOKENS:.*]] = arith.maxsi %[[ATMOST]], %c0_i32
// CHECK:         %[[NONE:.*]] = arith.cmpi eq, %[[TOKENS]], %c0_i32
// CHECK:         %[[CONTEXT:.*]] = arith.select %[[NONE]], %c0_i32{{.*}}, %{{.*}} : i32
// A row's bound is from its own sequence's tokens.
// CHECK:         arith.subi %[[CONTEXT]], %{{.*}} : i32
func.func @ragged(%n: memref<?xi32> {pa.arg = "lens"}, %t: memref<?x?xi32>,
                  %starts: memref<?xi32> {pa.arg = "query_starts"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) query_starts(%starts : memref<?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %bounds = pa.row_bounds %item, #rows block(0) : !numbers
  }
  return
}
// One list of pages: a sequence's are from its start to the next one's, and all but the last are full.
// CHECK-LABEL: llvm.func @csr
// CHECK:         llvm.getelementptr %{{.*}}[56] :
// CHECK-NEXT:    %[[LASTLENS:.*]] = llvm.load {{.*}} -> !llvm.ptr<4>
// CHECK:         llvm.getelementptr %{{.*}}[152] :
// CHECK-NEXT:    %[[STARTS:.*]] = llvm.load {{.*}} -> !llvm.ptr<4>
// CHECK:         llvm.getelementptr %[[LASTLENS]][
// CHECK-NEXT:    %[[LAST:.*]] = llvm.load {{.*}} -> i32
// CHECK:         llvm.getelementptr %[[STARTS]][
// CHECK-NEXT:    %[[END:.*]] = llvm.load {{.*}} -> i32
// CHECK:         llvm.getelementptr %[[STARTS]][
// CHECK-NEXT:    %[[BEGIN:.*]] = llvm.load {{.*}} -> i32
// CHECK-NEXT:    %[[PAGES:.*]] = arith.subi %[[END]], %[[BEGIN]]
// CHECK:         %[[FULL:.*]] = arith.subi %[[PAGES]], %c1_i32
// CHECK:         %[[TOKENS:.*]] = arith.muli %[[FULL]], %c16_i32
// CHECK-NEXT:    %[[LENGTH:.*]] = arith.addi %[[TOKENS]], %[[LAST]]
// CHECK:         %[[MOST:.*]] = arith.muli %[[PAGES]], %c16_i32
// CHECK-NEXT:    %[[CLAMPED:.*]] = arith.minsi %[[LENGTH]], %[[MOST]]
// CHECK:         arith.maxsi %[[CLAMPED]], %c0_i32
func.func @csr(%n: memref<?xi32> {pa.arg = "lens"}, %t: memref<?xi32> {pa.arg = "pages"},
               %starts: memref<?xi32> {pa.arg = "page_starts"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?xi32>) page_starts(%starts : memref<?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
  }
  return
}
// Tiles before the window of the first of 4 tokens are left out: that one sees keys from context - 103 on.
// CHECK-LABEL: llvm.func @window
// CHECK:         %[[CONTEXT:.*]] = arith.maxsi
// CHECK:         %[[A:.*]] = arith.addi %[[CONTEXT]], %c-99_i32
// CHECK:         %[[B:.*]] = arith.subi %[[A]], %c4_i32
// CHECK:         %[[KEY:.*]] = arith.maxsi %[[B]], %c0_i32
// CHECK:         %[[TILE:.*]] = arith.divui %{{.*}}, %c32_i32
// CHECK:         arith.addi %[[TILE]], %{{.*}} : i32
// The first tile may begin before that key: entries of pages before its own are not read.
// CHECK:         %[[PAGE:.*]] = arith.divui %[[KEY]], %c16_i32
// CHECK-NEXT:    %[[ENTRY:.*]] = arith.maxsi %{{.*}}, %[[PAGE]]
// CHECK:         %[[OFFSET:.*]] = arith.muli %[[ENTRY]], %c4_i32
// CHECK-NEXT:    arith.extui %[[OFFSET]]
// CHECK:         llvm.load {{.*}} : !llvm.ptr<4> -> i32
func.func @window(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64, window = 100 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv -> !pa.page_ids<2 x 16 of 16>
  }
  return
}
// 80 rows in two shares of 48: twice as many items, and a row's place is behind its share's first.
// CHECK-LABEL: gpu.module @shares_module
// CHECK-SAME:    items_per_sequence = 16 : i64
// CHECK-LABEL: llvm.func @shares
// CHECK:         arith.divui %{{.*}}, %c16_i32
// CHECK:         %[[INDEX:.*]] = arith.remui %{{.*}}, %c16_i32
// CHECK:         %[[HEAD:.*]] = arith.divui %[[INDEX]], %c2_i32
// CHECK:         %[[SHARE:.*]] = arith.remui %[[INDEX]], %c2_i32
// CHECK:         %[[FIRST:.*]] = arith.muli %[[SHARE]], %c48_i32
// CHECK:         %[[INBLOCK:.*]] = arith.addi %{{.*}}, %c16_i32
// CHECK-NEXT:    %[[ROW:.*]] = arith.addi %[[FIRST]], %[[INBLOCK]]
// CHECK:         %[[MEMBER:.*]] = arith.remui %[[ROW]], %c20_i32
// CHECK:         %[[OFHEAD:.*]] = arith.muli %[[HEAD]], %c20_i32
// CHECK-NEXT:    arith.addi %[[OFHEAD]], %[[MEMBER]]
func.func @shares(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#shares) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %heads = pa.row_heads %item, #shares block(1) : !numbers
    %positions = pa.row_positions %item, #shares block(1) : !numbers
  }
  return
}
// CHECK-LABEL: llvm.func @arguments
// CHECK:         llvm.getelementptr %{{.*}}[232] :
// CHECK-NEXT:    llvm.load {{.*}} -> f32
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[216] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[240] :
// CHECK-NEXT:    llvm.load {{.*}} -> f32
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[252] :
// CHECK-NEXT:    llvm.load {{.*}} -> f32
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[256] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[280] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
func.func @arguments(%n: memref<?xi32> {pa.arg = "lens"}, %t: memref<?x?xi32> {pa.arg = "tables"},
                     %cap: f32 {pa.arg = "soft_cap"},
                     %slopes: memref<64xf32> {pa.arg = "alibi"}, %first: f32 {pa.arg = "score_numbers.0"},
                     %last: f32 {pa.arg = "score_numbers.3"}, %a: memref<4xf32> {pa.arg = "score_tensors.0"},
                     %b: memref<4xf32> {pa.arg = "score_tensors.3"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}
