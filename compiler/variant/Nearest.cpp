#include "compiler/variant/Nearest.h"

#include "compiler/variant/CacheFields.h"

#include <algorithm>

namespace pa {
namespace {

constexpr uint64_t farthest = 4096; // steps from a number: the search is to stay cheap

// The values that a field can have, the nearest first, until one is taken.
template <class F> bool eachValue(const FieldKind &kind, const JsonValue &now, F takes) {
  for (const std::string &spelling : kind.spellings)
    if (takes(spelling))
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

// The variant of these fields, one that no description forbids.
std::optional<AnyVariant> read(Op op, const JsonObject &fields) {
  JsonObject described;
  std::copy_if(fields.begin(), fields.end(), std::back_inserter(described),
               [](const JsonMember &member) { return member.name != "op"; });
  auto parsed = readVariantOfOp(op, described);
  return parsed.errors.empty() ? std::optional<AnyVariant>(parsed.variant) : std::nullopt;
}

bool names(const std::vector<Reason> &reasons, const std::string &field) {
  return std::any_of(reasons.begin(), reasons.end(), [&](const Reason &reason) { return reason.field == field; });
}

} // namespace

JsonObject nearestSupported(const AnyVariant &variant, const Chip &chip) {
  std::vector<Reason> reasons = whyNot(variant, chip);
  JsonObject fields = *toJson(variant).as<JsonObject>(), changed;
  for (const FieldKind &kind : kindsOfFields(opOf(variant))) {
    if (!names(reasons, kind.name))
      continue;
    auto member = std::find_if(fields.begin(), fields.end(), [&](const auto &one) { return one.name == kind.name; });
    auto solves = [&](JsonValue value) {
      member->value = std::move(value);
      auto asked = read(opOf(variant), fields);
      return asked && !names(whyNot(*asked, chip), kind.name);
    };
    if (!eachValue(kind, JsonValue(member->value), solves))
      return {};
    changed.push_back(*member);
  }
  auto whole = read(opOf(variant), fields);
  return whole && whyNot(*whole, chip).empty() ? changed : JsonObject();
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
