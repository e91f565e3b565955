#include "runtime/emulator/tool/Buffers.h"

#include "runtime/emulator/tool/Files.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace pa::emu::tool {
namespace {

std::string field(const BufferDescription &b) { return "field 'buffers." + b.name + "' "; }

// What a slice holds: the wanted part of its file.
Result<std::string> contentOf(const Slice &s, const std::string &where) {
  if (s.file.empty())
    return std::string(s.content.begin(), s.content.end());
  Result<std::string> file = readFile(s.file);
  if (!file)
    return file;
  if (s.from > file->size() || s.bytes > file->size() - s.from)
    return toolError(where + "wants bytes " + std::to_string(s.from) + " to " + std::to_string(s.from + s.bytes) +
                     " of '" + s.file + "', which has " + std::to_string(file->size()));
  return file->substr(size_t(s.from), s.bytes ? size_t(s.bytes) : file->npos);
}

} // namespace

Status Buffers::fill(const BufferDescription &b, const std::vector<std::string> &contents) {
  uint64_t address = placed[b.name].address, bytes = placed[b.name].bytes;
  if (b.fill)
    if (Status s = memory.fill(address, *b.fill, bytes); !s)
      return s;
  for (size_t n = 0; n < contents.size(); ++n) {
    uint64_t at = b.slices[n].at;
    // A buffer smaller than its file takes the beginning.
    uint64_t count = at < bytes ? std::min<uint64_t>(contents[n].size(), bytes - at) : 0;
    if (at > bytes || (count < contents[n].size() && b.slices[n].file.empty()))
      return toolError(field(b) + "has " + std::to_string(bytes) + " bytes, too few for what is at " +
                       std::to_string(at));
    if (Status s = memory.write(address + at, contents[n].data(), count); !s)
      return s;
  }
  return {};
}

Status Buffers::place(const std::vector<BufferDescription> &descriptions) {
  for (const BufferDescription &b : descriptions) {
    std::vector<std::string> contents;
    uint64_t end = 0;
    for (const Slice &s : b.slices) {
      Result<std::string> content = contentOf(s, field(b));
      if (!content)
        return content.error();
      end = std::max<uint64_t>(end, s.at + content->size());
      contents.push_back(std::move(*content));
    }
    uint64_t bytes = b.bytes ? b.bytes : end;
    Result<uint64_t> address = memory.allocate(b.name, bytes, b.options);
    if (!address)
      return toolError(field(b) + address.error().message);
    placed[b.name] = {*address, bytes};
    if (Status s = fill(b, contents); !s)
      return s;
  }
  for (const BufferDescription &b : descriptions)
    for (const PointerTable &t : b.pointers) {
      std::vector<uint64_t> table(t.count);
      for (uint64_t n = 0; n < t.count; ++n)
        table[n] = placed[t.buffer].address + t.offset + n * t.stride;
      const Placed &p = placed[b.name];
      if (t.at > p.bytes || t.count > (p.bytes - t.at) / 8)
        return toolError("field '" + t.field + "' needs " + std::to_string(8 * t.count) + " bytes at " +
                         std::to_string(t.at) + ", the buffer has " + std::to_string(p.bytes));
      if (Status s = memory.write(p.address + t.at, table.data(), 8 * t.count); !s)
        return s;
    }
  return {};
}

std::vector<uint8_t> Buffers::bytesOf(const Value &value) const {
  std::vector<uint8_t> bytes = value.bytes;
  if (!value.buffer.empty()) {
    uint64_t address = placed.at(value.buffer).address + value.offset;
    std::memcpy(bytes.data(), &address, sizeof address);
  }
  return bytes;
}

Status Buffers::writeGlobals(const Module &module, const std::map<std::string, Value> &globals) {
  for (const auto &[name, value] : globals) {
    std::optional<Symbol> symbol = module.symbol(name);
    if (!symbol)
      return toolError("field '" + value.field + "': the object has no variable of that name");
    std::vector<uint8_t> bytes = bytesOf(value);
    if (bytes.size() > symbol->bytes)
      return toolError("field '" + value.field + "' gives " + std::to_string(bytes.size()) +
                       " bytes, the variable has " + std::to_string(symbol->bytes));
    if (Status s = memory.write(symbol->address, bytes.data(), bytes.size()); !s)
      return s;
  }
  return {};
}

Status Buffers::save(const Saved &saved, std::vector<Error> *undefined) {
  const Placed &p = placed.at(saved.buffer);
  uint64_t bytes = saved.bytes ? saved.bytes : p.bytes - std::min(saved.from, p.bytes);
  if (saved.from > p.bytes || bytes > p.bytes - saved.from)
    return toolError("field 'save." + saved.buffer + "' wants " + std::to_string(bytes) + " bytes from " +
                     std::to_string(saved.from) + " on, the buffer has " + std::to_string(p.bytes));
  std::vector<uint8_t> content(bytes);
  Status read = memory.read(p.address + saved.from, content.data(), bytes);
  if (!read && read.error().kind != ErrorKind::undefinedValue)
    return read;
  if (Status written = writeFile(saved.file, content.data(), content.size()); !written)
    return written;
  if (!read && undefined) {
    undefined->push_back(read.error());
    return {};
  }
  return read;
}

Status Buffers::compare(const Expected &e) {
  std::string wanted(e.content.begin(), e.content.end());
  if (!e.file.empty()) {
    Result<std::string> file = readFile(e.file);
    if (!file)
      return file.error();
    wanted = std::move(*file);
  }
  const Placed &p = placed.at(e.buffer);
  if (e.at > p.bytes || wanted.size() > p.bytes - e.at)
    return toolError("field '" + e.field + "' expects " + std::to_string(wanted.size()) + " bytes at " +
                     std::to_string(e.at) + ", the buffer has " + std::to_string(p.bytes));
  std::vector<uint8_t> content(wanted.size());
  Status read = memory.read(p.address + e.at, content.data(), content.size());
  if (!read && read.error().kind != ErrorKind::undefinedValue)
    return read;
  size_t different = 0, count = wanted.size() / e.type->bytes;
  std::string first;
  for (size_t n = 0; n < count; ++n) {
    const auto *a = content.data() + n * e.type->bytes;
    const auto *b = reinterpret_cast<const uint8_t *>(wanted.data()) + n * e.type->bytes;
    if (std::memcmp(a, b, e.type->bytes) == 0)
      continue;
    double got = numberAt(*e.type, a), want = numberAt(*e.type, b);
    // Written so that a NaN on one side alone is a difference.
    if (std::fabs(got - want) <= e.absolute + e.relative * std::fabs(want) || (std::isnan(got) && std::isnan(want)))
      continue;
    if (different++ == 0) {
      char text[160];
      std::snprintf(text, sizeof text, "element %zu (%s) is %.9g, expected %.9g", n, e.type->name, got, want);
      first = text;
    }
  }
  if (different == 0)
    return {};
  return toolError("'" + e.buffer + "' is not as expected: " + first + "; " + std::to_string(different) + " of " +
                   std::to_string(count) + " differ");
}

} // namespace pa::emu::tool
