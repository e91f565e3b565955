// convert-pa-to-rocdl: tile level to hardware level. The chips are invented: no fact comes from anywhere but #pa.target.
// RUN: pa-opt %s --convert-pa-to-rocdl -split-input-file | FileCheck %s

// The frame: one kernel a function in a gpu.module of its own, with the argument block as its only argument and no hidden
// ones; what a function takes is loaded from its place in the block (runtime/include/pa/abi.h).
// CHECK-LABEL: gpu.module @frame_module [#rocdl.target<O = 3, chip = "gfx0">]
// CHECK-SAME:  pa.launch = {block = 128 : i64, grid = "items", items_per_sequence = 8 : i64, slot_bytes = 0 : i64, split = "none", split_tokens = 0 : i64, tile_tokens = 32 : i64, workgroups_per_cu = 1 : i64}
// CHECK-LABEL: llvm.func @frame
// CHECK-SAME:  (%[[ARGS:.*]]: !llvm.ptr<4> {llvm.align = 8 : i64, llvm.byref = !llvm.array<288 x i8>, llvm.noalias})
// CHECK-SAME:  passthrough = {{\[\[}}"amdgpu-implicitarg-num-bytes", "0"]]
// CHECK-SAME:  rocdl.flat_work_group_size = "128,128"
// CHECK-SAME:  rocdl.kernel
// CHECK-SAME:  rocdl.reqd_work_group_size = array<i32: 128, 1, 1>
// CHECK:         %[[THREAD:.*]] = rocdl.workitem.id.x range <i32, 0, 128> : i32
// CHECK:         %[[LANE:.*]] = arith.andi %[[THREAD]], %c63_i32
// CHECK:         %[[OFWAVE:.*]] = arith.divui %[[THREAD]], %c64_i32
// CHECK-NEXT:    rocdl.readfirstlane %[[OFWAVE]]
// CHECK-NEXT:    %[[GROUP:.*]] = rocdl.workgroup.id.x : i32
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][8] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][72] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// keys: pointer, and the strides of pages, heads and tokens; then values
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][16] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][88] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][104] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][136] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][24] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<1>
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][96] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][112] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][144] :
// CHECK-NEXT:    llvm.load {{.*}} -> i64
// softmax scale
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][132] :
// CHECK-NEXT:    llvm.load {{.*}} -> f32
// tables and lengths are constant memory: scalar loads
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][48] :
// CHECK-NEXT:    llvm.load {{.*}} -> !llvm.ptr<4>
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][124] :
// CHECK-NEXT:    %[[WIDTH:.*]] = llvm.load {{.*}} -> i32
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][56] :
// CHECK-NEXT:    %[[LENS:.*]] = llvm.load {{.*}} -> !llvm.ptr<4>
// CHECK-NEXT:    llvm.getelementptr %[[ARGS]][120] :
// CHECK-NEXT:    llvm.load {{.*}} -> i32
// Item by item: workgroup = sequence * heads + head; a context is clamped to its row of the table, and to at least 0.
// CHECK:         %[[SEQ:.*]] = arith.divui %[[GROUP]], %c8_i32
// CHECK:         arith.remui %[[GROUP]], %c8_i32
// CHECK:         llvm.getelementptr %[[LENS]][
// CHECK-NEXT:    %[[LEN:.*]] = llvm.load
// CHECK:         %[[MOST:.*]] = arith.muli %[[WIDTH]], %c16_i32
// CHECK-NEXT:    %[[CLAMPED:.*]] = arith.minsi %[[LEN]], %[[MOST]]
// CHECK:         arith.maxsi %[[CLAMPED]], %c0_i32
// CHECK:         rocdl.sched.barrier 0
// CHECK:         llvm.return
// CHECK-NOT:     pa.{{items|pin}}
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @frame(%q: memref<?x64x64xbf16>, %kv: !kv, %scale: f32, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

// A balanced schedule: the share of a workgroup is found on the device, at least min_share_tokens / tile = 16 tiles.
// CHECK-LABEL: gpu.module @balanced_module
// CHECK-SAME:  grid = "persistent"
// CHECK-LABEL: llvm.func @balanced
// CHECK-SAME:    (%[[ARGS:[a-z0-9]+]]:
// CHECK:         %[[GROUP:.*]] = rocdl.workgroup.id.x : i32
// CHECK:         llvm.getelementptr %[[ARGS]][128] :
// CHECK-NEXT:    %[[GROUPS:.*]] = llvm.load
// CHECK:         %[[TILES:.*]] = scf.for
// CHECK:         %[[TOTAL:.*]] = arith.muli %[[TILES]], %c8_i32
// CHECK-NEXT:    %[[EVEN:.*]] = arith.ceildivui %[[TOTAL]], %[[GROUPS]]
// CHECK:         %[[SHARE:.*]] = arith.maxsi %[[EVEN]], %c16_i32
// CHECK-NEXT:    %[[BEGIN:.*]] = arith.muli %[[GROUP]], %[[SHARE]]
// CHECK-NEXT:    %[[FULL:.*]] = arith.addi %[[BEGIN]], %[[SHARE]]
// CHECK-NEXT:    %[[END:.*]] = arith.minsi %[[FULL]], %[[TOTAL]]
// CHECK:         scf.while (%[[AT:.*]] = %[[BEGIN]],
// CHECK-NEXT:      arith.cmpi slt, %[[AT]], %[[END]]
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @balanced(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <balanced> {min_share_tokens = 512 : i64, tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

// A fixed one: 256 tokens are 8 tiles of 32, and as many times that as make at most 32 parts, 256 tiles of the context.
// CHECK-LABEL: gpu.module @fixed_module
// CHECK-SAME:  grid = "persistent"
// CHECK-SAME:  split = "fixed", split_tokens = 256 : i64
// CHECK-LABEL: llvm.func @fixed
// CHECK:         scf.for
// CHECK:           %[[TIMES:.*]] = arith.ceildivui %[[TILES:.*]], %c256_i32
// CHECK:           %[[PART:.*]] = arith.muli %[[TIMES]], %c8_i32
// CHECK-NEXT:      arith.ceildivui %[[TILES]], %[[PART]]
// CHECK:         scf.while
// CHECK:         scf.while
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @fixed(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <fixed> {part_tokens = 256 : i64, tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    pa.pin
  }
  return
}
}

// -----

// Tiles go round the waves, and as many as reach the context; rows see what their query token sees.
// CHECK-LABEL: llvm.func @tiles_and_bounds
// CHECK:         %[[WAVE:.*]] = rocdl.readfirstlane
// The item's first row is its share times 16, here of a single share.
// CHECK:         %[[FIRSTROW:.*]] = arith.muli %c0_i32{{.*}}, %c16_i32
// CHECK:         %[[CONTEXT:.*]] = arith.maxsi
// CHECK-NEXT:    %[[TOKENS:.*]] = arith.constant 3 : i32
// CHECK:         %[[END:.*]] = arith.divui %{{.*}}, %c32_i32
// CHECK:         %[[FIRST:.*]] = arith.addi %{{.*}}, %[[WAVE]]
// CHECK-NEXT:    %[[LEFT:.*]] = arith.subi %[[END]], %[[FIRST]]
// CHECK:         %[[SOME:.*]] = arith.maxsi %[[LEFT]], %c0_i32
// CHECK:         %[[UP:.*]] = arith.addi %[[SOME]], %c1_i32
// CHECK:         arith.divui %[[UP]], %c2_i32
// Row r is of query token r / 5, an empty row as the last of the 3. It sees the context - 3 + token keys before its own,
// and that.
// CHECK:         %[[COLUMN:.*]] = arith.remui %{{.*}}, %c16_i32
// CHECK-NEXT:    %[[ROW:.*]] = arith.addi %[[FIRSTROW]], %[[COLUMN]]
// CHECK:         %[[OF:.*]] = arith.divui %[[ROW]], %c5_i32
// CHECK:         %[[LAST:.*]] = arith.subi %[[TOKENS]], %c1_i32
// CHECK-NEXT:    %[[TOKEN:.*]] = arith.minsi %[[OF]], %[[LAST]]
// CHECK-NEXT:    %[[BEFORE:.*]] = arith.subi %[[CONTEXT]], %[[TOKENS]]
// CHECK-NEXT:    %[[OWN:.*]] = arith.addi %[[BEFORE]], %[[TOKEN]]
// CHECK:         arith.addi %[[OWN]], %c1_i32
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows2 = #pa.rows<group = 5, query_tokens = 3, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @tiles_and_bounds(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows2) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %bounds = pa.row_bounds %item, #rows2 block(0) : !pa.tile<1x16xi32, #row>
  }
  return
}
}

// -----

// Pieces of pages. Ids by scalar loads, of the last page in use if there are no more; page addresses are 64 bit.
// CHECK-LABEL: llvm.func @shuffled
// CHECK:         %[[LAST:.*]] = arith.subi %{{.*}}, %c1_i32
// CHECK:         %[[AT:.*]] = arith.minsi %{{.*}}, %[[LAST]]
// CHECK:         %[[ID0:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         arith.minsi %{{.*}}, %[[LAST]]
// CHECK:         %[[ID1:.*]] = llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK-NOT:     llvm.load {{.*}} : !llvm.ptr<4> -> i32
// CHECK:         %[[WIDE0:.*]] = arith.extui %[[ID0]] : i32 to i64
// CHECK-NEXT:    %[[FAR0:.*]] = arith.muli %[[WIDE0]], %{{.*}} : i64
// CHECK:         %[[WIDE1:.*]] = arith.extui %[[ID1]] : i32 to i64
// Keys: 16 tokens side by side, 16 bytes each; the next 8 dims a page of 16-byte pieces on, 32 dims 4 of those. The second
// 16 tokens are the second page.
// CHECK-COUNT-4: llvm.load %{{.*}} {alignment = 16 : i64, nontemporal} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK-NOT:     nontemporal
// Values: 8 tokens of a dim are a piece; lane groups 0 and 1 are in the first page, 2 and 3 in the second.
// CHECK:         %[[FIRST:.*]] = arith.cmpi slt, %{{.*}}, %c16_i32
// CHECK-NEXT:    arith.select %[[FIRST]], %{{.*}}, %{{.*}} : !llvm.ptr<1>
// CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK:         llvm.getelementptr %{{.*}}[256]
// CHECK-NEXT:    llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK:         llvm.getelementptr %{{.*}}[512]
// CHECK:         llvm.getelementptr %{{.*}}[768]
// CHECK-LABEL: llvm.func @classic
// A dim's tokens are side by side: 32 bytes from one dim to the next, 512 from one 16 dims to the next.
// CHECK:         llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK:         llvm.getelementptr %{{.*}}[512]
// CHECK:         llvm.getelementptr %{{.*}}[1024]
// CHECK:         llvm.getelementptr %{{.*}}[1536]
// CHECK-NEXT:    llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
!kv = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = shuffled, owner = caller>
!classic = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 16, layout = classic, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @shuffled(%kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !kv -> !pa.page_ids<2 x 16 of 16>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) {nontemporal} : !kv, !pa.page_ids<2 x 16 of 16> -> !pa.tile<32x64xbf16, #k>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !kv, !pa.page_ids<2 x 16 of 16> -> !pa.tile<64x32xbf16, #v>
  }
  return
}
func.func @classic(%kv: !classic, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %ids = pa.page_ids %t, %kv, %item, %first : memref<?x?xi32>, !classic -> !pa.page_ids<2 x 16 of 16>
    %v = pa.load_kv <value> %kv, %item, %ids part(0) : !classic, !pa.page_ids<2 x 16 of 16> -> !pa.tile<64x32xbf16, #v>
  }
  return
}
}

// -----

// Whole rows: each lane looks up one token, a token past the end as the last one; the 16 lanes that load a token get its
// place by a broadcast (DPP row_newbcast, 0x150 = 336 and up).
// CHECK-LABEL: llvm.func @rows_of_pages
// CHECK:         %[[CONTEXT:.*]] = arith.maxsi
// CHECK:         %[[LAST:.*]] = arith.subi %[[CONTEXT]], %c1_i32
// CHECK-NEXT:    arith.minsi %{{.*}}, %[[LAST]]
// CHECK:         %[[ID:.*]] = llvm.load {{.*}} -> i32
// Waited for here:
// CHECK:         llvm.inline_asm has_side_effects "", "={{[sv]}},0" %[[ID]]
// CHECK:         rocdl.update.dpp {{.*}} with 336,
// CHECK-COUNT-4: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK-NOT:     llvm.load
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#lookup = #pa.layout<lane = [2 : (1, 0), 4 : (8, 0), 2 : (32, 0), 4 : (2, 0)], reg = [], elem = []>
!nhd = !pa.kv_cache<bf16, heads = 8, head_size = 64, page = 1, layout = nhd, owner = caller>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @rows_of_pages(%kv: !nhd, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(1)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %first, %count = pa.wave_tiles %item step(2)
    %asked = pa.page_ids %t, %kv, %item, %first for <key> : memref<?x?xi32>, !nhd -> !pa.page_ids<64 x 1 of 1, #lookup>
    %ids = pa.await %asked : !pa.page_ids<64 x 1 of 1, #lookup>
    %k = pa.load_kv <key> %kv, %item, %ids part(0) : !nhd, !pa.page_ids<64 x 1 of 1, #lookup> -> !pa.tile<32x64xbf16, #keyrows>
  }
  return
}
}

// -----

// Through LDS: the wave's own buffer, its pieces swizzled by the token, no barrier. The space is stages x 16 rows x 128 bytes
// a wave.
// CHECK-LABEL: llvm.func @staged
// CHECK-COUNT-2: llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<3>
// CHECK-NOT:     llvm.store
// CHECK-NOT:     rocdl.s.barrier
// CHECK-COUNT-2: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<3> -> vector<8xbf16>
// CHECK-NOT:     llvm.load
// CHECK:       llvm.mlir.global internal @staged_lds() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<8192 x i8>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @staged(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %rows = pa.fill 0.0 : !pa.tile<32x64xbf16, #keyrows>
    pa.stage_write %rows block(1) stage(1) : !pa.tile<32x64xbf16, #keyrows>
    %k = pa.stage_read stage(1) : !pa.tile<16x64xbf16, #q>
    %both = pa.concat %k, %k : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #k>
  }
  return
}
}

// -----

// Products: a register of 8 elements is two steps of an instruction with 16 columns, one of 32.
// CHECK-LABEL: llvm.func @narrow
// CHECK:         %[[A0:.*]] = rocdl.mfma.f32.16x16x16bf16.1k %{{.*}}, %{{.*}}, %[[ZERO:.*]], %c0{{.*}}, %c0{{.*}}, %c0{{.*}} : (vector<4xi16>, vector<4xi16>, vector<4xf32>, i32, i32, i32) -> vector<4xf32>
// CHECK:         %[[A1:.*]] = rocdl.mfma.f32.16x16x16bf16.1k %{{.*}}, %{{.*}}, %[[A0]],
// CHECK:         %[[A2:.*]] = rocdl.mfma.f32.16x16x16bf16.1k %{{.*}}, %{{.*}}, %[[A1]],
// CHECK:         rocdl.mfma.f32.16x16x16bf16.1k %{{.*}}, %{{.*}}, %[[A2]],
// The second 16 rows start anew.
// CHECK:         rocdl.mfma.f32.16x16x16bf16.1k %{{.*}}, %{{.*}}, %[[ZERO]],
// CHECK-COUNT-3: rocdl.mfma.f32.16x16x16bf16.1k
// CHECK-NOT:     rocdl.mfma
// CHECK-LABEL: llvm.func @wide
// CHECK:         %[[A0:.*]] = rocdl.mfma.f32.16x16x32.f16 %{{.*}}, %{{.*}}, %[[ZERO:.*]], %c0{{.*}}, %c0{{.*}}, %c0{{.*}} : (vector<8xf16>, vector<8xf16>, vector<4xf32>, i32, i32, i32) -> vector<4xf32>
// CHECK:         rocdl.mfma.f32.16x16x32.f16 %{{.*}}, %{{.*}}, %[[A0]],
// CHECK:         rocdl.mfma.f32.16x16x32.f16 %{{.*}}, %{{.*}}, %[[ZERO]],
// CHECK-COUNT-1: rocdl.mfma.f32.16x16x32.f16
// CHECK-NOT:     rocdl.mfma
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
#wide = #pa.mfma<m = 16, n = 16, k = 32, type = f16, intrinsic = "rocdl.mfma.f32.16x16x32.f16">
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @narrow(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %k = pa.fill 1.0 : !pa.tile<32x64xbf16, #k>
    %q = pa.fill 1.0 : !pa.tile<16x64xbf16, #q>
    %zero = pa.fill 0.0 : !pa.tile<32x16xf32, #s>
    %s = pa.dot %k, %q, %zero, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  }
  return
}
func.func @wide(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %k = pa.fill 1.0 : !pa.tile<32x64xf16, #k>
    %q = pa.fill 1.0 : !pa.tile<16x64xf16, #q>
    %zero = pa.fill 0.0 : !pa.tile<32x16xf32, #s>
    %s = pa.dot %k, %q, %zero, #wide : !pa.tile<32x64xf16, #k>, !pa.tile<16x64xf16, #q>, !pa.tile<32x16xf32, #s>
  }
  return
}
}

// -----

// Masks and softmax on a chip without lane swaps and without a conversion of pairs: the maximum of four lanes by
// ds_bpermute, bf16 by addition and v_perm_b32, P through the wave's exchange buffer.
// CHECK-LABEL: llvm.func @plain_chip
// CHECK:         %[[INF:.*]] = arith.constant 0xFF800000 : f32
// CHECK:         %[[SEES0:.*]] = arith.cmpi slt, %c0{{.*}}, %[[LEFT:.*]] : i32
// CHECK:         arith.select %[[SEES0]], %{{.*}}, %[[INF]] : f32
// CHECK:         %[[LATER:.*]] = llvm.inline_asm has_side_effects "", "=v,0,v" %[[LEFT]], %{{.*}}
// CHECK:         arith.cmpi slt, %c19{{.*}}, %[[LATER]]
// A scale of 0 times minus infinity is NaN: the smallest normal number instead.
// CHECK:         %[[SCALE:.*]] = arith.maxnumf %{{.*}}, %cst{{.*}} : f32
// CHECK-NOT:     ninf
// CHECK-COUNT-2: rocdl.ds_bpermute
// CHECK:         %[[LARGEST:.*]] = arith.maxnumf
// CHECK:         %[[SCALED:.*]] = arith.mulf %[[LARGEST]], %[[SCALE]] : f32
// CHECK-NEXT:    %[[NEXT:.*]] = arith.maxnumf %{{.*}}, %[[SCALED]]
// CHECK:         %[[C:.*]] = rocdl.exp2
// CHECK:         %[[MINUS:.*]] = arith.negf %[[NEXT]] : f32
// CHECK:         math.fma %{{.*}}, %[[SCALE]], %[[MINUS]] : f32
// CHECK-NEXT:    rocdl.exp2
// CHECK-COUNT-7: rocdl.exp2
// CHECK-NOT:     rocdl.exp2
// CHECK-COUNT-4: llvm.call_intrinsic "llvm.amdgcn.perm"
// CHECK-NOT:     arith.truncf
// CHECK-COUNT-2: llvm.store %{{.*}}, %{{.*}} {alignment = 8 : i64} : vector<2xi32>, !llvm.ptr<3>
// CHECK-NOT:     rocdl.s.barrier
// CHECK-COUNT-2: llvm.load %{{.*}} {alignment = 8 : i64} : !llvm.ptr<3> -> vector<2xi32>
// CHECK:         %[[CS:.*]] = vector.broadcast %[[C]] : f32 to vector<4xf32>
// CHECK-NEXT:    arith.mulf %{{.*}}, %[[CS]] : vector<4xf32>
// CHECK:       llvm.mlir.global internal @plain_chip_lds() {{.*}} : !llvm.array<2048 x i8>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @plain_chip(%scale: f32, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %bounds = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xi32, #row>
    %s = pa.fill 0.0 : !pa.tile<32x16xf32, #s>
    %m = pa.fill 0.0 : !pa.tile<1x16xf32, #row>
    %first, %count = pa.wave_tiles %item step(2)
    %masked = pa.mask_scores %s, %bounds, %first part(0) of(32) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
    %p, %next, %c = pa.softmax_step %m, %scale, %masked
      : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #p>)
    %r = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>
    %b = pa.convert_layout %r : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #b>
    %o = pa.fill 1.0 : !pa.tile<16x16xf32, #l>
    %o1 = pa.rescale %o, %c : !pa.tile<16x16xf32, #l>, !pa.tile<1x16xf32, #row>
  }
  return
}
}

// -----

// The same on a chip with both, and no LDS at all.
// CHECK-LABEL: llvm.func @better_chip
// CHECK:         rocdl.permlane16.swap
// CHECK:         rocdl.permlane32.swap
// CHECK-NOT:     ds_bpermute
// CHECK-NOT:     llvm.amdgcn.perm
// CHECK-COUNT-2: arith.truncf %{{.*}} : vector<4xf32> to vector<4xbf16>
// Two words of P: both swaps for each.
// CHECK:         rocdl.permlane32.swap
// CHECK:         rocdl.permlane16.swap
// CHECK:         rocdl.permlane32.swap
// CHECK:         rocdl.permlane16.swap
// CHECK:       llvm.mlir.global internal @better_chip_lds() {{.*}} : !llvm.array<0 x i8>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = true, packed_bf16_convert = true, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @better_chip(%scale: f32, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %bounds = pa.row_bounds %item, #rows block(0) : !pa.tile<1x16xi32, #row>
    %s = pa.fill 0.0 : !pa.tile<32x16xf32, #s>
    %m = pa.fill 0.0 : !pa.tile<1x16xf32, #row>
    %first, %count = pa.wave_tiles %item step(2)
    %masked = pa.mask_scores %s, %bounds, %first part(0) of(32) : !pa.tile<32x16xf32, #s>, !pa.tile<1x16xi32, #row>
    %p, %next, %c = pa.softmax_step %m, %scale, %masked
      : !pa.tile<1x16xf32, #row>, (!pa.tile<32x16xf32, #s>) -> (!pa.tile<16x32xf32, #p>)
    %r = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>
    %b = pa.convert_layout %r : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #b>
    %o = pa.fill 1.0 : !pa.tile<16x16xf32, #l>
    %o1 = pa.rescale %o, %c : !pa.tile<16x16xf32, #l>, !pa.tile<1x16xf32, #row>
  }
  return
}
}

// -----

// P in two terms: the second is the rounded rest. Values of whole rows are transposed in the lane: a swap of halves with the
// lane 8 away (DPP row_ror:8, 0x128 = 296), then v_perm_b32. P's new layout only renames registers.
// CHECK-LABEL: llvm.func @in_the_lane
// CHECK:         %[[HIGH:.*]] = llvm.bitcast %{{.*}} : vector<2xi32> to vector<4xbf16>
// CHECK:         %[[EXACT:.*]] = arith.extf %[[HIGH]] : vector<4xbf16> to vector<4xf32>
// CHECK-NEXT:    arith.subf %{{.*}}, %[[EXACT]] : vector<4xf32>
// CHECK:         rocdl.update.dpp {{.*}} with 296,
// CHECK:         llvm.call_intrinsic "llvm.amdgcn.perm"
// CHECK-NOT:     !llvm.ptr<3>
// CHECK:         llvm.return
#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#w = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 2 : (0, 16)]>
#vrows = #pa.layout<lane = [8 : (8, 0), 2 : (0, 1), 4 : (0, 4)], reg = [2 : (0, 2), 2 : (0, 16)], elem = [8 : (1, 0)]>
#voperand = #pa.layout<lane = [8 : (8, 0), 2 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 2 : (0, 16)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @in_the_lane(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 1.0 : !pa.tile<16x32xf32, #p>
    %r:2 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>
    %w = pa.convert_layout %r#0 : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xbf16, #w>
    %v = pa.fill 1.0 : !pa.tile<64x32xbf16, #vrows>
    %first, %count = pa.wave_tiles %item step(2)
    %z = pa.zero_past_end %v, %item, %first part(0) of(32) : !pa.tile<64x32xbf16, #vrows>
    %operand = pa.convert_layout %z : !pa.tile<64x32xbf16, #vrows> -> !pa.tile<64x32xbf16, #voperand>
  }
  return
}
}

// -----

// Queries: rows that are not used are zeros and not read, and a negative scale turns their signs.
// CHECK-LABEL: llvm.func @query
// CHECK:         %[[TOKENS:.*]] = arith.constant 3 : i32
// CHECK:         %[[ROWS:.*]] = arith.muli %[[TOKENS]], %c5_i32
// CHECK-NEXT:    %[[USED:.*]] = arith.cmpi slt, %{{.*}}, %[[ROWS]]
// CHECK:         %[[LOADED:.*]]:2 = scf.if %[[USED]] -> (vector<8xbf16>, vector<8xbf16>) {
// CHECK-COUNT-2:   llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<8xbf16>
// CHECK:         } else {
// CHECK:           %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xbf16>
// CHECK-NEXT:      scf.yield %[[ZERO]], %[[ZERO]]
// CHECK:         %[[NEGATIVE:.*]] = arith.cmpf olt, %{{.*}}, %cst{{.*}} : f32
// CHECK:         arith.select %[[NEGATIVE]], %c-2147450880_i32, %c0_i32
// CHECK-COUNT-8: arith.xori
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#rows2 = #pa.rows<group = 5, query_tokens = 3, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @query(%q: memref<?x40x64xbf16>, %scale: f32, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows2) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %rows = pa.load_query %q, %item, %scale, #rows2 block(0) : memref<?x40x64xbf16> -> !pa.tile<16x64xbf16, #q>
  }
  return
}
}

// -----

// The waves' results: 4 waves in 2 rounds, half of them giving through LDS each time; then the first wave stores.
// CHECK-LABEL: llvm.func @waves
// CHECK-COUNT-4: rocdl.s.barrier
// CHECK-NOT:     rocdl.s.barrier
// CHECK-NOT:     llvm.atomicrmw
// CHECK:         %[[FIRSTWAVE:.*]] = arith.cmpi eq, %{{.*}}, %c0_i32
// CHECK-NEXT:    scf.if %[[FIRSTWAVE]] {
// A row that saw no key has sum 0: zeros, not NaN.
// CHECK:           %[[INVERSE:.*]] = rocdl.rcp %[[SUM:.*]] f32 -> f32
// CHECK:           %[[EMPTY:.*]] = arith.cmpf oeq, %[[SUM]],
// CHECK:           arith.select %[[EMPTY]], %{{.*}}, %[[INVERSE]] : f32
// CHECK-COUNT-4:   llvm.store %{{.*}}, %{{.*}} {alignment = 8 : i64} : vector<4xbf16>, !llvm.ptr<1>
// LSE by the first lane group: ln 2 * (max + log2(sum)).
// CHECK:           llvm.intr.log2(%[[SUM]])
// CHECK-NEXT:      arith.addf
// CHECK:           arith.mulf
// CHECK:           llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr<1>
// CHECK-NOT:     llvm.store
// CHECK:       llvm.mlir.global internal @waves_lds() {{.*}} : !llvm.array<9216 x i8>
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 4, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @waves(%out: memref<?x64x64xbf16>, %lse: memref<?x64xf32>, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %o = pa.fill 0.0 : !pa.tile<64x16xf32, #o>
    %m = pa.fill 0.0 : !pa.tile<1x16xf32, #row>
    %l = pa.fill 1.0 : !pa.tile<16x16xf32, #l>
    pa.merge scope <workgroup> item(%item) (%o, %m, %l) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l> {
    ^bb0(%values: !pa.tile<64x16xf32, #o>, %max: !pa.tile<1x16xf32, #row>, %sum: !pa.tile<16x16xf32, #l>):
      pa.store_output %values, %max, %sum, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) lse(%lse : memref<?x64xf32>)
        : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
    }
  }
  return
}
}

// -----

// Workgroups that share an item: each leaves its part in the workspace, at agent scope since XCDs' L2s are not coherent, and
// the last to arrive merges them. The counter wraps to 0 for the next launch. An item that is not shared is stored at once.
// CHECK-LABEL: gpu.module @workgroups_module
// CHECK-SAME:  slot_bytes = 4608 : i64
// CHECK-LABEL: llvm.func @workgroups
// CHECK:         %[[ALONE:.*]] = arith.cmpi eq, %{{.*}}, %c1_i32
// CHECK-NEXT:    scf.if %[[ALONE]] {
// CHECK:           rocdl.rcp
// CHECK:         } else {
// CHECK:           llvm.getelementptr %{{.*}}[64] :
// CHECK-COUNT-4:   llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
// CHECK-COUNT-2:   llvm.store %{{.*}}, %{{.*}} {alignment = 4 : i64} : f32, !llvm.ptr<1>
// CHECK:           llvm.fence syncscope("agent") release
// CHECK:           rocdl.s.barrier
// CHECK:           llvm.atomicrmw uinc_wrap %{{.*}}, %{{.*}} syncscope("agent") monotonic : !llvm.ptr<1>, i32
// CHECK:           rocdl.s.barrier
// CHECK:           %[[ISLAST:.*]] = arith.cmpi eq
// CHECK-NEXT:      scf.if %[[ISLAST]] {
// CHECK:             llvm.fence syncscope("agent") acquire
// CHECK:             scf.for
// CHECK:             rocdl.rcp
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [], elem = [4 : (1, 0)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @workgroups(%out: memref<?x64x64xbf16>, %lse: memref<?x64xf32>, %t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(#rows) schedule <balanced> {min_share_tokens = 512 : i64, tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %o = pa.fill 0.0 : !pa.tile<64x16xf32, #o>
    %m = pa.fill 0.0 : !pa.tile<1x16xf32, #row>
    %l = pa.fill 1.0 : !pa.tile<16x16xf32, #l>
    pa.merge scope <launch> item(%item) (%o, %m, %l) : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l> {
    ^bb0(%values: !pa.tile<64x16xf32, #o>, %max: !pa.tile<1x16xf32, #row>, %sum: !pa.tile<16x16xf32, #l>):
      pa.store_output %values, %max, %sum, %item, #rows block(0) out(%out : memref<?x64x64xbf16>) lse(%lse : memref<?x64xf32>)
        : !pa.tile<64x16xf32, #o>, !pa.tile<1x16xf32, #row>, !pa.tile<16x16xf32, #l>
    }
  }
  return
}
}

// -----

// Shared tiles: two waves take turns at writing, a barrier, and reads that LLVM cannot bring together. The tiles stand behind
// the waves' own space, here 2 x 4 KiB for what is relayed.
// CHECK-LABEL: llvm.func @through_lds
// CHECK:         scf.if
// CHECK-COUNT-2:   llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<3>
// CHECK:         scf.if
// CHECK-COUNT-2:   llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<3>
// CHECK:         rocdl.s.barrier
// CHECK:         llvm.inline_asm has_side_effects "", "=v,0"
// CHECK-COUNT-2: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<3> -> vector<8xbf16>
// The relay: each lane writes its registers and reads them back, by another name for the place.
// CHECK-COUNT-4: llvm.store %{{.*}}, %{{.*}} {alignment = 16 : i64} : vector<8xbf16>, !llvm.ptr<3>
// CHECK:         llvm.inline_asm has_side_effects "", "=v,0"
// CHECK-COUNT-4: llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<3> -> vector<8xbf16>
// CHECK-NOT:     rocdl.s.barrier
// CHECK:         rocdl.ballot
// CHECK:         arith.cmpi ne, %{{.*}}, %{{.*}} : i64
// CHECK:       llvm.mlir.global internal @through_lds_lds() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<12288 x i8>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#v = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [4 : (16, 0)], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
func.func @through_lds(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 32 : i64} do {
  ^bb0(%item: !pa.item):
    %q = pa.fill 0.0 : !pa.tile<16x64xbf16, #q>
    %s:2 = pa.share %q, %q : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q>
    %again = pa.load_shared %s#1 : !pa.shared<!pa.tile<16x64xbf16, #q>>
    %v = pa.fill 0.0 : !pa.tile<64x32xbf16, #v>
    %there = pa.relay %v : !pa.tile<64x32xbf16, #v>
    %c = pa.fill 1.0 : !pa.tile<1x16xf32, #row>
    %grew = pa.max_grew %c : !pa.tile<1x16xf32, #row>
    scf.if %grew {
      pa.pin
    }
  }
  return
}
}
