// MODE against LLVM's APFloat: every rounding mode with every denormal mode, for f32, f64 and f16; FP16_OVFL, IEEE and
// DX10_CLAMP.
#include "Bench.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APSInt.h"

#include <gtest/gtest.h>

namespace pa::emu::test {
namespace {

using llvm::APFloat;
using llvm::fltSemantics;
using Rounding = APFloat::roundingMode;

constexpr Rounding roundings[] = {APFloat::rmNearestTiesToEven, APFloat::rmTowardPositive, APFloat::rmTowardNegative,
                                  APFloat::rmTowardZero}; // as MODE numbers them

const fltSemantics &f16 = APFloat::IEEEhalf(), &f32Of = APFloat::IEEEsingle(), &f64Of = APFloat::IEEEdouble();
unsigned widthOf(const fltSemantics &s) { return APFloat::semanticsSizeInBits(s); }
APFloat number(const fltSemantics &s, uint64_t bits) { return APFloat(s, llvm::APInt(64, bits).trunc(widthOf(s))); }
uint64_t bitsOf(const APFloat &x) { return x.bitcastToAPInt().getZExtValue(); }
APFloat flushed(const APFloat &x, bool flush) {
  return flush && x.isDenormal() ? APFloat::getZero(x.getSemantics(), x.isNegative()) : x;
}
APFloat converted(APFloat x, const fltSemantics &to, Rounding rounding) {
  bool lost;
  x.convert(to, rounding, &lost);
  return x;
}
APFloat ofInteger(const fltSemantics &to, int64_t x, Rounding rounding) {
  APFloat out(to);
  out.convertFromAPInt(llvm::APInt(64, uint64_t(x), true), true, rounding);
  return out;
}

using A = const APFloat &;
struct Case {
  const char *text; // sources in registers 0, 2 and 4, results in 10
  std::function<APFloat(A, A, A, Rounding)> expected;
  bool integral = false; // the source is an integer, of 32 bits
};

APFloat add(APFloat a, A b, Rounding r) {
  a.add(b, r);
  return a;
}
APFloat mul(APFloat a, A b, Rounding r) {
  a.multiply(b, r);
  return a;
}
APFloat fma(APFloat a, A b, A c, Rounding r) {
  a.fusedMultiplyAdd(b, c, r);
  return a;
}
APFloat integral(APFloat a, Rounding r) {
  a.roundToIntegral(r);
  return a;
}
APFloat largest(A a, A b) {
  if (a.isNaN() || b.isNaN())
    return a.isNaN() ? b : a;
  if (a.isZero() && b.isZero())
    return a.isNegative() ? b : a;
  return a.compare(b) == APFloat::cmpLessThan ? b : a;
}

// Numbers of every size, many of them near the smallest.
uint64_t drawn(const fltSemantics &s, std::mt19937_64 &random) {
  unsigned width = widthOf(s), fraction = APFloat::semanticsPrecision(s) - 1;
  uint64_t x = random(), sign = 1ull << (width - 1), smallest = 1ull << fraction, all = sign | (sign - 1);
  switch (random() % 8) {
  case 0:
    return x & all; // anything
  case 1:
  case 2:
    return x & (sign | (smallest - 1)); // a denormal
  case 3:
    return x & (sign | (8 * smallest - 1)); // or near
  case 4:
    return x & (sign | 3); // the very smallest
  case 5:
    return bitsOf(APFloat::getLargest(s)) - (x & 3); // the largest
  default: {                                         // around 1, so that sums and products round
    uint64_t one = bitsOf(APFloat(s, "1.0"));
    return one - 4 * smallest + (x % (8 * smallest)) + (x >> 63) * sign;
  }
  }
}

// Of an instruction on single registers.
unsigned sourcesOf(std::string_view text) {
  unsigned n = 0;
  for (size_t at = 0; (at = text.find(", v", at)) != text.npos; ++at)
    ++n;
  return n;
}

struct Format {
  const fltSemantics &semantics;
  unsigned roundingAt, denormalsAt; // in MODE
  std::vector<Case> cases;
};

void check(const Format &f, uint32_t others, bool overflowIsLargest) {
  unsigned width = widthOf(f.semantics);
  std::mt19937_64 random(width);
  for (unsigned rounding = 0; rounding < 4; ++rounding)
    for (unsigned denormals = 0; denormals < 4; ++denormals) {
      Bench bench("gfx942");
      bench.setMode(others | rounding << f.roundingAt | denormals << f.denormalsAt);
      bool sources = !(denormals & 1), results = !(denormals & 2);
      for (const Case &c : f.cases)
        for (unsigned round = 0; round < 8; ++round) {
          uint64_t x[3][lanes];
          for (unsigned n = 0; n < 3; ++n)
            for (unsigned l = 0; l < lanes; ++l) {
              x[n][l] = c.integral ? uint32_t(random()) >> random() % 32 : drawn(f.semantics, random);
              bench.setV64(2 * n, l, width == 16 ? x[n][l] | x[n][l] << 16 : x[n][l]);
            }
          ASSERT_EQ(bench.run(c.text), "") << c.text;
          for (unsigned l = 0; l < lanes; ++l) {
            auto in = [&](unsigned n) {
              return c.integral ? ofInteger(f64Of, int32_t(x[n][l]), roundings[0])
                                : flushed(number(f.semantics, x[n][l]), sources);
            };
            APFloat raw = c.expected(in(0), in(1), in(2), roundings[rounding]), expected = flushed(raw, results);
            // Whether a number that rounds up to the smallest normal one was tiny is the host's and the device's own.
            if (results && raw.isSmallestNormalized())
              continue;
            bool finite = true;
            for (unsigned n = 0; n < sourcesOf(c.text); ++n)
              finite &= in(n).isFinite();
            if (overflowIsLargest && expected.isInfinity() && finite)
              expected = APFloat::getLargest(f.semantics, expected.isNegative());
            uint64_t got = bench.v64(10, l) & (width == 64 ? ~0ull : (1ull << width) - 1);
            ASSERT_TRUE(expected.isNaN() ? number(f.semantics, got).isNaN() : got == bitsOf(expected))
                << c.text << " in MODE " << std::hex << bench.wave.mode << " of " << x[0][l] << " " << x[1][l] << " "
                << x[2][l] << ": got " << got << ", expected " << bitsOf(expected);
            if (std::strncmp(c.text, "v_pk_", 5) == 0 && width == 16)
              ASSERT_EQ(bench.v[10][l] >> 16, got) << c.text; // the halves' sources are the same
          }
        }
    }
}

const std::vector<Case> commonCases(const std::string &type) {
  static std::vector<std::string> texts; // that the cases point into
  if (texts.empty())
    texts.reserve(1000);
  bool two = type == "f64";
  auto reg = [&](unsigned n) {
    return two ? "v[" + std::to_string(n) + ":" + std::to_string(n + 1) + "]" : "v" + std::to_string(n);
  };
  auto text = [&](const char *name, unsigned sources) {
    std::string s = std::string("v_") + name + "_" + type + " " + reg(10);
    for (unsigned n = 0; n < sources; ++n)
      s += ", " + reg(2 * n);
    texts.push_back(s);
    return texts.back().c_str();
  };
  return {{text("add", 2), [](A a, A b, A, Rounding r) { return add(a, b, r); }},
          {text("mul", 2), [](A a, A b, A, Rounding r) { return mul(a, b, r); }},
          {text("fma", 3), [](A a, A b, A c, Rounding r) { return fma(a, b, c, r); }},
          {text("max", 2), [](A a, A b, A, Rounding) { return largest(a, b); }},
          {text("floor", 1), [](A a, A, A, Rounding) { return integral(a, APFloat::rmTowardNegative); }},
          {text("ceil", 1), [](A a, A, A, Rounding) { return integral(a, APFloat::rmTowardPositive); }},
          {text("trunc", 1), [](A a, A, A, Rounding) { return integral(a, APFloat::rmTowardZero); }},
          {text("rndne", 1), [](A a, A, A, Rounding) { return integral(a, APFloat::rmNearestTiesToEven); }}};
}

TEST(Mode, f32) {
  Format f{f32Of, 0, 4, commonCases("f32")};
  auto more = [&](Case c) { f.cases.push_back(std::move(c)); };
  more({"v_pk_add_f32 v[10:11], v[0:1], v[2:3]", [](A a, A b, A, Rounding r) { return add(a, b, r); }});
  more({"v_pk_fma_f32 v[10:11], v[0:1], v[2:3], v[4:5]", [](A a, A b, A c, Rounding r) { return fma(a, b, c, r); }});
  more({"v_sub_f32 v10, -v0, |v2|", [](A a, A b, A, Rounding r) { return add(neg(a), neg(abs(b)), r); }});
  more({"v_fma_mix_f32 v10, v0, v2, v4", [](A a, A b, A c, Rounding r) { return fma(a, b, c, r); }});
  more({"v_ldexp_f32 v10, v0, -7", [](A a, A, A, Rounding r) { return scalbn(a, -7, r); }});
  more({"v_ldexp_f32 v10, v0, 2", [](A a, A, A, Rounding r) { return scalbn(a, 2, r); }});
  more({"v_cvt_f32_i32 v10, v0", [](A a, A, A, Rounding r) { return converted(a, f32Of, r); }, true});
  check(f, 0x1c0 | 2 << 2, false); // f64's own rounding is another
}

TEST(Mode, f64) {
  Format f{f64Of, 2, 6, commonCases("f64")};
  auto more = [&](Case c) { f.cases.push_back(std::move(c)); };
  more({"v_ldexp_f64 v[10:11], v[0:1], -7", [](A a, A, A, Rounding r) { return scalbn(a, -7, r); }});
  more({"v_cvt_f64_i32 v[10:11], v0", [](A a, A, A, Rounding r) { return converted(a, f64Of, r); }, true});
  check(f, 0x100 | 1, false); // f32 flushes and rounds upwards
}

TEST(Mode, f16) {
  Format f{f16, 2, 6, commonCases("f16")};
  auto more = [&](Case c) { f.cases.push_back(std::move(c)); };
  more({"v_pk_add_f16 v10, v0, v2", [](A a, A b, A, Rounding r) { return add(a, b, r); }});
  more({"v_pk_mul_f16 v10, v0, v2", [](A a, A b, A, Rounding r) { return mul(a, b, r); }});
  more({"v_pk_fma_f16 v10, v0, v2, v4", [](A a, A b, A c, Rounding r) { return fma(a, b, c, r); }});
  more({"v_pk_max_f16 v10, v0, v2", [](A a, A b, A, Rounding) { return largest(a, b); }});
  more(
      {"v_fma_mixlo_f16 v10, v0, v2, v4 op_sel_hi:[1,1,1]", [](A a, A b, A c, Rounding r) { return fma(a, b, c, r); }});
  more({"v_ldexp_f16 v10, v0, -7", [](A a, A, A, Rounding r) { return scalbn(a, -7, r); }});
  more({"v_ldexp_f16 v10, v0, 3", [](A a, A, A, Rounding r) { return scalbn(a, 3, r); }});
  check(f, 0x100 | 1, false); // f32 flushes and rounds upwards
  check(f, 0x130 | 1 << 23, true);
}

// From f32 and f64, in the wider formats' own draw; halfway points and the numbers next to them among them.
TEST(Mode, conversions) {
  std::mt19937_64 random(9);
  for (unsigned rounding = 0; rounding < 4; ++rounding)
    for (bool overflow : {false, true}) {
      Bench bench("gfx942");
      bench.setMode(0x3f0 | rounding << 2 | uint32_t(overflow) << 23);
      for (unsigned round = 0; round < 64; ++round) {
        uint32_t x[lanes];
        for (unsigned l = 0; l < lanes; ++l) {
          APFloat near = converted(number(f16, drawn(f16, random)), f32Of, roundings[0]);
          x[l] = uint32_t(round % 2 ? random() : bitsOf(near) + (random() % 3 << 12) + random() % 3 - 1);
          bench.v[0][l] = x[l];
          bench.setV64(2, l,
                       bitsOf(converted(number(f32Of, x[l]), f64Of, roundings[0])) + (random() % 3 << 28) +
                           random() % 3 - 1);
        }
        ASSERT_EQ(bench.run("v_cvt_f16_f32 v10, v0"), "");
        ASSERT_EQ(bench.run("v_cvt_f32_f64 v11, v[2:3]"), "");
        for (unsigned l = 0; l < lanes; ++l) {
          APFloat half = converted(number(f32Of, x[l]), f16, roundings[rounding]);
          if (overflow && half.isInfinity() && number(f32Of, x[l]).isFinite())
            half = APFloat::getLargest(f16, half.isNegative());
          ASSERT_TRUE(half.isNaN() ? number(f16, bench.v[10][l]).isNaN() : bitsOf(half) == bench.v[10][l])
              << std::hex << x[l] << " in " << bench.wave.mode << ": " << bench.v[10][l] << " for " << bitsOf(half);
          APFloat single = converted(number(f64Of, bench.v64(2, l)), f32Of, roundings[rounding]);
          ASSERT_TRUE(single.isNaN() ? number(f32Of, bench.v[11][l]).isNaN() : bitsOf(single) == bench.v[11][l])
              << std::hex << bench.v64(2, l) << " in " << bench.wave.mode;
        }
      }
    }
}

// In IEEE mode a signalling NaN comes out of minima and maxima, quiet; else the other operand does.
TEST(Mode, ieee) {
  constexpr uint32_t ieee = 1 << 9, kept = 0x1f0;
  Bench bench("gfx942");
  auto run = [&](const char *text, uint32_t mode) {
    for (unsigned l = 0; l < lanes; ++l) {
      bench.setV64(0, l, 0x7f800001);
      bench.setV64(2, l, bits(1.0f));
      bench.setV64(4, l, 0x7ff0000000000001ull);
      bench.setV64(6, l, 0x3ff0000000000000ull);
      bench.setV64(8, l, 0x7c017c01);
      bench.setV64(12, l, 0x3c003c00);
    }
    bench.setMode(mode);
    EXPECT_EQ(bench.run(text), "") << text;
    return bench.v64(10, 3);
  };
  for (const char *which : {"max", "min"}) {
    auto text = [&](const char *form) {
      std::string s = form;
      return s.replace(s.find('?'), 1, which);
    };
    for (const char *form : {"v_?_f32 v10, v0, v2", "v_?_f32 v10, v2, v0"}) {
      EXPECT_EQ(uint32_t(run(text(form).c_str(), kept | ieee)), 0x7fc00001u) << form;
      EXPECT_EQ(uint32_t(run(text(form).c_str(), kept)), bits(1.0f)) << form;
    }
    for (const char *form : {"v_?_f64 v[10:11], v[4:5], v[6:7]", "v_?_f64 v[10:11], v[6:7], v[4:5]"}) {
      EXPECT_EQ(run(text(form).c_str(), kept | ieee), 0x7ff8000000000001ull) << form;
      EXPECT_EQ(run(text(form).c_str(), kept), 0x3ff0000000000000ull) << form;
    }
    for (const char *form : {"v_?_f16 v10, v8, v12", "v_?_f16 v10, v12, v8"}) {
      EXPECT_EQ(uint32_t(run(text(form).c_str(), kept | ieee)), 0x7e01u) << form;
      EXPECT_EQ(uint32_t(run(text(form).c_str(), kept)), 0x3c00u) << form;
    }
    EXPECT_EQ(uint32_t(run(text("v_pk_?_f16 v10, v8, v12").c_str(), kept | ieee)), 0x7e017e01u);
    EXPECT_EQ(uint32_t(run(text("v_pk_?_f16 v10, v12, v8").c_str(), kept)), 0x3c003c00u);
  }
}

// A NaN clamps to 0 where MODE says DX10_CLAMP, and stays where it does not.
TEST(Mode, clampOfNan) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l) {
    bench.setV64(0, l, 0x7fc000007fc00000ull);
    bench.v[2][l] = 0x7e007e00;
  }
  for (const char *text : {"v_add_f32_e64 v10, v0, 1.0 clamp", "v_pk_add_f32 v[10:11], v[0:1], v[0:1] clamp",
                           "v_pk_add_f16 v10, v2, v2 clamp", "v_fma_mix_f32 v10, v0, v0, v0 clamp"}) {
    bench.setMode(0x1f0);
    ASSERT_EQ(bench.run(text), "");
    EXPECT_EQ(bench.v[10][0], 0u) << text;
    bench.setMode(0xf0);
    ASSERT_EQ(bench.run(text), "");
    EXPECT_NE(bench.v[10][0], 0u) << text;
  }
}

// omod (ISA manuals, "VALU output operands"): ignored in IEEE mode and where results keep denormals, else denormals and
// -0 become +0.
TEST(Mode, outputModifiers) {
  struct Modified {
    const fltSemantics &semantics;
    unsigned denormalsAt;
    const char *text;
    double factor;
  };
  const Modified all[] = {{f32Of, 4, "v_mul_f32_e64 v10, v0, v2 mul:4", 4},
                          {f32Of, 4, "v_mul_f32_e64 v10, v0, v2 mul:2", 2},
                          {f32Of, 4, "v_mul_f32_e64 v10, v0, v2 div:2", 0.5},
                          {f64Of, 6, "v_mul_f64 v[10:11], v[0:1], v[2:3] mul:2", 2},
                          {f64Of, 6, "v_mul_f64 v[10:11], v[0:1], v[2:3] div:2", 0.5},
                          {f16, 6, "v_mul_f16_e64 v10, v0, v2 mul:4", 4},
                          {f16, 6, "v_mul_f16_e64 v10, v0, v2 div:2", 0.5}};
  std::mt19937_64 random(5);
  for (const Modified &m : all)
    for (unsigned ieee = 0; ieee < 2; ++ieee)
      for (unsigned denormals = 0; denormals < 4; ++denormals) {
        Bench bench("gfx942");
        bench.setMode(ieee << 9 | denormals << m.denormalsAt);
        uint64_t x[2][lanes];
        for (unsigned n = 0; n < 2; ++n)
          for (unsigned l = 0; l < lanes; ++l)
            bench.setV64(2 * n, l, x[n][l] = l < 4 ? uint64_t(l & n) : drawn(m.semantics, random));
        ASSERT_EQ(bench.run(m.text), "") << m.text;
        bool applies = !ieee && !(denormals & 2);
        for (unsigned l = 0; l < lanes; ++l) {
          auto in = [&](unsigned n) { return flushed(number(m.semantics, x[n][l]), !(denormals & 1)); };
          APFloat product = mul(in(0), in(1), roundings[0]), expected = flushed(product, !(denormals & 2));
          if (applies) {
            expected = mul(expected, converted(APFloat(m.factor), m.semantics, roundings[0]), roundings[0]);
            if (expected.isDenormal() || expected.isZero())
              expected = APFloat::getZero(m.semantics);
          }
          if (!(denormals & 2) && product.isSmallestNormalized()) // as above, tiny or not
            continue;
          unsigned width = widthOf(m.semantics);
          uint64_t got = bench.v64(10, l) & (width == 64 ? ~0ull : (1ull << width) - 1);
          ASSERT_TRUE(expected.isNaN() ? number(m.semantics, got).isNaN() : got == bitsOf(expected))
              << m.text << " in MODE " << std::hex << bench.wave.mode << " of " << x[0][l] << " " << x[1][l] << ": got "
              << got << ", expected " << bitsOf(expected);
        }
      }
}

// s_setreg changes the rounding of what follows; an atomic rounds to nearest all the same.
TEST(Mode, setByTheKernel) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = bits(1.0f);
    bench.v[1][l] = bits(0x1p-30f);
    bench.v[2][l] = 4 * l;
  }
  std::memset(bench.lds.data(), 0, bench.lds.size());
  ASSERT_EQ(bench.run("s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 1"), "");
  ASSERT_EQ(bench.run("v_add_f32 v10, v0, v1"), "");
  EXPECT_EQ(f32(bench.v[10][7]), 0x1.000002p0f);
  ASSERT_EQ(bench.run("ds_add_f32 v2, v0"), "");
  ASSERT_EQ(bench.run("ds_add_rtn_f32 v11, v2, v1"), "");
  ASSERT_EQ(bench.run("ds_read_b32 v11, v2"), "");
  EXPECT_EQ(f32(bench.v[11][7]), 1.0f);
  ASSERT_EQ(bench.run("s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 2), 0"), "");
  ASSERT_EQ(bench.run("v_add_f32 v10, v0, v1"), "");
  EXPECT_EQ(f32(bench.v[10][7]), 1.0f);
}

// Atomics round to nearest. Those of memory keep denormals whatever MODE says; LDS has them as MODE says, f64 by its
// own setting.
TEST(Mode, denormalsOfAtomics) {
  for (bool flush32 : {false, true})
    for (bool flush64 : {false, true}) {
      Bench bench("gfx950");
      bench.setMode(0x303 | (flush32 ? 0 : 0x30) | (flush64 ? 0 : 0xc0));
      uint64_t memory = *bench.memory.allocate("memory", 64);
      bench.setExec(1);
      auto put = [&](unsigned at, uint64_t x) {
        std::memcpy(*bench.memory.host(memory + at, 8), &x, 8);
        std::memcpy(&bench.lds[at], &x, 8);
      };
      put(0, 1);  // the smallest f32
      put(8, 1);  // and f64
      put(16, 1); // twice
      bench.setV64(0, 0, memory);
      bench.v[2][0] = 0;
      bench.setV64(4, 0, 2);
      ASSERT_EQ(bench.run("global_atomic_add_f32 v[0:1], v4, off"), "");
      ASSERT_EQ(bench.run("global_atomic_add_f64 v[0:1], v[4:5], off offset:8"), "");
      ASSERT_EQ(bench.run("flat_atomic_add_f64 v[0:1], v[4:5] offset:16"), "");
      ASSERT_EQ(bench.run("ds_add_f32 v2, v4"), "");
      ASSERT_EQ(bench.run("ds_add_f64 v2, v[4:5] offset:8"), "");
      auto word = [&](const uint8_t *p) {
        uint64_t x;
        std::memcpy(&x, p, 8);
        return x;
      };
      uint8_t *host = *bench.memory.host(memory, 64);
      EXPECT_EQ(word(host), 3u);
      EXPECT_EQ(word(host + 8), 3u);
      EXPECT_EQ(word(host + 16), 3u);
      EXPECT_EQ(word(bench.lds.data()), flush32 ? 0u : 3u);
      EXPECT_EQ(word(bench.lds.data() + 8), flush64 ? 0u : 3u);
    }
}

// What a mode makes of these is not published: refused, and nothing else is.
TEST(Mode, unknownIsRefused) {
  constexpr uint32_t overflow = 0x3f0 | 1 << 23, upwards = 0x3f0 | 1 << 2;
  Bench bench("gfx950");
  auto refused = [&](const char *text, uint32_t mode) {
    bench.wave.status = WaveStatus::running;
    bench.setMode(mode);
    return bench.run(text).find("is not known") != std::string::npos;
  };
  EXPECT_TRUE(refused("v_cvt_pk_fp8_f32 v10, v0, v1", overflow));
  EXPECT_FALSE(refused("v_cvt_pk_fp8_f32 v10, v0, v1", upwards)); // to nearest, whatever MODE says
  EXPECT_TRUE(refused("v_cvt_scalef32_pk_fp8_f32 v10, v0, v1, v2", overflow));
  EXPECT_TRUE(refused("v_mad_f16 v10, v0, v1, v2", upwards));
  EXPECT_TRUE(refused("v_cvt_pk_f16_f32 v10, v0, v1", upwards));
  EXPECT_FALSE(refused("v_mad_f16 v10, v0, v1, v2", 0x3f0));
  EXPECT_FALSE(refused("v_fma_f16 v10, v0, v1, v2", overflow | upwards));
}

} // namespace
} // namespace pa::emu::test
