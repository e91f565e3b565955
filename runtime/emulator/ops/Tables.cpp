#include "runtime/emulator/ops/Tables.h"

#include "runtime/emulator/ops/Lanes.h"

namespace pa::emu::PA_EMU_LEVEL {

using RowsOf = Rows (*)();
constexpr RowsOf files[] = {floatRows,     integerRows,   compareRows,      divideRows,    flatRows,
                            packedRows,    mfmaRows,      convertSmallRows, mfmaSmallRows, dotRows,
                            rareRows,      crossLaneRows, saluRows,         controlRows,   smemRows,
                            smemWriteRows, ldsRows,       globalRows,       bufferRows};

unsigned tableCount() { return sizeof files / sizeof files[0]; }
Rows tableAt(unsigned n) { return files[n](); }

} // namespace pa::emu::PA_EMU_LEVEL
