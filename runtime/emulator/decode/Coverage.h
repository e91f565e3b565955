// How much of a chip's instruction set the tables bind: every mnemonic of the sweep, counted only when all its forms'
// samples bind.
#ifndef PA_RUNTIME_EMULATOR_DECODE_COVERAGE_H
#define PA_RUNTIME_EMULATOR_DECODE_COVERAGE_H

#include <string>
#include <vector>

namespace pa::emu {

struct MissingMnemonic {
  std::string mnemonic;
  std::string why;  // of the first sample that is refused
  std::string text; // that sample
};

struct Coverage {
  unsigned total = 0, covered = 0;      // outside the sparse matrix products
  unsigned sparse = 0;                  // of which none is covered
  std::vector<MissingMnemonic> missing; // outside them, sorted
};

Coverage coverageOf(const std::string &chip);

// As the page of the documentation: Markdown, a table of what is missing.
std::string asPage(const std::string &chip, const Coverage &coverage);

} // namespace pa::emu

#endif
