// Instructions that graphics, video and older compilers use, dot products of floats, and scalar memory that is written.
#include "Bench.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

using llvm::APFloat;
using llvm::APInt;
constexpr auto nearest = APFloat::rmNearestTiesToEven;

APFloat half(uint32_t x) { return APFloat(APFloat::IEEEhalf(), APInt(16, x & 0xffff)); }
APFloat bfloat(uint32_t x) { return APFloat(APFloat::BFloat(), APInt(16, x & 0xffff)); }
APFloat single(uint32_t x) { return APFloat(APFloat::IEEEsingle(), APInt(32, x)); }
APFloat widened(APFloat x) {
  bool lost;
  x.convert(APFloat::IEEEsingle(), nearest, &lost);
  return x;
}
bool same(uint32_t got, const APFloat &expected, unsigned width = 32) {
  if (expected.isNaN())
    return APFloat(expected.getSemantics(), APInt(width, got & uint32_t((1ull << width) - 1))).isNaN();
  return (got & uint32_t((1ull << width) - 1)) == expected.bitcastToAPInt().getZExtValue();
}

// --- Dot products of floats ----------------------------------------------------------------------------------------

struct Dot {
  const char *text;
  bool brain; // bf16
  // Products low and high, and the sum in v2 or in the destination, in the manual's order.
  std::function<APFloat(APFloat, APFloat, APFloat)> sum;
  bool negated = false;
};

TEST(Dot, floatsInTheManualsOrder) {
  // Denormals are flushed, sources' and results', whatever MODE says.
  auto flushed = [](const APFloat &x) {
    return x.isDenormal() ? APFloat::getZero(x.getSemantics(), x.isNegative()) : x;
  };
  auto sum = [&](APFloat x, const APFloat &y) {
    x.add(y, nearest);
    return flushed(x);
  };
  auto sumFirst = [&](APFloat low, APFloat high, APFloat c) { return sum(sum(c, low), high); };
  auto sumLast = [&](APFloat low, APFloat high, APFloat c) { return sum(sum(low, high), c); };
  const Dot all[] = {{"v_dot2_f32_f16 v10, v0, v1, v2", false, sumFirst},
                     {"v_dot2_f32_f16 v10, v0, v1, v2 neg_lo:[1,0,0] neg_hi:[1,0,0]", false, sumFirst, true},
                     {"v_dot2c_f32_f16 v10, v0, v1", false, sumFirst},
                     {"v_dot2_f32_bf16 v10, v0, v1, v2", true, sumLast},
                     {"v_dot2c_f32_bf16 v10, v0, v1", true, sumFirst}};
  std::mt19937_64 random(1);
  for (const Dot &d : all)
    for (unsigned round = 0; round < 20; ++round) {
      Bench bench("gfx950");
      for (unsigned l = 0; l < lanes; ++l) {
        // Exponents near each other, so that rounding decides; any bits in the last rounds.
        uint32_t keep = round < 16 ? (d.brain ? 0x83ff83ffu : 0xbfffbfffu) : ~0u, base = d.brain ? 0x3c003c00u : 0;
        bench.v[0][l] = (uint32_t(random()) & keep) | (round < 16 ? base : 0);
        bench.v[1][l] = (uint32_t(random()) & keep) | (round < 16 ? base : 0);
        bench.v[2][l] = bench.v[10][l] =
            round < 16 ? bits(std::ldexp(float(random() % 2001) - 1000, -9)) : uint32_t(random());
      }
      Bench before("gfx950");
      std::memcpy(before.v, bench.v, sizeof bench.v[0] * 12);
      ASSERT_EQ(bench.run(d.text), "");
      for (unsigned l = 0; l < lanes; ++l) {
        auto product = [&](unsigned shift) {
          uint32_t a = before.v[0][l] >> shift, b = before.v[1][l] >> shift;
          APFloat x = widened(flushed(d.brain ? bfloat(a) : half(a))),
                  y = widened(flushed(d.brain ? bfloat(b) : half(b)));
          if (d.negated)
            x.changeSign();
          x.multiply(y, nearest);
          return flushed(x);
        };
        APFloat expected = d.sum(product(0), product(16), flushed(single(before.v[2][l])));
        if (expected.isSmallestNormalized()) // whether it was tiny before it was rounded is the host's own
          continue;
        ASSERT_TRUE(same(bench.v[10][l], expected))
            << d.text << std::hex << " " << before.v[0][l] << " " << before.v[1][l] << " " << before.v[2][l] << " got "
            << bench.v[10][l];
      }
    }
}

// --- Cube maps, conversions, legacy halves
// -----------------------------------------------------------------------------

TEST(Rare, cubeFaces) {
  // Points on each face, the axes' largest coordinate first: manual's table of face, S, T and major axis.
  struct Point {
    float x, y, z, face, s, t, axis;
  };
  const Point points[] = {{3, 1, 2, 0, -2, -1, 6},    {-3, 1, 2, 1, 2, -1, -6}, {1, 3, 2, 2, 1, 2, 6},
                          {1, -3, 2, 3, 1, -2, -6},   {1, 2, 3, 4, 1, -2, 6},   {1, 2, -3, 5, -1, -2, -6},
                          {2, 2, 2, 4, 2, -2, 4},     {-2, 2, 1, 2, -2, 1, 4},  {0, 0, 0, 4, 0, 0, 0},
                          {-5, -5, -5, 5, 5, 5, -10}, {5, -5, 1, 3, 5, -1, -10}};
  for (const Point &p : points) {
    Bench bench("gfx942");
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = bits(p.x);
      bench.v[1][l] = bits(p.y);
      bench.v[2][l] = bits(p.z);
    }
    ASSERT_EQ(bench.run("v_cubeid_f32 v10, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_cubesc_f32 v11, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_cubetc_f32 v12, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_cubema_f32 v13, v0, v1, v2"), "");
    EXPECT_EQ(f32(bench.v[10][5]), p.face);
    EXPECT_EQ(f32(bench.v[11][5]), p.s) << p.x << " " << p.y << " " << p.z;
    EXPECT_EQ(f32(bench.v[12][5]), p.t) << p.x << " " << p.y << " " << p.z;
    EXPECT_EQ(f32(bench.v[13][5]), p.axis);
  }
}

TEST(Rare, offsetsOfFourBits) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[0][l] = l | 0xabcd00;
  ASSERT_EQ(bench.run("v_cvt_off_f32_i4 v1, v0"), "");
  for (unsigned l = 0; l < lanes; ++l)
    EXPECT_EQ(f32(bench.v[1][l]), (l & 8 ? int(l & 15) - 16 : int(l & 15)) / 16.0f);
}

TEST(Rare, halvesUnfusedAndFused) {
  std::mt19937_64 random(2);
  for (unsigned round = 0; round < 40; ++round) {
    Bench bench("gfx942");
    auto a = interestingF16(random, lanes), b = interestingF16(random, lanes), c = interestingF16(random, lanes);
    std::shuffle(b.begin(), b.end(), random);
    std::shuffle(c.begin(), c.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = a[l];
      bench.v[1][l] = b[l];
      bench.v[2][l] = bench.v[10][l] = c[l] | 0x55550000;
      for (unsigned r = 11; r < 17; ++r)
        bench.v[r][l] = 0x77777777;
    }
    ASSERT_EQ(bench.run("v_mac_f16 v10, v0, v1"), "");
    ASSERT_EQ(bench.run("v_mad_f16 v11, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_mad_legacy_f16 v12, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_fma_legacy_f16 v13, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_madak_f16 v14, v0, v1, 0x4248"), ""); // 3.14
    ASSERT_EQ(bench.run("v_madmk_f16 v15, v0, 0x4248, v1"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      auto unfused = [](APFloat x, const APFloat &y, const APFloat &z) {
        x.multiply(y, nearest);
        x.add(z, nearest);
        return x;
      };
      APFloat fused = half(a[l]);
      fused.fusedMultiplyAdd(half(b[l]), half(c[l]), nearest);
      APFloat mad = unfused(half(a[l]), half(b[l]), half(c[l]));
      ASSERT_TRUE(same(bench.v[10][l], mad, 16)) << std::hex << a[l] << " " << b[l] << " " << c[l];
      ASSERT_TRUE(same(bench.v[11][l], mad, 16));
      ASSERT_TRUE(same(bench.v[12][l], mad, 16));
      ASSERT_TRUE(same(bench.v[13][l], fused, 16));
      ASSERT_TRUE(same(bench.v[14][l], unfused(half(a[l]), half(b[l]), half(0x4248)), 16));
      ASSERT_TRUE(same(bench.v[15][l], unfused(half(a[l]), half(0x4248), half(b[l])), 16));
      // gfx9's own keep the upper half; the legacy ones zero it.
      for (unsigned r : {10u, 11u, 14u, 15u})
        ASSERT_EQ(bench.v[r][l] >> 16, r == 10 ? 0x5555u : 0x7777u) << r;
      ASSERT_EQ(bench.v[12][l] >> 16 | bench.v[13][l] >> 16, 0u);
    }
  }
}

TEST(Rare, divisionsFixUpOfHalves) {
  std::mt19937_64 random(8);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 10; ++round) {
    for (unsigned r = 1; r < 3; ++r) {
      auto x = interestingF16(random, lanes);
      std::shuffle(x.begin(), x.end(), random);
      for (unsigned l = 0; l < lanes; ++l)
        bench.v[r][l] = x[l];
    }
    std::vector<APFloat> quotients;
    for (unsigned l = 0; l < lanes; ++l) {
      quotients.push_back(half(bench.v[2][l]));
      quotients.back().divide(half(bench.v[1][l]), nearest);
      bool ordinary = half(bench.v[1][l]).isFiniteNonZero() && half(bench.v[2][l]).isFiniteNonZero();
      // What the division's steps leave: the sign is fixed too, and where there is no quotient anything may stand.
      bench.v[0][l] =
          uint32_t(ordinary ? quotients.back().bitcastToAPInt().getZExtValue() ^ (random() & 0x8000) : random());
      bench.v[10][l] = bench.v[11][l] = 0x77777777;
    }
    ASSERT_EQ(bench.run("v_div_fixup_f16 v10, v0, v1, v2"), "");
    ASSERT_EQ(bench.run("v_div_fixup_legacy_f16 v11, v0, v1, v2"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      ASSERT_TRUE(same(bench.v[10][l], quotients[l], 16)) << std::hex << bench.v[2][l] << " / " << bench.v[1][l];
      ASSERT_EQ(bench.v[10][l] >> 16, 0x7777u);
      ASSERT_EQ(bench.v[11][l], bench.v[10][l] & 0xffff);
    }
  }
}

// Of packed conversions, clamp is each half's and omod nobody's.
TEST(Rare, packedConversionsClamp) {
  struct Pair {
    const char *name;
    const llvm::fltSemantics &semantics;
    llvm::RoundingMode rounding;
  };
  const Pair pairs[] = {{"v_cvt_pkrtz_f16_f32", APFloat::IEEEhalf(), APFloat::rmTowardZero},
                        {"v_cvt_pk_f16_f32", APFloat::IEEEhalf(), nearest},
                        {"v_cvt_pk_bf16_f32", APFloat::BFloat(), nearest}};
  std::mt19937_64 random(9);
  for (const Pair &p : pairs)
    for (bool clamp : {false, true}) {
      Bench bench("gfx950");
      bench.setMode(0x1c0); // omod would count in a single float
      std::vector<uint32_t> x[2];
      for (unsigned n = 0; n < 2; ++n) {
        x[n] = interestingF32(random, lanes);
        std::shuffle(x[n].begin(), x[n].end(), random);
        for (uint32_t &v : x[n]) {
          v = v & 0x7f800000 ? v : 0x3f000000;
          bench.v[n][size_t(&v - x[n].data())] = v;
        }
      }
      ASSERT_EQ(bench.run(std::string(p.name) + "_e64 v10, v0, v1" + (clamp ? " clamp" : "")), "") << p.name;
      ASSERT_EQ(bench.run(std::string(p.name) + "_e64 v11, v0, v1" + (clamp ? " clamp" : "") + " mul:2"), "") << p.name;
      for (unsigned l = 0; l < lanes; ++l) {
        for (unsigned n = 0; n < 2; ++n) {
          APFloat expected = single(x[n][l]), one(1.0f);
          if (clamp && (expected.isNaN() || expected.isNegative()))
            expected = APFloat(0.0f);
          if (clamp && expected.compare(one) == APFloat::cmpGreaterThan)
            expected = one;
          bool lost;
          expected.convert(p.semantics, p.rounding, &lost);
          ASSERT_TRUE(same(bench.v[10][l] >> (16 * n), expected, 16)) << p.name << std::hex << " " << x[n][l];
        }
        ASSERT_EQ(bench.v[11][l], bench.v[10][l]);
      }
    }
}

// [-1, 1] and [0, 1] to 16 bits: the nearest, of exact products.
TEST(Rare, normalisedConversions) {
  std::mt19937_64 random(10);
  auto expected = [](APFloat x, bool isSigned) {
    bool lost;
    x.convert(APFloat::IEEEdouble(), nearest, &lost);
    double limited = x.isNaN() ? 0 : std::min(1.0, std::max(isSigned ? -1.0 : 0.0, x.convertToDouble()));
    APFloat product(limited);
    product.multiply(APFloat(isSigned ? 32767.0 : 65535.0), nearest);
    llvm::APSInt out(32, false);
    bool exact;
    product.convertToInteger(out, nearest, &exact);
    return uint32_t(out.getExtValue()) & 0xffff;
  };
  for (unsigned round = 0; round < 50; ++round) {
    Bench bench("gfx942");
    bench.setMode(0x3f0 | 0xf); // rounds to nearest whatever MODE says
    auto x = interestingF32(random, lanes), y = interestingF32(random, lanes);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = round % 2 ? x[l] : bits(float(std::ldexp(double(random() % 4000001) - 2000000, -20)));
      bench.v[1][l] = round % 2 ? y[lanes - 1 - l] : bits(0.5f * float(int(l % 5) - 2));
    }
    ASSERT_EQ(bench.run("v_cvt_pknorm_i16_f32 v10, v0, -v1"), "");
    ASSERT_EQ(bench.run("v_cvt_pknorm_u16_f32 v11, v0, |v1|"), "");
    ASSERT_EQ(bench.run("v_cvt_pknorm_i16_f16 v12, v0, v1 op_sel:[1,0,0]"), "");
    ASSERT_EQ(bench.run("v_cvt_pknorm_u16_f16 v13, v0, v1 op_sel:[0,1,0]"), "");
    ASSERT_EQ(bench.run("v_cvt_norm_i16_f16 v14, v0"), "");
    ASSERT_EQ(bench.run("v_cvt_norm_u16_f16_sdwa v15, v0 dst_sel:WORD_1 dst_unused:UNUSED_PAD src0_sel:WORD_1"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      uint32_t a = bench.v[0][l], b = bench.v[1][l];
      ASSERT_EQ(bench.v[10][l], expected(single(a), true) | expected(single(b ^ 1u << 31), true) << 16);
      ASSERT_EQ(bench.v[11][l], expected(single(a), false) | expected(single(b & ~(1u << 31)), false) << 16);
      ASSERT_EQ(bench.v[12][l], expected(half(a >> 16), true) | expected(half(b), true) << 16);
      ASSERT_EQ(bench.v[13][l], expected(half(a), false) | expected(half(b >> 16), false) << 16);
      ASSERT_EQ(bench.v[14][l], expected(half(a), true));
      ASSERT_EQ(bench.v[15][l], expected(half(a >> 16), false) << 16);
    }
  }
}

TEST(Rare, packedFusedMultiplyAdd) {
  std::mt19937_64 random(3);
  Bench bench("gfx942");
  bench.setExec(0xffffffffffff0f0full);
  std::vector<uint32_t> old(lanes);
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = uint32_t(random()) & 0xbfffbfff;
    bench.v[1][l] = uint32_t(random()) & 0xbfffbfff;
    bench.v[2][l] = old[l] = uint32_t(random()) & 0xbfffbfff;
  }
  bool mirrored = false;
  auto check = [&] {
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned shift : {0u, 16u}) {
        unsigned from = mirrored ? l ^ 15 : l;
        APFloat x = half(bench.v[0][from] >> shift);
        x.fusedMultiplyAdd(half(bench.v[1][l] >> shift), half(old[l] >> shift), nearest);
        uint32_t got = bench.v[2][l] >> shift;
        if (bench.wave.exec() >> l & bench.wave.exec() >> from & 1)
          ASSERT_TRUE(same(got, x, 16));
        else
          ASSERT_EQ(bench.v[2][l], old[l]);
      }
  };
  ASSERT_EQ(bench.run("v_pk_fmac_f16 v2, v0, v1"), "");
  check();
  std::memcpy(bench.v[2], old.data(), sizeof bench.v[2]);
  mirrored = true;
  ASSERT_EQ(bench.run("v_pk_fmac_f16_dpp v2, v0, v1 row_mirror row_mask:0xf bank_mask:0xf"), "");
  check();
}

TEST(Rare, fractionsOfDoubles) {
  std::mt19937_64 random(4);
  Bench bench("gfx942");
  auto x = interestingF64(random, lanes);
  for (unsigned l = 0; l < lanes; ++l)
    bench.setV64(0, l, x[l]);
  ASSERT_EQ(bench.run("v_fract_f64 v[2:3], v[0:1]"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    double in = f64(x[l]), got = f64(bench.v64(2, l));
    if (!std::isfinite(in)) {
      EXPECT_TRUE(std::isnan(got));
      continue;
    }
    EXPECT_EQ(got, std::min(in - std::floor(in), 0x1.fffffffffffffp-1));
  }
}

// 2/pi with 1300 bits after the point, by Machin's formula for pi.
APInt twoOverPi() {
  constexpr unsigned width = 2800, point = 1300;
  auto inverseTangent = [&](uint64_t x) {
    APInt term = APInt(width, 1).shl(point + 40).udiv(APInt(width, x)), sum = term;
    for (uint64_t n = 1; term != 0; ++n) {
      term = term.udiv(APInt(width, x * x));
      APInt part = term.udiv(APInt(width, 2 * n + 1));
      sum = n % 2 ? sum - part : sum + part;
    }
    return sum;
  };
  APInt pi = (inverseTangent(5) * 4 - inverseTangent(239)) * 4;
  return APInt(width, 2).shl(2 * point + 40).udiv(pi);
}

TEST(Rare, trigonometricPreparation) {
  APInt bitsOfTwoOverPi = twoOverPi();
  std::mt19937_64 random(5);
  for (unsigned part = 0; part < 20; ++part) {
    Bench bench("gfx942");
    std::vector<int> exponents;
    for (unsigned l = 0; l < lanes; ++l) {
      int e = l < 8 ? int(l) * 10 : 60 + int(random() % 960);
      exponents.push_back(e);
      bench.setV64(0, l, bits(std::ldexp(1.0 + double(random() % 1000) / 1000, e)));
      bench.v[2][l] = part;
    }
    ASSERT_EQ(bench.run("v_trig_preop_f64 v[4:5], v[0:1], v2"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      int biased = exponents[l] + 1023, shift = int(part) * 53 + std::max(0, biased - 1077);
      int scale = -53 - shift + (biased >= 1968 ? 128 : 0);
      uint64_t window = 0; // 53 bits, `shift` after the point; the constant has 1201
      for (int n = 0; n < 53; ++n)
        window = window << 1 | (shift + n < 1201 ? uint64_t(bitsOfTwoOverPi[1300 - 1 - unsigned(shift + n)]) : 0);
      EXPECT_EQ(f64(bench.v64(4, l)), std::ldexp(double(window), scale)) << part << " " << exponents[l];
    }
  }
}

TEST(Rare, legacyExponentialAndLogarithm) {
  std::mt19937_64 random(6);
  Bench bench("gfx942");
  auto x = interestingF32(random, lanes);
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[0][l] = x[l];
  for (const char *name : {"exp", "log"}) {
    ASSERT_EQ(bench.run(std::string("v_") + name + "_legacy_f32 v1, v0"), "");
    ASSERT_EQ(bench.run(std::string("v_") + name + "_f32 v2, v0"), "");
    for (unsigned l = 0; l < lanes; ++l)
      EXPECT_TRUE(bench.v[1][l] == bench.v[2][l]);
  }
}

TEST(Rare, quadSadsOf32Bits) {
  std::mt19937_64 random(7);
  for (bool clamp : {false, true}) {
    Bench bench("gfx942");
    for (unsigned l = 0; l < lanes; ++l) {
      bench.setV64(0, l, random());
      bench.v[2][l] = uint32_t(random()) & (l % 2 ? ~0u : 0xff00ff);
      for (unsigned d = 0; d < 4; ++d)
        bench.v[4 + d][l] = d % 2 ? 0xffffff00u + uint32_t(random() % 256) : uint32_t(random());
    }
    ASSERT_EQ(bench.run(std::string("v_mqsad_u32_u8 v[8:11], v[0:1], v2, v[4:7]") + (clamp ? " clamp" : "")), "");
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned n = 0; n < 4; ++n) {
        uint64_t sum = bench.v[4 + n][l];
        for (unsigned byte = 0; byte < 4; ++byte) {
          int a = int(bench.v64(0, l) >> (8 * (n + byte)) & 255), b = int(bench.v[2][l] >> (8 * byte) & 255);
          sum += b ? uint64_t(std::abs(a - b)) : 0;
        }
        EXPECT_EQ(bench.v[8 + n][l], clamp ? uint32_t(std::min<uint64_t>(sum, 0xffffffff)) : uint32_t(sum));
      }
  }
}

// --- Scalars ---------------------------------------------------------------------------------------------------------

TEST(Rare, conditionsAndAperturesAsSources) {
  Bench bench("gfx942");
  bench.setS64(sreg::vcc, 0);
  ASSERT_EQ(bench.run("s_mov_b32 s4, src_vccz"), "");
  ASSERT_EQ(bench.run("s_mov_b32 s5, src_execz"), "");
  EXPECT_EQ(bench.s[4], 1u);
  EXPECT_EQ(bench.s[5], 0u);
  bench.setS64(sreg::vcc, 1ull << 40);
  ASSERT_EQ(bench.run("v_mov_b32 v0, src_vccz"), "");
  EXPECT_EQ(bench.v[0][7], 0u);
  bench.setExec(0);
  ASSERT_EQ(bench.run("s_mov_b32 s5, src_execz"), "");
  EXPECT_EQ(bench.s[5], 1u);
  ASSERT_EQ(bench.run("s_mov_b64 s[6:7], src_shared_base"), "");
  ASSERT_EQ(bench.run("s_mov_b64 s[8:9], src_shared_limit"), "");
  EXPECT_EQ(bench.s64(8), bench.s64(6) | 0xffffffff);
}

TEST(Rare, relativeScalarMoves) {
  Bench bench("gfx942");
  for (unsigned r = 0; r < 20; ++r)
    bench.s[r] = 100 + r;
  bench.s[sreg::m0] = 4;
  ASSERT_EQ(bench.run("s_movrels_b32 s0, s1"), "");
  EXPECT_EQ(bench.s[0], 105u);
  ASSERT_EQ(bench.run("s_movreld_b32 s1, s2"), "");
  EXPECT_EQ(bench.s[5], 102u);
  ASSERT_EQ(bench.run("s_movrels_b64 s[12:13], s[2:3]"), "");
  EXPECT_EQ(bench.s64(12), 107ull << 32 | 106);
  ASSERT_EQ(bench.run("s_movreld_b64 s[14:15], s[2:3]"), "");
  EXPECT_EQ(bench.s64(18), 103ull << 32 | 102);
  bench.s[sreg::m0] = 102;
  EXPECT_NE(bench.run("s_movrels_b32 s0, s1"), "");
}

struct ScalarMemory : testing::Test {
  Bench bench{"gfx942"};
  uint64_t base = 0;
  ScalarMemory() {
    Result<uint64_t> a = bench.memory.allocate("data", 8192);
    base = a ? *a : 0;
    bench.setS64(0, base);
    // A resource of 64 bytes over it.
    bench.setS64(4, base);
    bench.s[6] = 64;
    bench.s[7] = 0x20000;
  }
  uint64_t at(uint64_t offset, unsigned bytes) {
    uint64_t x = 0;
    EXPECT_TRUE(bool(bench.memory.read(base + offset, &x, bytes)));
    return x;
  }
};

// A swizzled buffer keeps a structure's dwords apart: those of 8, 16, 32 or 64 neighbours lie side by side.
TEST_F(ScalarMemory, swizzledBuffers) {
  constexpr unsigned stride = 16, records = 60;
  for (unsigned code = 0; code < 4; ++code)
    for (bool addLane : {false, true}) {
      unsigned neighbours = 8u << code;
      bench.setS64(4, base | uint64_t(stride) << 48 | 1ull << 63);
      bench.s[6] = records;
      bench.s[7] = code << 21 | uint32_t(addLane) << 23;
      std::vector<uint8_t> zeros(8192), expected(8192), got(8192);
      ASSERT_TRUE(bool(bench.memory.write(base, zeros.data(), zeros.size())));
      for (unsigned l = 0; l < lanes; ++l) {
        unsigned index = addLane ? l : 63 - l;
        bench.v[0][l] = 1000 + l;
        bench.v[2][l] = addLane ? 0 : index;
        bench.v[3][l] = 4 * (l % 5); // the fifth dword is past the stride
        if (index >= records || l % 5 == 4)
          continue;
        unsigned block = index / neighbours, row = l % 5, column = index % neighbours;
        std::memcpy(&expected[block * neighbours * stride + row * neighbours * 4 + column * 4], &bench.v[0][l], 4);
      }
      ASSERT_EQ(bench.run("buffer_store_dword v0, v[2:3], s[4:7], 0 idxen offen"), "");
      ASSERT_TRUE(bool(bench.memory.read(base, got.data(), got.size())));
      EXPECT_EQ(got, expected) << neighbours;
      ASSERT_EQ(bench.run("buffer_load_ushort v1, v[2:3], s[4:7], 0 idxen offen"), "");
      for (unsigned l = 0; l < lanes; ++l)
        EXPECT_EQ(bench.v[1][l], bench.v[2][l] + (addLane ? l : 0) < records && l % 5 != 4 ? 1000 + l : 0);
    }
  EXPECT_NE(bench.run("buffer_load_dwordx2 v[0:1], v[2:3], s[4:7], 0 idxen offen"), ""); // more than an element
}

TEST_F(ScalarMemory, stores) {
  for (unsigned r = 0; r < 4; ++r)
    bench.s[20 + r] = 0x11111111 * (r + 1);
  bench.s[10] = 32;
  ASSERT_EQ(bench.run("s_store_dword s20, s[0:1], 0x10"), "");
  ASSERT_EQ(bench.run("s_store_dwordx2 s[20:21], s[0:1], s10"), "");
  ASSERT_EQ(bench.run("s_store_dwordx4 s[20:23], s[0:1], 0x100 glc"), "");
  ASSERT_EQ(bench.run("s_scratch_store_dword s21, s[0:1], s10"), ""); // 64 bytes a unit
  EXPECT_EQ(at(0x10, 4), 0x11111111u);
  EXPECT_EQ(at(32, 8), 0x2222222211111111ull);
  EXPECT_EQ(at(0x108, 8), 0x4444444433333333ull);
  EXPECT_EQ(at(32 * 64, 4), 0x22222222u);
  ASSERT_EQ(bench.run("s_scratch_load_dword s30, s[0:1], s10"), "");
  EXPECT_EQ(bench.s[30], 0x22222222u);
  // Past a resource's records nothing is written.
  ASSERT_EQ(bench.run("s_buffer_store_dwordx4 s[20:23], s[4:7], 0x38"), "");
  EXPECT_EQ(at(0x38, 8), 0x2222222211111111ull);
  EXPECT_EQ(at(0x40, 8), 0u);
  EXPECT_NE(bench.run("s_store_dword s20, s[0:1], 0x2000"), "");
}

TEST_F(ScalarMemory, atomics) {
  struct Case {
    const char *name;
    std::function<uint64_t(uint64_t, uint64_t)> f; // of memory and data, 64 bits
    std::function<uint32_t(uint32_t, uint32_t)> f32;
  };
  using u64 = uint64_t;
  using u32 = uint32_t;
  const Case all[] = {
      {"swap", [](u64, u64 d) { return d; }, [](u32, u32 d) { return d; }},
      {"add", [](u64 m, u64 d) { return m + d; }, [](u32 m, u32 d) { return m + d; }},
      {"sub", [](u64 m, u64 d) { return m - d; }, [](u32 m, u32 d) { return m - d; }},
      {"smin", [](u64 m, u64 d) { return int64_t(m) < int64_t(d) ? m : d; },
       [](u32 m, u32 d) { return int32_t(m) < int32_t(d) ? m : d; }},
      {"umin", [](u64 m, u64 d) { return std::min(m, d); }, [](u32 m, u32 d) { return std::min(m, d); }},
      {"smax", [](u64 m, u64 d) { return int64_t(m) > int64_t(d) ? m : d; },
       [](u32 m, u32 d) { return int32_t(m) > int32_t(d) ? m : d; }},
      {"umax", [](u64 m, u64 d) { return std::max(m, d); }, [](u32 m, u32 d) { return std::max(m, d); }},
      {"and", [](u64 m, u64 d) { return m & d; }, [](u32 m, u32 d) { return m & d; }},
      {"or", [](u64 m, u64 d) { return m | d; }, [](u32 m, u32 d) { return m | d; }},
      {"xor", [](u64 m, u64 d) { return m ^ d; }, [](u32 m, u32 d) { return m ^ d; }},
      {"inc", [](u64 m, u64 d) { return m >= d ? 0 : m + 1; }, [](u32 m, u32 d) { return m >= d ? 0 : m + 1; }},
      {"dec", [](u64 m, u64 d) { return m == 0 || m > d ? d : m - 1; },
       [](u32 m, u32 d) { return m == 0 || m > d ? d : m - 1; }}};
  std::mt19937_64 random(8);
  for (const Case &c : all)
    for (u64 memory : {u64(0), u64(5), ~u64(0), u64(random())})
      for (u64 data : {u64(0), u64(5), u64(6), u64(random()), u64(1) << 63})
        for (const char *space : {"s_atomic_", "s_buffer_atomic_"}) {
          std::string where = space == std::string("s_atomic_") ? "s[0:1]" : "s[4:7]";
          ASSERT_TRUE(bool(bench.memory.write(base + 8, &memory, 8)));
          bench.setS64(20, data);
          ASSERT_EQ(bench.run(std::string(space) + c.name + "_x2 s[20:21], " + where + ", 0x8 glc"), "");
          EXPECT_EQ(bench.s64(20), memory);
          EXPECT_EQ(at(8, 8), c.f(memory, data)) << c.name << " " << memory << " " << data;
          ASSERT_TRUE(bool(bench.memory.write(base + 8, &memory, 8)));
          bench.s[20] = u32(data);
          ASSERT_EQ(bench.run(std::string(space) + c.name + " s20, " + where + ", 0x8"), "");
          EXPECT_EQ(bench.s[20], u32(data));
          EXPECT_EQ(at(8, 4), c.f32(u32(memory), u32(data))) << c.name;
          EXPECT_EQ(at(12, 4), memory >> 32);
        }
  u64 memory = 7;
  ASSERT_TRUE(bool(bench.memory.write(base + 8, &memory, 8)));
  bench.s[20] = 9; // the new value, then what memory must hold
  bench.s[21] = 7;
  ASSERT_EQ(bench.run("s_atomic_cmpswap s[20:21], s[0:1], 0x8 glc"), "");
  EXPECT_EQ(at(8, 4), 9u);
  EXPECT_EQ(bench.s[20], 7u);
  ASSERT_EQ(bench.run("s_atomic_cmpswap s[20:21], s[0:1], 0x8"), "");
  EXPECT_EQ(at(8, 4), 9u);
  // Outside of the resource: nothing, and zero comes back.
  bench.s[20] = 3;
  ASSERT_EQ(bench.run("s_buffer_atomic_add s20, s[4:7], 0x40 glc"), "");
  EXPECT_EQ(bench.s[20], 0u);
}

} // namespace
} // namespace pa::emu::test
