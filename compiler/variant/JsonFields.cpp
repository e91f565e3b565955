#include "compiler/variant/JsonFields.h"

#include <algorithm>

namespace pa {

void JsonFields::text(const char *name, std::string &value) {
  const JsonValue *field = find({name}, Presence::required);
  if (!field)
    return;
  auto *got = field->as<std::string>();
  if (!got || got->empty())
    return wrong(name, *field, "a string that is not empty");
  value = *got;
}

void JsonFields::boolean(const char *name, bool &value, Presence presence) {
  const JsonValue *field = find({name, false, true}, presence);
  if (!field)
    return;
  auto *got = field->as<bool>();
  if (!got)
    return wrong(name, *field, "true or false");
  value = *got;
}

const JsonValue *JsonFields::object(const char *name) {
  const JsonValue *field = find({name}, Presence::required);
  if (!field || field->as<JsonObject>())
    return field;
  wrong(name, *field, "an object");
  return nullptr;
}

void JsonFields::refuseUnknown() {
  for (const JsonMember &member : *json.as<JsonObject>())
    if (std::none_of(known.begin(), known.end(), [&](const FieldKind &kind) { return member.name == kind.name; })) {
      std::string name = toUtf8(member.name);
      errors.push_back(
          {prefix + name + " is not a field that this version knows", name, printJson(member.value), "none"});
    }
}

void JsonFields::wrong(const char *name, const JsonValue &got, const std::string &allowed) {
  std::string value = printJson(got);
  errors.push_back({prefix + name + " is " + value + ", allowed: " + allowed, name, value, allowed});
}

const JsonValue *JsonFields::find(const FieldKind &kind, Presence presence) {
  known.push_back(kind);
  const JsonValue *field = json.find(kind.name);
  if (!field && presence == Presence::required)
    errors.push_back({"the field " + prefix + kind.name + " is missing", kind.name, "", ""});
  return field;
}

std::optional<uint64_t> JsonFields::numberOf(const char *name, uint64_t least, uint64_t most, Presence presence) {
  const JsonValue *field = find({name, true, false, least, most}, presence);
  if (!field)
    return std::nullopt;
  auto *got = field->as<uint64_t>();
  if (got && *got >= least && *got <= most)
    return *got;
  wrong(name, *field, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<size_t> JsonFields::choiceOf(const char *name, const char *const *spellings, size_t count,
                                           Presence presence) {
  const JsonValue *field = find({name, false, false, 0, 0, spellings, count}, presence);
  if (!field)
    return std::nullopt;
  auto *got = field->as<std::string>();
  std::string allowed;
  for (size_t i = 0; i < count; ++i) {
    if (got && *got == spellings[i])
      return i;
    allowed += (i ? ", " : "") + std::string(spellings[i]);
  }
  wrong(name, *field, allowed);
  return std::nullopt;
}

std::optional<JsonValue> parseObject(std::string_view text, const std::string &what, const std::string &prefix,
                                     std::vector<FieldError> &errors) {
  constexpr size_t quoted = 40; // bytes of what is none
  ParsedJson parsed = parseJson(text);
  std::string got = toUtf8(text.substr(0, quoted));
  if (!parsed.twice.empty()) {
    std::string name = toUtf8(parsed.twice);
    errors.push_back({prefix + name + " is there twice, allowed: once", name, got, "once"});
  } else if (!parsed.value) {
    errors.push_back({what + " '" + got + "' " + parsed.error, "", got, "an object"});
  } else if (!parsed.value->as<JsonObject>()) {
    got = toUtf8(printJson(*parsed.value).substr(0, quoted));
    errors.push_back({what + " is " + got + ", allowed: an object", "", got, "an object"});
  } else {
    return std::move(parsed.value);
  }
  return std::nullopt;
}

} // namespace pa
