// The AMDGPU metadata note (msgpack): kernels' arguments and sizes.
#ifndef PA_RUNTIME_EMULATOR_DECODE_METADATA_H
#define PA_RUNTIME_EMULATOR_DECODE_METADATA_H

#include "runtime/emulator/decode/Object.h"

#include <string_view>

namespace pa::emu {

// Adds what the note says to the kernels that it names; returns what is wrong, empty if nothing.
std::string applyMetadata(std::string_view blob, std::vector<ObjectKernel> &kernels);

} // namespace pa::emu

#endif
