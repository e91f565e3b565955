// Global memory: loads, stores, atomics, and loads straight to LDS.
//
// Text: `op vdst, vaddr, saddr|off` for loads, `op vaddr, vdata, saddr|off` for stores. With a scalar base vaddr is a
// 32-bit unsigned offset.
#include "runtime/emulator/ops/Access.h"
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

template <class Data> void load(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  globalAddresses(w, i, i.src[0], i.src[1], a);
  if (!resolve(w, i, a, w.exec(), Data::bytes, false, p))
    return;
  report(w, i, Access::load, false, w.exec(), Data::bytes, a);
  loadLanes<Data>(w, i.dst[0].reg, w.exec(), p);
}

template <class Data> void store(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  globalAddresses(w, i, i.src[0], i.src[2], a);
  if (!resolve(w, i, a, w.exec(), Data::bytes, true, p))
    return;
  report(w, i, Access::store, false, w.exec(), Data::bytes, a);
  storeLanes<Data>(w, i.src[1].reg, w.exec(), p);
}

// The LDS address is M0's lower half, the instruction's offset and the lane's place; the memory address is per lane.
template <class Data> void loadToLds(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  globalAddresses(w, i, i.src[0], i.src[1], a);
  if (!resolve(w, i, a, w.exec(), Data::bytes, false, p))
    return;
  report(w, i, Access::load, false, w.exec(), Data::bytes, a);
  constexpr unsigned unit = Data::bytes < 4 ? 4 : Data::bytes;
  alignas(64) Addresses inLds;
  uint64_t base = (w.s[sreg::m0] & 0xffffu) + uint64_t(int64_t(i.offset));
  for (unsigned l = 0; l < lanes; ++l)
    inLds[l] = base + l * unit;
  report(w, i, Access::store, true, w.exec(), unit, inLds);
  forEachLane(w.exec(), [&](unsigned l) {
    alignas(16) uint32_t words[4][lanes];
    Data::load(words, 0, p[l]);
    if (inLds[l] + unit > w.ldsBytes)
      return faultLds(w, i, int(l), inLds[l], unit);
    for (unsigned d = 0; d < unit / 4; ++d)
      storeAs(w.lds + inLds[l] + 4 * d, words[d][0]);
  });
}

template <class T, class F> void atomicOp(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  globalAddresses(w, i, i.src[0], i.src[2], a);
  if (!resolve(w, i, a, w.exec(), sizeof(T), true, p))
    return;
  report(w, i, Access::atomic, false, w.exec(), sizeof(T), a);
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  atomicLanes<T>(w, w.exec(), p, i.src[1].reg, result, [](T m, T d) { return F::apply(m, d); });
}
template <class T> void compareAndSwap(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  globalAddresses(w, i, i.src[0], i.src[2], a);
  if (!resolve(w, i, a, w.exec(), sizeof(T), true, p))
    return;
  report(w, i, Access::atomic, false, w.exec(), sizeof(T), a);
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

constexpr Type typeOf(unsigned bytes) { return bytes == 4 ? Type::b32 : bytes == 8 ? Type::b64 : Type::b128; }
constexpr Row returning(Row r, Type type) {
  return operands(r, to(type), from(Type::vaddr), from(type), from(Type::saddr));
}
constexpr Row silent(Row r, Type type) { return operands(r, from(Type::vaddr), from(type), from(Type::saddr)); }
template <class T, class F> constexpr Row atomicRow(const char *name) {
  return memoryRow(name, atomicOp<T, F>, Kind::vmem, flag::atomic, sizeof(T), allowed);
}

// With and without the old value as a result.
#define PA_EMU_ATOMIC(NAME, T, F)                                                                                      \
  returning(atomicRow<T, F>(NAME), typeOf(sizeof(T))), silent(atomicRow<T, F>(NAME), typeOf(sizeof(T)))
#define PA_EMU_ATOMIC_BOTH(NAME, T32, T64, F) PA_EMU_ATOMIC(NAME, T32, F), PA_EMU_ATOMIC(NAME "_x2", T64, F)

template <class T> constexpr Row swapRow(const char *name, bool returns) {
  Row r = memoryRow(name, compareAndSwap<T>, Kind::vmem, flag::atomic, sizeof(T), allowed);
  Type value = typeOf(sizeof(T)), data = typeOf(2 * sizeof(T));
  return returns ? operands(r, to(value), from(Type::vaddr), from(data), from(Type::saddr))
                 : operands(r, from(Type::vaddr), from(data), from(Type::saddr));
}

constexpr Row table[] = {
    loadRow<Small<uint8_t>>("global_load_ubyte"),
    loadRow<Small<int8_t>>("global_load_sbyte"),
    loadRow<Small<uint16_t>>("global_load_ushort"),
    loadRow<Small<int16_t>>("global_load_sshort"),
    loadRow<Dwords<1>>("global_load_dword"),
    loadRow<Dwords<2>>("global_load_dwordx2"),
    loadRow<Dwords<3>>("global_load_dwordx3"),
    loadRow<Dwords<4>>("global_load_dwordx4"),
    loadRow<D16<uint8_t, false>>("global_load_ubyte_d16"),
    loadRow<D16<uint8_t, true>>("global_load_ubyte_d16_hi"),
    loadRow<D16<int8_t, false>>("global_load_sbyte_d16"),
    loadRow<D16<int8_t, true>>("global_load_sbyte_d16_hi"),
    loadRow<D16<uint16_t, false>>("global_load_short_d16"),
    loadRow<D16<uint16_t, true>>("global_load_short_d16_hi"),

    storeRow<Small<uint8_t>>("global_store_byte"),
    storeRow<D16<uint8_t, true>>("global_store_byte_d16_hi"),
    storeRow<Small<uint16_t>>("global_store_short"),
    storeRow<D16<uint16_t, true>>("global_store_short_d16_hi"),
    storeRow<Dwords<1>>("global_store_dword"),
    storeRow<Dwords<2>>("global_store_dwordx2"),
    storeRow<Dwords<3>>("global_store_dwordx3"),
    storeRow<Dwords<4>>("global_store_dwordx4"),

    ldsRow<Small<uint8_t>>("global_load_lds_ubyte"),
    ldsRow<Small<int8_t>>("global_load_lds_sbyte"),
    ldsRow<Small<uint16_t>>("global_load_lds_ushort"),
    ldsRow<Small<int16_t>>("global_load_lds_sshort"),
    ldsRow<Dwords<1>>("global_load_lds_dword"),
    gfx950(ldsRow<Dwords<3>>("global_load_lds_dwordx3")),
    gfx950(ldsRow<Dwords<4>>("global_load_lds_dwordx4")),

    PA_EMU_ATOMIC_BOTH("global_atomic_swap", uint32_t, uint64_t, atomic::Swap),
    PA_EMU_ATOMIC_BOTH("global_atomic_add", uint32_t, uint64_t, atomic::Add),
    PA_EMU_ATOMIC_BOTH("global_atomic_sub", uint32_t, uint64_t, atomic::Sub),
    PA_EMU_ATOMIC_BOTH("global_atomic_smin", int32_t, int64_t, atomic::Min),
    PA_EMU_ATOMIC_BOTH("global_atomic_umin", uint32_t, uint64_t, atomic::Min),
    PA_EMU_ATOMIC_BOTH("global_atomic_smax", int32_t, int64_t, atomic::Max),
    PA_EMU_ATOMIC_BOTH("global_atomic_umax", uint32_t, uint64_t, atomic::Max),
    PA_EMU_ATOMIC_BOTH("global_atomic_and", uint32_t, uint64_t, atomic::And),
    PA_EMU_ATOMIC_BOTH("global_atomic_or", uint32_t, uint64_t, atomic::Or),
    PA_EMU_ATOMIC_BOTH("global_atomic_xor", uint32_t, uint64_t, atomic::Xor),
    PA_EMU_ATOMIC_BOTH("global_atomic_inc", uint32_t, uint64_t, atomic::Inc),
    PA_EMU_ATOMIC_BOTH("global_atomic_dec", uint32_t, uint64_t, atomic::Dec),
    PA_EMU_ATOMIC("global_atomic_add_f32", float, atomic::Add),
    PA_EMU_ATOMIC("global_atomic_add_f64", double, atomic::Add),
    PA_EMU_ATOMIC("global_atomic_min_f64", double, atomic::FloatMin),
    PA_EMU_ATOMIC("global_atomic_max_f64", double, atomic::FloatMax),
    PA_EMU_ATOMIC("global_atomic_pk_add_f16", uint32_t, atomic::PackedHalfAdd),
    PA_EMU_ATOMIC("global_atomic_pk_add_bf16", uint32_t, atomic::PackedBf16Add),
    swapRow<uint32_t>("global_atomic_cmpswap", true),
    swapRow<uint32_t>("global_atomic_cmpswap", false),
    swapRow<uint64_t>("global_atomic_cmpswap_x2", true),
    swapRow<uint64_t>("global_atomic_cmpswap_x2", false),
};

} // namespace

Rows globalRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
