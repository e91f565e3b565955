// Scalar memory: loads into SGPRs. Text: `op sdst, sbase, offset` where the offset is a number, an SGPR, or both.
#include "runtime/emulator/ops/ScalarMemory.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// LLVM widens a load of 12 bytes to 16 where the address is 16-byte aligned: its last dword may lie past the end of the
// allocation, and reads 0 here.
const uint8_t *pointerTo(Wave &w, const Inst &i, uint64_t address, unsigned bytes, unsigned &present) {
  present = bytes;
  if (!w.window.holds(address, bytes)) {
    const Window *found = findWindow(*w.machine, address);
    if (bytes == 16 && address % 16 == 0 && found && !found->holds(address, 16) && found->holds(address, 12))
      present = 12;
    if (!found || !found->holds(address, present)) {
      faultAddress(w, i, -1, address, bytes, false);
      return nullptr;
    }
    w.window = *found;
  }
  return w.window.host + (address - w.window.base);
}

// Offsets count bytes, those of scratch 64 of them.
template <unsigned N, unsigned Unit = 1> void load(Wave &w, const Inst &i) {
  uint64_t address = (w.s64(i.src[0].reg) + offsetOf(w, i, i.src[1]) * Unit) & ~3ull;
  unsigned present = 0;
  const uint8_t *p = pointerTo(w, i, address, 4 * N, present);
  if (!p)
    return;
  if (w.observeAccesses)
    observeAccess(w, i, {Access::load, false, true, 1, present, &address});
  uint32_t words[N] = {};
  std::memcpy(words, p, present);
  for (unsigned d = 0; d < N; ++d)
    writeDword(w, i.dst[0], d, words[d]);
}

// Bounded by the resource's num_records (in bytes, or in strides): outside gives 0.
template <unsigned N> void bufferLoad(Wave &w, const Inst &i) {
  ScalarResource r = scalarResource(w, i.src[0]);
  uint64_t offset = offsetOf(w, i, i.src[1]) & ~3ull;
  uint32_t words[N] = {};
  for (unsigned d = 0; d < N; ++d) {
    if (offset + 4 * d + 4 > r.size)
      break;
    uint64_t address = r.base + offset + 4 * d;
    unsigned present = 0;
    const uint8_t *p = pointerTo(w, i, address, 4, present);
    if (!p)
      return;
    if (w.observeAccesses)
      observeAccess(w, i, {Access::load, false, true, 1, 4, &address});
    std::memcpy(&words[d], p, 4);
  }
  for (unsigned d = 0; d < N; ++d)
    writeDword(w, i.dst[0], d, words[d]);
}

constexpr Type resultType(unsigned n) {
  return n == 1 ? Type::b32 : n == 2 ? Type::b64 : n == 4 ? Type::b128 : n == 8 ? Type::b256 : Type::b512;
}
template <unsigned N> constexpr Row scratchRow(const char *name) {
  return operands(memoryRow(name, load<N, 64>, Kind::smem, flag::load, 4 * N, mods::offset | bit(Modifier::glc)),
                  to(resultType(N)), from(Type::b64), from(Type::b32));
}
template <unsigned N> constexpr Row loadRow(const char *name) {
  return operands(memoryRow(name, load<N>, Kind::smem, flag::load, 4 * N, mods::offset | bit(Modifier::glc)),
                  to(resultType(N)), from(Type::b64), from(Type::b32));
}
template <unsigned N> constexpr Row bufferRow(const char *name) {
  return operands(memoryRow(name, bufferLoad<N>, Kind::smem, flag::load, 4 * N, mods::offset | bit(Modifier::glc)),
                  to(resultType(N)), from(Type::b128), from(Type::b32));
}

constexpr Row table[] = {
    loadRow<1>("s_load_dword"),
    loadRow<2>("s_load_dwordx2"),
    loadRow<4>("s_load_dwordx4"),
    loadRow<8>("s_load_dwordx8"),
    loadRow<16>("s_load_dwordx16"),
    scratchRow<1>("s_scratch_load_dword"),
    scratchRow<2>("s_scratch_load_dwordx2"),
    scratchRow<4>("s_scratch_load_dwordx4"),
    bufferRow<1>("s_buffer_load_dword"),
    bufferRow<2>("s_buffer_load_dwordx2"),
    bufferRow<4>("s_buffer_load_dwordx4"),
    bufferRow<8>("s_buffer_load_dwordx8"),
    bufferRow<16>("s_buffer_load_dwordx16"),
};

} // namespace

Rows smemRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
