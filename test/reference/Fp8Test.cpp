// The 8-bit formats against f16: E4M3's exponent and mantissa fit f16's fields, whose bias of 15 is larger by 8 (fn)
// or 7 (fnuz). The compiler converts f16, so nothing is taken from Formats.cpp.
#include "test/reference/Formats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace pa::reference;

namespace {

constexpr Type fp8[] = {Type::fp8E4m3fn, Type::fp8E4m3fnuz};

double byHalf(Type type, unsigned code) {
  bool fn = type == Type::fp8E4m3fn;
  if (fn ? (code & 0x7f) == 0x7f : code == 0x80)
    return NAN;
  uint16_t bits = static_cast<uint16_t>((code & 0x80) << 8 | (code & 0x7f) << 7);
  _Float16 half;
  std::memcpy(&half, &bits, sizeof half);
  return static_cast<double>(half) * (fn ? 256 : 128);
}

TEST(Fp8, decodesEveryCode) {
  for (Type type : fp8)
    for (unsigned code = 0; code < 256; ++code) {
      double expected = byHalf(type, code), got = decode(type, static_cast<uint16_t>(code));
      ASSERT_EQ(std::isnan(expected), std::isnan(got)) << facts(type).name << " " << code;
      if (!std::isnan(expected)) {
        ASSERT_EQ(expected, got) << facts(type).name << " " << code;
      }
    }
  EXPECT_EQ(448, largestFinite(Type::fp8E4m3fn));
  EXPECT_EQ(240, largestFinite(Type::fp8E4m3fnuz));
}

TEST(Fp8, everyCodeRoundTrips) {
  for (Type type : fp8)
    for (unsigned code = 0; code < 256; ++code)
      ASSERT_EQ(code, encode(type, decode(type, static_cast<uint16_t>(code)))) << facts(type).name;
}

// Every midpoint goes to the even code, what is beside it to the nearer one.
TEST(Fp8, nearestEven) {
  for (Type type : fp8)
    for (unsigned code = 0; byHalf(type, code + 1) > 0; ++code) {
      double low = byHalf(type, code), high = byHalf(type, code + 1), middle = (low + high) / 2;
      EXPECT_EQ(code + (code & 1), encode(type, middle)) << facts(type).name << " " << code;
      EXPECT_EQ(code, encode(type, std::nextafter(middle, low)));
      EXPECT_EQ(code + 1, encode(type, std::nextafter(middle, high)));
      unsigned negative = code ? code | 0x80 : type == Type::fp8E4m3fn ? 0x80u : 0u;
      EXPECT_EQ(negative, encode(type, -std::nextafter(middle, low)));
    }
}

TEST(Fp8, overflowSaturatesAndNaNStays) {
  for (Type type : fp8) {
    bool fn = type == Type::fp8E4m3fn;
    unsigned most = fn ? 0x7e : 0x7f;
    for (double value : {fn ? 449.0 : 241.0, 500.0, 1e300, double(INFINITY)}) {
      EXPECT_EQ(most, encode(type, value));
      EXPECT_EQ(most | 0x80, encode(type, -value));
    }
    EXPECT_EQ(fn ? 0x7fu : 0x80u, encode(type, NAN));
    EXPECT_EQ(fn ? 0xffu : 0x80u, encode(type, std::copysign(NAN, -1.0)));
    EXPECT_EQ(fn ? 0x80u : 0u, encode(type, -0.0));
    EXPECT_TRUE(std::isnan(decode(type, poisonCode(type))));
  }
}

TEST(Formats, leastNormalNumbers) {
  for (Type type : {Type::bf16, Type::f16, Type::fp8E4m3fn, Type::fp8E4m3fnuz}) {
    uint16_t code = static_cast<uint16_t>(1 << facts(type).mantissaBits); // the first with an exponent
    EXPECT_EQ(decode(type, code), leastNormal(type));
  }
  EXPECT_EQ(1, leastNormal(Type::int8));
}

TEST(Int8, isTwosComplementAndSaturates) {
  for (int value = -128; value < 128; ++value) {
    EXPECT_EQ(value, decode(Type::int8, static_cast<uint8_t>(value)));
    EXPECT_EQ(static_cast<uint8_t>(value), encode(Type::int8, value));
  }
  EXPECT_EQ(2, decode(Type::int8, encode(Type::int8, 2.5)));
  EXPECT_EQ(-4, decode(Type::int8, encode(Type::int8, -3.5)));
  EXPECT_EQ(127, decode(Type::int8, encode(Type::int8, 1e9)));
  EXPECT_EQ(-128, decode(Type::int8, encode(Type::int8, -INFINITY)));
  EXPECT_EQ(0, encode(Type::int8, NAN));
}

TEST(Formats, namesAreTheVariants) {
  for (const char *name : {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"}) {
    Type type;
    ASSERT_TRUE(parseType(name, type));
    EXPECT_STREQ(name, facts(type).name);
  }
  Type type;
  EXPECT_FALSE(parseType("fp8_e5m2", type));
}

} // namespace
