#include "test/reference/CacheWrites.h"

#include <cmath>
#include <limits>

namespace pa::reference {

StoredRow storeRow(Type type, const uint16_t *row, int size, const Shape &cache, float callersScale) {
  StoredRow stored;
  stored.codes.assign(row, row + size);
  if (cache.cacheBytes() == 2)
    return stored;
  auto at = [&](int d) { return static_cast<float>(decode(type, row[d])); };
  stored.scale = callersScale;
  if (cache.scales == Scales::token) {
    float largest = 0;
    for (int d = 0; d < size; ++d)
      largest = std::fmax(largest, std::fabs(at(d)));
    stored.scale = largest != 0 ? largest / float(largestFinite(cache.cacheType)) : 1;
  }
  for (int d = 0; d < size; ++d)
    stored.codes[d] = encode(cache.cacheType, at(d) / stored.scale);
  return stored;
}

// From fn to fnuz numbers are halved and scales doubled: every finite number of the one is one of the other then.
uint16_t convertCode(Type from, Type to, uint16_t code) {
  if (from == to)
    return code;
  return encode(to, decode(from, code) * (from == Type::fp8E4m3fn ? 0.5 : 1));
}

float convertScale(Type from, Type to, float scale) {
  return from == Type::fp8E4m3fn && to == Type::fp8E4m3fnuz ? 2 * scale : scale;
}

bool sameNumber(Type type, uint16_t one, uint16_t other) {
  return one == other || (std::isnan(decode(type, one)) && std::isnan(decode(type, other)));
}

MergedRow mergeRow(Type type, const uint16_t *a, float lseA, const uint16_t *b, float lseB, int size) {
  constexpr double none = -std::numeric_limits<double>::infinity();
  MergedRow merged;
  merged.values.assign(size, 0);
  merged.allowed.assign(size, 0);
  if (lseA == none || lseB == none) { // exactly the side that saw a key
    const uint16_t *kept = lseA == none ? b : a;
    merged.lse = lseA == none ? lseB : lseA;
    for (int d = 0; d < size; ++d)
      merged.values[d] = merged.lse == none ? 0 : decode(type, kept[d]);
    return merged;
  }
  double most = std::max(lseA, lseB), lastPlace = std::ldexp(1, -facts(type).mantissaBits);
  double weightA = std::exp(lseA - most), weightB = std::exp(lseB - most);
  merged.lse = most + std::log(weightA + weightB);
  merged.allowedLse = 2e-6 * std::fmax(1, std::fabs(most));
  for (int d = 0; d < size; ++d) {
    double x = weightA * decode(type, a[d]) / (weightA + weightB);
    double y = weightB * decode(type, b[d]) / (weightA + weightB);
    merged.values[d] = x + y;
    // Half a last place of the result, and what f32 adds before that.
    merged.allowed[d] = 0.5001 * lastPlace * std::fabs(x + y) + 1e-6 * (std::fabs(x) + std::fabs(y)) + 3e-8;
  }
  return merged;
}

} // namespace pa::reference
