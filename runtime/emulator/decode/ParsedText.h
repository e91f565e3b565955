// An instruction's line as LLVM prints it, taken apart: mnemonic, operands, named modifiers. Every token is consumed,
// or the line is refused.
#ifndef PA_RUNTIME_EMULATOR_DECODE_PARSEDTEXT_H
#define PA_RUNTIME_EMULATOR_DECODE_PARSEDTEXT_H

#include "runtime/emulator/core/Instruction.h"

#include <string>
#include <string_view>
#include <vector>

namespace pa::emu {

struct ParsedOperand {
  enum class Form { vgpr, agpr, sgpr, integer, literal, floating, off } form = Form::off;
  unsigned reg = 0, count = 0; // of registers
  uint8_t mods = 0;
  int64_t integer = 0; // integer, literal (printed in hex)
  double floating = 0;
};

struct ParsedText {
  std::string mnemonic; // without the encoding's suffix
  std::vector<ParsedOperand> operands;
  Inst modifiers; // only its modifier fields are set
  unsigned dppValue = 0, quad[4] = {};
};

// A printed mnemonic without the encoding's suffix (_e32, _e64, _dpp, _sdwa).
std::string withoutSuffix(std::string_view mnemonic);

// Returns what is wrong, empty if nothing.
std::string parseText(std::string_view line, ParsedText &parsed);

} // namespace pa::emu

#endif
