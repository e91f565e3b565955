#include "runtime/emulator/tool/Annotate.h"

#include <cstdio>

namespace pa::emu::tool {

std::string annotate(const std::string &kernel, const Report &report) {
  std::string out =
      "kernel " + kernel + "\n     executed   lanes        bytes     lines  conflicts  offset  instruction\n";
  for (const InstructionCounters &i : report.counters.perInstruction) {
    char line[128];
    std::snprintf(line, sizeof line, "%13llu  %6.2f %12llu %9llu %10llu  0x%04llx  ", (unsigned long long)i.executed,
                  i.executed ? double(i.activeLanes) / double(i.executed) : 0.0, (unsigned long long)i.bytes,
                  (unsigned long long)i.lines, (unsigned long long)i.ldsConflicts, (unsigned long long)i.offset);
    out += line + i.text;
    if (!i.source.empty())
      out += "  ; " + i.source;
    out += "\n";
  }
  return out;
}

} // namespace pa::emu::tool
