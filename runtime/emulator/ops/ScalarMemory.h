// Addresses of scalar memory instructions: `base, offset` where the offset is a number, an SGPR, or both.
#ifndef PA_RUNTIME_EMULATOR_OPS_SCALARMEMORY_H
#define PA_RUNTIME_EMULATOR_OPS_SCALARMEMORY_H

#include "runtime/emulator/ops/Access.h"

namespace pa::emu::PA_EMU_LEVEL {

PA_EMU_INLINE uint64_t offsetOf(const Wave &w, const Inst &i, const Operand &o) {
  uint64_t first = o.place == Place::constant ? uint64_t(int64_t(int32_t(o.value))) : w.s[o.reg];
  return first + uint64_t(int64_t(i.offset));
}

PA_EMU_INLINE void writeDword(Wave &w, const Operand &dst, unsigned dword, uint32_t x) {
  Operand one = dst;
  one.reg = uint16_t(dst.reg + dword);
  writeScalar(w, one, x);
}

struct ScalarResource {
  uint64_t base, size;
};
// num_records counts bytes, or strides where there is one.
PA_EMU_INLINE ScalarResource scalarResource(const Wave &w, const Operand &o) {
  const uint32_t *r = w.s + o.reg;
  uint64_t stride = r[1] >> 16 & 0x3fff;
  return {r[0] | uint64_t(r[1] & 0xffff) << 32, stride ? r[2] * stride : r[2]};
}

} // namespace pa::emu::PA_EMU_LEVEL

#endif
