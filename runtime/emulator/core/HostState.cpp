#include "runtime/emulator/core/HostState.h"

#include "runtime/emulator/core/Machine.h"

#include <xmmintrin.h>

namespace pa::emu {

void runInDefaultState(Wave &wave, const Inst &inst);
void runIndexed(Wave &wave, const Inst &inst);

uint32_t hostStateOf(uint32_t mode) {
  constexpr uint32_t flushResults = 1u << 15, denormalsAreZero = 1u << 6;
  unsigned f32 = mode >> 4 & 3; // bit 0: sources keep denormals, bit 1: results do
  return defaultHostState | (f32 & 1 ? 0 : denormalsAreZero) | (f32 & 2 ? 0 : flushResults);
}

const char *unsupportedMode(uint32_t mode) {
  auto half = [](unsigned denormals) { return denormals == 1 || denormals == 2; };
  if (mode & 15)
    return "a rounding mode other than to nearest even";
  if (half(mode >> 4 & 3) || half(mode >> 6 & 3))
    return "a denormal mode that flushes sources or results alone";
  if (mode >> 23 & 1)
    return "FP16_OVFL";
  return nullptr;
}

HostStateScope::HostStateScope() : saved(_mm_getcsr()) { _mm_setcsr(defaultHostState); }
HostStateScope::~HostStateScope() { _mm_setcsr(saved); }

void setMode(Wave &w, uint32_t mode) {
  if (const char *what = unsupportedMode(mode)) {
    Error e;
    e.kind = ErrorKind::unsupported;
    e.kernel = w.machine->program.kernel;
    e.message = std::string("MODE is set to what is not supported: ") + what;
    return stopWave(w, std::move(e));
  }
  w.mode = mode;
  w.mxcsr = hostStateOf(mode);
  _mm_setcsr(w.mxcsr);
}

void runInDefaultState(Wave &w, const Inst &i) {
  if (w.mxcsr == defaultHostState)
    return i.row->run(w, i);
  _mm_setcsr(defaultHostState);
  i.row->run(w, i);
  _mm_setcsr(w.mxcsr);
}

// An instruction with src_vccz or src_execz among its sources.
void runWithConditions(Wave &w, const Inst &i) {
  w.s[sreg::vccz] = w.s64(sreg::vcc) == 0;
  w.s[sreg::execz] = w.exec() == 0;
  (i.row->flags & flag::defaultHostState ? runInDefaultState : i.row->run)(w, i);
}

// A VALU instruction of a kernel that uses VGPR indexing: its registers are moved by M0's index while that is on.
void runIndexed(Wave &w, const Inst &i) {
  auto run = [&](const Inst &inst) { runWithConditions(w, inst); };
  if (!w.gprIndexing)
    return run(i);
  Inst moved = i;
  uint32_t index = w.s[sreg::m0] & 0xff, which = w.s[sreg::m0] >> 12;
  auto move = [&](Operand &o, unsigned bit) {
    if ((which >> bit & 1) && o.place == Place::vgpr)
      o.reg = uint16_t(o.reg + index);
    return o.place != Place::vgpr || unsigned(o.reg) + o.dwords <= w.vgprs;
  };
  constexpr unsigned destination = 3;
  if (!move(moved.src[0], 0) || !move(moved.src[1], 1) || !move(moved.src[2], 2) || !move(moved.dst[0], destination))
    return faultText(w, i, "VGPR indexing past the wave's registers");
  run(moved);
}

} // namespace pa::emu
