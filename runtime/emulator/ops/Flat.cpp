// Flat and scratch memory. A flat address lies in LDS or in the lane's scratch when its upper half is one of the two
// apertures, and in global memory otherwise. Scratch is each lane's own.
//
// Text: `flat_load vdst, vaddr`, `flat_store vaddr, vdata`; `scratch_load vdst, vaddr|off, saddr|off`,
// `scratch_store vaddr|off, vdata, saddr|off`.
#include "runtime/emulator/ops/Access.h"
#include "runtime/emulator/ops/MemoryRows.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

uint8_t *scratchPointer(Wave &w, const Inst &i, unsigned lane, uint64_t offset, unsigned bytes) {
  if (offset + bytes > w.scratchBytes) {
    faultScratch(w, i, int(lane), offset, bytes);
    return nullptr;
  }
  return w.scratch + size_t(lane) * w.scratchBytes + offset;
}

uint8_t *ldsPointer(Wave &w, const Inst &i, unsigned lane, uint64_t offset, unsigned bytes) {
  if (offset + bytes <= w.ldsBytes)
    return w.lds + offset;
  if (ldsIsChecked(w))
    faultLds(w, i, int(lane), offset, bytes);
  else
    faultText(w, i, "a flat access outside of LDS");
  return nullptr;
}

// Pointers of all active lanes; false: the wave has faulted.
bool locateFlat(Wave &w, const Inst &i, const Operand &vaddr, unsigned bytes, Access access, Pointers &p) {
  alignas(64) Addresses a;
  uint64_t global = 0, lds = 0, scratch = 0, exec = w.exec();
  for (unsigned l = 0; l < lanes; ++l)
    a[l] = (w.v[vaddr.reg][l] | uint64_t(w.v[vaddr.reg + 1][l]) << 32) + uint64_t(int64_t(i.offset));
  for (uint64_t left = exec; left; left &= left - 1) {
    unsigned l = unsigned(__builtin_ctzll(left));
    uint32_t upper = uint32_t(a[l] >> 32);
    if (upper == aperture::sharedUpper) {
      a[l] &= 0xffffffffu;
      p[l] = ldsPointer(w, i, l, a[l], bytes);
      lds |= 1ull << l;
    } else if (upper == aperture::privateUpper) {
      a[l] &= 0xffffffffu;
      p[l] = scratchPointer(w, i, l, a[l], bytes);
      scratch |= 1ull << l;
    } else {
      global |= 1ull << l;
      continue;
    }
    if (!p[l])
      return false;
  }
  if (lds)
    report(w, i, access, true, lds, bytes, a);
  if (scratch)
    reportScratch(w, i, access, scratch, bytes, a);
  Pointers inGlobal;
  if (!resolve(w, i, a, global, bytes, access != Access::load, inGlobal))
    return false;
  if (global)
    report(w, i, access, false, global, bytes, a);
  for (uint64_t left = global; left; left &= left - 1)
    p[__builtin_ctzll(left)] = inGlobal[__builtin_ctzll(left)];
  return true;
}

bool locateScratch(Wave &w, const Inst &i, const Operand &vaddr, const Operand &saddr, unsigned bytes, Access access,
                   Pointers &p) {
  uint32_t scalar = saddr.place == Place::sgpr ? w.s[saddr.reg] : 0;
  alignas(64) Addresses a;
  for (uint64_t left = w.exec(); left; left &= left - 1) {
    unsigned l = unsigned(__builtin_ctzll(left));
    uint32_t offset = scalar + uint32_t(i.offset) + (vaddr.place == Place::vgpr ? w.v[vaddr.reg][l] : 0);
    a[l] = offset;
    p[l] = scratchPointer(w, i, l, offset, bytes);
    if (!p[l])
      return false;
  }
  reportScratch(w, i, access, w.exec(), bytes, a);
  return true;
}

template <class Data> void flatLoad(Wave &w, const Inst &i) {
  Pointers p;
  if (locateFlat(w, i, i.src[0], Data::bytes, Access::load, p))
    loadLanes<Data>(w, i.dst[0].reg, w.exec(), p);
}
template <class Data> void flatStore(Wave &w, const Inst &i) {
  Pointers p;
  if (locateFlat(w, i, i.src[0], Data::bytes, Access::store, p))
    storeLanes<Data>(w, i.src[1].reg, w.exec(), p);
}
template <class Data> void scratchLoad(Wave &w, const Inst &i) {
  Pointers p;
  if (locateScratch(w, i, i.src[0], i.src[1], Data::bytes, Access::load, p))
    loadLanes<Data>(w, i.dst[0].reg, w.exec(), p);
}
template <class Data> void scratchStore(Wave &w, const Inst &i) {
  Pointers p;
  if (locateScratch(w, i, i.src[0], i.src[2], Data::bytes, Access::store, p))
    storeLanes<Data>(w, i.src[1].reg, w.exec(), p);
}

template <class Data> void scratchLoadToLds(Wave &w, const Inst &i) {
  Pointers p;
  if (locateScratch(w, i, i.src[0], i.src[1], Data::bytes, Access::load, p))
    moveToLds<Data>(w, i, p);
}

template <class T, class F> void flatAtomic(Wave &w, const Inst &i) {
  Pointers p;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  if (locateFlat(w, i, i.src[0], sizeof(T), Access::atomic, p))
    atomicLanes<T>(w, w.exec(), p, i.src[1].reg, result, [](T m, T d) { return F::apply(m, d); });
}
template <class T> void flatCompareAndSwap(Wave &w, const Inst &i) {
  Pointers p;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  if (locateFlat(w, i, i.src[0], sizeof(T), Access::atomic, p))
    compareAndSwapLanes<T>(w, w.exec(), p, i.src[1].reg, i.src[1].reg + sizeof(T) / 4, result);
}

constexpr uint64_t allowed = mods::offset | mods::cache;

constexpr Row flatRow(const char *name, Handler run, uint32_t flags, unsigned bytes) {
  return memoryRow(name, run, Kind::vmem, flags | flag::flat, bytes, allowed);
}
template <class Data> constexpr Row flatLoadRow(const char *name) {
  return operands(flatRow(name, flatLoad<Data>, flag::load, Data::bytes), to(Data::type), from(Type::b64));
}
template <class Data> constexpr Row flatStoreRow(const char *name) {
  return operands(flatRow(name, flatStore<Data>, flag::store, Data::bytes), from(Type::b64), from(Data::type));
}
template <class Data> constexpr Row scratchLoadRow(const char *name) {
  return operands(memoryRow(name, scratchLoad<Data>, Kind::vmem, flag::load, Data::bytes, allowed), to(Data::type),
                  from(Type::scratchV), from(Type::scratchS));
}
template <class Data> constexpr Row scratchStoreRow(const char *name) {
  return operands(memoryRow(name, scratchStore<Data>, Kind::vmem, flag::store, Data::bytes, allowed),
                  from(Type::scratchV), from(Data::type), from(Type::scratchS));
}
template <class Data> constexpr Row scratchLdsRow(const char *name) {
  return operands(memoryRow(name, scratchLoadToLds<Data>, Kind::vmem, flag::load | flag::readsM0, Data::bytes, allowed),
                  from(Type::scratchV), from(Type::scratchS));
}
template <class T, class F> constexpr Row silentRow(const char *name) {
  return operands(flatRow(name, flatAtomic<T, F>, flag::atomic, sizeof(T)), from(Type::b64), from(dataType(sizeof(T))));
}
template <class T, class F> constexpr Row returningRow(const char *name) {
  return operands(flatRow(name, flatAtomic<T, F>, flag::atomic, sizeof(T)), to(dataType(sizeof(T))), from(Type::b64),
                  from(dataType(sizeof(T))));
}
template <class T> constexpr Row swapRow(const char *name, bool returns) {
  Row r = flatRow(name, flatCompareAndSwap<T>, flag::atomic, sizeof(T));
  if (returns)
    r = operands(r, to(dataType(sizeof(T))));
  return operands(r, from(Type::b64), from(dataType(2 * sizeof(T))));
}

#define PA_EMU_ATOMIC(NAME, T, F) silentRow<T, F>(NAME), returningRow<T, F>(NAME)
#define PA_EMU_ATOMIC_BOTH(NAME, T32, T64, F) PA_EMU_ATOMIC(NAME, T32, F), PA_EMU_ATOMIC(NAME "_x2", T64, F)

constexpr Row table[] = {
    PA_EMU_LOADS("flat", flatLoadRow),
    PA_EMU_STORES("flat", flatStoreRow),
    PA_EMU_LOADS("scratch", scratchLoadRow),
    PA_EMU_STORES("scratch", scratchStoreRow),

    PA_EMU_LOADS_TO_LDS("scratch_load_lds", scratchLdsRow),

    PA_EMU_ATOMICS("flat", PA_EMU_ATOMIC, PA_EMU_ATOMIC_BOTH),
    PA_EMU_ATOMIC("flat_atomic_pk_add_bf16", uint32_t, atomic::PackedBf16Add),
    swapRow<uint32_t>("flat_atomic_cmpswap", false),
    swapRow<uint32_t>("flat_atomic_cmpswap", true),
    swapRow<uint64_t>("flat_atomic_cmpswap_x2", false),
    swapRow<uint64_t>("flat_atomic_cmpswap_x2", true),
};

} // namespace

Rows flatRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
