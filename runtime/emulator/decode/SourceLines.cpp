#include "runtime/emulator/decode/SourceLines.h"

#include "llvm/BinaryFormat/Dwarf.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pa::emu {
namespace {

namespace dwarf = llvm::dwarf;

// Reads past the end give zeros, and are remembered.
class Cursor {
public:
  explicit Cursor(std::string_view data) : data(data) {}
  bool good() const { return fine; }
  bool more() const { return fine && at < data.size(); }
  size_t position() const { return at; }
  void fail() { fine = false; }

  template <class T> T fixed() {
    T x{};
    if (!take(sizeof x))
      return x;
    std::memcpy(&x, data.data() + at - sizeof x, sizeof x);
    return x;
  }
  uint64_t uleb() {
    uint64_t x = 0;
    for (unsigned shift = 0;; shift += 7) {
      uint8_t byte = fixed<uint8_t>();
      if (shift < 64)
        x |= uint64_t(byte & 127) << shift;
      if (!fine || !(byte & 128))
        return x;
    }
  }
  int64_t sleb() {
    uint64_t x = 0;
    for (unsigned shift = 0;; shift += 7) {
      uint8_t byte = fixed<uint8_t>();
      if (shift < 64)
        x |= uint64_t(byte & 127) << shift;
      if (!fine || !(byte & 128))
        return shift + 7 < 64 && (byte & 64) ? int64_t(x | ~0ull << (shift + 7)) : int64_t(x);
    }
  }
  std::string text() {
    size_t end = data.find('\0', at);
    if (end == data.npos) {
      fine = false;
      return "";
    }
    std::string s(data.substr(at, end - at));
    at = end + 1;
    return s;
  }
  std::string_view bytes(uint64_t count) { return take(count) ? data.substr(at - count, count) : std::string_view(); }

private:
  bool take(uint64_t count) {
    fine &= count <= data.size() - at;
    at += fine ? size_t(count) : 0;
    return fine;
  }
  std::string_view data;
  size_t at = 0;
  bool fine = true;
};

std::string textAt(const std::map<std::string, std::string> &sections, const char *section, uint64_t offset) {
  auto found = sections.find(section);
  if (found == sections.end() || offset >= found->second.size())
    return "";
  return std::string(found->second.c_str() + offset); // a std::string ends with a zero
}

} // namespace

// One unit's table: its header, then the rows that its program makes.
class LineProgram {
public:
  LineProgram(SourceLines &out, const std::map<std::string, std::string> &sections, std::string_view unit)
      : out(out), sections(sections), in(unit), firstFile(out.files.size()) {}
  void run() {
    if (header())
      program();
  }

private:
  struct Format {
    uint64_t content, form;
  };
  bool header();
  bool namesOfVersion5();
  bool namesOfVersion4();
  std::vector<Format> formats();
  std::string value(uint64_t form);
  void program();
  void extended();
  void advance(uint64_t operations) { state.address += operations * leastLength; }
  void emit(bool ends);

  SourceLines &out;
  const std::map<std::string, std::string> &sections;
  Cursor in;
  size_t firstFile; // of this unit in out.files
  unsigned version = 0, leastLength = 1, lineRange = 1, opcodeBase = 1;
  int lineBase = 0;
  std::vector<uint8_t> operandCounts;
  SourceLines::Row state{0, 1, 1, 0, 0, false};
};

// The value as text; numbers and checksums are passed over.
std::string LineProgram::value(uint64_t form) {
  struct Number {
    uint64_t form;
    unsigned bytes;
  };
  constexpr Number numbers[] = {{dwarf::DW_FORM_data1, 1},
                                {dwarf::DW_FORM_data2, 2},
                                {dwarf::DW_FORM_data4, 4},
                                {dwarf::DW_FORM_data8, 8},
                                {dwarf::DW_FORM_data16, 16}};
  for (const Number &n : numbers)
    if (n.form == form) {
      in.bytes(n.bytes);
      return "";
    }
  switch (form) {
  case dwarf::DW_FORM_string:
    return in.text();
  case dwarf::DW_FORM_line_strp:
    return textAt(sections, ".debug_line_str", in.fixed<uint32_t>());
  case dwarf::DW_FORM_strp:
    return textAt(sections, ".debug_str", in.fixed<uint32_t>());
  case dwarf::DW_FORM_udata:
    in.uleb();
    return "";
  case dwarf::DW_FORM_block:
    in.bytes(in.uleb());
    return "";
  default:
    in.fail();
    return "";
  }
}

std::vector<LineProgram::Format> LineProgram::formats() {
  std::vector<Format> list;
  for (unsigned count = in.fixed<uint8_t>(); count > 0 && in.good(); --count) {
    uint64_t content = in.uleb();
    list.push_back({content, in.uleb()});
  }
  return list;
}

bool LineProgram::namesOfVersion5() {
  for (bool directories : {true, false}) {
    std::vector<Format> entry = formats();
    uint64_t count = in.uleb();
    if (entry.empty() && count)
      return false;
    for (uint64_t n = 0; n < count && in.more(); ++n) {
      std::string name;
      for (const Format &f : entry) {
        std::string text = value(f.form);
        if (f.content == dwarf::DW_LNCT_path)
          name = text;
      }
      if (!directories)
        out.files.push_back(name);
    }
  }
  return in.good();
}

// Files are numbered from 1 on.
bool LineProgram::namesOfVersion4() {
  while (in.good() && !in.text().empty()) {
  }
  out.files.push_back("");
  for (std::string name = in.text(); in.good() && !name.empty(); name = in.text()) {
    out.files.push_back(name);
    for (unsigned n = 0; n < 3; ++n)
      in.uleb(); // directory, time, length
  }
  return in.good();
}

bool LineProgram::header() {
  version = in.fixed<uint16_t>();
  if (version < 2 || version > 5)
    return false;
  if (version == 5)
    in.bytes(2); // sizes of an address and of a segment selector
  uint32_t headerBytes = in.fixed<uint32_t>();
  size_t programAt = in.position() + headerBytes;
  leastLength = in.fixed<uint8_t>();
  if (version >= 4)
    in.bytes(1); // operations of an instruction word
  in.bytes(1);   // whether rows begin statements
  lineBase = in.fixed<int8_t>();
  lineRange = in.fixed<uint8_t>();
  opcodeBase = in.fixed<uint8_t>();
  if (!in.good() || lineRange == 0 || opcodeBase == 0)
    return false;
  for (unsigned n = 1; n < opcodeBase; ++n)
    operandCounts.push_back(in.fixed<uint8_t>());
  if (!(version == 5 ? namesOfVersion5() : namesOfVersion4()) || in.position() > programAt)
    return false;
  in.bytes(programAt - in.position());
  return in.good();
}

void LineProgram::emit(bool ends) {
  SourceLines::Row row = state;
  size_t file = firstFile + state.file;
  row.file = file < out.files.size() ? uint32_t(file) : ~0u;
  row.order = uint32_t(out.rows.size());
  row.ends = ends;
  out.rows.push_back(row);
}

void LineProgram::extended() {
  uint64_t length = in.uleb();
  if (length == 0)
    return;
  uint8_t opcode = in.fixed<uint8_t>();
  std::string_view operands = in.bytes(length - 1);
  if (opcode == dwarf::DW_LNE_set_address && operands.size() == 8) {
    std::memcpy(&state.address, operands.data(), 8);
  } else if (opcode == dwarf::DW_LNE_end_sequence) {
    emit(true);
    state = {0, 1, 1, 0, 0, false};
  }
}

void LineProgram::program() {
  while (in.more()) {
    unsigned opcode = in.fixed<uint8_t>();
    if (opcode >= opcodeBase) {
      unsigned adjusted = opcode - opcodeBase;
      advance(adjusted / lineRange);
      state.line += uint32_t(lineBase + int(adjusted % lineRange));
      emit(false);
      continue;
    }
    switch (opcode) {
    case 0:
      extended();
      break;
    case dwarf::DW_LNS_copy:
      emit(false);
      break;
    case dwarf::DW_LNS_advance_pc:
      advance(in.uleb());
      break;
    case dwarf::DW_LNS_advance_line:
      state.line += uint32_t(in.sleb());
      break;
    case dwarf::DW_LNS_set_file:
      state.file = uint32_t(in.uleb());
      break;
    case dwarf::DW_LNS_set_column:
      state.column = uint32_t(in.uleb());
      break;
    case dwarf::DW_LNS_const_add_pc:
      advance((255 - opcodeBase) / lineRange);
      break;
    case dwarf::DW_LNS_fixed_advance_pc:
      state.address += in.fixed<uint16_t>();
      break;
    default:
      for (unsigned n = 0; n < operandCounts[opcode - 1]; ++n)
        in.uleb();
    }
  }
}

SourceLines::SourceLines(const std::map<std::string, std::string> &sections) {
  auto table = sections.find(".debug_line");
  if (table == sections.end())
    return;
  Cursor units(table->second);
  while (units.more()) {
    std::string_view unit = units.bytes(units.fixed<uint32_t>());
    if (units.good())
      LineProgram(*this, sections, unit).run();
  }
  std::sort(rows.begin(), rows.end(), [](const Row &a, const Row &b) {
    return a.address != b.address ? a.address < b.address : a.order < b.order;
  });
}

std::string SourceLines::at(uint64_t address) const {
  auto after =
      std::upper_bound(rows.begin(), rows.end(), address, [](uint64_t a, const Row &row) { return a < row.address; });
  if (after == rows.begin())
    return "";
  const Row &row = *std::prev(after);
  if (row.ends || row.line == 0 || row.file == ~0u)
    return "";
  std::string text = files[row.file] + ":" + std::to_string(row.line);
  return row.column ? text + ":" + std::to_string(row.column) : text;
}

} // namespace pa::emu
