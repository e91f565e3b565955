#include "compiler/variant/Support.h"

namespace pa {
namespace {

template <class Kernel> struct Rule {
  const char *field;
  bool (*holds)(const Kernel &, const Chip &);
  const char *allowed;
  Limit limit;
  const char *why;
};

// What the compiler can do: a row for each verifier of dialects/pa, plan of compiler/target, and field that the
// attention level has no place for. A feature that lands widens its row here.
bool fitsLanes(uint32_t headSize) { return headSize >= 64 && headSize <= 256 && headSize % 16 == 0; }

bool isOwnFp8(const Variant &variant, const Chip &chip) {
  return variant.cacheType == (chip.fp8 == Fp8Format::ocp ? ElementType::fp8E4m3fn : ElementType::fp8E4m3fnuz);
}

const Rule<VariantCache> cacheRules[] = {
    {"head_size", [](const VariantCache &v, const Chip &) { return fitsLanes(v.headSize); },
     "a multiple of 16 from 64 to 256", Limit::hardware, "a matrix instruction has 16 rows, and a lane 512 registers"},
    {"value_head_size", [](const VariantCache &v, const Chip &) { return fitsLanes(v.valueHeadSize); },
     "a multiple of 16 from 64 to 256", Limit::hardware, "a matrix instruction has 16 rows, and a lane 512 registers"},
    {"page_size",
     [](const VariantCache &v, const Chip &) {
       return v.pageSize == 1 || v.pageSize == 8 || (v.pageSize % 16 == 0 && v.pageSize > 0);
     },
     "1, 8 or a multiple of 16", Limit::hardware, "a matrix instruction takes 16 tokens, which are in one page or two"},
};

const Rule<Variant> rules[] = {
    {"query_tokens", [](const Variant &v, const Chip &) { return v.queryTokens <= 8; }, "1 to 8", Limit::description,
     "decoding has a few new tokens a sequence; more are a prefill"},
    {"mask", [](const Variant &v, const Chip &) { return v.mask == Mask::causal || v.window == 0; },
     "causal where there is a window", Limit::description, "a window ends at a token's own position"},
    {"user_score", [](const Variant &v, const Chip &) { return !v.userScore; }, "false", Limit::description,
     "a score region is MLIR, which a description has no place for"},
    {"products", [](const Variant &v, const Chip &chip) { return v.products == Products::wide || isOwnFp8(v, chip); },
     "wide, or fp8 over a cache in the chip's own format", Limit::hardware,
     "matrix instructions take one format of FP8 E4M3: fn on gfx950, fnuz on gfx942"},
};

const Rule<CopyPagesVariant> copyRules[] = {
    {"source_type",
     [](const CopyPagesVariant &v, const Chip &) {
       return v.sourceType == v.cacheType || (isFp8(v.sourceType) && isFp8(v.cacheType) && v.scales != Scales::none);
     },
     "cache_type, or the other FP8 type if there are scales", Limit::compiler,
     "between these two, numbers and scales can be converted without a look at the others of a page"},
};

const Rule<MergeStatesVariant> mergeRules[] = {
    {"head_size", [](const MergeStatesVariant &v, const Chip &) { return v.headSize <= 512 && v.headSize % 8 == 0; },
     "a multiple of 8 up to 512", Limit::hardware, "a lane takes 16 bytes, and a head's lanes are of one wave"},
};

class Judge {
public:
  Judge(const JsonValue &variant, const Chip &chip) : variant(variant), chip(chip) {}

  void judge(const Variant &v) { check(cacheRules, v), check(rules, v); }
  void judge(const AppendVariant &v) { check(cacheRules, v); }
  void judge(const CopyPagesVariant &v) { check(cacheRules, v), check(copyRules, v); }
  void judge(const MergeStatesVariant &v) { check(mergeRules, v); }

  std::vector<Reason> reasons;

private:
  template <class Kernel, size_t size, class Asked> void check(const Rule<Kernel> (&all)[size], const Asked &asked) {
    for (const Rule<Kernel> &rule : all)
      if (!rule.holds(asked, chip))
        reasons.push_back({rule.field, printJson(*variant.find(rule.field)), rule.allowed, rule.limit, rule.why});
  }

  const JsonValue &variant;
  const Chip &chip;
};

} // namespace

const char *toString(Limit limit) {
  constexpr const char *names[] = {"description", "hardware", "compiler"};
  return names[static_cast<int>(limit)];
}

std::string Reason::text() const {
  return field + " is " + value + ", allowed: " + allowed + " (limit of the " + toString(limit) + ": " + why + ")";
}

std::vector<Reason> whyNot(const AnyVariant &variant, const Chip &chip) {
  JsonValue json = toJson(variant);
  Judge judge(json, chip);
  std::visit([&](const auto &one) { judge.judge(one); }, variant);
  return std::move(judge.reasons);
}

std::vector<Reason> whyNot(const Variant &variant, const Chip &chip) { return whyNot(AnyVariant(variant), chip); }

std::string toText(const std::vector<Reason> &reasons) {
  std::string text;
  for (const Reason &reason : reasons)
    text += (text.empty() ? "" : "\n") + reason.text();
  return text;
}

} // namespace pa
