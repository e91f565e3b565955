// The query of support says yes if and only if the compiler compiles: every pair of fields over every pair of their
// values, from two variants that are supported.
#include "test/variant/Sweep.h"

namespace {

using llvm::json::Object;
using pa::varianttest::Axis;
using pa::varianttest::Sweep;
using pa::varianttest::textOf;

// Values that are supported, and values beside them.
const std::vector<Axis> axes = {
    {"cache_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"}},
    {"query_type", {"bf16", "f16"}},
    {"output_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz"}},
    {"head_size", {32, 64, 80, 128, 192, 256}},
    {"value_head_size", {64, 128, 512}},
    {"q_heads", {8, 40, 64, 71, 128, 136}},
    {"page_size", {1, 8, 16, 24, 32, 64, 128, 256, 1024}},
    {"layout", {"nhd", "hnd", "classic", "shuffled"}},
    {"scales", {"none", "tensor", "head", "token", "page"}},
    {"query_tokens", {1, 2, 3, 4, 5, 8}},
    {"ragged", {false, true}},
    {"tables", {"block", "csr"}},
    {"mask", {"causal", "none"}},
    {"window", {0, 128, 4096}},
    {"soft_cap", {false, true}},
    {"alibi", {false, true}},
    {"sinks", {false, true}},
    {"user_score", {false, true}},
    {"lse", {false, true}},
    {"products", {"wide", "fp8"}},
    {"p", {"single", "split"}},
    {"split", {"none", "balanced", "fixed"}},
    {"split_tokens", {0, 256}},
};

const Object bases[] = {
    Object{{"cache_type", "bf16"},
           {"head_size", 128},
           {"q_heads", 64},
           {"kv_heads", 8},
           {"page_size", 16},
           {"layout", "shuffled"}},
    Object{{"cache_type", "f16"},
           {"head_size", 64},
           {"q_heads", 8},
           {"kv_heads", 1},
           {"page_size", 1},
           {"layout", "nhd"},
           {"query_tokens", 4},
           {"lse", true},
           {"split", "none"}},
};

TEST(Support, isWhatTheCompilerCompiles) {
  Sweep sweep;
  for (const Object &base : bases)
    sweep.checkPairs(base, axes);
  sweep.expectMany();
}

TEST(Support, givesEveryReason) {
  pa::Variant variant = pa::parseVariant(R"({"cache_type":"bf16","head_size":128,"q_heads":8,"kv_heads":8,
    "page_size":16,"layout":"shuffled","user_score":true,"query_tokens":4096})")
                            .variant;
  auto reasons = pa::whyNot(variant, *pa::findChip("gfx942"));
  ASSERT_EQ(2u, reasons.size());
  EXPECT_EQ("query_tokens", reasons[0].field);
  EXPECT_EQ("4096", reasons[0].value);
  EXPECT_EQ("user_score is true, allowed: false (limit of the description: a score region is MLIR, which a "
            "description has no place for)",
            reasons[1].text());
  EXPECT_EQ(reasons[0].text() + "\n" + reasons[1].text(), toText(reasons));
}

TEST(Support, nothingIsSaidOfTheSupported) {
  for (const Object &base : bases)
    EXPECT_EQ("", toText(pa::whyNot(pa::parseVariant(textOf(base)).variant, *pa::findChip("gfx950"))));
}

} // namespace
