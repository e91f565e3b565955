#include "compiler/target/Chip.h"
#include "pa/abi.h"
#include "runtime/generic/Generic.h"
#include "test/runtime/Has.h"

using namespace pa;

namespace {

AnyVariant variantOf(const std::string &json) {
  auto parsed = parseAnyVariant(json);
  EXPECT_TRUE(parsed.errors.empty()) << toText(parsed.errors);
  return parsed.variant;
}

const std::string decode =
    R"({"cache_type":"bf16","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,"layout":"nhd")";

// Each field with another value than a variant has by itself.
const std::string all[] = {
    decode + "}",
    R"({"query_type":"f16","cache_type":"fp8_e4m3fnuz","output_type":"fp8_e4m3fn","head_size":80,"value_head_size":96,
        "q_heads":12,"kv_heads":4,"page_size":48,"layout":"classic","scales":"token","query_tokens":3,"ragged":true,
        "tables":"csr","window":17,"soft_cap":true,"alibi":true,"sinks":true,"lse":true,"p":"split","split":"none"})",
    R"({"query_type":"f16","cache_type":"int8","head_size":64,"q_heads":4,"kv_heads":1,"page_size":1,"layout":"hnd",
        "scales":"head","mask":"none","p":"split","split":"none"})",
};

TEST(Describe, whatALaunchPassesIsTheVariant) {
  for (const std::string &json : all) {
    AnyVariant variant = variantOf(json);
    auto &computed = std::get<Variant>(variant); // as the generic kernel does it
    computed.p = PTerms::split;
    computed.split = SplitKv::none;
    EXPECT_EQ(printAnyVariant(variant), printAnyVariant(generic::variantOf(opOf(variant), generic::fieldsOf(variant))));
  }
}

TEST(Describe, aDescriptionIsThatOfACompiledKernel) {
  for (const char *chip : {"gfx942", "gfx950"})
    for (const std::string &json : all) {
      AnyVariant variant = variantOf(json);
      auto kernel = genericKernel(variant, *findChip(chip));
      ASSERT_TRUE(kernel) << kernel.error().message;
      auto object = CodeObject::parse(kernel->object.data(), kernel->object.size());
      ASSERT_TRUE(object) << object.error().message;
      EXPECT_EQ(chip, object->chip());
      EXPECT_EQ(opOf(variant), generic::opOfObject(*object));
      EXPECT_FALSE(readAnyDescription(*object)); // it is of no variant of its own
      const auto &description = std::get<KernelDescription>(kernel->description);
      EXPECT_EQ("decode_generic", description.kernel);
      EXPECT_EQ(chip, description.chip);
      EXPECT_EQ(256u, description.launch.block);
      EXPECT_EQ(0u, description.launch.slotBytes);
      const auto &asked = std::get<Variant>(variant);
      EXPECT_EQ(asked.queryTokens * asked.queryHeads, description.launch.itemsPerSequence);
      // A checked launch finds the same behind the arguments.
      pa_decode_args args = {};
      std::string kernarg(reinterpret_cast<const char *>(&args), sizeof args);
      kernarg.append(reinterpret_cast<const char *>(&kernel->fields), sizeof kernel->fields);
      auto again = generic::describeLaunch(Op::decode, chip, kernarg.data(), kernarg.size());
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_EQ(printVariant(description.variant), printVariant(std::get<KernelDescription>(*again).variant));
    }
}

// Those beside decode have nothing that a generic kernel does otherwise.
TEST(Describe, theOtherOpsAreWhatWasAskedFor) {
  const std::string others[] = {
      R"({"op":"append","token_type":"f16","cache_type":"fp8_e4m3fn","head_size":80,"value_head_size":96,"kv_heads":3,
          "page_size":48,"layout":"shuffled","scales":"token"})",
      R"({"op":"copy_pages","source_type":"fp8_e4m3fnuz","source_layout":"hnd","pairs":false,"cache_type":"fp8_e4m3fn",
          "head_size":64,"kv_heads":2,"page_size":16,"layout":"classic","scales":"page"})",
      R"({"op":"merge_states","type":"f16","heads":5,"head_size":512})",
  };
  for (const std::string &json : others) {
    AnyVariant variant = variantOf(json);
    auto kernel = genericKernel(variant, *findChip("gfx950"));
    ASSERT_TRUE(kernel) << kernel.error().message;
    const auto &description = std::get<CacheKernelDescription>(kernel->description);
    EXPECT_EQ(printAnyVariant(variant), printAnyVariant(description.variant));
    EXPECT_EQ(std::string(toString(opOf(variant))) + "_generic", description.kernel);
    auto object = CodeObject::parse(kernel->object.data(), kernel->object.size());
    ASSERT_TRUE(object) << object.error().message;
    EXPECT_EQ(opOf(variant), generic::opOfObject(*object));
  }
}

TEST(Describe, productsAndWeightsAreWhatTheKernelComputes) {
  auto kernel = genericKernel(
      variantOf(R"({"cache_type":"fp8_e4m3fnuz","head_size":64,"q_heads":8,"kv_heads":2,"page_size":16,"layout":"nhd",
                    "products":"fp8","split":"fixed","split_tokens":64})"),
      *findChip("gfx942"));
  ASSERT_TRUE(kernel) << kernel.error().message;
  EXPECT_TRUE(has(kernel->text, R"("products":"wide","p":"split","split":"none","split_tokens":0})"));
}

TEST(Describe, whatAGenericKernelCannotBeIsRefused) {
  auto refusal = [](const AnyVariant &variant) {
    auto kernel = genericKernel(variant, *findChip("gfx942"));
    EXPECT_FALSE(kernel);
    return kernel ? "" : kernel.error().message;
  };
  auto changed = [](auto change) {
    auto variant = std::get<Variant>(variantOf(decode + "}"));
    change(variant);
    return variant;
  };
  EXPECT_EQ("user_score is true, allowed in a generic kernel: false, since a score region is MLIR",
            refusal(changed([](Variant &v) { v.userScore = true; })));
  EXPECT_EQ("head_size is 72, allowed in a generic kernel: a multiple of 16 up to 256",
            refusal(changed([](Variant &v) { v.headSize = 72; })));
  EXPECT_EQ("value_head_size is 512, allowed in a generic kernel: a multiple of 16 up to 256",
            refusal(changed([](Variant &v) { v.valueHeadSize = 512; })));
  MergeStatesVariant merge;
  merge.heads = 1;
  merge.headSize = 520;
  EXPECT_EQ("head_size is 520, allowed in a generic kernel: a multiple of 8 up to 512", refusal(merge));
}

} // namespace
