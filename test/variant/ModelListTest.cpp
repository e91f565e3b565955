// The committed table of models, as the variants that its rows mean.
#include "compiler/tools/ModelList.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

namespace {

std::vector<pa::NamedVariant> all(const std::vector<unsigned> &degrees,
                                  const pa::ServingChoices &choices = {{"bf16"}, {"shuffled"}, {"none"}, {16}, {1}}) {
  std::ifstream file(PA_MODELS);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto models = pa::readModels(text, degrees, choices);
  EXPECT_TRUE(bool(models)) << llvm::toString(models.takeError());
  return models ? models->variants : std::vector<pa::NamedVariant>();
}

std::vector<pa::Variant> of(const std::string &name) {
  std::vector<pa::Variant> found;
  for (const pa::NamedVariant &model : all({1, 2, 4, 8}))
    if (model.name == name)
      found.push_back(std::get<pa::Variant>(model.variant));
  return found;
}

std::vector<uint32_t> windows(const std::string &name) {
  std::vector<uint32_t> found;
  for (const pa::Variant &variant : of(name))
    found.push_back(variant.window);
  return found;
}

TEST(ModelList, headsAreThoseOfARank) {
  auto llama = of("Llama-3.1/3.3 70B, tp 4");
  ASSERT_EQ(1u, llama.size());
  EXPECT_EQ(16u, llama[0].queryHeads);
  EXPECT_EQ(2u, llama[0].kvHeads);
  EXPECT_EQ(128u, llama[0].headSize);
  EXPECT_TRUE(of("Phi-4 / Phi-3-medium, tp 4").empty()); // 10 KV heads
  auto mimo = of("MiMo-V2-Flash full layers, tp 1");
  ASSERT_EQ(1u, mimo.size());
  EXPECT_EQ(192u, mimo[0].headSize);
  EXPECT_EQ(128u, mimo[0].valueHeadSize);
}

TEST(ModelList, otherWordsAreWindowsAndScores) {
  using Windows = std::vector<uint32_t>;
  EXPECT_EQ((Windows{0, 128}), windows("GPT-OSS 20B/120B, tp 1"));
  EXPECT_EQ((Windows{0, 4096, 1024}), windows("Gemma-2/3 27B, tp 1"));
  EXPECT_EQ((Windows{0, 1024}), windows("Gemma-3 12B, tp 8"));
  EXPECT_EQ((Windows{0}), windows("Llama-4 Scout/Maverick, tp 1")); // chunks are no window
  EXPECT_EQ((Windows{0}), windows("Qwen3-Next-80B-A3B, tp 1"));
  EXPECT_TRUE(of("GPT-OSS 20B/120B, tp 1")[0].sinks);
  EXPECT_TRUE(of("Gemma-2 9B, tp 2")[0].softCap);
  EXPECT_FALSE(of("Gemma-3 12B, tp 2")[0].softCap);
  EXPECT_TRUE(of("BLOOM-176B (ALiBi), tp 8")[0].alibi);
  EXPECT_EQ(pa::Mask::none, of("Whisper-large-v3 (cross-attn), tp 1")[0].mask);
}

TEST(ModelList, allChoicesAreCombined) {
  size_t once = all({1}).size();
  auto many = all({1}, {{"bf16", "int8"}, {"nhd", "hnd", "shuffled"}, {"tensor", "token"}, {16, 64}, {1, 4}});
  // bf16 has no scales, int8 both kinds.
  EXPECT_EQ(once * 3 * 3 * 2 * 2, many.size());
  std::set<std::string> different;
  for (const pa::NamedVariant &model : many)
    if (model.name == "Llama-3.1 8B, tp 1")
      different.insert(printAnyVariant(model.variant));
  EXPECT_EQ(36u, different.size());
}

TEST(ModelList, headsThatNoVariantHasAreLeftOut) {
  std::string text = "model,head_dim_qk_v,window_and_other,sinks,tp1\nOdd,72,128,-,8/1=8\nEven,64,-,-,8/1=8\n";
  auto models = pa::readModels(text, {1}, {{"bf16", "int8"}, {"nhd"}, {"token"}, {16}, {1}});
  ASSERT_TRUE(bool(models)) << llvm::toString(models.takeError());
  EXPECT_EQ(4u, models->variants.size()); // Odd in bf16 with a window and without, Even twice
  ASSERT_EQ(2u, models->leftOut.size());
  EXPECT_EQ("Odd, tp 1", models->leftOut[0].name);
  EXPECT_EQ(
      "variant.head_size is 72, allowed: a multiple of 16\nvariant.value_head_size is 72, allowed: a multiple of 16",
      models->leftOut[0].reasons);
  // What was chosen is not the model's fault.
  auto refused = pa::readModels(text, {1}, {{"int9"}, {"nhd"}, {"token"}, {16}, {1}});
  ASSERT_FALSE(bool(refused));
  EXPECT_EQ("Odd, tp 1: variant.cache_type is \"int9\", allowed: bf16, f16, fp8_e4m3fn, fp8_e4m3fnuz, int8",
            llvm::toString(refused.takeError()));
}

TEST(ModelList, latentAttentionIsLeftOut) {
  for (const pa::NamedVariant &model : all({1, 8}))
    EXPECT_EQ(std::string::npos, model.name.find("MLA")) << model.name;
}

} // namespace
