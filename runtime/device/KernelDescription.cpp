#include "runtime/device/KernelDescription.h"

#include "compiler/variant/JsonFields.h"
#include "pa/append_abi.h"
#include "pa/merge_abi.h"

namespace pa {
namespace {

constexpr const char *gridKinds[] = {"items", "persistent"};
constexpr int version = 2;

Error invalid(const std::string &message) {
  return {ErrorCode::invalidObject, "description of the kernel: " + message, {}};
}

void readLaunch(const JsonValue &json, LaunchDescription &launch, std::vector<FieldError> &errors) {
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

void readHead(JsonFields &fields, DescriptionHead &head) {
  int got = 0;
  fields.number("pa", got, version, version);
  fields.text("kernel", head.kernel);
  fields.text("chip", head.chip);
  fields.text("compiler", head.compiler);
}

Expected<JsonValue> parseObject(std::string_view text) {
  // A section may be padded with zeros up to its alignment.
  while (!text.empty() && text.back() == '\0')
    text.remove_suffix(1);
  std::vector<FieldError> errors;
  std::optional<JsonValue> json = parseObject(text, "the text", "", errors);
  if (!json)
    return invalid(errors.front().text);
  return std::move(*json);
}

Expected<KernelDescription> readDecode(const JsonValue &json) {
  KernelDescription description;
  std::vector<FieldError> errors;
  JsonFields fields(json, "", errors);
  readHead(fields, description);
  if (const JsonValue *variant = fields.object("variant")) {
    auto parsed = readVariantOfOp(Op::decode, *variant);
    description.variant = std::get<Variant>(parsed.variant);
    errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  }
  if (const JsonValue *launch = fields.object("launch"))
    readLaunch(*launch, description.launch, errors);
  if (!errors.empty())
    return invalid(errors.front().text);
  return description;
}

// What is particular to each op beside decode.
struct OpFacts {
  Op op;
  uint32_t abi;
  const char *grid;
  const char *gridNumber;
  uint32_t CacheKernelDescription::*number;
};
constexpr OpFacts opFacts[] = {
    {Op::append, PA_APPEND_ABI_VERSION, "rows", "rows_per_workgroup", &CacheKernelDescription::rowsPerWorkgroup},
    {Op::copyPages, PA_COPY_PAGES_ABI_VERSION, "pairs", "workgroups_per_pair",
     &CacheKernelDescription::workgroupsPerPair},
    {Op::mergeStates, PA_MERGE_STATES_ABI_VERSION, "rows", "rows_per_workgroup",
     &CacheKernelDescription::rowsPerWorkgroup},
};

void readCacheLaunch(const JsonValue &json, const OpFacts &facts, CacheKernelDescription &description,
                     std::vector<FieldError> &errors) {
  JsonFields fields(json, "launch.", errors);
  int grid = 0;
  const char *const grids[] = {facts.grid};
  fields.number("block", description.block, 1, 1024);
  fields.choice("grid", grid, grids);
  fields.number(facts.gridNumber, description.*facts.number, 1, 1 << 24);
  fields.refuseUnknown();
}

Expected<CacheKernelDescription> readCacheKernel(const JsonValue &json, const OpFacts &facts) {
  CacheKernelDescription description;
  std::vector<FieldError> errors;
  JsonFields fields(json, "", errors);
  readHead(fields, description);
  uint32_t abi = 0;
  fields.number("abi", abi, facts.abi, facts.abi);
  if (const JsonValue *said = fields.object(toString(facts.op))) {
    auto parsed = readVariantOfOp(facts.op, *said);
    description.variant = parsed.variant;
    errors.insert(errors.end(), parsed.errors.begin(), parsed.errors.end());
  }
  if (const JsonValue *launch = fields.object("launch"))
    readCacheLaunch(*launch, facts, description, errors);
  if (!errors.empty())
    return invalid(errors.front().text);
  return description;
}

// Of either kind: the description's chip is the object's.
template <class Description>
Expected<Description> readSection(const CodeObject &object, Expected<Description> (*parse)(std::string_view),
                                  std::string (*chipOf)(const Description &)) {
  auto section = object.section(".pa.variant");
  if (!section)
    return {ErrorCode::invalidObject, "the code object has no section '.pa.variant': it was not made by pa-compile"};
  auto description = parse(*section);
  if (!description)
    return description;
  if (std::string chip = chipOf(*description); chip != object.chip())
    return invalid("chip is \"" + chip + "\", but the object's ELF header says " +
                   (object.chip().empty() ? "machine " + std::to_string(object.mach()) : object.chip()));
  return description;
}

} // namespace

const char *toString(GridKind grid) { return gridKinds[static_cast<int>(grid)]; }

Expected<KernelDescription> parseDescription(std::string_view text) {
  auto json = parseObject(text);
  if (!json)
    return json.error();
  if (const JsonValue *op = json->find("op"))
    return invalid("op is " + printJson(*op) + ", allowed: none, as in a decode kernel's");
  return readDecode(*json);
}

Expected<AnyDescription> parseAnyDescription(std::string_view text) {
  auto json = parseObject(text);
  if (!json)
    return json.error();
  auto any = [](auto description) -> Expected<AnyDescription> {
    if (!description)
      return description.error();
    return AnyDescription(std::move(*description));
  };
  const JsonValue *op = json->find("op");
  if (!op)
    return any(readDecode(*json));
  auto *name = op->as<std::string>();
  for (const OpFacts &facts : opFacts)
    if (name && *name == toString(facts.op))
      return any(readCacheKernel(*json, facts));
  return invalid("op is " + printJson(*op) + ", allowed: append, copy_pages, merge_states, or none of decode");
}

Expected<KernelDescription> readDescription(const CodeObject &object) {
  return readSection<KernelDescription>(object, parseDescription, [](const auto &one) { return one.chip; });
}

Expected<AnyDescription> readAnyDescription(const CodeObject &object) {
  return readSection<AnyDescription>(object, parseAnyDescription, [](const auto &any) {
    return std::visit([](const auto &one) { return one.chip; }, any);
  });
}

} // namespace pa
