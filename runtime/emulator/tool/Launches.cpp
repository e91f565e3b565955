#include "runtime/emulator/tool/Launches.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <iterator>

namespace pa::emu::tool {
namespace {

using nlohmann::json;

// Thrown inside this file only; readLaunch turns it into an Error.
struct BadField {
  std::string field, text;
};
[[noreturn]] void fail(const std::string &field, const std::string &text) { throw BadField{field, text}; }

// An object whose keys are all known.
void checkKeys(const json &object, const std::string &field, std::initializer_list<const char *> known) {
  if (!object.is_object())
    fail(field, "must be an object");
  for (const auto &entry : object.items()) {
    bool found = false;
    std::string all;
    for (const char *k : known) {
      found |= entry.key() == k;
      all += (all.empty() ? "" : ", ") + std::string(k);
    }
    if (!found)
      fail(field + "." + entry.key(), "unknown key; known: " + all);
  }
}

uint64_t unsignedOf(const json &value, const std::string &field, uint64_t most = ~0ull) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() > most)
    fail(field, "must be an unsigned number of at most " + std::to_string(most) + ", got " + value.dump());
  return value.get<uint64_t>();
}
std::string textOf(const json &value, const std::string &field) {
  if (!value.is_string())
    fail(field, "must be a string, got " + value.dump());
  return value.get<std::string>();
}
const json &need(const json &object, const char *key, const std::string &field) {
  auto found = object.find(key);
  if (found == object.end())
    fail(field + "." + key, "is missing");
  return *found;
}

std::array<uint32_t, 3> threeOf(const json &value, const std::string &field) {
  if (!value.is_array() || value.empty() || value.size() > 3)
    fail(field, "must be a list of one to three numbers, got " + value.dump());
  std::array<uint32_t, 3> out = {1, 1, 1};
  for (size_t n = 0; n < value.size(); ++n)
    out[n] = uint32_t(unsignedOf(value[n], field, 0xffffffffu));
  return out;
}

std::vector<uint8_t> hexOf(const std::string &text, const std::string &field) {
  std::vector<uint8_t> out;
  for (size_t n = 0; n + 1 < text.size() + 1 && n < text.size(); n += 2) {
    char pair[3] = {text[n], n + 1 < text.size() ? text[n + 1] : 'x', 0};
    char *end = nullptr;
    out.push_back(uint8_t(std::strtoul(pair, &end, 16)));
    if (*end)
      fail(field, "must be pairs of hex digits, got '" + text + "'");
  }
  return out;
}

std::string besides(const std::string &path, const std::string &directory) {
  return path.empty() || path[0] == '/' || directory.empty() ? path : directory + "/" + path;
}

BufferDescription bufferOf(const std::string &name, const json &b, const std::string &directory) {
  std::string field = "buffers." + name;
  checkKeys(b, field, {"file", "bytes", "fill", "readonly", "address"});
  BufferDescription out;
  out.name = name;
  if (b.contains("file"))
    out.file = besides(textOf(b["file"], field + ".file"), directory);
  if (b.contains("bytes"))
    out.bytes = unsignedOf(b["bytes"], field + ".bytes");
  if (out.file.empty() && !b.contains("bytes"))
    fail(field, "needs 'file' or 'bytes'");
  if (b.contains("fill")) {
    std::vector<uint8_t> fill = hexOf(textOf(b["fill"], field + ".fill"), field + ".fill");
    if (fill.size() != 1)
      fail(field + ".fill", "must be one byte in hex");
    out.fill = fill[0];
  }
  if (b.contains("readonly")) {
    if (!b["readonly"].is_boolean())
      fail(field + ".readonly", "must be true or false");
    out.options.readOnly = b["readonly"].get<bool>();
  }
  if (b.contains("address"))
    out.options.address = unsignedOf(b["address"], field + ".address");
  return out;
}

struct ValueType {
  const char *name;
  unsigned bytes;
  bool floating;
};
constexpr ValueType valueTypes[] = {{"u8", 1, false}, {"u16", 2, false}, {"u32", 4, false}, {"u64", 8, false},
                                    {"i8", 1, false}, {"i16", 2, false}, {"i32", 4, false}, {"i64", 8, false},
                                    {"f32", 4, true}, {"f64", 8, true}};

void putBytes(std::vector<uint8_t> &kernarg, uint64_t at, const void *data, size_t bytes, const std::string &field) {
  if (at > kernarg.size() || bytes > kernarg.size() - at)
    fail(field, "lies outside the " + std::to_string(kernarg.size()) + " bytes of kernarg");
  std::memcpy(kernarg.data() + at, data, bytes);
}

void addNumber(std::vector<uint8_t> &kernarg, uint64_t at, const ValueType &type, const json &value,
               const std::string &field) {
  if (!value.is_number() || (!type.floating && !value.is_number_integer()))
    fail(field, "must be a number of type " + std::string(type.name) + ", got " + value.dump());
  if (type.floating && type.bytes == 4) {
    float f = value.get<float>();
    return putBytes(kernarg, at, &f, 4, field);
  }
  if (type.floating) {
    double d = value.get<double>();
    return putBytes(kernarg, at, &d, 8, field);
  }
  uint64_t bits = value.is_number_unsigned() ? value.get<uint64_t>() : uint64_t(value.get<int64_t>());
  bool isSigned = type.name[0] == 'i';
  unsigned width = type.bytes * 8;
  bool fits = width == 64 ||
              (isSigned ? int64_t(bits) >= -(int64_t(1) << (width - 1)) && int64_t(bits) < int64_t(1) << (width - 1)
                        : bits >> width == 0);
  if (!fits || (!isSigned && !value.is_number_unsigned()))
    fail(field, value.dump() + " does not fit " + type.name);
  putBytes(kernarg, at, &bits, type.bytes, field);
}

void addValue(LaunchDescription &out, const json &v, const std::string &field) {
  checkKeys(v, field,
            {"at", "pointer", "offset", "hex", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64"});
  uint64_t at = unsignedOf(need(v, "at", field), field + ".at");
  unsigned given = 0;
  if (v.contains("pointer")) {
    PointerArgument p;
    p.at = uint32_t(at);
    p.buffer = textOf(v["pointer"], field + ".pointer");
    p.offset = v.contains("offset") ? unsignedOf(v["offset"], field + ".offset") : 0;
    uint64_t zero = 0;
    putBytes(out.launch.kernarg, at, &zero, 8, field);
    out.pointers.push_back(p);
    ++given;
  }
  if (v.contains("hex")) {
    std::vector<uint8_t> bytes = hexOf(textOf(v["hex"], field + ".hex"), field + ".hex");
    putBytes(out.launch.kernarg, at, bytes.data(), bytes.size(), field);
    ++given;
  }
  for (const ValueType &t : valueTypes)
    if (v.contains(t.name)) {
      addNumber(out.launch.kernarg, at, t, v[t.name], field + "." + t.name);
      ++given;
    }
  if (given != 1)
    fail(field, "needs exactly one value");
}

LaunchDescription launchOf(const json &d, const std::string &directory) {
  checkKeys(d, "launch",
            {"code_object", "kernel", "grid", "grid_items", "block", "dynamic_lds", "buffers", "kernarg", "save",
             "max_instructions"});
  LaunchDescription out;
  out.codeObject = besides(textOf(need(d, "code_object", "launch"), "code_object"), directory);
  out.launch.kernel = textOf(need(d, "kernel", "launch"), "kernel");
  out.launch.block = threeOf(need(d, "block", "launch"), "block");
  if (d.contains("grid") == d.contains("grid_items"))
    fail("grid", "exactly one of 'grid' and 'grid_items' is needed");
  if (d.contains("grid"))
    out.launch.grid = threeOf(d["grid"], "grid");
  else
    out.launch.items = threeOf(d["grid_items"], "grid_items");
  if (d.contains("dynamic_lds"))
    out.launch.dynamicLds = uint32_t(unsignedOf(d["dynamic_lds"], "dynamic_lds", 1u << 20));
  if (d.contains("max_instructions"))
    out.maxInstructions = unsignedOf(d["max_instructions"], "max_instructions");
  if (d.contains("buffers")) {
    if (!d["buffers"].is_object())
      fail("buffers", "must be an object");
    for (const auto &b : d["buffers"].items())
      out.buffers.push_back(bufferOf(b.key(), b.value(), directory));
  }
  if (d.contains("kernarg")) {
    const json &k = d["kernarg"];
    checkKeys(k, "kernarg", {"size", "values"});
    out.launch.kernarg.resize(unsignedOf(need(k, "size", "kernarg"), "kernarg.size", 1u << 20));
    if (k.contains("values")) {
      if (!k["values"].is_array())
        fail("kernarg.values", "must be a list");
      for (size_t n = 0; n < k["values"].size(); ++n)
        addValue(out, k["values"][n], "kernarg.values[" + std::to_string(n) + "]");
    }
  }
  if (d.contains("save")) {
    if (!d["save"].is_object())
      fail("save", "must be an object");
    for (const auto &s : d["save"].items())
      out.save[s.key()] = besides(textOf(s.value(), "save." + s.key()), directory);
  }
  auto known = [&](const std::string &name) {
    for (const BufferDescription &b : out.buffers)
      if (b.name == name)
        return true;
    return false;
  };
  for (const PointerArgument &p : out.pointers)
    if (!known(p.buffer))
      fail("kernarg", "no buffer '" + p.buffer + "'");
  for (const auto &s : out.save)
    if (!known(s.first))
      fail("save", "no buffer '" + s.first + "'");
  return out;
}

Error errorOf(std::string text) {
  Error e;
  e.kind = ErrorKind::badLaunch;
  e.message = std::move(text);
  return e;
}

} // namespace

Result<std::string> readFile(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return errorOf("cannot read '" + path + "'");
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

Status writeFile(const std::string &path, const void *data, size_t bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(static_cast<const char *>(data), std::streamsize(bytes));
  out.close();
  if (!out)
    return errorOf("cannot write '" + path + "'");
  return {};
}

Result<LaunchDescription> readLaunch(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text)
    return text.error();
  size_t slash = path.rfind('/');
  try {
    return launchOf(json::parse(*text), slash == std::string::npos ? "" : path.substr(0, slash));
  } catch (const json::exception &e) {
    return errorOf(path + ": " + e.what());
  } catch (const BadField &e) {
    return errorOf(path + ": field '" + e.field + "' " + e.text);
  }
}

} // namespace pa::emu::tool
