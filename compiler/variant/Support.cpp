#include "compiler/variant/Support.h"

#include "compiler/variant/JsonFields.h"

namespace pa {
namespace {

using Holds = bool (*)(const Variant &, const Chip &);

struct Rule {
  const char *field;
  Holds holds;
  const char *allowed;
  Limit limit;
  const char *why;
};

// What the compiler can do: a row for each verifier of dialects/pa, plan of compiler/target, and field that the
// attention level has no place for. A feature that lands widens its row here.
const Rule rules[] = {
    {"cache_type", [](const Variant &v, const Chip &) { return elementBytes(v.cacheType) == 2; }, "bf16, f16",
     Limit::compiler, "codes of a byte are not made operands yet"},
    {"output_type", [](const Variant &v, const Chip &) { return v.outputType == v.queryType; }, "query_type",
     Limit::compiler, "results are rounded to the query's type only"},
    {"head_size", [](const Variant &v, const Chip &) { return v.headSize == 64 || v.headSize == 128; }, "64, 128",
     Limit::compiler, "there are plans for these two"},
    {"value_head_size", [](const Variant &v, const Chip &) { return v.valueHeadSize == v.headSize; }, "head_size",
     Limit::compiler, "keys and values have one size"},
    {"q_heads", [](const Variant &v, const Chip &) { return v.group() <= 16; }, "at most 16 for each of kv_heads",
     Limit::compiler, "a group's rows are not cut into shares yet"},
    {"page_size",
     [](const Variant &v, const Chip &) { return v.pageSize == 1 || v.pageSize == 16 || v.pageSize == 64; },
     "1, 16, 64", Limit::compiler, "tiles of 64 tokens are made of these"},
    {"layout", [](const Variant &v, const Chip &) { return v.layout != CacheLayout::hnd; }, "nhd, classic, shuffled",
     Limit::compiler, "heads of a linear cache are read token by token"},
    {"scales", [](const Variant &v, const Chip &) { return v.scales == Scales::none; }, "none", Limit::compiler,
     "scales are not applied yet"},
    {"query_tokens", [](const Variant &v, const Chip &) { return v.queryTokens <= 4; }, "1 to 4", Limit::compiler,
     "at most 4 times 16 rows fit the registers of one pass"},
    {"ragged", [](const Variant &v, const Chip &) { return !v.ragged; }, "false", Limit::compiler,
     "every sequence has the same number of new tokens"},
    {"tables", [](const Variant &v, const Chip &) { return v.tables == Tables::block; }, "block", Limit::compiler,
     "page numbers come from a table with a row for each sequence"},
    {"mask", [](const Variant &v, const Chip &) { return v.mask == Mask::causal; }, "causal", Limit::compiler,
     "every row has a bound"},
    {"window", [](const Variant &v, const Chip &) { return v.window == 0; }, "0", Limit::compiler,
     "every context is read from its start"},
    {"soft_cap", [](const Variant &v, const Chip &) { return !v.softCap; }, "false", Limit::compiler,
     "scores are only scaled"},
    {"alibi", [](const Variant &v, const Chip &) { return !v.alibi; }, "false", Limit::compiler,
     "scores are only scaled"},
    {"sinks", [](const Variant &v, const Chip &) { return !v.sinks; }, "false", Limit::compiler,
     "the softmax's sum is of keys only"},
    {"user_score", [](const Variant &v, const Chip &) { return !v.userScore; }, "false", Limit::description,
     "a score region is MLIR, which a description has no place for"},
    {"products", [](const Variant &v, const Chip &) { return v.products == Products::wide; }, "wide", Limit::compiler,
     "products are of 16-bit operands"},
    {"split", [](const Variant &v, const Chip &) { return v.split != SplitKv::fixed; }, "none, balanced",
     Limit::compiler, "shares are as large as the batch makes them"},
};

} // namespace

const char *toString(Limit limit) {
  constexpr const char *names[] = {"description", "hardware", "compiler"};
  return names[static_cast<int>(limit)];
}

std::string Reason::text() const {
  return field + " is " + value + ", allowed: " + allowed + " (limit of the " + toString(limit) + ": " + why + ")";
}

std::vector<Reason> whyNot(const Variant &variant, const Chip &chip) {
  std::vector<Reason> reasons;
  Json json = Json::parse(printVariant(variant));
  for (const Rule &rule : rules)
    if (!rule.holds(variant, chip))
      reasons.push_back({rule.field, quote(json[rule.field]), rule.allowed, rule.limit, rule.why});
  return reasons;
}

std::string toText(const std::vector<Reason> &reasons) {
  std::string text;
  for (const Reason &reason : reasons)
    text += (text.empty() ? "" : "\n") + reason.text();
  return text;
}

} // namespace pa
