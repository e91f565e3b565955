// A JSON text as a small tree. nlohmann's own value allocates where it is destroyed, so that a host out of memory ends
// the process; here only reading and building allocate, and both may fail.
#ifndef PA_COMPILER_VARIANT_JSONVALUE_H
#define PA_COMPILER_VARIANT_JSONVALUE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace pa {

class JsonValue;
struct JsonMember;
// Types of their own, since a std::variant of the standard library's types alone is undefined in libstdc++ 12 when its
// copying throws: it takes such a one for one that always has a value.
struct JsonArray : std::vector<JsonValue> {
  using std::vector<JsonValue>::vector;
};
struct JsonObject : std::vector<JsonMember> { // in the order of the text; what is read has no name twice
  using std::vector<JsonMember>::vector;
};

class JsonValue {
public:
  JsonValue() = default; // null
  JsonValue(bool value) : held(value) {}
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>>>
  JsonValue(Integer value) {
    if constexpr (std::is_signed_v<Integer>)
      held = int64_t(value);
    else
      held = uint64_t(value);
  }
  JsonValue(double value) : held(value) {}
  JsonValue(std::string value) : held(std::move(value)) {}
  JsonValue(const char *value) : held(std::string(value)) {}
  JsonValue(JsonArray values) : held(std::move(values)) {}
  JsonValue(JsonObject members) : held(std::move(members)) {}

  // Null if it holds another type. A number that is read and not negative is a uint64_t, a negative one an int64_t.
  template <class T> const T *as() const { return std::get_if<T>(&held); }
  template <class T> T *as() { return std::get_if<T>(&held); }
  // Null if it is no object or has no such member.
  const JsonValue *find(std::string_view name) const;
  template <class F> void visit(F &&each) const { std::visit(each, held); }

private:
  std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, JsonArray, JsonObject> held;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// As short as can be: numbers and escapes as nlohmann writes them, a byte that is no UTF-8 as U+FFFD.
std::string printJson(const JsonValue &value);
// A part of any bytes for a text, as UTF-8: what is none becomes U+FFFD.
std::string toUtf8(std::string_view bytes);

// How deep objects and arrays may be in each other. What is destroyed one in another needs a stack.
constexpr size_t maxJsonDepth = 32;

struct ParsedJson {
  std::optional<JsonValue> value;
  std::string error; // "is not JSON text: parse error at line 1, column 2: ...", said of the text
  std::string twice; // "launch.block", if that is why
};
ParsedJson parseJson(std::string_view text);

} // namespace pa

#endif
