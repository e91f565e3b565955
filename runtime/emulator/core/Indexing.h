// VGPR indexing (s_set_gpr_idx_on): while it is on, M0's index is added to the registers of VALU instructions.
#ifndef PA_RUNTIME_EMULATOR_CORE_INDEXING_H
#define PA_RUNTIME_EMULATOR_CORE_INDEXING_H

#include "runtime/emulator/core/State.h"

#include <optional>

namespace pa::emu {

inline bool isIndexed(const Wave &w, const Inst &i) {
  return w.gprIndexing && (i.row->kind == Kind::valu || i.row->kind == Kind::transcendental);
}

// The instruction with its registers moved: M0 bits 7:0 are the index, bits 12 to 15 say for the sources and the
// destination whether it counts. Nothing if that leads past the wave's registers.
inline std::optional<Inst> indexed(const Wave &w, const Inst &i) {
  Inst moved = i;
  uint32_t index = w.s[sreg::m0] & 0xff, which = w.s[sreg::m0] >> 12;
  Operand *const operands[] = {&moved.src[0], &moved.src[1], &moved.src[2], &moved.dst[0]};
  for (unsigned n = 0; n < 4; ++n) {
    Operand &o = *operands[n];
    if (o.place != Place::vgpr)
      continue;
    o.reg = uint16_t(o.reg + (which >> n & 1 ? index : 0));
    if (unsigned(o.reg) + o.dwords > w.vgprs)
      return std::nullopt;
  }
  return moved;
}

} // namespace pa::emu

#endif
