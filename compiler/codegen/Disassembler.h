// Machine code of the known chips as parsed text of LLVM's disassembler.
#ifndef PA_COMPILER_CODEGEN_DISASSEMBLER_H
#define PA_COMPILER_CODEGEN_DISASSEMBLER_H

#include "compiler/target/Chip.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pa {

struct Instruction {
  uint64_t address = 0;
  unsigned bytes = 0;
  std::string text;                           // "global_load_dwordx4 v[2:5], v[0:1], off offset:16 nt"
  std::string mnemonic;                       // "global_load_dwordx4", without _e32, _e64
  llvm::SmallVector<std::string, 4> operands; // "v[2:5]", "v[0:1]", "off"
  std::string modifiers;                      // "offset:16 nt"
  std::optional<uint64_t> target;             // of a branch with an immediate

  bool hasModifier(llvm::StringRef name) const;
};

class Disassembler {
public:
  static llvm::Expected<std::unique_ptr<Disassembler>> create(const Chip &chip);
  ~Disassembler();

  // All of `code`, which is mapped at `address`; an error at the first word that is no instruction.
  llvm::Expected<std::vector<Instruction>> disassemble(llvm::ArrayRef<uint8_t> code, uint64_t address) const;

private:
  struct State;
  explicit Disassembler(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

} // namespace pa

#endif
