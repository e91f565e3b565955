#include "runtime/emulator/decode/Tables.h"

#include <cstdlib>
#include <cstring>
#include <map>

namespace pa::emu {

// Levels.inc is PA_EMU_LEVEL(level) for each level that ops/ is built for, lowest first (CMakeLists.txt).
#define PA_EMU_LEVEL(LEVEL)                                                                                            \
  namespace LEVEL {                                                                                                    \
  unsigned tableCount();                                                                                               \
  Rows tableAt(unsigned n);                                                                                            \
  }
#include "Levels.inc"
#undef PA_EMU_LEVEL

namespace {

struct Level {
  const char *name;
  unsigned (*count)();
  Rows (*at)(unsigned);
};
#define PA_EMU_LEVEL(LEVEL) {#LEVEL, LEVEL::tableCount, LEVEL::tableAt},
constexpr Level levels[] = {
#include "Levels.inc"
};
#undef PA_EMU_LEVEL

bool hostHas(const Level &level) {
  __builtin_cpu_init();
  if (!std::strcmp(level.name, "v4"))
    return __builtin_cpu_supports("x86-64-v4");
  return !std::strcmp(level.name, "v1") || __builtin_cpu_supports("x86-64-v3");
}

// The host's best, or the one that PA_EMU_LEVEL wishes if the host has it.
const Level &chosen() {
  static const Level &level = []() -> const Level & {
    const char *wish = std::getenv("PA_EMU_LEVEL");
    const Level *best = &levels[0];
    for (const Level &candidate : levels) {
      if (!hostHas(candidate))
        break;
      best = &candidate;
      if (wish && !std::strcmp(wish, candidate.name))
        break;
    }
    return *best;
  }();
  return level;
}

using Table = std::map<std::string, std::vector<const Row *>>;

Table makeTable(const std::string &chip) {
  Table table;
  for (unsigned n = 0; n < chosen().count(); ++n) {
    Rows rows = chosen().at(n);
    for (size_t r = 0; r < rows.count; ++r)
      if (!rows.begin[r].only || chip == rows.begin[r].only)
        table[rows.begin[r].name].push_back(&rows.begin[r]);
  }
  return table;
}

const Table &tableOf(const std::string &chip) {
  static const Table gfx942 = makeTable("gfx942"), gfx950 = makeTable("gfx950");
  return chip == "gfx950" ? gfx950 : gfx942;
}

} // namespace

const std::vector<const Row *> &rowsOf(const std::string &chip, const std::string &mnemonic) {
  static const std::vector<const Row *> none;
  const Table &table = tableOf(chip);
  auto found = table.find(mnemonic);
  return found == table.end() ? none : found->second;
}

std::vector<std::string> mnemonicsOf(const std::string &chip) {
  std::vector<std::string> names;
  for (const auto &entry : tableOf(chip))
    names.push_back(entry.first);
  return names;
}

const char *vectorLevel() {
  static const std::string name = std::string("x86-64-") + chosen().name;
  return name.c_str();
}

} // namespace pa::emu
