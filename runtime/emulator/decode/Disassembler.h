// LLVM's disassembler and printer of one chip, behind the guard.
#ifndef PA_RUNTIME_EMULATOR_DECODE_DISASSEMBLER_H
#define PA_RUNTIME_EMULATOR_DECODE_DISASSEMBLER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace pa::emu {

class Disassembler {
public:
  explicit Disassembler(const std::string &chip);
  ~Disassembler();

  // The text of the instruction at the start of `bytes`, and its length; empty if there is none.
  std::string text(const uint8_t *bytes, size_t available, uint64_t address, unsigned &length) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

// One per chip and process, made when first asked for.
const Disassembler &disassemblerOf(const std::string &chip);

} // namespace pa::emu

#endif
