#include "runtime/emulator/core/HostState.h"

#include "runtime/emulator/core/Indexing.h"
#include "runtime/emulator/core/Machine.h"

#include <xmmintrin.h>

namespace pa::emu {

void runIndexed(Wave &wave, const Inst &inst);

namespace {

constexpr uint32_t roundingBits = 3u << 13;

// Of two rounding bits and two denormal bits (bit 0: sources keep denormals, bit 1: results do).
uint32_t hostStateOf(unsigned rounding, unsigned denormals) {
  constexpr uint32_t flushResults = 1u << 15, denormalsAreZero = 1u << 6;
  constexpr uint32_t host[] = {0, 2, 1, 3}; // the host's down and up are the other way round
  return defaultHostState | host[rounding & 3] << 13 | (denormals & 1 ? 0 : denormalsAreZero) |
         (denormals & 2 ? 0 : flushResults);
}

template <class State> void runInState(Wave &w, const Inst &i, State state) {
  uint32_t own = state(w);
  if (own == w.mxcsr)
    return i.row->run(w, i);
  _mm_setcsr(own);
  i.row->run(w, i);
  _mm_setcsr(w.mxcsr);
}

void runInDefaultState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &) { return defaultHostState; });
}
void runInFlushingState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &) { return hostStateOf(0, 0); });
}
void runInNearestState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &wave) { return wave.mxcsr & ~roundingBits; });
}
void runInWideState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &wave) { return wave.wideMxcsr; });
}
void runInHalfState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &wave) { return (wave.mxcsr & ~roundingBits) | (wave.wideMxcsr & roundingBits); });
}
void runInNearestWideState(Wave &w, const Inst &i) {
  runInState(w, i, [](const Wave &wave) { return wave.wideMxcsr & ~roundingBits; });
}
void runUnlessUnknown(Wave &w, const Inst &i) {
  if (const char *unknown = unknownUnder(w.mode, i.row->flags))
    return faultText(w, i, unknown);
  StateHandler run = handlerOfState(i.row->flags & ~(flag::refusesOverflow | flag::refusesRounding));
  (run ? run : i.row->run)(w, i);
}

} // namespace

const char *unknownUnder(uint32_t mode, uint32_t flags) {
  if (flags & flag::refusesOverflow && mode >> 23 & 1)
    return "what it gives under MODE's FP16_OVFL is not known";
  if (flags & flag::refusesRounding && mode >> 2 & 3)
    return "what it gives under MODE's rounding of f16 is not known";
  return nullptr;
}

StateHandler handlerOfState(uint32_t flags) {
  if (flags & (flag::refusesOverflow | flag::refusesRounding))
    return runUnlessUnknown;
  if (flags & flag::defaultHostState)
    return runInDefaultState;
  if (flags & flag::flushingHostState)
    return runInFlushingState;
  bool nearest = flags & (flag::nearestHostState | flag::atomic);
  if (flags & flag::wideHostState)
    return nearest ? runInNearestWideState : runInWideState;
  if (nearest)
    return runInNearestState;
  return flags & flag::halfHostState ? runInHalfState : nullptr;
}

void takeMode(Wave &w, uint32_t mode) {
  w.mode = mode;
  w.mxcsr = hostStateOf(mode, mode >> 4);
  w.wideMxcsr = hostStateOf(mode >> 2, mode >> 6);
}

HostStateScope::HostStateScope() : saved(_mm_getcsr()) { _mm_setcsr(defaultHostState); }
HostStateScope::~HostStateScope() { _mm_setcsr(saved); }

void setMode(Wave &w, uint32_t mode) {
  takeMode(w, mode);
  _mm_setcsr(w.mxcsr);
}

// An instruction with src_vccz or src_execz among its sources.
void runWithConditions(Wave &w, const Inst &i) {
  w.s[sreg::vccz] = w.s64(sreg::vcc) == 0;
  w.s[sreg::execz] = w.exec() == 0;
  StateHandler run = handlerOfState(i.row->flags);
  (run ? run : i.row->run)(w, i);
}

// A VALU instruction of a kernel that uses VGPR indexing.
void runIndexed(Wave &w, const Inst &i) {
  if (!isIndexed(w, i))
    return runWithConditions(w, i);
  if (std::optional<Inst> moved = indexed(w, i))
    runWithConditions(w, *moved);
  else
    faultText(w, i, "VGPR indexing past the wave's registers");
}

} // namespace pa::emu
