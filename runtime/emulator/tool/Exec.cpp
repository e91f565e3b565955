#include "runtime/emulator/tool/Exec.h"
#include "compiler/target/Chip.h"
#include "runtime/emulator/Emulator.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace pa::emu::tool {
namespace {

namespace fs = std::filesystem;

constexpr const char *usage =
    "usage: pa-emu exec [--chip=CHIP[,CHIP]] [--mfma=exact|fast] [--sanitize=all|none|LIST] [--log=errors]\n"
    "                   -- PROGRAM [ARGUMENT...]\n";

int fail(const std::string &text) {
  std::fprintf(stderr, "pa-emu: error: %s\n", text.c_str());
  return 1;
}

struct Option {
  const char *name;
  const char *variable; // what the HIP library reads
  std::string allowed;
  bool (*isAllowed)(const std::string &value);
};

bool areChips(const std::string &list) {
  for (size_t begin = 0; begin <= list.size();) {
    size_t end = std::min(list.find(',', begin), list.size());
    if (!findChip(list.substr(begin, end - begin)))
      return false;
    begin = end + 1;
  }
  return true;
}

const std::vector<Option> &options() {
  static const std::vector<Option> all = {
      {"chip", "PA_EMU_CHIP", "a list of " + knownChips(), areChips},
      {"mfma", "PA_EMU_MFMA", "exact, fast", [](const std::string &v) { return v == "exact" || v == "fast"; }},
      {"sanitize", "PA_EMU_SANITIZE", checkNames, [](const std::string &v) { return parseChecks(v).has_value(); }},
      {"log", "PA_EMU_LOG", "errors", [](const std::string &v) { return v == "errors"; }}};
  return all;
}

// "--name=value" into the environment; the text of what is wrong with it, or "".
std::string apply(const std::string &argument) {
  size_t equal = argument.find('=');
  for (const Option &option : options()) {
    if (equal == argument.npos || argument.substr(0, equal) != std::string("--") + option.name)
      continue;
    std::string value = argument.substr(equal + 1);
    if (!option.isAllowed(value))
      return "option --" + std::string(option.name) + " is '" + value + "', allowed: " + option.allowed;
    setenv(option.variable, value.c_str(), 1);
    return "";
  }
  return "unknown option '" + argument + "'\n" + usage;
}

// Where the library lies in a build tree and in an installed one, from the tool's own folder.
fs::path hipFolder() {
  std::error_code error;
  fs::path own = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char *folder : {"../lib/hip", "../lib/pa/hip"})
    if (fs::path found = (own / folder).lexically_normal(); fs::exists(found / "libamdhip64.so.5", error))
      return found;
  return {};
}

void prepend(const char *variable, const std::string &value) {
  const char *before = std::getenv(variable);
  setenv(variable, (value + (before && *before ? ":" + std::string(before) : "")).c_str(), 1);
}

} // namespace

int exec(int argc, char **argv) {
  int n = 2;
  for (; n < argc && std::strcmp(argv[n], "--") != 0; ++n)
    if (std::string wrong = apply(argv[n]); !wrong.empty())
      return fail(wrong);
  if (n + 1 >= argc)
    return fail(usage);
  fs::path folder = hipFolder();
  if (folder.empty())
    return fail("the HIP library of the emulated device is not installed beside pa-emu");
  // Preloaded as well: a program's own search path comes before the variable's.
  prepend("LD_LIBRARY_PATH", folder);
  prepend("LD_PRELOAD", folder / "libamdhip64.so.5");
  execvp(argv[n + 1], argv + n + 1);
  return fail("cannot run '" + std::string(argv[n + 1]) + "': " + std::strerror(errno));
}

} // namespace pa::emu::tool
