// Buffer memory: a resource of four SGPRs bounds every dword. Loads outside give 0, stores outside are dropped.
//
// Text: `op vdata, vaddr|off, srsrc, soffset [offen] [idxen] [lds]`; the lds form has no vdata.
#include "runtime/emulator/ops/Access.h"
#include "runtime/emulator/ops/MemoryRows.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

struct Resource {
  uint64_t base, records, stride, indexStride;
  bool swizzled, addLane;
  uint32_t format;
};
Resource resourceOf(const Wave &w, const Operand &o) {
  const uint32_t *s = w.s + o.reg;
  return {s[0] | uint64_t(s[1] & 0xffff) << 32,
          s[2],
          s[1] >> 16 & 0x3fff,
          8ull << (s[3] >> 21 & 3),
          bool(s[1] >> 31),
          bool(s[3] >> 23 & 1),
          s[3] >> 15 & 15};
}

struct BufferLanes {
  Addresses address;
  uint64_t inside;  // lanes whose whole access is in range
  uint64_t partial; // lanes of which some dwords are
  Addresses left;   // bytes in range from the lane's address on
};

// Swizzled: elements of four bytes, those of `indexStride` neighbours next to each other.
constexpr uint64_t elementBytes = 4;
uint64_t swizzledPlace(const Resource &r, uint64_t index, uint64_t offset) {
  uint64_t element = offset / elementBytes * elementBytes;
  return (index / r.indexStride * r.stride + element) * r.indexStride + index % r.indexStride * elementBytes +
         offset % elementBytes;
}

// Range: unswizzled, the place from the base (without soffset) against num_records less soffset; swizzled, the index
// against num_records and the offset against the stride.
bool locate(Wave &w, const Inst &i, const Operand &vaddr, const Operand &srsrc, const Operand &soffset, unsigned bytes,
            BufferLanes &b) {
  Resource r = resourceOf(w, srsrc);
  bool offen = i.has(Modifier::offen), idxen = i.has(Modifier::idxen);
  if (r.swizzled && bytes > elementBytes) {
    faultText(w, i, "more than a swizzled buffer's element of four bytes");
    return false;
  }
  if (r.addLane && r.format) {
    faultText(w, i, "a buffer that adds the lane to the index and has a data format, which may be read as stride");
    return false;
  }
  uint64_t scalar = readScalar(w, soffset);
  b.inside = b.partial = 0;
  for (unsigned l = 0; l < lanes; ++l) {
    uint64_t index = uint64_t(idxen ? w.v[vaddr.reg][l] : 0) + (r.addLane ? l : 0);
    uint64_t offset = uint64_t(int64_t(i.offset)) + (offen ? w.v[vaddr.reg + (idxen ? 1 : 0)][l] : 0);
    uint64_t place = r.swizzled ? swizzledPlace(r, index, offset) : offset + index * r.stride;
    b.address[l] = (r.base + scalar + place) & 0xffffffffffffull;
    uint64_t limit = r.records > scalar ? r.records - scalar : 0;
    uint64_t left = place < limit ? limit - place : 0;
    if (r.swizzled && (w.exec() >> l & 1) && offset % elementBytes + bytes > elementBytes) {
      faultText(w, i, "an access across a swizzled buffer's elements");
      return false;
    }
    if (r.swizzled)
      left = index < r.records && offset < r.stride ? elementBytes - offset % elementBytes : 0;
    b.left[l] = left;
    b.inside |= uint64_t(left >= bytes) << l;
    b.partial |= uint64_t(left >= 4 && left < bytes) << l;
  }
  b.inside &= w.exec();
  b.partial &= w.exec();
  return true;
}

alignas(16) const uint8_t zeros[16] = {};

// The lanes' places, and pointers of those that are wholly in range, told to observers; lanes that are not have zeros
// to read. `first` is the operand of addresses. False: the wave has faulted.
PA_EMU_INLINE bool begin(Wave &w, const Inst &i, unsigned first, unsigned bytes, Access access, BufferLanes &b,
                         Pointers &p) {
  if (!locate(w, i, i.src[first], i.src[first + 1], i.src[first + 2], bytes, b) ||
      !resolve(w, i, b.address, b.inside, bytes, access != Access::load, p))
    return false;
  report(w, i, access, false, b.inside, bytes, b.address);
  forEachLane(w.exec() & ~b.inside, [&](unsigned l) { p[l] = const_cast<uint8_t *>(zeros); });
  return true;
}

// Calls f(lane, pointer, bytes) for the lanes of which some dwords are in range. False: the wave has faulted.
template <class F> bool forPartialLanes(Wave &w, const Inst &i, const BufferLanes &b, bool write, F f) {
  for (uint64_t left = b.partial; left; left &= left - 1) {
    unsigned l = unsigned(__builtin_ctzll(left)), whole = unsigned(b.left[l] / 4 * 4);
    Pointers one;
    if (!resolve(w, i, b.address, 1ull << l, whole, write, one))
      return false;
    f(l, one[l], whole);
  }
  return true;
}

template <class Data> void load(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  alignas(16) uint8_t staging[lanes][16];
  BufferLanes b;
  bool located = begin(w, i, 0, Data::bytes, Access::load, b, p) &&
                 forPartialLanes(w, i, b, false, [&](unsigned l, const uint8_t *from, unsigned bytes) {
                   std::memset(staging[l], 0, 16);
                   std::memcpy(staging[l], from, bytes);
                   p[l] = staging[l];
                 });
  if (located)
    loadLanes<Data>(w, i.dst[0].reg, w.exec(), p);
}

template <class Data> void store(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  BufferLanes b;
  if (!begin(w, i, 1, Data::bytes, Access::store, b, p))
    return;
  storeLanes<Data>(w, i.src[0].reg, b.inside, p);
  forPartialLanes(w, i, b, true, [&](unsigned l, uint8_t *to, unsigned bytes) {
    uint8_t staging[16];
    Data::store(w.v + i.src[0].reg, l, staging);
    std::memcpy(to, staging, bytes);
  });
}

// Lanes outside write zeros to LDS.
template <class Data> void loadToLds(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  BufferLanes b;
  if (begin(w, i, 0, Data::bytes, Access::load, b, p))
    moveToLds<Data>(w, i, p);
}

template <class T, class F> void atomicOp(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  BufferLanes b;
  if (begin(w, i, 1, sizeof(T), Access::atomic, b, p))
    atomicLanes<T>(w, b.inside, p, i.src[0].reg, i.has(Modifier::sc0) ? int(i.src[0].reg) : -1,
                   [](T m, T d) { return F::apply(m, d); });
}
template <class T> void compareAndSwap(Wave &w, const Inst &i) {
  alignas(64) Pointers p;
  BufferLanes b;
  if (begin(w, i, 1, sizeof(T), Access::atomic, b, p))
    compareAndSwapLanes<T>(w, b.inside, p, i.src[0].reg, i.src[0].reg + sizeof(T) / 4,
                           i.has(Modifier::sc0) ? int(i.src[0].reg) : -1);
}

constexpr uint64_t toLds = mods::buffer | bit(Modifier::lds);

template <class Data> constexpr Row loadRow(const char *name) {
  return operands(memoryRow(name, load<Data>, Kind::vmem, flag::load, Data::bytes, mods::buffer), to(Data::type),
                  from(Type::vaddr), from(Type::b128), from(Type::b32));
}
template <class Data> constexpr Row storeRow(const char *name) {
  return operands(memoryRow(name, store<Data>, Kind::vmem, flag::store, Data::bytes, mods::buffer), from(Data::type),
                  from(Type::vaddr), from(Type::b128), from(Type::b32));
}
template <class Data> constexpr Row ldsRow(const char *name) {
  return operands(memoryRow(name, loadToLds<Data>, Kind::vmem, flag::load | flag::readsM0, Data::bytes, toLds),
                  from(Type::vaddr), from(Type::b128), from(Type::b32));
}
constexpr Row atomicOperands(Row r, unsigned bytes) {
  return operands(r, from(dataType(bytes)), from(Type::vaddr), from(Type::b128), from(Type::b32));
}
// With sc0 the data register is the result too.
template <class T, class F> constexpr Row atomicRow(const char *name) {
  return atomicOperands(
      memoryRow(name, atomicOp<T, F>, Kind::vmem, flag::atomic | flag::dataIsResult, sizeof(T), mods::buffer),
      sizeof(T));
}
template <class T> constexpr Row swapRow(const char *name) {
  return atomicOperands(
      memoryRow(name, compareAndSwap<T>, Kind::vmem, flag::atomic | flag::dataIsResult, sizeof(T), mods::buffer),
      2 * sizeof(T));
}

#define PA_EMU_ATOMIC(NAME, T, F) atomicRow<T, F>(NAME)
#define PA_EMU_ATOMIC_BOTH(NAME, T32, T64, F) atomicRow<T32, F>(NAME), atomicRow<T64, F>(NAME "_x2")

constexpr Row table[] = {
    PA_EMU_LOADS("buffer", loadRow),
    PA_EMU_STORES("buffer", storeRow),

    PA_EMU_LOADS_TO_LDS("buffer_load", ldsRow),
    gfx950(ldsRow<Dwords<3>>("buffer_load_dwordx3")),
    gfx950(ldsRow<Dwords<4>>("buffer_load_dwordx4")),

    PA_EMU_ATOMICS("buffer", PA_EMU_ATOMIC, PA_EMU_ATOMIC_BOTH),
    gfx950(atomicRow<uint32_t, atomic::PackedBf16Add>("buffer_atomic_pk_add_bf16")),
    swapRow<uint32_t>("buffer_atomic_cmpswap"),
    swapRow<uint64_t>("buffer_atomic_cmpswap_x2"),
};

} // namespace

Rows bufferRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
