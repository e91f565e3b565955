// Conversions from and to FP8, FP6 and FP4: every code, against LLVM's APFloat; stochastic rounding against its
// definition on real numbers.
#include "Bench.h"

#include "llvm/ADT/APFloat.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

using llvm::APFloat;
using llvm::APInt;

constexpr auto nearest = APFloat::rmNearestTiesToEven;

struct Small {
  const char *name; // as mnemonics say it
  const llvm::fltSemantics *semantics;
  unsigned bits, fractionBits;
  uint32_t nan; // without the sign; of formats without one, what a NaN becomes

  uint32_t sign() const { return 1u << (bits - 1); }
  bool unsignedZero() const { return nan == 0x80; }
};
const Small fp8Fnuz = {"fp8", &APFloat::Float8E4M3FNUZ(), 8, 3, 0x80};
const Small bf8Fnuz = {"bf8", &APFloat::Float8E5M2FNUZ(), 8, 2, 0x80};
const Small fp8 = {"fp8", &APFloat::Float8E4M3FN(), 8, 3, 0x7f};
const Small bf8 = {"bf8", &APFloat::Float8E5M2(), 8, 2, 0x7e};
const Small fp6 = {"fp6", &APFloat::Float6E2M3FN(), 6, 3, 0x1f};
const Small bf6 = {"bf6", &APFloat::Float6E3M2FN(), 6, 2, 0x1f};
const Small fp4 = {"fp4", &APFloat::Float4E2M1FN(), 4, 1, 0x7};
const Small f16 = {"f16", &APFloat::IEEEhalf(), 16, 10, 0x7fff};
const Small bf16 = {"bf16", &APFloat::BFloat(), 16, 7, 0x7fff};
const Small single = {"f32", &APFloat::IEEEsingle(), 32, 23, 0x7fc00000};

std::vector<Small> eightBitOf(const std::string &chip) {
  return chip == "gfx942" ? std::vector<Small>{fp8Fnuz, bf8Fnuz} : std::vector<Small>{fp8, bf8};
}

double valueOf(uint32_t code, const Small &f) {
  APFloat x(*f.semantics, APInt(f.bits, code & (2ull * f.sign() - 1)));
  bool lost = false;
  x.convert(APFloat::IEEEdouble(), nearest, &lost);
  return x.convertToDouble();
}

uint32_t codeOf(double value, const Small &f) {
  uint32_t sign = std::signbit(value) ? f.sign() : 0;
  if (std::isnan(value))
    return f.unsignedZero() ? f.nan : f.nan | sign;
  bool lost = false, finiteOnly = f.bits < 8;
  APFloat x(std::isinf(value) && finiteOnly ? std::copysign(1e9, value) : value);
  x.convert(*f.semantics, nearest, &lost);
  if (x.isNaN()) // an overflow of a format without infinity
    return f.unsignedZero() ? f.nan : f.nan | sign;
  return uint32_t(x.bitcastToAPInt().getZExtValue());
}

// Both NaN, or the same bits.
bool sameFloat(uint32_t got, double expected) {
  return std::isnan(expected) ? std::isnan(f32(got)) : got == bits(float(expected));
}

// Numbers around the places where rounding decides: every code's value, the middles between neighbours, and just off
// them; beyond the largest; specials and random ones.
std::vector<float> around(const Small &f, std::mt19937_64 &random) {
  std::vector<float> out = {0.0f,    -0.0f, INFINITY,  -INFINITY, NAN,        -NAN,   1e30f,  -1e30f, 1e-30f,
                            -1e-30f, 1e6f,  0x1p-126f, -1e-40f,   0x1.8p-10f, 448.0f, 464.0f, 465.0f, 480.0f};
  std::vector<float> positive;
  for (uint32_t code = 0; code < f.sign(); ++code)
    if (double v = valueOf(code, f); std::isfinite(v))
      positive.push_back(float(v));
  std::sort(positive.begin(), positive.end());
  positive.push_back(positive.back() * 2 - positive[positive.size() - 2]);
  for (size_t n = 0; n + 1 < positive.size(); ++n) {
    float middle = (positive[n] + positive[n + 1]) / 2;
    for (float x : {positive[n], middle, std::nextafter(middle, 0.0f), std::nextafter(middle, INFINITY)}) {
      out.push_back(x);
      out.push_back(-x);
    }
  }
  std::normal_distribution<float> normal(0, positive.back() / 3);
  while (out.size() < 1200 || out.size() % lanes)
    out.push_back(normal(random));
  return out;
}

TEST(Fp8, everyCodeToFloat) {
  for (const std::string &chip : bothChips)
    for (const Small &f : eightBitOf(chip)) {
      Bench bench(chip);
      bench.setMode(0x1d0); // omod counts: no IEEE mode, results are flushed
      std::string op = std::string("v_cvt_f32_") + f.name, packed = std::string("v_cvt_pk_f32_") + f.name;
      for (unsigned first = 0; first < 256; first += lanes) {
        for (unsigned l = 0; l < lanes; ++l)
          bench.v[0][l] = (first + l) * 0x01010101u ^ 0x55aa00ffu; // another code in each byte
        auto code = [&](unsigned l, unsigned byte) { return bench.v[0][l] >> (8 * byte) & 0xff; };
        for (unsigned byte = 0; byte < 4; ++byte) {
          std::string sel = " src0_sel:BYTE_" + std::to_string(byte);
          ASSERT_EQ(bench.run(op + "_sdwa v1, v0" + sel), "");
          for (unsigned l = 0; l < lanes; ++l)
            ASSERT_TRUE(sameFloat(bench.v[1][l], valueOf(code(l, byte), f))) << op << " " << code(l, byte);
        }
        ASSERT_EQ(bench.run(op + "_e32 v1, v0"), "");
        ASSERT_EQ(bench.run(op + "_e64 v2, v0 clamp"), "");
        ASSERT_EQ(bench.run(op + "_e64 v3, v0 mul:2"), "");
        ASSERT_EQ(bench.run(op + "_dpp v4, v0 row_ror:1 row_mask:0xf bank_mask:0xf"), "");
        for (unsigned l = 0; l < lanes; ++l) {
          double x = valueOf(code(l, 0), f);
          ASSERT_TRUE(sameFloat(bench.v[1][l], x));
          ASSERT_EQ(f32(bench.v[2][l]), std::isnan(x) ? 0.0f : float(std::min(1.0, std::max(0.0, x))));
          ASSERT_TRUE(sameFloat(bench.v[3][l], 2 * x + 0.0));
          ASSERT_TRUE(sameFloat(bench.v[4][l], valueOf(code((l & ~15u) | ((l - 1) & 15), 0), f)));
        }
        for (unsigned word = 0; word < 2; ++word) {
          ASSERT_EQ(bench.run(packed + "_sdwa v[2:3], v0 src0_sel:WORD_" + std::to_string(word)), "");
          for (unsigned l = 0; l < lanes; ++l)
            for (unsigned n = 0; n < 2; ++n)
              ASSERT_TRUE(sameFloat(bench.v[2 + n][l], valueOf(code(l, 2 * word + n), f)));
        }
        ASSERT_EQ(bench.run(packed + "_e64 v[2:3], v0 div:2"), "");
        for (unsigned l = 0; l < lanes; ++l)
          for (unsigned n = 0; n < 2; ++n)
            ASSERT_TRUE(sameFloat(bench.v[2 + n][l], valueOf(code(l, n), f) / 2 + 0.0));
      }
    }
}

TEST(Fp8, floatsRoundToNearestEven) {
  std::mt19937_64 random(1);
  for (const std::string &chip : bothChips)
    for (const Small &f : eightBitOf(chip)) {
      Bench bench(chip);
      bench.setExec(0xfffffffffffff0ffull);
      std::string op = std::string("v_cvt_pk_") + f.name + "_f32 v2, v0, -v1";
      std::vector<float> values = around(f, random);
      for (size_t first = 0; first + lanes <= values.size(); first += lanes)
        for (bool high : {false, true}) {
          for (unsigned l = 0; l < lanes; ++l) {
            bench.v[0][l] = bits(values[first + l]);
            bench.v[1][l] = bits(values[values.size() - 1 - first - l]);
            bench.v[2][l] = 0x12345678;
          }
          ASSERT_EQ(bench.run(op + (high ? " op_sel:[0,0,1]" : "")), "");
          for (unsigned l = 0; l < lanes; ++l) {
            float x = f32(bench.v[0][l]), y = -f32(bench.v[1][l]);
            uint32_t pair = codeOf(x, f) | codeOf(y, f) << 8;
            uint32_t expected = high ? pair << 16 | 0x5678 : pair | 0x12340000;
            expected = bench.wave.exec() >> l & 1 ? expected : 0x12345678;
            ASSERT_EQ(bench.v[2][l], expected) << chip << " " << op << " of " << x << " and " << y;
          }
        }
    }
}

// --- Stochastic rounding ---------------------------------------------------------------------------------------------

// The definition on real numbers: |x| in steps of the format at x, cut after the bits that the source has, plus the
// seed's upper bits as a fraction, rounded down.
uint32_t stochastic(double x, const Small &source, uint32_t seed, const Small &f) {
  uint32_t sign = std::signbit(x) ? f.sign() : 0;
  if (std::isnan(x) || std::isinf(x))
    return codeOf(x, f);
  unsigned drop = source.fractionBits - f.fractionBits;
  int exponent = x == 0 ? -1000 : std::ilogb(x), lowest = std::ilogb(valueOf(1u << f.fractionBits, f));
  double step = std::ldexp(1.0, std::max(exponent, lowest) - int(f.fractionBits));
  double steps = std::floor(std::ldexp(std::fabs(x) / step, int(drop)));
  double sum = x == 0 ? 0 : std::floor(std::ldexp(steps + double(seed >> (32 - drop)), -int(drop)));
  // A value so small that no bit of it is left still takes part with nothing: the seed's fraction alone rounds to zero.
  double result = sum * step;
  uint32_t code = codeOf(result, f) & ~f.sign();
  if (f.unsignedZero())
    return codeOf(result, f) == f.nan ? f.nan : code | (code ? sign : 0);
  return code | sign;
}

TEST(Fp8, stochasticRounding) {
  std::mt19937_64 random(2);
  for (const std::string &chip : bothChips) {
    std::vector<Small> all = eightBitOf(chip);
    if (chip == "gfx950") {
      all.push_back(f16);
      all.push_back(bf16);
    }
    for (const Small &f : all) {
      Bench bench(chip);
      std::vector<float> values = around(f.bits == 8 ? f : fp8, random);
      for (size_t first = 0; first + lanes <= values.size(); first += lanes) {
        unsigned part = unsigned(first / lanes) % (32 / f.bits);
        for (unsigned l = 0; l < lanes; ++l) {
          bench.v[0][l] = bits(values[first + l]);
          bench.v[1][l] = l == 0 ? 0 : l == 1 ? ~0u : uint32_t(random());
          bench.v[2][l] = 0x9abcdef0;
        }
        std::string text = std::string("v_cvt_sr_") + f.name + "_f32 v2, v0, v1";
        if (f.bits == 8)
          text += " op_sel:[0,0," + std::to_string(part & 1) + "," + std::to_string(part >> 1) + "]";
        else
          text += " op_sel:[0,0," + std::to_string(part) + "]";
        ASSERT_EQ(bench.run(text), "");
        for (unsigned l = 0; l < lanes; ++l) {
          uint32_t mask = (2 * f.sign() - 1) << (part * f.bits);
          uint32_t code = stochastic(f32(bench.v[0][l]), single, bench.v[1][l], f);
          ASSERT_EQ(bench.v[2][l], (0x9abcdef0 & ~mask) | code << (part * f.bits))
              << chip << " " << text << " of " << f32(bench.v[0][l]) << std::hex << " seed " << bench.v[1][l];
        }
      }
    }
  }
}

// --- gfx950's scaled conversions -------------------------------------------------------------------------------------

const int scales[] = {0, 1, -1, 7, -9, 20, -24, 126, -127, 128}; // the last one is a NaN's exponent
uint32_t scaleBits(int exponent) { return uint32_t(exponent + 127) << 23 | 0x80012345u; } // only the exponent counts
double divided(double x, int scale) { return scale == 128 ? NAN : std::ldexp(x, -scale); }
double multiplied(double x, int scale) { return scale == 128 ? NAN : std::ldexp(x, scale); }

uint32_t prng(uint32_t x) { return x << 1 ^ (x >> 31 ? 197u : 0u); }

// Conversions down: `source` numbers per lane of a source format, drawn around the target's codes times the scale.
struct Down {
  const Small &to, &from;
};
const Down downs[] = {{fp8, single}, {bf8, single}, {fp4, single}, {fp8, f16},    {bf8, f16},
                      {fp4, f16},    {fp8, bf16},   {bf8, bf16},   {fp4, bf16},   {fp6, f16},
                      {bf6, f16},    {fp6, bf16},   {bf6, bf16},   {fp6, single}, {bf6, single}};

struct Source {
  std::vector<std::vector<uint32_t>> codes; // [lane][number]
};
Source draw(const Down &d, int scale, unsigned count, std::mt19937_64 &random) {
  std::vector<float> values = around(d.to, random);
  Source s;
  for (unsigned l = 0; l < lanes; ++l) {
    s.codes.emplace_back();
    for (unsigned n = 0; n < count; ++n) {
      double x = values[random() % values.size()];
      s.codes[l].push_back(codeOf(scale == 128 ? x : std::ldexp(x, scale), d.from));
    }
  }
  return s;
}
void place(Bench &bench, unsigned reg, unsigned numberBits, const Source &s) {
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned n = 0; n < s.codes[l].size(); ++n) {
      uint32_t &word = bench.v[reg + n * numberBits / 32][l];
      unsigned shift = n * numberBits % 32;
      word = numberBits == 32 ? s.codes[l][n] : shift ? (word & 0xffff) | s.codes[l][n] << shift : s.codes[l][n];
    }
}
void setScale(Bench &bench, unsigned reg, int scale) {
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[reg][l] = scaleBits(scale);
}

TEST(Scaled, downPacked) {
  std::mt19937_64 random(3);
  for (const Down &d : downs) {
    if (d.to.bits == 6)
      continue;
    for (int scale : scales)
      for (unsigned part = 0; part < 16 / d.to.bits; ++part) {
        Bench bench("gfx950");
        Source s = draw(d, scale, 2, random);
        place(bench, 0, d.from.bits, s);
        setScale(bench, 2, scale);
        for (unsigned l = 0; l < lanes; ++l)
          bench.v[3][l] = 0x13579bdf;
        std::string text = std::string("v_cvt_scalef32_pk_") + d.to.name + "_" + d.from.name + " v3, v0";
        text += d.from.bits == 32 ? ", v1, v2" : ", v2";
        std::string dst = std::to_string(part & 1) + (d.to.bits == 4 ? "," + std::to_string(part >> 1) : "");
        text += " op_sel:[0,0," + std::string(d.from.bits == 32 && d.to.bits == 8 ? "0," : "") + dst + "]";
        ASSERT_EQ(bench.run(text), "");
        for (unsigned l = 0; l < lanes; ++l) {
          uint32_t both = 0;
          for (unsigned n = 0; n < 2; ++n)
            both |= codeOf(divided(valueOf(s.codes[l][n], d.from), scale), d.to) << (n * d.to.bits);
          uint32_t shift = part * 2 * d.to.bits, mask = ((1u << 2 * d.to.bits) - 1) << shift;
          ASSERT_EQ(bench.v[3][l], (0x13579bdf & ~mask) | both << shift)
              << text << " of " << valueOf(s.codes[l][0], d.from) << " " << valueOf(s.codes[l][1], d.from) << " scale "
              << scale;
        }
      }
  }
}

TEST(Scaled, downStochastic) {
  std::mt19937_64 random(4);
  for (const Down &d : downs) {
    if (d.to.bits == 6)
      continue;
    bool packed = d.to.bits == 4;
    for (int scale : scales)
      for (unsigned part = 0; part < 4; ++part) {
        Bench bench("gfx950");
        Source s = draw(d, scale, 2, random);
        place(bench, 0, d.from.bits, s);
        setScale(bench, 2, scale);
        for (unsigned l = 0; l < lanes; ++l) {
          bench.v[3][l] = 0x13579bdf;
          bench.v[4][l] = uint32_t(random());
        }
        std::string text = std::string("v_cvt_scalef32_sr_") + (packed ? "pk_" : "") + d.to.name + "_" + d.from.name;
        text += packed && d.from.bits == 32 ? " v3, v[0:1], v4, v2" : " v3, v0, v4, v2";
        text += " op_sel:[0,0," + std::to_string(part & 1) + "," + std::to_string(part >> 1) + "]";
        ASSERT_EQ(bench.run(text), "");
        for (unsigned l = 0; l < lanes; ++l) {
          uint32_t seed = bench.v[4][l];
          double x = divided(valueOf(s.codes[l][0], d.from), scale), y = divided(valueOf(s.codes[l][1], d.from), scale);
          uint32_t byte = stochastic(x, d.from, seed, d.to);
          if (packed)
            byte |= stochastic(y, d.from, prng(seed), d.to) << 4;
          ASSERT_EQ(bench.v[3][l], (0x13579bdf & ~(0xffu << 8 * part)) | byte << (8 * part))
              << text << " of " << x << std::hex << " seed " << seed;
        }
      }
  }
}

uint32_t numberAt(const Bench &bench, unsigned reg, unsigned lane, unsigned numberBits, unsigned n) {
  unsigned at = n * numberBits;
  unsigned __int128 all = 0;
  for (unsigned d = 0; d < 2 && at / 32 + d < 32; ++d)
    all |= (unsigned __int128)(bench.v[reg + at / 32 + d][lane]) << (32 * d);
  return uint32_t(uint64_t(all >> (at % 32)) & ((1ull << numberBits) - 1));
}

TEST(Scaled, downOf32) {
  std::mt19937_64 random(5);
  for (const Down &d : downs) {
    if (d.to.bits != 6)
      continue;
    for (int scale : scales) {
      Bench bench("gfx950");
      bench.setExec(0xff00ff00ff00ff0full);
      Source s = draw(d, scale, 32, random);
      place(bench, 0, d.from.bits, s);
      setScale(bench, 40, scale);
      for (unsigned l = 0; l < lanes; ++l)
        bench.v[41][l] = uint32_t(random());
      std::string from = d.from.name, to = d.to.name;
      bool wide = d.from.bits == 32;
      std::string plain = wide ? "v_cvt_scalef32_2xpk16_" + to + "_f32 v[50:55], v[0:15], v[16:31], v40"
                               : "v_cvt_scalef32_pk32_" + to + "_" + from + " v[50:55], v[0:15], v40";
      std::string random32 =
          "v_cvt_scalef32_sr_pk32_" + to + "_" + from + " v[60:65], v[0:" + (wide ? "31" : "15") + "], v41, v40";
      ASSERT_EQ(bench.run(plain), "");
      ASSERT_EQ(bench.run(random32), "");
      for (unsigned l = 0; l < lanes; ++l) {
        if (!(bench.wave.exec() >> l & 1)) {
          ASSERT_EQ(bench.v[50][l] | bench.v[65][l], 0u);
          continue;
        }
        uint32_t seed = bench.v[41][l];
        for (unsigned n = 0; n < 32; ++n, seed = prng(seed)) {
          // The plain form of two f32 sources takes from them in turns.
          unsigned from32 = wide ? n / 2 + 16 * (n % 2) : n;
          double x = divided(valueOf(s.codes[l][from32], d.from), scale);
          ASSERT_EQ(numberAt(bench, 50, l, 6, n), codeOf(x, d.to)) << plain << " number " << n << " of " << x;
          double y = divided(valueOf(s.codes[l][n], d.from), scale);
          ASSERT_EQ(numberAt(bench, 60, l, 6, n), stochastic(y, d.from, seed, d.to)) << random32 << " of " << y;
        }
      }
    }
  }
}

// Every code up, at every scale.
void checkUp(uint32_t got, const Small &to, double expected, const std::string &text) {
  if (to.bits == 32)
    ASSERT_TRUE(sameFloat(got, expected)) << text << ": got " << f32(got) << ", expected " << expected;
  else
    ASSERT_EQ(got, codeOf(expected, to)) << text << " " << expected;
}

TEST(Scaled, upPacked) {
  for (const Small &from : {fp8, bf8, fp4})
    for (const Small &to : {single, f16, bf16})
      for (int scale : scales)
        for (unsigned part = 0; part < 16 / from.bits; ++part)
          for (unsigned first = 0; first < 256; first += lanes) {
            Bench bench("gfx950");
            setScale(bench, 1, scale);
            for (unsigned l = 0; l < lanes; ++l)
              bench.v[0][l] = (first + l) * 0x01030507u;
            std::string text = std::string("v_cvt_scalef32_pk_") + to.name + "_" + from.name;
            text += to.bits == 32 ? " v[2:3], v0, v1" : " v2, v0, v1";
            text += " op_sel:[" + std::to_string(part & 1) + "," + std::to_string(part >> 1) + ",0]";
            ASSERT_EQ(bench.run(text), "");
            for (unsigned l = 0; l < lanes; ++l)
              for (unsigned n = 0; n < 2; ++n) {
                uint32_t code = bench.v[0][l] >> ((part * 2 + n) * from.bits);
                checkUp(numberAt(bench, 2, l, to.bits, n), to, multiplied(valueOf(code, from), scale), text);
              }
            if (from.bits == 4 || std::string(to.name) == "bf16")
              continue;
            text = std::string("v_cvt_scalef32_") + to.name + "_" + from.name + " v2, v0, v1 op_sel:[" +
                   std::to_string(part & 1) + ",1,0]";
            ASSERT_EQ(bench.run(text), "");
            for (unsigned l = 0; l < lanes; ++l) {
              uint32_t code = bench.v[0][l] >> (((part & 1) + 2) * 8);
              checkUp(numberAt(bench, 2, l, to.bits, 0), to, multiplied(valueOf(code, from), scale), text);
            }
          }
}

TEST(Scaled, upOf32) {
  std::mt19937_64 random(6);
  for (const Small &from : {fp6, bf6})
    for (const Small &to : {single, f16, bf16})
      for (int scale : scales) {
        Bench bench("gfx950");
        setScale(bench, 10, scale);
        for (unsigned d = 0; d < 6; ++d)
          for (unsigned l = 0; l < lanes; ++l)
            bench.v[d][l] = uint32_t(random());
        std::string last = std::to_string(20 + to.bits - 1);
        std::string text =
            std::string("v_cvt_scalef32_pk32_") + to.name + "_" + from.name + " v[20:" + last + "], v[0:5], v10";
        ASSERT_EQ(bench.run(text), "");
        for (unsigned l = 0; l < lanes; ++l)
          for (unsigned n = 0; n < 32; ++n)
            checkUp(numberAt(bench, 20, l, to.bits, n), to,
                    multiplied(valueOf(numberAt(bench, 0, l, 6, n), from), scale), text);
      }
}

TEST(Conversion, everyBfloatToFloat) {
  Bench bench("gfx950");
  for (unsigned first = 0; first < 65536; first += lanes) {
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[0][l] = (first + l) | 0xdead0000u;
    ASSERT_EQ(bench.run("v_cvt_f32_bf16_e32 v1, v0"), "");
    for (unsigned l = 0; l < lanes; ++l)
      ASSERT_TRUE(sameFloat(bench.v[1][l], valueOf(first + l, bf16)));
  }
}

} // namespace
} // namespace pa::emu::test
