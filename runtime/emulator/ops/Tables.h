// The instruction tables of one vector level, one per file of this folder.
#ifndef PA_RUNTIME_EMULATOR_OPS_TABLES_H
#define PA_RUNTIME_EMULATOR_OPS_TABLES_H

#include "runtime/emulator/core/Instruction.h"

namespace pa::emu::PA_EMU_LEVEL {

template <size_t N> constexpr Rows rowsOf(const Row (&rows)[N]) { return {rows, N}; }

Rows floatRows();
Rows integerRows();
Rows compareRows();
Rows divideRows();
Rows packedRows();
Rows mfmaRows();
Rows mfmaSmallRows();
Rows convertSmallRows();
Rows dotRows();
Rows rareRows();
Rows crossLaneRows();
Rows saluRows();
Rows controlRows();
Rows smemRows();
Rows smemWriteRows();
Rows ldsRows();
Rows globalRows();
Rows flatRows();
Rows bufferRows();

// All of them.
unsigned tableCount();
Rows tableAt(unsigned n);

constexpr Row gfx950(Row row) {
  row.only = "gfx950";
  return row;
}
constexpr Row gfx942(Row row) {
  row.only = "gfx942";
  return row;
}
constexpr Row of(Row row, Kind kind) {
  row.kind = kind;
  return row;
}
constexpr Row flagged(Row row, uint32_t flags) {
  row.flags |= flags;
  return row;
}
constexpr Row with(Row row, uint64_t modifiers) {
  row.modifiers |= modifiers;
  return row;
}
// Of the 16-bit instructions, gfx9's own keep the half of the register that they do not write; the others, which gfx8
// had, make the upper half zero (ISA manuals; LLVM's GCNSubtarget::zeroesHigh16BitsOfDest).
constexpr Row keepingHalf(Row row) { return flagged(row, flag::keepHigh); }

} // namespace pa::emu::PA_EMU_LEVEL

#endif
