#include "compiler/variant/AnyVariant.h"

#include "compiler/variant/CacheFields.h"

namespace pa {
namespace {

using Ordered = nlohmann::ordered_json;
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

Ordered cacheToJson(Op op, const VariantCache &cache) {
  return {{"op", toString(op)},
          {"cache_type", toString(cache.cacheType)},
          {"head_size", cache.headSize},
          {"value_head_size", cache.valueHeadSize},
          {"kv_heads", cache.kvHeads},
          {"page_size", cache.pageSize},
          {"layout", toString(cache.layout)},
          {"scales", toString(cache.scales)}};
}

std::string print(const Variant &variant) { return printVariant(variant); }

std::string print(const AppendVariant &variant) {
  Ordered json = cacheToJson(Op::append, variant);
  json["token_type"] = toString(variant.tokenType);
  return json.dump();
}

std::string print(const CopyPagesVariant &variant) {
  Ordered json = cacheToJson(Op::copyPages, variant);
  json["source_type"] = toString(variant.sourceType);
  json["source_layout"] = toString(variant.sourceLayout);
  json["pairs"] = variant.pairs;
  return json.dump();
}

std::string print(const MergeStatesVariant &variant) {
  Ordered json = {{"op", toString(Op::mergeStates)},
                  {"type", toString(variant.type)},
                  {"heads", variant.heads},
                  {"head_size", variant.headSize}};
  return json.dump();
}

Parsed<AnyVariant> parse(const Json &json) {
  Parsed<AnyVariant> parsed;
  Op op = Op::decode;
  JsonFields fields(json, "variant.", parsed.errors);
  fields.choice("op", op, ops, Presence::optional);
  if (!fields.good())
    return parsed;
  parsed.variant = makers[static_cast<int>(op)]();
  std::visit([&](auto &variant) { read(fields, variant); }, parsed.variant);
  return parsed;
}

} // namespace

const char *toString(Op op) { return ops[static_cast<int>(op)]; }

Parsed<AnyVariant> parseAnyVariant(std::string_view text) {
  Parsed<AnyVariant> parsed;
  std::optional<Json> json = parseObject(text, parsed.errors);
  return json ? parse(*json) : parsed;
}

Parsed<AnyVariant> parseVariantOfOp(std::string_view op, std::string_view text) {
  Parsed<AnyVariant> parsed;
  std::optional<Json> json = parseObject(text, parsed.errors);
  if (!json)
    return parsed;
  (*json)["op"] = op;
  return parse(*json);
}

std::string printAnyVariant(const AnyVariant &variant) {
  return std::visit([](const auto &one) { return print(one); }, variant);
}

} // namespace pa
