// Numbers of every type as bytes, and back.
#ifndef PA_RUNTIME_EMULATOR_TOOL_VALUES_H
#define PA_RUNTIME_EMULATOR_TOOL_VALUES_H

#include "runtime/emulator/tool/Fields.h"

namespace pa::emu::tool {

struct ValueType {
  const char *name;
  unsigned bytes;
  bool isSigned, floating;
  // Of floating types narrower than f32: bits of the exponent and of the fraction.
  unsigned exponent = 0, fraction = 0;
};

const std::vector<ValueType> &valueTypes();
const ValueType *findValueType(const std::string &name);
std::vector<std::string> valueTypeNames();

// A number, or a list of them one after the other; floating types take "nan", "inf" and "-inf" too.
std::vector<uint8_t> bytesOf(const ValueType &type, const json &value, const std::string &field);

// The one value that an object gives: {"f32": 0.5}, {"u16": [1, 2]}, {"hex": "00ff"}. False: it gives none.
bool valueOf(const json &object, const std::string &field, std::vector<uint8_t> &bytes);

double numberAt(const ValueType &type, const uint8_t *bytes);

} // namespace pa::emu::tool

#endif
