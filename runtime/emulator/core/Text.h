#ifndef PA_RUNTIME_EMULATOR_CORE_TEXT_H
#define PA_RUNTIME_EMULATOR_CORE_TEXT_H

#include <string>

namespace pa::emu {

// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string format(const char *pattern, ...);

} // namespace pa::emu

#endif
