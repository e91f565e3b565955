#include "compiler/variant/JsonValue.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace pa {
namespace {

// What may follow a first byte: RFC 3629, section 4.
struct Lead {
  uint8_t first, last;
  size_t more;
  uint8_t least, most; // of the second byte; the later ones are 80 to BF
};
constexpr Lead leads[] = {{0x00, 0x7f, 0, 0x80, 0xbf}, {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf},
                          {0xe1, 0xec, 2, 0x80, 0xbf}, {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf},
                          {0xf0, 0xf0, 3, 0x90, 0xbf}, {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f}};

struct Character {
  size_t bytes;
  bool valid;
};

// The first one of a text that is not empty, or as many bytes as one could begin with.
Character firstCharacter(std::string_view text) {
  auto byte = [&](size_t at) { return uint8_t(text[at]); };
  for (const Lead &lead : leads) {
    if (byte(0) < lead.first || byte(0) > lead.last)
      continue;
    size_t count = 1;
    while (count <= lead.more && count < text.size() && byte(count) >= (count == 1 ? lead.least : 0x80) &&
           byte(count) <= (count == 1 ? lead.most : 0xbf))
      ++count;
    return {count, count == lead.more + 1};
  }
  return {1, false};
}

template <class F> void eachCharacter(std::string_view text, F visit) {
  while (!text.empty()) {
    auto [bytes, valid] = firstCharacter(text);
    visit(valid ? text.substr(0, bytes) : std::string_view("\xef\xbf\xbd"));
    text.remove_prefix(bytes);
  }
}

void writeEscaped(char character, std::string &out) {
  constexpr std::string_view letters = "\"\\\b\f\n\r\t", escapes = "\"\\bfnrt";
  if (size_t at = letters.find(character); at != letters.npos) {
    out += '\\';
    out += escapes[at];
  } else if (uint8_t(character) < 0x20) {
    char code[7];
    std::snprintf(code, sizeof code, "\\u%04x", unsigned(character));
    out += code;
  } else {
    out += character;
  }
}

class Writer {
public:
  std::string out;

  void operator()(std::monostate) { out += "null"; }
  void operator()(bool value) { out += value ? "true" : "false"; }
  void operator()(int64_t value) { out += std::to_string(value); }
  void operator()(uint64_t value) { out += std::to_string(value); }
  void operator()(double value) {
    char digits[64];
    if (value - value == 0) // finite
      out.append(digits, nlohmann::detail::to_chars(digits, digits + sizeof digits, value));
    else
      out += "null";
  }
  void operator()(const std::string &value) {
    out += '"';
    eachCharacter(value, [&](std::string_view character) {
      if (character.size() == 1)
        writeEscaped(character.front(), out);
      else
        out += character;
    });
    out += '"';
  }
  void operator()(const JsonArray &values) {
    list('[', values, [&](const JsonValue &value) { value.visit(*this); });
    out += ']';
  }
  void operator()(const JsonObject &members) {
    list('{', members, [&](const JsonMember &member) {
      (*this)(member.name);
      out += ':';
      member.value.visit(*this);
    });
    out += '}';
  }

private:
  template <class All, class F> void list(char begin, const All &all, F write) {
    out += begin;
    for (const auto &one : all) {
      if (&one != &all.front())
        out += ',';
      write(one);
    }
  }
};

// What nlohmann's parser calls; it keeps no values of its own. Each function says whether to go on.
class Builder {
public:
  ParsedJson parsed;

  bool null() { return add({}); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(int64_t value) { return add(value); }
  bool number_unsigned(uint64_t value) { return add(value); }
  bool number_float(double value, const std::string &) { return add(value); }
  bool string(std::string &value) { return add(std::move(value)); }
  bool binary(std::vector<uint8_t> &) { return false; } // not of a text
  bool start_object(size_t) { return begin(JsonObject()); }
  bool start_array(size_t) { return begin(JsonArray()); }
  bool key(std::string &name) {
    open.back()->as<JsonObject>()->push_back({std::move(name), {}});
    return true;
  }
  bool end_object() {
    const std::string *twice = nameThatIsThereTwice(*open.back()->as<JsonObject>());
    open.pop_back();
    if (!twice)
      return true;
    for (JsonValue *outer : open)
      if (auto *members = outer->as<JsonObject>())
        parsed.twice += members->back().name + ".";
    parsed.twice += *twice;
    parsed.error = "has '" + toUtf8(parsed.twice) + "' twice";
    return false;
  }
  bool end_array() {
    open.pop_back();
    return true;
  }
  bool parse_error(size_t, const std::string &, const std::exception &exception) {
    std::string_view text = exception.what();
    text = text.substr(text.find("] ") + 2); // its own name is in front
    parsed.error = "is not JSON text: " + toUtf8(text.substr(0, longest)) + (text.size() > longest ? "..." : "");
    return false;
  }

private:
  static constexpr size_t longest = 300; // of an error: the parser quotes a whole string

  JsonValue &place(JsonValue value) {
    if (open.empty())
      return parsed.value.emplace(std::move(value));
    if (auto *members = open.back()->as<JsonObject>())
      return members->back().value = std::move(value);
    return open.back()->as<JsonArray>()->emplace_back(std::move(value));
  }
  bool add(JsonValue value) {
    place(std::move(value));
    return true;
  }
  bool begin(JsonValue container) {
    if (open.size() == maxJsonDepth) {
      parsed.error = "has objects or arrays more than " + std::to_string(maxJsonDepth) + " deep in each other";
      return false;
    }
    open.push_back(&place(std::move(container)));
    return true;
  }
  static const std::string *nameThatIsThereTwice(const JsonObject &members) {
    std::vector<const std::string *> names;
    names.reserve(members.size());
    for (const JsonMember &member : members)
      names.push_back(&member.name);
    std::sort(names.begin(), names.end(), [](auto *a, auto *b) { return *a < *b; });
    auto twice = std::adjacent_find(names.begin(), names.end(), [](auto *a, auto *b) { return *a == *b; });
    return twice == names.end() ? nullptr : *twice;
  }

  // A container's place does not change while it is open: nothing is added to those around it.
  std::vector<JsonValue *> open;
};

} // namespace

const JsonValue *JsonValue::find(std::string_view name) const {
  if (auto *members = as<JsonObject>())
    for (const JsonMember &member : *members)
      if (member.name == name)
        return &member.value;
  return nullptr;
}

std::string printJson(const JsonValue &value) {
  Writer writer;
  value.visit(writer);
  return std::move(writer.out);
}

std::string toUtf8(std::string_view bytes) {
  std::string text;
  eachCharacter(bytes, [&](std::string_view character) { text += character; });
  return text;
}

ParsedJson parseJson(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    builder.parsed.value.reset();
  return std::move(builder.parsed);
}

} // namespace pa
