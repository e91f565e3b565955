// Floating-point instructions against LLVM's APFloat, and the approximate ones against long double.
#include "Bench.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

using llvm::APFloat;
constexpr auto nearest = APFloat::rmNearestTiesToEven;

APFloat ap32(uint32_t x) { return APFloat(APFloat::IEEEsingle(), llvm::APInt(32, x)); }
APFloat ap64(uint64_t x) { return APFloat(APFloat::IEEEdouble(), llvm::APInt(64, x)); }
APFloat ap16(uint16_t x) { return APFloat(APFloat::IEEEhalf(), llvm::APInt(16, x)); }
uint64_t bitsOf(const APFloat &x) { return x.bitcastToAPInt().getZExtValue(); }
APFloat converted(APFloat x, const llvm::fltSemantics &to, APFloat::roundingMode mode = nearest) {
  bool lost = false;
  x.convert(to, mode, &lost);
  return x;
}
APFloat add(APFloat a, const APFloat &b) {
  a.add(b, nearest);
  return a;
}
APFloat sub(APFloat a, const APFloat &b) {
  a.subtract(b, nearest);
  return a;
}
APFloat mul(APFloat a, const APFloat &b) {
  a.multiply(b, nearest);
  return a;
}
APFloat fma(APFloat a, const APFloat &b, const APFloat &c) {
  a.fusedMultiplyAdd(b, c, nearest);
  return a;
}
APFloat quiet(const APFloat &a) { return a.makeQuiet(); }
// IEEE-754 2008 maxNum with -0 below +0; the tests' MODE says IEEE, so a signalling NaN is the result.
APFloat largest(const APFloat &a, const APFloat &b) {
  if (a.isSignaling() || b.isSignaling())
    return a.isSignaling() ? quiet(a) : quiet(b);
  if (a.isNaN())
    return b;
  if (b.isNaN())
    return a;
  if (a.isZero() && b.isZero())
    return a.isNegative() ? b : a;
  return a.compare(b) == APFloat::cmpLessThan ? b : a;
}
APFloat smallest(const APFloat &a, const APFloat &b) {
  if (a.isSignaling() || b.isSignaling())
    return a.isSignaling() ? quiet(a) : quiet(b);
  if (a.isNaN())
    return b;
  if (b.isNaN())
    return a;
  if (a.isZero() && b.isZero())
    return a.isNegative() ? a : b;
  return a.compare(b) == APFloat::cmpGreaterThan ? b : a;
}
APFloat negated(APFloat a) {
  a.changeSign();
  return a;
}
APFloat magnitude(APFloat a) {
  a.clearSign();
  return a;
}

bool same(const APFloat &expected, uint64_t got, const llvm::fltSemantics &semantics, unsigned width) {
  APFloat g(semantics, llvm::APInt(width, got));
  return expected.isNaN() ? g.isNaN() : bitsOf(expected) == got;
}

constexpr uint64_t exec = 0xfffffff0ffffffffull;
constexpr uint32_t garbage = 0xdeadbeef;

// --- f32 -----------------------------------------------------------------------------------------------------------

using A = const APFloat &;
struct Case32 {
  const char *text; // sources v0, v1, v2 and old v10; result v10
  std::function<APFloat(A, A, A, A)> expected;
};
const std::vector<Case32> cases32 = {
    {"v_add_f32 v10, v0, v1", [](A a, A b, A, A) { return add(a, b); }},
    {"v_sub_f32 v10, v0, v1", [](A a, A b, A, A) { return sub(a, b); }},
    {"v_subrev_f32 v10, v0, v1", [](A a, A b, A, A) { return sub(b, a); }},
    {"v_mul_f32 v10, v0, v1", [](A a, A b, A, A) { return mul(a, b); }},
    {"v_fma_f32 v10, v0, v1, v2", [](A a, A b, A c, A) { return fma(a, b, c); }},
    {"v_fma_f32 v10, -v0, |v1|, -|v2|",
     [](A a, A b, A c, A) { return fma(negated(a), magnitude(b), negated(magnitude(c))); }},
    {"v_fmac_f32 v10, v0, v1", [](A a, A b, A, A d) { return fma(a, b, d); }},
    {"v_max_f32 v10, v0, v1", [](A a, A b, A, A) { return largest(a, b); }},
    {"v_min_f32 v10, v0, v1", [](A a, A b, A, A) { return smallest(a, b); }},
    {"v_max3_f32 v10, v0, |v1|, v2", [](A a, A b, A c, A) { return largest(largest(a, magnitude(b)), c); }},
    {"v_min3_f32 v10, v0, v1, v2", [](A a, A b, A c, A) { return smallest(smallest(a, b), c); }},
    {"v_med3_f32 v10, v0, v1, v2",
     [](A a, A b, A c, A) {
       if (a.isNaN() || b.isNaN() || c.isNaN())
         return smallest(smallest(a, b), c);
       return largest(smallest(a, b), smallest(largest(a, b), c));
     }},
    {"v_add_f32 v10, 0.5, v1", [](A, A b, A, A) { return add(APFloat(0.5f), b); }},
    {"v_mul_f32 v10, 0x40490fdb, v1", [](A, A b, A, A) { return mul(ap32(0x40490fdb), b); }},
    {"v_mul_f32 v10, 0.15915494, v1", [](A, A b, A, A) { return mul(ap32(0x3e22f983), b); }},
    {"v_add_f32_e64 v10, v0, v1 clamp",
     [](A a, A b, A, A) {
       APFloat x = add(a, b);
       if (x.isNaN() || (x.isNegative() || x.isZero()))
         return APFloat(0.0f);
       return x.compare(APFloat(1.0f)) == APFloat::cmpGreaterThan ? APFloat(1.0f) : x;
     }},
    {"v_trunc_f32 v10, v0",
     [](A a, A, A, A) {
       APFloat x = a;
       x.roundToIntegral(APFloat::rmTowardZero);
       return x;
     }},
    {"v_floor_f32 v10, v0",
     [](A a, A, A, A) {
       APFloat x = a;
       x.roundToIntegral(APFloat::rmTowardNegative);
       return x;
     }},
    {"v_ceil_f32 v10, v0",
     [](A a, A, A, A) {
       APFloat x = a;
       x.roundToIntegral(APFloat::rmTowardPositive);
       return x;
     }},
    {"v_rndne_f32 v10, v0",
     [](A a, A, A, A) {
       APFloat x = a;
       x.roundToIntegral(nearest);
       return x;
     }},
    {"v_sqrt_f32 v10, v0",
     [](A a, A, A, A) { return APFloat(std::sqrt(a.isDenormal() ? 0.0f * a.convertToFloat() : a.convertToFloat())); }},
};

TEST(F32, againstApFloat) {
  std::mt19937_64 random(1);
  for (const Case32 &c : cases32) {
    Bench bench("gfx942");
    bench.setExec(exec);
    for (unsigned round = 0; round < 12; ++round) {
      auto x = interestingF32(random, 200), y = interestingF32(random, 200), z = interestingF32(random, 200);
      std::shuffle(x.begin(), x.end(), random);
      std::shuffle(y.begin(), y.end(), random);
      std::shuffle(z.begin(), z.end(), random);
      for (unsigned l = 0; l < lanes; ++l) {
        bench.v[0][l] = x[l];
        bench.v[1][l] = y[l];
        bench.v[2][l] = z[l];
        bench.v[10][l] = z[l + lanes];
      }
      ASSERT_EQ(bench.run(c.text), "") << c.text;
      for (unsigned l = 0; l < lanes; ++l) {
        if (!(exec >> l & 1)) {
          ASSERT_EQ(bench.v[10][l], z[l + lanes]);
          continue;
        }
        APFloat expected = c.expected(ap32(x[l]), ap32(y[l]), ap32(z[l]), ap32(z[l + lanes]));
        ASSERT_TRUE(same(expected, bench.v[10][l], APFloat::IEEEsingle(), 32))
            << c.text << std::hex << " of " << x[l] << " " << y[l] << " " << z[l] << " old " << z[l + lanes] << ": got "
            << bench.v[10][l] << ", expected " << bitsOf(expected);
      }
    }
  }
}

// MODE's f32 flush: sources and results lose denormals and keep their sign; f16 and f64 are another setting.
TEST(F32, flushedDenormals) {
  Bench bench("gfx942");
  bench.setMode(0x3c0); // as aiter's kernels: f32 flushed, f16 and f64 kept
  auto put = [&](unsigned reg, uint32_t x) {
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[reg][l] = x;
  };
  put(0, 0x00000123);
  put(1, 0x80000001);
  put(2, 0x00800000);
  put(3, 0x3f000000);
  struct Flush {
    const char *text;
    uint32_t expected;
  };
  const Flush all[] = {{"v_add_f32 v10, v0, v0", 0},
                       {"v_mul_f32 v10, v2, v3", 0},
                       {"v_mul_f32 v10, v1, 1.0", 0x80000000},
                       {"v_max_f32 v10, v0, v1", 0},
                       {"v_min_f32 v10, v0, v1", 0x80000000},
                       {"v_fma_f32 v10, v2, v3, v0", 0},
                       {"v_mov_b32 v10, v0", 0x123},
                       {"v_cndmask_b32 v10, v0, v0, vcc", 0x123},
                       {"v_pk_mul_f32 v[10:11], v[2:3], v[2:3] op_sel:[0,1] op_sel_hi:[0,1]", 0}};
  for (const Flush &f : all) {
    ASSERT_EQ(bench.run(f.text), "") << f.text;
    EXPECT_EQ(bench.v[10][5], f.expected) << f.text;
  }
  put(0, 0x0001); // a half denormal survives
  ASSERT_EQ(bench.run("v_add_f16 v10, v0, v0"), "");
  EXPECT_EQ(bench.v[10][5], 2u);
  put(0, 1); // and an f64 one
  put(1, 0);
  ASSERT_EQ(bench.run("v_add_f64 v[10:11], v[0:1], v[0:1]"), "");
  EXPECT_EQ(bench.v64(10, 5), 2u);
}

// --- Approximations ------------------------------------------------------------------------------------------------

struct Approximate {
  const char *text;
  std::function<long double(long double)> exact;
};

TEST(F32, approximationsWithinOneUlp) {
  const Approximate all[] = {{"v_exp_f32 v10, v0", [](long double x) { return exp2l(x); }},
                             {"v_log_f32 v10, v0", [](long double x) { return log2l(x); }},
                             {"v_rcp_f32 v10, v0", [](long double x) { return 1 / x; }},
                             {"v_rsq_f32 v10, v0", [](long double x) { return 1 / sqrtl(x); }}};
  std::mt19937_64 random(5);
  std::uniform_real_distribution<float> range(-130, 130);
  for (const Approximate &c : all) {
    Bench bench("gfx950");
    for (unsigned round = 0; round < 200; ++round) {
      for (unsigned l = 0; l < lanes; ++l)
        bench.v[0][l] = round < 100 ? bits(range(random)) : uint32_t(random());
      ASSERT_EQ(bench.run(c.text), "");
      for (unsigned l = 0; l < lanes; ++l) {
        float x = f32(bench.v[0][l]), got = f32(bench.v[10][l]);
        if (std::fpclassify(x) == FP_SUBNORMAL)
          x = std::copysign(0.0f, x);
        long double exact = c.exact(x);
        if (std::isnan(exact)) {
          ASSERT_TRUE(std::isnan(got)) << c.text << " of " << x;
          continue;
        }
        float rounded = float(exact);
        if (std::fabs(rounded) < 0x1p-126f) { // results are flushed too
          ASSERT_TRUE(got == 0 || std::fabs(got) == 0x1p-126f) << c.text << " of " << x << " gives " << got;
          continue;
        }
        float up = std::nextafter(rounded, INFINITY), down = std::nextafter(rounded, -INFINITY);
        ASSERT_TRUE(got == rounded || got == up || got == down)
            << c.text << " of " << x << ": got " << got << ", exact " << double(exact);
      }
    }
  }
}

TEST(F32, approximationsOfSpecialValues) {
  struct Special {
    const char *text;
    uint32_t in, out;
  };
  const Special all[] = {{"v_exp_f32 v10, v0", 0xff800000, 0},          {"v_exp_f32 v10, v0", 0x7f800000, 0x7f800000},
                         {"v_exp_f32 v10, v0", 0, 0x3f800000},          {"v_exp_f32 v10, v0", 0x40400000, 0x41000000},
                         {"v_exp_f32 v10, v0", 0xc3160000, 0},          {"v_log_f32 v10, v0", 0, 0xff800000},
                         {"v_log_f32 v10, v0", 0x3f800000, 0},          {"v_log_f32 v10, v0", 0x41000000, 0x40400000},
                         {"v_log_f32 v10, v0", 0x7f800000, 0x7f800000}, {"v_rcp_f32 v10, v0", 0, 0x7f800000},
                         {"v_rcp_f32 v10, v0", 0x80000000, 0xff800000}, {"v_rcp_f32 v10, v0", 0xff800000, 0x80000000},
                         {"v_rcp_f32 v10, v0", 0x40800000, 0x3e800000}, {"v_sqrt_f32 v10, v0", 0x80000000, 0x80000000},
                         {"v_rsq_f32 v10, v0", 0, 0x7f800000},          {"v_sin_f32 v10, v0", 0x3e800000, 0x3f800000},
                         {"v_cos_f32 v10, v0", 0x3f000000, 0xbf800000}, {"v_rcp_f32 v10, v0", 0x7f7fffff, 0}};
  for (const Special &c : all) {
    Bench bench("gfx942");
    bench.v[0][9] = c.in;
    ASSERT_EQ(bench.run(c.text), "");
    EXPECT_EQ(bench.v[10][9], c.out) << c.text << " of " << std::hex << c.in;
  }
}

// --- Half, bfloat16 and conversions --------------------------------------------------------------------------------

TEST(Conversion, everyHalfToFloat) {
  Bench bench("gfx942");
  for (unsigned first = 0; first < 65536; first += lanes) {
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[0][l] = first + l;
    ASSERT_EQ(bench.run("v_cvt_f32_f16 v10, v0"), "");
    for (unsigned l = 0; l < lanes; ++l)
      ASSERT_TRUE(
          same(converted(ap16(uint16_t(first + l)), APFloat::IEEEsingle()), bench.v[10][l], APFloat::IEEEsingle(), 32))
          << first + l;
  }
}

// Every half, its neighbours in f32, and the points where rounding turns.
TEST(Conversion, floatToHalfAndBfloatAround) {
  struct To {
    const char *text, *chip;
    const llvm::fltSemantics &type;
    unsigned shift;
    APFloat::roundingMode mode;
  };
  const To all[] = {{"v_cvt_f16_f32 v10, v0", "gfx942", APFloat::IEEEhalf(), 0, nearest},
                    {"v_cvt_pkrtz_f16_f32 v10, v1, v0", "gfx942", APFloat::IEEEhalf(), 16, APFloat::rmTowardZero},
                    {"v_cvt_pk_f16_f32 v10, v0, v1", "gfx950", APFloat::IEEEhalf(), 0, nearest},
                    {"v_cvt_pk_bf16_f32 v10, v0, v1", "gfx950", APFloat::BFloat(), 0, nearest},
                    {"v_cvt_pk_bf16_f32 v10, v1, v0", "gfx950", APFloat::BFloat(), 16, nearest}};
  for (const To &c : all) {
    Bench bench(c.chip);
    std::vector<uint32_t> values;
    for (uint32_t code = 0; code < 65536; code += 13) {
      APFloat x(c.type, llvm::APInt(16, code));
      uint32_t exact = uint32_t(bitsOf(converted(x, APFloat::IEEEsingle())));
      uint32_t half = &c.type == &APFloat::BFloat() ? 0x8000 : 0x1000;
      for (uint32_t v : {exact, exact + 1, exact - 1, exact + half, exact + half - 1, exact + half + 1})
        values.push_back(v);
    }
    std::mt19937_64 random(9);
    for (uint32_t x : interestingF32(random, 4096))
      values.push_back(x);
    values.resize(values.size() / lanes * lanes);
    for (size_t first = 0; first < values.size(); first += lanes) {
      for (unsigned l = 0; l < lanes; ++l)
        bench.v[0][l] = values[first + l];
      ASSERT_EQ(bench.run(c.text), "");
      for (unsigned l = 0; l < lanes; ++l) {
        APFloat expected = converted(ap32(values[first + l]), c.type, c.mode);
        ASSERT_TRUE(same(expected, bench.v[10][l] >> c.shift & 0xffff, c.type, 16))
            << c.text << std::hex << " of " << values[first + l] << ": got " << (bench.v[10][l] >> c.shift & 0xffff)
            << ", expected " << bitsOf(expected);
      }
    }
  }
}

TEST(Conversion, integersSaturate) {
  std::mt19937_64 random(21);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 40; ++round) {
    auto x = interestingF32(random, 256);
    std::shuffle(x.begin(), x.end(), random);
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[0][l] = x[l];
    ASSERT_EQ(bench.run("v_cvt_i32_f32 v10, v0"), "");
    ASSERT_EQ(bench.run("v_cvt_u32_f32 v11, v0"), "");
    ASSERT_EQ(bench.run("v_cvt_f32_u32 v12, v0"), "");
    ASSERT_EQ(bench.run("v_cvt_f32_i32 v13, v0"), "");
    ASSERT_EQ(bench.run("v_cvt_f32_ubyte2 v14, v0"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      llvm::APSInt i(32, /*isUnsigned=*/false), u(32, /*isUnsigned=*/true);
      bool exact = false;
      ap32(x[l]).convertToInteger(i, APFloat::rmTowardZero, &exact);
      ap32(x[l]).convertToInteger(u, APFloat::rmTowardZero, &exact);
      ASSERT_EQ(bench.v[10][l], ap32(x[l]).isNaN() ? 0u : uint32_t(i.getZExtValue())) << std::hex << x[l];
      ASSERT_EQ(bench.v[11][l], ap32(x[l]).isNaN() ? 0u : uint32_t(u.getZExtValue())) << std::hex << x[l];
      ASSERT_EQ(f32(bench.v[12][l]), float(x[l]));
      ASSERT_EQ(f32(bench.v[13][l]), float(int32_t(x[l])));
      ASSERT_EQ(f32(bench.v[14][l]), float(x[l] >> 16 & 255));
    }
  }
}

struct Case16 {
  const char *text;
  std::function<APFloat(A, A, A)> expected;
};

TEST(F16, againstApFloat) {
  const Case16 all[] = {
      {"v_add_f16 v10, v0, v1", [](A a, A b, A) { return add(a, b); }},
      {"v_sub_f16 v10, v0, v1", [](A a, A b, A) { return sub(a, b); }},
      {"v_mul_f16 v10, v0, v1", [](A a, A b, A) { return mul(a, b); }},
      {"v_fma_f16 v10, v0, v1, v2", [](A a, A b, A c) { return fma(a, b, c); }},
      {"v_fma_f16 v10, -v0, |v1|, v2", [](A a, A b, A c) { return fma(negated(a), magnitude(b), c); }},
      {"v_max_f16 v10, v0, v1", [](A a, A b, A) { return largest(a, b); }},
      {"v_min_f16 v10, v0, v1", [](A a, A b, A) { return smallest(a, b); }}};
  std::mt19937_64 random(2);
  for (const Case16 &c : all) {
    Bench bench("gfx942");
    for (unsigned round = 0; round < 40; ++round) {
      auto x = interestingF16(random, lanes), y = interestingF16(random, lanes), z = interestingF16(random, lanes);
      std::shuffle(x.begin(), x.end(), random);
      std::shuffle(y.begin(), y.end(), random);
      for (unsigned l = 0; l < lanes; ++l) {
        bench.v[0][l] = x[l] | 0xabcd0000u;
        bench.v[1][l] = y[l] | 0x12340000u;
        bench.v[2][l] = z[l] | 0x55550000u;
        bench.v[10][l] = garbage;
      }
      ASSERT_EQ(bench.run(c.text), "");
      for (unsigned l = 0; l < lanes; ++l) {
        APFloat expected = c.expected(ap16(x[l]), ap16(y[l]), ap16(z[l]));
        bool keeps = std::strncmp(c.text, "v_fma_f16", 9) == 0; // gfx9's own; the others zero the upper half
        ASSERT_EQ(bench.v[10][l] >> 16, keeps ? garbage >> 16 : 0u);
        ASSERT_TRUE(same(expected, bench.v[10][l] & 0xffff, APFloat::IEEEhalf(), 16))
            << c.text << std::hex << " of " << x[l] << " " << y[l] << " " << z[l] << ": got " << bench.v[10][l]
            << ", expected " << bitsOf(expected);
      }
    }
  }
}

TEST(F16, packedAndMixed) {
  std::mt19937_64 random(4);
  Bench bench("gfx950");
  for (unsigned round = 0; round < 40; ++round) {
    uint16_t a[2][lanes], b[2][lanes], c[2][lanes];
    for (unsigned l = 0; l < lanes; ++l) {
      for (unsigned h = 0; h < 2; ++h) {
        a[h][l] = uint16_t(random());
        b[h][l] = uint16_t(random());
        c[h][l] = uint16_t(random());
      }
      bench.v[0][l] = a[0][l] | uint32_t(a[1][l]) << 16;
      bench.v[1][l] = b[0][l] | uint32_t(b[1][l]) << 16;
      // As an f32 too, an everyday number: then quad holds the sums below exactly.
      c[1][l] = uint16_t((c[1][l] & 0x87ff) | 0x3c00);
      bench.v[2][l] = c[0][l] | uint32_t(c[1][l]) << 16;
      bench.v[12][l] = garbage;
    }
    ASSERT_EQ(bench.run("v_pk_fma_f16 v10, v0, v1, v2 op_sel:[0,1,0] op_sel_hi:[1,0,1] neg_lo:[1,0,0] neg_hi:[0,0,1]"),
              "");
    ASSERT_EQ(bench.run("v_pk_mul_f16 v11, v0, v1"), "");
    ASSERT_EQ(bench.run("v_fma_mixhi_f16 v12, v0, v1, v2 op_sel:[1,0,0] op_sel_hi:[1,1,0]"), "");
    ASSERT_EQ(bench.run("v_fma_mix_f32 v13, v0, -v1, v2 op_sel:[0,1,1] op_sel_hi:[1,1,1]"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      auto half = [](A x, uint32_t got) { return same(x, got & 0xffff, APFloat::IEEEhalf(), 16); };
      ASSERT_TRUE(half(fma(negated(ap16(a[0][l])), ap16(b[1][l]), ap16(c[0][l])), bench.v[10][l]));
      ASSERT_TRUE(half(fma(ap16(a[1][l]), ap16(b[0][l]), negated(ap16(c[1][l]))), bench.v[10][l] >> 16));
      ASSERT_TRUE(half(mul(ap16(a[0][l]), ap16(b[0][l])), bench.v[11][l]));
      ASSERT_TRUE(half(mul(ap16(a[1][l]), ap16(b[1][l])), bench.v[11][l] >> 16));
      APFloat wide =
          fma(converted(ap16(a[0][l]), APFloat::IEEEsingle()), negated(converted(ap16(b[1][l]), APFloat::IEEEsingle())),
              converted(ap16(c[1][l]), APFloat::IEEEsingle()));
      ASSERT_TRUE(same(wide, bench.v[13][l], APFloat::IEEEsingle(), 32));
      // One rounding to half: exact in a format wide enough for both.
      APFloat exact = fma(converted(ap16(a[1][l]), APFloat::IEEEquad()), converted(ap16(b[0][l]), APFloat::IEEEquad()),
                          converted(ap32(bench.v[2][l]), APFloat::IEEEquad()));
      ASSERT_TRUE(half(converted(exact, APFloat::IEEEhalf()), bench.v[12][l] >> 16)) << std::hex << bench.v[2][l];
      ASSERT_EQ(bench.v[12][l] & 0xffff, garbage & 0xffff);
    }
  }
}

TEST(F32, packed) {
  std::mt19937_64 random(6);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 20; ++round) {
    auto x = interestingF32(random, 6 * lanes);
    std::shuffle(x.begin(), x.end(), random);
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned r = 0; r < 6; ++r)
        bench.v[r][l] = x[r * lanes + l];
    ASSERT_EQ(bench.run("v_pk_fma_f32 v[10:11], v[0:1], v[2:3], v[4:5] op_sel_hi:[1,0,1] neg_hi:[0,0,1]"), "");
    ASSERT_EQ(bench.run("v_pk_mul_f32 v[12:13], v[0:1], v[2:3] op_sel:[1,0] op_sel_hi:[0,1]"), "");
    ASSERT_EQ(bench.run("v_pk_add_f32 v[14:15], v[0:1], v[2:3] neg_lo:[0,1] neg_hi:[0,1]"), "");
    ASSERT_EQ(bench.run("v_pk_mov_b32 v[16:17], v[0:1], v[2:3] op_sel:[1,0]"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      auto v = [&](unsigned r) { return ap32(x[r * lanes + l]); };
      auto is = [&](A expected, unsigned reg) { return same(expected, bench.v[reg][l], APFloat::IEEEsingle(), 32); };
      ASSERT_TRUE(is(fma(v(0), v(2), v(4)), 10));
      ASSERT_TRUE(is(fma(v(1), v(2), negated(v(5))), 11));
      ASSERT_TRUE(is(mul(v(1), v(2)), 12));
      ASSERT_TRUE(is(mul(v(0), v(3)), 13));
      ASSERT_TRUE(is(sub(v(0), v(2)), 14));
      ASSERT_TRUE(is(sub(v(1), v(3)), 15));
      ASSERT_EQ(bench.v[16][l], x[1 * lanes + l]);
      ASSERT_EQ(bench.v[17][l], x[2 * lanes + l]);
    }
  }
}

TEST(F64, againstApFloat) {
  std::mt19937_64 random(8);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 20; ++round) {
    auto x = interestingF64(random, lanes), y = interestingF64(random, lanes), z = interestingF64(random, lanes);
    std::shuffle(y.begin(), y.end(), random);
    std::shuffle(z.begin(), z.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.setV64(0, l, x[l]);
      bench.setV64(2, l, y[l]);
      bench.setV64(4, l, z[l]);
    }
    ASSERT_EQ(bench.run("v_add_f64 v[10:11], v[0:1], v[2:3]"), "");
    ASSERT_EQ(bench.run("v_mul_f64 v[12:13], v[0:1], -v[2:3]"), "");
    ASSERT_EQ(bench.run("v_fma_f64 v[14:15], v[0:1], v[2:3], |v[4:5]|"), "");
    ASSERT_EQ(bench.run("v_cvt_f32_f64 v16, v[0:1]"), "");
    ASSERT_EQ(bench.run("v_max_f64 v[18:19], v[0:1], v[2:3]"), "");
    ASSERT_EQ(bench.run("v_add_f64 v[20:21], v[0:1], 0.5"), "");
    ASSERT_EQ(bench.run("v_cvt_f32_f64 v22, 0x40590000"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      auto is = [&](A expected, unsigned reg) { return same(expected, bench.v64(reg, l), APFloat::IEEEdouble(), 64); };
      ASSERT_TRUE(is(add(ap64(x[l]), ap64(y[l])), 10));
      ASSERT_TRUE(is(mul(ap64(x[l]), negated(ap64(y[l]))), 12));
      ASSERT_TRUE(is(fma(ap64(x[l]), ap64(y[l]), magnitude(ap64(z[l]))), 14));
      ASSERT_TRUE(same(converted(ap64(x[l]), APFloat::IEEEsingle()), bench.v[16][l], APFloat::IEEEsingle(), 32));
      ASSERT_TRUE(is(largest(ap64(x[l]), ap64(y[l])), 18));
      ASSERT_TRUE(is(add(ap64(x[l]), APFloat(0.5)), 20));
      ASSERT_EQ(f32(bench.v[22][l]), 100.0f); // a literal is the upper half
    }
  }
}

TEST(F32, scaleAndTakeApart) {
  std::mt19937_64 random(10);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 20; ++round) {
    auto x = interestingF32(random, 2 * lanes);
    std::shuffle(x.begin(), x.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = x[l];
      bench.v[1][l] = uint32_t(int32_t(random() % 600) - 300);
    }
    ASSERT_EQ(bench.run("v_ldexp_f32 v10, v0, v1"), "");
    ASSERT_EQ(bench.run("v_frexp_mant_f32 v11, v0"), "");
    ASSERT_EQ(bench.run("v_frexp_exp_i32_f32 v12, v0"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      APFloat scaled = llvm::scalbn(ap32(x[l]), int32_t(bench.v[1][l]), nearest);
      ASSERT_TRUE(same(scaled, bench.v[10][l], APFloat::IEEEsingle(), 32)) << std::hex << x[l] << " " << bench.v[1][l];
      float v = f32(x[l]);
      if (!std::isfinite(v))
        continue;
      int e = 0;
      ASSERT_EQ(f32(bench.v[11][l]), std::frexp(v, &e));
      ASSERT_EQ(int32_t(bench.v[12][l]), e);
    }
  }
}

// --- Division ------------------------------------------------------------------------------------------------------

// LLVM's expansion of a correctly rounded f32 division, with denormals kept: v10 = v0 / v1.
constexpr const char *divideF32[] = {"v_div_scale_f32 v2, s[20:21], v1, v1, v0",
                                     "v_div_scale_f32 v3, vcc, v0, v1, v0",
                                     "v_rcp_f32 v4, v2",
                                     "v_fma_f32 v5, -v2, v4, 1.0",
                                     "v_fma_f32 v4, v5, v4, v4",
                                     "v_mul_f32 v5, v3, v4",
                                     "v_fma_f32 v6, -v2, v5, v3",
                                     "v_fma_f32 v5, v6, v4, v5",
                                     "v_fma_f32 v6, -v2, v5, v3",
                                     "v_div_fmas_f32 v5, v6, v4, v5",
                                     "v_div_fixup_f32 v10, v5, v1, v0"};
// And of an f64 one: v[30:31] = v[0:1] / v[2:3].
constexpr const char *divideF64[] = {"v_div_scale_f64 v[4:5], s[20:21], v[2:3], v[2:3], v[0:1]",
                                     "v_rcp_f64 v[6:7], v[4:5]",
                                     "v_fma_f64 v[8:9], -v[4:5], v[6:7], 1.0",
                                     "v_fma_f64 v[6:7], v[6:7], v[8:9], v[6:7]",
                                     "v_fma_f64 v[8:9], -v[4:5], v[6:7], 1.0",
                                     "v_fma_f64 v[6:7], v[6:7], v[8:9], v[6:7]",
                                     "v_div_scale_f64 v[8:9], vcc, v[0:1], v[2:3], v[0:1]",
                                     "v_mul_f64 v[10:11], v[8:9], v[6:7]",
                                     "v_fma_f64 v[4:5], -v[4:5], v[10:11], v[8:9]",
                                     "v_div_fmas_f64 v[4:5], v[4:5], v[6:7], v[10:11]",
                                     "v_div_fixup_f64 v[30:31], v[4:5], v[2:3], v[0:1]"};

TEST(Division, stepsGiveTheRoundedQuotient) {
  std::mt19937_64 random(31);
  Bench bench("gfx942");
  for (unsigned round = 0; round < 100; ++round) {
    auto x = interestingF32(random, 160), y = interestingF32(random, 160);
    std::shuffle(x.begin(), x.end(), random);
    std::shuffle(y.begin(), y.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = x[l];
      bench.v[1][l] = y[l];
    }
    for (const char *step : divideF32)
      ASSERT_EQ(bench.run(step), "");
    for (unsigned l = 0; l < lanes; ++l) {
      APFloat quotient = ap32(x[l]);
      quotient.divide(ap32(y[l]), nearest);
      // A result between half the smallest denormal and it is rounded twice by the scaling back.
      bool tiny = quotient.isDenormal() || quotient.isZero();
      APFloat got = ap32(bench.v[10][l]);
      bool near = tiny && got.isNegative() == quotient.isNegative() &&
                  std::abs(int64_t(bench.v[10][l] & 0x7fffffff) - int64_t(bitsOf(magnitude(quotient)))) <= 1;
      ASSERT_TRUE(near || same(quotient, bench.v[10][l], APFloat::IEEEsingle(), 32))
          << std::hex << x[l] << " / " << y[l] << ": got " << bench.v[10][l] << ", expected " << bitsOf(quotient);
    }
    auto p = interestingF64(random, 160), q = interestingF64(random, 160);
    std::shuffle(p.begin(), p.end(), random);
    std::shuffle(q.begin(), q.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.setV64(0, l, p[l]);
      bench.setV64(2, l, q[l]);
    }
    for (const char *step : divideF64)
      ASSERT_EQ(bench.run(step), "");
    for (unsigned l = 0; l < lanes; ++l) {
      APFloat quotient = ap64(p[l]);
      quotient.divide(ap64(q[l]), nearest);
      if (quotient.isDenormal())
        continue;
      ASSERT_TRUE(same(quotient, bench.v64(30, l), APFloat::IEEEdouble(), 64))
          << std::hex << p[l] << " / " << q[l] << ": got " << bench.v64(30, l) << ", expected " << bitsOf(quotient);
    }
  }
}

TEST(F32, maximum3PropagatesNans) {
  Bench bench("gfx950");
  const uint32_t nan = 0x7fc00000;
  bench.v[0][0] = nan;
  bench.v[1][0] = bits(1.0f);
  bench.v[2][0] = bits(2.0f);
  ASSERT_EQ(bench.run("v_maximum3_f32 v10, v1, v0, v2"), "");
  EXPECT_TRUE(std::isnan(f32(bench.v[10][0])));
  ASSERT_EQ(bench.run("v_max3_f32 v10, v1, v0, v2"), "");
  EXPECT_EQ(f32(bench.v[10][0]), 2.0f);
  ASSERT_EQ(bench.run("v_minimum3_f32 v10, v1, v2, v2"), "");
  EXPECT_EQ(f32(bench.v[10][0]), 1.0f);
}

// --- Comparisons ---------------------------------------------------------------------------------------------------

TEST(Compare, floats) {
  struct Relation {
    const char *name;
    std::function<bool(APFloat::cmpResult)> holds;
  };
  using R = APFloat::cmpResult;
  const Relation all[] = {{"f", [](R) { return false; }},
                          {"lt", [](R r) { return r == APFloat::cmpLessThan; }},
                          {"eq", [](R r) { return r == APFloat::cmpEqual; }},
                          {"le", [](R r) { return r == APFloat::cmpLessThan || r == APFloat::cmpEqual; }},
                          {"gt", [](R r) { return r == APFloat::cmpGreaterThan; }},
                          {"lg", [](R r) { return r == APFloat::cmpLessThan || r == APFloat::cmpGreaterThan; }},
                          {"ge", [](R r) { return r == APFloat::cmpGreaterThan || r == APFloat::cmpEqual; }},
                          {"o", [](R r) { return r != APFloat::cmpUnordered; }},
                          {"u", [](R r) { return r == APFloat::cmpUnordered; }},
                          {"nge", [](R r) { return r == APFloat::cmpLessThan || r == APFloat::cmpUnordered; }},
                          {"nlg", [](R r) { return r == APFloat::cmpEqual || r == APFloat::cmpUnordered; }},
                          {"ngt", [](R r) { return r != APFloat::cmpGreaterThan; }},
                          {"nle", [](R r) { return r == APFloat::cmpGreaterThan || r == APFloat::cmpUnordered; }},
                          {"neq", [](R r) { return r != APFloat::cmpEqual; }},
                          {"nlt", [](R r) { return r != APFloat::cmpLessThan; }},
                          {"tru", [](R) { return true; }}};
  std::mt19937_64 random(12);
  for (const Relation &c : all) {
    Bench bench("gfx942");
    auto x = interestingF32(random, lanes), y = interestingF32(random, lanes);
    std::shuffle(y.begin(), y.end(), random);
    auto d = interestingF64(random, lanes), e = interestingF64(random, lanes);
    std::shuffle(e.begin(), e.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = x[l];
      bench.v[1][l] = l % 4 ? y[l] : x[l];
      bench.setV64(2, l, d[l]);
      bench.setV64(4, l, l % 4 ? e[l] : d[l]);
    }
    bench.setExec(exec);
    std::string name = std::string("v_cmp_") + c.name;
    ASSERT_EQ(bench.run(name + "_f32 vcc, v0, v1"), "");
    ASSERT_EQ(bench.run(name + "_f32 s[20:21], |v0|, -v1"), "");
    ASSERT_EQ(bench.run(name + "_f64 s[22:23], v[2:3], v[4:5]"), "");
    for (unsigned l = 0; l < lanes; ++l) {
      bool active = exec >> l & 1;
      auto expect = [&](bool holds, unsigned reg, const char *what) {
        EXPECT_EQ(bench.s64(reg) >> l & 1, active && holds) << name << what << " lane " << l;
      };
      APFloat a = ap32(bench.v[0][l]), b = ap32(bench.v[1][l]);
      expect(c.holds(a.compare(b)), sreg::vcc, "_f32");
      expect(c.holds(magnitude(a).compare(negated(b))), 20, "_f32 with modifiers");
      expect(c.holds(ap64(bench.v64(2, l)).compare(ap64(bench.v64(4, l)))), 22, "_f64");
    }
  }
}

TEST(Compare, integersAndExec) {
  struct Relation {
    const char *name;
    std::function<bool(int64_t, int64_t)> holds;
  };
  const Relation all[] = {
      {"lt", [](int64_t a, int64_t b) { return a < b; }},  {"eq", [](int64_t a, int64_t b) { return a == b; }},
      {"le", [](int64_t a, int64_t b) { return a <= b; }}, {"gt", [](int64_t a, int64_t b) { return a > b; }},
      {"ne", [](int64_t a, int64_t b) { return a != b; }}, {"ge", [](int64_t a, int64_t b) { return a >= b; }}};
  std::mt19937_64 random(14);
  for (const Relation &c : all) {
    Bench bench("gfx950");
    auto x = interesting32(random, lanes), y = interesting32(random, lanes);
    std::shuffle(y.begin(), y.end(), random);
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = x[l];
      bench.v[1][l] = l % 4 ? y[l] : x[l];
    }
    std::string name = std::string("v_cmp_") + c.name;
    ASSERT_EQ(bench.run(name + "_i32 s[20:21], v0, v1"), "");
    ASSERT_EQ(bench.run(name + "_u32 s[22:23], v0, v1"), "");
    ASSERT_EQ(bench.run(name + "_i16 s[24:25], v0, v1"), "");
    ASSERT_EQ(bench.run(name + "_u16 s[26:27], v0, v1"), "");
    bench.setExec(0x00ffffffffffff00ull);
    ASSERT_EQ(bench.run(std::string("v_cmpx_") + c.name + "_u32 vcc, v0, v1"), "");
    EXPECT_EQ(bench.s64(sreg::exec), bench.s64(22) & 0x00ffffffffffff00ull);
    EXPECT_EQ(bench.s64(sreg::vcc), bench.s64(sreg::exec));
    for (unsigned l = 0; l < lanes; ++l) {
      uint32_t a = bench.v[0][l], b = bench.v[1][l];
      EXPECT_EQ(bench.s64(20) >> l & 1, c.holds(int32_t(a), int32_t(b)));
      EXPECT_EQ(bench.s64(22) >> l & 1, c.holds(a, b));
      EXPECT_EQ(bench.s64(24) >> l & 1, c.holds(int16_t(a), int16_t(b)));
      EXPECT_EQ(bench.s64(26) >> l & 1, c.holds(uint16_t(a), uint16_t(b)));
    }
  }
}

TEST(Compare, classes) {
  const uint32_t values[] = {0x7f800001, 0x7fc00000, 0xff800000, 0xbf800000, 0x80000001,
                             0x80000000, 0x00000000, 0x00000001, 0x3f800000, 0x7f800000};
  for (unsigned n = 0; n < 10; ++n)
    for (unsigned m = 0; m < 10; ++m) {
      Bench bench("gfx942");
      bench.v[0][0] = values[n];
      bench.v[1][0] = 1u << m;
      ASSERT_EQ(bench.run("v_cmp_class_f32 vcc, v0, v1"), "");
      EXPECT_EQ(bench.s64(sreg::vcc) & 1, n == m) << n << " " << m;
    }
}

TEST(Select, byMaskWithModifiers) {
  Bench bench("gfx942");
  uint64_t mask = 0xf0f0f0f0123456fful;
  bench.setS64(20, mask);
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = 0x3f800000 + l;
    bench.v[1][l] = 0x40000000 + l;
  }
  bench.setExec(exec);
  ASSERT_EQ(bench.run("v_cndmask_b32 v10, v0, -v1, s[20:21]"), "");
  for (unsigned l = 0; l < lanes; ++l)
    if (exec >> l & 1)
      EXPECT_EQ(bench.v[10][l], mask >> l & 1 ? 0xc0000000 + l : 0x3f800000 + l);
}

} // namespace
} // namespace pa::emu::test
