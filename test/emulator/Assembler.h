// LLVM's assembler of one chip, for tests: text in, machine code out. No compiler of ours takes part.
#ifndef PA_TEST_EMULATOR_ASSEMBLER_H
#define PA_TEST_EMULATOR_ASSEMBLER_H

#include <cstdint>
#include <string>
#include <vector>

namespace pa::emu::test {

// The .text of what LLVM assembles; empty, with LLVM's messages in `errors`, if it refuses.
std::vector<uint8_t> assemble(const std::string &chip, const std::string &text, std::string *errors = nullptr);

} // namespace pa::emu::test

#endif
