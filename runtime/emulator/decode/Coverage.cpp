#include "runtime/emulator/decode/Coverage.h"

#include "runtime/emulator/core/Text.h"
#include "runtime/emulator/decode/Binding.h"
#include "runtime/emulator/decode/Sweep.h"

#include <map>

namespace pa::emu {
namespace {

std::string whyNot(const std::string &chip, const std::string &text) {
  std::deque<std::array<uint8_t, 64>> tables;
  BindContext context;
  context.chip = chip;
  context.dppTables = &tables;
  ParsedText parsed;
  Inst inst;
  std::string why = parseText(text, parsed);
  return why.empty() ? bind(parsed, context, inst) : why;
}

std::string escaped(std::string text) {
  for (size_t at = text.find('|'); at != text.npos; at = text.find('|', at + 2))
    text.insert(at, "\\");
  return text;
}

} // namespace

Coverage coverageOf(const std::string &chip) {
  constexpr unsigned samples = 40;
  std::map<std::string, MissingMnemonic> mnemonics; // why is empty where all binds
  for (const SweptForm &form : sweep(chip, samples)) {
    MissingMnemonic &m = mnemonics[form.mnemonic];
    m.mnemonic = form.mnemonic;
    for (const SweptSample &s : form.samples)
      if (m.why.empty()) {
        m.why = whyNot(chip, s.text);
        m.text = s.text;
      }
  }
  Coverage c;
  for (const auto &entry : mnemonics) {
    if (isSparse(entry.first)) {
      ++c.sparse;
      continue;
    }
    ++c.total;
    c.covered += entry.second.why.empty();
    if (!entry.second.why.empty())
      c.missing.push_back(entry.second);
  }
  return c;
}

std::string asPage(const std::string &chip, const Coverage &c) {
  std::string page = format("## %s\n\n%u of %u mnemonics (%.1f %%); of %u sparse matrix products none.\n\n",
                            chip.c_str(), c.covered, c.total, 100.0 * c.covered / c.total, c.sparse);
  page += "| missing | why | for example |\n|---|---|---|\n";
  for (const MissingMnemonic &m : c.missing)
    page += format("| %s | %s | `%s` |\n", m.mnemonic.c_str(), escaped(m.why).c_str(), escaped(m.text).c_str());
  return page;
}

} // namespace pa::emu
