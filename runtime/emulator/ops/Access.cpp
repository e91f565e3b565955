#include "runtime/emulator/ops/Access.h"

namespace pa::emu::PA_EMU_LEVEL {

bool resolveSlowly(Wave &w, const Inst &i, const Addresses &a, uint64_t mask, unsigned bytes, bool write, Pointers &p) {
  for (uint64_t left = mask; left; left &= left - 1) {
    unsigned l = unsigned(__builtin_ctzll(left));
    if (!w.window.holds(a[l], bytes)) {
      const Window *found = findWindow(*w.machine, a[l]);
      if (!found || !found->holds(a[l], bytes)) {
        faultAddress(w, i, int(l), a[l], bytes, write);
        return false;
      }
      w.window = *found;
    }
    if (write && w.window.readOnly) {
      faultAddress(w, i, int(l), a[l], bytes, write);
      return false;
    }
    p[l] = w.window.host + (a[l] - w.window.base);
  }
  return true;
}

} // namespace pa::emu::PA_EMU_LEVEL
