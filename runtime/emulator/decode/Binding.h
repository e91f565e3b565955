// From a parsed line to a record: the row that fits it, operands materialised by the row's types.
#ifndef PA_RUNTIME_EMULATOR_DECODE_BINDING_H
#define PA_RUNTIME_EMULATOR_DECODE_BINDING_H

#include "runtime/emulator/decode/ParsedText.h"

#include <array>
#include <deque>
#include <memory>

namespace pa::emu {

struct BindContext {
  std::string chip;
  unsigned accumOffset = 256;
  std::deque<std::array<uint8_t, 64>> *dppTables = nullptr;
};

// Fills `inst`; returns what is wrong, empty if nothing.
std::string bind(const ParsedText &parsed, const BindContext &context, Inst &inst);

// Whether all its VGPRs and AGPRs are among the first `vgprs`.
bool registersInRange(const Inst &inst, unsigned vgprs);

} // namespace pa::emu

#endif
