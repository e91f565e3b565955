#include "runtime/emulator/decode/Tables.h"

#include <cstdlib>
#include <cstring>
#include <map>

namespace pa::emu {

#define PA_EMU_DECLARE(LEVEL)                                                                                          \
  namespace LEVEL {                                                                                                    \
  unsigned tableCount();                                                                                               \
  Rows tableAt(unsigned n);                                                                                            \
  }
PA_EMU_DECLARE(v1)
PA_EMU_DECLARE(v3)
PA_EMU_DECLARE(v4)
#undef PA_EMU_DECLARE

namespace {

struct Level {
  const char *name, *shortName;
  unsigned (*count)();
  Rows (*at)(unsigned);
};
constexpr Level levels[] = {{"x86-64", "v1", v1::tableCount, v1::tableAt},
                            {"x86-64-v3", "v3", v3::tableCount, v3::tableAt},
                            {"x86-64-v4", "v4", v4::tableCount, v4::tableAt}};

unsigned hostLevel() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4"))
    return 2;
  return __builtin_cpu_supports("x86-64-v3") ? 1 : 0;
}

const Level &chosen() {
  static const Level &level = []() -> const Level & {
    unsigned most = hostLevel();
    if (const char *wish = std::getenv("PA_EMU_LEVEL"))
      for (unsigned n = 0; n < most; ++n)
        if (!std::strcmp(wish, levels[n].shortName))
          return levels[n];
    return levels[most];
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

const char *vectorLevel() { return chosen().name; }

} // namespace pa::emu
