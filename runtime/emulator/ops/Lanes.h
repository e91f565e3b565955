// How a lane function becomes a handler for 64 lanes, and a row of the table.
//
// The files of this folder are compiled once per vector level of the host; PA_EMU_LEVEL names the level, and everything
// lives in its namespace and is forced inline, so that no code of a higher level can be linked into a lower one.
//
// A lane function's signature says what the instruction's operands are: float is an f32 operand, with neg and abs; a
// result of type Carry writes a register and a lane mask. The one loop of Valu::run is what the host's compiler
// vectorises; every handler blends with EXEC.
#ifndef PA_RUNTIME_EMULATOR_OPS_LANES_H
#define PA_RUNTIME_EMULATOR_OPS_LANES_H

#include "runtime/emulator/core/Instruction.h"
#include "runtime/emulator/core/State.h"
#include "runtime/emulator/ops/Numbers.h"

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pa::emu::PA_EMU_LEVEL {

#if defined(__clang__)
#define PA_EMU_LANES _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
#else
#define PA_EMU_LANES _Pragma("GCC ivdep")
#endif

constexpr unsigned lanes = 64;
using LaneRow = uint32_t[lanes];

// Bit l of a mask as a word of zeros or ones in lane l.
PA_EMU_INLINE void expand(uint64_t mask, uint32_t *row) {
  for (unsigned half = 0; half < 2; ++half) {
    uint32_t bits = uint32_t(mask >> (32 * half));
    PA_EMU_LANES
    for (unsigned l = 0; l < 32; ++l)
      row[32 * half + l] = (bits & (1u << l)) ? ~0u : 0u;
  }
}

PA_EMU_INLINE uint64_t collect(const uint32_t *row) {
  uint32_t half[2] = {0, 0};
  for (unsigned h = 0; h < 2; ++h) {
    uint32_t bits = 0;
    for (unsigned l = 0; l < 32; ++l)
      bits |= row[32 * h + l] & (1u << l);
    half[h] = bits;
  }
  return half[0] | uint64_t(half[1]) << 32;
}

PA_EMU_INLINE void writeExec(Wave &w, uint64_t mask) {
  w.setS64(sreg::exec, mask);
  expand(mask, w.execRow);
}

PA_EMU_INLINE void writeScalar(Wave &w, const Operand &o, uint32_t x) {
  w.s[o.reg] = x;
  if (o.reg >= sreg::exec && o.reg < sreg::exec + 2)
    expand(w.exec(), w.execRow);
}

PA_EMU_INLINE void writeScalar64(Wave &w, const Operand &o, uint64_t x) {
  w.setS64(o.reg, x);
  if (o.reg == sreg::exec)
    expand(x, w.execRow);
}

PA_EMU_INLINE uint32_t readScalar(const Wave &w, const Operand &o) {
  return o.place == Place::constant ? uint32_t(o.value) : w.s[o.reg];
}
PA_EMU_INLINE uint64_t readScalar64(const Wave &w, const Operand &o) {
  return o.place == Place::constant ? o.value : w.s64(o.reg);
}

// Out of line, in Slow.cpp of the same level: DPP and SDWA sources; output modifiers, SDWA destinations and DPP's mask.
void slowSource(const Wave &w, const Inst &i, unsigned source, const uint32_t *row, uint32_t *out);
void slowResult(Wave &w, const Inst &i, uint32_t *const *rows, unsigned dwords, Type type);
uint64_t slowMask(const Wave &w, const Inst &i);

// A source as a row: the register itself, or its value in every lane.
PA_EMU_INLINE const uint32_t *sourceRow(const Wave &w, const Operand &o, unsigned dword, uint32_t *scratch) {
  if (o.place == Place::vgpr)
    return w.v[o.reg + dword];
  uint32_t x = o.place == Place::constant ? uint32_t(o.value >> (32 * dword)) : w.s[o.reg + dword];
  for (unsigned l = 0; l < lanes; ++l)
    scratch[l] = x;
  return scratch;
}

PA_EMU_INLINE const uint32_t *fetchRow(const Wave &w, const Inst &i, unsigned n, unsigned dword, uint32_t *scratch) {
  const uint32_t *row = sourceRow(w, i.src[n], dword, scratch);
  if (__builtin_expect(i.slow, false) && n < 2) {
    slowSource(w, i, n, row, scratch);
    return scratch;
  }
  return row;
}

// --- Sources -------------------------------------------------------------------------------------------------------

// The old value of the destination as a further source (v_fmac).
template <class T> struct Old {
  T value;
  PA_EMU_INLINE operator T() const { return value; }
};
// A float whose denormals are flushed as MODE says by the instruction's own reading of it, not by arithmetic.
struct Canonical {
  float value;
  PA_EMU_INLINE operator float() const { return value; }
};

// The same where the result is one of the sources: MODE's flushing of results counts too.
struct Ordered {
  float value;
  PA_EMU_INLINE operator float() const { return value; }
};
struct OrderedHalf { // a signalling NaN stays one
  float value;
  PA_EMU_INLINE operator float() const { return value; }
};
struct Canonical64 {
  double value;
  PA_EMU_INLINE operator double() const { return value; }
};
struct Ordered64 {
  double value;
  PA_EMU_INLINE operator double() const { return value; }
};
// MODE's IEEE bit: minima and maxima give a signalling NaN back as a quiet one.
struct Ieee {
  bool set;
};

// MODE's DX10_CLAMP: a NaN clamps to 0.
struct Dx10 {
  bool set;
};

template <class T> struct Source;

template <class T> struct SourceBits32 {
  static constexpr Type type = Type::b32;
  static constexpr bool inText = true;
  const uint32_t *row;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) { row = fetchRow(w, i, n, 0, scratch); }
  PA_EMU_INLINE T get(unsigned l) const { return T(row[l]); }
};
template <> struct Source<uint32_t> : SourceBits32<uint32_t> {};
template <> struct Source<int32_t> : SourceBits32<int32_t> {};

template <> struct Source<float> {
  static constexpr Type type = Type::f32;
  static constexpr bool inText = true;
  const uint32_t *row;
  uint32_t keep, flip;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = fetchRow(w, i, n, 0, scratch);
    keep = i.src[n].mods & mod::abs ? 0x7fffffffu : ~0u;
    flip = i.src[n].mods & mod::neg ? 0x80000000u : 0;
  }
  PA_EMU_INLINE float get(unsigned l) const { return asFloat((row[l] & keep) ^ flip); }
};

template <> struct Source<Canonical> : Source<float> {
  uint32_t flushed; // what is kept of a denormal
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    Source<float>::fetch(w, i, n);
    flushed = w.flushSourceF32() ? 0x80000000u : ~0u;
  }
  PA_EMU_INLINE Canonical get(unsigned l) const {
    uint32_t x = (row[l] & keep) ^ flip;
    return {asFloat(x & ((x & 0x7f800000u) ? ~0u : flushed))};
  }
};

template <> struct Source<Ordered> : Source<Canonical> {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    Source<Canonical>::fetch(w, i, n);
    flushed = w.flushF32() ? 0x80000000u : ~0u;
  }
  PA_EMU_INLINE Ordered get(unsigned l) const { return {Source<Canonical>::get(l).value}; }
};

template <> struct Source<Old<float>> {
  static constexpr Type type = Type::f32;
  static constexpr bool inText = false;
  const uint32_t *row;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned) { row = w.v[i.dst[0].reg]; }
  PA_EMU_INLINE Old<float> get(unsigned l) const { return {asFloat(row[l])}; }
};
template <> struct Source<Old<uint32_t>> {
  static constexpr Type type = Type::b32;
  static constexpr bool inText = false;
  const uint32_t *row;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned) { row = w.v[i.dst[0].reg]; }
  PA_EMU_INLINE Old<uint32_t> get(unsigned l) const { return {row[l]}; }
};

template <class T> struct SourceBits64 {
  static constexpr Type type = Type::b64;
  static constexpr bool inText = true;
  const uint32_t *low, *high;
  alignas(64) LaneRow scratch[2];
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    low = fetchRow(w, i, n, 0, scratch[0]);
    high = fetchRow(w, i, n, 1, scratch[1]);
  }
  PA_EMU_INLINE T get(unsigned l) const { return T(low[l] | uint64_t(high[l]) << 32); }
};
template <> struct Source<uint64_t> : SourceBits64<uint64_t> {};
template <> struct Source<int64_t> : SourceBits64<int64_t> {};

template <> struct Source<double> : SourceBits64<uint64_t> {
  static constexpr Type type = Type::f64;
  uint64_t keep, flip;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    SourceBits64::fetch(w, i, n);
    keep = i.src[n].mods & mod::abs ? ~0ull >> 1 : ~0ull;
    flip = i.src[n].mods & mod::neg ? 1ull << 63 : 0;
  }
  PA_EMU_INLINE double get(unsigned l) const { return asDouble((SourceBits64::get(l) & keep) ^ flip); }
};
template <> struct Source<Canonical64> : Source<double> {
  uint64_t flushed;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    Source<double>::fetch(w, i, n);
    flushed = w.flushSourceWide() ? 1ull << 63 : ~0ull;
  }
  PA_EMU_INLINE Canonical64 get(unsigned l) const {
    uint64_t x = (SourceBits64::get(l) & keep) ^ flip;
    return {asDouble(x & ((x & 0x7ffull << 52) ? ~0ull : flushed))};
  }
};
template <> struct Source<Ordered64> : Source<Canonical64> {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    Source<Canonical64>::fetch(w, i, n);
    flushed = w.flushWide() ? 1ull << 63 : ~0ull;
  }
  PA_EMU_INLINE Ordered64 get(unsigned l) const { return {Source<Canonical64>::get(l).value}; }
};
template <> struct Source<Old<double>> {
  static constexpr Type type = Type::f64;
  static constexpr bool inText = false;
  const uint32_t *low, *high;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned) {
    low = w.v[i.dst[0].reg];
    high = w.v[i.dst[0].reg + 1];
  }
  PA_EMU_INLINE Old<double> get(unsigned l) const { return {asDouble(low[l] | uint64_t(high[l]) << 32)}; }
};

// 16-bit operands; op_sel takes the register's upper half.
template <class T> struct SourceBits16 {
  static constexpr Type type = Type::b16;
  static constexpr bool inText = true;
  const uint32_t *row;
  uint32_t shift;
  alignas(64) LaneRow scratch;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    row = fetchRow(w, i, n, 0, scratch);
    shift = (i.opSel >> n & 1) * 16;
  }
  PA_EMU_INLINE T get(unsigned l) const { return T(uint16_t(row[l] >> shift)); }
};
template <> struct Source<uint16_t> : SourceBits16<uint16_t> {};
template <> struct Source<int16_t> : SourceBits16<int16_t> {};

template <> struct Source<Half> : SourceBits16<uint16_t> {
  static constexpr Type type = Type::f16;
  uint32_t keep, flip, flushed;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    SourceBits16::fetch(w, i, n);
    keep = i.src[n].mods & mod::abs ? 0x7fffu : 0xffffu;
    flip = i.src[n].mods & mod::neg ? 0x8000u : 0;
    flushed = w.flushSourceWide() ? 0x8000u : 0xffffu;
  }
  PA_EMU_INLINE Half get(unsigned l) const {
    uint32_t x = ((row[l] >> shift) & keep) ^ flip;
    return {halfToFloat(x & ((x & 0x7c00u) ? 0xffffu : flushed))};
  }
};
template <> struct Source<OrderedHalf> : Source<Half> {
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    Source<Half>::fetch(w, i, n);
    flushed = w.flushWide() ? 0x8000u : 0xffffu;
  }
  PA_EMU_INLINE OrderedHalf get(unsigned l) const {
    uint32_t x = ((row[l] >> shift) & keep) ^ flip;
    return {signallingHalfToFloat(x & ((x & 0x7c00u) ? 0xffffu : flushed))};
  }
};
// A half's bits, with neg and abs, for instructions that only move it.
struct HalfBits {
  uint16_t bits;
};
template <> struct Source<HalfBits> : SourceBits16<uint16_t> {
  static constexpr Type type = Type::f16;
  uint32_t keep, flip;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) {
    SourceBits16::fetch(w, i, n);
    keep = i.src[n].mods & mod::abs ? 0x7fffu : 0xffffu;
    flip = i.src[n].mods & mod::neg ? 0x8000u : 0;
  }
  PA_EMU_INLINE HalfBits get(unsigned l) const { return {uint16_t(((row[l] >> shift) & keep) ^ flip)}; }
};
template <> struct Source<Old<Half>> {
  static constexpr Type type = Type::f16;
  static constexpr bool inText = false;
  const uint32_t *row;
  uint32_t flushed;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned) {
    row = w.v[i.dst[0].reg];
    flushed = w.flushSourceWide() ? 0x8000u : 0xffffu;
  }
  PA_EMU_INLINE Old<Half> get(unsigned l) const {
    uint32_t x = row[l] & 0xffffu;
    return {{halfToFloat(x & ((x & 0x7c00u) ? 0xffffu : flushed))}};
  }
};

// A lane's bit of a mask in SGPRs.
template <> struct Source<bool> {
  static constexpr Type type = Type::mask;
  static constexpr bool inText = true;
  alignas(64) LaneRow row;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &i, unsigned n) { expand(readScalar64(w, i.src[n]), row); }
  PA_EMU_INLINE bool get(unsigned l) const { return row[l] != 0; }
};

// The lane's own number.
struct LaneId {
  unsigned id;
};
template <> struct Source<LaneId> {
  static constexpr Type type = Type::none;
  static constexpr bool inText = false;
  PA_EMU_INLINE void fetch(const Wave &, const Inst &, unsigned) {}
  PA_EMU_INLINE LaneId get(unsigned l) const { return {l}; }
};
// The lane's bit of VCC, where the text does not name it.
struct VccBit {
  bool set;
};
template <> struct Source<VccBit> {
  static constexpr Type type = Type::none;
  static constexpr bool inText = false;
  alignas(64) LaneRow row;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &, unsigned) { expand(w.s64(sreg::vcc), row); }
  PA_EMU_INLINE VccBit get(unsigned l) const { return {row[l] != 0}; }
};
template <> struct Source<Ieee> {
  static constexpr Type type = Type::none;
  static constexpr bool inText = false;
  bool set;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &, unsigned) { set = w.ieee(); }
  PA_EMU_INLINE Ieee get(unsigned) const { return {set}; }
};
template <> struct Source<Dx10> {
  static constexpr Type type = Type::none;
  static constexpr bool inText = false;
  bool set;
  PA_EMU_INLINE void fetch(const Wave &w, const Inst &, unsigned) { set = w.dx10Clamp(); }
  PA_EMU_INLINE Dx10 get(unsigned) const { return {set}; }
};
// The truth table of v_bitop3.
struct TruthTable {
  uint32_t table;
};
template <> struct Source<TruthTable> {
  static constexpr Type type = Type::none;
  static constexpr bool inText = false;
  uint32_t table;
  PA_EMU_INLINE void fetch(const Wave &, const Inst &i, unsigned) { table = i.bitop3; }
  PA_EMU_INLINE TruthTable get(unsigned) const { return {table}; }
};

// --- Results -------------------------------------------------------------------------------------------------------

// A register and a mask.
template <class T> struct Carry {
  T value;
  bool carry;
};

alignas(64) inline constexpr uint32_t allLanes[lanes] = {
#define PA_EMU_ONES8 ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u
    PA_EMU_ONES8, PA_EMU_ONES8, PA_EMU_ONES8, PA_EMU_ONES8, PA_EMU_ONES8,
    PA_EMU_ONES8, PA_EMU_ONES8, PA_EMU_ONES8
#undef PA_EMU_ONES8
};

template <unsigned Dwords, Type T> struct ResultRows {
  static constexpr Type type = T;
  static constexpr unsigned masks = 0;
  uint32_t *row[Dwords];
  const uint32_t *mask;
  alignas(64) LaneRow temporary[Dwords];
  PA_EMU_INLINE void open(Wave &w, const Inst &i) {
    bool slow = __builtin_expect(i.slow, false);
    mask = slow ? allLanes : w.execRow;
    for (unsigned d = 0; d < Dwords; ++d) {
      if (slow)
        std::memset(temporary[d], 0, sizeof(LaneRow));
      row[d] = slow ? temporary[d] : w.v[i.dst[0].reg + d];
    }
  }
  PA_EMU_INLINE void blend(unsigned l, unsigned d, uint32_t x) { row[d][l] = (x & mask[l]) | (row[d][l] & ~mask[l]); }
  PA_EMU_INLINE void close(Wave &w, const Inst &i) {
    if (__builtin_expect(i.slow, false))
      slowResult(w, i, row, Dwords, T);
  }
};

template <class T> struct Result;
template <> struct Result<uint32_t> : ResultRows<1, Type::b32> {
  PA_EMU_INLINE void put(unsigned l, uint32_t x) { blend(l, 0, x); }
};
template <> struct Result<int32_t> : ResultRows<1, Type::b32> {
  PA_EMU_INLINE void put(unsigned l, int32_t x) { blend(l, 0, uint32_t(x)); }
};
template <> struct Result<float> : ResultRows<1, Type::f32> {
  PA_EMU_INLINE void put(unsigned l, float x) { blend(l, 0, asBits(x)); }
};
template <> struct Result<uint64_t> : ResultRows<2, Type::b64> {
  PA_EMU_INLINE void put(unsigned l, uint64_t x) {
    blend(l, 0, uint32_t(x));
    blend(l, 1, uint32_t(x >> 32));
  }
};
template <> struct Result<int64_t> : Result<uint64_t> {};
template <> struct Result<double> : ResultRows<2, Type::f64> {
  PA_EMU_INLINE void put(unsigned l, double x) {
    uint64_t bits = asBits(x);
    blend(l, 0, uint32_t(bits));
    blend(l, 1, uint32_t(bits >> 32));
  }
};

// A 16-bit result in the lower half zeroes the upper one, except where the row says keepHigh; op_sel's last bit puts it
// into the upper half, and the lower one stays.
template <Type T> struct ResultHalf : ResultRows<1, T> {
  uint32_t shift, kept;
  PA_EMU_INLINE void open(Wave &w, const Inst &i) {
    ResultRows<1, T>::open(w, i);
    bool high = i.opSel >> (i.row->operandCount - 1) & 1;
    shift = high ? 16 : 0;
    kept = high ? 0xffffu : i.row->flags & flag::keepHigh ? 0xffff0000u : 0;
    if (i.slow && kept)
      std::memcpy(this->temporary[0], w.v[i.dst[0].reg], sizeof(LaneRow));
  }
  PA_EMU_INLINE void putBits(unsigned l, uint32_t x) {
    this->blend(l, 0, (x & 0xffffu) << shift | (this->row[0][l] & kept));
  }
};
template <> struct Result<uint16_t> : ResultHalf<Type::b16> {
  PA_EMU_INLINE void put(unsigned l, uint16_t x) { putBits(l, x); }
};
template <> struct Result<int16_t> : ResultHalf<Type::b16> {
  PA_EMU_INLINE void put(unsigned l, int16_t x) { putBits(l, uint16_t(x)); }
};
template <> struct Result<HalfBits> : ResultHalf<Type::f16> {
  uint32_t flushed;
  PA_EMU_INLINE void open(Wave &w, const Inst &i) {
    ResultHalf::open(w, i);
    flushed = w.flushResultWide() ? 0x8000u : 0xffffu;
  }
  PA_EMU_INLINE void put(unsigned l, HalfBits x) { putBits(l, x.bits & ((x.bits & 0x7c00u) ? 0xffffu : flushed)); }
};
template <> struct Result<Half> : Result<HalfBits> {
  PA_EMU_INLINE void put(unsigned l, Half x) { Result<HalfBits>::put(l, {uint16_t(floatToHalf(x.value))}); }
  void putAs(const Wave &w, unsigned l, Half x) {
    Result<HalfBits>::put(l, {uint16_t(floatToHalfAs(x.value, w.roundingWide(), w.f16Overflow()))});
  }
};

struct ResultMask {
  alignas(64) LaneRow bits;
  PA_EMU_INLINE void putBit(unsigned l, bool x) { bits[l] = x ? ~0u : 0u; }
  PA_EMU_INLINE uint64_t value(const Wave &w) const { return collect(bits) & w.exec(); }
};
// A comparison: inactive lanes give 0.
template <> struct Result<bool> : ResultMask {
  static constexpr Type type = Type::mask;
  static constexpr unsigned masks = 0;
  PA_EMU_INLINE void open(Wave &, const Inst &) {}
  PA_EMU_INLINE void put(unsigned l, bool x) { putBit(l, x); }
  PA_EMU_INLINE void close(Wave &w, const Inst &i) {
    uint64_t mask = collect(bits) & (__builtin_expect(i.slow, false) ? slowMask(w, i) : w.exec());
    writeScalar64(w, i.dst[0], mask);
    if (i.row->flags & flag::writesExec)
      writeExec(w, mask);
  }
};
template <class T> struct Result<Carry<T>> : Result<T> {
  static constexpr unsigned masks = 1;
  ResultMask carries;
  PA_EMU_INLINE void put(unsigned l, Carry<T> x) {
    Result<T>::put(l, x.value);
    carries.putBit(l, x.carry);
  }
  PA_EMU_INLINE void close(Wave &w, const Inst &i) {
    Result<T>::close(w, i);
    writeScalar64(w, i.dst[1], collect(carries.bits) & (__builtin_expect(i.slow, false) ? slowMask(w, i) : w.exec()));
  }
};

// --- Handlers and rows ---------------------------------------------------------------------------------------------

// A captureless lambda has no state, so any storage serves as one.
template <class F> struct Stateless {
  static_assert(std::is_empty_v<F>);
  union {
    char none;
    F f;
  };
  PA_EMU_INLINE Stateless() : none(0) {}
};

// get<N> of a list of sources, without std::tuple's out-of-line parts.
template <unsigned N, class T> struct Slot {
  Source<T> source;
};
template <class Indices, class... A> struct Slots;
template <size_t... N, class... A> struct Slots<std::index_sequence<N...>, A...> : Slot<N, A>... {};
template <unsigned N, class T> PA_EMU_INLINE Source<T> &slot(Slot<N, T> &s) { return s.source; }

template <class F, class R, class... A> struct Valu {
  template <size_t... N> PA_EMU_INLINE static void go(Wave &w, const Inst &i, std::index_sequence<N...> indices) {
    Stateless<F> function;
    Slots<decltype(indices), A...> in;
    Result<R> out;
    (slot<N>(in).fetch(w, i, N), ...);
    out.open(w, i);
    if constexpr (std::is_same_v<R, Half>)
      if (__builtin_expect(!w.plainF16(), false)) {
        for (unsigned l = 0; l < lanes; ++l)
          out.putAs(w, l, function.f(slot<N>(in).get(l)...));
        return out.close(w, i);
      }
    PA_EMU_LANES
    for (unsigned l = 0; l < lanes; ++l)
      out.put(l, function.f(slot<N>(in).get(l)...));
    out.close(w, i);
  }
  static void run(Wave &w, const Inst &i) { go(w, i, std::index_sequence_for<A...>()); }

  static constexpr Row row(const char *name, uint64_t modifiers, uint32_t flags) {
    Row r;
    r.name = name;
    r.run = run;
    r.kind = Kind::valu;
    r.modifiers = modifiers;
    r.flags = flags;
    r.operands[r.operandCount++] = {Role::dst, Result<R>::type};
    if (Result<R>::masks)
      r.operands[r.operandCount++] = {Role::dst, Type::mask};
    ((Source<A>::inText ? void(r.operands[r.operandCount++] = {Role::src, Source<A>::type}) : void()), ...);
    // MODE's settings go through the host's state, of which there are two.
    for (unsigned o = 0; o < r.operandCount; ++o)
      r.flags |= r.operands[o].type == Type::f64   ? flag::wideHostState
                 : r.operands[o].type == Type::f16 ? flag::halfHostState
                                                   : 0;
    return r;
  }
};

template <class F, class R, class... A> constexpr Valu<F, R, A...> valuOf(R (F::*)(A...) const) { return {}; }

constexpr bool isFloat(Type t) { return t == Type::f32 || t == Type::f64 || t == Type::f16; }

constexpr bool is16Bit(Type t) { return t == Type::b16 || t == Type::f16; }

// What any VALU row takes: DPP and SDWA where the encoding has them, op_sel on 16-bit operands, clamp and omod on float
// results.
template <class F> constexpr Row valu(const char *name, F, uint32_t flags = 0) {
  using V = decltype(valuOf(&F::operator()));
  Row r = V::row(name, mods::dpp | mods::sdwa, flags);
  for (unsigned o = 0; o < r.operandCount; ++o)
    if (is16Bit(r.operands[o].type))
      r.modifiers |= mods::opSel;
  if (isFloat(r.operands[0].type)) {
    r.modifiers |= mods::omod | mods::clamp;
    r.flags |= flag::floatResult;
  }
  return r;
}

} // namespace pa::emu::PA_EMU_LEVEL

#endif
