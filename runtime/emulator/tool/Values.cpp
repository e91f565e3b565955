#include "runtime/emulator/tool/Values.h"

#include <cmath>
#include <cstring>

namespace pa::emu::tool {
namespace {

// To the nearest value of a narrow format, ties to even; beyond its range infinity.
uint64_t narrow(const ValueType &t, double x) {
  int bias = (1 << (t.exponent - 1)) - 1;
  uint64_t sign = std::signbit(x) ? 1ull << (t.exponent + t.fraction) : 0;
  uint64_t infinity = ((1ull << t.exponent) - 1) << t.fraction;
  if (std::isnan(x))
    return sign | infinity | 1ull << (t.fraction - 1);
  double magnitude = std::fabs(x);
  if (magnitude == 0 || std::isinf(x))
    return sign | (magnitude == 0 ? 0 : infinity);
  int e = std::max(std::ilogb(magnitude), 1 - bias);
  double steps = std::nearbyint(std::ldexp(magnitude, int(t.fraction) - e));
  // A full fraction carries into the exponent by itself.
  uint64_t bits = uint64_t(steps) + (uint64_t(e + bias - 1) << t.fraction);
  return sign | std::min(bits, infinity);
}

double widened(const ValueType &t, uint64_t bits) {
  int bias = (1 << (t.exponent - 1)) - 1;
  uint64_t fraction = bits & ((1ull << t.fraction) - 1), exponent = bits >> t.fraction & ((1ull << t.exponent) - 1);
  double sign = bits >> (t.exponent + t.fraction) & 1 ? -1 : 1;
  if (exponent == (1ull << t.exponent) - 1)
    return fraction ? NAN : sign * INFINITY;
  uint64_t whole = exponent ? fraction | 1ull << t.fraction : fraction;
  return sign * std::ldexp(double(whole), int(exponent ? exponent : 1) - bias - int(t.fraction));
}

double floatingOf(const json &value, const std::string &field, const char *type) {
  if (value.is_number())
    return value.get<double>();
  if (value == "nan")
    return NAN;
  if (value == "inf" || value == "-inf")
    return value == "inf" ? INFINITY : -INFINITY;
  fail(field, "must be a number of type " + std::string(type) + ", got " + value.dump());
}

uint64_t integerOf(const ValueType &t, const json &value, const std::string &field) {
  if (!value.is_number_integer())
    fail(field, "must be a number of type " + std::string(t.name) + ", got " + value.dump());
  bool negative = !value.is_number_unsigned() && value.get<int64_t>() < 0;
  uint64_t bits = negative ? uint64_t(value.get<int64_t>()) : value.get<uint64_t>();
  unsigned width = t.bytes * 8;
  uint64_t most = ~0ull >> (64 - width + (t.isSigned ? 1 : 0));
  bool fits = negative ? t.isSigned && ~bits <= most : bits <= most;
  if (!fits)
    fail(field, value.dump() + " does not fit " + t.name);
  return bits;
}

} // namespace

const std::vector<ValueType> &valueTypes() {
  static const std::vector<ValueType> types = {
      {"u8", 1, false, false},       {"u16", 2, false, false},      {"u32", 4, false, false}, {"u64", 8, false, false},
      {"i8", 1, true, false},        {"i16", 2, true, false},       {"i32", 4, true, false},  {"i64", 8, true, false},
      {"f16", 2, true, true, 5, 10}, {"bf16", 2, true, true, 8, 7}, {"f32", 4, true, true},   {"f64", 8, true, true}};
  return types;
}

const ValueType *findValueType(const std::string &name) {
  for (const ValueType &t : valueTypes())
    if (name == t.name)
      return &t;
  return nullptr;
}

std::vector<std::string> valueTypeNames() {
  std::vector<std::string> names;
  for (const ValueType &t : valueTypes())
    names.push_back(t.name);
  return names;
}

std::vector<uint8_t> bytesOf(const ValueType &t, const json &value, const std::string &field) {
  std::vector<uint8_t> out;
  if (value.is_array()) {
    for (size_t n = 0; n < value.size(); ++n) {
      std::vector<uint8_t> one = bytesOf(t, value[n], field + "[" + std::to_string(n) + "]");
      out.insert(out.end(), one.begin(), one.end());
    }
    return out;
  }
  uint64_t bits = 0;
  if (!t.floating) {
    bits = integerOf(t, value, field);
  } else {
    double x = floatingOf(value, field, t.name);
    float single = float(x);
    if (t.exponent)
      bits = narrow(t, x);
    else if (t.bytes == 4)
      std::memcpy(&bits, &single, 4);
    else
      std::memcpy(&bits, &x, 8);
  }
  out.resize(t.bytes);
  std::memcpy(out.data(), &bits, t.bytes);
  return out;
}

bool valueOf(const json &object, const std::string &field, std::vector<uint8_t> &bytes) {
  unsigned given = 0;
  if (object.contains("hex")) {
    bytes = hexOf(object["hex"], field + ".hex");
    ++given;
  }
  for (const ValueType &t : valueTypes())
    if (object.contains(t.name)) {
      bytes = bytesOf(t, object[t.name], field + "." + t.name);
      ++given;
    }
  if (given > 1)
    fail(field, "needs exactly one value");
  return given == 1;
}

double numberAt(const ValueType &t, const uint8_t *bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, t.bytes);
  if (t.exponent)
    return widened(t, bits);
  if (t.floating) {
    float single;
    double wide;
    std::memcpy(&single, bytes, 4);
    if (t.bytes == 4)
      return single;
    std::memcpy(&wide, bytes, 8);
    return wide;
  }
  if (!t.isSigned)
    return double(bits);
  unsigned unused = 64 - 8 * t.bytes;
  return double(int64_t(bits << unused) >> unused);
}

} // namespace pa::emu::tool
