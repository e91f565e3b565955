// Reading JSON field by field, with errors that name the field.
#ifndef PA_RUNTIME_EMULATOR_TOOL_FIELDS_H
#define PA_RUNTIME_EMULATOR_TOOL_FIELDS_H

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pa::emu::tool {

using nlohmann::json;

// Thrown and caught while a description is read; it never leaves readLaunch.
struct BadField {
  std::string field, text;
};
[[noreturn]] void fail(const std::string &field, const std::string &text);

// An object whose keys are all among the known ones.
void checkKeys(const json &object, const std::string &field, const std::vector<std::string> &known);
const json &need(const json &object, const char *key, const std::string &field);
uint64_t unsignedOf(const json &value, const std::string &field, uint64_t most = ~0ull);
uint64_t unsignedOr(const json &object, const char *key, uint64_t otherwise, const std::string &field,
                    uint64_t most = ~0ull);
double positiveOr(const json &object, const char *key, double otherwise, const std::string &field);
bool boolOr(const json &object, const char *key, bool otherwise, const std::string &field);
std::string textOf(const json &value, const std::string &field);
const json &objectOf(const json &value, const std::string &field);
const json &listOf(const json &value, const std::string &field);
std::array<uint32_t, 3> threeOf(const json &value, const std::string &field);
std::vector<uint8_t> hexOf(const json &value, const std::string &field);
std::string besides(const std::string &path, const std::string &directory); // relative to the directory

} // namespace pa::emu::tool

#endif
