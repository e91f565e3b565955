// Products and their operands: every rule. Functions are named after the rule.
// RUN: pa-opt %s -verify-diagnostics -split-input-file

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_element_type(%a: !pa.tile<32x64xf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op operands are 'f16' and 'bf16', the instruction multiplies 'bf16'}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xbf16, #s>) {
  // expected-error @+1 {{'pa.dot' op the accumulator is f32, got 'bf16'}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xbf16, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_instruction_shape(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op takes 16 x 16 instructions with k a multiple of 4, got #pa.mfma<m = 32, n = 32, k = 8,}}
  %d = pa.dot %a, %b, %acc, <m = 32, n = 32, k = 8, type = bf16, intrinsic = "rocdl.mfma.f32.32x32x8bf16.1k"> : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_instruction_depth(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op takes 16 x 16 instructions with k a multiple of 4, got #pa.mfma<m = 16, n = 16, k = 2,}}
  %d = pa.dot %a, %b, %acc, <m = 16, n = 16, k = 2, type = bf16, intrinsic = "rocdl.mfma.f32.32x32x8bf16.1k"> : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_reduction_size(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x32xbf16, #b>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op the reduction axes have 64 and 32 columns}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x32xbf16, #b>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#o = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [4 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator_shape(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<64x16xf32, #o>) {
  // expected-error @+1 {{'pa.dot' op the accumulator is 64x16, expected 32x16}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<64x16xf32, #o>
  return
}

// -----

// Whole rows are not an operand before their way through LDS.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#keyrows = #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)], reg = [4 : (8, 0)], elem = [8 : (0, 1)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_a_is_an_operand(%a: !pa.tile<32x64xbf16, #keyrows>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a is not an operand of a matrix instruction: rows go by lane % 16, the reduction axis by lane / 16 and element, got #pa.layout<lane = [8 : (0, 8), 8 : (1, 0)],}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #keyrows>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_b_is_an_operand(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, <lane = [16 : (0, 4), 4 : (4, 0)], reg = [], elem = [4 : (1, 0), 4 : (0, 1)]>>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op b is not an operand of a matrix instruction: rows go by lane % 16, the reduction axis by lane / 16 and element, got #pa.layout<lane = [16 : (0, 4), 4 : (4, 0)]}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, <lane = [16 : (0, 4), 4 : (4, 0)], reg = [], elem = [4 : (1, 0), 4 : (0, 1)]>>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#k4 = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16), 2 : (16, 0)], elem = [4 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
func.func @dot_register_size(%a: !pa.tile<32x64xbf16, #k4>, %b: !pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a has 4 elements a register, expected a multiple of 8 for k = 32}}
  %d = pa.dot %a, %b, %acc, <m = 16, n = 16, k = 32, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x32.bf16"> : !pa.tile<32x64xbf16, #k4>, !pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [4 : (0, 16)], elem = [4 : (0, 1)]>>, !pa.tile<32x16xf32, #s>
  return
}

// -----

// Both hold all of it, but a lane group of K has dims 16g .. 16g+15 and one of Q 8g .. 8g+7 and 32 further.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#kslow = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]>
#s = #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_reduction_order(%a: !pa.tile<32x64xbf16, #kslow>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #s>) {
  // expected-error @+1 {{'pa.dot' op a and b carry the reduction axis in different orders: #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]> and #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #kslow>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #s>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#sother = #pa.layout<lane = [16 : (0, 1), 4 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>
#mfma = #pa.mfma<m = 16, n = 16, k = 16, type = bf16, intrinsic = "rocdl.mfma.f32.16x16x16bf16.1k">
func.func @dot_accumulator_layout(%a: !pa.tile<32x64xbf16, #k>, %b: !pa.tile<16x64xbf16, #q>, %acc: !pa.tile<32x16xf32, #sother>) {
  // expected-error @+1 {{'pa.dot' op the product leaves #pa.layout<lane = [16 : (0, 1), 4 : (4, 0)], reg = [2 : (16, 0)], elem = [4 : (1, 0)]>, the accumulator has #pa.layout<lane = [16 : (0, 1), 4 : (8, 0)], reg = [2 : (4, 0)], elem = [4 : (1, 0)]>}}
  %d = pa.dot %a, %b, %acc, #mfma : !pa.tile<32x64xbf16, #k>, !pa.tile<16x64xbf16, #q>, !pa.tile<32x16xf32, #sother>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_one_part_or_two(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op rounds to one part or two, got 3}}
  %h:3 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xbf16, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_narrows(%p: !pa.tile<16x32xbf16, #p>) {
  // expected-error @+1 {{'pa.round' op rounds f32 to bf16, f16 or FP8, got 'bf16' and 'f32'}}
  %h = pa.round %p : !pa.tile<16x32xbf16, #p> -> !pa.tile<16x32xf32, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_to_a_float(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op rounds f32 to bf16, f16 or FP8, got 'f32' and 'i8'}}
  %h = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xi8, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_of_f32(%p: !pa.tile<16x32xf16, #p>) {
  // expected-error @+1 {{'pa.round' op rounds f32 to bf16, f16 or FP8, got 'f16' and 'f8E4M3FN'}}
  %h = pa.round %p : !pa.tile<16x32xf16, #p> -> !pa.tile<16x32xf8E4M3FN, #p>
  return
}

// -----

#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @round_to_two_words(%p: !pa.tile<16x32xf32, #b>) {
  // expected-error @+1 {{'pa.round' op four codes are a word, got 8 in a register}}
  %h = pa.round %p : !pa.tile<16x32xf32, #b> -> !pa.tile<16x32xf8E4M3FN, #b>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 2)], reg = [4 : (0, 8)], elem = [2 : (0, 1)]>
func.func @round_to_half_a_word(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op four codes are a word, got 2 in a register}}
  %h:2 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xf8E4M3FNUZ, #p>, !pa.tile<16x32xf8E4M3FNUZ, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
func.func @round_one_type(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op both parts have one element type, got 'bf16' and 'f16'}}
  %h:2 = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #p>, !pa.tile<16x32xf16, #p>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @round_keeps_the_layout(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.round' op rounding keeps the layout, got '!pa.tile<16x32xbf16, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>>' from '!pa.tile<16x32xf32, <lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>>'}}
  %h = pa.round %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #b>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @convert_layout_shape(%k: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.convert_layout' op only the layout may change, got '!pa.tile<32x64xbf16,}}
  %c = pa.convert_layout %k : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#p = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (0, 16)], elem = [4 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @convert_layout_element_type(%p: !pa.tile<16x32xf32, #p>) {
  // expected-error @+1 {{'pa.convert_layout' op only the layout may change, got '!pa.tile<16x32xf32,}}
  %c = pa.convert_layout %p : !pa.tile<16x32xf32, #p> -> !pa.tile<16x32xbf16, #b>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @concat_columns(%a: !pa.tile<16x32xbf16, #b>) {
  // expected-error @+1 {{'pa.concat' op tiles have the same columns and element type, got '!pa.tile<32x64xbf16,}}
  %k = pa.concat %a, %a : !pa.tile<16x32xbf16, #b>, !pa.tile<16x32xbf16, #b> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_element_type(%a: !pa.tile<16x64xf16, #q>) {
  // expected-error @+1 {{'pa.concat' op tiles have the same columns and element type, got '!pa.tile<32x64xbf16,}}
  %k = pa.concat %a, %a : !pa.tile<16x64xf16, #q>, !pa.tile<16x64xf16, #q> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#kslow = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_lanes(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op tiles have the same lanes and elements, got '!pa.tile<32x64xbf16, <lane = [16 : (1, 0), 4 : (0, 16)],}}
  %k = pa.concat %a, %a : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #kslow>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @concat_registers(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op rows 16 to 31 of 16}}
  %k = pa.concat %a, %a : !pa.tile<16x64xbf16, #q>, !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
func.func @concat_rows(%a: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.concat' op the sources have 16 rows, the result 32}}
  %k = pa.concat %a : !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xbf16, #k>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#b = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [], elem = [8 : (0, 1)]>
func.func @slice_columns(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op tiles have the same columns and element type, got '!pa.tile<32x64xbf16,}}
  %r = pa.slice %a from(16) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x32xbf16, #b>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @slice_element_type(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op tiles have the same columns and element type, got '!pa.tile<32x64xbf16,}}
  %r = pa.slice %a from(16) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#other = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 8)], elem = [8 : (0, 1)]>
func.func @slice_lanes(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op tiles have the same lanes and elements, got '!pa.tile<32x64xbf16,}}
  %r = pa.slice %a from(16) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #other>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @slice_past_the_end(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op rows 32 to 47 of 32}}
  %r = pa.slice %a from(32) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @slice_before_the_start(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op rows -16 to -1 of 32}}
  %r = pa.slice %a from(-16) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

// Registers are renamed, not cut.
#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @slice_between_registers(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op the whole tile has no register at (8, 0)}}
  %r = pa.slice %a from(8) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @decode_products_of_codes(%q: memref<?x64x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %n: memref<?xi32>, %scale: f32, %o: memref<?x64x128xbf16>) {
  // expected-error @+1 {{'pa.decode' op products <fp8> are of a cache of FP8, got 'bf16'}}
  pa.decode query(%q : memref<?x64x128xbf16>) cache(%kv : !kv) tables(%t : memref<?x?xi32>) lens(%n : memref<?xi32>) scale(%scale) out(%o : memref<?x64x128xbf16>) {products = #pa.products<fp8>}
  return
}

// -----

!kv = !pa.kv_cache<bf16, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_products_of_codes(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op products <fp8> are of a cache of FP8, got 'bf16'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> {products = #pa.products<fp8>} : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

// Eight bits, but integers.
!kv = !pa.kv_cache<i8, heads = 8, head_size = 128, page = 16, layout = nhd, owner = caller>
func.func @attend_products_of_floats(%r: !pa.row_set<16x128xbf16>, %kv: !kv, %t: memref<?x?xi32>, %item: !pa.item, %scale: f32) {
  // expected-error @+1 {{'pa.attend' op products <fp8> are of a cache of FP8, got 'i8'}}
  %part = pa.attend %r, %kv, %t, %item, %scale, <group = 8, query_tokens = 1, padded = 16> p <single> {products = #pa.products<fp8>} : !pa.row_set<16x128xbf16>, !kv, memref<?x?xi32> -> !pa.partial<16x128xf32>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_source(%q: !pa.tile<16x64xf32, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op the source is 16 rows of bf16 or f16, got '!pa.tile<16x64xf32, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xf32, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_rows(%q: !pa.tile<32x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op the source is 16 rows of bf16 or f16, got '!pa.tile<32x64xbf16, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<32x64xbf16, #q> -> !pa.tile<32x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_codes(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op codes are FP8 in the source's shape and layout, got '!pa.tile<16x64xi8, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>' from '!pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xi8, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#wide = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_codes_shape(%q: !pa.tile<16x128xbf16, #wide>) {
  // expected-error @+1 {{'pa.quantize_rows' op codes are FP8 in the source's shape and layout, got '!pa.tile<16x64xf8E4M3FN, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>' from '!pa.tile<16x128xbf16, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (0, 64)], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x128xbf16, #wide> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#two = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_codes_rows(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op codes are FP8 in the source's shape and layout, got '!pa.tile<32x64xf8E4M3FN, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [2 : (16, 0)], elem = [16 : (0, 1)]>>' from '!pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<32x64xf8E4M3FN, #two>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#other = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_codes_layout(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op codes are FP8 in the source's shape and layout, got '!pa.tile<16x64xf8E4M3FN, <lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>>' from '!pa.tile<16x64xbf16, <lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>>'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #other>, !pa.tile<1x16xf32, #row>
  return
}

// -----

// The largest of a row is looked for 16 and 32 lanes away.
#q = #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_lanes(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op a lane has words of its row's dims, row lane % 16, got #pa.layout<lane = [4 : (0, 16), 16 : (1, 0)], reg = [], elem = [16 : (0, 1)]>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [8 : (1, 0), 8 : (0, 8)], reg = [2 : (8, 0)], elem = [8 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_two_rows_a_lane(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op a lane has words of its row's dims, row lane % 16, got #pa.layout<lane = [8 : (1, 0), 8 : (0, 8)], reg = [2 : (8, 0)], elem = [8 : (0, 1)]>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 2)], reg = [8 : (0, 8)], elem = [2 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_half_a_word(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op a lane has words of its row's dims, row lane % 16, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 2)], reg = [8 : (0, 8)], elem = [2 : (0, 1)]>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

// A register of the products, but not of queries: its words are 16 dims apart.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 4 : (0, 16)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_dims_apart(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op a lane has words of its row's dims, row lane % 16, got #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [], elem = [4 : (0, 1), 4 : (0, 16)]>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#row = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [], elem = []>
func.func @quantize_rows_scales(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op scales is a tile of 1x16x'f32', got 1x16x'bf16'}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xbf16, #row>
  return
}

// -----

#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#l = #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [2 : (0, 0)], elem = []>
func.func @quantize_rows_a_scale_a_lane(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op scales is one number a lane, got #pa.layout<lane = [16 : (0, 1), 4 : (0, 0)], reg = [2 : (0, 0)], elem = []>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #l>
  return
}

// -----

// A row's scores are in the lanes with its number modulo 16.
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 16)], reg = [], elem = [16 : (0, 1)]>
#column = #pa.layout<lane = [4 : (0, 0), 16 : (0, 1)], reg = [], elem = []>
func.func @quantize_rows_scales_of_columns(%q: !pa.tile<16x64xbf16, #q>) {
  // expected-error @+1 {{'pa.quantize_rows' op scales has column lane % 16 in each lane, got #pa.layout<lane = [4 : (0, 0), 16 : (0, 1)], reg = [], elem = []>}}
  %codes, %scales = pa.quantize_rows %q : !pa.tile<16x64xbf16, #q> -> !pa.tile<16x64xf8E4M3FN, #q>, !pa.tile<1x16xf32, #column>
  return
}

// -----

#k = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32), 2 : (16, 0)], elem = [8 : (0, 1)]>
#q = #pa.layout<lane = [16 : (1, 0), 4 : (0, 8)], reg = [2 : (0, 32)], elem = [8 : (0, 1)]>
func.func @slice_of_no_divisor(%a: !pa.tile<32x64xbf16, #k>) {
  // expected-error @+1 {{'pa.slice' op of is a divisor of 32 rows, got 12}}
  %r = pa.slice %a from(0) of(12) : !pa.tile<32x64xbf16, #k> -> !pa.tile<16x64xbf16, #q>
  return
}

// -----

// Two of every 8 rows, which a lane has next to each other, are not every other row of 16.
#v = #pa.layout<lane = [16 : (8, 0), 4 : (0, 4)], reg = [8 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#o = #pa.layout<lane = [16 : (1, 0), 4 : (0, 4)], reg = [2 : (16, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
func.func @slice_of_other_lanes(%a: !pa.tile<128x64xi8, #v>) {
  // expected-error @+1 {{'pa.slice' op tiles have the same lanes and elements, got '!pa.tile<128x64xi8,}}
  %r = pa.slice %a from(2) of(8) : !pa.tile<128x64xi8, #v> -> !pa.tile<32x64xi8, #o>
  return
}

// -----

#v = #pa.layout<lane = [16 : (8, 0), 4 : (0, 4)], reg = [8 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
#v2 = #pa.layout<lane = [16 : (2, 0), 4 : (0, 4)], reg = [2 : (1, 0)], elem = [4 : (0, 1), 4 : (0, 16)]>
func.func @slice_past_the_period(%a: !pa.tile<128x64xi8, #v>) {
  // expected-error @+1 {{'pa.slice' op rows 7 to 8 of 8}}
  %r = pa.slice %a from(7) of(8) : !pa.tile<128x64xi8, #v> -> !pa.tile<32x64xi8, #v2>
  return
}
