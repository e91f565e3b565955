// Seeded defects of the kinds that are looked for whatever checks are on: memory outside of every allocation, freed or
// read-only; barriers that never complete; loops that never end. At least ten of each, and clean code beside them.
#include "Runner.h"

#include <gtest/gtest.h>

namespace pa::emu::test {
namespace {

struct Case {
  const char *name, *body;
  const char *expected; // part of the finding, or null: none
};

// s[4:5] points to 4096 bytes, s[6:7] to as many that are freed, s[8:9] to as many that are read-only. s[12:15] is a
// buffer over the first and what follows it. v1 is 4 times the lane, v[2:3] zeros, v[4:5] the first's end.
constexpr const char *prologue = R"(
  s_load_dwordx4 s[4:7], s[0:1], 0x0
  s_load_dwordx2 s[8:9], s[0:1], 0x10
  v_and_b32 v0, 0x3ff, v0
  v_lshlrev_b32 v1, 2, v0
  v_mov_b32 v2, 0
  v_mov_b32 v3, 0
  s_waitcnt lgkmcnt(0)
  s_mov_b64 s[12:13], s[4:5]
  s_mov_b32 s14, 0x2000
  s_mov_b32 s15, 0x20000
  s_add_u32 s16, s4, 0x1000
  s_addc_u32 s17, s5, 0
  v_mov_b32 v4, s16
  v_mov_b32 v5, s17
  s_mov_b32 m0, 0
)";

void expect(const Case &c, ErrorKind kind, const std::vector<uint32_t> &checks, unsigned items = 64) {
  SCOPED_TRACE(c.name);
  for (uint32_t sanitize : checks) {
    KernelSpec spec;
    spec.kernargBytes = 24;
    spec.lds = 1024;
    spec.scratch = 64;
    Runner r(spec, std::string(prologue) + c.body + "\nend:\n s_endpgm");
    r.launch.block = {items, 1, 1};
    r.options.sanitize = sanitize;
    r.options.maxInstructions = 20000;
    r.options.timeSlice = 500;
    AllocationOptions readOnly;
    readOnly.readOnly = true;
    uint64_t memory = r.allocate("memory", 4096), gone = r.allocate("gone", 4096);
    uint64_t constants = r.allocate("constants", 4096, readOnly);
    ASSERT_TRUE(bool(r.device.memory().free(gone)));
    for (uint64_t address : {memory, gone, constants})
      r.argument(address);
    Result<Report> report = r.run();
    if (!c.expected) {
      EXPECT_TRUE(bool(report)) << (report ? "" : report.error().message);
      continue;
    }
    ASSERT_FALSE(bool(report)) << "not found";
    const Error &e = report.error();
    EXPECT_EQ(e.kind, kind) << e.message;
    EXPECT_NE(e.message.find(c.expected), std::string::npos) << e.message;
    EXPECT_NE(e.message.find("at '" + e.instruction), std::string::npos) << e.message;
  }
}

const std::vector<uint32_t> everyCheck = {check::all, check::none}, boundsOnly = {check::bounds};

const Case outside[] = {
    {"load past the end", "global_load_dword v6, v1, s[4:5] offset:4092\n s_waitcnt vmcnt(0)",
     "0 bytes past the end of 'memory'"},
    {"load before the beginning", "global_load_dword v6, v1, s[4:5] offset:-8", "8 bytes before 'memory'"},
    {"load by a pointer past the end", "global_load_dword v6, v[4:5], off offset:256", "256 bytes past the end"},
    {"load of nothing", "global_load_dword v6, v[2:3], off", "at 0x0 is out of bounds"},
    {"load by half a pointer", "v_mov_b32 v5, 0\n global_load_ubyte v6, v[4:5], off", "is out of bounds"},
    {"load across the end", "v_lshlrev_b32 v6, 4, v0\n global_load_dwordx4 v[8:11], v6, s[4:5] offset:3080",
     "crosses the end of 'memory'"},
    {"store past the end", "global_store_byte v[4:5], v2, off", "write of 1 bytes"},
    {"wide store across the end", "global_store_dwordx2 v[4:5], v[2:3], off offset:-4", "crosses the end"},
    {"atomic past the end", "global_atomic_add v[4:5], v2, off", "0 bytes past the end of 'memory'"},
    {"compare and swap past the end", "global_atomic_cmpswap_x2 v[4:5], v[0:3], off offset:8", "8 bytes past the end"},
    {"flat load", "flat_load_dword v6, v[4:5]", "past the end of 'memory'"},
    {"flat store", "flat_store_short v[4:5], v2 offset:16", "16 bytes past the end"},
    {"flat atomic", "flat_atomic_or v[4:5], v2", "past the end of 'memory'"},
    {"scalar load", "s_load_dword s20, s[4:5], 0x1000", "0 bytes past the end of 'memory'"},
    {"scalar load across the end", "s_load_dwordx8 s[20:27], s[4:5], 0xff0", "crosses the end"},
    {"scalar buffer load", "s_buffer_load_dword s20, s[12:15], 0x1010", "16 bytes past the end"},
    {"buffer load whose size is wrong", "buffer_load_dword v6, v1, s[12:15], 0 offen offset:4092", "past the end"},
    {"buffer store whose size is wrong", "s_mov_b32 s20, 0x1000\n buffer_store_dword v2, off, s[12:15], s20",
     "write of 4 bytes"},
    {"buffer atomic whose size is wrong", "s_mov_b32 s20, 0x1004\n buffer_atomic_add v2, off, s[12:15], s20",
     "4 bytes past the end"},
    {"load straight to LDS", "global_load_lds_dword v[4:5], off", "past the end of 'memory'"},
    {"scratch", "scratch_load_dword v6, off, off offset:64", "scratch offset 64 is out of bounds: a lane has 64 bytes"},
    {"a store to scratch", "v_mov_b32 v6, 62\n scratch_store_dword v6, v2, off", "scratch offset 62"},

    {"the last bytes", "global_load_dword v6, v[4:5], off offset:-4\n flat_load_ubyte v7, v[2:3]",
     "is out of bounds"}, // the flat one, of nothing
    {"all bytes", "v_lshlrev_b32 v6, 6, v0\n global_load_dwordx4 v[8:11], v6, s[4:5] offset:48", nullptr},
    {"no lane", "s_mov_b64 exec, 0\n global_load_dword v6, v[2:3], off\n flat_store_dword v[2:3], v2", nullptr},
    {"what the buffer's size keeps out",
     "s_mov_b32 s14, 0x1000\n buffer_load_dword v6, v1, s[12:15], 0 offen offset:4092", nullptr},
};
TEST(Bounds, outsideOfEveryAllocation) {
  for (const Case &c : outside)
    expect(c, ErrorKind::outOfBounds, everyCheck);
}

const Case inLds[] = {
    {"read", "ds_read_b32 v6, v1 offset:1020", "LDS address 1024"},
    {"read across the end", "v_mov_b32 v6, 1020\n ds_read_b64 v[8:9], v6", "the workgroup has 1024 bytes"},
    {"wide read", "v_mov_b32 v6, 1016\n ds_read_b128 v[8:11], v6", "access of 16 bytes at LDS address 1016"},
    {"second of two", "ds_read2_b32 v[8:9], v2 offset1:255\n v_mov_b32 v6, 8\n ds_read2_b32 v[8:9], v6 offset1:255",
     "LDS address 1028"},
    {"byte", "v_mov_b32 v6, 1024\n ds_read_u8 v8, v6", "access of 1 bytes"},
    {"negative address", "v_mov_b32 v6, -4\n ds_read_b32 v8, v6", "is out of bounds"},
    {"write", "ds_write_b32 v1, v2 offset:1024", "LDS address 1024"},
    {"wide write", "v_lshlrev_b32 v6, 4, v0\n ds_write_b96 v6, v[0:2] offset:16", "LDS address 1024"},
    {"second write of two", "ds_write2st64_b32 v1, v2, v3 offset1:4", "LDS address 1024"},
    {"atomic", "ds_add_u32 v1, v2 offset:772", "LDS address 1024"},
    {"atomic with a result", "ds_cmpst_rtn_b32 v6, v1, v2, v3 offset:1000", "LDS address 1024"},
    {"load straight to LDS", "s_movk_i32 m0, 800\n global_load_lds_dword v1, s[4:5]", "LDS address 1024"},
    {"flat",
     "s_mov_b64 s[20:21], src_shared_base\n v_mov_b32 v6, 1024\n v_mov_b32 v7, s21\n flat_load_dword v8, v[6:7]",
     "out of bounds"},

    {"the last dword", "ds_read_b32 v6, v1 offset:768\n ds_write_b32 v1, v2 offset:768", nullptr},
};
TEST(Bounds, ofLds) {
  for (const Case &c : inLds)
    expect(c, ErrorKind::outOfBounds, boundsOnly);
}

#define OF_GONE "v_mov_b32 v6, s6\n v_mov_b32 v7, s7\n"
const Case freed[] = {
    {"load", "global_load_dword v8, v1, s[6:7]", "'gone'"},
    {"by a pointer", OF_GONE "global_load_dwordx4 v[8:11], v[6:7], off offset:16", "which is freed"},
    {"byte", "global_load_ubyte v8, v1, s[6:7] offset:100", "which is freed"},
    {"store", "global_store_dword v1, v2, s[6:7]", "write of 4 bytes"},
    {"wide store", OF_GONE "global_store_dwordx3 v[6:7], v[0:2], off", "which is freed"},
    {"atomic", "global_atomic_add v1, v2, s[6:7]", "which is freed"},
    {"atomic of floats", "global_atomic_add_f32 v8, v1, v2, s[6:7] sc0", "which is freed"},
    {"flat load", OF_GONE "flat_load_dword v8, v[6:7]", "which is freed"},
    {"flat store", OF_GONE "flat_store_byte v[6:7], v2", "which is freed"},
    {"scalar load", "s_load_dwordx2 s[20:21], s[6:7], 0x40", "which is freed"},
    {"buffer", "s_mov_b64 s[12:13], s[6:7]\n buffer_load_dword v8, v1, s[12:15], 0 offen", "which is freed"},
    {"buffer store", "s_mov_b64 s[12:13], s[6:7]\n buffer_store_short v2, v1, s[12:15], 0 offen", "which is freed"},
    {"straight to LDS", "global_load_lds_dword v1, s[6:7]", "which is freed"},
};
TEST(Bounds, freedMemory) {
  for (const Case &c : freed)
    expect(c, ErrorKind::outOfBounds, everyCheck);
}

#define OF_CONSTANTS "v_mov_b32 v6, s8\n v_mov_b32 v7, s9\n"
const Case constant[] = {
    {"store", "global_store_dword v1, v2, s[8:9]", "read-only 'constants'"},
    {"byte", "global_store_byte v1, v2, s[8:9] offset:7", "read-only"},
    {"short by a pointer", OF_CONSTANTS "global_store_short v[6:7], v2, off", "read-only"},
    {"wide store", OF_CONSTANTS "global_store_dwordx4 v[6:7], v[0:3], off offset:32", "read-only"},
    {"atomic", "global_atomic_add v1, v2, s[8:9]", "read-only"},
    {"atomic that changes nothing", "global_atomic_or v8, v1, v2, s[8:9] sc0", "read-only"},
    {"wide atomic", OF_CONSTANTS "global_atomic_swap_x2 v[6:7], v[2:3], off", "read-only"},
    {"flat store", OF_CONSTANTS "flat_store_dword v[6:7], v2", "read-only"},
    {"flat atomic", OF_CONSTANTS "flat_atomic_inc v[6:7], v2", "read-only"},
    {"buffer store", "s_mov_b64 s[12:13], s[8:9]\n buffer_store_dword v2, v1, s[12:15], 0 offen", "read-only"},
    {"buffer atomic", "s_mov_b64 s[12:13], s[8:9]\n buffer_atomic_smax v2, v1, s[12:15], 0 offen", "read-only"},

    {"loads", "global_load_dword v8, v1, s[8:9]\n s_load_dword s20, s[8:9], 0x0", nullptr},
};
TEST(Bounds, readOnlyMemory) {
  for (const Case &c : constant)
    expect(c, ErrorKind::outOfBounds, everyCheck);
}

// The first wave of two or three waits for something that does not come, the others at a barrier for it.
#define FIRST_WAVE_LOOPS(LOOP)                                                                                         \
  "v_readfirstlane_b32 s20, v0\n s_cmp_lg_u32 s20, 0\n s_cbranch_scc1 others\n" LOOP "\nothers:\n s_barrier"
const Case stuck[] = {
    {"a branch to itself", FIRST_WAVE_LOOPS("loop:\n s_branch loop"),
     "wait at a barrier that this one has not reached"},
    {"a flag in memory",
     FIRST_WAVE_LOOPS("loop:\n global_load_dword v6, v2, s[4:5] sc1\n s_waitcnt vmcnt(0)\n"
                      "v_readfirstlane_b32 s21, v6\n s_cmp_eq_u32 s21, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},
    {"a flag in LDS",
     FIRST_WAVE_LOOPS("ds_write_b32 v2, v2\nloop:\n ds_read_b32 v6, v2\n s_waitcnt lgkmcnt(0)\n"
                      "v_readfirstlane_b32 s21, v6\n s_cmp_eq_u32 s21, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},
    {"asleep", FIRST_WAVE_LOOPS("loop:\n s_sleep 1\n s_branch loop"), "wait at a barrier"},
    {"a lane that stays",
     FIRST_WAVE_LOOPS("s_mov_b64 s[22:23], exec\nloop:\n v_cmp_eq_u32 vcc, 0, v0\n"
                      "s_and_b64 exec, exec, vcc\n s_cbranch_execnz loop\n s_mov_b64 exec, s[22:23]"),
     "wait at a barrier"},
    {"a count that goes the wrong way",
     FIRST_WAVE_LOOPS("s_mov_b32 s21, 1\nloop:\n s_add_u32 s21, s21, 2\n"
                      "s_cmp_lg_u32 s21, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},
    {"a lock that is never given back",
     FIRST_WAVE_LOOPS("v_mov_b32 v6, 1\n global_atomic_swap v2, v6, s[4:5]\nloop:\n"
                      "global_atomic_swap v7, v2, v6, s[4:5] sc0\n s_waitcnt vmcnt(0)\n v_readfirstlane_b32 s21, v7\n"
                      "s_cmp_lg_u32 s21, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},
    {"a scalar load that polls",
     FIRST_WAVE_LOOPS("loop:\n s_load_dword s21, s[4:5], 0x0\n s_waitcnt lgkmcnt(0)\n"
                      "s_cmp_eq_u32 s21, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},
    {"two loops that call each other", FIRST_WAVE_LOOPS("one:\n s_nop 0\n s_branch two\ntwo:\n s_branch one"),
     "wait at a barrier"},
    {"after a barrier that did complete", "s_barrier\n" FIRST_WAVE_LOOPS("loop:\n s_cbranch_execnz loop"),
     "wait at a barrier"},
    {"a time that does not come",
     FIRST_WAVE_LOOPS("loop:\n s_memtime s[22:23]\n s_waitcnt lgkmcnt(0)\n"
                      "s_cmp_eq_u32 s23, 0\n s_cbranch_scc1 loop"),
     "wait at a barrier"},

    {"a wave that has ended is not waited for",
     "v_readfirstlane_b32 s20, v0\n s_cmp_eq_u32 s20, 0\n s_cbranch_scc1 end\n s_barrier", nullptr},
    {"barriers at different places",
     "v_readfirstlane_b32 s20, v0\n s_cmp_eq_u32 s20, 0\n s_cbranch_scc1 first\n s_nop 0\n s_barrier\n s_branch end\n"
     "first:\n s_barrier",
     nullptr},
};
TEST(Endless, barriersThatNeverComplete) {
  for (const Case &c : stuck)
    for (unsigned waves : {2, 3})
      expect(c, ErrorKind::stuckBarrier, everyCheck, 64 * waves);
}

const Case endless[] = {
    {"a branch to itself", "loop:\n s_branch loop", "its limit of 20000 instructions"},
    {"a flag that nobody sets",
     "loop:\n global_load_dword v6, v2, s[4:5] sc1\n s_waitcnt vmcnt(0)\n"
     "v_readfirstlane_b32 s21, v6\n s_cmp_eq_u32 s21, 0\n s_cbranch_scc1 loop",
     "limit"},
    {"a sum that saturates",
     "s_mov_b32 s20, 0\nloop:\n s_max_u32 s20, s20, 5\n s_cmp_lt_u32 s20, 6\n s_cbranch_scc1 loop", "limit"},
    {"a comparison with NaN", "v_mov_b32 v6, 0x7fc00000\nloop:\n v_cmp_lt_f32 vcc, v6, v6\n s_cbranch_vccz loop",
     "limit"},
    {"a lane that stays", "loop:\n v_cmp_le_u32 vcc, 0, v0\n s_and_b64 exec, exec, vcc\n s_cbranch_execnz loop",
     "limit"},
    {"a wrong step", "s_movk_i32 s20, 7\nloop:\n s_sub_u32 s20, s20, 2\n s_cmp_lg_u32 s20, 0\n s_cbranch_scc1 loop",
     "limit"},
    {"recursion", "s_getpc_b64 s[20:21]\nback:\n s_nop 0\n s_setpc_b64 s[20:21]", "limit"},
    {"two that jump to each other", "one:\n s_branch two\ntwo:\n s_cbranch_execnz one", "limit"},
    {"asleep", "loop:\n s_sleep 2\n s_branch loop", "limit"},
    {"a lock held by itself",
     "v_mov_b32 v6, 1\n ds_write_b32 v2, v6\nloop:\n ds_wrxchg_rtn_b32 v7, v2, v6\n"
     "s_waitcnt lgkmcnt(0)\n v_readfirstlane_b32 s21, v7\n s_cmp_lg_u32 s21, 0\n s_cbranch_scc1 loop",
     "limit"},
    {"a loop of matrix products",
     "v_mov_b32 v8, 0\n v_mov_b32 v9, 0\nloop:\n v_mfma_f32_4x4x4_16b_f16 v[12:15], v[8:9], "
     "v[8:9], 0\n s_cbranch_execnz loop",
     "limit"},

    {"a long loop that ends",
     "s_movk_i32 s20, 5000\nloop:\n s_sub_u32 s20, s20, 1\n s_cmp_lg_u32 s20, 0\n"
     "s_cbranch_scc1 loop",
     nullptr},
};
TEST(Endless, loops) {
  for (const Case &c : endless)
    expect(c, ErrorKind::instructionLimit, everyCheck);
}

} // namespace
} // namespace pa::emu::test
