// Random codes, the same on every machine, and fast: a cache has tens of millions of them.
#ifndef PA_COMPILER_TOOLS_RUN_RANDOM_H
#define PA_COMPILER_TOOLS_RUN_RANDOM_H

#include "test/reference/Formats.h"

#include <vector>

namespace pa::run {

// A sequence of 64-bit numbers that is a function of its key (Weyl sequence through the finaliser of MurmurHash3).
class Stream {
public:
  explicit Stream(uint64_t key) : state(mix(key)) {}
  uint64_t next() { return mix(state += 0x9e3779b97f4a7c15u); }
  uint64_t below(uint64_t bound) { return static_cast<uint64_t>(static_cast<unsigned __int128>(next()) * bound >> 64); }

  static uint64_t mix(uint64_t value) {
    value = (value ^ value >> 33) * 0xff51afd7ed558ccdu;
    value = (value ^ value >> 33) * 0xc4ceb9fe1a85ec53u;
    return value ^ value >> 33;
  }

private:
  uint64_t state;
};

// 65,536 equally likely codes: of a distribution, its quantiles in the middle of equal steps, rounded to the type.
class Quantiles {
public:
  static Quantiles normal(reference::Type type, double deviation);
  static Quantiles uniform(reference::Type type, double least, double most);
  static Quantiles of(const std::vector<uint16_t> &codes); // each as often

  const std::vector<uint16_t> &codes() const { return table; }

  void fill(uint16_t *codes, size_t count, Stream stream) const {
    for (size_t i = 0; i < count;) {
      uint64_t bits = stream.next();
      for (int part = 0; part < 4 && i < count; ++part, bits >>= 16)
        codes[i++] = table[bits & 0xffff];
    }
  }

private:
  std::vector<uint16_t> table;
};

} // namespace pa::run

#endif
