// Seeded defects, at least ten of each kind that the sanitizer knows, and clean code beside each kind.
#include "Runner.h"

#include <gtest/gtest.h>

namespace pa::emu::test {
namespace {

// One kernel body a case. Before it: s[4:5] points to 4096 defined bytes, s[6:7] to 4096 undefined ones, v1 is 4 times
// the lane, v2 and v3 are zeros, and every load has arrived.
struct Case {
  const char *name;
  const char *body;
  const char *expected; // part of the finding, or null: none
  unsigned items = 64, groups = 1;
};

constexpr const char *prologue = R"(
  s_load_dwordx4 s[4:7], s[0:1], 0x0
  v_and_b32 v0, 0x3ff, v0
  v_lshlrev_b32 v1, 2, v0
  v_mov_b32 v2, 0
  v_mov_b32 v3, 0
  s_waitcnt lgkmcnt(0)
)";

class Defects {
public:
  explicit Defects(const Case &c, uint32_t checks) {
    KernelSpec spec;
    spec.chip = "gfx950";
    spec.kernargBytes = 16;
    spec.vgprs = 72;
    spec.lds = 8192;
    spec.scratch = 64;
    runner.emplace(spec, std::string(prologue) + c.body + "\nend:\n  s_endpgm");
    Runner &r = *runner;
    r.launch.block = {c.items, 1, 1};
    r.launch.grid = {c.groups, 1, 1};
    r.options.sanitize = checks;
    r.options.maxInstructions = 200000;
    defined = r.allocate("defined", 4096);
    AllocationOptions options;
    options.defined = false;
    undefined = r.allocate("undefined", 4096, options);
    r.argument(defined);
    r.argument(undefined);
  }
  std::optional<Runner> runner;
  uint64_t defined = 0, undefined = 0;
};

void expect(const Case &c, uint32_t checks, ErrorKind kind) {
  SCOPED_TRACE(c.name);
  Defects d(c, checks);
  Result<Report> report = d.runner->run();
  if (!c.expected) {
    EXPECT_TRUE(bool(report)) << (report ? "" : report.error().message);
    return;
  }
  ASSERT_FALSE(bool(report)) << "not found";
  EXPECT_EQ(report.error().kind, kind) << report.error().message;
  EXPECT_NE(report.error().message.find(c.expected), std::string::npos) << report.error().message;
  EXPECT_NE(report.error().message.find("at '"), std::string::npos) << report.error().message;
  // It only observes: without it the run goes on, and when findings are collected the memory ends up the same. Where
  // the undefined value is an address of nothing, the run fails for that.
  Defects without(c, check::none), collecting(c, checks);
  Result<Report> plain = without.runner->run();
  if (!plain && kind == ErrorKind::undefinedValue) {
    EXPECT_TRUE(plain.error().kind == ErrorKind::outOfBounds || plain.error().kind == ErrorKind::trap);
    return;
  }
  ASSERT_TRUE(bool(plain)) << plain.error().message;
  collecting.runner->options.collect = true;
  Result<Report> collected = collecting.runner->run();
  ASSERT_TRUE(bool(collected)) << collected.error().message;
  ASSERT_FALSE(collected->findings.empty());
  EXPECT_EQ(collected->findings[0].message, report.error().message);
  EXPECT_EQ(plain->instructions, collected->instructions);
  uint8_t *a = *without.runner->device.memory().host(without.defined, 4096);
  uint8_t *b = *collecting.runner->device.memory().host(collecting.defined, 4096);
  EXPECT_EQ(std::memcmp(a, b, 4096), 0);
}

// --- Undefined values ----------------------------------------------------------------------------------------------

const Case undefinedCases[] = {
    {"address of a load", "global_load_dword v5, v9, s[4:5]", "v9 is an address, and is undefined in the lane"},
    {"address of a store", "global_store_dword v9, v1, s[4:5]", "v9 is an address"},
    {"address of an atomic", "global_atomic_add v9, v1, s[4:5]", "v9 is an address"},
    {"upper half of an address", "v_mov_b32 v8, s4\n global_load_dword v5, v[8:9], off", "v9 is an address"},
    {"scalar base", "global_load_dword v5, v2, s[20:21]", "s20 is an address"},
    {"scalar load's base", "s_load_dword s8, s[20:21], 0x0", "s20 is an address"},
    {"scalar load's offset", "s_load_dword s8, s[4:5], s20", "s20 is an address"},
    {"buffer resource", "s_mov_b64 s[20:21], s[4:5]\n s_mov_b32 s22, 64\n buffer_load_dword v5, v2, s[20:23], 0 offen",
     "s23 is an address"},
    {"LDS address", "ds_read_b32 v5, v9", "v9 is an address"},
    {"scratch address", "scratch_load_dword v5, v9, off", "v9 is an address"},
    {"m0 of a load to LDS", "global_load_lds_dword v2, s[4:5]", "m0 is an address"},
    {"through a copy", "v_mov_b32 v10, v9\n global_load_dword v5, v10, s[4:5]", "v10 is an address"},
    {"through arithmetic", "v_add_u32 v10, v9, v1\n v_mul_lo_u32 v10, v10, v2\n global_load_dword v5, v10, s[4:5]",
     "v10 is an address"},
    {"the upper half of a sum", "v_mov_b32 v8, 0\n v_mad_u64_u32 v[10:11], s[8:9], v0, 4, v[8:9]\n ds_read_b32 v5, v11",
     "v11 is an address"},
    {"a carry into the upper half",
     "v_mov_b32 v8, 0\n v_mad_u64_u32 v[10:11], s[8:9], v9, 4, v[2:3]\n ds_read_b32 v5, v11", "v11 is an address"},
    {"through a select", "v_cmp_eq_u32 vcc, 7, v0\n v_cndmask_b32 v10, v2, v9, vcc\n global_load_dword v5, v10, s[4:5]",
     "undefined in the lane; at 'global_load_dword v5, v10, s[4:5]' (k+0x28), workgroup (0, 0, 0), wave 0, lane 7"},
    {"through an AGPR", "v_accvgpr_write_b32 a0, v9\n s_nop 4\n v_accvgpr_read_b32 v10, a0\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"through scratch",
     "scratch_store_dword off, v9, off\n s_waitcnt vmcnt(0)\n scratch_load_dword v10, off, off\n"
     "s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"scratch that nobody wrote",
     "scratch_load_dword v10, off, off offset:8\n s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10", "v10 is an address"},
    {"through LDS",
     "ds_write_b32 v1, v9\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v10, v1\n s_waitcnt lgkmcnt(0)\n"
     "ds_read_b32 v5, v10",
     "v10 is an address"},
    {"LDS that nobody wrote", "ds_read_b64 v[10:11], v2 offset:64\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v11",
     "v11 is an address"},
    {"second half of a two-address read",
     "ds_write_b32 v1, v2\n s_waitcnt lgkmcnt(0)\n ds_read2_b32 v[10:11], v2 offset1:200\n s_waitcnt lgkmcnt(0)\n"
     "ds_read_b32 v5, v10\n ds_read_b32 v5, v11",
     "v11 is an address"},
    {"memory that nobody wrote", "global_load_dword v10, v1, s[6:7]\n s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"through memory",
     "global_store_dword v1, v9, s[4:5]\n s_waitcnt vmcnt(0)\n global_load_dword v10, v1, s[4:5]\n"
     "s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"through a scalar store",
     "s_store_dword s20, s[4:5], 0x40\n s_waitcnt lgkmcnt(0)\n global_load_dword v10, v2, s[4:5] offset:64\n"
     "s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"a scalar store's base", "s_store_dword s4, s[20:21], 0x40", "s20 is an address"},
    {"scalar load of undefined memory",
     "s_load_dword s8, s[6:7], 0x0\n s_waitcnt lgkmcnt(0)\n s_cmp_eq_u32 s8, 0\n"
     "s_cbranch_scc1 end",
     "scc decides a branch"},
    {"scalar comparison", "s_cmp_eq_u32 s20, 3\n s_cbranch_scc1 end", "scc decides a branch, and is undefined"},
    {"through scalar arithmetic",
     "s_add_u32 s21, s20, 1\n s_lshl_b32 s22, s21, 4\n s_cmp_lg_u32 s22, 0\n"
     "s_cbranch_scc0 end",
     "scc decides a branch"},
    {"vector comparison", "v_cmp_eq_u32 vcc, v9, v1\n s_cbranch_vccnz end", "vcc_lo decides a branch"},
    {"comparison into EXEC", "v_cmpx_eq_u32 exec, v9, v1", "exec gets a bit that decides which lanes run"},
    {"saved EXEC", "v_cmp_eq_u32 vcc, v9, v1\n s_and_saveexec_b64 s[8:9], vcc", "exec gets a bit"},
    {"move to EXEC", "s_mov_b64 exec, s[20:21]", "exec gets a bit"},
    {"first lane", "v_readfirstlane_b32 s8, v9", "v9 becomes a scalar, and is undefined in the lane"},
    {"lane of a comparison", "v_readlane_b32 s8, v9, 5\n s_cmp_eq_u32 s8, 0\n s_cbranch_scc1 end",
     "scc decides a branch"},
    {"jump", "s_setpc_b64 s[20:21]", "s20 is an address of code"},
    {"from another lane",
     "v_cmp_eq_u32 vcc, 4, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_mov_b32 v11, 0\n v_mov_b32_dpp v11, v10 row_shr:1\n"
     "ds_read_b32 v5, v11",
     "wave 0, lane 5"},
    {"permuted",
     "v_cmp_eq_u32 vcc, 4, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_add_u32 v8, 8, v1\n"
     "ds_bpermute_b32 v11, v8, v10\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v11",
     "wave 0, lane 2"},
    {"matrix product's column",
     "v_cmp_eq_u32 vcc, 18, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_mov_b32 v11, 0\n"
     "v_mfma_f32_16x16x16_f16 v[12:15], v[2:3], v[10:11], 0\n s_nop 10\n ds_read_b32 v5, v13",
     "wave 0, lane 2"},
    {"matrix product of several blocks",
     "v_cmp_eq_u32 vcc, 18, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_mov_b32 v11, 0\n"
     "v_mfma_f32_4x4x4_16b_f16 v[12:15], v[2:3], v[10:11], 0\n s_nop 10\n ds_read_b32 v5, v13",
     "wave 0, lane 18"},
    {"swizzled",
     "v_cmp_eq_u32 vcc, 4, v0\n v_cndmask_b32 v10, v2, v9, vcc\n"
     "ds_swizzle_b32 v11, v10 offset:swizzle(QUAD_PERM,3,2,1,0)\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v11",
     "wave 0, lane 7"},
    {"through an index",
     "s_mov_b32 s8, 3\n s_set_gpr_idx_on s8, gpr_idx(SRC0)\n v_mov_b32 v10, v6\n s_set_gpr_idx_off\n"
     "ds_read_b32 v5, v10",
     "v10 is an address"},
    {"to an index",
     "s_mov_b32 s8, 3\n v_mov_b32 v10, 0\n s_set_gpr_idx_on s8, gpr_idx(DST)\n v_mov_b32 v7, v9\n"
     "s_set_gpr_idx_off\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"packed half",
     "v_mov_b32_sdwa v10, v2 dst_sel:WORD_0 dst_unused:UNUSED_PRESERVE src0_sel:WORD_0\n"
     "v_lshrrev_b32 v10, 16, v10\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"half of a loaded register", "global_load_short_d16_hi v10, v1, s[6:7]\n s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     "v10 is an address"},
    {"index of a register", "s_set_gpr_idx_on s20, gpr_idx(SRC0)\n v_mov_b32 v5, v1\n s_set_gpr_idx_off",
     "s20 chooses a register"},
    {"lane without a value", "s_mov_b64 exec, 0xff\n v_mov_b32 v10, 0\n s_mov_b64 exec, -1\n ds_read_b32 v5, v10",
     "wave 0, lane 8"},

    {"saved and restored",
     "scratch_store_dword off, v40, off\n s_waitcnt vmcnt(0)\n v_mov_b32 v40, 1\n"
     "scratch_load_dword v40, off, off\n s_waitcnt vmcnt(0)",
     nullptr},
    {"scalar saved in a lane", "v_writelane_b32 v40, s30, 0\n s_mov_b32 s30, 0\n v_readlane_b32 s30, v40, 0", nullptr},
    {"arithmetic alone", "v_add_u32 v10, v9, v9\n v_mul_f32 v11, v10, v9\n v_cmp_lt_f32 vcc, v10, v11", nullptr},
    {"the defined lanes of a register", "s_mov_b64 exec, 0xff\n v_mov_b32 v10, 0\n ds_read_b32 v5, v10", nullptr},
    {"masked away", "v_and_b32 v10, 0, v9\n ds_read_b32 v5, v10", nullptr},
    {"the selected side is defined", "v_cmp_eq_u32 vcc, v0, v0\n v_cndmask_b32 v10, v9, v2, vcc\n ds_read_b32 v5, v10",
     nullptr},
    {"the defined half",
     "global_load_short_d16_hi v10, v1, s[6:7]\n s_waitcnt vmcnt(0)\n v_and_b32 v10, 0xffff, v10\n"
     "ds_read_b32 v5, v10",
     nullptr},
    {"the half that a load makes zero",
     "global_load_short_d16 v10, v1, s[4:5]\n s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10", nullptr},
    {"the defined byte",
     "global_load_ubyte v10, v2, s[4:5]\n s_waitcnt vmcnt(0)\n v_lshl_or_b32 v10, v9, 8, v10\n"
     "v_bfe_u32 v10, v10, 0, 8\n ds_read_b32 v5, v10",
     nullptr},
    {"bits of a mask that EXEC does not have",
     "s_mov_b64 exec, 1\n s_mov_b64 s[8:9], s[20:21]\n s_or_b64 s[8:9], s[8:9], exec\n s_and_b64 s[10:11], exec, "
     "s[8:9]\n"
     "s_mov_b64 exec, s[10:11]",
     nullptr},
    {"another column of a product",
     "v_cmp_eq_u32 vcc, 18, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_mov_b32 v11, 0\n"
     "v_mfma_f32_16x16x16_f16 v[12:15], v[2:3], v[10:11], 0\n s_nop 10\n"
     "s_mov_b32 exec_lo, 0xfff8fff8\n s_mov_b32 exec_hi, 0xfff8\n ds_read_b32 v5, v13",
     nullptr},
    {"another block of a product",
     "v_cmp_eq_u32 vcc, 18, v0\n v_cndmask_b32 v10, v2, v9, vcc\n v_mov_b32 v11, 0\n"
     "v_mfma_f32_4x4x4_16b_f16 v[12:15], v[2:3], v[10:11], 0\n s_nop 10\n"
     "s_mov_b32 exec_lo, 0xfff0ffff\n ds_read_b32 v5, v13\n s_mov_b64 exec, 0x30000\n ds_read_b32 v5, v13",
     nullptr},
    {"another lane of a swizzle",
     "v_cmp_eq_u32 vcc, 4, v0\n v_cndmask_b32 v10, v2, v9, vcc\n"
     "ds_swizzle_b32 v11, v10 offset:swizzle(QUAD_PERM,3,2,1,0)\n s_waitcnt lgkmcnt(0)\n s_mov_b64 exec, 0x7f\n"
     "ds_read_b32 v5, v11",
     nullptr},
    {"past the register that an index moves from",
     "s_mov_b32 s8, 3\n v_mov_b32 v9, 0\n s_set_gpr_idx_on s8, gpr_idx(SRC0)\n v_mov_b32 v10, v6\n s_set_gpr_idx_off\n"
     "ds_read_b32 v5, v10",
     nullptr},
    {"the lower half of a sum",
     "v_mov_b32 v8, 0\n v_mad_u64_u32 v[10:11], s[8:9], v0, 4, v[8:9]\n v_lshl_add_u64 v[10:11], v[10:11], 1, v[8:9]\n"
     "ds_read_b32 v5, v10",
     nullptr},
    {"the lower half of a product",
     "v_lshl_or_b32 v10, v9, 16, v1\n v_mul_lo_u32 v10, v10, 4\n v_and_b32 v10, 0xfff, v10\n"
     "ds_read_b32 v5, v10",
     nullptr},
    {"lower bits of a scalar sum",
     "s_mov_b32 s9, 0\n s_lshl_b32 s8, s20, 16\n s_add_u32 s8, s8, 64\n s_and_b32 s8, s8, 0xff\n"
     "s_load_dword s10, s[4:5], s8",
     nullptr},
    {"data of an LDS write by lane", "s_mov_b32 m0, 0\n ds_write_addtid_b32 v9", nullptr},
    {"stored over",
     "global_store_dword v1, v2, s[6:7]\n s_waitcnt vmcnt(0)\n global_load_dword v10, v1, s[6:7]\n"
     "s_waitcnt vmcnt(0)\n ds_read_b32 v5, v10",
     nullptr},
};

TEST(Sanitizer, undefinedValues) {
  for (const Case &c : undefinedCases)
    expect(c, check::undefined, ErrorKind::undefinedValue);
}

TEST(Sanitizer, theHostReadsUndefinedBytes) {
  Defects d({"stores", "v_cmp_ne_u32 vcc, 9, v0\n v_cndmask_b32 v10, v9, v2, vcc\n global_store_dword v1, v10, s[4:5]",
             nullptr},
            check::all);
  ASSERT_TRUE(bool(d.runner->run()));
  Memory &memory = d.runner->device.memory();
  std::vector<uint8_t> bytes(4096);
  EXPECT_TRUE(bool(memory.read(d.defined, bytes.data(), 36)));
  EXPECT_TRUE(bool(memory.read(d.defined + 40, bytes.data(), 4096 - 40)));
  Status s = memory.read(d.defined + 30, bytes.data(), 10);
  ASSERT_FALSE(bool(s));
  EXPECT_EQ(s.error().kind, ErrorKind::undefinedValue);
  EXPECT_EQ(s.error().message, "the host reads byte 36 of 'defined', which is undefined");
  EXPECT_EQ(s.error().address, d.defined + 36);
  // Written by the host, or by a run that does not follow values, bytes are defined.
  ASSERT_TRUE(bool(memory.fill(d.defined + 36, 0, 4)));
  EXPECT_TRUE(bool(memory.read(d.defined, bytes.data(), 4096)));
  EXPECT_FALSE(bool(memory.read(d.undefined, bytes.data(), 1)));
  d.runner->options.sanitize = check::waits;
  ASSERT_TRUE(bool(d.runner->run()));
  EXPECT_TRUE(bool(memory.read(d.undefined, bytes.data(), 1)));
}

// --- Waits ---------------------------------------------------------------------------------------------------------

const Case waitCases[] = {
    {"own load to LDS", "s_mov_b32 m0, 0\n global_load_lds_dword v1, s[4:5]\n ds_read_b32 v5, v1",
     "reads LDS bytes at 0 before a wait on vmcnt covers the load to them, 'global_load_lds_dword v1, s[4:5]'"},
    {"own wide load to LDS",
     "s_mov_b32 m0, 1024\n v_lshlrev_b32 v4, 4, v0\n global_load_lds_dwordx4 v4, s[4:5]\n"
     "s_waitcnt lgkmcnt(0)\n ds_read_b128 v[8:11], v4 offset:1024",
     "reads LDS bytes at 1024"},
    {"own buffer load to LDS",
     "s_mov_b64 s[8:9], s[4:5]\n s_mov_b32 s10, 4096\n s_mov_b32 s11, 0x20000\n s_mov_b32 m0, 64\n"
     "buffer_load_dword v1, s[8:11], 0 offen lds\n ds_read_b32 v5, v2 offset:64",
     "reads LDS bytes at 64"},
    {"write over an own load to LDS", "s_mov_b32 m0, 0\n global_load_lds_dword v1, s[4:5]\n ds_write_b32 v1, v2",
     "writes LDS bytes at 0"},
    {"the younger of two loads to LDS",
     "s_mov_b32 m0, 0\n global_load_lds_dword v1, s[4:5]\n s_mov_b32 m0, 256\n global_load_lds_dword v1, s[4:5]\n"
     "s_waitcnt vmcnt(1)\n ds_read_b32 v5, v1\n ds_read_b32 v6, v1 offset:256",
     "reads LDS bytes at 256"},
    {"waited", "s_mov_b32 m0, 0\n global_load_lds_dword v1, s[4:5]\n s_waitcnt vmcnt(0)\n ds_read_b32 v5, v1", nullptr},
    {"other bytes",
     "s_mov_b32 m0, 0\n ds_write_b32 v1, v2 offset:256\n global_load_lds_dword v1, s[4:5]\n"
     "ds_read_b32 v5, v1 offset:256",
     nullptr},
};

TEST(Sanitizer, waitsForLoadsToLds) {
  for (const Case &c : waitCases)
    expect(c, check::races, ErrorKind::useBeforeWait);
}

// --- Races in LDS --------------------------------------------------------------------------------------------------

// v4: the same place in the next wave's part, of two waves.
#define NEXT "v_xor_b32 v4, 0x100, v1\n"
const Case ldsCases[] = {
    {"read without a barrier", NEXT "ds_write_b32 v1, v0\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v4",
     "writes LDS bytes at 256 that wave 0 read, with no barrier in between", 128},
    {"barrier without a wait", NEXT "ds_write_b32 v1, v0\n s_barrier\n ds_read_b32 v5, v4",
     "that wave 1 wrote, 'ds_write_b32 v1, v0', without its own wait before the barrier", 128},
    {"wait after the barrier", NEXT "ds_write_b32 v1, v0\n s_barrier\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v4",
     "without its own wait before the barrier", 128},
    {"wait for too little",
     NEXT "ds_write_b32 v1, v0\n ds_write_b32 v1, v0 offset:512\n s_waitcnt lgkmcnt(1)\n s_barrier\n"
          "ds_read_b32 v6, v4\n ds_read_b32 v5, v4 offset:512",
     "'ds_write_b32 v1, v0 offset:512', without its own wait", 128},
    {"wrong counter", NEXT "ds_write_b32 v1, v0\n s_waitcnt vmcnt(0)\n s_barrier\n ds_read_b32 v5, v4",
     "without its own wait before the barrier", 128},
    {"load to LDS handed over without a wait",
     NEXT "v_readfirstlane_b32 s8, v1\n s_mov_b32 m0, s8\n global_load_lds_dword v2, s[4:5]\n s_waitcnt lgkmcnt(0)\n"
          "s_barrier\n ds_read_b32 v5, v4",
     "'global_load_lds_dword v2, s[4:5]', without its own wait before the barrier", 128},
    {"load to LDS without a barrier",
     NEXT "v_readfirstlane_b32 s8, v1\n s_mov_b32 m0, s8\n global_load_lds_dword v2, s[4:5]\n s_waitcnt vmcnt(0)\n"
          "ds_read_b32 v5, v4",
     "with no barrier in between", 128},
    {"two waves write", "ds_write_b32 v2, v0", "writes LDS bytes at 0 that wave 0 wrote", 128},
    {"write over what another reads",
     NEXT "ds_write_b32 v1, v0\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_read_b32 v5, v4\n ds_write_b32 v1, v2",
     "reads LDS bytes at 0 that wave 0 wrote, 'ds_write_b32 v1, v2', with no barrier in between", 128},
    {"bytes", "v_mov_b32 v4, v0\n ds_write_b8 v4, v0\n s_waitcnt lgkmcnt(0)\n v_xor_b32 v4, 64, v4\n ds_read_u8 v5, v4",
     "writes LDS bytes at 64 that wave 0 read", 128},
    {"an atomic and a read",
     "ds_write_b32 v1, v2\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_add_u32 v2, v0\n"
     "s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v2",
     "race: changes LDS bytes at 0 that wave 0 read", 128},
    {"a write and an atomic", "ds_write_b32 v2, v0\n s_waitcnt lgkmcnt(0)\n ds_add_u32 v2, v0", "that wave 0", 128},
    {"the second of two addresses",
     NEXT "ds_write2_b32 v1, v0, v0 offset1:200\n s_waitcnt lgkmcnt(0)\n ds_read_b32 v5, v4 offset:800",
     "writes LDS bytes at 1056 that wave 0 read", 128},
    {"one barrier too few of a loop",
     NEXT "s_mov_b32 s8, 2\n loop:\n ds_write_b32 v1, v0\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_read_b32 v5, v4\n"
          "s_sub_u32 s8, s8, 1\n s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 loop",
     "reads LDS bytes at 0 that wave 0 wrote", 128},

    {"wait and barrier", NEXT "ds_write_b32 v1, v0\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_read_b32 v5, v4", nullptr,
     128},
    {"each wave its own part", "ds_write_b32 v1, v0\n ds_read_b32 v5, v1", nullptr, 256},
    {"bytes of one dword", "v_lshrrev_b32 v4, 6, v0\n ds_write_b8 v4, v0\n ds_read_u8 v5, v4", nullptr, 256},
    {"loads to LDS, waited",
     NEXT "v_readfirstlane_b32 s8, v1\n s_mov_b32 m0, s8\n global_load_lds_dword v2, s[4:5]\n"
          "s_waitcnt vmcnt(0)\n s_barrier\n ds_read_b32 v5, v4",
     nullptr, 128},
    {"atomics of all waves",
     "ds_write_b32 v1, v2\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_add_u32 v2, v0\n s_waitcnt lgkmcnt(0)\n s_barrier\n"
     "ds_read_b32 v5, v2",
     nullptr, 128},
    // A wave that finds the counter raised knows what the other did before it raised it.
    {"handed over by an atomic",
     "ds_write_b32 v1, v2\n s_waitcnt lgkmcnt(0)\n s_barrier\n v_readfirstlane_b32 s8, v0\n v_mov_b32 v6, 1\n"
     "s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 second\n ds_write_b32 v2, v0 offset:2048\n s_waitcnt lgkmcnt(0)\n"
     "ds_add_u32 v2, v6 offset:1024\n s_branch end\n second:\n s_sleep 1\n ds_add_rtn_u32 v5, v2, v6 offset:1024\n"
     "s_waitcnt lgkmcnt(0)\n v_readfirstlane_b32 s9, v5\n s_cmp_eq_u32 s9, 0\n s_cbranch_scc1 end\n"
     "ds_read_b32 v5, v2 offset:2048",
     nullptr, 128},
    {"a barrier between reading and writing",
     NEXT
     "ds_write_b32 v1, v0\n s_waitcnt lgkmcnt(0)\n s_barrier\n ds_read_b32 v5, v4\n s_waitcnt lgkmcnt(0)\n s_barrier\n"
     "ds_write_b32 v1, v2",
     nullptr, 128},
};

TEST(Sanitizer, racesInLds) {
  for (const Case &c : ldsCases)
    expect(c, check::races, ErrorKind::race);
}

// --- Races in global memory ----------------------------------------------------------------------------------------

// Two workgroups: the first writes to +64 and raises the flag at +0, the second polls the flag and reads +64.
// `WRITER` is what the first does between the two, `STORE` how it raises the flag, `LOAD` how the second polls,
// and `READER` what it does once it has seen the flag.
#define HANDOVER(WRITER, STORE, LOAD, READER)                                                                          \
  "v_mov_b32 v4, 1\n s_cmp_lg_u32 s2, 0\n s_cbranch_scc1 second\n global_store_dword v2, v4, s[4:5] "                  \
  "offset:64\n" WRITER "\n" STORE "\n s_branch end\nsecond:\n" LOAD                                                    \
  "\n s_waitcnt vmcnt(0)\n v_readfirstlane_b32 s8, v5\n"                                                               \
  "s_cmp_eq_u32 s8, 0\n s_cbranch_scc1 second\n" READER "\n global_load_dword v6, v2, s[4:5] offset:64"
#define STORE "global_store_dword v2, v4, s[4:5] sc1"
#define LOAD "global_load_dword v5, v2, s[4:5] sc1"
#define RELEASE "buffer_wbl2 sc1\n s_waitcnt vmcnt(0)"
#define ACQUIRE "buffer_inv sc1"
constexpr const char *unordered = "with no release and acquire at agent scope in between";

// More reads, one lane's each, than are kept as a list.
#define READ_OFTEN                                                                                                     \
  "v_lshlrev_b32 v4, 1, v1\n s_movk_i32 s8, 0\nagain:\n global_load_dword v5, v4, s[4:5] offset:512\n"                 \
  "s_addk_i32 s8, 1\n s_cmp_lg_u32 s8, 100\n s_cbranch_scc1 again\n s_waitcnt vmcnt(0)\n"

const Case globalCases[] = {
    {"no release", HANDOVER("", STORE, LOAD, ACQUIRE), unordered, 64, 2},
    {"a wait is no release", HANDOVER("s_waitcnt vmcnt(0)", STORE, LOAD, ACQUIRE), unordered, 64, 2},
    {"release without a wait", HANDOVER("buffer_wbl2 sc1", STORE, LOAD, ACQUIRE), unordered, 64, 2},
    {"release of the workgroup's scope", HANDOVER("buffer_wbl2 sc0\n s_waitcnt vmcnt(0)", STORE, LOAD, ACQUIRE),
     unordered, 64, 2},
    {"no acquire", HANDOVER(RELEASE, STORE, LOAD, ""), unordered, 64, 2},
    {"acquire of the workgroup's scope", HANDOVER(RELEASE, STORE, LOAD, "buffer_inv sc0"), unordered, 64, 2},
    {"flag stored without sc1", HANDOVER(RELEASE, "global_store_dword v2, v4, s[4:5]", LOAD, ACQUIRE), unordered, 64,
     2},
    {"flag loaded without sc1", HANDOVER(RELEASE, STORE, "global_load_dword v5, v2, s[4:5]", ACQUIRE), unordered, 64,
     2},
    {"written after the release",
     HANDOVER(RELEASE "\n global_store_dword v2, v4, s[4:5] offset:64", STORE, LOAD, ACQUIRE), unordered, 64, 2},
    {"another flag",
     HANDOVER(RELEASE "\n global_store_dword v2, v4, s[4:5] offset:128 sc1", "s_nop 0",
              "s_nop 0\n v_mov_b32 v5, 1\n global_load_dword v7, v2, s[4:5] sc1", ACQUIRE),
     unordered, 64, 2},
    {"every workgroup writes one place", "global_store_dword v2, v0, s[4:5]", "writes memory at", 64, 3},
    {"a read and a later write",
     "global_load_dword v5, v2, s[4:5]\n s_cmp_eq_u32 s2, 0\n s_cbranch_scc1 end\n"
     "global_store_dword v2, v0, s[4:5]",
     "that workgroup number 0 and others read", 64, 2},
    {"many reads and a later write",
     READ_OFTEN "s_cmp_eq_u32 s2, 0\n s_cbranch_scc1 end\n global_store_dword v4, v5, s[4:5] offset:520",
     "('defined' + 520) that workgroup number 0 and others read", 64, 2},
    {"a write and many later reads",
     "s_cmp_lg_u32 s2, 0\n s_cbranch_scc1 second\n v_mov_b32 v6, 0\n global_store_dword v6, v0, s[4:5] offset:1016\n"
     "s_branch end\nsecond:\n" READ_OFTEN,
     "reads memory at", 64, 2},
    {"a plain write and an atomic",
     "s_cmp_eq_u32 s2, 0\n s_cbranch_scc1 first\n global_atomic_add v2, v0, s[4:5]\n"
     "s_branch end\nfirst:\n global_store_dword v2, v2, s[4:5]",
     "changes memory at", 64, 2},
    {"an overlapping row", "s_lshl_b32 s8, s2, 7\n v_add_u32 v4, s8, v1\n global_store_dword v4, v0, s[4:5]",
     "('defined' + 128)", 64, 2},
    {"a wave's store over a barrier without its wait",
     "v_xor_b32 v4, 0x100, v1\n global_store_dword v1, v0, s[4:5]\n s_barrier\n global_load_dword v5, v4, s[4:5]",
     "wave 1 of the workgroup wrote, 'global_store_dword v1, v0, s[4:5]', without its own wait", 128},
    {"scalar load of what another wrote",
     "s_cmp_eq_u32 s2, 0\n s_cbranch_scc1 first\n s_load_dword s8, s[4:5], 0x0\n s_branch end\nfirst:\n"
     "global_store_dword v2, v2, s[4:5]",
     unordered, 64, 2},

    {"release and acquire", HANDOVER(RELEASE, STORE, LOAD, ACQUIRE), nullptr, 64, 2},
    {"by an atomic",
     HANDOVER(RELEASE, "global_atomic_add v2, v4, s[4:5]", "v_mov_b32 v5, 0\n global_atomic_add v5, v2, v5, s[4:5] sc0",
              ACQUIRE),
     nullptr, 64, 2},
    {"one wave releases for both",
     "v_mov_b32 v4, 1\n s_cmp_lg_u32 s2, 0\n s_cbranch_scc1 second\n"
     "global_store_dword v1, v4, s[4:5] offset:64\n s_waitcnt vmcnt(0)\n s_barrier\n"
     "v_readfirstlane_b32 s8, v0\n s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 end\n" RELEASE "\n" STORE
     "\n s_branch end\nsecond:\n" LOAD "\n s_waitcnt vmcnt(0)\n v_readfirstlane_b32 s8, v5\n"
     "s_cmp_eq_u32 s8, 0\n s_cbranch_scc1 second\n" ACQUIRE "\n global_load_dword v6, v1, s[4:5] offset:64",
     nullptr, 128, 2},
    {"one wave sees the flag for both",
     "v_mov_b32 v4, 1\n s_cmp_lg_u32 s2, 0\n s_cbranch_scc1 second\n global_store_dword v1, v4, s[4:5] "
     "offset:64\n" RELEASE "\n s_barrier\n v_readfirstlane_b32 s8, v0\n s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 end\n" STORE
     "\n s_branch end\nsecond:\n v_readfirstlane_b32 s8, v0\n s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 meet\npoll:\n" LOAD
     "\n s_waitcnt vmcnt(0)\n v_readfirstlane_b32 s8, v5\n s_cmp_eq_u32 s8, 0\n s_cbranch_scc1 poll\nmeet:\n"
     "s_barrier\n" ACQUIRE "\n global_load_dword v6, v1, s[4:5] offset:64",
     nullptr, 128, 2},
    {"atomics of all workgroups", "global_atomic_add v1, v0, s[4:5]\n global_atomic_add v5, v1, v0, s[4:5] sc0",
     nullptr, 128, 5},
    {"each workgroup its own part",
     "s_lshl_b32 s8, s2, 8\n v_add_u32 v4, s8, v1\n global_load_dword v5, v4, s[4:5]\n"
     "s_waitcnt vmcnt(0)\n global_store_dword v4, v5, s[4:5]",
     nullptr, 64, 5},
    {"each workgroup its own dword, by all lanes",
     "s_lshl_b32 s8, s2, 2\n v_mov_b32 v4, s8\n global_load_dword v5, v4, s[4:5]\n"
     "s_waitcnt vmcnt(0)\n global_store_dword v4, v5, s[4:5]",
     nullptr, 64, 4},
    {"bytes next to each other",
     "v_mov_b32 v4, s2\n global_load_ubyte v5, v4, s[4:5]\n s_waitcnt vmcnt(0)\n"
     "global_store_byte v4, v5, s[4:5] offset:64",
     nullptr, 64, 4},
    {"many reads and other places",
     READ_OFTEN "v_lshlrev_b32 v4, 3, v0\n s_cmp_eq_u32 s2, 0\n s_cbranch_scc1 end\n"
                "global_store_dword v4, v5, s[4:5] offset:516",
     nullptr, 64, 2},
    {"all read", "global_load_dword v5, v1, s[4:5]\n s_load_dword s8, s[4:5], 0x0", nullptr, 256, 4},
    {"waited and a barrier",
     "v_xor_b32 v4, 0x100, v1\n s_cmp_eq_u32 s2, 1\n global_store_dword v1, v0, s[4:5]\n s_waitcnt vmcnt(0)\n"
     "s_barrier\n global_load_dword v5, v4, s[4:5]",
     nullptr, 128},
};

TEST(Sanitizer, racesInGlobalMemory) {
  for (const Case &c : globalCases)
    expect(c, check::races, ErrorKind::race);
}

// --- Options -------------------------------------------------------------------------------------------------------

TEST(Sanitizer, namesOfChecks) {
  EXPECT_EQ(parseChecks("all"), check::all);
  EXPECT_EQ(parseChecks("none"), check::none);
  EXPECT_EQ(parseChecks("waits,races"), check::waits | check::races);
  EXPECT_EQ(parseChecks("bounds,undefined"), check::bounds | check::undefined);
  EXPECT_FALSE(parseChecks("wait"));
  EXPECT_FALSE(parseChecks(""));
  EXPECT_FALSE(parseChecks("waits,"));
}

TEST(Sanitizer, collectsTheFirstFindingOfEachPlace) {
  Defects d({"several",
             "s_mov_b32 s8, 3\nloop:\n global_load_dword v5, v1, s[4:5]\n v_add_u32 v6, v5, v5\n"
             "v_readfirstlane_b32 s9, v20\n global_load_dword v7, v1, s[4:5] offset:4092\n"
             "s_sub_u32 s8, s8, 1\n s_cmp_lg_u32 s8, 0\n s_cbranch_scc1 loop",
             nullptr},
            check::all);
  d.runner->options.collect = true;
  Result<Report> report = d.runner->run();
  ASSERT_TRUE(bool(report)) << report.error().message;
  std::vector<ErrorKind> kinds;
  for (const Error &e : report->findings)
    kinds.push_back(e.kind);
  EXPECT_EQ(kinds,
            (std::vector<ErrorKind>{ErrorKind::useBeforeWait, ErrorKind::undefinedValue, ErrorKind::outOfBounds}));
  EXPECT_EQ(report->findings[0].registerName, "v5");
  EXPECT_EQ(report->findings[2].lane, 1);
}

} // namespace
} // namespace pa::emu::test
