// The host's floating-point state that stands for MODE's f32 part.
#ifndef PA_RUNTIME_EMULATOR_CORE_HOSTSTATE_H
#define PA_RUNTIME_EMULATOR_CORE_HOSTSTATE_H

#include <cstdint>

namespace pa::emu {

constexpr uint32_t defaultHostState = 0x1f80; // every exception masked, round to nearest even, denormals kept

// The host's state for a value of MODE.
uint32_t hostStateOf(uint32_t mode);

// What of MODE is not supported, empty if all is: rounding other than to nearest even, denormals kept in one direction
// only, FP16_OVFL.
const char *unsupportedMode(uint32_t mode);

// Enters the default state, and restores the caller's on leaving.
class HostStateScope {
public:
  HostStateScope();
  ~HostStateScope();
  HostStateScope(const HostStateScope &) = delete;
  HostStateScope &operator=(const HostStateScope &) = delete;

private:
  uint32_t saved;
};

} // namespace pa::emu

#endif
