// Matrix products of FP8, and gfx950's of FP8, FP6 and FP4 with and without block scales.
//
// fast: f32 products and sums, in the order of k, scales multiplied into the numbers.
// exact: as published for CDNA3 (MMA-Sim, arXiv 2511.10909), and assumed for CDNA4's formats and scales: groups of 16
// products, exact; those of even and of odd k are each aligned to their largest exponent, truncated to 24 fractional
// bits and summed; the two sums are floored at the larger exponent and added; then C is added as for the 16-bit types,
// and left out where its exponent is more than 25 below. Scales are powers of two and move a group's exponent.
#include "runtime/emulator/ops/ExactSum.h"
#include "runtime/emulator/ops/Mfma.h"
#include "runtime/emulator/ops/Minifloat.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

constexpr unsigned groupSize = 16, scaleBlock = 32;

// Where element e of lane group g lies on the k axis. The 8-bit operands of the deep products take two pieces of 16.
template <class S> constexpr unsigned depthOf(unsigned g, unsigned e, unsigned bits) {
  if (S::elements == 32 && bits == 8)
    return (e < 16 ? 0 : S::K / 2) + 16 * g + e % 16;
  return S::elements * g + e;
}

// One side, as [k][row or column].
template <class S> struct SmallSide {
  alignas(64) float value[S::K][S::M];
  alignas(64) int32_t exponent[S::K][S::M];
  alignas(64) uint8_t code[S::K][S::M]; // for the special numbers alone
  Format format;
  bool special = false;

  void unpack(const Wave &w, const Operand &o, Format f) {
    using C = Columns<S::M>;
    using I = typename C::I;
    typedef uint32_t U __attribute__((vector_size(sizeof(I))));
    typedef uint8_t Bytes __attribute__((vector_size(C::count)));
    format = f;
    unsigned bits = f.bits(), m = f.fractionBits;
    int32_t mask = int32_t(2 * f.sign() - 1), restMask = int32_t(f.sign() - 1);
    int32_t firstSpecial = int32_t(f.specials == Specials::ieee        ? f.lastExponent()
                                   : f.specials == Specials::lastIsNan ? f.sign() - 1
                                                                       : f.sign());
    int32_t specialCode = f.specials == Specials::minusZeroIsNan ? int32_t(f.sign()) : -1;
    float step = float(twoToThe(1 - f.bias - int(m)));
    I any = I{};
    for (unsigned e = 0; e < S::elements; ++e)
      for (unsigned g = 0; g < S::groups; ++g)
        for (unsigned r = 0; r < S::M; r += C::count) {
          unsigned at = e * bits, shift = at % 32, lane = g * S::M + r, k = depthOf<S>(g, e, bits);
          U word = C::template load<U>(w.v[o.reg + at / 32] + lane) >> shift;
          if (shift + bits > 32)
            word |= C::template load<U>(w.v[o.reg + at / 32 + 1] + lane) << (32 - shift);
          I x = reinterpret_cast<I>(word) & mask, rest = x & restMask, sign = (x & ~restMask) << (32 - bits);
          I denormal = reinterpret_cast<I>(__builtin_convertvector(rest, typename C::F) * step);
          I normal = (rest << (23 - m)) + ((127 - f.bias) << 23);
          I upper = rest >> m;
          I number = C::choose(upper == 0, denormal, normal) | sign;
          I exponents = C::choose(rest == 0, I{} + zeroExponent, upper - (upper == 0) - f.bias);
          any |= (rest >= firstSpecial) | (x == specialCode);
          __builtin_memcpy(&value[k][r], &number, sizeof number);
          __builtin_memcpy(&exponent[k][r], &exponents, sizeof exponents);
          Bytes codes = __builtin_convertvector(x, Bytes);
          __builtin_memcpy(&code[k][r], &codes, sizeof codes);
        }
    for (unsigned c = 0; c < C::count; ++c)
      special |= any[c] != 0;
  }
  double exactly(unsigned k, unsigned r) const { return decoded(code[k][r], format); }
};

// Exponents of the block scales of one side, [block of k][row or column]; a scale of 255 is a NaN.
constexpr int32_t nanScale = 128;
template <class S> struct Scales {
  static constexpr unsigned blocks = S::K < scaleBlock ? 1 : S::K / scaleBlock;
  int32_t at[blocks][S::M];
  bool nan = false;
  int32_t largest = 0;

  void clear() { std::memset(at, 0, sizeof at); }
  // The byte of block b and row r is in lane r + M b.
  void load(const Wave &w, const Operand &o, unsigned byte) {
    alignas(64) LaneRow scratch;
    const uint32_t *row = sourceRow(w, o, 0, scratch);
    for (unsigned b = 0; b < blocks; ++b)
      for (unsigned r = 0; r < S::M; ++r) {
        int32_t e = int32_t(row[S::M * b + r] >> (8 * byte) & 255) - 127;
        at[b][r] = e;
        nan |= e == nanScale;
        int32_t magnitude = e < 0 ? -e : e;
        largest = magnitude > largest ? magnitude : largest;
      }
  }
};

template <class S> struct Product {
  using C = Columns<S::N>;
  using I = typename C::I;
  using F = typename C::F;
  using D = typename C::D;
  SmallSide<S> a, b;
  Scales<S> aScales, bScales;
  Accumulator<S, float> c, d;
  // Exponents far below every product's, yet in the range of C::powerOfTwo.
  static constexpr int32_t none = -100;

  void run(Wave &w, const Inst &i) {
    c.load(w, i.src[2]);
    d = c;
    if (w.fastMfma)
      fast();
    else if (isOrdinary())
      ordinary();
    else
      anyNumbers();
    d.store(w, i.dst[0]);
  }

  bool isOrdinary() const {
    constexpr int32_t ordinaryScale = 20;
    if (a.special || b.special || aScales.largest > ordinaryScale || bScales.largest > ordinaryScale)
      return false;
    const float *values = &c.at[0][0][0];
    I far = I{};
    for (unsigned n = 0; n < S::M * S::N; n += C::count) {
      I x = C::template load<I>(values + n) & 0x7fffffff, e = (x >> 23) - 127;
      far |= (x != 0) & ((e > ordinaryAccumulator) | (e < -ordinaryAccumulator));
    }
    int32_t any = 0;
    for (unsigned n = 0; n < C::count; ++n)
      any |= far[n];
    return any == 0;
  }

  // The products of every second k from `first` on: their sum in units of 2^(top - 24), and top.
  PA_EMU_INLINE I halfGroup(unsigned first, unsigned row, unsigned column, I &top) const {
    top = I{} + none;
    for (unsigned k = first; k < first + groupSize; k += 2)
      top = C::larger(top, C::template load<I>(&b.exponent[k][column]) + a.exponent[k][row]);
    F unit = C::powerOfTwo(24 - top);
    I sum = I{};
    for (unsigned k = first; k < first + groupSize; k += 2)
      sum += __builtin_convertvector(C::template load<F>(&b.value[k][column]) * a.value[k][row] * unit, I);
    return sum;
  }

  PA_EMU_INLINE F addGroup(unsigned first, unsigned row, unsigned column, F sum) const {
    I top[2], half[2];
    for (unsigned h = 0; h < 2; ++h)
      half[h] = halfGroup(first + h, row, column, top[h]);
    I most = C::larger(top[0], top[1]);
    I dot = I{};
    for (unsigned h = 0; h < 2; ++h) {
      I down = most - top[h];
      dot += half[h] >> C::choose(down > 31, I{} + 31, down); // an arithmetic shift floors
    }
    unsigned block = first / scaleBlock;
    I scale = C::template load<I>(&bScales.at[block][column]) + aScales.at[block][row];
    I exponent = C::choose(most == none, I{} + none, most + scale);
    I cBits = reinterpret_cast<I>(sum) & 0x7fffffff;
    I cExponent = C::choose(cBits == 0, I{} + none, (cBits >> 23) - 127);
    I all = C::larger(cExponent, exponent);
    D products =
        C::floored(__builtin_convertvector(dot, D) * C::wide(C::powerOfTwo(C::larger(I{} + none, 7 + exponent - all))));
    I near = cExponent >= all - 25;
    F kept = reinterpret_cast<F>(reinterpret_cast<I>(sum) & near);
    D addend = C::floored(C::wide(kept) * C::wide(C::powerOfTwo(24 - all))) * 128.0;
    return __builtin_convertvector((products + addend) * C::wide(C::powerOfTwo(all)) * 0x1p-31, F);
  }

  void ordinary() {
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned column = 0; column < S::N; column += C::count) {
        F sum = C::template load<F>(&d.at[0][row][column]);
        for (unsigned first = 0; first < S::K; first += groupSize)
          sum = addGroup(first, row, column, sum);
        __builtin_memcpy(&d.at[0][row][column], &sum, sizeof sum);
      }
  }

  // --- One element at a time: any accumulators, scales and special numbers ---

  void anyNumbers() {
    for (unsigned row = 0; row < S::M; ++row)
      for (unsigned column = 0; column < S::N; ++column)
        d.at[0][row][column] = oneElement(row, column);
  }
  float oneElement(unsigned row, unsigned column) const {
    float sum = c.at[0][row][column];
    bool special = !__builtin_isfinite(sum);
    double ieee = sum; // gives the class of the result where a special number takes part
    for (unsigned k = 0; k < S::K; ++k) {
      double x = a.exactly(k, row), y = b.exactly(k, column);
      int32_t sa = aScales.at[k / scaleBlock][row], sb = bScales.at[k / scaleBlock][column];
      double scale = sa == nanScale || sb == nanScale ? __builtin_nan("") : twoToThe(sa + sb);
      special |= !__builtin_isfinite(x) || !__builtin_isfinite(y) || scale != scale;
      ieee += x * y * scale;
    }
    if (special)
      return canonical(ieee);
    for (unsigned first = 0; first < S::K; first += groupSize)
      sum = addOneGroup(first, row, column, sum);
    return sum;
  }
  float addOneGroup(unsigned first, unsigned row, unsigned column, float sum) const {
    int32_t top[2], half[2];
    for (unsigned h = 0; h < 2; ++h) {
      top[h] = 4 * zeroExponent;
      for (unsigned k = first + h; k < first + groupSize; k += 2) {
        int32_t e = a.exponent[k][row] + b.exponent[k][column];
        top[h] = e > top[h] ? e : top[h];
      }
      half[h] = 0;
      for (unsigned k = first + h; k < first + groupSize; k += 2)
        half[h] += int32_t(double(a.value[k][row]) * b.value[k][column] * powerOfTwo(24 - top[h]));
    }
    int32_t most = top[0] > top[1] ? top[0] : top[1], dot = 0;
    for (unsigned h = 0; h < 2; ++h)
      dot += half[h] >> (most - top[h] > 31 ? 31 : most - top[h]);
    int32_t exponent = most + aScales.at[first / scaleBlock][row] + bScales.at[first / scaleBlock][column];
    uint32_t e = asBits(sum) >> 23 & 255;
    bool far = int32_t(e ? e : 1) - 127 < exponent - 25;
    return addToAccumulator(far ? 0.0f : sum, dot, exponent);
  }

  // --- Fast ---

  void scale(SmallSide<S> &side, const Scales<S> &scales) {
    if (scales.largest == 0)
      return;
    for (unsigned k = 0; k < S::K; ++k)
      for (unsigned r = 0; r < S::M; ++r) {
        int32_t e = scales.at[k / scaleBlock][r];
        side.value[k][r] = e == nanScale ? __builtin_nanf("") : side.value[k][r] * float(twoToThe(e));
      }
  }
  void repairSpecials(SmallSide<S> &side) {
    if (side.special)
      for (unsigned k = 0; k < S::K; ++k)
        for (unsigned r = 0; r < S::M; ++r)
          side.value[k][r] = float(side.exactly(k, r));
  }
  void fast() {
    repairSpecials(a);
    repairSpecials(b);
    scale(a, aScales);
    scale(b, bScales);
    constexpr unsigned atOnce = 4; // rows that stay in the host's registers
    for (unsigned column = 0; column < S::N; column += C::count)
      for (unsigned first = 0; first < S::M; first += atOnce) {
        F sum[atOnce];
        for (unsigned r = 0; r < atOnce; ++r)
          sum[r] = C::template load<F>(&d.at[0][first + r][column]);
        for (unsigned k = 0; k < S::K; ++k) {
          F right = C::template load<F>(&b.value[k][column]);
          for (unsigned r = 0; r < atOnce; ++r)
            sum[r] += right * a.value[k][first + r];
        }
        for (unsigned r = 0; r < atOnce; ++r)
          __builtin_memcpy(&d.at[0][first + r][column], &sum[r], sizeof sum[r]);
      }
  }
};

using namespace formats;
constexpr const Format fp8Of[2] = {e4m3Fnuz, e4m3}, bf8Of[2] = {e5m2Fnuz, e5m2};

// A and B of fixed formats.
template <class S, unsigned A, unsigned B, bool Ocp> void fixedProduct(Wave &w, const Inst &i) {
  Product<S> p;
  p.a.unpack(w, i.src[0], A ? bf8Of[Ocp] : fp8Of[Ocp]);
  p.b.unpack(w, i.src[1], B ? bf8Of[Ocp] : fp8Of[Ocp]);
  p.aScales.clear();
  p.bScales.clear();
  p.run(w, i);
}

// gfx950: cbsz names A's format, blgp B's.
constexpr Format chosenFormats[] = {e4m3, e5m2, e2m3, e3m2, e2m1};
template <class S, bool Scaled> void chosenProduct(Wave &w, const Inst &i) {
  constexpr unsigned count = sizeof chosenFormats / sizeof chosenFormats[0];
  if (i.cbsz >= count || i.blgp >= count)
    return faultText(w, i, "a number format beyond the five that there are");
  Format a = chosenFormats[i.cbsz], b = chosenFormats[i.blgp];
  if (a.bits() != i.src[0].dwords || b.bits() != i.src[1].dwords) // 32 numbers a lane
    return faultText(w, i, "registers that do not fit the number format");
  Product<S> p;
  p.a.unpack(w, i.src[0], a);
  p.b.unpack(w, i.src[1], b);
  p.aScales.clear();
  p.bScales.clear();
  if (Scaled) {
    auto byte = [&](unsigned n) { return unsigned(i.opSel >> n & 1) | unsigned(i.opSelHi >> n & 1) << 1; };
    p.aScales.load(w, i.src[3], byte(0));
    p.bScales.load(w, i.src[4], byte(1));
  }
  p.run(w, i);
}

template <class S, unsigned A, unsigned B> constexpr Row fixedRow(const char *name, bool ocp) {
  return mfmaRow<S, 8>(name, ocp ? fixedProduct<S, A, B, true> : fixedProduct<S, A, B, false>);
}
template <class S, bool Scaled> constexpr Row chosenRow(const char *name, Type a, Type b) {
  Row r = mfmaRow<S, 8>(name, chosenProduct<S, Scaled>);
  r.operands[1].type = a;
  r.operands[2].type = b;
  r.modifiers = bit(Modifier::cbsz) | bit(Modifier::blgp);
  if (Scaled) {
    r.operands[r.operandCount++] = {Role::src, Type::b32};
    r.operands[r.operandCount++] = {Role::src, Type::b32};
    r.modifiers |= mods::opSel | bit(Modifier::opSelHi);
  }
  return gfx950(r);
}

#define PA_EMU_FIXED(NAME, SHAPE, A, B)                                                                                \
  gfx942(fixedRow<SHAPE, A, B>(NAME, false)), gfx950(fixedRow<SHAPE, A, B>(NAME, true))
#define PA_EMU_FIXED_ALL(PREFIX, SHAPE)                                                                                \
  PA_EMU_FIXED(PREFIX "_fp8_fp8", SHAPE, 0, 0), PA_EMU_FIXED(PREFIX "_fp8_bf8", SHAPE, 0, 1),                          \
      PA_EMU_FIXED(PREFIX "_bf8_fp8", SHAPE, 1, 0), PA_EMU_FIXED(PREFIX "_bf8_bf8", SHAPE, 1, 1)
// By the registers that A and B take: 8, 6 or 4.
#define PA_EMU_CHOSEN_A(NAME, SHAPE, SCALED, A)                                                                        \
  chosenRow<SHAPE, SCALED>(NAME, A, Type::b256), chosenRow<SHAPE, SCALED>(NAME, A, Type::b192),                        \
      chosenRow<SHAPE, SCALED>(NAME, A, Type::b128)
#define PA_EMU_CHOSEN(NAME, SHAPE, SCALED)                                                                             \
  PA_EMU_CHOSEN_A(NAME, SHAPE, SCALED, Type::b256), PA_EMU_CHOSEN_A(NAME, SHAPE, SCALED, Type::b192),                  \
      PA_EMU_CHOSEN_A(NAME, SHAPE, SCALED, Type::b128)

using Small16 = Shape<16, 32>;
using Small32 = Shape<32, 16>;
using Deep16 = Shape<16, 128>;
using Deep32 = Shape<32, 64>;

constexpr Row table[] = {
    PA_EMU_FIXED_ALL("v_mfma_f32_16x16x32", Small16),
    PA_EMU_FIXED_ALL("v_mfma_f32_32x32x16", Small32),
    PA_EMU_CHOSEN("v_mfma_f32_16x16x128_f8f6f4", Deep16, false),
    PA_EMU_CHOSEN("v_mfma_f32_32x32x64_f8f6f4", Deep32, false),
    PA_EMU_CHOSEN("v_mfma_scale_f32_16x16x128_f8f6f4", Deep16, true),
    PA_EMU_CHOSEN("v_mfma_scale_f32_32x32x64_f8f6f4", Deep32, true),
};

} // namespace

Rows mfmaSmallRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
