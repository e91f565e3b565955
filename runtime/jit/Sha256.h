// SHA-256 (FIPS 180-4), for the cache's names and checksums. libpa links no LLVM, so it has its own.
#ifndef PA_RUNTIME_JIT_SHA256_H
#define PA_RUNTIME_JIT_SHA256_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pa {

using Digest = std::array<uint8_t, 32>;

class Sha256 {
public:
  void add(std::string_view bytes);
  Digest digest(); // once, at the end

private:
  void block(const uint8_t *bytes);
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t pending[64];
  size_t pendingBytes = 0;
  uint64_t total = 0;
};

Digest sha256(std::string_view bytes);
std::string hex(const Digest &digest);

} // namespace pa

#endif
