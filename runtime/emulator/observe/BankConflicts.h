// LDS bank conflicts by each chip's published phase tables.
#ifndef PA_RUNTIME_EMULATOR_OBSERVE_BANKCONFLICTS_H
#define PA_RUNTIME_EMULATOR_OBSERVE_BANKCONFLICTS_H

#include "compiler/target/Chip.h"

#include <cstdint>

namespace pa::emu {

// Extra cycles of one LDS access: in each phase, a bank's distinct dwords beyond the first. `bytes` a lane; lanes
// outside the mask take no part.
unsigned bankConflicts(const Chip &chip, bool write, unsigned bytes, uint64_t mask, const uint64_t *addresses);

} // namespace pa::emu

#endif
