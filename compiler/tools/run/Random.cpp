#include "compiler/tools/run/Random.h"

#include <cmath>

namespace pa::run {
namespace {

constexpr int steps = 65536;

// The x with Phi(x) = p, by Newton's method from below the median outwards; p in (0, 0.5].
double normalQuantile(double p, double start) {
  double x = start;
  for (int i = 0; i < 60; ++i) {
    double density = std::exp(-x * x / 2) / std::sqrt(2 * M_PI);
    double step = (std::erfc(-x / std::sqrt(2.0)) / 2 - p) / density;
    x -= step;
    if (std::fabs(step) < 1e-12)
      break;
  }
  return x;
}

} // namespace

Quantiles Quantiles::normal(reference::Type type, double deviation) {
  Quantiles quantiles;
  quantiles.table.resize(steps);
  double x = 0;
  for (int i = steps / 2 - 1; i >= 0; --i) {
    x = normalQuantile((i + 0.5) / steps, x);
    quantiles.table[i] = reference::encode(type, deviation * x);
    quantiles.table[steps - 1 - i] = reference::encode(type, -deviation * x);
  }
  return quantiles;
}

Quantiles Quantiles::uniform(reference::Type type, double least, double most) {
  Quantiles quantiles;
  quantiles.table.resize(steps);
  for (int i = 0; i < steps; ++i)
    quantiles.table[i] = reference::encode(type, least + (most - least) * (i + 0.5) / steps);
  return quantiles;
}

Quantiles Quantiles::of(const std::vector<uint16_t> &codes) {
  Quantiles quantiles;
  quantiles.table.resize(steps);
  for (size_t i = 0; i < quantiles.table.size(); ++i)
    quantiles.table[i] = codes[i * codes.size() / steps];
  return quantiles;
}

} // namespace pa::run
