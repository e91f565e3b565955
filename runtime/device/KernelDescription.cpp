#include "runtime/device/KernelDescription.h"

#include "compiler/variant/JsonFields.h"

namespace pa {
namespace {

constexpr const char *gridKinds[] = {"items", "persistent"};
constexpr int version = 2;

Error invalid(const std::string &message) {
  return {ErrorCode::invalidObject, "description of the kernel: " + message, {}};
}

void readLaunch(const Json &json, LaunchDescription &launch, std::vector<std::string> &errors) {
  JsonFields fields(json, "launch.", errors);
  fields.number("block", launch.block, 1, 1024);
  fields.choice("grid", launch.grid, gridKinds);
  fields.number("workgroups_per_cu", launch.workgroupsPerCu, 0, 32);
  fields.number("slot_bytes", launch.slotBytes, 0, uint64_t(1) << 32);
  fields.number("tile_tokens", launch.tileTokens, 1, 1 << 20);
  fields.number("items_per_sequence", launch.itemsPerSequence, 1, 1 << 20);
  fields.refuseUnknown();
  if (!errors.empty())
    return;
  if (launch.grid == GridKind::persistent && launch.workgroupsPerCu == 0)
    fields.wrong("workgroups_per_cu", 0, "at least 1 with a persistent grid");
  if (launch.slotBytes % 16)
    fields.wrong("slot_bytes", launch.slotBytes, "a multiple of 16");
}

} // namespace

const char *toString(GridKind grid) { return gridKinds[static_cast<int>(grid)]; }

Expected<KernelDescription> parseDescription(std::string_view text) {
  // A section may be padded with zeros up to its alignment.
  while (!text.empty() && text.back() == '\0')
    text.remove_suffix(1);
  Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded())
    return invalid("'" + std::string(text.substr(0, 40)) + "' is not JSON text");
  if (!json.is_object())
    return invalid("it is " + quote(json).substr(0, 40) + ", allowed: an object");

  if (json.contains("op"))
    return invalid("op is " + quote(json["op"]) + ", allowed: none, as in a decode kernel's");

  KernelDescription description;
  std::vector<std::string> errors;
  JsonFields fields(json, "", errors);
  int got = 0;
  fields.number("pa", got, version, version);
  fields.text("kernel", description.kernel);
  fields.text("chip", description.chip);
  fields.text("compiler", description.compiler);
  if (const Json *variant = fields.object("variant")) {
    ParsedVariant parsed = parseVariant(quote(*variant));
    description.variant = parsed.variant;
    errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  }
  if (const Json *launch = fields.object("launch"))
    readLaunch(*launch, description.launch, errors);
  if (!errors.empty())
    return invalid(errors.front());
  return description;
}

Expected<KernelDescription> readDescription(const CodeObject &object) {
  auto section = object.section(".pa.variant");
  if (!section)
    return {ErrorCode::invalidObject, "the code object has no section '.pa.variant': it was not made by pa-compile"};
  auto description = parseDescription(*section);
  if (description && description->chip != object.chip())
    return invalid("chip is \"" + description->chip + "\", but the object's ELF header says " +
                   (object.chip().empty() ? "machine " + std::to_string(object.mach()) : object.chip()));
  return description;
}

} // namespace pa
