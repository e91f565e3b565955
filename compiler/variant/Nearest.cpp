#include "compiler/variant/Nearest.h"

#include "compiler/variant/CacheFields.h"

#include <algorithm>

namespace pa {
namespace {

constexpr uint64_t farthest = 4096; // steps from a number: the search is to stay cheap

// The values that a field can have, the nearest first, until one is taken.
template <class F> bool eachValue(const FieldKind &kind, const JsonValue &now, F takes) {
  for (size_t i = 0; i < kind.spellingCount; ++i)
    if (takes(kind.spellings[i]))
      return true;
  if (kind.isBoolean)
    return takes(!*now.as<bool>());
  if (!kind.isNumber)
    return false;
  uint64_t number = *now.as<uint64_t>();
  for (uint64_t step = 1; step <= farthest; ++step) {
    if (number + step <= kind.most && takes(number + step))
      return true;
    if (number >= kind.least + step && takes(number - step))
      return true;
  }
  return false;
}

// What readVariantOfOp takes: the op stands outside.
JsonValue fieldsOf(const AnyVariant &variant) {
  JsonObject fields = *toJson(variant).as<JsonObject>();
  fields.erase(std::remove_if(fields.begin(), fields.end(), [](const auto &member) { return member.name == "op"; }),
               fields.end());
  return fields;
}

bool names(const std::vector<Reason> &reasons, const std::string &field) {
  return std::any_of(reasons.begin(), reasons.end(), [&](const Reason &reason) { return reason.field == field; });
}

} // namespace

JsonObject nearestSupported(const AnyVariant &variant, const Chip &chip) {
  std::vector<Reason> reasons = whyNot(variant, chip);
  JsonValue fields = fieldsOf(variant);
  JsonObject changed;
  // The reasons against what the fields say now; nothing if no description can say it.
  auto ask = [&]() -> std::optional<std::vector<Reason>> {
    auto parsed = readVariantOfOp(opOf(variant), fields);
    return parsed.errors.empty() ? std::optional(whyNot(parsed.variant, chip)) : std::nullopt;
  };
  for (const FieldKind &kind : kindsOfFields(opOf(variant))) {
    if (!names(reasons, kind.name))
      continue;
    auto &all = *fields.as<JsonObject>();
    auto member = std::find_if(all.begin(), all.end(), [&](const auto &one) { return one.name == kind.name; });
    auto solves = [&](JsonValue value) {
      member->value = std::move(value);
      auto left = ask();
      return left && !names(*left, kind.name);
    };
    if (!eachValue(kind, JsonValue(member->value), solves))
      return {};
    changed.push_back(*member);
  }
  auto left = ask();
  return left && left->empty() ? changed : JsonObject();
}

std::string nearestInWords(const JsonObject &fields) {
  std::string text;
  for (const JsonMember &field : fields) {
    auto *word = field.value.as<std::string>();
    text += (text.empty() ? "nearest supported: " : ", ") + field.name + " " + (word ? *word : printJson(field.value));
  }
  return text;
}

std::string refusalInWords(const AnyVariant &variant, const Chip &chip) {
  std::string reasons = toText(whyNot(variant, chip)), nearest = nearestInWords(nearestSupported(variant, chip));
  return nearest.empty() ? reasons : reasons + "\n" + nearest;
}

} // namespace pa
