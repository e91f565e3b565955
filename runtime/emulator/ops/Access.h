// Moving data between lanes' addresses and registers; shared by LDS, global and buffer instructions.
//
// An instruction first turns its addresses into host pointers (null: the lane takes no part), then one of the movers
// below copies. Sources are read before any destination is written.
#ifndef PA_RUNTIME_EMULATOR_OPS_ACCESS_H
#define PA_RUNTIME_EMULATOR_OPS_ACCESS_H

#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {

using Pointers = uint8_t *[lanes];
using Addresses = uint64_t[lanes];

template <class F> PA_EMU_INLINE void forEachLane(uint64_t mask, F f) {
  if (mask == ~0ull) {
    for (unsigned l = 0; l < lanes; ++l)
      f(l);
    return;
  }
  for (; mask; mask &= mask - 1)
    f(unsigned(__builtin_ctzll(mask)));
}

template <class T> PA_EMU_INLINE T loadAs(const uint8_t *p) {
  T x;
  __builtin_memcpy(&x, p, sizeof x);
  return x;
}
template <class T> PA_EMU_INLINE void storeAs(uint8_t *p, T x) { __builtin_memcpy(p, &x, sizeof x); }

// Four neighbouring lanes' 16 bytes are a square of dwords: turned over, its rows are pieces of four registers.
using FourDwords = uint32_t __attribute__((vector_size(16)));
PA_EMU_INLINE void transpose(FourDwords (&x)[4]) {
  FourDwords a = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5), b = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5);
  FourDwords c = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7), d = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
  x[1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
  x[3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
}

// How a lane's bytes become registers and back.
template <unsigned N> struct Dwords {
  static constexpr unsigned bytes = 4 * N;
  static constexpr Type type = N == 1 ? Type::b32 : N == 2 ? Type::b64 : N == 3 ? Type::b96 : Type::b128;
  PA_EMU_INLINE static void load(uint32_t (*v)[lanes], unsigned l, const uint8_t *p) {
    for (unsigned d = 0; d < N; ++d)
      v[d][l] = loadAs<uint32_t>(p + 4 * d);
  }
  PA_EMU_INLINE static void store(uint32_t (*v)[lanes], unsigned l, uint8_t *p) {
    for (unsigned d = 0; d < N; ++d)
      storeAs(p + 4 * d, v[d][l]);
  }
};
// A smaller integer, extended by its sign on load.
template <class T> struct Small {
  static constexpr unsigned bytes = sizeof(T);
  static constexpr Type type = Type::b32;
  PA_EMU_INLINE static void load(uint32_t (*v)[lanes], unsigned l, const uint8_t *p) {
    v[0][l] = uint32_t(int32_t(loadAs<T>(p)));
  }
  PA_EMU_INLINE static void store(uint32_t (*v)[lanes], unsigned l, uint8_t *p) { storeAs(p, T(v[0][l])); }
};
// A 16-bit half of a register (d16, d16_hi). A load makes the other half zero: these chips' registers have ECC, with
// which a load writes whole ones (ISA manuals, "D16"; LLVM's d16PreservesUnusedBits).
template <class T, bool High> struct D16 {
  static constexpr unsigned bytes = sizeof(T);
  static constexpr Type type = Type::b32;
  PA_EMU_INLINE static void load(uint32_t (*v)[lanes], unsigned l, const uint8_t *p) {
    uint32_t x = uint16_t(int16_t(loadAs<T>(p)));
    v[0][l] = High ? x << 16 : x;
  }
  PA_EMU_INLINE static void store(uint32_t (*v)[lanes], unsigned l, uint8_t *p) {
    storeAs(p, T(v[0][l] >> (High ? 16 : 0)));
  }
};

// 16 bytes of all lanes.
PA_EMU_INLINE void loadFours(uint32_t (*v)[lanes], Pointers &p) {
  for (unsigned l = 0; l < lanes; l += 4) {
    FourDwords x[4];
    for (unsigned n = 0; n < 4; ++n)
      __builtin_memcpy(&x[n], p[l + n], 16);
    transpose(x);
    for (unsigned d = 0; d < 4; ++d)
      __builtin_memcpy(&v[d][l], &x[d], 16);
  }
}
PA_EMU_INLINE void storeFours(uint32_t (*v)[lanes], Pointers &p) {
  for (unsigned l = 0; l < lanes; l += 4) {
    FourDwords x[4];
    for (unsigned d = 0; d < 4; ++d)
      __builtin_memcpy(&x[d], &v[d][l], 16);
    transpose(x);
    for (unsigned n = 0; n < 4; ++n)
      __builtin_memcpy(p[l + n], &x[n], 16);
  }
}

template <class Data> PA_EMU_INLINE void loadLanes(Wave &w, unsigned reg, uint64_t mask, Pointers &p) {
  uint32_t (*v)[lanes] = w.v + reg;
  if (std::is_same_v<Data, Dwords<4>> && mask == ~0ull)
    return loadFours(v, p);
  forEachLane(mask, [&](unsigned l) { Data::load(v, l, p[l]); });
}
template <class Data> PA_EMU_INLINE void storeLanes(Wave &w, unsigned reg, uint64_t mask, Pointers &p) {
  uint32_t (*v)[lanes] = w.v + reg;
  if (std::is_same_v<Data, Dwords<4>> && mask == ~0ull)
    return storeFours(v, p);
  forEachLane(mask, [&](unsigned l) { Data::store(v, l, p[l]); });
}

// Out of line, in Access.cpp of the same level.
bool resolveSlowly(Wave &w, const Inst &i, const Addresses &a, uint64_t mask, unsigned bytes, bool write, Pointers &p);

// Host pointers of global addresses; false: a lane's address is in no allocation, and the wave has faulted.
PA_EMU_INLINE bool resolve(Wave &w, const Inst &i, const Addresses &a, uint64_t mask, unsigned bytes, bool write,
                           Pointers &p) {
  if (mask == 0)
    return true;
  int64_t first = int64_t(a[__builtin_ctzll(mask)]), low = first, high = first;
  if (mask == ~0ull) {
    for (unsigned l = 0; l < lanes; ++l) {
      int64_t x = int64_t(a[l]);
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
  } else {
    for (unsigned l = 0; l < lanes; ++l) {
      int64_t x = mask >> l & 1 ? int64_t(a[l]) : first;
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
  }
  const Window &n = w.window;
  if (__builtin_expect(!n.holds(uint64_t(low), uint64_t(high) - uint64_t(low) + bytes) || (write && n.readOnly), false))
    return resolveSlowly(w, i, a, mask, bytes, write, p);
  // As numbers: what the other lanes hold may be anything.
  for (unsigned l = 0; l < lanes; ++l)
    p[l] = reinterpret_cast<uint8_t *>(reinterpret_cast<uintptr_t>(n.host) + (a[l] - n.base));
  return true;
}

PA_EMU_INLINE void report(Wave &w, const Inst &i, Access access, bool lds, uint64_t mask, unsigned bytes,
                          const Addresses &a) {
  if (__builtin_expect(w.observeAccesses, false))
    observeAccess(w, i, {access, lds, false, mask, bytes, a});
}

PA_EMU_INLINE void reportScratch(Wave &w, const Inst &i, Access access, uint64_t mask, unsigned bytes,
                                 const Addresses &a) {
  if (__builtin_expect(w.observeAccesses, false))
    observeAccess(w, i, {access, false, false, mask, bytes, a, true});
}

// Loads straight to LDS: to M0's lower half, the instruction's offset and the lane's place, a dword at least.
template <class Data> PA_EMU_INLINE void moveToLds(Wave &w, const Inst &i, const Pointers &p) {
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

// --- Atomics -------------------------------------------------------------------------------------------------------

template <class T> PA_EMU_INLINE T registerValue(const Wave &w, unsigned reg, unsigned l) {
  if constexpr (sizeof(T) == 8) {
    uint64_t x = w.v[reg][l] | uint64_t(w.v[reg + 1][l]) << 32;
    return loadAs<T>(reinterpret_cast<const uint8_t *>(&x));
  } else {
    return loadAs<T>(reinterpret_cast<const uint8_t *>(&w.v[reg][l]));
  }
}
template <class T> PA_EMU_INLINE void setRegisterValue(Wave &w, unsigned reg, unsigned l, T value) {
  uint32_t x[sizeof(T) / 4];
  __builtin_memcpy(x, &value, sizeof value);
  for (unsigned d = 0; d < sizeof(T) / 4; ++d)
    w.v[reg + d][l] = x[d];
}

// Lanes in order. `f` maps (memory, data) to the new memory; the old one goes to `result` where that is a register.
template <class T, class F>
PA_EMU_INLINE void atomicLanes(Wave &w, uint64_t mask, Pointers &p, unsigned data, int result, F f) {
  forEachLane(mask, [&](unsigned l) {
    T old = loadAs<T>(p[l]);
    storeAs(p[l], f(old, registerValue<T>(w, data, l)));
    if (result >= 0)
      setRegisterValue(w, unsigned(result), l, old);
  });
}
// Compare and swap: the data registers hold the new value, then what memory must hold.
template <class T>
PA_EMU_INLINE void compareAndSwapLanes(Wave &w, uint64_t mask, Pointers &p, unsigned fresh, unsigned expected,
                                       int result) {
  forEachLane(mask, [&](unsigned l) {
    T old = loadAs<T>(p[l]);
    if (old == registerValue<T>(w, expected, l))
      storeAs(p[l], registerValue<T>(w, fresh, l));
    if (result >= 0)
      setRegisterValue(w, unsigned(result), l, old);
  });
}

namespace atomic {
struct Add {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m + d; }
};
struct Sub {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m - d; }
};
struct ReverseSub {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return d - m; }
};
struct Min {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return d < m ? d : m; }
};
struct Max {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return d > m ? d : m; }
};
// Of floats: the number where the other is a NaN, and -0 below +0.
struct FloatMin {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) {
    return m != m ? d : d != d ? m : d < m || (d == m && __builtin_signbit(d)) ? d : m;
  }
};
struct FloatMax {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) {
    return m != m ? d : d != d ? m : d > m || (d == m && !__builtin_signbit(d)) ? d : m;
  }
};
struct And {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m & d; }
};
struct Or {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m | d; }
};
struct Xor {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m ^ d; }
};
// Counts up to the data and then wraps to 0; counts down from the data and wraps to it.
struct Inc {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m >= d ? T(0) : T(m + 1); }
};
struct Dec {
  template <class T> PA_EMU_INLINE static T apply(T m, T d) { return m == 0 || m > d ? d : T(m - 1); }
};
struct Swap {
  template <class T> PA_EMU_INLINE static T apply(T, T d) { return d; }
};
struct PackedHalfAdd {
  PA_EMU_INLINE static uint32_t apply(uint32_t m, uint32_t d) {
    uint32_t low = floatToHalf(halfToFloat(m & 0xffff) + halfToFloat(d & 0xffff));
    return low | floatToHalf(halfToFloat(m >> 16) + halfToFloat(d >> 16)) << 16;
  }
};
struct PackedBf16Add {
  PA_EMU_INLINE static uint32_t apply(uint32_t m, uint32_t d) {
    uint32_t low = floatToBf16(bf16ToFloat(m & 0xffff) + bf16ToFloat(d & 0xffff));
    return low | floatToBf16(bf16ToFloat(m >> 16) + bf16ToFloat(d >> 16)) << 16;
  }
};
} // namespace atomic

// Floating-point atomics of memory are the caches', which know no MODE: to nearest, denormals kept (LLVM's
// FeatureMemoryAtomicFAddF32DenormalSupport). LDS rounds to nearest too, and has denormals as MODE says.
constexpr uint32_t hostStateOf(Kind kind, uint32_t flags) {
  return kind == Kind::vmem && (flags & flag::atomic) ? flag::defaultHostState : 0;
}

constexpr Row memoryRow(const char *name, Handler run, Kind kind, uint32_t flags, unsigned bytes, uint64_t modifiers) {
  Row r;
  r.name = name;
  r.run = run;
  r.kind = kind;
  r.flags = flags | hostStateOf(kind, flags);
  r.bytes = bytes;
  r.modifiers = modifiers;
  return r;
}
template <class... T> constexpr Row operands(Row r, T... specs) {
  ((r.operands[r.operandCount++] = specs), ...);
  return r;
}
constexpr Type dataType(unsigned bytes) { return bytes == 4 ? Type::b32 : bytes == 8 ? Type::b64 : Type::b128; }
constexpr OperandSpec to(Type type) { return {Role::dst, type}; }
constexpr OperandSpec from(Type type) { return {Role::src, type}; }

} // namespace pa::emu::PA_EMU_LEVEL

#endif
