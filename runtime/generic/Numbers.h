// Numbers of the types that caches, queries and results have.
#ifndef PA_RUNTIME_GENERIC_NUMBERS_H
#define PA_RUNTIME_GENERIC_NUMBERS_H

#include "runtime/generic/Wave.h"

namespace pa::generic {

constexpr uint32_t bytesOf(Type type) { return type == bf16 || type == f16 ? 2 : 1; }
constexpr uint32_t pieceOf(Type type) { return 16 / bytesOf(type); } // elements in 16 bytes
constexpr bool isFp8(Type type) { return type == fp8E4m3fn || type == fp8E4m3fnuz; }

// The largest finite number of an 8-bit type.
constexpr float largestOf(Type type) { return type == fp8E4m3fn ? 448 : type == fp8E4m3fnuz ? 240 : 127; }

// FP8 E4M3 has the fields of f16 with a shorter mantissa and another bias: fn 7, fnuz 8, f16 15.
template <Type type> device float decodeFp8(uint32_t code) {
  bool isNan = type == fp8E4m3fn ? (code & 0x7f) == 0x7f : code == 0x80;
  uint16_t half = uint16_t((code & 0x80) << 8 | (code & 0x7f) << 7);
  float value = float(__builtin_bit_cast(_Float16, half)) * (type == fp8E4m3fn ? 256.0f : 128.0f);
  return isNan ? __builtin_nanf("") : value;
}

template <Type type> device float decode(uint32_t code) {
  if constexpr (type == bf16)
    return __builtin_bit_cast(float, code << 16);
  else if constexpr (type == f16)
    return float(__builtin_bit_cast(_Float16, uint16_t(code)));
  else if constexpr (type == int8)
    return float(int8_t(code));
  else
    return decodeFp8<type>(code);
}

template <Type type> device float readNumber(uint64_t address) {
  if constexpr (bytesOf(type) == 2)
    return decode<type>(read<uint16_t>(address));
  else
    return decode<type>(read<uint8_t>(address));
}
// Of a type that is known at run time only.
device inline float decodeAny(Type type, uint32_t code) {
  switch (type) {
  case bf16:
    return decode<bf16>(code);
  case f16:
    return decode<f16>(code);
  case fp8E4m3fn:
    return decode<fp8E4m3fn>(code);
  case fp8E4m3fnuz:
    return decode<fp8E4m3fnuz>(code);
  case int8:
    return decode<int8>(code);
  }
}
device inline float read16(Type type, uint64_t address) {
  return type == f16 ? readNumber<f16>(address) : readNumber<bf16>(address);
}

// One of the numbers that 16 bytes hold.
template <Type type> device float element(Vector vector, uint32_t index) {
  constexpr uint32_t inWord = 4 / bytesOf(type), bits = 8 * bytesOf(type);
  uint32_t word = vector[index / inWord] >> index % inWord * bits;
  return decode<type>(word & ((1u << bits) - 1));
}

device inline uint16_t encode16(Type type, float value) {
  return type == f16 ? __builtin_bit_cast(uint16_t, _Float16(value)) : __builtin_bit_cast(uint16_t, __bf16(value));
}

// To the nearest, of two the even one; what is beyond the largest finite number becomes that; a NaN stays one.
template <Type type> device uint8_t encodeFp8(float value) {
  constexpr int32_t bias = type == fp8E4m3fn ? 7 : 8;
  constexpr float leastNormal = type == fp8E4m3fn ? 0x1p-6f : 0x1p-7f;
  if (value != value)
    return type == fp8E4m3fn ? 0x7f : 0x80;
  float magnitude = __builtin_fminf(__builtin_fabsf(value), largestOf(type));
  uint32_t bits = __builtin_bit_cast(uint32_t, magnitude);
  // 20 bits of f32's mantissa are too many; below the normal numbers codes are an eighth of the least one apart.
  uint32_t code = magnitude < leastNormal ? uint32_t(__builtin_rintf(magnitude * (8 / leastNormal)))
                                          : ((bits + 0x7ffff + (bits >> 20 & 1)) >> 20) - ((127 - bias) << 3);
  uint32_t sign = __builtin_bit_cast(uint32_t, value) >> 24 & 0x80;
  return type == fp8E4m3fnuz && code == 0 ? 0 : uint8_t(sign | code);
}

device inline uint8_t encodeInt8(float value) {
  float nearest = __builtin_rintf(__builtin_fmaxf(-128, __builtin_fminf(127, value)));
  return value != value ? 0 : uint8_t(int8_t(nearest));
}

device inline uint8_t encode8(Type type, float value) {
  return type == fp8E4m3fn     ? encodeFp8<fp8E4m3fn>(value)
         : type == fp8E4m3fnuz ? encodeFp8<fp8E4m3fnuz>(value)
                               : encodeInt8(value);
}

device inline uint32_t encodeAny(Type type, float value) {
  return bytesOf(type) == 2 ? encode16(type, value) : encode8(type, value);
}

device inline uint32_t readCode(Type type, uint64_t address) {
  return bytesOf(type) == 2 ? read<uint16_t>(address) : read<uint8_t>(address);
}
device inline void writeCode(Type type, uint64_t address, uint32_t code) {
  if (bytesOf(type) == 2)
    write(address, uint16_t(code));
  else
    write(address, uint8_t(code));
}
device inline void writeNumber(Type type, uint64_t address, float value) {
  writeCode(type, address, encodeAny(type, value));
}

} // namespace pa::generic

#endif
