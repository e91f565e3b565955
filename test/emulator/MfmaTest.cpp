// Matrix products: element places against AMD's own layout file, arithmetic against double and against the published
// model of CDNA3's matrix cores, computed here with wide integers and one element at a time.
#include "Layouts.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

struct Form {
  std::string name;
  unsigned M, N, K, bits; // element bits of A and B
  unsigned aRegisters, dRegisters;
};
// gfx950's wide forms, which the layout file has not: the k index of a lane's element e is its group's share, as for
// the forms of half the depth.
const std::vector<Form> forms = {
    {"v_mfma_f32_16x16x16_f16", 16, 16, 16, 16, 2, 4},  {"v_mfma_f32_16x16x16_bf16", 16, 16, 16, 16, 2, 4},
    {"v_mfma_f32_32x32x8_f16", 32, 32, 8, 16, 2, 16},   {"v_mfma_f32_32x32x8_bf16", 32, 32, 8, 16, 2, 16},
    {"v_mfma_f32_16x16x4_f32", 16, 16, 4, 32, 1, 4},    {"v_mfma_f32_32x32x2_f32", 32, 32, 2, 32, 1, 16},
    {"v_mfma_f32_16x16x8_xf32", 16, 16, 8, 32, 2, 4},   {"v_mfma_f32_32x32x4_xf32", 32, 32, 4, 32, 2, 16},
    {"v_mfma_i32_16x16x32_i8", 16, 16, 32, 8, 2, 4},    {"v_mfma_i32_32x32x16_i8", 32, 32, 16, 8, 2, 16},
    {"v_mfma_f32_16x16x32_f16", 16, 16, 32, 16, 4, 4},  {"v_mfma_f32_16x16x32_bf16", 16, 16, 32, 16, 4, 4},
    {"v_mfma_f32_32x32x16_f16", 32, 32, 16, 16, 4, 16}, {"v_mfma_f32_32x32x16_bf16", 32, 32, 16, 16, 4, 16},
    {"v_mfma_i32_16x16x64_i8", 16, 16, 64, 8, 4, 4},    {"v_mfma_i32_32x32x32_i8", 32, 32, 32, 8, 4, 16},
};

bool isWide(const Form &f) { return f.bits < 32 && f.aRegisters == 4; }
const char *chipOf(const Form &f) { return isWide(f) ? "gfx950" : "gfx942"; }

Place placeOf(const Form &f, char matrix, unsigned row, unsigned column) {
  auto found = layouts().find(f.name);
  if (found != layouts().end())
    return found->second.at({matrix, 0, row, column});
  if (matrix == 'C' || matrix == 'D') { // those of the narrow form
    std::string narrow = f.M == 16 ? "v_mfma_f32_16x16x16_f16" : "v_mfma_f32_32x32x8_f16";
    return layouts().at(narrow).at({matrix, 0, row, column});
  }
  unsigned k = matrix == 'A' ? column : row, i = matrix == 'A' ? row : column;
  unsigned perLane = f.aRegisters * 32 / f.bits, e = k % perLane;
  return {e * f.bits / 32, k / perLane * f.M + i, e * f.bits % 32};
}

std::string textOf(const Form &f, const char *a = "v[0:%u]", const char *b = "v[32:%u]", const char *c = "v[64:%u]",
                   const char *d = "v[128:%u]") {
  auto range = [](const char *pattern, unsigned first, unsigned count) {
    char text[32];
    std::string p = pattern;
    if (count == 1) // v0 rather than v[0:0]
      return p.substr(0, 1) + std::to_string(first);
    snprintf(text, sizeof text, p.c_str(), first + count - 1);
    return std::string(text);
  };
  return f.name + " " + range(d, 128, f.dRegisters) + ", " + range(a, 0, f.aRegisters) + ", " +
         range(b, 32, f.aRegisters) + ", " + range(c, 64, f.dRegisters);
}

uint32_t encode(const Form &f, double x) {
  if (f.bits == 32)
    return bits(float(x));
  if (f.bits == 8)
    return uint32_t(int32_t(x)) & 0xff;
  if (f.name.find("bf16") != std::string::npos)
    return bits(float(x)) >> 16; // exact for the values used
  // Small integers are exact halves.
  int e = 0;
  double m = std::frexp(std::fabs(x), &e);
  return x == 0 ? 0 : (x < 0 ? 0x8000u : 0) | uint32_t(e + 14) << 10 | uint32_t((m * 2 - 1) * 1024);
}

// Integers small enough that every arithmetic is exact.
TEST(Mfma, placesAreTheLayoutFiles) {
  std::mt19937_64 random(1);
  for (const Form &f : forms)
    for (bool fast : {false, true}) {
      Bench bench(chipOf(f));
      bench.wave.fastMfma = fast;
      std::vector<int> a(f.M * f.K), b(f.K * f.N), c(f.M * f.N);
      auto draw = [&](std::vector<int> &x) {
        for (int &v : x)
          v = int(random() % 31) - 15;
      };
      draw(a);
      draw(b);
      draw(c);
      for (unsigned i = 0; i < f.M; ++i)
        for (unsigned k = 0; k < f.K; ++k)
          put(bench, 0, placeOf(f, 'A', i, k), f.bits, encode(f, a[i * f.K + k]));
      for (unsigned k = 0; k < f.K; ++k)
        for (unsigned j = 0; j < f.N; ++j)
          put(bench, 32, placeOf(f, 'B', k, j), f.bits, encode(f, b[k * f.N + j]));
      bool integer = f.name.find("i32") != std::string::npos;
      auto cBits = [&](int x) { return integer ? uint32_t(x) : bits(float(x)); };
      for (unsigned i = 0; i < f.M; ++i)
        for (unsigned j = 0; j < f.N; ++j)
          put(bench, 64, placeOf(f, 'C', i, j), 32, cBits(c[i * f.N + j]));
      bench.setExec(0x12345678); // which a product ignores
      ASSERT_EQ(bench.run(textOf(f)), "") << f.name;
      for (unsigned i = 0; i < f.M; ++i)
        for (unsigned j = 0; j < f.N; ++j) {
          int sum = c[i * f.N + j];
          for (unsigned k = 0; k < f.K; ++k)
            sum += a[i * f.K + k] * b[k * f.N + j];
          Place p = placeOf(f, 'D', i, j);
          ASSERT_EQ(bench.v[128 + p.vgpr][p.lane], cBits(sum)) << f.name << " D[" << i << "][" << j << "]";
        }
    }
}

TEST(Mfma, agprsConstantsAndOverlap) {
  const Form &f = forms[0];
  Bench bench("gfx942", /*accumOffset=*/256);
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 2; ++r) {
      bench.v[256 + r][l] = 0x3c003c00; // halves of 1
      bench.v[32 + r][l] = 0x40004000;  // of 2
    }
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_f16 a[128:131], a[0:1], v[32:33], 1.0"), "");
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 4; ++r)
      EXPECT_EQ(f32(bench.v[256 + 128 + r][l]), 33.0f);
  // The result over its own first source.
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 4; ++r)
      bench.v[r][l] = 0x3c003c00;
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_f16 v[0:3], v[0:1], v[32:33], 0"), "") << f.name;
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 4; ++r)
      EXPECT_EQ(f32(bench.v[r][l]), 32.0f);
}

// --- Arithmetic ----------------------------------------------------------------------------------------------------

// A float taken apart: value = sign * magnitude * 2^(exponent - fraction bits).
struct Number {
  bool negative;
  __int128 magnitude;
  int exponent;
};
Number numberOf(uint32_t x, unsigned exponentBits, unsigned fractionBits) {
  int bias = (1 << (exponentBits - 1)) - 1;
  int e = int(x >> fractionBits & ((1u << exponentBits) - 1));
  uint32_t fraction = x & ((1u << fractionBits) - 1);
  return {bool(x >> (exponentBits + fractionBits) & 1), __int128(e ? fraction | 1u << fractionBits : fraction),
          (e ? e : 1) - bias};
}

// The published model (MMA-Sim) with 128-bit integers: one group of products, then C.
float modelGroup(const std::vector<std::pair<Number, Number>> &products, unsigned fractionBits, float c) {
  int top = -100000;
  for (const auto &p : products)
    if (p.first.magnitude && p.second.magnitude)
      top = std::max(top, p.first.exponent + p.second.exponent);
  __int128 sum = 0; // in units of 2^(top - 24)
  for (const auto &p : products) {
    if (!p.first.magnitude || !p.second.magnitude)
      continue;
    __int128 term = p.first.magnitude * p.second.magnitude; // 2 * fractionBits below the point
    int down = top - p.first.exponent - p.second.exponent, up = 24 - 2 * int(fractionBits);
    term = down > 60 ? 0 : (term << up) >> down; // toward zero: the sign comes after
    sum += p.first.negative != p.second.negative ? -term : term;
  }
  Number n = numberOf(bits(c), 8, 23);
  if (n.magnitude == 0 && sum == 0)
    return 0;
  int cExponent = n.magnitude ? n.exponent : -100000, most = std::max(top, cExponent);
  __int128 addend = n.negative ? -n.magnitude : n.magnitude;
  auto floored = [](__int128 x, int down) -> __int128 {
    if (down <= 0)
      return x * (__int128(1) << -down);
    return down > 100 ? (x < 0 ? -1 : 0) : x >> down;
  };
  // In units of 2^(most - 31): products at 31 fractional bits, C floored at 24.
  __int128 products31 = floored(sum, most - top - 7), c31 = floored(addend, most - cExponent - 1) * 128;
  return float(std::ldexp((long double)(products31 + c31), most - 31));
}

struct NumberType {
  const char *suffix;
  unsigned exponentBits, fractionBits, group, unread; // low bits of an element that are not looked at
};

void checkExact(const Form &f, const NumberType &t, std::mt19937_64 &random, bool extreme) {
  Bench bench(chipOf(f));
  std::vector<uint32_t> a(f.M * f.K), b(f.K * f.N);
  std::vector<float> c(f.M * f.N);
  std::normal_distribution<float> normal;
  auto draw = [&](std::vector<uint32_t> &x) {
    for (uint32_t &v : x) {
      uint32_t any = uint32_t(random()) & uint32_t((1ull << (t.exponentBits + t.fractionBits + 1)) - 1),
               exponentMask = ((1u << t.exponentBits) - 1) << t.fractionBits;
      if ((any & exponentMask) == exponentMask)
        any &= ~(1u << t.fractionBits); // no infinities or NaNs here
      int around = (1 << (t.exponentBits - 1)) - 1 + int(random() % 6) - 3;
      v = extreme ? any : (any & ~exponentMask) | uint32_t(around) << t.fractionBits;
      if (random() % 16 == 0)
        v &= 1u << (t.exponentBits + t.fractionBits);
    }
  };
  auto noise = [&] { return uint32_t(random()) & ((1u << t.unread) - 1); };
  draw(a);
  draw(b);
  for (float &x : c)
    x = extreme ? std::ldexp(normal(random), int(random() % 40) - 20) : normal(random);
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned k = 0; k < f.K; ++k)
      put(bench, 0, placeOf(f, 'A', i, k), f.bits, a[i * f.K + k] << t.unread | noise());
  for (unsigned k = 0; k < f.K; ++k)
    for (unsigned j = 0; j < f.N; ++j)
      put(bench, 32, placeOf(f, 'B', k, j), f.bits, b[k * f.N + j] << t.unread | noise());
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned j = 0; j < f.N; ++j)
      put(bench, 64, placeOf(f, 'C', i, j), 32, bits(c[i * f.N + j]));
  ASSERT_EQ(bench.run(textOf(f)), "");
  for (unsigned i = 0; i < f.M; ++i)
    for (unsigned j = 0; j < f.N; ++j) {
      float expected = c[i * f.N + j];
      for (unsigned first = 0; first < f.K; first += t.group) {
        std::vector<std::pair<Number, Number>> group;
        for (unsigned k = first; k < first + t.group; ++k)
          group.push_back({numberOf(a[i * f.K + k], t.exponentBits, t.fractionBits),
                           numberOf(b[k * f.N + j], t.exponentBits, t.fractionBits)});
        expected = modelGroup(group, t.fractionBits, expected);
        if (!std::isfinite(expected)) // an overflow in between: later groups cannot bring it back
          break;
      }
      Place p = placeOf(f, 'D', i, j);
      uint32_t got = bench.v[128 + p.vgpr][p.lane];
      if (std::isfinite(expected))
        ASSERT_EQ(got, bits(expected)) << f.name << " D[" << i << "][" << j << "] " << f32(got) << " " << expected;
      else
        ASSERT_FALSE(std::isfinite(f32(got)) && f.K == t.group) << f.name;
    }
}

TEST(Mfma, exactFollowsThePublishedModel) {
  std::mt19937_64 random(2);
  const NumberType types[] = {{"_f16", 5, 10, 8, 0}, {"_bf16", 8, 7, 8, 0}, {"_xf32", 8, 10, 4, 13}};
  for (const Form &f : forms)
    for (const NumberType &t : types)
      if (f.name.substr(f.name.rfind('_')) == t.suffix)
        for (unsigned round = 0; round < 6; ++round)
          checkExact(f, t, random, round % 2);
}

// Fast and exact differ by no more than the sum's rounding.
TEST(Mfma, fastIsCloseToExact) {
  std::mt19937_64 random(3);
  std::normal_distribution<float> normal;
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 2; ++r) {
      bench.v[r][l] = bits(normal(random)) >> 16 | (bits(normal(random)) & 0xffff0000u);
      bench.v[32 + r][l] = bits(normal(random)) >> 16 | (bits(normal(random)) & 0xffff0000u);
    }
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_bf16 v[128:131], v[0:1], v[32:33], 0"), "");
  bench.wave.fastMfma = true;
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_bf16 v[132:135], v[0:1], v[32:33], 0"), "");
  double worst = 0;
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 0; r < 4; ++r)
      worst = std::max(worst, std::fabs(double(f32(bench.v[128 + r][l])) - f32(bench.v[132 + r][l])));
  EXPECT_LT(worst, 16 * 10 * 0x1p-23);
}

// What broadcasting does is what moving the registers beforehand would have done: lanes by blgp, blocks by cbsz and
// abid.
TEST(Mfma, broadcastsOfLanesAndBlocks) {
  struct Blocks {
    const char *name;
    unsigned M, blocks, dRegisters, registers;
  };
  const Blocks all[] = {{"v_mfma_f32_4x4x4_16b_f16", 4, 16, 4, 2},   {"v_mfma_f32_16x16x4_4b_bf16", 16, 4, 16, 2},
                        {"v_mfma_f32_32x32x4_2b_f16", 32, 2, 32, 2}, {"v_mfma_f32_4x4x1_16b_f32", 4, 16, 4, 1},
                        {"v_mfma_i32_16x16x4_4b_i8", 16, 4, 16, 1},  {"v_mfma_f32_16x16x16_f16", 16, 1, 4, 2}};
  std::mt19937_64 random(5);
  for (const Blocks &b : all)
    for (unsigned cbsz = 0; 1u << cbsz <= b.blocks; ++cbsz)
      for (unsigned abid = 0; abid < 1u << cbsz; ++abid)
        for (unsigned blgp = 0; blgp < 8; ++blgp) {
          Bench bench("gfx942");
          auto set = [&](unsigned reg, unsigned lane, unsigned fromLane) {
            bench.v[reg + 8][lane] = bench.v[reg][fromLane];
          };
          for (unsigned r = 0; r < 2; ++r)
            for (unsigned l = 0; l < lanes; ++l) {
              bench.v[r][l] = uint32_t(random()) & 0x3f7f3f7f; // small floats, whatever their type
              bench.v[32 + r][l] = uint32_t(random()) & 0x3f7f3f7f;
            }
          for (unsigned r = 0; r < 2; ++r)
            for (unsigned l = 0; l < lanes; ++l) {
              unsigned block = l / (lanes / b.blocks), chosen = (block >> cbsz << cbsz) + abid;
              set(r, l, chosen * (lanes / b.blocks) + l % (lanes / b.blocks));
              const unsigned from[8] = {l,      l % 32,      l % 32 + 32, (l + 16) % 64,
                                        l % 16, l % 16 + 16, l % 16 + 32, l % 16 + 48};
              set(32 + r, l, from[blgp]);
            }
          auto range = [](unsigned first, unsigned count) {
            return count == 1 ? "v" + std::to_string(first)
                              : "v[" + std::to_string(first) + ":" + std::to_string(first + count - 1) + "]";
          };
          std::string modifiers = (cbsz ? " cbsz:" + std::to_string(cbsz) : "") +
                                  (abid ? " abid:" + std::to_string(abid) : "") +
                                  (blgp ? " blgp:" + std::to_string(blgp) : "");
          auto text = [&](unsigned d, unsigned a, unsigned bb) {
            return std::string(b.name) + " " + range(d, b.dRegisters) + ", " + range(a, b.registers) + ", " +
                   range(bb, b.registers) + ", 0";
          };
          ASSERT_EQ(bench.run(text(64, 0, 32) + modifiers), "");
          ASSERT_EQ(bench.run(text(128, 8, 40)), "");
          for (unsigned r = 0; r < b.dRegisters; ++r)
            for (unsigned l = 0; l < lanes; ++l)
              ASSERT_EQ(bench.v[64 + r][l], bench.v[128 + r][l]) << b.name << modifiers << " r " << r << " l " << l;
        }
  Bench bench("gfx942");
  EXPECT_NE(bench.run("v_mfma_f32_16x16x4_4b_f16 v[0:15], v[16:17], v[18:19], 0 cbsz:3"), "");
  EXPECT_NE(bench.run("v_mfma_f32_16x16x4_4b_f16 v[0:15], v[16:17], v[18:19], 0 cbsz:1 abid:2"), "");
  EXPECT_NE(bench.run("v_mfma_f32_16x16x16_f16 v[0:3], v[16:17], v[18:19], 0 cbsz:1"), "");
  EXPECT_NE(bench.run("v_mfma_f32_16x16x32_fp8_fp8 v[0:3], v[16:17], v[18:19], 0 blgp:1"), "");
}

// Row 4 r + lane / 16, unlike the 32-bit products.
TEST(Mfma, doubles) {
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal;
  for (unsigned neg = 0; neg < 8; ++neg) {
    Bench bench("gfx942");
    double a[16][4], b[4][16], c[16][16];
    for (unsigned i = 0; i < 16; ++i)
      for (unsigned k = 0; k < 4; ++k) {
        a[i][k] = normal(random);
        b[k][i] = normal(random);
        bench.setV64(0, i + 16 * k, bits(a[i][k]));
        bench.setV64(2, i + 16 * k, bits(b[k][i]));
      }
    for (unsigned i = 0; i < 16; ++i)
      for (unsigned j = 0; j < 16; ++j) {
        c[i][j] = normal(random);
        bench.setV64(8 + 2 * (i / 4), j + 16 * (i % 4), bits(c[i][j]));
      }
    std::string text = "v_mfma_f64_16x16x4_f64 v[16:23], v[0:1], v[2:3], v[8:15]";
    if (neg)
      text += " neg:[" + std::to_string(neg & 1) + "," + std::to_string(neg >> 1 & 1) + "," + std::to_string(neg >> 2) +
              "]";
    ASSERT_EQ(bench.run(text), "");
    ASSERT_EQ(bench.run("v_mfma_f64_16x16x4_f64 v[24:31], v[0:1], v[2:3], 1.0"), "");
    for (unsigned i = 0; i < 16; ++i)
      for (unsigned j = 0; j < 16; ++j) {
        double sum = neg & 4 ? -c[i][j] : c[i][j], plain = 1.0;
        for (unsigned k = 0; k < 4; ++k) {
          sum = std::fma(neg & 1 ? -a[i][k] : a[i][k], neg & 2 ? -b[k][j] : b[k][j], sum);
          plain = std::fma(a[i][k], b[k][j], plain);
        }
        EXPECT_EQ(f64(bench.v64(16 + 2 * (i / 4), j + 16 * (i % 4))), sum);
        EXPECT_EQ(f64(bench.v64(24 + 2 * (i / 4), j + 16 * (i % 4))), plain);
      }
  }
}

// Four blocks b: A's row i and B's column j of k are lane 16 k + 4 b + i (j), D's lane is 16 i + 4 b + j (AMD's matrix
// core notes; others measured the same).
TEST(Mfma, doublesOfFourBlocks) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (unsigned neg = 0; neg < 8; ++neg) {
    Bench bench("gfx950");
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned r : {0u, 2u, 4u})
        bench.setV64(r, l, bits(normal(random)));
    bench.setExec(neg);
    std::string text = "v_mfma_f64_4x4x4_4b_f64 v[8:9], v[0:1], v[2:3], v[4:5]";
    if (neg)
      text += " neg:[" + std::to_string(neg & 1) + "," + std::to_string(neg >> 1 & 1) + "," + std::to_string(neg >> 2) +
              "]";
    ASSERT_EQ(bench.run(text), "");
    ASSERT_EQ(bench.run("v_mfma_f64_4x4x4_4b_f64 a[0:1], v[0:1], v[2:3], -2.0"), "");
    auto at = [&](unsigned r, unsigned l, bool negative = false) {
      double x = f64(bench.v64(r, l));
      return negative ? -x : x;
    };
    for (unsigned b = 0; b < 4; ++b)
      for (unsigned i = 0; i < 4; ++i)
        for (unsigned j = 0; j < 4; ++j) {
          double sum = at(4, 16 * i + 4 * b + j, neg & 4), plain = -2.0;
          for (unsigned k = 0; k < 4; ++k) {
            double x = at(0, 16 * k + 4 * b + i), y = at(2, 16 * k + 4 * b + j, neg & 2);
            plain = std::fma(x, neg & 2 ? -y : y, plain);
            sum = std::fma(neg & 1 ? -x : x, y, sum);
          }
          EXPECT_EQ(at(8, 16 * i + 4 * b + j), sum);
          EXPECT_EQ(at(256, 16 * i + 4 * b + j), plain);
        }
  }
}

TEST(Mfma, infinitiesAndNans) {
  for (bool fast : {false, true}) {
    Bench bench("gfx942");
    bench.wave.fastMfma = fast;
    for (unsigned l = 0; l < lanes; ++l)
      for (unsigned r = 0; r < 2; ++r) {
        bench.v[r][l] = 0x3f803f80;
        bench.v[32 + r][l] = 0x3f803f80;
      }
    bench.v[0][3] = 0x3f807f80;  // A[3][0] = inf
    bench.v[0][5] = 0x3f807fc0;  // A[5][0] = NaN
    bench.v[32][7] = 0x3f800000; // B[0][7] = 0
    ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_bf16 v[128:131], v[0:1], v[32:33], 0"), "");
    for (unsigned i = 0; i < 16; ++i)
      for (unsigned j = 0; j < 16; ++j) {
        Place p = placeOf(forms[1], 'D', i, j);
        float got = f32(bench.v[128 + p.vgpr][p.lane]);
        bool nan = i == 5 || (i == 3 && j == 7);
        EXPECT_EQ(std::isnan(got), nan) << i << " " << j;
        if (!nan)
          EXPECT_EQ(got, i == 3 ? INFINITY : j == 7 ? 15.0f : 16.0f) << i << " " << j;
      }
  }
}

TEST(Mfma, denormalsCount) {
  Bench bench("gfx942");
  bench.setMode(0x3c0); // f32 flushing is not the matrix cores' business
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = bench.v[1][l] = 0;
    bench.v[32][l] = bench.v[33][l] = 0;
  }
  bench.v[0][0] = 0x0001;  // A[0][0]: the smallest half, 2^-24
  bench.v[32][0] = 0x3c00; // B[0][0]: 1
  bench.v[64][0] = 1;      // C[0][0]: the smallest f32
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_f16 v[128:131], v[0:1], v[32:33], v[64:67]"), "");
  EXPECT_EQ(f32(bench.v[128][0]), 0x1p-24f);
  bench.v[0][0] = 0;
  ASSERT_EQ(bench.run("v_mfma_f32_16x16x16_f16 v[128:131], v[0:1], v[32:33], v[64:67]"), "");
  EXPECT_EQ(bench.v[128][0], 1u);
}

} // namespace
} // namespace pa::emu::test
