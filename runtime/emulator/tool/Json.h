#ifndef PA_RUNTIME_EMULATOR_TOOL_JSON_H
#define PA_RUNTIME_EMULATOR_TOOL_JSON_H

#include "runtime/emulator/Emulator.h"

namespace pa::emu::tool {

std::string countersAsJson(const Report &report);

} // namespace pa::emu::tool

#endif
