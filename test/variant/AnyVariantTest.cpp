// Descriptions of the kernels beside decode: read, printed, checked, and compared with the compiler.
#include "test/variant/Sweep.h"

namespace {

using llvm::json::Object;
using pa::varianttest::Axis;
using pa::varianttest::Sweep;

std::string firstError(const std::string &json) {
  auto parsed = pa::parseAnyVariant(json);
  return parsed.errors.empty() ? "" : parsed.errors.front().text;
}

TEST(AnyVariant, withoutAnOpItIsDecode) {
  std::string decode = R"("cache_type":"bf16","head_size":128,"q_heads":8,"kv_heads":8,"page_size":16,"layout":"nhd"})";
  auto plain = pa::parseAnyVariant("{" + decode), said = pa::parseAnyVariant("{\"op\":\"decode\"," + decode);
  ASSERT_TRUE(plain.errors.empty() && said.errors.empty());
  EXPECT_EQ(pa::Op::decode, opOf(plain.variant));
  EXPECT_EQ(printAnyVariant(plain.variant), printAnyVariant(said.variant));
  EXPECT_EQ(printVariant(std::get<pa::Variant>(plain.variant)), printAnyVariant(plain.variant));
}

TEST(AnyVariant, whatIsNotSaidHasDefaults) {
  EXPECT_EQ(R"({"op":"append","cache_type":"f16","head_size":64,"value_head_size":64,"kv_heads":2,"page_size":16,)"
            R"("layout":"nhd","scales":"none","token_type":"f16"})",
            printAnyVariant(pa::parseAnyVariant(R"({"op":"append","cache_type":"f16","head_size":64,"kv_heads":2,
                                                    "page_size":16,"layout":"nhd"})")
                                .variant));
  EXPECT_EQ(R"({"op":"copy_pages","cache_type":"int8","head_size":64,"value_head_size":128,"kv_heads":2,)"
            R"("page_size":16,"layout":"hnd","scales":"page","source_type":"int8","source_layout":"hnd",)"
            R"("pairs":true})",
            printAnyVariant(pa::parseAnyVariant(R"({"op":"copy_pages","cache_type":"int8","head_size":64,"kv_heads":2,
                                                    "value_head_size":128,"page_size":16,"layout":"hnd",
                                                    "scales":"page"})")
                                .variant));
}

TEST(AnyVariant, contradictionsAreSaid) {
  std::string append = R"({"op":"append","head_size":64,"kv_heads":2,)";
  EXPECT_EQ("variant.token_type is \"f16\", allowed: that of a 16-bit cache",
            firstError(append + R"("cache_type":"bf16","page_size":16,"layout":"nhd","token_type":"f16"})"));
  EXPECT_EQ("variant.scales is \"page\", allowed: none with a cache of 16-bit floats",
            firstError(append + R"("cache_type":"bf16","page_size":16,"layout":"nhd","scales":"page"})"));
  EXPECT_EQ("variant.page_size is 8, allowed: a multiple of 16 in the shuffled layout",
            firstError(R"({"op":"copy_pages","head_size":64,"kv_heads":2,"cache_type":"int8","page_size":8,
                           "layout":"nhd","source_layout":"shuffled"})"));
  EXPECT_EQ("variant.q_heads is not a field that this version knows",
            firstError(append + R"("cache_type":"bf16","page_size":16,"layout":"nhd","q_heads":8})"));
  EXPECT_EQ("variant.pairs is 1, allowed: true or false",
            firstError(R"({"op":"copy_pages","head_size":64,"kv_heads":2,"cache_type":"int8","page_size":16,
                           "layout":"nhd","pairs":1})"));
  EXPECT_EQ("the field variant.heads is missing", firstError(R"({"op":"merge_states","type":"bf16","head_size":64})"));
  EXPECT_EQ("variant.op is 3, allowed: decode, append, copy_pages, merge_states", firstError(R"({"op":3})"));
  EXPECT_EQ("the variant is [], allowed: an object", firstError("[]"));
  EXPECT_EQ("variant.head_size is there twice, allowed: once", firstError(append + R"("head_size":128})"));
  EXPECT_EQ("variant.op is not a field that this version knows",
            pa::parseVariantOfOp(pa::Op::mergeStates, R"({"op":"append","type":"bf16","heads":1,"head_size":64})")
                .errors.front()
                .text);

  std::string decode = R"({"head_size":64,"kv_heads":2,"q_heads":8,"page_size":16,"layout":"nhd",)";
  EXPECT_EQ("variant.output_type is \"f16\", allowed: query_type or an FP8 type",
            firstError(decode + R"("cache_type":"int8","output_type":"f16"})"));
  EXPECT_EQ("variant.products is \"fp8\", allowed: wide with a cache that is not FP8",
            firstError(decode + R"("cache_type":"int8","products":"fp8"})"));
  for (const char *split : {R"("split_tokens":64)", R"("split":"fixed")"})
    EXPECT_EQ(std::string("variant.split_tokens is ") +
                  (std::string(split).find("64") == std::string::npos ? "0" : "64") +
                  ", allowed: at least 1 with split = fixed, and 0 else",
              firstError(decode + R"("cache_type":"bf16",)" + split + "}"));
}

std::string reasonsAgainst(const std::string &json) {
  auto parsed = pa::parseAnyVariant(json);
  EXPECT_TRUE(parsed.errors.empty()) << json;
  return toText(pa::whyNot(parsed.variant, *pa::findChip("gfx942")));
}

TEST(AnyVariant, reasonsSayWhatSetsTheLimit) {
  std::string copy = R"({"op":"copy_pages","kv_heads":2,"layout":"nhd",)", hardware = " (limit of the hardware: ";
  std::string lanes = ", allowed: a multiple of 16 from 64 to 256" + hardware +
                      "a matrix instruction has 16 rows, and a lane 512 registers)";
  EXPECT_EQ("head_size is 32" + lanes + "\nvalue_head_size is 264" + lanes,
            reasonsAgainst(copy + R"("cache_type":"bf16","head_size":32,"value_head_size":264,"page_size":8})"));
  EXPECT_EQ("page_size is 24, allowed: 1, 8 or a multiple of 16" + hardware +
                "a matrix instruction takes 16 tokens, which are in one page or two)",
            reasonsAgainst(copy + R"("cache_type":"bf16","head_size":64,"page_size":24})"));
  EXPECT_EQ("source_type is \"int8\", allowed: cache_type, or the other FP8 type if there are scales (limit of the "
            "compiler: between these two, numbers and scales can be converted without a look at the others of a page)",
            reasonsAgainst(copy + R"("cache_type":"fp8_e4m3fn","source_type":"int8","head_size":64,"page_size":16})"));
  EXPECT_EQ("head_size is 520, allowed: a multiple of 8 up to 512" + hardware +
                "a lane takes 16 bytes, and a head's lanes are of one wave)",
            reasonsAgainst(R"({"op":"merge_states","type":"bf16","heads":1,"head_size":520})"));
  EXPECT_EQ("products is \"fp8\", allowed: wide, or fp8 over a cache in the chip's own format" + hardware +
                "matrix instructions take one format of FP8 E4M3: fn on gfx950, fnuz on gfx942)",
            reasonsAgainst(R"({"cache_type":"fp8_e4m3fn","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,
                               "layout":"nhd","products":"fp8"})"));
  EXPECT_EQ("query_tokens is 9, allowed: 1 to 8 (limit of the description: decoding has a few new tokens a sequence; "
            "more are a prefill)\nmask is \"none\", allowed: causal where there is a window (limit of the description: "
            "a window ends at a token's own position)",
            reasonsAgainst(R"({"cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,
                               "layout":"nhd","query_tokens":9,"mask":"none","window":64})"));
}

std::string nearestTo(const std::string &json, const char *chip = "gfx942") {
  auto parsed = pa::parseAnyVariant(json);
  EXPECT_TRUE(parsed.errors.empty()) << json;
  return nearestInWords(nearestSupported(parsed.variant, *pa::findChip(chip)));
}

// A table of one or several refused fields: the nearest value, and of two the larger.
TEST(AnyVariant, theNearestSupportedIsSaid) {
  std::string decode = R"({"kv_heads":2,"q_heads":8,"layout":"nhd",)", rest = R"("page_size":16,"head_size":128)";
  std::string copy = R"({"op":"copy_pages","kv_heads":2,"layout":"nhd","head_size":128,"page_size":16,)";
  struct {
    std::string json;
    const char *nearest;
  } const cases[] = {
      {decode + R"("cache_type":"bf16",)" + rest + "}", ""},
      {decode + R"("cache_type":"bf16","head_size":136,"page_size":24})",
       "nearest supported: head_size 144, value_head_size 144, page_size 32"},
      {decode + R"("cache_type":"bf16","head_size":8,"value_head_size":1024,"page_size":2})",
       "nearest supported: head_size 64, value_head_size 256, page_size 1"},
      {decode + R"("cache_type":"bf16","query_tokens":4096,)" + rest + "}", "nearest supported: query_tokens 8"},
      {decode + R"("cache_type":"bf16","mask":"none","window":9,"user_score":true,)" + rest + "}",
       "nearest supported: mask causal, user_score false"},
      {decode + R"("cache_type":"fp8_e4m3fn","products":"fp8",)" + rest + "}", "nearest supported: products wide"},
      {copy + R"("cache_type":"fp8_e4m3fn","source_type":"int8"})", "nearest supported: source_type fp8_e4m3fn"},
      {copy + R"("cache_type":"fp8_e4m3fnuz","scales":"head","source_type":"f16"})",
       "nearest supported: source_type fp8_e4m3fn"},
      {R"({"op":"merge_states","type":"bf16","heads":1,"head_size":1024})", "nearest supported: head_size 512"},
  };
  for (const auto &tested : cases)
    EXPECT_EQ(tested.nearest, nearestTo(tested.json)) << tested.json;
}

const std::vector<Axis> cacheAxes = {
    {"cache_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"}},
    {"head_size", {16, 64, 72, 80, 256, 512}},
    {"value_head_size", {32, 64, 128, 264}},
    {"kv_heads", {1, 7}},
    {"page_size", {1, 4, 8, 16, 24, 128}},
    {"layout", {"nhd", "hnd", "classic", "shuffled"}},
    {"scales", {"none", "tensor", "head", "token", "page"}},
    {"token_type", {"bf16", "f16"}},
    {"source_type", {"bf16", "f16", "fp8_e4m3fn", "fp8_e4m3fnuz", "int8"}},
    {"source_layout", {"nhd", "hnd", "classic", "shuffled"}},
    {"pairs", {false, true}},
};
const std::vector<Axis> mergeAxes = {
    {"type", {"bf16", "f16"}}, {"heads", {1, 71}}, {"head_size", {8, 64, 104, 512, 520}}};

TEST(AnyVariant, theQueryOfSupportIsWhatTheCompilerCompiles) {
  Sweep sweep;
  for (const char *op : {"append", "copy_pages"})
    for (const char *type : {"bf16", "fp8_e4m3fn"})
      sweep.checkPairs(Object{{"op", op},
                              {"cache_type", type},
                              {"head_size", 128},
                              {"kv_heads", 2},
                              {"page_size", 16},
                              {"layout", "nhd"},
                              {"scales", llvm::StringRef(type) == "bf16" ? "none" : "token"}},
                       cacheAxes);
  sweep.checkPairs(Object{{"op", "merge_states"}, {"type", "bf16"}, {"heads", 8}, {"head_size", 128}}, mergeAxes);
  sweep.expectMany();
}

} // namespace
