#include "compiler/target/Chip.h"

#include <algorithm>

namespace pa {
namespace {

// Sources: CDNA3/CDNA4 ISA manuals, LLVM AMDGPUUsage "Processors", ROCm gpu-arch-specs.
constexpr Chip chips[] = {
    {/*name=*/"gfx942", /*product=*/"MI300X", /*computeUnits=*/304, /*xcds=*/8, /*simdsPerCu=*/4,
     /*maxWavesPerSimd=*/8, /*vgprsPerLane=*/512, /*vgprGranule=*/8, /*vectorRegisters=*/256,
     /*ldsBytes=*/65536,
     /*ldsGranule=*/512,
     /*ldsBanks=*/32, /*fp8=*/Fp8Format::fnuz, /*elfMach=*/0x04c},
    {/*name=*/"gfx950", /*product=*/"MI355X", /*computeUnits=*/256, /*xcds=*/8, /*simdsPerCu=*/4,
     /*maxWavesPerSimd=*/8, /*vgprsPerLane=*/512, /*vgprGranule=*/8, /*vectorRegisters=*/256,
     /*ldsBytes=*/163840,
     /*ldsGranule=*/1280,
     /*ldsBanks=*/64, /*fp8=*/Fp8Format::ocp, /*elfMach=*/0x04f},
};

unsigned roundUp(unsigned value, unsigned step) { return (value + step - 1) / step * step; }

} // namespace

unsigned Chip::wavesPerSimd(unsigned registers) const {
  unsigned allocated = std::max(roundUp(registers, vgprGranule), vgprGranule);
  return std::min(maxWavesPerSimd, vgprsPerLane / allocated);
}

// A wave can be on any SIMD that has room for its registers. A CU has 16 barriers (LLVM's getMaxWorkGroupsPerCU), one
// for each workgroup of several waves: as many as there is ever room for.
unsigned Chip::workgroupsPerCu(unsigned waves, unsigned registers, unsigned lds) const {
  unsigned held = simdsPerCu * wavesPerSimd(registers) / waves;
  return lds == 0 ? held : std::min(held, ldsBytes / roundUp(lds, ldsGranule));
}

const Chip *findChip(std::string_view name) {
  for (const Chip &chip : chips)
    if (name == chip.name)
      return &chip;
  return nullptr;
}

const Chip *findChipByElfMach(uint32_t mach) {
  for (const Chip &chip : chips)
    if (mach == chip.elfMach)
      return &chip;
  return nullptr;
}

std::string knownChips() {
  std::string names;
  for (const Chip &chip : chips)
    names += (names.empty() ? "" : ", ") + std::string(chip.name);
  return names;
}

} // namespace pa
