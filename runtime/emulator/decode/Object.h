// A code object's file, read: chip, memory image, kernels with descriptors and metadata, sections.
#ifndef PA_RUNTIME_EMULATOR_DECODE_OBJECT_H
#define PA_RUNTIME_EMULATOR_DECODE_OBJECT_H

#include "compiler/target/Chip.h"
#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/decode/Program.h"

namespace pa::emu {

// The kernel descriptor's fields (LLVM AMDGPUUsage "Kernel Descriptor").
struct Descriptor {
  uint32_t rsrc1 = 0, rsrc2 = 0, rsrc3 = 0;
  uint32_t codeProperties = 0, kernargPreload = 0;
  bool reserved = false; // a reserved byte is not zero

  unsigned field1(unsigned low, unsigned count) const { return rsrc1 >> low & ((1u << count) - 1); }
  unsigned field2(unsigned low, unsigned count) const { return rsrc2 >> low & ((1u << count) - 1); }
  bool property(unsigned bit) const { return codeProperties >> bit & 1; }
  unsigned preloadDwords() const { return kernargPreload & 127; }
  unsigned preloadOffset() const { return kernargPreload >> 7; } // in dwords
};

struct ObjectKernel {
  KernelInfo info;
  Descriptor descriptor;
  uint64_t entry = 0; // address in the image
  CodeRange body{};
};

// A word of the image that holds an address of the object itself.
struct Relocation {
  uint64_t at;
  uint64_t value; // relative to where the image is loaded
};

struct ObjectFile {
  const Chip *chip = nullptr;
  unsigned version = 0;       // of the code object's format
  std::vector<uint8_t> image; // what the loadable segments make of memory, from address 0
  std::vector<ObjectKernel> kernels;
  std::vector<CodeRange> functions; // that are no kernels
  std::vector<Relocation> relocations;
  std::map<std::string, CodeRange> variables; // data symbols, in the image
  std::map<std::string, std::string> sections;
};

Result<ObjectFile> readObject(const void *data, size_t bytes);
// The chip alone.
Result<const Chip *> readChip(const void *data, size_t bytes);

} // namespace pa::emu

#endif
