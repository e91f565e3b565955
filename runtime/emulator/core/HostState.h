// The host's floating-point state that stands for MODE's.
#ifndef PA_RUNTIME_EMULATOR_CORE_HOSTSTATE_H
#define PA_RUNTIME_EMULATOR_CORE_HOSTSTATE_H

#include <cstdint>

namespace pa::emu {

struct Inst;
struct Wave;

constexpr uint32_t defaultHostState = 0x1f80; // every exception masked, round to nearest even, denormals kept

// Gives the wave a value of MODE and the host's states for it: f32's, and f16's and f64's.
void takeMode(Wave &wave, uint32_t mode);

// Why the results of a row with these flags are not known under a MODE; null: they are.
const char *unknownUnder(uint32_t mode, uint32_t flags);

// Runs a row in the state that its flags ask for; null: it runs in f32's, which is current.
using StateHandler = void (*)(Wave &, const Inst &);
StateHandler handlerOfState(uint32_t flags);

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
