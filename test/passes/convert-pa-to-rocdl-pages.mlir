// convert-pa-to-rocdl: pages of all sizes, and scales in pages.
// RUN: pa-opt %s --convert-pa-to-rocdl | FileCheck %s

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#codes = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
#scales = #pa.layout<lane = [4 : (0, 1), 4 : (0, 16), 4 : (0, 4)], reg = [], elem = []>
#lookup = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [], elem = []>
#lookups = #pa.layout<lane = [4 : (1, 0), 4 : (16, 0), 4 : (4, 0)], reg = [2 : (64, 0)], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
!kv8 = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 8, layout = shuffled, owner = caller>
!kv48 = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 48, layout = shuffled, owner = caller>
!kv1024 = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1024, layout = shuffled, owner = caller>
!classic8 = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 8, layout = classic, owner = caller>
!bytoken = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = shuffled, scales = token, owner = caller>
!bytoken48 = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 48, layout = shuffled, scales = token, owner = caller>
!bypage = !pa.kv_cache<i8, heads = 8, head_size = 64, page = 16, layout = nhd, scales = page, owner = caller>
!tokens = memref<?x8x16xf32, strided<[?, ?, 1]>>
!tokens48 = memref<?x8x48xf32, strided<[?, ?, 1]>>
!pages = memref<?x8xf32, strided<[?, ?]>>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// Smaller than 16 tokens: lanes of one load are in two pages, for values in four.
// CHECK-LABEL: llvm.func @page_8
// CHECK:         %[[LAST:.*]] = arith.subi %{{.*}}, %c1_i32
// CHECK-COUNT-4: arith.minsi %{{.*}}, %[[LAST]]
// CHECK:         arith.remui %[[TOKEN:.*]], %c8_i32
// CHECK:         %[[FIRST:.*]] = arith.cmpi slt, %[[TOKEN]], %c8_i32
// CHECK-NEXT:    arith.select %[[FIRST]], %{{.*}}, %{{.*}} : !llvm.ptr<1>
// 8 dims are a page of pieces of 16 bytes: 128; 32 dims 512.
// CHECK:         llvm.getelementptr %{{.*}}[512]
// CHECK:         arith.cmpi slt, %[[TOKENS:.*]], %c16_i32
// CHECK:         arith.cmpi slt, %[[TOKENS]], %c24_i32
// CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
func.func @page_8(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv8) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(8) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv8 -> !pa.page_ids<4 x 8 of 8>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv8, !pa.page_ids<4 x 8 of 8> -> !pa.tile<32x64xbf16, #k>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv8, !pa.page_ids<4 x 8 of 8> -> !pa.tile<64x32xbf16, #v>
  }
  return
}
// A tile of 32 may begin anywhere in a page of 48, and end in the next one: each 16 tokens have an id, of group / 3, and a
// place, of group % 3 times 16.
// CHECK-LABEL: llvm.func @page_48
// CHECK:         %[[GROUP0:.*]] = arith.muli %{{.*}}, %c2_i32
// CHECK:         %[[PAGE0:.*]] = arith.divui %[[GROUP0]], %c3_i32
// CHECK-NEXT:    arith.minsi %[[PAGE0]],
// CHECK:         %[[ID0:.*]] = llvm.load {{.*}} -> i32
// CHECK:         %[[IN0:.*]] = arith.remui %[[GROUP0]], %c3_i32
// CHECK:         %[[AT0:.*]] = arith.muli %[[IN0]], %c16_i32
// CHECK:         %[[GROUP1:.*]] = arith.addi %[[GROUP0]], %c1_i32
// CHECK:         arith.divui %[[GROUP1]], %c3_i32
// Keys: 16 bytes a token. 32 dims are 4 times 48 pieces.
// CHECK:         %[[BYTES0:.*]] = arith.muli %[[AT0]], %c16_i32
// CHECK-NEXT:    %[[WIDE0:.*]] = arith.extui %[[BYTES0]]
// CHECK-NEXT:    %[[START0:.*]] = llvm.getelementptr %{{.*}}[%[[WIDE0]]]
// CHECK:         llvm.getelementptr %[[START0]][
// CHECK:         llvm.getelementptr %{{.*}}[3072]
// CHECK:         llvm.load
// Values: 128 bytes a token in pieces of 8 tokens by 64 dims.
// CHECK:         arith.muli %[[AT0]], %c128_i32
func.func @page_48(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv48) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(48) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv48 -> !pa.page_ids<2 x 16 of 48>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv48, !pa.page_ids<2 x 16 of 48> -> !pa.tile<32x64xbf16, #k>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv48, !pa.page_ids<2 x 16 of 48> -> !pa.tile<64x32xbf16, #v>
  }
  return
}
// Much larger: one id for the tile. What an immediate offset cannot hold is in the uniform base: 32 dims are 64 KiB.
// CHECK-LABEL: llvm.func @page_1024
// CHECK:         arith.divui %[[TILE:.*]], %c32_i32
// CHECK:         %[[IN:.*]] = arith.remui %[[TILE]], %c32_i32
// CHECK:         %[[AT:.*]] = arith.muli %[[IN]], %c32_i32
// CHECK:         %[[BASE:.*]] = llvm.getelementptr
// CHECK:         arith.muli %[[AT]], %c16_i32
// CHECK:         %[[FAR:.*]] = llvm.getelementptr %{{.*}}[65536]
// CHECK-NEXT:    %[[LANE:.*]] = llvm.getelementptr %[[FAR]][%{{.*}}]
// CHECK-NEXT:    llvm.load %[[LANE]]
// CHECK-NOT:     arith.select {{.*}} : !llvm.ptr<1>
// CHECK:         llvm.return
func.func @page_1024(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !kv1024) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1024) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv1024 -> !pa.page_ids<1 x 32 of 1024>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !kv1024, !pa.page_ids<1 x 32 of 1024> -> !pa.tile<32x64xbf16, #k>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv1024, !pa.page_ids<1 x 32 of 1024> -> !pa.tile<64x32xbf16, #v>
  }
  return
}
// 16 tokens of a dim are a piece of 16 bytes, but two pages of 8: two loads of 8 bytes each.
// CHECK-LABEL: llvm.func @chunks
// CHECK-COUNT-8: llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<1> -> vector<2xi32>
// CHECK-NOT:     !llvm.ptr<1> -> vector
func.func @chunks(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !classic8) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(8) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !classic8 -> !pa.page_ids<8 x 8 of 8>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !classic8, !pa.page_ids<8 x 8 of 8> -> !pa.tile<64x64xi8, #codes>
  }
  return
}
// A lane's own token: its page among the tile's four, its head, and 4 bytes a token.
// CHECK-LABEL: llvm.func @scales_by_token
// CHECK:         llvm.getelementptr %{{.*}}[168] :
// CHECK-NEXT:    %[[SCALES:.*]] = llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[184] :
// CHECK-NEXT:    %[[PAGES:.*]] = llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[200] :
// CHECK-NEXT:    %[[HEADS:.*]] = llvm.load {{.*}} -> i64
// CHECK:         %[[LAST:.*]] = arith.subi %{{.*}}, %c1_i32
// CHECK:         arith.minsi %{{.*}}, %[[LAST]]
// CHECK:         %[[PAGE0:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[PAGE1:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[PAGE2:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[PAGE3:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[OFHEAD:.*]] = arith.muli %{{.*}}, %[[HEADS]] : i64
// CHECK-NEXT:    %[[ALL:.*]] = llvm.getelementptr %[[SCALES]][%[[OFHEAD]]]
// The lane's id is counted where it is needed rather than held.
// CHECK:         rocdl.mbcnt.hi
// CHECK:         %[[INPAGE:.*]] = arith.remui %[[TOKEN:.*]], %c16_i32
// CHECK:         %[[IN1:.*]] = arith.cmpi slt, %[[TOKEN]], %c16_i32
// CHECK-NEXT:    %[[TO1:.*]] = arith.select %[[IN1]], %[[PAGE0]], %[[PAGE1]] : i32
// CHECK:         %[[IN2:.*]] = arith.cmpi slt, %[[TOKEN]], %c32_i32
// CHECK-NEXT:    %[[TO2:.*]] = arith.select %[[IN2]], %[[TO1]], %[[PAGE2]] : i32
// CHECK:         %[[IN3:.*]] = arith.cmpi slt, %[[TOKEN]], %c48_i32
// CHECK-NEXT:    %[[PAGE:.*]] = arith.select %[[IN3]], %[[TO2]], %[[PAGE3]] : i32
// The page times 64 bits in two products, the upper words' modulo 2^32 and apart.
// CHECK-NEXT:    %[[WORDS:.*]] = llvm.bitcast %[[PAGES]] : i64 to vector<2xi32>
// CHECK-NEXT:    %[[LOWER:.*]] = vector.extract %[[WORDS]][0] :
// CHECK-NEXT:    %[[UPPER:.*]] = vector.extract %[[WORDS]][1] :
// CHECK-NEXT:    %[[HIGH:.*]] = arith.muli %[[PAGE]], %[[UPPER]] : i32
// CHECK-NEXT:    %[[APART:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[HIGH]] : (i32) -> i32
// CHECK-NEXT:    %[[WIDEHIGH:.*]] = arith.extui %[[APART]] : i32 to i64
// CHECK-NEXT:    %[[WIDEPAGE:.*]] = arith.extui %[[PAGE]] : i32 to i64
// CHECK-NEXT:    %[[WIDELOWER:.*]] = arith.extui %[[LOWER]] : i32 to i64
// CHECK-NEXT:    %[[LOW:.*]] = arith.muli %[[WIDEPAGE]], %[[WIDELOWER]] : i64
// CHECK-NEXT:    %[[BITS:.*]] = arith.constant 32 : i64
// CHECK-NEXT:    %[[SHIFTED:.*]] = arith.shli %[[WIDEHIGH]], %[[BITS]] : i64
// CHECK-NEXT:    %[[OFPAGE:.*]] = arith.addi %[[LOW]], %[[SHIFTED]] : i64
// CHECK:         %[[BYTES:.*]] = arith.muli %[[INPAGE]], %c4_i32
// CHECK-NEXT:    %[[WIDE:.*]] = arith.extui %[[BYTES]] : i32 to i64
// CHECK-NEXT:    %[[OFTOKEN:.*]] = arith.addi %[[OFPAGE]], %[[WIDE]] : i64
// The lane's place is added to the head's in the load only.
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[OFTOKEN]] : (i64) -> i64
// CHECK-NEXT:    %[[FROM:.*]] = llvm.getelementptr %[[ALL]][%[[PLACE]]]
// CHECK-NEXT:    llvm.load %[[FROM]] {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK-NEXT:    llvm.return
func.func @scales_by_token(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !bytoken,
                           %scales: !tokens {pa.arg = "key_scales"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !bytoken -> !pa.page_ids<4 x 16 of 16>
    %s = pa.load_scales <key> %scales, %kv, %item, %ids part(0)
      : !tokens, !bytoken, !pa.page_ids<4 x 16 of 16> -> !pa.tile<1x64xf32, #scales>
  }
  return
}
// In pages of 48 the tile's groups of 16 tokens begin anywhere: what a lane's token is behind is its group's.
// CHECK-LABEL: llvm.func @scales_page_48
// CHECK:         %[[IN0:.*]] = arith.remui %{{.*}}, %c3_i32
// CHECK:         %[[AT0:.*]] = arith.muli %[[IN0]], %c16_i32
// CHECK:         %[[IN1:.*]] = arith.remui %{{.*}}, %c3_i32
// CHECK:         %[[AT1:.*]] = arith.muli %[[IN1]], %c16_i32
// CHECK:         %[[IN2:.*]] = arith.remui %{{.*}}, %c3_i32
// CHECK:         %[[AT2:.*]] = arith.muli %[[IN2]], %c16_i32
// CHECK:         %[[IN3:.*]] = arith.remui %{{.*}}, %c3_i32
// CHECK:         %[[AT3:.*]] = arith.muli %[[IN3]], %c16_i32
// CHECK:         %[[BEHIND:.*]] = arith.remui %[[TOKEN:.*]], %c16_i32
// CHECK:         %[[FIRST:.*]] = arith.cmpi slt, %[[TOKEN]], %c16_i32
// CHECK-NEXT:    %[[TO1:.*]] = arith.select %[[FIRST]], %[[AT0]], %[[AT1]] : i32
// CHECK:         %[[SECOND:.*]] = arith.cmpi slt, %[[TOKEN]], %c32_i32
// CHECK-NEXT:    %[[TO2:.*]] = arith.select %[[SECOND]], %[[TO1]], %[[AT2]] : i32
// CHECK:         %[[THIRD:.*]] = arith.cmpi slt, %[[TOKEN]], %c48_i32
// CHECK-NEXT:    %[[START:.*]] = arith.select %[[THIRD]], %[[TO2]], %[[AT3]] : i32
// CHECK-NEXT:    %[[INPAGE:.*]] = arith.addi %[[BEHIND]], %[[START]] : i32
// The ids are chosen by the same lanes.
// CHECK-COUNT-3: arith.select {{.*}} : i32
// CHECK-NOT:     arith.select
// CHECK:         %[[BYTES:.*]] = arith.muli %[[INPAGE]], %c4_i32
// CHECK-NEXT:    %[[WIDE:.*]] = arith.extui %[[BYTES]] : i32 to i64
// CHECK-NEXT:    %[[OFTOKEN:.*]] = arith.addi %{{.*}}, %[[WIDE]] : i64
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[OFTOKEN]] : (i64) -> i64
// CHECK-NEXT:    %[[FROM:.*]] = llvm.getelementptr %{{.*}}[%[[PLACE]]]
// CHECK-NEXT:    llvm.load %[[FROM]] {alignment = 4 : i64} : !llvm.ptr<1> -> f32
func.func @scales_page_48(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !bytoken48,
                          %scales: !tokens48 {pa.arg = "key_scales"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(48) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !bytoken48 -> !pa.page_ids<4 x 16 of 48>
    %s = pa.load_scales <key> %scales, %kv, %item, %ids part(0)
      : !tokens48, !bytoken48, !pa.page_ids<4 x 16 of 48> -> !pa.tile<1x64xf32, #scales>
  }
  return
}
// One scale a page: by the place that the lane looked up, and no further.
// CHECK-LABEL: llvm.func @scales_by_page
// CHECK:         llvm.getelementptr %{{.*}}[176] :
// CHECK-NEXT:    %[[SCALES:.*]] = llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %{{.*}}[192] :
// CHECK-NEXT:    %[[PAGES:.*]] = llvm.load {{.*}} -> i64
// CHECK:         llvm.getelementptr %{{.*}}[208] :
// CHECK-NEXT:    %[[HEADS:.*]] = llvm.load {{.*}} -> i64
// CHECK:         rocdl.mbcnt.hi
// CHECK:         %[[ID:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[OFHEAD:.*]] = arith.muli %{{.*}}, %[[HEADS]] : i64
// CHECK-NEXT:    %[[ALL:.*]] = llvm.getelementptr %[[SCALES]][%[[OFHEAD]]]
// CHECK-NEXT:    %[[WORDS:.*]] = llvm.bitcast %[[PAGES]] : i64 to vector<2xi32>
// CHECK-NEXT:    %[[LOWER:.*]] = vector.extract %[[WORDS]][0] :
// CHECK-NEXT:    %[[UPPER:.*]] = vector.extract %[[WORDS]][1] :
// CHECK-NEXT:    %[[HIGH:.*]] = arith.muli %[[ID]], %[[UPPER]] : i32
// CHECK-NEXT:    %[[APART:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[HIGH]] : (i32) -> i32
// CHECK-NEXT:    %[[WIDEHIGH:.*]] = arith.extui %[[APART]] : i32 to i64
// CHECK-NEXT:    %[[WIDE:.*]] = arith.extui %[[ID]] : i32 to i64
// CHECK-NEXT:    %[[WIDELOWER:.*]] = arith.extui %[[LOWER]] : i32 to i64
// CHECK-NEXT:    %[[LOW:.*]] = arith.muli %[[WIDE]], %[[WIDELOWER]] : i64
// CHECK-NEXT:    %[[BITS:.*]] = arith.constant 32 : i64
// CHECK-NEXT:    %[[SHIFTED:.*]] = arith.shli %[[WIDEHIGH]], %[[BITS]] : i64
// CHECK-NEXT:    %[[OFPAGE:.*]] = arith.addi %[[LOW]], %[[SHIFTED]] : i64
// CHECK-NEXT:    %[[BYTES:.*]] = llvm.inline_asm has_side_effects "", "=v,0" %[[OFPAGE]] : (i64) -> i64
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.getelementptr %[[ALL]][%[[BYTES]]]
// CHECK-NEXT:    llvm.load %[[PLACE]] {alignment = 4 : i64} : !llvm.ptr<1> -> f32
// CHECK-NEXT:    llvm.return
func.func @scales_by_page(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !bypage,
                          %scales: !pages {pa.arg = "value_scales"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first for <key>
      : memref<?x?xi32>, !bypage -> !pa.page_ids<64 x 1 of 16, #lookup>
    %s = pa.load_scales <value> %scales, %kv, %item, %ids part(0)
      : !pages, !bypage, !pa.page_ids<64 x 1 of 16, #lookup> -> !pa.tile<1x64xf32, #scales>
  }
  return
}
// A tile of 128 tokens: each lane looks up two, 64 apart, and the second part is found by the second one.
// CHECK-LABEL: llvm.func @two_places
// CHECK:         %[[TILE:.*]] = arith.muli %{{.*}}, %c128_i32
// CHECK-NEXT:    %[[TOKEN:.*]] = arith.addi %[[TILE]], %{{.*}} : i32
// CHECK:         %[[ID0:.*]] = llvm.load %{{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[NEXT:.*]] = arith.addi %[[TOKEN]], %c64_i32
// CHECK:         arith.minsi %[[NEXT]], %{{.*}} : i32
// CHECK:         %[[ID1:.*]] = llvm.load %{{.*}} : !llvm.ptr<4> -> i32
// CHECK:         arith.muli %[[ID1]], %{{.*}} : i32
// CHECK-NOT:     %[[ID0]],
// CHECK:         llvm.return
func.func @two_places(%n: memref<?xi32>, %t: memref<?x?xi32>, %kv: !bypage, %scales: !pages {pa.arg = "value_scales"}) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 128 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first for <key>
      : memref<?x?xi32>, !bypage -> !pa.page_ids<128 x 1 of 16, #lookups>
    %s = pa.load_scales <value> %scales, %kv, %item, %ids part(1)
      : !pages, !bypage, !pa.page_ids<128 x 1 of 16, #lookups> -> !pa.tile<1x64xf32, #scales>
  }
  return
}
}
