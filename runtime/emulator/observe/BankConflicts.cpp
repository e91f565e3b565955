#include "runtime/emulator/observe/BankConflicts.h"

#include <algorithm>

namespace pa::emu {
namespace {

// A 16-byte read's phases are not consecutive lanes. Each phase is a list of lane ranges, both ends included.
// Sources: HipKittens, AMD's shark-ai optimisation guide, Triton PR 11365 (measured).
struct Range {
  uint8_t first, last;
};
struct Phase {
  Range ranges[3];
  unsigned count;
};
constexpr Phase read128gfx942[] = {{{{0, 3}, {20, 23}}, 2},   {{{32, 35}, {52, 55}}, 2}, {{{4, 7}, {16, 19}}, 2},
                                   {{{36, 39}, {48, 51}}, 2}, {{{8, 11}, {28, 31}}, 2},  {{{40, 43}, {60, 63}}, 2},
                                   {{{12, 15}, {24, 27}}, 2}, {{{44, 47}, {56, 59}}, 2}};
constexpr Phase read128gfx950[] = {{{{0, 3}, {12, 15}, {20, 27}}, 3},
                                   {{{32, 35}, {44, 47}, {52, 59}}, 3},
                                   {{{4, 11}, {16, 19}, {28, 31}}, 3},
                                   {{{36, 43}, {48, 51}, {60, 63}}, 3}};

// Lanes a phase where they are consecutive, and the banks that take part.
struct Plan {
  unsigned lanes, banks;
};
Plan planOf(const Chip &chip, bool write, unsigned bytes) {
  bool wide = chip.ldsBanks == 64;
  if (bytes <= 4)
    return {wide ? 64u : 32u, chip.ldsBanks};
  if (bytes == 8)
    return wide && !write ? Plan{32, 64} : Plan{16, 32};
  return {8, 32};
}

class Tally {
public:
  explicit Tally(unsigned banks) : banks(banks) {}
  void add(uint64_t address, unsigned bytes) {
    for (unsigned d = 0; d < (bytes + 3) / 4; ++d) {
      uint32_t dword = uint32_t(address / 4 + d);
      unsigned bank = dword % banks;
      uint32_t *seen = dwords[bank];
      if (std::find(seen, seen + counts[bank], dword) == seen + counts[bank])
        seen[counts[bank]++] = dword;
    }
  }
  unsigned extra() {
    unsigned most = 1;
    for (unsigned b = 0; b < banks; ++b) {
      most = std::max<unsigned>(most, counts[b]);
      counts[b] = 0;
    }
    return most - 1;
  }

private:
  unsigned banks;
  uint16_t counts[64] = {};
  uint32_t dwords[64][64];
};

template <size_t N>
unsigned byPhases(const Phase (&phases)[N], Tally &tally, unsigned bytes, uint64_t mask, const uint64_t *addresses) {
  unsigned extra = 0;
  for (const Phase &p : phases) {
    for (unsigned r = 0; r < p.count; ++r)
      for (unsigned l = p.ranges[r].first; l <= p.ranges[r].last; ++l)
        if (mask >> l & 1)
          tally.add(addresses[l], bytes);
    extra += tally.extra();
  }
  return extra;
}

} // namespace

unsigned bankConflicts(const Chip &chip, bool write, unsigned bytes, uint64_t mask, const uint64_t *addresses) {
  if (bytes == 16 && !write) {
    Tally tally(chip.ldsBanks);
    return chip.ldsBanks == 64 ? byPhases(read128gfx950, tally, bytes, mask, addresses)
                               : byPhases(read128gfx942, tally, bytes, mask, addresses);
  }
  Plan plan = planOf(chip, write, bytes);
  Tally tally(plan.banks);
  unsigned extra = 0;
  for (unsigned first = 0; first < 64; first += plan.lanes) {
    for (unsigned l = first; l < first + plan.lanes; ++l)
      if (mask >> l & 1)
        tally.add(addresses[l], bytes);
    extra += tally.extra();
  }
  return extra;
}

} // namespace pa::emu
