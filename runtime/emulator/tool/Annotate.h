#ifndef PA_RUNTIME_EMULATOR_TOOL_ANNOTATE_H
#define PA_RUNTIME_EMULATOR_TOOL_ANNOTATE_H

#include "runtime/emulator/Emulator.h"

namespace pa::emu::tool {

// The kernel's disassembly with what each instruction cost beside it.
std::string annotate(const std::string &kernel, const Report &report);

} // namespace pa::emu::tool

#endif
