// Matrix products of FP8, FP6 and FP4: element places against AMD's layout file (gfx950's deep forms against the k
// index that the manual's register counts and AMD's examples give), arithmetic against the published model, computed
// here with 128-bit integers and one element at a time. Values come from APFloat.
#include "Layouts.h"

#include "llvm/ADT/APFloat.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

using llvm::APFloat;

struct Small {
  const char *name;
  const llvm::fltSemantics *semantics;
  unsigned bits, exponentBits, fractionBits;
  int bias;
};
const Small fnuz[] = {{"fp8", &APFloat::Float8E4M3FNUZ(), 8, 4, 3, 8},
                      {"bf8", &APFloat::Float8E5M2FNUZ(), 8, 5, 2, 16}};
const Small ocp[] = {{"fp8", &APFloat::Float8E4M3FN(), 8, 4, 3, 7},
                     {"bf8", &APFloat::Float8E5M2(), 8, 5, 2, 15},
                     {"fp6", &APFloat::Float6E2M3FN(), 6, 2, 3, 1},
                     {"bf6", &APFloat::Float6E3M2FN(), 6, 3, 2, 3},
                     {"fp4", &APFloat::Float4E2M1FN(), 4, 2, 1, 1}};

double valueOf(uint32_t code, const Small &f) {
  APFloat x(*f.semantics, llvm::APInt(f.bits, code));
  bool lost = false;
  x.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
  return x.convertToDouble();
}

struct Form {
  unsigned M, K;
  bool deep; // f8f6f4
  Small a, b;

  unsigned dRegisters() const { return M * M / lanes; }
  unsigned registers(const Small &f) const { return M * K * f.bits / 32 / lanes; }
  std::string name(bool scaled = false) const {
    std::string shape = std::to_string(M) + "x" + std::to_string(M) + "x" + std::to_string(K);
    if (deep)
      return std::string(scaled ? "v_mfma_scale_f32_" : "v_mfma_f32_") + shape + "_f8f6f4";
    return "v_mfma_f32_" + shape + "_" + a.name + "_" + b.name;
  }
};

Place placeOf(const Form &f, char matrix, unsigned row, unsigned column) {
  if (matrix == 'C' || matrix == 'D')
    return layouts()
        .at(f.M == 16 ? "v_mfma_f32_16x16x32_fp8_fp8" : "v_mfma_f32_32x32x16_fp8_fp8")
        .at({matrix, 0, row, column});
  if (!f.deep)
    return layouts().at(f.name()).at({matrix, 0, row, column});
  // 8-bit: a lane's first 16 elements are piece `group` of the lower half of k, its others that of the upper half.
  const Small &t = matrix == 'A' ? f.a : f.b;
  unsigned k = matrix == 'A' ? column : row, i = matrix == 'A' ? row : column, half = f.K / 2;
  unsigned group = t.bits == 8 ? k % half / 16 : k / 32, e = t.bits == 8 ? k / half * 16 + k % 16 : k % 32;
  return {e * t.bits / 32, group * f.M + i, e * t.bits % 32};
}

constexpr unsigned aBase = 0, bBase = 16, cBase = 32, dBase = 64, scaleA = 100, scaleB = 101;

std::string range(unsigned first, unsigned count) {
  return "v[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
}

struct Matrices {
  std::vector<uint32_t> a, b; // codes
  std::vector<float> c;
  std::vector<int> aScale, bScale; // of blocks of 32 along k, row (column) first
};

// An element of 6 bits may lie across two registers.
void putWide(Bench &bench, unsigned base, const Place &p, unsigned bits, uint32_t value) {
  unsigned inFirst = std::min(bits, 32 - p.shift);
  put(bench, base, p, inFirst, value);
  if (inFirst < bits)
    put(bench, base, {p.vgpr + 1, p.lane, 0}, bits - inFirst, value >> inFirst);
}

void load(Bench &bench, const Form &f, const Matrices &m) {
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned k = 0; k < f.K; ++k) {
      putWide(bench, aBase, placeOf(f, 'A', i, k), f.a.bits, m.a[i * f.K + k]);
      putWide(bench, bBase, placeOf(f, 'B', k, i), f.b.bits, m.b[k * f.M + i]);
    }
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned j = 0; j < f.M; ++j)
      put(bench, cBase, placeOf(f, 'C', i, j), 32, bits(m.c[i * f.M + j]));
}

float result(const Bench &bench, const Form &f, unsigned i, unsigned j) {
  Place p = placeOf(f, 'D', i, j);
  return f32(bench.v[dBase + p.vgpr][p.lane]);
}

std::string formats(const Form &f) {
  auto index = [](const Small &s) {
    for (unsigned n = 0; n < 5; ++n)
      if (std::string(ocp[n].name) == s.name)
        return std::to_string(n);
    return std::string();
  };
  return f.deep ? " cbsz:" + index(f.a) + " blgp:" + index(f.b) : "";
}

std::string textOf(const Form &f) {
  return f.name() + " " + range(dBase, f.dRegisters()) + ", " + range(aBase, f.registers(f.a)) + ", " +
         range(bBase, f.registers(f.b)) + ", " + range(cBase, f.dRegisters()) + formats(f);
}

std::vector<Form> formsOf(const std::string &chip) {
  std::vector<Form> out;
  const Small *eight = chip == "gfx942" ? fnuz : ocp;
  for (unsigned a = 0; a < 2; ++a)
    for (unsigned b = 0; b < 2; ++b) {
      out.push_back({16, 32, false, eight[a], eight[b]});
      out.push_back({32, 16, false, eight[a], eight[b]});
    }
  if (chip == "gfx950")
    for (const Small &a : ocp)
      for (const Small &b : ocp) {
        out.push_back({16, 128, true, a, b});
        out.push_back({32, 64, true, a, b});
      }
  return out;
}

// --- The published model ---------------------------------------------------------------------------------------------

struct Number {
  bool negative;
  int64_t magnitude; // in units of 2^(exponent - fraction bits)
  int exponent;
};
Number numberOf(uint32_t code, const Small &f) {
  uint32_t fraction = code & ((1u << f.fractionBits) - 1);
  int e = int(code >> f.fractionBits & ((1u << f.exponentBits) - 1));
  return {bool(code >> (f.bits - 1) & 1), int64_t(e ? fraction | 1u << f.fractionBits : fraction),
          (e ? e : 1) - f.bias};
}
__int128 floored(__int128 x, int down) {
  return down <= 0 ? x * (__int128(1) << -down) : down > 120 ? (x < 0 ? -1 : 0) : x >> down;
}
constexpr int nothing = -100000; // the exponent of a sum without terms

// Groups of 16; `scale` moves the products' exponents.
float modelGroup(const Form &f, const uint32_t *a, const std::vector<uint32_t> &b, int scale, float c) {
  int top[2] = {nothing, nothing};
  __int128 sum[2] = {0, 0};
  for (int pass = 0; pass < 2; ++pass)
    for (unsigned k = 0; k < 16; ++k) {
      Number x = numberOf(a[k], f.a), y = numberOf(b[k], f.b);
      if (!x.magnitude || !y.magnitude)
        continue;
      int e = x.exponent + y.exponent, h = k % 2;
      if (pass == 0) {
        top[h] = std::max(top[h], e);
        continue;
      }
      int shift = 24 - int(f.a.fractionBits + f.b.fractionBits) - (top[h] - e);
      __int128 magnitude = x.magnitude * y.magnitude;
      magnitude = shift >= 0 ? magnitude << shift : magnitude >> -shift; // toward zero
      sum[h] += x.negative != y.negative ? -magnitude : magnitude;
    }
  int most = std::max(top[0], top[1]);
  __int128 dot = 0;
  for (int h = 0; h < 2; ++h)
    if (top[h] != nothing)
      dot += floored(sum[h], most - top[h]);
  int exponent = most == nothing ? nothing : most + scale;
  uint32_t cBits = bits(c), cField = cBits >> 23 & 255;
  int64_t cMagnitude = cField ? (cBits & 0x7fffff) | 0x800000 : cBits & 0x7fffff;
  int cExponent = cMagnitude ? int(cField ? cField : 1) - 127 : nothing, all = std::max(exponent, cExponent);
  if (all == nothing)
    return 0;
  __int128 products = exponent == nothing ? 0 : floored(dot, all - exponent - 7);
  __int128 addend =
      cExponent < all - 25 ? 0 : floored(cBits >> 31 ? -cMagnitude : cMagnitude, all - cExponent - 1) * 128;
  return float(std::ldexp((long double)(products + addend), all - 31));
}

float model(const Form &f, const Matrices &m, unsigned i, unsigned j) {
  float sum = m.c[i * f.M + j];
  double ieee = sum;
  bool special = !std::isfinite(sum);
  for (unsigned k = 0; k < f.K; ++k) {
    double x = valueOf(m.a[i * f.K + k], f.a), y = valueOf(m.b[k * f.M + j], f.b);
    double scale = m.aScale.empty() ? 1 : 0;
    if (!m.aScale.empty()) {
      int sa = m.aScale[k / 32 * f.M + i], sb = m.bScale[k / 32 * f.M + j];
      scale = sa == 128 || sb == 128 ? NAN : std::ldexp(1.0, sa + sb);
    }
    special |= !std::isfinite(x) || !std::isfinite(y) || std::isnan(scale);
    ieee += x * y * scale;
  }
  if (special)
    return float(ieee);
  for (unsigned first = 0; first < f.K; first += 16) {
    std::vector<uint32_t> column;
    for (unsigned k = first; k < first + 16; ++k)
      column.push_back(m.b[k * f.M + j]);
    int scale = m.aScale.empty() ? 0 : m.aScale[first / 32 * f.M + i] + m.bScale[first / 32 * f.M + j];
    sum = modelGroup(f, &m.a[i * f.K + first], column, scale, sum);
  }
  return sum;
}

bool same(float got, float expected) {
  return std::isnan(expected) ? bits(got) == 0x7fc00000 : bits(got) == bits(expected) || (got == 0 && expected == 0);
}

enum class Draw { any, finite, near, sparse };
Matrices draw(const Form &f, Draw how, std::mt19937_64 &random) {
  Matrices m;
  auto code = [&](const Small &s) {
    for (;;) {
      uint32_t x = uint32_t(random()) & ((1u << s.bits) - 1);
      if (how == Draw::sparse && random() % 4)
        return 0u;
      double v = valueOf(x, s);
      if (how == Draw::any || (std::isfinite(v) && (how != Draw::near || (std::fabs(v) >= 0.5 && std::fabs(v) <= 2))))
        return x;
    }
  };
  std::normal_distribution<float> normal;
  for (unsigned n = 0; n < f.M * f.K; ++n) {
    m.a.push_back(code(f.a));
    m.b.push_back(code(f.b));
  }
  for (unsigned n = 0; n < f.M * f.M; ++n)
    m.c.push_back(how == Draw::near ? normal(random) : std::ldexp(normal(random), int(random() % 60) - 30));
  if (how == Draw::sparse)
    for (float &x : m.c)
      x = random() % 2 ? 0.0f : x;
  return m;
}

void check(Bench &bench, const Form &f, const Matrices &m, const std::string &text) {
  ASSERT_EQ(bench.run(text), "") << text;
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned j = 0; j < f.M; ++j) {
      float expected = model(f, m, i, j), got = result(bench, f, i, j);
      ASSERT_TRUE(same(got, expected)) << bench.chip << " " << text << " D[" << i << "][" << j << "]: got " << got
                                       << ", expected " << expected;
    }
}

TEST(MfmaSmall, exactFollowsThePublishedModel) {
  std::mt19937_64 random(1);
  for (const std::string &chip : bothChips)
    for (const Form &f : formsOf(chip))
      for (Draw how : {Draw::near, Draw::finite, Draw::sparse}) {
        Bench bench(chip);
        bench.setExec(0x123); // which a product ignores
        Matrices m = draw(f, how, random);
        load(bench, f, m);
        check(bench, f, m, textOf(f));
      }
}

// Accumulators of any size, denormal and infinite ones too; NaNs and infinities among the codes.
TEST(MfmaSmall, extremesAndSpecials) {
  std::mt19937_64 random(2);
  for (const std::string &chip : bothChips)
    for (const Form &f : formsOf(chip)) {
      if (f.deep && f.a.bits != 8 && f.b.bits != 8 && f.K == 64)
        continue; // nothing special in the formats, and the other shape is there
      Bench bench(chip);
      Matrices m = draw(f, Draw::finite, random);
      for (float &c : m.c)
        c = f32(uint32_t(random()));
      m.c[0] = INFINITY;
      m.c[1] = NAN;
      m.c[2] = f32(3); // a denormal
      m.c[3] = f32(0x7f7fffff);
      load(bench, f, m);
      check(bench, f, m, textOf(f));
      // One code of each kind in a row of A and a column of B: others must stay as they were.
      Matrices n = draw(f, Draw::near, random);
      for (unsigned x = 0; x < 8; ++x) {
        n.a[(x + 2) * f.K + x] = (0x7bu + x) & ((1u << f.a.bits) - 1);
        n.b[x * f.M + 5 + x] = (0xfcu + x % 4) & ((1u << f.b.bits) - 1);
      }
      n.a[1 * f.K] = 0x80 & ((1u << f.a.bits) - 1);
      load(bench, f, n);
      check(bench, f, n, textOf(f));
    }
}

// Integers small enough that every arithmetic is exact.
TEST(MfmaSmall, fastIsExactOnIntegersAndCloseOtherwise) {
  std::mt19937_64 random(3);
  for (const std::string &chip : bothChips)
    for (const Form &f : formsOf(chip)) {
      Bench bench(chip);
      Matrices m = draw(f, Draw::near, random);
      load(bench, f, m);
      bench.wave.fastMfma = true;
      ASSERT_EQ(bench.run(textOf(f)), "");
      for (unsigned i = 0; i < f.M; ++i)
        for (unsigned j = 0; j < f.M; ++j)
          ASSERT_NEAR(result(bench, f, i, j), model(f, m, i, j), f.K * 4 * 0x1p-22) << textOf(f);
      m = draw(f, Draw::any, random);
      load(bench, f, m);
      ASSERT_EQ(bench.run(textOf(f)), "");
      for (unsigned i = 0; i < f.M; ++i)
        for (unsigned j = 0; j < f.M; ++j) {
          float got = result(bench, f, i, j), expected = model(f, m, i, j);
          double size = std::fabs(m.c[i * f.M + j]);
          for (unsigned k = 0; k < f.K; ++k)
            size += std::fabs(valueOf(m.a[i * f.K + k], f.a) * valueOf(m.b[k * f.M + j], f.b));
          if (std::isfinite(expected))
            ASSERT_NEAR(got, expected, size * f.K * 0x1p-22) << textOf(f);
          else
            ASSERT_TRUE(std::isnan(expected) ? std::isnan(got) : got == expected) << textOf(f);
        }
    }
}

// A block's scale is a byte of lane row + M * block; op_sel and op_sel_hi choose it.
TEST(MfmaSmall, blockScales) {
  std::mt19937_64 random(4);
  for (const Form &f : formsOf("gfx950")) {
    if (!f.deep)
      continue;
    for (unsigned byte = 0; byte < 4; ++byte)
      for (int spread : {3, 30, 127}) {
        Bench bench("gfx950");
        Matrices m = draw(f, byte % 2 ? Draw::near : Draw::finite, random);
        unsigned byteB = (byte + 1) % 4;
        for (unsigned l = 0; l < lanes; ++l) {
          bench.v[scaleA][l] = uint32_t(random());
          bench.v[scaleB][l] = uint32_t(random());
        }
        auto scale = [&](unsigned reg, unsigned at, unsigned lane) {
          int e = int(random() % (2 * spread + 1)) - spread;
          if (spread == 127 && random() % 64 == 0)
            e = 128;
          uint32_t &word = bench.v[reg][lane];
          word = (word & ~(0xffu << 8 * at)) | uint32_t(e + 127) << (8 * at);
          return e;
        };
        for (unsigned block = 0; block < f.K / 32; ++block)
          for (unsigned r = 0; r < f.M; ++r) {
            m.aScale.push_back(scale(scaleA, byte, r + f.M * block));
            m.bScale.push_back(scale(scaleB, byteB, r + f.M * block));
          }
        load(bench, f, m);
        auto bit = [](unsigned x, unsigned n) { return std::to_string(x >> n & 1); };
        std::string text = f.name(true) + " " + range(dBase, f.dRegisters()) + ", " + range(aBase, f.registers(f.a)) +
                           ", " + range(bBase, f.registers(f.b)) + ", " + range(cBase, f.dRegisters()) + ", v" +
                           std::to_string(scaleA) + ", v" + std::to_string(scaleB) + " op_sel:[" + bit(byte, 0) + "," +
                           bit(byteB, 0) + ",0] op_sel_hi:[" + bit(byte, 1) + "," + bit(byteB, 1) + ",0]" + formats(f);
        check(bench, f, m, text);
      }
  }
}

TEST(MfmaSmall, agprsAndConstantAccumulator) {
  for (const std::string &chip : bothChips) {
    Bench bench(chip, /*accumOffset=*/256);
    uint32_t one = chip == "gfx942" ? 0x40 : 0x38;
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned r = 0; r < 2; ++r) {
        bench.v[256 + r][l] = one * 0x01010101u;
        bench.v[r][l] = (one + 8) * 0x01010101u; // 2
      }
    ASSERT_EQ(bench.run("v_mfma_f32_16x16x32_fp8_fp8 a[4:7], a[0:1], v[0:1], 1.0"), "");
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned r = 0; r < 4; ++r)
        ASSERT_EQ(f32(bench.v[260 + r][l]), 65.0f);
  }
}

} // namespace
} // namespace pa::emu::test
