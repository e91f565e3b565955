// A launch description (JSON): a code object, buffers, launches over them, what to save and what to expect.
// docs/launch.schema.json describes the same.
#ifndef PA_RUNTIME_EMULATOR_TOOL_LAUNCHES_H
#define PA_RUNTIME_EMULATOR_TOOL_LAUNCHES_H

#include "runtime/emulator/Emulator.h"
#include "runtime/emulator/tool/Values.h"

namespace pa::emu::tool {

// A part of a file, or bytes given in the description, at a place of a buffer.
struct Slice {
  std::string file; // empty: `content`
  std::vector<uint8_t> content;
  uint64_t from = 0, bytes = 0; // of the file; 0 bytes: all of it
  uint64_t at = 0;              // in the buffer
};

// `count` pointers from `at` on, each `stride` further into the other buffer.
struct PointerTable {
  std::string field;
  uint64_t at = 0, offset = 0, stride = 0, count = 1;
  std::string buffer;
};

struct BufferDescription {
  std::string name;
  uint64_t bytes = 0; // 0: as many as the slices need
  std::optional<uint8_t> fill;
  std::vector<Slice> slices;
  std::vector<PointerTable> pointers;
  AllocationOptions options;
};

// An argument, or a module's global: bytes, or a buffer's address.
struct Value {
  std::string field;
  std::vector<uint8_t> bytes;
  std::string buffer; // not empty: its address plus `offset`
  uint64_t offset = 0;
};
struct PlacedValue {
  uint64_t at = 0;
  Value value;
};

struct LaunchStep {
  std::string field;
  Launch launch; // without arguments
  // Either raw, by place, or by the object's metadata, in order or by name.
  std::optional<uint64_t> kernargBytes;
  std::vector<PlacedValue> raw;
  std::vector<Value> ordered;
  std::map<std::string, Value> named;
  uint64_t maxInstructions = 0;
};

struct Saved {
  std::string buffer, file;
  uint64_t from = 0, bytes = 0; // 0 bytes: to the end
};

struct Expected {
  std::string field, buffer, file;
  std::vector<uint8_t> content; // where there is no file
  const ValueType *type = nullptr;
  uint64_t at = 0;
  double absolute = 0, relative = 0;
};

struct LaunchDescription {
  std::string codeObject;
  std::vector<BufferDescription> buffers;
  std::map<std::string, Value> globals;
  std::vector<LaunchStep> launches;
  std::vector<Saved> saved;
  std::vector<Expected> expected;
};

// Paths in it are relative to the description's own directory. The error names the field.
Result<LaunchDescription> readLaunch(const std::string &path);

} // namespace pa::emu::tool

#endif
