#include "passes/lowering/NarrowFloats.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::pa;

namespace {

/// An E4M3 format: a sign, 4 bits of exponent, 3 of mantissa (OCP OFP8, and FNUZ as in the CDNA3 manual, section 6.2).
struct E4M3 {
  int64_t bias;
  float largest;
  bool signedZeroIsNan; // FNUZ: 0x80 is the only NaN; OCP: 0x7f and 0xff

  static E4M3 of(Type type) { return isa<Float8E4M3FNUZType>(type) ? E4M3{8, 240, true} : E4M3{7, 448, false}; }
};

Value intrinsic(const Emitter &emit, StringRef name, Type type, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(emit.builder, emit.loc, type, emit.builder.getStringAttr(name), operands)
      .getResult(0);
}

Value flag(const Emitter &emit, bool value) {
  return arith::ConstantOp::create(emit.builder, emit.loc, emit.builder.getBoolAttr(value));
}
Value andI(const Emitter &emit, Value a, int64_t b) {
  return arith::AndIOp::create(emit.builder, emit.loc, a, emit.i32(b));
}
Value orI(const Emitter &emit, Value a, Value b) { return arith::OrIOp::create(emit.builder, emit.loc, a, b); }
Value shiftLeft(const Emitter &emit, Value a, int64_t bits) {
  return arith::ShLIOp::create(emit.builder, emit.loc, a, emit.i32(bits));
}
Value shiftRight(const Emitter &emit, Value a, int64_t bits) {
  return bits == 0 ? a : arith::ShRUIOp::create(emit.builder, emit.loc, a, emit.i32(bits)).getResult();
}
Value asFloat(const Emitter &emit, Value bits) { return emit.bitcast(bits, emit.builder.getF32Type()); }
Value asBits(const Emitter &emit, Value value) { return emit.bitcast(value, emit.builder.getI32Type()); }

/// Two f32 that the narrow type holds exactly, as a word.
Value packExact(const Emitter &emit, Value low, Value high, Type to) {
  if (to.isBF16()) // the upper halves
    return intrinsic(emit, "llvm.amdgcn.perm", emit.builder.getI32Type(),
                     {asBits(emit, high), asBits(emit, low), emit.i32(0x07060302)});
  return emit.words(intrinsic(emit, "llvm.amdgcn.cvt.pkrtz", VectorType::get(2, to), {low, high}))[0];
}

/// The exponent and mantissa as an f32's, short of the difference of the biases.
Value decodeByBits(const Emitter &emit, Value word, int64_t byte, E4M3 format) {
  Value code = andI(emit, shiftRight(emit, word, 8 * byte), 0xff), magnitude = andI(emit, code, 0x7f);
  Value bits = orI(emit, shiftLeft(emit, magnitude, 20), shiftLeft(emit, andI(emit, code, 0x80), 24));
  Value scale = emit.f32(std::ldexp(1.0, static_cast<int>(127 - format.bias)));
  Value value = arith::MulFOp::create(emit.builder, emit.loc, asFloat(emit, bits), scale);
  Value isNan = format.signedZeroIsNan ? emit.equal(code, 0x80) : emit.equal(magnitude, 0x7f);
  return emit.select(isNan, emit.f32(std::numeric_limits<float>::quiet_NaN()), value);
}

/// Shifted to be unsigned: v_cvt_f32_ubyte takes a byte of a word as it is.
Value decodeInteger(const Emitter &emit, Value shifted, int64_t byte) {
  Value code = andI(emit, shiftRight(emit, shifted, 8 * byte), 0xff);
  Value value = arith::UIToFPOp::create(emit.builder, emit.loc, emit.builder.getF32Type(), code);
  return arith::SubFOp::create(emit.builder, emit.loc, value, emit.f32(128));
}

Value decodePair(const Emitter &emit, Value word, bool upper) {
  auto pairType = VectorType::get(2, emit.builder.getF32Type());
  return intrinsic(emit, "llvm.amdgcn.cvt.pk.f32.fp8", pairType, {word, flag(emit, upper)});
}

SmallVector<Value> decodeByConversion(const Emitter &emit, TargetAttr target, Value word, Type to) {
  SmallVector<Value> words;
  for (bool upper : {false, true}) {
    if (target.getScaledFp8Convert()) {
      StringRef name = to.isBF16() ? "llvm.amdgcn.cvt.scalef32.pk.bf16.fp8" : "llvm.amdgcn.cvt.scalef32.pk.f16.fp8";
      words.push_back(
          emit.words(intrinsic(emit, name, VectorType::get(2, to), {word, emit.f32(1), flag(emit, upper)}))[0]);
      continue;
    }
    Value pair = decodePair(emit, word, upper);
    words.push_back(packExact(emit, emit.extract(pair, 0), emit.extract(pair, 1), to));
  }
  return words;
}

/// Round to nearest even in integers; below the smallest normal number an addition rounds at the format's last place.
Value encodeByBits(const Emitter &emit, Value value, E4M3 format) {
  Value bits = asBits(emit, value), sign = andI(emit, shiftRight(emit, bits, 24), 0x80);
  Value magnitude = asFloat(emit, andI(emit, bits, 0x7fffffff));
  Value isNan = arith::CmpFOp::create(emit.builder, emit.loc, arith::CmpFPredicate::UNO, value, value);
  magnitude = arith::MinNumFOp::create(emit.builder, emit.loc, magnitude, emit.f32(format.largest));

  Value even = andI(emit, shiftRight(emit, asBits(emit, magnitude), 20), 1);
  Value rounded = emit.add(emit.add(asBits(emit, magnitude), even), 0x7ffff);
  Value normal = emit.sub(shiftRight(emit, rounded, 20), emit.i32((127 - format.bias) << 3));

  int64_t leastExponent = 1 - format.bias;
  double lastPlace =
      std::ldexp(1.0, static_cast<int>(leastExponent - 3 + 23)); // an f32 whose last place is the format's
  Value shifted = arith::AddFOp::create(emit.builder, emit.loc, magnitude, emit.f32(lastPlace));
  Value subnormal = emit.sub(asBits(emit, shifted), asBits(emit, emit.f32(lastPlace)));
  Value small = arith::CmpFOp::create(emit.builder, emit.loc, arith::CmpFPredicate::OLT, magnitude,
                                      emit.f32(std::ldexp(1.0, static_cast<int>(leastExponent))));
  Value code = emit.select(small, subnormal, normal);
  if (format.signedZeroIsNan)
    sign = emit.select(emit.equal(code, 0), emit.i32(0), sign);
  return emit.select(isNan, emit.i32(format.signedZeroIsNan ? 0x80 : 0x7f), orI(emit, code, sign));
}

Value clampKeepingNan(const Emitter &emit, Value value, float most) {
  Value above = arith::MaxNumFOp::create(emit.builder, emit.loc, value, emit.f32(-most));
  Value clamped = arith::MinNumFOp::create(emit.builder, emit.loc, above, emit.f32(most));
  Value isNan = arith::CmpFOp::create(emit.builder, emit.loc, arith::CmpFPredicate::UNO, value, value);
  return emit.select(isNan, value, clamped);
}

} // namespace

SmallVector<Value> mlir::pa::decodeWord(const Emitter &emit, TargetAttr target, Value word, Type from, Type to) {
  if (from == target.getFp8())
    return decodeByConversion(emit, target, word, to);
  SmallVector<Value> values;
  if (from.isInteger(8)) {
    Value shifted = arith::XOrIOp::create(emit.builder, emit.loc, word, emit.i32(static_cast<int32_t>(0x80808080)));
    for (int64_t byte = 0; byte < 4; ++byte)
      values.push_back(decodeInteger(emit, shifted, byte));
  } else {
    for (int64_t byte = 0; byte < 4; ++byte)
      values.push_back(decodeByBits(emit, word, byte, E4M3::of(from)));
  }
  return {packExact(emit, values[0], values[1], to), packExact(emit, values[2], values[3], to)};
}

SmallVector<Value> mlir::pa::decodeToFloats(const Emitter &emit, Value word) {
  SmallVector<Value> values;
  for (bool upper : {false, true}) {
    Value pair = decodePair(emit, word, upper);
    values.append({emit.extract(pair, 0), emit.extract(pair, 1)});
  }
  return values;
}

Value mlir::pa::encodeInRange(const Emitter &emit, ArrayRef<Value> values) {
  Value word = emit.i32(0);
  for (int64_t pair = 0; pair < 2; ++pair)
    word = intrinsic(emit, "llvm.amdgcn.cvt.pk.fp8.f32", emit.builder.getI32Type(),
                     {values[2 * pair], values[2 * pair + 1], word, flag(emit, pair == 1)});
  return word;
}

Value mlir::pa::encodeWord(const Emitter &emit, TargetAttr target, ArrayRef<Value> values, Type to) {
  E4M3 format = E4M3::of(to);
  if (to == target.getFp8()) {
    SmallVector<Value> clamped;
    for (Value value : values)
      clamped.push_back(clampKeepingNan(emit, value, format.largest));
    return encodeInRange(emit, clamped);
  }
  Value word;
  for (int64_t byte = 0; byte < 4; ++byte) {
    Value code = shiftLeft(emit, encodeByBits(emit, values[byte], format), 8 * byte);
    word = word ? orI(emit, word, code) : code;
  }
  return word;
}
