// The instruction tables at the highest vector level that this host has.
#ifndef PA_RUNTIME_EMULATOR_DECODE_TABLES_H
#define PA_RUNTIME_EMULATOR_DECODE_TABLES_H

#include "runtime/emulator/core/Instruction.h"

#include <string>
#include <vector>

namespace pa::emu {

// All rows of a mnemonic on a chip; empty if there are none.
const std::vector<const Row *> &rowsOf(const std::string &chip, const std::string &mnemonic);

std::vector<std::string> mnemonicsOf(const std::string &chip);

// "x86-64-v1", "x86-64-v3", "x86-64-v4": what the tables in use were compiled for. PA_EMU_LEVEL in the environment
// ("v1", "v3", "v4") chooses a lower one.
const char *vectorLevel();

} // namespace pa::emu

#endif
