#include "test/reference/Formats.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pa::reference {
namespace {

int signBit(const FormatFacts &format) { return format.bytes == 2 ? 0x8000 : 0x80; }
int exponentMask(const FormatFacts &format) { return (1 << format.exponentBits) - 1; }
int mantissaMask(const FormatFacts &format) { return (1 << format.mantissaBits) - 1; }

// The magnitude codes from here on are not finite; one past the largest where all are.
int firstNotFinite(Type type) {
  const FormatFacts &format = facts(type);
  if (type == Type::fp8E4m3fn)
    return 0x7f;
  return type == Type::fp8E4m3fnuz ? 0x80 : exponentMask(format) << format.mantissaBits;
}

double quietNan(bool negative) {
  return std::copysign(std::numeric_limits<double>::quiet_NaN(), negative ? -1.0 : 1.0);
}

uint16_t encodeInt8(double value) {
  if (std::isnan(value))
    return 0;
  double whole = std::clamp(std::nearbyint(value), -128.0, 127.0);
  return static_cast<uint8_t>(static_cast<int>(whole));
}

uint16_t encodeNan(Type type, uint16_t sign) {
  switch (type) {
  case Type::fp8E4m3fn:
    return sign | 0x7f;
  case Type::fp8E4m3fnuz:
    return 0x80;
  default:
    return sign | firstNotFinite(type) | 1 << (facts(type).mantissaBits - 1);
  }
}

} // namespace

bool parseType(std::string_view name, Type &type) {
  for (size_t i = 0; i < std::size(formats); ++i)
    if (name == formats[i].name) {
      type = static_cast<Type>(i);
      return true;
    }
  return false;
}

double decode(Type type, uint16_t code) {
  const FormatFacts &format = facts(type);
  if (type == Type::int8)
    return static_cast<int8_t>(code);
  bool negative = code & signBit(format);
  int magnitude = code & (signBit(format) - 1);
  if (type == Type::fp8E4m3fnuz && negative && magnitude == 0)
    return quietNan(true);
  if (magnitude > firstNotFinite(type) || (isFp8(type) && magnitude == firstNotFinite(type)))
    return quietNan(negative);
  double sign = negative ? -1.0 : 1.0;
  if (magnitude == firstNotFinite(type))
    return sign * std::numeric_limits<double>::infinity();
  int exponent = magnitude >> format.mantissaBits;
  int hidden = exponent ? 1 << format.mantissaBits : 0;
  int scale = (exponent ? exponent : 1) - format.bias - format.mantissaBits;
  return sign * std::ldexp((magnitude & mantissaMask(format)) + hidden, scale);
}

std::vector<double> decodeTable(Type type) {
  std::vector<double> table(codesOf(type));
  for (unsigned code = 0; code < table.size(); ++code)
    table[code] = decode(type, static_cast<uint16_t>(code));
  return table;
}

uint16_t encode(Type type, double value) {
  if (type == Type::int8)
    return encodeInt8(value);
  const FormatFacts &format = facts(type);
  uint16_t sign = std::signbit(value) ? signBit(format) : 0;
  if (std::isnan(value))
    return encodeNan(type, sign);
  // Past the largest finite value: the infinity, or that value itself.
  int most = isFp8(type) ? firstNotFinite(type) - 1 : firstNotFinite(type);
  double magnitude = std::fabs(value);
  int64_t code = most;
  if (magnitude == 0) {
    code = 0;
  } else if (!std::isinf(magnitude)) {
    // Count in units of the last place: of the value's own binade, or of the subnormals below the least one.
    int least = 1 - format.bias;
    int exponent = std::max(std::ilogb(magnitude), least);
    double units = std::nearbyint(std::ldexp(magnitude, format.mantissaBits - exponent));
    // A carry out of the mantissa runs into the exponent field, which is what rounding up to a power of two means.
    code = static_cast<int64_t>(units) + (static_cast<int64_t>(exponent - least) << format.mantissaBits);
  }
  if (type == Type::fp8E4m3fnuz && code == 0)
    return 0;
  return sign | static_cast<uint16_t>(std::min<int64_t>(code, most));
}

double rounded(Type type, double value) { return decode(type, encode(type, value)); }

double largestFinite(Type type) {
  return type == Type::int8 ? 127 : decode(type, static_cast<uint16_t>(firstNotFinite(type) - 1));
}

double leastNormal(Type type) { return type == Type::int8 ? 1 : std::ldexp(1, 1 - facts(type).bias); }

uint16_t poisonCode(Type type) {
  switch (type) {
  case Type::bf16:
    return 0x7fe5;
  case Type::f16:
    return 0x7ee5;
  case Type::fp8E4m3fn:
    return 0x7f;
  default:
    return 0x80;
  }
}

} // namespace pa::reference
