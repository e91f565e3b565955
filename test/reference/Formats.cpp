#include "test/reference/Formats.h"

#include <cmath>
#include <limits>

namespace pa::reference {
namespace {

constexpr FormatFacts formats[] = {{"bf16", 8, 7}, {"f16", 5, 10}};

int bias(const FormatFacts &format) { return (1 << (format.exponentBits - 1)) - 1; }
int exponentMask(const FormatFacts &format) { return (1 << format.exponentBits) - 1; }
int mantissaMask(const FormatFacts &format) { return (1 << format.mantissaBits) - 1; }

} // namespace

const FormatFacts &facts(Type type) { return formats[static_cast<int>(type)]; }

bool parseType(std::string_view name, Type &type) {
  for (Type candidate : {Type::bf16, Type::f16})
    if (name == facts(candidate).name) {
      type = candidate;
      return true;
    }
  return false;
}

double decode(Type type, uint16_t code) {
  const FormatFacts &format = facts(type);
  double sign = code & 0x8000 ? -1.0 : 1.0;
  int exponent = code >> format.mantissaBits & exponentMask(format);
  int mantissa = code & mantissaMask(format);
  if (exponent == exponentMask(format))
    return std::copysign(mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity(),
                         sign);
  int hidden = exponent ? 1 << format.mantissaBits : 0;
  int scale = (exponent ? exponent : 1) - bias(format) - format.mantissaBits;
  return sign * std::ldexp(mantissa + hidden, scale);
}

uint16_t encode(Type type, double value) {
  const FormatFacts &format = facts(type);
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  uint16_t infinity = static_cast<uint16_t>(exponentMask(format) << format.mantissaBits);
  if (std::isnan(value))
    return sign | infinity | 1 << (format.mantissaBits - 1);
  double magnitude = std::fabs(value);
  if (magnitude == 0)
    return sign;
  if (std::isinf(magnitude))
    return sign | infinity;

  // Count in units of the last place: of the value's own binade, or of the subnormals below the least one.
  int exponent = std::ilogb(magnitude);
  int least = 1 - bias(format);
  if (exponent < least)
    exponent = least;
  double units = std::nearbyint(std::ldexp(magnitude, format.mantissaBits - exponent));
  // A carry out of the mantissa runs into the exponent field, which is what rounding up to a power of two means.
  auto code = static_cast<int64_t>(units) + (static_cast<int64_t>(exponent - least) << format.mantissaBits);
  return sign | static_cast<uint16_t>(code < infinity ? code : infinity);
}

double rounded(Type type, double value) { return decode(type, encode(type, value)); }

uint16_t poisonCode(Type type) { return type == Type::bf16 ? 0x7fe5 : 0x7ee5; }

} // namespace pa::reference
