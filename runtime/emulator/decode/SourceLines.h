// Source locations of a code object's instructions, from its DWARF line tables.
#ifndef PA_RUNTIME_EMULATOR_DECODE_SOURCELINES_H
#define PA_RUNTIME_EMULATOR_DECODE_SOURCELINES_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace pa::emu {

class SourceLines {
public:
  // Keeps a copy of the object's file; the tables are read when first asked for.
  SourceLines(const void *file, size_t bytes);
  ~SourceLines();

  // "file:line", and ":column" where known; empty: none. The address is the object's own.
  std::string at(uint64_t address);

private:
  struct Impl;
  std::mutex mutex; // threads of a run share the tables
  std::string content;
  std::unique_ptr<Impl> impl;
};

} // namespace pa::emu

#endif
