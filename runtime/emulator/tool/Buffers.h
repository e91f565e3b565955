// The buffers of a launch description on a device: made, filled, saved, compared.
#ifndef PA_RUNTIME_EMULATOR_TOOL_BUFFERS_H
#define PA_RUNTIME_EMULATOR_TOOL_BUFFERS_H

#include "runtime/emulator/tool/Launches.h"

namespace pa::emu::tool {

class Buffers {
public:
  explicit Buffers(Device &device) : memory(device.memory()) {}

  Status place(const std::vector<BufferDescription> &descriptions);
  // The bytes of an argument or global, with the address filled in where it is a buffer's.
  std::vector<uint8_t> bytesOf(const Value &value) const;
  Status writeGlobals(const Module &module, const std::map<std::string, Value> &globals);
  // Undefined bytes are saved too; they are an error as the last thing, or go to `undefined` where that is given.
  Status save(const Saved &saved, std::vector<Error> *undefined);
  // Error: the first difference, and how many there are.
  Status compare(const Expected &expected);

private:
  struct Placed {
    uint64_t address, bytes;
  };
  Status fill(const BufferDescription &b, const std::vector<std::string> &contents);

  Memory &memory;
  std::map<std::string, Placed> placed;
};

} // namespace pa::emu::tool

#endif
