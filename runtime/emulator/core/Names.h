// Registers as LLVM prints them.
#ifndef PA_RUNTIME_EMULATOR_CORE_NAMES_H
#define PA_RUNTIME_EMULATOR_CORE_NAMES_H

#include "runtime/emulator/core/State.h"

#include <string>

namespace pa::emu {

std::string registerName(const Wave &wave, Place place, unsigned reg);

} // namespace pa::emu

#endif
