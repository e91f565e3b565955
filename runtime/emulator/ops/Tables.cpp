#include "runtime/emulator/ops/Tables.h"

#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {

using RowsOf = Rows (*)();
constexpr RowsOf files[] = {floatRows, integerRows,      compareRows,   divideRows,    flatRows, packedRows,
                            mfmaRows,  convertSmallRows, mfmaSmallRows, crossLaneRows, saluRows, controlRows,
                            smemRows,  ldsRows,          globalRows,    bufferRows};

unsigned tableCount() { return sizeof files / sizeof files[0]; }
Rows tableAt(unsigned n) { return files[n](); }

} // namespace pa::emu::PA_EMU_LEVEL
