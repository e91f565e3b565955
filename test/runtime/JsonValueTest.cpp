// Our JSON values against nlohmann's: what is read, and how it is written.
#include "compiler/variant/JsonValue.h"
#include "test/runtime/Has.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

using namespace pa;
using Theirs = nlohmann::ordered_json;

namespace {

std::string theirs(const Theirs &json) { return json.dump(-1, ' ', false, Theirs::error_handler_t::replace); }
std::string ours(std::string_view text) {
  ParsedJson parsed = parseJson(text);
  return parsed.value ? printJson(*parsed.value) : parsed.error;
}

TEST(JsonValue, everyKindIsReadAndWritten) {
  const std::string text =
      R"({"b":[true,false,null],"a":{"":{},"x":[]},"n":[0,7,-7,1.5,-0.0,1e300,18446744073709551615,)"
      R"(-9223372036854775808,18446744073709551616],"s":"\u00e9\ud83d\ude00\"\\\n\u0001 /"})";
  EXPECT_EQ(theirs(Theirs::parse(text)), ours(text));
  EXPECT_EQ(ours(text), ours("\n " + ours(text) + "\t\r\n"));
  ParsedJson parsed = parseJson(text);
  const JsonValue *numbers = parsed.value->find("n");
  ASSERT_TRUE(numbers && numbers->as<JsonArray>());
  EXPECT_EQ(7u, *numbers->as<JsonArray>()->at(1).as<uint64_t>());
  EXPECT_EQ(-7, *numbers->as<JsonArray>()->at(2).as<int64_t>());
  EXPECT_EQ(1.5, *numbers->as<JsonArray>()->at(3).as<double>());
  EXPECT_EQ(nullptr, parsed.value->find("c"));
  EXPECT_EQ(nullptr, numbers->find("n"));
}

TEST(JsonValue, numbersAreWrittenAsNlohmannDoes) {
  std::mt19937_64 random(1);
  for (double number : {0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 1e-4, 1e-5, 123456.75, 5e-324, 1.7976931348623157e308})
    EXPECT_EQ(theirs(number), printJson(number));
  for (int i = 0; i < 20000; ++i) {
    uint64_t bits = random();
    double number;
    std::memcpy(&number, &bits, sizeof number);
    ASSERT_EQ(theirs(number), printJson(number)); // NaN and infinity among them: null
    ASSERT_EQ(theirs(bits), printJson(bits));
    ASSERT_EQ(theirs(int64_t(bits)), printJson(int64_t(bits)));
  }
  EXPECT_EQ("null", printJson(std::numeric_limits<double>::infinity()));
  EXPECT_EQ("-1", printJson(-1));
  EXPECT_EQ("4294967295", printJson(~0u));
}

// All pairs of bytes in front of others, and random ones.
TEST(JsonValue, anyBytesAreWrittenAsNlohmannDoes) {
  auto expectSame = [](const std::string &bytes) {
    std::string written = printJson(bytes);
    ASSERT_EQ(theirs(bytes), written);
    ASSERT_EQ(toUtf8(bytes), *parseJson(written).value->as<std::string>());
  };
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second)
      for (const char *rest : {"", "a", "\x80", "\x80\x80z", "\xbf\xbf"})
        expectSame(std::string{char(first), char(second)} + rest);
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 12, 0);
    for (char &byte : bytes)
      byte = char("\x00\x22\x41\x80\x8f\x9f\xa0\xbf\xc2\xe0\xed\xef\xf0\xf4\xf5\xff"[random() % 16]);
    expectSame(bytes);
  }
}

TEST(JsonValue, whatIsWrongIsSaidWithItsPlace) {
  struct {
    const char *text, *error;
  } const cases[] = {
      {"", "is not JSON text: parse error at line 1, column 1: "},
      {"{\"a\": 1,\n \"b\" 2}", "is not JSON text: parse error at line 2, column 6: syntax error while parsing object "
                                "separator"},
      {"{} x", "is not JSON text: parse error at line 1, column 4: "},
      {"[1e999]", "is not JSON text: number overflow parsing '1e999'"},
      {"\"\xff\"", "invalid string: ill-formed UTF-8 byte; last read: '\"\xef\xbf\xbd'"},
      {R"({"a":1,"b":2,"a":1})", "has 'a' twice"},
      {R"({"launch":[{"x":{"":1,"":2}}]})", "has 'launch.x.' twice"},
  };
  for (const auto &tested : cases) {
    ParsedJson parsed = parseJson(tested.text);
    EXPECT_FALSE(parsed.value) << tested.text;
    EXPECT_TRUE(has(parsed.error, tested.error));
  }
  EXPECT_EQ("launch.block", parseJson(R"({"launch":{"block":1,"block":1}})").twice);
  // A whole string is quoted, but not without end.
  EXPECT_LT(parseJson("\"" + std::string(100000, 'x')).error.size(), 400u);
}

TEST(JsonValue, depthIsLimited) {
  auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(nested(maxJsonDepth), ours(nested(maxJsonDepth)));
  EXPECT_EQ("has objects or arrays more than 32 deep in each other", ours(nested(maxJsonDepth + 1)));
  EXPECT_EQ("has objects or arrays more than 32 deep in each other", ours(std::string(1 << 20, '[')));
}

// What parses there parses here, if no name is there twice, and the other way round.
TEST(JsonValue, randomTexts) {
  std::mt19937 random(1);
  const char *const parts[] = {"{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "1", "-2", "0.5", "true", "null", " "};
  int read = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text;
    for (size_t count = random() % 10 + 1; count > 0; --count)
      text += parts[random() % std::size(parts)];
    ParsedJson parsed = parseJson(text);
    Theirs expected = Theirs::parse(text, nullptr, false);
    if (parsed.value) {
      ASSERT_EQ(theirs(expected), printJson(*parsed.value)) << text;
      ++read;
    } else {
      ASSERT_TRUE(expected.is_discarded() || !parsed.twice.empty()) << text;
    }
  }
  EXPECT_GT(read, 1000);
}

} // namespace
