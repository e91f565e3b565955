// LDS: reads, writes, atomics and gfx950's transposing reads. Addresses are bytes in the workgroup's own LDS.
//
// Text: `ds_read vdst, vaddr`, `ds_write vaddr, vdata [, vdata1]`; the two-address forms scale their offsets.
#include "runtime/emulator/ops/Access.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// LDS pointers of the lanes in `mask`; lanes outside the workgroup's LDS leave the mask (hardware reads 0 and drops
// writes) or fault the wave where that is checked.
PA_EMU_INLINE uint64_t locate(Wave &w, const Inst &i, const Operand &vaddr, uint32_t offset, unsigned bytes,
                              uint64_t mask, Addresses &a, Pointers &p) {
  const uint32_t *v = w.v[vaddr.reg];
  for (unsigned l = 0; l < lanes; ++l) {
    a[l] = v[l] + offset; // 32 bits, as the hardware adds
    p[l] = w.lds + a[l];
  }
  uint64_t inside = 0;
  for (unsigned l = 0; l < lanes; ++l)
    inside |= uint64_t(a[l] + bytes <= w.ldsBytes) << l;
  uint64_t outside = mask & ~inside;
  if (__builtin_expect(outside != 0, false)) {
    int l = __builtin_ctzll(outside);
    faultLds(w, i, l, a[l], bytes);
  }
  return mask & inside;
}

alignas(16) const uint8_t zeros[16] = {};

// One access of all active lanes.
struct LdsAccess {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  uint64_t inside;
  // Lanes outside read zeros.
  PA_EMU_INLINE void readZerosOutside(uint64_t exec) {
    if (inside != exec)
      forEachLane(exec & ~inside, [&](unsigned l) { p[l] = const_cast<uint8_t *>(zeros); });
  }
};
// Finds it, and tells observers. False: the wave has faulted.
PA_EMU_INLINE bool begin(Wave &w, const Inst &i, uint32_t offset, unsigned bytes, Access access, LdsAccess &x) {
  x.inside = locate(w, i, i.src[0], offset, bytes, w.exec(), x.a, x.p);
  if (w.status == WaveStatus::faulted)
    return false;
  report(w, i, access, true, x.inside, bytes, x.a);
  return true;
}

template <class Data> void read(Wave &w, const Inst &i) {
  LdsAccess x;
  if (!begin(w, i, uint32_t(i.offset), Data::bytes, Access::load, x))
    return;
  x.readZerosOutside(w.exec());
  loadLanes<Data>(w, i.dst[0].reg, w.exec(), x.p);
}

template <class Data> void write(Wave &w, const Inst &i) {
  LdsAccess x;
  if (begin(w, i, uint32_t(i.offset), Data::bytes, Access::store, x))
    storeLanes<Data>(w, i.src[1].reg, x.inside, x.p);
}

// Two addresses: offsets count units of the data's size, or 64 of them.
template <class Data, unsigned Scale> void read2(Wave &w, const Inst &i) {
  LdsAccess x[2];
  for (unsigned n = 0; n < 2; ++n) {
    if (!begin(w, i, uint32_t(n ? i.offset1 : i.offset) * Data::bytes * Scale, Data::bytes, Access::load, x[n]))
      return;
    x[n].readZerosOutside(w.exec());
  }
  for (unsigned n = 0; n < 2; ++n)
    loadLanes<Data>(w, i.dst[0].reg + n * Data::bytes / 4, w.exec(), x[n].p);
}
// With equal offsets there is one address, and the first data (ISA manuals, "LDS indexed and atomic access").
template <class Data, unsigned Scale> void write2(Wave &w, const Inst &i) {
  for (unsigned n = 0; n < (i.offset == i.offset1 ? 1u : 2u); ++n) {
    LdsAccess x;
    if (!begin(w, i, uint32_t(n ? i.offset1 : i.offset) * Data::bytes * Scale, Data::bytes, Access::store, x))
      return;
    storeLanes<Data>(w, i.src[1 + n].reg, x.inside, x.p);
  }
}

bool beginTransposed(Wave &w, const Inst &i, unsigned bytes, LdsAccess &x) {
  if (w.exec() != ~0ull) {
    faultText(w, i, "a transposing LDS read needs all lanes active");
    return false;
  }
  if (!begin(w, i, uint32_t(i.offset), bytes, Access::load, x))
    return false;
  x.readZerosOutside(w.exec());
  return true;
}

// Transposes blocks of lanes: element e of lane t of a group of 16 comes from the bytes that lane (step * e + t /
// width) addresses, where `width` elements fit a lane's 8 bytes.
template <class Element> void readTransposed(Wave &w, const Inst &i) {
  constexpr unsigned width = 8 / sizeof(Element), step = 16 / width;
  LdsAccess x;
  if (!beginTransposed(w, i, 8, x))
    return;
  uint64_t out[lanes];
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned group = l / 16 * 16, t = l % 16;
    Element elements[width];
    for (unsigned e = 0; e < width; ++e)
      elements[e] = loadAs<Element>(x.p[group + step * e + t / width] + t % width * sizeof(Element));
    __builtin_memcpy(&out[l], elements, 8);
  }
  for (unsigned l = 0; l < lanes; ++l)
    setRegisterValue<uint64_t>(w, i.dst[0].reg, l, out[l]);
}

template <class T, class F> void atomicOp(Wave &w, const Inst &i) {
  LdsAccess x;
  if (!begin(w, i, uint32_t(i.offset), sizeof(T), Access::atomic, x))
    return;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  atomicLanes<T>(w, x.inside, x.p, i.src[1].reg, result, [](T m, T d) { return F::apply(m, d); });
}
// The first data register is what LDS must hold, the second the new value.
template <class T> void compareAndSwap(Wave &w, const Inst &i) {
  LdsAccess x;
  if (!begin(w, i, uint32_t(i.offset), sizeof(T), Access::atomic, x))
    return;
  int result = i.dst[0].place == Place::vgpr ? i.dst[0].reg : -1;
  compareAndSwapLanes<T>(w, x.inside, x.p, i.src[2].reg, i.src[1].reg, result);
}

// Memory's bits that the first data register names become the second's.
template <class T> void maskedOr(Wave &w, const Inst &i) {
  LdsAccess x;
  if (!begin(w, i, uint32_t(i.offset), sizeof(T), Access::atomic, x))
    return;
  forEachLane(x.inside, [&](unsigned l) {
    T old = loadAs<T>(x.p[l]);
    storeAs(x.p[l], T((old & ~registerValue<T>(w, i.src[1].reg, l)) | registerValue<T>(w, i.src[2].reg, l)));
    if (i.dst[0].place == Place::vgpr)
      setRegisterValue(w, i.dst[0].reg, l, old);
  });
}
// Counts down by the first data register, from zero up to the second.
void wrap(Wave &w, const Inst &i) {
  LdsAccess x;
  if (!begin(w, i, uint32_t(i.offset), 4, Access::atomic, x))
    return;
  forEachLane(x.inside, [&](unsigned l) {
    uint32_t old = loadAs<uint32_t>(x.p[l]), down = w.v[i.src[1].reg][l], up = w.v[i.src[2].reg][l];
    storeAs(x.p[l], old >= down ? old - down : old + up);
    w.v[i.dst[0].reg][l] = old;
  });
}
// Each half of the data whose upper bit is set is stored, without that bit. Addresses lose their lower three bits.
void conditionalExchange(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  uint64_t inside = locate(w, i, i.src[0], uint32_t(i.offset), 8, w.exec(), a, p);
  if (w.status == WaveStatus::faulted)
    return;
  for (unsigned l = 0; l < lanes; ++l) {
    p[l] -= a[l] & 7;
    a[l] &= ~7ull;
  }
  report(w, i, Access::atomic, true, inside, 8, a);
  forEachLane(inside, [&](unsigned l) {
    uint64_t old = loadAs<uint64_t>(p[l]);
    for (unsigned d = 0; d < 2; ++d)
      if (uint32_t x = w.v[i.src[1].reg + d][l]; x >> 31)
        storeAs(p[l] + 4 * d, x & 0x7fffffffu);
    setRegisterValue(w, i.dst[0].reg, l, old);
  });
}
template <class T, unsigned Scale> void exchange2(Wave &w, const Inst &i) {
  LdsAccess x[2];
  for (unsigned n = 0; n < 2; ++n)
    if (!begin(w, i, uint32_t(n ? i.offset1 : i.offset) * sizeof(T) * Scale, sizeof(T), Access::atomic, x[n]))
      return;
  forEachLane(x[0].inside & x[1].inside, [&](unsigned l) {
    T fresh[2], old[2];
    for (unsigned n = 0; n < 2; ++n) {
      fresh[n] = registerValue<T>(w, i.src[1 + n].reg, l);
      old[n] = loadAs<T>(x[n].p[l]);
    }
    for (unsigned n = 0; n < 2; ++n)
      storeAs(x[n].p[l], fresh[n]);
    for (unsigned n = 0; n < 2; ++n)
      setRegisterValue(w, unsigned(i.dst[0].reg + n * sizeof(T) / 4), l, old[n]);
  });
}
// Addresses of M0, the offset and the lane's number.
uint64_t locateByLane(Wave &w, const Inst &i, Addresses &a, Pointers &p) {
  uint64_t inside = 0;
  for (unsigned l = 0; l < lanes; ++l) {
    a[l] = (w.s[sreg::m0] & 0xffffu) + uint32_t(i.offset) + 4 * l;
    p[l] = w.lds + a[l];
    inside |= uint64_t(a[l] + 4 <= w.ldsBytes) << l;
  }
  if (uint64_t outside = w.exec() & ~inside)
    faultLds(w, i, __builtin_ctzll(outside), a[__builtin_ctzll(outside)], 4);
  return w.exec() & inside;
}
void readByLane(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  uint64_t inside = locateByLane(w, i, a, p);
  if (w.status == WaveStatus::faulted)
    return;
  report(w, i, Access::load, true, inside, 4, a);
  forEachLane(w.exec() & ~inside, [&](unsigned l) { p[l] = const_cast<uint8_t *>(zeros); });
  loadLanes<Dwords<1>>(w, i.dst[0].reg, w.exec(), p);
}
void writeByLane(Wave &w, const Inst &i) {
  alignas(64) Addresses a;
  alignas(64) Pointers p;
  uint64_t inside = locateByLane(w, i, a, p);
  if (w.status == WaveStatus::faulted)
    return;
  report(w, i, Access::store, true, inside, 4, a);
  storeLanes<Dwords<1>>(w, i.src[0].reg, inside, p);
}
// One counter a wave at M0's address: the active lanes are added or taken away, and all of them get the old count.
template <bool Append> void count(Wave &w, const Inst &i) {
  Addresses a;
  uint64_t address = (w.s[sreg::m0] & 0xffffu) + uint32_t(i.offset);
  for (uint64_t &x : a)
    x = address;
  if (address + 4 > w.ldsBytes)
    return faultLds(w, i, 0, address, 4);
  report(w, i, Access::atomic, true, 1, 4, a);
  uint32_t old = loadAs<uint32_t>(w.lds + address), lanesHere = uint32_t(__builtin_popcountll(w.exec()));
  storeAs(w.lds + address, Append ? old + lanesHere : old - lanesHere);
  forEachLane(w.exec(), [&](unsigned l) { w.v[i.dst[0].reg][l] = old; });
}
// Numbers of 4 or 6 bits: number n of lane t of a group of 16 is number t of the 16 that lane n addresses.
template <unsigned Bits> void readTransposedBits(Wave &w, const Inst &i) {
  constexpr unsigned bytes = 2 * Bits;
  LdsAccess x;
  if (!beginTransposed(w, i, bytes, x))
    return;
  uint32_t out[lanes][bytes / 4] = {};
  auto numberAt = [](const uint8_t *row, unsigned n) {
    unsigned at = n * Bits;
    uint32_t pair = row[at / 8] | (at / 8 + 1 < bytes ? uint32_t(row[at / 8 + 1]) << 8 : 0);
    return pair >> (at % 8) & ((1u << Bits) - 1);
  };
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned n = 0; n < 16; ++n) {
      uint64_t code = uint64_t(numberAt(x.p[l / 16 * 16 + n], l % 16)) << (n * Bits % 32);
      out[l][n * Bits / 32] |= uint32_t(code);
      if (code >> 32)
        out[l][n * Bits / 32 + 1] |= uint32_t(code >> 32);
    }
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned d = 0; d < bytes / 4; ++d)
      w.v[i.dst[0].reg + d][l] = out[l][d];
}

constexpr uint64_t one = mods::offset;
constexpr uint64_t two = bit(Modifier::offset0) | bit(Modifier::offset1);
constexpr Type doubled(Type t) { return t == Type::b32 ? Type::b64 : Type::b128; }

template <class Data> constexpr Row readRow(const char *name) {
  return operands(memoryRow(name, read<Data>, Kind::lds, flag::load, Data::bytes, one), to(Data::type),
                  from(Type::b32));
}
template <class Data> constexpr Row writeRow(const char *name) {
  return operands(memoryRow(name, write<Data>, Kind::lds, flag::store, Data::bytes, one), from(Type::b32),
                  from(Data::type));
}
template <class Data, unsigned Scale> constexpr Row read2Row(const char *name) {
  return operands(memoryRow(name, read2<Data, Scale>, Kind::lds, flag::load, Data::bytes, two), to(doubled(Data::type)),
                  from(Type::b32));
}
template <class Data, unsigned Scale> constexpr Row write2Row(const char *name) {
  return operands(memoryRow(name, write2<Data, Scale>, Kind::lds, flag::store, Data::bytes, two), from(Type::b32),
                  from(Data::type), from(Data::type));
}
template <class Element> constexpr Row transposedRow(const char *name) {
  return gfx950(operands(memoryRow(name, readTransposed<Element>, Kind::lds, flag::load, 8, one), to(Type::b64),
                         from(Type::b32)));
}
template <class T> constexpr uint32_t atomicFlags() {
  return flag::atomic | (std::is_same_v<T, double> ? flag::wideHostState : 0);
}
template <class T, class F> constexpr Row silentRow(const char *name) {
  return operands(memoryRow(name, atomicOp<T, F>, Kind::lds, atomicFlags<T>(), sizeof(T), one), from(Type::b32),
                  from(dataType(sizeof(T))));
}
template <class T, class F> constexpr Row returningRow(const char *name) {
  return operands(memoryRow(name, atomicOp<T, F>, Kind::lds, atomicFlags<T>(), sizeof(T), one), to(dataType(sizeof(T))),
                  from(Type::b32), from(dataType(sizeof(T))));
}
template <class T> constexpr Row swapRow(const char *name, bool returns) {
  Row r = memoryRow(name, compareAndSwap<T>, Kind::lds, atomicFlags<T>(), sizeof(T), one);
  if (returns)
    r = operands(r, to(dataType(sizeof(T))));
  return operands(r, from(Type::b32), from(dataType(sizeof(T))), from(dataType(sizeof(T))));
}

// Memory's address and two data operands.
constexpr Row twoData(const char *name, Handler run, unsigned bytes, bool returns) {
  Row r = memoryRow(name, run, Kind::lds, flag::atomic, bytes, one);
  if (returns)
    r = operands(r, to(dataType(bytes)));
  return operands(r, from(Type::b32), from(dataType(bytes)), from(dataType(bytes)));
}
template <class T, unsigned Scale> constexpr Row exchange2Row(const char *name) {
  return operands(memoryRow(name, exchange2<T, Scale>, Kind::lds, flag::atomic, sizeof(T), two),
                  to(doubled(dataType(sizeof(T)))), from(Type::b32), from(dataType(sizeof(T))),
                  from(dataType(sizeof(T))));
}
constexpr Row byM0(const char *name, Handler run, uint32_t flags, OperandSpec operand) {
  return operands(memoryRow(name, run, Kind::lds, flags | flag::readsM0, 4, one), operand);
}

#define PA_EMU_DS_ATOMIC(NAME, SUFFIX, T, F)                                                                           \
  silentRow<T, F>("ds_" NAME "_" SUFFIX), returningRow<T, F>("ds_" NAME "_rtn_" SUFFIX)

constexpr Row table[] = {
    readRow<Small<uint8_t>>("ds_read_u8"),
    readRow<Small<int8_t>>("ds_read_i8"),
    readRow<Small<uint16_t>>("ds_read_u16"),
    readRow<Small<int16_t>>("ds_read_i16"),
    readRow<D16<uint8_t, false>>("ds_read_u8_d16"),
    readRow<D16<uint8_t, true>>("ds_read_u8_d16_hi"),
    readRow<D16<int8_t, false>>("ds_read_i8_d16"),
    readRow<D16<int8_t, true>>("ds_read_i8_d16_hi"),
    readRow<D16<uint16_t, false>>("ds_read_u16_d16"),
    readRow<D16<uint16_t, true>>("ds_read_u16_d16_hi"),
    readRow<Dwords<1>>("ds_read_b32"),
    readRow<Dwords<2>>("ds_read_b64"),
    readRow<Dwords<3>>("ds_read_b96"),
    readRow<Dwords<4>>("ds_read_b128"),
    writeRow<Small<uint8_t>>("ds_write_b8"),
    writeRow<D16<uint8_t, true>>("ds_write_b8_d16_hi"),
    writeRow<Small<uint16_t>>("ds_write_b16"),
    writeRow<D16<uint16_t, true>>("ds_write_b16_d16_hi"),
    writeRow<Dwords<1>>("ds_write_b32"),
    writeRow<Dwords<2>>("ds_write_b64"),
    writeRow<Dwords<3>>("ds_write_b96"),
    writeRow<Dwords<4>>("ds_write_b128"),
    read2Row<Dwords<1>, 1>("ds_read2_b32"),
    read2Row<Dwords<2>, 1>("ds_read2_b64"),
    read2Row<Dwords<1>, 64>("ds_read2st64_b32"),
    read2Row<Dwords<2>, 64>("ds_read2st64_b64"),
    write2Row<Dwords<1>, 1>("ds_write2_b32"),
    write2Row<Dwords<2>, 1>("ds_write2_b64"),
    write2Row<Dwords<1>, 64>("ds_write2st64_b32"),
    write2Row<Dwords<2>, 64>("ds_write2st64_b64"),
    transposedRow<uint16_t>("ds_read_b64_tr_b16"),
    transposedRow<uint8_t>("ds_read_b64_tr_b8"),

    PA_EMU_DS_ATOMIC("add", "u32", uint32_t, atomic::Add),
    PA_EMU_DS_ATOMIC("sub", "u32", uint32_t, atomic::Sub),
    PA_EMU_DS_ATOMIC("rsub", "u32", uint32_t, atomic::ReverseSub),
    PA_EMU_DS_ATOMIC("inc", "u32", uint32_t, atomic::Inc),
    PA_EMU_DS_ATOMIC("dec", "u32", uint32_t, atomic::Dec),
    PA_EMU_DS_ATOMIC("min", "i32", int32_t, atomic::Min),
    PA_EMU_DS_ATOMIC("max", "i32", int32_t, atomic::Max),
    PA_EMU_DS_ATOMIC("min", "u32", uint32_t, atomic::Min),
    PA_EMU_DS_ATOMIC("max", "u32", uint32_t, atomic::Max),
    PA_EMU_DS_ATOMIC("and", "b32", uint32_t, atomic::And),
    PA_EMU_DS_ATOMIC("or", "b32", uint32_t, atomic::Or),
    PA_EMU_DS_ATOMIC("xor", "b32", uint32_t, atomic::Xor),
    PA_EMU_DS_ATOMIC("add", "f32", float, atomic::Add),
    PA_EMU_DS_ATOMIC("min", "f32", float, atomic::FloatMin),
    PA_EMU_DS_ATOMIC("max", "f32", float, atomic::FloatMax),
    PA_EMU_DS_ATOMIC("min", "f64", double, atomic::FloatMin),
    PA_EMU_DS_ATOMIC("max", "f64", double, atomic::FloatMax),
    PA_EMU_DS_ATOMIC("add", "u64", uint64_t, atomic::Add),
    PA_EMU_DS_ATOMIC("sub", "u64", uint64_t, atomic::Sub),
    PA_EMU_DS_ATOMIC("rsub", "u64", uint64_t, atomic::ReverseSub),
    PA_EMU_DS_ATOMIC("inc", "u64", uint64_t, atomic::Inc),
    PA_EMU_DS_ATOMIC("dec", "u64", uint64_t, atomic::Dec),
    PA_EMU_DS_ATOMIC("min", "i64", int64_t, atomic::Min),
    PA_EMU_DS_ATOMIC("max", "i64", int64_t, atomic::Max),
    PA_EMU_DS_ATOMIC("min", "u64", uint64_t, atomic::Min),
    PA_EMU_DS_ATOMIC("max", "u64", uint64_t, atomic::Max),
    PA_EMU_DS_ATOMIC("and", "b64", uint64_t, atomic::And),
    PA_EMU_DS_ATOMIC("or", "b64", uint64_t, atomic::Or),
    PA_EMU_DS_ATOMIC("xor", "b64", uint64_t, atomic::Xor),
    PA_EMU_DS_ATOMIC("add", "f64", double, atomic::Add),
    PA_EMU_DS_ATOMIC("pk_add", "f16", uint32_t, atomic::PackedHalfAdd),
    PA_EMU_DS_ATOMIC("pk_add", "bf16", uint32_t, atomic::PackedBf16Add),
    returningRow<uint32_t, atomic::Swap>("ds_wrxchg_rtn_b32"),
    returningRow<uint64_t, atomic::Swap>("ds_wrxchg_rtn_b64"),
    twoData("ds_mskor_b32", maskedOr<uint32_t>, 4, false),
    twoData("ds_mskor_rtn_b32", maskedOr<uint32_t>, 4, true),
    twoData("ds_mskor_b64", maskedOr<uint64_t>, 8, false),
    twoData("ds_mskor_rtn_b64", maskedOr<uint64_t>, 8, true),
    twoData("ds_wrap_rtn_b32", wrap, 4, true),
    operands(memoryRow("ds_condxchg32_rtn_b64", conditionalExchange, Kind::lds, flag::atomic, 8, one), to(Type::b64),
             from(Type::b32), from(Type::b64)),
    exchange2Row<uint32_t, 1>("ds_wrxchg2_rtn_b32"),
    exchange2Row<uint64_t, 1>("ds_wrxchg2_rtn_b64"),
    exchange2Row<uint32_t, 64>("ds_wrxchg2st64_rtn_b32"),
    exchange2Row<uint64_t, 64>("ds_wrxchg2st64_rtn_b64"),
    byM0("ds_read_addtid_b32", readByLane, flag::load, to(Type::b32)),
    byM0("ds_write_addtid_b32", writeByLane, flag::store, from(Type::b32)),
    byM0("ds_append", count<true>, flag::atomic, to(Type::b32)),
    byM0("ds_consume", count<false>, flag::atomic, to(Type::b32)),
    gfx950(operands(memoryRow("ds_read_b64_tr_b4", readTransposedBits<4>, Kind::lds, flag::load, 8, one), to(Type::b64),
                    from(Type::b32))),
    gfx950(operands(memoryRow("ds_read_b96_tr_b6", readTransposedBits<6>, Kind::lds, flag::load, 12, one),
                    to(Type::b96), from(Type::b32))),
    swapRow<float>("ds_cmpst_f32", false),
    swapRow<float>("ds_cmpst_rtn_f32", true),
    swapRow<double>("ds_cmpst_f64", false),
    swapRow<double>("ds_cmpst_rtn_f64", true),
    swapRow<uint32_t>("ds_cmpst_b32", false),
    swapRow<uint32_t>("ds_cmpst_rtn_b32", true),
    swapRow<uint64_t>("ds_cmpst_b64", false),
    swapRow<uint64_t>("ds_cmpst_rtn_b64", true),
};

} // namespace

Rows ldsRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
