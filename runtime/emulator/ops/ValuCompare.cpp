// VALU: comparisons. Each writes a lane mask; v_cmpx writes EXEC too.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

PA_EMU_INLINE bool unordered(double a, double b) { return a != a || b != b; }
PA_EMU_INLINE bool unordered(float a, float b) { return a != a || b != b; }

// Bits of the class mask: sNaN, qNaN, -inf, -normal, -denormal, -0, +0, +denormal, +normal, +inf.
PA_EMU_INLINE bool classMatches(bool negative, bool zeroExponent, bool fullExponent, bool zeroFraction, bool quiet,
                                uint32_t classes) {
  uint32_t finite = zeroExponent ? (zeroFraction ? 6 : 7) : 8;
  uint32_t positive = fullExponent ? 9 : finite;
  uint32_t ordered = negative ? 11 - positive : positive;
  uint32_t index = fullExponent && !zeroFraction ? (quiet ? 1 : 0) : ordered;
  return classes >> index & 1;
}
PA_EMU_INLINE bool classOf(float a, uint32_t classes) {
  uint32_t x = asBits(a), e = x & 0x7f800000u, f = x & 0x7fffffu;
  return classMatches(x >> 31, e == 0, e == 0x7f800000u, f == 0, f >> 22, classes);
}
PA_EMU_INLINE bool classOf(double a, uint32_t classes) {
  uint64_t x = asBits(a), e = x >> 52 & 0x7ff, f = x << 12;
  return classMatches(x >> 63, e == 0, e == 0x7ff, f == 0, f >> 63, classes);
}
PA_EMU_INLINE bool classOf(HalfBits a, uint32_t classes) {
  uint32_t x = a.bits, e = x & 0x7c00u, f = x & 0x3ffu;
  return classMatches(x >> 15, e == 0, e == 0x7c00u, f == 0, f >> 9, classes);
}

// Clamp makes a comparison of floats signal quiet NaNs too, as exceptions, which nothing here sees.
constexpr Row compares(Row row) { return isFloat(row.operands[1].type) ? with(row, mods::clamp) : row; }

// v_cmp_<relation>_<type> and v_cmpx_<relation>_<type>.
#define PA_EMU_COMPARE(RELATION, SUFFIX, TYPE, CONDITION)                                                              \
  compares(valu("v_cmp_" #RELATION "_" #SUFFIX, [](TYPE a, TYPE b) { return bool(CONDITION); })),                      \
      compares(                                                                                                        \
          valu("v_cmpx_" #RELATION "_" #SUFFIX, [](TYPE a, TYPE b) { return bool(CONDITION); }, flag::writesExec))

#define PA_EMU_COMPARE_INTEGERS(SUFFIX, TYPE)                                                                          \
  PA_EMU_COMPARE(f, SUFFIX, TYPE, (void(a), void(b), false)), PA_EMU_COMPARE(lt, SUFFIX, TYPE, a < b),                 \
      PA_EMU_COMPARE(eq, SUFFIX, TYPE, a == b), PA_EMU_COMPARE(le, SUFFIX, TYPE, a <= b),                              \
      PA_EMU_COMPARE(gt, SUFFIX, TYPE, a > b), PA_EMU_COMPARE(ne, SUFFIX, TYPE, a != b),                               \
      PA_EMU_COMPARE(ge, SUFFIX, TYPE, a >= b), PA_EMU_COMPARE(t, SUFFIX, TYPE, (void(a), void(b), true))

#define PA_EMU_COMPARE_FLOATS(SUFFIX, TYPE)                                                                            \
  PA_EMU_COMPARE(f, SUFFIX, TYPE, (void(a), void(b), false)), PA_EMU_COMPARE(lt, SUFFIX, TYPE, a < b),                 \
      PA_EMU_COMPARE(eq, SUFFIX, TYPE, a == b), PA_EMU_COMPARE(le, SUFFIX, TYPE, a <= b),                              \
      PA_EMU_COMPARE(gt, SUFFIX, TYPE, a > b), PA_EMU_COMPARE(lg, SUFFIX, TYPE, a<b || a> b),                          \
      PA_EMU_COMPARE(ge, SUFFIX, TYPE, a >= b), PA_EMU_COMPARE(o, SUFFIX, TYPE, !unordered(a, b)),                     \
      PA_EMU_COMPARE(u, SUFFIX, TYPE, unordered(a, b)), PA_EMU_COMPARE(nge, SUFFIX, TYPE, !(a >= b)),                  \
      PA_EMU_COMPARE(nlg, SUFFIX, TYPE, !(a < b || a > b)), PA_EMU_COMPARE(ngt, SUFFIX, TYPE, !(a > b)),               \
      PA_EMU_COMPARE(nle, SUFFIX, TYPE, !(a <= b)), PA_EMU_COMPARE(neq, SUFFIX, TYPE, !(a == b)),                      \
      PA_EMU_COMPARE(nlt, SUFFIX, TYPE, !(a < b)), PA_EMU_COMPARE(tru, SUFFIX, TYPE, (void(a), void(b), true))

// clang-format off
constexpr Row table[] = {
    PA_EMU_COMPARE_INTEGERS(u16, uint16_t),
    PA_EMU_COMPARE_INTEGERS(i16, int16_t),
    PA_EMU_COMPARE_INTEGERS(u32, uint32_t),
    PA_EMU_COMPARE_INTEGERS(i32, int32_t),
    PA_EMU_COMPARE_INTEGERS(u64, uint64_t),
    PA_EMU_COMPARE_INTEGERS(i64, int64_t),
    PA_EMU_COMPARE_FLOATS(f16, Half),
    PA_EMU_COMPARE_FLOATS(f32, float),
    valu("v_cmp_class_f16", [](HalfBits a, uint32_t c) { return classOf(a, c); }),
    valu("v_cmpx_class_f16", [](HalfBits a, uint32_t c) { return classOf(a, c); }, flag::writesExec),
    valu("v_cmp_class_f32", [](float a, uint32_t c) { return classOf(a, c); }),
    valu("v_cmpx_class_f32", [](float a, uint32_t c) { return classOf(a, c); }, flag::writesExec),
    PA_EMU_COMPARE_FLOATS(f64, double),
    valu("v_cmp_class_f64", [](double a, uint32_t c) { return classOf(a, c); }),
    valu("v_cmpx_class_f64", [](double a, uint32_t c) { return classOf(a, c); }, flag::writesExec),
};
// clang-format on

} // namespace

Rows compareRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
