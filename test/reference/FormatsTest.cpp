#include "test/reference/Formats.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

using namespace pa::reference;

namespace {

constexpr Type types[] = {Type::bf16, Type::f16};

uint16_t infinityCode(Type type) { return type == Type::bf16 ? 0x7f80 : 0x7c00; }

// What the machine and the compiler think a code is worth.
double decodedByCompiler(Type type, uint16_t code) {
  if (type == Type::bf16) {
    uint32_t bits = static_cast<uint32_t>(code) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
  }
  _Float16 value;
  std::memcpy(&value, &code, sizeof value);
  return static_cast<double>(value);
}

TEST(Formats, decodesEveryCodeAsTheCompilerDoes) {
  for (Type type : types)
    for (unsigned code = 0; code < 65536; ++code) {
      double expected = decodedByCompiler(type, code), got = decode(type, code);
      ASSERT_EQ(std::isnan(expected), std::isnan(got)) << facts(type).name << " " << code;
      ASSERT_EQ(std::signbit(expected), std::signbit(got)) << facts(type).name << " " << code;
      if (!std::isnan(expected)) {
        ASSERT_EQ(expected, got) << facts(type).name << " " << code;
      }
    }
}

TEST(Formats, everyCodeRoundTrips) {
  for (Type type : types)
    for (unsigned code = 0; code < 65536; ++code) {
      double value = decode(type, code);
      unsigned expected = std::isnan(value) ? (code & 0x8000) | (type == Type::bf16 ? 0x7fc0 : 0x7e00) : code;
      ASSERT_EQ(expected, encode(type, value)) << facts(type).name << " " << code;
    }
}

// Nearest by double arithmetic alone: neighbours' distances are exact here, a tie goes to the even code.
TEST(Formats, everyMidpointAndItsNeighboursRoundToNearestEven) {
  for (Type type : types)
    for (unsigned code = 0; code + 1 < infinityCode(type); ++code) {
      double low = decode(type, code), high = decode(type, code + 1), middle = low + (high - low) / 2;
      ASSERT_EQ(middle - low, high - middle);
      unsigned even = code & 1 ? code + 1 : code;
      for (double sign : {1.0, -1.0}) {
        unsigned signBit = sign < 0 ? 0x8000 : 0;
        ASSERT_EQ(even | signBit, encode(type, sign * middle)) << facts(type).name << " " << code;
        ASSERT_EQ(code | signBit, encode(type, sign * std::nextafter(middle, low))) << facts(type).name << " " << code;
        ASSERT_EQ((code + 1) | signBit, encode(type, sign * std::nextafter(middle, high)))
            << facts(type).name << " " << code;
      }
    }
}

TEST(Formats, randomDoublesGoToTheNearerNeighbour) {
  std::mt19937_64 random(7);
  for (Type type : types)
    for (int i = 0; i < 200000; ++i) {
      std::uniform_int_distribution<unsigned> codes(0, infinityCode(type) - 2);
      unsigned code = codes(random);
      double low = decode(type, code), high = decode(type, code + 1);
      double value = low + (high - low) * std::uniform_real_distribution<double>(0, 1)(random);
      double got = decode(type, encode(type, value));
      ASSERT_LE(std::fabs(got - value), std::fmin(value - low, high - value));
    }
}

TEST(Formats, overflowAndSpecialValues) {
  for (Type type : types) {
    uint16_t infinity = infinityCode(type);
    double most = decode(type, infinity - 1), step = most - decode(type, infinity - 2);
    EXPECT_EQ(infinity - 1, encode(type, std::nextafter(most + step / 2, 0)));
    EXPECT_EQ(infinity, encode(type, most + step / 2));
    EXPECT_EQ(infinity | 0x8000, encode(type, -1e300));
    EXPECT_EQ(infinity, encode(type, INFINITY));
    EXPECT_EQ(0, encode(type, 1e-300));
    EXPECT_EQ(0x8000, encode(type, -0.0));
    EXPECT_EQ(0, encode(type, decode(type, 1) / 2)); // a tie between zero and the least value
    EXPECT_EQ(1, encode(type, std::nextafter(decode(type, 1) / 2, 1.0)));
    EXPECT_TRUE(std::isnan(decode(type, poisonCode(type))));
  }
}

// Through float this rounds twice: 1 + 2^-8 + 2^-30 is above the tie, but the float below it is the tie itself.
TEST(Formats, roundsOnceOnly) {
  EXPECT_EQ(0x3f81, encode(Type::bf16, 1.0 + std::ldexp(1, -8) + std::ldexp(1, -30)));
  EXPECT_EQ(0x3c01, encode(Type::f16, 1.0 + std::ldexp(1, -11) + std::ldexp(1, -30)));
}

} // namespace
