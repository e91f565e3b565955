// A launch description (JSON): code object, buffers, arguments, what to save.
#ifndef PA_RUNTIME_EMULATOR_TOOL_LAUNCHES_H
#define PA_RUNTIME_EMULATOR_TOOL_LAUNCHES_H

#include "runtime/emulator/Emulator.h"

namespace pa::emu::tool {

struct BufferDescription {
  std::string name;
  std::string file; // empty: none
  uint64_t bytes = 0;
  uint8_t fill = 0;
  AllocationOptions options;
};

struct PointerArgument {
  uint32_t at = 0;
  std::string buffer;
  uint64_t offset = 0;
};

struct LaunchDescription {
  std::string codeObject;
  std::vector<BufferDescription> buffers;
  Launch launch; // kernarg without the pointers
  std::vector<PointerArgument> pointers;
  std::map<std::string, std::string> save; // buffer to file
  uint64_t maxInstructions = 0;
};

// Paths in it are relative to the description's own directory. The error names the field.
Result<LaunchDescription> readLaunch(const std::string &path);

Result<std::string> readFile(const std::string &path);
Status writeFile(const std::string &path, const void *data, size_t bytes);

} // namespace pa::emu::tool

#endif
