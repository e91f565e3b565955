#include "runtime/emulator/tool/Options.h"

#include <cstdio>

namespace pa::emu::tool {

Options parseOptions(int argc, char **argv, std::initializer_list<const char *> known) {
  Options o;
  for (int n = 2; n < argc; ++n) {
    std::string a = argv[n];
    if (a.compare(0, 2, "--")) {
      o.positional.push_back(a);
      continue;
    }
    size_t equal = a.find('=');
    std::string name = a.substr(2, equal == a.npos ? a.npos : equal - 2);
    bool found = false;
    for (std::string k : known) {
      bool bare = k.back() == '?';
      found |= name == (bare ? k.substr(0, k.size() - 1) : k) && (bare || equal != a.npos);
    }
    if (!found && o.error.empty())
      o.error = "unknown option '" + a + "'";
    o.named[name] = equal == a.npos ? "" : a.substr(equal + 1);
  }
  return o;
}

int failTool(const std::string &text) {
  std::fflush(stdout); // what was said before comes before
  std::fprintf(stderr, "pa-emu: error: %s\n", text.c_str());
  return 1;
}

} // namespace pa::emu::tool
