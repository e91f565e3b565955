// DPP, SDWA and instructions that move values between lanes, against definitions lane by lane.
#include "Bench.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pa::emu::test {
namespace {

constexpr int none = -1;

struct Control {
  std::string text;
  std::function<int(int)> source; // of a lane; none: out of the row or wave
};

std::vector<Control> controls() {
  std::vector<Control> out;
  for (int n = 1; n < 16; ++n) {
    std::string k = std::to_string(n);
    out.push_back({"row_shl:" + k, [n](int l) { return l % 16 + n < 16 ? l + n : none; }});
    out.push_back({"row_shr:" + k, [n](int l) { return l % 16 - n >= 0 ? l - n : none; }});
    out.push_back({"row_ror:" + k, [n](int l) { return l / 16 * 16 + (l % 16 - n + 16) % 16; }});
  }
  for (int n = 0; n < 16; ++n)
    out.push_back({"row_newbcast:" + std::to_string(n), [n](int l) { return l / 16 * 16 + n; }});
  for (std::array<int, 4> q : {std::array<int, 4>{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 1, 3, 3}, {2, 0, 0, 1}})
    out.push_back({"quad_perm:[" + std::to_string(q[0]) + "," + std::to_string(q[1]) + "," + std::to_string(q[2]) +
                       "," + std::to_string(q[3]) + "]",
                   [q](int l) { return l / 4 * 4 + q[size_t(l % 4)]; }});
  out.push_back({"row_mirror", [](int l) { return l / 16 * 16 + 15 - l % 16; }});
  out.push_back({"row_half_mirror", [](int l) { return l / 8 * 8 + 7 - l % 8; }});
  out.push_back({"wave_shl:1", [](int l) { return l < 63 ? l + 1 : none; }});
  out.push_back({"wave_shr:1", [](int l) { return l > 0 ? l - 1 : none; }});
  out.push_back({"wave_rol:1", [](int l) { return (l + 1) % 64; }});
  out.push_back({"wave_ror:1", [](int l) { return (l + 63) % 64; }});
  out.push_back({"row_bcast:15", [](int l) { return l >= 16 ? l / 16 * 16 - 1 : none; }});
  out.push_back({"row_bcast:31", [](int l) { return l >= 32 ? 31 : none; }});
  return out;
}

TEST(Dpp, everyControlMaskAndBound) {
  std::mt19937_64 random(1);
  for (const Control &c : controls())
    for (int variant = 0; variant < 4; ++variant) {
      bool bound = variant & 1;
      unsigned rowMask = variant & 2 ? 0xb : 0xf, bankMask = variant & 2 ? 0x6 : 0xf;
      uint64_t some = random(), more = random(), exec = variant == 0 ? ~0ull : some | more;
      Bench bench("gfx942");
      for (unsigned l = 0; l < lanes; ++l) {
        bench.v[0][l] = 100 + l;
        bench.v[1][l] = 1000 * l;
        bench.v[10][l] = 0xdead0000 + l;
      }
      bench.setExec(exec);
      char masks[64];
      snprintf(masks, sizeof masks, " row_mask:0x%x bank_mask:0x%x%s", rowMask, bankMask, bound ? " bound_ctrl:0" : "");
      std::string text = "v_add_u32_dpp v10, v0, v1 " + c.text + masks;
      ASSERT_EQ(bench.run(text), "") << text;
      for (int l = 0; l < 64; ++l) {
        int from = c.source(l);
        bool valid = from != none && (exec >> from & 1);
        bool chosen = (exec >> l & 1) && (rowMask >> (l / 16) & 1) && (bankMask >> (l % 16 / 4) & 1);
        uint32_t expected = 0xdead0000 + unsigned(l);
        if (chosen && (valid || bound))
          expected = (valid ? 100 + unsigned(from) : 0) + 1000 * unsigned(l);
        ASSERT_EQ(bench.v[10][l], expected) << text << " lane " << l;
      }
    }
}

TEST(Dpp, wideAndFloat) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l) {
    bench.setV64(0, l, (uint64_t(l) << 32) | (l + 7));
    bench.v[2][l] = bits(float(l));
  }
  ASSERT_EQ(bench.run("v_mov_b64_dpp v[10:11], v[0:1] row_newbcast:3 row_mask:0xf bank_mask:0xf"), "");
  ASSERT_EQ(bench.run("v_add_f32_dpp v12, -v2, |v2| row_shl:1 row_mask:0xf bank_mask:0xf bound_ctrl:0"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned from = l / 16 * 16 + 3;
    EXPECT_EQ(bench.v64(10, l), (uint64_t(from) << 32) | (from + 7));
    EXPECT_EQ(f32(bench.v[12][l]), l % 16 < 15 ? -1.0f : float(l));
  }
}

TEST(Sdwa, selectorsExtensionAndUnused) {
  struct Sel {
    const char *name;
    unsigned shift, width;
  };
  const Sel sels[] = {{"BYTE_0", 0, 8},  {"BYTE_1", 8, 8},   {"BYTE_2", 16, 8}, {"BYTE_3", 24, 8},
                      {"WORD_0", 0, 16}, {"WORD_1", 16, 16}, {"DWORD", 0, 32}};
  std::mt19937_64 random(2);
  auto field = [](const Sel &s, uint32_t x, bool sext) {
    uint32_t mask = s.width == 32 ? ~0u : (1u << s.width) - 1, f = x >> s.shift & mask;
    return sext && s.width < 32 ? uint32_t(int32_t(f << (32 - s.width)) >> (32 - s.width)) : f;
  };
  for (const Sel &source : sels)
    for (const Sel &dst : sels)
      for (const char *unused : {"UNUSED_PAD", "UNUSED_SEXT", "UNUSED_PRESERVE"}) {
        Bench bench("gfx942");
        for (unsigned l = 0; l < lanes; ++l)
          for (unsigned r : {0u, 1u, 10u})
            bench.v[r][l] = uint32_t(random());
        std::vector<uint32_t> old(bench.v[10], bench.v[10] + lanes);
        std::string text = std::string("v_add_u32_sdwa v10, sext(v0), v1 dst_sel:") + dst.name +
                           " dst_unused:" + unused + " src0_sel:" + source.name + " src1_sel:WORD_1";
        ASSERT_EQ(bench.run(text), "") << text;
        for (unsigned l = 0; l < lanes; ++l) {
          uint32_t sum = field(source, bench.v[0][l], true) + (bench.v[1][l] >> 16);
          uint32_t mask = dst.width == 32 ? ~0u : ((1u << dst.width) - 1) << dst.shift;
          uint32_t expected = sum << dst.shift & mask;
          if (std::string(unused) == "UNUSED_PRESERVE")
            expected |= old[l] & ~mask;
          else if (std::string(unused) == "UNUSED_SEXT" && (sum >> (dst.width - 1) & 1) && dst.shift + dst.width < 32)
            expected |= ~0u << (dst.shift + dst.width);
          ASSERT_EQ(bench.v[10][l], expected) << text;
        }
      }
}

TEST(Sdwa, halfResultIntoUpperWord) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = bits(float(l) + 0.5f);
    bench.v[10][l] = 0x1234abcd;
  }
  ASSERT_EQ(bench.run("v_cvt_f16_f32_sdwa v10, v0 dst_sel:WORD_1 dst_unused:UNUSED_PRESERVE src0_sel:DWORD"), "");
  EXPECT_EQ(bench.v[10][0], 0x3800abcdu);
  EXPECT_EQ(bench.v[10][1], 0x3e00abcdu);
}

TEST(CrossLane, permutes) {
  std::mt19937_64 random(3);
  for (uint64_t exec : {~0ull, 0x0ff0f00f12345678ull}) {
    Bench bench("gfx950");
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = uint32_t(random() % 64) * 4 + uint32_t(random() % 4);
      bench.v[1][l] = 100 + l;
      bench.v[10][l] = bench.v[11][l] = 7;
    }
    bench.setExec(exec);
    ASSERT_EQ(bench.run("ds_bpermute_b32 v10, v0, v1 offset:8"), "");
    ASSERT_EQ(bench.run("ds_permute_b32 v11, v0, v1"), "");
    uint32_t pushed[lanes] = {};
    for (unsigned l = 0; l < lanes; ++l)
      if (exec >> l & 1)
        pushed[bench.v[0][l] / 4] = 100 + l;
    for (unsigned l = 0; l < lanes; ++l) {
      unsigned from = (bench.v[0][l] + 8) / 4 % 64;
      uint32_t pulled = exec >> from & 1 ? 100 + from : 0;
      EXPECT_EQ(bench.v[10][l], exec >> l & 1 ? pulled : 7);
      EXPECT_EQ(bench.v[11][l], exec >> l & 1 ? pushed[l] : 7);
    }
  }
}

TEST(CrossLane, swizzles) {
  struct Swizzle {
    const char *text;
    std::function<unsigned(unsigned)> source;
  };
  const Swizzle all[] = {
      {"swizzle(QUAD_PERM, 3, 1, 0, 2)",
       [](unsigned l) {
         const unsigned p[] = {3, 1, 0, 2};
         return l / 4 * 4 + p[l % 4];
       }},
      {"swizzle(SWAP, 16)", [](unsigned l) { return l ^ 16; }},
      {"swizzle(REVERSE, 8)", [](unsigned l) { return l ^ 7; }},
      {"swizzle(BROADCAST, 4, 2)", [](unsigned l) { return (l & ~3u) | 2; }},
      {"swizzle(BITMASK_PERM, \"01pip\")",
       // bits 4..0: 0, 1, kept, inverted, kept
       [](unsigned l) { return (l & 32) | 8 | (l & 4) | (~l & 2) | (l & 1); }},
      {"swizzle(ROTATE, 0, 3)", [](unsigned l) { return (l & 32) | ((l + 3) & 31); }},
      {"swizzle(ROTATE, 1, 3)", [](unsigned l) { return (l & 32) | ((l - 3) & 31); }},
      // The manual's own tables, which count from 1.
      {"swizzle(FFT, 0)",
       [](unsigned l) {
         const uint8_t from[] = {0x01, 0x11, 0x09, 0x19, 0x05, 0x15, 0x0d, 0x1d, 0x03, 0x13, 0x0b,
                                 0x1b, 0x07, 0x17, 0x0f, 0x1f, 0x02, 0x12, 0x0a, 0x1a, 0x06, 0x16,
                                 0x0e, 0x1e, 0x04, 0x14, 0x0c, 0x1c, 0x08, 0x18, 0x10, 0x20};
         return (l & 32) + from[l & 31] - 1;
       }},
      {"swizzle(FFT, 16)",
       [](unsigned l) {
         const uint8_t from[] = {0x01, 0x09, 0x05, 0x0d, 0x03, 0x0b, 0x07, 0x0f, 0x02, 0x0a, 0x06,
                                 0x0e, 0x04, 0x0c, 0x08, 0x10, 0x11, 0x19, 0x15, 0x1d, 0x13, 0x1b,
                                 0x17, 0x1f, 0x12, 0x1a, 0x16, 0x1e, 0x14, 0x1c, 0x18, 0x20};
         return (l & 32) + from[l & 31] - 1;
       }},
      {"swizzle(FFT, 31)", [](unsigned l) { return l; }},
  };
  for (const Swizzle &s : all) {
    Bench bench("gfx942");
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[0][l] = 100 + l;
    ASSERT_EQ(bench.run(std::string("ds_swizzle_b32 v10, v0 offset:") + s.text), "") << s.text;
    for (unsigned l = 0; l < lanes; ++l)
      EXPECT_EQ(bench.v[10][l], 100 + s.source(l)) << s.text << " lane " << l;
  }
}

TEST(CrossLane, laneReadsAndWrites) {
  Bench bench("gfx942");
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[0][l] = 100 + l;
  bench.s[0] = 64 + 17; // modulo 64
  ASSERT_EQ(bench.run("v_readlane_b32 s10, v0, s0"), "");
  EXPECT_EQ(bench.s[10], 117u);
  ASSERT_EQ(bench.run("v_readlane_b32 s10, v0, 63"), "");
  EXPECT_EQ(bench.s[10], 163u);
  bench.setExec(0xff00);
  ASSERT_EQ(bench.run("v_readfirstlane_b32 s11, v0"), "");
  EXPECT_EQ(bench.s[11], 108u);
  ASSERT_EQ(bench.run("v_writelane_b32 v0, s0, 3"), ""); // whatever EXEC says
  EXPECT_EQ(bench.v[0][3], 81u);
  EXPECT_EQ(bench.v[0][4], 104u);
  bench.setExec(0);
  ASSERT_EQ(bench.run("v_readfirstlane_b32 s11, v0"), "");
  EXPECT_EQ(bench.s[11], 100u);
}

// hardware.md section 3.4: for p in 0, 1 and l in 0..15, swap(vsrc[32p + l], vdst[32p + 16 + l]); and for l in 0..31,
// swap(vsrc[l], vdst[32 + l]).
TEST(CrossLane, swapsOfGfx950) {
  Bench bench("gfx950");
  auto fill = [&] {
    for (unsigned l = 0; l < lanes; ++l) {
      bench.v[0][l] = l;
      bench.v[1][l] = 100 + l;
    }
  };
  fill();
  ASSERT_EQ(bench.run("v_permlane16_swap_b32 v0, v1"), "");
  for (unsigned p = 0; p < 2; ++p)
    for (unsigned l = 0; l < 16; ++l) {
      EXPECT_EQ(bench.v[0][32 * p + l], 32 * p + l);
      EXPECT_EQ(bench.v[0][32 * p + 16 + l], 100 + 32 * p + l);
      EXPECT_EQ(bench.v[1][32 * p + l], 32 * p + 16 + l);
      EXPECT_EQ(bench.v[1][32 * p + 16 + l], 100 + 32 * p + 16 + l);
    }
  fill();
  ASSERT_EQ(bench.run("v_permlane32_swap_b32 v0, v1"), "");
  for (unsigned l = 0; l < 32; ++l) {
    EXPECT_EQ(bench.v[0][l], l);
    EXPECT_EQ(bench.v[0][32 + l], 100 + l);
    EXPECT_EQ(bench.v[1][l], 32 + l);
    EXPECT_EQ(bench.v[1][32 + l], 132 + l);
  }
  EXPECT_NE(Bench("gfx942").run("v_permlane32_swap_b32 v0, v1"), "");
}

TEST(Agpr, placesFollowAccumOffset) {
  Bench bench("gfx942", /*accumOffset=*/128);
  bench.v[3][0] = 42;
  ASSERT_EQ(bench.run("v_accvgpr_write_b32 a7, v3"), "");
  EXPECT_EQ(bench.v[128 + 7][0], 42u);
  ASSERT_EQ(bench.run("v_accvgpr_read_b32 v9, a7"), "");
  EXPECT_EQ(bench.v[9][0], 42u);
}

// --- LDS -----------------------------------------------------------------------------------------------------------

struct Lds : testing::Test {
  Bench bench{"gfx950"};
  std::mt19937_64 random{4};
  Lds() {
    for (uint8_t &b : bench.lds)
      b = uint8_t(random());
    for (unsigned l = 0; l < lanes; ++l)
      bench.v[0][l] = (l * 37 % 64) * 64;
  }
  uint64_t at(uint64_t address, unsigned bytes) const {
    uint64_t x = 0;
    std::memcpy(&x, &bench.lds[address], bytes);
    return x;
  }
};

TEST_F(Lds, readsOfEveryWidth) {
  ASSERT_EQ(bench.run("ds_read_b32 v10, v0 offset:4"), "");
  ASSERT_EQ(bench.run("ds_read_b64 v[12:13], v0 offset:8"), "");
  ASSERT_EQ(bench.run("ds_read_b96 v[14:16], v0"), "");
  ASSERT_EQ(bench.run("ds_read_b128 v[18:21], v0 offset:16"), "");
  ASSERT_EQ(bench.run("ds_read_u8 v22, v0 offset:1"), "");
  ASSERT_EQ(bench.run("ds_read_i8 v23, v0 offset:1"), "");
  ASSERT_EQ(bench.run("ds_read_u16 v24, v0 offset:2"), "");
  ASSERT_EQ(bench.run("ds_read_i16 v25, v0 offset:2"), "");
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[26][l] = 0xaaaabbbb;
  ASSERT_EQ(bench.run("ds_read_u16_d16_hi v26, v0"), "");
  ASSERT_EQ(bench.run("ds_read2_b32 v[28:29], v0 offset0:3 offset1:5"), "");
  ASSERT_EQ(bench.run("ds_read2_b64 v[32:35], v0 offset0:1 offset1:4"), "");
  ASSERT_EQ(bench.run("ds_read2st64_b32 v[36:37], v0 offset0:1 offset1:2"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    uint64_t a = bench.v[0][l];
    EXPECT_EQ(bench.v[10][l], at(a + 4, 4));
    EXPECT_EQ(bench.v64(12, l), at(a + 8, 8));
    for (unsigned d = 0; d < 3; ++d)
      EXPECT_EQ(bench.v[14 + d][l], at(a + 4 * d, 4));
    for (unsigned d = 0; d < 4; ++d)
      EXPECT_EQ(bench.v[18 + d][l], at(a + 16 + 4 * d, 4));
    EXPECT_EQ(bench.v[22][l], at(a + 1, 1));
    EXPECT_EQ(int32_t(bench.v[23][l]), int8_t(at(a + 1, 1)));
    EXPECT_EQ(bench.v[24][l], at(a + 2, 2));
    EXPECT_EQ(int32_t(bench.v[25][l]), int16_t(at(a + 2, 2)));
    EXPECT_EQ(bench.v[26][l], at(a, 2) << 16); // registers with ECC are written as a whole
    EXPECT_EQ(bench.v[28][l], at(a + 12, 4));
    EXPECT_EQ(bench.v[29][l], at(a + 20, 4));
    EXPECT_EQ(bench.v64(32, l), at(a + 8, 8));
    EXPECT_EQ(bench.v64(34, l), at(a + 32, 8));
    EXPECT_EQ(bench.v[36][l], at(a + 256, 4));
    EXPECT_EQ(bench.v[37][l], at(a + 512, 4));
  }
}

TEST_F(Lds, writes) {
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned r = 1; r < 9; ++r)
      bench.v[r][l] = uint32_t(random());
  bench.setExec(0xffffffff00000001ull);
  std::vector<uint8_t> before = bench.lds;
  ASSERT_EQ(bench.run("ds_write_b8 v0, v1"), "");
  ASSERT_EQ(bench.run("ds_write_b16_d16_hi v0, v1 offset:2"), "");
  ASSERT_EQ(bench.run("ds_write_b64 v0, v[2:3] offset:8"), "");
  ASSERT_EQ(bench.run("ds_write_b128 v0, v[4:7] offset:16"), "");
  ASSERT_EQ(bench.run("ds_write2_b32 v0, v1, v2 offset0:10 offset1:12"), "");
  ASSERT_EQ(bench.run("ds_write2st64_b64 v0, v[2:3], v[4:5] offset0:8 offset1:16"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    uint64_t a = bench.v[0][l];
    if (l > 0 && l < 32) {
      EXPECT_EQ(std::memcmp(&bench.lds[a], &before[a], 48), 0);
      continue;
    }
    EXPECT_EQ(at(a, 1), bench.v[1][l] & 0xff);
    EXPECT_EQ(bench.lds[a + 1], before[a + 1]);
    EXPECT_EQ(at(a + 2, 2), bench.v[1][l] >> 16);
    EXPECT_EQ(at(a + 8, 8), bench.v64(2, l));
    EXPECT_EQ(at(a + 16, 8), bench.v64(4, l));
    EXPECT_EQ(at(a + 24, 8), bench.v64(6, l));
    EXPECT_EQ(at(a + 40, 4), bench.v[1][l]);
    EXPECT_EQ(at(a + 48, 4), bench.v[2][l]);
    EXPECT_EQ(at(a + 8 * 64 * 8, 8), bench.v64(2, l));
    EXPECT_EQ(at(a + 16 * 64 * 8, 8), bench.v64(4, l));
  }
}

// hardware.md section 3.4: element v of lane t is element (t % 4) of the 8 bytes that lane (4v + t/4) of the group of
// 16 addresses, for 16 bits; byte (t % 8) of lane (2v + t/8) for 8 bits.
// One address, one access: the first data is written.
TEST_F(Lds, twoWritesToOneAddress) {
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[1][l] = 100 + l;
    bench.v[2][l] = 200 + l;
  }
  ASSERT_EQ(bench.run("ds_write2_b32 v0, v1, v2 offset0:3 offset1:3"), "");
  for (unsigned l = 0; l < lanes; ++l)
    EXPECT_EQ(at(bench.v[0][l] + 12, 4), 100 + l);
}

TEST_F(Lds, transposingReads) {
  ASSERT_EQ(bench.run("ds_read_b64_tr_b16 v[10:11], v0"), "");
  ASSERT_EQ(bench.run("ds_read_b64_tr_b8 v[12:13], v0 offset:8"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned group = l / 16 * 16, t = l % 16;
    for (unsigned v = 0; v < 4; ++v)
      EXPECT_EQ(bench.v64(10, l) >> (16 * v) & 0xffff, at(bench.v[0][group + 4 * v + t / 4] + 2 * (t % 4), 2));
    for (unsigned v = 0; v < 8; ++v)
      EXPECT_EQ(bench.v64(12, l) >> (8 * v) & 0xff, at(bench.v[0][group + 2 * v + t / 8] + 8 + t % 8, 1));
  }
}

TEST_F(Lds, atomics) {
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[0][l] = 64 * (l % 4); // sixteen lanes on each counter
    bench.v[1][l] = l;
    bench.v[2][l] = bits(1.0f);
  }
  std::memset(bench.lds.data(), 0, 512);
  ASSERT_EQ(bench.run("ds_add_rtn_u32 v10, v0, v1"), "");
  ASSERT_EQ(bench.run("ds_max_u32 v0, v1 offset:4"), "");
  ASSERT_EQ(bench.run("ds_add_f32 v0, v2 offset:8"), "");
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[3][l] = 6; // wraps after 6
  ASSERT_EQ(bench.run("ds_inc_rtn_u32 v11, v0, v3 offset:12"), "");
  uint32_t sums[4] = {};
  for (unsigned l = 0; l < lanes; ++l) {
    EXPECT_EQ(bench.v[10][l], sums[l % 4]);
    sums[l % 4] += l;
    EXPECT_EQ(bench.v[11][l], l / 4 % 7);
  }
  for (unsigned n = 0; n < 4; ++n) {
    EXPECT_EQ(at(64 * n, 4), sums[n]);
    EXPECT_EQ(at(64 * n + 4, 4), 60 + n);
    EXPECT_EQ(f32(uint32_t(at(64 * n + 8, 4))), 16.0f);
  }
  bench.v[0][0] = 1024;
  bench.lds[1024] = 5;
  std::memset(&bench.lds[1025], 0, 3);
  bench.setExec(1);
  bench.v[4][0] = 5;
  bench.v[5][0] = 9;
  ASSERT_EQ(bench.run("ds_cmpst_rtn_b32 v12, v0, v4, v5"), "");
  EXPECT_EQ(bench.v[12][0], 5u);
  EXPECT_EQ(at(1024, 4), 9u);
  ASSERT_EQ(bench.run("ds_cmpst_rtn_b32 v12, v0, v4, v5"), "");
  EXPECT_EQ(bench.v[12][0], 9u);
  EXPECT_EQ(at(1024, 4), 9u);
}

TEST_F(Lds, maskedOrWrapAndExchanges) {
  for (unsigned l = 0; l < lanes; ++l) {
    bench.setV64(2, l, random());
    bench.setV64(4, l, random());
  }
  std::vector<uint8_t> before = bench.lds;
  auto was = [&](uint64_t address, unsigned bytes) {
    uint64_t x = 0;
    std::memcpy(&x, &before[address], bytes);
    return x;
  };
  ASSERT_EQ(bench.run("ds_mskor_rtn_b64 v[10:11], v0, v[2:3], v[4:5]"), "");
  ASSERT_EQ(bench.run("ds_mskor_b32 v0, v2, v4 offset:8"), "");
  ASSERT_EQ(bench.run("ds_wrap_rtn_b32 v12, v0, v2, v4 offset:12"), "");
  ASSERT_EQ(bench.run("ds_wrxchg2_rtn_b32 v[14:15], v0, v2, v4 offset0:4 offset1:6"), "");
  ASSERT_EQ(bench.run("ds_wrxchg2_rtn_b64 v[16:19], v0, v[2:3], v[4:5] offset0:4 offset1:5"), "");
  ASSERT_EQ(bench.run("ds_condxchg32_rtn_b64 v[20:21], v0, v[2:3] offset:48"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    uint64_t a = bench.v[0][l], mask = bench.v64(2, l), value = bench.v64(4, l);
    EXPECT_EQ(bench.v64(10, l), was(a, 8));
    EXPECT_EQ(at(a, 8), (was(a, 8) & ~mask) | value);
    EXPECT_EQ(at(a + 8, 4), (was(a + 8, 4) & ~uint32_t(mask)) | uint32_t(value));
    uint32_t old = uint32_t(was(a + 12, 4)), down = uint32_t(mask), up = uint32_t(value);
    EXPECT_EQ(bench.v[12][l], old);
    EXPECT_EQ(at(a + 12, 4), old >= down ? old - down : old + up);
    EXPECT_EQ(bench.v[14][l], was(a + 16, 4));
    EXPECT_EQ(bench.v[15][l], was(a + 24, 4));
    EXPECT_EQ(at(a + 16, 4), down);
    EXPECT_EQ(at(a + 24, 4), up);
    EXPECT_EQ(bench.v64(16, l), was(a + 32, 8));
    EXPECT_EQ(bench.v64(18, l), was(a + 40, 8));
    EXPECT_EQ(at(a + 32, 8), mask);
    EXPECT_EQ(at(a + 40, 8), value);
    EXPECT_EQ(bench.v64(20, l), was(a + 48, 8));
    for (unsigned d = 0; d < 2; ++d) {
      uint32_t data = bench.v[2 + d][l];
      EXPECT_EQ(at(a + 48 + 4 * d, 4), data >> 31 ? data & 0x7fffffff : was(a + 48 + 4 * d, 4));
    }
  }
}

// The exchange's address loses its lower three bits.
TEST_F(Lds, conditionalExchangeIsAligned) {
  std::vector<uint8_t> before = bench.lds;
  for (unsigned l = 0; l < lanes; ++l) {
    bench.v[1][l] = bench.v[0][l] + l % 8;
    bench.setV64(2, l, 0x80000005ull << 32 | 0x80000003);
  }
  ASSERT_EQ(bench.run("ds_condxchg32_rtn_b64 v[10:11], v1, v[2:3]"), "");
  for (unsigned l = 0; l < lanes; ++l) {
    uint64_t a = bench.v[0][l], old = 0;
    std::memcpy(&old, &before[a], 8);
    EXPECT_EQ(bench.v64(10, l), old);
    EXPECT_EQ(at(a, 8), 0x0000000500000003ull);
  }
}

TEST_F(Lds, addressesOfTheLaneAndCounters) {
  bench.s[sreg::m0] = 0x80;
  for (unsigned l = 0; l < lanes; ++l)
    bench.v[1][l] = 1000 + l;
  ASSERT_EQ(bench.run("ds_write_addtid_b32 v1 offset:64"), "");
  ASSERT_EQ(bench.run("ds_read_addtid_b32 v2 offset:60"), "");
  for (unsigned l = 0; l < lanes; ++l)
    EXPECT_EQ(at(0xc0 + 4 * l, 4), 1000 + l);
  for (unsigned l = 1; l < lanes; ++l)
    EXPECT_EQ(bench.v[2][l], 1000 + l - 1);
  std::memset(&bench.lds[0x88], 0, 4);
  bench.setExec(0xff0);
  ASSERT_EQ(bench.run("ds_append v3 offset:8"), "");
  ASSERT_EQ(bench.run("ds_append v4 offset:8"), "");
  ASSERT_EQ(bench.run("ds_consume v5 offset:8"), "");
  EXPECT_EQ(bench.v[3][5], 0u);
  EXPECT_EQ(bench.v[4][11], 8u);
  EXPECT_EQ(bench.v[5][4], 16u);
  EXPECT_EQ(at(0x88, 4), 8u);
}

TEST_F(Lds, comparesAndSwapsFloats) {
  float zero = -0.0f;
  std::memcpy(&bench.lds[256], &zero, 4);
  bench.setExec(1);
  bench.v[0][0] = 256;
  bench.v[1][0] = 0;
  bench.v[2][0] = bits(5.0f);
  ASSERT_EQ(bench.run("ds_cmpst_rtn_f32 v3, v0, v1, v2"), ""); // +0 equals -0
  EXPECT_EQ(bench.v[3][0], 0x80000000u);
  EXPECT_EQ(at(256, 4), bits(5.0f));
  double nan = NAN;
  std::memcpy(&bench.lds[256], &nan, 8);
  bench.setV64(4, 0, bits(nan));
  bench.setV64(6, 0, 1);
  ASSERT_EQ(bench.run("ds_cmpst_f64 v0, v[4:5], v[6:7]"), ""); // a NaN equals nothing
  EXPECT_EQ(at(256, 8), bits(nan));
}

// Number n of lane t is number t of what lane n of the group of 16 addresses.
TEST_F(Lds, transposingReadsOfFewBits) {
  ASSERT_EQ(bench.run("ds_read_b64_tr_b4 v[10:11], v0 offset:16"), "");
  ASSERT_EQ(bench.run("ds_read_b96_tr_b6 v[12:14], v0 offset:32"), "");
  auto number = [&](uint64_t address, unsigned width, unsigned n) {
    unsigned x = 0;
    for (unsigned b = 0; b < width; ++b)
      x |= (bench.lds[address + (n * width + b) / 8] >> ((n * width + b) % 8) & 1u) << b;
    return x;
  };
  auto inRegisters = [&](unsigned reg, unsigned lane, unsigned width, unsigned n) {
    unsigned x = 0;
    for (unsigned b = 0; b < width; ++b)
      x |= (bench.v[reg + (n * width + b) / 32][lane] >> ((n * width + b) % 32) & 1u) << b;
    return x;
  };
  for (unsigned l = 0; l < lanes; ++l)
    for (unsigned n = 0; n < 16; ++n) {
      unsigned from = bench.v[0][l / 16 * 16 + n];
      ASSERT_EQ(inRegisters(10, l, 4, n), number(from + 16, 4, l % 16));
      ASSERT_EQ(inRegisters(12, l, 6, n), number(from + 32, 6, l % 16));
    }
}

TEST_F(Lds, outOfRangeIsAFinding) {
  bench.v[0][9] = 65536 - 4;
  std::string message = bench.run("ds_read_b64 v[10:11], v0");
  EXPECT_NE(message.find("LDS address 65532 is out of bounds: the workgroup has 65536 bytes"), std::string::npos)
      << message;
  EXPECT_NE(message.find("lane 9"), std::string::npos);
}

} // namespace
} // namespace pa::emu::test
