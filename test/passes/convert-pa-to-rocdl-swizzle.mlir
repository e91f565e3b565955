// convert-pa-to-rocdl: how rows of codes are swizzled in LDS. A piece stands in place piece ^ key; the key goes by token / 4 where
// a pass over 64 banks holds 4 rows of 64 bytes, by token / 2 where one over 32 banks holds 2.
// RUN: sed 's/BANKS/64/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,BACK
// RUN: sed 's/BANKS/32/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,FORTH

#codes = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#coderows = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [4 : (16, 0)], elem = [16 : (0, 1)]>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = BANKS, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, mfma = [],
    plans = [#pa.plan<rows = 16, head_size = 64, tile = 64, workgroups_per_cu = 2, bits = 8>]>} {
// By 4 it goes backwards: what one phase of a read is of, tokens 0 to 3 and 12 to 15 with one piece and 4 to 11 with the next
// one, is in different places then.
// CHECK-LABEL: llvm.func @staged_codes
// CHECK:         %[[CODES:.*]] = arith.constant dense<0> : vector<4xi32>
// CHECK:         %[[TOKEN:.*]] = arith.divui %[[LANE:.*]], %c4_i32
// CHECK:         %[[GROUP:.*]] = arith.remui %[[LANE]], %c4_i32
// CHECK:         %[[DIM:.*]] = arith.muli %[[GROUP]], %c16_i32
// CHECK:         %[[PIECE:.*]] = arith.divui %[[DIM]], %c16_i32
// BACK:          %[[CYCLE:.*]] = arith.divui %[[TOKEN]], %c4_i32
// BACK:          %[[BACKWARDS:.*]] = arith.subi %c4_i32{{.*}}, %[[CYCLE]] : i32
// BACK:          %[[KEY:.*]] = arith.remui %[[BACKWARDS]], %c4_i32
// FORTH:         %[[CYCLE:.*]] = arith.divui %[[TOKEN]], %c2_i32
// FORTH-NOT:     arith.subi
// FORTH:         %[[KEY:.*]] = arith.remui %[[CYCLE]], %c4_i32
// CHECK-NEXT:    %[[SWIZZLED:.*]] = arith.xori %[[PIECE]], %[[KEY]] : i32
// CHECK:         %[[OFTOKEN:.*]] = arith.muli %[[TOKEN]], %c64_i32
// CHECK:         %[[OFPIECE:.*]] = arith.muli %[[SWIZZLED]], %c16_i32
// CHECK-NEXT:    %[[AT:.*]] = arith.addi %[[OFTOKEN]], %[[OFPIECE]] : i32
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[%[[AT]]]
// CHECK-NEXT:    llvm.store %[[CODES]], %[[PLACE]] {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<3>
// What reads finds it where it was written to.
// CHECK:         %[[KEYTOKEN:.*]] = arith.remui %[[LANE]], %c16_i32
// CHECK:         %[[KEYGROUP:.*]] = arith.divui %[[LANE]], %c16_i32
// CHECK:         %[[KEYDIM:.*]] = arith.muli %[[KEYGROUP]], %c16_i32
// CHECK:         %[[PIECE:.*]] = arith.divui %[[KEYDIM]], %c16_i32
// BACK:          %[[CYCLE:.*]] = arith.divui %[[KEYTOKEN]], %c4_i32
// BACK:          %[[BACKWARDS:.*]] = arith.subi %c4_i32{{.*}}, %[[CYCLE]] : i32
// BACK:          %[[KEY:.*]] = arith.remui %[[BACKWARDS]], %c4_i32
// FORTH:         %[[CYCLE:.*]] = arith.divui %[[KEYTOKEN]], %c2_i32
// FORTH-NOT:     arith.subi
// FORTH:         %[[KEY:.*]] = arith.remui %[[CYCLE]], %c4_i32
// CHECK-NEXT:    %[[SWIZZLED:.*]] = arith.xori %[[PIECE]], %[[KEY]] : i32
// CHECK:         %[[OFTOKEN:.*]] = arith.muli %[[KEYTOKEN]], %c64_i32
// CHECK:         %[[OFPIECE:.*]] = arith.muli %[[SWIZZLED]], %c16_i32
// CHECK-NEXT:    %[[AT:.*]] = arith.addi %[[OFTOKEN]], %[[OFPIECE]] : i32
// CHECK-NEXT:    %[[PLACE:.*]] = llvm.getelementptr %{{.*}}[%[[AT]]]
// CHECK-NEXT:    llvm.load %[[PLACE]] {alignment = 16 : i64} : !llvm.ptr<3> -> vector<4xi32>
// CHECK-NEXT:    llvm.return
func.func @staged_codes(%t: memref<?x?xi32>, %n: memref<?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16)
      rows(<group = 8, query_tokens = 1, padded = 16>) schedule <item> {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %rows = pa.fill 0.0 : !pa.tile<64x64xi8, #coderows>
    pa.stage_write %rows block(1) stage(0) : !pa.tile<64x64xi8, #coderows>
    %k = pa.stage_read stage(0) : !pa.tile<16x64xi8, #codes>
  }
  return
}
}
