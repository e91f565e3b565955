// Facts about each gfx arch that compiler, runtime and emulated device need alike: plain C++, no LLVM.
// The only place with chip facts; which matrix instructions a chip has is in Target.cpp (compiler only).
#ifndef PA_COMPILER_TARGET_CHIP_H
#define PA_COMPILER_TARGET_CHIP_H

#include <cstdint>
#include <string>
#include <string_view>

namespace pa {

enum class Fp8Format { fnuz, ocp };

struct Chip {
  const char *name;      // "gfx942"
  const char *product;   // a product that has it
  unsigned computeUnits; // per device, all XCDs
  unsigned xcds;         // workgroup i runs on XCD i % xcds
  unsigned simdsPerCu;   // a CU's SIMDs; waves are spread over them
  unsigned maxWavesPerSimd;
  unsigned vgprsPerLane;    // unified file of one SIMD: VGPRs and AGPRs together
  unsigned vgprGranule;     // allocation step of vgprsPerLane
  unsigned vectorRegisters; // of them, what a vector instruction can name: the ISA manuals give an operand 8 bits
  unsigned ldsBytes;        // per CU, and the most one workgroup may have
  unsigned ldsGranule;      // allocation step
  unsigned ldsBanks;        // of 4 bytes
  Fp8Format fp8;
  uint32_t elfMach; // EF_AMDGPU_MACH_* in e_flags bits 7:0 (llvm/BinaryFormat/ELF.h)

  // Waves of one SIMD that fit `registers` (VGPRs + AGPRs of a wave); at least 0.
  unsigned wavesPerSimd(unsigned registers) const;
  // Workgroups of `waves` waves that a CU holds at once; 0 if one does not fit.
  unsigned workgroupsPerCu(unsigned waves, unsigned registers, unsigned lds) const;
};

// Null when the chip is not known; `knownChips()` is then what an error quotes.
const Chip *findChip(std::string_view name);
const Chip *findChipByElfMach(uint32_t mach);
std::string knownChips(); // "gfx942, gfx950"

} // namespace pa

#endif
