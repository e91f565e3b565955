// convert-pa-to-rocdl: what codes of 8 bits say, exactly, in 16 bits. The chip knows one FP8 type, f8E4M3FN here.
// RUN: sed 's/FROM/f8E4M3FN/g; s/TO/bf16/g; s/MORE//' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,WIDE
// RUN: sed 's/FROM/f8E4M3FN/g; s/TO/f16/g; s/MORE//' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,WIDE16
// RUN: sed 's/FROM/f8E4M3FN/g; s/TO/bf16/g; s/MORE/scaled_fp8_convert = true,/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,SCALED
// RUN: sed 's/FROM/f8E4M3FN/g; s/TO/f16/g; s/MORE/scaled_fp8_convert = true,/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,SCALED16
// RUN: sed 's/FROM/f8E4M3FNUZ/g; s/TO/bf16/g; s/MORE/scaled_fp8_convert = true,/' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,FNUZ
// RUN: sed 's/FROM/f8E4M3FN/g; s/TO/bf16/g; s/MORE//; s/fp8 = f8E4M3FN,//' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,FN
// RUN: sed 's/FROM/i8/g; s/TO/f16/g; s/MORE//' %s | pa-opt --convert-pa-to-rocdl | FileCheck %s --check-prefixes=CHECK,INT

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#rows = #pa.rows<group = 8, query_tokens = 1, padded = 16>
module attributes {pa.target = #pa.target<chip = "gfx0", compute_units = 8, waves_per_workgroup = 2, lds_bytes = 65536,
    lds_banks = 32, vector_registers = 256, permlane_swap = false, packed_bf16_convert = false, fp8 = f8E4M3FN,
    MORE mfma = [], plans = [#pa.plan<rows = 16, head_size = 64, tile = 32, workgroups_per_cu = 2>]>} {
// A register is 4 words of 4 codes; each word becomes 2. A fill of 1 is 4 codes of 1, 0x38 in OCP's type and 0x40 in FNUZ.
// CHECK-LABEL: llvm.func @decode
// WIDE:          arith.constant dense<943208504> : vector<4xi32>
// FNUZ:          arith.constant dense<1077952576> : vector<4xi32>
// INT:           arith.constant dense<16843009> : vector<4xi32>
// CHECK:         %[[WORD:.*]] = vector.extract %{{.*}}[0] : i32 from vector<4xi32>
// By way of f32: bf16 are upper halves (v_perm_b32), two f16 are rounded toward zero at once (v_cvt_pkrtz_f16_f32), which
// changes nothing: both are exact.
// WIDE:          %[[LOW:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[WORD]], %false{{.*}}) : (i32, i1) -> vector<2xf32>
// WIDE:          llvm.call_intrinsic "llvm.amdgcn.perm"(%{{.*}}, %{{.*}}, %c117834498_i32{{.*}})
// WIDE:          %[[HIGH:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[WORD]], %true{{.*}})
// WIDE-COUNT-6:  llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"
// WIDE-NOT:      llvm.call_intrinsic "llvm.amdgcn.cvt
// WIDE16:        %[[PAIR:.*]] = llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[WORD]], %false{{.*}})
// WIDE16-NEXT:   %[[FIRST:.*]] = vector.extract %[[PAIR]][0] :
// WIDE16-NEXT:   %[[SECOND:.*]] = vector.extract %[[PAIR]][1] :
// WIDE16-NEXT:   llvm.call_intrinsic "llvm.amdgcn.cvt.pkrtz"(%[[FIRST]], %[[SECOND]]) : (f32, f32) -> vector<2xf16>
// WIDE16:        llvm.call_intrinsic "llvm.amdgcn.cvt.pk.f32.fp8"(%[[WORD]], %true{{.*}})
// WIDE16-COUNT-7: llvm.call_intrinsic "llvm.amdgcn.cvt.pkrtz"
// WIDE16-NOT:    llvm.call_intrinsic
// Or at once, scaled by 1.
// SCALED:        %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// SCALED:        llvm.call_intrinsic "llvm.amdgcn.cvt.scalef32.pk.bf16.fp8"(%[[WORD]], %[[ONE]], %false{{.*}}) : (i32, f32, i1) -> vector<2xbf16>
// SCALED:        llvm.call_intrinsic "llvm.amdgcn.cvt.scalef32.pk.bf16.fp8"(%[[WORD]], %{{.*}}, %true{{.*}})
// SCALED-COUNT-6: llvm.call_intrinsic "llvm.amdgcn.cvt.scalef32.pk.bf16.fp8"
// SCALED-NOT:    llvm.call_intrinsic
// SCALED16:      llvm.call_intrinsic "llvm.amdgcn.cvt.scalef32.pk.f16.fp8"(%[[WORD]], %{{.*}}, %false{{.*}}) : (i32, f32, i1) -> vector<2xf16>
// A type that the chip does not know: exponent and mantissa go where an f32 has them, and a factor makes up for the biases,
// 2^(127 - 8) or 2^(127 - 7). FNUZ has one NaN, where minus zero would be; OCP's are all ones.
// FNUZ-NOT:      llvm.amdgcn.cvt
// FNUZ:          %[[CODE:.*]] = arith.andi %[[WORD]], %c255_i32
// FNUZ:          %[[MAGNITUDE:.*]] = arith.andi %[[CODE]], %c127_i32
// FNUZ:          arith.shli %[[MAGNITUDE]], %c20_i32
// FNUZ:          %[[SIGN:.*]] = arith.andi %[[CODE]], %c128_i32
// FNUZ:          arith.shli %[[SIGN]], %c24_i32
// FNUZ:          arith.constant 6.64613997E+35 : f32
// FNUZ:          %[[VALUE:.*]] = arith.mulf
// FNUZ:          %[[NAN:.*]] = arith.cmpi eq, %[[CODE]], %c128_i32
// FNUZ:          arith.select %[[NAN]], %{{.*}}, %[[VALUE]] : f32
// FN-NOT:        llvm.amdgcn.cvt
// FN:            %[[MAGNITUDE:.*]] = arith.andi %{{.*}}, %c127_i32
// FN:            arith.constant 1.329228E+36 : f32
// FN:            arith.cmpi eq, %[[MAGNITUDE]], %c127_i32
// Integers are shifted by 128 to be unsigned bytes, and back as floats.
// INT:           %[[SHIFTED:.*]] = arith.xori %[[WORD]], %c-2139062144_i32
// INT:           %[[BYTE:.*]] = arith.andi %[[SHIFTED]], %c255_i32
// INT-NEXT:      %[[FLOAT:.*]] = arith.uitofp %[[BYTE]] : i32 to f32
// INT-NEXT:      %[[SHIFT:.*]] = arith.constant 1.280000e+02 : f32
// INT-NEXT:      %[[FIRST:.*]] = arith.subf %[[FLOAT]], %[[SHIFT]] : f32
// INT:           arith.uitofp
// INT:           %[[SECOND:.*]] = arith.subf
// INT-COUNT-2:   arith.uitofp
// INT:           llvm.call_intrinsic "llvm.amdgcn.cvt.pkrtz"(%[[FIRST]], %[[SECOND]]) : (f32, f32) -> vector<2xf16>
// INT-COUNT-7:   llvm.call_intrinsic "llvm.amdgcn.cvt.pkrtz"
// INT-NOT:       llvm.call_intrinsic
func.func @decode(%n: memref<?xi32>, %t: memref<?x?xi32>) {
  pa.items lens(%n : memref<?xi32>) tables(%t : memref<?x?xi32>) heads(8) page(16) rows(#rows) schedule <item>
      {tile = 64 : i64} do {
  ^bb0(%item: !pa.item):
    %codes = pa.fill 1.0 : !pa.tile<16x64xFROM, #q>
    %exact = pa.dequantize %codes : !pa.tile<16x64xFROM, #q> -> !pa.tile<16x64xTO, #q>
    %used = pa.convert_layout %exact : !pa.tile<16x64xTO, #q> -> !pa.tile<16x64xTO, #q>
  }
  return
}
}
