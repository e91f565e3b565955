#include "runtime/emulator/decode/Guard.h"

namespace pa::emu {
namespace {

uint32_t bits(uint32_t word, unsigned low, unsigned count) { return word >> low & ((1u << count) - 1); }

// A source field of 255 announces a literal, which VOP3 and VOP3P cannot have.
bool namesLiteral(uint32_t sources) {
  return bits(sources, 0, 9) == 255 || bits(sources, 9, 9) == 255 || bits(sources, 18, 9) == 255;
}

// Sources A and B of the f8f6f4 products must be whole register ranges, their formats known.
bool isSafeF8f6f4(const uint32_t *w) {
  uint32_t a = bits(w[1], 0, 9), b = bits(w[1], 9, 9);
  auto registers = [](uint32_t field) { return field >= 256 && field % 2 == 0 && field + 8 <= 512; };
  uint32_t formatA = bits(w[0], 8, 3), formatB = bits(w[1], 29, 3);
  return registers(a) && registers(b) && formatA <= 4 && formatB <= 4;
}

// The instructions that are no comparisons and have a scalar result where others have a vector's.
constexpr uint32_t readlane = 0x289, readfirstlane = 0x7e000000 | 2 << 9;

bool isSafeVop3(const uint32_t *w) {
  uint32_t opcode = bits(w[0], 16, 10);
  bool scalarResult = opcode < 0x100 || opcode == readlane;
  if (namesLiteral(w[1]))
    return false;
  if (scalarResult && bits(w[0], 0, 8) == 255)
    return false;
  if (bits(w[0], 8, 7) == 127) // the scalar result of VOP3B
    return false;
  const uint32_t *product = w;
  if (w[0] >> 16 == 0xD3AC) { // the scaled form: two halves
    product = w + 2;
    if (namesLiteral(product[1]))
      return false;
  }
  uint32_t head = product[0] >> 16;
  return (head != 0xD3AD && head != 0xD3AE) || isSafeF8f6f4(product);
}

// SDWA is announced by a first source of 249; its selectors end at 6, dst_unused at 2.
bool isSafeSdwa(const uint32_t *w, bool comparison) {
  if (bits(w[1], 16, 3) == 7 || bits(w[1], 24, 3) == 7)
    return false;
  return comparison || (bits(w[1], 8, 3) != 7 && bits(w[1], 11, 2) != 3);
}

} // namespace

bool isSafeToDecode(const uint32_t *w) {
  uint32_t encoding = w[0] >> 26;
  if (encoding == 0x38 || encoding == 0x3A) // MUBUF, MTBUF: the scalar offset
    return w[1] >> 24 != 255;
  if (encoding == 0x34)
    return isSafeVop3(w);
  if ((w[0] & 0xfe01fe00) == readfirstlane && bits(w[0], 17, 8) == 255)
    return false;
  bool vop = w[0] >> 31 == 0, sdwa = vop && bits(w[0], 0, 9) == 249;
  bool comparison = vop && w[0] >> 25 == 0x3e;
  return !sdwa || isSafeSdwa(w, comparison);
}

} // namespace pa::emu
