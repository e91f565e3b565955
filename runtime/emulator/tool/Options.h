// --name=value options of a subcommand.
#ifndef PA_RUNTIME_EMULATOR_TOOL_OPTIONS_H
#define PA_RUNTIME_EMULATOR_TOOL_OPTIONS_H

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

namespace pa::emu::tool {

struct Options {
  std::vector<std::string> positional;
  std::map<std::string, std::string> named;
  std::string error; // empty: none

  bool has(const char *name) const { return named.count(name) != 0; }
  std::string get(const char *name, const std::string &otherwise = "") const {
    auto found = named.find(name);
    return found == named.end() ? otherwise : found->second;
  }
};

// From argv[2] on. Options ending in `?` among the known ones may stand without a value.
Options parseOptions(int argc, char **argv, std::initializer_list<const char *> known);

// Prints "pa-emu: error: ..." and returns the exit status.
int failTool(const std::string &text);

} // namespace pa::emu::tool

#endif
