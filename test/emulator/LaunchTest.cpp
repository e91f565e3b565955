// Whole launches through the public interface: initial state, memory, barriers, findings, counters.
#include "Runner.h"

#include "llvm/Support/AMDHSAKernelDescriptor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace pa::emu::test {
namespace {

// Stores v0 and s2.. of every work-item: out[(group * block + item) * 4 ..].
constexpr const char *dumpIds = R"(
  s_load_dwordx2 s[10:11], s[0:1], 0x0
  s_load_dword s12, s[0:1], 0x8
  v_and_b32 v1, 0x3ff, v0
  v_bfe_u32 v2, v0, 10, 10
  v_bfe_u32 v3, v0, 20, 10
  s_waitcnt lgkmcnt(0)
  ; flat item number = x + bx * (y + by * z), bx in s12's low half, by in its high half
  s_and_b32 s13, s12, 0xffff
  s_lshr_b32 s14, s12, 16
  v_mul_lo_u32 v4, v3, s14
  v_add_u32 v4, v4, v2
  v_mul_lo_u32 v4, v4, s13
  v_add_u32 v4, v4, v1
  ; group number: s2 + 4 * (s3 + 4 * s4); 64 items' room each
  s_lshl_b32 s5, s4, 2
  s_add_u32 s5, s5, s3
  s_lshl_b32 s5, s5, 2
  s_add_u32 s5, s5, s2
  s_lshl_b32 s5, s5, 7
  v_add_u32 v4, s5, v4
  v_lshlrev_b32 v4, 4, v4
  v_mov_b32 v8, v1
  v_mov_b32 v9, v2
  v_mov_b32 v10, v3
  v_mov_b32 v11, s2
  global_store_dwordx4 v4, v[8:11], s[10:11]
  s_endpgm
)";

TEST(Launch, idsOfThreeDimensions) {
  KernelSpec spec;
  spec.idY = spec.idZ = true;
  spec.kernargBytes = 12;
  Runner r(spec, dumpIds);
  r.launch.grid = {3, 2, 2};
  r.launch.block = {5, 4, 6};
  uint64_t out = r.allocate("out", 4 * 4 * 4 * 128 * 16);
  r.argument(out);
  r.argument(uint32_t(5 | 4 << 16));
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  EXPECT_EQ(report->counters.workgroups, 12u);
  EXPECT_EQ(report->counters.waves, 24u); // 120 items a workgroup
  auto got = r.download<uint32_t>(out, 4 * 4 * 4 * 128 * 4);
  for (unsigned gz = 0; gz < 2; ++gz)
    for (unsigned gy = 0; gy < 2; ++gy)
      for (unsigned gx = 0; gx < 3; ++gx)
        for (unsigned item = 0; item < 120; ++item) {
          const uint32_t *p = &got[(((gz * 4 + gy) * 4 + gx) * 128 + item) * 4];
          ASSERT_EQ(p[0], item % 5);
          ASSERT_EQ(p[1], item / 5 % 4);
          ASSERT_EQ(p[2], item / 20);
          ASSERT_EQ(p[3], gx);
        }
}

constexpr const char *countItems = R"(
  s_load_dwordx2 s[10:11], s[0:1], 0x0
  v_mov_b32 v1, 1
  v_mov_b32 v2, 0
  s_waitcnt lgkmcnt(0)
  s_lshl_b32 s3, s2, 2
  v_mov_b32 v2, s3
  global_atomic_add v2, v1, s[10:11]
  s_endpgm
)";

TEST(Launch, partialWorkgroups) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, countItems);
  r.launch.items = {300, 1, 1};
  r.launch.block = {128, 1, 1};
  uint64_t out = r.allocate("counts", 16);
  r.argument(out);
  ASSERT_TRUE(bool(r.run()));
  EXPECT_EQ(r.download<uint32_t>(out, 4), (std::vector<uint32_t>{128, 128, 44, 0}));
}

// Each wave writes its number to LDS, and after the barrier reads the next wave's.
constexpr const char *throughLds = R"(
  s_load_dwordx2 s[10:11], s[0:1], 0x0
  v_lshrrev_b32 v1, 6, v0
  v_and_b32 v2, 63, v0
  v_lshlrev_b32 v3, 2, v0
  ds_write_b32 v3, v1
  s_waitcnt lgkmcnt(0)
  s_barrier
  v_add_u32 v4, 64, v0
  v_and_b32 v4, 0xff, v4
  v_lshlrev_b32 v4, 2, v4
  ds_read_b32 v5, v4
  s_waitcnt lgkmcnt(0)
  global_store_dword v3, v5, s[10:11]
  s_endpgm
)";

TEST(Launch, barrierAndLds) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  spec.lds = 1024;
  Runner r(spec, throughLds);
  r.launch.block = {256, 1, 1};
  r.options.timeSlice = 3; // every wave stops in the middle of things
  uint64_t out = r.allocate("out", 1024);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  auto got = r.download<uint32_t>(out, 256);
  for (unsigned n = 0; n < 256; ++n)
    EXPECT_EQ(got[n], (n / 64 + 1) % 4);
  EXPECT_EQ(report->counters.barriers, 4u);
  EXPECT_EQ(report->counters.ldsAccesses, 8u);
  EXPECT_EQ(report->counters.ldsBytesRead, 1024u);
  EXPECT_EQ(report->counters.ldsConflicts, 0u);
}

// Workgroup 0 waits for a flag that the last workgroup sets.
constexpr const char *waitForOther = R"(
  s_load_dwordx2 s[10:11], s[0:1], 0x0
  s_load_dword s12, s[0:1], 0x8
  v_mov_b32 v1, 0
  v_mov_b32 v2, 1
  s_waitcnt lgkmcnt(0)
  s_cmp_eq_u32 s2, s12
  s_cbranch_scc1 set
  s_cmp_lg_u32 s2, 0
  s_cbranch_scc1 done
spin:
  global_load_dword v3, v1, s[10:11] sc1
  s_waitcnt vmcnt(0)
  v_readfirstlane_b32 s3, v3
  s_cmp_eq_u32 s3, 0
  s_cbranch_scc1 spin
  global_store_dword v1, v3, s[10:11] offset:4
  s_branch done
set:
  global_store_dword v1, v2, s[10:11] sc1
done:
  s_endpgm
)";

TEST(Launch, workgroupsMayWaitForEachOther) {
  KernelSpec spec;
  spec.kernargBytes = 12;
  Runner r(spec, waitForOther);
  r.launch.grid = {40, 1, 1};
  uint64_t flag = r.allocate("flag", 8);
  r.argument(flag);
  r.argument(uint32_t(39));
  r.options.timeSlice = 50;
  ASSERT_TRUE(bool(r.run()));
  EXPECT_EQ(r.download<uint32_t>(flag, 2), (std::vector<uint32_t>{1, 1}));
}

TEST(Launch, endlessLoopMeetsTheLimit) {
  Runner r({}, "loop:\n s_branch loop\n s_endpgm");
  r.options.maxInstructions = 1000;
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::instructionLimit);
  EXPECT_NE(e.message.find("limit of 1000 instructions"), std::string::npos);
  EXPECT_NE(e.instruction.find("s_branch"), std::string::npos);
}

TEST(Launch, barrierThatAWaveNeverReaches) {
  Runner r({}, R"(
    v_readfirstlane_b32 s4, v0
    s_cmp_eq_u32 s4, 0
    s_cbranch_scc1 loop
    s_barrier
    s_endpgm
  loop:
    s_branch loop)");
  r.launch.block = {192, 1, 1};
  r.options.maxInstructions = 5000;
  r.options.timeSlice = 100;
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::stuckBarrier) << e.message;
  EXPECT_NE(e.message.find("2 waves of the workgroup wait at a barrier that this one has not reached"),
            std::string::npos)
      << e.message;
  EXPECT_EQ(e.wave, 0u);
}

// Of a CU's four SIMDs with 512 registers and eight waves each (ISA manuals).
TEST(Launch, occupancy) {
  struct Fit {
    unsigned items, registers, lds, workgroups;
    const char *limit;
  };
  const Fit fits[] = {{64, 64, 0, 32, "waves"},         {64, 128, 0, 16, "registers"}, {128, 64, 0, 16, "waves"},
                      {192, 64, 0, 10, "waves"},        {256, 64, 0, 8, "waves"},      {256, 72, 0, 7, "registers"},
                      {320, 64, 0, 6, "waves"},         {1024, 64, 0, 2, "waves"},     {1024, 128, 0, 1, "registers"},
                      {64, 512, 0, 4, "registers"},     {512, 256, 0, 1, "registers"}, {768, 256, 0, 0, "registers"},
                      {64, 64, 8192, 8, "LDS"},         {128, 256, 0, 4, "registers"}, {64, 64, 65536, 1, "LDS"},
                      {256, 128, 16384, 4, "registers"}};
  Device device = *Device::create("gfx942");
  for (const Fit &f : fits) {
    KernelInfo kernel;
    kernel.vgprs = f.registers;
    kernel.ldsBytes = f.lds;
    Occupancy o = device.occupancy(kernel, {f.items, 1, 1}, 0);
    EXPECT_EQ(o.workgroups, f.workgroups) << f.items << " items, " << f.registers << " registers, " << f.lds;
    EXPECT_EQ(o.waves, f.workgroups * ((f.items + 63) / 64));
    EXPECT_EQ(o.limit, f.limit) << f.items << " items, " << f.registers << " registers, " << f.lds;
  }
}

TEST(Launch, checkedAgainstKernelAndChip) {
  KernelSpec spec;
  spec.kernargBytes = 16;
  spec.lds = 60000;
  Runner r(spec, "s_endpgm");
  auto refused = [&](const char *what) {
    Error e = r.fail();
    EXPECT_EQ(e.kind, ErrorKind::badLaunch) << e.message;
    EXPECT_NE(e.message.find(what), std::string::npos) << e.message;
  };
  refused("0 bytes of arguments, the kernel takes 16");
  r.launch.kernarg.resize(16);
  r.launch.block = {2000, 1, 1};
  refused("block of 2000 work-items, at most 1024");
  r.launch.block = {64, 0, 1};
  refused("must be positive");
  r.launch.block = {64, 1, 1};
  r.launch.dynamicLds = 6000;
  refused("66000 bytes of LDS, gfx942 has 65536");
  r.launch.dynamicLds = 0;
  r.launch.scratchBytes = 200000;
  refused("200000 bytes of scratch a lane, at most 131056 allowed");
  r.launch.scratchBytes = 0;
  r.launch.kernel = "other";
  refused("no kernel 'other' in the object; it has: k");
  r.launch.kernel = "k";
  EXPECT_TRUE(bool(r.run()));
}

TEST(Launch, unknownInstructionsAreAllListedBeforeTheFirstWave) {
  Runner r({}, "s_mov_b32 s0, 1\n v_mov_b32 v2, 0\n v_mov_b32 v3, 0\n global_store_dword v[2:3], v0, off\n"
               "v_interp_none_of_ours: v_smfmac_f32_16x16x32_f16 v[0:3], v[4:5], v[8:11], v12\n"
               "s_sendmsg sendmsg(MSG_SAVEWAVE)\n v_mov_b32 v60, v100\n s_endpgm");
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::unsupported); // and not the store's
  EXPECT_NE(e.message.find("v_smfmac_f32_16x16x32_f16 v[0:3], v[4:5], v[8:11], v12': unknown instruction"),
            std::string::npos)
      << e.message;
  EXPECT_NE(e.message.find("s_sendmsg"), std::string::npos) << e.message;
  EXPECT_NE(e.message.find("v_mov_b32_e32 v60, v100': a register beyond the kernel's allocation of 64"),
            std::string::npos)
      << e.message;
}

TEST(Launch, rerunGivesTheSameBitsAndCounters) {
  KernelSpec spec;
  spec.kernargBytes = 12;
  Runner r(spec, waitForOther);
  r.launch.grid = {40, 1, 1};
  uint64_t flag = r.allocate("flag", 8);
  r.argument(flag);
  r.argument(uint32_t(39));
  r.options.timeSlice = 50;
  uint64_t first = 0;
  for (unsigned n = 0; n < 3; ++n) {
    ASSERT_TRUE(bool(r.device.memory().fill(flag, 0, 8)));
    Result<Report> report = r.run();
    ASSERT_TRUE(bool(report));
    first = n ? first : report->instructions;
    EXPECT_EQ(report->instructions, first);
  }
}

// Waves add to a sum and keep its old value: the order in which they ran.
constexpr const char *ticket = R"(
  s_load_dwordx2 s[10:11], s[0:1], 0x0
  s_lshl_b32 s3, s2, 4
  v_lshrrev_b32 v1, 6, v0
  v_lshlrev_b32 v1, 2, v1
  v_add_u32 v1, s3, v1
  v_mov_b32 v2, 0
  v_mov_b32 v3, 1
  s_waitcnt lgkmcnt(0)
  s_mov_b64 exec, 1
  global_atomic_add v4, v2, v3, s[10:11] sc0
  s_waitcnt vmcnt(0)
  global_store_dword v1, v4, s[10:11] offset:16
  s_endpgm
)";

TEST(Launch, wavesRunInASeededRandomOrder) {
  auto run = [](uint64_t seed) {
    KernelSpec spec;
    spec.kernargBytes = 8;
    Runner r(spec, ticket);
    r.launch.grid = {16, 1, 1};
    r.launch.block = {256, 1, 1};
    r.options.shuffle = seed;
    r.options.timeSlice = 8;
    uint64_t out = r.allocate("out", 16 + 64 * 4);
    r.argument(out);
    Result<Report> report = r.run();
    EXPECT_TRUE(bool(report)) << (report ? "" : report.error().message);
    auto got = r.download<uint32_t>(out + 16, 64);
    std::vector<uint32_t> sorted = got;
    std::sort(sorted.begin(), sorted.end());
    for (uint32_t n = 0; n < 64; ++n)
      EXPECT_EQ(sorted[n], n); // each ran once
    return got;
  };
  std::vector<uint32_t> inOrder = run(0), first = run(1);
  EXPECT_TRUE(std::is_sorted(inOrder.begin(), inOrder.end()));
  EXPECT_NE(first, inOrder);
  EXPECT_EQ(run(1), first);
  EXPECT_NE(run(2), first);
}

// Out of place, each workgroup its own part: any number of threads gives the same bytes and counters.
TEST(Launch, threadsGiveTheSameResultsAndCounters) {
  auto run = [](unsigned threads) {
    KernelSpec spec;
    spec.kernargBytes = 16;
    spec.lds = 1024;
    Runner r(spec, R"(
      s_load_dwordx4 s[4:7], s[0:1], 0x0
      s_lshl_b32 s8, s2, 10
      v_lshlrev_b32 v1, 2, v0
      v_add_u32 v2, s8, v1
      s_waitcnt lgkmcnt(0)
      s_mov_b32 s9, 20
    loop:
      global_load_dword v3, v2, s[4:5]
      s_waitcnt vmcnt(0)
      v_mul_lo_u32 v3, v3, v3
      ds_write_b32 v1, v3
      s_waitcnt lgkmcnt(0)
      s_barrier
      v_xor_b32 v4, 0x3fc, v1
      ds_read_b32 v5, v4
      s_waitcnt lgkmcnt(0)
      s_barrier
      s_sub_u32 s9, s9, 1
      s_cmp_lg_u32 s9, 0
      s_cbranch_scc1 loop
      global_store_dword v2, v5, s[6:7]
      v_mov_b32 v6, 0
      v_mov_b32 v7, 1
      global_atomic_add v6, v7, s[6:7] offset:4092
      s_endpgm)");
    r.launch.grid = {300, 1, 1};
    r.launch.block = {256, 1, 1};
    r.options.sanitize = check::none;
    r.options.threads = threads;
    r.options.timeSlice = 7;
    std::vector<uint32_t> in(300 * 256);
    for (size_t n = 0; n < in.size(); ++n)
      in[n] = uint32_t(n * 2654435761u);
    uint64_t a = r.upload("in", in), b = r.allocate("out", 300 * 1024);
    r.argument(a);
    r.argument(b);
    Result<Report> report = r.run();
    EXPECT_TRUE(bool(report)) << (report ? "" : report.error().message);
    return std::pair(r.download<uint32_t>(b, in.size()), report->counters);
  };
  auto [bytes, counters] = run(1);
  for (unsigned threads : {2u, 3u, 16u}) {
    auto [otherBytes, other] = run(threads);
    // The atomic's dword holds a sum over what the store left there, in any order.
    bytes[1023] = otherBytes[1023] = 0;
    EXPECT_EQ(otherBytes, bytes);
    EXPECT_EQ(other.instructions, counters.instructions);
    EXPECT_EQ(other.waves, counters.waves);
    EXPECT_EQ(other.byMnemonic, counters.byMnemonic);
    EXPECT_EQ(other.ldsConflicts, counters.ldsConflicts);
    EXPECT_EQ(other.bytesLoaded, counters.bytesLoaded);
    EXPECT_EQ(other.bytesInFlightMost, counters.bytesInFlightMost);
    EXPECT_EQ(other.allocations.at("in").uniqueBytesLoaded, 300u * 1024);
    EXPECT_EQ(other.allocations.at("in").linesLoaded, counters.allocations.at("in").linesLoaded);
    for (size_t n = 0; n < other.perInstruction.size(); ++n)
      EXPECT_EQ(other.perInstruction[n].executed, counters.perInstruction[n].executed);
  }
}

TEST(Launch, workgroupsOfSeveralThreadsMayWaitForEachOther) {
  KernelSpec spec;
  spec.kernargBytes = 12;
  Runner r(spec, waitForOther);
  r.launch.grid = {40, 1, 1};
  r.options.sanitize = check::none;
  r.options.threads = 4;
  r.options.timeSlice = 50;
  uint64_t flag = r.allocate("flag", 8);
  r.argument(flag);
  r.argument(uint32_t(39));
  ASSERT_TRUE(bool(r.run()));
  EXPECT_EQ(r.download<uint32_t>(flag, 2), (std::vector<uint32_t>{1, 1}));
  // A finding of one thread stops all; so does the limit.
  r.launch.grid = {20, 1, 1};
  r.options.maxInstructions = 20000;
  ASSERT_TRUE(bool(r.device.memory().fill(flag, 0, 8)));
  EXPECT_EQ(r.fail().kind, ErrorKind::instructionLimit);
}

TEST(Launch, xccIsTheWorkgroupModuloEight) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_getreg_b32 s5, hwreg(HW_REG_XCC_ID)
    v_mov_b32 v1, s5
    s_waitcnt lgkmcnt(0)
    s_lshl_b32 s3, s2, 2
    v_mov_b32 v2, s3
    global_store_dword v2, v1, s[10:11]
    s_endpgm)");
  r.launch.grid = {20, 1, 1};
  uint64_t out = r.allocate("out", 80);
  r.argument(out);
  ASSERT_TRUE(bool(r.run()));
  auto got = r.download<uint32_t>(out, 20);
  for (unsigned n = 0; n < 20; ++n)
    EXPECT_EQ(got[n], n % 8);
}

// Stores s2 to s9 of each workgroup, begun 256 bytes after the entry.
std::string preloading(const char *atEntry) {
  return std::string(atEntry) + R"(
    s_endpgm
    .p2align 8
    v_mov_b32 v2, s2
    v_mov_b32 v3, s3
    v_mov_b32 v4, s4
    v_mov_b32 v5, s5
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_lshl_b32 s12, s5, 4
    v_mov_b32 v6, s12
    s_waitcnt lgkmcnt(0)
    s_mov_b64 exec, 1
    global_store_dwordx4 v6, v[2:5], s[10:11]
    s_endpgm)";
}

TEST(Launch, preloadedArguments) {
  KernelSpec spec;
  spec.kernargBytes = 24;
  spec.preload = 3 | 2 << 7; // three dwords from the third on
  Runner r(spec, preloading("s_trap 2"));
  r.launch.grid = {2, 1, 1};
  uint64_t out = r.allocate("out", 32);
  r.argument(out);
  for (uint32_t x : {11u, 22u, 33u, 44u})
    r.argument(x);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  EXPECT_EQ(r.download<uint32_t>(out, 8), (std::vector<uint32_t>{11, 22, 33, 0, 11, 22, 33, 1}));
}

// Bits that LLVM names and this chip has, and the emulator honours, are accepted one by one; each other bit is refused.
TEST(Launch, everyBitOfADescriptorIsHonouredOrRefused) {
  using namespace llvm::amdhsa;
  const uint32_t rsrc1 = COMPUTE_PGM_RSRC1_GRANULATED_WORKITEM_VGPR_COUNT |
                         COMPUTE_PGM_RSRC1_GRANULATED_WAVEFRONT_SGPR_COUNT | COMPUTE_PGM_RSRC1_FLOAT_ROUND_MODE_32 |
                         COMPUTE_PGM_RSRC1_FLOAT_ROUND_MODE_16_64 | COMPUTE_PGM_RSRC1_FLOAT_DENORM_MODE_32 |
                         COMPUTE_PGM_RSRC1_FLOAT_DENORM_MODE_16_64 | COMPUTE_PGM_RSRC1_GFX6_GFX11_ENABLE_DX10_CLAMP |
                         COMPUTE_PGM_RSRC1_GFX6_GFX11_ENABLE_IEEE_MODE | COMPUTE_PGM_RSRC1_GFX9_PLUS_FP16_OVFL;
  const uint32_t rsrc2 = COMPUTE_PGM_RSRC2_ENABLE_PRIVATE_SEGMENT | COMPUTE_PGM_RSRC2_ENABLE_SGPR_WORKGROUP_ID_X |
                         COMPUTE_PGM_RSRC2_ENABLE_SGPR_WORKGROUP_ID_Y | COMPUTE_PGM_RSRC2_ENABLE_SGPR_WORKGROUP_ID_Z |
                         COMPUTE_PGM_RSRC2_ENABLE_SGPR_WORKGROUP_INFO | COMPUTE_PGM_RSRC2_ENABLE_VGPR_WORKITEM_ID |
                         COMPUTE_PGM_RSRC2_GFX6_GFX120_USER_SGPR_COUNT;
  const uint32_t rsrc3 = COMPUTE_PGM_RSRC3_GFX90A_ACCUM_OFFSET | COMPUTE_PGM_RSRC3_GFX90A_TG_SPLIT;
  const uint32_t properties =
      KERNEL_CODE_PROPERTY_ENABLE_SGPR_DISPATCH_PTR | KERNEL_CODE_PROPERTY_ENABLE_SGPR_QUEUE_PTR |
      KERNEL_CODE_PROPERTY_ENABLE_SGPR_KERNARG_SEGMENT_PTR | KERNEL_CODE_PROPERTY_ENABLE_SGPR_DISPATCH_ID |
      KERNEL_CODE_PROPERTY_ENABLE_SGPR_FLAT_SCRATCH_INIT | KERNEL_CODE_PROPERTY_ENABLE_SGPR_PRIVATE_SEGMENT_SIZE |
      KERNEL_CODE_PROPERTY_USES_DYNAMIC_STACK;
  auto runs = [](const KernelSpec &spec) {
    Result<Report> report = Runner(spec, "s_endpgm").run();
    if (!report) {
      EXPECT_EQ(report.error().kind, ErrorKind::unsupported) << report.error().message;
      EXPECT_NE(report.error().message.find("its descriptor asks for"), std::string::npos) << report.error().message;
    }
    return bool(report);
  };
  for (unsigned bit = 0; bit < 32; ++bit) {
    uint32_t set = 1u << bit;
    KernelSpec spec;
    spec.vgprs = 512;
    spec.rsrc1 |= set;
    EXPECT_EQ(runs(spec), (rsrc1 & set) != 0) << "compute_pgm_rsrc1, bit " << bit;
    spec = {};
    spec.rsrc2 = set;
    if (bit < 1 || bit > 5)
      EXPECT_EQ(runs(spec), (rsrc2 & set) != 0) << "compute_pgm_rsrc2, bit " << bit;
    spec = {};
    spec.vgprs = 512;
    spec.rsrc3 = set;
    EXPECT_EQ(runs(spec), (rsrc3 & set) != 0) << "compute_pgm_rsrc3, bit " << bit;
    if (bit >= 16)
      continue;
    spec = {};
    spec.properties = uint16_t(set);
    EXPECT_EQ(runs(spec), (properties & set) != 0) << "kernel_code_properties, bit " << bit;
  }
}

TEST(Launch, refusedBitsAreAllListedWithTheInstructions) {
  KernelSpec spec;
  spec.rsrc1 |= 1 << 20;
  spec.rsrc2 = 1 << 24 | 3 << 11;
  Error e = Runner(spec, "v_mov_b32 v60, v100\n s_endpgm").fail();
  EXPECT_EQ(e.kind, ErrorKind::unsupported);
  for (const char *what : {"privileged mode", "floating-point exceptions", "more than three dimensions", "v100"})
    EXPECT_NE(e.message.find(what), std::string::npos) << e.message;
  spec = {};
  spec.rsrc3 = 1 << 16;
  spec.lds = 64;
  EXPECT_NE(Runner(spec, "s_endpgm").fail().message.find("LDS in a workgroup that the descriptor splits"),
            std::string::npos);
}

// What MODE makes unknown is refused with the rest, unless the kernel sets MODE itself.
TEST(Launch, unknownResultsUnderTheDescriptorsMode) {
  constexpr const char *text = "s_cbranch_execnz end\n v_cvt_pk_fp8_f32 v1, v0, v1\n v_mad_f16 v1, v0, v1, v2\nend:\n"
                               "v_fma_f16 v1, v0, v1, v2\n s_endpgm";
  KernelSpec upwards, spec;
  upwards.rsrc1 |= 1 << 14; // f16 and f64
  spec.rsrc1 |= 1 << 26;    // FP16_OVFL
  auto refused = [&](const KernelSpec &of, const char *what) {
    Error e = Runner(of, text).fail();
    EXPECT_EQ(e.kind, ErrorKind::unsupported);
    EXPECT_EQ(e.message.find("v_fma_f16"), std::string::npos) << e.message;
    return e.message.find(what) != std::string::npos;
  };
  EXPECT_TRUE(refused(spec, "v_cvt_pk_fp8_f32 v1, v0, v1': what it gives under MODE's FP16_OVFL"));
  EXPECT_TRUE(refused(spec, "v_mad_f16 v1, v0, v1, v2': what it gives under MODE's FP16_OVFL"));
  EXPECT_TRUE(refused(upwards, "v_mad_f16 v1, v0, v1, v2': what it gives under MODE's rounding of f16"));
  EXPECT_FALSE(refused(upwards, "v_cvt_pk_fp8_f32"));
  Result<Report> set = Runner(spec, "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 23, 1), 0\n v_cvt_pk_fp8_f32 v1, v0, v1\n"
                                    "s_endpgm")
                           .run();
  EXPECT_TRUE(bool(set)) << set.error().message;
}

// {first wave, 0, 0, waves of the workgroup} after the ids; the size of scratch among the user SGPRs.
TEST(Launch, workgroupInfoAndScratchSize) {
  KernelSpec spec;
  spec.rsrc2 = 1 << 10;
  spec.properties = 1 << 3 | 1 << 6;
  spec.scratch = 24;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[8:9], s[0:1], 0
    v_lshrrev_b32 v1, 6, v0
    v_lshlrev_b32 v1, 3, v1
    s_mul_i32 s3, s3, 24
    v_add_u32 v1, s3, v1
    v_mov_b32 v2, s4
    v_mov_b32 v3, s2
    s_waitcnt lgkmcnt(0)
    global_store_dwordx2 v1, v[2:3], s[8:9]
    s_endpgm)");
  r.launch.grid = {2, 1, 1};
  r.launch.block = {129, 1, 1};
  r.launch.scratchBytes = 41;
  uint64_t out = r.allocate("out", 48);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  uint32_t first = 0x80000003, other = 3;
  EXPECT_EQ(r.download<uint32_t>(out, 12),
            (std::vector<uint32_t>{first, 44, other, 44, other, 44, first, 44, other, 44, other, 44}));
}

TEST(Launch, codeObjectVersions) {
  for (unsigned version : {4u, 5u, 6u}) {
    KernelSpec spec;
    spec.codeObjectVersion = version;
    Runner r(spec, "s_endpgm");
    ASSERT_TRUE(r.module.has_value());
    EXPECT_EQ(r.module->codeObjectVersion(), version);
    EXPECT_TRUE(bool(r.run()));
  }
  KernelSpec spec;
  spec.codeObjectVersion = 7;
  std::vector<uint8_t> object = buildObject(spec, "s_endpgm");
  Device device = *Device::create("gfx942");
  Result<Module> m = device.load(object.data(), object.size());
  ASSERT_FALSE(bool(m));
  EXPECT_EQ(m.error().message, "ELF ABI version 5 is not one of 2, 3, 4 (code object version 4, 5, 6)");
}

// A pointer to LDS made generic as compilers do without src_shared_base.
TEST(Launch, aperturesAreInAHardwareRegister) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  spec.lds = 512;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_getreg_b32 s4, hwreg(HW_REG_SH_MEM_BASES, 16, 16)
    s_lshl_b32 s4, s4, 16
    v_lshlrev_b32 v1, 2, v0
    ds_write_b32 v1, v0
    v_mov_b32 v2, v1
    v_mov_b32 v3, s4
    s_waitcnt lgkmcnt(0)
    flat_load_dword v4, v[2:3]
    s_waitcnt vmcnt(0) lgkmcnt(0)
    global_store_dword v1, v4, s[10:11]
    s_endpgm)");
  uint64_t out = r.allocate("out", 256);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  EXPECT_EQ(r.download<uint32_t>(out, 64)[41], 41u);
  Error e = Runner({}, "s_getreg_b32 s4, hwreg(HW_REG_TRAPSTS)\n s_endpgm").fail();
  EXPECT_EQ(e.kind, ErrorKind::unsupported);
  e = Runner({}, "s_endpgm\n s_setreg_b32 hwreg(HW_REG_XCC_ID), s4\n s_endpgm").fail();
  EXPECT_EQ(e.kind, ErrorKind::unsupported);
  EXPECT_NE(e.message.find("a write to a hardware register other than MODE"), std::string::npos) << e.message;
}

TEST(Launch, trapsStop) {
  Runner r({}, "v_cmp_eq_u32 vcc, 3, v0\n s_cbranch_vccz end\n s_trap 2\nend:\n s_endpgm");
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::trap);
  EXPECT_NE(e.message.find("the kernel trapped; at 's_trap 2' (k+0x8)"), std::string::npos) << e.message;
}

TEST(Launch, callsAndReturns) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_getpc_b64 s[20:21]
  here:
    s_add_u32 s20, s20, function-here
    s_addc_u32 s21, s21, 0
    v_mov_b32 v1, 5
    s_swappc_b64 s[30:31], s[20:21]
    s_waitcnt lgkmcnt(0)
    v_mov_b32 v2, 0
    global_store_dword v2, v1, s[10:11]
    s_endpgm
  function:
    v_mul_lo_u32 v1, v1, v1
    s_setpc_b64 s[30:31])");
  uint64_t out = r.allocate("out", 4);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  EXPECT_EQ(r.download<uint32_t>(out, 1)[0], 25u);
}

TEST(Launch, scratchIsEachLanesOwn) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  spec.scratch = 64;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_mov_b32 s20, 8
    v_lshlrev_b32 v1, 2, v0
    v_and_b32 v2, 12, v1
    v_mov_b32 v4, v0
    v_mov_b32 v5, 77
    scratch_store_dwordx2 off, v[4:5], s20 offset:8
    scratch_store_short v2, v1, off offset:32
    s_waitcnt vmcnt(0) lgkmcnt(0)
    scratch_load_dwordx2 v[6:7], off, s20 offset:8
    scratch_load_ushort v8, v2, off offset:32
    s_waitcnt vmcnt(0)
    v_add_u32 v6, v6, v7
    v_add_u32 v6, v6, v8
    global_store_dword v1, v6, s[10:11]
    s_endpgm)");
  r.launch.block = {128, 1, 1};
  uint64_t out = r.allocate("out", 512);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  auto got = r.download<uint32_t>(out, 128);
  for (unsigned n = 0; n < 128; ++n)
    EXPECT_EQ(got[n], n + 77 + 4 * n);
}

TEST(Launch, scratchIsBounded) {
  KernelSpec spec;
  spec.scratch = 64;
  Runner r(spec, "s_mov_b32 s4, 64\n scratch_load_dword v1, off, s4\n s_endpgm");
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::outOfBounds);
  EXPECT_NE(e.message.find("scratch offset 64 is out of bounds: a lane has 64 bytes"), std::string::npos) << e.message;
}

// One flat load whose lanes point to global memory, LDS and scratch.
TEST(Launch, flatAddressesChooseTheirMemory) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  spec.scratch = 32;
  spec.lds = 512;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    s_mov_b64 s[12:13], src_shared_base
    s_mov_b64 s[14:15], src_private_base
    v_lshlrev_b32 v1, 2, v0
    v_add_u32 v2, 1000, v0
    ds_write_b32 v1, v2
    v_add_u32 v3, 0x7d0, v0
    scratch_store_dword off, v3, off offset:16
    s_waitcnt vmcnt(0) lgkmcnt(0)
    ; lanes 0-19 global, 20-39 LDS, the others scratch
    v_mov_b32 v5, s11
    v_add_u32 v4, s10, v1
    v_cmp_lt_u32 vcc, 19, v0
    v_mov_b32 v6, s13
    v_cndmask_b32 v5, v5, v6, vcc
    v_cndmask_b32 v4, v4, v1, vcc
    v_cmp_lt_u32 vcc, 39, v0
    v_mov_b32 v6, s15
    v_mov_b32 v7, 16
    v_cndmask_b32 v5, v5, v6, vcc
    v_cndmask_b32 v4, v4, v7, vcc
    flat_load_dword v8, v[4:5]
    s_waitcnt vmcnt(0) lgkmcnt(0)
    global_store_dword v1, v8, s[10:11] offset:256
    s_endpgm)");
  std::vector<uint32_t> in(128);
  for (unsigned n = 0; n < 64; ++n)
    in[n] = n * n;
  uint64_t memory = r.upload("memory", in);
  ASSERT_LT(memory & 0xffffffff, 0xffffff00u); // the kernel adds to the lower half alone
  r.argument(memory);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  auto got = r.download<uint32_t>(memory, 128);
  for (unsigned n = 0; n < 64; ++n)
    EXPECT_EQ(got[64 + n], n < 20 ? n * n : n < 40 ? 1000 + n : 2000 + n);
}

TEST(Launch, registerIndexing) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[10:11], s[0:1], 0x0
    v_lshlrev_b32 v1, 2, v0
    v_mov_b32 v20, 100
    v_mov_b32 v23, 103
    s_mov_b32 s4, 3
    s_set_gpr_idx_on s4, gpr_idx(SRC0)
    v_mov_b32 v2, v20
    s_set_gpr_idx_mode gpr_idx(DST)
    v_mov_b32 v30, v20
    s_set_gpr_idx_off
    v_mov_b32 v4, v20
    v_add_u32 v2, v2, v33
    v_add_u32 v2, v2, v4
    s_waitcnt lgkmcnt(0)
    global_store_dword v1, v2, s[10:11]
    s_endpgm)");
  uint64_t out = r.allocate("out", 256);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  EXPECT_EQ(r.download<uint32_t>(out, 64)[13], 103u + 100u + 100u);
}

// --- Memory --------------------------------------------------------------------------------------------------------

TEST(Memory, allocationsAreNamedSparseAndBounded) {
  Device device = *Device::create("gfx950");
  Memory &m = device.memory();
  Result<uint64_t> huge = m.allocate("huge", 300ull << 30); // more than a host has
  ASSERT_TRUE(bool(huge)) << huge.error().message;
  EXPECT_GE(*huge, 1ull << 32);
  EXPECT_LT(*huge + (300ull << 30), 1ull << 48);
  uint32_t x = 7, y = 0;
  ASSERT_TRUE(bool(m.write(*huge + (299ull << 30), &x, 4)));
  ASSERT_TRUE(bool(m.read(*huge + (299ull << 30), &y, 4)));
  EXPECT_EQ(y, 7u);
  ASSERT_TRUE(bool(m.read(*huge, &y, 4)));
  EXPECT_EQ(y, 0u);
  Status past = m.write(*huge + (300ull << 30) - 2, &x, 4);
  ASSERT_FALSE(bool(past));
  EXPECT_NE(past.error().message.find("'huge'"), std::string::npos);
  EXPECT_FALSE(bool(m.free(*huge + 4096)));
  EXPECT_TRUE(bool(m.free(*huge)));
  EXPECT_FALSE(bool(m.free(*huge)));
  EXPECT_FALSE(bool(m.read(*huge, &y, 4)));

  AllocationOptions fixed;
  fixed.address = 0x700000000000ull;
  Result<uint64_t> placed = m.allocate("placed", 100, fixed);
  ASSERT_TRUE(bool(placed));
  EXPECT_EQ(*placed, fixed.address);
  EXPECT_FALSE(bool(m.allocate("overlaps", 100, fixed)));
  fixed.address = 4096;
  EXPECT_FALSE(bool(m.allocate("low", 100, fixed)));
  EXPECT_FALSE(bool(m.allocate("too large", 1ull << 48)));
}

// Loads dwords of `in` and stores them to `out`, each lane's offset in bytes taken from `index`.
constexpr const char *gather = R"(
  s_load_dwordx4 s[4:7], s[0:1], 0x0
  s_load_dwordx2 s[8:9], s[0:1], 0x10
  v_lshlrev_b32 v1, 2, v0
  s_waitcnt lgkmcnt(0)
  global_load_dword v2, v1, s[4:5]
  s_waitcnt vmcnt(0)
  global_load_dword v3, v2, s[6:7]
  s_waitcnt vmcnt(0)
  global_store_dword v1, v3, s[8:9]
  s_endpgm
)";

struct Gather : testing::Test {
  KernelSpec spec = [] {
    KernelSpec s;
    s.kernargBytes = 24;
    return s;
  }();
  Runner r{spec, gather};
  std::vector<uint32_t> index = std::vector<uint32_t>(64), in = std::vector<uint32_t>(100);
  uint64_t outAddress = 0;
  void place(uint64_t indexAddress, uint64_t inAddress) {
    outAddress = r.allocate("out", 256);
    r.argument(indexAddress);
    r.argument(inAddress);
    r.argument(outAddress);
  }
};

TEST_F(Gather, reads) {
  std::mt19937 random(1);
  for (uint32_t &x : in)
    x = random();
  for (uint32_t &x : index)
    x = random() % 100 * 4;
  place(r.upload("index", index), r.upload("in", in));
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  auto got = r.download<uint32_t>(outAddress, 64);
  std::vector<bool> touched(100);
  for (unsigned n = 0; n < 64; ++n) {
    EXPECT_EQ(got[n], in[index[n] / 4]);
    touched[index[n] / 4] = true;
  }
  const AllocationCounters &c = report->counters.allocations.at("in");
  EXPECT_EQ(c.bytesLoaded, 256u);
  EXPECT_EQ(c.uniqueBytesLoaded, 4u * unsigned(std::count(touched.begin(), touched.end(), true)));
  EXPECT_EQ(c.uniqueLinesLoaded, 4u); // 400 bytes
  EXPECT_EQ(c.bytesLoadedByWidth[1], 256u);
  EXPECT_EQ(report->counters.allocations.at("out").bytesStored, 256u);
  EXPECT_EQ(report->counters.bytesLoaded, 256u + 256u + 24u); // the arguments too
}

TEST_F(Gather, readPastTheEndNamesEverything) {
  index[17] = 400 + 8;
  uint64_t inAddress = r.upload("in", in);
  place(r.upload("index", index), inAddress);
  r.launch.grid = {3, 1, 1};
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::outOfBounds);
  EXPECT_EQ(e.lane, 17);
  EXPECT_EQ(e.wave, 0u);
  EXPECT_EQ(e.address, inAddress + 408);
  EXPECT_EQ(e.allocation, "in");
  EXPECT_EQ(e.distance, 8u);
  EXPECT_EQ(e.instruction, "global_load_dword v3, v2, s[6:7]");
  EXPECT_EQ(e.kernel, "k");
  EXPECT_NE(e.message.find("read of 4 bytes"), std::string::npos) << e.message;
  EXPECT_NE(e.message.find("8 bytes past the end of 'in'"), std::string::npos) << e.message;
}

TEST_F(Gather, lastBytesOfAnAllocation) {
  index[5] = 398; // two bytes inside, two outside
  place(r.upload("index", index), r.upload("in", in));
  Error e = r.fail();
  EXPECT_EQ(e.lane, 5);
  EXPECT_NE(e.message.find("it crosses the end of 'in'"), std::string::npos) << e.message;
}

TEST_F(Gather, freedMemoryAndNullPointers) {
  uint64_t indexAddress = r.upload("index", index), freed = r.upload("gone", in);
  ASSERT_TRUE(bool(r.device.memory().free(freed)));
  place(indexAddress, freed);
  Error e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::outOfBounds);
  EXPECT_NE(e.message.find("'gone'"), std::string::npos) << e.message;
  EXPECT_NE(e.message.find("freed"), std::string::npos) << e.message;
  std::memset(&r.launch.kernarg[8], 0, 8);
  e = r.fail();
  EXPECT_EQ(e.kind, ErrorKind::outOfBounds);
  EXPECT_EQ(e.address, 0u);
}

TEST_F(Gather, writesToReadOnlyMemory) {
  uint64_t indexAddress = r.upload("index", index), inAddress = r.upload("in", in);
  AllocationOptions options;
  options.readOnly = true;
  outAddress = r.allocate("constants", 256, options);
  r.argument(indexAddress);
  r.argument(inAddress);
  r.argument(outAddress);
  Error e = r.fail();
  EXPECT_NE(e.message.find("write of 4 bytes"), std::string::npos) << e.message;
  EXPECT_NE(e.message.find("read-only 'constants'"), std::string::npos) << e.message;
}

// Buffer instructions: what lies past num_records reads 0 and is not written.
TEST(Memory, buffersAreBounded) {
  KernelSpec spec;
  spec.kernargBytes = 16;
  Runner r(spec, R"(
    s_load_dwordx4 s[4:7], s[0:1], 0x0
    v_lshlrev_b32 v1, 4, v0
    s_waitcnt lgkmcnt(0)
    s_mov_b32 s10, 1000
    s_mov_b32 s11, 0x20000
    s_mov_b32 s8, s4
    s_mov_b32 s9, s5
    buffer_load_dwordx4 v[4:7], v1, s[8:11], 0 offen offset:8
    s_mov_b32 s8, s6
    s_mov_b32 s9, s7
    s_mov_b32 s10, 900
    s_waitcnt vmcnt(0)
    buffer_store_dwordx4 v[4:7], v1, s[8:11], 0 offen
    s_endpgm)");
  std::vector<uint8_t> in(1024);
  for (size_t n = 0; n < in.size(); ++n)
    in[n] = uint8_t(n * 7 + n / 256);
  uint64_t inAddress = r.upload("in", in), out = r.allocate("out", 1024);
  ASSERT_TRUE(bool(r.device.memory().fill(out, 0xee, 1024)));
  r.argument(inAddress);
  r.argument(out);
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  auto got = r.download<uint8_t>(out, 1024);
  for (unsigned n = 0; n < 1024; ++n) {
    uint8_t loaded = n + 8 < 1000 ? in[n + 8] : 0;
    EXPECT_EQ(got[n], n < 900 ? loaded : 0xee) << n;
  }
}

TEST(Memory, atomicsReturnOldValuesInLaneOrder) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    v_mov_b32 v1, 0
    v_mov_b32 v2, 9
    v_mov_b32 v4, v0
    v_mov_b32 v5, 0
    v_lshlrev_b32 v6, 2, v0
    s_waitcnt lgkmcnt(0)
    global_atomic_inc v3, v1, v2, s[4:5] sc0
    global_atomic_add_x2 v1, v[4:5], s[4:5] offset:8
    s_waitcnt vmcnt(0)
    global_store_dword v6, v3, s[4:5] offset:16
    s_endpgm)");
  uint64_t out = r.allocate("out", 16 + 256);
  r.argument(out);
  ASSERT_TRUE(bool(r.run()));
  auto got = r.download<uint32_t>(out, 4 + 64);
  EXPECT_EQ(got[0], 64u % 10);
  EXPECT_EQ(got[2], 63u * 64 / 2);
  for (unsigned l = 0; l < 64; ++l)
    EXPECT_EQ(got[4 + l], l % 10);
}

// --- Waits ---------------------------------------------------------------------------------------------------------

struct WaitCase {
  const char *name;
  const char *body;     // s[4:5]: memory of 1024 zeros; v1: a valid offset
  const char *expected; // part of the finding, or null: none
};
const WaitCase waitCases[] = {
    {"vector use", "global_load_dword v2, v1, s[4:5]\n v_add_u32 v3, v2, v2",
     "v2 is read before a wait on vmcnt covers the load into it, 'global_load_dword v2, v1, s[4:5]'"},
    {"vector overwrite", "global_load_dword v2, v1, s[4:5]\n v_mov_b32 v2, 0",
     "v2 is overwritten before a wait on vmcnt"},
    {"waited", "global_load_dword v2, v1, s[4:5]\n s_waitcnt vmcnt(0)\n v_add_u32 v3, v2, v2", nullptr},
    {"wait for the older of two",
     "global_load_dword v2, v1, s[4:5]\n global_load_dword v3, v1, s[4:5]\n s_waitcnt vmcnt(1)\n v_mov_b32 v4, v2",
     nullptr},
    {"use of the younger of two",
     "global_load_dword v2, v1, s[4:5]\n global_load_dword v3, v1, s[4:5]\n s_waitcnt vmcnt(1)\n v_mov_b32 v4, v3",
     "v3 is read"},
    {"stores count",
     "global_load_dword v2, v1, s[4:5]\n global_store_dword v1, v1, s[4:5]\n s_waitcnt vmcnt(1)\n"
     "v_mov_b32 v4, v2",
     nullptr},
    {"second load into the same register",
     "global_load_dword v2, v1, s[4:5]\n global_load_dword v2, v1, s[4:5] offset:4\n s_waitcnt vmcnt(0)\n v_mov_b32 "
     "v4, v2",
     nullptr},
    {"part of a wide load", "global_load_dwordx4 v[4:7], v1, s[4:5]\n v_mov_b32 v3, v7", "v7 is read"},
    {"scalar use", "s_load_dword s6, s[4:5], 0x0\n s_add_u32 s7, s6, 1", "s6 is read before a wait on lgkmcnt"},
    {"scalar is out of order",
     "s_load_dword s6, s[4:5], 0x0\n s_load_dword s7, s[4:5], 0x4\n s_waitcnt lgkmcnt(1)\n"
     "s_mov_b32 s8, s6",
     "s6 is read"},
    {"scalar waited", "s_load_dword s6, s[4:5], 0x0\n s_waitcnt lgkmcnt(0)\n s_mov_b32 s8, s6", nullptr},
    {"scalar into vcc", "s_load_dwordx2 vcc, s[4:5], 0x0\n s_cbranch_vccz end", "vcc_lo is read"},
    {"lds use", "ds_read_b32 v2, v1\n v_mov_b32 v3, v2", "v2 is read before a wait on lgkmcnt"},
    {"lds in order", "ds_read_b32 v2, v1\n ds_read_b32 v3, v1\n s_waitcnt lgkmcnt(1)\n v_mov_b32 v4, v2", nullptr},
    {"vmcnt does not cover lds", "ds_read_b32 v2, v1\n s_waitcnt vmcnt(0)\n v_mov_b32 v3, v2", "v2 is read"},
    {"scalar in between does not help lds",
     "ds_read_b32 v2, v1\n s_load_dword s6, s[4:5], 0x0\n s_waitcnt lgkmcnt(1)\n"
     "v_mov_b32 v3, v2",
     "v2 is read"},
    {"address of a store", "ds_read_b32 v2, v1\n global_store_dword v2, v1, s[4:5]", "v2 is read"},
    {"atomic's result", "global_atomic_add v2, v1, v1, s[4:5] sc0\n v_mov_b32 v3, v2", "v2 is read"},
    {"matrix operand", "global_load_dwordx2 v[4:5], v1, s[4:5]\n v_mfma_f32_16x16x16_f16 v[8:11], v[12:13], v[4:5], 0",
     "v4 is read"},
    {"flat use",
     "v_mov_b32 v2, s4\n v_mov_b32 v3, s5\n flat_load_dword v4, v[2:3]\n s_waitcnt vmcnt(0)\n v_mov_b32 v5, v4",
     "v4 is read before a wait on vmcnt and lgkmcnt"},
    {"flat waited in two steps",
     "v_mov_b32 v2, s4\n v_mov_b32 v3, s5\n flat_load_dword v4, v[2:3]\n s_waitcnt vmcnt(0)\n s_nop 0\n"
     "s_waitcnt lgkmcnt(0)\n v_mov_b32 v5, v4",
     nullptr},
    {"a register that an index leads to",
     "s_mov_b32 s8, 3\n global_load_dword v6, v1, s[4:5]\n s_set_gpr_idx_on s8, gpr_idx(SRC0)\n v_mov_b32 v7, v3\n"
     "s_set_gpr_idx_off",
     "v6 is read"},
    {"a register that an index leads from",
     "s_mov_b32 s8, 3\n global_load_dword v6, v1, s[4:5]\n s_set_gpr_idx_on s8, gpr_idx(SRC0)\n v_mov_b32 v7, v6\n"
     "s_set_gpr_idx_off",
     nullptr},
    {"a message is out of order, as scalar loads are",
     "s_mov_b32 m0, 0\n s_load_dword s6, s[4:5], 0x0\n s_sendmsg sendmsg(MSG_INTERRUPT)\n s_waitcnt lgkmcnt(1)\n"
     "s_mov_b32 s8, s6",
     "s6 is read"},
    {"a message behind LDS does not count for it",
     "s_mov_b32 m0, 0\n ds_read_b32 v2, v1\n s_sendmsg sendmsg(MSG_INTERRUPT)\n s_waitcnt lgkmcnt(1)\n"
     "v_mov_b32 v3, v2",
     "v2 is read"},
    {"a message is waited for",
     "s_mov_b32 m0, 0\n ds_read_b32 v2, v1\n s_sendmsg sendmsg(MSG_INTERRUPT)\n s_waitcnt lgkmcnt(0)\n"
     "v_mov_b32 v3, v2",
     nullptr},
    {"scratch use", "scratch_load_dword v4, off, off\n v_mov_b32 v5, v4", "v4 is read before a wait on vmcnt"},
    {"a branch in between", "global_load_dword v2, v1, s[4:5]\n s_branch next\nnext:\n v_mov_b32 v3, v2", "v2 is read"},
};

TEST(Waits, seededDefectsAndCleanCode) {
  for (const WaitCase &c : waitCases) {
    KernelSpec spec;
    spec.kernargBytes = 8;
    spec.lds = 1024;
    spec.scratch = 16;
    Runner r(spec, std::string("s_load_dwordx2 s[4:5], s[0:1], 0x0\n v_lshlrev_b32 v1, 2, v0\n v_mov_b32 v12, 0\n"
                               " v_mov_b32 v13, 0\n s_waitcnt lgkmcnt(0)\n") +
                       c.body + "\nend:\n s_endpgm");
    r.argument(r.allocate("memory", 1024));
    Result<Report> report = r.run();
    if (!c.expected) {
      EXPECT_TRUE(bool(report)) << c.name << ": " << (report ? "" : report.error().message);
      continue;
    }
    ASSERT_FALSE(bool(report)) << c.name;
    EXPECT_EQ(report.error().kind, ErrorKind::useBeforeWait) << c.name;
    EXPECT_NE(report.error().message.find(c.expected), std::string::npos) << c.name << ": " << report.error().message;
    r.options.sanitize = check::none; // results do not depend on it
    EXPECT_TRUE(bool(r.run())) << c.name;
  }
}

// --- Counters ------------------------------------------------------------------------------------------------------

TEST(Counters, kindsWidthsHintsAndLines) {
  KernelSpec spec;
  spec.kernargBytes = 8;
  Runner r(spec, R"(
    s_load_dwordx2 s[4:5], s[0:1], 0x0
    v_lshlrev_b32 v1, 4, v0
    s_waitcnt lgkmcnt(0)
    global_load_dwordx4 v[4:7], v1, s[4:5] nt
    v_lshlrev_b32 v2, 7, v0
    global_load_ushort v8, v2, s[4:5]
    s_waitcnt vmcnt(0)
    v_exp_f32 v9, v8
    v_mfma_f32_16x16x16_f16 v[12:15], v[4:5], v[6:7], 0
    s_endpgm)");
  r.argument(r.allocate("data", 8192));
  Result<Report> report = r.run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  const Counters &c = report->counters;
  EXPECT_EQ(c.instructions, 10u);
  EXPECT_EQ(c.byKind.at("valu"), 2u);
  EXPECT_EQ(c.byKind.at("transcendental"), 1u);
  EXPECT_EQ(c.byKind.at("mfma"), 1u);
  EXPECT_EQ(c.byKind.at("smem"), 1u);
  EXPECT_EQ(c.byKind.at("vmem"), 2u);
  EXPECT_EQ(c.byKind.at("waitcnt"), 2u);
  EXPECT_EQ(c.byMnemonic.at("v_lshlrev_b32"), 2u);
  const AllocationCounters &a = c.allocations.at("data");
  EXPECT_EQ(a.bytesLoaded, 1024u + 128u);
  EXPECT_EQ(a.bytesLoadedNonTemporal, 1024u);
  EXPECT_EQ(a.bytesLoadedByWidth[4], 1024u);
  EXPECT_EQ(a.bytesLoadedByWidth[0], 128u);
  EXPECT_EQ(a.linesLoaded, 8u + 64u);
  EXPECT_EQ(a.uniqueLinesLoaded, 64u);
  EXPECT_EQ(a.uniqueBytesLoaded, 1024u + 56 * 2u);
  EXPECT_EQ(c.allocations.at("kernarg").bytesLoadedScalar, 8u);
}

// Conflicts by hand, from the phase tables of hardware.md section 5.5.
TEST(Counters, ldsBankConflicts) {
  struct Case {
    const char *chip, *instruction;
    unsigned shift; // address = lane << shift
    uint64_t conflicts;
  };
  const Case cases[] = {
      {"gfx942", "ds_read_b32 v2, v1", 2, 0},          // consecutive dwords
      {"gfx942", "ds_read_b32 v2, v1", 3, 2 * 1},      // every second: 32 lanes on 16 banks, twice
      {"gfx942", "ds_read_b32 v2, v1", 7, 2 * 31},     // all in one bank
      {"gfx950", "ds_read_b32 v2, v1", 2, 0},          // 64 banks
      {"gfx950", "ds_read_b32 v2, v1", 3, 1},          //
      {"gfx950", "ds_read_b32 v2, v1", 7, 31},         // banks 0 and 32
      {"gfx942", "ds_read_b64 v[2:3], v1", 3, 0},      //
      {"gfx942", "ds_write_b64 v1, v[2:3]", 4, 4 * 1}, // 16 lanes on half the banks
      {"gfx950", "ds_write_b64 v1, v[2:3]", 4, 4 * 1}, //
      {"gfx950", "ds_read_b64 v[2:3], v1", 4, 2 * 1},  //
      {"gfx942", "ds_read_b128 v[4:7], v1", 4, 0},     //
      {"gfx950", "ds_read_b128 v[4:7], v1", 4, 0},     //
      {"gfx942", "ds_write_b128 v1, v[4:7]", 4, 0},    //
      {"gfx942", "ds_read_b128 v[4:7], v1", 7, 8 * 7}, // a phase's 8 lanes in the same 4 banks
      {"gfx950", "ds_read_b128 v[4:7], v1", 7, 4 * 7}, // 16 lanes on 2 times 4 banks
  };
  for (const Case &c : cases) {
    KernelSpec spec;
    spec.chip = c.chip;
    spec.lds = 16384;
    Runner r(spec, "v_lshlrev_b32 v1, " + std::to_string(c.shift) + ", v0\n" + c.instruction +
                       "\n s_waitcnt lgkmcnt(0)\n s_endpgm");
    Result<Report> report = r.run();
    ASSERT_TRUE(bool(report)) << report.error().message;
    EXPECT_EQ(report->counters.ldsConflicts, c.conflicts) << c.chip << " " << c.instruction << " << " << c.shift;
  }
}

TEST(Observers, seeEveryInstruction) {
  struct Seen : Observer {
    std::vector<std::string> lines;
    void instruction(const InstructionEvent &e) override {
      lines.push_back(std::to_string(e.wave) + " +" + std::to_string(e.offset) + " " + std::string(e.text));
    }
  } seen;
  Runner r({}, "s_mov_b32 s4, 7\n v_mov_b32 v1, s4\n s_endpgm");
  r.options.observer = &seen;
  ASSERT_TRUE(bool(r.run()));
  EXPECT_EQ(seen.lines,
            (std::vector<std::string>{"0 +0 s_mov_b32 s4, 7", "0 +4 v_mov_b32_e32 v1, s4", "0 +8 s_endpgm"}));
}

} // namespace
} // namespace pa::emu::test
