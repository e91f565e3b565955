#include "runtime/emulator/tool/Launches.h"

#include "runtime/emulator/tool/Files.h"

#include <algorithm>

namespace pa::emu::tool {
namespace {

std::vector<std::string> withTypes(std::vector<std::string> keys) {
  std::vector<std::string> types = valueTypeNames();
  keys.push_back("hex");
  keys.insert(keys.end(), types.begin(), types.end());
  return keys;
}

class DescriptionReader {
public:
  explicit DescriptionReader(std::string directory) : directory(std::move(directory)) {}
  LaunchDescription read(const json &d);

private:
  Slice slice(const json &s, const std::string &field) const;
  BufferDescription buffer(const std::string &name, const json &b) const;
  PointerTable pointers(const json &p, const std::string &field) const;
  Value value(const json &v, const std::string &field) const;
  void raw(LaunchStep &step, const json &k, const std::string &field) const;
  void arguments(LaunchStep &step, const json &a, const std::string &field) const;
  LaunchStep launch(const json &d, const std::string &field) const;
  Saved saved(const std::string &buffer, const json &s) const;
  Expected expected(const std::string &buffer, const json &e, const std::string &field) const;
  // The buffer of that name has to be there.
  void knownBuffer(const std::string &name, const std::string &field) const;

  std::string directory;
  LaunchDescription out;
};

Slice DescriptionReader::slice(const json &s, const std::string &field) const {
  Slice out;
  out.at = unsignedOr(s, "at", 0, field);
  if (s.contains("file")) {
    out.file = besides(textOf(s["file"], field + ".file"), directory);
    out.from = unsignedOr(s, "from", 0, field);
    out.bytes = unsignedOr(s, "length", 0, field);
  } else if (s.contains("from") || s.contains("length")) {
    fail(field, "has 'from' or 'length' without 'file'");
  } else if (!valueOf(s, field, out.content)) {
    fail(field, "needs 'file' or a value");
  }
  return out;
}

PointerTable DescriptionReader::pointers(const json &p, const std::string &field) const {
  checkKeys(p, field, {"at", "buffer", "offset", "stride", "count"});
  PointerTable t;
  t.field = field;
  t.at = unsignedOf(need(p, "at", field), field + ".at");
  t.buffer = textOf(need(p, "buffer", field), field + ".buffer");
  t.offset = unsignedOr(p, "offset", 0, field);
  t.stride = unsignedOr(p, "stride", 0, field);
  t.count = unsignedOr(p, "count", 1, field, 1u << 28);
  return t;
}

BufferDescription DescriptionReader::buffer(const std::string &name, const json &b) const {
  std::string field = "buffers." + name;
  checkKeys(b, field,
            withTypes({"file", "from", "length", "at", "bytes", "fill", "readonly", "address", "defined", "slices",
                       "pointers"}));
  BufferDescription out;
  out.name = name;
  out.bytes = unsignedOr(b, "bytes", 0, field, 1ull << 48);
  std::vector<uint8_t> ignored;
  if (b.contains("file") || b.contains("from") || b.contains("at") || valueOf(b, field, ignored))
    out.slices.push_back(slice(b, field));
  if (b.contains("slices"))
    for (size_t n = 0; n < listOf(b["slices"], field + ".slices").size(); ++n) {
      std::string inner = field + ".slices[" + std::to_string(n) + "]";
      checkKeys(b["slices"][n], inner, withTypes({"file", "from", "length", "at"}));
      out.slices.push_back(slice(b["slices"][n], inner));
    }
  if (b.contains("pointers"))
    for (size_t n = 0; n < listOf(b["pointers"], field + ".pointers").size(); ++n)
      out.pointers.push_back(pointers(b["pointers"][n], field + ".pointers[" + std::to_string(n) + "]"));
  if (out.slices.empty() && out.bytes == 0)
    fail(field, "needs 'file', 'bytes' or a value");
  if (b.contains("fill")) {
    std::vector<uint8_t> fill = hexOf(b["fill"], field + ".fill");
    if (fill.size() != 1)
      fail(field + ".fill", "must be one byte in hex");
    out.fill = fill[0];
  }
  out.options.readOnly = boolOr(b, "readonly", false, field);
  out.options.defined = boolOr(b, "defined", true, field);
  out.options.address = unsignedOr(b, "address", 0, field, 1ull << 48);
  return out;
}

Value DescriptionReader::value(const json &v, const std::string &field) const {
  Value out;
  out.field = field;
  bool given = valueOf(v, field, out.bytes);
  if (v.contains("pointer")) {
    if (given)
      fail(field, "needs exactly one value");
    out.buffer = textOf(v["pointer"], field + ".pointer");
    out.offset = unsignedOr(v, "offset", 0, field);
    out.bytes.resize(8);
    knownBuffer(out.buffer, field + ".pointer");
  } else if (!given) {
    fail(field, "needs exactly one value");
  }
  return out;
}

void DescriptionReader::raw(LaunchStep &step, const json &k, const std::string &field) const {
  checkKeys(k, field, {"size", "values"});
  step.kernargBytes = unsignedOf(need(k, "size", field), field + ".size", 1u << 20);
  if (!k.contains("values"))
    return;
  for (size_t n = 0; n < listOf(k["values"], field + ".values").size(); ++n) {
    const json &v = k["values"][n];
    std::string inner = field + ".values[" + std::to_string(n) + "]";
    checkKeys(v, inner, withTypes({"at", "pointer", "offset"}));
    PlacedValue placed{unsignedOf(need(v, "at", inner), inner + ".at"), value(v, inner)};
    if (placed.at > *step.kernargBytes || placed.value.bytes.size() > *step.kernargBytes - placed.at)
      fail(inner, "lies outside the " + std::to_string(*step.kernargBytes) + " bytes of kernarg");
    step.raw.push_back(std::move(placed));
  }
}

void DescriptionReader::arguments(LaunchStep &step, const json &a, const std::string &field) const {
  auto one = [&](const json &v, const std::string &inner) {
    checkKeys(v, inner, withTypes({"pointer", "offset"}));
    return value(v, inner);
  };
  if (a.is_object()) {
    for (const auto &entry : a.items())
      step.named[entry.key()] = one(entry.value(), field + "." + entry.key());
    return;
  }
  if (!a.is_array())
    fail(field, "must be a list of values, or an object of them by name, got " + a.dump());
  for (size_t n = 0; n < a.size(); ++n)
    step.ordered.push_back(one(a[n], field + "[" + std::to_string(n) + "]"));
}

const std::vector<std::string> launchKeys = {"kernel",  "grid", "grid_items", "block",           "dynamic_lds",
                                             "scratch", "args", "kernarg",    "max_instructions"};

LaunchStep DescriptionReader::launch(const json &d, const std::string &field) const {
  LaunchStep step;
  step.field = field;
  auto inner = [&](const char *key) { return field.empty() ? std::string(key) : field + "." + key; };
  std::string owner = field.empty() ? "launch" : field;
  step.launch.kernel = textOf(need(d, "kernel", owner), inner("kernel"));
  step.launch.block = threeOf(need(d, "block", owner), inner("block"));
  if (d.contains("grid") == d.contains("grid_items"))
    fail(inner("grid"), "exactly one of 'grid' and 'grid_items' is needed");
  if (d.contains("grid"))
    step.launch.grid = threeOf(d["grid"], inner("grid"));
  else
    step.launch.items = threeOf(d["grid_items"], inner("grid_items"));
  if (d.contains("dynamic_lds"))
    step.launch.dynamicLds = uint32_t(unsignedOf(d["dynamic_lds"], inner("dynamic_lds"), 1u << 20));
  if (d.contains("scratch"))
    step.launch.scratchBytes = uint32_t(unsignedOf(d["scratch"], inner("scratch"), 1u << 20));
  if (d.contains("max_instructions"))
    step.maxInstructions = unsignedOf(d["max_instructions"], inner("max_instructions"));
  if (d.contains("kernarg") && d.contains("args"))
    fail(inner("args"), "only one of 'args' and 'kernarg' may be given");
  if (d.contains("kernarg"))
    raw(step, d["kernarg"], inner("kernarg"));
  if (d.contains("args"))
    arguments(step, d["args"], inner("args"));
  return step;
}

Saved DescriptionReader::saved(const std::string &buffer, const json &s) const {
  std::string field = "save." + buffer;
  knownBuffer(buffer, field);
  if (s.is_string())
    return {buffer, besides(textOf(s, field), directory), 0, 0};
  checkKeys(s, field, {"file", "from", "bytes"});
  return {buffer, besides(textOf(need(s, "file", field), field + ".file"), directory), unsignedOr(s, "from", 0, field),
          unsignedOr(s, "bytes", 0, field)};
}

Expected DescriptionReader::expected(const std::string &buffer, const json &e, const std::string &field) const {
  knownBuffer(buffer, field);
  checkKeys(e, field, withTypes({"file", "type", "at", "absolute", "relative"}));
  Expected out;
  out.field = field;
  out.buffer = buffer;
  out.at = unsignedOr(e, "at", 0, field);
  out.absolute = positiveOr(e, "absolute", 0, field);
  out.relative = positiveOr(e, "relative", 0, field);
  bool given = valueOf(e, field, out.content);
  if (given == e.contains("file"))
    fail(field, "needs 'file' or a value");
  std::string type = "u8";
  for (const ValueType &t : valueTypes())
    if (e.contains(t.name))
      type = t.name;
  if (e.contains("file"))
    out.file = besides(textOf(e["file"], field + ".file"), directory);
  if (e.contains("type"))
    type = textOf(e["type"], field + ".type");
  out.type = findValueType(type);
  if (!out.type) {
    std::string all;
    for (const std::string &name : valueTypeNames())
      all += (all.empty() ? "" : ", ") + name;
    fail(field + ".type", "is '" + type + "', allowed: " + all);
  }
  return out;
}

void DescriptionReader::knownBuffer(const std::string &name, const std::string &field) const {
  for (const BufferDescription &b : out.buffers)
    if (b.name == name)
      return;
  fail(field, "no buffer '" + name + "'");
}

LaunchDescription DescriptionReader::read(const json &d) {
  std::vector<std::string> keys = {"code_object", "buffers", "globals", "save", "expect", "launches"};
  bool several = d.is_object() && d.contains("launches");
  if (!several)
    keys.insert(keys.begin() + 1, launchKeys.begin(), launchKeys.end());
  checkKeys(d, "launch", keys);
  out.codeObject = besides(textOf(need(d, "code_object", "launch"), "code_object"), directory);
  if (d.contains("buffers"))
    for (const auto &b : objectOf(d["buffers"], "buffers").items())
      out.buffers.push_back(buffer(b.key(), b.value()));
  for (const BufferDescription &b : out.buffers)
    for (const PointerTable &t : b.pointers)
      knownBuffer(t.buffer, t.field + ".buffer");
  if (d.contains("globals"))
    for (const auto &g : objectOf(d["globals"], "globals").items()) {
      checkKeys(g.value(), "globals." + g.key(), withTypes({"pointer", "offset"}));
      out.globals[g.key()] = value(g.value(), "globals." + g.key());
    }
  if (!several)
    out.launches.push_back(launch(d, ""));
  else
    for (size_t n = 0; n < listOf(d["launches"], "launches").size(); ++n) {
      std::string field = "launches[" + std::to_string(n) + "]";
      checkKeys(d["launches"][n], field, launchKeys);
      out.launches.push_back(launch(d["launches"][n], field));
    }
  if (d.contains("save"))
    for (const auto &s : objectOf(d["save"], "save").items())
      out.saved.push_back(saved(s.key(), s.value()));
  if (d.contains("expect"))
    for (const auto &e : objectOf(d["expect"], "expect").items()) {
      std::string field = "expect." + e.key();
      if (!e.value().is_array()) {
        out.expected.push_back(expected(e.key(), e.value(), field));
        continue;
      }
      for (size_t n = 0; n < e.value().size(); ++n)
        out.expected.push_back(expected(e.key(), e.value()[n], field + "[" + std::to_string(n) + "]"));
    }
  return std::move(out);
}

} // namespace

Result<LaunchDescription> readLaunch(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text)
    return text.error();
  size_t slash = path.rfind('/');
  try {
    return DescriptionReader(slash == std::string::npos ? "" : path.substr(0, slash)).read(json::parse(*text));
  } catch (const json::exception &e) {
    return toolError(path + ": " + e.what());
  } catch (const BadField &e) {
    return toolError(path + ": field '" + e.field + "' " + e.text);
  }
}

} // namespace pa::emu::tool
