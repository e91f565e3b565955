#include "runtime/emulator/core/SparseBits.h"

#include <sys/mman.h>

#include <algorithm>

namespace pa::emu {

SparseBits::SparseBits(uint64_t bytes) : words(bytes / 64 + 2) {
  void *p = mmap(nullptr, words * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  bits = p == MAP_FAILED ? nullptr : static_cast<uint64_t *>(p);
}
SparseBits::~SparseBits() {
  if (bits)
    munmap(bits, words * 8);
}

void SparseBits::set(uint64_t offset, uint64_t count, bool value) {
  if (!bits)
    return;
  for (uint64_t end = offset + count; offset < end;) {
    uint64_t shift = offset % 64, here = std::min(64 - shift, end - offset);
    uint64_t mask = (here == 64 ? ~0ull : (1ull << here) - 1) << shift, &w = bits[offset / 64];
    // A page that holds what is wanted already is not touched.
    if ((w & mask) != (value ? mask : 0))
      w = value ? w | mask : w & ~mask;
    offset += here;
  }
}

uint64_t SparseBits::firstUnlike(uint64_t offset, uint64_t count, bool value) const {
  uint64_t end = offset + count;
  if (!bits)
    return value && count ? offset : end;
  while (offset < end) {
    uint64_t shift = offset % 64, here = std::min(64 - shift, end - offset);
    uint64_t mask = (here == 64 ? ~0ull : (1ull << here) - 1) << shift;
    if (uint64_t unlike = (value ? ~bits[offset / 64] : bits[offset / 64]) & mask)
      return offset - shift + unsigned(__builtin_ctzll(unlike));
    offset += here;
  }
  return end;
}

} // namespace pa::emu
