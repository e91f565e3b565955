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

// What one phase asks of each bank, in units of a dword, or of several neighbours that all accesses ask for together.
class Tally {
public:
  Tally(unsigned banks, unsigned bytes, uint64_t mask, const uint64_t *addresses) {
    uint64_t any = 0;
    for (unsigned l = 0; l < 64; ++l)
      any |= mask >> l & 1 ? addresses[l] : 0;
    shift = bytes == 16 && any % 16 == 0 ? 4 : bytes == 8 && any % 8 == 0 ? 3 : 2;
    units = (bytes + (1u << shift) - 1) >> shift;
    lastBank = (banks * 4 >> shift) - 1;
  }
  void add(uint64_t address) {
    for (unsigned n = 0; n < units; ++n) {
      uint32_t unit = uint32_t(address >> shift) + n, bank = unit & lastBank, *seen = asked[bank];
      if (!(used >> bank & 1)) { // nearly always
        used |= 1ull << bank;
        seen[0] = unit;
        counts[bank] = 1;
      } else if (std::find(seen, seen + counts[bank], unit) == seen + counts[bank]) {
        seen[counts[bank]++] = unit;
        most = std::max(most, counts[bank]);
      }
    }
  }
  unsigned extra() {
    unsigned more = most - 1;
    used = 0;
    most = 1;
    return more;
  }

private:
  unsigned shift, units, lastBank;
  uint64_t used = 0; // a bit a bank; of the others, what stands below is old
  uint16_t most = 1;
  uint16_t counts[64];
  uint32_t asked[64][64];
};

template <size_t N>
unsigned byPhases(const Phase (&phases)[N], Tally &tally, uint64_t mask, const uint64_t *addresses) {
  unsigned extra = 0;
  for (const Phase &p : phases) {
    for (unsigned r = 0; r < p.count; ++r)
      for (unsigned l = p.ranges[r].first; l <= p.ranges[r].last; ++l)
        if (mask >> l & 1)
          tally.add(addresses[l]);
    extra += tally.extra();
  }
  return extra;
}

} // namespace

unsigned bankConflicts(const Chip &chip, bool write, unsigned bytes, uint64_t mask, const uint64_t *addresses) {
  if (bytes == 16 && !write) {
    Tally tally(chip.ldsBanks, bytes, mask, addresses);
    return chip.ldsBanks == 64 ? byPhases(read128gfx950, tally, mask, addresses)
                               : byPhases(read128gfx942, tally, mask, addresses);
  }
  Plan plan = planOf(chip, write, bytes);
  Tally tally(plan.banks, bytes, mask, addresses);
  unsigned extra = 0;
  for (unsigned first = 0; first < 64; first += plan.lanes) {
    for (unsigned l = first; l < first + plan.lanes; ++l)
      if (mask >> l & 1)
        tally.add(addresses[l]);
    extra += tally.extra();
  }
  return extra;
}

} // namespace pa::emu
