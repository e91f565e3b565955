#include "runtime/device/KernelDescription.h"

#include <nlohmann/json.hpp>

namespace pa {
namespace {

using Json = nlohmann::json;

// Spellings, in the order of each enum.
constexpr const char *elementTypes[] = {"bf16", "f16"};
constexpr const char *cacheLayouts[] = {"nhd", "classic", "shuffled"};
constexpr const char *splits[] = {"none", "balanced"};
constexpr const char *pTerms[] = {"single", "split"};
constexpr const char *gridKinds[] = {"items", "persistent"};

Error invalid(const std::string &message) {
  return {ErrorCode::invalidObject, "description of the kernel: " + message, {}};
}

std::string quote(const Json &value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Reads the fields of one JSON object; keeps the first error, after which it reads no more.
class Fields {
public:
  Fields(const Json &json, std::string prefix, std::optional<Error> &error)
      : json(json), prefix(std::move(prefix)), error(error) {}

  void text(const char *name, std::string &value) {
    if (const Json *field = find(name)) {
      if (!field->is_string() || field->get_ref<const std::string &>().empty())
        return wrong(name, *field, "a string that is not empty");
      value = field->get<std::string>();
    }
  }

  template <class Integer> void number(const char *name, Integer &value, uint64_t least, uint64_t most) {
    if (const Json *field = find(name)) {
      if (!field->is_number_unsigned() || field->get<uint64_t>() < least || field->get<uint64_t>() > most)
        return wrong(name, *field, "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
      value = static_cast<Integer>(field->get<uint64_t>());
    }
  }

  void boolean(const char *name, bool &value) {
    if (const Json *field = find(name)) {
      if (!field->is_boolean())
        return wrong(name, *field, "true or false");
      value = field->get<bool>();
    }
  }

  template <class Enum, size_t size> void choice(const char *name, Enum &value, const char *const (&spellings)[size]) {
    const Json *field = find(name);
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
    const Json *field = find(name);
    if (field && !field->is_object()) {
      wrong(name, *field, "an object");
      return nullptr;
    }
    return field;
  }

  void refuseUnknown() {
    for (const auto &item : json.items())
      if (!error && std::find(known.begin(), known.end(), item.key()) == known.end())
        error = invalid(prefix + item.key() + " is not known to this version of the runtime");
  }

  void wrong(const char *name, const Json &got, const std::string &allowed) {
    if (!error)
      error = invalid(prefix + name + " is " + quote(got) + ", allowed: " + allowed);
  }

private:
  const Json *find(const char *name) {
    known.push_back(name);
    if (error)
      return nullptr;
    auto field = json.find(name);
    if (field == json.end()) {
      error = invalid("the field " + prefix + name + " is missing");
      return nullptr;
    }
    return &*field;
  }

  const Json &json;
  std::string prefix;
  std::optional<Error> &error;
  std::vector<std::string> known;
};

constexpr uint32_t maxHeads = 1024, maxPageSize = 65536, maxQueryTokens = 4096;

void readVariant(const Json &json, Variant &variant, std::optional<Error> &error) {
  Fields fields(json, "variant.", error);
  fields.choice("query_type", variant.queryType, elementTypes);
  fields.choice("cache_type", variant.cacheType, elementTypes);
  fields.number("head_size", variant.headSize, 8, 1024);
  fields.number("q_heads", variant.queryHeads, 1, maxHeads);
  fields.number("kv_heads", variant.kvHeads, 1, maxHeads);
  fields.number("page_size", variant.pageSize, 1, maxPageSize);
  fields.choice("layout", variant.layout, cacheLayouts);
  fields.number("query_tokens", variant.queryTokens, 1, maxQueryTokens);
  fields.boolean("lse", variant.lse);
  fields.choice("split", variant.split, splits);
  fields.choice("p", variant.p, pTerms);
  fields.refuseUnknown();
  if (error)
    return;
  uint32_t piece = 16 / elementBytes(variant.cacheType);
  if (variant.headSize % piece)
    fields.wrong("head_size", variant.headSize, "a multiple of " + std::to_string(piece));
  if (variant.queryHeads % variant.kvHeads)
    fields.wrong("q_heads", variant.queryHeads, "a multiple of kv_heads, " + std::to_string(variant.kvHeads));
  if (variant.layout == CacheLayout::shuffled && variant.pageSize % piece)
    fields.wrong("page_size", variant.pageSize, "a multiple of " + std::to_string(piece) + " in the shuffled layout");
}

void readLaunch(const Json &json, LaunchDescription &launch, std::optional<Error> &error) {
  Fields fields(json, "launch.", error);
  fields.number("block", launch.block, 1, 1024);
  fields.choice("grid", launch.grid, gridKinds);
  fields.number("workgroups_per_cu", launch.workgroupsPerCu, 0, 32);
  fields.number("slot_bytes", launch.slotBytes, 0, uint64_t(1) << 32);
  fields.number("tile_tokens", launch.tileTokens, 1, 1 << 20);
  fields.refuseUnknown();
  if (error)
    return;
  if (launch.grid == GridKind::persistent && launch.workgroupsPerCu == 0)
    fields.wrong("workgroups_per_cu", 0, "at least 1 with a persistent grid");
  if (launch.slotBytes % 16)
    fields.wrong("slot_bytes", launch.slotBytes, "a multiple of 16");
}

} // namespace

const char *toString(ElementType type) { return elementTypes[static_cast<int>(type)]; }
const char *toString(CacheLayout layout) { return cacheLayouts[static_cast<int>(layout)]; }
const char *toString(SplitKv split) { return splits[static_cast<int>(split)]; }
const char *toString(PTerms p) { return pTerms[static_cast<int>(p)]; }
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

  KernelDescription description;
  std::optional<Error> error;
  Fields fields(json, "", error);
  int version = 0;
  fields.number("pa", version, 1, 1);
  fields.text("kernel", description.kernel);
  fields.text("chip", description.chip);
  fields.text("compiler", description.compiler);
  if (const Json *variant = fields.object("variant"))
    readVariant(*variant, description.variant, error);
  if (const Json *launch = fields.object("launch"))
    readLaunch(*launch, description.launch, error);
  if (error)
    return *error;
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
