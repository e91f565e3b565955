// What a code object says of itself: chip, description, and each kernel's resources.
#ifndef PA_COMPILER_CODEGEN_OBJECTREPORT_H
#define PA_COMPILER_CODEGEN_OBJECTREPORT_H

#include "compiler/target/Chip.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pa {

struct KernelReport {
  std::string name;
  // From the metadata note; registers are a lane's (VGPR, AGPR) or a wave's (SGPR).
  unsigned vgprs = 0, agprs = 0, sgprs = 0;
  unsigned vgprSpills = 0, sgprSpills = 0;
  unsigned ldsBytes = 0;     // a workgroup
  unsigned scratchBytes = 0; // a lane
  unsigned kernargBytes = 0;
  unsigned waveSize = 0;
  unsigned maxWorkgroupSize = 0; // work-items
  // From the kernel descriptor: VGPRs and AGPRs together as the hardware allocates them, a lane.
  unsigned allocatedRegisters = 0;
  // The kernel function's machine code, within the object's bytes.
  uint64_t address = 0;
  llvm::ArrayRef<uint8_t> code;
  // From the above and the chip; no more than a persistent grid has.
  unsigned wavesPerWorkgroup = 0, workgroupsPerCu = 0;
  unsigned wavesPerCu() const { return wavesPerWorkgroup * workgroupsPerCu; }
};

struct ObjectReport {
  const Chip *chip = nullptr; // never null in a report that was returned
  unsigned codeObjectVersion = 0;
  uint64_t fileBytes = 0;
  std::string variant; // content of the section .pa.variant (JSON), empty if there is none
  std::vector<KernelReport> kernels;
};

// The report refers to `object`'s bytes. Errors: not an ELF, truncated, not an AMDGPU code object of one of the known
// chips, no metadata note, a kernel without a descriptor or code.
llvm::Expected<ObjectReport> readCodeObject(llvm::MemoryBufferRef object);

} // namespace pa

#endif
