// ds_swizzle: which lane each lane takes its value from.
#ifndef PA_RUNTIME_EMULATOR_CORE_SWIZZLE_H
#define PA_RUNTIME_EMULATOR_CORE_SWIZZLE_H

#include <cstdint>

namespace pa::emu {

// The offset's encodings: 0x8000 permutes quads by two bits a lane; below that, groups of 32 lanes by and, or, xor of
// the lane number; 0xc000 rotates within a power of two of lanes; 0xe000 reverses the bits of the lane number that the
// mask leaves (ISA manuals: rotate and FFT modes). Forced inline: the vector levels have no code in
// common.
[[gnu::always_inline]] inline unsigned swizzleSource(uint32_t offset, unsigned lane) {
  unsigned base = lane & 32, in = lane & 31;
  if (offset >= 0xe000) {
    unsigned mask = offset & 31, reversed = 0;
    for (unsigned bit = 0; bit < 5; ++bit)
      reversed |= (in >> bit & 1) << (4 - bit);
    return base | (reversed >> __builtin_popcount(mask)) | (in & mask);
  }
  if (offset >= 0xc000) {
    unsigned mask = offset & 31, count = offset >> 5 & 31;
    unsigned turned = offset >> 10 & 1 ? in - count : in + count;
    return base | (in & mask) | (turned & ~mask & 31);
  }
  if (offset & 0x8000)
    return (lane & ~3u) | (offset >> (2 * (lane & 3)) & 3);
  return base | ((((in & (offset & 31)) | (offset >> 5 & 31)) ^ (offset >> 10 & 31)) & 31);
}

} // namespace pa::emu

#endif
