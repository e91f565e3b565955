// Words that LLVM 22.1.8's disassembler or printer crash on.
#ifndef PA_RUNTIME_EMULATOR_DECODE_GUARD_H
#define PA_RUNTIME_EMULATOR_DECODE_GUARD_H

#include <cstdint>

namespace pa::emu {

// False: the four words (zero-padded) must not be given to LLVM; no real code holds them.
bool isSafeToDecode(const uint32_t *words);

} // namespace pa::emu

#endif
