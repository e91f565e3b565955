#ifndef PA_RUNTIME_EMULATOR_TOOL_FILES_H
#define PA_RUNTIME_EMULATOR_TOOL_FILES_H

#include "runtime/emulator/Emulator.h"

namespace pa::emu::tool {

Error toolError(std::string message);
Result<std::string> readFile(const std::string &path);
Status writeFile(const std::string &path, const void *data, size_t bytes);

} // namespace pa::emu::tool

#endif
