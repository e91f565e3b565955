// Global memory: loads, stores, atomics, and loads straight to LDS.
//
// Text: `op vdst, vaddr, saddr|off` for loads, `op vaddr, vdata, saddr|off` for stores. With a scalar base vaddr is a
// 32-bit unsigned offset.
#include "runtime/emulator/ops/Access.h"
#include "runtime/emulator/ops/MemoryRows.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

PA_EMU_INLINE void globalAddresses(const Wave &w, const Inst &i, const Operand &vaddr, const Operand &saddr,
                                   Addresses &a) {
  const uint32_t *low = w.v[vaddr.reg];
  uint64_t offset = uint64_t(int64_t(i.offset));
  if (saddr.place == Place::sgpr) {
    uint64_t base = w.s64(saddr.reg) + offset;
    for (unsigned l = 0; l < lanes; ++l)
      a[l] = base + low[l];
  } else {
    const uint32_t *high = w.v[vaddr.reg + 1];
    for (unsigned l = 0; l < lanes; ++l)
      a[l] = (low[l] | uint64_t(high[l]) << 32) + offset;
  }
}

// Addresses and pointers of the active lanes, told to observers. False: the wave has faulted.
PA_EMU_INLINE bool begin(Wave &w, const Inst &i, const Operand &saddr, unsigned bytes, Access access, Pointers &p) {
  alignas(64) Addresses a;
  globalAddresses(w, i, i.src[0], saddr, a);
  if (!resolve(w, i, a, w.exec(), bytes, access != Access::load, p))
    return false;
  report(w, i, access, false, w.exec(), bytes, a);
  return true;
}

template <class Data> void load(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  if (begin(w, i, i.src[1], Data::bytes, Access::load, p))
    loadLanes<Data>(w, i.dst[0].reg, w.exec(), p);
}

template <class Data> void store(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  if (begin(w, i, i.src[2], Data::bytes, Access::store, p))
    storeLanes<Data>(w, i.src[1].reg, w.exec(), p);
}

template <class Data> void loadToLds(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  if (begin(w, i, i.src[1], Data::bytes, Access::load, p))
    moveToLds<Data>(w, i, p);
}

template <class T, class F> void atomicOp(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  if (!begin(w, i, i.src[2], sizeof(T), Access::atomic, p))
    return;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  atomicLanes<T>(w, w.exec(), p, i.src[1].reg, result, [](T m, T d) { return F::apply(m, d); });
}
template <class T> void compareAndSwap(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  if (!begin(w, i, i.src[2], sizeof(T), Access::atomic, p))
    return;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  compareAndSwapLanes<T>(w, w.exec(), p, i.src[1].reg, i.src[1].reg + sizeof(T) / 4, result);
}

constexpr uint64_t allowed = mods::offset | mods::cache;

template <class Data> constexpr Row loadRow(const char *name) {
  return operands(memoryRow(name, load<Data>, Kind::vmem, flag::load, Data::bytes, allowed), to(Data::type),
                  from(Type::vaddr), from(Type::saddr));
}
template <class Data> constexpr Row storeRow(const char *name) {
  return operands(memoryRow(name, store<Data>, Kind::vmem, flag::store, Data::bytes, allowed), from(Type::vaddr),
                  from(Data::type), from(Type::saddr));
}
template <class Data> constexpr Row ldsRow(const char *name) {
  return operands(memoryRow(name, loadToLds<Data>, Kind::vmem, flag::load | flag::readsM0, Data::bytes, allowed),
                  from(Type::vaddr), from(Type::saddr));
}

constexpr Row returning(Row r, Type type) {
  return operands(r, to(type), from(Type::vaddr), from(type), from(Type::saddr));
}
constexpr Row silent(Row r, Type type) { return operands(r, from(Type::vaddr), from(type), from(Type::saddr)); }
template <class T, class F> constexpr Row atomicRow(const char *name) {
  return memoryRow(name, atomicOp<T, F>, Kind::vmem, flag::atomic, sizeof(T), allowed);
}

// With and without the old value as a result.
#define PA_EMU_ATOMIC(NAME, T, F)                                                                                      \
  returning(atomicRow<T, F>(NAME), dataType(sizeof(T))), silent(atomicRow<T, F>(NAME), dataType(sizeof(T)))
#define PA_EMU_ATOMIC_BOTH(NAME, T32, T64, F) PA_EMU_ATOMIC(NAME, T32, F), PA_EMU_ATOMIC(NAME "_x2", T64, F)

template <class T> constexpr Row swapRow(const char *name, bool returns) {
  Row r = memoryRow(name, compareAndSwap<T>, Kind::vmem, flag::atomic, sizeof(T), allowed);
  Type value = dataType(sizeof(T)), data = dataType(2 * sizeof(T));
  return returns ? operands(r, to(value), from(Type::vaddr), from(data), from(Type::saddr))
                 : operands(r, from(Type::vaddr), from(data), from(Type::saddr));
}

constexpr Row table[] = {
    PA_EMU_LOADS("global", loadRow),
    PA_EMU_STORES("global", storeRow),

    PA_EMU_LOADS_TO_LDS("global_load_lds", ldsRow),
    gfx950(ldsRow<Dwords<3>>("global_load_lds_dwordx3")),
    gfx950(ldsRow<Dwords<4>>("global_load_lds_dwordx4")),

    PA_EMU_ATOMICS("global", PA_EMU_ATOMIC, PA_EMU_ATOMIC_BOTH),
    PA_EMU_ATOMIC("global_atomic_pk_add_bf16", uint32_t, atomic::PackedBf16Add),
    swapRow<uint32_t>("global_atomic_cmpswap", true),
    swapRow<uint32_t>("global_atomic_cmpswap", false),
    swapRow<uint64_t>("global_atomic_cmpswap_x2", true),
    swapRow<uint64_t>("global_atomic_cmpswap_x2", false),
};

} // namespace

Rows globalRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
