// Bundles: what is in them is found by the cache's keys, and nothing that is damaged is ever used.
#include "runtime/jit/Bundle.h"
#include "pa/pa.h"
#include "runtime/jit/Cache.h"
#include "runtime/jit/Framed.h"
#include "runtime/jit/Identity.h"
#include "runtime/jit/Jit.h"
#include "test/runtime/KernelFile.h"
#include "test/runtime/jit/Folder.h"

#include <thread>

using namespace pa;

namespace {

class Bundles : public testing::Test {
protected:
  void SetUp() override {
    unsetenv("PA_BUNDLES");
    setenv("PA_CACHE_DIR", (folder.path / "cache").c_str(), 1);
    setenv("PA_COMPILER", "/missing", 1);
  }
  std::string fileOf(const std::string &content, const char *name = "kernels.pab") {
    writeTo(folder.path / name, content);
    return folder.path / name;
  }
  static CompileRequest request(const char *source) { return {source, "gfx942", "", SourceKind::variant, false}; }
  Folder folder;
};

const std::map<std::string, std::string> three = {{"one", "first"}, {"two", std::string("second\0", 7)}, {"three", ""}};

TEST_F(Bundles, holdWhatTheyAreMadeOf) {
  auto bundle = Bundle::open(fileOf(makeBundle(three)));
  ASSERT_TRUE(bundle) << bundle.error().message;
  EXPECT_EQ(3u, bundle->entries());
  for (const auto &[material, object] : three) {
    auto found = bundle->find(material);
    ASSERT_TRUE(found && *found) << material;
    EXPECT_EQ(object, **found);
  }
  auto other = bundle->find("four");
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other);
  auto empty = Bundle::open(fileOf(makeBundle({})));
  ASSERT_TRUE(empty);
  EXPECT_FALSE(*empty->find("one"));
}

TEST_F(Bundles, eachChangedByteAndEachTruncationIsRefused) {
  const std::string whole = makeBundle(three);
  auto expectNothingWrong = [&](const std::string &bytes) {
    auto bundle = Bundle::open(fileOf(bytes));
    bool refused = !bundle;
    for (const auto &[material, object] : three) {
      auto found = bundle ? bundle->find(material) : Expected<std::optional<std::string>>(bundle.error());
      refused |= !found;
      if (found) {
        ASSERT_TRUE(*found);
        EXPECT_EQ(object, **found);
      }
    }
    EXPECT_TRUE(refused) << bytes.size();
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = char(changed[at] ^ 0x10);
    expectNothingWrong(changed);
    expectNothingWrong(whole.substr(0, at));
  }
}

TEST_F(Bundles, damageIsNamed) {
  const std::string whole = makeBundle(three);
  std::string index = whole, entry = whole;
  index[40] = char(index[40] ^ 1);
  entry.back() = char(entry.back() ^ 1);
  auto opened = Bundle::open(fileOf(index));
  ASSERT_FALSE(opened);
  EXPECT_TRUE(has(opened.error().message, "is damaged: its index has not the bytes that its checksum is of"));
  auto bundle = Bundle::open(fileOf(entry));
  ASSERT_TRUE(bundle) << bundle.error().message;
  std::string words;
  for (const auto &[material, object] : three)
    if (auto found = bundle->find(material); !found)
      words = found.error().message;
  EXPECT_TRUE(has(words, "is damaged: entry "));
  EXPECT_TRUE(has(words, " has not the bytes that its checksum is of"));
}

TEST_F(Bundles, errorsSayWhatIsWrong) {
  EXPECT_TRUE(has(addBundle("/no/such.pab").error().message, "the bundle '/no/such.pab' cannot be opened"));
  std::string file = fileOf("PACACHE1 and more than a header");
  EXPECT_EQ("the bundle '" + file + "' is none: it does not begin with PABUNDL1", addBundle(file).error().message);
  EXPECT_EQ(PA_INVALID_OBJECT, pa_bundle_add(file.c_str()));
  EXPECT_EQ(PA_INVALID_ARGUMENT, pa_bundle_add(nullptr));
  std::string index = frame("PAINDEX1", "another compiler", ""), other = "PABUNDL1";
  appendNumber(other, index.size());
  file = fileOf(other + index);
  EXPECT_EQ("the bundle '" + file + "' was made by 'another compiler', this library's compiler is '" +
                compilerIdentity() + "'",
            addBundle(file).error().message);
}

TEST_F(Bundles, areLookedThroughBeforeTheCache) {
  std::string material = keyMaterial(request("{}"));
  ASSERT_TRUE(Cache::open(folder.path / "cache")->store(material, "of the cache"));
  std::string second = fileOf(makeBundle({{material, "of the bundle"}}));
  std::string first = fileOf(makeBundle({{"something else", "x"}}), "first.pab");
  EXPECT_EQ("of the cache", *obtainObject(request("{}"), false));
  setenv("PA_BUNDLES", ("/missing.pab::" + first + ":" + second).c_str(), 1);
  EXPECT_EQ("of the bundle", *obtainObject(request("{}"), false));
  EXPECT_EQ("of the bundle", *obtainObject(request("{}"), true));
  unsetenv("PA_BUNDLES");
  EXPECT_EQ("of the cache", *obtainObject(request("{}"), false));
  ASSERT_TRUE(addBundle(second));
  EXPECT_EQ("of the bundle", *obtainObject(request("{}"), false));
}

TEST_F(Bundles, whatIsMissingNamesTheCommandAndTheBundlesThatWereLeftOut) {
  std::string damaged = makeBundle({{keyMaterial(request("{\"a\":1}")), "object"}});
  damaged.back() ^= 1;
  std::string file = fileOf(damaged);
  setenv("PA_BUNDLES", ("/missing.pab:" + file).c_str(), 1);
  auto missing = obtainObject(request("{\"a\":1}"), false);
  ASSERT_FALSE(missing);
  EXPECT_EQ(ErrorCode::notCached, missing.error().code);
  EXPECT_TRUE(has(missing.error().message,
                  "the bundle '/missing.pab' cannot be opened; the bundle '" + file + "' is damaged: entry "));
  EXPECT_TRUE(has(missing.error().message,
                  "compiling is not allowed; it is made by: echo '{\"a\":1}' > kernel.json && pa-compile bundle "
                  "--variants kernel.json --chip gfx942 -o kernels.pab (then PA_BUNDLES=kernels.pab)"));
}

TEST_F(Bundles, manyThreadsReadAndAdd) {
  std::string material = keyMaterial(request("{}")), file = fileOf(makeBundle({{material, "object"}}));
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      EXPECT_TRUE(addBundle(file));
      for (int i = 0; i < 20; ++i)
        EXPECT_EQ("object", *obtainObject(request("{}"), false));
    });
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace
