// Source locations of a code object's instructions, from its DWARF line tables (versions 2 to 5).
//
// Read by hand: LLVM's reader crashes on hostile tables, and no object may do that.
#ifndef PA_RUNTIME_EMULATOR_DECODE_SOURCELINES_H
#define PA_RUNTIME_EMULATOR_DECODE_SOURCELINES_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pa::emu {

class SourceLines {
public:
  // The object's sections by name.
  explicit SourceLines(const std::map<std::string, std::string> &sections);

  // "file:line", and ":column" where known; empty: none. The address is the object's own.
  std::string at(uint64_t address) const;

private:
  struct Row {
    uint64_t address;
    uint32_t file, line, column;
    uint32_t order; // among those of an address the last one counts
    bool ends;      // no instruction is at this address or after it
  };
  friend class LineProgram;

  std::vector<std::string> files;
  std::vector<Row> rows; // by address
};

} // namespace pa::emu

#endif
