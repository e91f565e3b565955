// How a function of scalars becomes a SALU handler, and a row of the table.
#ifndef PA_RUNTIME_EMULATOR_OPS_SCALAR_H
#define PA_RUNTIME_EMULATOR_OPS_SCALAR_H

#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {

// A result that sets SCC too; a plain bool sets SCC alone.
template <class T> struct Scc {
  T value;
  bool scc;
};
// SCC as a source.
struct SccIn {
  bool value;
  PA_EMU_INLINE operator bool() const { return value; }
};
// The destination's old value as a source.
template <class T> struct OldS {
  T value;
  PA_EMU_INLINE operator T() const { return value; }
};

template <class T> struct Scalar {
  static constexpr bool inText = true;
  static constexpr Type type = sizeof(T) == 8 ? Type::b64 : Type::b32;
  PA_EMU_INLINE static T get(const Wave &w, const Inst &i, unsigned n) {
    if constexpr (sizeof(T) == 8)
      return T(readScalar64(w, i.src[n]));
    else
      return T(readScalar(w, i.src[n]));
  }
};
template <> struct Scalar<SccIn> {
  static constexpr bool inText = false;
  static constexpr Type type = Type::none;
  PA_EMU_INLINE static SccIn get(const Wave &w, const Inst &, unsigned) { return {w.scc()}; }
};
template <class T> struct Scalar<OldS<T>> {
  static constexpr bool inText = false;
  static constexpr Type type = Type::none;
  PA_EMU_INLINE static OldS<T> get(const Wave &w, const Inst &i, unsigned) {
    if constexpr (sizeof(T) == 8)
      return {T(readScalar64(w, i.dst[0]))};
    else
      return {T(readScalar(w, i.dst[0]))};
  }
};

template <class T> PA_EMU_INLINE void putScalar(Wave &w, const Inst &i, T x) {
  if constexpr (sizeof(T) == 8)
    writeScalar64(w, i.dst[0], uint64_t(x));
  else
    writeScalar(w, i.dst[0], uint32_t(x));
}
template <class T> PA_EMU_INLINE void putScalar(Wave &w, const Inst &i, Scc<T> x) {
  w.s[sreg::scc] = x.scc;
  putScalar(w, i, x.value);
}
PA_EMU_INLINE void putScalar(Wave &w, const Inst &, bool x) { w.s[sreg::scc] = x; }

template <class R> struct ScalarResult {
  static constexpr Type type = sizeof(R) == 8 ? Type::b64 : Type::b32;
};
template <class T> struct ScalarResult<Scc<T>> : ScalarResult<T> {};
template <> struct ScalarResult<bool> {
  static constexpr Type type = Type::none;
};

template <class F, class R, class... A> struct Salu {
  template <size_t... N> PA_EMU_INLINE static void go(Wave &w, const Inst &i, std::index_sequence<N...>) {
    Stateless<F> function;
    putScalar(w, i, function.f(Scalar<A>::get(w, i, N)...));
  }
  static void run(Wave &w, const Inst &i) { go(w, i, std::index_sequence_for<A...>()); }

  static constexpr Row row(const char *name) {
    Row r;
    r.name = name;
    r.run = run;
    r.kind = Kind::salu;
    if (ScalarResult<R>::type != Type::none)
      r.operands[r.operandCount++] = {Role::dst, ScalarResult<R>::type};
    ((Scalar<A>::inText ? void(r.operands[r.operandCount++] = {Role::src, Scalar<A>::type}) : void()), ...);
    return r;
  }
};
template <class F, class R, class... A> constexpr Salu<F, R, A...> saluOf(R (F::*)(A...) const) { return {}; }

template <class F> constexpr Row salu(const char *name, F) {
  using S = decltype(saluOf(&F::operator()));
  return S::row(name);
}

template <class F, bool SaveOld> struct ExecCombine {
  static void run(Wave &w, const Inst &i) {
    Stateless<F> function;
    uint64_t old = w.exec(), fresh = function.f(readScalar64(w, i.src[0]), old);
    writeScalar64(w, i.dst[0], SaveOld ? old : fresh);
    writeExec(w, fresh);
    w.s[sreg::scc] = fresh != 0;
  }
  static constexpr Row row(const char *name) {
    Row r;
    r.name = name;
    r.run = run;
    r.kind = Kind::salu;
    r.flags = flag::writesExec | flag::readsExecMask;
    r.operandCount = 2;
    r.operands[0] = {Role::dst, Type::b64};
    r.operands[1] = {Role::src, Type::b64};
    return r;
  }
};
template <class F> constexpr Row saveExec(const char *name, F) { return ExecCombine<F, true>::row(name); }
template <class F> constexpr Row writeExecToo(const char *name, F) { return ExecCombine<F, false>::row(name); }

} // namespace pa::emu::PA_EMU_LEVEL

#endif
