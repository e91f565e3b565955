// Reads a JSON object field by field; what is wrong is collected, with sentences that name the field, what it is and
// what is allowed.
#ifndef PA_COMPILER_VARIANT_JSONFIELDS_H
#define PA_COMPILER_VARIANT_JSONFIELDS_H

#include "compiler/variant/FieldError.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pa {

using Json = nlohmann::json;

inline std::string quote(const Json &value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

enum class Presence { required, optional };

class JsonFields {
public:
  JsonFields(const Json &json, std::string prefix, std::vector<FieldError> &errors)
      : json(json), prefix(std::move(prefix)), errors(errors) {}

  bool good() const { return errors.empty(); }
  bool has(const char *name) const { return json.contains(name); }

  void text(const char *name, std::string &value) {
    if (const Json *field = find(name, Presence::required)) {
      if (!field->is_string() || field->get_ref<const std::string &>().empty())
        return wrong(name, *field, "a string that is not empty");
      value = field->get<std::string>();
    }
  }

  template <class Integer>
  void number(const char *name, Integer &value, uint64_t least, uint64_t most, Presence presence = Presence::required) {
    if (const Json *field = find(name, presence)) {
      if (!field->is_number_unsigned() || field->get<uint64_t>() < least || field->get<uint64_t>() > most)
        return wrong(name, *field, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
      value = static_cast<Integer>(field->get<uint64_t>());
    }
  }

  void boolean(const char *name, bool &value, Presence presence = Presence::required) {
    if (const Json *field = find(name, presence)) {
      if (!field->is_boolean())
        return wrong(name, *field, "true or false");
      value = field->get<bool>();
    }
  }

  template <class Enum, size_t size>
  void choice(const char *name, Enum &value, const char *const (&spellings)[size],
              Presence presence = Presence::required) {
    const Json *field = find(name, presence);
    if (!field)
      return;
    std::string allowed;
    for (size_t i = 0; i < size; ++i) {
      if (*field == spellings[i]) {
        value = static_cast<Enum>(i);
        return;
      }
      allowed += (i ? ", " : "") + std::string(spellings[i]);
    }
    wrong(name, *field, allowed);
  }

  // Null, and an error, if the field is missing or no object.
  const Json *object(const char *name) {
    const Json *field = find(name, Presence::required);
    if (field && !field->is_object()) {
      wrong(name, *field, "an object");
      return nullptr;
    }
    return field;
  }

  void refuseUnknown() {
    for (const auto &item : json.items())
      if (std::find(known.begin(), known.end(), item.key()) == known.end())
        errors.push_back(
            {prefix + item.key() + " is not a field that this version knows", item.key(), quote(item.value()), "none"});
  }

  void wrong(const char *name, const Json &got, const std::string &allowed) {
    errors.push_back({prefix + name + " is " + quote(got) + ", allowed: " + allowed, name, quote(got), allowed});
  }

private:
  const Json *find(const char *name, Presence presence) {
    known.push_back(name);
    auto field = json.find(name);
    if (field != json.end())
      return &*field;
    if (presence == Presence::required)
      errors.push_back({"the field " + prefix + name + " is missing", name, "", ""});
    return nullptr;
  }

  const Json &json;
  std::string prefix;
  std::vector<FieldError> &errors;
  std::vector<std::string> known;
};

} // namespace pa

#endif
