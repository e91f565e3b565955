// Numbers that the environment sets.
#include "runtime/jit/Settings.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace pa;

namespace {

class Settings : public testing::Test {
protected:
  void TearDown() override {
    unsetenv("PA_JIT_PROCESSES");
    unsetenv("PA_CACHE_BYTES");
  }
};

TEST_F(Settings, compilersAreAsManyAsTheHostHasThreads) {
  for (const char *text : {static_cast<const char *>(nullptr), ""}) {
    text ? setenv("PA_JIT_PROCESSES", text, 1) : unsetenv("PA_JIT_PROCESSES");
    ASSERT_TRUE(mostCompilers());
    EXPECT_GE(*mostCompilers(), 1u);
  }
  for (auto [text, most] : {std::pair("1", 1u), {"3", 3u}, {"1024", 1024u}}) {
    setenv("PA_JIT_PROCESSES", text, 1);
    ASSERT_TRUE(mostCompilers()) << text;
    EXPECT_EQ(most, *mostCompilers());
  }
  for (const char *text :
       {"0", "-5", "none", "1025", "1000000", "18446744073709551617", "3 ", " 3", "+3", "2.5", "4K"}) {
    setenv("PA_JIT_PROCESSES", text, 1);
    auto refused = mostCompilers();
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(ErrorCode::invalidArgument, refused.error().code);
    EXPECT_EQ("PA_JIT_PROCESSES is '" + std::string(text) + "', allowed: a whole number from 1 to 1024",
              refused.error().message);
  }
}

TEST_F(Settings, theCachesLimitIsInBytesOrUnits) {
  EXPECT_EQ(1073741824u, *cacheLimit());
  struct {
    const char *text;
    uint64_t bytes;
    const char *shown;
  } const right[] = {
      {"", 1073741824, "1G"},
      {"1", 1, "1"},
      {"1500", 1500, "1500"},
      {"4096", 4096, "4K"},
      {"64K", 65536, "64K"},
      {"512M", 536870912, "512M"},
      {"1536M", 1610612736, "1536M"},
      {"2G", 2147483648, "2G"},
      {"18446744073709551615", UINT64_MAX, "18446744073709551615"},
      {"17179869183G", 18446744072635809792u, "17179869183G"},
  };
  for (const auto &tested : right) {
    setenv("PA_CACHE_BYTES", tested.text, 1);
    auto limit = cacheLimit();
    ASSERT_TRUE(limit) << tested.text;
    EXPECT_EQ(tested.bytes, *limit);
    EXPECT_EQ(tested.shown, inUnits(*limit));
  }
  for (const char *text :
       {"0", "0G", "-1", "K", "much", "1T", "1k", "1GB", "1.5G", "1 G", " 1", "18446744073709551616", "17179869184G"}) {
    setenv("PA_CACHE_BYTES", text, 1);
    auto refused = cacheLimit();
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(ErrorCode::invalidArgument, refused.error().code);
    EXPECT_EQ("PA_CACHE_BYTES is '" + std::string(text) +
                  "', allowed: a whole number of bytes from 1, or of KiB, MiB or GiB as in 64K, 512M, 2G",
              refused.error().message);
  }
  EXPECT_EQ("0", inUnits(0));
}

} // namespace
