#include "runtime/emulator/tool/Fields.h"

#include <algorithm>
#include <cstdlib>

namespace pa::emu::tool {

void fail(const std::string &field, const std::string &text) { throw BadField{field, text}; }

void checkKeys(const json &object, const std::string &field, const std::vector<std::string> &known) {
  objectOf(object, field);
  for (const auto &entry : object.items()) {
    if (std::find(known.begin(), known.end(), entry.key()) != known.end())
      continue;
    std::string all;
    for (const std::string &k : known)
      all += (all.empty() ? "" : ", ") + k;
    fail(field + "." + entry.key(), "unknown key; known: " + all);
  }
}

const json &need(const json &object, const char *key, const std::string &field) {
  auto found = object.find(key);
  if (found == object.end())
    fail(field + "." + key, "is missing");
  return *found;
}

uint64_t unsignedOf(const json &value, const std::string &field, uint64_t most) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() > most)
    fail(field, "must be an unsigned number of at most " + std::to_string(most) + ", got " + value.dump());
  return value.get<uint64_t>();
}
uint64_t unsignedOr(const json &object, const char *key, uint64_t otherwise, const std::string &field, uint64_t most) {
  return object.contains(key) ? unsignedOf(object[key], field + "." + key, most) : otherwise;
}

double positiveOr(const json &object, const char *key, double otherwise, const std::string &field) {
  if (!object.contains(key))
    return otherwise;
  const json &value = object[key];
  if (!value.is_number() || value.get<double>() < 0)
    fail(field + "." + key, "must be a number of at least 0, got " + value.dump());
  return value.get<double>();
}

bool boolOr(const json &object, const char *key, bool otherwise, const std::string &field) {
  if (!object.contains(key))
    return otherwise;
  if (!object[key].is_boolean())
    fail(field + "." + key, "must be true or false, got " + object[key].dump());
  return object[key].get<bool>();
}

std::string textOf(const json &value, const std::string &field) {
  if (!value.is_string())
    fail(field, "must be a string, got " + value.dump());
  return value.get<std::string>();
}
const json &objectOf(const json &value, const std::string &field) {
  if (!value.is_object())
    fail(field, "must be an object, got " + value.dump());
  return value;
}
const json &listOf(const json &value, const std::string &field) {
  if (!value.is_array())
    fail(field, "must be a list, got " + value.dump());
  return value;
}

std::array<uint32_t, 3> threeOf(const json &value, const std::string &field) {
  if (!value.is_array() || value.empty() || value.size() > 3)
    fail(field, "must be a list of one to three numbers, got " + value.dump());
  std::array<uint32_t, 3> out = {1, 1, 1};
  for (size_t n = 0; n < value.size(); ++n)
    out[n] = uint32_t(unsignedOf(value[n], field, 0xffffffffu));
  return out;
}

std::vector<uint8_t> hexOf(const json &value, const std::string &field) {
  std::string text = textOf(value, field);
  std::vector<uint8_t> out;
  for (size_t n = 0; n < text.size(); n += 2) {
    std::string pair = text.substr(n, 2);
    char *end = nullptr;
    out.push_back(uint8_t(std::strtoul(pair.c_str(), &end, 16)));
    if (pair.size() != 2 || *end || pair.find_first_not_of("0123456789abcdefABCDEF") != pair.npos)
      fail(field, "must be pairs of hex digits, got '" + text + "'");
  }
  return out;
}

std::string besides(const std::string &path, const std::string &directory) {
  return path.empty() || path[0] == '/' || directory.empty() ? path : directory + "/" + path;
}

} // namespace pa::emu::tool
