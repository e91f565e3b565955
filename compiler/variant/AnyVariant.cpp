#include "compiler/variant/AnyVariant.h"

#include "compiler/variant/CacheFields.h"

namespace pa {
namespace {

constexpr const char *ops[] = {"decode", "append", "copy_pages", "merge_states"};

template <class Kernel> AnyVariant empty() { return Kernel(); }
constexpr AnyVariant (*makers[])() = {empty<Variant>, empty<AppendVariant>, empty<CopyPagesVariant>,
                                      empty<MergeStatesVariant>};

void read(JsonFields &fields, Variant &variant) { readVariant(fields, variant); }

void read(JsonFields &fields, AppendVariant &variant) {
  readCacheFields(fields, variant);
  variant.tokenType = elementBytes(variant.cacheType) == 2 ? variant.cacheType : ElementType::bf16;
  fields.choice("token_type", variant.tokenType, tensorTypes, Presence::optional);
  fields.refuseUnknown();
  if (!fields.good())
    return;
  checkCacheFields(fields, variant);
  if (elementBytes(variant.cacheType) == 2 && variant.tokenType != variant.cacheType)
    fields.wrong("token_type", toString(variant.tokenType), "that of a 16-bit cache");
}

void read(JsonFields &fields, CopyPagesVariant &variant) {
  readCacheFields(fields, variant);
  variant.sourceType = variant.cacheType;
  variant.sourceLayout = variant.layout;
  fields.choice("source_type", variant.sourceType, elementTypes, Presence::optional);
  fields.choice("source_layout", variant.sourceLayout, layouts, Presence::optional);
  fields.boolean("pairs", variant.pairs, Presence::optional);
  fields.refuseUnknown();
  if (!fields.good())
    return;
  checkCacheFields(fields, variant);
  if (variant.sourceLayout != variant.layout)
    checkLayout(fields, variant, variant.sourceLayout);
}

void read(JsonFields &fields, MergeStatesVariant &variant) {
  fields.choice("type", variant.type, tensorTypes);
  fields.number("heads", variant.heads, 1, maxHeads);
  fields.number("head_size", variant.headSize, 8, maxHeadSize);
  fields.refuseUnknown();
}

JsonObject cacheToJson(Op op, const VariantCache &cache) {
  return {{"op", toString(op)},
          {"cache_type", toString(cache.cacheType)},
          {"head_size", cache.headSize},
          {"value_head_size", cache.valueHeadSize},
          {"kv_heads", cache.kvHeads},
          {"page_size", cache.pageSize},
          {"layout", toString(cache.layout)},
          {"scales", toString(cache.scales)}};
}

JsonObject toJson(const AppendVariant &variant) {
  JsonObject json = cacheToJson(Op::append, variant);
  json.push_back({"token_type", toString(variant.tokenType)});
  return json;
}

JsonObject toJson(const CopyPagesVariant &variant) {
  JsonObject json = cacheToJson(Op::copyPages, variant);
  json.push_back({"source_type", toString(variant.sourceType)});
  json.push_back({"source_layout", toString(variant.sourceLayout)});
  json.push_back({"pairs", variant.pairs});
  return json;
}

JsonObject toJson(const MergeStatesVariant &variant) {
  return {{"op", toString(Op::mergeStates)},
          {"type", toString(variant.type)},
          {"heads", variant.heads},
          {"head_size", variant.headSize}};
}

void read(JsonFields &fields, Op op, AnyVariant &variant) {
  variant = makers[static_cast<int>(op)]();
  std::visit([&](auto &one) { read(fields, one); }, variant);
}

std::optional<JsonValue> parseObject(std::string_view text, std::vector<FieldError> &errors) {
  return parseObject(text, "the variant", "variant.", errors);
}

} // namespace

const char *toString(Op op) { return ops[static_cast<int>(op)]; }

Parsed<AnyVariant> parseAnyVariant(std::string_view text) {
  Parsed<AnyVariant> parsed;
  std::optional<JsonValue> json = parseObject(text, parsed.errors);
  if (!json)
    return parsed;
  Op op = Op::decode;
  JsonFields fields(*json, "variant.", parsed.errors);
  fields.choice("op", op, ops, Presence::optional);
  if (fields.good())
    read(fields, op, parsed.variant);
  return parsed;
}

Parsed<AnyVariant> parseVariantOfOp(Op op, std::string_view text) {
  Parsed<AnyVariant> parsed;
  std::optional<JsonValue> json = parseObject(text, parsed.errors);
  return json ? readVariantOfOp(op, *json) : parsed;
}

Parsed<AnyVariant> readVariantOfOp(Op op, const JsonValue &json) {
  Parsed<AnyVariant> parsed;
  JsonFields fields(json, "variant.", parsed.errors);
  read(fields, op, parsed.variant);
  return parsed;
}

std::vector<FieldKind> kindsOfFields(Op op) {
  AnyVariant none;
  std::vector<FieldError> ignored;
  JsonValue empty{JsonObject()};
  JsonFields fields(empty, "", ignored);
  read(fields, op, none);
  return fields.kinds();
}

JsonValue toJson(const AnyVariant &variant) {
  return std::visit([](const auto &one) { return JsonValue(toJson(one)); }, variant);
}

std::string printAnyVariant(const AnyVariant &variant) { return printJson(toJson(variant)); }

} // namespace pa
