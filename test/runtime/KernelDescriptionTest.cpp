#include "runtime/device/KernelDescription.h"
#include "test/runtime/KernelFile.h"

#include <nlohmann/json.hpp>

using namespace pa;
using Json = nlohmann::json;

namespace {

Json good() {
  return {{"pa", 2},
          {"kernel", "decode"},
          {"chip", "gfx942"},
          {"compiler", "pa 0.1"},
          {"variant",
           {{"query_type", "bf16"},
            {"cache_type", "bf16"},
            {"head_size", 128},
            {"q_heads", 64},
            {"kv_heads", 8},
            {"page_size", 16},
            {"layout", "shuffled"},
            {"query_tokens", 4},
            {"lse", true},
            {"split", "balanced"},
            {"p", "single"}}},
          {"launch",
           {{"block", 256},
            {"grid", "persistent"},
            {"workgroups_per_cu", 2},
            {"slot_bytes", 8448},
            {"tile_tokens", 64},
            {"items_per_sequence", 8}}}};
}

bool hasDefault(const std::string &field) {
  for (const char *name : {"query_type", "query_tokens", "lse", "split", "p"})
    if (field == name)
      return true;
  return false;
}

std::string errorOf(const Json &json) {
  auto description = parseDescription(json.dump());
  if (description)
    return "";
  EXPECT_EQ(ErrorCode::invalidObject, description.error().code);
  return description.error().message;
}

TEST(KernelDescription, everyFieldIsRead) {
  auto read = parseDescription(good().dump() + std::string(3, '\0'));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ("decode", read->kernel);
  EXPECT_EQ("gfx942", read->chip);
  EXPECT_EQ("pa 0.1", read->compiler);
  EXPECT_EQ(ElementType::bf16, read->variant.queryType);
  EXPECT_EQ(ElementType::bf16, read->variant.cacheType);
  EXPECT_EQ(128u, read->variant.headSize);
  EXPECT_EQ(64u, read->variant.queryHeads);
  EXPECT_EQ(8u, read->variant.kvHeads);
  EXPECT_EQ(16u, read->variant.pageSize);
  EXPECT_EQ(CacheLayout::shuffled, read->variant.layout);
  EXPECT_EQ(4u, read->variant.queryTokens);
  EXPECT_TRUE(read->variant.lse);
  EXPECT_EQ(SplitKv::balanced, read->variant.split);
  EXPECT_EQ(PTerms::single, read->variant.p);
  EXPECT_EQ(256u, read->launch.block);
  EXPECT_EQ(GridKind::persistent, read->launch.grid);
  EXPECT_EQ(2u, read->launch.workgroupsPerCu);
  EXPECT_EQ(8448u, read->launch.slotBytes);
  EXPECT_EQ(64u, read->launch.tileTokens);
  EXPECT_EQ(8u, read->launch.itemsPerSequence);
  EXPECT_EQ(16u * 8 * 128 * 2, read->variant.keyPageBytes());
}

TEST(KernelDescription, everyMissingFieldIsNamed) {
  Json json = good();
  for (const auto &item : json.items()) {
    Json without = json;
    without.erase(item.key());
    EXPECT_TRUE(has(errorOf(without), "the field " + item.key() + " is missing"));
    if (!item.value().is_object())
      continue;
    for (const auto &inner : item.value().items()) {
      if (hasDefault(inner.key()))
        continue;
      without = json;
      without[item.key()].erase(inner.key());
      EXPECT_TRUE(has(errorOf(without), "the field " + item.key() + "." + inner.key() + " is missing"));
    }
  }
}

TEST(KernelDescription, everyWrongTypeSaysWhatIsAllowed) {
  Json json = good();
  const Json wrongValues[] = {nullptr, -1, 1.5, Json::array(), "no such thing", 1u << 31, ""};
  for (const auto &item : json.items())
    for (const Json &wrong : wrongValues) {
      if (wrong.is_string() && !wrong.get<std::string>().empty() && item.value().is_string())
        continue; // any name is allowed
      Json changed = json;
      changed[item.key()] = wrong;
      EXPECT_TRUE(has(errorOf(changed), item.key() + " is " + wrong.dump() + ", allowed: "));
    }
  for (const char *part : {"variant", "launch"})
    for (const auto &item : json[part].items())
      for (const Json &wrong : wrongValues) {
        if (wrong == 1u << 31 && item.key() == "slot_bytes")
          continue;
        Json changed = json;
        changed[part][item.key()] = wrong;
        EXPECT_TRUE(
            has(errorOf(changed), std::string(part) + "." + item.key() + " is " + wrong.dump() + ", allowed: "));
      }
}

TEST(KernelDescription, namesAreNotEmpty) {
  Json changed = good();
  changed["kernel"] = "";
  EXPECT_EQ("description of the kernel: kernel is \"\", allowed: a string that is not empty", errorOf(changed));
}

TEST(KernelDescription, fieldsThatContradictEachOther) {
  struct {
    const char *part, *field;
    Json value;
    const char *message;
  } const cases[] = {
      {"variant", "q_heads", 63, "variant.q_heads is 63, allowed: a multiple of kv_heads, 8"},
      {"variant", "head_size", 100, "variant.head_size is 100, allowed: a multiple of 8"},
      {"variant", "page_size", 1, "variant.page_size is 1, allowed: a multiple of 8 in the shuffled layout"},
      {"launch", "workgroups_per_cu", 0, "launch.workgroups_per_cu is 0, allowed: at least 1 with a persistent grid"},
      {"launch", "slot_bytes", 8, "launch.slot_bytes is 8, allowed: a multiple of 16"},
      {"variant", "windows", 7, "variant.windows is not a field that this version knows"},
      {"launch", "clusters", 7, "launch.clusters is not a field that this version knows"},
  };
  for (const auto &tested : cases) {
    Json changed = good();
    changed[tested.part][tested.field] = tested.value;
    EXPECT_TRUE(has(errorOf(changed), tested.message));
  }
}

TEST(KernelDescription, otherVersionsAndTextsAreRefused) {
  Json changed = good();
  changed["pa"] = 1;
  EXPECT_TRUE(has(errorOf(changed), "pa is 1, allowed: a whole number from 2 to 2"));
  EXPECT_TRUE(has(errorOf(Json::array()), "the text is [], allowed: an object"));
  changed = good();
  changed["op"] = "append";
  EXPECT_TRUE(has(errorOf(changed), "op is \"append\", allowed: none, as in a decode kernel's"));
  std::string text = good().dump();
  for (size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(parseDescription(text.substr(0, size))) << size;
  EXPECT_FALSE(parseDescription("\xff\xfe\x00"));
  // The text is quoted as UTF-8, and the place is said.
  std::string message = parseDescription("{\"pa\":2,\n\"\xff\":1}").error().message;
  EXPECT_TRUE(has(message,
                  "description of the kernel: the text '{\"pa\":2,\n\"\xef\xbf\xbd\":1}' is not JSON text: parse error "
                  "at line 2, column 2"));
  // Whatever of the two was meant.
  text.replace(text.find("\"block\":256"), 0, "\"block\":64,");
  EXPECT_EQ("description of the kernel: launch.block is there twice, allowed: once",
            parseDescription(text).error().message);
}

// A kernel beside decode.
Json goodAppend() {
  return {{"pa", 2},
          {"op", "append"},
          {"abi", 1},
          {"kernel", "append"},
          {"chip", "gfx950"},
          {"compiler", "pa 0.1"},
          {"append",
           {{"cache_type", "int8"},
            {"head_size", 128},
            {"kv_heads", 8},
            {"page_size", 16},
            {"layout", "shuffled"},
            {"scales", "head"}}},
          {"launch", {{"block", 256}, {"grid", "rows"}, {"rows_per_workgroup", 32}}}};
}

std::string anyErrorOf(const Json &json) {
  auto description = parseAnyDescription(json.dump());
  if (description)
    return "";
  EXPECT_EQ(ErrorCode::invalidObject, description.error().code);
  return description.error().message;
}

TEST(KernelDescription, kernelsBesideDecodeHaveTheirOwn) {
  auto decode = parseAnyDescription(good().dump());
  ASSERT_TRUE(decode) << decode.error().message;
  EXPECT_EQ(128u, std::get<KernelDescription>(*decode).variant.headSize);

  auto read = parseAnyDescription(goodAppend().dump());
  ASSERT_TRUE(read) << read.error().message;
  const auto &append = std::get<CacheKernelDescription>(*read);
  EXPECT_EQ("append", append.kernel);
  EXPECT_EQ("gfx950", append.chip);
  EXPECT_EQ(256u, append.block);
  EXPECT_EQ(32u, append.rowsPerWorkgroup);
  EXPECT_EQ(Scales::head, std::get<AppendVariant>(append.variant).scales);
}

TEST(KernelDescription, badFieldsOfOthersAreNamedToo) {
  struct {
    const char *part, *field;
    Json value;
    const char *message;
  } const cases[] = {
      {"", "op", "prepend", "op is \"prepend\", allowed: append, copy_pages, merge_states, or none of decode"},
      {"", "op", "copy_pages", "the field copy_pages is missing"},
      {"", "abi", 2, "abi is 2, allowed: a whole number from 1 to 1"},
      {"", "pa", 1, "pa is 1, allowed: a whole number from 2 to 2"},
      {"append", "head_size", 4, "variant.head_size is 4, allowed: a whole number from 8 to 1024"},
      {"append", "q_heads", 4, "variant.q_heads is not a field that this version knows"},
      {"launch", "grid", "pairs", "launch.grid is \"pairs\", allowed: rows"},
      {"launch", "rows_per_workgroup", 0, "launch.rows_per_workgroup is 0, allowed: a whole number from 1"},
      {"launch", "block", 2048, "launch.block is 2048, allowed: a whole number from 1 to 1024"},
      {"launch", "clusters", 7, "launch.clusters is not a field that this version knows"},
  };
  for (const auto &tested : cases) {
    Json changed = goodAppend();
    (*tested.part ? changed[tested.part] : changed)[tested.field] = tested.value;
    EXPECT_TRUE(has(anyErrorOf(changed), tested.message));
  }
  std::string text = goodAppend().dump();
  for (size_t size = 0; size < text.size(); ++size)
    ASSERT_FALSE(parseAnyDescription(text.substr(0, size))) << size;
}

TEST(KernelDescription, readFromAnObject) {
  std::string file = kernelFile("shuffled-gfx942");
  auto object = CodeObject::parse(file.data(), file.size());
  ASSERT_TRUE(object);
  auto description = readDescription(*object);
  ASSERT_TRUE(description) << description.error().message;
  EXPECT_EQ("decode_naive", description->kernel);
  EXPECT_EQ(4u, description->variant.queryTokens);

  size_t name = file.rfind("gfx942\",\"compiler");
  file.replace(name, 6, "gfx950");
  object = CodeObject::parse(file.data(), file.size());
  auto contradicting = readDescription(*object);
  ASSERT_FALSE(contradicting);
  EXPECT_TRUE(has(contradicting.error().message, "chip is \"gfx950\", but the object's ELF header says gfx942"));

  file.replace(file.find(".pa.variant"), 3, ".pb");
  object = CodeObject::parse(file.data(), file.size());
  EXPECT_TRUE(has(readDescription(*object).error().message,
                  "the code object has no section '.pa.variant': it was not made by pa-compile"));
}

} // namespace
