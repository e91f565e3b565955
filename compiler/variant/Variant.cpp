#include "compiler/variant/Variant.h"

#include "compiler/variant/CacheFields.h"

namespace pa {
namespace {

// Spellings, in the order of each enum.
constexpr const char *outputTypes[] = {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz"};
constexpr const char *tableKinds[] = {"block", "csr"};
constexpr const char *masks[] = {"causal", "none"};
constexpr const char *splits[] = {"none", "balanced", "fixed"};
constexpr const char *pTerms[] = {"single", "split"};
constexpr const char *productKinds[] = {"wide", "fp8"};

constexpr uint32_t maxQueryTokens = 4096;
constexpr uint64_t maxTokens = 1u << 30, maxPart = 1u << 20;

void readTypes(JsonFields &fields, Variant &variant) {
  variant.queryType = elementBytes(variant.cacheType) == 2 ? variant.cacheType : ElementType::bf16;
  fields.choice("query_type", variant.queryType, tensorTypes, Presence::optional);
  variant.outputType = variant.queryType;
  fields.choice("output_type", variant.outputType, outputTypes, Presence::optional);
  fields.number("q_heads", variant.queryHeads, 1, maxHeads);
}

void readOptions(JsonFields &fields, Variant &variant) {
  const Presence optional = Presence::optional;
  fields.number("query_tokens", variant.queryTokens, 1, maxQueryTokens, optional);
  fields.boolean("ragged", variant.ragged, optional);
  fields.choice("tables", variant.tables, tableKinds, optional);
  fields.choice("mask", variant.mask, masks, optional);
  fields.number("window", variant.window, 0, maxTokens, optional);
  fields.boolean("soft_cap", variant.softCap, optional);
  fields.boolean("alibi", variant.alibi, optional);
  fields.boolean("sinks", variant.sinks, optional);
  fields.boolean("user_score", variant.userScore, optional);
  fields.boolean("lse", variant.lse, optional);
  fields.choice("products", variant.products, productKinds, optional);
  fields.choice("p", variant.p, pTerms, optional);
  fields.choice("split", variant.split, splits, optional);
  fields.number("split_tokens", variant.splitTokens, 0, maxPart, optional);
}

/// What contradicts itself in any kernel; what this compiler can do is for the query of support.
void checkTogether(JsonFields &fields, const Variant &variant) {
  checkCacheFields(fields, variant);
  if (variant.queryHeads % variant.kvHeads)
    fields.wrong("q_heads", variant.queryHeads, "a multiple of kv_heads, " + std::to_string(variant.kvHeads));
  if (elementBytes(variant.cacheType) == 2 && variant.cacheType != variant.queryType)
    fields.wrong("query_type", toString(variant.queryType), "that of a 16-bit cache");
  if (elementBytes(variant.outputType) == 2 && variant.outputType != variant.queryType)
    fields.wrong("output_type", toString(variant.outputType), "query_type or an FP8 type");
  if (variant.products == Products::fp8 && !isFp8(variant.cacheType))
    fields.wrong("products", "fp8", "wide with a cache that is not FP8");
  if ((variant.split == SplitKv::fixed) != (variant.splitTokens != 0))
    fields.wrong("split_tokens", variant.splitTokens, "at least 1 with split = fixed, and 0 else");
}

} // namespace

const char *toString(ElementType type) { return elementTypes[static_cast<int>(type)]; }
const char *toString(CacheLayout layout) { return layouts[static_cast<int>(layout)]; }
const char *toString(Scales scales) { return scaleKinds[static_cast<int>(scales)]; }
const char *toString(Tables tables) { return tableKinds[static_cast<int>(tables)]; }
const char *toString(Mask mask) { return masks[static_cast<int>(mask)]; }
const char *toString(SplitKv split) { return splits[static_cast<int>(split)]; }
const char *toString(PTerms p) { return pTerms[static_cast<int>(p)]; }
const char *toString(Products products) { return productKinds[static_cast<int>(products)]; }

void readVariant(JsonFields &fields, Variant &variant) {
  readCacheFields(fields, variant);
  readTypes(fields, variant);
  readOptions(fields, variant);
  fields.refuseUnknown();
  if (fields.good())
    checkTogether(fields, variant);
}

ParsedVariant parseVariant(std::string_view text) {
  ParsedVariant parsed;
  if (std::optional<JsonValue> json = parseObject(text, "the variant", "variant.", parsed.errors)) {
    JsonFields fields(*json, "variant.", parsed.errors);
    readVariant(fields, parsed.variant);
  }
  return parsed;
}

JsonObject toJson(const Variant &variant) {
  return {
      {"query_type", toString(variant.queryType)},
      {"cache_type", toString(variant.cacheType)},
      {"output_type", toString(variant.outputType)},
      {"head_size", variant.headSize},
      {"value_head_size", variant.valueHeadSize},
      {"q_heads", variant.queryHeads},
      {"kv_heads", variant.kvHeads},
      {"page_size", variant.pageSize},
      {"layout", toString(variant.layout)},
      {"scales", toString(variant.scales)},
      {"query_tokens", variant.queryTokens},
      {"ragged", variant.ragged},
      {"tables", toString(variant.tables)},
      {"mask", toString(variant.mask)},
      {"window", variant.window},
      {"soft_cap", variant.softCap},
      {"alibi", variant.alibi},
      {"sinks", variant.sinks},
      {"user_score", variant.userScore},
      {"lse", variant.lse},
      {"products", toString(variant.products)},
      {"p", toString(variant.p)},
      {"split", toString(variant.split)},
      {"split_tokens", variant.splitTokens},
  };
}

std::string printVariant(const Variant &variant) { return printJson(toJson(variant)); }

} // namespace pa
