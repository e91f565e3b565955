// Values that cross lanes: lane reads and writes, permutes through LDS's crossbar, gfx950's lane swaps.
#include "runtime/emulator/core/Swizzle.h"
#include "runtime/emulator/ops/Access.h"
#include "runtime/emulator/ops/Tables.h"

namespace pa::emu::PA_EMU_LEVEL {
namespace {

PA_EMU_INLINE uint32_t laneValue(const Wave &w, const Operand &o, unsigned lane) {
  return o.place == Place::vgpr ? w.v[o.reg][lane] : readScalar(w, o);
}

// The first active lane, lane 0 if none is.
void readFirstLane(Wave &w, const Inst &i) {
  uint64_t exec = w.exec();
  writeScalar(w, i.dst[0], laneValue(w, i.src[0], exec ? unsigned(__builtin_ctzll(exec)) : 0));
}
void readLane(Wave &w, const Inst &i) {
  writeScalar(w, i.dst[0], laneValue(w, i.src[0], readScalar(w, i.src[1]) & 63));
}
// Whatever EXEC says.
void writeLane(Wave &w, const Inst &i) { w.v[i.dst[0].reg][readScalar(w, i.src[1]) & 63] = readScalar(w, i.src[0]); }

void blend(Wave &w, unsigned reg, const uint32_t *values) {
  uint32_t *row = w.v[reg];
  for (unsigned l = 0; l < lanes; ++l)
    row[l] = (values[l] & w.execRow[l]) | (row[l] & ~w.execRow[l]);
}

// Pull: lane l gets the data of lane address/4; an inactive one gives 0.
void bpermute(Wave &w, const Inst &i) {
  const uint32_t *address = w.v[i.src[0].reg], *data = w.v[i.src[1].reg];
  alignas(64) LaneRow out;
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned from = (address[l] + uint32_t(i.offset)) / 4 % lanes;
    out[l] = data[from] & w.execRow[from];
  }
  blend(w, i.dst[0].reg, out);
}
// Push: lane l's data goes to lane address/4; of several the highest lane wins.
void permute(Wave &w, const Inst &i) {
  const uint32_t *address = w.v[i.src[0].reg], *data = w.v[i.src[1].reg];
  alignas(64) LaneRow out = {};
  for (unsigned l = 0; l < lanes; ++l)
    if (w.execRow[l])
      out[(address[l] + uint32_t(i.offset)) / 4 % lanes] = data[l];
  blend(w, i.dst[0].reg, out);
}

void swizzle(Wave &w, const Inst &i) {
  const uint32_t *data = w.v[i.src[0].reg];
  alignas(64) LaneRow out;
  for (unsigned l = 0; l < lanes; ++l) {
    unsigned from = swizzleSource(uint32_t(i.offset), l);
    out[l] = data[from] & w.execRow[from];
  }
  blend(w, i.dst[0].reg, out);
}

// Swaps lanes [Width, 2 Width) of the first register with lanes [0, Width) of the second, in each 2 Width lanes.
template <unsigned Width> void permlaneSwap(Wave &w, const Inst &i) {
  uint32_t *first = w.v[i.dst[0].reg], *second = w.v[i.dst[1].reg];
  if (w.exec() != ~0ull)
    return faultText(w, i, "a lane swap needs all lanes active");
  for (unsigned group = 0; group < lanes; group += 2 * Width)
    for (unsigned l = 0; l < Width; ++l) {
      uint32_t x = second[group + l];
      second[group + l] = first[group + Width + l];
      first[group + Width + l] = x;
    }
}
void swap(Wave &w, const Inst &i) {
  alignas(64) LaneRow a, b;
  std::memcpy(a, w.v[i.dst[0].reg], sizeof a);
  std::memcpy(b, w.v[i.dst[1].reg], sizeof b);
  blend(w, i.dst[0].reg, b);
  blend(w, i.dst[1].reg, a);
}

constexpr Row valuRow(const char *name, Handler run, uint32_t flags = 0) {
  return memoryRow(name, run, Kind::valu, flags, 0, 0);
}
// bound_ctrl and fi are about inactive lanes, of which there are none.
constexpr Row swapRow(const char *name, Handler run) {
  return with(valuRow(name, run, flag::readsResults), bit(Modifier::boundCtrl) | bit(Modifier::fi));
}
constexpr Row ldsRow(const char *name, Handler run) {
  return memoryRow(name, run, Kind::lds, flag::load, 0, mods::offset);
}

constexpr Row table[] = {
    operands(valuRow("v_readfirstlane_b32", readFirstLane, flag::readsExecMask), to(Type::b32), from(Type::b32)),
    operands(valuRow("v_readlane_b32", readLane), to(Type::b32), from(Type::b32), from(Type::b32)),
    operands(valuRow("v_writelane_b32", writeLane), to(Type::b32), from(Type::b32), from(Type::b32)),
    operands(valuRow("v_swap_b32", swap, flag::readsResults), to(Type::b32), to(Type::b32)),
    gfx950(operands(swapRow("v_permlane16_swap_b32", permlaneSwap<16>), to(Type::b32), to(Type::b32))),
    gfx950(operands(swapRow("v_permlane32_swap_b32", permlaneSwap<32>), to(Type::b32), to(Type::b32))),
    operands(ldsRow("ds_bpermute_b32", bpermute), to(Type::b32), from(Type::b32), from(Type::b32)),
    operands(ldsRow("ds_permute_b32", permute), to(Type::b32), from(Type::b32), from(Type::b32)),
    operands(ldsRow("ds_swizzle_b32", swizzle), to(Type::b32), from(Type::b32)),
};

} // namespace

Rows crossLaneRows() { return rowsOf(table); }

} // namespace pa::emu::PA_EMU_LEVEL
