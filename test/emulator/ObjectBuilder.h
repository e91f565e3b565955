// Code objects made by hand from machine code: an ELF with one kernel, written field by field.
#ifndef PA_TEST_EMULATOR_OBJECTBUILDER_H
#define PA_TEST_EMULATOR_OBJECTBUILDER_H

#include <cstdint>
#include <string>
#include <vector>

namespace pa::emu::test {

struct KernelSpec {
  std::string chip = "gfx942";
  std::string name = "k";
  unsigned vgprs = 64, accumOffset = 64;
  uint32_t lds = 0, scratch = 0, kernargBytes = 0;
  bool idX = true, idY = false, idZ = false;
  uint32_t rsrc1 = 0x00af0000;   // IEEE, DX10_CLAMP, all denormals kept, nearest even
  uint32_t rsrc2 = 0, rsrc3 = 0; // further bits
  uint16_t preload = 0;          // kernarg preload: dwords in bits 6:0, offset in 15:7
  unsigned codeObjectVersion = 5;
  uint16_t properties = 8; // the kernarg pointer in s[0:1]
};

// The object's bytes: text is LLVM assembly of the kernel's body.
std::vector<uint8_t> buildObject(const KernelSpec &spec, const std::string &text);

} // namespace pa::emu::test

#endif
