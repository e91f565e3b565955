// Matrix products of f16, bf16, xf32, f32, f64 and int8. Two arithmetics for the 16-bit types and xf32:
//
// fast: f32 products and sums, in the order of k.
// exact: as published for CDNA3 (MMA-Sim, arXiv 2511.10909), and assumed for CDNA4: groups of up to 8 products (xf32:
// 4), exact, aligned to the group's largest exponent and truncated to 24 fractional bits, summed; then C is added, both
// floored at the larger of the two exponents (the products at 31 bits, C at 24), and the sum is rounded to nearest
// even. Groups are chained through C. No denormal is flushed; a NaN result is the canonical one.
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
  static constexpr unsigned fractionBits = 10, bits = 16;
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
  static constexpr unsigned fractionBits = 7, bits = 16;
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

// XF32: an f32 cut to 10 fraction bits.
struct Xf32 {
  static constexpr unsigned fractionBits = 10, bits = 32;
  static constexpr uint32_t kept = 0xffffe000u;
  PA_EMU_INLINE static float value(uint32_t bits) { return asFloat(bits & kept); }
  PA_EMU_INLINE static bool finite(uint32_t bits) { return (bits & 0x7f800000u) != 0x7f800000u; }
  PA_EMU_INLINE static Parts parts(uint32_t bits) {
    int32_t e = int32_t(bits >> 23 & 255), f = int32_t(bits >> 13 & 0x3ff);
    int32_t m = e ? f | 0x400 : f;
    return {-int32_t(bits >> 31), m, m ? (e ? e : 1) - 127 : zeroExponent};
  }
  template <class C> PA_EMU_INLINE static typename C::F values(typename C::I bits) {
    return reinterpret_cast<typename C::F>(bits & int32_t(kept));
  }
  template <class C> PA_EMU_INLINE static typename C::I exponents(typename C::I bits) {
    typename C::I rest = bits & 0x7fffe000, e = rest >> 23;
    return C::choose(rest == 0, typename C::I{} + zeroExponent, e - (e == 0) - 127);
  }
  template <class C> PA_EMU_INLINE static typename C::I far(typename C::I bits) {
    typename C::I rest = bits & 0x7fffe000, e = (rest >> 23) - 127;
    return (rest != 0) & ((e > ordinaryInput) | (e < -ordinaryInput));
  }
};

// Where an infinity or a NaN takes part, IEEE arithmetic gives the class of the result, and that is all there is to it.
template <class S, class F>
void repairSpecials(const Inputs<S, F::bits> &in, const Accumulator<S, float> &c, Accumulator<S, float> &d) {
  Side<S, float, F::bits> a, b;
  a.unpack(in.a, F::value);
  b.unpack(in.b, F::value);
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

template <class S, class F> bool anySpecial(const Inputs<S, F::bits> &in, const Accumulator<S, float> &c) {
  uint32_t special = 0;
  for (unsigned n = 0; n < 2; ++n)
    for (unsigned r = 0; r < in.registers; ++r) {
      const uint32_t *row = in.side(n)[r];
      for (unsigned l = 0; l < lanes; ++l)
        special |= F::finite(row[l]) && (F::bits == 32 || F::finite(row[l] >> 16)) ? 0u : 1u;
    }
  const float *values = &c.at[0][0][0];
  for (unsigned n = 0; n < S::B * S::M * S::N; ++n)
    special |= (asBits(values[n]) & 0x7f800000u) == 0x7f800000u ? 1u : 0u;
  return special;
}

// One side's numbers taken apart, per block and k.
template <class S> struct PartsSide {
  alignas(64) int32_t negative[S::B][S::K][S::M], magnitude[S::B][S::K][S::M], exponent[S::B][S::K][S::M];
  template <class F> PA_EMU_INLINE void unpack(InputRows rows) {
    constexpr unsigned perRegister = 32 / F::bits;
    for (unsigned e = 0; e < S::elements; ++e) {
      const uint32_t *row = rows[e / perRegister];
      unsigned shift = e % perRegister * F::bits;
      for (unsigned g = 0; g < S::groups; ++g) {
        unsigned b = g / S::groupsPerBlock, k = S::depthOf(g * S::M, e);
        for (unsigned r = 0; r < S::M; ++r) {
          Parts p = F::parts(F::bits == 32 ? row[g * S::M + r] : row[g * S::M + r] >> shift & 0xffffu);
          negative[b][k][r] = p.negative;
          magnitude[b][k][r] = p.magnitude;
          exponent[b][k][r] = p.exponent;
        }
      }
    }
  }
};

// A or B as floats, and their exponents.
template <class S, class F, class T, class Get>
PA_EMU_INLINE void unpackColumns(InputRows rows, Side<S, T, F::bits> &side, Get get) {
  using C = Columns<S::M>;
  using I = typename C::I;
  constexpr unsigned perRegister = 32 / F::bits;
  for (unsigned e = 0; e < S::elements; ++e)
    for (unsigned g = 0; g < S::groups; ++g)
      for (unsigned r = 0; r < S::M; r += C::count) {
        I bits = C::template load<I>(rows[e / perRegister] + g * S::M + r);
        auto x = get(F::bits == 32 ? bits : e % 2 ? (bits >> 16) & 0xffff : bits & 0xffff);
        __builtin_memcpy(&side.at[g / S::groupsPerBlock][S::depthOf(g * S::M, e)][r], &x, sizeof x);
      }
}
template <class S, class F> PA_EMU_INLINE void unpackValues(InputRows rows, Side<S, float, F::bits> &side) {
  using C = Columns<S::M>;
  unpackColumns<S, F>(rows, side, [](typename C::I bits) { return F::template values<C>(bits); });
}
template <class S, class F> PA_EMU_INLINE void unpackExponents(InputRows rows, Side<S, int32_t, F::bits> &side) {
  using C = Columns<S::M>;
  unpackColumns<S, F>(rows, side, [](typename C::I bits) { return F::template exponents<C>(bits); });
}

template <class S, class F> struct ExactProduct {
  static constexpr unsigned most = F::bits == 32 ? 4 : 8, group = S::K < most ? S::K : most;
  static constexpr unsigned align = 24 - 2 * F::fractionBits; // a product's fraction to 24 bits
  using C = Columns<S::N>;

  using In = Inputs<S, F::bits>;

  static void run(Wave &w, const Inst &i) {
    In in(w, i);
    Accumulator<S, float> c, d;
    c.load(w, i.src[2]);
    d = c;
    if (__builtin_expect(isOrdinary(in, c), true)) {
      ordinary(in, d);
    } else {
      anyNumbers(in, d);
      if (anySpecial<S, F>(in, c))
        repairSpecials<S, F>(in, c, d);
    }
    d.store(w, i.dst[0]);
  }

  static bool isOrdinary(const In &in, const Accumulator<S, float> &c) {
    using All = Columns<16>;
    using I = typename All::I;
    I far = I{};
    for (unsigned n = 0; n < 2; ++n)
      for (unsigned r = 0; r < in.registers; ++r)
        for (unsigned l = 0; l < lanes; l += All::count) {
          I x = All::load<I>(in.side(n)[r] + l);
          far |= F::template far<All>(x);
          if (F::bits == 16)
            far |= F::template far<All>(x >> 16);
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

  static void ordinary(const In &in, Accumulator<S, float> &d) {
    Side<S, float, F::bits> a, b;
    Side<S, int32_t, F::bits> aExponents, bExponents;
    unpackValues<S, F>(in.a, a);
    unpackValues<S, F>(in.b, b);
    unpackExponents<S, F>(in.a, aExponents);
    unpackExponents<S, F>(in.b, bExponents);
    for (unsigned block = 0; block < S::B; ++block)
      for (unsigned column = 0; column < S::N; column += C::count)
        for (unsigned row = 0; row < S::M; ++row) {
          auto sum = C::template load<typename C::F>(&d.at[block][row][column]);
          for (unsigned first = 0; first < S::K; first += group)
            sum = addGroup(a, b, aExponents, bExponents, block, row, column, first, sum);
          __builtin_memcpy(&d.at[block][row][column], &sum, sizeof sum);
        }
  }

  PA_EMU_INLINE static typename C::F addGroup(const Side<S, float, F::bits> &a, const Side<S, float, F::bits> &b,
                                              const Side<S, int32_t, F::bits> &aExponents,
                                              const Side<S, int32_t, F::bits> &bExponents, unsigned block, unsigned row,
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
  static void anyNumbers(const In &in, Accumulator<S, float> &d) {
    PartsSide<S> a, b;
    a.template unpack<F>(in.a);
    b.template unpack<F>(in.b);
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
  Inputs<S, F::bits> in(w, i);
  Side<S, float, F::bits> a, b;
  Accumulator<S, float> d;
  unpackValues<S, F>(in.a, a);
  unpackValues<S, F>(in.b, b);
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

template <class S, class F> void product(Wave &w, const Inst &i) {
  if (w.fastMfma)
    fastProduct<S, F>(w, i);
  else
    ExactProduct<S, F>::run(w, i);
}

// f32: a chain of fused multiply-adds.
template <class S> void productF32(Wave &w, const Inst &i) {
  Inputs<S, 32> in(w, i);
  Side<S, float, 32> a, b;
  Accumulator<S, float> d;
  a.unpack(in.a, [](uint32_t x) { return asFloat(x); });
  b.unpack(in.b, [](uint32_t x) { return asFloat(x); });
  d.load(w, i.src[2]);
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned k = 0; k < S::K; ++k)
        for (unsigned j = 0; j < S::N; ++j)
          d.at[block][row][j] = __builtin_fmaf(a.at[block][k][row], b.at[block][k][j], d.at[block][row][j]);
  d.store(w, i.dst[0]);
}

template <class S> void productI8(Wave &w, const Inst &i) {
  Inputs<S, 8> in(w, i);
  Side<S, int32_t, 8> a, b;
  Accumulator<S, uint32_t> d;
  auto get = [](uint32_t x) { return int32_t(x << 24) >> 24; };
  a.unpack(in.a, get);
  b.unpack(in.b, get);
  d.load(w, i.src[2]);
  for (unsigned block = 0; block < S::B; ++block)
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned k = 0; k < S::K; ++k)
        for (unsigned j = 0; j < S::N; ++j)
          d.at[block][row][j] += uint32_t(a.at[block][k][row] * b.at[block][k][j]);
  d.store(w, i.dst[0]);
}

// An inline constant: an integer's bits, or a float of that value; to an operand of more than 64 bits it is an f32.
uint64_t inlineF64(const Operand &o) {
  if (o.type == Type::b64)
    return o.value;
  uint32_t x = uint32_t(o.value);
  int32_t integer = int32_t(x);
  return integer >= -16 && integer <= 64 ? uint64_t(int64_t(integer)) : asBits(double(asFloat(x)));
}
// f64, K = 4, in 16 / M blocks: a chain of fused multiply-adds; bits of neg negate A, B and C. Lane 16 k + M b + i
// holds row i of A (column of B); of C and D, row 4 r + lane / 16 is register pair r. Source: AMD's matrix core notes.
template <unsigned M> void productF64(Wave &w, const Inst &i) {
  constexpr unsigned K = 4, atOneK = 16, pairs = M / 4;
  auto value = [&](unsigned operand, unsigned pair, unsigned lane) {
    const Operand &o = i.src[operand];
    uint64_t bits = o.place == Place::constant
                        ? inlineF64(o)
                        : w.v[o.reg + 2 * pair][lane] | uint64_t(w.v[o.reg + 2 * pair + 1][lane]) << 32;
    return asDouble(bits ^ (uint64_t(i.negLo >> operand & 1) << 63));
  };
  double d[pairs][lanes];
  for (unsigned pair = 0; pair < pairs; ++pair)
    for (unsigned l = 0; l < lanes; ++l) {
      unsigned row = 4 * pair + l / atOneK, block = l % atOneK / M * M, column = l % M;
      double sum = value(2, pair, l);
      for (unsigned k = 0; k < K; ++k)
        sum = __builtin_fma(value(0, 0, atOneK * k + block + row), value(1, 0, atOneK * k + block + column), sum);
      d[pair][l] = sum;
    }
  for (unsigned pair = 0; pair < pairs; ++pair)
    for (unsigned l = 0; l < lanes; ++l) {
      w.v[i.dst[0].reg + 2 * pair][l] = uint32_t(asBits(d[pair][l]));
      w.v[i.dst[0].reg + 2 * pair + 1][l] = uint32_t(asBits(d[pair][l]) >> 32);
    }
}
template <unsigned M> constexpr Row f64Row(const char *name) {
  Row r;
  r.name = name;
  r.run = productF64<M>;
  r.kind = Kind::mfma;
  r.flags = flag::defaultHostState;
  r.modifiers = bit(Modifier::neg);
  r.check = checkInputs;
  r.operandCount = 4;
  r.operands[0] = r.operands[3] = {Role::dst, typeOfRegisters(M / 2)};
  r.operands[3].role = Role::src;
  r.operands[1] = r.operands[2] = {Role::src, Type::b64};
  return r;
}

template <class S> constexpr Row f16(const char *name) { return mfmaRow<S, 16>(name, product<S, F16>); }
template <class S> constexpr Row bf16(const char *name) { return mfmaRow<S, 16>(name, product<S, Bf16>); }
template <class S> constexpr Row xf32(const char *name) { return gfx942(mfmaRow<S, 32>(name, product<S, Xf32>)); }
template <class S> constexpr Row f32(const char *name) { return mfmaRow<S, 32>(name, productF32<S>); }
template <class S> constexpr Row i8(const char *name) { return mfmaRow<S, 8>(name, productI8<S>); }

constexpr Row table[] = {
    withBroadcast<Shape<16, 16>>(f16<Shape<16, 16>>("v_mfma_f32_16x16x16_f16")),
    withBroadcast<Shape<32, 8>>(f16<Shape<32, 8>>("v_mfma_f32_32x32x8_f16")),
    withBroadcast<Shape<32, 4, 2>>(f16<Shape<32, 4, 2>>("v_mfma_f32_32x32x4_2b_f16")),
    withBroadcast<Shape<16, 4, 4>>(f16<Shape<16, 4, 4>>("v_mfma_f32_16x16x4_4b_f16")),
    withBroadcast<Shape<4, 4, 16>>(f16<Shape<4, 4, 16>>("v_mfma_f32_4x4x4_16b_f16")),
    gfx950(f16<Shape<16, 32>>("v_mfma_f32_16x16x32_f16")),
    gfx950(f16<Shape<32, 16>>("v_mfma_f32_32x32x16_f16")),

    withBroadcast<Shape<16, 16>>(bf16<Shape<16, 16>>("v_mfma_f32_16x16x16_bf16")),
    withBroadcast<Shape<32, 8>>(bf16<Shape<32, 8>>("v_mfma_f32_32x32x8_bf16")),
    withBroadcast<Shape<32, 4, 2>>(bf16<Shape<32, 4, 2>>("v_mfma_f32_32x32x4_2b_bf16")),
    withBroadcast<Shape<16, 4, 4>>(bf16<Shape<16, 4, 4>>("v_mfma_f32_16x16x4_4b_bf16")),
    withBroadcast<Shape<4, 4, 16>>(bf16<Shape<4, 4, 16>>("v_mfma_f32_4x4x4_16b_bf16")),
    gfx950(bf16<Shape<16, 32>>("v_mfma_f32_16x16x32_bf16")),
    gfx950(bf16<Shape<32, 16>>("v_mfma_f32_32x32x16_bf16")),

    f64Row<16>("v_mfma_f64_16x16x4_f64"),
    f64Row<4>("v_mfma_f64_4x4x4_4b_f64"),
    xf32<Shape<16, 8>>("v_mfma_f32_16x16x8_xf32"),
    xf32<Shape<32, 4>>("v_mfma_f32_32x32x4_xf32"),
    withBroadcast<Shape<16, 4>>(f32<Shape<16, 4>>("v_mfma_f32_16x16x4_f32")),
    withBroadcast<Shape<32, 2>>(f32<Shape<32, 2>>("v_mfma_f32_32x32x2_f32")),
    withBroadcast<Shape<32, 1, 2>>(f32<Shape<32, 1, 2>>("v_mfma_f32_32x32x1_2b_f32")),
    withBroadcast<Shape<16, 1, 4>>(f32<Shape<16, 1, 4>>("v_mfma_f32_16x16x1_4b_f32")),
    withBroadcast<Shape<4, 1, 16>>(f32<Shape<4, 1, 16>>("v_mfma_f32_4x4x1_16b_f32")),

    i8<Shape<16, 32>>("v_mfma_i32_16x16x32_i8"),
    i8<Shape<32, 16>>("v_mfma_i32_32x32x16_i8"),
    withBroadcast<Shape<32, 4, 2>>(i8<Shape<32, 4, 2>>("v_mfma_i32_32x32x4_2b_i8")),
    withBroadcast<Shape<16, 4, 4>>(i8<Shape<16, 4, 4>>("v_mfma_i32_16x16x4_4b_i8")),
    withBroadcast<Shape<4, 4, 16>>(i8<Shape<4, 4, 16>>("v_mfma_i32_4x4x4_16b_i8")),
    gfx950(i8<Shape<16, 64>>("v_mfma_i32_16x16x64_i8")),
    gfx950(i8<Shape<32, 32>>("v_mfma_i32_32x32x32_i8")),
};

} // namespace

Rows mfmaRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
