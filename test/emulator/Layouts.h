// Where the elements of a matrix product live: AMD's own layout file (amd_matrix_instruction_calculator, CDNA3).
#ifndef PA_TEST_EMULATOR_LAYOUTS_H
#define PA_TEST_EMULATOR_LAYOUTS_H

#include "Bench.h"

#include <map>
#include <tuple>

namespace pa::emu::test {

struct Place {
  unsigned vgpr, lane, shift;
};
// matrix letter, block, row, column -> place
using Layout = std::map<std::tuple<char, unsigned, unsigned, unsigned>, Place>;

const std::map<std::string, Layout> &layouts();

// Writes the low `bits` of a value to an element's place; `base` is the matrix's first register.
void put(Bench &bench, unsigned base, const Place &p, unsigned bits, uint32_t value);

} // namespace pa::emu::test

#endif
