// Branches, barriers, waits, the program counter and hardware registers.
//
// The run loop has already moved the wave's pc to the next instruction when a handler runs.
#include "runtime/emulator/ops/Lanes.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

constexpr Row row(const char *name, Handler run, Kind kind, Type a = Type::none, Type b = Type::none) {
  Row r;
  r.name = name;
  r.run = run;
  r.kind = kind;
  if (a != Type::none)
    r.operands[r.operandCount++] = {Role::src, a};
  if (b != Type::none)
    r.operands[r.operandCount++] = {Role::src, b};
  return r;
}
constexpr Row flagged(Row r, uint32_t flags) {
  r.flags |= flags;
  return r;
}
constexpr Row firstIsResult(Row r) {
  r.operands[0].role = Role::dst;
  return r;
}

void nothing(Wave &, const Inst &) {}

// A message to the host that a kernel may send: an interrupt, with M0 for its handler. Nobody listens here. The others
// are of graphics, of trap handlers or of later chips.
const char *checkMessage(const Inst &i) {
  constexpr uint64_t interrupt = 1;
  return i.src[0].value == interrupt ? nullptr : "a message other than MSG_INTERRUPT";
}
constexpr Row messageRow(const char *name) {
  Row r = flagged(row(name, nothing, Kind::other, Type::imm), flag::message | flag::readsM0);
  r.check = checkMessage;
  return r;
}

template <class Condition> void branchIf(Wave &w, const Inst &i) {
  Stateless<Condition> condition;
  if (condition.f(w))
    w.pc = i.target;
}
template <class Condition> constexpr Row branch(const char *name, Condition, uint32_t flags = 0) {
  return flagged(row(name, branchIf<Condition>, Kind::branch, Type::imm), flag::branch | flags);
}

void endProgram(Wave &w, const Inst &) { w.status = WaveStatus::ended; }
void barrier(Wave &w, const Inst &) { w.status = WaveStatus::atBarrier; }
void yield(Wave &w, const Inst &) { w.status = WaveStatus::yielded; }
void trap(Wave &w, const Inst &i) { faultText(w, i, "the kernel trapped"); }
// Nobody would let it go on.
void halt(Wave &w, const Inst &i) {
  if (i.src[0].value & 1)
    faultText(w, i, "the kernel halted");
}

void jump(Wave &w, const Inst &i, uint64_t address) {
  if (const Inst *target = findInstruction(w, address))
    w.pc = target;
  else
    faultText(w, i, "jump to an address that holds no instruction of the object");
}
void getPc(Wave &w, const Inst &i) { writeScalar64(w, i.dst[0], codeAddress(w, i) + i.encodedBytes); }
void setPc(Wave &w, const Inst &i) { jump(w, i, readScalar64(w, i.src[0])); }
void swapPc(Wave &w, const Inst &i) {
  uint64_t target = readScalar64(w, i.src[0]);
  writeScalar64(w, i.dst[0], codeAddress(w, i) + i.encodedBytes);
  jump(w, i, target);
}
void call(Wave &w, const Inst &i) {
  writeScalar64(w, i.dst[0], codeAddress(w, i) + i.encodedBytes);
  w.pc = i.target;
}

// A hardware register's field: id in bits 5:0, offset in 10:6, width less one in 15:11.
struct HardwareField {
  unsigned id, offset;
  uint32_t mask;
};
HardwareField fieldOf(const Operand &o) {
  unsigned x = unsigned(o.value);
  return {x & 63, x >> 6 & 31, uint32_t((1ull << ((x >> 11 & 31) + 1)) - 1)};
}
constexpr unsigned modeRegister = 1;

void getRegister(Wave &w, const Inst &i) {
  HardwareField f = fieldOf(i.src[0]);
  uint32_t x = f.id == modeRegister ? w.mode : hardwareRegister(w, f.id);
  writeScalar(w, i.dst[0], x >> f.offset & f.mask);
}
void setRegister(Wave &w, const Inst &i) {
  HardwareField f = fieldOf(i.src[0]);
  uint32_t x = readScalar(w, i.src[1]) & f.mask;
  setMode(w, (w.mode & ~(f.mask << f.offset)) | x << f.offset);
}

const char *checkWritten(const Inst &i) {
  return fieldOf(i.src[0]).id == modeRegister ? nullptr : "a write to a hardware register other than MODE";
}
constexpr Row setRow(const char *name) {
  Row r = row(name, setRegister, Kind::salu, Type::imm, Type::b32);
  r.check = checkWritten;
  return r;
}

void time(Wave &w, const Inst &i) { writeScalar64(w, i.dst[0], clockOf(w)); }

// VGPR indexing: M0 bits 7:0 are the index, bits 15:12 say which operands it is added to.
void setIndexMode(Wave &w, uint32_t mode) { w.s[sreg::m0] = (w.s[sreg::m0] & ~0xf000u) | (mode & 15) << 12; }
void setIndex(Wave &w, uint32_t index) { w.s[sreg::m0] = (w.s[sreg::m0] & ~0xffu) | (index & 0xff); }
void indexingOn(Wave &w, const Inst &i) {
  w.gprIndexing = true;
  setIndex(w, readScalar(w, i.src[0]));
  setIndexMode(w, uint32_t(i.src[1].value));
}
void indexingOff(Wave &w, const Inst &) { w.gprIndexing = false; }
void indexMode(Wave &w, const Inst &i) { setIndexMode(w, uint32_t(i.src[0].value)); }
void index(Wave &w, const Inst &i) { setIndex(w, readScalar(w, i.src[0])); }

constexpr Row table[] = {
    branch("s_branch", [](const Wave &) { return true; }),
    branch("s_cbranch_scc0", [](const Wave &w) { return !w.scc(); }),
    branch("s_cbranch_scc1", [](const Wave &w) { return w.scc(); }),
    branch(
        "s_cbranch_vccz", [](const Wave &w) { return w.s64(sreg::vcc) == 0; }, flag::readsVcc),
    branch(
        "s_cbranch_vccnz", [](const Wave &w) { return w.s64(sreg::vcc) != 0; }, flag::readsVcc),
    branch(
        "s_cbranch_execz", [](const Wave &w) { return w.exec() == 0; }, flag::readsExecMask),
    branch(
        "s_cbranch_execnz", [](const Wave &w) { return w.exec() != 0; }, flag::readsExecMask),
    flagged(row("s_endpgm", endProgram, Kind::branch), flag::ends),
    flagged(row("s_endpgm", endProgram, Kind::branch, Type::imm), flag::ends), // the number is for debuggers
    flagged(row("s_endpgm_saved", endProgram, Kind::branch), flag::ends),
    // No debugger is attached.
    branch("s_cbranch_cdbgsys", [](const Wave &) { return false; }),
    branch("s_cbranch_cdbguser", [](const Wave &) { return false; }),
    branch("s_cbranch_cdbgsys_or_user", [](const Wave &) { return false; }),
    branch("s_cbranch_cdbgsys_and_user", [](const Wave &) { return false; }),
    firstIsResult(row("s_getpc_b64", getPc, Kind::branch, Type::b64)),
    flagged(row("s_setpc_b64", setPc, Kind::branch, Type::b64), flag::call),
    flagged(firstIsResult(row("s_swappc_b64", swapPc, Kind::branch, Type::b64, Type::b64)), flag::call),
    flagged(firstIsResult(row("s_call_b64", call, Kind::branch, Type::b64, Type::imm)), flag::call | flag::branch),

    row("s_barrier", barrier, Kind::barrier),
    with(row("s_waitcnt", nothing, Kind::waitcnt),
         bit(Modifier::vmcnt) | bit(Modifier::expcnt) | bit(Modifier::lgkmcnt)),
    row("s_nop", nothing, Kind::other, Type::imm),
    row("s_sleep", yield, Kind::other, Type::imm),
    row("s_setprio", nothing, Kind::other, Type::imm),
    row("s_sethalt", halt, Kind::other, Type::imm),
    row("s_wakeup", nothing, Kind::other), // no wave sleeps longer than a time slice
    // Profiling and exceptions leave no trace in a program's results.
    row("s_ttracedata", nothing, Kind::other),
    row("s_incperflevel", nothing, Kind::other, Type::imm),
    row("s_decperflevel", nothing, Kind::other, Type::imm),
    row("v_clrexcp", nothing, Kind::valu),
    with(row("v_nop", nothing, Kind::valu), mods::dpp | mods::sdwa | mods::clamp | mods::omod),
    row("s_icache_inv", nothing, Kind::other),
    row("s_dcache_inv", nothing, Kind::smem),
    row("s_dcache_wb", nothing, Kind::smem),
    row("s_dcache_inv_vol", nothing, Kind::smem),
    row("s_dcache_wb_vol", nothing, Kind::smem),
    row("ds_nop", nothing, Kind::lds),
    flagged(row("s_set_gpr_idx_on", indexingOn, Kind::salu, Type::b32, Type::imm), flag::indexing),
    row("s_set_gpr_idx_off", indexingOff, Kind::salu),
    row("s_set_gpr_idx_mode", indexMode, Kind::salu, Type::imm),
    row("s_set_gpr_idx_idx", index, Kind::salu, Type::b32),
    messageRow("s_sendmsg"),
    row("s_trap", trap, Kind::other, Type::imm),

    firstIsResult(row("s_getreg_b32", getRegister, Kind::salu, Type::b32, Type::imm)),
    setRow("s_setreg_b32"),
    setRow("s_setreg_imm32_b32"),
    flagged(firstIsResult(row("s_memtime", time, Kind::smem, Type::b64)), flag::load),
    flagged(firstIsResult(row("s_memrealtime", time, Kind::smem, Type::b64)), flag::load),

    // Caches: memory is one and coherent here.
    with(row("buffer_inv", nothing, Kind::other), mods::cache),
    with(flagged(row("buffer_wbl2", nothing, Kind::vmem), flag::store), mods::cache),
};

} // namespace

Rows controlRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
