// Scalar memory that is written: stores and atomics. Text: `op sdata, sbase, offset [glc]`; with glc an atomic's old
// value goes to the data registers.
#include "runtime/emulator/ops/ScalarMemory.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

enum class Space { memory, buffer, scratch };

uint8_t *writable(Wave &w, const Inst &i, uint64_t address, unsigned bytes) {
  if (!w.window.holds(address, bytes)) {
    const Window *found = findWindow(*w.machine, address);
    if (!found || !found->holds(address, bytes)) {
      faultAddress(w, i, -1, address, bytes, true);
      return nullptr;
    }
    w.window = *found;
  }
  if (w.window.readOnly) {
    faultAddress(w, i, -1, address, bytes, true);
    return nullptr;
  }
  return w.window.host + (address - w.window.base);
}

// The address, and how many bytes of it are in range.
template <Space S>
uint64_t addressOf(const Wave &w, const Inst &i, const Operand &base, const Operand &offset, uint64_t &left) {
  uint64_t by = offsetOf(w, i, offset);
  left = ~0ull;
  if (S == Space::buffer) {
    ScalarResource r = scalarResource(w, base);
    left = r.size > (by & ~3ull) ? r.size - (by & ~3ull) : 0;
    return r.base + (by & ~3ull);
  }
  return (w.s64(base.reg) + (S == Space::scratch ? by * 64 : by)) & ~3ull;
}

template <Space S, unsigned N> void store(Wave &w, const Inst &i) {
  uint64_t left = 0, address = addressOf<S>(w, i, i.src[1], i.src[2], left);
  unsigned bytes = left >= 4 * N ? 4 * N : unsigned(left / 4 * 4);
  if (!bytes)
    return;
  uint8_t *p = writable(w, i, address, bytes);
  if (!p)
    return;
  if (w.observeAccesses)
    observeAccess(w, i, {Access::store, false, true, 1, bytes, &address});
  std::memcpy(p, w.s + i.src[0].reg, bytes);
}

template <class T> PA_EMU_INLINE T scalarValue(const Wave &w, unsigned reg) {
  return loadAs<T>(reinterpret_cast<const uint8_t *>(w.s + reg));
}

// `Swap`: the data registers hold the new value, then what memory must hold.
template <Space S, class T, class F, bool Swap, bool Returns> void atomicOp(Wave &w, const Inst &i) {
  const Operand &data = Returns ? i.dst[0] : i.src[0];
  uint64_t left = 0, address = addressOf<S>(w, i, i.src[Returns ? 0 : 1], i.src[Returns ? 1 : 2], left);
  T old = {};
  if (left >= sizeof(T)) {
    uint8_t *p = writable(w, i, address, sizeof(T));
    if (!p)
      return;
    if (w.observeAccesses)
      observeAccess(w, i, {Access::atomic, false, true, 1, sizeof(T), &address});
    old = loadAs<T>(p);
    T fresh = scalarValue<T>(w, data.reg);
    if constexpr (Swap)
      storeAs(p, old == scalarValue<T>(w, data.reg + sizeof(T) / 4) ? fresh : old);
    else
      storeAs(p, T(F::apply(old, fresh)));
  }
  uint32_t words[sizeof(T) / 4];
  std::memcpy(words, &old, sizeof old);
  for (unsigned d = 0; Returns && d < sizeof(T) / 4; ++d)
    writeDword(w, data, d, words[d]);
}

// The hint that a translation will be needed has no result.
void probe(Wave &, const Inst &) {}

constexpr Type typeOf(unsigned dwords) { return dwords == 1 ? Type::b32 : dwords == 2 ? Type::b64 : Type::b128; }
constexpr Type baseOf(Space s) { return s == Space::buffer ? Type::b128 : Type::b64; }

template <Space S, unsigned N> constexpr Row storeRow(const char *name) {
  return operands(memoryRow(name, store<S, N>, Kind::smem, flag::store, 4 * N, mods::offset | bit(Modifier::glc)),
                  from(typeOf(N)), from(baseOf(S)), from(Type::b32));
}
template <Space S, class T, class F, bool Swap> constexpr Row silent(const char *name) {
  return operands(memoryRow(name, atomicOp<S, T, F, Swap, false>, Kind::smem, flag::atomic, sizeof(T), mods::offset),
                  from(typeOf(sizeof(T) / 4 * (Swap ? 2 : 1))), from(baseOf(S)), from(Type::b32));
}
template <Space S, class T, class F, bool Swap> constexpr Row returning(const char *name) {
  return operands(memoryRow(name, atomicOp<S, T, F, Swap, true>, Kind::smem, flag::atomic | flag::readsResults,
                            sizeof(T), mods::offset | bit(Modifier::glc)),
                  to(typeOf(sizeof(T) / 4 * (Swap ? 2 : 1))), from(baseOf(S)), from(Type::b32));
}
constexpr Row probeRow(const char *name, Type base) {
  return operands(memoryRow(name, probe, Kind::smem, 0, 0, mods::offset), from(Type::imm), from(base), from(Type::b32));
}

#define PA_EMU_SCALAR_ATOMIC_OF(NAME, SPACE, T, F, SWAP)                                                               \
  silent<SPACE, T, F, SWAP>(NAME), returning<SPACE, T, F, SWAP>(NAME)
#define PA_EMU_SCALAR_ATOMIC(NAME, T32, T64, F, SWAP)                                                                  \
  PA_EMU_SCALAR_ATOMIC_OF("s_atomic_" NAME, Space::memory, T32, F, SWAP),                                              \
      PA_EMU_SCALAR_ATOMIC_OF("s_atomic_" NAME "_x2", Space::memory, T64, F, SWAP),                                    \
      PA_EMU_SCALAR_ATOMIC_OF("s_buffer_atomic_" NAME, Space::buffer, T32, F, SWAP),                                   \
      PA_EMU_SCALAR_ATOMIC_OF("s_buffer_atomic_" NAME "_x2", Space::buffer, T64, F, SWAP)

constexpr Row table[] = {
    storeRow<Space::memory, 1>("s_store_dword"),
    storeRow<Space::memory, 2>("s_store_dwordx2"),
    storeRow<Space::memory, 4>("s_store_dwordx4"),
    storeRow<Space::buffer, 1>("s_buffer_store_dword"),
    storeRow<Space::buffer, 2>("s_buffer_store_dwordx2"),
    storeRow<Space::buffer, 4>("s_buffer_store_dwordx4"),
    storeRow<Space::scratch, 1>("s_scratch_store_dword"),
    storeRow<Space::scratch, 2>("s_scratch_store_dwordx2"),
    storeRow<Space::scratch, 4>("s_scratch_store_dwordx4"),
    PA_EMU_SCALAR_ATOMIC("swap", uint32_t, uint64_t, atomic::Swap, false),
    PA_EMU_SCALAR_ATOMIC("cmpswap", uint32_t, uint64_t, atomic::Swap, true),
    PA_EMU_SCALAR_ATOMIC("add", uint32_t, uint64_t, atomic::Add, false),
    PA_EMU_SCALAR_ATOMIC("sub", uint32_t, uint64_t, atomic::Sub, false),
    PA_EMU_SCALAR_ATOMIC("smin", int32_t, int64_t, atomic::Min, false),
    PA_EMU_SCALAR_ATOMIC("umin", uint32_t, uint64_t, atomic::Min, false),
    PA_EMU_SCALAR_ATOMIC("smax", int32_t, int64_t, atomic::Max, false),
    PA_EMU_SCALAR_ATOMIC("umax", uint32_t, uint64_t, atomic::Max, false),
    PA_EMU_SCALAR_ATOMIC("and", uint32_t, uint64_t, atomic::And, false),
    PA_EMU_SCALAR_ATOMIC("or", uint32_t, uint64_t, atomic::Or, false),
    PA_EMU_SCALAR_ATOMIC("xor", uint32_t, uint64_t, atomic::Xor, false),
    PA_EMU_SCALAR_ATOMIC("inc", uint32_t, uint64_t, atomic::Inc, false),
    PA_EMU_SCALAR_ATOMIC("dec", uint32_t, uint64_t, atomic::Dec, false),
    probeRow("s_atc_probe", Type::b64),
    probeRow("s_atc_probe_buffer", Type::b128),
};

} // namespace

Rows smemWriteRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
