// convert-pa-to-rocdl: layouts of a cache of 8 bits, where a lane has 16 tokens of a piece.
// RUN: sed s/SWAP/true/ %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,SWAPS
// RUN: sed s/SWAP/false/ %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,LDS

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#vrows = #pa.layout<lane = [4 : (16, 0), 4 : (0, 1), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [16 : (1, 0)]>
#voperand = #pa.layout<lane = [4
  : (16, 0), 4 : (4, 0), 4 : (0, 4)], reg = [4 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = SWAP, packed_bf16_convert = false, fp8 = f8E4M3FN, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// Four blocks of 16 weights, in each of which a lane group has 4: each group is to have one block, whole. That is a
// transposition of blocks and groups: halves of the wave between blocks 0 and 2, 1 and 3, then quarters between 0 and 1, 2
// and 3, for both words.
// CHECK-LABEL: llvm.func @four_blocks
// SWAPS:         %[[A:.*]] = rocdl.permlane32.swap
// SWAPS:         %[[A0:.*]] = llvm.extractvalue %[[A]][0]
// SWAPS:         %[[A2:.*]] = llvm.extractvalue %[[A]][1]
// SWAPS:         %[[B:.*]] = rocdl.permlane32.swap
// SWAPS:         %[[B1:.*]] = llvm.extractvalue %[[B]][0]
// SWAPS:         %[[B3:.*]] = llvm.extractvalue %[[B]][1]
// SWAPS:         rocdl.permlane16.swap %[[A0]], %[[B1]],
// SWAPS:         rocdl.permlane16.swap %[[A2]], %[[B3]],
// SWAPS-COUNT-2: rocdl.permlane32.swap
// SWAPS-COUNT-2: rocdl.permlane16.swap
// SWAPS-NOT:     !llvm.ptr<3>
// Or blocks of 512 bytes, of which group g reads the g-th: its four groups' 128 bytes each.
// LDS-COUNT-4:   llvm.store %{{.*}}, %{{.*}} {alignment = 8 : i64} : vector<2xi32>, !llvm.ptr<3>
// LDS:           %[[GROUP:.*]] = arith.divui %{{.*}}, %c16_i32
// LDS:           %[[FIRST:.*]] = arith.muli %[[GROUP]], %c4_i32
// LDS:           %[[BLOCK:.*]] = arith.divui %[[FIRST]], %c4_i32
// LDS:           arith.muli %[[BLOCK]], %c512_i32
// LDS:           %[[BASE:.*]] = llvm.getelementptr
// LDS-NEXT:      llvm.load %[[BASE]] {alignment = 8 : i64}
// LDS-NEXT:      llvm.getelementptr %[[BASE]][128]
// LDS:           llvm.getelementptr %[[BASE]][256]
// LDS:           llvm.getelementptr %[[BASE]][384]
// LDS:         @four_blocks_lds() {{.*}} : !llvm.array<4096 x i8>
// SWAPS:       @four_blocks_lds() {{.*}} : !llvm.array<0 x i8>
func.func @four_blocks(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %p = pa.fill 1.0 : !pa.tile<16x64xbf16, #p>
    %b = pa.convert_layout %p : !pa.tile<16x64xbf16, #p> -> !pa.tile<16x64xbf16, #b>
  }
  return
}
// Four tokens share 16 lanes, a lane with 16 dims of one: it is to have 4 dims of all. Halves go 8 lanes far (DPP row_ror:8,
// 296), then quarters 4 lanes (row_ror:4 or :12, 292 and 300): 4 registers of 4 words each.
// CHECK-LABEL: llvm.func @shared_by_four
// CHECK:         arith.andi %{{.*}}, %c8_i32
// CHECK-COUNT-8: rocdl.update.dpp {{.*}} with 296,
// CHECK-COUNT-8: rocdl.update.dpp {{.*}} with 296,
// CHECK:         arith.andi %{{.*}}, %c4_i32
// CHECK-NOT:     with 296,
// CHECK:         rocdl.update.dpp %[[WORD:.*]], %[[WORD]] with 292,
// CHECK-NEXT:    rocdl.update.dpp %[[WORD]], %[[WORD]] with 300,
// CHECK:         llvm.call_intrinsic "llvm.amdgcn.perm"
// CHECK-NOT:     !llvm.ptr<3>
// CHECK:         llvm.return
func.func @shared_by_four(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %v = pa.fill 1.0 : !pa.tile<64x64xbf16, #vrows>
    %operand = pa.convert_layout %v : !pa.tile<64x64xbf16, #vrows> -> !pa.tile<64x64xbf16, #voperand>
  }
  return
}
}
