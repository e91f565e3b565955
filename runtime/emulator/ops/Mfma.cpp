// Matrix products of f16, bf16, f32 and int8. Two arithmetics for the 16-bit types:
//
// fast: f32 products and sums, in the order of k.
// exact: as published for CDNA3 (MMA-Sim, arXiv 2511.10909), and assumed for CDNA4: groups of up to 8 products, exact,
// aligned to the group's largest exponent and truncated to 24 fractional bits, summed; then C is added, both floored at
// the larger of the two exponents (the products at 31 bits, C at 24), and the sum is rounded to nearest even. Groups
// are chained through C. No denormal is flushed; a NaN result is the canonical one.
#include "runtime/emulator/ops/Mfma.h"
#include "runtime/emulator/ops/ExactSum.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

// value = (-1)^negative * magnitude * 2^(exponent - fractionBits); a zero has an exponent below all others.
struct Parts {
  int32_t negative; // 0 or -1
  int32_t magnitude;
  int32_t exponent;
};
struct F16 {
  static constexpr unsigned fractionBits = 10;
  PA_EMU_INLINE static float value(uint32_t bits) { return halfToFloat(bits & 0xffffu); }
  PA_EMU_INLINE static bool finite(uint32_t bits) { return (bits & 0x7c00u) != 0x7c00u; }
  PA_EMU_INLINE static Parts parts(uint32_t bits) {
    int32_t e = int32_t(bits >> 10 & 31), f = int32_t(bits & 0x3ff);
    int32_t m = e ? f | 0x400 : f;
    return {-int32_t(bits >> 15 & 1), m, m ? (e ? e : 1) - 15 : zeroExponent};
  }
  template <class C> PA_EMU_INLINE static typename C::F values(typename C::I bits) {
    using I = typename C::I;
    I rest = bits & 0x7fff, sign = (bits & 0x8000) << 16;
    I denormal = reinterpret_cast<I>(__builtin_convertvector(rest, typename C::F) * 0x1p-24f);
    I normal = (rest << 13) + (112 << 23);
    I special = ((rest << 13) + (224 << 23)) | ((rest > 0x7c00) & 0x400000);
    I x = C::choose(rest >= 0x7c00, special, C::choose(rest >= 0x400, normal, denormal));
    return reinterpret_cast<typename C::F>(x | sign);
  }
  template <class C> PA_EMU_INLINE static typename C::I exponents(typename C::I bits) {
    typename C::I rest = bits & 0x7fff, e = rest >> 10;
    return C::choose(rest == 0, typename C::I{} + zeroExponent, e - (e == 0) - 15);
  }
  // Neither zero nor within the exponents that ExactProduct::ordinary takes.
  template <class C> PA_EMU_INLINE static typename C::I far(typename C::I bits) { return (bits & 0x7fff) >= 0x7c00; }
};
struct Bf16 {
  static constexpr unsigned fractionBits = 7;
  PA_EMU_INLINE static float value(uint32_t bits) { return bf16ToFloat(bits); }
  PA_EMU_INLINE static bool finite(uint32_t bits) { return (bits & 0x7f80u) != 0x7f80u; }
  PA_EMU_INLINE static Parts parts(uint32_t bits) {
    int32_t e = int32_t(bits >> 7 & 255), f = int32_t(bits & 0x7f);
    int32_t m = e ? f | 0x80 : f;
    return {-int32_t(bits >> 15 & 1), m, m ? (e ? e : 1) - 127 : zeroExponent};
  }
  template <class C> PA_EMU_INLINE static typename C::F values(typename C::I bits) {
    return reinterpret_cast<typename C::F>(bits << 16);
  }
  template <class C> PA_EMU_INLINE static typename C::I exponents(typename C::I bits) {
    typename C::I rest = bits & 0x7fff, e = rest >> 7;
    return C::choose(rest == 0, typename C::I{} + zeroExponent, e - (e == 0) - 127);
  }
  template <class C> PA_EMU_INLINE static typename C::I far(typename C::I bits) {
    typename C::I rest = bits & 0x7fff, e = (rest >> 7) - 127;
    return (rest != 0) & ((e > ordinaryInput) | (e < -ordinaryInput));
  }
};

// Where an infinity or a NaN takes part, IEEE arithmetic gives the class of the result, and that is all there is to it.
template <class S, class F>
void repairSpecials(const Wave &w, const Inst &i, const Accumulator<S, float> &c, Accumulator<S, float> &d) {
  Side<S, float, 16> a, b;
  a.unpack(w, i.src[0], F::value);
  b.unpack(w, i.src[1], F::value);
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned column = 0; column < S::N; ++column) {
        double sum = c.at[block][row][column];
        bool special = !__builtin_isfinite(sum);
        for (unsigned k = 0; k < S::K; ++k) {
          float x = a.at[block][k][row], y = b.at[block][k][column];
          special |= !__builtin_isfinite(x) || !__builtin_isfinite(y);
          sum += double(x) * double(y);
        }
        if (special)
          d.at[block][row][column] = canonical(sum);
      }
}

template <class S, class F> bool anySpecial(const Wave &w, const Inst &i, const Accumulator<S, float> &c) {
  uint32_t special = 0;
  for (unsigned n = 0; n < 2; ++n)
    for (unsigned r = 0; r < S::elements / 2; ++r) {
      const uint32_t *row = w.v[i.src[n].reg + r];
      for (unsigned l = 0; l < lanes; ++l)
        special |= (F::finite(row[l]) && F::finite(row[l] >> 16)) ? 0u : 1u;
    }
  const float *values = &c.at[0][0][0];
  for (unsigned n = 0; n < S::B * S::M * S::N; ++n)
    special |= (asBits(values[n]) & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
  return special;
}

// One side's numbers taken apart, per block and k.
template <class S> struct PartsSide {
  alignas(64) int32_t negative[S::B][S::K][S::M], magnitude[S::B][S::K][S::M], exponent[S::B][S::K][S::M];
  template <class F> PA_EMU_INLINE void unpack(const Wave &w, const Operand &o) {
    for (unsigned e = 0; e < S::elements; ++e) {
      const uint32_t *row = w.v[o.reg + e / 2];
      unsigned shift = e % 2 * 16;
      for (unsigned g = 0; g < S::groups; ++g) {
        unsigned b = g / S::groupsPerBlock, k = S::depthOf(g * S::M, e);
        for (unsigned r = 0; r < S::M; ++r) {
          Parts p = F::parts(row[g * S::M + r] >> shift & 0xffffu);
          negative[b][k][r] = p.negative;
          magnitude[b][k][r] = p.magnitude;
          exponent[b][k][r] = p.exponent;
        }
      }
    }
  }
};

// A or B as floats, and their exponents.
template <class S, class T, class Get>
PA_EMU_INLINE void unpack16(const Wave &w, const Operand &o, Side<S, T, 16> &side, Get get) {
  using C = Columns<S::M>;
  using I = typename C::I;
  for (unsigned e = 0; e < S::elements; ++e)
    for (unsigned g = 0; g < S::groups; ++g)
      for (unsigned r = 0; r < S::M; r += C::count) {
        I bits = C::template load<I>(w.v[o.reg + e / 2] + g * S::M + r);
        auto x = get(e % 2 ? (bits >> 16) & 0xffff : bits & 0xffff);
        __builtin_memcpy(&side.at[g / S::groupsPerBlock][S::depthOf(g * S::M, e)][r], &x, sizeof x);
      }
}
template <class S, class F> PA_EMU_INLINE void unpackValues(const Wave &w, const Operand &o, Side<S, float, 16> &side) {
  using C = Columns<S::M>;
  unpack16(w, o, side, [](typename C::I bits) { return F::template values<C>(bits); });
}
template <class S, class F>
PA_EMU_INLINE void unpackExponents(const Wave &w, const Operand &o, Side<S, int32_t, 16> &side) {
  using C = Columns<S::M>;
  unpack16(w, o, side, [](typename C::I bits) { return F::template exponents<C>(bits); });
}

template <class S, class F> struct ExactProduct {
  static constexpr unsigned group = S::K < 8 ? S::K : 8;
  static constexpr unsigned align = 24 - 2 * F::fractionBits; // a product's fraction to 24 bits
  using C = Columns<S::N>;

  static void run(Wave &w, const Inst &i) {
    Accumulator<S, float> c, d;
    c.load(w, i.src[2]);
    d = c;
    if (__builtin_expect(isOrdinary(w, i, c), true)) {
      ordinary(w, i, d);
    } else {
      anyNumbers(w, i, d);
      if (anySpecial<S, F>(w, i, c))
        repairSpecials<S, F>(w, i, c, d);
    }
    d.store(w, i.dst[0]);
  }

  static bool isOrdinary(const Wave &w, const Inst &i, const Accumulator<S, float> &c) {
    using All = Columns<16>;
    using I = typename All::I;
    I far = I{};
    for (unsigned n = 0; n < 2; ++n)
      for (unsigned r = 0; r < S::elements / 2; ++r)
        for (unsigned l = 0; l < lanes; l += All::count) {
          I x = All::load<I>(w.v[i.src[n].reg + r] + l);
          far |= F::template far<All>(x) | F::template far<All>(x >> 16);
        }
    const float *values = &c.at[0][0][0];
    for (unsigned n = 0; n < S::B * S::M * S::N; n += All::count) {
      I x = All::load<I>(values + n) & 0x7fffffff, e = (x >> 23) - 127;
      far |= (x != 0) & ((e > ordinaryAccumulator) | (e < -ordinaryAccumulator));
    }
    int32_t any = 0;
    for (unsigned n = 0; n < All::count; ++n)
      any |= far[n];
    return any == 0;
  }

  static void ordinary(const Wave &w, const Inst &i, Accumulator<S, float> &d) {
    Side<S, float, 16> a, b;
    Side<S, int32_t, 16> aExponents, bExponents;
    unpackValues<S, F>(w, i.src[0], a);
    unpackValues<S, F>(w, i.src[1], b);
    unpackExponents<S, F>(w, i.src[0], aExponents);
    unpackExponents<S, F>(w, i.src[1], bExponents);
    for (unsigned block = 0; block < S::B; ++block)
      for (unsigned column = 0; column < S::N; column += C::count)
        for (unsigned row = 0; row < S::M; ++row) {
          auto sum = C::template load<typename C::F>(&d.at[block][row][column]);
          for (unsigned first = 0; first < S::K; first += group)
            sum = addGroup(a, b, aExponents, bExponents, block, row, column, first, sum);
          __builtin_memcpy(&d.at[block][row][column], &sum, sizeof sum);
        }
  }

  PA_EMU_INLINE static typename C::F addGroup(const Side<S, float, 16> &a, const Side<S, float, 16> &b,
                                              const Side<S, int32_t, 16> &aExponents,
                                              const Side<S, int32_t, 16> &bExponents, unsigned block, unsigned row,
                                              unsigned column, unsigned first, typename C::F c) {
    using I = typename C::I;
    using D = typename C::D;
    I top = I{} + 4 * zeroExponent;
    for (unsigned k = first; k < first + group; ++k)
      top = C::larger(top, C::template load<I>(&bExponents.at[block][k][column]) + aExponents.at[block][k][row]);
    I none = top < I{} - 2 * ordinaryInput; // every product is zero
    top = (top & ~none) | ((I{} - 2 * ordinaryInput) & none);
    // In units of 2^(top - 24). The conversion truncates, as the hardware does.
    typename C::F unit = C::powerOfTwo(24 - top);
    I dot = I{};
    for (unsigned k = first; k < first + group; ++k) {
      auto product = C::template load<typename C::F>(&b.at[block][k][column]) * a.at[block][k][row];
      dot += __builtin_convertvector(product * unit, I);
    }
    I cBits = reinterpret_cast<I>(c) & 0x7fffffff, cExponent = (cBits >> 23) - 127;
    I zero = cBits == 0;
    cExponent = (cExponent & ~zero) | ((I{} - 2 * ordinaryInput) & zero);
    I most = C::larger(cExponent, top), down = C::larger(I{} - 100, 7 + top - most);
    // As in addToAccumulator: in units of 2^(most - 31).
    D products = C::floored(__builtin_convertvector(dot, D) * C::wide(C::powerOfTwo(down)));
    D addend = C::floored(C::wide(c) * C::wide(C::powerOfTwo(24 - most))) * 128.0;
    return __builtin_convertvector((products + addend) * C::wide(C::powerOfTwo(most)) * 0x1p-31, typename C::F);
  }

  // Any finite numbers, with integers.
  static void anyNumbers(const Wave &w, const Inst &i, Accumulator<S, float> &d) {
    PartsSide<S> a, b;
    a.template unpack<F>(w, i.src[0]);
    b.template unpack<F>(w, i.src[1]);
    for (unsigned block = 0; block < S::B; ++block)
      for (unsigned row = 0; row < S::M; ++row)
        for (unsigned first = 0; first < S::K; first += group)
          addAnyGroup(a, b, block, row, first, d.at[block][row]);
  }

  PA_EMU_INLINE static void addAnyGroup(const PartsSide<S> &a, const PartsSide<S> &b, unsigned block, unsigned row,
                                        unsigned first, float *out) {
    alignas(64) int32_t top[S::N], sum[S::N];
    for (unsigned j = 0; j < S::N; ++j) {
      top[j] = 4 * zeroExponent;
      sum[j] = 0;
    }
    for (unsigned k = first; k < first + group; ++k)
      for (unsigned j = 0; j < S::N; ++j) {
        int32_t e = a.exponent[block][k][row] + b.exponent[block][k][j];
        top[j] = e > top[j] ? e : top[j];
      }
    for (unsigned k = first; k < first + group; ++k)
      for (unsigned j = 0; j < S::N; ++j) {
        uint32_t product = uint32_t(a.magnitude[block][k][row] * b.magnitude[block][k][j]) << align;
        int32_t down = top[j] - (a.exponent[block][k][row] + b.exponent[block][k][j]);
        int32_t term = int32_t(product >> (down > 31 ? 31 : down));
        int32_t sign = a.negative[block][k][row] ^ b.negative[block][k][j];
        sum[j] += (term ^ sign) - sign;
      }
    for (unsigned j = 0; j < S::N; ++j)
      out[j] = addToAccumulator(out[j], sum[j], top[j]);
  }
};

template <class S, class F> void fastProduct(Wave &w, const Inst &i) {
  using C = Columns<S::N>;
  Side<S, float, 16> a, b;
  Accumulator<S, float> d;
  unpackValues<S, F>(w, i.src[0], a);
  unpackValues<S, F>(w, i.src[1], b);
  d.load(w, i.src[2]);
  constexpr unsigned atOnce = 4; // rows that stay in the host's registers
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned column = 0; column < S::N; column += C::count)
      for (unsigned first = 0; first < S::M; first += atOnce) {
        typename C::F sum[atOnce];
        for (unsigned r = 0; r < atOnce; ++r)
          sum[r] = C::template load<typename C::F>(&d.at[block][first + r][column]);
        for (unsigned k = 0; k < S::K; ++k) {
          auto right = C::template load<typename C::F>(&b.at[block][k][column]);
          for (unsigned r = 0; r < atOnce; ++r)
            sum[r] += right * a.at[block][k][first + r];
        }
        for (unsigned r = 0; r < atOnce; ++r)
          __builtin_memcpy(&d.at[block][first + r][column], &sum[r], sizeof sum[r]);
      }
  d.store(w, i.dst[0]);
}

template <class S, class F> void product16(Wave &w, const Inst &i) {
  if (w.fastMfma)
    fastProduct<S, F>(w, i);
  else
    ExactProduct<S, F>::run(w, i);
}

// f32: a chain of fused multiply-adds.
template <class S> void productF32(Wave &w, const Inst &i) {
  Side<S, float, 32> a, b;
  Accumulator<S, float> d;
  a.unpack(w, i.src[0], [](uint32_t x) { return asFloat(x); });
  b.unpack(w, i.src[1], [](uint32_t x) { return asFloat(x); });
  d.load(w, i.src[2]);
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned k = 0; k < S::K; ++k)
        for (unsigned j = 0; j < S::N; ++j)
          d.at[block][row][j] = __builtin_fmaf(a.at[block][k][row], b.at[block][k][j], d.at[block][row][j]);
  d.store(w, i.dst[0]);
}

template <class S> void productI8(Wave &w, const Inst &i) {
  Side<S, int32_t, 8> a, b;
  Accumulator<S, uint32_t> d;
  auto get = [](uint32_t x) { return int32_t(x << 24) >> 24; };
  a.unpack(w, i.src[0], get);
  b.unpack(w, i.src[1], get);
  d.load(w, i.src[2]);
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned k = 0; k < S::K; ++k)
        for (unsigned j = 0; j < S::N; ++j)
          d.at[block][row][j] += uint32_t(a.at[block][k][row] * b.at[block][k][j]);
  d.store(w, i.dst[0]);
}

template <class S> constexpr Row f16(const char *name) { return mfmaRow<S, 16>(name, product16<S, F16>); }
template <class S> constexpr Row bf16(const char *name) { return mfmaRow<S, 16>(name, product16<S, Bf16>); }
template <class S> constexpr Row f32(const char *name) { return mfmaRow<S, 32>(name, productF32<S>); }
template <class S> constexpr Row i8(const char *name) { return mfmaRow<S, 8>(name, productI8<S>); }

constexpr Row table[] = {
    f16<Shape<16, 16>>("v_mfma_f32_16x16x16_f16"),
    f16<Shape<32, 8>>("v_mfma_f32_32x32x8_f16"),
    f16<Shape<32, 4, 2>>("v_mfma_f32_32x32x4_2b_f16"),
    f16<Shape<16, 4, 4>>("v_mfma_f32_16x16x4_4b_f16"),
    f16<Shape<4, 4, 16>>("v_mfma_f32_4x4x4_16b_f16"),
    gfx950(f16<Shape<16, 32>>("v_mfma_f32_16x16x32_f16")),
    gfx950(f16<Shape<32, 16>>("v_mfma_f32_32x32x16_f16")),

    bf16<Shape<16, 16>>("v_mfma_f32_16x16x16_bf16"),
    bf16<Shape<32, 8>>("v_mfma_f32_32x32x8_bf16"),
    bf16<Shape<32, 4, 2>>("v_mfma_f32_32x32x4_2b_bf16"),
    bf16<Shape<16, 4, 4>>("v_mfma_f32_16x16x4_4b_bf16"),
    bf16<Shape<4, 4, 16>>("v_mfma_f32_4x4x4_16b_bf16"),
    gfx950(bf16<Shape<16, 32>>("v_mfma_f32_16x16x32_bf16")),
    gfx950(bf16<Shape<32, 16>>("v_mfma_f32_32x32x16_bf16")),

    f32<Shape<16, 4>>("v_mfma_f32_16x16x4_f32"),
    f32<Shape<32, 2>>("v_mfma_f32_32x32x2_f32"),
    f32<Shape<32, 1, 2>>("v_mfma_f32_32x32x1_2b_f32"),
    f32<Shape<16, 1, 4>>("v_mfma_f32_16x16x1_4b_f32"),
    f32<Shape<4, 1, 16>>("v_mfma_f32_4x4x1_16b_f32"),

    i8<Shape<16, 32>>("v_mfma_i32_16x16x32_i8"),
    i8<Shape<32, 16>>("v_mfma_i32_32x32x16_i8"),
    i8<Shape<32, 4, 2>>("v_mfma_i32_32x32x4_2b_i8"),
    i8<Shape<16, 4, 4>>("v_mfma_i32_16x16x4_4b_i8"),
    i8<Shape<4, 4, 16>>("v_mfma_i32_4x4x4_16b_i8"),
    gfx950(i8<Shape<16, 64>>("v_mfma_i32_16x16x64_i8")),
    gfx950(i8<Shape<32, 32>>("v_mfma_i32_32x32x32_i8")),
};

} // namespace

Rows mfmaRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
