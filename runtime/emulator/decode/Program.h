// A kernel, decoded: records ready to run, their text, and the way from an address to a record.
#ifndef PA_RUNTIME_EMULATOR_DECODE_PROGRAM_H
#define PA_RUNTIME_EMULATOR_DECODE_PROGRAM_H

#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/core/Instruction.h"

#include <deque>

namespace pa::emu {

struct CodeRange {
  uint64_t begin, end; // in the code's own addresses
};

struct Program {
  std::string kernel;
  uint64_t entry = 0;             // the code's own address of the first instruction
  std::vector<Inst> instructions; // the last one faults: nothing may run past the end
  std::vector<std::string> text;
  std::map<uint64_t, uint32_t> indexOf; // by the code's own address
  std::deque<std::array<uint8_t, 64>> dppTables;
  uint32_t first = 0;         // index of the entry
  unsigned accumOffset = 512; // VGPRs from there on are AGPRs
  bool hasCalls = false;

  const std::string &textOf(const Inst &i) const { return text[i.index]; }
  // Bytes from the entry; of another function, negative or past the kernel.
  int64_t offsetOf(const Inst &i) const { return int64_t(uint64_t(i.address) - entry); }
};

struct DecodeRequest {
  std::string chip;
  std::string kernel;
  const uint8_t *image; // the object's memory image: address a of the code is image[a]
  uint64_t imageBytes;
  uint64_t entry;
  CodeRange body;
  std::vector<CodeRange> functions; // what the kernel may call; decoded if it has calls
  unsigned vgprs, accumOffset;
  uint32_t mode = 0;                // at the kernel's begin
  std::vector<std::string> refused; // what of the kernel is known not to be supported
};

// Error: everything that is not supported, one line each.
Result<std::shared_ptr<Program>> decodeProgram(const DecodeRequest &request);

} // namespace pa::emu

#endif
