// One bit for each byte of a range, on host pages that exist once touched; all zero at first.
#ifndef PA_RUNTIME_EMULATOR_CORE_SPARSEBITS_H
#define PA_RUNTIME_EMULATOR_CORE_SPARSEBITS_H

#include <cstddef>
#include <cstdint>

namespace pa::emu {

// `count` bits from `offset` on, at most 32, the first one lowest. One word past their own may be read.
inline uint32_t bitsAt(const uint64_t *words, uint64_t offset, unsigned count) {
  uint64_t w = offset / 64, shift = offset % 64;
  uint64_t x = words[w] >> shift | (shift ? words[w + 1] << (64 - shift) : 0);
  return uint32_t(x & ((1ull << count) - 1));
}
inline void putBits(uint64_t *words, uint64_t offset, unsigned count, uint32_t value) {
  uint64_t w = offset / 64, shift = offset % 64, mask = (1ull << count) - 1, x = value & mask;
  words[w] = (words[w] & ~(mask << shift)) | x << shift;
  if (shift + count > 64)
    words[w + 1] = (words[w + 1] & ~(mask >> (64 - shift))) | x >> (64 - shift);
}

class SparseBits {
public:
  explicit SparseBits(uint64_t bytes);
  ~SparseBits();
  SparseBits(const SparseBits &) = delete;
  SparseBits &operator=(const SparseBits &) = delete;

  uint32_t get(uint64_t offset, unsigned count) const { return bits ? bitsAt(bits, offset, count) : 0; }
  void put(uint64_t offset, unsigned count, uint32_t value) {
    if (bits)
      putBits(bits, offset, count, value);
  }
  void set(uint64_t offset, uint64_t count, bool value);
  // The first byte of the range whose bit is not `value`; `offset + count` if there is none.
  uint64_t firstUnlike(uint64_t offset, uint64_t count, bool value) const;
  // 64 bytes' bits at once.
  uint64_t word(uint64_t index) const { return bits ? bits[index] : 0; }

private:
  uint64_t words;
  uint64_t *bits; // null: the host has no room, and all bits read 0
};

} // namespace pa::emu

#endif
